//! Serving what still fits, each ticket at its cheapest place in all routes.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::board::Board;
use super::mend;
use super::params::MendParams;
use super::part::{Ground, Part};
use super::spot::Spot;
use crate::dispatch::{self, Cheapest, RouteIndex};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::route::Route;
use crate::units::{Price, Seconds};

impl Board {
    /// Serves what can still be served: a search that was stopped may have left room. Dearest losses
    /// first, each at its cheapest place, until nothing fits. Where a prize is all that is lost, only for
    /// less than the prize; and who is served for more is left out, unless other tickets depend on it.
    pub(super) fn complete(&mut self, ground: Ground<'_>) {
        for route in &mut self.routes {
            while let Some(lighter) = without_worst(ground, route) {
                let kept = |ticket| lighter.stops().iter().any(|stop| stop.ticket == ticket);
                let gone = route.stops().iter().map(|stop| stop.ticket).filter(|&ticket| !kept(ticket));
                self.pool.extend(gone);
                *route = lighter;
            }
        }
        self.pool.sort_by_key(|&ticket| (Reverse(ground.lost(ticket)), ticket));
        loop {
            let before = self.pool.len();
            self.restore_knots(ground, &MendParams::EVERYWHERE, || false);
            self.serve_each(ground, || false);
            // A new stop can make room for another where travel by table takes detours, or be waited for.
            if self.pool.len() == before {
                return;
            }
        }
    }

    /// Serves what can be served of those that go alone or in pairs, one after another, each at its cheapest place. Once
    /// `is_over`, no further one is tried.
    pub(super) fn serve_each(&mut self, ground: Ground<'_>, is_over: impl Fn() -> bool + Sync) {
        if self.pool.is_empty() {
            return;
        }
        let (scorer, problem) = (ground.scorer, ground.scorer.problem());
        let index = RouteIndex::new(problem, scorer.history(), scorer.tariff(), &self.routes);
        let mut places = Places { ground, index };
        let goes =
            |ticket: TicketIx| !problem.ticket(ticket).needs_coordination() && !ground.is_second(ticket);
        // Most have no place, and find none where others take what room there is.
        let routes = &self.routes;
        let may_fit = |&ticket: &TicketIx| goes(ticket) && !is_over() && places.may_fit(routes, ticket);
        let fits: Vec<bool> = self.pool.par_iter().map(may_fit).collect();
        let mut left = Vec::with_capacity(self.pool.len());
        for (ticket, fits) in std::mem::take(&mut self.pool).into_iter().zip(fits) {
            if ground.is_second(ticket) {
                continue;
            }
            if !fits || is_over() || !places.serve(&mut self.routes, ticket) {
                left.push(ticket);
                left.extend(ground.second(ticket));
            }
        }
        self.pool = left;
    }

    /// Serves what can be served of crews, orders and tandems, and frees tickets from what nobody counts on any more.
    pub(super) fn restore_knots(
        &mut self,
        ground: Ground<'_>,
        params: &MendParams,
        is_over: impl Fn() -> bool,
    ) {
        // Others than those may fit as well once what nobody counts on any more is freed.
        if self.pool.is_empty() || ground.ties.is_empty() {
            return;
        }
        let (routes, pool) = (std::mem::take(&mut self.routes), std::mem::take(&mut self.pool));
        let mut part = Part::new(ground, routes, pool);
        mend::restore_knots(&mut part, params, is_over);
        (self.routes, self.pool) = (part.routes, part.pool);
    }
}

/// Finds tickets their cheapest places in all routes.
struct Places<'g> {
    ground: Ground<'g>,
    index: RouteIndex,
}

impl Places<'_> {
    /// Whether a ticket has any place now, where the map tells quickly that it has none.
    fn may_fit(&self, routes: &[Route], ticket: TicketIx) -> bool {
        let scorer = self.ground.scorer;
        let is_quick = self.index.has_legs() && scorer.problem().depots().is_empty();
        !is_quick || self.cheapest(routes, ticket).is_some()
    }

    /// Serves a ticket, and the second of its pair, at its cheapest spot, if it has one that costs less than
    /// leaving them out. About logarithmic in routes where the map bounds what they charge, else `O(able routes * stops)`,
    /// for pairs up to `O(stops^2)` in each route.
    fn serve(&mut self, routes: &mut [Route], ticket: TicketIx) -> bool {
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
        let bounds = self.index.bounds(scorer.history(), scorer.tariff());
        if bounds.is_none() || !dispatch::stands_alone(candidate.ticket) {
            return self.cheapest_of_able(routes, ticket);
        }
        // On a map a stop is no short cut: who fits into no empty day fits into none.
        let found = self.ground.hopes[ticket.at()]
            .then(|| dispatch::cheapest(dispatch::Board { scorer, routes, bounds }, candidate))
            .flatten()
            .map(|Cheapest { price, shift, at, .. }| (price, shift, Spot { price, at, second: None }));
        debug_assert_eq!(found, self.cheapest_of_able(routes, ticket), "the index hides nothing");
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
        self.index.exchange(scorer.problem(), scorer.tariff(), &before, &routes[at]);
    }
}

/// The route without the ticket, and the second of its pair, whose prizes fall farthest short of what they
/// cost; `None` if every one is worth it. `O(stops^2)` where tickets have prizes.
fn without_worst(ground: Ground<'_>, route: &Route) -> Option<Route> {
    let (scorer, problem) = (ground.scorer, ground.scorer.problem());
    let before = Price::of(scorer.price_of(route));
    let lighter = route.stops().iter().map(|stop| stop.ticket).filter_map(|ticket| {
        let lost = ground.lost_with_second(ticket);
        let second = ground.second(ticket);
        // What others depend on stays.
        if lost.unserved > 0 || ground.is_second(ticket) || ground.ties.knot(ticket).is_some() {
            return None;
        }
        let mut lighter = route.clone();
        let leaves = |other| other == ticket || Some(other) == second;
        let feasible = lighter.retain(problem, scorer.roads(), |stop| !leaves(stop.ticket));
        if !feasible || !lighter.is_within_reach(problem) {
            return None;
        }
        let after = Price::of(scorer.price_of(&lighter)) + lost;
        (after < before).then_some((after, ticket, lighter))
    });
    lighter.min_by_key(|&(after, ticket, _)| (after, ticket)).map(|(.., lighter)| lighter)
}
