//! Who may serve a ticket at all, apart from the clock: the hard rules that look at one engineer and
//! one ticket.

use super::{Binding, skill};
use crate::engineer::Shift;
use crate::ids::{EngineerIx, GoodIx, TerritoryIx};
use crate::problem::Problem;
use crate::rule::Barrier;
use crate::ticket::{Lift, Need, Ticket};

/// The first hard rule, in the order of [`Barrier::ALL`] up to `Quota`, that keeps this shift's
/// engineer from the ticket; `None` if only time can tell. `O(needs log skills)`.
pub fn barrier(
    problem: &Problem,
    binding: Option<&Binding>,
    ticket: &Ticket,
    shift: &Shift,
) -> Option<Barrier> {
    by_name(binding, ticket, shift.engineer)
        .or_else(|| by_needs(problem, ticket, shift))
        .or_else(|| by_work(problem, ticket, shift))
}

/// Whom the ticket, or a binding, names or rules out.
pub fn by_name(binding: Option<&Binding>, ticket: &Ticket, engineer: EngineerIx) -> Option<Barrier> {
    if ticket.forbidden.binary_search(&engineer).is_ok() {
        return Some(Barrier::Forbidden);
    }
    if !ticket.required.is_empty() && ticket.required.binary_search(&engineer).is_err() {
        return Some(Barrier::NotRequired);
    }
    if let Some(binding) = binding
        && binding.strict
        && !binding.ladder.contains(&engineer)
    {
        return Some(Barrier::Bound);
    }
    None
}

/// What [`Needs`] ask that a shift does not have.
pub fn by_needs(problem: &Problem, ticket: &Ticket, shift: &Shift) -> Option<Barrier> {
    if !skill::suffices(ticket, shift) {
        let with_lapsed = ticket
            .requires
            .iter()
            .all(|need| shift.level(need.skill).max(shift.lapsed_level(need.skill)) >= need.level);
        return Some(if with_lapsed { Barrier::Certificate } else { Barrier::Skill });
    }
    let territories = &problem.engineer(shift.engineer).territories;
    if !territories.is_empty() && !territories.iter().any(|one| ticket.territories.contains(one)) {
        return Some(Barrier::Territory);
    }
    let fetches = !problem.depots().is_empty() && ticket.may_fetch();
    let lacks = |&(part, amount)| shift.holds(part) < amount;
    if !fetches && ticket.parts.iter().any(lacks)
        || ticket.lifts.iter().any(|lift| shift.room(lift.room) < lift.off.max(lift.on))
    {
        return Some(Barrier::Goods);
    }
    if shift.absent {
        return Some(Barrier::Absent);
    }
    if !shift.on_duty {
        return Some(Barrier::OffDuty);
    }
    None
}

/// More work than the shift takes.
pub fn by_work(problem: &Problem, ticket: &Ticket, shift: &Shift) -> Option<Barrier> {
    let work = problem.work(ticket, shift);
    (shift.max_tickets == 0 || work > shift.max_work).then_some(Barrier::Quota)
}

/// All of a ticket that [`by_needs`] looks at, and the levels that it would like: tickets of the same needs suit the same
/// shifts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needs<'t> {
    requires: &'t [Need],
    territories: &'t [TerritoryIx],
    parts: &'t [(GoodIx, i64)],
    lifts: &'t [Lift],
    may_fetch: bool,
}

impl<'t> From<&'t Ticket> for Needs<'t> {
    fn from(ticket: &'t Ticket) -> Needs<'t> {
        Needs {
            requires: &ticket.requires,
            territories: &ticket.territories,
            parts: &ticket.parts,
            lifts: &ticket.lifts,
            may_fetch: ticket.may_fetch(),
        }
    }
}
