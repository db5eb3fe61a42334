//! Hard rules about people and vans; those about time are in `timing` and `slack`.

use std::collections::BTreeMap;

use super::breach::{Breach, BreachCode};
use super::facts::Facts;
use super::timing::Day;
use crate::engineer::{Break, Shift};
use crate::ids::{EngineerIx, GoodIx, Index, RoomIx};
use crate::problem::Problem;
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
        Barrier::Goods => {
            !facts.may_fetch(ticket) && lacking(shift, &used(&[ticket])).is_some()
                || ticket.lifts.iter().any(|lift| lift.off.max(lift.on) > shift.room(lift.room))
        }
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

/// The parts that these tickets use up together.
pub(super) fn used(tickets: &[&Ticket]) -> BTreeMap<GoodIx, i64> {
    let mut sum = BTreeMap::new();
    for (good, amount) in tickets.iter().flat_map(|ticket| &ticket.parts) {
        *sum.entry(*good).or_default() += amount;
    }
    sum
}

/// The first part of which the van holds less than is used: the part, used, held.
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
    for (code, says) in limits(facts, day) {
        breaches.push(Breach::new(code, says).by(engineer));
    }
    skilled
}

/// The first limit of quantity that a day goes beyond.
pub(super) fn first_limit(facts: &Facts<'_>, day: &Day<'_>) -> Option<BreachCode> {
    limits(facts, day).first().map(|(code, _)| *code)
}

/// Every limit of quantity that a day goes beyond, with what was found.
fn limits(facts: &Facts<'_>, day: &Day<'_>) -> Vec<(BreachCode, String)> {
    let shift = day.shift;
    let mut beyond = Vec::new();
    let mut tell = |code: BreachCode, says: String| beyond.push((code, says));
    let tickets: Vec<&Ticket> = day.stops.iter().map(|stop| stop.ticket).collect();
    let own = &tickets[..day.fetched.map_or(tickets.len(), |(at, _)| at)];
    if let Some((part, amount, held)) = lacking(shift, &used(own)) {
        let names = &facts.problem.register().goods;
        let name = if part == GoodIx::UNKNOWN { "an unknown part" } else { names.name(part) };
        tell(BreachCode::Goods, format!("the route uses {amount} of {name}, the van holds {held}"));
    }
    if tickets.iter().any(|ticket| !ticket.lifts.is_empty()) {
        let names = &facts.problem.register().rooms;
        let loads = loads(facts.problem, &tickets);
        for room in (0..names.len()).map(RoomIx::nth) {
            let most = loads.iter().map(|load| load[room.at()]).max().unwrap_or(0);
            let room_for = shift.room(room);
            if most > room_for {
                let name = names.name(room);
                tell(
                    BreachCode::Goods,
                    format!("the van carries {most} of {name}, it has room for {room_for}"),
                );
            }
        }
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
    let drives = || day.stops.iter().map(|stop| stop.drive).chain([day.drive_back]);
    let time: Seconds = drives().map(|drive| drive.time).sum();
    if time > shift.max_drive {
        let most = shift.max_drive.0;
        tell(BreachCode::MaxDrive, format!("{} s of driving are more than {most} s", time.0));
    }
    let metres: i64 = drives().map(|drive| drive.metres).sum();
    if metres > shift.max_metres {
        let most = shift.max_metres;
        tell(BreachCode::MaxDistance, format!("{metres} m are more than {most} m"));
    }
    beyond
}

/// The load in every room on leaving the start and each stop.
fn loads(problem: &Problem, tickets: &[&Ticket]) -> Vec<Vec<i64>> {
    let mut load = vec![0; problem.register().rooms.len()];
    for lift in tickets.iter().flat_map(|ticket| &ticket.lifts) {
        if let Some(load) = load.get_mut(lift.room.at()) {
            *load += lift.off;
        }
    }
    let mut loads = vec![load];
    for ticket in tickets {
        let mut load = loads[loads.len() - 1].clone();
        for lift in &ticket.lifts {
            if let Some(load) = load.get_mut(lift.room.at()) {
                *load += lift.on - lift.off;
            }
        }
        loads.push(load);
    }
    loads
}

/// By gap and break: whether the load allows the break there. Empty where no break asks for it.
pub(super) fn may_rest(problem: &Problem, shift: &Shift, tickets: &[&Ticket]) -> Vec<Vec<bool>> {
    if shift.breaks.iter().all(|pause| pause.max_load.is_none()) {
        return Vec::new();
    }
    let allows = |pause: &Break, load: &[i64]| {
        pause.max_load.as_ref().is_none_or(|most| load.iter().zip(most).all(|(load, most)| load <= most))
    };
    loads(problem, tickets)
        .iter()
        .map(|load| shift.breaks.iter().map(|pause| allows(pause, load)).collect())
        .collect()
}
