//! What the published text formats have in common: vehicles at depots, customers with a window, and only
//! driving counts.
//!
//! All numbers are whole units by now, and checked. A unit stands for a second: the engine does not care.

use super::lines::{Findings, Scale};
use crate::engineer::{EngineerDraft, PlaceDraft, Rates, ShiftDraft, SkillDraft, Stamp};
use crate::flaw::{Code, Flaw};
use crate::policy::{Policy, Sla, Weights};
use crate::problem::{Draft, Table, TravelSpec, limits};
use crate::ticket::{NeedDraft, TicketDraft, TicketType, Window};
use crate::units::{Moment, Seconds};

/// What a customer's priority is where all must be served.
pub(super) const MANDATORY: u8 = 100;
/// The longest work on site that the engine takes.
pub(super) const LONGEST_SERVICE: i64 = 30 * 86_400;
/// No route lasts longer, so a window that ends later ends here.
pub(super) const HORIZON: i64 = Seconds::LONGEST.0;
/// The one capacity of the text formats.
const LOAD: &str = "load";

/// A customer of a text format.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    /// The file's number.
    pub number: u32,
    /// Row of the travel table.
    pub row: u32,
    /// What it takes of a vehicle's capacity.
    pub demand: i64,
    /// When service may start.
    pub window: (i64, i64),
    /// How long it takes.
    pub service: i64,
    /// What leaving it out costs, in units; `None` if it must be served.
    pub prize: Option<i64>,
    /// Which kind of customer it is, where not every vehicle serves every kind.
    pub kind: Option<u32>,
}

/// A vehicle of a text format.
#[derive(Clone, Debug, Default)]
pub(super) struct Vehicle {
    /// Row of its depot.
    pub row: u32,
    /// From when to when it may be away from the depot.
    pub hours: (i64, i64),
    /// What it holds; `None` is without limit.
    pub capacity: Option<i64>,
    /// Kinds of customers that it may serve, of those that have one.
    pub kinds: Vec<u32>,
    /// Longest time from leaving to being back, where there is a limit.
    pub longest: Option<i64>,
    /// Farthest that it may drive, where there is a limit.
    pub farthest: Option<i64>,
    /// What sending it out costs.
    pub callout: i64,
}

/// A whole file.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub size: usize,
    /// `size * size` units, row by row.
    pub travel: Vec<u32>,
    pub customers: Vec<Customer>,
    pub vehicles: Vec<Vehicle>,
}

impl Instance {
    /// Makes every vehicle cost more than all the driving that any plan could do, so that fewer vehicles
    /// come before shorter ways. Returns how much.
    pub(super) fn fewest_vehicles(&mut self) -> Seconds {
        let longest = self.travel.iter().max().copied().unwrap_or(0);
        let legs = self.customers.len() + self.vehicles.len();
        let callout = (i64::from(longest) * legs as i64 + 1).min(limits::PRICE);
        for vehicle in &mut self.vehicles {
            vehicle.callout += callout;
        }
        Seconds(callout)
    }

    /// The draft of the file.
    pub(super) fn draft(self) -> Draft {
        let table = Table { size: self.size, seconds: self.travel, metres: None, costs: None };
        Draft {
            travel: TravelSpec::table(table),
            engineers: (1..).zip(&self.vehicles).map(|(n, vehicle)| engineer(n, vehicle)).collect(),
            tickets: self.customers.iter().map(ticket).collect(),
            policy: only_driving(),
            ..Draft::default()
        }
    }
}

fn engineer(number: u32, vehicle: &Vehicle) -> EngineerDraft {
    let stamp = |moment| Stamp { moment: Moment(moment), offset_s: 0 };
    let skill = |kind: &u32| SkillDraft { name: kind_name(*kind), level: 1, valid_until: None };
    EngineerDraft {
        id: number.to_string(),
        home: Some(place(vehicle.row)),
        skills: vehicle.kinds.iter().map(skill).collect(),
        shifts: vec![ShiftDraft {
            start: stamp(vehicle.hours.0),
            end: stamp(vehicle.hours.1),
            max_span: vehicle.longest.map(Seconds),
            max_drive: vehicle.farthest.map(Seconds),
            ..ShiftDraft::default()
        }],
        capacity: vehicle.capacity.map(|capacity| (LOAD.to_owned(), capacity)).into_iter().collect(),
        speed_permille: 1000,
        rates: Rates { callout: Seconds(vehicle.callout), ..Rates::default() },
        ..EngineerDraft::default()
    }
}

fn ticket(customer: &Customer) -> TicketDraft {
    let need = |kind| NeedDraft { skill: kind_name(kind), level: 1, preferred: None };
    TicketDraft {
        id: customer.number.to_string(),
        kind: TicketType::Installation,
        place: place(customer.row),
        work: Seconds(customer.service),
        requires: customer.kind.map(need).into_iter().collect(),
        windows: vec![Window { start: Moment(customer.window.0), end: Moment(customer.window.1) }],
        priority: customer.prize.is_none().then_some(MANDATORY),
        prize: customer.prize.map(Seconds),
        // A vehicle without a capacity must be asked for none.
        delivers: (customer.demand > 0)
            .then(|| (LOAD.to_owned(), customer.demand))
            .into_iter()
            .collect(),
        crew: 1,
        ..TicketDraft::default()
    }
}

/// The place in a row of the travel table.
pub(super) fn place(row: u32) -> PlaceDraft {
    PlaceDraft { point: None, row: Some(row) }
}

/// The skill that stands for being allowed to serve a kind of customer.
fn kind_name(kind: u32) -> String {
    format!("kind {kind}")
}

/// A policy under which a plan costs its driving and nothing else.
pub(super) fn only_driving() -> Policy {
    let mut policy = Policy {
        weights: Weights { skill: 0.0, proximity: 1.0, history: 0.0, load: 0.0 },
        sla: [Sla::default(); 4],
        ..Policy::default()
    };
    policy.binding.visits = 0;
    policy
}

/// Straight-line travel among `points`, in whole units. `O(points^2)` in time and memory, so whoever
/// calls it has held their number against [`limits::TABLE_ROWS`].
///
/// Tells the first pair that is too far apart.
pub(super) fn straight(
    points: &[(f64, f64)],
    metric: fn(f64, f64) -> f64,
    scale: Scale,
    findings: &mut Findings,
) -> Vec<u32> {
    let mut travel = Vec::with_capacity(points.len() * points.len());
    for from in points {
        for to in points {
            let far = metric(from.0 - to.0, from.1 - to.1);
            let Some(units) = scale.units(far, HORIZON) else {
                findings.tell(too_far(far, scale));
                return Vec::new();
            };
            travel.push(units as u32);
        }
    }
    travel
}

fn too_far(far: f64, scale: Scale) -> Flaw {
    let most = HORIZON / scale.per_one;
    let found = format!("two places lie {far} apart, more than the {most} that a route may be long");
    Flaw::new(Code::OutOfRange, "", found, "check the coordinates, or scale them down")
}

/// As the crow flies in the plane.
pub(super) fn euclidean(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// A vehicle for every customer is as many as are ever of use.
pub(super) fn useful_vehicles(stated: i64, customers: usize) -> usize {
    usize::try_from(stated).unwrap_or(0).min(customers.max(1)).min(limits::ENGINEERS)
}
