//! Exact top-k over all places, by branch and bound.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Board, Bounds, Cheapest, RuledOut, ahead};
use crate::fit::Binding;
use crate::ids::{EngineerIx, Index, ShiftIx};
use crate::near::{Gap, LegIndex, Wanted};
use crate::price::{ANY_PRICE, Candidate, Fit, Scorer};
use crate::ticket::Need;
use crate::travel::Travel;
use crate::units::Seconds;

/// The k cheapest engineers met so far, each with their cheapest place.
pub(super) struct Top {
    k: usize,
    pub places: Vec<Cheapest>,
    /// Engineers known to have a place, some of them twice.
    pub able: Vec<EngineerIx>,
}

impl Top {
    fn new(k: usize) -> Top {
        Top { k, places: Vec::with_capacity(k + 1), able: Vec::new() }
    }

    /// The price above which nobody gets in any more.
    fn most(&self) -> Option<Seconds> {
        (self.places.len() == self.k).then(|| self.places[self.k - 1].price)
    }

    fn add(&mut self, place: Cheapest) {
        if self.able.last() != Some(&place.engineer) {
            self.able.push(place.engineer);
        }
        if let Some(own) = self.places.iter().position(|other| other.engineer == place.engineer) {
            if self.places[own] <= place {
                return;
            }
            self.places.remove(own);
        }
        let rank = self.places.partition_point(|other| *other < place);
        if rank < self.k {
            self.places.insert(rank, place);
            self.places.truncate(self.k);
        }
    }
}

/// The best `k` places, at most one for each engineer, in the order of offers.
pub(super) fn best_places(board: Board<'_>, candidate: Candidate<'_>, k: usize) -> Top {
    let ticket = candidate.ticket;
    if !ticket.required.is_empty() {
        // Only a few may go: price just theirs.
        let mut top = Top::new(k);
        for &engineer in &ticket.required {
            try_engineer(board, candidate, engineer, &mut top);
        }
        return top;
    }
    match board.bounds {
        Some(bounds) if candidate.ticket.place.point.is_some() => {
            branch_and_bound(board, bounds, candidate, k)
        }
        _ => scan(board, candidate, k),
    }
}

/// Most engineers who have been at a customer that are looked at one by one.
const FEW: usize = 16;

fn branch_and_bound(board: Board<'_>, bounds: Bounds<'_>, candidate: Candidate<'_>, k: usize) -> Top {
    let standing = candidate.standing;
    let mut top = Top::new(k);

    // Named engineers first, for whom the index's bounds do not hold: those whom the ticket likes or is
    // bound to, since whoever else goes is charged for not being one of them; and those who have been
    // there, of whom history knows more than in general, unless they are so many that it is cheaper to
    // walk a little further.
    let mut named: Vec<EngineerIx> = candidate.ticket.preferred.to_vec();
    named.extend(standing.binding.iter().flat_map(|binding| &binding.ladder));
    let regulars = standing.chances.been_here().filter(|&engineer| engineer != EngineerIx::UNKNOWN);
    let mut further = 0.0;
    if regulars.clone().nth(FEW).is_none() {
        named.extend(regulars);
    } else {
        further = board.scorer.lead_of_regulars(candidate, bounds.lowest_ceiling);
    }
    named.sort_unstable();
    named.dedup();
    ahead::of_engineers(board, &named);
    for &engineer in &named {
        try_engineer(board, candidate, engineer, &mut top);
    }
    if standing.binding.as_ref().is_some_and(|binding| binding.strict) {
        return top;
    }
    for &shift in bounds.unbounded {
        try_route(board, candidate, shift, &mut top);
    }

    let rounded = by_depot(board, bounds, candidate);
    let least = price_of_others(board, candidate) - bounds.drift - further - rounded;
    let need = rarest_need(bounds.legs, candidate);
    let wanted = wanted(board.scorer, bounds.speeds, candidate, need);
    let mut met: BTreeMap<ShiftIx, Option<Able>> = BTreeMap::new();
    let mut nearest = bounds.legs.nearest(need.map(|need| need.skill), wanted);
    // A leg that bounds to a second above the dearest place is out, and so are all after it.
    let most = |top: &Top| top.most().map_or(f64::INFINITY, |most| (most.0 + 1) as f64 - least);
    while let Some(gap) = nearest.next(most(&top)) {
        ahead::of_walk(board, &mut nearest);
        let met =
            met.entry(gap.shift).or_insert_with(|| meet(board, candidate, gap.shift, (&named, rounded)));
        if let Some(met) = met {
            try_gap(board, candidate, gap, met, &mut top);
        }
    }
    top
}

