//! Writes: those that wait are done one after another and committed together.
//!
//! While one batch is committed the next one gathers, so the more there is to write, the fewer commits there are for it.
//! Where it can be, it is done meanwhile, too, and committed only if the one before was.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::oneshot;
use tracing::Span;

use super::batch::{Batch, Ground};
use super::entry::Entry;
use super::flight::{Flight, TakeOff};
use super::{Tenant, lock};
use crate::body::JsonText;
use crate::queue::Full;
use crate::refusal::Refusal;
use crate::store::{Kept, Trouble, Write};
use crate::text::now_us;

/// How often kept answers that are too old are forgotten.
const SWEEP: Duration = Duration::from_secs(3600);
/// Records from which on a write is the last one of its commit.
pub(super) const LARGE: usize = 1000;

/// Who writes, and under which key.
#[derive(Clone, Debug)]
pub struct By {
    /// Whom the facts name.
    pub actor: Arc<str>,
    /// If it must not be done twice.
    pub once: Option<Once>,
}

/// A key under which an answer is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The caller's key.
    pub key: String,
    /// What was asked, as a hash in hexadecimal digits.
    pub asked: String,
}

pub(super) type Work = Box<dyn FnOnce(&mut Entry<'_>) -> Result<JsonText, Refusal> + Send>;
pub(super) type Told = Result<JsonText, Refusal>;

/// What is to be done when a write's turn has come.
pub(super) enum Job {
    /// The write itself.
    Ready(Work),
    /// What takes long and makes the write: done before the store is taken, while no other write of this tenant begins here.
    Long(Box<dyn FnOnce() -> Work + Send>),
}

/// A write that waits for its turn.
pub(super) struct Waiting {
    pub job: Job,
    pub by: By,
    pub tell: oneshot::Sender<Told>,
    pub queued: Instant,
    pub span: Span,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("by", &self.by).finish_non_exhaustive()
    }
}

impl Waiting {
    pub fn is_long(&self) -> bool {
        matches!(self.job, Job::Long(_))
    }

    /// The same, computed as far as the store is not needed; not if nobody waits for it, or it has waited too long.
    fn ready(self, longest_wait: Duration) -> Waiting {
        let is_wanted = !self.tell.is_closed() && self.queued.elapsed() <= longest_wait;
        let Job::Long(compute) = self.job else { return self };
        let begun = Instant::now();
        let refused = |refusal| -> Work { Box::new(|_| Err(refusal)) };
        let work = if is_wanted {
            self.span.in_scope(|| catch_unwind(AssertUnwindSafe(compute))).unwrap_or_else(|_| {
                tracing::error!("a long write panicked; its request is answered with 500");
                refused(Refusal::Bug)
            })
        } else {
            refused(Refusal::Overdue("writes"))
        };
        // What it took itself is no wait.
        Waiting { job: Job::Ready(work), queued: self.queued + begun.elapsed(), ..self }
    }
}

