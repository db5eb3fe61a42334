//! The schedule of a route: the moments that people see, and that lateness and overtime are priced by.
//!
//! Two steps. If the breaks can be laid so that nothing is late and nobody does overtime, the schedule is
//! the earliest such one; else the earliest feasible one. Earliest means: the one that returns first,
//! and of those the one whose breaks lie as late as possible.

use super::gap::{self, NOWHERE, States};
use super::timeline::{Step, Strictness, serve};
use crate::engineer::Shift;
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
    lay(shift, steps, drive_back, Strictness::OnTime)
        .or_else(|| lay(shift, steps, drive_back, Strictness::Feasible))
}

fn lay(
    shift: &Shift,
    steps: &[Step<'_>],
    drive_back: Seconds,
    strictness: Strictness,
) -> Option<Schedule> {
    let mut departures: Vec<States> = Vec::with_capacity(steps.len() + 1);
    let mut states = NOWHERE;
    states[0] = shift.start;
    departures.push(states);
    for step in steps {
        states = serve(&states, *step, shift, strictness);
        departures.push(states);
    }
    let returns = gap::cross(&states, drive_back, &shift.breaks);
    let count = shift.breaks.len();
    let (back, taken) = (0..=count)
        .filter(|&taken| {
            let rest_by = gap::return_by(&shift.breaks[taken..]);
            rest_by.is_some_and(|by| returns[taken] <= by.min(strictness.back(shift)))
        })
        .map(|taken| (returns[taken], taken))
        .min()?;

    // Walk back: at each gap as many breaks as possible, so that they lie late.
    let mut taken_before = vec![0; steps.len() + 2];
    taken_before[steps.len() + 1] = taken;
    let mut after = taken;
    for position in (0..=steps.len()).rev() {
        let (drive, wanted) = match steps.get(position) {
            Some(step) => (step.drive, departures[position + 1][after]),
            None => (drive_back, back),
        };
        let leads_there = |&before: &usize| {
            let ready = gap::ready(departures[position][before], drive, &shift.breaks[before..after]);
            ready.is_some_and(|ready| match steps.get(position) {
                Some(step) => {
                    step.ticket.first_start(ready).is_some_and(|start| start + step.work == wanted)
                }
                None => ready == wanted,
            })
        };
        after = (0..=after).filter(|&b| departures[position][b] < Moment::NEVER).find(leads_there)?;
        taken_before[position] = after;
    }
    Some(tell(shift, steps, &taken_before, &departures, back, drive_back))
}

/// Moments from the chosen numbers of breaks: `taken_before[p]` are taken on leaving position p.
fn tell(
    shift: &Shift,
    steps: &[Step<'_>],
    taken_before: &[usize],
    departures: &[States],
    back: Moment,
    drive_back: Seconds,
) -> Schedule {
    let mut stops = Vec::with_capacity(steps.len());
    let mut breaks = Vec::new();
    let mut leave = shift.start;
    for position in 0..=steps.len() {
        let (before, after) = (taken_before[position], taken_before[position + 1]);
        let pauses = &shift.breaks[before..after];
        let drive = steps.get(position).map_or(drive_back, |step| step.drive);
        let moments = steps.get(position).map(|step| {
            let end = departures[position + 1][after];
            (end - step.work, end)
        });
        let mut departure = departures[position][before];
        if let (0, Some((start, _))) = (position, moments) {
            // Nobody leaves home to wait in front of a closed door.
            departure = gap::leave_by(start, drive, pauses).unwrap_or(departure).max(departure);
            leave = departure;
        }
        let mut arrival = departure + drive;
        let mut free = departure;
        for pause in pauses {
            let start = free.max(pause.earliest);
            free = start + pause.length;
            if start < arrival {
                // Taken on the road: arrival moves back by it.
                arrival = arrival + pause.length;
            }
            breaks.push(PlannedBreak { start, end: free });
        }
        let Some((start, end)) = moments else { break };
        stops.push(TimedStop { arrival, start, departure: end });
    }
    Schedule { leave, stops, breaks, back }
}
