//! The algebra of one gap: from leaving one stop to being ready for work at the next, with the breaks
//! that are taken in between.
//!
//! A break starts between its earliest and latest moment, while nobody works; a drive may be
//! interrupted for it. Leaving at `t` with breaks `1..=m` taken in the gap, in turn and each as early as
//! it can be, readiness is `max(t + drive + all breaks, end of the last break)`. Where every break has
//! one window this is a function of the form `max(t + a, b)` for `t <= c`, and such functions are closed
//! under composition: the time-window segment of Vidal, Crainic, Gendreau and Prins (2013) without time
//! warp, plus breaks that float. With several windows it has steps, but it still never falls, which is
//! all that looking forward for the earliest and backward for the latest moment needs. Both hold while a
//! drive's length does not depend on its start.

use super::cargo::Open;
use crate::engineer::{Break, MAX_BREAKS};
use crate::units::{Moment, Seconds};

/// One moment for each number of breaks already taken; [`Moment::NEVER`] where that is impossible.
pub(super) type States = [Moment; MAX_BREAKS + 1];

/// No moment is possible, looking forward for the earliest.
pub(super) const NOWHERE: States = [Moment::NEVER; MAX_BREAKS + 1];

/// No moment is possible, looking back for the latest.
pub(super) const IMPOSSIBLE: States = [Moment::PAST; MAX_BREAKS + 1];

/// When one is ready for work after leaving at `leave`, driving, and taking `breaks` on the way; `None`
/// if a break's last moment has passed.
pub(super) fn ready(leave: Moment, drive: Seconds, breaks: &[Break]) -> Option<Moment> {
    let (mut free, mut busy) = (leave, drive);
    for pause in breaks {
        free = pause.windows.first_start(free)? + pause.length;
        busy += pause.length;
    }
    Some((leave + busy).max(free))
}

/// The latest moment to leave so as to be ready by `deadline`; `None` if there is none.
pub(super) fn leave_by(deadline: Moment, drive: Seconds, breaks: &[Break]) -> Option<Moment> {
    let (mut bound, mut busy) = (deadline, drive);
    for pause in breaks.iter().rev() {
        bound = pause.windows.last_start(bound - pause.length)?;
        busy += pause.length;
    }
    Some(bound.min(deadline - busy))
}

/// The latest return after which `breaks` can still be taken, one after another; they cost nothing
/// then. `None` if two of them leave no turn for each other.
pub(super) fn return_by(breaks: &[Break]) -> Option<Moment> {
    leave_by(Moment::NEVER, Seconds::ZERO, breaks)
}

/// A drive, and the breaks that may be taken on it.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub drive: Seconds,
    pub open: Open,
}

/// Whether the breaks from number `before` up to `after` are all open.
pub(super) fn are_open(open: Open, before: usize, after: usize) -> bool {
    let wanted = (1_u16 << after) - (1_u16 << before);
    u16::from(open) & wanted == wanted
}

/// Whether the break of this number is open.
fn is_open(open: Open, number: usize) -> bool {
    open >> number & 1 == 1
}

/// Readiness at the next stop for each number of breaks taken, from departures for each number.
/// `O(breaks^2)`.
pub(super) fn cross(departures: &States, way: Way, breaks: &[Break]) -> States {
    if breaks.is_empty() {
        let mut ready = NOWHERE;
        if departures[0] < Moment::NEVER {
            ready[0] = departures[0] + way.drive;
        }
        return ready;
    }
    let mut best = NOWHERE;
    for (before, &leave) in departures.iter().enumerate().take(breaks.len() + 1) {
        if leave >= Moment::NEVER {
            continue;
        }
        best[before] = best[before].min(leave + way.drive);
        // As `ready` has it, with one break more each time.
        let (mut free, mut busy) = (leave, way.drive);
        for (number, pause) in breaks.iter().enumerate().skip(before) {
            if !is_open(way.open, number) {
                break;
            }
            let Some(start) = pause.windows.first_start(free) else { break };
            free = start + pause.length;
            busy += pause.length;
            best[number + 1] = best[number + 1].min((leave + busy).max(free));
        }
    }
    best
}

