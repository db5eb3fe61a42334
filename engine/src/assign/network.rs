//! One component as a network: visits, and the places that they could take.
//!
//! Places form a forest, in which whoever takes a place also takes one of every place above it. That is how an engineer has
//! seats of which only some are for emergencies, and how a quota is kept: visits left out take a place as well, and
//! so many of a territory must. Costs of a place may rise once, after so many, so that the first tickets of an
//! engineer can be worth more than others. All of it stays a flow, whose optimum is one of whole visits.

use std::ops::Range;

use super::cost::Cost;
use crate::units::Seconds;

/// One place that a visit could take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The place.
    pub place: u32,
    /// What the visit costs there.
    pub price: Seconds,
}

impl Pair {
    pub(super) fn cost(self) -> Cost {
        Cost::of(self.price)
    }
}

/// Room for visits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The place that each visit takes as well.
    pub above: Option<u32>,
    /// So many visits cost so much each, the next so many so much: never less.
    pub steps: [(u32, Cost); 2],
}

impl Place {
    /// Room that costs nothing.
    pub(super) fn of(seats: u32, above: Option<u32>) -> Place {
        Place { above, steps: [(seats, Cost::ZERO), (0, Cost::ZERO)] }
    }

    /// What one more costs where so many are; `None` where there is no more room.
    pub(super) fn next(&self, taken: u32) -> Option<Cost> {
        let [(first, low), (second, high)] = self.steps;
        match taken {
            _ if taken < first => Some(low),
            _ if taken < first.saturating_add(second) => Some(high),
            _ => None,
        }
    }

    /// What the last one of so many costs.
    pub(super) fn last(&self, taken: u32) -> Cost {
        let [(first, low), (_, high)] = self.steps;
        if taken <= first { low } else { high }
    }
}

/// One engineer's visit to a ticket.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// Its pairs, cheapest first.
    pub pairs: Range<u32>,
    /// What leaving it out costs.
    pub leave: Cost,
    /// The place that it takes if it is left out, where that is one of its own.
    pub out: Option<u32>,
    /// No two visits of one crew take the same place. They stand one behind the other, have the same pairs, and cost the
    /// same left out.
    pub crew: Option<u32>,
}

/// Visits and places.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    pub pairs: Vec<Pair>,
    pub visits: Vec<Visit>,
    pub places: Vec<Place>,
}

impl Network {
    pub(super) fn pairs_of(&self, visit: &Visit) -> &[Pair] {
        &self.pairs[visit.pairs.start as usize..visit.pairs.end as usize]
    }
}
