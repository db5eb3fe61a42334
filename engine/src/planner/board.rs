//! All routes and all unserved tickets.

use super::mend;
use super::params::MendParams;
use super::part::{Ground, Part};
use super::search::Best;
use crate::ids::TicketIx;
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
