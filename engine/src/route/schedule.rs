//! The schedule of a route: the moments that people see, and that lateness and overtime are priced by.
//!
//! Two steps. If the breaks can be laid so that nothing is late and nobody does overtime, the schedule is
//! the earliest such one; else the earliest feasible one. Earliest means: the one that returns first;
//! every break is put off to the last gap that still allows that return, and work starts as early as
//! the breaks then let it.

use super::gap;
use super::timeline::{self, Step, Strictness, serve};
use crate::engineer::{Break, Shift};
use crate::plan::PlannedBreak;
use crate::units::{Moment, Seconds};

/// One stop's moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedStop {
    /// Arrival at the place.
    pub arrival: Moment,
    /// Start of work.
    pub start: Moment,
    /// End of work.
    pub departure: Moment,
}

/// All moments of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Departure from the start place.
    pub leave: Moment,
    /// The stops, in order.
    pub stops: Vec<TimedStop>,
    /// Breaks taken before the return, in order.
    pub breaks: Vec<PlannedBreak>,
    /// Arrival at the end place.
    pub back: Moment,
}

/// The schedule of a route with at least one stop, or `None` if none is feasible.
/// `O(stops * breaks^2)`.
pub(super) fn of(shift: &Shift, steps: &[Step<'_>], drive_back: Seconds) -> Option<Schedule> {
    lay(shift, steps, drive_back, Strictness::OnTime).or_else(|| late(shift, steps, drive_back))
}

/// The schedule of a route that cannot be on time.
pub(super) fn late(shift: &Shift, steps: &[Step<'_>], drive_back: Seconds) -> Option<Schedule> {
    lay(shift, steps, drive_back, Strictness::Feasible)
}

fn lay(
    shift: &Shift,
    steps: &[Step<'_>],
    drive_back: Seconds,
    strictness: Strictness,
) -> Option<Schedule> {
    let start = timeline::at_start(shift);
    let last = steps.iter().fold(start, |states, step| serve(&states, *step, shift, strictness));
    let back = timeline::earliest_return(&last, (drive_back, strictness.back(shift)), shift)?;
    // What is still possible if the return is to be no later than that.
    let mut latest = Vec::new();
    timeline::backward(&mut latest, shift, steps, (drive_back, back), strictness);

    let mut stops = Vec::with_capacity(steps.len());
    let mut breaks = Vec::new();
    let (mut departure, mut taken) = (shift.start, 0);
    let mut leave = shift.start;
    for (n, step) in steps.iter().enumerate() {
        // The fewest breaks with which the rest can still be done: each is put off while it can be.
        let (start, after) = (taken..=shift.breaks.len()).find_map(|after| {
            let ready = gap::ready(departure, step.drive, &shift.breaks[taken..after])?;
            let start = step.windows.first_start(ready)?;
            (start <= latest[n][after]).then_some((start, after))
        })?;
        let pauses = &shift.breaks[taken..after];
        if n == 0 {
            // Nobody leaves home to wait in front of a closed door.
            leave = gap::leave_by(start, step.drive, pauses).map_or(departure, |by| by.max(departure));
            departure = leave;
        }
        let arrival = cross(departure, step.drive, pauses, &mut breaks);
        departure = start + step.work;
        taken = after;
        stops.push(TimedStop { arrival, start, departure });
    }
    let after = (taken..=shift.breaks.len()).find(|&after| {
        gap::ready(departure, drive_back, &shift.breaks[taken..after])
            .is_some_and(|ready| ready <= latest[steps.len()][after])
    })?;
    cross(departure, drive_back, &shift.breaks[taken..after], &mut breaks);
    Some(Schedule { leave, stops, breaks, back })
}

/// Crosses a gap, noting its breaks, and returns the arrival at the next place: breaks that start on
/// the road push it back, those that start after it do not.
fn cross(departure: Moment, drive: Seconds, pauses: &[Break], breaks: &mut Vec<PlannedBreak>) -> Moment {
    let mut arrival = departure + drive;
    let mut free = departure;
    for pause in pauses {
        let start = free.max(pause.earliest);
        free = start + pause.length;
        if start < arrival {
            arrival = arrival + pause.length;
        }
        breaks.push(PlannedBreak { start, end: free });
    }
    arrival
}
