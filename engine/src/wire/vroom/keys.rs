//! Which task of the question is which ticket of the problem, and back.

use std::collections::BTreeMap;

use super::document::{JobDoc, VroomDoc};
use crate::flaw::{Code, Flaw};
use crate::problem::limits;

/// Kinds of tasks; each has ids of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TaskKind {
    /// A task at one place.
    Job,
    /// The first half of a shipment.
    Pickup,
    /// The second half of a shipment.
    Delivery,
}

impl TaskKind {
    /// The word in a step.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            TaskKind::Job => "job",
            TaskKind::Pickup => "pickup",
            TaskKind::Delivery => "delivery",
        }
    }

    /// The kind that a step names; `None` if the step is no task.
    pub(super) fn of(word: &str) -> Option<TaskKind> {
        [TaskKind::Job, TaskKind::Pickup, TaskKind::Delivery]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }

    /// The id of the ticket.
    pub(super) fn ticket(self, id: u64) -> String {
        format!("{}:{id}", self.as_str())
    }
}

/// One task.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) kind: TaskKind,
    pub(super) doc: JobDoc,
    pub(super) priority: u32,
    pub(super) skills: Vec<u32>,
    /// Amounts brought from the vehicle's start ...
    pub(super) off: Vec<i64>,
    /// ... and taken along; negative where a shipment ends.
    pub(super) on: Vec<i64>,
}

/// All tasks, by the index of their ticket.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    tasks: Vec<Task>,
    by_id: BTreeMap<(TaskKind, u64), usize>,
    dimensions: usize,
    is_limited: bool,
}

/// Ends of our paths that VROOM has other words for.
const WORDS: [(&str, &str); 7] = [
    (".rates", ".costs"),
    (".rates.callout_s", ".costs.fixed"),
    (".rates.drive", ".costs.per_hour"),
    (".rates.per_km_s", ".costs.per_km"),
    (".rates.per_work_hour_s", ".costs.per_task_hour"),
    (".max_drive_s", ".max_travel_time"),
    (".max_distance_m", ".max_distance"),
];

/// The name of a dimension of amounts.
pub(super) fn dimension(n: usize) -> String {
    // Names are heard in this order, so that a dimension's index is its number.
    format!("{n}")
}

impl Keys {
    /// The tasks of a question that is not [too large](too_large), with a flaw for every id that stands
    /// twice.
    pub(super) fn new(doc: &VroomDoc, flaws: &mut Vec<Flaw>) -> Keys {
        let dimensions = longest(doc).map_or(0, |(.., len)| len);
        // What saturates is out of range, and told elsewhere.
        let padded = |list: &[i64], sign: i64| -> Vec<i64> {
            (0..dimensions).map(|n| list.get(n).copied().unwrap_or(0).saturating_mul(sign)).collect()
        };
        let mut tasks = Vec::with_capacity(doc.jobs.len() + 2 * doc.shipments.len());
        for job in &doc.jobs {
            let (delivery, _) = delivered(job);
            tasks.push(Task {
                kind: TaskKind::Job,
                doc: job.clone(),
                priority: job.priority,
                skills: job.skills.clone(),
                off: padded(delivery, 1),
                on: padded(&job.pickup, 1),
            });
        }
        for shipment in &doc.shipments {
            let halves =
                [(TaskKind::Pickup, &shipment.pickup, 1), (TaskKind::Delivery, &shipment.delivery, -1)];
            for (kind, half, sign) in halves {
                tasks.push(Task {
                    kind,
                    doc: half.clone(),
                    priority: shipment.priority,
                    skills: shipment.skills.clone(),
                    off: padded(&[], 1),
                    on: padded(&shipment.amount, sign),
                });
            }
        }
        let mut by_id = BTreeMap::new();
        for (ticket, task) in tasks.iter().enumerate() {
            if by_id.insert((task.kind, task.doc.id), ticket).is_some() {
                let found = format!("two {} tasks have the id {}", task.kind.as_str(), task.doc.id);
                let path = if task.kind == TaskKind::Job { "jobs" } else { "shipments" };
                flaws.push(
                    Flaw::new(Code::DuplicateId, path, found, "give each its own id")
                        .of(&task.doc.id.to_string()),
                );
            }
        }
        let is_limited = doc.vehicles.iter().any(|vehicle| !vehicle.capacity.is_empty());
        Keys { tasks, by_id, dimensions, is_limited }
    }

