//! The route that the search and the desk work on: stops with everything cached that makes trying a
//! change cheap.

use super::schedule::{self, Schedule};
use super::timeline::{Step, Strictness, Timeline};
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ids::{GoodIx, ShiftIx, TicketIx};
use crate::problem::Problem;
use crate::ticket::{Ticket, Windows};
use crate::travel::Roads;
use crate::units::{Moment, Seconds};

/// A ticket on a route, with what it takes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The ticket.
    pub ticket: TicketIx,
    /// Work time of this route's engineer.
    pub work: Seconds,
    /// What serving it with this engineer costs, apart from driving, load and lateness.
    pub fit: Seconds,
}

/// One stop as the clock sees it, kept here because a schedule asks every stop of a route.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    drive: Seconds,
    work: Seconds,
    due: Moment,
    windows: Windows,
}

impl Stay {
    fn new(ticket: &Ticket, work: Seconds) -> Stay {
        let Step { drive, work, due, windows } = Step::new(Seconds::ZERO, ticket, work);
        Stay { drive, work, due, windows: windows.clone() }
    }

    pub(super) fn step(&self) -> Step<'_> {
        Step { drive: self.drive, work: self.work, due: self.due, windows: &self.windows }
    }
}

/// Sums over a route's head.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Driving up to and including the leg into the position.
    pub driven: Seconds,
    /// Work of the stops before the position.
    pub booked: Seconds,
    /// Fit of the stops before the position.
    pub fitted: Seconds,
}

/// One shift's stops, in order, with cumulative figures and both timelines.
#[derive(Clone, Debug)]
pub struct Route {
    shift: ShiftIx,
    stops: Vec<Visitor>,
    /// One for each stop.
    stays: Vec<Stay>,
    drive_back: Seconds,
    /// Start place, then one place for each stop, then the end place if there is one.
    places: Vec<Place>,
    /// Position 0 is the start, n + 1 the end.
    sums: Vec<Sums>,
    goods: Vec<(GoodIx, i64)>,
    feasible: Timeline,
    on_time: Timeline,
    is_on_time: bool,
}

impl Route {
    /// A route without stops.
    pub fn empty(problem: &Problem, roads: &Roads, shift: ShiftIx) -> Route {
        let mut route = Route {
            shift,
            stops: Vec::new(),
            stays: Vec::new(),
            drive_back: Seconds::ZERO,
            places: Vec::new(),
            sums: Vec::new(),
            goods: Vec::new(),
            feasible: Timeline::default(),
            on_time: Timeline::default(),
            is_on_time: true,
        };
        route.set(problem, roads, &[]);
        route
    }

    /// Makes this route the same as another, without giving its memory away.
    pub fn copy_from(&mut self, other: &Route) {
        self.shift = other.shift;
        self.stops.clone_from(&other.stops);
        self.stays.clone_from(&other.stays);
        self.drive_back = other.drive_back;
        self.places.clone_from(&other.places);
        self.sums.clone_from(&other.sums);
        self.goods.clone_from(&other.goods);
        self.feasible.copy_from(&other.feasible);
        self.on_time.copy_from(&other.on_time);
        self.is_on_time = other.is_on_time;
    }

    /// Replaces all stops. Returns whether the new route is feasible in time; if not, it must not be
    /// used but may be set again. `O(stops * breaks^2)`.
    pub fn set(&mut self, problem: &Problem, roads: &Roads, stops: &[Visitor]) -> bool {
        let shift = problem.shift(self.shift);
        self.stops.clear();
        self.stops.extend_from_slice(stops);
        self.stays.clear();
        self.stays.extend(stops.iter().map(|stop| Stay::new(problem.ticket(stop.ticket), stop.work)));
        self.places.clear();
        self.places.push(shift.from);
        self.places.extend(stops.iter().map(|stop| problem.ticket(stop.ticket).place));
        self.places.extend(shift.to);
        (0..=stops.len()).for_each(|at| self.drive_leg(problem, roads, at));
        self.update(problem)
    }

    /// Puts a ticket before the stop at `at`; otherwise as [`Route::set`].
    pub fn insert(&mut self, problem: &Problem, roads: &Roads, at: usize, stop: Visitor) -> bool {
        let ticket = problem.ticket(stop.ticket);
        self.stops.insert(at, stop);
        self.stays.insert(at, Stay::new(ticket, stop.work));
        self.places.insert(at + 1, ticket.place);
        self.drive_leg(problem, roads, at);
        self.drive_leg(problem, roads, at + 1);
        self.update(problem)
    }

    /// Takes `count` stops out from `at` on; otherwise as [`Route::set`].
    pub fn remove(&mut self, problem: &Problem, roads: &Roads, at: usize, count: usize) -> bool {
        let mut position = 0;
        self.retain(problem, roads, |_| {
            position += 1;
            !(at..at + count).contains(&(position - 1))
        })
    }

    /// Keeps the stops that `keep` says; otherwise as [`Route::set`].
    pub fn retain(
        &mut self,
        problem: &Problem,
        roads: &Roads,
        mut keep: impl FnMut(&Visitor) -> bool,
    ) -> bool {
        let mut kept = 0;
        for at in 0..self.stops.len() {
            if !keep(&self.stops[at]) {
                continue;
            }
            self.stops.swap(kept, at);
            self.stays.swap(kept, at);
            self.places.swap(kept + 1, at + 1);
            if kept != at {
                // Other stops may have gone from between this one and the one before it.
                self.drive_leg(problem, roads, kept);
            }
            kept += 1;
        }
        let gone = self.stops.len() - kept;
        self.stops.truncate(kept);
        self.stays.truncate(kept);
        self.places.drain(kept + 1..kept + 1 + gone);
        self.drive_leg(problem, roads, kept);
        self.update(problem)
    }

