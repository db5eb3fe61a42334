//! Engineers and their shifts, checked and compiled.

use std::collections::BTreeSet;

use super::breaks::{self, clip};
use super::{Problem, Register, checks, limits};
use crate::engineer::{Car, Engineer, EngineerDraft, MAX_BREAKS, PlaceDraft, Shift, ShiftDraft, Stamp};
use crate::flaw::{Code, Flaw};
use crate::geo::{LatLon, Place};
use crate::ids::{EngineerIx, GoodIx, Index, Names, RoomIx, SkillIx};
use crate::problem::{Profile, TravelSpec};
use crate::units::{Moment, Seconds};

pub(super) fn compile(problem: &mut Problem, drafts: &[EngineerDraft], flaws: &mut Vec<Flaw>) {
    for (n, draft) in drafts.iter().enumerate() {
        let path = format!("engineers[{n}]");
        let first = problem.shifts.len() as u32;
        shifts(problem, EngineerIx::nth(n), draft, &path, flaws);
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

/// A place that is sound and usable with the problem's travel, or a flaw.
pub(super) fn place(
    problem: &Problem,
    draft: &PlaceDraft,
    path: &str,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Place {
    if let Some(point) = draft.point {
        globe(point, path, id, flaws);
    }
    let row = match problem.travel() {
        TravelSpec::Crow { .. } => {
            if draft.point.is_none() {
                flaws.push(
                    Flaw::new(
                        Code::NoPlace,
                        path,
                        "crow-fly travel needs coordinates",
                        "give \"lat\" and \"lon\"",
                    )
                    .of(id),
                );
            }
            Place::NO_ROW
        }
        TravelSpec::Tables(profiles) => match draft.row {
            Some(row) if (row as usize) < rows_of(profiles) => row,
            Some(row) => {
                let rows = rows_of(profiles);
                flaws.push(
                    Flaw::new(
                        Code::BadTable,
                        path,
                        format!("row {row} is outside the travel table of {rows} rows"),
                        "count rows from 0",
                    )
                    .of(id),
                );
                0
            }
            None => {
                flaws.push(
                    Flaw::new(
                        Code::NoPlace,
                        path,
                        "travel by a given table needs the place's row",
                        "give \"row\", counted from 0",
                    )
                    .of(id),
                );
                0
            }
        },
    };
    match draft.point {
        Some(point) => Place::new(point, row),
        None => Place::of_row(row),
    }
}

/// How many places the tables know.
fn rows_of(profiles: &[Profile]) -> usize {
    profiles.first().map_or(0, |profile| profile.table.size)
}

/// Checks that a point lies on the globe.
fn globe(point: LatLon, path: &str, id: &str, flaws: &mut Vec<Flaw>) {
    for (key, name, degrees, limit) in
        [("lat", "latitude", point.lat, 90.0), ("lon", "longitude", point.lon, 180.0)]
    {
        if !(-limit..=limit).contains(&degrees) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("{path}.{key}"),
                    format!("{name} {degrees} is not between -{limit} and {limit}"),
                    "give degrees; are latitude and longitude swapped?",
                )
                .of(id),
            );
        }
    }
}

/// Amounts of parts by index, ascending.
pub(super) fn parts(
    register: &Register,
    list: &[(String, i64)],
    path: &str,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Box<[(GoodIx, i64)]> {
    amounts(&register.goods, GoodIx::UNKNOWN, list, path, id, flaws).into()
}

/// Amounts of room by index, ascending.
pub(super) fn rooms(
    register: &Register,
    list: &[(String, i64)],
    path: &str,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Vec<(RoomIx, i64)> {
    amounts(&register.rooms, RoomIx::UNKNOWN, list, path, id, flaws)
}

fn amounts<I: Index + Ord>(
    names: &Names<I>,
    unknown: I,
    list: &[(String, i64)],
    path: &str,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Vec<(I, i64)> {
    checks::list(path, id, list.len(), limits::LIST, flaws);
    let mut amounts = Vec::with_capacity(list.len());
    for (name, amount) in list {
        if !(0..=limits::GOODS).contains(amount) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("{path}.{name}"),
                    format!("{amount} is not between 0 and {}", limits::GOODS),
                    "use a whole number inside that range",
                )
                .of(id),
            );
        }
        amounts.push((names.get(name).unwrap_or(unknown), *amount));
    }
    amounts.sort_unstable();
    amounts
}

