//! Who may serve a ticket at all, apart from the clock: the hard rules that look at one engineer and
//! one ticket.

use super::{Binding, skill};
use crate::engineer::Shift;
use crate::problem::Problem;
use crate::rule::Barrier;
use crate::ticket::Ticket;

/// The first hard rule, in the order of [`Barrier::ALL`] up to `Quota`, that keeps this shift's
/// engineer from the ticket; `None` if only time can tell. `O(needs log skills)`.
pub fn barrier(
    problem: &Problem,
    binding: Option<&Binding>,
    ticket: &Ticket,
    shift: &Shift,
) -> Option<Barrier> {
    let engineer = shift.engineer;
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
    if !skill::suffices(ticket, shift) {
        let with_lapsed = ticket
            .requires
            .iter()
            .all(|need| shift.level(need.skill).max(shift.lapsed_level(need.skill)) >= need.level);
        return Some(if with_lapsed { Barrier::Certificate } else { Barrier::Skill });
    }
    let territories = &problem.engineer(engineer).territories;
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
    let work = skill::work(&problem.policy().skill, ticket, shift);
    if shift.max_tickets == 0 || work > shift.max_work {
        return Some(Barrier::Quota);
    }
    None
}
