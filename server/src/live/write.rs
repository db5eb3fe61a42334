//! Writes: those that wait are done one after another and committed together.
//!
//! While one batch is committed the next one gathers, so the more there is to write, the fewer commits there are for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::oneshot;
use tracing::Span;

use super::entry::{Entry, Stand};
use super::{Fleet, Held, Tenant, lock};
use crate::body::JsonText;
use crate::queue::Full;
use crate::refusal::Refusal;
use crate::store::{Change, Kept, Kind, Read, Trouble};
use crate::text::now_us;

/// Most writes of one commit.
const BATCH: usize = 128;
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
    job: Job,
    by: By,
    tell: oneshot::Sender<Told>,
    queued: Instant,
    span: Span,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("by", &self.by).finish_non_exhaustive()
    }
}

impl Waiting {
    fn is_long(&self) -> bool {
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
            // What memory was told and the store was not has not happened.
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
        let mut has_turn = lock(&self.has_turn);
        *has_turn = !self.inbox.is_empty() && self.turns.push(Arc::clone(self), |_| true).is_ok();
    }

    /// Has the fleet read anew before it is asked again.
    fn forget(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).seq = None;
    }

    fn write_batch(&self, first: Option<Waiting>, batch: &mut Batch) -> Result<(), Trouble> {
        let _nobody_follows_meanwhile = lock(&self.follows);
        // Before anybody else who writes to the store has to wait for it.
        self.pass_time();
        let begun = self.store.begin(&self.name);
        // Whoever waits is told of trouble as well, so that nobody waits for a store that is gone.
        let ready = begun.and_then(|txn| self.follow(txn.read()).map(|seq| (txn, seq)));
        let (txn, mut seq) = match ready {
            Ok(ready) => ready,
            Err(trouble) => {
                let waiting = first.into_iter().chain(std::iter::from_fn(|| self.inbox.try_pop()));
                for waiting in waiting {
                    batch.answers.push((waiting.tell, Err(Refusal::Bug)));
                }
                return Err(trouble);
            }
        };
        let mut change = Change::default();
        let (mut is_spoilt, mut is_replaced, mut is_outgrown) = (false, false, false);
        let mut first = first;
        while batch.answers.len() < BATCH {
            // One moment for both: what is due by then stands before whatever is written then, or before nothing.
            let at_us = now_us();
            seq = self.tell_due(txn.read(), &mut change, seq, at_us);
            if first.is_none() && change.puts.len() >= LARGE {
                break;
            }
            let next = first.take().or_else(|| self.inbox.pop_if(|next| !next.is_long()));
            let Some(Waiting { job: Job::Ready(work), by, tell, queued, span }) = next else { break };
            if tell.is_closed() {
                continue;
            }
            let waited = queued.elapsed();
            self.counts.waits.time(waited);
            if waited > self.longest_wait {
                batch.answers.push((tell, Err(Refusal::Overdue("writes"))));
                continue;
            }
            let _lines_of_this_request = span.enter();
            // Told so if anything below ends the batch.
            batch.answers.push((tell, Err(Refusal::Undone)));
            let told = if let Some(told) = answered(&by, &change, txn.read(), &self.name)? {
                told
            } else {
                let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
                let Held { fleet, broken, .. } = &mut *held;
                let broken = broken.as_ref();
                let stand = Stand {
                    tenant: &self.name,
                    read: txn.read(),
                    batch: &change,
                    seq,
                    pace: self.pace,
                    broken,
                };
                let before = fleet.as_ref().map(Fleet::stamp);
                let mut entry = Entry::new(fleet, stand, &by.actor, at_us);
                let worked = catch_unwind(AssertUnwindSafe(|| work(&mut entry)));
                let has_panicked = worked.is_err();
                let told = worked.unwrap_or_else(|_| {
                    tracing::error!("a write panicked; its request is answered with 500");
                    Err(Refusal::Bug)
                });
                if let Ok(answer) = &told {
                    is_outgrown = entry.is_outgrown();
                    let own = entry.end();
                    seq += own.facts.len() as u64;
                    is_replaced |= own.puts.iter().any(|put| put.kind == Kind::Setup);
                    change.puts.extend(own.puts);
                    change.facts.extend(own.facts);
                    change.kept.extend(by.once.map(|once| kept(once, answer)));
                }
                // What was refused after all must not be seen.
                let is_changed = held.fleet.as_ref().map(Fleet::stamp) != before;
                is_spoilt = has_panicked || told.is_err() && is_changed;
                told
            };
            if let Some((_, answer)) = batch.answers.last_mut() {
                *answer = told;
            }
            if is_spoilt || is_replaced || is_outgrown {
                break;
            }
        }
        if !change.puts.is_empty() || !change.facts.is_empty() || !change.kept.is_empty() {
            change.forget_kept_before = self.sweep(now_us());
            let start = Instant::now();
            txn.commit(&self.name, &change)?;
            self.counts.commits.time(start.elapsed());
            self.counts.batches.count(batch.answers.len() as f64);
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            held.seq = Some(seq);
            if is_replaced {
                held.broken = None;
            }
            drop(held);
            // Nobody is woken by what no fact tells of.
            self.news.send_if_modified(|known| std::mem::replace(known, seq) != seq);
        }
        if is_spoilt || is_outgrown {
            self.forget();
        }
        Ok(())
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

/// What a batch has come to so far.
#[derive(Default)]
struct Batch {
    answers: Vec<(oneshot::Sender<Told>, Told)>,
}

/// What is kept for a key under which something was asked before, in this batch or an earlier one.
fn answered(by: &By, batch: &Change, read: &dyn Read, tenant: &str) -> Result<Option<Told>, Trouble> {
    let Some(once) = &by.once else { return Ok(None) };
    let kept = match batch.kept.iter().find(|kept| kept.key == once.key) {
        Some(kept) => Some(kept.clone()),
        None => read.kept(tenant, &once.key)?,
    };
    Ok(kept.map(|kept| replayed(once, kept)))
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

fn kept(once: Once, answer: &JsonText) -> Kept {
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
