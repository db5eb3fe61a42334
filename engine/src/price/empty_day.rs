//! Could an engineer serve a ticket if the day were empty? What keeps them from it then is no trade
//! but a rule.

use super::scorer::{ANY_PRICE, Candidate, Scorer};
use crate::ids::{EngineerIx, ShiftIx};
use crate::rule::Barrier;
use crate::ticket::{Ticket, Windows};
use crate::units::Seconds;

impl Scorer<'_> {
    /// The first hard rule that keeps an empty shift from a ticket, time included.
    pub fn barrier_on_empty_day(&self, candidate: Candidate<'_>, index: ShiftIx) -> Option<Barrier> {
        let shift = self.problem().shift(index);
        if let Some(barrier) = self.barrier(candidate, shift) {
            return Some(barrier);
        }
        let route = self.empty_route(index);
        let fit = self.fit(candidate, shift);
        if self.with_ticket((&route, Seconds::ZERO), 0, candidate, fit, ANY_PRICE).is_some() {
            return None;
        }
        let open = Ticket { windows: Windows::any_time(), ..candidate.ticket.clone() };
        let open = Candidate { ticket: &open, ..candidate };
        let fits_open = self.with_ticket((&route, Seconds::ZERO), 0, open, fit, ANY_PRICE).is_some();
        Some(if fits_open { Barrier::Window } else { Barrier::TooFar })
    }

    /// The hard rule that keeps an engineer from a ticket on every one of their empty shifts: of the
    /// rules that stop the single shifts the one that comes last in [`Barrier::ALL`], since it took the
    /// last chance away. `None` if some shift could do it.
    pub fn engineer_barrier(&self, candidate: Candidate<'_>, engineer: EngineerIx) -> Option<Barrier> {
        let mut last = None;
        for index in self.problem().engineer(engineer).shifts.clone().map(ShiftIx) {
            last = last.max(Some(self.barrier_on_empty_day(candidate, index)?));
        }
        Some(last.unwrap_or(Barrier::OffDuty))
    }
}