/// An able shift that the walk has come to.
#[derive(Clone, Copy)]
struct Able {
    fit: Fit,
    /// What the ticket costs in it, wherever it goes.
    apart_from_place: Seconds,
    /// By how much its way may be shorter than its detour, see [`by_depot`].
    rounded: f64,
    /// The price of the cheapest place so far; a route has many that are dearer.
    cheapest: Seconds,
}

/// What whoever the ticket does not name is charged for that.
fn price_of_others(board: Board<'_>, candidate: Candidate<'_>) -> f64 {
    let tariff = board.scorer.tariff();
    let liked = if candidate.ticket.preferred.is_empty() { 0 } else { tariff.preference.0 };
    let steps = candidate.standing.binding.as_ref().map_or(0, |binding: &Binding| binding.ladder.len());
    (liked + tariff.binding_step.0 * steps as i64) as f64
}

/// By how much rounding may make a way by a depot shorter than the straight one, if there may be one.
fn by_depot(board: Board<'_>, bounds: Bounds<'_>, candidate: Candidate<'_>) -> f64 {
    let may_be = !board.scorer.problem().depots().is_empty() && !candidate.ticket.parts.is_empty();
    // One drive more, rounded at the usual speed and at the slowest engineer's.
    let slowest = f64::from(bounds.speeds.0) / 1000.0;
    if may_be { 1.0 + 1.0 / slowest } else { 0.0 }
}

/// The required skill with the fewest legs: its tree holds everybody who can do the work.
fn rarest_need(legs: &LegIndex, candidate: Candidate<'_>) -> Option<Need> {
    candidate.ticket.requires.iter().copied().min_by_key(|need| legs.count(need.skill))
}

/// What a leg must offer to be worth a look, and what it charges at least.
fn wanted(
    scorer: &Scorer<'_>,
    (slowest, fastest): (u32, u32),
    candidate: Candidate<'_>,
    need: Option<Need>,
) -> Wanted {
    let ticket = candidate.ticket;
    let rates = &scorer.problem().policy().skill;
    let quickest = *rates.work_permille.iter().min().expect("five levels");
    let least = ticket.work_by_class.iter().map(|entry| entry.1).fold(ticket.work, Seconds::min);
    let work = if ticket.requires.is_empty() { least } else { least.scaled(quickest) };
    let seconds = |metres| scorer.roads().at_least(metres).unwrap_or(0.0);
    let seconds_per_metre = (seconds(1.0) - seconds(0.0)) / (f64::from(fastest) / 1000.0);
    // One need's share of the skill's mean, of which no more than all can be lost.
    let point = scorer.tariff().skill.0 as f64 / ticket.requires.len().max(1) as f64;
    Wanted {
        point: ticket.place.unit,
        seconds_per_metre,
        slowest: f64::from(slowest) / 1000.0,
        work,
        first_start: ticket.windows[0].start,
        last_start: ticket.windows[ticket.windows.len() - 1].end,
        levels: need.map_or((0, 0), |need| (need.level, need.preferred)),
        level_prices: (point * rates.above_loss, point * rates.below_loss),
        level_most: point,
        now: scorer.problem().now(),
    }
}

fn meet(
    board: Board<'_>,
    candidate: Candidate<'_>,
    index: ShiftIx,
    (named, rounded): (&[EngineerIx], f64),
) -> Option<Able> {
    ahead::of_shift(board, index);
    let shift = board.scorer.problem().shift(index);
    let done = named.binary_search(&shift.engineer).is_ok();
    if done || board.scorer.barrier(candidate, shift).is_some() {
        return None;
    }
    let fit = board.scorer.fit(candidate, shift);
    let apart_from_place = board.scorer.apart_from_place(&board.routes[index.at()], fit);
    Some(Able { fit, apart_from_place, rounded, cheapest: ANY_PRICE })
}

fn try_gap(board: Board<'_>, candidate: Candidate<'_>, gap: Gap, met: &mut Able, top: &mut Top) {
    let Gap { shift, behind, detour } = gap;
    let most = top.most().map_or(met.cheapest, |most| most.min(met.cheapest));
    if Seconds((detour - met.rounded).floor() as i64) + met.apart_from_place > most {
        return;
    }
    let route = &board.routes[shift.at()];
    let before = board.scorer.price_of(route);
    let at =
        behind.map_or(0, |ticket| route.stop_at(ticket).expect("the route has its legs' stops") + 1);
    if let Some(after) = board.scorer.with_ticket((route, before), at, candidate, met.fit, before + most)
    {
        let price = after - before;
        met.cheapest = price;
        let engineer = board.scorer.problem().shift(shift).engineer;
        top.add(Cheapest { price, engineer, shift, at });
    }
}