/// How much there is of every room; what is not named is none, what is named twice adds up.
pub(super) fn dense(rooms: &[(RoomIx, i64)], count: usize) -> Box<[i64]> {
    let mut dense = vec![0; count];
    for &(room, amount) in rooms {
        if let Some(cell) = dense.get_mut(room.at()) {
            *cell += amount;
        }
    }
    dense.into()
}

fn shifts(
    problem: &mut Problem,
    engineer: EngineerIx,
    draft: &EngineerDraft,
    path: &str,
    flaws: &mut Vec<Flaw>,
) {
    let id = &draft.id;
    facts(draft, path, flaws);
    let Some((from, to, position)) = places(problem, draft, path, flaws) else { return };
    let stock = parts(&problem.register, &draft.stock, &format!("{path}.stock"), id, flaws);
    let capacity = rooms(&problem.register, &draft.capacity, &format!("{path}.capacity"), id, flaws);
    let capacity = dense(&capacity, problem.register.rooms.len());
    let car = car(problem, draft, path, flaws);
    let class = draft.class.as_ref().and_then(|class| problem.register.classes.get(class));

    let mut order: Vec<usize> = (0..draft.shifts.len()).collect();
    order.sort_by_key(|&n| (draft.shifts[n].start.moment, n));
    let mut last_end = Moment::PAST;
    for n in order {
        let given = &draft.shifts[n];
        let path = format!("{path}.shifts[{n}]");
        if !shift_is_sound(given, &path, id, flaws) {
            continue;
        }
        if given.start.moment < last_end {
            flaws.push(
                Flaw::new(
                    Code::OverlappingShifts,
                    &path,
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
            && shift.start <= problem.now
            && problem.now < shift.end
        {
            shift.from = Some(position);
        }
        clip(&mut shift, problem.now, &draft.absences);
        if shift.breaks.len() > MAX_BREAKS {
            let found = format!(
                "{} breaks and absences in one shift are more than {MAX_BREAKS}",
                shift.breaks.len()
            );
            let flaw =
                Flaw::new(Code::TooLarge, &path, found, "join absences, or end the shift earlier");
            flaws.push(flaw.of(id));
        }
        problem.shifts.push(shift);
    }
}

/// Checks what an engineer says apart from shifts and places.
fn facts(draft: &EngineerDraft, path: &str, flaws: &mut Vec<Flaw>) {
    let id = &draft.id;
    for (name, len, limit) in [
        ("shifts", draft.shifts.len(), limits::SHIFTS_EACH),
        ("skills", draft.skills.len(), limits::LIST),
        ("absences", draft.absences.len(), limits::LIST),
        ("territories", draft.territories.len(), limits::LIST),
    ] {
        checks::list(&format!("{path}.{name}"), id, len, limit, flaws);
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
    for (name, amount) in [
        ("callout", rates.callout.0),
        ("drive", rates.drive),
        ("metre", rates.metre),
        ("work", rates.work),
    ] {
        if !(0..=limits::PRICE).contains(&amount) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("{path}.rates.{name}"),
                    format!("{amount} is not between 0 and {}", limits::PRICE),
                    "use a number inside that range",
                )
                .of(id),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for skill in &draft.skills {
        let path = format!("{path}.skills.{}", skill.name);
        if !(1..=5).contains(&skill.level) {
            flaws.push(level_flaw(&path, skill.level).of(id));
        }
        if !seen.insert(&skill.name) {
            flaws
                .push(Flaw::new(Code::DuplicateId, path, "the skill is named twice", "keep one").of(id));
        }
    }
    for (n, (start, end)) in draft.absences.iter().enumerate() {
        let path = format!("{path}.absences[{n}]");
        checks::moment(&format!("{path}.start"), id, *start, flaws);
        checks::moment(&format!("{path}.end"), id, *end, flaws);
        if end <= start {
            flaws.push(
                Flaw::new(Code::Reversed, path, "the absence ends before it starts", "swap them").of(id),
            );
        }
    }
}

/// What the engineer drives.
fn car(problem: &Problem, draft: &EngineerDraft, path: &str, flaws: &mut Vec<Flaw>) -> Car {
    let mut car = Car {
        profile: 0,
        speed_permille: draft.speed_permille,
        rates: draft.rates,
        counts_metres: draft.rates.metre > 0,
        fare_is_time: draft.rates.drive == 1000 && draft.rates.metre == 0,
    };
    if let (Some(name), TravelSpec::Tables(profiles)) = (&draft.profile, problem.travel()) {
        match profiles.iter().position(|profile| profile.name == *name) {
            Some(n) => car.profile = n as u16,
            None => flaws.push(
                Flaw::new(
                    Code::UnknownReference,
                    format!("{path}.profile"),
                    format!("there is no travel table for profile {name:?}"),
                    "add one to \"travel\" or leave the profile out for the first",
                )
                .of(&draft.id),
            ),
        }
    }
    if let TravelSpec::Tables(profiles) = problem.travel()
        && profiles.get(usize::from(car.profile)).is_some_and(|profile| profile.table.costs.is_some())
    {
        car.fare_is_time = false;
    }
    if car.counts_metres && !knows_metres(problem, car.profile) {
        flaws.push(no_metres(format!("{path}.rates"), &draft.id));
    }
    car
}

fn knows_metres(problem: &Problem, profile: u16) -> bool {
    match problem.travel() {
        TravelSpec::Crow { .. } => true,
        TravelSpec::Tables(profiles) => {
            profiles.get(usize::from(profile)).is_some_and(|profile| profile.table.metres.is_some())
        }
    }
}

fn no_metres(path: String, id: &str) -> Flaw {
    Flaw::new(
        Code::BadTable,
        path,
        "metres matter here, but the travel table has none",
        "give \"metres_m\" beside \"durations_s\"",
    )
    .of(id)
}

/// Start place, end place and present position of an engineer; `None` if neither end is known.
#[allow(clippy::type_complexity)]
fn places(
    problem: &Problem,
    draft: &EngineerDraft,
    path: &str,
    flaws: &mut Vec<Flaw>,
) -> Option<(Option<Place>, Option<Place>, Option<Place>)> {
    let id = &draft.id;
    let named = |draft: Option<PlaceDraft>, name: &str, flaws: &mut Vec<Flaw>| {
        draft.map(|draft| place(problem, &draft, &format!("{path}.{name}"), id, flaws))
    };
    let home = named(draft.home, "home", flaws);
    let start = named(draft.start, "start", flaws).or(home);
    let end = named(draft.end, "end", flaws).or(home);
    let position = named(draft.position, "position", flaws);
    let from = if draft.open_start { None } else { start.or(position) };
    if draft.open_start && draft.open_end {
        flaws.push(
            Flaw::new(
                Code::NoPlace,
                path,
                "the engineer neither starts nor ends anywhere",
                "leave out \"open_start\" or \"open_end\"",
            )
            .of(id),
        );
        return None;
    }
    // Whoever has no home is told so once.
    if (from.is_some() || draft.open_start) && end.is_none() && !draft.open_end {
        flaws.push(
            Flaw::new(
                Code::NoPlace,
                path,
                "the engineer has no place to end at",
                "give \"home\" or \"end\", or say \"open_end\": true",
            )
            .of(id),
        );
    }
    if from.is_none() && !draft.open_start {
        flaws.push(
            Flaw::new(
                Code::NoPlace,
                path,
                "the engineer has no place to start from",
                "give \"home\", or \"start\" and \"end\"",
            )
            .of(id),
        );
        return None;
    }
    Some((from, if draft.open_end { None } else { end }, position))
}

/// A level that nobody can have.
pub(super) fn level_flaw(path: &str, level: u8) -> Flaw {
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

fn shift_is_sound(shift: &ShiftDraft, path: &str, id: &str, flaws: &mut Vec<Flaw>) -> bool {
    let before = flaws.len();
    checks::moment(&format!("{path}.start"), id, shift.start.moment, flaws);
    checks::moment(&format!("{path}.end"), id, shift.end.moment, flaws);
    if shift.end.moment <= shift.start.moment {
        flaws.push(
            Flaw::new(Code::Reversed, path, "the shift ends before it starts", "swap them").of(id),
        );
    }
    for (name, length) in
        [("work_s", shift.max_work), ("drive_s", shift.max_drive), ("span_s", shift.max_span)]
    {
        if let Some(length) = length {
            checks::length(&format!("{path}.max_{name}"), id, length, Seconds::LONGEST, flaws);
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
    checks::list(&format!("{path}.breaks"), id, shift.breaks.len(), MAX_BREAKS, flaws);
    flaws.len() == before
}
