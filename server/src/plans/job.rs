//! One search that was ordered: its state, and what it shows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use paidan_engine::check::{Breach, check};
use paidan_engine::plan::{Ended, Plan};
use paidan_engine::planner::{Budget, Progress, Watch};
use paidan_engine::problem::Problem;
use paidan_engine::wire::answer::PlanDoc;
use paidan_engine::wire::plan_doc;
use serde::{Deserialize, Serialize};

use super::search::{Order, search};

/// Where a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It waits for a worker.
    Queued,
    /// It searches.
    Running,
    /// It has used up its budget.
    Done,
    /// It was stopped; the best plan until then is kept.
    Stopped,
    /// A bug of ours: the search broke off, or the checker refused its plan. The log has the details.
    Failed,
}

/// A search as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStatusDoc {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub status: Phase,
    /// Seconds of searching so far.
    pub elapsed_s: f64,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The best plan so far, if there is one; never one that the checker refused.
    pub plan: Option<PlanDoc>,
    /// Whether the independent checker has found the plan sound; null until the search has ended.
    pub checked: Option<bool>,
    /// What the checker found; a bug of ours if there is anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<String>,
}

/// A search at one moment, for somebody who draws it.
#[derive(Clone, Debug)]
pub struct Glimpse {
    /// Where it is.
    pub phase: Phase,
    /// Why it failed, if it did.
    pub why: Option<String>,
    /// The best plan so far, if there is one; never one that the checker refused.
    pub plan: Option<Arc<Plan>>,
}

/// A search that was ordered.
#[derive(Debug)]
pub struct PlanJob {
    id: String,
    problem: Problem,
    seed: u64,
    budget: Budget,
    stop: AtomicBool,
    course: Mutex<Course>,
}

#[derive(Debug)]
struct Course {
    phase: Phase,
    started: Option<Instant>,
    finished: Option<Instant>,
    why: Option<String>,
    plan: Option<Arc<Plan>>,
    breaches: Option<Vec<String>>,
}

impl PlanJob {
    pub(super) fn new(id: String, problem: Problem, seed: u64, budget: Budget) -> PlanJob {
        let course = Course {
            phase: Phase::Queued,
            started: None,
            finished: None,
            why: None,
            plan: None,
            breaches: None,
        };
        PlanJob { id, problem, seed, budget, stop: AtomicBool::new(false), course: Mutex::new(course) }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it ended, if it has.
    pub fn finished(&self) -> Option<Instant> {
        self.course().finished
    }

    /// Stops it, now or when its turn comes; the best plan so far is kept.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let mut course = self.course();
        if course.phase == Phase::Queued {
            course.phase = Phase::Stopped;
            course.finished = Some(Instant::now());
        }
    }

    /// Where it is, with the best plan so far. `O(stops)`.
    pub fn status(&self) -> PlanStatusDoc {
        let course = self.course();
        let end = course.finished.unwrap_or_else(Instant::now);
        let elapsed = course.started.map_or(Duration::ZERO, |start| end.duration_since(start));
        let (status, plan) = (course.phase, course.plan.clone());
        let (why, breaches) = (course.why.clone(), course.breaches.clone());
        drop(course);
        PlanStatusDoc {
            id: self.id.clone(),
            status,
            elapsed_s: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
            why,
            plan: plan.map(|plan| plan_doc(&self.problem, &plan)),
            checked: breaches.as_ref().map(Vec::is_empty),
            breaches: breaches.unwrap_or_default(),
        }
    }

    /// What it searches for a plan of.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Where it is, with the best plan so far as the engine has it. `O(1)`.
    pub fn glimpse(&self) -> Glimpse {
        let course = self.course();
        Glimpse { phase: course.phase, why: course.why.clone(), plan: course.plan.clone() }
    }

