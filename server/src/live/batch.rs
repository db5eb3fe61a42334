//! A batch: what waits, done one after another on top of what was committed, or is about to be.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;

use tokio::sync::oneshot;

use super::entry::{Entry, Stand};
use super::flight::Flight;
use super::write::{By, Job, LARGE, Told, Waiting, Work, kept, replayed};
use super::{Fleet, Held, Tenant};
use crate::refusal::Refusal;
use crate::store::{Change, Kind, Read, Trouble};
use crate::text::now_us;

/// Most writes of one commit.
const BATCH: usize = 128;

/// What a batch stands on.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub read: &'a dyn Read,
    /// What is being committed, and what is read may not show yet.
    pub flight: Option<&'a Flight>,
    /// The number of the last fact of both.
    pub seq: u64,
}

/// What a batch has come to so far.
#[derive(Default)]
pub(super) struct Batch {
    pub answers: Vec<(oneshot::Sender<Told>, Told)>,
    pub change: Change,
    /// The number of its last fact.
    pub seq: u64,
    /// Another fleet.
    pub is_replaced: bool,
    /// Memory is to be read anew: it watches by other rules from now on, or what was refused has changed it.
    pub outdates_memory: bool,
    /// Whether the turn has gone to whoever does the next one.
    pub is_handed_on: bool,
}

impl Batch {
    /// Whether memory must be put right before anything else is done.
    pub fn is_last(&self) -> bool {
        self.is_replaced || self.outdates_memory
    }

    fn add(&mut self, own: Change) {
        self.seq += own.facts.len() as u64;
        self.is_replaced |= own.puts.iter().any(|put| put.kind == Kind::Setup);
        self.change.puts.extend(own.puts);
        self.change.facts.extend(own.facts);
    }
}

impl Tenant {
    /// Does what waits, beginning with `first`.
    pub(super) fn compute(
        &self,
        ground: Ground<'_>,
        mut first: Option<Waiting>,
        batch: &mut Batch,
    ) -> Result<(), Trouble> {
        batch.seq = ground.seq;
        while batch.answers.len() < BATCH && !batch.is_last() {
            // One moment for both: what is due by then stands before whatever is written then, or before nothing.
            let at_us = now_us();
            self.tell_due(ground, batch, at_us);
            if first.is_none() && batch.change.puts.len() >= LARGE {
                break;
            }
            let next = first.take().or_else(|| self.inbox.pop_if(|next| !next.is_long()));
            let Some(Waiting { job: Job::Ready(work), by, tell, queued, span }) = next else {
                // What comes until the one before is on disk comes along, but for something long.
                let may_come = self.inbox.is_empty();
                if may_come && ground.flight.is_some_and(|flight| !flight.lands_soon()) {
                    continue;
                }
                break;
            };
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
            let told = match answered(&by, ground, &batch.change, &self.name)? {
                Some(told) => told,
                None => self.work(ground, batch, (work, by), at_us),
            };
            if let Some((_, answer)) = batch.answers.last_mut() {
                *answer = told;
            }
        }
        Ok(())
    }

    /// Does one write.
    fn work(&self, ground: Ground<'_>, batch: &mut Batch, (work, by): (Work, By), at_us: i64) -> Told {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let Held { fleet, broken, .. } = &mut *held;
        let stand = self.stand(ground, batch, broken.as_ref());
        let before = fleet.as_ref().map(Fleet::stamp);
        let mut entry = Entry::new(fleet, stand, &by.actor, at_us);
        let worked = catch_unwind(AssertUnwindSafe(|| work(&mut entry)));
        let has_panicked = worked.is_err();
        let told = worked.unwrap_or_else(|_| {
            tracing::error!("a write panicked; its request is answered with 500");
            Err(Refusal::Bug)
        });
        if let Ok(answer) = &told {
            let (is_outgrown, own) = (entry.is_outgrown(), entry.end());
            batch.outdates_memory |= is_outgrown;
            batch.add(own);
            batch.change.kept.extend(by.once.map(|once| kept(once, answer)));
        }
        // What was refused after all must not be seen.
        let is_changed = held.fleet.as_ref().map(Fleet::stamp) != before;
        batch.outdates_memory |= has_panicked || told.is_err() && is_changed;
        told
    }

    /// Tells all that is due by a moment before anything else is written of that moment.
    fn tell_due(&self, ground: Ground<'_>, batch: &mut Batch, at_us: i64) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let Held { fleet, broken, .. } = &mut *held;
        while batch.change.puts.len() < LARGE && broken.is_none() {
            let mut entry = Entry::of_clock(fleet, self.stand(ground, batch, None), at_us);
            match entry.tell_due() {
                Ok(true) => {
                    let own = entry.end();
                    batch.add(own);
                }
                Ok(false) => break,
                Err(refusal) => {
                    tracing::error!(tenant = self.name, ?refusal, "what is due cannot be told");
                    break;
                }
            }
        }
    }

    fn stand<'a>(
        &'a self,
        ground: Ground<'a>,
        batch: &'a Batch,
        broken: Option<&'a Trouble>,
    ) -> Stand<'a> {
        Stand {
            tenant: &self.name,
            read: ground.read,
            flight: ground.flight.map(|flight| &flight.change),
            batch: &batch.change,
            seq: batch.seq,
            pace: self.pace,
            broken,
        }
    }
}

/// What is kept for a key under which something was asked before, in this batch or an earlier one.
fn answered(by: &By, ground: Ground<'_>, batch: &Change, tenant: &str) -> Result<Option<Told>, Trouble> {
    let Some(once) = &by.once else { return Ok(None) };
    let flight = ground.flight.map(|flight| &flight.change);
    let mut written = flight.into_iter().chain([batch]).flat_map(|change| &change.kept);
    let kept = match written.find(|kept| kept.key == once.key) {
        Some(kept) => Some(kept.clone()),
        None => ground.read.kept(tenant, &once.key)?,
    };
    Ok(kept.map(|kept| replayed(once, kept)))
}
