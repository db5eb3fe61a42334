//! One epoch: whole plans are cut into parts, all parts are searched side by side, and joined again.
//!
//! A plan with too few tickets or routes for several parts is searched whole, on several islands at once; now
//! and then the island that stands worst is settled anew from the one that stands best (the island model of
//! Cohoon, Hegde, Martin and Richards 1987).

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::able::Able;
use super::board::Board;
use super::params::Params;
use super::part::{Ground, Part};
use super::search::{self, Abreast, Best, Cooling};
use super::split::{self, Cut};
use super::{Budget, Watch};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::price::{Fits, Scorer};
use crate::route::{Route, Visitor};
use crate::travel::{Fares, KEPT_PLACES, LocalRoads, Locality, Roads};
use crate::units::Price;

/// The plans that are searched, each where its annealing stands.
pub(super) struct Islands {
    boards: Vec<Board>,
    /// Parts of each; more than one only where there is one board.
    parts: usize,
    /// Epochs done.
    epoch: u64,
    /// Rounds since an island was settled anew.
    alone: u64,
}

/// One part of one island after its search.
struct Searched {
    island: usize,
    routes: Vec<Route>,
    pool: Vec<TicketIx>,
    best: Best,
    rounds: u64,
}

impl Islands {
    /// One island, before anything is divided.
    pub(super) fn new(board: Board) -> Islands {
        Islands { boards: vec![board], parts: 1, epoch: 0, alone: 0 }
    }

    /// Divides the work of the next epoch: a plan in parts, or several islands that are whole. Once whole they stay so,
    /// even if a ticket is out of one of them for a while; and what is too large to be whole stays in parts, even if it
    /// comes to have few routes.
    pub(super) fn divide(&mut self, ground: Ground<'_>, params: &Params, budget: &Budget) {
        if let [board] = &self.boards[..] {
            let stays_cut = self.parts > 1 && board.tickets() > params.split.tickets;
            // Where a search can be repeated, the number of threads must not show.
            let threads = if budget.is_by_clock() { rayon::current_num_threads() } else { 1 };
            let parts = parts_of(ground, board, params, threads);
            self.parts = parts.max(if stays_cut { 2 } else { 1 });
            if self.parts == 1 {
                self.boards = vec![board.clone(); params.split.islands(threads)];
            }
        }
    }

    /// How many searches go on side by side.
    pub(super) fn searches(&self) -> usize {
        self.boards.len() * self.parts
    }

    /// One cut, one search of every part for its share of `rounds`, one join. Returns the best plan that an
    /// island's parts make together, and the rounds done.
    pub(super) fn epoch(
        &mut self,
        ground: Ground<'_>,
        params: &Params,
        rounds: u64,
        cooling: Cooling,
        (budget, watch): (&Budget, &dyn Watch),
    ) -> (Best, u64) {
        let mut rng = generator(params.seed, if params.split.moves { self.epoch } else { 0 }, 0);
        let mut cuts = Vec::with_capacity(self.searches());
        for (island, board) in self.boards.iter_mut().enumerate() {
            let (routes, pool) = (std::mem::take(&mut board.routes), std::mem::take(&mut board.pool));
            let (parts, resting) =
                split::cut(ground, (routes, pool), self.parts, &params.split, &mut rng);
            board.routes = resting;
            cuts.extend(parts.into_iter().map(|cut| (island, cut)));
        }
        let count = cuts.len() as u64;
        let abreast = Abreast::new(cuts.len(), budget);
        let searched: Vec<Searched> = cuts
            .into_par_iter()
            .with_max_len(1)
            .enumerate()
            .map(|(n, (island, cut))| {
                let n = n as u64;
                let mut rng = generator(params.seed, self.epoch, n + 1);
                let near = Near::of(ground, &cut);
                let scorer = near.roads.as_ref().map(|(roads, _)| ground.scorer.by_roads(roads));
                let ground = near.ground(ground, scorer.as_ref());
                let mut part = Part::new(ground, cut.routes, cut.pool);
                let own = rounds / count + u64::from(n < rounds % count);
                let watched = (budget, watch);
                let (best, rounds) =
                    search::search(&mut part, (own, &abreast), cooling, params, watched, &mut rng);
                Searched { island, routes: part.routes, pool: part.pool, best, rounds }
            })
            .collect();
        let spent = searched.iter().map(|part| part.rounds).sum();
        let best = self.join(ground, searched);
        self.epoch += 1;
        self.alone += spent;
        if self.boards.len() > 1 && params.split.settle > 0 && self.alone >= params.split.settle {
            self.settle(ground);
            self.alone = 0;
        }
        (best, spent)
    }

