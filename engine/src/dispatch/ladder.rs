//! The ladder of a repeat binding, step by step: the bound engineer who can come before the SLA's
//! `resolve_by`, then the other one, then whoever the policy allows.

use super::search::best_of;
use super::{Board, Offer, offer};
use crate::ids::EngineerIx;
use crate::price::Candidate;
use crate::rule::Barrier;
use crate::units::Moment;

/// What became of one bound engineer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The bound engineer.
    pub engineer: EngineerIx,
    /// Whether they take it.
    pub outcome: RungOutcome,
}

/// Whether a bound engineer takes a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungOutcome {
    /// They come in time.
    Takes,
    /// They could come, but an engineer further up the ladder does.
    NotNeeded,
    /// They could start at this moment, which is after `resolve_by`, and no earlier.
    TooLate(Moment),
    /// A hard rule keeps them away.
    Barred(Barrier),
    /// Their promised stops leave no room.
    NoRoom,
}

/// Climbs the ladder and chooses among the offers. Bound engineers' offers are added if they are
/// missing, so that the answer shows what it speaks of.
pub(super) fn climb(
    board: Board<'_>,
    candidate: Candidate<'_>,
    offers: &mut Vec<Offer>,
) -> (Vec<Rung>, Option<usize>) {
    let first = (!offers.is_empty()).then_some(0);
    let Some(binding) = &candidate.standing.binding else { return (Vec::new(), first) };
    let mut rungs = Vec::with_capacity(binding.ladder.len());
    let mut chosen = None;
    for &engineer in &binding.ladder {
        let known = offers.iter().position(|offer| offer.engineer == engineer);
        let own = known.or_else(|| {
            let place = best_of(board, candidate, engineer)?;
            offers.push(offer(board, candidate, place));
            Some(offers.len() - 1)
        });
        let outcome = match own {
            Some(own) if offers[own].start > candidate.ticket.resolve_by => {
                RungOutcome::TooLate(offers[own].start)
            }
            Some(_) if chosen.is_some() => RungOutcome::NotNeeded,
            Some(own) => {
                chosen = Some(own);
                RungOutcome::Takes
            }
            None => board
                .scorer
                .engineer_barrier(candidate, engineer)
                .map_or(RungOutcome::NoRoom, RungOutcome::Barred),
        };
        rungs.push(Rung { engineer, outcome });
    }
    if chosen.is_none() && !binding.strict {
        chosen = (!offers.is_empty()).then_some(0);
    }
    (rungs, chosen)
}
