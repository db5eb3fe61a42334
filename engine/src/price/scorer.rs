//! The one door to the price.

use super::fits::Fit;
use super::rules::{Tariff, binding, guarantee, history, lateness, preference, skill, waiting};
use crate::engineer::Shift;
use crate::fit::{History, Standing, able};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::problem::Problem;
use crate::route::{Route, Schedule, Sketch};
use crate::rule::Barrier;
use crate::ticket::Ticket;
use crate::travel::Roads;
use crate::units::{Moment, Price, Seconds};

/// A ticket to be placed, with what history says about it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'t> {
    /// The ticket; need not be one of the problem's.
    pub ticket: &'t Ticket,
    /// Its standing.
    pub standing: &'t Standing,
}

impl Candidate<'_> {
    /// The price of leaving it unserved.
    pub fn lost(self) -> Price {
        match self.ticket.prize {
            Some(prize) => Price::of(prize),
            None => Price::unserved(self.standing.priority),
        }
    }
}

/// Prices sketches of routes. Shared and read only; make one for a problem and hand it around.
#[derive(Clone, Debug)]
pub struct Scorer<'a> {
    problem: &'a Problem,
    roads: &'a Roads,
    history: &'a History,
    standings: &'a [Standing],
    tariff: &'a Tariff,
}

/// No limit for [`Trial::at`](super::Trial::at).
pub const ANY_PRICE: Seconds = Seconds(i64::MAX / 4);

