//! One ticket tried at one place after another in one route: what is the same everywhere is priced once.

use super::fits::Fit;
use super::rules::{guarantee, load, waiting, work};
use super::scorer::{Candidate, Scorer, most_saved};
use crate::engineer::Shift;
use crate::route::{Detour, Route, Sketch};
use crate::units::Seconds;

/// A ticket and a route that it may go to.
#[derive(Clone, Copy)]
pub struct Trial<'t> {
    scorer: &'t Scorer<'t>,
    shift: &'t Shift,
    route: &'t Route,
    candidate: Candidate<'t>,
    fit: Fit,
    /// What the route costs without the ticket.
    before: Seconds,
    /// What it costs with the ticket, but for the detour and what its times cost more or less, wherever the ticket
    /// goes; setups aside.
    with_work: Seconds,
    /// What waiting, lateness and overtime cost now, less what a guarantee saves.
    timing: Seconds,
    /// The most of that which the ticket may save.
    saves: Seconds,
    /// Whether the ticket or a neighbour of it may need a setup.
    may_set_up: bool,
    /// Whether the ticket finds its parts at some places only.
    minds_parts: bool,
}

impl Scorer<'_> {
    /// A ticket and a route that costs `before`.
    pub fn trial<'t>(
        &'t self,
        (route, before): (&'t Route, Seconds),
        candidate: Candidate<'t>,
        fit: Fit,
    ) -> Trial<'t> {
        let shift = self.problem().shift(route.shift());
        let timing = self.timing_now(route, before);
        let saves = most_saved(shift, timing);
        let with_work = before + self.apart_from_place(route, fit);
        let may_set_up = route.may_set_up() || candidate.ticket.setup_for(shift.class).0 > 0;
        let minds_parts = route.minds_parts(self.problem(), candidate.ticket);
        Trial {
            scorer: self,
            shift,
            route,
            candidate,
            fit,
            before,
            with_work,
            timing,
            saves,
            may_set_up,
            minds_parts,
        }
    }

    /// The price of `route`, which costs `before`, with a ticket before the stop at `at`; as [`Trial::at`].
    pub fn with_ticket(
        &self,
        route: (&Route, Seconds),
        at: usize,
        candidate: Candidate<'_>,
        fit: Fit,
        most: Seconds,
    ) -> Option<Seconds> {
        self.trial(route, candidate, fit).at(at, most)
    }

    /// What a ticket adds to a route besides its detour and what times cost more or less: the same wherever it goes,
    /// but for setups.
    pub fn apart_from_place(&self, route: &Route, fit: Fit) -> Seconds {
        self.added_by(route, Seconds::ZERO, route.booked() + fit.work, fit.price)
    }

    /// What driving for so much more, and work of so much in all, add to what a route costs, with new stops of
    /// this fit.
    pub fn added_by(&self, route: &Route, fare: Seconds, booked: Seconds, fit: Seconds) -> Seconds {
        let shift = self.problem().shift(route.shift());
        let callout = if route.stops().is_empty() { shift.car.rates.callout } else { Seconds::ZERO };
        callout + fare + fit + self.price_of_more_work(shift, route.booked(), booked)
    }

    /// What going from so much work to so much costs in a shift.
    #[inline]
    fn price_of_more_work(&self, shift: &Shift, from: Seconds, to: Seconds) -> Seconds {
        // Asked for every ticket and route, and mostly work has no price.
        if self.tariff().load == Seconds::ZERO && shift.car.rates.work == 0 {
            return Seconds::ZERO;
        }
        self.price_of_work(shift, to) - self.price_of_work(shift, from)
    }

    /// What so much work costs in a shift, whatever it is.
    pub(super) fn price_of_work(&self, shift: &Shift, booked: Seconds) -> Seconds {
        load::price(self.tariff(), booked, shift.length) + work::price(&shift.car.rates, booked)
    }
}

