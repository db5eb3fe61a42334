//! Construction: regret insertion over the routes that are already promised.
//!
//! The ticket that loses most by not getting its best route goes first (Potvin and Rousseau 1993); a
//! ticket that has one route left loses all.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::able::Able;
use super::board::Board;
use super::params::Params;
use super::part::Ground;
use super::regions::{self, Region};
use super::spot::Spot;
use crate::geo::Place;
use crate::ids::{Index, TicketIx};
use crate::route::{Route, Visitor};
use crate::travel::Travel;
use crate::units::Seconds;

/// Most routes that a ticket is tried in while building; the nearest start places first.
const ROUTES_TRIED: usize = 60;

/// One ticket's cheapest spot in one route.
#[derive(Clone, Copy)]
struct Chance {
    /// The number of the route in its region.
    number: u32,
    spot: Option<Spot>,
}

/// A ticket and its chances.
struct Waiting {
    ticket: TicketIx,
    chances: Vec<Chance>,
    /// See [`regret`].
    regret: Option<i64>,
    is_served: bool,
}

/// A first plan of these tickets: promised routes, then crews, orders and tandems, which are the hardest to find a place
/// for, then all others by regret: among all routes, or where they are many those of each region among its own, and what
/// is left by that where it costs least.
///
/// `O(tickets * routes tried * stops)` to begin with and `O(tickets in reach * (stops + log tickets))` for
/// every insertion; tickets in reach are those of a region at most. Once `is_over`, no further place is looked for.
pub(super) fn build(
    ground: Ground<'_>,
    tickets: &[TicketIx],
    params: &Params,
    is_over: impl Fn() -> bool + Sync,
) -> Board {
    let problem = ground.scorer.problem();
    let mut routes: Vec<Route> =
        problem.shift_indices().map(|shift| ground.scorer.empty_route(shift)).collect();
    let mut served = vec![false; problem.tickets().len()];
    for (shift, promised) in problem.committed() {
        keep_promised(ground, &mut routes[shift.at()], promised, &is_over);
        routes[shift.at()].stops().iter().for_each(|stop| served[stop.ticket.at()] = true);
    }
    let pool = tickets.iter().copied().filter(|ticket| !served[ticket.at()]).collect();
    let mut board = Board { routes, pool };
    board.restore_knots(ground, &params.mend, &is_over);
    let Board { routes, pool } = board;
    let goes_alone =
        |ticket: &TicketIx| !ground.is_second(*ticket) && !problem.ticket(*ticket).needs_coordination();
    let (open, mut left): (Vec<TicketIx>, Vec<TicketIx>) = pool.into_iter().partition(goes_alone);
    left.retain(|&ticket| problem.ticket(ticket).needs_coordination());
    let is_large = open.len() > params.size.whole;
    let most = if is_large { params.size.region } else { usize::MAX };
    let regions = regions::cut(ground, (routes, open), most);
    let filled: Vec<Board> =
        regions.into_par_iter().with_max_len(1).map(|region| fill(ground, region, &is_over)).collect();
    let mut board = Board { routes: Vec::with_capacity(problem.shifts().len()), pool: Vec::new() };
    for region in filled {
        board.routes.extend(region.routes);
        board.pool.extend(region.pool);
    }
    board.routes.sort_unstable_by_key(Route::shift);
    if is_large {
        // Whoever can serve it may live in another region.
        board.pool.sort_by_key(|&ticket| (Reverse(ground.lost(ticket)), ticket));
        board.serve_each(ground, &is_over);
    }
    board.pool.extend(left);
    board
}

/// Serves what can be served of the tickets of a region by its routes, by regret, one ticket after another.
fn fill(ground: Ground<'_>, region: Region, is_over: impl Fn() -> bool + Sync) -> Board {
    let Region { mut routes, tickets } = region;
    let nearby = Nearby::new(ground, &routes, &tickets);
    // The clock is asked before every place that is looked for, since routes may be long.
    let cheapest = |route: &Route, ticket| {
        if is_over() { None } else { ground.cheapest_of_all(route, ticket) }
    };
    let mut waiting: Vec<Waiting> = tickets
        .into_par_iter()
        .map(|ticket| {
            let chance =
                |number: u32| Chance { number, spot: cheapest(&routes[number as usize], ticket) };
            let chances: Vec<Chance> = nearby.of(ticket).into_iter().map(chance).collect();
            Waiting { ticket, regret: regret(ground, ticket, &chances), chances, is_served: false }
        })
        .collect();
    let mut asking: Vec<Vec<usize>> = vec![Vec::new(); routes.len()];
    for (n, one) in waiting.iter().enumerate() {
        one.chances.iter().for_each(|chance| asking[chance.number as usize].push(n));
    }
    // The greatest regret first; what has changed since it was pushed is passed over.
    let turn = |waiting: &[Waiting], n: usize| {
        waiting[n].regret.map(|regret| (regret, Reverse(waiting[n].ticket), n))
    };
    let mut turns: BinaryHeap<_> = (0..waiting.len()).filter_map(|n| turn(&waiting, n)).collect();
    while let Some((regret_then, _, n)) = turns.pop() {
        if waiting[n].is_served || waiting[n].regret != Some(regret_then) {
            continue;
        }
        if is_over() {
            break;
        }
        let spots = waiting[n].chances.iter().filter_map(|chance| Some((chance.spot?, chance.number)));
        let best = spots.min_by_key(|&(spot, number)| (spot.price, routes[number as usize].shift()));
        let (spot, number) = best.expect("a regret needs a spot");
        waiting[n].is_served = true;
        let route = &mut routes[number as usize];
        ground.take(route, waiting[n].ticket, spot);
        asking[number as usize].retain(|&other| !waiting[other].is_served);
        for &other in &asking[number as usize] {
            let one = &mut waiting[other];
            let mut chances = one.chances.iter_mut();
            let chance = chances.find(|chance| chance.number == number).expect("it asks this route");
            chance.spot = cheapest(route, one.ticket);
            let regret = regret(ground, one.ticket, &one.chances);
            if regret != one.regret {
                one.regret = regret;
                turns.extend(turn(&waiting, other));
            }
        }
    }
    let unserved = waiting.iter().filter(|one| !one.is_served).map(|one| one.ticket);
    let mut pool: Vec<TicketIx> = unserved.collect();
    let seconds: Vec<TicketIx> = pool.iter().filter_map(|&ticket| ground.second(ticket)).collect();
    pool.extend(seconds);
    Board { routes, pool }
}

