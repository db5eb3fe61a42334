//! The schedule of a route: the moments that people see, and that lateness and overtime are priced by.
//!
//! Two steps. If the breaks can be laid so that nothing is late and nobody does overtime, the schedule is
//! the earliest such one; else the earliest feasible one. Earliest means: the one that returns first;
//! every break is put off to the last gap that still allows that return, and work starts as early as
//! the breaks then let it.
//!
//! Where it matters how long the time from leaving to being back is, for its limit or, unless something must be late,
//! since waiting costs, one leaves as late as that return allows: no other schedule that returns first is shorter. One that returns later could be,
//! where a stop has several windows or breaks float; that is not looked for.

use super::gap::{self, Way};
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

impl Schedule {
    /// The time between leaving and being back that is neither driven nor worked nor a break.
    pub fn waiting(&self, driven: Seconds, worked: Seconds) -> Seconds {
        let rested: Seconds = self.breaks.iter().map(|pause| pause.end - pause.start).sum();
        self.back - self.leave - driven - worked - rested
    }
}

/// The schedule of a route with at least one stop, or `None` if none is feasible.
/// `O(stops * breaks^2)`.
pub(super) fn of(shift: &Shift, steps: &[Step<'_>], back: Way) -> Option<Schedule> {
    on_time(shift, steps, back).or_else(|| late(shift, steps, back))
}

/// The schedule with which nothing is late and nobody does overtime, if there is one.
pub(super) fn on_time(shift: &Shift, steps: &[Step<'_>], back: Way) -> Option<Schedule> {
    lay(shift, steps, back, Strictness::OnTime)
}

/// The schedule of a route that cannot be on time.
pub(super) fn late(shift: &Shift, steps: &[Step<'_>], back: Way) -> Option<Schedule> {
    lay(shift, steps, back, Strictness::Feasible)
}

fn lay(shift: &Shift, steps: &[Step<'_>], way_back: Way, strictness: Strictness) -> Option<Schedule> {
    let start = timeline::at_start(shift);
    let last = steps.iter().fold(start, |states, step| serve(&states, *step, shift, strictness));
    let back = timeline::earliest_return(&last, (way_back, strictness.back(shift)), shift)?;
    // What is still possible if the return is to be no later than that.
    let mut latest = Vec::new();
    timeline::backward(&mut latest, shift, steps.iter().copied(), (way_back, back), strictness);

    let mut stops = Vec::with_capacity(steps.len());
    let mut breaks = Vec::new();
    let mut earliest = shift.start;
    if shift.leaves_late(strictness == Strictness::OnTime) {
        earliest = latest_leave(shift, steps, &latest[0])?;
        if shift.max_span.is_some_and(|most| back - earliest > most) {
            return None;
        }
    }
    let (mut departure, mut taken) = (earliest, 0);
    let mut leave = earliest;
    for (n, step) in steps.iter().enumerate() {
        // The fewest breaks with which the rest can still be done: each is put off while it can be.
        let open = |&after: &usize| gap::are_open(step.way.open, taken, after);
        let (start, after) = (taken..=shift.breaks.len()).take_while(open).find_map(|after| {
            let ready = gap::ready(departure, step.way.drive, &shift.breaks[taken..after])?;
            let start = step.windows.first_start(ready)?;
            (start <= latest[n][after]).then_some((start, after))
        })?;
        let pauses = &shift.breaks[taken..after];
        if n == 0 {
            // Nobody leaves home to wait in front of a closed door.
            leave =
                gap::leave_by(start, step.way.drive, pauses).map_or(departure, |by| by.max(departure));
            departure = leave;
        }
        let arrival = cross(departure, step.way.drive, pauses, &mut breaks);
        departure = start + step.work;
        taken = after;
        stops.push(TimedStop { arrival, start, departure });
    }
    let open = |&after: &usize| gap::are_open(way_back.open, taken, after);
    let after = (taken..=shift.breaks.len()).take_while(open).find(|&after| {
        gap::ready(departure, way_back.drive, &shift.breaks[taken..after])
            .is_some_and(|ready| ready <= latest[steps.len()][after])
    })?;
    cross(departure, way_back.drive, &shift.breaks[taken..after], &mut breaks);
    Some(Schedule { leave, stops, breaks, back })
}

/// The latest moment to leave from which the first stop is reached in time; `latest` is by number of
/// breaks taken before it.
fn latest_leave(shift: &Shift, steps: &[Step<'_>], latest: &gap::States) -> Option<Moment> {
    let way = steps.first()?.way;
    let leave = (0..=shift.breaks.len())
        .take_while(|&taken| gap::are_open(way.open, 0, taken))
        .filter(|&taken| latest[taken] > Moment::PAST)
        .filter_map(|taken| gap::leave_by(latest[taken], way.drive, &shift.breaks[..taken]))
        .max()?;
    Some(leave.max(shift.start))
}

/// Crosses a gap, noting its breaks, and returns the arrival at the next place: breaks that start on
/// the road push it back, those that start after it do not.
fn cross(departure: Moment, drive: Seconds, pauses: &[Break], breaks: &mut Vec<PlannedBreak>) -> Moment {
    let mut arrival = departure + drive;
    let mut free = departure;
    for pause in pauses {
        let start = pause.windows.first_start(free).expect("the gap was crossed so");
        free = start + pause.length;
        if start < arrival {
            arrival = arrival + pause.length;
        }
        breaks.push(PlannedBreak { start, end: free });
    }
    arrival
}
