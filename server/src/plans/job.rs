//! One search that was ordered: its state, and what it shows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use paidan_engine::check::{Breach, check};
use paidan_engine::plan::{Ended, Plan};
use paidan_engine::planner::{Progress, Watch};
use paidan_engine::problem::Problem;
use paidan_engine::wire::plan_doc;
use serde_json::value::to_raw_value;
use tokio::sync::watch;

use super::kept::Found;
use super::pages::Pages;
use super::search::{Order, prove, search};
use super::status::{Phase, PlanStatusDoc};
use super::{Tally, kept};
use crate::body::JsonText;
use crate::live::{Basis, By, Proposal, Tenant};
use crate::refusal::Refusal;
use crate::text::now_us;

/// A search that was ordered.
#[derive(Debug)]
pub struct PlanJob {
    id: String,
    /// Who has ordered it; nobody else sees it.
    tenant: Arc<Tenant>,
    /// When, in microseconds since 1970.
    ordered_us: i64,
    problem: Problem,
    /// What of the tenant's fleet it was made from, if it is a plan of that.
    basis: Option<Basis>,
    order: Order,
    /// Seconds to be spent on a bound once the search has ended.
    bound_s: Option<f64>,
    stop: AtomicBool,
    course: Mutex<Course>,
    /// Told of every new plan and of the end.
    news: watch::Sender<()>,
    /// What those who listen are told.
    pub(super) pages: Pages,
}

#[derive(Clone, Debug)]
struct Course {
    phase: Phase,
    started: Option<Instant>,
    finished: Option<Instant>,
    why: Option<String>,
    plan: Option<Arc<Plan>>,
    /// Counts the plans shown.
    version: u64,
    breaches: Option<Vec<String>>,
    /// Whether it was stopped before its turn, and nobody has written that down yet.
    is_unkept: bool,
}

/// A search at one moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Where it is.
    pub phase: Phase,
    /// Counts the plans shown so far.
    pub version: u64,
    /// The best plan so far, if there is one; never one that the checker refused.
    pub plan: Option<Arc<Plan>>,
    /// Seconds of searching so far, to thousandths.
    pub elapsed_s: f64,
    /// Why it failed, if it did.
    pub why: Option<String>,
    /// What the checker found, once it has looked.
    pub breaches: Option<Vec<String>>,
}

impl PlanJob {
    pub(super) fn new(
        id: String,
        tenant: Arc<Tenant>,
        problem: Problem,
        order: Order,
        bound_s: Option<f64>,
    ) -> PlanJob {
        let course = Course {
            phase: Phase::Queued,
            started: None,
            finished: None,
            why: None,
            plan: None,
            version: 0,
            breaches: None,
            is_unkept: false,
        };
        PlanJob {
            id,
            tenant,
            ordered_us: now_us(),
            problem,
            basis: None,
            order,
            bound_s,
            stop: AtomicBool::new(false),
            course: Mutex::new(course),
            news: watch::Sender::default(),
            pages: Pages::default(),
        }
    }

    /// The same for a problem that was made from the tenant's fleet.
    pub(super) fn of_fleet(self, basis: Option<Basis>) -> PlanJob {
        PlanJob { basis, ..self }
    }

    /// Who has ordered it.
    pub fn tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The problem that it plans.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Hears of every new plan and of the end.
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// The id of the event that tells the end, if it has ended.
    pub fn end_id(&self) -> Option<u64> {
        let course = self.course();
        course.phase.is_end().then_some(course.version + 1)
    }

    /// When it ended, if it has.
    pub fn finished(&self) -> Option<Instant> {
        self.course().finished
    }

    /// How long it has been searching, if it has begun.
    pub(super) fn elapsed(&self) -> Option<Duration> {
        self.course().started.map(|start| start.elapsed())
    }

    /// Whether it has ended, and that is written down or nobody could.
    pub(super) fn is_settled(&self) -> bool {
        let course = self.course();
        course.phase.is_end() && !course.is_unkept
    }

    /// Stops it; the best plan so far is kept. One that waits ends here, which [`PlanJob::keep_unsearched`] writes down.
    pub fn stop(&self) {
        self.stop_as(None);
    }

    /// The same, and says why to whoever asks for one that waits.
    pub(super) fn stop_as(&self, why: Option<&str>) {
        self.stop.store(true, Ordering::Relaxed);
        let mut course = self.course();
        if course.phase == Phase::Queued {
            course.phase = Phase::Stopped;
            course.why = why.map(str::to_owned);
            course.finished = Some(Instant::now());
            course.is_unkept = true;
            drop(course);
            self.news.send_replace(());
        }
    }

