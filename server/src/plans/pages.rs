//! What those who listen to a search are told: the plan once, then page after page what has changed.
//!
//! The search writes nothing here and waits for nobody. Whoever listens and comes first turns the page:
//! compares the plan of the last page with the one shown now; the others read that page too. A page
//! stays for those who lag behind until the pages together are too large; who has missed one is told the
//! whole plan again. So a slow listener costs nothing while it does not read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use paidan_engine::plan::Plan;
use serde::Serialize;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::change::{PlanChangeDoc, PlanEndDoc};
use super::job::{Moment, PlanJob};
use super::status::{Phase, PlanStatusDoc};
use crate::config::Config;
use crate::refusal::Refusal;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is: `snapshot`, `change`, or how the search ended.
    pub name: &'static str,
    /// The version of the plan that it leads to; of the end one more.
    pub id: u64,
    /// Its document, as JSON.
    pub text: Arc<str>,
}

/// What a listener is told in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// In order.
    pub pages: Vec<Page>,
    /// Whether the next page is not due yet, though there is something to tell.
    pub early: bool,
    /// Whether the search has ended, so that nothing follows.
    pub last: bool,
}

/// The pages of one search.
#[derive(Debug, Default)]
pub(super) struct Pages {
    book: Arc<Mutex<Book>>,
    listeners: AtomicUsize,
}

#[derive(Debug, Default)]
struct Book {
    /// The version that the last page led to, and its plan.
    head: Option<(u64, Option<Arc<Plan>>)>,
    turned: Option<Instant>,
    /// Each with the version before it; without gaps up to the head.
    pages: VecDeque<(u64, Page)>,
    /// How long their texts are together.
    bytes: usize,
}

/// Somebody who listens to a search. Once the search has ended and nobody listens, its pages are
/// dropped.
#[derive(Debug)]
pub struct Listening(Arc<PlanJob>);

impl Listening {
    /// Begins to listen.
    pub fn to(job: Arc<PlanJob>) -> Listening {
        job.pages.listeners.fetch_add(1, Ordering::Relaxed);
        Listening(job)
    }

    /// The search.
    pub fn job(&self) -> &Arc<PlanJob> {
        &self.0
    }

    /// The turn to look into the book; one listener of a search at a time has it.
    pub async fn turn(&self) -> Turn {
        let book = Arc::clone(&self.0.pages.book).lock_owned().await;
        Turn { job: Arc::clone(&self.0), book }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let pages = &self.0.pages;
        let is_last = pages.listeners.fetch_sub(1, Ordering::Relaxed) == 1;
        if is_last
            && self.0.finished().is_some()
            && let Ok(mut book) = pages.book.try_lock()
        {
            *book = Book::default();
        }
    }
}

/// A look into the book of a search.
#[derive(Debug)]
pub struct Turn {
    job: Arc<PlanJob>,
    book: OwnedMutexGuard<Book>,
}

impl Turn {
    /// What a listener who knows the plan of version `have`, or none, has not been told. Blocks for as
    /// long as the plan takes to be compared and written, `O(stops)`.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn read(mut self, have: Option<u64>, config: &Config) -> Result<News, Refusal> {
        let job = Arc::clone(&self.job);
        let now = job.moment();
        let last = now.phase.is_end();
        self.book.write(&job, &now, last, config)?;
        let (version, plan) = self.book.head.clone().unwrap_or_default();
        let since = self.book.pages.iter().position(|(since, _)| Some(*since) == have);
        let mut pages = if have == Some(version) {
            Vec::new()
        } else if let Some(since) = since {
            self.book.pages.iter().skip(since).map(|(_, page)| page.clone()).collect()
        } else {
            let then = Moment { version, plan, ..now.clone() };
            vec![page("snapshot", version, &job.status_at(then))?]
        };
        if last {
            pages.push(page(end(now.phase), now.version + 1, &PlanEndDoc::new(&job, &now))?);
        }
        Ok(News { pages, early: version < now.version, last })
    }
}

impl Book {
    /// Writes the next page, if there is something to tell and it is time.
    fn write(
        &mut self,
        job: &PlanJob,
        now: &Moment,
        last: bool,
        config: &Config,
    ) -> Result<(), Refusal> {
        let early = self.turned.is_some_and(|at| at.elapsed() < config.event_gap);
        if self.head.as_ref().is_some_and(|(version, _)| *version == now.version) || (early && !last) {
            return Ok(());
        }
        self.turned = Some(Instant::now());
        let before = self.head.replace((now.version, now.plan.clone()));
        if let (Some((since, Some(before))), Some(plan)) = (before, &now.plan) {
            let change = PlanChangeDoc::new(job, (since, &before), now, plan);
            let page = page("change", now.version, &change)?;
            self.bytes += page.text.len();
            self.pages.push_back((since, page));
        } else {
            // From no plan nothing leads to a plan, nor back: only the whole of it tells.
            self.pages.clear();
            self.bytes = 0;
        }
        while self.bytes > config.event_bytes
            && let Some((_, gone)) = self.pages.pop_front()
        {
            self.bytes -= gone.text.len();
        }
        Ok(())
    }
}

