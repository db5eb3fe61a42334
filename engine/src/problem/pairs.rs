//! Pairs: what one ticket puts on the van, another takes off it.

use std::collections::BTreeMap;

use super::Problem;
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, TicketIx};
use crate::ticket::{Half, Lift, TicketDraft};

/// Ties every ticket that follows another to it. A ticket is in one pair at most, and in no crew.
/// `O(tickets log tickets)`.
pub(super) fn compile(problem: &mut Problem, drafts: &[TicketDraft], flaws: &mut Vec<Flaw>) {
    for (n, draft) in drafts.iter().enumerate() {
        let Some(name) = &draft.follows else { continue };
        let mut tell = |code, found: String, fix| {
            flaws.push(Flaw::new(code, format!("tickets[{n}].follows"), found, fix).of(&draft.id));
        };
        let Some(first) = problem.register.tickets.get(name) else {
            tell(
                Code::UnknownReference,
                format!("there is no ticket {name:?}"),
                "add it to \"tickets\" or leave it out here",
            );
            continue;
        };
        let second = TicketIx::nth(n);
        // Where ids are not unique there is no telling who follows whom; that is told elsewhere.
        if problem.register.tickets.get(&draft.id) != Some(second) {
            continue;
        }
        if first == second {
            tell(Code::Cycle, "the ticket follows itself".to_owned(), "name the ticket before it");
            continue;
        }
        let halves = [first, second].map(|ticket| &problem.tickets[ticket.at()]);
        if halves.iter().any(|ticket| ticket.half.is_some()) || drafts[first.at()].follows.is_some() {
            tell(
                Code::Contradiction,
                format!("ticket {name:?} or this one is in another pair"),
                "give every pair two tickets of its own",
            );
            continue;
        }
        if halves.iter().any(|ticket| ticket.needs_coordination()) {
            tell(
                Code::Contradiction,
                "half of the pair needs a crew or waits for a ticket".to_owned(),
                "leave out \"crew\" and \"after\" in both",
            );
            continue;
        }
        let carried: Vec<Lift> =
            halves[0].lifts.iter().map(|lift| Lift { off: 0, on: -lift.on, ..*lift }).collect();
        problem.tickets[first.at()].half = Some(Half::First(second));
        let ticket = &mut problem.tickets[second.at()];
        ticket.half = Some(Half::Second(first));
        ticket.lifts = joined(&ticket.lifts, carried);
    }
}

impl Problem {
    /// For every ticket of a route the position of the one that makes a pair with it, its own if none does;
    /// or else that other ticket, where it does not stand on its side of this one. `O(n log n)`.
    pub(crate) fn partners(&self, route: &[TicketIx]) -> Vec<Result<usize, TicketIx>> {
        let positions: BTreeMap<TicketIx, usize> =
            route.iter().enumerate().map(|(n, &ticket)| (ticket, n)).collect();
        let partner = |(n, &ticket): (usize, &TicketIx)| {
            let (other, is_first) = match self.ticket(ticket).half {
                None => return Ok(n),
                Some(Half::First(second)) => (second, true),
                Some(Half::Second(first)) => (first, false),
            };
            let position = positions.get(&other).copied();
            position.filter(|&there| (n < there) == is_first).ok_or(other)
        };
        route.iter().enumerate().map(partner).collect()
    }
}

/// Two lists of lifts as one, ascending by room.
fn joined(own: &[Lift], carried: Vec<Lift>) -> Box<[Lift]> {
    let mut all = own.to_vec();
    for lift in carried {
        match all.iter_mut().find(|known| known.room == lift.room) {
            Some(known) => known.on += lift.on,
            None => all.push(lift),
        }
    }
    all.sort_unstable_by_key(|lift| lift.room);
    all.into()
}
