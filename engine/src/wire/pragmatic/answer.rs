//! A plan as the solution document of the pragmatic format.
//!
//! Each ticket is a stop of its own. A break is a stop without location, as the format has it for breaks on
//! the road.

use std::ops::AddAssign;

use serde::Serialize;

use super::document::{CostsDoc, JobDoc, LocationDoc, ProblemDoc, TaskDoc, TypeDoc};
use super::jobs::{TaskKind, tasks};
use crate::engineer::Car;
use crate::geo::Place;
use crate::ids::{Index, TicketIx};
use crate::plan::{Plan, PlannedRoute, Reason};
use crate::problem::Problem;
use crate::rule::Barrier;
use crate::travel::Roads;
use crate::units::{Moment, Seconds};
use crate::wire::time::rfc3339;

/// What a solution repeats of its problem.
#[derive(Clone, Debug)]
pub struct Tours {
    doc: ProblemDoc,
    /// Type of each vehicle, in the order of the engineers.
    types: Vec<usize>,
    /// Of each ticket its job, and which of the job's tasks it is.
    parts: Vec<(usize, usize)>,
}

#[derive(Serialize)]
struct SolutionDoc<'a> {
    statistic: StatisticDoc,
    tours: Vec<TourDoc<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unassigned: Vec<UnassignedDoc<'a>>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct StatisticDoc {
    cost: f64,
    distance: i64,
    duration: i64,
    times: TimesDoc,
}

#[derive(Clone, Copy, Default, Serialize)]
struct TimesDoc {
    driving: i64,
    serving: i64,
    waiting: i64,
    #[serde(rename = "break")]
    pauses: i64,
    commuting: i64,
    parking: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TourDoc<'a> {
    vehicle_id: &'a str,
    type_id: &'a str,
    shift_index: u32,
    stops: Vec<StopDoc<'a>>,
    statistic: StatisticDoc,
}

#[derive(Serialize)]
struct StopDoc<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a LocationDoc>,
    time: SpanDoc,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<i64>,
    load: Vec<i64>,
    activities: [ActivityDoc<'a>; 1],
}

#[derive(Serialize)]
struct SpanDoc {
    arrival: String,
    departure: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActivityDoc<'a> {
    job_id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_tag: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnassignedDoc<'a> {
    job_id: &'a str,
    reasons: Vec<ReasonDoc>,
}

#[derive(Serialize)]
struct ReasonDoc {
    code: &'static str,
    description: &'static str,
}

impl AddAssign for StatisticDoc {
    fn add_assign(&mut self, other: StatisticDoc) {
        self.cost += other.cost;
        self.distance += other.distance;
        self.duration += other.duration;
        self.times.driving += other.times.driving;
        self.times.serving += other.times.serving;
        self.times.waiting += other.times.waiting;
        self.times.pauses += other.times.pauses;
    }
}

impl Tours {
    /// Keeps the document of a problem.
    pub(super) fn of(doc: ProblemDoc) -> Tours {
        let types = doc.fleet.vehicles.iter().zip(0..);
        let types = types.flat_map(|(kind, n)| kind.vehicle_ids.iter().map(move |_| n)).collect();
        let jobs = doc.plan.jobs.iter().enumerate();
        let parts = jobs.flat_map(|(n, job)| (0..tasks(job).count()).map(move |task| (n, task)));
        let parts = parts.collect();
        Tours { doc, types, parts }
    }

    /// The job of a ticket, and its task.
    fn part(&self, ticket: TicketIx) -> (&JobDoc, TaskKind, &TaskDoc) {
        let (job, task) = self.parts[ticket.at()];
        let job = &self.doc.plan.jobs[job];
        let (kind, task) = tasks(job).nth(task).expect("every ticket is a task");
        (job, kind, task)
    }

