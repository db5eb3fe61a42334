//! Serving what still fits, each ticket at its cheapest place in all routes.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::board::Board;
use super::params::MendParams;
use super::part::Ground;
use super::places::Places;
use crate::ids::TicketIx;
use crate::route::Route;
use crate::units::Price;

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
        let problem = ground.scorer.problem();
        let goes =
            |ticket: TicketIx| !problem.ticket(ticket).needs_coordination() && !ground.is_second(ticket);
        let count = self.pool.iter().filter(|&&ticket| goes(ticket)).count();
        if count == 0 {
            return;
        }
        let mut places = Places::new(ground, &self.routes, count);
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