/// The latest departure for each number of breaks taken before, from the latest readiness at the next stop
/// for each number; [`Moment::PAST`] where there is none. `O(breaks^2)`.
pub(super) fn cross_back(latest: &States, way: Way, breaks: &[Break]) -> States {
    let mut leave = IMPOSSIBLE;
    for (after, &deadline) in latest.iter().enumerate().take(breaks.len() + 1) {
        if deadline <= Moment::PAST {
            continue;
        }
        leave[after] = leave[after].max(deadline - way.drive);
        // As `leave_by` has it, with one break more each time.
        let (mut bound, mut busy) = (deadline, way.drive);
        for (number, pause) in breaks[..after].iter().enumerate().rev() {
            if !is_open(way.open, number) {
                break;
            }
            let Some(start) = pause.windows.last_start(bound - pause.length) else { break };
            bound = start;
            busy += pause.length;
            leave[number] = leave[number].max(bound.min(deadline - busy));
        }
    }
    leave
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{Window, Windows};

    fn pause(earliest: i64, latest: i64, length: i64) -> Break {
        pause_in(&[(earliest, latest)], length)
    }

    fn pause_in(windows: &[(i64, i64)], length: i64) -> Break {
        let window = |&(start, end): &(i64, i64)| Window { start: Moment(start), end: Moment(end) };
        let windows = Windows::from(windows.iter().map(window).collect::<Vec<_>>());
        Break { windows, length: Seconds(length), max_load: None }
    }

    #[test]
    fn leaving_by_the_bound_is_in_time_and_a_second_later_is_not() {
        let breaks = [pause_in(&[(100, 120), (140, 160)], 30), pause(150, 300, 20)];
        for taken in 0..=2 {
            for deadline in 0..500 {
                let breaks = &breaks[..taken];
                let in_time = |leave: i64| {
                    ready(Moment(leave), Seconds(40), breaks).is_some_and(|at| at <= Moment(deadline))
                };
                let slow = (-600..600).rev().find(|&leave| in_time(leave)).map(Moment);
                let fast = leave_by(Moment(deadline), Seconds(40), breaks);
                assert_eq!(fast, slow, "{taken} breaks, deadline {deadline}");
            }
        }
    }

    /// The last of the breaks has partly passed for most departures.
    fn three_breaks() -> [Break; 3] {
        [pause_in(&[(100, 120), (140, 160)], 30), pause(150, 300, 20), pause(180, 210, 5)]
    }

    #[test]
    fn crossing_with_one_break_more_each_time_is_crossing_with_each_number_of_them() {
        let breaks = three_breaks();
        for (open, drive, leave) in mixtures() {
            let mut departures = NOWHERE;
            departures[0] = Moment(leave);
            departures[2] = Moment(leave + 70);
            let way = Way { drive: Seconds(drive), open };
            let fast = cross(&departures, way, &breaks);
            for after in 0..=3 {
                let slow = (0..=after)
                    .filter(|&before| {
                        departures[before] < Moment::NEVER && are_open(open, before, after)
                    })
                    .filter_map(|before| ready(departures[before], way.drive, &breaks[before..after]))
                    .min();
                assert_eq!(fast[after], slow.unwrap_or(Moment::NEVER), "{open:b} {drive} {leave}");
            }
        }
    }

    #[test]
    fn crossing_back_with_one_break_more_each_time_is_crossing_back_with_each_number_of_them() {
        let breaks = three_breaks();
        for (open, drive, deadline) in mixtures() {
            let mut latest = IMPOSSIBLE;
            latest[1] = Moment(deadline - 70);
            latest[3] = Moment(deadline);
            let way = Way { drive: Seconds(drive), open };
            let fast = cross_back(&latest, way, &breaks);
            for before in 0..=3 {
                let slow = (before..=3)
                    .filter(|&after| latest[after] > Moment::PAST && are_open(open, before, after))
                    .filter_map(|after| leave_by(latest[after], way.drive, &breaks[before..after]))
                    .max();
                assert_eq!(fast[before], slow.unwrap_or(Moment::PAST), "{open:b} {drive} {deadline}");
            }
        }
    }

    /// Which breaks are open, drives, and moments.
    fn mixtures() -> impl Iterator<Item = (Open, i64, i64)> {
        let moments = || (0..400).step_by(7);
        (0..8).flat_map(move |open| {
            [0, 13, 90].into_iter().flat_map(move |drive| moments().map(move |at| (open, drive, at)))
        })
    }

    #[test]
    fn a_drive_is_interrupted_for_a_break() {
        // Leaves at 50, drives 60; the break may start at 80 at the latest: 30 s of driving, the break,
        // 30 s of driving.
        assert_eq!(ready(Moment(50), Seconds(60), &[pause(70, 80, 15)]), Some(Moment(125)));
    }

    #[test]
    fn a_wait_swallows_the_break() {
        assert_eq!(ready(Moment(0), Seconds(10), &[pause(60, 80, 15)]), Some(Moment(75)));
    }
}