    /// Drives the leg before the stop at `at`, or the way back after the last.
    fn drive_leg(&mut self, problem: &Problem, roads: &Roads, at: usize) {
        let drive = match self.places.get(at + 1) {
            Some(to) => roads.drive(&self.places[at], to, problem.shift(self.shift).speed_permille),
            None => Seconds::ZERO,
        };
        match self.stays.get_mut(at) {
            Some(stay) => stay.drive = drive,
            None => self.drive_back = drive,
        }
    }

    /// Draws up all that follows from the stops.
    fn update(&mut self, problem: &Problem) -> bool {
        let shift = problem.shift(self.shift);
        self.goods.clear();
        self.sums.clear();
        let mut sums = Sums::default();
        self.sums.push(sums);
        for (stop, stay) in self.stops.iter().zip(&self.stays) {
            sums.driven += stay.drive;
            sums.booked += stop.work;
            sums.fitted += stop.fit;
            self.sums.push(sums);
            self.goods.extend_from_slice(&problem.ticket(stop.ticket).goods);
        }
        sums.driven += self.drive_back;
        self.sums.push(sums);

        let steps: Vec<Step<'_>> = self.stays.iter().map(Stay::step).collect();
        for (timeline, strictness) in
            [(&mut self.feasible, Strictness::Feasible), (&mut self.on_time, Strictness::OnTime)]
        {
            timeline.build(shift, &steps, (self.drive_back, strictness.back(shift)), strictness);
        }
        // A route without stops asks nothing of anybody, not even of a shift that is over.
        let idle = self.stops.is_empty();
        self.is_on_time = idle || self.on_time.is_possible(self.drive_back, shift);
        self.is_on_time || self.feasible.is_possible(self.drive_back, shift)
    }

    /// The shift.
    pub fn shift(&self) -> ShiftIx {
        self.shift
    }

    /// The stops, in order.
    pub fn stops(&self) -> &[Visitor] {
        &self.stops
    }

    /// Whether nothing is late and nobody does overtime.
    pub fn is_on_time(&self) -> bool {
        self.is_on_time
    }

    /// The place at a position: 0 is the start, n + 1 the end, if there is one.
    pub fn place(&self, position: usize) -> Option<&Place> {
        self.places.get(position)
    }

    /// Sum of work.
    pub fn booked(&self) -> Seconds {
        self.whole().booked
    }

    /// Sum of the stops' fit.
    pub(super) fn fitted(&self) -> Seconds {
        self.whole().fitted
    }

    /// All legs' driving.
    pub(super) fn driven(&self) -> Seconds {
        self.whole().driven
    }

    fn whole(&self) -> Sums {
        self.sums[self.sums.len() - 1]
    }

    /// Driving of the leg into a position.
    pub fn leg(&self, position: usize) -> Seconds {
        self.stays.get(position - 1).map_or(self.drive_back, |stay| stay.drive)
    }

    /// Driving from the last stop to the end place.
    pub fn leg_back(&self) -> Seconds {
        self.drive_back
    }

    /// The times of the gap before the stop at `at`: the earliest moment to leave the place before it,
    /// and the latest to be ready at the place after it, breaks left aside.
    pub fn gap(&self, shift: &Shift, at: usize) -> (Moment, Moment) {
        let taken = 0..=shift.breaks.len();
        let leave = self.feasible.departures(at)[taken.clone()].iter().min();
        let ready = taken.map(|taken| self.feasible.latest(at + 1, taken)).max();
        (*leave.expect("no break is one case"), ready.expect("no break is one case"))
    }

    /// Sums up to a position.
    pub(super) fn until(&self, position: usize) -> &Sums {
        &self.sums[position]
    }

    pub(super) fn stays(&self) -> &[Stay] {
        &self.stays
    }

    pub(super) fn feasible(&self) -> &Timeline {
        &self.feasible
    }

    pub(super) fn on_time(&self) -> &Timeline {
        &self.on_time
    }

    /// The moments of this route, or `None` if it has no stops. `O(stops * breaks^2)`.
    ///
    /// # Panics
    /// If the route was left infeasible, which callers must not do.
    pub fn schedule(&self, problem: &Problem) -> Option<Schedule> {
        if self.stops.is_empty() {
            return None;
        }
        let steps: Vec<Step<'_>> = self.stays.iter().map(Stay::step).collect();
        let schedule = schedule::of(problem.shift(self.shift), &steps, self.leg_back());
        Some(schedule.unwrap_or_else(|| panic!("route of shift {:?} was left infeasible", self.shift)))
    }

    /// Whether the van holds what all stops take and the shift's limits are kept. `O(goods^2)`.
    pub fn holds_limits(&self, problem: &Problem) -> bool {
        let shift = problem.shift(self.shift);
        self.stops.len() <= shift.max_tickets as usize
            && self.booked() <= shift.max_work
            && self.goods.iter().all(|&(good, _)| self.takes(good) <= shift.holds(good))
    }

    /// The amount of a good that the stops take.
    pub fn takes(&self, good: GoodIx) -> i64 {
        self.goods.iter().filter(|(one, _)| *one == good).map(|(_, amount)| amount).sum()
    }
}

/// A stop that a sketch adds: a ticket, perhaps one that the problem does not hold.
#[derive(Clone, Copy)]
pub(super) struct NewStop<'t> {
    pub ticket: &'t Ticket,
    pub work: Seconds,
    pub fit: Seconds,
}
