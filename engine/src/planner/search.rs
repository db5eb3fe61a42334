//! The loop of one part: exchange tails, ruin, mend, accept.

use std::sync::atomic::{AtomicUsize, Ordering};

use rand_xoshiro::Xoshiro256PlusPlus;

use super::accept::{Accept, Scales};
use super::params::Params;
use super::part::{Ground, Part};
use super::{Budget, Watch, mend, ruin, tails};
use crate::ids::TicketIx;
use crate::route::Visitor;
use crate::units::Price;

/// The best that a part has seen.
#[derive(Clone)]
pub(super) struct Best {
    pub price: Price,
    pub routes: Vec<Vec<Visitor>>,
    pub pool: Vec<TicketIx>,
}

impl Best {
    pub(super) fn of(part: &Part<'_>) -> Best {
        let mut best = Best { price: part.total, routes: Vec::new(), pool: Vec::new() };
        best.keep(part);
        best
    }

    fn keep(&mut self, part: &Part<'_>) {
        self.price = part.total;
        self.routes.resize(part.routes.len(), Vec::new());
        for (kept, route) in self.routes.iter_mut().zip(&part.routes) {
            kept.clear();
            kept.extend_from_slice(route.stops());
        }
        self.pool.clone_from(&part.pool);
    }

    /// What driving to a stop costs on average, straight from the stop before it, or from where the day begins or ends if
    /// it is the only one. How far away days begin otherwise says nothing of what a round may gain. At least 1.
    pub(super) fn mean_leg(&self, ground: Ground<'_>) -> f64 {
        let (problem, roads) = (ground.scorer.problem(), ground.scorer.roads());
        let (mut sum, mut legs) = (0, 0);
        for (shift, stops) in problem.shift_indices().zip(&self.routes) {
            let shift = problem.shift(shift);
            let place = |stop: &Visitor| &problem.ticket(stop.ticket).place;
            let fare = |from, to| roads.drive(&shift.car, from, to).fare.0;
            if let ([only], Some(from)) = (&stops[..], shift.from.as_ref().or(shift.to.as_ref())) {
                sum += fare(from, place(only));
                legs += 1;
            }
            sum += stops.windows(2).map(|pair| fare(place(&pair[0]), place(&pair[1]))).sum::<i64>();
            legs += stops.len().saturating_sub(1);
        }
        (sum as f64 / legs.max(1) as f64).max(1.0)
    }
}

/// From where to where an epoch cools.
#[derive(Clone, Copy)]
pub(super) struct Cooling {
    pub scales: Scales,
    pub from: f64,
    pub upto: f64,
}

/// How far the parts of one epoch are. Under a clock, a part that is through with its rounds goes on
/// while all the others are being searched and some still are: its thread would only wait.
pub(super) struct Abreast {
    unstarted: AtomicUsize,
    unfinished: AtomicUsize,
    by_clock: bool,
}

impl Abreast {
    pub(super) fn new(parts: usize, budget: &Budget) -> Abreast {
        Abreast {
            unstarted: AtomicUsize::new(parts),
            unfinished: AtomicUsize::new(parts),
            by_clock: budget.is_by_clock(),
        }
    }

    fn goes_on(&self) -> bool {
        self.by_clock
            && self.unstarted.load(Ordering::Relaxed) == 0
            && self.unfinished.load(Ordering::Relaxed) > 0
    }
}

/// Searches a part for `rounds`, or until the watch says stop. Returns the best seen and the rounds done;
/// the part is left where the annealing stands.
pub(super) fn search(
    part: &mut Part<'_>,
    (rounds, abreast): (u64, &Abreast),
    cooling: Cooling,
    params: &Params,
    (budget, watch): (&Budget, &dyn Watch),
    rng: &mut Xoshiro256PlusPlus,
) -> (Best, u64) {
    abreast.unstarted.fetch_sub(1, Ordering::Relaxed);
    let mut best = Best::of(part);
    let mut accept = Accept::at(&params.accept, cooling.scales, cooling.from);
    let mut round = 0;
    loop {
        if round == rounds {
            abreast.unfinished.fetch_sub(1, Ordering::Relaxed);
        }
        if round >= rounds && !abreast.goes_on() {
            return (best, round);
        }
        if round % 16 == 0 {
            if budget.is_over(watch) {
                return (best, round);
            }
            let share = (round as f64 / rounds as f64).min(1.0);
            let progress = cooling.from + (cooling.upto - cooling.from) * share;
            accept = Accept::at(&params.accept, cooling.scales, progress);
        }
        round += 1;
        for _ in 0..params.tails.tries {
            if tails::exchange(part, &params.tails, &accept, rng) && part.total < best.price {
                best.keep(part);
            }
        }
        let limit = accept.limit(part.total, rng);
        part.begin();
        let is_taken = ruin::tear(part, &params.ruin, rng)
            && mend::mend(part, &params.mend, &limit, rng)
            && limit.takes(part.total);
        if !is_taken {
            part.take_back();
        } else if part.total < best.price {
            best.keep(part);
        }
    }
}
