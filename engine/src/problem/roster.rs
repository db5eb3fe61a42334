//! Engineers and their shifts, checked and compiled.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::amounts::{capacities, dense, parts};
use super::begun::{self, AtWork};
use super::breaks::{self, clip};
use super::cars::{car, knows_metres, no_metres};
use super::places::{ends, place};
use super::{Problem, Register, checks, limits};
use crate::engineer::{Car, Engineer, EngineerDraft, MAX_BREAKS, Shift, ShiftDraft, Stamp};
use crate::flaw::{Code, Flaw};
use crate::ids::{EngineerIx, Index, SkillIx};
use crate::units::{Moment, Seconds};

pub(super) fn compile(
    problem: &mut Problem,
    drafts: &[EngineerDraft],
    at_work: &BTreeMap<&str, AtWork<'_>>,
    flaws: &mut Vec<Flaw>,
) {
    for (n, draft) in drafts.iter().enumerate() {
        let path = format_args!("engineers[{n}]");
        let first = problem.shifts.len() as u32;
        let at_work = at_work.get(draft.id.as_str()).copied();
        shifts(problem, EngineerIx::nth(n), (draft, at_work), &path, flaws);
        let territories = draft
            .territories
            .iter()
            .enumerate()
            .filter_map(|(k, name)| {
                let known = problem.register.territories.get(name);
                if known.is_none() {
                    flaws.push(
                        Flaw::new(
                            Code::UnknownReference,
                            format!("{path}.territories[{k}]"),
                            format!("there is no territory {name:?}"),
                            "add it to \"territories\" or leave it out here",
                        )
                        .of(&draft.id),
                    );
                }
                known
            })
            .collect();
        problem.engineers.push(Engineer {
            id: draft.id.as_str().into(),
            shifts: first..problem.shifts.len() as u32,
            territories,
        });
    }
}

