//! The cheapest spot for a ticket in one route; for a pair of tickets, the two cheapest together.

use std::ops::Range;

use super::gaps::{Opening, View};
use super::part::Ground;
use crate::ids::{ShiftIx, TicketIx};
use crate::price::{ANY_PRICE, Candidate, Trial};
use crate::route::{Detour, Fetch, PairPlace, Route, Seeker, Visitor};
use crate::ticket::Half;
use crate::units::Seconds;

/// Where a ticket goes in a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// What the route costs more then.
    pub price: Seconds,
    /// The ticket goes before the stop of this number ...
    pub at: usize,
    /// ... and the second of its pair, if it is in one, before the stop of this number then.
    pub second: Option<usize>,
}

/// Looks for the cheapest place for a pair in one route.
struct PairSearch<P, O> {
    /// What a place adds to the route's price at least by the fare of its driving and all work then, if nothing gets
    /// any later.
    price: P,
    overlook: O,
    /// What is found must add less.
    below: Seconds,
    /// Places that may be the cheapest, with what they add at least.
    found: Vec<(Seconds, PairPlace)>,
}

impl<P: Fn(Seconds, Seconds) -> Seconds, O: FnMut() -> bool> Seeker for PairSearch<P, O> {
    fn wants_any(&self, fare: Seconds, booked: Seconds) -> bool {
        (self.price)(fare, booked) < self.below
    }

    fn wants(&mut self, place: &PairPlace) -> bool {
        self.wants_any(place.added.fare, place.booked) && !(self.overlook)()
    }

    fn take(&mut self, place: PairPlace) {
        let least = (self.price)(place.added.fare, place.booked);
        if place.tells_all {
            self.below = least;
        }
        self.found.push((least, place));
    }
}

