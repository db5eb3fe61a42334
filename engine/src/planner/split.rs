//! Cutting a plan into parts that are searched side by side. The cut is along travel time, between
//! random pivots, so that seams move from epoch to epoch.

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

/// Cuts into `parts` parts with about as many stops each. Deterministic for a generator.
/// `O(routes log parts + unserved * routes tried)`.
pub(super) fn cut(
    ground: Ground<'_>,
    routes: Vec<Route>,
    pool: Vec<TicketIx>,
    parts: usize,
    rng: &mut Xoshiro256PlusPlus,
) -> Vec<Cut> {
    let shifts = ground.scorer.problem().shifts().len();
    let all: Vec<(Route, Place)> = routes
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
    cuts
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