impl Trial<'_> {
    /// Whether a drive of this route costs its time and nothing else counts, so that fares tell all about it.
    pub fn fares_are_times(&self) -> bool {
        let car = &self.shift.car;
        car.fare_is_time && !car.counts_metres
    }

    /// What the route costs without the ticket.
    pub fn before(&self) -> Seconds {
        self.before
    }

    /// Whether the route takes no further ticket, or no work of this length.
    pub fn is_full(&self) -> bool {
        let Trial { shift, route, fit, .. } = *self;
        // Where a setup is saved, more work goes in than its sum says.
        route.stops().len() >= shift.max_tickets as usize
            || !self.may_set_up && route.booked() + fit.work > shift.max_work
    }

    /// Whether the ticket may go before the stop at `at` as far as one can tell without its way.
    /// `O(breaks)`.
    #[inline]
    pub fn may_go(&self, at: usize) -> bool {
        let Trial { shift, route, fit, .. } = *self;
        let windows = &self.candidate.ticket.windows;
        let (leave, ready) = route.gap(shift, at);
        // Setups, and breaks that wait for the load, leave a gap other times than it has now.
        route.may_set_up()
            || shift.has_break_under_load()
            || leave <= windows.closes() && windows.opens() + fit.work <= ready
    }

    /// What the ticket adds to the route's price at least, besides the detour to it; setups aside.
    pub fn besides_detour(&self) -> Seconds {
        self.with_work - self.before - self.saves
    }

    /// Whether the ticket or a neighbour of it may need a setup.
    pub fn may_set_up(&self) -> bool {
        self.may_set_up
    }

    /// Whether the ticket finds its parts at some places only, so that more than its own way tells what it costs.
    pub fn minds_parts(&self) -> bool {
        self.minds_parts
    }

    /// Whether parts may be fetched for it.
    pub fn may_fetch(&self) -> bool {
        self.candidate.ticket.may_fetch()
    }

    /// What the route costs with the ticket before the stop at `at`; `None` if that is infeasible or dearer
    /// than `most`. A place that would be dearer if nothing got any later and no day any shorter counts as dearer: a
    /// new stop can, rarely, make others less late, where travel by table takes detours or breaks are laid anew.
    /// `O(breaks^2)`, or `O(stops)` if something must be late.
    pub fn at(&self, at: usize, most: Seconds) -> Option<Seconds> {
        if self.minds_parts {
            return self.cheapest_way(at, most).map(|(after, _)| after);
        }
        let Trial { scorer, shift, route, candidate, .. } = *self;
        self.by(Detour::new(scorer.roads(), shift, route, at, &candidate.ticket.place), most)
    }

    /// The same with the detour that costs so much, where parts may be fetched on it.
    pub fn cheapest_way(&self, at: usize, most: Seconds) -> Option<(Seconds, Detour)> {
        let Trial { scorer, shift, route, candidate, .. } = *self;
        let mut best: Option<(Seconds, Detour)> = None;
        Detour::ways((scorer.problem(), scorer.roads()), shift, route, at, candidate.ticket, |way| {
            let found = self.by(way, most).map(|after| (after, way));
            // Of two that cost the same the first.
            if found.is_some_and(|(after, _)| best.is_none_or(|(least, _)| after < least)) {
                best = found;
            }
        });
        best
    }

    /// The same by a detour that is known already.
    pub fn by(&self, detour: Detour, most: Seconds) -> Option<Seconds> {
        let Trial { scorer, shift, route, candidate, fit, .. } = *self;
        let unless_set_up = self.with_work - self.timing + detour.added_fare();
        // Timing a late route is the dear part, and most places are too far away: the cheap bounds come first.
        let timing = self.least_timing(&detour);
        if !self.may_set_up && unless_set_up + timing > most {
            return None;
        }
        let sketch = Sketch::by(detour, shift, route, (candidate.ticket, fit.work, fit.price));
        let in_time = if sketch.moves_setups() { scorer.in_time(&sketch, shift) } else { unless_set_up };
        debug_assert_eq!(in_time, scorer.in_time(&sketch, shift), "{detour:?}");
        if in_time + timing > most || !sketch.holds_limits(shift) {
            return None;
        }
        let after = in_time + scorer.timing(&sketch, shift, Some(candidate))?;
        (after <= most).then_some(after)
    }

    /// What waiting, lateness and overtime cost at least with the ticket, less what a guarantee saves: a day does not
    /// get shorter by it, so no more waiting goes, and no more of what is guaranteed is used, than its drives and its
    /// work take.
    fn least_timing(&self, detour: &Detour) -> Seconds {
        if self.saves == Seconds::ZERO {
            return self.timing;
        }
        let rates = &self.shift.car.rates;
        let least = -guarantee::most(rates);
        if self.may_set_up {
            return least;
        }
        let taken = (detour.added_time() + self.fit.work).max(Seconds::ZERO);
        let saved = waiting::most_saved(rates, taken) + guarantee::most_saved(rates, taken);
        (self.timing - saved).max(least)
    }
}
