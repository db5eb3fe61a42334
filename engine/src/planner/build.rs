//! Construction: regret insertion over the routes that are already promised.
//!
//! The ticket that loses most by not getting its best route goes first (Potvin and Rousseau 1993); a
//! ticket that has one route left loses all.

use super::part::Ground;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::price::ANY_PRICE;
use crate::route::{Route, Visitor};
use crate::units::Seconds;

/// Most routes that a ticket is tried in while building; the nearest start places first.
const ROUTES_TRIED: usize = 60;

/// One ticket's cheapest place in one route.
#[derive(Clone, Copy)]
struct Chance {
    shift: ShiftIx,
    place: Option<(Seconds, usize)>,
}

/// Routes for all shifts, filled greedily, and the tickets that found no place.
///
/// `O(tickets * routes tried * stops)` to begin with and `O(tickets + tickets in reach * stops)` for
/// every insertion.
pub(super) fn build(ground: Ground<'_>, tickets: &[TicketIx]) -> (Vec<Route>, Vec<TicketIx>) {
    let problem = ground.scorer.problem();
    let mut routes: Vec<Route> =
        problem.shift_indices().map(|shift| ground.scorer.empty_route(shift)).collect();
    let mut open: Vec<TicketIx> = tickets.to_vec();
    for (shift, promised) in problem.committed() {
        keep_promised(ground, &mut routes[shift.at()], promised);
        open.retain(|ticket| routes[shift.at()].stops().iter().all(|stop| stop.ticket != *ticket));
    }

    let mut chances: Vec<Vec<Chance>> = open
        .iter()
        .map(|&ticket| {
            reachable(ground, ticket)
                .into_iter()
                .map(|shift| Chance { shift, place: cheapest(ground, &routes[shift.at()], ticket) })
                .collect()
        })
        .collect();
    let mut regrets: Vec<Option<i64>> =
        open.iter().zip(&chances).map(|(&ticket, list)| regret(ground, ticket, list)).collect();

    while let Some(n) = (0..open.len())
        .filter(|&n| regrets[n].is_some())
        .max_by_key(|&n| (regrets[n], std::cmp::Reverse(open[n])))
    {
        let (shift, at) = chances[n]
            .iter()
            .filter_map(|chance| chance.place.map(|(price, at)| (price, chance.shift, at)))
            .min()
            .map(|(_, shift, at)| (shift, at))
            .expect("a regret needs a place");
        let ticket = open.swap_remove(n);
        chances.swap_remove(n);
        regrets.swap_remove(n);
        let fit = ground.fits.get(ticket, shift).expect("reachable shifts are able");
        let stop = Visitor { ticket, work: fit.work, fit: fit.price };
        let feasible = routes[shift.at()].insert(problem, ground.scorer.roads(), at, stop);
        debug_assert!(feasible, "{ticket:?} was priced as feasible");
        for ((&ticket, list), regret_of) in open.iter().zip(&mut chances).zip(&mut regrets) {
            if let Some(chance) = list.iter_mut().find(|chance| chance.shift == shift) {
                chance.place = cheapest(ground, &routes[shift.at()], ticket);
                *regret_of = regret(ground, ticket, list);
            }
        }
    }
    (routes, open)
}

/// Fills a route with its promised tickets, leaving out what no longer fits.
fn keep_promised(ground: Ground<'_>, route: &mut Route, promised: &[TicketIx]) {
    let scorer = ground.scorer;
    let shift = scorer.problem().shift(route.shift());
    for &ticket in promised {
        let candidate = scorer.candidate(ticket);
        if candidate.ticket.needs_coordination() {
            continue;
        }
        if let Some(fit) = ground.fits.get(ticket, route.shift()) {
            let at = route.stops().len();
            let before = scorer.price_of(route);
            if scorer.with_ticket((route, before), at, candidate, fit, ANY_PRICE).is_some() {
                let stop = Visitor { ticket, work: fit.work, fit: fit.price };
                let feasible = route.insert(scorer.problem(), scorer.roads(), at, stop);
                debug_assert!(feasible, "{ticket:?} in {shift:?}");
            }
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
            let from = &problem.shift(shift).from;
            (ground.scorer.roads().drive(from, &place, 1000), shift)
        })
        .collect();
    near.select_nth_unstable(ROUTES_TRIED);
    near.truncate(ROUTES_TRIED);
    near.into_iter().map(|(_, shift)| shift).collect()
}

/// What a ticket's cheapest place in a route adds to its price.
pub(super) fn cheapest(ground: Ground<'_>, route: &Route, ticket: TicketIx) -> Option<(Seconds, usize)> {
    let fit = ground.fits.get(ticket, route.shift())?;
    let candidate = ground.scorer.candidate(ticket);
    let before = ground.scorer.price_of(route);
    let mut best: Option<(Seconds, usize)> = None;
    for at in 0..=route.stops().len() {
        let most = best.map_or(ANY_PRICE, |(price, _)| before + price - Seconds(1));
        if let Some(after) = ground.scorer.with_ticket((route, before), at, candidate, fit, most) {
            best = Some((after - before, at));
        }
    }
    best
}

/// How much dearer the second-best route is than the best, and more for the urgent; `None` without any
/// place.
fn regret(ground: Ground<'_>, ticket: TicketIx, chances: &[Chance]) -> Option<i64> {
    let mut prices = [i64::MAX; 2];
    for (price, _) in chances.iter().filter_map(|chance| chance.place) {
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
