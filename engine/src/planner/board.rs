//! All routes and all unserved tickets.

use super::mend;
use super::params::MendParams;
use super::part::{Ground, Part};
use super::search::Best;
use crate::ids::{Index, TicketIx};
use crate::route::Route;
use crate::units::Price;

/// All routes, by shift, and all unserved tickets.
#[derive(Clone)]
pub(super) struct Board {
    pub routes: Vec<Route>,
    pub pool: Vec<TicketIx>,
}

impl Board {
    /// The routes of a best plan, and the tickets that it leaves out.
    pub(super) fn of(ground: Ground<'_>, best: &Best) -> Board {
        let problem = ground.scorer.problem();
        let routes = problem.shift_indices().zip(&best.routes);
        let routes = routes.map(|(shift, stops)| {
            let mut route = ground.scorer.empty_route(shift);
            let feasible = route.set(problem, ground.scorer.roads(), stops);
            debug_assert!(feasible, "the best plan was feasible");
            route
        });
        Board { routes: routes.collect(), pool: best.pool.clone() }
    }

    /// Number of tickets, served or not.
    pub(super) fn tickets(&self) -> usize {
        self.routes.iter().map(|route| route.stops().len()).sum::<usize>() + self.pool.len()
    }

    /// The price of all routes, and of what the pool loses.
    pub(super) fn price(&self, ground: Ground<'_>) -> Price {
        let routes: Price =
            self.routes.iter().map(|route| Price::of(ground.scorer.price_of(route))).sum();
        routes + self.pool.iter().map(|&ticket| ground.lost(ticket)).sum()
    }

    /// The stops as they are.
    pub(super) fn best(&self, ground: Ground<'_>) -> Best {
        Best {
            price: self.price(ground),
            routes: self.routes.iter().map(|route| route.stops().to_vec()).collect(),
            pool: self.pool.clone(),
        }
    }

    /// What leaving a ticket out loses on average: priority, and one for the ticket.
    pub(super) fn mean_loss(&self, ground: Ground<'_>) -> f64 {
        let served = self.routes.iter().flat_map(Route::stops).map(|stop| stop.ticket);
        let all = served.chain(self.pool.iter().copied());
        let lost: i64 = all.map(|ticket| ground.lost(ticket).priority_lost + 1).sum();
        lost as f64 / self.tickets() as f64
    }

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
        self.pool.sort_by_key(|&ticket| (std::cmp::Reverse(ground.lost(ticket)), ticket));
        loop {
            let before = self.pool.len();
            self.restore_knots(ground, &MendParams::EVERYWHERE, || false);
            let mut left = Vec::with_capacity(before);
            for ticket in std::mem::take(&mut self.pool) {
                if ground.is_second(ticket) {
                    continue;
                }
                if ground.scorer.problem().ticket(ticket).needs_coordination() {
                    left.push(ticket);
                } else if !self.serve(ground, ticket) {
                    left.push(ticket);
                    left.extend(ground.second(ticket));
                }
            }
            self.pool = left;
            // A new stop can make room for another where travel by table takes detours, or be waited for.
            if self.pool.len() == before {
                return;
            }
        }
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

    /// Serves a ticket, and the second of its pair, at its cheapest spot, if it has one that costs less than
    /// leaving them out.
    fn serve(&mut self, ground: Ground<'_>, ticket: TicketIx) -> bool {
        let able = ground.fits.able(ticket).iter();
        let spots = able.filter_map(|&shift| {
            let spot = ground.cheapest_of_all(&self.routes[shift.at()], ticket)?;
            Some((spot.price, shift, spot))
        });
        let Some((price, shift, spot)) = spots.min() else { return self.serve_anew(ground, ticket) };
        if Price::of(price) >= ground.lost_with_second(ticket) {
            return false;
        }
        let route = &mut self.routes[shift.at()];
        ground.take(route, ticket, spot);
        if route.fetches().is_some() {
            ground.scorer.fetch_best(route);
        }
        true
    }

    /// The same for a ticket that finds no spot unless a route fetches its parts elsewhere.
    fn serve_anew(&mut self, ground: Ground<'_>, ticket: TicketIx) -> bool {
        let able = ground.fits.able(ticket).iter();
        let routes = able.filter_map(|&shift| ground.fetching_anew(&self.routes[shift.at()], ticket));
        let Some((price, route)) = routes.min_by_key(|(price, route)| (*price, route.shift())) else {
            return false;
        };
        let is_worth_it = Price::of(price) < ground.lost(ticket);
        if is_worth_it {
            let at = route.shift().at();
            self.routes[at] = route;
        }
        is_worth_it
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
