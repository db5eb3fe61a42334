//! Searches: each runs on a worker behind a bounded queue and shows its best plan at any moment.

mod change;
mod job;
mod pages;
mod search;
mod shelf;
mod tally;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use paidan_engine::problem::Problem;

use crate::config::Config;
use crate::crew::Crew;
use crate::door::Ids;
use crate::live::Basis;
use crate::queue::{Full, Queue};
use crate::refusal::Refusal;
pub use change::{PlanChangeDoc, PlanEndDoc, RouteNameDoc};
pub use job::{Moment, Phase, PlanJob, PlanStatusDoc};
pub use pages::{Listening, News, Page};
pub use search::{Order, on_threads, prove, search, search_care};
use shelf::Shelf;
pub use tally::Tally;

/// The workers that search. They end, and what they search for stops, when this is dropped.
#[derive(Debug)]
pub struct Planner {
    queue: Arc<Queue<Arc<PlanJob>>>,
    /// Those of an earlier start of the service name nothing here.
    ids: Ids,
    running: Arc<job::Running>,
    tally: Arc<Tally>,
    shelf: Mutex<Shelf>,
    crew: Crew,
}

impl Planner {
    /// Starts the workers.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(config: &Config) -> std::io::Result<Planner> {
        let queue: Arc<Queue<Arc<PlanJob>>> = Arc::new(Queue::new(config.plan_queue));
        let running = Arc::new(job::Running::default());
        let tally = Arc::new(Tally::default());
        let shelf = Mutex::new(Shelf::new(config.plans_kept, config.plan_age));
        let mut planner =
            Planner { queue, ids: Ids::new(), running, tally, shelf, crew: Crew::default() };
        for n in 0..config.plan_workers.max(1) {
            let queue = Arc::clone(&planner.queue);
            let running = Arc::clone(&planner.running);
            let tally = Arc::clone(&planner.tally);
            planner.crew.add(format!("plan-{n}"), move || {
                while let Some(job) = queue.pop() {
                    running.add(&job);
                    job.run(&tally);
                    running.remove(&job);
                }
            })?;
        }
        Ok(planner)
    }

    /// Queues a search of a problem, or of one that was made from the tenant's fleet, and keeps it for asking.
    ///
    /// # Errors
    /// The queue is full, or the service is stopping.
    pub fn queue(
        &self,
        tenant: &str,
        (problem, basis): (Problem, Option<Basis>),
        order: Order,
        bound_s: Option<f64>,
    ) -> Result<Arc<PlanJob>, Refusal> {
        let job = PlanJob::new((self.ids.fresh(), tenant.to_owned()), problem, order, bound_s);
        let job = Arc::new(job.of_fleet(basis));
        // Searches that were stopped while they waited make room.
        match self.queue.push(Arc::clone(&job), |waiting| waiting.finished().is_none()) {
            Ok(()) => {
                self.shelf().keep(Arc::clone(&job));
                Ok(job)
            }
            Err(Full::Full) => Err(Refusal::Busy("searches", 10)),
            Err(Full::Closed) => Err(Refusal::Stopping),
        }
    }

    /// A kept search of a tenant.
    ///
    /// # Errors
    /// They never had one of this id, or it is no longer kept.
    pub fn plan(&self, tenant: &str, id: &str) -> Result<Arc<PlanJob>, Refusal> {
        let plan = self.shelf().get(id).filter(|plan| plan.tenant() == tenant);
        plan.ok_or_else(|| Refusal::UnknownPlan(id.to_owned()))
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
