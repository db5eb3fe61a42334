//! Searches: each runs on a worker behind a bounded queue and shows its best plan at any moment.

mod job;
mod search;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use paidan_engine::planner::Budget;
use paidan_engine::problem::Problem;

use crate::config::Config;
use crate::queue::{Full, Queue};
use crate::refusal::Refusal;
pub use job::{Glimpse, Phase, PlanJob, PlanStatusDoc};
pub use search::{Order, search};

/// The workers that search. They end, and what they search for stops, when this is dropped.
#[derive(Debug)]
pub struct Planner {
    queue: Arc<Queue<Arc<PlanJob>>>,
    /// Different for each start of the service, so that an id of an earlier one names nothing here.
    birth: u64,
    next: AtomicU64,
    running: Arc<job::Running>,
}

impl Planner {
    /// Starts the workers.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(config: &Config) -> std::io::Result<Planner> {
        let queue: Arc<Queue<Arc<PlanJob>>> = Arc::new(Queue::new(config.plan_queue));
        let running = Arc::new(job::Running::default());
        let birth =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let planner = Planner { queue, birth, next: AtomicU64::new(1), running };
        for n in 0..config.plan_workers.max(1) {
            let queue = Arc::clone(&planner.queue);
            let running = Arc::clone(&planner.running);
            let threads = config.plan_threads;
            std::thread::Builder::new().name(format!("plan-{n}")).spawn(move || {
                while let Some(job) = queue.pop() {
                    running.add(&job);
                    job.run(threads);
                    running.remove(&job);
                }
            })?;
        }
        Ok(planner)
    }

    /// Queues a search.
    ///
    /// # Errors
    /// The queue is full, or the service is stopping.
    pub fn queue(&self, problem: Problem, seed: u64, budget: Budget) -> Result<Arc<PlanJob>, Refusal> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:x}-{number}", self.birth);
        let job = Arc::new(PlanJob::new(id, problem, seed, budget));
        match self.queue.push(Arc::clone(&job)) {
            Ok(()) => Ok(job),
            Err(Full::Full) => Err(Refusal::Busy("searches", 10)),
            Err(Full::Closed) => Err(Refusal::Stopping),
        }
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
