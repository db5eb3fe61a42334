//! A sketch of a route that might be: the head of a route, something new, and the rest of it. Moves
//! describe what they want with a sketch; only the scorer prices it.

use super::cargo::Cargo;
use super::gap::Way;
use super::join::way;
use super::schedule::{self, Schedule};
use super::stay::Stay;
use super::stretch::Stretch;
use super::timeline::{Step, Strictness, serve};
use super::working::{NewStop, Route, Visitor};
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ids::{DepotIx, TicketIx};
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::travel::{Drive, Roads};
use crate::units::{Moment, Seconds};

/// Where parts are fetched around a new stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// On neither leg.
    Elsewhere,
    /// On the way to it.
    Before(DepotIx),
    /// On the way to the stop behind it, where they were before.
    Behind,
}

/// The two legs by which a new place joins a route.
#[derive(Clone, Copy, Debug)]
pub struct Detour {
    head: usize,
    drive_in: Drive,
    drive_out: Drive,
    /// What they cost more than the leg that they stand for ...
    added_fare: Seconds,
    /// ... and how much longer they take.
    added_time: Seconds,
    fetch: Fetch,
}

impl Detour {
    /// By way of `place` before the stop at `at`.
    #[inline]
    pub fn new(roads: &Roads, shift: &Shift, route: &Route, at: usize, place: &Place) -> Detour {
        let car = &shift.car;
        let drive_in = route.place(at).map_or(Drive::NONE, |from| roads.drive(car, from, place));
        let drive_out = route.place(at + 1).map_or(Drive::NONE, |to| roads.drive(car, place, to));
        Detour::by(route, at, [drive_in, drive_out], Fetch::Elsewhere)
    }

    /// By these two legs, before the stop at `at`.
    #[inline]
    pub(super) fn by(
        route: &Route,
        at: usize,
        [drive_in, drive_out]: [Drive; 2],
        fetch: Fetch,
    ) -> Detour {
        let idle = route.stops().is_empty();
        let gap = if idle { Drive::NONE } else { route.leg(at + 1) };
        let added = drive_in + drive_out - gap;
        Detour { head: at, drive_in, drive_out, added_fare: added.fare, added_time: added.time, fetch }
    }

    /// The same where the fares of both legs are known and are nothing but the times of the drives.
    #[inline]
    pub fn timed(route: &Route, at: usize, [time_in, time_out]: [Seconds; 2]) -> Detour {
        let drive = |time: Seconds| Drive { time, fare: time, metres: 0 };
        // Of a route without stops the one fare is 0.
        let added_fare = time_in + time_out - route.leg_fares()[at];
        let (drive_in, drive_out) = (drive(time_in), drive(time_out));
        let fetch = Fetch::Elsewhere;
        Detour { head: at, drive_in, drive_out, added_fare, added_time: added_fare, fetch }
    }

    /// The drive to the place and the drive on.
    pub(super) fn drives(&self) -> [Drive; 2] {
        [self.drive_in, self.drive_out]
    }

    /// What the driving costs more.
    pub fn added_fare(&self) -> Seconds {
        self.added_fare
    }

    /// Where parts are fetched.
    pub fn fetch(&self) -> Fetch {
        self.fetch
    }

    /// How much longer the driving takes.
    pub fn added_time(&self) -> Seconds {
        self.added_time
    }
}

/// `route`'s first `head` stops, then perhaps a new one, then the stops from `head` on.
#[derive(Clone, Copy)]
pub struct Sketch<'a> {
    route: &'a Route,
    head: usize,
    new: Option<NewStop<'a>>,
    drive_in: Drive,
    drive_out: Drive,
    /// Whether the new stop comes behind a depot on the way to it.
    fetches: bool,
    /// Whether the new stop needs a setup.
    sets_up: bool,
    /// Setup that the stop behind the new one needs more, or less, than it does now.
    next_setup: Seconds,
}

impl<'a> Sketch<'a> {
    /// The route with `ticket` before the stop at `at`. `work` and `fit` are as in
    /// [`Visitor`](super::Visitor).
    pub fn insert(
        roads: &Roads,
        shift: &Shift,
        route: &'a Route,
        at: usize,
        stop: (&'a Ticket, Seconds, Seconds),
    ) -> Sketch<'a> {
        Sketch::by(Detour::new(roads, shift, route, at, &stop.0.place), shift, route, stop)
    }

    /// The same by a detour to the ticket's place that is known already.
    pub fn by(
        detour: Detour,
        shift: &Shift,
        route: &'a Route,
        (ticket, work, fit): (&'a Ticket, Seconds, Seconds),
    ) -> Sketch<'a> {
        let Detour { head: at, drive_in, drive_out, fetch, .. } = detour;
        let (before, place) = (route.place(at), &ticket.place);
        let setup = ticket.setup_for(shift.class);
        let fetches = matches!(fetch, Fetch::Before(_));
        let from_here = !fetches && before.is_some_and(|before| before.is_at(place));
        let sets_up = setup.0 > 0 && !from_here;
        let work = if sets_up { work + setup } else { work };
        let next_setup = route.setup_change(at, (fetch != Fetch::Behind).then_some(place));
        Sketch {
            route,
            head: at,
            new: Some(NewStop { ticket, work, fit }),
            drive_in,
            drive_out,
            fetches,
            sets_up,
            next_setup,
        }
    }

