//! How well an engineer fits a ticket, apart from where and when: the factors of the score, and what
//! history says about a ticket before any engineer is looked at.

pub mod able;
pub mod binding;
pub mod history;
pub mod load;
pub mod skill;
pub mod urgency;

pub use binding::Binding;
pub use history::{Chances, History};

use crate::problem::Problem;
use crate::ticket::Ticket;

/// What history and the policy say about a ticket before any engineer is looked at.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Priority 0-100, given or derived.
    pub priority: u8,
    /// The repeat binding, if it applies.
    pub binding: Option<Binding>,
    /// The engineers' chances to resolve it at the first go.
    pub chances: Chances,
}

impl Standing {
    /// The standing of a ticket. `O(earlier visits of its customer)`.
    pub fn of(problem: &Problem, history: &History, ticket: &Ticket) -> Standing {
        let earlier = history.earlier(ticket);
        let binding = binding::of(problem, history, &earlier);
        let repeats = binding::within_window(problem, history, &earlier).count();
        Standing {
            priority: urgency::priority(problem, ticket, repeats),
            binding,
            chances: history.chances(ticket.issue, &earlier),
        }
    }
}