    /// All tasks, in the order of their tickets.
    pub(super) fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The ticket of the task that a step names. `O(log tasks)`.
    pub(super) fn named(&self, word: &str, id: u64) -> Option<usize> {
        self.by_id.get(&(TaskKind::of(word)?, id)).copied()
    }

    /// A path of the problem as one of the question.
    pub(super) fn path_of(&self, path: &str) -> String {
        if let Some(vehicle) = path.strip_prefix("engineers") {
            let vehicle = vehicle.replacen(".shifts[0]", "", 1);
            let word =
                WORDS.iter().find_map(|(ours, theirs)| Some((vehicle.strip_suffix(ours)?, theirs)));
            return match word {
                Some((vehicle, theirs)) => format!("vehicles{vehicle}{theirs}"),
                None => format!("vehicles{vehicle}"),
            };
        }
        let Some((number, rest)) = path.strip_prefix("tickets[").and_then(|path| path.split_once(']'))
        else {
            return path.to_owned();
        };
        let jobs = self.tasks.iter().take_while(|task| task.kind == TaskKind::Job).count();
        match number.parse::<usize>() {
            Ok(n) if n < jobs => format!("jobs[{n}]{rest}"),
            Ok(n) => {
                let half = if (n - jobs).is_multiple_of(2) { "pickup" } else { "delivery" };
                format!("shipments[{}].{half}{rest}", (n - jobs) / 2)
            }
            Err(_) => path.to_owned(),
        }
    }

    /// How many dimensions amounts have.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Whether any vehicle has a capacity; one without then has no room at all.
    pub(super) fn is_limited(&self) -> bool {
        self.is_limited
    }
}

/// What a job brings from the vehicle's start, and the key under which it stands.
pub(super) fn delivered(job: &JobDoc) -> (&[i64], &'static str) {
    if job.delivery.is_empty() { (&job.amount, "amount") } else { (&job.delivery, "delivery") }
}

/// A flaw for all that a question holds too much of. Asked before anything is made of it, since every task
/// is given as many amounts as the longest list has.
pub(super) fn too_large(doc: &VroomDoc) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let tasks = doc.jobs.len() + 2 * doc.shipments.len();
    let most = if doc.jobs.len() > doc.shipments.len() { "jobs" } else { "shipments" };
    for (path, name, count, limit) in [
        ("vehicles", "vehicles", doc.vehicles.len(), limits::ENGINEERS),
        (most, "jobs and halves of shipments", tasks, limits::TICKETS),
    ] {
        if count > limit {
            let found = format!("{count} {name} are more than the limit of {limit}");
            flaws.push(Flaw::new(
                Code::TooLarge,
                path,
                found,
                "split the question, by region or by day",
            ));
        }
    }
    if let Some((list, n, name, count)) = longest(doc)
        && count > limits::ROOMS
    {
        let found =
            format!("{count} dimensions of amounts are more than the limit of {}", limits::ROOMS);
        let fix = "leave out those that never fill a vehicle";
        flaws.push(Flaw::new(Code::TooLarge, format!("{list}[{n}].{name}"), found, fix));
    }
    flaws
}

/// Where the longest list of amounts stands, and its length, which is the number of dimensions.
fn longest(doc: &VroomDoc) -> Option<(&'static str, usize, &'static str, usize)> {
    let jobs = doc.jobs.iter().enumerate().flat_map(|(n, job)| {
        [("delivery", &job.delivery), ("pickup", &job.pickup), ("amount", &job.amount)]
            .map(|(name, amounts)| ("jobs", n, name, amounts.len()))
    });
    let shipments = doc.shipments.iter().enumerate();
    let shipments = shipments.map(|(n, shipment)| ("shipments", n, "amount", shipment.amount.len()));
    let vehicles = doc.vehicles.iter().enumerate();
    let vehicles = vehicles.map(|(n, vehicle)| ("vehicles", n, "capacity", vehicle.capacity.len()));
    jobs.chain(shipments).chain(vehicles).max_by_key(|&(.., len)| len)
}
