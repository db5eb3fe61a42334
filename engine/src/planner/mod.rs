//! The planner: whole days of routes, anytime.
//!
//! Regret construction, then ruin and recreate under annealing. The plan is cut into parts that are
//! searched side by side and put together again, epoch after epoch; where the cuts run changes every
//! time. How the work is divided depends on the problem and never on the threads at hand, so the same
//! seed and round budget give the same plan on any machine.

mod accept;
mod budget;
mod build;
mod mend;
mod params;
mod part;
mod ruin;
mod search;
mod split;
mod spot;
mod tell;

pub use budget::{Budget, NoWatch, Progress, Watch};
pub use params::{AcceptParams, MendParams, Params, RuinParams, SplitParams};

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::fit::{History, Standing};
use crate::ids::{Index, TicketIx};
use crate::near::Neighbours;
use crate::plan::{Ended, Plan, Run};
use crate::price::rules::Tariff;
use crate::price::{Fits, Scorer};
use crate::problem::Problem;
use crate::route::Route;
use crate::travel::Roads;
use crate::units::Price;
use accept::Scales;
use part::{Ground, Part};
use search::{Abreast, Best, Cooling};

/// Plans every shift of a problem, in the current rayon pool, until the budget is used up or the watch
/// says stop.
///
/// The plan keeps every hard rule, and no ticket is left out that some route could still take; each one
/// left out says why. Tickets that need several engineers at once or wait for others are left out and
/// say so. Seeing to that takes `O(unserved * able routes * stops)`, for pairs of tickets up to `O(stops^2)` in
/// each route, whatever the budget.
pub fn plan(problem: &Problem, params: &Params, budget: &Budget, watch: &dyn Watch) -> Plan {
    let roads = Roads::kept(problem);
    let history = History::new(problem);
    let standings: Vec<Standing> =
        problem.tickets().par_iter().map(|ticket| Standing::of(problem, &history, ticket)).collect();
    let tariff = Tariff::new(problem.policy());
    let scorer = Scorer::new(problem, &roads, &history, &standings, &tariff);
    let fits = Fits::new(&scorer);
    let neighbours = Neighbours::new(problem, &roads, params.ruin.neighbours);
    let ground = Ground { scorer: &scorer, fits: &fits, neighbours: &neighbours };

    let (plannable, mut aside): (Vec<TicketIx>, Vec<TicketIx>) =
        problem.ticket_indices().partition(|&ticket| {
            !problem.ticket(ticket).needs_coordination() && !fits.able(ticket).is_empty()
        });
    let mut board = Board::build(ground, &plannable, || budget.is_over(watch));
    let (rounds, ended) = board.improve(ground, params, budget, watch, &aside);
    board.complete(ground);
    aside.extend(&board.pool);
    let run = Run { seed: params.seed, rounds, ended };
    tell::tell(&scorer, board.routes.iter(), &aside, run)
}

/// All routes and all unserved tickets.
struct Board {
    routes: Vec<Route>,
    pool: Vec<TicketIx>,
}

impl Board {
    fn build(ground: Ground<'_>, tickets: &[TicketIx], is_over: impl Fn() -> bool) -> Board {
        let (routes, pool) = build::build(ground, tickets, is_over);
        Board { routes, pool }
    }

    fn price(&self, ground: Ground<'_>) -> Price {
        let routes: Price =
            self.routes.iter().map(|route| Price::of(ground.scorer.price_of(route))).sum();
        routes + self.pool.iter().map(|&ticket| ground.lost(ticket)).sum()
    }

    /// Searches epoch after epoch; leaves the best in place. Returns rounds done and how it ended.
    fn improve(
        &mut self,
        ground: Ground<'_>,
        params: &Params,
        budget: &Budget,
        watch: &dyn Watch,
        aside: &[TicketIx],
    ) -> (u64, Ended) {
        let tickets =
            self.routes.iter().map(|route| route.stops().len()).sum::<usize>() + self.pool.len();
        if tickets == 0 || self.routes.is_empty() {
            return (0, Ended::Proven);
        }
        let scales = self.scales(ground, tickets);
        let parts = params.split.parts(tickets, self.routes.len());
        let lost_aside: Price = aside.iter().map(|&ticket| ground.lost(ticket)).sum();
        let mut best = Best::whole(&self.routes, &self.pool, self.price(ground));
        let (mut done, mut best_at, mut epoch) = (0, 0, 0_u64);
        loop {
            if let Some(ended) = budget.ended(done, done - best_at, watch) {
                self.restore(ground, &best);
                return (done, ended);
            }
            let rounds = budget.epoch_rounds(params.split.rounds * parts as u64, done);
            let from = budget.progress(done, done - best_at, watch);
            let upto = budget.progress(done + rounds, done + rounds - best_at, watch).max(from);
            let cooling = Cooling { scales, from, upto };
            let (seen, spent) =
                self.epoch(ground, params, parts, (rounds, epoch), cooling, (budget, watch));
            done += spent;
            epoch += 1;
            if seen.price < best.price {
                best = seen;
                best_at = done;
                let plan = || {
                    // Nobody is shown a plan that leaves out what still fits.
                    let mut shown = Board { routes: best.routes(ground), pool: best.pool.clone() };
                    shown.complete(ground);
                    shown.pool.extend(aside);
                    let run = Run { seed: params.seed, rounds: done, ended: Ended::Running };
                    tell::tell(ground.scorer, shown.routes.iter(), &shown.pool, run)
                };
                let price = best.price + lost_aside;
                watch.improved(&Progress { rounds: done, price, plan: &plan });
            }
        }
    }