impl<'a> Scorer<'a> {
    /// A scorer. `standings` has one entry for each ticket of the problem.
    pub fn new(
        problem: &'a Problem,
        roads: &'a Roads,
        history: &'a History,
        standings: &'a [Standing],
        tariff: &'a Tariff,
    ) -> Scorer<'a> {
        Scorer { problem, roads, history, standings, tariff }
    }

    /// The problem.
    pub fn problem(&self) -> &'a Problem {
        self.problem
    }

    /// The travel.
    pub fn roads(&self) -> &'a Roads {
        self.roads
    }

    /// The same scorer with other travel, which must tell the same.
    pub fn by_roads<'b>(&self, roads: &'b Roads) -> Scorer<'b>
    where
        'a: 'b,
    {
        Scorer { roads, ..self.clone() }
    }

    /// What engineers have done so far.
    pub fn history(&self) -> &'a History {
        self.history
    }

    /// What every rule charges.
    pub fn tariff(&self) -> &'a Tariff {
        self.tariff
    }

    /// One of the problem's tickets with its standing.
    pub fn candidate(&self, ticket: TicketIx) -> Candidate<'a> {
        Candidate { ticket: self.problem.ticket(ticket), standing: &self.standings[ticket.at()] }
    }

    /// The price of leaving one of the problem's tickets unserved.
    pub fn lost(&self, ticket: TicketIx) -> Price {
        self.candidate(ticket).lost()
    }

    /// The hard rule, apart from time, that keeps a shift from a ticket.
    pub fn barrier(&self, candidate: Candidate<'_>, shift: &Shift) -> Option<Barrier> {
        let binding = candidate.standing.binding.as_ref();
        able::barrier(self.problem, binding, candidate.ticket, shift)
    }

    /// What a ticket costs in a shift that no barrier keeps from it, apart from driving, load and
    /// lateness.
    pub fn fit(&self, candidate: Candidate<'_>, shift: &Shift) -> Fit {
        let Candidate { ticket, standing } = candidate;
        let policy = self.problem.policy();
        let chance = self.history.chance(&standing.chances, shift.engineer);
        Fit {
            work: self.problem.work(ticket, shift),
            price: skill::price(self.tariff, policy, ticket, shift)
                + history::price(self.tariff, chance)
                + preference::price(self.tariff, ticket, shift.engineer)
                + binding::in_time(self.tariff, standing.binding.as_ref(), shift.engineer),
        }
    }

    /// The chance that this shift's engineer resolves the ticket's issue at the first go.
    pub fn chance(&self, candidate: Candidate<'_>, shift: &Shift) -> f64 {
        self.history.chance(&candidate.standing.chances, shift.engineer)
    }

    /// Prefetches the record of a shift's engineer.
    pub(crate) fn prefetch_history(&self, shift: &Shift) {
        self.history.prefetch(shift.engineer);
    }

    /// By how much history may make anyone who has been at the ticket's customer cheaper than their
    /// ceiling, if no ceiling is below `lowest`; in seconds. `O(engineers been there)`.
    pub fn lead_of_regulars(&self, candidate: Candidate<'_>, lowest: f64) -> f64 {
        self.tariff.history.0 as f64 * self.history.lead(&candidate.standing.chances, lowest)
    }

    /// The price of a route as it stands. `O(1)` if it is on time and no waiting is priced, else `O(stops)`.
    pub fn price_of(&self, route: &Route) -> Seconds {
        let shift = self.problem.shift(route.shift());
        let whole = Sketch::whole(route);
        if route.is_on_time() && !whole.is_empty() {
            return self.in_time(&whole, shift) + self.punctual(&whole, shift);
        }
        self.price(&whole, shift, None).expect("a route in use is feasible")
    }

    /// The price of the route that a sketch describes, or `None` if it breaks a hard rule of time or
    /// quantity. `new` is the sketch's new stop, if it has one. `O(breaks^2)`, or `O(stops)` if
    /// something must be late.
    pub fn price(
        &self,
        sketch: &Sketch<'_>,
        shift: &Shift,
        new: Option<Candidate<'_>>,
    ) -> Option<Seconds> {
        if sketch.is_empty() {
            return Some(Seconds::ZERO);
        }
        if !sketch.holds_limits(shift) {
            return None;
        }
        Some(self.in_time(sketch, shift) + self.timing(sketch, shift, new)?)
    }

    /// All that a sketch costs if nobody waits and nothing is late.
    pub(super) fn in_time(&self, sketch: &Sketch<'_>, shift: &Shift) -> Seconds {
        let rates = &shift.car.rates;
        sketch.driving().fare
            + sketch.fitted()
            + self.price_of_work(shift, sketch.booked())
            + rates.callout
    }

    /// What waiting costs in a sketch that is on time, less what a guarantee saves.
    fn punctual(&self, sketch: &Sketch<'_>, shift: &Shift) -> Seconds {
        let rates = &shift.car.rates;
        let used = if rates.guarantee == 0 {
            Seconds::ZERO
        } else {
            guarantee::price(rates, sketch.driving().time + sketch.booked(), Seconds::ZERO)
        };
        if rates.wait == 0 {
            return used;
        }
        used + waiting::price(rates, sketch.waiting(shift, self.problem))
    }

    /// What waiting, lateness and overtime cost, less what a guarantee saves, or `None` if the sketch is infeasible.
    pub(super) fn timing(
        &self,
        sketch: &Sketch<'_>,
        shift: &Shift,
        new: Option<Candidate<'_>>,
    ) -> Option<Seconds> {
        if sketch.is_on_time(shift, self.problem) {
            return Some(self.punctual(sketch, shift));
        }
        if !sketch.may_be_late(shift) || !sketch.is_feasible(shift, self.problem) {
            return None;
        }
        let schedule = sketch.late_schedule(shift, self.problem)?;
        Some(self.late(sketch, shift, new, &schedule))
    }

    /// What waiting, lateness and overtime cost in a route of a known price, less what a guarantee saves.
    pub(super) fn timing_now(&self, route: &Route, price: Seconds) -> Seconds {
        let shift = self.problem.shift(route.shift());
        if route.stops().is_empty() || route.is_on_time() && !shift.car.rates.may_save() {
            return Seconds::ZERO;
        }
        price - self.in_time(&Sketch::whole(route), shift)
    }

    /// The most that new stops may take away from what a route of a known price costs, since they stand where one
    /// waits now, or use hours that are paid in any case.
    pub fn may_save(&self, route: &Route, price: Seconds) -> Seconds {
        most_saved(self.problem.shift(route.shift()), self.timing_now(route, price))
    }

    /// What a late schedule costs besides what it would cost in time: waiting, lateness, bindings missed by lateness,
    /// overtime, less what a guarantee saves.
    fn late(
        &self,
        sketch: &Sketch<'_>,
        shift: &Shift,
        new: Option<Candidate<'_>>,
        schedule: &Schedule,
    ) -> Seconds {
        let (driven, booked) = (sketch.driving().time, sketch.booked());
        let waits = schedule.waiting(driven, booked);
        let mut sum = self.overtime(shift, schedule.back)
            + waiting::price(&shift.car.rates, waits)
            + guarantee::price(&shift.car.rates, driven + booked, schedule.back - shift.end);
        for (stop, moments) in sketch.stops().zip(&schedule.stops) {
            let candidate =
                stop.map(|ticket| self.candidate(ticket)).or(new).expect("a new stop has a candidate");
            sum += self.late_at(candidate, shift, (moments.start, moments.departure));
        }
        sum
    }

    /// What lateness of one stop costs, with work from one moment to another: more, the later it is.
    pub(crate) fn late_at(
        &self,
        candidate: Candidate<'_>,
        shift: &Shift,
        (start, end): (Moment, Moment),
    ) -> Seconds {
        let Candidate { ticket, standing } = candidate;
        lateness::price(self.tariff, ticket, standing.priority, start, end)
            + self.binding_missed(candidate, shift, start)
    }

    /// What a binding costs beyond its price in time, if work starts too late for it.
    pub(super) fn binding_missed(
        &self,
        candidate: Candidate<'_>,
        shift: &Shift,
        start: Moment,
    ) -> Seconds {
        if start <= candidate.ticket.resolve_by {
            return Seconds::ZERO;
        }
        let binding = candidate.standing.binding.as_ref();
        binding::too_late(self.tariff, binding) - binding::in_time(self.tariff, binding, shift.engineer)
    }

    /// A shift's route without stops.
    pub fn empty_route(&self, shift: ShiftIx) -> Route {
        Route::empty(self.problem, self.roads, shift)
    }
}

/// The most that new stops may take away from what waiting, lateness and overtime cost in a shift, less what a
/// guarantee saves, where all that is so much.
pub(super) fn most_saved(shift: &Shift, timing: Seconds) -> Seconds {
    let rates = &shift.car.rates;
    // What a guarantee saves already is taken off there.
    if rates.may_save() { timing + guarantee::most(rates) } else { Seconds::ZERO }
}
