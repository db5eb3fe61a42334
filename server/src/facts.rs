//! A plan in numbers.

use std::collections::BTreeSet;

use paidan_engine::engineer::Shift;
use paidan_engine::ids::{EngineerIx, Index, TicketIx};
use paidan_engine::plan::{Plan, PlannedRoute, PlannedStop};
use paidan_engine::price::{Candidate, Scorer};
use paidan_engine::problem::Problem;
use paidan_engine::units::{Moment, Seconds};

/// How a promise is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Late by so much.
    Late(Seconds),
    /// Somebody else than those bound goes, or a bound one comes too late.
    Goes(EngineerIx),
}

/// A kind of promise: how many were made, how many are kept, which are not.
#[derive(Debug, Default)]
pub struct Promise {
    /// Served tickets that carry it.
    pub all: i64,
    /// Those for which it is kept.
    pub kept: i64,
    /// The others, in the order of the routes.
    pub missed: Vec<(TicketIx, Missed)>,
}

impl Promise {
    fn note(&mut self, ticket: TicketIx, missed: Option<Missed>) {
        self.all += 1;
        match missed {
            None => self.kept += 1,
            Some(how) => self.missed.push((ticket, how)),
        }
    }
}

/// One engineer's share of the plan, over all their shifts.
#[derive(Clone, Debug)]
pub struct Load {
    /// Who.
    pub engineer: EngineerIx,
    /// Stops.
    pub stops: usize,
    /// Time at work.
    pub work: Seconds,
    /// Time at the wheel.
    pub drive: Seconds,
    /// Length of their shifts on duty.
    pub shifts: Seconds,
    /// First departure and last return, with the offset of the wall; `None` without a route.
    pub hours: Option<(Moment, Moment, i32)>,
}

/// A plan in numbers.
#[derive(Debug)]
pub struct Facts {
    /// Tickets served.
    pub served: i64,
    /// Driving, ways back included.
    pub drive: Seconds,
    /// Work.
    pub work: Seconds,
    /// Work that has to start in time.
    pub respond: Promise,
    /// Work that has to end in time.
    pub resolve: Promise,
    /// Repeats that are bound to somebody.
    pub repeats: Promise,
    /// Everybody with a shift on duty, in the order of the roster.
    pub loads: Vec<Load>,
}

impl Facts {
    /// The facts of a plan. `O(stops + shifts)`.
    pub fn of(scorer: &Scorer<'_>, plan: &Plan) -> Facts {
        let problem = scorer.problem();
        let mut facts = Facts {
            served: 0,
            drive: Seconds::ZERO,
            work: Seconds::ZERO,
            respond: Promise::default(),
            resolve: Promise::default(),
            repeats: Promise::default(),
            loads: idle(problem),
        };
        let mut served = BTreeSet::new();
        for route in &plan.routes {
            let shift = problem.shift(route.shift);
            for stop in &route.stops {
                facts.work += stop.departure - stop.start;
                // Of a crew, the first engineer's stop tells for the ticket.
                if served.insert(stop.ticket) {
                    facts.promises(scorer, shift, stop);
                }
            }
            facts.drive += drive(route);
            let own = facts.loads.binary_search_by_key(&shift.engineer, |load| load.engineer);
            if let Ok(own) = own {
                let load = &mut facts.loads[own];
                load.take(route, shift);
            }
        }
        facts.served = served.len() as i64;
        facts
    }

    fn promises(&mut self, scorer: &Scorer<'_>, shift: &Shift, stop: &PlannedStop) {
        let Candidate { ticket, standing } = scorer.candidate(stop.ticket);
        let late = |after: Seconds| (after > Seconds::ZERO).then_some(Missed::Late(after));
        if ticket.respond_by != Moment::NEVER {
            self.respond.note(stop.ticket, late(stop.start - ticket.respond_by));
        }
        if ticket.resolve_by != Moment::NEVER {
            self.resolve.note(stop.ticket, late(stop.departure - ticket.resolve_by));
        }
        if let Some(binding) = &standing.binding {
            let kept = binding.ladder.contains(&shift.engineer) && stop.start <= ticket.resolve_by;
            self.repeats.note(stop.ticket, (!kept).then_some(Missed::Goes(shift.engineer)));
        }
    }
}

impl Load {
    /// Work against the length of the shifts.
    pub fn share(&self) -> f64 {
        self.work.0 as f64 / self.shifts.max(Seconds(1)).0 as f64
    }

    fn take(&mut self, route: &PlannedRoute, shift: &Shift) {
        self.stops += route.stops.len();
        self.work += work(route);
        self.drive += drive(route);
        let (first, last) = self.hours.map_or((route.leave, route.back), |(first, last, _)| {
            (first.min(route.leave), last.max(route.back))
        });
        self.hours = Some((first, last, shift.offset_s));
    }
}

/// Everybody with a shift on duty, without work so far.
fn idle(problem: &Problem) -> Vec<Load> {
    let mut loads: Vec<Load> = Vec::new();
    for shift in problem.shifts().iter().filter(|shift| shift.on_duty) {
        match loads.last_mut() {
            Some(last) if last.engineer == shift.engineer => last.shifts += shift.length,
            _ => loads.push(Load {
                engineer: shift.engineer,
                stops: 0,
                work: Seconds::ZERO,
                drive: Seconds::ZERO,
                shifts: shift.length,
                hours: None,
            }),
        }
    }
    debug_assert!(loads.is_sorted_by_key(|load| load.engineer.at()));
    loads
}

/// Work in a route.
pub fn work(route: &PlannedRoute) -> Seconds {
    route.stops.iter().map(|stop| stop.departure - stop.start).sum()
}

/// Driving in a route, the way back included.
pub fn drive(route: &PlannedRoute) -> Seconds {
    route.stops.iter().map(|stop| stop.drive).sum::<Seconds>() + route.drive_back
}