    /// Writes down that it was stopped before its turn, if it was and nobody has. Blocks.
    pub fn keep_unsearched(&self) {
        let moment = {
            let mut course = self.course();
            if !std::mem::take(&mut course.is_unkept) {
                return;
            }
            course.moment()
        };
        self.keep_or_tell(moment);
    }

    /// Where it is, with the best plan so far. `O(stops)`.
    pub fn status(&self) -> PlanStatusDoc {
        self.status_at(self.moment())
    }

    /// The document of a moment. `O(stops)`.
    pub(super) fn status_at(&self, moment: Moment) -> PlanStatusDoc {
        PlanStatusDoc {
            id: self.id.clone(),
            status: moment.phase,
            version: moment.version,
            elapsed_s: moment.elapsed_s,
            why: moment.why,
            plan: moment.plan.map(|plan| plan_doc(&self.problem, &plan)),
            checked: moment.breaches.as_ref().map(Vec::is_empty),
            breaches: moment.breaches.unwrap_or_default(),
        }
    }

    /// Where it is. `O(1)`.
    pub fn moment(&self) -> Moment {
        self.course().moment()
    }

    /// Shows a better plan.
    pub(super) fn show(&self, plan: Arc<Plan>) {
        let mut course = self.course();
        course.plan = Some(plan);
        course.version += 1;
        drop(course);
        self.news.send_replace(());
    }

    /// Searches, unless it was stopped before its turn came.
    pub(super) fn run(&self, tally: &Tally) {
        {
            let mut course = self.course();
            if course.phase == Phase::Queued {
                course.phase = Phase::Running;
                course.started = Some(Instant::now());
            }
        }
        if self.finished().is_some() {
            return self.keep_unsearched();
        }
        let watch = Spectator::new(self, tally);
        let found = catch_unwind(AssertUnwindSafe(|| {
            let mut plan = search(&self.problem, self.order, &watch);
            if let Some(seconds) = self.bound_s {
                prove(&self.problem, &mut plan, (seconds, self.order.threads), &watch);
            }
            let breaches = check(&self.problem, self.problem.visits(), &plan);
            (plan, breaches)
        }));
        if let Ok((plan, _)) = &found {
            watch.count(plan.run.rounds);
        }
        self.end(found.ok(), tally);
    }

    /// Keeps what a search found; nothing if it panicked. It is counted before anybody can see that it has ended.
    pub(super) fn end(&self, found: Option<(Plan, Vec<Breach>)>, tally: &Tally) {
        let mut course = self.course().clone();
        course.end(&self.id, found);
        self.keep_or_tell(course.moment());
        tally.ended(course.phase, course.started.map_or(Duration::ZERO, |start| start.elapsed()));
        *self.course() = course;
        self.news.send_replace(());
    }

    fn keep_or_tell(&self, end: Moment) {
        if let Err(refusal) = self.keep(end) {
            let told = refusal.document();
            tracing::error!(plan = self.id, code = told.code, "a plan is not kept: {}", told.detail);
        }
    }

