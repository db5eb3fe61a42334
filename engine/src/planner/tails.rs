//! Tails exchanged between routes: what ruin and recreate cannot do where both are longer than the strings it tears.
//!
//! This is the 2-opt* move of J.-Y. Potvin and J.-M. Rousseau, "An exchange heuristic for routeing problems with time
//! windows", Journal of the Operational Research Society 46(12), 1995. A try costs a fraction of a round, since most
//! are ruled out by a few fares, whatever else they would save; what is left is accepted as a round is. Changed here: a
//! tail may also go to a route without stops.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::accept::Accept;
use super::params::TailParams;
use super::part::Part;
use super::tied;
use crate::ids::Index;
use crate::route::Visitor;
use crate::ticket::Half;
use crate::travel::Drive;
use crate::units::{Price, Seconds};

/// A route by its number, cut before the stop of the second number.
type Cut = (usize, usize);

/// Tries to have a random stop followed by one of the tickets nearest to it, and all behind that; or by nothing more,
/// with its tail given to a route without stops, if that is accepted. Returns whether routes have changed. `O(1)` where
/// fares or times rule it out, else `O(unserved + stops * breaks^2)`.
pub(super) fn exchange(
    part: &mut Part<'_>,
    params: &TailParams,
    accept: &Accept,
    rng: &mut Xoshiro256PlusPlus,
) -> bool {
    let Some((one, other)) = cuts(part, params, rng) else { return false };
    let most = accept.limit(part.total, rng).seconds();
    let joins = [join(part, one, other), join(part, other, one)];
    if added_fare(part, one, other, joins) > most || !is_in_time(part, one, other, joins) {
        return false;
    }
    let (Some(stops), Some(others)) = (joined(part, one, other), joined(part, other, one)) else {
        return false;
    };
    let before = part.total;
    part.begin();
    let is_sound = part.lay([(one.0, &stops), (other.0, &others)]);
    if is_sound && part.total - before <= Price::of(most) {
        debug_assert!(part.ground.ties.is_empty() || tied::holds(part), "{one:?} and {other:?}");
        return true;
    }
    part.take_back();
    false
}

/// Where two routes might be cut.
fn cuts(part: &Part<'_>, params: &TailParams, rng: &mut Xoshiro256PlusPlus) -> Option<(Cut, Cut)> {
    if part.tickets.is_empty() {
        return None;
    }
    let ticket = part.tickets[rng.random_range(0..part.tickets.len())];
    let near = part.ground.neighbours.of(ticket);
    let near = &near[..params.neighbours.min(near.len())];
    let pick = rng.random_range(0..=near.len());
    let (number, at) = part.served_by(ticket)?;
    let other = if let Some(&follower) = near.get(pick) {
        part.served_by(follower)?
    } else {
        let idle = rng.random_range(0..part.routes.len());
        let has_tail = at + 1 < part.routes[number].stops().len();
        (has_tail && part.gaps.is_idle(idle)).then_some((idle, 0))?
    };
    (number != other.0).then_some(((number, at + 1), other))
}

/// What driving costs more with the tails exchanged, but for legs inside a tail and the way back to the same end, which
/// another car may drive otherwise.
fn added_fare(part: &Part<'_>, one: Cut, other: Cut, joins: [Drive; 2]) -> Seconds {
    let of_either = |head: Cut, tail: Cut, join: Drive| {
        join.fare + added_on_way_back(part, head.0, tail) - part.routes[head.0].leg_fares()[head.1]
    };
    of_either(one, other, joins[0]) + of_either(other, one, joins[1])
}

/// The drive from the head of one route to the tail of another, or home if that is empty; none if both are.
fn join(part: &Part<'_>, head: Cut, tail: Cut) -> Drive {
    let (route, behind) = (&part.routes[head.0], &part.routes[tail.0]);
    let scorer = part.ground.scorer;
    let shift = scorer.problem().shift(route.shift());
    let is_last = tail.1 == behind.stops().len();
    if is_last && head.1 == 0 {
        return Drive::NONE;
    }
    let to = if is_last { shift.to.as_ref() } else { behind.place(tail.1 + 1) };
    match (route.place(head.1), to) {
        (Some(from), Some(to)) => scorer.roads().drive(&shift.car, from, to),
        _ => Drive::NONE,
    }
}

/// What the way back from the last stop of a tail costs more to where the route of another head ends.
fn added_on_way_back(part: &Part<'_>, head: usize, tail: Cut) -> Seconds {
    let (route, behind) = (&part.routes[head], &part.routes[tail.0]);
    let scorer = part.ground.scorer;
    let [shift, other] = [route, behind].map(|route| scorer.problem().shift(route.shift()));
    if tail.1 == behind.stops().len() || shift.to == other.to {
        return Seconds::ZERO;
    }
    let last = behind.place(behind.stops().len());
    let fare = match (last, &shift.to) {
        (Some(from), Some(to)) => scorer.roads().drive(&shift.car, from, to).fare,
        _ => Seconds::ZERO,
    };
    fare - behind.leg_back().fare
}

/// Whether the tails are reached in time, as far as that is known without laying them out: for shifts that are alike,
/// without breaks and setups.
fn is_in_time(part: &Part<'_>, one: Cut, other: Cut, joins: [Drive; 2]) -> bool {
    let [route, behind] = [one, other].map(|cut| &part.routes[cut.0]);
    let ground = part.ground;
    let shift = ground.scorer.problem().shift(route.shift());
    let are_alike = ground.twins[route.shift().at()] == ground.twins[behind.shift().at()];
    if !are_alike || !shift.breaks.is_empty() || route.may_set_up() || behind.may_set_up() {
        return true;
    }
    let (gap, gap_behind) = (route.gap(shift, one.1), behind.gap(shift, other.1));
    gap.0 + joins[0].time <= gap_behind.1 && gap_behind.0 + joins[1].time <= gap.1
}

/// The head of one route and the tail of another, as the engineer of the first would serve them; `None` where they must
/// not, or where it would move what others depend on.
fn joined(part: &Part<'_>, head: Cut, tail: Cut) -> Option<Vec<Visitor>> {
    let ground = part.ground;
    let (route, behind) = (&part.routes[head.0], &part.routes[tail.0]);
    // Stops behind a depot count on its parts. Tails before it could go, which is not tried.
    if route.fetches().is_some() {
        return None;
    }
    let moved = &behind.stops()[tail.1..];
    let mut stops = Vec::with_capacity(head.1 + moved.len());
    stops.extend_from_slice(&route.stops()[..head.1]);
    for stop in moved {
        let is_tied = ground.ties.knot(stop.ticket).is_some();
        if is_tied || is_parted(part, stop, tail) {
            return None;
        }
        stops.push(ground.visitor_if_able(stop.ticket, route.shift())?);
    }
    Some(stops)
}

/// Whether a stop of a tail is the second of a pair whose first stays in the head. Where both move, either is asked
/// whether the shift is able to serve it, so the pair is.
fn is_parted(part: &Part<'_>, stop: &Visitor, tail: Cut) -> bool {
    match part.ground.scorer.problem().ticket(stop.ticket).half {
        Some(Half::Second(first)) => part.served_by(first).is_none_or(|(_, at)| at < tail.1),
        _ => false,
    }
}
