//! Routes that are given: when their steps happen with the least violation, and what they violate.
//!
//! The steps of a vehicle keep their order, so with `x = moment - driving and service until then` their
//! moments may not fall. Every window charges each second before or after it: the least sum of such charges
//! over numbers that may not fall is found by `moments`. Of several windows each step takes the one that the
//! earliest times suggest. The drive around a break goes wholly before or wholly behind it, whichever
//! violates less.

mod moments;
mod steps;

use std::collections::BTreeMap;

use super::Asked;
use super::answer::{SolutionDoc, StepDoc, ViolationDoc, VroomRouteDoc};
use super::document::VehicleDoc;
use super::draft::SCALE;
use super::keys::TaskKind;
use super::write::{Sums, summary, unassigned};
use crate::engineer::{Car, Shift};
use crate::flaw::Flaw;
use crate::geo::Place;
use crate::ids::ShiftIx;
use crate::travel::{Drive, Roads};
use crate::units::{Moment, Seconds};
use moments::{Bounds, least_outside};
use steps::{Step, What};

pub(super) fn solution(question: Asked<'_>) -> Result<SolutionDoc, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let roads = Roads::new(question.problem);
    let mut served = vec![false; question.keys.tasks().len()];
    let mut routes = Vec::new();
    for (n, vehicle) in question.doc.vehicles.iter().enumerate() {
        let path = format!("vehicles[{n}].steps");
        let steps = steps::read(question, vehicle, &path, &mut served, &mut flaws);
        if flaws.is_empty() && steps.iter().any(|step| matches!(step.what, What::Task(..))) {
            routes.push(Given::new(question, &roads, n).route(&steps));
        }
    }
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let left = question.keys.tasks().iter().zip(served).filter(|(_, served)| !served);
    let left: Vec<_> = left.map(|(task, _)| unassigned(task)).collect();
    let summary = summary(&routes, left.len());
    Ok(SolutionDoc { code: 0, error: None, summary, unassigned: left, routes })
}

/// How much heavier a moment that the caller orders weighs than a window.
const ORDERED: usize = 64;

/// One step on the clock.
#[derive(Clone, Copy, Default)]
struct Timed {
    drive: Drive,
    setup: i64,
    service: i64,
    arrival: i64,
    start: i64,
}

/// One vehicle's given route.
struct Given<'q> {
    question: Asked<'q>,
    roads: &'q Roads,
    vehicle: &'q VehicleDoc,
    shift: &'q Shift,
    /// Room in each dimension; none is told where nothing in the question has a capacity.
    capacity: Vec<i64>,
    knows_metres: bool,
}

