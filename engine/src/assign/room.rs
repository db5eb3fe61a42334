//! What the terms of an assignment leave on a board: how many more each engineer may take, and each territory.

use std::cmp::Reverse;

use super::cost::Cost;
use super::terms::{SHORT, Terms};
use super::transport::Place;
use crate::dispatch::Board;
use crate::ids::{EngineerIx, Index};
use crate::price::Candidate;

/// What is left of the terms.
pub(super) struct Room {
    seats: u32,
    /// By engineer, how many emergencies they may still take; `None` without a limit.
    emergencies: Option<Vec<u32>>,
    /// By engineer, how many tickets they are short of what they should have; empty if that is nothing.
    short: Vec<u32>,
    /// Quotas that are too small for all candidates, those of more of them first.
    pub quotas: Vec<QuotaRoom>,
    /// From which priority on a ticket is an emergency.
    from_priority: u8,
    /// By candidate, the smallest of its quotas.
    quota_of: Vec<Option<u32>>,
}

/// What is left of a quota.
pub(super) struct QuotaRoom {
    /// The next larger one that has all of its tickets.
    pub above: Option<u32>,
    /// How many visits to candidates must be left out.
    pub least_out: u32,
}

impl Room {
    /// `O(stops + candidates * quotas)`.
    pub(super) fn new(board: Board<'_>, candidates: &[Candidate<'_>], terms: &Terms) -> Room {
        let scorer = board.scorer;
        let problem = scorer.problem();
        let from_priority = problem.policy().emergency.from_priority;
        let engineers = problem.engineers().len();
        let mut emergencies = terms.emergencies.map(|most| vec![most; engineers]);
        let mut short = if terms.least > 0 { vec![terms.least; engineers] } else { Vec::new() };
        let mut left: Vec<u32> = terms.quotas.iter().map(|quota| quota.most).collect();
        if !terms.is_plain() {
            for route in board.routes {
                let engineer = problem.shift(route.shift()).engineer.at();
                for stop in route.stops() {
                    let candidate = scorer.candidate(stop.ticket);
                    if let Some(emergencies) = &mut emergencies
                        && candidate.standing.priority >= from_priority
                    {
                        emergencies[engineer] = emergencies[engineer].saturating_sub(1);
                    }
                    if let Some(short) = short.get_mut(engineer) {
                        *short = short.saturating_sub(1);
                    }
                    for (quota, left) in terms.quotas.iter().zip(&mut left) {
                        *left = left.saturating_sub(u32::from(quota.counts(candidate.ticket)));
                    }
                }
            }
        }
        let (quotas, quota_of) = nest(terms, &left, candidates);
        Room { seats: terms.seats, emergencies, short, quotas, from_priority, quota_of }
    }

    /// Room of seats alone.
    #[cfg(test)]
    pub(super) fn made_up(seats: u32, candidates: usize) -> Room {
        Room {
            seats,
            emergencies: None,
            short: Vec::new(),
            quotas: Vec::new(),
            from_priority: 0,
            quota_of: vec![None; candidates],
        }
    }

    /// Whether a candidate is an emergency, of which an engineer may have so many only.
    pub(super) fn is_limited(&self, candidate: Candidate<'_>) -> bool {
        self.emergencies.is_some() && candidate.standing.priority >= self.from_priority
    }

    /// The smallest quota of a candidate, by its place among them.
    pub(super) fn quota_of(&self, candidate: usize) -> Option<u32> {
        self.quota_of[candidate]
    }

    /// How many emergencies an engineer may still take.
    pub(super) fn emergencies(&self, engineer: EngineerIx) -> u32 {
        self.emergencies.as_ref().map_or(u32::MAX, |left| left[engineer.at()])
    }

    /// Whether there is a limit on emergencies.
    pub(super) fn limits_emergencies(&self) -> bool {
        self.emergencies.is_some()
    }

    /// How many tickets an engineer is short of what they should have.
    pub(super) fn short(&self, engineer: EngineerIx) -> u32 {
        self.short.get(engineer.at()).copied().unwrap_or(0)
    }

    /// All seats of an engineer.
    pub(super) fn seats(&self, engineer: EngineerIx) -> Place {
        let wanted = self.short(engineer).min(self.seats);
        let reward = Cost::ZERO - Cost::of(SHORT);
        Place { above: None, steps: [(wanted, reward), (self.seats - wanted, Cost::ZERO)] }
    }

    /// What a seat of an engineer is worth with whom nobody sits.
    pub(super) fn worth_empty(&self, engineer: EngineerIx) -> Cost {
        if self.short(engineer) > 0 { Cost::ZERO - Cost::of(SHORT) } else { Cost::ZERO }
    }
}

/// The quotas that are too small, each with the next larger one around it, and the smallest one of each candidate. Of any
/// two that have candidates in common one has all of the other's.
fn nest(
    terms: &Terms,
    left: &[u32],
    candidates: &[Candidate<'_>],
) -> (Vec<QuotaRoom>, Vec<Option<u32>>) {
    let mut visits = vec![0_u32; terms.quotas.len()];
    for candidate in candidates {
        for (quota, visits) in terms.quotas.iter().zip(&mut visits) {
            if quota.counts(candidate.ticket) {
                *visits += u32::from(candidate.ticket.crew);
            }
        }
    }
    let mut tight: Vec<usize> = (0..left.len()).filter(|&n| visits[n] > left[n]).collect();
    tight.sort_by_key(|&n| Reverse(visits[n]));
    let room = |&n: &usize| QuotaRoom { above: None, least_out: visits[n] - left[n] };
    let mut quotas: Vec<QuotaRoom> = tight.iter().map(room).collect();
    let mut quota_of = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let mut smallest = None;
        for (own, &n) in tight.iter().enumerate() {
            if terms.quotas[n].counts(candidate.ticket) {
                quotas[own].above = smallest;
                smallest = Some(own as u32);
            }
        }
        quota_of.push(smallest);
    }
    (quotas, quota_of)
}

/// Tells whether an engineer may have a ticket besides what is promised, as far as terms without `least` go.
pub(crate) fn allows(
    board: Board<'_>,
    candidate: Candidate<'_>,
    terms: &Terms,
) -> impl Fn(EngineerIx) -> bool + use<> {
    let room = Room::new(board, &[candidate], terms);
    let is_limited = room.is_limited(candidate);
    // A quota is kept here only if it is too small for one ticket.
    move |engineer| room.quotas.is_empty() && (!is_limited || room.emergencies(engineer) > 0)
}
