//! Promises that cannot be kept in time any more: they are kept late, as early as can be.

use std::collections::BTreeSet;

use super::{Broken, barrier};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::price::Scorer;
use crate::problem::Problem;
use crate::route::{Route, Visitor};
use crate::rule::Barrier;
use crate::travel::Roads;

/// What was put off so that promised routes can be driven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Tickets that start after their windows.
    pub tickets: BTreeSet<TicketIx>,
    /// Shifts that end when their route does, and take nothing new.
    pub shifts: BTreeSet<ShiftIx>,
    /// Shifts whose routes were put off, or break a rule that nothing can put off and are kept all the same.
    pub routes: BTreeSet<ShiftIx>,
    /// Tickets of these routes which that engineer may not serve, whatever the time is.
    pub barred: BTreeSet<(ShiftIx, TicketIx)>,
}

impl Late {
    /// The stops of a promised route, whatever rule they break: a promise is kept with whom it was given to.
    pub(super) fn visitors(&mut self, scorer: &Scorer<'_>, broken: Broken) -> (Broken, Vec<Visitor>) {
        let problem = scorer.problem();
        let shift = problem.shift(broken.shift);
        let tickets = &problem.committed()[broken.n].1;
        let stops = tickets.iter().map(|&ticket| {
            let candidate = scorer.candidate(ticket);
            // That the shift is over, or full of work that has taken longer, is a matter of time.
            let barrier = barrier(scorer, candidate, shift).filter(|barrier| *barrier < Barrier::Absent);
            self.barred.extend(barrier.map(|_| (broken.shift, ticket)));
            let fit = scorer.fit(candidate, shift);
            Visitor::new(ticket, fit.work, fit.price)
        });
        let stops = stops.collect();
        (broken, stops)
    }

    /// Puts off what must be so that routes can be driven. Returns those that cannot at any time.
    pub(super) fn put_off(
        &mut self,
        problem: &mut Problem,
        roads: &Roads,
        routes: &mut [Route],
        broken: Vec<(Broken, Vec<Visitor>)>,
    ) -> Vec<Broken> {
        let mut hopeless = Vec::new();
        for (one, stops) in broken {
            self.routes.insert(one.shift);
            if !self.drive((problem, roads), &mut routes[one.shift.at()], &stops) {
                hopeless.push(one);
            }
        }
        hopeless
    }

    /// Fills a route stop by stop, and puts off only what does not fit: the stop, if nobody is there, or else the end of the
    /// shift. `O(stops^2)`.
    fn drive(
        &mut self,
        (problem, roads): (&mut Problem, &Roads),
        route: &mut Route,
        stops: &[Visitor],
    ) -> bool {
        let shift = route.shift();
        let fits = |problem: &Problem, route: &mut Route, count: usize| {
            route.set(problem, roads, &stops[..count]) && route.is_within_reach(problem)
        };
        let mut put_off = Vec::new();
        for (n, stop) in stops.iter().enumerate() {
            if fits(problem, route, n + 1) {
                continue;
            }
            // Who is there is there.
            if problem.ticket(stop.ticket).begun.is_none() {
                put_off.push((stop.ticket, problem.put_off(stop.ticket)));
            }
            if !fits(problem, route, n + 1) && self.shifts.insert(shift) {
                problem.keep_on(shift, stops.len());
            }
            if !fits(problem, route, n + 1) {
                return false;
            }
        }
        // A shift that goes on rests no more, so that some are in time after all.
        for (ticket, windows) in put_off {
            problem.put_within(ticket, windows);
            if !fits(problem, route, stops.len()) {
                problem.put_off(ticket);
                self.tickets.insert(ticket);
            }
        }
        // Whoever goes in another order than was thought has room for it, and fetches what they lack.
        fits(problem, route, stops.len())
    }

    /// Puts off every crew of some shifts, with all that these have promised.
    pub(super) fn put_off_crews(
        &mut self,
        problem: &mut Problem,
        roads: &Roads,
        routes: &mut [Route],
        shifts: &[ShiftIx],
    ) {
        let is_crew = |problem: &Problem, ticket: TicketIx| problem.ticket(ticket).crew > 1;
        let crews: BTreeSet<TicketIx> = (shifts.iter())
            .flat_map(|shift| routes[shift.at()].stops())
            .map(|stop| stop.ticket)
            .filter(|&ticket| is_crew(problem, ticket))
            .collect();
        for route in routes.iter_mut() {
            let stops = route.stops().to_vec();
            let Some(first) = stops.iter().position(|stop| crews.contains(&stop.ticket)) else {
                continue;
            };
            // Whoever waits for the others of a crew is late for what comes behind as well.
            for stop in &stops[first..] {
                if problem.ticket(stop.ticket).begun.is_none() {
                    problem.put_off(stop.ticket);
                    self.tickets.insert(stop.ticket);
                }
            }
            if self.shifts.insert(route.shift()) {
                problem.keep_on(route.shift(), stops.len());
            }
            self.routes.insert(route.shift());
            route.set(problem, roads, &stops);
        }
    }
}
