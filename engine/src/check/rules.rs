//! Hard rules about people and vans; those about time are in `timing` and `slack`.

use std::collections::BTreeMap;

use super::breach::{Breach, BreachCode};
use super::facts::Facts;
use super::timing::Day;
use crate::engineer::Shift;
use crate::ids::{EngineerIx, GoodIx};
use crate::rule::Barrier;
use crate::ticket::Ticket;
use crate::units::Seconds;

/// Whether a rule keeps a shift from a ticket, the shift's day being empty. The two rules of time stop
/// nobody here.
pub(super) fn stops(
    facts: &Facts<'_>,
    rule: Barrier,
    shift: &Shift,
    ticket: &Ticket,
    ladder: &[EngineerIx],
) -> bool {
    let lacks = |level: &dyn Fn(crate::ids::SkillIx) -> u8| {
        ticket.requires.iter().any(|need| level(need.skill) < need.level)
    };
    match rule {
        Barrier::Skill => lacks(&|skill| shift.level(skill).max(shift.lapsed_level(skill))),
        Barrier::Certificate => lacks(&|skill| shift.level(skill)),
        Barrier::Territory => {
            let mine = &facts.problem.engineer(shift.engineer).territories;
            !mine.is_empty() && !ticket.territories.iter().any(|territory| mine.contains(territory))
        }
        Barrier::Goods => !ticket.goods.is_empty() && lacking(shift, &used(&[ticket])).is_some(),
        Barrier::Absent => shift.absent,
        Barrier::OffDuty => !shift.on_duty,
        Barrier::Quota => shift.max_tickets == 0 || shift.max_work < facts.work(shift, ticket),
        Barrier::Forbidden | Barrier::NotRequired | Barrier::Bound => {
            stops_engineer(facts, rule, shift.engineer, ticket, ladder)
        }
        Barrier::Window | Barrier::TooFar => false,
    }
}

/// Whether a rule keeps an engineer from a ticket, whatever the shift.
pub(super) fn stops_engineer(
    facts: &Facts<'_>,
    rule: Barrier,
    engineer: EngineerIx,
    ticket: &Ticket,
    ladder: &[EngineerIx],
) -> bool {
    let strict = facts.problem.policy().binding.otherwise == crate::policy::Otherwise::Strict;
    match rule {
        Barrier::Forbidden => ticket.forbidden.contains(&engineer),
        Barrier::NotRequired => !ticket.required.is_empty() && !ticket.required.contains(&engineer),
        Barrier::Bound => strict && !ladder.is_empty() && !ladder.contains(&engineer),
        Barrier::Skill
        | Barrier::Certificate
        | Barrier::Territory
        | Barrier::Goods
        | Barrier::Absent
        | Barrier::OffDuty
        | Barrier::Quota
        | Barrier::Window
        | Barrier::TooFar => false,
    }
}

/// The goods that these tickets use up together.
pub(super) fn used(tickets: &[&Ticket]) -> BTreeMap<GoodIx, i64> {
    let mut sum = BTreeMap::new();
    for (good, amount) in tickets.iter().flat_map(|ticket| &ticket.goods) {
        *sum.entry(*good).or_default() += amount;
    }
    sum
}

/// The first good of which the van holds less than is used: the good, used, held.
pub(super) fn lacking(shift: &Shift, used: &BTreeMap<GoodIx, i64>) -> Option<(GoodIx, i64, i64)> {
    used.iter()
        .map(|(&good, &amount)| (good, amount, shift.holds(good)))
        .find(|(_, amount, held)| amount > held)
}

/// Tells every hard rule about people and vans that a route breaks. False if an engineer lacks a skill:
/// then the route's price has no meaning.
pub(super) fn check(facts: &Facts<'_>, day: &Day<'_>, breaches: &mut Vec<Breach>) -> bool {
    let shift = day.shift;
    let engineer = &facts.problem.engineer(shift.engineer).id;
    let mut skilled = true;
    for stop in &day.stops {
        let ladder = facts.history.ladder(stop.ticket);
        let broken = |rule: Barrier| stops(facts, rule, shift, stop.ticket, &ladder);
        let lacks_skill = broken(Barrier::Skill);
        skilled &= !broken(Barrier::Certificate);
        for rule in Barrier::ALL {
            let says = match rule {
                Barrier::Forbidden => "the ticket forbids this engineer",
                Barrier::NotRequired => "the ticket requires somebody else",
                Barrier::Bound => "the ticket is strictly bound by repeat to somebody else",
                Barrier::Skill => "the engineer lacks a required skill or its level",
                // A level that was never there has not lapsed.
                Barrier::Certificate if lacks_skill => continue,
                Barrier::Certificate => "a required certificate has lapsed by the end of the shift",
                Barrier::Territory => "the place lies outside the engineer's territories",
                // Counted over the whole route, or by the route's own checks.
                Barrier::Goods
                | Barrier::Absent
                | Barrier::OffDuty
                | Barrier::Quota
                | Barrier::Window
                | Barrier::TooFar => continue,
            };
            if broken(rule) {
                let breach = Breach::new(BreachCode::of(rule), says);
                breaches.push(breach.by(engineer).on(&stop.ticket.id));
            }
        }
    }
    let tickets: Vec<&Ticket> = day.stops.iter().map(|stop| stop.ticket).collect();
    let mut tell = |code: BreachCode, says: String| breaches.push(Breach::new(code, says).by(engineer));
    if let Some((good, amount, held)) = lacking(shift, &used(&tickets)) {
        let names = &facts.problem.register().goods;
        let name = if good == GoodIx::UNKNOWN { "an unknown good" } else { names.name(good) };
        tell(BreachCode::Goods, format!("the route uses {amount} of {name}, the van holds {held}"));
    }
    if tickets.len() > shift.max_tickets as usize {
        let most = shift.max_tickets;
        tell(BreachCode::MaxTickets, format!("{} tickets are more than {most}", tickets.len()));
    }
    let work: Seconds = day.stops.iter().map(|stop| stop.work).sum();
    if work > shift.max_work {
        let most = shift.max_work.0;
        tell(BreachCode::MaxWork, format!("{} s of work are more than {most} s", work.0));
    }
    skilled
}