    /// The text of a plan of the problem, indented, with a line break at the end.
    pub fn write(&self, problem: &Problem, plan: &Plan) -> Vec<u8> {
        let roads = Roads::new(problem);
        let tours: Vec<TourDoc<'_>> =
            plan.routes.iter().map(|route| self.tour(problem, &roads, route)).collect();
        let mut statistic = StatisticDoc::default();
        for tour in &tours {
            statistic += tour.statistic;
        }
        // A job is told once, whatever the number of its tasks.
        let jobs = plan.unserved.iter().filter(|left| self.parts[left.ticket.at()].1 == 0);
        let unassigned = jobs.map(|left| UnassignedDoc {
            job_id: &self.part(left.ticket).0.id,
            reasons: reasons(&left.reason),
        });
        let doc = SolutionDoc { statistic, tours, unassigned: unassigned.collect() };
        let mut text =
            serde_json::to_vec_pretty(&doc).expect("a solution holds only texts, numbers and lists");
        text.push(b'\n');
        text
    }

    fn tour<'a>(&'a self, problem: &Problem, roads: &Roads, route: &PlannedRoute) -> TourDoc<'a> {
        let shift = problem.shift(route.shift);
        let first = self.types.partition_point(|kind| *kind < self.types[shift.engineer.at()]);
        let kind = &self.doc.fleet.vehicles[self.types[shift.engineer.at()]];
        let ends = &kind.shifts[shift.number as usize];
        let from = shift.from.expect("every vehicle has a place to start from");
        let mut tour = Course {
            roads,
            car: Car { counts_metres: true, ..shift.car },
            offset_s: shift.offset_s,
            place: from,
            metres: 0,
            load: vec![0; kind.capacity.len()],
            stops: Vec::with_capacity(route.stops.len() + 2),
        };
        // What is only delivered is on board from the start.
        for stop in &route.stops {
            let (job, kind, task) = self.part(stop.ticket);
            if kind == TaskKind::Delivery && job.pickups.is_empty() {
                tour.carry(&task.demand, 1);
            }
        }
        let departure = activity("departure", "departure");
        tour.at(&ends.start.location, &from, [shift.start, route.leave], departure);
        let mut breaks = route.breaks.iter().peekable();
        for stop in &route.stops {
            while let Some(pause) = breaks.next_if(|pause| pause.end <= stop.start) {
                tour.pause([pause.start, pause.end]);
            }
            let place = problem.ticket(stop.ticket).place;
            tour.serve(self.part(stop.ticket), &place, [stop.arrival, stop.departure]);
        }
        for pause in breaks {
            tour.pause([pause.start, pause.end]);
        }
        if let (Some(end), Some(place)) = (&ends.end, &shift.to) {
            tour.at(&end.location, place, [route.back, route.back], activity("arrival", "arrival"));
        }
        TourDoc {
            vehicle_id: &kind.vehicle_ids[shift.engineer.at() - first],
            type_id: &kind.type_id,
            shift_index: shift.number,
            statistic: statistic(kind, route, tour.metres),
            stops: tour.stops,
        }
    }
}

/// A tour while its stops are written.
struct Course<'a, 'r> {
    roads: &'r Roads,
    car: Car,
    offset_s: i32,
    place: Place,
    metres: i64,
    load: Vec<i64>,
    stops: Vec<StopDoc<'a>>,
}

