//! A plan in numbers.

use std::collections::BTreeMap;

use paidan_engine::engineer::Shift;
use paidan_engine::fit::Binding;
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
    /// Somebody else than those bound goes, or a bound one comes too late; of a crew, the first is named.
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
    /// The facts of a plan. `O(stops log stops + shifts)`.
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
        let mut served: Vec<Served> = Vec::new();
        let mut places: BTreeMap<TicketIx, usize> = BTreeMap::new();
        for route in &plan.routes {
            let shift = problem.shift(route.shift);
            for stop in &route.stops {
                facts.work += stop.departure - stop.start;
                let place = *places.entry(stop.ticket).or_insert_with(|| {
                    served.push(Served::new(stop.ticket, shift.engineer));
                    served.len() - 1
                });
                served[place].take(scorer.candidate(stop.ticket), shift, stop);
            }
            facts.drive += drive(route);
            let own = facts.loads.binary_search_by_key(&shift.engineer, |load| load.engineer);
            if let Ok(own) = own {
                let load = &mut facts.loads[own];
                load.take(route, shift);
            }
        }
        facts.served = served.len() as i64;
        for served in &served {
            facts.promises(scorer.candidate(served.ticket), served);
        }
        facts
    }

    fn promises(&mut self, Candidate { ticket, standing }: Candidate<'_>, served: &Served) {
        let late = |after: Seconds| (after > Seconds::ZERO).then_some(Missed::Late(after));
        if ticket.respond_by != Moment::NEVER {
            self.respond.note(served.ticket, late(served.start - ticket.respond_by));
        }
        if ticket.resolve_by != Moment::NEVER {
            self.resolve.note(served.ticket, late(served.end - ticket.resolve_by));
        }
        if standing.binding.is_some() {
            let missed = (!served.has_bound).then_some(Missed::Goes(served.first));
            self.repeats.note(served.ticket, missed);
        }
    }
}

/// A served ticket, over the stops of its whole crew.
struct Served {
    ticket: TicketIx,
    first: EngineerIx,
    /// The latest start.
    start: Moment,
    /// The latest end.
    end: Moment,
    /// Somebody goes whom the repeat is bound to, and in time.
    has_bound: bool,
}

impl Served {
    fn new(ticket: TicketIx, first: EngineerIx) -> Served {
        Served { ticket, first, start: Moment::PAST, end: Moment::PAST, has_bound: false }
    }

    fn take(
        &mut self,
        Candidate { ticket, standing }: Candidate<'_>,
        shift: &Shift,
        stop: &PlannedStop,
    ) {
        self.start = self.start.max(stop.start);
        self.end = self.end.max(stop.departure);
        let is_bound = |binding: &Binding| binding.ladder.contains(&shift.engineer);
        self.has_bound |=
            stop.start <= ticket.resolve_by && standing.binding.as_ref().is_some_and(is_bound);
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

#[cfg(test)]
mod tests {
    use paidan_engine::wire::{read_plan, read_problem};
    use serde_json::{Value, json};

    use super::*;
    use crate::books::Books;

    /// Two engineers start together at 9:00; the first is done in an hour and the second in two.
    fn facts(bound: &str, resolve_by: &str) -> Facts {
        let fixture = include_str!("../../fixtures/tiny/crew.json");
        let mut problem: Value = serde_json::from_str(fixture).expect("JSON");
        problem["tickets"].as_array_mut().expect("tickets").pop();
        let ticket = &mut problem["tickets"][0];
        ticket["customer"] = json!("C");
        ticket["issue"] = json!("leak");
        ticket["sla"] = json!({"resolve_by": resolve_by});
        let visit = |day: u8| {
            json!({"ticket": format!("V{day}"), "customer": "C", "issue": "leak", "engineer": bound,
                   "start": format!("2026-02-{day}T09:00:00Z"), "end": format!("2026-02-{day}T10:00:00Z"),
                   "resolved": true})
        };
        problem["visits"] = json!([visit(10), visit(20)]);
        let problem = read_problem(problem.to_string().as_bytes()).expect("a sound problem");
        let route = |engineer: &str, end: &str| {
            json!({"engineer": engineer, "shift": 0, "leave": "2026-03-02T08:50:00Z", "stops": [
                {"ticket": "T1", "drive_s": 600, "arrival": "2026-03-02T09:00:00Z",
                 "start": "2026-03-02T09:00:00Z", "departure": end, "receipt": {"total": 0}}
            ], "breaks": [], "drive_back_s": 600, "back": end, "receipt": {"total": 0}})
        };
        let plan = json!({
            "routes": [route("E1", "2026-03-02T10:00:00Z"), route("E2", "2026-03-02T11:00:00Z")],
            "unserved": [], "receipt": {"total": 0},
            "price": {"priority_lost": 0, "unserved": 0, "seconds": 0},
            "run": {"engine": "0", "seed": 1, "rounds": 1, "ended": "rounds"},
        });
        let plan = read_plan(&problem, plan.to_string().as_bytes()).expect("a plan");
        let books = Books::new(&problem);
        Facts::of(&books.scorer(), &plan)
    }

    #[test]
    fn of_a_crew_the_last_to_end_is_late() {
        let facts = facts("E1", "2026-03-02T10:30:00Z");
        assert_eq!((facts.served, facts.resolve.all), (1, 1));
        assert_eq!(facts.resolve.missed, [(TicketIx(0), Missed::Late(Seconds(1800)))]);
    }

    #[test]
    fn of_a_crew_anybody_who_is_bound_keeps_the_binding() {
        for bound in ["E1", "E2"] {
            let facts = facts(bound, "2026-03-02T12:00:00Z");
            assert_eq!((facts.repeats.all, facts.repeats.kept), (1, 1), "{bound}");
        }
        let facts = facts("E2", "2026-03-02T08:30:00Z");
        assert_eq!(facts.repeats.missed, [(TicketIx(0), Missed::Goes(EngineerIx(0)))]);
    }
}