impl Tenant {
    /// Changes what the tenant has: all that `work` says, or nothing if it is refused. Answers when it is on disk.
    ///
    /// # Errors
    /// Too many writes wait, or this one has waited too long; the work's own refusal; the store's trouble.
    pub async fn write(
        self: &Arc<Self>,
        by: By,
        work: impl FnOnce(&mut Entry<'_>) -> Told + Send + 'static,
    ) -> Told {
        self.queue(by, Box::new(work))?.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// The same for threads that may wait.
    ///
    /// # Errors
    /// As [`Tenant::write`].
    pub fn write_here(
        self: &Arc<Self>,
        by: By,
        work: impl FnOnce(&mut Entry<'_>) -> Told + Send + 'static,
    ) -> Told {
        self.job_here(by, Job::Ready(Box::new(work)))
    }

    /// The same of any job.
    pub(super) fn job_here(self: &Arc<Self>, by: By, job: Job) -> Told {
        self.queue_job(by, job)?.blocking_recv().unwrap_or(Err(Refusal::Stopping))
    }

    pub(super) fn queue(
        self: &Arc<Self>,
        by: By,
        work: Work,
    ) -> Result<oneshot::Receiver<Told>, Refusal> {
        self.queue_job(by, Job::Ready(work))
    }

    fn queue_job(self: &Arc<Self>, by: By, job: Job) -> Result<oneshot::Receiver<Told>, Refusal> {
        let (tell, told) = oneshot::channel();
        let waiting = Waiting { job, by, tell, queued: Instant::now(), span: Span::current() };
        self.inbox.push(waiting, |waiting| !waiting.tell.is_closed()).map_err(|full| match full {
            Full::Full => Refusal::Busy("writes", 1),
            Full::Closed => Refusal::Stopping,
        })?;
        let mut has_turn = lock(&self.has_turn);
        if !*has_turn {
            // Each tenant waits at most once, and there are no more tenants than places.
            self.turns.push(Arc::clone(self), |_| true).map_err(|_| Refusal::Stopping)?;
            *has_turn = true;
        }
        Ok(told)
    }

    /// Writes one batch; if more waits by then, another turn is to come.
    pub(super) fn take_turn(self: &Arc<Self>) {
        let mut batch = Batch::default();
        // A long one stands alone at the beginning of a batch, so that nothing here comes between.
        let first = self.inbox.pop_if(Waiting::is_long).map(|long| long.ready(self.longest_wait));
        let written = catch_unwind(AssertUnwindSafe(|| self.write_batch(first, &mut batch)));
        let failure = match written {
            Ok(Ok(())) => None,
            Ok(Err(trouble)) => {
                tracing::error!(?trouble, "nothing of a batch was written");
                Some(trouble)
            }
            Err(_) => {
                tracing::error!("writing a batch panicked; nothing of it was written");
                Some(Trouble::Gone("its caller made a mistake".to_owned()))
            }
        };
        if let Some(trouble) = failure {
            // What memory was told and the store was not has not happened. What was done before it may still be on its way.
            self.in_flight().map(|flight| flight.landed());
            self.forget();
            self.counts.fail();
            batch.answers.iter_mut().for_each(|(_, told)| *told = Err(Refusal::Store(trouble.clone())));
        }
        for (tell, told) in batch.answers {
            if let Err(refusal) = &told {
                self.counts.refuse(refusal.row().1);
            }
            // Whoever has hung up is told by their key, if they ask again.
            let _ = tell.send(told);
        }
        if !batch.is_handed_on {
            self.hand_on();
        }
    }

    /// Does what waits, one after another, and commits it. While that goes on the next batch may be done on top of it
    /// already, where the store lets everybody read meanwhile.
    fn write_batch(self: &Arc<Self>, first: Option<Waiting>, batch: &mut Batch) -> Result<(), Trouble> {
        let nobody_follows_meanwhile = lock(&self.follows);
        // Before anybody else who writes to the store has to wait for it.
        self.pass_time();
        let txn = match self.in_flight() {
            Some(flight) => self.ahead(&flight, first, batch)?,
            None => self.behind_all(first, batch)?,
        };
        if batch.change.is_empty() {
            if batch.outdates_memory {
                self.forget();
            }
            return Ok(());
        }
        batch.change.forget_kept_before = self.sweep(now_us());
        let flight = Arc::new(Flight::new(std::mem::take(&mut batch.change), batch.seq));
        let mut takeoff = TakeOff::of(self, Arc::clone(&flight));
        let mut held_back = Some(nobody_follows_meanwhile);
        if !batch.is_last() && self.may_run_ahead() {
            takeoff.is_seen();
            batch.is_handed_on = true;
            self.hand_on();
            held_back = None;
        }
        let start = Instant::now();
        txn.commit(&self.name, &flight.change)?;
        self.counts.commits.time(start.elapsed());
        self.counts.batches.count(batch.answers.len() as f64);
        takeoff.land(batch.is_replaced);
        if batch.outdates_memory {
            self.forget();
        }
        drop(held_back);
        Ok(())
    }

    /// Does a batch where nothing else is about to be written here.
    fn behind_all(
        &self,
        first: Option<Waiting>,
        batch: &mut Batch,
    ) -> Result<Box<dyn Write + '_>, Trouble> {
        let begun = self.store.begin(&self.name);
        // Whoever waits is told of trouble as well, so that nobody waits for a store that is gone.
        match begun.and_then(|txn| self.follow(txn.read()).map(|seq| (txn, seq))) {
            Ok((txn, seq)) => {
                self.compute(Ground { read: txn.read(), flight: None, seq }, first, batch)?;
                Ok(txn)
            }
            Err(trouble) => {
                let waiting = first.into_iter().chain(std::iter::from_fn(|| self.inbox.try_pop()));
                batch.answers.extend(waiting.map(|waiting| (waiting.tell, Err(Refusal::Bug))));
                Err(trouble)
            }
        }
    }

    /// Does a batch on top of one that is being committed, and goes on until that is.
    fn ahead(
        &self,
        flight: &Flight,
        first: Option<Waiting>,
        batch: &mut Batch,
    ) -> Result<Box<dyn Write + '_>, Trouble> {
        let computed = self.store.read(|read| {
            let ground = Ground { read, flight: Some(flight), seq: flight.seq };
            self.compute(ground, first, batch)
        });
        let is_on_disk = flight.landed();
        computed?;
        if !is_on_disk {
            return Err(Trouble::Gone("what was to be written before it was not".to_owned()));
        }
        let txn = self.store.begin(&self.name)?;
        if txn.read().seq(&self.name)? == flight.seq {
            return Ok(txn);
        }
        self.note_company();
        Err(Trouble::Gone(
            "another service has written meanwhile; it is waited for from now on".to_owned(),
        ))
    }

    /// Lets another thread take the next turn, if somebody waits for one.
    fn hand_on(self: &Arc<Self>) {
        let mut has_turn = lock(&self.has_turn);
        *has_turn = !self.inbox.is_empty() && self.turns.push(Arc::clone(self), |_| true).is_ok();
    }

    /// From when on answers are kept, if it is time to forget older ones.
    fn sweep(&self, now: i64) -> Option<i64> {
        let swept = self.swept_us.load(Ordering::Relaxed);
        if now - swept < SWEEP.as_micros() as i64 {
            return None;
        }
        self.swept_us.store(now, Ordering::Relaxed);
        Some(now - self.kept_age.as_micros() as i64)
    }
}

/// A kept answer, for the same question.
///
/// # Errors
/// The question was another one.
pub fn replayed(once: &Once, kept: Kept) -> Told {
    if kept.asked != once.asked {
        return Err(Refusal::KeyReused);
    }
    Ok(JsonText {
        status: StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK),
        text: kept.body.into_bytes(),
        version: kept.version,
        location: kept.location,
    })
}

pub(super) fn kept(once: Once, answer: &JsonText) -> Kept {
    Kept {
        key: once.key,
        asked: once.asked,
        at_us: now_us(),
        status: answer.status.as_u16(),
        version: answer.version,
        location: answer.location.clone(),
        body: String::from_utf8_lossy(&answer.text).into_owned(),
    }
}
