//! Could an engineer serve a ticket if the day were empty? What keeps them from it then is no trade
//! but a rule. The tickets of a pair are judged together.

use super::scorer::{ANY_PRICE, Candidate, Scorer};
use crate::engineer::Shift;
use crate::ids::{EngineerIx, Index, ShiftIx};
use crate::route::{Detour, Route, alone};
use crate::rule::Barrier;
use crate::ticket::{Half, Ticket, Window, Windows};
use crate::units::{Moment, Seconds};

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

    /// The most engineers whose empty days allow a ticket and who could start at one moment, as far as their hours,
    /// breaks, drives and its windows tell. `O(n log n)` in the engineers.
    pub fn most_together(&self, candidate: Candidate<'_>) -> u32 {
        let problem = self.problem();
        // Where somebody's spans begin, and where they are over.
        let mut turns: Vec<(Moment, i32)> = Vec::new();
        for engineer in (0..problem.engineers().len()).map(EngineerIx::nth) {
            let spans = self.starts_on_empty_days(candidate, engineer);
            if spans.is_empty() {
                continue;
            }
            // Joined where they overlap, so that nobody counts twice.
            for span in Windows::from(spans).iter() {
                turns.push((span.start, 1));
                turns.push((span.end + Seconds(1), -1));
            }
        }
        turns.sort_unstable();
        let here = turns.iter().scan(0, |here, (_, turn)| {
            *here += turn;
            Some(*here)
        });
        here.max().unwrap_or(0).unsigned_abs()
    }

    /// Whether the empty days of two different engineers allow a ticket and the other of its tandem, at moments that
    /// go together, as far as their hours, breaks, drives and windows tell. `O(engineers)` where many can, their
    /// square where nobody can.
    pub fn may_meet(&self, candidate: Candidate<'_>, other: Candidate<'_>) -> bool {
        let Some(tandem) = candidate.ticket.tandem else { return true };
        let everybody = || (0..self.problem().engineers().len()).map(EngineerIx::nth);
        let spans = |candidate, engineer| self.starts_on_empty_days(candidate, engineer).into_iter();
        let others: Vec<(EngineerIx, Window)> = everybody()
            .flat_map(|engineer| spans(other, engineer).map(move |span| (engineer, span)))
            .collect();
        everybody().any(|engineer| {
            spans(candidate, engineer).any(|span| {
                let (from, until) = (span.start + tandem.from, span.end + tandem.until);
                let suits = |other: &Window| from <= other.end && other.start <= until;
                others.iter().any(|(other, span)| *other != engineer && suits(span))
            })
        })
    }

    /// When an engineer could start a ticket, with an empty day.
    fn starts_on_empty_days(&self, candidate: Candidate<'_>, engineer: EngineerIx) -> Vec<Window> {
        let problem = self.problem();
        let mut spans: Vec<Window> = Vec::new();
        for index in problem.engineer(engineer).shifts.clone().map(ShiftIx) {
            if self.barrier_on_empty_day(candidate, index).is_some() {
                continue;
            }
            let (route, shift) = (self.empty_route(index), problem.shift(index));
            let asked = (candidate.ticket, self.fit(candidate, shift).work);
            let detour = Detour::new(self.roads(), shift, &route, 0, &candidate.ticket.place);
            route.starts(shift, 0, &detour, asked, |span| spans.push(span));
        }
        spans
    }
}

/// Everybody's route without stops, for asking again and again who could serve a ticket with an empty day.
pub struct EmptyDays<'a> {
    scorer: &'a Scorer<'a>,
    routes: Vec<Route>,
}

impl<'a> EmptyDays<'a> {
    /// `O(shifts)`.
    pub fn new(scorer: &'a Scorer<'a>) -> EmptyDays<'a> {
        let routes = scorer.problem().shift_indices().map(|shift| scorer.empty_route(shift));
        EmptyDays { scorer, routes: routes.collect() }
    }

    /// Whether a shift that no barrier but time keeps from a ticket could serve it; as
    /// [`Scorer::barrier_on_empty_day`] tells.
    pub fn allow(&self, candidate: Candidate<'_>, shift: ShiftIx) -> bool {
        if candidate.ticket.half.is_some() {
            return self.scorer.barrier_on_empty_day(candidate, shift).is_none();
        }
        let fit = self.scorer.fit(candidate, self.scorer.problem().shift(shift));
        let priced = (&self.routes[shift.at()], Seconds::ZERO);
        let allows = self.scorer.with_ticket(priced, 0, candidate, fit, ANY_PRICE).is_some();
        debug_assert_eq!(allows, self.scorer.barrier_on_empty_day(candidate, shift).is_none());
        allows
    }
}

fn at_any_time(ticket: &Ticket) -> Ticket {
    Ticket { windows: Windows::any_time(), ..ticket.clone() }
}