    /// Writes down how it ended, before anybody is told so. Blocks.
    fn keep(&self, end: Moment) -> Result<(), Refusal> {
        let proposal = (self.basis.as_ref().zip(end.plan.as_ref()))
            .map(|(basis, plan)| Proposal::new(basis, &self.problem, plan))
            .transpose()?;
        let mut status = self.status_at(end);
        let plan = status.plan.take().map(|plan| to_raw_value(&plan)).transpose();
        let plan = plan.map_err(|trouble| {
            tracing::error!(%trouble, "a plan cannot be written");
            Refusal::Bug
        })?;
        let found = Found { plan: plan.map(Arc::from), proposal: proposal.map(Arc::new) };
        for tried in 1.. {
            let (by, ordered_us) = (By { actor: "planner".into(), once: None }, self.ordered_us);
            let (status, found) = (status.clone(), found.clone());
            let told = self.tenant.write_here(by, move |entry| {
                kept::end(entry, ordered_us, status, &found)?;
                JsonText::ok(&())
            });
            match told {
                // Others write as well; this one has time.
                Err(Refusal::Busy(..) | Refusal::Overdue(_)) if tried < TRIES => {
                    std::thread::sleep(PAUSE);
                }
                told => return told.map(drop),
            }
        }
        Ok(())
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often a plan is written down before it is given up, while too much else is to be written.
const TRIES: usize = 10;
/// The pause between.
const PAUSE: Duration = Duration::from_millis(500);

impl Course {
    fn moment(&self) -> Moment {
        let end = self.finished.unwrap_or_else(Instant::now);
        let elapsed = self.started.map_or(Duration::ZERO, |start| end.duration_since(start));
        Moment {
            phase: self.phase,
            version: self.version,
            plan: self.plan.clone(),
            elapsed_s: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
            why: self.why.clone(),
            breaches: self.breaches.clone(),
        }
    }

    fn end(&mut self, id: &str, found: Option<(Plan, Vec<Breach>)>) {
        self.finished = Some(Instant::now());
        self.version += 1;
        // What was shown so far was never checked.
        self.plan = None;
        let Some((plan, breaches)) = found else {
            tracing::error!(plan = id, "a search panicked");
            return self.fail("the search broke off");
        };
        for breach in &breaches {
            tracing::error!(plan = id, %breach, "the checker disagrees with the planner");
        }
        self.breaches = Some(breaches.iter().map(ToString::to_string).collect());
        if !breaches.is_empty() {
            // As on the command line: a plan that breaks a rule goes to nobody.
            return self.fail("the independent checker found breaches in the plan");
        }
        let stopped = plan.run.ended == Ended::Cancelled;
        self.phase = if stopped { Phase::Stopped } else { Phase::Done };
        self.plan = Some(Arc::new(plan));
    }

    fn fail(&mut self, why: &str) {
        self.phase = Phase::Failed;
        self.why = Some(format!("{why}; a mistake of ours, please report it with the problem"));
    }
}

/// Watches a search for whoever asks about it.
struct Spectator<'j> {
    job: &'j PlanJob,
    tally: &'j Tally,
    start: Instant,
    /// When the plan was last spelled out, and how long that took.
    shown: Mutex<Option<(Instant, Duration)>>,
    /// Rounds that are in the tally.
    counted: AtomicU64,
}

impl Spectator<'_> {
    fn new<'j>(job: &'j PlanJob, tally: &'j Tally) -> Spectator<'j> {
        let (shown, counted) = (Mutex::new(None), AtomicU64::new(0));
        Spectator { job, tally, start: Instant::now(), shown, counted }
    }

    /// Puts so many rounds of this search into the tally, in all.
    fn count(&self, rounds: u64) {
        let before = self.counted.swap(rounds, Ordering::Relaxed);
        self.tally.rounds(rounds.saturating_sub(before));
    }
}

/// Spelling plans out may take up one part in so many of a search.
const SHARE: u32 = 20;

impl Watch for Spectator<'_> {
    fn elapsed_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    fn cancelled(&self) -> bool {
        self.job.stop.load(Ordering::Relaxed)
    }

    fn improved(&self, progress: &Progress<'_>) {
        self.count(progress.rounds);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.is_some_and(|(at, took)| at.elapsed() < took * SHARE) {
            return;
        }
        let start = Instant::now();
        let plan = Arc::new((progress.plan)());
        *shown = Some((Instant::now(), start.elapsed()));
        self.job.show(plan);
    }
}

/// Somebody to plan for, whose store is gone already.
#[cfg(test)]
pub(super) fn tenant() -> Arc<Tenant> {
    use crate::{config::Config, live::Live, store};
    let live = Live::start(store::open("memory").unwrap(), &Config::default()).unwrap();
    live.tenant("main").unwrap()
}

#[cfg(test)]
mod tests {
    use paidan_engine::planner::Budget;
    use paidan_engine::units::Seconds;
    use paidan_engine::wire::read_problem;

    use super::*;

    /// A search of one round that has ended with its plan as `spoil` leaves it.
    fn ended(spoil: impl Fn(&mut Plan)) -> PlanStatusDoc {
        let text = include_bytes!("../../../fixtures/tiny/third-repeat.json");
        let problem = read_problem(text).expect("a sound problem");
        let budget = Budget { rounds: Some(1), seconds: None, stale_rounds: None };
        let order = Order { seed: 1, budget, threads: 1 };
        let job = PlanJob::new("1".to_owned(), tenant(), problem, order, None);
        let tally = Tally::default();
        let watch = Spectator::new(&job, &tally);
        let mut plan = search(&job.problem, order, &watch);
        spoil(&mut plan);
        let breaches = check(&job.problem, job.problem.visits(), &plan);
        job.end(Some((plan, breaches)), &Tally::default());
        job.status()
    }

    #[test]
    fn a_plan_that_the_checker_refuses_has_failed_and_is_not_shown() {
        let failed = ended(|plan| plan.price.seconds += Seconds(1));
        assert_eq!((failed.status, failed.checked, failed.plan), (Phase::Failed, Some(false), None));
        assert!(!failed.breaches.is_empty());
        assert!(failed.why.expect("a reason").contains("checker"));
    }

    #[test]
    fn a_plan_that_the_checker_passes_is_done() {
        let done = ended(|_| {});
        assert_eq!((done.status, done.checked, done.why), (Phase::Done, Some(true), None));
        assert!(done.plan.is_some());
    }
}