impl Ground<'_> {
    /// The second ticket of the pair that `ticket` begins.
    pub(super) fn second(&self, ticket: TicketIx) -> Option<TicketIx> {
        match self.scorer.problem().ticket(ticket).half? {
            Half::First(second) => Some(second),
            Half::Second(_) => None,
        }
    }

    /// Whether a ticket goes where another one goes, and is never placed by itself.
    pub(super) fn is_second(&self, ticket: TicketIx) -> bool {
        matches!(self.scorer.problem().ticket(ticket).half, Some(Half::Second(_)))
    }

    /// The cheapest spot for a ticket, and the second of its pair, among the `places` of a route that costs
    /// `before`, if one is cheaper than `below`; all places are looked at for the second. Ties go to the earlier
    /// spot. `overlook` passes a spot over when it says so. `O(places)`; for pairs `O(stops^2)`, and `O(stops)` more
    /// for each that may be the cheapest, but late.
    pub(super) fn cheapest(
        &self,
        (route, before): (&Route, Seconds),
        ticket: TicketIx,
        places: Range<usize>,
        below: Seconds,
        overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        if let Some(second) = self.second(ticket) {
            return self.cheapest_of_pair((route, before), [ticket, second], below, overlook);
        }
        let candidate = self.scorer.candidate(ticket);
        self.cheapest_as((route, before), (ticket, candidate), places, below, overlook)
    }

    /// The same for one ticket as a candidate that may have other windows.
    pub(super) fn cheapest_as(
        &self,
        (route, before): (&Route, Seconds),
        (ticket, candidate): (TicketIx, Candidate<'_>),
        mut places: Range<usize>,
        below: Seconds,
        overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        let fit = self.fit(ticket, route.shift())?;
        let trial = self.scorer.trial((route, before), candidate, fit);
        if trial.is_full() || trial.minds_parts() && !trial.may_fetch() {
            return None;
        }
        let (rows, legs) = (route.rows(), route.leg_fares());
        let row = self.scorer.problem().ticket(ticket).place.row;
        let table = self.fares.of(route.shift()).filter(|_| !trial.may_set_up());
        let detours = table.map(|table| table.detours(row));
        let besides = self.besides_detour(&trial);
        let is_near = |at: usize, most: Seconds| {
            detours.is_none_or(|detours| {
                detours.between(rows[at], rows[at + 1]) - legs[at].0 <= (most - besides).0
            })
        };
        // Most places are too far away, which the fares tell before anything else is asked.
        let next = |most| Some((places.find(|&at| is_near(at, most) && trial.may_go(at))?, None));
        cheapest_of(&trial, below, next, overlook)
    }

    /// The same for a ticket without a pair, whose `view` of the route's gaps rules most places out before the route
    /// itself is asked anything.
    pub(super) fn cheapest_seen(
        &self,
        (route, before): (&Route, Seconds),
        (ticket, view): (TicketIx, View<'_>),
        places: Range<usize>,
        below: Seconds,
        overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        debug_assert!(self.hides_nothing((route, before), (ticket, view), places.clone(), below));
        let mut from = places.start;
        if self.fares_tell() {
            from = view.next(from, places.end, below - Seconds(1))?.at;
        }
        let fit = self.fit(ticket, route.shift())?;
        let trial = self.scorer.trial((route, before), self.scorer.candidate(ticket), fit);
        if trial.is_full() || trial.minds_parts() && !trial.may_fetch() {
            return None;
        }
        debug_assert!(!trial.may_set_up(), "of setups only the route itself can tell");
        let besides = self.besides_detour(&trial);
        let tells_all = trial.fares_are_times() && !trial.minds_parts();
        let next = |most| {
            let Opening { at, fares } = loop {
                let opening = view.next(from, places.end, most - besides)?;
                from = opening.at + 1;
                if trial.may_go(opening.at) {
                    break opening;
                }
            };
            let is_known = tells_all && fares[0].max(fares[1]) < u32::MAX;
            let times = fares.map(|fare| Seconds(i64::from(fare)));
            Some((at, is_known.then(|| Detour::timed(route, at, times))))
        };
        cheapest_of(&trial, below, next, overlook)
    }

    /// What a ticket adds to a route's price at least, besides a straight detour to it.
    fn besides_detour(&self, trial: &Trial<'_>) -> Seconds {
        let cut = if trial.minds_parts() { self.short_cut } else { Seconds::ZERO };
        trial.besides_detour() - cut
    }

    /// Whether every place at which the route itself lets a ticket in is an opening in its view.
    fn hides_nothing(
        &self,
        (route, before): (&Route, Seconds),
        (ticket, view): (TicketIx, View<'_>),
        mut places: Range<usize>,
        below: Seconds,
    ) -> bool {
        let Some(fit) = self.fit(ticket, route.shift()) else { return true };
        let trial = self.scorer.trial((route, before), self.scorer.candidate(ticket), fit);
        let besides = self.besides_detour(&trial);
        let most = below - Seconds(1);
        trial.is_full()
            || trial.minds_parts() && !trial.may_fetch()
            || places.all(|at| {
                view.next(at, at + 1, most - besides).is_some() || trial.at(at, before + most).is_none()
            })
    }

    fn cheapest_of_pair(
        &self,
        (route, before): (&Route, Seconds),
        pair: [TicketIx; 2],
        below: Seconds,
        overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        // Places for a pair are told without the ways by a depot.
        if route.fetches().is_some() {
            return None;
        }
        let (scorer, shift) = (self.scorer, route.shift());
        let (problem, roads) = (scorer.problem(), scorer.roads());
        let fits = [self.fit(pair[0], shift)?, self.fit(pair[1], shift)?];
        let asked = [0, 1].map(|n| (problem.ticket(pair[n]), fits[n].work));
        let saves = scorer.may_save(route, before);
        let mut search = PairSearch {
            price: |fare, booked| {
                scorer.added_by(route, fare, booked, fits[0].price + fits[1].price) - saves
            },
            overlook,
            below,
            found: Vec::new(),
        };
        route.places_of_pair(roads, problem.shift(shift), asked, &mut search);
        let mut found = search.found;
        found.sort_unstable_by_key(|&(least, place)| (least, place.at, place.behind));
        let stops = [0, 1].map(|n| Visitor::new(pair[n], fits[n].work, fits[n].price));
        let mut whole: Option<Route> = None;
        let mut best: Option<Spot> = None;
        for (least, place) in found {
            if best.is_some_and(|best| best.price < least) {
                break;
            }
            let mut price = least;
            if !place.tells_all {
                let whole = whole.get_or_insert_with(|| route.clone());
                if !whole.set_with_pair(problem, roads, route, (place.at, place.behind), stops)
                    || !whole.holds_limits(problem)
                {
                    continue;
                }
                price = scorer.price_of(whole) - before;
            }
            let spot = Spot { price, at: place.at, second: Some(place.behind) };
            if price < below && best.is_none_or(|best| spot < best) {
                best = Some(spot);
            }
        }
        best
    }

    /// The cheapest spot of all, whatever it costs.
    pub(super) fn cheapest_of_all(&self, route: &Route, ticket: TicketIx) -> Option<Spot> {
        let priced = (route, self.scorer.price_of(route));
        self.cheapest(priced, ticket, route.places(), ANY_PRICE, || false)
    }

    /// Puts a ticket before the stop at `at`, by the cheapest way if parts must be fetched. Whether the route is feasible
    /// in time then.
    pub(super) fn insert(&self, route: &mut Route, ticket: TicketIx, at: usize) -> bool {
        let mut stop = self.visitor(ticket, route.shift());
        let candidate = self.scorer.candidate(ticket);
        if route.minds_parts(self.scorer.problem(), candidate.ticket) {
            let fit = self.fit(ticket, route.shift()).expect("an able shift has a fit");
            let trial = self.scorer.trial((route, self.scorer.price_of(route)), candidate, fit);
            if let Some((_, way)) = trial.cheapest_way(at, ANY_PRICE)
                && let Fetch::Before(depot) = way.fetch()
            {
                stop.fetch_at = Some(depot);
            }
        }
        route.insert(self.scorer.problem(), self.scorer.roads(), at, stop)
    }

    /// The cheapest route of all with a ticket put into one that may have to fetch its parts elsewhere then, and what it
    /// costs more; `None` where the parts do not depend on the way, or no place is feasible. `O(stops^3 * depots)`.
    pub(super) fn fetching_anew(&self, route: &Route, ticket: TicketIx) -> Option<(Seconds, Route)> {
        self.scorer.fetching_anew(route, self.visitor(ticket, route.shift()))
    }

    /// Puts a ticket, and the second of its pair, where they were found to fit.
    pub(super) fn take(&self, route: &mut Route, ticket: TicketIx, spot: Spot) {
        let mut feasible = self.insert(route, ticket, spot.at);
        if let (Some(second), Some(behind)) = (self.second(ticket), spot.second) {
            // The first alone may have been infeasible.
            feasible = self.insert(route, second, behind);
        }
        debug_assert!(feasible, "{ticket:?} was priced as feasible at {spot:?}");
    }

    /// The stop at a ticket in an able shift.
    pub(super) fn visitor(&self, ticket: TicketIx, shift: ShiftIx) -> Visitor {
        self.visitor_if_able(ticket, shift).expect("an able shift has a fit")
    }

    /// The stop at a ticket in a shift; `None` if that is not able to serve it.
    pub(super) fn visitor_if_able(&self, ticket: TicketIx, shift: ShiftIx) -> Option<Visitor> {
        let fit = self.fit(ticket, shift)?;
        Some(Visitor::new(ticket, fit.work, fit.price))
    }
}

/// The cheapest spot of those that `next` names for less than what it is asked for: the place, and the detour to it if
/// that is known.
#[inline]
fn cheapest_of(
    trial: &Trial<'_>,
    below: Seconds,
    mut next: impl FnMut(Seconds) -> Option<(usize, Option<Detour>)>,
    mut overlook: impl FnMut() -> bool,
) -> Option<Spot> {
    let before = trial.before();
    let mut most = below - Seconds(1);
    let mut best = None;
    while let Some((at, detour)) = next(most) {
        if overlook() {
            continue;
        }
        let after = match detour {
            Some(detour) => {
                let after = trial.by(detour, before + most);
                debug_assert_eq!(after, trial.at(at, before + most), "fares are times: {detour:?}");
                after
            }
            None => trial.at(at, before + most),
        };
        if let Some(after) = after {
            best = Some(Spot { price: after - before, at, second: None });
            most = after - before - Seconds(1);
        }
    }
    best
}
