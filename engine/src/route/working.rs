//! The route that the search and the desk work on: stops with everything cached that makes trying a
//! change cheap.

use super::schedule::{self, Schedule};
use super::timeline::{Step, Strictness, Timeline};
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ids::{GoodIx, ShiftIx, TicketIx};
use crate::problem::Problem;
use crate::ticket::Ticket;
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

/// One shift's stops, in order, with cumulative figures and both timelines.
#[derive(Clone, Debug)]
pub struct Route {
    shift: ShiftIx,
    stops: Vec<Visitor>,
    /// Start place, then one place for each stop, then the end place if there is one.
    places: Vec<Place>,
    /// Driving up to and including the leg into position p; position 0 is the start, n + 1 the end.
    driven: Vec<Seconds>,
    /// Work and fit of the first p stops.
    booked: Vec<Seconds>,
    fitted: Vec<Seconds>,
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
            places: Vec::new(),
            driven: Vec::new(),
            booked: Vec::new(),
            fitted: Vec::new(),
            goods: Vec::new(),
            feasible: Timeline::default(),
            on_time: Timeline::default(),
            is_on_time: true,
        };
        route.set(problem, roads, &[]);
        route
    }

    /// Replaces all stops. Returns whether the new route is feasible in time; if not, it must not be
    /// used but may be set again. `O(stops * breaks^2)`.
    pub fn set(&mut self, problem: &Problem, roads: &Roads, stops: &[Visitor]) -> bool {
        self.stops.clear();
        self.stops.extend_from_slice(stops);
        self.update(problem, roads)
    }

    /// Puts a ticket before the stop at `at`; otherwise as [`Route::set`].
    pub fn insert(&mut self, problem: &Problem, roads: &Roads, at: usize, stop: Visitor) -> bool {
        self.stops.insert(at, stop);
        self.update(problem, roads)
    }

    /// Takes `count` stops out from `at` on; otherwise as [`Route::set`].
    pub fn remove(&mut self, problem: &Problem, roads: &Roads, at: usize, count: usize) -> bool {
        self.stops.drain(at..at + count);
        self.update(problem, roads)
    }

    /// Keeps the stops that `keep` says; otherwise as [`Route::set`].
    pub fn retain(
        &mut self,
        problem: &Problem,
        roads: &Roads,
        keep: impl FnMut(&Visitor) -> bool,
    ) -> bool {
        self.stops.retain(keep);
        self.update(problem, roads)
    }

    fn update(&mut self, problem: &Problem, roads: &Roads) -> bool {
        let shift = problem.shift(self.shift);
        self.places.clear();
        self.places.push(shift.from);
        self.places.extend(self.stops.iter().map(|stop| problem.ticket(stop.ticket).place));
        self.places.extend(shift.to);

        self.driven.clear();
        self.booked.clear();
        self.fitted.clear();
        let mut sums = [Seconds::ZERO; 3];
        self.driven.push(sums[0]);
        self.booked.push(sums[1]);
        self.fitted.push(sums[2]);
        self.goods.clear();
        let mut steps: Vec<Step<'_>> = Vec::with_capacity(self.stops.len());
        for (n, stop) in self.stops.iter().enumerate() {
            let ticket = problem.ticket(stop.ticket);
            let drive = roads.drive(&self.places[n], &self.places[n + 1], shift.speed_permille);
            steps.push(Step { drive, ticket, work: stop.work });
            sums[0] += drive;
            sums[1] += stop.work;
            sums[2] += stop.fit;
            self.driven.push(sums[0]);
            self.booked.push(sums[1]);
            self.fitted.push(sums[2]);
            self.goods.extend_from_slice(&ticket.goods);
        }
        let last = self.stops.len();
        let drive_back = match shift.to {
            Some(to) => roads.drive(&self.places[last], &to, shift.speed_permille),
            None => Seconds::ZERO,
        };
        self.driven.push(sums[0] + drive_back);

        for (timeline, strictness) in
            [(&mut self.feasible, Strictness::Feasible), (&mut self.on_time, Strictness::OnTime)]
        {
            timeline.build(shift, &steps, (drive_back, strictness.back(shift)), strictness);
        }
        // A route without stops asks nothing of anybody, not even of a shift that is over.
        let idle = self.stops.is_empty();
        self.is_on_time = idle || self.on_time.is_possible(drive_back, shift);
        self.is_on_time || self.feasible.is_possible(drive_back, shift)
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
        self.booked[self.stops.len()]
    }

    /// Driving of the leg into a position.
    pub fn leg(&self, position: usize) -> Seconds {
        self.driven[position] - self.driven[position - 1]
    }

    /// Driving from the last stop to the end place.
    pub fn leg_back(&self) -> Seconds {
        self.leg(self.stops.len() + 1)
    }

    /// The times of the gap before the stop at `at`: the earliest moment to leave the place before it,
    /// and the latest to be ready at the place after it, breaks left aside.
    pub fn gap(&self, shift: &Shift, at: usize) -> (Moment, Moment) {
        let taken = 0..=shift.breaks.len();
        let leave = self.feasible.departures(at)[taken.clone()].iter().min();
        let ready = taken.map(|taken| self.feasible.latest(at + 1, taken)).max();
        (*leave.expect("no break is one case"), ready.expect("no break is one case"))
    }

    pub(super) fn driven(&self) -> &[Seconds] {
        &self.driven
    }

    pub(super) fn booked_before(&self, position: usize) -> Seconds {
        self.booked[position]
    }

    pub(super) fn fitted_before(&self, position: usize) -> Seconds {
        self.fitted[position]
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
        let steps: Vec<Step<'_>> = self
            .stops
            .iter()
            .enumerate()
            .map(|(n, stop)| Step {
                drive: self.leg(n + 1),
                ticket: problem.ticket(stop.ticket),
                work: stop.work,
            })
            .collect();
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
