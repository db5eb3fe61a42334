//! Tickets and visits, checked and compiled.

use std::fmt::Display;

use super::begun;
use super::{Problem, Register, amounts, checks, limits, places, roster};
use crate::flaw::{Code, Flaw};
use crate::ids::{
    AssetIx, ClassIx, CustomerIx, EngineerIx, Index, IssueIx, Names, RoomIx, SkillIx, TerritoryIx,
    TicketIx,
};
use crate::ticket::{BegunDraft, Lift, Need, Ticket, TicketDraft, Window, Windows};
use crate::units::{Moment, Seconds};
use crate::visit::{Visit, VisitDraft};

pub(super) fn compile(problem: &mut Problem, drafts: &[TicketDraft], flaws: &mut Vec<Flaw>) {
    let tickets = drafts
        .iter()
        .enumerate()
        .map(|(n, draft)| ticket(problem, draft, &format_args!("tickets[{n}]"), flaws))
        .collect();
    problem.tickets = tickets;
}

/// Compiles one ticket against the names that the problem has heard.
pub(super) fn ticket(
    problem: &Problem,
    draft: &TicketDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Ticket {
    let id = &draft.id;
    let register = problem.register();
    for (name, len) in [
        ("windows", draft.windows.len()),
        ("requires", draft.requires.len()),
        ("after", draft.after.len()),
    ] {
        checks::list(&format_args!("{path}.{name}"), id, len, limits::LIST, flaws);
    }
    let (work_by_class, setup_by_class) = lengths(problem, draft, path, flaws);
    facts(draft, path, flaws);
    let place = places::place(problem, &draft.place, &format_args!("{path}.place"), id, flaws);
    let on_globe = draft.place.point.filter(|point| point.is_sound());
    let territories = on_globe.map_or_else(Box::default, |point| {
        (0..problem.areas.len())
            .filter(|&n| problem.areas[n].contains(point))
            .map(TerritoryIx::nth)
            .collect()
    });
    let (respond_by, resolve_by, reported) = sla(problem, draft, path, flaws);
    let people = People::of(problem, draft, path, flaws);
    let windows = windows(draft, path, flaws);
    Ticket {
        id: id.as_str().into(),
        customer: known(&register.customers, draft.customer.as_ref()).unwrap_or(CustomerIx::UNKNOWN),
        asset: known(&register.assets, draft.asset.as_ref()).unwrap_or(AssetIx::UNKNOWN),
        issue: known(&register.issues, draft.issue.as_ref()).unwrap_or(IssueIx::UNKNOWN),
        kind: draft.kind,
        place,
        territories,
        work: draft.work,
        work_by_class,
        setup: draft.setup,
        setup_by_class,
        requires: needs(problem, draft, path, flaws),
        windows,
        respond_by,
        resolve_by,
        reported,
        priority: draft.priority,
        tier_points: tier_points(problem, draft, path, flaws),
        conversation: draft.conversation,
        parts: amounts::parts(register, &draft.parts, &format_args!("{path}.parts"), id, flaws),
        lifts: lifts(register, draft, path, flaws),
        half: None,
        prize: draft.prize,
        required: people.required,
        preferred: people.preferred,
        forbidden: people.forbidden,
        crew: draft.crew,
        after: after(problem, draft, path, flaws),
        tandem: None,
        pinned: draft.pin.is_some() || draft.begun.is_some(),
        begun: draft.begun.as_ref().map(|own| begun::lasting(problem.now, own)),
    }
}

/// The longest work of one ticket.
const MONTH: Seconds = Seconds(30 * 86_400);

type ByClass = Box<[(ClassIx, Seconds)]>;

/// Checks the times of work and compiles those that depend on the class.
fn lengths(
    problem: &Problem,
    draft: &TicketDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> (ByClass, ByClass) {
    let mut compiled =
        [("work", draft.work, &draft.work_by_class), ("setup", draft.setup, &draft.setup_by_class)].map(
            |(name, usual, by_class)| {
                checks::length(&format_args!("{path}.{name}_s"), &draft.id, usual, MONTH, flaws);
                let path = format_args!("{path}.{name}_by_class_s");
                checks::list(&path, &draft.id, by_class.len(), limits::LIST, flaws);
                let mut known = Vec::new();
                for (class, length) in by_class {
                    checks::length(&format_args!("{path}.{class}"), &draft.id, *length, MONTH, flaws);
                    // A class that nobody is of takes no part.
                    known.extend(problem.register().classes.get(class).map(|class| (class, *length)));
                }
                known.sort_unstable();
                ByClass::from(known)
            },
        );
    (std::mem::take(&mut compiled[0]), std::mem::take(&mut compiled[1]))
}

/// What the ticket puts off the van and on it, ascending by room.
fn lifts(
    register: &Register,
    draft: &TicketDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Box<[Lift]> {
    let mut lifts: Vec<Lift> = Vec::new();
    let mut lift = |room: RoomIx, off: i64, on: i64| {
        match lifts.iter_mut().find(|lift| lift.room == room) {
            // Of a room that nobody has heard of, nobody has any, however many of them are named.
            Some(known) => (known.off, known.on) = (known.off + off, known.on + on),
            None => lifts.push(Lift { room, off, on }),
        }
    };
    for (room, amount) in
        amounts::rooms(register, &draft.delivers, &format_args!("{path}.delivers"), &draft.id, flaws)
    {
        lift(room, amount, 0);
    }
    for (room, amount) in
        amounts::rooms(register, &draft.demand, &format_args!("{path}.demand"), &draft.id, flaws)
    {
        lift(room, 0, amount);
    }
    lifts.sort_unstable_by_key(|lift| lift.room);
    lifts.into()
}

fn known<I: Index>(names: &Names<I>, name: Option<&String>) -> Option<I> {
    name.and_then(|name| names.get(name))
}

/// Checks the numbers of a ticket.
fn facts(draft: &TicketDraft, path: &dyn Display, flaws: &mut Vec<Flaw>) {
    let id = &draft.id;
    if draft.priority.is_some_and(|priority| priority > 100) {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.priority"),
                "the priority is above 100",
                "0 can wait, 100 cannot; leave it out to have it derived",
            )
            .of(id),
        );
    }
    if draft.crew == 0 || draft.crew > limits::CREW {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.crew"),
                format!("a crew of {} is not between 1 and {}", draft.crew, limits::CREW),
                "say how many engineers must start together; leave it out for one",
            )
            .of(id),
        );
    }
    if let Some(prize) = draft.prize
        && !(0..=limits::PRICE).contains(&prize.0)
    {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.prize_s"),
                format!("{} is not between 0 and {}", prize.0, limits::PRICE),
                "say what leaving the ticket out is worth, in seconds of driving",
            )
            .of(id),
        );
    }
    if let Some(talk) = draft.conversation
        && !(talk.keywords >= 0.0 && talk.baseline > 0.0 && talk.keywords < 1e9 && talk.baseline < 1e9)
    {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.conversation"),
                "keyword counts must not be negative and the baseline must be above 0",
                "send what was counted and what is usual",
            )
            .of(id),
        );
    }
}

