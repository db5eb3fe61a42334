//! Exact top-k over all places, by branch and bound.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Board, Decision, Place, RuledOut};
use crate::fit::Binding;
use crate::ids::{EngineerIx, Index, ShiftIx, SkillIx};
use crate::near::{Leg, Probe};
use crate::price::{ANY_PRICE, Candidate, Fit};
use crate::travel::Travel;
use crate::units::Seconds;

/// The k cheapest engineers met so far, each with their cheapest place.
struct Top {
    k: usize,
    places: Vec<Place>,
}

impl Top {
    fn new(k: usize) -> Top {
        Top { k, places: Vec::with_capacity(k + 1) }
    }

    /// Whether a place of this price could still get in, whoever's it is.
    fn admits(&self, price: Seconds) -> bool {
        self.places.len() < self.k || price <= self.places[self.k - 1].price
    }

    fn add(&mut self, place: Place) {
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
pub(super) fn best_places(board: Board<'_>, candidate: Candidate<'_>, k: usize) -> Vec<Place> {
    let ticket = candidate.ticket;
    if !ticket.required.is_empty() {
        // Only a few may go: price just theirs.
        let mut top = Top::new(k);
        for &engineer in &ticket.required {
            try_engineer(board, candidate, engineer, &mut top);
        }
        return top.places;
    }
    let bounded = board.legs.is_some() && candidate.ticket.place.point.is_some();
    if !bounded {
        return scan(board, candidate, k);
    }
    branch_and_bound(board, candidate, k)
}

fn branch_and_bound(board: Board<'_>, candidate: Candidate<'_>, k: usize) -> Vec<Place> {
    let Board { scorer, legs: Some(legs), .. } = board else { return Vec::new() };
    let standing = candidate.standing;
    let mut top = Top::new(k);

    // Named engineers first: whoever else goes is charged for not being one of them, and that raises
    // the bound on everybody else.
    let mut named: Vec<EngineerIx> = candidate.ticket.preferred.to_vec();
    named.extend(standing.binding.iter().flat_map(|binding| &binding.ladder));
    named.sort_unstable();
    named.dedup();
    for &engineer in &named {
        try_engineer(board, candidate, engineer, &mut top);
    }
    if standing.binding.as_ref().is_some_and(|binding| binding.strict) {
        return top.places;
    }
    for &shift in board.late {
        try_route(board, candidate, shift, &mut top);
    }

    let least = least_fit_of_others(board, candidate);
    let rarest = rarest_skill(board, candidate);
    let per_metre =
        scorer.roads().at_least(1.0).unwrap_or(0.0) - scorer.roads().at_least(0.0).unwrap_or(0.0);
    let seconds_per_metre = per_metre / (f64::from(board.top_speed) / 1000.0);
    let probe = probe(board, candidate, seconds_per_metre);
    // Three legs, each rounded once for the travel and once for the speed.
    let rounding = 4.0;
    let mut fits: BTreeMap<ShiftIx, Option<Fit>> = BTreeMap::new();
    for (detour_m, leg) in legs.nearest(rarest, probe) {
        let detour = Seconds((detour_m * seconds_per_metre - rounding).floor() as i64);
        if !top.admits(detour + least) {
            break;
        }
        let fit =
            *fits.entry(leg.shift).or_insert_with(|| fit_if_able(board, candidate, leg.shift, &named));
        if let Some(fit) = fit
            && top.admits(detour + fit.price)
        {
            try_gap(board, candidate, leg, fit, &mut top);
        }
    }
    top.places
}

/// What a leg must offer to be worth a look.
fn probe(board: Board<'_>, candidate: Candidate<'_>, seconds_per_metre: f64) -> Probe {
    let ticket = candidate.ticket;
    let policy = board.scorer.problem().policy();
    let quickest = *policy.skill.work_permille.iter().min().expect("five levels");
    let work = if ticket.requires.is_empty() { ticket.work } else { ticket.work.scaled(quickest) };
    Probe {
        point: ticket.place.unit,
        seconds_per_metre,
        work,
        first_start: ticket.windows[0].start,
        last_start: ticket.windows[ticket.windows.len() - 1].end,
    }
}

/// No engineer whom the ticket does not name has a lower fit price.
fn least_fit_of_others(board: Board<'_>, candidate: Candidate<'_>) -> Seconds {
    let tariff = board.scorer.tariff();
    let mut least = board.scorer.least_fit(candidate);
    if !candidate.ticket.preferred.is_empty() {
        least += tariff.preference;
    }
    let steps = candidate.standing.binding.as_ref().map_or(0, |binding: &Binding| binding.ladder.len());
    least + Seconds(tariff.binding_step.0 * steps as i64)
}

/// The required skill with the fewest legs: its tree holds everybody who can do the work.
fn rarest_skill(board: Board<'_>, candidate: Candidate<'_>) -> Option<SkillIx> {
    let legs = board.legs?;
    candidate.ticket.requires.iter().map(|need| need.skill).min_by_key(|&skill| legs.count(skill))
}

fn fit_if_able(
    board: Board<'_>,
    candidate: Candidate<'_>,
    index: ShiftIx,
    named: &[EngineerIx],
) -> Option<Fit> {
    let shift = board.scorer.problem().shift(index);
    let done = named.binary_search(&shift.engineer).is_ok();
    (!done && board.scorer.barrier(candidate, shift).is_none())
        .then(|| board.scorer.fit(candidate, shift))
}

fn try_gap(board: Board<'_>, candidate: Candidate<'_>, leg: &Leg, fit: Fit, top: &mut Top) {
    let route = &board.routes[leg.shift.at()];
    let at = leg.at as usize;
    let before = board.scorer.price_of(route);
    if let Some(after) = board.scorer.with_ticket((route, before), at, candidate, fit, ANY_PRICE) {
        let price = after - before;
        let engineer = board.scorer.problem().shift(leg.shift).engineer;
        top.add(Place { price, engineer, shift: leg.shift, at });
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
            top.add(Place { price: after - before, engineer: shift.engineer, shift: index, at });
        }
    }
}

fn try_engineer(board: Board<'_>, candidate: Candidate<'_>, engineer: EngineerIx, top: &mut Top) {
    for shift in board.scorer.problem().engineer(engineer).shifts.clone() {
        try_route(board, candidate, ShiftIx(shift), top);
    }
}

/// Every place in every route, priced in parallel. `O(stops)` over the whole roster.
pub(super) fn scan(board: Board<'_>, candidate: Candidate<'_>, k: usize) -> Vec<Place> {
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
                top
            },
        )
        .places
}

