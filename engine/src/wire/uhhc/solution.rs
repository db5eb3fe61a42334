//! Solutions of an instance: how a plan is written as one, and what one costs that was written by anybody.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::care::Care;
use super::cost::Costs;
use super::visits::{Task, Tour, Visit};
use crate::flaw::{Code, Flaw};
use crate::plan::Plan;
use crate::problem::{Problem, limits};
use crate::units::Moment;
use crate::wire::document::at_most;
use crate::wire::read;

/// The service that stands for a break.
const LUNCH: &str = "lunch_break";
/// The latest time of a solution in minutes: twice the latest of an instance, and some overtime.
const LATEST: f64 = 1_100_000.0;

/// A solution; what else stands in one does not matter.
#[derive(Deserialize)]
struct SolutionDoc {
    #[serde(deserialize_with = "at_most::<{ limits::ENGINEERS }, _, _>")]
    routes: Vec<RouteDoc>,
}

#[derive(Deserialize)]
struct RouteDoc {
    caregiver_id: String,
    #[serde(default)]
    locations: Option<Vec<VisitDoc>>,
}

#[derive(Deserialize)]
struct VisitDoc {
    patient: String,
    service: String,
    #[serde(alias = "arrival_time", alias = "start_time")]
    start_service_time: f64,
    #[serde(alias = "departure_time", alias = "end_time")]
    end_service_time: f64,
}

#[derive(Serialize)]
struct WrittenDoc {
    cost_components: Map<String, Value>,
    cost: Value,
    routes: Vec<Value>,
}

impl Care {
    /// What a plan costs in the format's own objective.
    pub fn costs_of(&self, problem: &Problem, plan: &Plan) -> Costs {
        self.costs(&self.tours(problem, plan))
    }

    /// What a solution costs.
    ///
    /// # Errors
    /// All flaws of its shape; names that the instance does not have, caregivers with two routes, impossible times.
    pub fn costs_of_solution(&self, bytes: &[u8]) -> Result<Costs, Vec<Flaw>> {
        let (doc, notes) = read::document::<SolutionDoc>(bytes, "")?;
        let mut doc = notes.or(doc)?;
        let (mut flaws, mut seen) = (Vec::new(), BTreeSet::new());
        let tours = doc.routes.iter_mut().enumerate().filter_map(|(n, route)| {
            let unknown = |path: &str, what: &str, name: &str| {
                let found = format!("there is no {what} {name:?}");
                let path = format!("routes[{n}].{path}");
                Flaw::new(Code::UnknownReference, path, found, "take the instance's own")
            };
            let known = self.caregivers.iter().position(|one| one.id == route.caregiver_id);
            let Some(caregiver) = known else {
                flaws.push(unknown("caregiver_id", "caregiver", &route.caregiver_id));
                return None;
            };
            if !seen.insert(caregiver) {
                let (path, found) =
                    (format!("routes[{n}].caregiver_id"), "the caregiver has a route already");
                flaws.push(Flaw::new(Code::DuplicateId, path, found, "join the two"));
                return None;
            }
            let mut visits: Vec<Visit> = Vec::new();
            for (k, visit) in route.locations.iter().flatten().enumerate() {
                let times = [visit.start_service_time, visit.end_service_time];
                if let Some(minutes) =
                    times.into_iter().find(|minutes| !(0.0..=LATEST).contains(minutes))
                {
                    let path = format!("routes[{n}].locations[{k}]");
                    let found = format!("{minutes} is not between 0 and {LATEST} minutes");
                    flaws.push(Flaw::new(Code::OutOfRange, path, found, "give it in minutes"));
                    continue;
                }
                if let Some(visit) = self.visit(visit) {
                    visits.push(visit);
                } else {
                    let path = format!("locations[{k}]");
                    flaws.push(unknown(&path, "patient with such a service", &visit.patient));
                }
            }
            visits.sort_by_key(|visit| visit.start);
            Some(Tour { caregiver, visits })
        });
        let tours: Vec<Tour> = tours.collect();
        if flaws.is_empty() { Ok(self.costs(&tours)) } else { Err(flaws) }
    }

    fn visit(&self, doc: &VisitDoc) -> Option<Visit> {
        let at = self.patients.iter().position(|patient| patient.id == doc.patient);
        let moment = |minutes: f64| Moment((minutes * 60.0).round() as i64);
        let (start, end) = (moment(doc.start_service_time), moment(doc.end_service_time));
        let task = if doc.service == LUNCH {
            Task::Lunch
        } else {
            let services = &self.patients[at?].services;
            Task::Service(at?, services.iter().position(|service| *service == doc.service)?)
        };
        Some(Visit { at, task, start, end })
    }

    /// The text of a plan of the problem as a solution, indented, with a line break at the end.
    pub fn write(&self, problem: &Problem, plan: &Plan) -> Vec<u8> {
        let tours = self.tours(problem, plan);
        let costs = self.costs(&tours);
        let parts = costs.parts().map(|(part, points)| (part.as_str().to_owned(), number(points)));
        let doc = WrittenDoc {
            cost_components: parts.collect(),
            cost: json!({"objective": number(costs.total())}),
            routes: tours.iter().map(|tour| self.route(tour)).collect(),
        };
        let mut text =
            serde_json::to_vec_pretty(&doc).expect("a solution holds only texts, numbers and lists");
        text.push(b'\n');
        text
    }

    fn route(&self, tour: &Tour) -> Value {
        let id = &self.caregivers[tour.caregiver].id;
        if tour.visits.is_empty() {
            return json!({"caregiver_id": id});
        }
        let minutes = |moment: Moment| number(moment.0 as f64 / 60.0);
        let location = |visit: &Visit| {
            // Lunch at a departing point is told by a patient that there is not.
            let patient = visit.at.map_or("", |patient| &self.patients[patient].id);
            let service = match visit.task {
                Task::Lunch => LUNCH,
                Task::Service(patient, service) => &self.patients[patient].services[service],
            };
            json!({"patient": patient, "service": service,
                "start_service_time": minutes(visit.start), "end_service_time": minutes(visit.end)})
        };
        json!({"caregiver_id": id, "locations": tour.visits.iter().map(location).collect::<Vec<_>>()})
    }
}

/// A number without a fraction where it has none.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}