fn sla(
    problem: &Problem,
    draft: &TicketDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> (Moment, Moment, Moment) {
    for (name, moment) in [
        ("reported_at", draft.reported),
        ("sla.respond_by", draft.respond_by),
        ("sla.resolve_by", draft.resolve_by),
    ] {
        if let Some(moment) = moment {
            checks::moment(&format_args!("{path}.{name}"), &draft.id, moment, flaws);
        }
    }
    let reported = draft.reported.unwrap_or(problem.now);
    let promise = problem.policy().sla[draft.kind as usize];
    let from_report =
        |within: Option<Seconds>| within.map_or(Moment::NEVER, |within| checks::later(reported, within));
    (
        draft.respond_by.unwrap_or_else(|| from_report(promise.respond)),
        draft.resolve_by.unwrap_or_else(|| from_report(promise.resolve)),
        reported,
    )
}

fn tier_points(problem: &Problem, draft: &TicketDraft, path: &dyn Display, flaws: &mut Vec<Flaw>) -> u8 {
    let Some(tier) = &draft.tier else { return 0 };
    let tiers = &problem.policy().urgency.tiers;
    if let Some((_, points)) = tiers.iter().find(|(name, _)| name == tier) {
        return *points;
    }
    let known: Vec<&str> = tiers.iter().map(|(name, _)| name.as_str()).collect();
    flaws.push(
        Flaw::new(
            Code::UnknownReference,
            format!("{path}.tier"),
            format!("the policy has no tier {tier:?}"),
            format!("use one of {known:?} or add it to policy.urgency.tiers"),
        )
        .of(&draft.id),
    );
    0
}

fn needs(
    problem: &Problem,
    draft: &TicketDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Box<[Need]> {
    let mut needs = Vec::with_capacity(draft.requires.len());
    for need in &draft.requires {
        let preferred = need.preferred.unwrap_or(need.level);
        let path = format_args!("{path}.requires.{}", need.skill);
        if !(1..=5).contains(&need.level) {
            flaws.push(roster::level_flaw(&path, need.level).of(&draft.id));
        } else if !(need.level..=5).contains(&preferred) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    path,
                    format!("level {} with {preferred} preferred is not possible", need.level),
                    "levels run from 1 to 5, and the preferred one is at least the required one",
                )
                .of(&draft.id),
            );
        }
        let skill = problem.register().skills.get(&need.skill).unwrap_or(SkillIx::UNKNOWN);
        needs.push(Need { skill, level: need.level, preferred });
    }
    needs.sort_by_key(|need| need.skill);
    needs.into()
}

