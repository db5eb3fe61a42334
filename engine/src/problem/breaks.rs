//! Breaks of a shift, checked and compiled; the clock and absences cut into both.

use std::fmt::Display;

use super::roster::{DAY, WEEK};
use super::{Register, amounts, checks};
use crate::engineer::{Break, BreakDraft, BreakTimes, Shift, ShiftDraft};
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, RoomIx};
use crate::ticket::{Window, Windows};
use crate::units::{Moment, Seconds};

/// The breaks of a shift in their order; each must fit inside the shift and after the one before.
pub(super) fn compile(
    register: &Register,
    shift: &ShiftDraft,
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Vec<Break> {
    let mut breaks: Vec<Break> = Vec::new();
    let mut free = shift.start.moment;
    for (n, given) in shift.breaks.iter().enumerate() {
        let path = format_args!("{path}.breaks[{n}]");
        let max_load =
            amounts::rooms(register, &given.max_load, &format_args!("{path}.max_load"), id, flaws);
        let Some(starts) = starts(shift, given, &path, id, flaws) else { continue };
        let in_turn =
            starts.iter().find(|window| free <= window.end).map(|window| free.max(window.start));
        let Some(in_turn) = in_turn else {
            flaws.push(
                Flaw::new(
                    Code::BreakOutsideShift,
                    path,
                    "the break does not fit between its two times, inside the shift and after the break before",
                    "widen its times, shorten it, or name breaks in order",
                )
                .of(id),
            );
            continue;
        };
        free = in_turn + given.length;
        let limited = !given.max_load.is_empty();
        let max_load = limited.then(|| limits_of(register, &max_load));
        breaks.push(Break { windows: Windows::from(starts), length: given.length, max_load });
    }
    breaks
}

/// The most of every room; what is not named is not limited.
fn limits_of(register: &Register, named: &[(RoomIx, i64)]) -> Box<[i64]> {
    let mut limits = vec![i64::MAX; register.rooms.len()];
    for &(room, most) in named {
        if let Some(limit) = limits.get_mut(room.at()) {
            *limit = most;
        }
    }
    limits.into()
}

/// The windows in which a break may start so as to end inside the shift, none empty; `None` if its
/// numbers are flawed.
fn starts(
    shift: &ShiftDraft,
    given: &BreakDraft,
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Option<Vec<Window>> {
    let before = flaws.len();
    checks::length(&format_args!("{path}.length_s"), id, given.length, DAY, flaws);
    let last = shift.end.moment - given.length.min(DAY).max(Seconds::ZERO);
    let wanted = match &given.times {
        BreakTimes::Daily(start, end) => {
            for (name, length) in [("start", *start), ("end", *end)] {
                checks::length(&format_args!("{path}.{name}"), id, length, WEEK, flaws);
            }
            if flaws.len() > before {
                return None;
            }
            let mut first = shift.start.midnight() + *start;
            if first < shift.start.moment {
                first = first + DAY;
            }
            let mut end = shift.start.midnight() + *end;
            while end <= first {
                end = end + DAY;
            }
            // Whoever rests for no time, or past the end of the shift, has got the times wrong.
            let sound = given.length > Seconds::ZERO && end <= shift.end.moment;
            sound.then(|| Window { start: first, end: end - given.length }).into_iter().collect()
        }
        BreakTimes::Starts(windows) => {
            checks::list(&format_args!("{path}.windows"), id, windows.len(), super::limits::LIST, flaws);
            for (n, window) in windows.iter().enumerate() {
                let path = format_args!("{path}.windows[{n}]");
                checks::moment(&format_args!("{path}.start"), id, window.start, flaws);
                checks::moment(&format_args!("{path}.end"), id, window.end, flaws);
                if window.end < window.start {
                    flaws.push(
                        Flaw::new(Code::Reversed, path, "the window ends before it starts", "swap them")
                            .of(id),
                    );
                }
            }
            let inside = |window: &Window| Window {
                start: window.start.max(shift.start.moment),
                end: window.end.min(last),
            };
            if windows.is_empty() {
                vec![Window { start: shift.start.moment, end: last }]
            } else {
                windows.iter().map(inside).collect()
            }
        }
    };
    (flaws.len() == before)
        .then(|| wanted.into_iter().filter(|window| window.start <= window.end).collect())
}

/// Takes the clock and the absences out of a shift: what lies at an end of what is left of it shortens
/// it, what lies inside becomes a break of exactly that span. Before they are free nobody is away or rests, since they are
/// at work; a break that this leaves no turn falls away.
pub(super) fn clip(shift: &mut Shift, now: Moment, free: Moment, absences: &[(Moment, Moment)]) {
    let given_end = shift.end;
    if now < shift.end {
        // An absence under way is one at the start.
        shift.start = shift.start.max(now);
    }
    let mut away = Vec::new();
    let still =
        |&(first, end): &(Moment, Moment)| (free.max(first) < end).then_some((free.max(first), end));
    for (first, end) in merged(absences).iter().filter_map(still) {
        if first >= shift.end {
            shift.latest_return = shift.latest_return.min(first);
        } else if first <= shift.start {
            shift.start = shift.start.max(end);
        } else if end >= shift.end {
            shift.end = first;
        } else {
            let windows = Windows::from(vec![Window { start: first, end: first }]);
            away.push(Break { windows, length: end - first, max_load: None });
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
    let free = start.max(free);
    let inside = |pause: &Break| pause.latest() >= free && pause.earliest() + pause.length <= end;
    let given: Vec<Break> = shift.breaks.iter().filter(|pause| inside(pause)).cloned().collect();
    shift.breaks = in_turn(free, &given, &away).into();
}

/// Breaks and absences in one line, each possible after the one before. An absence may leave no turn for
/// a break beside it: then the absence is the break.
fn in_turn(start: Moment, given: &[Break], away: &[Break]) -> Vec<Break> {
    let mut all: Vec<(Break, bool)> = given.iter().map(|pause| (pause.clone(), false)).collect();
    all.extend(away.iter().map(|pause| (pause.clone(), true)));
    all.sort_by_key(|(pause, _)| (pause.earliest(), pause.latest()));
    // With every break the moment at which it is over at the earliest.
    let mut turn: Vec<(Break, bool, Moment)> = Vec::with_capacity(all.len());
    for (pause, is_away) in all {
        let free = |turn: &[(Break, bool, Moment)]| turn.last().map_or(start, |before| before.2);
        // An absence cannot move: it takes the place of the breaks that stand in its way.
        while is_away && free(&turn) > pause.latest() && turn.last().is_some_and(|before| !before.1) {
            turn.pop();
        }
        if let Some(begins) = pause.windows.first_start(free(&turn)) {
            let over = begins + pause.length;
            turn.push((pause, is_away, over));
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
