//! Threads that compute, so that the threads that wait for the network never do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::queue::{Full, Queue};
use crate::refusal::Refusal;

type Job = Box<dyn FnOnce() + Send>;

/// A few threads behind a bounded queue. They end when the last handle is dropped.
pub struct Compute {
    name: &'static str,
    queue: Arc<Queue<Job>>,
}

impl Compute {
    /// Starts `threads` threads; `waiting` jobs may wait for them. `name` is what refusals call the
    /// jobs.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(name: &'static str, threads: usize, waiting: usize) -> std::io::Result<Compute> {
        let queue: Arc<Queue<Job>> = Arc::new(Queue::new(waiting));
        // Made first, so that threads already started end if a later one cannot be.
        let compute = Compute { name, queue: Arc::clone(&queue) };
        for n in 0..threads.max(1) {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name(format!("{name}-{n}")).spawn(move || {
                while let Some(job) = queue.pop() {
                    job();
                }
            })?;
        }
        Ok(compute)
    }

    /// Runs `work` on one of the threads. A panic in it is logged and refused, and the thread lives on.
    ///
    /// # Errors
    /// The queue is full; the work's own refusal; a bug in the work.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (tell, told) = oneshot::channel();
        let job = move || {
            let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
                tracing::error!("a job panicked; its request is answered with 500");
                Err(Refusal::Bug)
            });
            // Nobody listens any more if the caller has hung up.
            let _ = tell.send(result);
        };
        self.queue.push(Box::new(job)).map_err(|full| match full {
            Full::Full => Refusal::Busy(self.name, 1),
            Full::Closed => Refusal::Stopping,
        })?;
        told.await.unwrap_or(Err(Refusal::Stopping))
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
        let compute = Compute::start("jobs", 1, 4).unwrap();
        let refused = compute.run::<()>(|| panic!("on purpose")).await;
        assert!(matches!(refused, Err(Refusal::Bug)));
        assert_eq!(compute.run(|| Ok(7)).await.unwrap(), 7);
    }
}
