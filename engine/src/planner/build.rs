//! Construction: regret insertion over the routes that are already promised.
//!
//! The ticket that loses most by not getting its best route goes first (Potvin and Rousseau 1993); a
//! ticket that has one route left loses all.

use super::part::Ground;
use super::spot::Spot;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::price::ANY_PRICE;
use crate::route::Route;
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
/// every insertion.
pub(super) fn build(ground: Ground<'_>, tickets: &[TicketIx]) -> (Vec<Route>, Vec<TicketIx>) {
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

/// Fills a route with its promised tickets, leaving out what no longer fits and the halves of pairs that
/// are not both promised.
fn keep_promised(ground: Ground<'_>, route: &mut Route, promised: &[TicketIx]) {
    let scorer = ground.scorer;
    for &ticket in promised {
        let candidate = scorer.candidate(ticket);
        if candidate.ticket.needs_coordination() {
            continue;
        }
        let stops = route.stops();
        if let Some(Half::Second(first)) = candidate.ticket.half
            && stops.iter().all(|stop| stop.ticket != first)
        {
            continue;
        }
        if let Some(fit) = ground.fits.get(ticket, route.shift()) {
            let at = stops.len();
            let before = scorer.price_of(route);
            if scorer.with_ticket((route, before), at, candidate, fit, ANY_PRICE).is_some() {
                let feasible = ground.insert(route, ticket, at);
                debug_assert!(feasible, "{ticket:?} in {:?}", route.shift());
            }
        }
    }
    let kept: Vec<TicketIx> = route.stops().iter().map(|stop| stop.ticket).collect();
    let is_whole = |ticket: TicketIx| ground.second(ticket).is_none_or(|second| kept.contains(&second));
    if !kept.iter().all(|&ticket| is_whole(ticket)) {
        let (problem, roads) = (scorer.problem(), scorer.roads());
        let feasible = route.retain(problem, roads, |stop| is_whole(stop.ticket));
        if !feasible || !route.is_within_reach(problem) {
            // Who has gone may have been a short cut, or saved a setup; what is left is planned anew then.
            route.set(problem, roads, &[]);
        }
    }
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