/// Fills a route with its promised tickets: with all of them if they fit, which they may do only together;
/// else with one run of them after another, each that still fits. A run is half as long as the one before it
/// that did not fit, or twice as long as the one that did. The halves of a pair go together or not at all. Once
/// `is_over`, what is kept is enough, if it is anything. `O(n log n)`, and `O(stops)` for every run.
fn keep_promised(
    ground: Ground<'_>,
    route: &mut Route,
    promised: &[TicketIx],
    is_over: impl Fn() -> bool,
) {
    let shift = route.shift();
    let (problem, roads) = (ground.scorer.problem(), ground.scorer.roads());
    let can_come =
        |ticket| ground.fit(ticket, shift).is_some() && !problem.ticket(ticket).needs_coordination();
    let partners = problem.partners(promised);
    // Whoever goes alone, and pairs at the place of their first; each with what must come along.
    let wanted: Vec<(usize, usize)> = (0..promised.len())
        .filter_map(|n| Some((n, partners[n].ok()?)))
        .filter(|&(n, other)| n <= other && can_come(promised[n]) && can_come(promised[other]))
        .collect();
    let mut chosen: Vec<usize> = Vec::with_capacity(promised.len());
    let mut set_to = |groups: &mut dyn Iterator<Item = &(usize, usize)>| {
        chosen.clear();
        chosen.extend(groups.flat_map(|&(n, other)| [n, other]));
        chosen.sort_unstable();
        chosen.dedup();
        let stops: Vec<Visitor> = chosen.iter().map(|&n| ground.visitor(promised[n], shift)).collect();
        let sound = route.set(problem, roads, &stops) && route.holds_limits(problem);
        if route.fetches().is_none() { sound } else { ground.scorer.fetch_best(route).is_some() }
    };
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let (mut next, mut run) = (0, wanted.len());
    let mut fits = true;
    while next < wanted.len() && (kept.is_empty() || !is_over()) {
        let more = &wanted[next..wanted.len().min(next + run)];
        fits = set_to(&mut kept.iter().chain(more));
        if fits {
            kept.extend(more);
        }
        if fits || more.len() == 1 {
            next += more.len();
        }
        run = if fits { 2 * more.len() } else { (more.len() / 2).max(1) };
    }
    if !fits {
        let fits = set_to(&mut kept.iter());
        debug_assert!(fits || kept.is_empty(), "what is kept fits: {kept:?} in {shift:?}");
    }
}

/// Which routes of a region a ticket is tried in.
struct Nearby<'g> {
    ground: Ground<'g>,
    able: Able,
    /// By route: where it starts, or else ends.
    from: Vec<Option<Place>>,
}

impl<'g> Nearby<'g> {
    fn new(ground: Ground<'g>, routes: &[Route], tickets: &[TicketIx]) -> Nearby<'g> {
        let problem = ground.scorer.problem();
        let from = |route: &Route| {
            let shift = problem.shift(route.shift());
            shift.from.or(shift.to)
        };
        let able = Able::new(ground, routes, tickets);
        Nearby { ground, able, from: routes.iter().map(from).collect() }
    }

    /// The numbers of the routes that are able to serve a ticket, only the nearest if there are many.
    fn of(&self, ticket: TicketIx) -> Vec<u32> {
        let able = self.able.of(ticket);
        if able.len() <= ROUTES_TRIED {
            return able.to_vec();
        }
        let (problem, roads) = (self.ground.scorer.problem(), self.ground.scorer.roads());
        let place = problem.ticket(ticket).place;
        let far = |number: u32| {
            let from = self.from[number as usize].as_ref();
            from.map_or(Seconds::ZERO, |from| roads.base(from, &place))
        };
        let mut near: Vec<(Seconds, u32)> = able.iter().map(|&number| (far(number), number)).collect();
        near.select_nth_unstable(ROUTES_TRIED);
        near.truncate(ROUTES_TRIED);
        near.into_iter().map(|(_, number)| number).collect()
    }
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
