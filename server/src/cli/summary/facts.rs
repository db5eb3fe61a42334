//! A plan in numbers.

use paidan_engine::engineer::Shift;
use paidan_engine::ids::{EngineerIx, Index};
use paidan_engine::plan::{Plan, PlannedRoute, PlannedStop};
use paidan_engine::price::{Candidate, Scorer};
use paidan_engine::problem::Problem;
use paidan_engine::units::{Moment, Seconds};

use crate::cli::room::{drive, work};
use crate::cli::text::length;

/// A kind of promise: how many were made, how many are kept, which are not.
#[derive(Debug, Default)]
pub(super) struct Promise {
    pub(super) all: i64,
    pub(super) kept: i64,
    pub(super) missed: Vec<String>,
}

impl Promise {
    fn note(&mut self, missed: Option<String>) {
        self.all += 1;
        match missed {
            None => self.kept += 1,
            Some(text) => self.missed.push(text),
        }
    }
}

/// One engineer's share of the plan, over all their shifts.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) engineer: EngineerIx,
    pub(super) stops: usize,
    pub(super) work: Seconds,
    pub(super) drive: Seconds,
    /// Length of their shifts on duty.
    pub(super) shifts: Seconds,
    /// First departure and last return, with the offset of the wall; `None` without a route.
    pub(super) hours: Option<(Moment, Moment, i32)>,
}

/// A plan in numbers.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) served: i64,
    pub(super) drive: Seconds,
    pub(super) work: Seconds,
    pub(super) respond: Promise,
    pub(super) resolve: Promise,
    pub(super) repeats: Promise,
    /// Everybody with a shift on duty, in the order of the roster.
    pub(super) loads: Vec<Load>,
}

impl Facts {
    pub(super) fn of(scorer: &Scorer<'_>, plan: &Plan) -> Facts {
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
        for route in &plan.routes {
            let shift = problem.shift(route.shift);
            for stop in &route.stops {
                facts.served += 1;
                facts.work += stop.departure - stop.start;
                facts.promises(scorer, shift, stop);
            }
            facts.drive += drive(route);
            let own = facts.loads.binary_search_by_key(&shift.engineer, |load| load.engineer);
            if let Ok(own) = own {
                let load = &mut facts.loads[own];
                load.take(route, shift);
            }
        }
        facts
    }

    fn promises(&mut self, scorer: &Scorer<'_>, shift: &Shift, stop: &PlannedStop) {
        let Candidate { ticket, standing } = scorer.candidate(stop.ticket);
        let late = |after: Seconds| {
            (after > Seconds::ZERO).then(|| format!("{} ({} late)", ticket.id, length(after)))
        };
        if ticket.respond_by != Moment::NEVER {
            self.respond.note(late(stop.start - ticket.respond_by));
        }
        if ticket.resolve_by != Moment::NEVER {
            self.resolve.note(late(stop.departure - ticket.resolve_by));
        }
        if let Some(binding) = &standing.binding {
            let kept = binding.ladder.contains(&shift.engineer) && stop.start <= ticket.resolve_by;
            let engineer = &scorer.problem().engineer(shift.engineer).id;
            self.repeats.note((!kept).then(|| format!("{} ({engineer} goes)", ticket.id)));
        }
    }
}

impl Load {
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
