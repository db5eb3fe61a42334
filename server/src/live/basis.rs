//! What a plan of the fleet was made from, for as long as it is searched for.

use std::collections::BTreeMap;

use paidan_engine::engineer::EngineerDraft;
use paidan_engine::problem::RouteDraft;
use paidan_engine::ticket::TicketDraft;

use super::Fleet;

/// Stops of promised routes by shift: the engineer's id, and which of their shifts.
pub(super) type Routes = BTreeMap<(String, u32), Vec<String>>;

/// A fleet as a plan of it saw it: what an applied plan counts on, if it touches it. Visits and ratings are no part of it,
/// nor is the clock.
#[derive(Clone, Debug)]
pub struct Basis {
    /// The version of the policy.
    pub(super) policy: u64,
    /// Everybody, but for where they are.
    pub(super) engineers: BTreeMap<String, EngineerDraft>,
    /// Every ticket that was open or promised.
    pub(super) tickets: BTreeMap<String, TicketDraft>,
    /// What was promised.
    pub(super) routes: Routes,
}

impl Fleet {
    /// What a plan that is started now is made from. `O(engineers + tickets)`.
    pub fn basis(&self) -> Basis {
        let problem = self.desk().problem();
        let tickets = problem.ticket_indices().zip(&self.document().tickets);
        Basis {
            policy: self.policy_version(),
            engineers: (self.document().engineers.iter())
                .map(|engineer| (engineer.id.clone(), unplaced(engineer)))
                .collect(),
            tickets: tickets
                .filter(|(ticket, _)| !self.desk().is_withdrawn(*ticket))
                .map(|(_, draft)| (draft.id.clone(), draft.clone()))
                .collect(),
            routes: self.promised().into_values().map(by_shift).collect(),
        }
    }
}

/// An engineer wherever they are: that changes all the time, and whether they can still make it is asked of their route.
pub(super) fn unplaced(engineer: &EngineerDraft) -> EngineerDraft {
    EngineerDraft { position: None, position_at: None, ..engineer.clone() }
}

/// A route by its shift.
pub(super) fn by_shift(route: RouteDraft) -> ((String, u32), Vec<String>) {
    ((route.engineer, route.shift), route.tickets)
}
