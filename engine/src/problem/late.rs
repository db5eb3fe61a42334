//! What a promise may do once it is late.

use super::{Problem, checks};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::ticket::{Window, Windows};
use crate::units::{Moment, Seconds};

/// For how long a shift may go on that is to end with its route: longer than any work takes.
const LONGEST: Seconds = Seconds(60 * 86_400);

impl Problem {
    /// Lets the work of a ticket start at any time from its first window on. Returns its windows.
    pub(crate) fn put_off(&mut self, ticket: TicketIx) -> Windows {
        let start = self.ticket(ticket).windows.opens();
        self.put_within(ticket, Windows::from(vec![Window { start, end: Moment::NEVER }]))
    }

    /// Lets the work of a ticket start within these windows. Returns those before.
    pub(crate) fn put_within(&mut self, ticket: TicketIx, windows: Windows) -> Windows {
        std::mem::replace(&mut self.tickets[ticket.at()].windows, windows)
    }

    /// Lets a shift go on until its stops are done, with no more of them.
    pub(crate) fn keep_on(&mut self, shift: ShiftIx, stops: usize) {
        let now = self.now;
        let shift = &mut self.shifts[shift.at()];
        shift.latest_return = checks::later(shift.end.max(shift.start).max(now), LONGEST);
        shift.breaks = Box::default();
        shift.max_tickets = stops as u32;
        (shift.max_work, shift.max_drive) = (Seconds::LONGEST, Seconds::LONGEST);
        (shift.max_metres, shift.max_span) = (i64::MAX, None);
    }
}