impl<'q> Given<'q> {
    fn new(question: Asked<'q>, roads: &'q Roads, vehicle: usize) -> Given<'q> {
        // Every vehicle has one shift.
        let shift = question.problem.shift(ShiftIx(vehicle as u32));
        let knows_metres = roads.knows_metres(&shift.car);
        let vehicle = &question.doc.vehicles[vehicle];
        let mut capacity = vehicle.capacity.clone();
        if question.keys.is_limited() {
            // As in planning, who names no room has none where others do.
            capacity.resize(question.keys.dimensions(), 0);
        }
        Given { question, roads, vehicle, shift, capacity, knows_metres }
    }

    fn route(&self, steps: &[Step<'q>]) -> VroomRouteDoc {
        let before = self.time(steps, true);
        let behind = self.time(steps, false);
        let weigh = |timed: &[Timed]| -> i64 {
            timed
                .iter()
                .enumerate()
                .map(|(n, timed)| self.strays(steps, n, *timed))
                .map(|(early, late)| early + late)
                .sum()
        };
        let timed = if weigh(&before) <= weigh(&behind) { before } else { behind };
        self.write(steps, &timed)
    }

    fn place(&self, step: &Step<'q>) -> Option<&'q Place> {
        match step.what {
            What::Start => self.shift.from.as_ref(),
            What::End => self.shift.to.as_ref(),
            What::Task(ticket, _) => Some(&self.question.problem.tickets()[ticket].place),
            What::Break(_) => None,
        }
    }

    /// The vehicle's window; no time is before 0.
    fn hours(&self) -> [i64; 2] {
        self.vehicle.time_window.unwrap_or([Moment::FIRST.0, Moment::NEVER.0])
    }

    /// Windows of a step.
    fn windows(&self, step: Step<'q>) -> Vec<[i64; 2]> {
        match step.what {
            What::Start | What::End => vec![self.hours()],
            What::Task(_, task) => task.doc.time_windows.clone(),
            What::Break(pause) => pause.time_windows.clone(),
        }
    }

    /// What the vehicle's window asks of a step that is the first without a start, or the last without an end.
    fn own_window(&self, steps: &[Step<'q>], n: usize, timed: Timed) -> Bounds {
        let [open, close] = self.hours();
        let is_first = n == 0 && !matches!(steps[n].what, What::Start);
        let is_last = n + 1 == steps.len() && !matches!(steps[n].what, What::End);
        Bounds {
            lowest: is_first.then_some(open),
            highest: is_last.then_some(close - timed.setup - timed.service),
            weight: 1,
        }
    }

    /// How far a step starts before and how far after it may: by its nearest window and by the vehicle's.
    fn strays(&self, steps: &[Step<'q>], n: usize, timed: Timed) -> (i64, i64) {
        let outside =
            |window: [i64; 2]| timed.start - timed.start.clamp(window[0], window[1].max(window[0]));
        let outside = self
            .windows(steps[n])
            .into_iter()
            .map(outside)
            .min_by_key(|outside| outside.abs())
            .unwrap_or(0);
        let own = self.own_window(steps, n, timed);
        let early = own.lowest.map_or(0, |lowest| lowest - timed.start);
        let late = own.highest.map_or(0, |highest| timed.start - highest);
        (early.max(-outside).max(0), late.max(outside).max(0))
    }

    /// The moments of all steps; drives go before the breaks on them, or behind.
    fn time(&self, steps: &[Step<'q>], before: bool) -> Vec<Timed> {
        let mut timed = self.lengths(steps, before);
        // The earliest times choose the windows.
        let mut bounds = Vec::with_capacity(steps.len());
        let mut free = i64::MIN;
        for (n, (step, timed)) in steps.iter().zip(&timed).enumerate() {
            let reached = free.saturating_add(timed.drive.time.0);
            let windows = self.windows(*step);
            let open = windows.iter().find(|window| reached <= window[1]).or(windows.last());
            let window = Bounds {
                lowest: open.map(|window| window[0]),
                highest: open.map(|window| window[1]),
                weight: 1,
            };
            let ordered = step.given.map_or(Bounds::NONE, |given| Bounds {
                lowest: given.service_at.or(given.service_after),
                highest: given.service_at.or(given.service_before),
                weight: ORDERED,
            });
            let own = self.own_window(steps, n, *timed);
            let first = ordered.lowest.or(window.lowest.max(own.lowest)).unwrap_or(i64::MIN);
            free = reached.max(first).saturating_add(timed.setup + timed.service);
            bounds.push([window, ordered, own]);
        }
        let mut offset = 0;
        let offsets: Vec<i64> = timed
            .iter()
            .scan(0, |done, timed| {
                offset += *done + timed.drive.time.0;
                *done = timed.setup + timed.service;
                Some(offset)
            })
            .collect();
        let moments = least_outside(&bounds, &offsets);
        let mut free = moments.first().copied().unwrap_or(0);
        for (timed, moment) in timed.iter_mut().zip(moments) {
            timed.arrival = (free + timed.drive.time.0).min(moment);
            timed.start = moment;
            free = moment + timed.setup + timed.service;
        }
        timed
    }

    /// Drives, setups and services of all steps.
    fn lengths(&self, steps: &[Step<'q>], before: bool) -> Vec<Timed> {
        let mut timed = vec![Timed::default(); steps.len()];
        let mut at: Option<&Place> = None;
        // The first break since the last place.
        let mut waiting = None;
        for (n, step) in steps.iter().enumerate() {
            let Some(place) = self.place(step) else {
                if let What::Break(pause) = step.what {
                    timed[n].service = i64::from(pause.service);
                }
                waiting = waiting.or(Some(n));
                continue;
            };
            let from_here = at.is_some_and(|at| at.is_at(place));
            if let Some(at) = at {
                let car = Car { counts_metres: self.knows_metres, ..self.shift.car };
                let first = waiting.filter(|_| before).unwrap_or(n);
                timed[first].drive = self.roads.drive(&car, at, place);
            }
            if let What::Task(ticket, _) = step.what {
                let ticket = &self.question.problem.tickets()[ticket];
                timed[n].setup = if from_here { 0 } else { ticket.setup_for(self.shift.class).0 };
                timed[n].service = ticket.work_for(self.shift.class).0;
            }
            (at, waiting) = (Some(place), None);
        }
        timed
    }

    fn write(&self, steps: &[Step<'q>], timed: &[Timed]) -> VroomRouteDoc {
        let tasks = || {
            steps.iter().filter_map(|step| match step.what {
                What::Task(_, task) => Some(task),
                What::Start | What::Break(_) | What::End => None,
            })
        };
        let mut sums = Sums::new(self.question.keys.dimensions(), tasks());
        let mut route = VroomRouteDoc {
            vehicle: self.vehicle.id,
            description: self.vehicle.description.clone(),
            priority: tasks().map(|task| i64::from(task.priority)).sum(),
            ..VroomRouteDoc::default()
        };
        let stands = stands(steps);
        let mut driven = Drive::NONE;
        // Who has no start sets out in the first step.
        let sets_out_full = !matches!(steps[0].what, What::Start) && sums.exceeds(&self.capacity);
        for (n, (step, timed)) in steps.iter().zip(timed).enumerate() {
            driven += timed.drive;
            if let What::Task(_, task) = step.what {
                sums.pass(task);
            }
            let is_too_full = sums.exceeds(&self.capacity) || n == 0 && sets_out_full;
            let mut doc = StepDoc {
                setup: timed.setup,
                service: timed.service,
                waiting_time: timed.start - timed.arrival,
                load: sums.told(),
                arrival: timed.arrival,
                duration: driven.time.0,
                distance: self.knows_metres.then_some(driven.metres),
                violations: self.violations(
                    *step,
                    self.strays(steps, n, *timed),
                    &stands,
                    (&sums, is_too_full),
                ),
                ..StepDoc::default()
            };
            self.name(step, &mut doc);
            route.setup += doc.setup;
            route.service += doc.service;
            route.waiting_time += doc.waiting_time;
            route.steps.push(doc);
        }
        sums.tell(&mut route);
        let rates = &self.shift.car.rates;
        let worked = i128::from(route.setup + tasks_service(steps, timed)) * i128::from(rates.work);
        let cost = rates.callout + driven.fare + Seconds(((worked + 500) / 1000) as i64);
        route.cost = (cost.0 + SCALE / 2).div_euclid(SCALE);
        route.duration = driven.time.0;
        route.distance = self.knows_metres.then_some(driven.metres);
        route.violations = self.route_violations(steps, &route, driven);
        route
    }

    fn name(&self, step: &Step<'q>, doc: &mut StepDoc) {
        match step.what {
            What::Start => {
                "start".clone_into(&mut doc.kind);
                (doc.location, doc.location_index) = (self.vehicle.start, self.vehicle.start_index);
            }
            What::End => {
                "end".clone_into(&mut doc.kind);
                (doc.location, doc.location_index) = (self.vehicle.end, self.vehicle.end_index);
            }
            What::Task(_, task) => {
                task.kind.as_str().clone_into(&mut doc.kind);
                doc.description.clone_from(&task.doc.description);
                (doc.location, doc.location_index) = (task.doc.location, task.doc.location_index);
                doc.id = Some(task.doc.id);
                doc.job = (task.kind == TaskKind::Job).then_some(task.doc.id);
            }
            What::Break(pause) => {
                "break".clone_into(&mut doc.kind);
                doc.description.clone_from(&pause.description);
                doc.id = Some(pause.id);
            }
        }
    }

    /// What a step violates.
    fn violations(
        &self,
        step: Step<'q>,
        (early, late): (i64, i64),
        stands: &Stands,
        (sums, is_too_full): (&Sums, bool),
    ) -> Vec<ViolationDoc> {
        let mut violations = Vec::new();
        for (cause, seconds) in [("delay", late), ("lead_time", early)] {
            if seconds > 0 {
                violations.push(violation(cause, Some(seconds)));
            }
        }
        if is_too_full {
            violations.push(violation("load", None));
        }
        match step.what {
            What::Task(ticket, task) => {
                if task.skills.iter().any(|skill| !self.vehicle.skills.contains(skill)) {
                    violations.push(violation("skills", None));
                }
                if !is_in_order(stands, ticket, task.kind) {
                    violations.push(violation("precedence", None));
                }
            }
            What::Break(pause) if sums.exceeds(&pause.max_load) => {
                violations.push(violation("max_load", None));
            }
            What::Start | What::Break(_) | What::End => {}
        }
        violations
    }

    /// What the route violates: the sums of its steps' violations, and what only the whole tells.
    fn route_violations(
        &self,
        steps: &[Step<'q>],
        route: &VroomRouteDoc,
        driven: Drive,
    ) -> Vec<ViolationDoc> {
        let mut causes: BTreeMap<String, Option<i64>> = BTreeMap::new();
        for violation in route.steps.iter().flat_map(|step| &step.violations) {
            let sum = causes.entry(violation.cause.clone()).or_default();
            *sum = violation.duration.map(|more| sum.unwrap_or(0) + more);
        }
        let count = |is: &dyn Fn(&What<'q>) -> bool| steps.iter().filter(|step| is(&step.what)).count();
        let tasks = count(&|what| matches!(what, What::Task(..)));
        let breaks = count(&|what| matches!(what, What::Break(_)));
        for (cause, broken) in [
            ("max_tasks", self.vehicle.max_tasks.is_some_and(|most| tasks > most as usize)),
            ("max_travel_time", self.vehicle.max_travel_time.is_some_and(|most| driven.time.0 > most)),
            ("max_distance", self.vehicle.max_distance.is_some_and(|most| driven.metres > most)),
            ("missing_break", breaks < self.vehicle.breaks.len()),
        ] {
            if broken {
                causes.insert(cause.to_owned(), None);
            }
        }
        causes.into_iter().map(|(cause, duration)| ViolationDoc { cause, duration }).collect()
    }
}

/// Which step each ticket stands in.
type Stands = BTreeMap<usize, usize>;

fn stands(steps: &[Step<'_>]) -> Stands {
    let ticket = |(n, step): (usize, &Step<'_>)| match step.what {
        What::Task(ticket, _) => Some((ticket, n)),
        What::Start | What::Break(_) | What::End => None,
    };
    steps.iter().enumerate().filter_map(ticket).collect()
}

/// Whether the other half of a shipment is on its side of this one. `O(log steps)`.
fn is_in_order(stands: &Stands, ticket: usize, kind: TaskKind) -> bool {
    // The halves of a shipment are neighbours among the tasks.
    let [first, second] = match kind {
        TaskKind::Job => return true,
        TaskKind::Pickup => [ticket, ticket + 1],
        TaskKind::Delivery => [ticket - 1, ticket],
    };
    stands.get(&first).zip(stands.get(&second)).is_some_and(|(first, second)| first < second)
}

fn violation(cause: &str, duration: Option<i64>) -> ViolationDoc {
    ViolationDoc { cause: cause.to_owned(), duration }
}

/// Service of tasks, without breaks.
fn tasks_service(steps: &[Step<'_>], timed: &[Timed]) -> i64 {
    let is_task = |step: &Step<'_>| matches!(step.what, What::Task(..));
    steps.iter().zip(timed).filter(|(step, _)| is_task(step)).map(|(_, timed)| timed.service).sum()
}
