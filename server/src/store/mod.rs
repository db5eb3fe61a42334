//! What the service remembers, in memory. Everything that a durable store would have to keep goes
//! through these methods, and through nothing else.

mod asked;
mod fleet;
mod shelf;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use paidan_engine::ticket::TicketDraft;

use crate::config::Config;
use crate::plans::PlanJob;
use crate::refusal::Refusal;
use asked::Asked;
pub use fleet::{Fleet, Stamp};
use shelf::Shelf;

/// The fleet, the tickets asked about, the plans.
///
/// A poisoned lock is used on: what is behind it checks before it changes, so a panic leaves the state
/// of the last finished step.
#[derive(Debug)]
pub struct Store {
    fleet: RwLock<Option<Fleet>>,
    asked: Mutex<Asked>,
    shelf: Mutex<Shelf>,
}

impl Store {
    /// An empty store.
    pub fn new(config: &Config) -> Store {
        Store {
            fleet: RwLock::new(None),
            asked: Mutex::new(Asked::new(config.asked_tickets)),
            shelf: Mutex::new(Shelf::new(config.plans_kept, config.plan_age)),
        }
    }

    /// Looks at the fleet, beside others who look.
    ///
    /// # Errors
    /// There is no fleet; the look's own refusal.
    pub fn look<T>(&self, look: impl FnOnce(&Fleet) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let fleet = self.fleet.read().unwrap_or_else(PoisonError::into_inner);
        look(fleet.as_ref().ok_or(Refusal::NoFleet)?)
    }

    /// How many engineers, tickets and visits there are; none without a fleet. `O(1)`.
    pub fn fleet_sizes(&self) -> [usize; 3] {
        let fleet = self.fleet.read().unwrap_or_else(PoisonError::into_inner);
        fleet.as_ref().map_or([0; 3], Fleet::sizes)
    }

    /// Changes the fleet, alone.
    ///
    /// # Errors
    /// There is no fleet; the change's own refusal.
    pub fn change<T>(
        &self,
        change: impl FnOnce(&mut Fleet) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut fleet = self.fleet.write().unwrap_or_else(PoisonError::into_inner);
        change(fleet.as_mut().ok_or(Refusal::NoFleet)?)
    }

    /// Puts a fleet in place of the one before, and forgets the tickets asked about.
    pub fn put_fleet(&self, fleet: Fleet) {
        let before = self.fleet.write().unwrap_or_else(PoisonError::into_inner).replace(fleet);
        lock(&self.asked).clear();
        // Large, so dropped after the lock is free again.
        drop(before);
    }

    /// Remembers a ticket that was asked about.
    pub fn remember(&self, ticket: TicketDraft) {
        lock(&self.asked).remember(ticket);
    }

    /// A ticket that was asked about.
    pub fn asked(&self, id: &str) -> Option<TicketDraft> {
        lock(&self.asked).get(id).cloned()
    }

    /// Forgets a ticket that was asked about.
    pub fn forget(&self, id: &str) {
        lock(&self.asked).forget(id);
    }

    /// Keeps a plan for asking.
    pub fn keep_plan(&self, plan: Arc<PlanJob>) {
        lock(&self.shelf).keep(plan);
    }

    /// A kept plan.
    pub fn plan(&self, id: &str) -> Option<Arc<PlanJob>> {
        lock(&self.shelf).get(id)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
