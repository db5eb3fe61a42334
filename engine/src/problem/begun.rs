//! Work under way: the shifts that go on from it.

use std::collections::BTreeMap;

use super::draft::RouteDraft;
use super::{Problem, checks, work};
use crate::engineer::{EngineerDraft, Shift};
use crate::flaw::{Code, Flaw};
use crate::ticket::{BegunDraft, Lasting, Ticket, TicketDraft};
use crate::units::{Moment, Seconds};

/// What an engineer is at, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtWork<'a> {
    pub ticket: &'a TicketDraft,
    pub start: Moment,
    /// The shift whose route holds it, if one does.
    shift: Option<u32>,
}

/// Who is at work, by engineer; checks what tickets say of it.
pub(super) fn at_work<'a>(
    tickets: &'a [TicketDraft],
    routes: &[RouteDraft],
    flaws: &mut Vec<Flaw>,
) -> BTreeMap<&'a str, AtWork<'a>> {
    let mut at_work = BTreeMap::new();
    let mut ids: BTreeMap<&str, &[String]> = BTreeMap::new();
    for (n, ticket) in tickets.iter().enumerate() {
        let Some(begun) = &ticket.begun else { continue };
        checks::moment(&format_args!("tickets[{n}].begun.start"), &ticket.id, begun.start, flaws);
        if let Some(until) = begun.until {
            checks::moment(&format_args!("tickets[{n}].begun.until"), &ticket.id, until, flaws);
        }
        let mut contradict = |found: String, fix: &str| {
            let path = format!("tickets[{n}].begun.engineers");
            flaws.push(Flaw::new(Code::Contradiction, path, found, fix).of(&ticket.id));
        };
        if begun.engineers.len() != usize::from(ticket.crew) {
            let found =
                format!("{} engineers have begun a ticket for {}", begun.engineers.len(), ticket.crew);
            contradict(found, "name each who is there or on the way, once");
        }
        for engineer in &begun.engineers {
            let own = AtWork { ticket, start: begun.start, shift: None };
            if at_work.insert(engineer.as_str(), own).is_some() {
                let found = format!("engineer {engineer:?} has begun more than one ticket");
                contradict(found, "leave out what is done, and what is not begun yet");
            }
        }
        ids.insert(&ticket.id, &begun.engineers);
    }
    for route in routes.iter().filter(|_| !ids.is_empty()) {
        let is_here = |id: &String| {
            ids.get(id.as_str()).is_some_and(|engineers| engineers.contains(&route.engineer))
        };
        if let Some(own) = at_work.get_mut(route.engineer.as_str())
            && route.tickets.iter().any(is_here)
        {
            own.shift = Some(route.shift);
        }
    }
    at_work
}

/// Which shift of an engineer goes on from there: the one whose route holds it, else the first that is not over when work
/// starts, else the last one.
pub(super) fn shift_at(draft: &EngineerDraft, at_work: AtWork<'_>) -> Option<usize> {
    if let Some(own) = at_work.shift.map(|shift| shift as usize).filter(|&n| n < draft.shifts.len()) {
        return Some(own);
    }
    let over = |n: &usize| draft.shifts[*n].end.moment <= at_work.start;
    (0..draft.shifts.len()).min_by_key(|n| {
        let shift = &draft.shifts[*n];
        (over(n), if over(n) { shift.start.moment.0.saturating_neg() } else { shift.start.moment.0 }, *n)
    })
}

impl AtWork<'_> {
    /// When whoever has this shift is free again; not before now.
    pub fn free(&self, problem: &Problem, shift: &Shift) -> Moment {
        let mut flaws = Vec::new();
        let ticket = work::ticket(problem, self.ticket, &"", &mut flaws);
        // What is wrong with it is told of the ticket.
        let work = if flaws.is_empty() { problem.work(&ticket, shift) } else { Seconds::ZERO };
        problem.now.max(checks::later(self.start, work))
    }
}

/// How long work under way takes: until it is said to end, else as long as it would; and until now in any case.
pub(super) fn lasting(now: Moment, begun: &BegunDraft) -> Lasting {
    let passed =
        |until: Moment| Seconds(until.0.saturating_sub(begun.start.0)).min(LONGEST).max(Seconds::ZERO);
    match begun.until {
        Some(until) => Lasting::Just(passed(until.max(now))),
        None => Lasting::AtLeast(passed(now)),
    }
}

impl Problem {
    /// Work time of an engineer: the ticket's for their class, scaled by the lowest level among the required skills; or
    /// as it is under way.
    pub fn work(&self, ticket: &Ticket, shift: &Shift) -> Seconds {
        ticket.takes(self.usual_work(ticket, shift))
    }

    /// The same as if nobody had begun it.
    pub fn usual_work(&self, ticket: &Ticket, shift: &Shift) -> Seconds {
        let usual = ticket.work_for(shift.class);
        let paces = &self.policy.skill.work_permille;
        match ticket.requires.iter().map(|need| shift.level(need.skill)).min() {
            Some(level @ 1..=5) => usual.scaled(paces[usize::from(level) - 1]),
            _ => usual,
        }
    }
}

/// Work that has been under way for longer has been forgotten.
const LONGEST: Seconds = Seconds(7 * 86_400);
