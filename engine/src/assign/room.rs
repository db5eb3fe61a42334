//! What the terms of an assignment leave on a board: how many more each engineer may take, and each territory.

use std::cmp::Reverse;

use super::cost::{Cost, Scale};
use super::network::Place;
use super::terms::{Quota, SHORT, Terms};
use crate::dispatch::Board;
use crate::ids::{EngineerIx, Index};
use crate::price::Candidate;
use crate::ticket::Ticket;

/// What promised routes leave of terms.
pub(crate) struct Left {
    /// From which priority on a ticket is an emergency.
    from_priority: u8,
    /// By engineer, how many emergencies they may still take; `None` without a limit.
    emergencies: Option<Vec<u32>>,
    /// By engineer, how many tickets they are short of what they should have; empty if that is nothing.
    short: Vec<u32>,
    /// How many visits each territory may still have.
    quotas: Vec<(Quota, u32)>,
}

impl Left {
    /// `O(stops * quotas)`, and nothing without terms.
    pub(crate) fn new(board: Board<'_>, terms: &Terms) -> Left {
        let scorer = board.scorer;
        let problem = scorer.problem();
        let engineers = problem.engineers().len();
        let mut left = Left {
            from_priority: problem.policy().emergency.from_priority,
            emergencies: terms.emergencies.map(|most| vec![most; engineers]),
            short: if terms.least > 0 { vec![terms.least; engineers] } else { Vec::new() },
            quotas: terms.quotas.iter().map(|quota| (*quota, quota.most)).collect(),
        };
        if terms.is_plain() {
            return left;
        }
        for route in board.routes {
            let engineer = problem.shift(route.shift()).engineer.at();
            for stop in route.stops() {
                let candidate = scorer.candidate(stop.ticket);
                let is_limited = left.limits(candidate);
                if let Some(emergencies) = left.emergencies.as_mut().filter(|_| is_limited) {
                    emergencies[engineer] = emergencies[engineer].saturating_sub(1);
                }
                if let Some(short) = left.short.get_mut(engineer) {
                    *short = short.saturating_sub(1);
                }
                for (quota, left) in &mut left.quotas {
                    *left = left.saturating_sub(u32::from(quota.counts(candidate.ticket)));
                }
            }
        }
        left
    }

    /// Whether a candidate is an emergency, of which an engineer may have so many only.
    pub(crate) fn limits(&self, candidate: Candidate<'_>) -> bool {
        self.emergencies.is_some() && candidate.standing.priority >= self.from_priority
    }

    /// How many emergencies an engineer may still take.
    pub(crate) fn emergencies(&self, engineer: EngineerIx) -> u32 {
        self.emergencies.as_ref().map_or(u32::MAX, |left| left[engineer.at()])
    }

    /// The quotas that have no room for a ticket.
    pub(crate) fn full(&self, ticket: &Ticket) -> impl Iterator<Item = Quota> {
        let crew = u32::from(ticket.crew);
        let full = self.quotas.iter().filter(move |(quota, left)| *left < crew && quota.counts(ticket));
        full.map(|(quota, _)| *quota)
    }
}

/// What is left of the terms for candidates.
pub(super) struct Room {
    seats: u32,
    left: Left,
    /// Quotas that are too small for all candidates, those of more of them first.
    pub quotas: Vec<QuotaRoom>,
    /// By candidate, the smallest of its quotas.
    quota_of: Vec<Option<u32>>,
    /// What not doing what must be done costs.
    pub forced: Cost,
}

/// What is left of a quota.
pub(super) struct QuotaRoom {
    /// The next larger one that has all of its tickets.
    pub above: Option<u32>,
    /// How many visits to candidates must be left out.
    pub least_out: u32,
}

impl Room {
    /// `O((stops + candidates) * quotas)`.
    pub(super) fn new(
        board: Board<'_>,
        candidates: &[Candidate<'_>],
        terms: &Terms,
        scale: Scale,
    ) -> Room {
        let left = Left::new(board, terms);
        let (quotas, quota_of) = nest(&left.quotas, candidates);
        Room { seats: terms.seats, left, quotas, quota_of, forced: scale.forced() }
    }

    /// Room of seats alone.
    #[cfg(test)]
    pub(super) fn made_up(seats: u32, candidates: usize, scale: Scale) -> Room {
        let left = Left { from_priority: 0, emergencies: None, short: Vec::new(), quotas: Vec::new() };
        let quota_of = vec![None; candidates];
        Room { seats, left, quotas: Vec::new(), quota_of, forced: scale.forced() }
    }

    /// Whether a candidate is an emergency, of which an engineer may have so many only.
    pub(super) fn is_limited(&self, candidate: Candidate<'_>) -> bool {
        self.left.limits(candidate)
    }

    /// The smallest quota of a candidate, by its place among them.
    pub(super) fn quota_of(&self, candidate: usize) -> Option<u32> {
        self.quota_of[candidate]
    }

    /// How many emergencies an engineer may still take.
    pub(super) fn emergencies(&self, engineer: EngineerIx) -> u32 {
        self.left.emergencies(engineer)
    }

    /// Whether there is a limit on emergencies.
    pub(super) fn limits_emergencies(&self) -> bool {
        self.left.emergencies.is_some()
    }

    /// How many tickets an engineer is short of what they should have.
    pub(super) fn short(&self, engineer: EngineerIx) -> u32 {
        self.left.short.get(engineer.at()).copied().unwrap_or(0)
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
fn nest(left: &[(Quota, u32)], candidates: &[Candidate<'_>]) -> (Vec<QuotaRoom>, Vec<Option<u32>>) {
    let mut visits = vec![0_u32; left.len()];
    for candidate in candidates {
        for ((quota, _), visits) in left.iter().zip(&mut visits) {
            if quota.counts(candidate.ticket) {
                *visits += u32::from(candidate.ticket.crew);
            }
        }
    }
    let mut tight: Vec<usize> = (0..left.len()).filter(|&n| visits[n] > left[n].1).collect();
    tight.sort_by_key(|&n| Reverse(visits[n]));
    let room = |&n: &usize| QuotaRoom { above: None, least_out: visits[n] - left[n].1 };
    let mut quotas: Vec<QuotaRoom> = tight.iter().map(room).collect();
    let mut is_met = vec![false; tight.len()];
    let mut quota_of = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let mut smallest = None;
        for (own, &n) in tight.iter().enumerate() {
            if left[n].0.counts(candidate.ticket) {
                debug_assert!(!is_met[own] || quotas[own].above == smallest, "quotas nest");
                is_met[own] = true;
                quotas[own].above = smallest;
                smallest = Some(own as u32);
            }
        }
        quota_of.push(smallest);
    }
    (quotas, quota_of)
}
