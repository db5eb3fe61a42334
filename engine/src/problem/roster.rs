//! Engineers and their shifts, checked and compiled.

use std::collections::BTreeSet;

use super::{Problem, Register, checks, limits};
use crate::engineer::{
    Break, Engineer, EngineerDraft, MAX_BREAKS, PlaceDraft, Shift, ShiftDraft, Stamp,
};
use crate::flaw::{Code, Flaw};
use crate::geo::{LatLon, Place};
use crate::ids::{EngineerIx, GoodIx, Index, SkillIx};
use crate::problem::TravelSpec;
use crate::units::{Moment, Seconds};

pub(super) fn compile(
    problem: &mut Problem,
    drafts: &[EngineerDraft],
    longest_shift: Option<Seconds>,
    flaws: &mut Vec<Flaw>,
) {
    let longest_shift = longest_shift.unwrap_or(WEEK).min(Seconds::LONGEST);
    for (n, draft) in drafts.iter().enumerate() {
        let path = format!("engineers[{n}]");
        let first = problem.shifts.len() as u32;
        shifts(problem, EngineerIx::nth(n), draft, longest_shift, &path, flaws);
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
        TravelSpec::Table(table) => match draft.row {
            Some(row) if (row as usize) < table.size => row,
            Some(row) => {
                flaws.push(
                    Flaw::new(
                        Code::BadTable,
                        path,
                        format!("row {row} is outside the travel table of {} rows", table.size),
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

/// Amounts of parts or room by index, ascending.
pub(super) fn goods(
    register: &Register,
    parts: &[(String, i64)],
    room: &[(String, i64)],
    path: [&str; 2],
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Box<[(GoodIx, i64)]> {
    let mut goods = Vec::with_capacity(parts.len() + room.len());
    for (kind, list, path) in [("part", parts, path[0]), ("room", room, path[1])] {
        checks::list(path, id, list.len(), limits::LIST, flaws);
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
            let good = register.goods.get(&format!("{kind}:{name}")).unwrap_or(GoodIx::UNKNOWN);
            goods.push((good, *amount));
        }
    }
    goods.sort_unstable();
    goods.into()
}

fn shifts(
    problem: &mut Problem,
    engineer: EngineerIx,
    draft: &EngineerDraft,
    longest: Seconds,
    path: &str,
    flaws: &mut Vec<Flaw>,
) {
    let id = &draft.id;
    facts(draft, path, flaws);
    let Some((from, to, position)) = places(problem, draft, path, flaws) else { return };
    let (stock_path, room_path) = (format!("{path}.stock"), format!("{path}.capacity"));
    let paths = [stock_path.as_str(), room_path.as_str()];
    let held = goods(&problem.register, &draft.stock, &draft.capacity, paths, id, flaws);

    let mut order: Vec<usize> = (0..draft.shifts.len()).collect();
    order.sort_by_key(|&n| (draft.shifts[n].start.moment, n));
    let mut last_end = Moment::PAST;
    for n in order {
        let given = &draft.shifts[n];
        let path = format!("{path}.shifts[{n}]");
        if !shift_is_sound(given, longest, &path, id, flaws) {
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
        let breaks = breaks(given, &path, id, flaws);
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
            goods: held.clone(),
            speed_permille: draft.speed_permille,
            max_tickets: given.max_tickets.or(policy.max_tickets).unwrap_or(u32::MAX),
            max_work: given.max_work.or(policy.max_work).unwrap_or(Seconds::LONGEST),
            offset_s: given.start.offset_s,
        };
        if let Some(position) = position
            && shift.start <= problem.now
            && problem.now < shift.end
        {
            shift.from = position;
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

/// Start place, end place and present position of an engineer; `None` without a place to start from.
fn places(
    problem: &Problem,
    draft: &EngineerDraft,
    path: &str,
    flaws: &mut Vec<Flaw>,
) -> Option<(Place, Option<Place>, Option<Place>)> {
    let id = &draft.id;
    let named = |draft: Option<PlaceDraft>, name: &str, flaws: &mut Vec<Flaw>| {
        draft.map(|draft| place(problem, &draft, &format!("{path}.{name}"), id, flaws))
    };
    let home = named(draft.home, "home", flaws);
    let start = named(draft.start, "start", flaws).or(home);
    let end = named(draft.end, "end", flaws).or(home);
    let position = named(draft.position, "position", flaws);
    let from = start.or(position);
    // Whoever has no home is told so once.
    if from.is_some() && end.is_none() && !draft.open_end {
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
    let Some(from) = from else {
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
    };
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

/// The longest shift, unless the draft says otherwise.
const WEEK: Seconds = Seconds(7 * DAY.0);
const DAY: Seconds = Seconds(86_400);

fn shift_is_sound(
    shift: &ShiftDraft,
    longest: Seconds,
    path: &str,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> bool {
    let before = flaws.len();
    checks::moment(&format!("{path}.start"), id, shift.start.moment, flaws);
    checks::moment(&format!("{path}.end"), id, shift.end.moment, flaws);
    if shift.end.moment <= shift.start.moment {
        flaws.push(
            Flaw::new(Code::Reversed, path, "the shift ends before it starts", "swap them").of(id),
        );
    } else if shift.end.moment > checks::later(shift.start.moment, longest) {
        let found = if longest == WEEK {
            "the shift is longer than a week".to_owned()
        } else {
            format!("the shift is longer than {} s", longest.0)
        };
        flaws.push(Flaw::new(Code::OutOfRange, path, found, "give one shift a day").of(id));
    }
    if let Some(work) = shift.max_work {
        checks::length(&format!("{path}.max_work_s"), id, work, Seconds::LONGEST, flaws);
    }
    checks::list(&format!("{path}.breaks"), id, shift.breaks.len(), MAX_BREAKS, flaws);
    flaws.len() == before
}

/// Breaks on the shift's own calendar; each must fit inside the shift and after the one before.
fn breaks(shift: &ShiftDraft, path: &str, id: &str, flaws: &mut Vec<Flaw>) -> Vec<Break> {
    let mut breaks: Vec<Break> = Vec::new();
    let mut free = shift.start.moment;
    for (n, given) in shift.breaks.iter().enumerate() {
        let before = flaws.len();
        for (name, length, longest) in
            [("start", given.start, WEEK), ("end", given.end, WEEK), ("length_s", given.length, DAY)]
        {
            checks::length(&format!("{path}.breaks[{n}].{name}"), id, length, longest, flaws);
        }
        if flaws.len() > before {
            continue;
        }
        let mut start = shift.start.midnight() + given.start;
        if start < shift.start.moment {
            start = start + DAY;
        }
        let mut end = shift.start.midnight() + given.end;
        while end <= start {
            end = end + DAY;
        }
        let latest = end - given.length;
        let sound = given.length > Seconds::ZERO && end <= shift.end.moment;
        let earliest_in_turn = free.max(start);
        if !sound || latest < earliest_in_turn {
            flaws.push(
                Flaw::new(
                    Code::BreakOutsideShift,
                    format!("{path}.breaks[{n}]"),
                    "the break does not fit between its two times, inside the shift and after the break before",
                    "widen its times, shorten it, or name breaks in order",
                )
                .of(id),
            );
            continue;
        }
        free = earliest_in_turn + given.length;
        breaks.push(Break { earliest: start, latest, length: given.length });
    }
    breaks
}

/// Takes the clock and the absences out of a shift: what lies at an end of what is left of it shortens
/// it, what lies inside becomes a break of exactly that span.
fn clip(shift: &mut Shift, now: Moment, absences: &[(Moment, Moment)]) {
    let given_end = shift.end;
    if now < shift.end {
        // An absence under way is one at the start.
        shift.start = shift.start.max(now);
    }
    let mut away = Vec::new();
    for (first, end) in merged(absences) {
        if first >= shift.end {
            shift.latest_return = shift.latest_return.min(first);
        } else if first <= shift.start {
            shift.start = shift.start.max(end);
        } else if end >= shift.end {
            shift.end = first;
        } else {
            away.push(Break { earliest: first, latest: first, length: end - first });
        }
    }
    if shift.end != given_end {
        // Whoever falls ill does no overtime.
        shift.latest_return = shift.end;
    }
    shift.absent = shift.start >= shift.end;
    shift.start = shift.start.max(now);
    shift.on_duty = shift.start < shift.end;
    let (start, end) = (shift.start, shift.end);
    let inside = |pause: &Break| pause.latest >= start && pause.earliest + pause.length <= end;
    let given: Vec<Break> = shift.breaks.iter().copied().filter(inside).collect();
    shift.breaks = in_turn(start, &given, &away).into();
}

/// Breaks and absences in one line, each possible after the one before. An absence may leave no turn for
/// a break beside it: then the absence is the break.
fn in_turn(start: Moment, given: &[Break], away: &[Break]) -> Vec<Break> {
    let mut all: Vec<(Break, bool)> = given.iter().map(|&pause| (pause, false)).collect();
    all.extend(away.iter().map(|&pause| (pause, true)));
    all.sort_by_key(|(pause, _)| (pause.earliest, pause.latest));
    // With every break the moment at which it is over at the earliest.
    let mut turn: Vec<(Break, bool, Moment)> = Vec::with_capacity(all.len());
    for (pause, is_away) in all {
        let free = |turn: &[(Break, bool, Moment)]| turn.last().map_or(start, |before| before.2);
        // An absence cannot move: it takes the place of the breaks that stand in its way.
        while is_away && free(&turn) > pause.latest && turn.last().is_some_and(|before| !before.1) {
            turn.pop();
        }
        let begins = free(&turn).max(pause.earliest);
        if begins <= pause.latest {
            turn.push((pause, is_away, begins + pause.length));
        }
    }
    turn.into_iter().map(|(pause, _, _)| pause).collect()
}

/// Spans in order, those that touch joined.
fn merged(spans: &[(Moment, Moment)]) -> Vec<(Moment, Moment)> {
    let mut sorted = spans.to_vec();
    sorted.sort_unstable();
    let mut joined: Vec<(Moment, Moment)> = Vec::with_capacity(sorted.len());
    for (first, end) in sorted {
        match joined.last_mut() {
            Some(last) if first <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((first, end)),
        }
    }
    joined
}
