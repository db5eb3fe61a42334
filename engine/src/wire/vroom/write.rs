//! From a plan to VROOM's answer.

use super::Asked;
use super::answer::{SolutionDoc, StepDoc, SummaryDoc, UnassignedDoc, VroomRouteDoc};
use super::document::VehicleDoc;
use super::draft::SCALE;
use super::keys::{Task, TaskKind};
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ids::Index;
use crate::plan::{Plan, PlannedRoute};
use crate::travel::{Drive, Roads};
use crate::units::{Moment, Seconds};

pub(super) fn solution(question: Asked<'_>, plan: &Plan) -> SolutionDoc {
    let roads = Roads::new(question.problem);
    let routes: Vec<VroomRouteDoc> =
        plan.routes.iter().map(|route| Pen::new(question, &roads, route).write(route)).collect();
    let unassigned =
        plan.unserved.iter().map(|left| unassigned(&question.keys.tasks()[left.ticket.at()])).collect();
    let summary = summary(&routes, plan.unserved.len());
    SolutionDoc { code: 0, error: None, summary, unassigned, routes }
}

pub(super) fn unassigned(task: &Task) -> UnassignedDoc {
    UnassignedDoc {
        id: task.doc.id,
        kind: task.kind.as_str().to_owned(),
        description: task.doc.description.clone(),
        location: task.doc.location,
        location_index: task.doc.location_index,
    }
}

/// The sums over routes.
pub(super) fn summary(routes: &[VroomRouteDoc], unassigned: usize) -> SummaryDoc {
    let sum = |of: &dyn Fn(&VroomRouteDoc) -> i64| routes.iter().map(of).sum::<i64>();
    let lists = |of: &dyn Fn(&VroomRouteDoc) -> Option<&Vec<i64>>| {
        routes.iter().filter_map(of).fold(None, |sum: Option<Vec<i64>>, list| {
            Some(sum.map_or_else(|| list.clone(), |sum| added(&sum, list)))
        })
    };
    let knows_metres = !routes.is_empty() && routes.iter().all(|route| route.distance.is_some());
    SummaryDoc {
        cost: sum(&|route| route.cost),
        routes: routes.len(),
        unassigned,
        delivery: lists(&|route| route.delivery.as_ref()),
        pickup: lists(&|route| route.pickup.as_ref()),
        setup: sum(&|route| route.setup),
        service: sum(&|route| route.service),
        duration: sum(&|route| route.duration),
        waiting_time: sum(&|route| route.waiting_time),
        priority: sum(&|route| route.priority),
        distance: knows_metres.then(|| sum(&|route| route.distance.unwrap_or(0))),
        violations: routes.iter().flat_map(|route| route.violations.clone()).collect(),
        computing_times: None,
    }
}

/// Two lists of amounts added.
pub(super) fn added(one: &[i64], other: &[i64]) -> Vec<i64> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

/// Sums over the tasks of one route, with the load as it changes.
pub(super) struct Sums {
    dimensions: usize,
    load: Vec<i64>,
    delivery: Vec<i64>,
    pickup: Vec<i64>,
}

impl Sums {
    /// At the start of a route: what is delivered is aboard.
    pub(super) fn new<'t>(dimensions: usize, tasks: impl Iterator<Item = &'t Task>) -> Sums {
        let (mut load, mut delivery, mut pickup) =
            (vec![0; dimensions], vec![0; dimensions], vec![0; dimensions]);
        for task in tasks {
            load = added(&load, &task.off);
            delivery = added(&delivery, &task.off);
            let carried: Vec<i64> = task.on.iter().map(|amount| amount.abs()).collect();
            match task.kind {
                TaskKind::Delivery => delivery = added(&delivery, &carried),
                TaskKind::Job | TaskKind::Pickup => pickup = added(&pickup, &carried),
            }
        }
        Sums { dimensions, load, delivery, pickup }
    }

    /// Behind a task.
    pub(super) fn pass(&mut self, task: &Task) {
        for ((load, on), off) in self.load.iter_mut().zip(&task.on).zip(&task.off) {
            *load += on - off;
        }
    }

    /// Whether the load is more than these limits in any dimension.
    pub(super) fn exceeds(&self, limits: &[i64]) -> bool {
        self.load.iter().zip(limits).any(|(load, limit)| load > limit)
    }

    /// The load as a step tells it: nothing where nothing has an amount.
    pub(super) fn told(&self) -> Option<Vec<i64>> {
        (self.dimensions > 0).then(|| self.load.clone())
    }

    /// Writes what is delivered and picked up.
    pub(super) fn tell(&self, route: &mut VroomRouteDoc) {
        let lists = [(&mut route.delivery, &self.delivery), (&mut route.pickup, &self.pickup)];
        for (told, list) in lists {
            *told = (self.dimensions > 0).then(|| list.clone());
        }
    }
}

/// Writes one route, step by step.
struct Pen<'q> {
    question: Asked<'q>,
    vehicle: &'q VehicleDoc,
    shift: &'q Shift,
    roads: &'q Roads,
    knows_metres: bool,
    sums: Sums,
    driven: Drive,
    route: VroomRouteDoc,
    breaks: usize,
}

