//! A sketch of a route that might be: the head of a route, something new, and the rest of it. Moves
//! describe what they want with a sketch; only the scorer prices it.

use super::schedule::{self, Schedule};
use super::timeline::{Step, Strictness, Timeline, serve};
use super::working::{NewStop, Route, Stay, Visitor};
use crate::engineer::Shift;
use crate::ids::TicketIx;
use crate::ticket::Ticket;
use crate::travel::Roads;
use crate::units::Seconds;

/// `route`'s first `head` stops, then perhaps a new one, then the stops from `tail` on.
#[derive(Clone, Copy)]
pub struct Sketch<'a> {
    route: &'a Route,
    head: usize,
    new: Option<NewStop<'a>>,
    tail: usize,
    drive_in: Seconds,
    drive_out: Seconds,
}

impl<'a> Sketch<'a> {
    /// The route with `ticket` before the stop at `at`. `work` and `fit` are as in
    /// [`Visitor`](super::Visitor).
    pub fn insert(
        roads: &Roads,
        shift: &Shift,
        route: &'a Route,
        at: usize,
        (ticket, work, fit): (&'a Ticket, Seconds, Seconds),
    ) -> Sketch<'a> {
        let speed = shift.speed_permille;
        let before = route.place(at).expect("the head of a route has a place");
        let drive_out = match route.place(at + 1) {
            Some(next) => roads.drive(&ticket.place, next, speed),
            None => Seconds::ZERO,
        };
        Sketch {
            route,
            head: at,
            new: Some(NewStop { ticket, work, fit }),
            tail: at,
            drive_in: roads.drive(before, &ticket.place, speed),
            drive_out,
        }
    }

    /// The route as it stands.
    pub fn whole(route: &'a Route) -> Sketch<'a> {
        let end = route.stops().len();
        let drive_out = route.leg_back();
        Sketch { route, head: end, new: None, tail: end, drive_in: Seconds::ZERO, drive_out }
    }

    /// Number of stops.
    pub fn len(&self) -> usize {
        self.head + usize::from(self.new.is_some()) + self.route.stops().len() - self.tail
    }

    /// Whether no stop is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All driving; a route without stops drives nowhere.
    pub fn driving(&self) -> Seconds {
        if self.is_empty() {
            return Seconds::ZERO;
        }
        let until = |position| self.route.until(position).driven;
        until(self.head) + self.drive_in + self.drive_out + self.route.driven() - until(self.tail + 1)
    }

    /// Sum of work.
    pub fn booked(&self) -> Seconds {
        let kept = self.route.booked() - self.route.until(self.tail).booked;
        self.route.until(self.head).booked + kept + self.new.map_or(Seconds::ZERO, |new| new.work)
    }

    /// Sum of the stops' fit.
    pub fn fitted(&self) -> Seconds {
        let kept = self.route.fitted() - self.route.until(self.tail).fitted;
        self.route.until(self.head).fitted + kept + self.new.map_or(Seconds::ZERO, |new| new.fit)
    }

    /// Whether the van holds what all stops take and the shift's limits are kept. `O(1)` but for
    /// tickets that take goods.
    pub fn holds_limits(&self, shift: &Shift) -> bool {
        if self.len() > shift.max_tickets as usize || self.booked() > shift.max_work {
            return false;
        }
        // Taking stops out frees goods; only a new stop can ask for too much.
        self.new.is_none_or(|new| {
            new.ticket
                .goods
                .iter()
                .all(|&(good, amount)| self.route.takes(good) + amount <= shift.holds(good))
        })
    }

    /// Whether every stop can be served in time. `O(breaks^2)`.
    pub fn is_feasible(&self, shift: &Shift) -> bool {
        self.passes(self.route.feasible(), shift, Strictness::Feasible)
    }

    /// Whether nothing need be late and nobody need do overtime. `O(breaks^2)`.
    pub fn is_on_time(&self, shift: &Shift) -> bool {
        self.passes(self.route.on_time(), shift, Strictness::OnTime)
    }

    fn passes(&self, timeline: &Timeline, shift: &Shift, strictness: Strictness) -> bool {
        let mut departures = *timeline.departures(self.head);
        if let Some(new) = self.new {
            let step = Step::new(self.drive_in, new.ticket, new.work);
            departures = serve(&departures, step, shift, strictness);
        }
        timeline.reaches(&departures, self.drive_out, self.tail + 1, shift)
    }

    /// The moments, or `None` if the sketch is infeasible or without stops. `O(stops * breaks^2)`.
    pub fn schedule(&self, shift: &Shift) -> Option<Schedule> {
        let steps = self.steps();
        if steps.is_empty() {
            return None;
        }
        schedule::of(shift, &steps, self.leg_back())
    }

    /// As [`Sketch::schedule`], for a sketch that is known not to be on time: half the work.
    pub fn late_schedule(&self, shift: &Shift) -> Option<Schedule> {
        schedule::late(shift, &self.steps(), self.leg_back())
    }

    /// The stops in order: those kept by their index, the new one as `None`.
    pub fn stops(&self) -> impl Iterator<Item = Option<TicketIx>> {
        let stops = self.route.stops();
        let kept = |range: &'a [Visitor]| range.iter().map(|stop| Some(stop.ticket));
        kept(&stops[..self.head]).chain(self.new.map(|_| None)).chain(kept(&stops[self.tail..]))
    }

    /// Driving into each stop, in order, then the leg back.
    pub fn legs(&self) -> Vec<Seconds> {
        let mut legs: Vec<Seconds> = self.steps().iter().map(|step| step.drive).collect();
        legs.push(self.leg_back());
        legs
    }

    /// Driving that the sketch adds to the route's.
    pub fn detour(&self) -> Seconds {
        let idle = self.route.stops().is_empty();
        self.driving() - if idle { Seconds::ZERO } else { self.route.driven() }
    }

    fn leg_back(&self) -> Seconds {
        let at_end = self.tail == self.route.stops().len();
        if at_end { self.drive_out } else { self.route.leg_back() }
    }

    fn steps(&self) -> Vec<Step<'a>> {
        let kept = self.route.stays();
        let mut steps: Vec<Step<'a>> = Vec::with_capacity(self.len());
        steps.extend(kept[..self.head].iter().map(Stay::step));
        if let Some(new) = self.new {
            steps.push(Step::new(self.drive_in, new.ticket, new.work));
        }
        if let Some((next, rest)) = kept[self.tail..].split_first() {
            steps.push(Step { drive: self.drive_out, ..next.step() });
            steps.extend(rest.iter().map(Stay::step));
        }
        steps
    }
}