    /// Puts the islands together from their parts and what rested; returns the best of what they have seen. Ties go to
    /// the earlier island.
    fn join(&mut self, ground: Ground<'_>, searched: Vec<Searched>) -> Best {
        let at_rest = |board: &Board| Best {
            price: board.price(ground),
            routes: vec![Vec::new(); board.routes.len()],
            pool: Vec::new(),
        };
        let mut joins: Vec<Best> = self.boards.iter().map(at_rest).collect();
        for Searched { island, routes, pool, best, .. } in searched {
            let (board, join) = (&mut self.boards[island], &mut joins[island]);
            board.routes.extend(routes);
            board.pool.extend(pool);
            join.price += best.price;
            join.routes.extend(best.routes);
            join.pool.extend(best.pool);
        }
        // Back into the order of shifts, so that the next cut starts from the same list whatever ran
        // where.
        for (board, join) in self.boards.iter_mut().zip(&mut joins) {
            let mut stops: Vec<Vec<Visitor>> = vec![Vec::new(); board.routes.len()];
            for (route, list) in board.routes.iter().zip(std::mem::take(&mut join.routes)) {
                stops[route.shift().at()] = list;
            }
            join.routes = stops;
            board.routes.sort_by_key(Route::shift);
        }
        joins.into_iter().min_by_key(|join| join.price).expect("there is one island at least")
    }

    /// Settles the island that stands worst anew from the one that stands best.
    fn settle(&mut self, ground: Ground<'_>) {
        let prices: Vec<Price> = self.boards.iter().map(|board| board.price(ground)).collect();
        let best = (0..prices.len()).min_by_key(|&n| prices[n]);
        let worst = (0..prices.len()).max_by_key(|&n| prices[n]);
        if let (Some(best), Some(worst)) = (best, worst)
            && prices[best] < prices[worst]
        {
            self.boards[worst] = self.boards[best].clone();
        }
    }
}

/// Into how many parts a plan is cut now.
fn parts_of(ground: Ground<'_>, board: &Board, params: &Params, threads: usize) -> usize {
    let driven = board.routes.iter().filter(|route| !route.stops().is_empty()).count();
    params.split.parts(board.tickets(), driven, ground.is_crowded(&board.pool), threads)
}

/// What is asked of one part again and again, in tables of its own; none where those of the whole problem are not much
/// larger.
struct Near {
    roads: Option<(Roads, Fares)>,
    fits: Option<Fits>,
}

impl Near {
    /// `O(places^2)` and `O(tickets * routes)`.
    fn of(ground: Ground<'_>, cut: &Cut) -> Near {
        Near { roads: roads_of(ground, cut), fits: fits_of(ground, cut) }
    }

    fn ground<'n>(&'n self, whole: Ground<'n>, scorer: Option<&'n Scorer<'n>>) -> Ground<'n> {
        let fares = self.roads.as_ref().map_or(whole.fares, |(_, fares)| fares);
        let fits = self.fits.as_ref().unwrap_or(whole.fits);
        Ground { scorer: scorer.unwrap_or(whole.scorer), fares, fits, ..whole }
    }
}

/// Travel among the places of a part, where tables of the whole problem are more than four times as large.
fn roads_of(ground: Ground<'_>, cut: &Cut) -> Option<(Roads, Fares)> {
    let problem = ground.scorer.problem();
    let shifts = || cut.routes.iter().map(Route::shift);
    let ends = shifts().flat_map(|shift| [problem.shift(shift).from, problem.shift(shift).to]).flatten();
    let stops = cut.routes.iter().flat_map(Route::stops).map(|stop| stop.ticket);
    let places = stops.chain(cut.pool.iter().copied()).map(|ticket| problem.ticket(ticket).place);
    let own = cut.routes.iter().map(|route| route.stops().len() + 2).sum::<usize>() + cut.pool.len();
    if 2 * own >= ground.rows || own > KEPT_PLACES {
        return None;
    }
    let locality = Locality::new(ground.rows, ends.chain(places));
    let cars = shifts().map(|shift| &problem.shift(shift).car);
    let roads = Roads::Local(LocalRoads::new(locality.clone(), cars, ground.scorer.roads()));
    let fares = Fares::new(problem, shifts(), &roads, &locality);
    Some((roads, fares))
}

/// Fits of a part, likewise.
fn fits_of(ground: Ground<'_>, cut: &Cut) -> Option<Fits> {
    let stops = || cut.routes.iter().flat_map(Route::stops).map(|stop| stop.ticket);
    if !ground.fits.wants_table(stops().count() + cut.pool.len(), cut.routes.len()) {
        return None;
    }
    let mut tickets: Vec<TicketIx> = stops().chain(cut.pool.iter().copied()).collect();
    // A crew is at several stops.
    tickets.sort_unstable();
    tickets.dedup();
    let shifts: Vec<ShiftIx> = cut.routes.iter().map(Route::shift).collect();
    let able = Able::new(ground, &cut.routes, &tickets);
    let (able, of) = (&able, &shifts);
    let pairs = tickets.iter().flat_map(move |&ticket| {
        able.of(ticket).iter().map(move |&number| (ticket, of[number as usize]))
    });
    Some(ground.fits.among(ground.scorer, (&tickets, &shifts), pairs))
}

/// The generator of one part in one epoch.
fn generator(seed: u64, epoch: u64, part: u64) -> Xoshiro256PlusPlus {
    let mixed =
        seed ^ epoch.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03);
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}
