//! The cheapest spot for a ticket in one route; for a pair of tickets, the two cheapest together.

use super::part::Ground;
use crate::ids::{ShiftIx, TicketIx};
use crate::price::ANY_PRICE;
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
    ///
    /// `O(stops)`, for pairs `O(stops^2)`. A pair is found only where the first ticket alone would be
    /// feasible, which is nearly wherever the pair is: see [`Ground::cheapest_together`] for the rest.
    pub(super) fn cheapest(
        &self,
        (route, before): (&Route, Seconds),
        ticket: TicketIx,
        below: Seconds,
        mut overlook: impl FnMut() -> bool,
    ) -> Option<Spot> {
        let fit = self.fits.get(ticket, route.shift())?;
        let candidate = self.scorer.candidate(ticket);
        let (mut best, mut most) = (None, below);
        let Some(second) = self.second(ticket) else {
            let trial = self.scorer.trial((route, before), candidate, fit);
            for at in trial.places() {
                if overlook() {
                    continue;
                }
                if let Some(after) = trial.at(at, before + most - Seconds(1)) {
                    most = after - before;
                    best = Some(Spot { price: most, at, second: None });
                }
            }
            return best;
        };
        if !route.has_parts_for(self.scorer.problem(), candidate.ticket) {
            return None;
        }
        let second_fit = self.fits.get(second, route.shift())?;
        let follower = self.scorer.candidate(second);
        let mut halfway = route.clone();
        for at in 0..=route.stops().len() {
            if overlook() {
                continue;
            }
            halfway.copy_from(route);
            if !self.insert(&mut halfway, ticket, at) || !halfway.is_within_reach(self.scorer.problem())
            {
                continue;
            }
            let price = self.scorer.price_of(&halfway);
            let trial = self.scorer.trial((&halfway, price), follower, second_fit);
            for behind in at + 1..=halfway.stops().len() {
                if let Some(after) = trial.at(behind, before + most - Seconds(1)) {
                    most = after - before;
                    best = Some(Spot { price: most, at, second: Some(behind) });
                }
            }
        }
        best
    }

    /// The cheapest spot of all, whatever it costs.
    pub(super) fn cheapest_of_all(&self, route: &Route, ticket: TicketIx) -> Option<Spot> {
        self.cheapest((route, self.scorer.price_of(route)), ticket, ANY_PRICE, || false)
    }

    /// The same where [`Ground::cheapest_of_all`] finds nothing, for pairs: wherever both tickets fit
    /// together. `O(stops^2)`, and `O(stops)` more for every two places that are in time.
    pub(super) fn cheapest_together(&self, route: &Route, ticket: TicketIx) -> Option<Spot> {
        let (scorer, shift) = (self.scorer, route.shift());
        let (problem, roads) = (scorer.problem(), scorer.roads());
        let second = self.second(ticket)?;
        let before = scorer.price_of(route);
        let pair = [self.visitor(ticket, shift), self.visitor(second, shift)];
        let asked = pair.map(|stop| (problem.ticket(stop.ticket), stop.work));
        let mut whole = route.clone();
        let mut best: Option<Spot> = None;
        for (at, behind) in route.places_of_pair(roads, problem.shift(shift), asked) {
            let mut stops = route.stops().to_vec();
            stops.insert(at, pair[0]);
            stops.insert(behind, pair[1]);
            if whole.set(problem, roads, &stops) && whole.holds_limits(problem) {
                let price = scorer.price_of(&whole) - before;
                let spot = Spot { price, at, second: Some(behind) };
                best = Some(best.map_or(spot, |best| best.min(spot)));
            }
        }
        best
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

    fn visitor(&self, ticket: TicketIx, shift: ShiftIx) -> Visitor {
        let fit = self.fits.get(ticket, shift).expect("an able shift has a fit");
        Visitor { ticket, work: fit.work, fit: fit.price }
    }
}