fn windows(draft: &TicketDraft, path: &dyn Display, flaws: &mut Vec<Flaw>) -> Windows {
    if let Some(BegunDraft { start, .. }) = draft.begun {
        return vec![Window { start, end: start }].into();
    }
    if let Some(pin) = &draft.pin
        && let Some(start) = pin.start
    {
        checks::moment(&format_args!("{path}.pin.start"), &draft.id, start, flaws);
        return vec![Window { start, end: start }].into();
    }
    for (n, window) in draft.windows.iter().enumerate() {
        let path = format_args!("{path}.windows[{n}]");
        checks::moment(&format_args!("{path}.start"), &draft.id, window.start, flaws);
        checks::moment(&format_args!("{path}.end"), &draft.id, window.end, flaws);
        if window.end < window.start {
            flaws.push(
                Flaw::new(
                    Code::Reversed,
                    path,
                    "the window ends before it starts",
                    "swap them or drop the window",
                )
                .of(&draft.id),
            );
        }
    }
    draft.windows.clone().into()
}

fn after(
    problem: &Problem,
    draft: &TicketDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Box<[TicketIx]> {
    let mut before = Vec::with_capacity(draft.after.len());
    for (n, name) in draft.after.iter().enumerate() {
        match problem.register().tickets.get(name) {
            Some(ticket) => before.push(ticket),
            None => flaws.push(
                Flaw::new(
                    Code::UnknownReference,
                    format!("{path}.after[{n}]"),
                    format!("there is no ticket {name:?}"),
                    "add it to \"tickets\" or leave it out here if it is done",
                )
                .of(&draft.id),
            ),
        }
    }
    before.sort_unstable();
    before.dedup();
    before.into()
}

/// The engineers that a ticket names.
struct People {
    required: Box<[EngineerIx]>,
    preferred: Box<[EngineerIx]>,
    forbidden: Box<[EngineerIx]>,
}

impl People {
    fn of(problem: &Problem, draft: &TicketDraft, path: &dyn Display, flaws: &mut Vec<Flaw>) -> People {
        let mut known = |list: &str, names: &[String]| -> Box<[EngineerIx]> {
            let path = format_args!("{path}.{list}");
            checks::list(&path, &draft.id, names.len(), limits::LIST, flaws);
            let mut engineers = Vec::with_capacity(names.len());
            for name in names {
                match problem.register().engineers.get(name) {
                    Some(engineer) => engineers.push(engineer),
                    None => flaws.push(
                        Flaw::new(
                            Code::UnknownReference,
                            path,
                            format!("there is no engineer {name:?}"),
                            "add them to \"engineers\" or leave them out here",
                        )
                        .of(&draft.id),
                    ),
                }
            }
            engineers.sort_unstable();
            engineers.dedup();
            engineers.into()
        };
        let mut required = known("engineers.required", &draft.required);
        let preferred = known("engineers.preferred", &draft.preferred);
        let forbidden = known("engineers.forbidden", &draft.forbidden);
        if let Some(begun) = &draft.begun {
            // Whoever was to go, these have gone.
            required = known("begun.engineers", &begun.engineers);
            return People { required, preferred, forbidden: Box::default() };
        }
        if let Some(pin) = &draft.pin {
            let pinned = known("pin.engineer", std::slice::from_ref(&pin.engineer));
            if !required.is_empty() && pinned.iter().any(|engineer| !required.contains(engineer)) {
                flaws.push(contradiction(draft, path, "is pinned to an engineer it does not require"));
            }
            required = pinned;
        }
        if !required.is_empty() && required.iter().all(|engineer| forbidden.contains(engineer)) {
            flaws.push(contradiction(draft, path, "forbids every engineer that it requires"));
        }
        People { required, preferred, forbidden }
    }
}

fn contradiction(draft: &TicketDraft, path: &dyn Display, what: &str) -> Flaw {
    Flaw::new(
        Code::Contradiction,
        format!("{path}.engineers"),
        format!("the ticket {what}"),
        "drop one of the two wishes",
    )
    .of(&draft.id)
}

/// Compiles one visit. Engineers who have left the roster are unknown, and that is no flaw.
pub(super) fn visit(
    problem: &Problem,
    draft: &VisitDraft,
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) -> Visit {
    let register = problem.register();
    let id = &draft.ticket;
    checks::moment(&format_args!("{path}.start"), id, draft.start, flaws);
    checks::moment(&format_args!("{path}.end"), id, draft.end, flaws);
    for (name, text) in
        [("customer", &draft.customer), ("issue", &draft.issue), ("engineer", &draft.engineer)]
    {
        checks::id(&format_args!("{path}.{name}"), id, text, flaws);
    }
    if draft.end < draft.start {
        flaws.push(
            Flaw::new(Code::Reversed, path, "the visit ends before it starts", "swap them").of(id),
        );
    }
    if draft.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.rating"),
                "the rating is not between 1 and 5",
                "leave it out if the customer gave none",
            )
            .of(id),
        );
    }
    Visit {
        customer: register.customers.get(&draft.customer).unwrap_or(CustomerIx::UNKNOWN),
        asset: known(&register.assets, draft.asset.as_ref()).unwrap_or(AssetIx::UNKNOWN),
        issue: register.issues.get(&draft.issue).unwrap_or(IssueIx::UNKNOWN),
        engineer: register.engineers.get(&draft.engineer).unwrap_or(EngineerIx::UNKNOWN),
        start: draft.start,
        end: draft.end,
        resolved: draft.resolved,
        rating: draft.rating,
    }
}
