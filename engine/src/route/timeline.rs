//! Forward and backward passes over a route: with them a changed route is tried in constant time.

use super::gap::{self, IMPOSSIBLE, NOWHERE, States, Way};
use crate::engineer::Shift;
use crate::prefetch::prefetch;
use crate::ticket::{Ticket, Windows};
use crate::units::{Moment, Seconds};

/// What bounds the start of work at a stop, besides its windows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Only what is never broken.
    Feasible,
    /// Nothing late, no overtime.
    OnTime,
}

impl Strictness {
    /// The latest start that this strictness allows.
    pub(super) fn due(self, step: Step<'_>) -> Moment {
        match self {
            Strictness::Feasible => Moment::NEVER,
            Strictness::OnTime => step.due,
        }
    }

    /// The latest return.
    pub(super) fn back(self, shift: &Shift) -> Moment {
        match self {
            Strictness::Feasible => shift.latest_return,
            Strictness::OnTime => shift.end,
        }
    }
}

/// For every stop and every number of breaks taken before it: the earliest departure, and the latest
/// readiness from which the rest of the route is still possible.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline {
    /// Departure from position 0 (the start place), 1, ..., n.
    departures: Vec<States>,
    /// Latest readiness at position 1, ..., n, n + 1 (the end place); a position's own stands at its
    /// number less one. Impossible is [`Moment::PAST`].
    latest: Vec<States>,
}

/// Both timelines of a route; the second only where it differs from the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Timelines {
    feasible: Timeline,
    on_time: Timeline,
    differ: bool,
}

impl Timelines {
    /// Draws up the timelines of `steps` and the `way` back. `O(stops * breaks^2)`.
    pub(super) fn build<'t>(
        &mut self,
        shift: &Shift,
        steps: impl ExactSizeIterator<Item = Step<'t>> + DoubleEndedIterator + Clone,
        way: Way,
    ) {
        self.differ =
            shift.latest_return > shift.end || steps.clone().any(|step| step.due < Moment::NEVER);
        self.feasible.build(shift, steps.clone(), way, Strictness::Feasible);
        if self.differ {
            self.on_time.build(shift, steps, way, Strictness::OnTime);
        }
    }

    /// Makes these the same as others, without giving their memory away.
    pub(super) fn copy_from(&mut self, other: &Timelines) {
        self.feasible.copy_from(&other.feasible);
        if other.differ {
            self.on_time.copy_from(&other.on_time);
        }
        self.differ = other.differ;
    }

    /// The timeline by a strictness.
    pub(super) fn of(&self, strictness: Strictness) -> &Timeline {
        match strictness {
            Strictness::OnTime if self.differ => &self.on_time,
            Strictness::OnTime | Strictness::Feasible => &self.feasible,
        }
    }

    /// Prefetches what trying a further stop reads.
    pub(super) fn prefetch(&self) {
        let timeline = self.of(Strictness::OnTime);
        prefetch(&*timeline.departures);
        prefetch(&*timeline.latest);
    }

    /// Whether anything may be late, or the end overtime.
    pub(super) fn differ(&self) -> bool {
        self.differ
    }
}

/// One leg and the stop that it leads to.
#[derive(Clone, Copy)]
pub(super) struct Step<'t> {
    pub way: Way,
    /// Work at the stop, with the setup if there is one.
    pub work: Seconds,
    /// When work must start for nothing to be late.
    pub due: Moment,
    pub windows: &'t Windows,
}

impl<'t> Step<'t> {
    /// The step to a ticket.
    pub(super) fn new(way: Way, ticket: &'t Ticket, work: Seconds) -> Step<'t> {
        Step {
            way,
            work,
            due: due(ticket.respond_by, ticket.resolve_by, work),
            windows: &ticket.windows,
        }
    }
}

/// When work of this length must start for nothing to be late; [`Moment::NEVER`] if it cannot be.
pub(super) fn due(respond_by: Moment, resolve_by: Moment, work: Seconds) -> Moment {
    if resolve_by >= Moment::NEVER { respond_by } else { respond_by.min(resolve_by - work) }
}

/// States after a stop, from departures before its leg.
pub(super) fn serve(
    departures: &States,
    step: Step<'_>,
    shift: &Shift,
    strictness: Strictness,
) -> States {
    if shift.breaks.is_empty() {
        return without_breaks(serve_at(departures[0], step, strictness));
    }
    let mut states = gap::cross(departures, step.way, &shift.breaks);
    let due = strictness.due(step);
    for moment in states.iter_mut().take(shift.breaks.len() + 1) {
        *moment = match step.windows.first_start(*moment) {
            Some(start) if *moment < Moment::NEVER && start <= due => start + step.work,
            _ => Moment::NEVER,
        };
    }
    states
}

/// The same where there are no breaks.
#[inline]
fn serve_at(departure: Moment, step: Step<'_>, strictness: Strictness) -> Moment {
    match step.windows.first_start(departure + step.way.drive) {
        Some(start) if departure < Moment::NEVER && start <= strictness.due(step) => start + step.work,
        _ => Moment::NEVER,
    }
}

fn without_breaks(moment: Moment) -> States {
    let mut states = NOWHERE;
    states[0] = moment;
    states
}

/// States at the start of a shift: no break is taken yet.
pub(super) fn at_start(shift: &Shift) -> States {
    let mut states = NOWHERE;
    states[0] = shift.start;
    states
}

/// Latest readiness at every position, as in [`Timeline`], with the `way` back after the last step and the
/// return not after `back`. `O(stops * breaks^2)`.
pub(super) fn backward<'t>(
    all: &mut Vec<States>,
    shift: &Shift,
    steps: impl ExactSizeIterator<Item = Step<'t>> + DoubleEndedIterator,
    (way, back): (Way, Moment),
    strictness: Strictness,
) {
    let count = shift.breaks.len();
    if count == 0 {
        return backward_without_breaks(all, steps, (way, back), strictness);
    }
    let mut latest = IMPOSSIBLE;
    for (taken, moment) in latest.iter_mut().enumerate().take(count + 1) {
        if let Some(bound) = gap::return_by(&shift.breaks[taken..]) {
            *moment = bound.min(back);
        }
    }
    all.clear();
    all.resize(steps.len() + 1, latest);
    let mut way = way;
    for (n, step) in steps.enumerate().rev() {
        let mut before = IMPOSSIBLE;
        let due = strictness.due(step);
        let leave = gap::cross_back(&latest, way, &shift.breaks);
        for (moment, &leave) in before.iter_mut().zip(&leave).take(count + 1) {
            if leave > Moment::PAST
                && let Some(start) = step.windows.last_start(due.min(leave - step.work))
            {
                *moment = start;
            }
        }
        latest = before;
        all[n] = latest;
        way = step.way;
    }
}

