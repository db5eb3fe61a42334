//! Ruin: strings of neighbouring stops are torn out of neighbouring routes.
//!
//! After J. Christiaens and G. Vanden Berghe, "Slack induction by string removals for vehicle routing
//! problems", Transportation Science 54(2), 2020, section 5: slack that lies together in space and in
//! time is slack that can be used. Changed here: the ruin may start from an unserved ticket, so that
//! room is made where somebody waits.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::params::RuinParams;
use super::part::Part;
use crate::ids::TicketIx;

/// Tears a few strings out around a random ticket. Returns false if nothing could be torn or what is
/// left is infeasible; the round must then be taken back.
pub(super) fn tear(part: &mut Part<'_>, params: &RuinParams, rng: &mut Xoshiro256PlusPlus) -> bool {
    let Some(seed) = seed(part, params, rng) else { return false };
    let served = part.tickets.len() - part.pool.len();
    let driven = part.routes.iter().filter(|route| !route.stops().is_empty()).count();
    if driven == 0 {
        return true;
    }
    let mean_stops = served as f64 / driven as f64;
    let longest = mean_stops.min(params.longest as f64).max(1.0);
    let most_strings = (4.0 * params.average / (1.0 + longest) - 1.0).max(1.0);
    let strings = rng.random_range(1.0..=most_strings + 1.0).floor() as usize;

    let neighbours = part.ground.neighbours;
    let mut torn_from: Vec<usize> = Vec::with_capacity(strings);
    for &ticket in std::iter::once(&seed).chain(neighbours.of(seed)) {
        if torn_from.len() >= strings {
            break;
        }
        let Some((number, at)) = part.served_by(ticket) else { continue };
        if torn_from.contains(&number) {
            continue;
        }
        torn_from.push(number);
        let stops = part.routes[number].stops();
        let longest_here = (stops.len() as f64).min(longest);
        let length = rng.random_range(1.0..=longest_here + 1.0).floor().min(stops.len() as f64) as usize;
        let (from, upto, keep_from, keep_upto) = string(stops.len(), at, length, params, rng);
        let torn = |n: usize| n >= from && n < upto && !(n >= keep_from && n < keep_upto);
        if !part.tear(number, torn) {
            return false;
        }
    }
    true
}

fn seed(part: &Part<'_>, params: &RuinParams, rng: &mut Xoshiro256PlusPlus) -> Option<TicketIx> {
    if !part.pool.is_empty() && rng.random_bool(params.around_unserved) {
        return Some(part.pool[rng.random_range(0..part.pool.len())]);
    }
    (!part.tickets.is_empty()).then(|| part.tickets[rng.random_range(0..part.tickets.len())])
}

/// A string of `length` torn stops that holds `at`, perhaps with some kept in its middle: from, upto,
/// keep from, keep upto.
fn string(
    stops: usize,
    at: usize,
    length: usize,
    params: &RuinParams,
    rng: &mut Xoshiro256PlusPlus,
) -> (usize, usize, usize, usize) {
    let mut kept = 0;
    if length > 1 && length < stops && rng.random_bool(params.keep_middle) {
        kept = 1;
        while length + kept < stops && rng.random_bool(0.5) {
            kept += 1;
        }
    }
    let whole = length + kept;
    let first = (at + 1).saturating_sub(whole);
    let last = at.min(stops - whole);
    let from = rng.random_range(first..=last);
    let keep_from = if kept == 0 { from } else { from + rng.random_range(1..length) };
    (from, from + whole, keep_from, keep_from + kept)
}
