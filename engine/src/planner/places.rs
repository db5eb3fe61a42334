//! The cheapest place for a ticket in all routes of a board.

use rayon::prelude::*;

use super::part::Ground;
use super::spot::Spot;
use crate::dispatch::{self, Cheapest, RouteIndex};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::route::Route;
use crate::units::{Price, Seconds};

/// Drawing up an index takes about as long as so many looks at all routes for each thousand of them ...
const LOOKS: usize = 16;
/// ... and it is of use while it holds all routes but one in so many.
const UNBOUNDED: usize = 8;

/// Finds tickets their cheapest places in all routes.
pub(super) struct Places<'g> {
    ground: Ground<'g>,
    /// The legs of the routes, where they tell quickly what has no place.
    index: Option<RouteIndex>,
}

impl<'g> Places<'g> {
    /// For so many tickets.
    pub(super) fn new(ground: Ground<'g>, routes: &[Route], tickets: usize) -> Places<'g> {
        let (scorer, problem) = (ground.scorer, ground.scorer.problem());
        let is_worth_it = tickets * 1_000 >= LOOKS * routes.len();
        let index = is_worth_it
            .then(|| RouteIndex::new(problem, scorer.history(), scorer.tariff(), routes))
            .filter(|index| index.has_legs() && index.unbounded() * UNBOUNDED <= routes.len());
        Places { ground, index }
    }

    /// Whether a ticket has any place now, where the index tells; true where it does not.
    pub(super) fn may_fit(&self, routes: &[Route], ticket: TicketIx) -> bool {
        let problem = self.ground.scorer.problem();
        let is_quick = self.index.is_some()
            && problem.depots().is_empty()
            && dispatch::stands_alone(problem.ticket(ticket));
        !is_quick || self.cheapest(routes, ticket).is_some()
    }

    /// Serves a ticket, and the second of its pair, at its cheapest spot, if it has one that costs less than
    /// leaving them out. About logarithmic in routes where the map bounds what they charge, else `O(able routes * stops)`,
    /// for pairs up to `O(stops^2)` in each route.
    pub(super) fn serve(&mut self, routes: &mut [Route], ticket: TicketIx) -> bool {
        let ground = self.ground;
        let Some((price, shift, spot)) = self.cheapest(routes, ticket) else {
            return self.serve_anew(routes, ticket);
        };
        if Price::of(price) >= ground.lost_with_second(ticket) {
            return false;
        }
        let mut route = routes[shift.at()].clone();
        ground.take(&mut route, ticket, spot);
        if route.fetches().is_some() {
            ground.scorer.fetch_best(&mut route);
        }
        self.replace(routes, route);
        true
    }

    fn cheapest(&self, routes: &[Route], ticket: TicketIx) -> Option<(Seconds, ShiftIx, Spot)> {
        let scorer = self.ground.scorer;
        let candidate = scorer.candidate(ticket);
        let index = self.index.as_ref().filter(|_| dispatch::stands_alone(candidate.ticket));
        let bounds = index.and_then(|index| index.bounds(scorer.history(), scorer.tariff()));
        if bounds.is_none() {
            return self.cheapest_of_able(routes, ticket);
        }
        let found = dispatch::cheapest(dispatch::Board { scorer, routes, bounds }, candidate)
            .map(|Cheapest { price, shift, at, .. }| (price, shift, Spot { price, at, second: None }));
        // Where work is late, a place may cost less than asking below a price tells.
        debug_assert!(
            match (found, self.cheapest_of_able(routes, ticket)) {
                (Some(found), Some(all)) => found <= all,
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            },
            "the index hides nothing: {ticket:?}"
        );
        found
    }

    /// The same by looking at all places of all able routes.
    fn cheapest_of_able(&self, routes: &[Route], ticket: TicketIx) -> Option<(Seconds, ShiftIx, Spot)> {
        let able = self.ground.fits.able(ticket).par_iter().with_min_len(64);
        let spots = able.filter_map(|&shift| {
            let spot = self.ground.cheapest_of_all(&routes[shift.at()], ticket)?;
            Some((spot.price, shift, spot))
        });
        spots.min()
    }

    /// Serves a ticket that finds no spot unless a route fetches its parts elsewhere.
    fn serve_anew(&mut self, routes: &mut [Route], ticket: TicketIx) -> bool {
        let ground = self.ground;
        if ground.scorer.problem().depots().is_empty() {
            return false;
        }
        let able = ground.fits.able(ticket).par_iter().with_min_len(64);
        let anew = able.filter_map(|&shift| ground.fetching_anew(&routes[shift.at()], ticket));
        let Some((price, route)) = anew.min_by_key(|(price, route)| (*price, route.shift())) else {
            return false;
        };
        let is_worth_it = Price::of(price) < ground.lost(ticket);
        if is_worth_it {
            self.replace(routes, route);
        }
        is_worth_it
    }

    fn replace(&mut self, routes: &mut [Route], route: Route) {
        let scorer = self.ground.scorer;
        let at = route.shift().at();
        let before = std::mem::replace(&mut routes[at], route);
        if let Some(index) = &mut self.index {
            index.exchange(scorer.problem(), scorer.tariff(), &before, &routes[at]);
        }
    }
}
