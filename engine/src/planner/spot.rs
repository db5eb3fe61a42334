//! The cheapest spot for a ticket in one route; for a pair of tickets, the two cheapest together.

use super::part::Ground;
use crate::ids::{ShiftIx, TicketIx};
use crate::price::{ANY_PRICE, Fit};
use crate::route::{Route, Visitor};
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

    /// The cheapest spot for a ticket, and the second of its pair, in a route that costs `before`, if one
    /// is cheaper than `below`. Ties go to the earlier spot. `overlook` passes a spot over when it says so.
    /// `O(stops)`; for pairs `O(stops^2)`, and `O(stops)` more for each that may be the cheapest.
    pub(super) fn cheapest(
        &self,
        (route, before): (&Route, Seconds),
        ticket: TicketIx,
        below: Seconds,
        mut overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        if let Some(second) = self.second(ticket) {
            return self.cheapest_of_pair((route, before), [ticket, second], below, overlook);
        }
        let fit = self.fits.get(ticket, route.shift())?;
        let trial = self.scorer.trial((route, before), self.scorer.candidate(ticket), fit);
        let (mut best, mut most) = (None, below);
        for at in trial.places() {
            if overlook() {
                continue;
            }
            if let Some(after) = trial.at(at, before + most - Seconds(1)) {
                most = after - before;
                best = Some(Spot { price: most, at, second: None });
            }
        }
        best
    }

    fn cheapest_of_pair(
        &self,
        (route, before): (&Route, Seconds),
        pair: [TicketIx; 2],
        below: Seconds,
        mut overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        let (scorer, shift) = (self.scorer, route.shift());
        let (problem, roads) = (scorer.problem(), scorer.roads());
        let fits = [self.fits.get(pair[0], shift)?, self.fits.get(pair[1], shift)?];
        let tickets = pair.map(|ticket| problem.ticket(ticket));
        let both = Fit { work: fits[0].work + fits[1].work, price: fits[0].price + fits[1].price };
        let apart_from_place = scorer.apart_from_place(route, both);
        let class = problem.shift(shift).class;
        // Where a setup may be saved, or needed, the driving does not tell which place is dearer.
        let may_set_up =
            route.may_set_up() || tickets.iter().any(|ticket| ticket.setup_for(class).0 > 0);
        let dearest = if may_set_up { ANY_PRICE } else { below - Seconds(1) - apart_from_place };
        let asked = [(tickets[0], fits[0].work), (tickets[1], fits[1].work)];
        let mut places = route.places_of_pair(roads, problem.shift(shift), asked, dearest);
        places.sort_unstable_by_key(|place| (place.added.fare, place.at, place.behind));
        let stops = [0, 1].map(|n| Visitor { ticket: pair[n], work: fits[n].work, fit: fits[n].price });
        let mut whole: Option<Route> = None;
        let mut best: Option<Spot> = None;
        for place in places {
            let least = apart_from_place + place.added.fare;
            if !may_set_up && best.is_some_and(|best| best.price < least) {
                break;
            }
            if overlook() {
                continue;
            }
            let whole = whole.get_or_insert_with(|| route.clone());
            if !whole.set_with_pair(problem, roads, route, (place.at, place.behind), stops)
                || !whole.holds_limits(problem)
            {
                continue;
            }
            let price = scorer.price_of(whole) - before;
            let spot = Spot { price, at: place.at, second: Some(place.behind) };
            if price < below && best.is_none_or(|best| spot < best) {
                best = Some(spot);
            }
        }
        best
    }

    /// The cheapest spot of all, whatever it costs.
    pub(super) fn cheapest_of_all(&self, route: &Route, ticket: TicketIx) -> Option<Spot> {
        self.cheapest((route, self.scorer.price_of(route)), ticket, ANY_PRICE, || false)
    }

    /// Puts a ticket before the stop at `at`. Whether the route is feasible in time then.
    pub(super) fn insert(&self, route: &mut Route, ticket: TicketIx, at: usize) -> bool {
        let stop = self.visitor(ticket, route.shift());
        route.insert(self.scorer.problem(), self.scorer.roads(), at, stop)
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
        let fit = self.fits.get(ticket, shift).expect("an able shift has a fit");
        Visitor { ticket, work: fit.work, fit: fit.price }
    }
}
