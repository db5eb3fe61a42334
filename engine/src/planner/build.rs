//! Construction: regret insertion over the routes that are already promised.
//!
//! The ticket that loses most by not getting its best route goes first (Potvin and Rousseau 1993); a
//! ticket that has one route left loses all.

use std::collections::BTreeMap;

use super::part::Ground;
use super::spot::Spot;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::route::{Route, Visitor};
use crate::ticket::Half;
use crate::travel::Travel;
use crate::units::Seconds;

/// Most routes that a ticket is tried in while building; the nearest start places first.
const ROUTES_TRIED: usize = 60;

/// One ticket's cheapest spot in one route.
#[derive(Clone, Copy)]
struct Chance {
    shift: ShiftIx,
    spot: Option<Spot>,
}

/// Routes for all shifts, filled greedily, and the tickets that found no place.
///
/// `O(tickets * routes tried * stops)` to begin with and `O(tickets + tickets in reach * stops)` for
/// every insertion. `is_over` ends it before every ticket is tried.
pub(super) fn build(
    ground: Ground<'_>,
    tickets: &[TicketIx],
    is_over: impl Fn() -> bool,
) -> (Vec<Route>, Vec<TicketIx>) {
    let problem = ground.scorer.problem();
    let mut routes: Vec<Route> =
        problem.shift_indices().map(|shift| ground.scorer.empty_route(shift)).collect();
    let mut served = vec![false; problem.tickets().len()];
    for (shift, promised) in problem.committed() {
        keep_promised(ground, &mut routes[shift.at()], promised);
        routes[shift.at()].stops().iter().for_each(|stop| served[stop.ticket.at()] = true);
    }
    let waits = |ticket: &TicketIx| !served[ticket.at()] && !ground.is_second(*ticket);
    let mut open: Vec<TicketIx> = tickets.iter().copied().filter(waits).collect();

    let mut chances: Vec<Vec<Chance>> = open
        .iter()
        .map(|&ticket| {
            reachable(ground, ticket)
                .into_iter()
                .map(|shift| Chance { shift, spot: ground.cheapest_of_all(&routes[shift.at()], ticket) })
                .collect()
        })
        .collect();
    let mut regrets: Vec<Option<i64>> =
        open.iter().zip(&chances).map(|(&ticket, list)| regret(ground, ticket, list)).collect();

    while let Some(n) = (0..open.len())
        .filter(|&n| regrets[n].is_some())
        .max_by_key(|&n| (regrets[n], std::cmp::Reverse(open[n])))
    {
        if is_over() {
            break;
        }
        let (spot, shift) = chances[n]
            .iter()
            .filter_map(|chance| chance.spot.map(|spot| (spot, chance.shift)))
            .min_by_key(|&(spot, shift)| (spot.price, shift))
            .expect("a regret needs a spot");
        let ticket = open.swap_remove(n);
        chances.swap_remove(n);
        regrets.swap_remove(n);
        ground.take(&mut routes[shift.at()], ticket, spot);
        for ((&ticket, list), regret_of) in open.iter().zip(&mut chances).zip(&mut regrets) {
            if let Some(chance) = list.iter_mut().find(|chance| chance.shift == shift) {
                chance.spot = ground.cheapest_of_all(&routes[shift.at()], ticket);
                *regret_of = regret(ground, ticket, list);
            }
        }
    }
    let seconds: Vec<TicketIx> = open.iter().filter_map(|&ticket| ground.second(ticket)).collect();
    open.extend(seconds);
    (routes, open)
}

/// Fills a route with its promised tickets: with all of them if they fit, which they may do only together;
/// else with one after another, leaving out what no longer fits. The halves of a pair go together or not at
/// all. `O(stops)`, or `O(stops^2)` if something must be left out.
fn keep_promised(ground: Ground<'_>, route: &mut Route, promised: &[TicketIx]) {
    let shift = route.shift();
    let (problem, roads) = (ground.scorer.problem(), ground.scorer.roads());
    let can_come = |ticket| {
        ground.fits.get(ticket, shift).is_some() && !problem.ticket(ticket).needs_coordination()
    };
    let position: BTreeMap<TicketIx, usize> =
        promised.iter().enumerate().map(|(n, &ticket)| (ticket, n)).collect();
    // The ticket at each position that goes with the one there; itself if it goes alone.
    let partner = |n: usize| match problem.ticket(promised[n]).half {
        None => Some(n),
        Some(Half::First(second)) => position.get(&second).copied().filter(|&other| n < other),
        Some(Half::Second(first)) => position.get(&first).copied().filter(|&other| other < n),
    };
    let comes_with = |n: &usize| partner(*n).is_some_and(|other| can_come(promised[other]));
    let wanted: Vec<usize> =
        (0..promised.len()).filter(|&n| can_come(promised[n])).filter(comes_with).collect();
    let mut try_these = |chosen: &[usize]| {
        let stops: Vec<Visitor> = chosen.iter().map(|&n| ground.visitor(promised[n], shift)).collect();
        route.set(problem, roads, &stops) && route.holds_limits(problem)
    };
    if try_these(&wanted) {
        return;
    }
    let mut kept: Vec<usize> = Vec::new();
    for &n in &wanted {
        let other = partner(n).unwrap_or(n);
        if other < n {
            // It came with its first half, or did not.
            continue;
        }
        let mut more = kept.clone();
        more.push(n);
        if other > n {
            more.push(other);
        }
        more.sort_unstable();
        if try_these(&more) {
            kept = more;
        }
    }
    let feasible = try_these(&kept);
    debug_assert!(feasible || kept.is_empty(), "what is kept fits: {kept:?} in {shift:?}");
}

/// The able shifts of a ticket, only the nearest if there are many.
fn reachable(ground: Ground<'_>, ticket: TicketIx) -> Vec<ShiftIx> {
    let able = ground.fits.able(ticket);
    if able.len() <= ROUTES_TRIED {
        return able.to_vec();
    }
    let problem = ground.scorer.problem();
    let place = problem.ticket(ticket).place;
    let mut near: Vec<(Seconds, ShiftIx)> = able
        .iter()
        .map(|&shift| {
            let shift_of = problem.shift(shift);
            let from = shift_of.from.as_ref().or(shift_of.to.as_ref());
            (from.map_or(Seconds::ZERO, |from| ground.scorer.roads().base(from, &place)), shift)
        })
        .collect();
    near.select_nth_unstable(ROUTES_TRIED);
    near.truncate(ROUTES_TRIED);
    near.into_iter().map(|(_, shift)| shift).collect()
}

/// How much dearer the second-best route is than the best, and more for the urgent; `None` without any
/// place.
fn regret(ground: Ground<'_>, ticket: TicketIx, chances: &[Chance]) -> Option<i64> {
    let mut prices = [i64::MAX; 2];
    for price in chances.iter().filter_map(|chance| chance.spot.map(|spot| spot.price)) {
        if price.0 < prices[0] {
            prices = [price.0, prices[0]];
        } else if price.0 < prices[1] {
            prices[1] = price.0;
        }
    }
    if prices[0] == i64::MAX {
        return None;
    }
    // Half a day of driving for a last chance, a minute for each point of priority.
    let gap = if prices[1] == i64::MAX { 43_200 } else { (prices[1] - prices[0]).min(43_200) };
    let priority = i64::from(ground.scorer.candidate(ticket).standing.priority);
    Some(gap + 60 * priority)
}
