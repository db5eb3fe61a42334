//! Jobs to tickets, and relations to required engineers.

use std::collections::{BTreeMap, BTreeSet};

use super::Translation;
use super::document::{JobDoc, PlaceDoc, ProblemDoc, RelationKindDoc, TaskDoc};
use super::objectives::values_count;
use super::travel::Travel;
use crate::flaw::Code;
use crate::problem::limits;
use crate::ticket::{NeedDraft, TicketDraft, TicketType, Window};
use crate::units::Seconds;
use crate::wire::words::quoted;

/// The priority of every job where none has a value.
const EVEN: u8 = 50;
const LONGEST_WORK: Seconds = Seconds(30 * 86_400);

/// Tickets with where their jobs stand in the document.
#[derive(Default)]
pub(super) struct Work {
    pub(super) tickets: Vec<TicketDraft>,
    pub(super) paths: Vec<String>,
}

/// The kind of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TaskKind {
    Pickup,
    Delivery,
    Service,
}

/// All tasks of a job but replacements. A sound job has one, or a pickup and a delivery, and becomes as many
/// tickets in this order.
pub(super) fn tasks(job: &JobDoc) -> impl Iterator<Item = (TaskKind, &TaskDoc)> {
    let kinds = [
        (TaskKind::Pickup, &job.pickups),
        (TaskKind::Delivery, &job.deliveries),
        (TaskKind::Service, &job.services),
    ];
    kinds.into_iter().flat_map(|(kind, tasks)| tasks.iter().map(move |task| (kind, task)))
}

/// The tickets of all jobs, in the document's order.
pub(super) fn work(doc: &ProblemDoc, travel: &Travel, translation: &mut Translation<'_>) -> Work {
    let values = Values::of(doc, translation);
    let mut required = required(doc, translation);
    for (name, value) in [("areas", &doc.plan.areas), ("clustering", &doc.plan.clustering)] {
        if value.is_some() {
            translation.differs(|| format!("plan.{name}"), "areas and clustering are not looked at");
        }
    }
    let mut work = Work::default();
    for (n, job) in doc.plan.jobs.iter().enumerate() {
        let path = format!("plan.jobs[{n}]");
        let mut tickets = tickets(job, &path, travel, translation);
        let required = required.remove(job.id.as_str());
        tickets[0].priority = Some(values.priority(job));
        for ticket in &mut tickets {
            ticket.required.extend(required.clone());
        }
        work.paths.extend(tickets.iter().map(|_| path.clone()));
        work.tickets.append(&mut tickets);
    }
    work
}

/// The one or two tickets of a job.
fn tickets(
    job: &JobDoc,
    path: &str,
    travel: &Travel,
    translation: &mut Translation<'_>,
) -> Vec<TicketDraft> {
    for (name, value) in [("group", &job.group), ("compatibility", &job.compatibility)] {
        if value.is_some() {
            translation.refuse(format!("{path}.{name}"), &job.id, "jobs that depend on each other are");
        }
    }
    let blank = TicketDraft {
        id: job.id.clone(),
        kind: TicketType::Installation,
        requires: needs(job),
        crew: 1,
        ..TicketDraft::default()
    };
    if !job.replacements.is_empty() {
        translation.refuse(format!("{path}.replacements"), &job.id, "replacements are");
        return vec![blank];
    }
    let mut ticket = |name: &str, task: &TaskDoc, blank: TicketDraft| {
        self::task(task, &format!("{path}.{name}[0]"), blank, travel, translation)
    };
    match tasks(job).take(3).collect::<Vec<_>>()[..] {
        [(TaskKind::Pickup, task)] => {
            let blank = TicketDraft { demand: amounts(&task.demand), ..blank };
            vec![ticket("pickups", task, blank)]
        }
        [(TaskKind::Delivery, task)] => {
            let blank = TicketDraft { delivers: amounts(&task.demand), ..blank };
            vec![ticket("deliveries", task, blank)]
        }
        [(TaskKind::Service, task)] => vec![ticket("services", task, blank)],
        [(TaskKind::Pickup, pickup), (TaskKind::Delivery, delivery)] => {
            let id = job.id.clone();
            // What the job is worth is lost with the first; the second alone is never left out.
            let second = TicketDraft {
                id: format!("{id} (delivery)"),
                follows: Some(id.clone()),
                prize: Some(Seconds::ZERO),
                ..blank.clone()
            };
            let first = TicketDraft { demand: amounts(&pickup.demand), ..blank };
            let pair = vec![ticket("pickups", pickup, first), ticket("deliveries", delivery, second)];
            if amounts(&pickup.demand) != amounts(&delivery.demand) {
                let found = "the job delivers something else than it picks up";
                let fix = "give both tasks the same demand";
                translation.flaw(Code::Contradiction, path.to_owned(), &id, found, fix);
            }
            pair
        }
        [] => {
            let fix = "give it a pickup, a delivery or a service";
            translation.flaw(Code::MissingKey, path.to_owned(), &job.id, "the job has no task", fix);
            vec![blank]
        }
        _ => {
            let what = "jobs of several tasks, other than one pickup with one delivery, are";
            translation.refuse(path.to_owned(), &job.id, what);
            vec![blank]
        }
    }
}

