//! Work under way: the shifts that go on from it.

use std::collections::BTreeMap;

use super::draft::RouteDraft;
use super::{Problem, checks};
use crate::engineer::{EngineerDraft, PlaceDraft};
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, ShiftIx};
use crate::ticket::{BegunDraft, TicketDraft};
use crate::units::{Moment, Seconds};

/// Where and since when an engineer is at work.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtWork {
    pub place: PlaceDraft,
    pub start: Moment,
    /// The shift whose route holds it, if one does.
    shift: Option<u32>,
}

/// Who is at work, by engineer; checks what tickets say of it.
pub(super) fn at_work<'a>(
    tickets: &'a [TicketDraft],
    routes: &[RouteDraft],
    flaws: &mut Vec<Flaw>,
) -> BTreeMap<&'a str, AtWork> {
    let mut at_work = BTreeMap::new();
    let mut ids: BTreeMap<&str, &[String]> = BTreeMap::new();
    for (n, ticket) in tickets.iter().enumerate() {
        let Some(begun) = &ticket.begun else { continue };
        checks::moment(&format_args!("tickets[{n}].begun.start"), &ticket.id, begun.start, flaws);
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
            let own = AtWork { place: ticket.place, start: begun.start, shift: None };
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
pub(super) fn shift_at(draft: &EngineerDraft, at_work: AtWork) -> Option<usize> {
    if let Some(own) = at_work.shift.map(|shift| shift as usize).filter(|&n| n < draft.shifts.len()) {
        return Some(own);
    }
    let over = |n: &usize| draft.shifts[*n].end.moment <= at_work.start;
    (0..draft.shifts.len()).min_by_key(|n| {
        let shift = &draft.shifts[*n];
        (over(n), if over(n) { -shift.start.moment.0 } else { shift.start.moment.0 }, *n)
    })
}

/// Work that has not gone as it was thought lasts until now: at least so long for somebody of the usual pace, if whoever is
/// there works at theirs.
pub(super) fn lasting(problem: &Problem, draft: &TicketDraft) -> Seconds {
    let Some(BegunDraft { engineers, start }) = &draft.begun else { return Seconds::ZERO };
    let passed = (problem.now - *start).min(LONGEST).max(Seconds::ZERO);
    let paces = engineers.iter().filter_map(|engineer| {
        let known = problem.register.engineers.get(engineer)?;
        let shift = problem.shift(ShiftIx(problem.engineers.get(known.at())?.shifts.start));
        let level =
            |skill: &String| problem.register.skills.get(skill).map_or(0, |skill| shift.level(skill));
        let lowest = draft.requires.iter().map(|need| level(&need.skill)).min();
        let paces = problem.policy.skill.work_permille;
        Some(
            lowest
                .and_then(|level| paces.get(usize::from(level).checked_sub(1)?))
                .map_or(1000, |pace| *pace),
        )
    });
    let quickest = i64::from(paces.min().unwrap_or(1000).max(1));
    Seconds((passed.0 * 1000 + quickest - 1) / quickest)
}

/// Work that has been under way for longer has been forgotten.
const LONGEST: Seconds = Seconds(7 * 86_400);
