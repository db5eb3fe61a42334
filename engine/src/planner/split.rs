//! Cutting a plan into parts that are searched side by side. The cut is along travel time, between
//! random pivots, so that seams move from epoch to epoch. Routes without stops that are alike are dealt out: wherever
//! they stand, every part can begin one.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::part::Ground;
use crate::geo::Place;
use crate::ids::{Index, TicketIx};
use crate::route::Route;
use crate::travel::Travel;

/// The routes and the unserved tickets of one part.
pub(super) struct Cut {
    pub routes: Vec<Route>,
    pub pool: Vec<TicketIx>,
}

/// Routes by how they come into parts.
struct Fleet {
    /// They go where they drive, or stand.
    bound: Vec<Route>,
    /// Without stops, and like others: every part gets some.
    dealt: Vec<Route>,
    /// Like the dealt ones, and more than parts need.
    resting: Vec<Route>,
}

impl Fleet {
    /// Of routes without stops that are alike, `each` go to every part and the others rest; none rests with `each`
    /// `None`. Where there are fewer of a kind than parts, they go where they stand.
    fn new(ground: Ground<'_>, routes: Vec<Route>, parts: usize, each: Option<usize>) -> Fleet {
        let is_idle = |route: &Route| route.stops().is_empty();
        let kind = |route: &Route| ground.twins[route.shift().at()].at();
        let mut alike = vec![0_usize; ground.twins.len()];
        routes.iter().filter(|route| is_idle(route)).for_each(|route| alike[kind(route)] += 1);
        let most = each.map_or(usize::MAX, |each| each.saturating_mul(parts));
        let mut dealt = vec![0_usize; ground.twins.len()];
        let mut fleet = Fleet { bound: Vec::new(), dealt: Vec::new(), resting: Vec::new() };
        for route in routes {
            let kind = kind(&route);
            if !is_idle(&route) || alike[kind] < parts.max(2) {
                fleet.bound.push(route);
            } else if dealt[kind] < most {
                dealt[kind] += 1;
                fleet.dealt.push(route);
            } else {
                fleet.resting.push(route);
            }
        }
        fleet
    }
}

/// Cuts into `parts` parts with about as many stops each, and returns the routes that rest: while no ticket waits for
/// room, a part has `idle` routes without stops of each kind that is dealt out. Deterministic for a generator.
/// `O(routes log parts + unserved * routes tried)`.
pub(super) fn cut(
    ground: Ground<'_>,
    (routes, pool): (Vec<Route>, Vec<TicketIx>),
    parts: usize,
    idle: usize,
    rng: &mut Xoshiro256PlusPlus,
) -> (Vec<Cut>, Vec<Route>) {
    let shifts = ground.scorer.problem().shifts().len();
    let each = (!ground.is_crowded(&pool)).then_some(idle);
    let Fleet { bound, dealt, resting } = Fleet::new(ground, routes, parts, each);
    let all: Vec<(Route, Place)> = bound
        .into_iter()
        .map(|route| {
            let position = rng.random_range(0..=route.stops().len());
            let place = route.place(position).or(route.anchor());
            let place = *place.expect("a route begins or ends somewhere");
            (route, place)
        })
        .collect();
    let mut cuts: Vec<Vec<(Route, Place)>> = Vec::with_capacity(parts);
    halve(ground, all, parts, &mut cuts, rng);
    let first = if dealt.is_empty() { 0 } else { rng.random_range(0..cuts.len()) };
    for (n, route) in dealt.into_iter().enumerate() {
        let place = *route.anchor().expect("a route begins or ends somewhere");
        let part = (first + n) % cuts.len();
        cuts[part].push((route, place));
    }

    // What depends on each other is kept together as far as it can be.
    let mut knots = vec![None; ground.ties.knots().len()];
    let mut owner = vec![usize::MAX; shifts];
    let mut stands = vec![None; shifts];
    for (n, part) in cuts.iter().enumerate() {
        for (route, place) in part {
            owner[route.shift().at()] = n;
            stands[route.shift().at()] = Some(*place);
            for knot in route.stops().iter().filter_map(|stop| ground.ties.knot(stop.ticket)) {
                knots[knot] = Some(n);
            }
        }
    }
    let mut cuts: Vec<Cut> = cuts
        .into_iter()
        .map(|part| Cut { routes: part.into_iter().map(|(route, _)| route).collect(), pool: Vec::new() })
        .collect();
    for ticket in pool.into_iter().filter(|&ticket| !ground.is_second(ticket)) {
        let able = ground.fits.able(ticket);
        let place = &ground.scorer.problem().ticket(ticket).place;
        // The nearest of a few able routes, drawn anew each time, so that every part gets its turn.
        let tries = able.len().min(8);
        let nearest = (0..tries)
            .map(|_| able[rng.random_range(0..able.len())].at())
            .filter_map(|shift| stands[shift].map(|at| (ground.scorer.roads().base(&at, place), shift)))
            .min();
        let nearest = nearest.map_or(0, |(_, shift)| owner[shift]);
        let part = match ground.ties.knot(ticket) {
            Some(knot) => *knots[knot].get_or_insert(nearest),
            None => nearest,
        };
        cuts[part].pool.push(ticket);
        cuts[part].pool.extend(ground.second(ticket));
    }
    (cuts, resting)
}

/// Halves by which of two random pivots is nearer, until there are enough parts.
fn halve(
    ground: Ground<'_>,
    mut routes: Vec<(Route, Place)>,
    parts: usize,
    cuts: &mut Vec<Vec<(Route, Place)>>,
    rng: &mut Xoshiro256PlusPlus,
) {
    if parts <= 1 || routes.len() < 2 {
        cuts.push(routes);
        return;
    }
    let roads = ground.scorer.roads();
    let one = routes[rng.random_range(0..routes.len())].1;
    let other = routes[rng.random_range(0..routes.len())].1;
    routes.sort_by_cached_key(|(route, place)| {
        (roads.base(place, &one) - roads.base(place, &other), route.shift())
    });
    let left = parts / 2;
    let weight = |route: &Route| route.stops().len();
    let whole: usize = routes.iter().map(|(route, _)| weight(route)).sum();
    let mut sum = 0;
    let middle = routes
        .iter()
        .position(|(route, _)| {
            sum += weight(route);
            sum * parts >= whole * left
        })
        .map_or(routes.len() / 2, |n| (n + 1).min(routes.len() - 1));
    let rest = routes.split_off(middle);
    halve(ground, routes, left, cuts, rng);
    halve(ground, rest, parts - left, cuts, rng);
}