    /// Whether setups are needed where none were, or not where they were.
    pub fn moves_setups(&self) -> bool {
        self.sets_up || self.next_setup.0 != 0
    }

    /// The route as it stands.
    pub fn whole(route: &'a Route) -> Sketch<'a> {
        Sketch {
            route,
            head: route.stops().len(),
            new: None,
            drive_in: Drive::NONE,
            drive_out: route.leg_back(),
            fetches: false,
            sets_up: false,
            next_setup: Seconds::ZERO,
        }
    }

    /// Number of stops.
    pub fn len(&self) -> usize {
        self.route.stops().len() + usize::from(self.new.is_some())
    }

    /// Whether no stop is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All driving; a route without stops drives nowhere.
    pub fn driving(&self) -> Drive {
        if self.is_empty() {
            return Drive::NONE;
        }
        let until = |position| self.route.until(position).driven;
        until(self.head) + self.drive_in + self.drive_out + self.route.driven() - until(self.head + 1)
    }

    /// Sum of work.
    pub fn booked(&self) -> Seconds {
        let new = self.new.map_or(Seconds::ZERO, |new| new.work);
        self.route.booked() + new + self.next_setup
    }

    /// Sum of the stops' fit.
    pub fn fitted(&self) -> Seconds {
        self.route.fitted() + self.new.map_or(Seconds::ZERO, |new| new.fit)
    }

    /// Whether the van holds and carries what all stops take and the shift's limits are kept. `O(1)` but
    /// for tickets that use up parts.
    pub fn holds_limits(&self, shift: &Shift) -> bool {
        if self.len() > shift.max_tickets as usize || self.booked() > shift.max_work {
            return false;
        }
        if shift.limits_drives() {
            let driving = self.driving();
            if driving.time > shift.max_drive || driving.metres > shift.max_metres {
                return false;
            }
        }
        // Without a new stop the route is as it was.
        self.new.is_none_or(|new| self.route.cargo().takes(self.head, new.ticket, shift, self.fetches))
    }

    /// Whether every stop can be served in time. `O(breaks^2)`, or `O(stops)` for shifts that must be
    /// [laid out](Shift::is_laid_out).
    pub fn is_feasible(&self, shift: &Shift, problem: &Problem) -> bool {
        self.passes(shift, Strictness::Feasible, problem)
    }

    /// Whether nothing need be late and nobody need do overtime; costs as [`Sketch::is_feasible`].
    pub fn is_on_time(&self, shift: &Shift, problem: &Problem) -> bool {
        self.passes(shift, Strictness::OnTime, problem)
    }

    /// Whether anything in it may be late, or its end overtime; if not, what is feasible is on time.
    pub fn may_be_late(&self, shift: &Shift) -> bool {
        let is_due = |new: NewStop<'_>| new.ticket.respond_by.min(new.ticket.resolve_by) < Moment::NEVER;
        // Which breaks the load allows, only the layout tells.
        shift.has_break_under_load() || self.route.may_be_late() || self.new.is_some_and(is_due)
    }

    fn passes(&self, shift: &Shift, strictness: Strictness, problem: &Problem) -> bool {
        if shift.has_break_under_load() {
            return self.is_laid(shift, strictness, problem);
        }
        if !self.passes_by_times(shift, strictness) {
            return false;
        }
        let Some(span) = shift.max_span else { return true };
        let is_told = strictness == Strictness::OnTime || !self.may_be_late(shift);
        if !is_told || !self.knows_span() {
            return self.is_laid(shift, strictness, problem);
        }
        let fits = self.span().is_some_and(|least| least <= span);
        debug_assert_eq!(fits, self.is_laid(shift, strictness, problem));
        fits
    }

    /// Time between leaving and being back that is neither driven nor worked nor a break, in a sketch that is on time.
    /// `O(1)` if every stop has one window and there are no breaks, else `O(stops * breaks^2)`.
    pub fn waiting(&self, shift: &Shift, problem: &Problem) -> Seconds {
        let (driven, booked) = (self.driving().time, self.booked());
        let laid = || {
            let schedule = self.schedule(shift, problem);
            schedule.map_or(Seconds::ZERO, |schedule| schedule.waiting(driven, booked))
        };
        if self.knows_span()
            && let Some(span) = self.span()
        {
            let waiting = span - driven - booked;
            debug_assert_eq!(waiting, laid());
            return waiting;
        }
        laid()
    }

    /// Whether there is a schedule. `O(stops * breaks^2)`.
    fn is_laid(&self, shift: &Shift, strictness: Strictness, problem: &Problem) -> bool {
        let (steps, back) = self.steps(shift, problem);
        let laid = match strictness {
            Strictness::OnTime => schedule::on_time(shift, &steps, back),
            Strictness::Feasible => schedule::late(shift, &steps, back),
        };
        laid.is_some()
    }

    /// Whether its span is known without a schedule.
    fn knows_span(&self) -> bool {
        let new = self.new.is_none_or(|new| new.ticket.windows.len() == 1);
        new && self.route.stretches().are_known() && self.next_setup.0 == 0
    }

    /// How long it takes on time at least, if [that is known](Sketch::knows_span); `None` if something must be late.
    fn span(&self) -> Option<Seconds> {
        let new = match self.new {
            None => None,
            Some(new) => {
                let step = Step::new(way(self.drive_in), new.ticket, new.work);
                Some((self.drive_in.time, Stretch::of_stop(step, Strictness::OnTime)?))
            }
        };
        self.route.stretches().span(self.head, new, self.drive_out.time)
    }

    /// Whether times allow it, limits of the span aside. `O(breaks^2)`.
    fn passes_by_times(&self, shift: &Shift, strictness: Strictness) -> bool {
        let mut departures = *self.route.timeline(strictness).departures(self.head);
        if let Some(new) = self.new {
            let step = Step::new(way(self.drive_in), new.ticket, new.work);
            departures = serve(&departures, step, shift, strictness);
        }
        let onward = (self.drive_out, self.next_setup);
        self.route.is_reached(&departures, onward, self.head, (shift, strictness))
    }

    /// The moments, or `None` if the sketch is infeasible or without stops. `O(stops * breaks^2)`.
    pub fn schedule(&self, shift: &Shift, problem: &Problem) -> Option<Schedule> {
        let (steps, back) = self.steps(shift, problem);
        if steps.is_empty() {
            return None;
        }
        schedule::of(shift, &steps, back)
    }

    /// As [`Sketch::schedule`], for a sketch that is known not to be on time: half the work.
    pub fn late_schedule(&self, shift: &Shift, problem: &Problem) -> Option<Schedule> {
        let (steps, back) = self.steps(shift, problem);
        schedule::late(shift, &steps, back)
    }

    /// The stops in order: those kept by their index, the new one as `None`.
    pub fn stops(&self) -> impl Iterator<Item = Option<TicketIx>> {
        let stops = self.route.stops();
        let kept = |range: &'a [Visitor]| range.iter().map(|stop| Some(stop.ticket));
        kept(&stops[..self.head]).chain(self.new.map(|_| None)).chain(kept(&stops[self.head..]))
    }

    /// The drive into each stop, in order, then the way back.
    pub fn legs(&self) -> Vec<Drive> {
        let kept = self.route.stays().iter().map(Stay::drive).chain([self.route.leg_back()]);
        let mut legs: Vec<Drive> = kept.collect();
        if self.new.is_some() {
            legs[self.head] = self.drive_out;
            legs.insert(self.head, self.drive_in);
        }
        legs
    }

    /// Work at each stop, in order, setup included.
    pub fn works(&self) -> Vec<Seconds> {
        let mut works: Vec<Seconds> = self.route.stays().iter().map(Stay::work).collect();
        if let Some(new) = self.new {
            if let Some(next) = works.get_mut(self.head) {
                *next += self.next_setup;
            }
            works.insert(self.head, new.work);
        }
        works
    }

    /// Driving that the sketch adds to the route's.
    pub fn detour(&self) -> Drive {
        let idle = self.route.stops().is_empty();
        self.driving() - if idle { Drive::NONE } else { self.route.driven() }
    }

    /// The steps in order, and the way back.
    fn steps(&self, shift: &Shift, problem: &Problem) -> (Vec<Step<'a>>, Way) {
        let kept = self.route.stays();
        let mut steps: Vec<Step<'a>> = Vec::with_capacity(self.len());
        steps.extend(kept.iter().map(Stay::step));
        let mut back = self.route.way_back();
        if let Some(new) = self.new {
            match kept.get(self.head) {
                Some(next) => {
                    steps[self.head] =
                        Step { way: way(self.drive_out), ..next.with_more(self.next_setup) };
                }
                None => back = way(self.drive_out),
            }
            steps.insert(self.head, Step::new(way(self.drive_in), new.ticket, new.work));
            if shift.has_break_under_load() {
                self.open_breaks(shift, problem, &mut steps, &mut back);
            }
        }
        (steps, back)
    }

    /// Says which breaks the load allows in every gap. `O(stops * (rooms + breaks))`.
    fn open_breaks(&self, shift: &Shift, problem: &Problem, steps: &mut [Step<'_>], back: &mut Way) {
        let own: Vec<&Ticket> = self
            .stops()
            .map(|stop| match (stop, self.new) {
                (Some(ticket), _) => problem.ticket(ticket),
                (None, new) => new.expect("only a new stop has no index").ticket,
            })
            .collect();
        let mut cargo = Cargo::default();
        // Of parts no break depends.
        cargo.set(problem.register().rooms.len(), own.into_iter(), None);
        let ways = steps.iter_mut().map(|step| &mut step.way).chain([back]);
        for (position, way) in ways.enumerate() {
            way.open = cargo.open(position, &shift.breaks);
        }
    }
}