fn shifts(
    problem: &mut Problem,
    engineer: EngineerIx,
    (draft, at_work): (&EngineerDraft, Option<AtWork<'_>>),
    path: &dyn Display,
    flaws: &mut Vec<Flaw>,
) {
    let id = &draft.id;
    facts(draft, path, flaws);
    let absences = absences(draft, path, flaws);
    let Some((from, to, position)) = ends(problem, draft, path, flaws) else { return };
    let stock = parts(&problem.register, &draft.stock, &format_args!("{path}.stock"), id, flaws);
    let capacity =
        capacities(&problem.register, &draft.capacity, &format_args!("{path}.capacity"), id, flaws);
    let capacity = dense(&capacity, problem.register.rooms.len());
    let car = car(problem, draft, path, flaws);
    let class = draft.class.as_ref().and_then(|class| problem.register.classes.get(class));

    let goes_on = at_work.and_then(|at_work| begun::shift_at(draft, at_work));
    let mut order: Vec<usize> = (0..draft.shifts.len()).collect();
    order.sort_by_key(|&n| (draft.shifts[n].start.moment, n));
    let mut last_end = Moment::PAST;
    for n in order {
        let given = &draft.shifts[n];
        let path = format_args!("{path}.shifts[{n}]");
        if !shift_is_sound(given, &path, id, flaws) {
            continue;
        }
        if given.start.moment < last_end {
            flaws.push(
                Flaw::new(
                    Code::OverlappingShifts,
                    path,
                    "the shift starts before an earlier one of this engineer has ended",
                    "join them or move one",
                )
                .of(id),
            );
        }
        last_end = given.end.moment;
        let breaks = breaks::compile(&problem.register, given, &path, id, flaws);
        if given.max_metres.is_some() && !knows_metres(problem, car.profile) {
            flaws.push(no_metres(format!("{path}.max_distance_m"), id));
        }
        let (skills, lapsed) = skills_on(&problem.register, draft, given.end);
        let policy = problem.policy();
        let mut shift = Shift {
            engineer,
            number: n as u32,
            start: given.start.moment,
            end: given.end.moment,
            latest_return: checks::later(given.end.moment, policy.overtime.max),
            length: given.end.moment - given.start.moment,
            on_duty: true,
            absent: false,
            from,
            to,
            breaks: breaks.into(),
            skills,
            lapsed,
            stock: stock.clone(),
            rooms: capacity.clone(),
            car: Car { counts_metres: car.counts_metres || given.max_metres.is_some(), ..car },
            class,
            max_tickets: given.max_tickets.or(policy.max_tickets).unwrap_or(u32::MAX),
            max_work: given.max_work.or(policy.max_work).unwrap_or(Seconds::LONGEST),
            max_drive: given.max_drive.unwrap_or(Seconds::LONGEST),
            max_metres: given.max_metres.unwrap_or(i64::MAX),
            max_span: given.max_span,
            offset_s: given.start.offset_s,
        };
        if let Some(position) = position
            && shift.start <= draft.position_at.unwrap_or(problem.now)
            && shift.start <= problem.now
            && problem.now < shift.end
        {
            shift.from = Some(position);
        }
        match at_work {
            None => clip(&mut shift, problem.now, Moment::PAST, &absences),
            Some(own) if goes_on == Some(n) => {
                let (AtWork { ticket, start, .. }, free) = (own, own.free(problem, &shift));
                // What is wrong with the place is told of the ticket.
                shift.from = Some(place(problem, &ticket.place, &path, id, &mut Vec::new()));
                shift.start = start;
                clip(&mut shift, start, free, &absences);
            }
            Some(own) => {
                // Nobody is in two shifts at a time.
                let mut absences = absences.clone();
                absences.push((problem.now, own.free(problem, &shift)));
                clip(&mut shift, problem.now, Moment::PAST, &absences);
            }
        }
        if shift.breaks.len() > MAX_BREAKS {
            let found = format!(
                "{} breaks and absences in one shift are more than {MAX_BREAKS}",
                shift.breaks.len()
            );
            let flaw = Flaw::new(Code::TooLarge, path, found, "join absences, or end the shift earlier");
            flaws.push(flaw.of(id));
        }
        problem.shifts.push(shift);
    }
}

/// Checks what an engineer says apart from shifts and places.
fn facts(draft: &EngineerDraft, path: &dyn Display, flaws: &mut Vec<Flaw>) {
    let id = &draft.id;
    if let Some(at) = draft.position_at {
        checks::moment(&format_args!("{path}.position_at"), id, at, flaws);
    }
    for (name, len, limit) in [
        ("shifts", draft.shifts.len(), limits::SHIFTS_EACH),
        ("skills", draft.skills.len(), limits::LIST),
        ("absences", draft.absences.len(), limits::LIST),
        ("territories", draft.territories.len(), limits::LIST),
    ] {
        checks::list(&format_args!("{path}.{name}"), id, len, limit, flaws);
    }
    if !(100..=10_000).contains(&draft.speed_permille) {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.speed_factor"),
                "the speed factor is not between 0.1 and 10",
                "1 drives as the travel times say, 2 twice as fast",
            )
            .of(id),
        );
    }
    let rates = &draft.rates;
    // Told by the document's keys and in its units.
    for (key, amount, unit) in [
        ("callout_s", rates.callout.0, 1.0),
        ("drive", rates.drive, 0.001),
        ("per_km_s", rates.metre, 1.0),
        ("per_work_hour_s", rates.work, 3.6),
        ("per_wait_hour_s", rates.wait, 3.6),
        ("per_guaranteed_hour_s", rates.guarantee, 3.6),
        ("guaranteed_s", rates.guaranteed.0, 1.0),
    ] {
        if !(0..=limits::PRICE).contains(&amount) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("{path}.rates.{key}"),
                    format!("the rate is not between 0 and {}", limits::PRICE as f64 * unit),
                    "use a number inside that range",
                )
                .of(id),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for skill in &draft.skills {
        let path = format_args!("{path}.skills.{}", skill.name);
        if !(1..=5).contains(&skill.level) {
            flaws.push(level_flaw(&path, skill.level).of(id));
        }
        if !seen.insert(&skill.name) {
            flaws
                .push(Flaw::new(Code::DuplicateId, path, "the skill is named twice", "keep one").of(id));
        }
    }
}

