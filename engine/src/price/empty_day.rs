//! Could an engineer serve a ticket if the day were empty? What keeps them from it then is no trade
//! but a rule. The tickets of a pair are judged together.

use super::scorer::{ANY_PRICE, Candidate, Scorer};
use crate::engineer::Shift;
use crate::ids::{EngineerIx, ShiftIx};
use crate::route::alone;
use crate::rule::Barrier;
use crate::ticket::{Half, Ticket, Windows};
use crate::units::Seconds;

impl Scorer<'_> {
    /// The first hard rule that keeps an empty shift from a ticket, time included.
    pub fn barrier_on_empty_day(&self, candidate: Candidate<'_>, index: ShiftIx) -> Option<Barrier> {
        let shift = self.problem().shift(index);
        match candidate.ticket.half {
            None => {}
            Some(Half::First(second)) => {
                return self.pair_barrier([candidate, self.candidate(second)], shift);
            }
            Some(Half::Second(first)) => {
                return self.pair_barrier([self.candidate(first), candidate], shift);
            }
        }
        if let Some(barrier) = self.barrier(candidate, shift) {
            return Some(barrier);
        }
        let route = self.empty_route(index);
        let fit = self.fit(candidate, shift);
        if self.with_ticket((&route, Seconds::ZERO), 0, candidate, fit, ANY_PRICE).is_some() {
            return None;
        }
        let open = at_any_time(candidate.ticket);
        let open = Candidate { ticket: &open, ..candidate };
        let fits_open = self.with_ticket((&route, Seconds::ZERO), 0, open, fit, ANY_PRICE).is_some();
        Some(if fits_open { Barrier::Window } else { Barrier::TooFar })
    }

    fn pair_barrier(&self, pair: [Candidate<'_>; 2], shift: &Shift) -> Option<Barrier> {
        let works = pair.map(|candidate| self.fit(candidate, shift).work);
        let quota = shift.max_tickets < 2 || works[0] + works[1] > shift.max_work;
        let barriers = pair.iter().filter_map(|&candidate| self.barrier(candidate, shift));
        let first = barriers.chain(quota.then_some(Barrier::Quota)).min();
        if first.is_some() {
            return first;
        }
        let fits = |first: &Ticket, second: &Ticket| {
            let stops = [(first, works[0]), (second, works[1])];
            alone::is_possible(self.problem(), self.roads(), shift, &stops)
        };
        if fits(pair[0].ticket, pair[1].ticket) {
            return None;
        }
        let [first, second] = pair.map(|candidate| at_any_time(candidate.ticket));
        Some(if fits(&first, &second) { Barrier::Window } else { Barrier::TooFar })
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

fn at_any_time(ticket: &Ticket) -> Ticket {
    Ticket { windows: Windows::any_time(), ..ticket.clone() }
}