/// The ticket with place, time and windows of a task.
fn task(
    task: &TaskDoc,
    path: &str,
    mut ticket: TicketDraft,
    travel: &Travel,
    translation: &mut Translation<'_>,
) -> TicketDraft {
    let id = ticket.id.clone();
    if task.order.is_some() {
        translation.differs(|| format!("{path}.order"), "the order of tasks is not looked at");
    }
    let place = match &task.places[..] {
        [place] => place,
        [] => {
            let fix = "give one place";
            translation.flaw(Code::MissingKey, format!("{path}.places"), &id, "there is no place", fix);
            return ticket;
        }
        _ => {
            translation.refuse(format!("{path}.places"), &id, "several places of one task are");
            return ticket;
        }
    };
    let path = format!("{path}.places[0]");
    ticket.place = travel.place(&place.location, || format!("{path}.location"), &id, translation);
    ticket.work = translation.seconds(|| format!("{path}.duration"), &id, place.duration, LONGEST_WORK);
    ticket.windows = windows(place, &path, &id, translation);
    ticket
}

/// Amounts by dimension; what is not asked for need not be held.
pub(super) fn amounts(dimensions: &[i64]) -> Vec<(String, i64)> {
    (0..)
        .zip(dimensions)
        .filter(|(_, amount)| **amount != 0)
        .map(|(n, amount)| (dimension(n), *amount))
        .collect()
}

fn dimension(n: usize) -> String {
    format!("dimension {n}")
}

fn windows(place: &PlaceDoc, path: &str, id: &str, translation: &mut Translation<'_>) -> Vec<Window> {
    let mut windows = Vec::with_capacity(place.times.len());
    for (n, times) in place.times.iter().enumerate() {
        let path = || format!("{path}.times[{n}]");
        let [start, end] = &times[..] else {
            let (found, fix) = ("a span has two moments", "write [\"first\", \"last\"]");
            translation.flaw(Code::WrongType, path(), id, found, fix);
            continue;
        };
        let start = translation.notes.moment(start, id, || path() + "[0]");
        let end = translation.notes.moment(end, id, || path() + "[1]");
        if end < start && !translation.notes.is_told(&path()) {
            translation.flaw(
                Code::Reversed,
                path(),
                id,
                "the span ends before it starts",
                "swap its ends",
            );
        }
        windows.push(Window { start, end });
    }
    windows
}

/// Skills by what they mean: having one, having one of several, having none of several.
fn needs(job: &JobDoc) -> Vec<NeedDraft> {
    let need = |skill| NeedDraft { skill, level: 1, preferred: None };
    let skills = &job.skills;
    let mut needs: Vec<NeedDraft> = skills.all.iter().map(|skill| need(has(skill))).collect();
    if !skills.one.is_empty() {
        needs.push(need(one_of(&skills.one)));
    }
    if !skills.none.is_empty() {
        needs.push(need(none_of(&skills.none)));
    }
    needs
}

/// The skill of having a skill.
pub(super) fn has(skill: &str) -> String {
    format!("has {skill}")
}

fn one_of(skills: &BTreeSet<String>) -> String {
    format!("has one of {skills:?}")
}

fn none_of(skills: &BTreeSet<String>) -> String {
    format!("has none of {skills:?}")
}

/// The different wishes of all jobs that look at several skills of a vehicle.
pub(super) struct Wishes<'d> {
    one_of: BTreeSet<&'d BTreeSet<String>>,
    none_of: BTreeSet<&'d BTreeSet<String>>,
}

