//! The route that the search and the desk work on: stops with everything cached that makes trying a
//! change cheap.

use std::ops::Range;

use super::agreed::Agreed;
use super::cargo::{ALL_OPEN, Cargo, Open};
use super::gap::Way;
use super::schedule::{self, Schedule};
use super::sketch::Sketch;
use super::stay::Stay;
use super::stretch::Stretches;
use super::timeline::{Step, Strictness, Timeline, Timelines};
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ids::{DepotIx, ShiftIx, TicketIx};
use crate::prefetch::prefetch;
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::travel::{Drive, Roads};
use crate::units::{Moment, Seconds};

/// A ticket on a route, with what it takes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The ticket.
    pub ticket: TicketIx,
    /// Work time of this route's engineer, without setup.
    pub work: Seconds,
    /// What serving it with this engineer costs, apart from driving, load and lateness.
    pub fit: Seconds,
    /// What stops of other routes count on.
    pub agreed: Agreed,
    /// The depot by way of which one comes, if parts are fetched on the way.
    pub fetch_at: Option<DepotIx>,
}

impl Visitor {
    /// A ticket with its work time and its fit, of which nobody counts on anything.
    pub fn new(ticket: TicketIx, work: Seconds, fit: Seconds) -> Visitor {
        Visitor { ticket, work, fit, agreed: Agreed::NOTHING, fetch_at: None }
    }
}

/// Sums over a route's head.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Driving up to and including the leg into the position.
    pub driven: Drive,
    /// Work, setup included, of the stops before the position.
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
    drive_back: Drive,
    /// The breaks that may be taken on the way back.
    open_back: Open,
    /// Start place, then one place for each stop, then the end place if there is one.
    places: Vec<Place>,
    /// Whether the first of them is the start place, or stands in for one that there is not.
    starts: bool,
    /// The rows of the places, with [`Place::NO_ROW`] where there is no start or no end.
    rows: Vec<u32>,
    /// Fare of the drive into each position but the start; of a route without stops the one fare is 0.
    leg_fares: Vec<Seconds>,
    /// Position 0 is the start, n + 1 the end.
    sums: Vec<Sums>,
    cargo: Cargo,
    timelines: Timelines,
    stretches: Stretches,
    is_on_time: bool,
    may_set_up: bool,
}

impl Route {
    /// Prefetches most of what trying a further stop reads behind the route's own lines.
    pub(crate) fn prefetch_for_trial(&self) {
        prefetch(&*self.sums);
        prefetch(&*self.places);
        self.timelines.prefetch();
    }

    /// Prefetches what a schedule reads besides.
    pub(crate) fn prefetch_for_schedule(&self) {
        prefetch(&*self.stays);
    }

