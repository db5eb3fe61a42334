//! Searches: each runs on a worker behind a bounded queue and shows its best plan at any moment.

mod change;
mod job;
mod kept;
mod lease;
mod pages;
mod running;
mod search;
mod shelf;
mod status;
mod tally;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use paidan_engine::problem::Problem;
use tokio::sync::{oneshot, watch};

use crate::config::Config;
use crate::crew::Crew;
use crate::door::Ids;
use crate::live::{Basis, Tenant};
use crate::queue::{Full, Queue};
use crate::refusal::Refusal;
pub use change::{PlanChangeDoc, PlanEndDoc, RouteNameDoc};
pub use job::{Moment, PlanJob};
pub use kept::{begin, leaving, proposal};
pub use lease::ask_to_stop;
pub use pages::{Listening, News, Page, of_kept};
use running::Running;
pub use search::{Order, on_threads, prove, search, search_care};
use shelf::Shelf;
pub use status::{Phase, PlanStatusDoc};
pub use tally::Tally;

/// The workers that search. They end, and what they search for stops, when this is dropped.
#[derive(Debug)]
pub struct Planner {
    queue: Arc<Queue<Waiting>>,
    /// Those of an earlier start of the service name nothing here.
    ids: Ids,
    running: Arc<Running>,
    tally: Arc<Tally>,
    shelf: Arc<Mutex<Shelf>>,
    /// Each worker hears it, so nobody does once all have ended.
    at_work: watch::Sender<()>,
    config: Config,
    crew: Crew,
}

/// A search that waits for a worker, and the word that its order is on disk.
#[derive(Debug)]
struct Waiting {
    job: Arc<PlanJob>,
    go: oneshot::Receiver<()>,
    queued: Instant,
}

/// A search that has a place in the queue, and goes ahead only once its order is on disk. Dropped, it never does.
#[derive(Debug)]
pub struct Ordered<'p> {
    planner: &'p Planner,
    go: oneshot::Sender<()>,
    /// The search.
    pub job: Arc<PlanJob>,
}

impl Ordered<'_> {
    /// Goes ahead, and can be asked about from now on.
    pub fn go(self) {
        self.planner.shelf().keep(self.job);
        // A worker that has ended needs no word.
        let _ = self.go.send(());
    }
}

/// A search that can be asked about.
#[derive(Debug)]
pub enum Known {
    /// It waits, runs or has ended here.
    Here(Arc<PlanJob>),
    /// It was ordered from another service or before this one started, or is no longer held in memory.
    Kept(Box<PlanStatusDoc>),
}

impl Known {
    /// Where it is, with the best plan so far. `O(stops)`.
    pub fn status(self) -> PlanStatusDoc {
        match self {
            Known::Here(job) => job.status(),
            Known::Kept(status) => *status,
        }
    }
}

impl Planner {
    /// Starts the workers.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(config: &Config) -> std::io::Result<Planner> {
        let queue: Arc<Queue<Waiting>> = Arc::new(Queue::new(config.plan_queue));
        let running = Arc::new(Running::default());
        let tally = Arc::new(Tally::default());
        let shelf = Arc::new(Mutex::new(Shelf::new(config.plans_kept, config.plan_age)));
        let (ids, at_work, config, crew) =
            (Ids::new(), watch::Sender::default(), config.clone(), Crew::default());
        let mut planner = Planner { queue, ids, running, tally, shelf, at_work, config, crew };
        for n in 0..planner.config.plan_workers.max(1) {
            let queue = Arc::clone(&planner.queue);
            let running = Arc::clone(&planner.running);
            let tally = Arc::clone(&planner.tally);
            let at_work = planner.at_work.subscribe();
            planner.crew.add(format!("plan-{n}"), move || {
                let _at_work = at_work;
                while let Some(Waiting { job, go, queued }) = queue.pop() {
                    if go.blocking_recv().is_err() {
                        continue;
                    }
                    tally.waits.time(queued.elapsed());
                    running.add(&job);
                    job.run(&tally);
                    running.remove(&job);
                }
            })?;
        }
        let (shelf, length) = (Arc::downgrade(&planner.shelf), planner.config.plan_lease);
        planner.crew.add("plan-leases".to_owned(), move || lease::keep_up(&shelf, length))?;
        Ok(planner)
    }

    /// A place in the queue for a search of a problem, or of one that was made from the tenant's fleet.
    ///
    /// # Errors
    /// The queue is full, or the service is stopping.
    pub fn queue(
        &self,
        tenant: &Arc<Tenant>,
        (problem, basis): (Problem, Option<Basis>),
        order: Order,
        bound_s: Option<f64>,
    ) -> Result<Ordered<'_>, Refusal> {
        let job = PlanJob::new(self.ids.fresh(), Arc::clone(tenant), problem, order, bound_s);
        let job = Arc::new(job.of_fleet(basis));
        let (go, told) = oneshot::channel();
        let waiting = Waiting { job: Arc::clone(&job), go: told, queued: Instant::now() };
        // Searches that were stopped while they waited make room.
        match self.queue.push(waiting, |waiting| !waiting.job.is_settled()) {
            Ok(()) => Ok(Ordered { planner: self, go, job }),
            Err(Full::Full) => Err(Refusal::Busy("searches", 10)),
            Err(Full::Closed) => Err(Refusal::Stopping),
        }
    }

    /// A search of a tenant that is held in memory.
    pub fn held(&self, tenant: &Tenant, id: &str) -> Option<Arc<PlanJob>> {
        self.shelf().get(id).filter(|plan| plan.tenant().name() == tenant.name())
    }

    /// A search of a tenant, held in memory or kept in the store. Blocks.
    ///
    /// # Errors
    /// They never had one of this id, or it is no longer kept; the store's trouble.
    pub fn plan(&self, tenant: &Tenant, id: &str) -> Result<Known, Refusal> {
        match self.held(tenant, id) {
            Some(job) => Ok(Known::Here(job)),
            None => Ok(Known::Kept(Box::new(kept::status(tenant, id, &self.config)?))),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether searches are to stop.
    pub fn is_stopping(&self) -> bool {
        self.running.is_stopping()
    }

    /// Searches that wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Searches under way.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// What has been searched so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Whether every worker is alive.
    pub fn is_alive(&self) -> bool {
        self.crew.is_alive()
    }

    /// Waits until every search has ended and its plan is kept; only after [`Planner::stop`] does that come.
    pub async fn ended(&self) {
        self.at_work.closed().await;
    }

    /// Takes no more searches and stops those under way; their best plans can still be asked for.
    pub fn stop(&self) {
        self.queue.close();
        self.running.stop();
    }
}

impl Drop for Planner {
    fn drop(&mut self) {
        self.stop();
    }
}