impl<'q> Pen<'q> {
    fn new(question: Asked<'q>, roads: &'q Roads, route: &PlannedRoute) -> Pen<'q> {
        let shift = question.problem.shift(route.shift);
        let vehicle = &question.doc.vehicles[shift.engineer.at()];
        let tasks = route.stops.iter().map(|stop| &question.keys.tasks()[stop.ticket.at()]);
        Pen {
            question,
            vehicle,
            shift,
            roads,
            knows_metres: roads.knows_metres(&shift.car),
            sums: Sums::new(question.keys.dimensions(), tasks),
            driven: Drive::NONE,
            route: VroomRouteDoc::default(),
            breaks: 0,
        }
    }

    fn write(mut self, route: &PlannedRoute) -> VroomRouteDoc {
        if self.shift.from.is_some() {
            let step = StepDoc {
                kind: "start".to_owned(),
                location: self.vehicle.start,
                location_index: self.vehicle.start_index,
                arrival: route.leave.0,
                ..self.step(Seconds::ZERO)
            };
            self.route.steps.push(step);
        }
        let mut at = self.shift.from.as_ref();
        let mut free = route.leave;
        for stop in &route.stops {
            let place = &self.question.problem.ticket(stop.ticket).place;
            let drive = at.map_or(Drive::NONE, |at| self.drive(at, place));
            let arrival = self.cross(route, free, drive, stop.start);
            self.task(stop.ticket.at(), at.is_some_and(|at| at.is_at(place)), arrival, stop.start);
            free = stop.departure;
            at = Some(place);
        }
        let back = match (at, &self.shift.to) {
            (Some(at), Some(to)) => self.drive(at, to),
            _ => Drive::NONE,
        };
        let mut arrival = self.cross(route, free, back, route.back);
        arrival = self.rest(arrival.max(route.back));
        if self.shift.to.is_some() {
            let step = StepDoc {
                kind: "end".to_owned(),
                location: self.vehicle.end,
                location_index: self.vehicle.end_index,
                arrival: arrival.0,
                ..self.step(Seconds::ZERO)
            };
            self.route.steps.push(step);
        }
        self.sums.tell(&mut self.route);
        VroomRouteDoc {
            vehicle: self.vehicle.id,
            description: self.vehicle.description.clone(),
            cost: (route.receipt.total().0 + SCALE / 2).div_euclid(SCALE),
            duration: self.driven.time.0,
            distance: self.knows_metres.then_some(self.driven.metres),
            ..self.route
        }
    }

    /// A drive, metres told wherever they are known.
    fn drive(&self, from: &Place, to: &Place) -> Drive {
        let car = crate::engineer::Car { counts_metres: self.knows_metres, ..self.shift.car };
        self.roads.drive(&car, from, to)
    }

    /// What every step tells, with travel still to come before it.
    fn step(&self, ahead: Seconds) -> StepDoc {
        StepDoc {
            load: self.sums.told(),
            duration: (self.driven.time - ahead).0,
            distance: self.knows_metres.then_some(self.driven.metres),
            ..StepDoc::default()
        }
    }

    /// Drives on from a place that is left at `free`, taking the breaks that end by `until`. Returns the
    /// arrival.
    fn cross(&mut self, route: &PlannedRoute, free: Moment, drive: Drive, until: Moment) -> Moment {
        self.driven += drive;
        let (mut free, mut ahead) = (free, drive.time);
        while let Some(pause) = route.breaks.get(self.breaks).filter(|pause| pause.end <= until) {
            let driven = ahead.min(pause.start - free).max(Seconds::ZERO);
            ahead -= driven;
            let arrival = (free + driven).min(pause.start);
            self.pause(arrival, pause.start, pause.end, ahead);
            free = pause.end;
        }
        free + ahead
    }

    /// Takes the breaks that are left when everything is done. Returns when they are over.
    fn rest(&mut self, back: Moment) -> Moment {
        let mut free = back;
        while let Some(pause) = self.shift.breaks.get(self.breaks) {
            let Some(start) = pause.windows.first_start(free) else { break };
            let end = start + pause.length;
            self.pause(free, start, end, Seconds::ZERO);
            free = end;
        }
        free
    }

    fn pause(&mut self, arrival: Moment, start: Moment, end: Moment, ahead: Seconds) {
        let given = self.vehicle.breaks.get(self.breaks);
        let step = StepDoc {
            kind: "break".to_owned(),
            id: given.map(|given| given.id),
            description: given.and_then(|given| given.description.clone()),
            service: (end - start).0,
            waiting_time: (start - arrival).0,
            arrival: arrival.0,
            ..self.step(ahead)
        };
        self.route.waiting_time += step.waiting_time;
        self.route.service += step.service;
        self.route.steps.push(step);
        self.breaks += 1;
    }

    fn task(&mut self, ticket: usize, from_here: bool, arrival: Moment, start: Moment) {
        let task = &self.question.keys.tasks()[ticket];
        let class = self.shift.class;
        let facts = &self.question.problem.tickets()[ticket];
        let setup = if from_here { Seconds::ZERO } else { facts.setup_for(class) };
        self.sums.pass(task);
        let step = StepDoc {
            kind: task.kind.as_str().to_owned(),
            description: task.doc.description.clone(),
            location: task.doc.location,
            location_index: task.doc.location_index,
            id: Some(task.doc.id),
            setup: setup.0,
            service: facts.work_for(class).0,
            waiting_time: (start - arrival).0,
            job: (task.kind == TaskKind::Job).then_some(task.doc.id),
            arrival: arrival.0,
            ..self.step(Seconds::ZERO)
        };
        self.route.setup += step.setup;
        self.route.service += step.service;
        self.route.waiting_time += step.waiting_time;
        self.route.priority += i64::from(task.priority);
        self.route.steps.push(step);
    }
}
