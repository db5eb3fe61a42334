//! Threads that compute, so that the threads that wait for the network never do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Span;

use crate::crew::Crew;
use crate::metrics::{Histogram, QUICK_S};
use crate::queue::{Full, Queue};
use crate::refusal::Refusal;

/// Work that waits for a thread.
trait Job: Send {
    /// Whether its caller still waits for it.
    fn is_wanted(&self) -> bool;

    /// Does it.
    fn run(self: Box<Self>);
}

struct Waiting<F, T> {
    work: F,
    tell: oneshot::Sender<Result<T, Refusal>>,
    name: &'static str,
    queued: Instant,
    longest_wait: Duration,
    waits: Arc<Histogram>,
    span: Span,
}

impl<T: Send, F: FnOnce() -> Result<T, Refusal> + Send> Job for Waiting<F, T> {
    fn is_wanted(&self) -> bool {
        !self.tell.is_closed()
    }

    fn run(self: Box<Self>) {
        if !self.is_wanted() {
            return;
        }
        let Waiting { work, tell, name, queued, longest_wait, waits, span } = *self;
        waits.time(queued.elapsed());
        let result = if queued.elapsed() > longest_wait {
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
    }
}

/// A few threads behind a bounded queue. They end when the last handle is dropped.
pub struct Compute {
    name: &'static str,
    queue: Arc<Queue<Box<dyn Job>>>,
    longest_wait: Duration,
    waits: Arc<Histogram>,
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
        let queue: Arc<Queue<Box<dyn Job>>> = Arc::new(Queue::new(waiting));
        // Made first, so that threads already started end if a later one cannot be.
        let waits = Arc::new(Histogram::new(QUICK_S));
        let mut compute = Compute { name, queue, longest_wait, waits, crew: Crew::default() };
        for n in 0..threads.max(1) {
            let queue = Arc::clone(&compute.queue);
            compute.crew.add(format!("{name}-{n}"), move || {
                while let Some(job) = queue.pop() {
                    job.run();
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
        let job = Waiting {
            work,
            tell,
            name: self.name,
            queued: Instant::now(),
            longest_wait: self.longest_wait,
            waits: Arc::clone(&self.waits),
            span: Span::current(),
        };
        // Work whose caller has hung up makes room.
        self.queue.push(Box::new(job), |waiting| waiting.is_wanted()).map_err(|full| match full {
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

    /// How long jobs waited.
    pub fn waits(&self) -> &Histogram {
        &self.waits
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
    async fn work_whose_caller_has_hung_up_leaves_its_place_in_the_queue() {
        let compute = Compute::start("jobs", 1, 1, Duration::from_secs(30)).unwrap();
        let (free, is_free) = std::sync::mpsc::channel::<()>();
        let (begin, begun) = oneshot::channel();
        let busy = compute.run(move || {
            let _ = begin.send(());
            is_free.recv().map_err(|_| Refusal::Bug)
        });
        let later = async {
            begun.await.unwrap();
            // Waits in the queue, and is dropped there.
            let left = tokio::time::timeout(Duration::from_millis(1), compute.run(|| Ok(1))).await;
            assert!(left.is_err());
            let (third, ()) = tokio::join!(compute.run(|| Ok(3)), async { free.send(()).unwrap() });
            assert_eq!(third.unwrap(), 3);
        };
        assert!(tokio::join!(busy, later).0.is_ok());
    }

    #[tokio::test]
    async fn a_job_that_has_waited_too_long_is_refused_without_being_done() {
        let compute = Compute::start("jobs", 1, 4, Duration::ZERO).unwrap();
        let refused = compute.run(|| Ok(std::hint::black_box(7))).await;
        assert!(matches!(refused, Err(Refusal::Overdue("jobs"))), "{refused:?}");
    }
}