fn try_route(board: Board<'_>, candidate: Candidate<'_>, index: ShiftIx, top: &mut Top) {
    let scorer = board.scorer;
    let shift = scorer.problem().shift(index);
    if scorer.barrier(candidate, shift).is_some() {
        return;
    }
    let fit = scorer.fit(candidate, shift);
    let route = &board.routes[index.at()];
    let before = scorer.price_of(route);
    for at in 0..=route.stops().len() {
        if let Some(after) = scorer.with_ticket((route, before), at, candidate, fit, ANY_PRICE) {
            top.add(Cheapest { price: after - before, engineer: shift.engineer, shift: index, at });
        }
    }
}

fn try_engineer(board: Board<'_>, candidate: Candidate<'_>, engineer: EngineerIx, top: &mut Top) {
    for shift in board.scorer.problem().engineer(engineer).shifts.clone() {
        try_route(board, candidate, ShiftIx(shift), top);
    }
}

/// Every place in every route, priced in parallel. `O(stops)` over the whole roster.
pub(super) fn scan(board: Board<'_>, candidate: Candidate<'_>, k: usize) -> Top {
    let engineers = board.scorer.problem().engineers().len();
    (0..engineers)
        .into_par_iter()
        .with_min_len(256)
        .fold(
            || Top::new(k),
            |mut top, engineer| {
                try_engineer(board, candidate, EngineerIx::nth(engineer), &mut top);
                top
            },
        )
        .reduce(
            || Top::new(k),
            |mut top, other| {
                for place in other.places {
                    top.add(place);
                }
                top.able.extend(other.able);
                top
            },
        )
}

/// Engineers whom people would think of first, with what rules them out: those whom the ticket names,
/// then the nearest. Not those known to be `able`.
pub(super) fn ruled_out(
    board: Board<'_>,
    candidate: Candidate<'_>,
    able: Vec<EngineerIx>,
    most: usize,
) -> Vec<(EngineerIx, RuledOut)> {
    let problem = board.scorer.problem();
    let ticket = candidate.ticket;
    let mut seen = able;
    let mut told = Vec::new();
    let mut tell = |engineer: EngineerIx| {
        if !seen.contains(&engineer) {
            seen.push(engineer);
            told.extend(rules_out(board, candidate, engineer).map(|why| (engineer, why)));
        }
        told.len() < most
    };
    let named = ticket.required.iter().chain(&ticket.preferred);
    if most == 0 || !named.copied().all(&mut tell) {
        return told;
    }
    // A few times as many as are wanted; further away nobody would ask.
    let looks = 3 * most;
    match board.bounds {
        Some(bounds) if ticket.place.point.is_some() => {
            let mut nearest = bounds.homes.nearest(ticket.place.unit).take(looks);
            loop {
                let some: Vec<EngineerIx> = nearest.by_ref().take(most).collect();
                ahead::of_engineers(board, &some);
                if some.is_empty() || !some.into_iter().all(&mut tell) {
                    break;
                }
            }
        }
        _ => {
            (0..problem.engineers().len().min(looks)).map(EngineerIx::nth).all(tell);
        }
    }
    told
}

/// What rules an engineer out, if anything does.
fn rules_out(board: Board<'_>, candidate: Candidate<'_>, engineer: EngineerIx) -> Option<RuledOut> {
    let scorer = board.scorer;
    let problem = scorer.problem();
    let mut shifts = problem.engineer(engineer).shifts.clone().map(|n| problem.shift(ShiftIx(n)));
    // Most are ruled out by what they are, which is told without timing anything.
    let able = shifts.any(|shift| scorer.barrier(candidate, shift).is_none());
    if able && best_of(board, candidate, engineer).is_some() {
        return None;
    }
    let barrier = scorer.engineer_barrier(candidate, engineer);
    Some(barrier.map_or(RuledOut::NoRoom, RuledOut::Barrier))
}

/// One engineer's cheapest place.
pub(super) fn best_of(
    board: Board<'_>,
    candidate: Candidate<'_>,
    engineer: EngineerIx,
) -> Option<Cheapest> {
    let mut top = Top::new(1);
    try_engineer(board, candidate, engineer, &mut top);
    top.places.pop()
}