    /// One cut, one search of every part, one join. Returns the join of the parts' best and the rounds
    /// done; the board is left where the annealing stands.
    fn epoch(
        &mut self,
        ground: Ground<'_>,
        params: &Params,
        parts: usize,
        (rounds, epoch): (u64, u64),
        cooling: Cooling,
        (budget, watch): (&Budget, &dyn Watch),
    ) -> (Best, u64) {
        let mut rng = generator(params.seed, epoch, 0);
        let routes = std::mem::take(&mut self.routes);
        let pool = std::mem::take(&mut self.pool);
        let cuts = split::cut(ground, routes, pool, parts, &mut rng);
        let count = cuts.len() as u64;
        let abreast = Abreast::new(cuts.len(), budget);
        let searched: Vec<(Part<'_>, Best, u64)> = cuts
            .into_par_iter()
            .with_max_len(1)
            .enumerate()
            .map(|(n, cut)| {
                let n = n as u64;
                let mut rng = generator(params.seed, epoch, n + 1);
                let mut part = Part::new(ground, cut.routes, cut.pool);
                let own = rounds / count + u64::from(n < rounds % count);
                let (best, spent) = search::search(
                    &mut part,
                    (own, &abreast),
                    cooling,
                    params,
                    (budget, watch),
                    &mut rng,
                );
                (part, best, spent)
            })
            .collect();
        let mut join = Best { price: Price::ZERO, routes: Vec::new(), pool: Vec::new() };
        let mut spent = 0;
        for (part, best, own) in searched {
            spent += own;
            join.price += best.price;
            join.routes.extend(best.routes);
            join.pool.extend(best.pool);
            self.routes.extend(part.routes);
            self.pool.extend(part.pool);
        }
        // Back into the order of shifts, so that the next cut starts from the same list whatever ran
        // where.
        let order: Vec<usize> = self.routes.iter().map(|route| route.shift().at()).collect();
        let mut stops = vec![Vec::new(); order.len()];
        for (shift, list) in order.into_iter().zip(join.routes) {
            stops[shift] = list;
        }
        join.routes = stops;
        self.routes.sort_by_key(Route::shift);
        (join, spent)
    }

    fn scales(&self, ground: Ground<'_>, tickets: usize) -> Scales {
        let driving: i64 = self.routes.iter().map(route_driving).sum();
        let served = tickets - self.pool.len();
        let lost: i64 = self
            .routes
            .iter()
            .flat_map(Route::stops)
            .map(|stop| stop.ticket)
            .chain(self.pool.iter().copied())
            .map(|ticket| ground.lost(ticket).priority_lost + 1)
            .sum();
        Scales {
            stop: (driving as f64 / served.max(1) as f64).max(1.0),
            ticket: lost as f64 / tickets as f64,
        }
    }

    fn restore(&mut self, ground: Ground<'_>, best: &Best) {
        self.routes = best.routes(ground);
        self.pool.clone_from(&best.pool);
    }

    /// Serves what can still be served: a search that was stopped may have left room. Dearest losses
    /// first, each at its cheapest place, until nothing fits. Where a prize is all that is lost, only for
    /// less than the prize; and who is served for more is left out.
    fn complete(&mut self, ground: Ground<'_>) {
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
            let mut left = Vec::with_capacity(before);
            for ticket in std::mem::take(&mut self.pool) {
                if ground.is_second(ticket) {
                    continue;
                }
                if !self.serve(ground, ticket) {
                    left.push(ticket);
                    left.extend(ground.second(ticket));
                }
            }
            self.pool = left;
            // A new stop can make room for another where travel by table takes detours.
            if self.pool.len() == before {
                return;
            }
        }
    }

    /// Serves a ticket, and the second of its pair, at its cheapest spot, if it has one that costs less than
    /// leaving them out.
    fn serve(&mut self, ground: Ground<'_>, ticket: TicketIx) -> bool {
        let able = ground.fits.able(ticket).iter();
        let spots = able.filter_map(|&shift| {
            let spot = ground.cheapest_of_all(&self.routes[shift.at()], ticket)?;
            Some((spot.price, shift, spot))
        });
        let Some((price, shift, spot)) = spots.min() else { return false };
        if Price::of(price) >= ground.lost_with_second(ticket) {
            return false;
        }
        ground.take(&mut self.routes[shift.at()], ticket, spot);
        true
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
        if lost.unserved > 0 || ground.is_second(ticket) {
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

fn route_driving(route: &Route) -> i64 {
    if route.stops().is_empty() {
        return 0;
    }
    (1..=route.stops().len() + 1).map(|position| route.leg(position).fare.0).sum()
}

impl Best {
    fn whole(routes: &[Route], pool: &[TicketIx], price: Price) -> Best {
        Best {
            price,
            routes: routes.iter().map(|route| route.stops().to_vec()).collect(),
            pool: pool.to_vec(),
        }
    }

    /// The routes again, by shift.
    fn routes(&self, ground: Ground<'_>) -> Vec<Route> {
        let problem = ground.scorer.problem();
        problem
            .shift_indices()
            .zip(&self.routes)
            .map(|(shift, stops)| {
                let mut route = ground.scorer.empty_route(shift);
                let feasible = route.set(problem, ground.scorer.roads(), stops);
                debug_assert!(feasible, "the best plan was feasible");
                route
            })
            .collect()
    }
}

/// The generator of one part in one epoch.
fn generator(seed: u64, epoch: u64, part: u64) -> Xoshiro256PlusPlus {
    let mixed =
        seed ^ epoch.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03);
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}