fn backward_without_breaks<'t>(
    all: &mut Vec<States>,
    steps: impl ExactSizeIterator<Item = Step<'t>> + DoubleEndedIterator,
    (mut way, back): (Way, Moment),
    strictness: Strictness,
) {
    let mut latest = IMPOSSIBLE;
    latest[0] = back;
    all.clear();
    all.resize(steps.len() + 1, latest);
    for (n, step) in steps.enumerate().rev() {
        let bound = strictness.due(step).min(latest[0] - way.drive - step.work);
        let start = step.windows.last_start(bound).filter(|_| latest[0] > Moment::PAST);
        latest[0] = start.unwrap_or(Moment::PAST);
        all[n] = latest;
        way = step.way;
    }
}

/// The earliest return after leaving the last stop with `departures`, if it is not after `back` and the
/// breaks that are left can be taken. `O(breaks^2)`.
pub(super) fn earliest_return(
    departures: &States,
    (way, back): (Way, Moment),
    shift: &Shift,
) -> Option<Moment> {
    let ready = gap::cross(departures, way, &shift.breaks);
    (0..=shift.breaks.len())
        .filter(|&taken| ready[taken] <= back)
        .filter(|&taken| {
            gap::return_by(&shift.breaks[taken..]).is_some_and(|bound| ready[taken] <= bound)
        })
        .map(|taken| ready[taken])
        .min()
}

impl Timeline {
    /// Both passes over `steps`, with the `way` back after the last. `O(stops * breaks^2)`.
    fn build<'t>(
        &mut self,
        shift: &Shift,
        steps: impl ExactSizeIterator<Item = Step<'t>> + DoubleEndedIterator + Clone,
        way: Way,
        strictness: Strictness,
    ) {
        self.departures.clear();
        let mut states = at_start(shift);
        self.departures.push(states);
        if shift.breaks.is_empty() {
            for step in steps.clone() {
                states[0] = serve_at(states[0], step, strictness);
                self.departures.push(states);
            }
        } else {
            for step in steps.clone() {
                states = serve(&states, step, shift, strictness);
                self.departures.push(states);
            }
        }
        backward(&mut self.latest, shift, steps, (way, strictness.back(shift)), strictness);
    }

    fn copy_from(&mut self, other: &Timeline) {
        self.departures.clone_from(&other.departures);
        self.latest.clone_from(&other.latest);
    }

    /// Whether the whole route is possible. `O(breaks^2)`.
    pub(super) fn is_possible(&self, way: Way, shift: &Shift) -> bool {
        let end = self.latest.len();
        self.reaches(&self.departures[end - 1], way, end, shift)
    }

    /// Earliest departures from a position, by number of breaks taken.
    pub(super) fn departures(&self, position: usize) -> &States {
        &self.departures[position]
    }

    /// Latest readiness at a position from which the rest of the route is still possible, after
    /// `taken` breaks; position n + 1 is the end place.
    pub(super) fn latest(&self, position: usize, taken: usize) -> Moment {
        self.latest[position - 1][taken]
    }

    /// Whether leaving with `departures` and going this `way` reaches `position` early enough for the
    /// rest of the route; position n + 1 is the end place. `O(breaks^2)`.
    pub(super) fn reaches(&self, departures: &States, way: Way, position: usize, shift: &Shift) -> bool {
        let latest = &self.latest[position - 1];
        if shift.breaks.is_empty() {
            return departures[0] + way.drive <= latest[0];
        }
        gap::cross(departures, way, &shift.breaks)
            .iter()
            .zip(latest)
            .take(shift.breaks.len() + 1)
            .any(|(ready, latest)| ready <= latest)
    }
}
