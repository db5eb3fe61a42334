//! Threads that compute, so that the threads that wait for the network never do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Span;

use crate::crew::Crew;
use crate::queue::{Full, Queue};
use crate::refusal::Refusal;

type Job = Box<dyn FnOnce() + Send>;

/// A few threads behind a bounded queue. They end when the last handle is dropped.
pub struct Compute {
    name: &'static str,
    queue: Arc<Queue<Job>>,
    longest_wait: Duration,
    crew: Crew,
}

impl Compute {
    /// Starts `threads` threads; `waiting` jobs may wait for them, each so long. `name` is what refusals
    /// call the jobs.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(
        name: &'static str,
        threads: usize,
        waiting: usize,
        longest_wait: Duration,
    ) -> std::io::Result<Compute> {
        let queue: Arc<Queue<Job>> = Arc::new(Queue::new(waiting));
        // Made first, so that threads already started end if a later one cannot be.
        let mut compute = Compute { name, queue, longest_wait, crew: Crew::default() };
        for n in 0..threads.max(1) {
            let queue = Arc::clone(&compute.queue);
            compute.crew.add(format!("{name}-{n}"), move || {
                while let Some(job) = queue.pop() {
                    job();
                }
            })?;
        }
        Ok(compute)
    }

    /// Runs `work` on one of the threads. A panic in it is logged and refused, and the thread lives on.
    /// Work whose caller has hung up before it begins is left undone.
    ///
    /// # Errors
    /// The queue is full, or its wait too long; the work's own refusal; a bug in the work.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (tell, told) = oneshot::channel();
        let (name, longest, queued) = (self.name, self.longest_wait, Instant::now());
        let span = Span::current();
        let job = move || {
            if tell.is_closed() {
                return;
            }
            let result = if queued.elapsed() > longest {
                Err(Refusal::Overdue(name))
            } else {
                let _lines_of_this_request = span.enter();
                catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
                    tracing::error!("a job panicked; its request is answered with 500");
                    Err(Refusal::Bug)
                })
            };
            // Nobody listens any more if the caller has hung up.
            let _ = tell.send(result);
        };
        self.queue.push(Box::new(job)).map_err(|full| match full {
            Full::Full => Refusal::Busy(self.name, 1),
            Full::Closed => Refusal::Stopping,
        })?;
        told.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// What refusals call the jobs.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Jobs that wait for a thread.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Whether every thread is alive.
    pub fn is_alive(&self) -> bool {
        self.crew.is_alive()
    }
}

impl std::fmt::Debug for Compute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compute").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Drop for Compute {
    fn drop(&mut self) {
        self.queue.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_bug_of_ours_and_the_thread_lives_on() {
        let compute = Compute::start("jobs", 1, 4, Duration::from_secs(30)).unwrap();
        let refused = compute.run::<()>(|| panic!("on purpose")).await;
        assert!(matches!(refused, Err(Refusal::Bug)));
        assert_eq!(compute.run(|| Ok(7)).await.unwrap(), 7);
    }
    #[tokio::test]
    async fn a_job_that_has_waited_too_long_is_refused_without_being_done() {
        let compute = Compute::start("jobs", 1, 4, Duration::ZERO).unwrap();
        let refused = compute.run(|| Ok(std::hint::black_box(7))).await;
        assert!(matches!(refused, Err(Refusal::Overdue("jobs"))), "{refused:?}");
    }
}
