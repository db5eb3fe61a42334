//! Cutting a plan into parts that are searched side by side. The cut is along travel time, between
//! random pivots, so that seams move from epoch to epoch. Routes without stops that are alike are dealt out: wherever
//! they stand, every part can begin one.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::params::SplitParams;
use super::part::Ground;
use crate::geo::Place;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::route::Route;
use crate::travel::Travel;

/// The routes and the unserved tickets of one part.
pub(super) struct Cut {
    pub routes: Vec<Route>,
    pub pool: Vec<TicketIx>,
}

/// How a route comes into a part.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Share {
    /// By where it drives or stands.
    Placed,
    /// In turn, as there are enough like it for every part.
    Dealt,
    /// Not at all, as others like it do.
    Rests,
}

/// How routes come into parts, told by the kinds of those that have no stops. Of each kind up to `idle` are dealt to every
/// part and the others rest; if there are fewer than parts, or only one, they go where they stand.
fn shares(kinds: &[Option<ShiftIx>], parts: usize, idle: usize) -> Vec<Share> {
    let mut alike = vec![0_usize; kinds.len()];
    kinds.iter().flatten().for_each(|kind| alike[kind.at()] += 1);
    let most = idle.saturating_mul(parts);
    let mut given = vec![0_usize; kinds.len()];
    let share = |kind: &Option<ShiftIx>| match kind {
        Some(kind) if alike[kind.at()] >= parts.max(2) => {
            given[kind.at()] += 1;
            if given[kind.at()] <= most { Share::Dealt } else { Share::Rests }
        }
        _ => Share::Placed,
    };
    kinds.iter().map(share).collect()
}

/// Cuts into `parts` parts with about as many stops each, and returns the routes that rest. While a ticket waits for room
/// none does, else a part has `idle` routes without stops of each kind of which there are enough. Deterministic for a
/// generator. `O(routes log parts + unserved * routes tried)`.
pub(super) fn cut(
    ground: Ground<'_>,
    (routes, pool): (Vec<Route>, Vec<TicketIx>),
    parts: usize,
    params: &SplitParams,
    rng: &mut Xoshiro256PlusPlus,
) -> (Vec<Cut>, Vec<Route>) {
    let kind = |route: &Route| route.stops().is_empty().then(|| ground.twins[route.shift().at()]);
    let kinds: Vec<Option<ShiftIx>> = routes.iter().map(kind).collect();
    let idle = if ground.is_crowded(&pool) { usize::MAX } else { params.idle };
    let (mut placed, mut dealt, mut resting) = (Vec::new(), Vec::new(), Vec::new());
    for (route, share) in routes.into_iter().zip(shares(&kinds, parts, idle)) {
        match share {
            Share::Placed => placed.push(route),
            Share::Dealt => dealt.push(route),
            Share::Rests => resting.push(route),
        }
    }
    let all: Vec<(Route, Place)> = placed
        .into_iter()
        .map(|route| {
            let position = if params.moves { rng.random_range(0..=route.stops().len()) } else { 0 };
            let place = route.place(position).or(route.anchor());
            let place = *place.expect("a route begins or ends somewhere");
            (route, place)
        })
        .collect();
    let mut cuts: Vec<Vec<(Route, Place)>> = Vec::with_capacity(parts);
    halve(ground, all, parts, &mut cuts, rng);

    // What depends on each other is kept together as far as it can be.
    let mut knots = vec![None; ground.ties.knots().len()];
    // Where each route is found: the part, and the place there.
    let mut found = vec![None; ground.twins.len()];
    for (part, list) in cuts.iter().enumerate() {
        for (route, place) in list {
            found[route.shift().at()] = Some((part, *place));
            for knot in route.stops().iter().filter_map(|stop| ground.ties.knot(stop.ticket)) {
                knots[knot] = Some(part);
            }
        }
    }
    // Those that are alike come one after another, so every part gets as many of a kind, give or take one.
    let first = if dealt.is_empty() { 0 } else { rng.random_range(0..cuts.len()) };
    for (n, route) in dealt.into_iter().enumerate() {
        let place = *route.anchor().expect("a route begins or ends somewhere");
        let part = (first + n) % cuts.len();
        found[route.shift().at()] = Some((part, place));
        cuts[part].push((route, place));
    }
    let mut cuts: Vec<Cut> = cuts
        .into_iter()
        .map(|part| Cut { routes: part.into_iter().map(|(route, _)| route).collect(), pool: Vec::new() })
        .collect();
    for ticket in pool.into_iter().filter(|&ticket| !ground.is_second(ticket)) {
        let able = ground.near_shifts.of(ground.fits, ticket);
        let place = &ground.scorer.problem().ticket(ticket).place;
        // The nearest of a few able routes, drawn anew each time, so that every part gets its turn.
        let tries = able.len().min(8);
        let nearest = (0..tries)
            .map(|_| able[rng.random_range(0..able.len())].at())
            .filter_map(|shift| {
                let (part, at) = found[shift]?;
                Some((ground.scorer.roads().base(&at, place), shift, part))
            })
            .min();
        let nearest = nearest.map_or(0, |(.., part)| part);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_gets_some_of_a_kind_and_the_others_rest() {
        use Share::{Dealt, Placed, Rests};
        // Two kinds of vans without stops, and one van with stops between them.
        let kinds: Vec<Option<ShiftIx>> =
            [Some(0), Some(0), Some(0), None, Some(4), Some(4)].map(|kind| kind.map(ShiftIx)).to_vec();
        assert_eq!(shares(&kinds, 1, 1), [Dealt, Rests, Rests, Placed, Dealt, Rests]);
        assert_eq!(shares(&kinds, 2, 1), [Dealt, Dealt, Rests, Placed, Dealt, Dealt]);
        assert_eq!(shares(&kinds, 2, 0), [Rests, Rests, Rests, Placed, Rests, Rests]);
        assert_eq!(shares(&kinds, 2, usize::MAX), [Dealt, Dealt, Dealt, Placed, Dealt, Dealt]);
        // Of the second kind there are fewer than parts.
        assert_eq!(shares(&kinds, 3, 1), [Dealt, Dealt, Dealt, Placed, Placed, Placed]);
    }

    #[test]
    fn who_is_like_nobody_goes_where_he_stands() {
        let kinds = [Some(ShiftIx(0)), Some(ShiftIx(1)), None];
        assert_eq!(shares(&kinds, 1, 0), [Share::Placed; 3]);
    }
}