    /// Searches, unless it was stopped before its turn came.
    pub(super) fn run(&self, threads: usize) {
        {
            let mut course = self.course();
            if course.phase != Phase::Queued {
                return;
            }
            course.phase = Phase::Running;
            course.started = Some(Instant::now());
        }
        let watch = Spectator { job: self, start: Instant::now(), shown: Mutex::new(None) };
        let order = Order { seed: self.seed, budget: self.budget, threads };
        let found = catch_unwind(AssertUnwindSafe(|| {
            let plan = search(&self.problem, order, &watch);
            let breaches = check(&self.problem, self.problem.visits(), &plan);
            (plan, breaches)
        }));
        self.end(found.ok());
    }

    /// Keeps what a search found; nothing if it panicked.
    fn end(&self, found: Option<(Plan, Vec<Breach>)>) {
        let mut course = self.course();
        course.finished = Some(Instant::now());
        let Some((plan, breaches)) = found else {
            tracing::error!(plan = self.id, "a search panicked");
            return course.fail("the search broke off");
        };
        for breach in &breaches {
            tracing::error!(plan = self.id, %breach, "the checker disagrees with the planner");
        }
        course.breaches = Some(breaches.iter().map(ToString::to_string).collect());
        if breaches.is_empty() {
            let stopped = plan.run.ended == Ended::Cancelled;
            course.phase = if stopped { Phase::Stopped } else { Phase::Done };
            course.plan = Some(Arc::new(plan));
        } else {
            // As on the command line: a plan that breaks a rule goes to nobody.
            course.plan = None;
            course.fail("the independent checker found breaches in the plan");
        }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Course {
    fn fail(&mut self, why: &str) {
        self.phase = Phase::Failed;
        self.why = Some(format!("{why}; a mistake of ours, please report it with the problem"));
    }
}

/// Watches a search for whoever asks about it.
struct Spectator<'j> {
    job: &'j PlanJob,
    start: Instant,
    /// When the plan was last spelled out, and how long that took.
    shown: Mutex<Option<(Instant, Duration)>>,
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
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.is_some_and(|(at, took)| at.elapsed() < took * SHARE) {
            return;
        }
        let start = Instant::now();
        let plan = Arc::new((progress.plan)());
        *shown = Some((Instant::now(), start.elapsed()));
        self.job.course().plan = Some(plan);
    }
}

/// The searches under way, to stop them all.
#[derive(Debug, Default)]
pub(super) struct Running {
    jobs: Mutex<(Vec<Arc<PlanJob>>, bool)>,
}

impl Running {
    pub(super) fn add(&self, job: &Arc<PlanJob>) {
        let mut jobs = self.lock();
        if jobs.1 {
            job.stop();
        }
        jobs.0.push(Arc::clone(job));
    }

    pub(super) fn remove(&self, job: &Arc<PlanJob>) {
        self.lock().0.retain(|known| !Arc::ptr_eq(known, job));
    }

    /// Stops all, also those that are still to come.
    pub(super) fn stop(&self) {
        let mut jobs = self.lock();
        jobs.1 = true;
        jobs.0.iter().for_each(|job| job.stop());
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Arc<PlanJob>>, bool)> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use paidan_engine::units::Seconds;
    use paidan_engine::wire::read_problem;

    use super::*;

    /// A search of one round that has ended with its plan as `spoil` leaves it.
    fn ended(spoil: impl Fn(&mut Plan)) -> PlanStatusDoc {
        let text = include_bytes!("../../../fixtures/tiny/third-repeat.json");
        let problem = read_problem(text).expect("a sound problem");
        let budget = Budget { rounds: Some(1), seconds: None, stale_rounds: None };
        let job = PlanJob::new("1".to_owned(), problem, 1, budget);
        let watch = Spectator { job: &job, start: Instant::now(), shown: Mutex::new(None) };
        let mut plan = search(&job.problem, Order { seed: 1, budget, threads: 1 }, &watch);
        spoil(&mut plan);
        let breaches = check(&job.problem, job.problem.visits(), &plan);
        job.end(Some((plan, breaches)));
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