impl<'a> Course<'a, '_> {
    fn carry(&mut self, demand: &[i64], sign: i64) {
        for (load, amount) in self.load.iter_mut().zip(demand) {
            *load += sign * amount;
        }
    }

    fn at(
        &mut self,
        location: &'a LocationDoc,
        place: &Place,
        times: [Moment; 2],
        activity: ActivityDoc<'a>,
    ) {
        self.metres += self.roads.drive(&self.car, &self.place, place).metres;
        self.place = *place;
        self.push(Some(location), times, activity);
    }

    fn serve(
        &mut self,
        (job, kind, task): (&'a JobDoc, TaskKind, &'a TaskDoc),
        place: &Place,
        times: [Moment; 2],
    ) {
        let (kind, sign) = match kind {
            TaskKind::Pickup => ("pickup", 1),
            TaskKind::Delivery => ("delivery", -1),
            TaskKind::Service => ("service", 0),
        };
        self.carry(&task.demand, sign);
        let visited = &task.places[0];
        let activity = ActivityDoc { job_tag: visited.tag.as_deref(), ..activity(&job.id, kind) };
        self.at(&visited.location, place, times, activity);
    }

    fn pause(&mut self, times: [Moment; 2]) {
        self.push(None, times, activity("break", "break"));
    }

    fn push(
        &mut self,
        location: Option<&'a LocationDoc>,
        [arrival, departure]: [Moment; 2],
        activity: ActivityDoc<'a>,
    ) {
        self.stops.push(StopDoc {
            location,
            time: SpanDoc {
                arrival: moment(arrival, self.offset_s),
                departure: moment(departure, self.offset_s),
            },
            distance: location.map(|_| self.metres),
            load: self.load.clone(),
            activities: [activity],
        });
    }
}

fn activity<'a>(job_id: &'a str, kind: &'static str) -> ActivityDoc<'a> {
    ActivityDoc { job_id, kind, job_tag: None }
}

/// A moment as the format writes it.
fn moment(moment: Moment, offset_s: i32) -> String {
    rfc3339(moment, offset_s).replace("+00:00", "Z")
}

fn statistic(kind: &TypeDoc, route: &PlannedRoute, metres: i64) -> StatisticDoc {
    let CostsDoc { fixed, distance, time } = kind.costs;
    let driving = route.stops.iter().map(|stop| stop.drive).sum::<Seconds>() + route.drive_back;
    let serving: Seconds = route.stops.iter().map(|stop| stop.departure - stop.start).sum();
    let during = route.breaks.iter().filter(|pause| pause.end > route.leave);
    let pauses: Seconds = during.map(|pause| pause.end - pause.start).sum();
    let duration = route.back - route.leave;
    StatisticDoc {
        cost: fixed + distance * metres as f64 + time * duration.0 as f64,
        distance: metres,
        duration: duration.0,
        times: TimesDoc {
            driving: driving.0,
            serving: serving.0,
            waiting: (duration - driving - serving - pauses).0,
            pauses: pauses.0,
            ..TimesDoc::default()
        },
    }
}

/// Why a job is not in the tours, in the format's words.
fn reasons(reason: &Reason) -> Vec<ReasonDoc> {
    let none =
        || ReasonDoc { code: "NO_REASON_FOUND", description: "every able vehicle does other jobs" };
    match reason {
        Reason::Impossible(barriers) => {
            let mut codes: Vec<ReasonDoc> = barriers.iter().map(|(barrier, _)| code(*barrier)).collect();
            codes.dedup_by_key(|reason| reason.code);
            codes
        }
        Reason::LostTrade { .. } | Reason::TooFewTogether { .. } | Reason::PredecessorUnserved(_) => {
            vec![none()]
        }
    }
}

fn code(barrier: Barrier) -> ReasonDoc {
    let (code, description) = match barrier {
        Barrier::Forbidden | Barrier::NotRequired | Barrier::Bound => {
            ("LOCKING_CONSTRAINT", "a relation keeps it for another vehicle")
        }
        Barrier::Skill | Barrier::Certificate => ("SKILL_CONSTRAINT", "no vehicle has the skills"),
        Barrier::Territory => ("AREA_CONSTRAINT", "it lies outside the vehicle's areas"),
        Barrier::Goods => ("CAPACITY_CONSTRAINT", "it is more than a vehicle holds"),
        Barrier::Quota => ("TOUR_SIZE_CONSTRAINT", "the tours may hold no job"),
        Barrier::TooFar => ("REACHABLE_CONSTRAINT", "it lies too far for any shift"),
        Barrier::Absent | Barrier::OffDuty | Barrier::Window => {
            ("TIME_WINDOW_CONSTRAINT", "no vehicle comes in time")
        }
    };
    ReasonDoc { code, description }
}
