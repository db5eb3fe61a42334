//! Time that passes: the desk is drawn up anew every minute, and what is due is told, before anything else is written.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, TryLockError, Weak};
use std::time::Duration;

use axum::http::StatusCode;

use super::entry::CLOCK;
use super::watch::Subject;
use super::{By, Entry, Fleet, Live, Tenant, lock};
use crate::body::JsonText;
use crate::refusal::Refusal;
use crate::store::{Kind, Trouble};
use crate::text::now_us;

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_millis(100);
/// How often a tenant is read in again whom the store did not give, in microseconds.
const AGAIN_US: i64 = 5_000_000;

impl Entry<'_> {
    /// Tells the next thing that is due by now. Returns whether something was.
    ///
    /// # Errors
    /// The store's trouble.
    pub(super) fn tell_due(&mut self) -> Result<bool, Refusal> {
        let Some(fleet) = self.fleet.as_mut() else { return Ok(false) };
        match fleet.due() {
            None => return Ok(false),
            Some(Subject::Ticket(id)) => self.tell_of_ticket(&id)?,
            Some(Subject::FollowUp(id)) => self.tell_of_follow_up(&id)?,
        }
        Ok(true)
    }

    fn tell_of_ticket(&mut self, id: &str) -> Result<(), Refusal> {
        let record = self.ticket(id)?;
        let fleet = self.fleet()?;
        let Some(mut record) = record.filter(|_| fleet.ticket(id).is_some()) else {
            fleet.watch(Subject::Ticket(id.to_owned()), None);
            return Ok(());
        };
        let now = fleet.now();
        let due: Vec<_> = fleet.untold(&record).into_iter().filter(|(at, _)| *at <= now).collect();
        if due.is_empty() {
            fleet.watch_ticket(&record);
            return Ok(());
        }
        for (_, alert) in due {
            self.tell(alert.word.event(), id, &alert)?;
            record.alert(alert);
        }
        self.put_ticket(&record)
    }
}

impl Tenant {
    /// Draws the desk up anew if its picture of the day is too old. Others may look meanwhile; nobody else writes.
    pub(super) fn pass_time(&self) {
        let at_us = now_us();
        let drawn = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let fleet = held.fleet.as_ref().filter(|_| held.seq.is_some());
            fleet.filter(|fleet| fleet.is_stale(at_us)).map(|fleet| fleet.drawn_at(at_us))
        };
        let Some(drawn) = drawn else { return };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        match (drawn, &mut held.fleet) {
            // If it was read anew meanwhile, it is new enough.
            (Ok(drawn), Some(fleet)) if drawn.stamp() == fleet.stamp() => *fleet = drawn,
            (Err(flaws), Some(fleet)) => {
                let first = flaws.first().map(|flaw| flaw.found.clone()).unwrap_or_default();
                tracing::error!(
                    tenant = self.name,
                    first,
                    "the desk's clock is behind: what is promised cannot be laid"
                );
                fleet.leave_stale(at_us);
            }
            _ => {}
        }
    }

    /// Has time pass, if something is due and nobody writes anyway.
    fn tick(self: &Arc<Self>) {
        let is_due = {
            // One who holds its own up holds up nobody else.
            let held = match self.held.try_read() {
                Ok(held) => held,
                Err(TryLockError::Poisoned(held)) => held.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            let at_us = now_us();
            let waits = |fleet: &Fleet| fleet.is_stale(at_us) || fleet.is_due_at(at_us);
            let is_unread =
                held.seq.is_none() && at_us - self.read_us.load(Ordering::Relaxed) > AGAIN_US;
            if is_unread {
                self.read_us.store(at_us, Ordering::Relaxed);
            }
            is_unread || held.fleet.as_ref().is_some_and(waits)
        };
        if is_due && self.inbox.is_empty() {
            let by = By { actor: CLOCK.into(), once: None };
            // If it cannot be queued, somebody writes, and with that time passes.
            let _ = self.queue(by, Box::new(|_| JsonText::of(StatusCode::OK, &())));
        }
    }
}

impl Live {
    /// Reads in every tenant that the store knows, so that their clocks go.
    pub(super) fn read_in(&self) -> Result<(), Trouble> {
        for name in self.store.read(|read| read.tenants_with(Kind::Setup))? {
            if name.starts_with('*') {
                continue;
            }
            if let Err(refusal) = self.tenant(&name) {
                tracing::error!(
                    tenant = name,
                    ?refusal,
                    "there is no room for it; its clock stands still"
                );
            }
        }
        Ok(())
    }
}

/// Looks again and again whether something is due for somebody, until there is nobody.
pub(super) fn watch(tenants: &Weak<super::Tenants>) {
    while let Some(tenants) = tenants.upgrade() {
        let all: Vec<Arc<Tenant>> = lock(&tenants).values().cloned().collect();
        drop(tenants);
        for tenant in &all {
            tenant.tick();
        }
        drop(all);
        std::thread::sleep(LOOK);
    }
}