impl<'d> Wishes<'d> {
    /// All wishes, or a flaw if they are too many.
    pub(super) fn of(doc: &'d ProblemDoc, translation: &mut Translation<'_>) -> Wishes<'d> {
        let skills = || doc.plan.jobs.iter().map(|job| &job.skills);
        let wishes = Wishes {
            one_of: skills().map(|skills| &skills.one).filter(|set| !set.is_empty()).collect(),
            none_of: skills().map(|skills| &skills.none).filter(|set| !set.is_empty()).collect(),
        };
        let count = wishes.one_of.len() + wishes.none_of.len();
        if count > limits::LIST {
            let found =
                format!("{count} different sets of oneOf and noneOf are more than {}", limits::LIST);
            let fix = "name the sets as skills";
            translation.flaw(Code::TooLarge, "plan.jobs".to_owned(), "", found, fix);
            return Wishes { one_of: BTreeSet::new(), none_of: BTreeSet::new() };
        }
        wishes
    }

    /// The names of those that a vehicle with these skills meets.
    pub(super) fn met(&self, skills: &BTreeSet<String>) -> impl Iterator<Item = String> {
        let one = self.one_of.iter().filter(|set| !set.is_disjoint(skills)).map(|set| one_of(set));
        let none = self.none_of.iter().filter(|set| set.is_disjoint(skills)).map(|set| none_of(set));
        one.chain(none)
    }
}

/// How values become priorities.
struct Values {
    /// What one point of priority is worth; `None` if values do not count.
    point: Option<f64>,
}

impl Values {
    fn of(doc: &ProblemDoc, translation: &mut Translation<'_>) -> Values {
        let mut most: f64 = 0.0;
        let mut whole = true;
        for (n, job) in doc.plan.jobs.iter().enumerate() {
            let Some(value) = job.value else { continue };
            if !(0.0..=1e15).contains(&value) {
                let (found, fix) =
                    (format!("{value} is not a value from 0 up"), "leave it out for none");
                translation.flaw(Code::OutOfRange, format!("plan.jobs[{n}].value"), &job.id, found, fix);
            }
            most = most.max(value);
            whole &= value.fract() == 0.0;
        }
        if most <= 0.0 || !values_count(doc) {
            return Values { point: None };
        }
        if whole && most <= 100.0 {
            return Values { point: Some(1.0) };
        }
        translation.differs(|| "plan.jobs".to_owned(), "values are scaled to priorities of 0 to 100");
        Values { point: Some(most / 100.0) }
    }

    fn priority(&self, job: &JobDoc) -> u8 {
        match (self.point, job.value) {
            (None, _) => EVEN,
            (Some(_), None | Some(0.0)) => 0,
            // Whatever has a value is worth more than what has none.
            (Some(point), Some(value)) => (value / point).round().clamp(1.0, 100.0) as u8,
        }
    }
}

/// Words in a relation that are no jobs.
const NO_JOBS: [&str; 6] = ["departure", "arrival", "break", "reload", "dispatch", "recharge"];

/// The vehicle that each job is bound to.
fn required<'d>(doc: &'d ProblemDoc, translation: &mut Translation<'_>) -> BTreeMap<&'d str, String> {
    let mut required: BTreeMap<&str, String> = BTreeMap::new();
    if doc.plan.relations.is_empty() {
        return required;
    }
    let jobs: BTreeSet<&str> = doc.plan.jobs.iter().map(|job| job.id.as_str()).collect();
    let shifts: BTreeMap<&str, usize> = doc
        .fleet
        .vehicles
        .iter()
        .flat_map(|kind| kind.vehicle_ids.iter().map(|id| (id.as_str(), kind.shifts.len())))
        .collect();
    for (n, relation) in doc.plan.relations.iter().enumerate() {
        let path = format!("plan.relations[{n}]");
        let vehicle = relation.vehicle_id.as_str();
        match shifts.get(vehicle) {
            None => {
                let found = format!("there is no vehicle {}", quoted(vehicle));
                let fix = "name one of fleet.vehicles";
                translation.flaw(Code::UnknownReference, format!("{path}.vehicleId"), "", found, fix);
                continue;
            }
            Some(count) if *count > 1 || relation.shift_index.unwrap_or(0) > 0 => {
                translation.refuse(path, vehicle, "relations to one of several shifts are");
                continue;
            }
            Some(_) => {}
        }
        let ordered = relation.kind != RelationKindDoc::Any && relation.jobs.len() > 1;
        if ordered || relation.jobs.iter().any(|job| NO_JOBS.contains(&job.as_str())) {
            translation.refuse(path, vehicle, "relations with an order are");
            continue;
        }
        for (k, job) in relation.jobs.iter().enumerate() {
            let path = || format!("{path}.jobs[{k}]");
            if !jobs.contains(job.as_str()) {
                let found = format!("there is no job {}", quoted(job));
                translation.flaw(Code::UnknownReference, path(), "", found, "name one of plan.jobs");
            } else if let Some(other) = required.insert(job, vehicle.to_owned())
                && other != vehicle
            {
                let found = format!("the job is bound to vehicle {} already", quoted(&other));
                translation.flaw(
                    Code::Contradiction,
                    path(),
                    job,
                    found,
                    "drop one of the two relations",
                );
            }
        }
    }
    required
}