/// Engineers whom people would think of first, with what rules them out: those whom the ticket names,
/// then the nearest.
pub(super) fn ruled_out(
    board: Board<'_>,
    candidate: Candidate<'_>,
    decision: &Decision,
    most: usize,
) -> Vec<(EngineerIx, RuledOut)> {
    let scorer = board.scorer;
    let mut seen: Vec<EngineerIx> = decision.offers.iter().map(|offer| offer.engineer).collect();
    let mut told = Vec::new();
    let mut tell = |engineer: EngineerIx, told: &mut Vec<(EngineerIx, RuledOut)>| {
        if seen.contains(&engineer) || told.len() >= most {
            return;
        }
        seen.push(engineer);
        if let Some(barrier) = scorer.engineer_barrier(candidate, engineer) {
            told.push((engineer, RuledOut::Barrier(barrier)));
        } else if best_of(board, candidate, engineer).is_none() {
            told.push((engineer, RuledOut::NoRoom));
        }
    };
    let ticket = candidate.ticket;
    for &engineer in ticket.required.iter().chain(&ticket.preferred) {
        tell(engineer, &mut told);
    }
    match board.legs {
        // Looking at a few times as many legs as engineers keeps the answer quick.
        Some(legs) if ticket.place.point.is_some() => {
            for (_, leg) in legs.nearest(None, Probe::of_place(ticket.place.unit)).take(8 * most) {
                tell(scorer.problem().shift(leg.shift).engineer, &mut told);
            }
        }
        _ => {
            for engineer in (0..scorer.problem().engineers().len().min(8 * most)).map(EngineerIx::nth) {
                tell(engineer, &mut told);
            }
        }
    }
    told
}

/// One engineer's cheapest place.
pub(super) fn best_of(
    board: Board<'_>,
    candidate: Candidate<'_>,
    engineer: EngineerIx,
) -> Option<Place> {
    let mut top = Top::new(1);
    try_engineer(board, candidate, engineer, &mut top);
    top.places.pop()
}