/// The absences, without those that are flawed.
fn absences(draft: &EngineerDraft, path: &dyn Display, flaws: &mut Vec<Flaw>) -> Vec<(Moment, Moment)> {
    let mut sound = Vec::with_capacity(draft.absences.len());
    for (n, &(start, end)) in draft.absences.iter().enumerate() {
        let path = format_args!("{path}.absences[{n}]");
        let before = flaws.len();
        checks::moment(&format_args!("{path}.start"), &draft.id, start, flaws);
        checks::moment(&format_args!("{path}.end"), &draft.id, end, flaws);
        flaws.extend(reversed(&path, "absence", start, end).map(|flaw| flaw.of(&draft.id)));
        if flaws.len() == before {
            sound.push((start, end));
        }
    }
    sound
}

/// A level that nobody can have.
pub(super) fn level_flaw(path: &dyn Display, level: u8) -> Flaw {
    Flaw::new(
        Code::OutOfRange,
        path,
        format!("level {level} is not between 1 and 5"),
        "1 is a beginner, 5 an expert; leave the skill out for none",
    )
}

type Levels = Box<[(SkillIx, u8)]>;

/// The skills that hold through the whole shift, and those that do not. A certificate must cover the
/// day on which the shift ends, so that no visit in it can fall after the lapse.
fn skills_on(register: &Register, draft: &EngineerDraft, end: Stamp) -> (Levels, Levels) {
    let (mut valid, mut lapsed) = (Vec::new(), Vec::new());
    for skill in &draft.skills {
        let index = register.skills.get(&skill.name).expect("every skill was heard");
        let holds = skill.valid_until.is_none_or(|last| end.day() <= last);
        (if holds { &mut valid } else { &mut lapsed }).push((index, skill.level));
    }
    valid.sort_unstable();
    lapsed.sort_unstable();
    (valid.into(), lapsed.into())
}

/// The latest that a break may be named after the shift's first midnight.
pub(super) const WEEK: Seconds = Seconds(7 * DAY.0);
pub(super) const DAY: Seconds = Seconds(86_400);

/// The flaw of what does not end after it starts.
fn reversed(path: &dyn Display, what: &str, start: Moment, end: Moment) -> Option<Flaw> {
    let (found, fix) = match end.cmp(&start) {
        Ordering::Less => (format!("the {what} ends before it starts"), "swap them"),
        Ordering::Equal => {
            (format!("the {what} ends as it starts"), "give it a length, or leave it out")
        }
        Ordering::Greater => return None,
    };
    Some(Flaw::new(Code::Reversed, path, found, fix))
}

fn shift_is_sound(shift: &ShiftDraft, path: &dyn Display, id: &str, flaws: &mut Vec<Flaw>) -> bool {
    let before = flaws.len();
    checks::moment(&format_args!("{path}.start"), id, shift.start.moment, flaws);
    checks::moment(&format_args!("{path}.end"), id, shift.end.moment, flaws);
    flaws.extend(reversed(path, "shift", shift.start.moment, shift.end.moment).map(|flaw| flaw.of(id)));
    for (name, length) in
        [("work_s", shift.max_work), ("drive_s", shift.max_drive), ("span_s", shift.max_span)]
    {
        if let Some(length) = length {
            checks::length(&format_args!("{path}.max_{name}"), id, length, Seconds::LONGEST, flaws);
        }
    }
    if shift.max_metres.is_some_and(|metres| !(0..=limits::METRES).contains(&metres)) {
        flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.max_distance_m"),
                format!("the limit is not between 0 and {} m", limits::METRES),
                "use a number inside that range, or leave it out",
            )
            .of(id),
        );
    }
    checks::list(&format_args!("{path}.breaks"), id, shift.breaks.len(), MAX_BREAKS, flaws);
    flaws.len() == before
}