    /// A route without stops.
    pub fn empty(problem: &Problem, roads: &Roads, shift: ShiftIx) -> Route {
        let mut route = Route {
            shift,
            stops: Vec::new(),
            stays: Vec::new(),
            drive_back: Drive::NONE,
            open_back: ALL_OPEN,
            places: Vec::new(),
            rows: Vec::new(),
            leg_fares: Vec::new(),
            starts: true,
            sums: Vec::new(),
            cargo: Cargo::default(),
            timelines: Timelines::default(),
            stretches: Stretches::default(),
            is_on_time: true,
            may_set_up: false,
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
        self.open_back = other.open_back;
        self.places.clone_from(&other.places);
        self.rows.clone_from(&other.rows);
        self.leg_fares.clone_from(&other.leg_fares);
        self.starts = other.starts;
        self.sums.clone_from(&other.sums);
        self.cargo.copy_from(&other.cargo);
        self.timelines.copy_from(&other.timelines);
        self.stretches.copy_from(&other.stretches);
        self.is_on_time = other.is_on_time;
        self.may_set_up = other.may_set_up;
    }

    /// Replaces all stops. Returns whether the new route is feasible in time; if not, it must not be
    /// used but may be set again. Parts are fetched where the stops say it first, if the van holds what those before
    /// use up; else before the first stop that lacks some. `O(stops * breaks^2)`.
    pub fn set(&mut self, problem: &Problem, roads: &Roads, stops: &[Visitor]) -> bool {
        let shift = problem.shift(self.shift);
        self.stops.clear();
        self.stops.extend_from_slice(stops);
        self.settle_fetch(problem, roads);
        self.stays.clear();
        self.stays.extend(stops.iter().map(|stop| stay(problem.ticket(stop.ticket), stop, shift)));
        self.places.clear();
        self.starts = shift.from.is_some();
        self.places.push(shift.from.unwrap_or(Place::of_row(Place::NO_ROW)));
        self.places.extend(stops.iter().map(|stop| problem.ticket(stop.ticket).place));
        self.places.extend(shift.to);
        (0..=stops.len()).for_each(|at| self.drive_leg(problem, roads, at));
        self.load_all(problem);
        self.update(problem)
    }

    /// Makes this the route of `other`'s stops and a pair: the first before the stop of the first number, the
    /// second before the stop of the second number then. Otherwise as [`Route::set`].
    pub fn set_with_pair(
        &mut self,
        problem: &Problem,
        roads: &Roads,
        other: &Route,
        (at, behind): (usize, usize),
        [first, second]: [Visitor; 2],
    ) -> bool {
        let mut stops = Vec::with_capacity(other.stops.len() + 2);
        stops.extend_from_slice(&other.stops);
        stops.insert(at, first);
        stops.insert(behind, second);
        self.set(problem, roads, &stops)
    }

    /// Puts a ticket before the stop at `at`; otherwise as [`Route::set`].
    pub fn insert(&mut self, problem: &Problem, roads: &Roads, at: usize, stop: Visitor) -> bool {
        let ticket = problem.ticket(stop.ticket);
        if !problem.depots().is_empty() && !self.goes_plainly(problem, ticket, &stop) {
            let mut stops = self.stops.clone();
            stops.insert(at, stop);
            return self.set(problem, roads, &stops);
        }
        self.stops.insert(at, stop);
        self.stays.insert(at, stay(ticket, &stop, problem.shift(self.shift)));
        self.places.insert(at + 1, ticket.place);
        self.drive_leg(problem, roads, at);
        self.drive_leg(problem, roads, at + 1);
        self.cargo.insert(at, ticket);
        self.update(problem)
    }

    /// Has the stop at `at` start only when that is agreed; otherwise as [`Route::set`]. Some window of its ticket
    /// must allow it.
    pub fn agree(&mut self, problem: &Problem, at: usize, agreed: Agreed) -> bool {
        let stop = &mut self.stops[at];
        stop.agreed = agreed;
        self.stays[at].agree(problem.ticket(stop.ticket), agreed);
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
        if self.fetches().is_some() {
            let stops = self.stops_left(keep);
            return self.set(problem, roads, &stops);
        }
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
        self.load_all(problem);
        self.update(problem)
    }

    /// Drives the leg before the stop at `at`, or the way back after the last.
    fn drive_leg(&mut self, problem: &Problem, roads: &Roads, at: usize) {
        let car = &problem.shift(self.shift).car;
        let fetch_at = self.stops.get(at).and_then(|stop| stop.fetch_at);
        let (drive, from_here) = match (fetch_at, self.place(at), self.place(at + 1)) {
            (Some(depot), from, to) => (roads.drive_by(car, from, problem.depot(depot), to), false),
            (None, Some(from), Some(to)) => (roads.drive(car, from, to), from.is_at(to)),
            _ => (Drive::NONE, false),
        };
        match self.stays.get_mut(at) {
            Some(stay) => stay.reach_by(drive, from_here),
            None => self.drive_back = drive,
        }
    }

    /// Loads the van for all stops.
    fn load_all(&mut self, problem: &Problem) {
        let tickets = self.stops.iter().map(|stop| problem.ticket(stop.ticket));
        let fetch = self.stops.iter().position(|stop| stop.fetch_at.is_some());
        self.cargo.set(problem.register().rooms.len(), tickets, fetch);
    }

    /// Draws up all that follows from the stops.
    fn update(&mut self, problem: &Problem) -> bool {
        let shift = problem.shift(self.shift);
        self.rows.clear();
        self.rows.extend(self.places.iter().map(|place| place.row));
        self.rows.resize(self.stops.len() + 2, Place::NO_ROW);
        self.leg_fares.clear();
        self.leg_fares.extend(self.stays.iter().map(|stay| stay.drive().fare));
        self.leg_fares.push(if self.stops.is_empty() { Seconds::ZERO } else { self.drive_back.fare });
        self.sums.clear();
        let mut sums = Sums::default();
        self.sums.push(sums);
        for (stop, stay) in self.stops.iter().zip(&self.stays) {
            sums.driven += stay.drive();
            sums.booked += stay.work();
            sums.fitted += stop.fit;
            self.sums.push(sums);
        }
        sums.driven += self.drive_back;
        self.sums.push(sums);
        self.may_set_up = self.stays.iter().any(Stay::may_set_up);
        if shift.has_break_under_load() {
            for (position, stay) in self.stays.iter_mut().enumerate() {
                stay.reach_with(self.cargo.open(position, &shift.breaks));
            }
            self.open_back = self.cargo.open(self.stops.len(), &shift.breaks);
        }

        let back = self.way_back();
        self.timelines.build(shift, self.stays.iter().map(Stay::step), back);
        self.stretches.build(shift, self.stays.iter().map(Stay::step), back);
        // A route without stops asks nothing of anybody, not even of a shift that is over.
        if self.stops.is_empty() {
            self.is_on_time = true;
        } else if shift.is_laid_out() {
            return self.lay_out(problem);
        } else {
            self.is_on_time = self.timeline(Strictness::OnTime).is_possible(back, shift);
        }
        self.is_on_time || self.timeline(Strictness::Feasible).is_possible(back, shift)
    }

    /// Whether a route is feasible of which the times alone do not tell, and whether it is on time.
    fn lay_out(&mut self, problem: &Problem) -> bool {
        let whole = Sketch::whole(self);
        let shift = problem.shift(self.shift);
        self.is_on_time = whole.is_on_time(shift, problem);
        self.is_on_time || {
            let whole = Sketch::whole(self);
            whole.may_be_late(shift) && whole.is_feasible(shift, problem)
        }
    }

    /// The shift.
    pub fn shift(&self) -> ShiftIx {
        self.shift
    }

    /// The stops, in order.
    pub fn stops(&self) -> &[Visitor] {
        &self.stops
    }

    /// Puts these in place of the stops, of which nothing else follows yet.
    pub(super) fn stops_mut(&mut self) -> &mut Vec<Visitor> {
        &mut self.stops
    }

    /// Which stop is at a ticket, from 0; `None` if there is none. `O(stops)`.
    pub fn stop_at(&self, ticket: TicketIx) -> Option<usize> {
        self.stops.iter().position(|stop| stop.ticket == ticket)
    }

    /// Whether nothing is late and nobody does overtime.
    pub fn is_on_time(&self) -> bool {
        self.is_on_time
    }

    /// The places that a further stop can take: before each stop, and behind the last.
    pub fn places(&self) -> Range<usize> {
        0..self.stops.len() + 1
    }

    /// The place at a position: 0 is the start, n + 1 the end, if there is one.
    pub fn place(&self, position: usize) -> Option<&Place> {
        if position == 0 && !self.starts { None } else { self.places.get(position) }
    }

    /// The rows of the places at all positions; [`Place::NO_ROW`] where there is no start or no end.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Fare of the drive into every position but the start; of a route without stops the one fare is 0.
    pub fn leg_fares(&self) -> &[Seconds] {
        &self.leg_fares
    }

    /// A place that tells where the route is: its start, or else its first place.
    pub fn anchor(&self) -> Option<&Place> {
        self.place(0).or_else(|| self.place(1))
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
    pub(super) fn driven(&self) -> Drive {
        self.whole().driven
    }

    fn whole(&self) -> Sums {
        self.sums[self.sums.len() - 1]
    }

    /// The drive into a position.
    pub fn leg(&self, position: usize) -> Drive {
        self.stays.get(position - 1).map_or(self.drive_back, Stay::drive)
    }

    /// The drive from the last stop to the end place.
    pub fn leg_back(&self) -> Drive {
        self.drive_back
    }

    pub(super) fn way_back(&self) -> Way {
        Way { drive: self.drive_back.time, open: self.open_back }
    }

    pub(super) fn cargo(&self) -> &Cargo {
        &self.cargo
    }

    /// Whether any stop may need a setup, so that a new neighbour can change its work.
    pub fn may_set_up(&self) -> bool {
        self.may_set_up
    }

    /// The times of the gap before the stop at `at`: the earliest moment to leave the place before it,
    /// and the latest to be ready at the place after it, breaks left aside.
    #[inline]
    pub fn gap(&self, shift: &Shift, at: usize) -> (Moment, Moment) {
        let feasible = self.timeline(Strictness::Feasible);
        if shift.breaks.is_empty() {
            return (feasible.departures(at)[0], feasible.latest(at + 1, 0));
        }
        let taken = 0..=shift.breaks.len();
        let leave = feasible.departures(at)[taken.clone()].iter().min();
        let ready = taken.map(|taken| feasible.latest(at + 1, taken)).max();
        (*leave.expect("no break is one case"), ready.expect("no break is one case"))
    }

    /// Sums up to a position.
    pub(super) fn until(&self, position: usize) -> &Sums {
        &self.sums[position]
    }

    pub(super) fn stays(&self) -> &[Stay] {
        &self.stays
    }

    pub(super) fn stretches(&self) -> &Stretches {
        &self.stretches
    }

    pub(super) fn timeline(&self, strictness: Strictness) -> &Timeline {
        self.timelines.of(strictness)
    }

    /// Whether any of the stops may be late, or the end overtime.
    pub(super) fn may_be_late(&self) -> bool {
        self.timelines.differ()
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
        let schedule = schedule::of(problem.shift(self.shift), &steps, self.way_back());
        Some(schedule.unwrap_or_else(|| panic!("route of shift {:?} was left infeasible", self.shift)))
    }
}

/// The stop at a ticket for this shift's engineer.
fn stay(ticket: &Ticket, stop: &Visitor, shift: &Shift) -> Stay {
    let mut stay = Stay::new(ticket, stop.work, ticket.setup_for(shift.class));
    if stop.agreed != Agreed::NOTHING {
        stay.agree(ticket, stop.agreed);
    }
    stay
}

/// A stop that a sketch adds: a ticket, perhaps one that the problem does not hold.
#[derive(Clone, Copy)]
pub(super) struct NewStop<'t> {
    pub ticket: &'t Ticket,
    /// Work, setup included.
    pub work: Seconds,
    pub fit: Seconds,
}
