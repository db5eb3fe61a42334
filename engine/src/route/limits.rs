//! Whether a route keeps what its van holds and its shift allows, time aside.

use super::working::Route;
use crate::ids::{GoodIx, RoomIx};
use crate::problem::Problem;
use crate::ticket::Ticket;

impl Route {
    /// Whether the van holds and carries what all stops take and the shift's limits are kept.
    /// `O(parts^2 + rooms)`.
    pub fn holds_limits(&self, problem: &Problem) -> bool {
        self.is_within_reach(problem) && self.cargo().fits(problem.shift(self.shift()))
    }

    /// Whether the shift's limits are kept that further stops only bring nearer.
    pub fn is_within_reach(&self, problem: &Problem) -> bool {
        let shift = problem.shift(self.shift());
        self.stops().len() <= shift.max_tickets as usize
            && self.booked() <= shift.max_work
            && self.driven().time <= shift.max_drive
            && self.driven().metres <= shift.max_metres
    }

    /// Whether the van has the parts for one more ticket before it fetches any.
    pub fn has_parts_for(&self, problem: &Problem, ticket: &Ticket) -> bool {
        let shift = problem.shift(self.shift());
        ticket.parts.iter().all(|&(part, amount)| self.uses(part) + amount <= shift.holds(part))
    }

    /// Whether the van has the parts for one more ticket and, somewhere on the way, the room.
    pub fn can_carry(&self, problem: &Problem, ticket: &Ticket) -> bool {
        let shift = problem.shift(self.shift());
        (0..=self.stops().len()).any(|position| self.cargo().takes(position, ticket, shift, false))
    }

    /// How much of a part the stops use up, before parts are fetched.
    pub fn uses(&self, part: GoodIx) -> i64 {
        self.cargo().uses(part)
    }

    /// Load of a room on leaving a position; 0 is the start.
    pub fn load(&self, position: usize, room: RoomIx) -> i64 {
        self.cargo().load(position, room)
    }
}