/// What whoever listens to a search that is not held here is told: its plan, unless they have it, and its end if it has
/// ended. `O(stops)`.
///
/// # Errors
/// A bug: our documents can all be written.
pub fn of_kept(status: &PlanStatusDoc, have: Option<u64>) -> Result<Vec<Page>, Refusal> {
    let mut pages = Vec::new();
    if have != Some(status.version) {
        pages.push(page("snapshot", status.version, status)?);
    }
    if status.status.is_end() {
        pages.push(page(end(status.status), status.version + 1, &PlanEndDoc::of(status))?);
    }
    Ok(pages)
}

fn page(name: &'static str, id: u64, document: &impl Serialize) -> Result<Page, Refusal> {
    match serde_json::to_string(document) {
        Ok(text) => Ok(Page { name, id, text: text.into() }),
        Err(trouble) => {
            tracing::error!(%trouble, "an event cannot be written");
            Err(Refusal::Bug)
        }
    }
}

fn end(phase: Phase) -> &'static str {
    match phase {
        // These are no ends, and nobody asks for them.
        Phase::Queued | Phase::Running | Phase::Done => "done",
        Phase::Stopped => "stopped",
        Phase::Failed => "failed",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex as Locked;
    use std::time::Duration;

    use paidan_engine::check::check;
    use paidan_engine::planner::{Budget, Progress, Watch};
    use paidan_engine::wire::answer::PlanDoc;
    use paidan_engine::wire::draft;

    use super::*;
    use crate::generate::{NationOptions, nation};
    use crate::plans::{Order, search};

    /// A client that knows a plan and puts changes into it.
    #[derive(Default)]
    struct Client {
        have: Option<u64>,
        plan: Option<PlanDoc>,
        heard: BTreeMap<&'static str, usize>,
    }

    impl Client {
        fn hear(&mut self, pages: &[Page]) {
            for page in pages {
                assert!(self.have < Some(page.id), "ids rise: {:?}, then {}", self.have, page.id);
                self.have = Some(page.id);
                *self.heard.entry(page.name).or_default() += 1;
                match page.name {
                    "snapshot" => {
                        let status: PlanStatusDoc = serde_json::from_str(&page.text).unwrap();
                        assert_eq!(status.version, page.id);
                        self.plan = status.plan;
                    }
                    "change" => self.change(&serde_json::from_str(&page.text).unwrap()),
                    end => {
                        let told: PlanEndDoc = serde_json::from_str(&page.text).unwrap();
                        assert_eq!(told.version + 1, page.id);
                        assert_eq!(serde_json::to_value(told.status).unwrap(), end);
                    }
                }
            }
        }

        fn change(&mut self, change: &PlanChangeDoc) {
            let plan = self.plan.as_mut().expect("a change comes after a plan");
            let gone = |engineer: &str, shift| {
                change.emptied.iter().any(|name| (&*name.engineer, name.shift) == (engineer, shift))
                    || change.routes.iter().any(|new| (&*new.engineer, new.shift) == (engineer, shift))
            };
            plan.routes.retain(|route| !gone(&route.engineer, route.shift));
            plan.routes.extend(change.routes.iter().cloned());
            let told = |ticket: &String| {
                change.served.contains(ticket) || change.unserved.iter().any(|new| new.ticket == *ticket)
            };
            plan.unserved.retain(|left| !told(&left.ticket));
            plan.unserved.extend(change.unserved.iter().cloned());
            (plan.receipt, plan.price) = (change.receipt, change.price);
            plan.run.clone_from(&change.run);
        }
    }

    /// The order of the lists says nothing.
    fn sorted(plan: Option<PlanDoc>) -> Option<PlanDoc> {
        plan.map(|mut plan| {
            plan.routes.sort_by(|a, b| (&a.engineer, a.shift).cmp(&(&b.engineer, b.shift)));
            plan.unserved.sort_by(|a, b| a.ticket.cmp(&b.ticket));
            plan
        })
    }

    /// Keeps every plan that a search finds on its way.
    #[derive(Default)]
    struct Witness(Locked<Vec<Plan>>);

    impl Watch for Witness {
        fn elapsed_s(&self) -> f64 {
            0.0
        }

        fn improved(&self, progress: &Progress<'_>) {
            self.0.lock().unwrap().push((progress.plan)());
        }
    }

    /// A search that has not begun, and the plans that it will show.
    fn course(seed: u64) -> (Arc<PlanJob>, Vec<Plan>) {
        let options = NationOptions { tickets: 50, engineers: 6, seed, ..NationOptions::default() };
        let problem = || paidan_engine::problem::Problem::new(draft(nation(&options)).unwrap()).unwrap();
        let budget = Budget { rounds: Some(1500), ..Budget::default() };
        let witness = Witness::default();
        let order = Order { seed, budget, threads: 1 };
        let last = search(&problem(), order, &witness);
        let mut plans = witness.0.into_inner().unwrap();
        plans.push(last);
        (
            Arc::new(PlanJob::new("1".to_owned(), crate::plans::job::tenant(), problem(), order, None)),
            plans,
        )
    }

    async fn look(listening: &Listening, client: &mut Client, config: &Config) -> News {
        let news = listening.turn().await.read(client.have, config).unwrap();
        client.hear(&news.pages);
        news
    }

    #[tokio::test]
    async fn whoever_puts_the_changes_into_the_snapshot_has_the_plan() {
        let config = Config { event_gap: Duration::ZERO, ..Config::default() };
        let mut heard = BTreeMap::new();
        for seed in 1..=8 {
            let (job, plans) = course(seed);
            let listening = Listening::to(Arc::clone(&job));
            // One who reads every page, one who reads now and then, one who comes late.
            let mut clients: Vec<(usize, Client)> =
                [1, 2 + seed as usize % 3, 7].map(|every| (every, Client::default())).into();
            let (last, shown) = plans.split_last().unwrap();
            for (n, plan) in shown.iter().enumerate() {
                job.show(Arc::new(plan.clone()));
                for (every, client) in &mut clients {
                    if n % *every == *every - 1 {
                        look(&listening, client, &config).await;
                        let status = job.status();
                        assert_eq!(client.have, Some(status.version), "seed {seed}, plan {n}");
                        assert_eq!(sorted(client.plan.clone()), sorted(status.plan), "seed {seed}");
                    }
                }
            }
            let breaches = check(job.problem(), job.problem().visits(), last);
            job.end(Some((last.clone(), breaches)), &crate::plans::Tally::default());
            for (_, client) in &mut clients {
                assert!(look(&listening, client, &config).await.last);
                assert_eq!(client.have, job.end_id());
                assert_eq!(sorted(client.plan.clone()), sorted(job.status().plan), "seed {seed}");
                for (name, count) in &client.heard {
                    *heard.entry(*name).or_insert(0) += count;
                }
            }
        }
        assert_eq!((heard["snapshot"], heard["done"]), (24, 24), "{heard:?}");
        assert!(heard["change"] > 24, "{heard:?}");
    }

    #[tokio::test]
    async fn whoever_comes_back_goes_on_and_whoever_missed_too_much_gets_the_whole_plan() {
        let (job, plans) = course(5);
        let roomy = Config { event_gap: Duration::ZERO, ..Config::default() };
        let tight = Config { event_bytes: 1, ..roomy.clone() };
        let listening = Listening::to(Arc::clone(&job));
        let (mut back, mut late) = (Client::default(), Client::default());
        job.show(Arc::new(plans[0].clone()));
        look(&listening, &mut back, &roomy).await;
        look(&listening, &mut late, &roomy).await;
        job.show(Arc::new(plans[1].clone()));
        look(&listening, &mut back, &roomy).await;
        assert_eq!((back.heard.get("snapshot"), back.heard.get("change")), (Some(&1), Some(&1)));
        job.show(Arc::new(plans[2].clone()));
        look(&listening, &mut Client::default(), &tight).await;
        look(&listening, &mut late, &tight).await;
        assert_eq!((late.heard.get("snapshot"), late.heard.get("change")), (Some(&2), None));
        assert_eq!(sorted(late.plan), sorted(job.status().plan));
    }

    #[tokio::test]
    async fn pages_are_not_turned_too_often_and_are_dropped_when_nobody_listens_to_the_end() {
        let config = Config { event_gap: Duration::from_secs(3600), ..Config::default() };
        let (job, plans) = course(3);
        let listening = Listening::to(Arc::clone(&job));
        let mut client = Client::default();
        let first = look(&listening, &mut client, &config).await;
        assert_eq!((client.have, first.early, first.last), (Some(0), false, false));
        job.show(Arc::new(plans[0].clone()));
        assert!(look(&listening, &mut client, &config).await.early);
        assert_eq!(client.have, Some(0));
        job.stop();
        assert!(look(&listening, &mut Client::default(), &config).await.last);
        drop(listening);
        assert!(job.pages.book.try_lock().unwrap().head.is_none());
    }
}
