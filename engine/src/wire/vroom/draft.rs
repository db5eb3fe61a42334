//! From VROOM's question to ours: vehicles become engineers with one shift, jobs become tickets, a shipment
//! becomes a pair of them, and the policy counts nothing but what vehicles cost.
//!
//! Prices are in thousandths of VROOM's cost, so that its hourly and kilometre rates lose nothing that
//! shows: by default an hour of travel costs 3600, so a second costs 1, which is 1000 of ours.

use std::collections::BTreeSet;

use super::document::{JobDoc, MatrixDoc, VehicleDoc, VroomBreakDoc, VroomDoc};
use super::keys::{Keys, TaskKind, delivered, dimension, too_large};
use crate::engineer::{BreakDraft, BreakTimes, EngineerDraft, PlaceDraft, Rates, ShiftDraft, Stamp};
use crate::flaw::{Code, Flaw};
use crate::geo::LatLon;
use crate::problem::{Draft, Profile, RouteDraft, Table, TravelSpec, limits};
use crate::ticket::{NeedDraft, TicketDraft, TicketType, Window};
use crate::units::{Moment, Seconds};
use crate::wire::instance::only_driving;

/// Units of our price for one of VROOM's.
pub(super) const SCALE: i64 = 1000;
/// The highest of a vehicle's costs.
const DEAREST: u32 = (limits::PRICE / SCALE) as u32;

/// The draft of a question, or what is wrong with the question's own shape, at most [`limits::FLAWS`] of it.
/// `crow` is the travel where it brings no tables.
pub(super) fn draft(doc: &VroomDoc, crow: TravelSpec) -> Result<(Draft, Keys), Vec<Flaw>> {
    let mut flaws = too_large(doc);
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let travel = travel(doc, crow, &mut flaws);
    let tables = matches!(travel, TravelSpec::Tables(_));
    let priced = priced(&travel);
    let keys = Keys::new(doc, &mut flaws);
    let mut tickets = Vec::with_capacity(keys.tasks().len());
    for (n, job) in doc.jobs.iter().enumerate() {
        let path = format!("jobs[{n}]");
        let (delivery, key) = delivered(job);
        let mut ticket = ticket(job, TaskKind::Job, tables, &path, &mut flaws);
        needs(&mut ticket, &job.skills, job.priority, &path, &mut flaws);
        ticket.delivers = amounts(delivery, keys.dimensions(), &format!("{path}.{key}"), &mut flaws);
        ticket.demand = amounts(&job.pickup, keys.dimensions(), &format!("{path}.pickup"), &mut flaws);
        tickets.push(ticket);
    }
    for (n, shipment) in doc.shipments.iter().enumerate() {
        let path = format!("shipments[{n}]");
        let halves = [
            (&shipment.pickup, TaskKind::Pickup, "pickup"),
            (&shipment.delivery, TaskKind::Delivery, "delivery"),
        ];
        for (half, kind, name) in halves {
            let mut ticket = ticket(half, kind, tables, &format!("{path}.{name}"), &mut flaws);
            needs(&mut ticket, &shipment.skills, shipment.priority, &path, &mut flaws);
            match kind {
                TaskKind::Delivery => ticket.follows = Some(TaskKind::Pickup.ticket(shipment.pickup.id)),
                TaskKind::Pickup | TaskKind::Job => {
                    let path = format!("{path}.amount");
                    ticket.demand = amounts(&shipment.amount, keys.dimensions(), &path, &mut flaws);
                }
            }
            tickets.push(ticket);
        }
    }
    let mut engineers = Vec::with_capacity(doc.vehicles.len());
    let mut routes = Vec::new();
    for (n, vehicle) in doc.vehicles.iter().enumerate() {
        let path = format!("vehicles[{n}]");
        engineers.push(engineer(vehicle, &priced, &keys, tables, &path, &mut flaws));
        routes.extend(route(vehicle));
    }
    if !flaws.is_empty() {
        flaws.truncate(limits::FLAWS);
        return Err(flaws);
    }
    let draft = Draft { travel, engineers, tickets, routes, policy: only_driving(), ..Draft::default() };
    Ok((draft, keys))
}

fn travel(doc: &VroomDoc, crow: TravelSpec, flaws: &mut Vec<Flaw>) -> TravelSpec {
    let mut profiles = Vec::new();
    if let Some(rows) = &doc.matrix {
        let matrix = MatrixDoc { durations: rows.clone(), ..MatrixDoc::default() };
        profiles.push(profile("car", &matrix, "matrix", flaws));
    }
    for (name, matrix) in &doc.matrices {
        if name == "car" && doc.matrix.is_some() {
            continue;
        }
        profiles.push(profile(name, matrix, &format!("matrices.{name}.durations"), flaws));
    }
    if profiles.is_empty() { crow } else { TravelSpec::Tables(profiles) }
}

/// The profiles whose tables say what driving costs.
fn priced(travel: &TravelSpec) -> BTreeSet<String> {
    let TravelSpec::Tables(profiles) = travel else { return BTreeSet::new() };
    let priced = profiles.iter().filter(|profile| profile.table.costs.is_some());
    priced.map(|profile| profile.name.clone()).collect()
}

fn profile(name: &str, matrix: &MatrixDoc, path: &str, flaws: &mut Vec<Flaw>) -> Profile {
    let size = matrix.durations.len();
    let mut cells = |rows: &[Vec<u32>]| {
        if rows.len() != size || rows.iter().any(|row| row.len() != size) {
            flaws.push(Flaw::new(
                Code::BadTable,
                path,
                format!(
                    "a table of {size} rows is not square, or its distances or costs are of another size"
                ),
                "give one row and one column for each place, in all tables of a profile",
            ));
            return Vec::new();
        }
        rows.concat()
    };
    let seconds = cells(&matrix.durations);
    let metres = matrix.distances.as_deref().map(&mut cells);
    let costs = matrix.costs.as_deref().map(&mut cells);
    let table = Table { size, seconds, metres, costs };
    Profile { name: name.to_owned(), table: std::sync::Arc::new(table) }
}

/// A place by coordinates, by row, or both.
fn place(
    location: Option<[f64; 2]>,
    row: Option<u32>,
    tables: bool,
    (path, id): (&str, u64),
    flaws: &mut Vec<Flaw>,
) -> PlaceDraft {
    let missing = if tables { row.is_none() } else { location.is_none() };
    if missing {
        let (found, fix) = if tables {
            ("the travel tables need the place's row", "give its index, counted from 0")
        } else {
            ("without travel tables the place needs coordinates", "give [longitude, latitude]")
        };
        flaws.push(Flaw::new(Code::NoPlace, path, found, fix).of(&id.to_string()));
    }
    let point = location.map(|[lon, lat]| LatLon { lat, lon });
    PlaceDraft { point, row: if tables { row } else { None } }
}

fn ticket(job: &JobDoc, kind: TaskKind, tables: bool, path: &str, flaws: &mut Vec<Flaw>) -> TicketDraft {
    let lengths = |list: &std::collections::BTreeMap<String, u32>| {
        list.iter().map(|(class, length)| (class.clone(), Seconds(i64::from(*length)))).collect()
    };
    TicketDraft {
        id: kind.ticket(job.id),
        kind: TicketType::Question,
        place: place(job.location, job.location_index, tables, (path, job.id), flaws),
        work: Seconds(i64::from(job.service)),
        work_by_class: lengths(&job.service_per_type),
        setup: Seconds(i64::from(job.setup)),
        setup_by_class: lengths(&job.setup_per_type),
        windows: windows(&job.time_windows),
        crew: 1,
        ..TicketDraft::default()
    }
}

fn windows(list: &[[i64; 2]]) -> Vec<Window> {
    list.iter().map(|&[start, end]| Window { start: Moment(start), end: Moment(end) }).collect()
}

fn needs(ticket: &mut TicketDraft, skills: &[u32], priority: u32, path: &str, flaws: &mut Vec<Flaw>) {
    let mut skills = skills.to_vec();
    skills.sort_unstable();
    skills.dedup();
    ticket.requires = skills
        .into_iter()
        .map(|skill| NeedDraft { skill: skill.to_string(), level: 1, preferred: None })
        .collect();
    match u8::try_from(priority) {
        Ok(priority @ 0..=100) => ticket.priority = Some(priority),
        _ => flaws.push(
            Flaw::new(
                Code::OutOfRange,
                format!("{path}.priority"),
                format!("{priority} is not between 0 and 100"),
                "0 can wait, 100 cannot",
            )
            .of(&ticket.id),
        ),
    }
}

/// Amounts by dimension; those that are 0 are left out.
fn amounts(list: &[i64], dimensions: usize, path: &str, flaws: &mut Vec<Flaw>) -> Vec<(String, i64)> {
    if !list.is_empty() && list.len() != dimensions {
        flaws.push(Flaw::new(
            Code::Contradiction,
            path,
            format!("{} amounts, where others have {dimensions}", list.len()),
            "give every amount and every capacity the same dimensions",
        ));
    }
    let amount = |(n, &amount): (usize, &i64)| (amount != 0).then(|| (dimension(n), amount));
    list.iter().enumerate().filter_map(amount).collect()
}

fn engineer(
    vehicle: &VehicleDoc,
    priced: &BTreeSet<String>,
    keys: &Keys,
    tables: bool,
    path: &str,
    flaws: &mut Vec<Flaw>,
) -> EngineerDraft {
    let has_start = vehicle.start.is_some() || (tables && vehicle.start_index.is_some());
    let has_end = vehicle.end.is_some() || (tables && vehicle.end_index.is_some());
    let mut end = |name: &str, has: bool, at: Option<[f64; 2]>, row: Option<u32>| {
        has.then(|| place(at, row, tables, (&format!("{path}.{name}"), vehicle.id), flaws))
    };
    let start = end("start", has_start, vehicle.start, vehicle.start_index);
    let end = end("end", has_end, vehicle.end, vehicle.end_index);
    let mut capacity = amounts(&vehicle.capacity, keys.dimensions(), &format!("{path}.capacity"), flaws);
    if !keys.is_limited() {
        // Nobody limits what is carried.
        capacity = (0..keys.dimensions()).map(|n| (dimension(n), super::ENDLESS)).collect();
    }
    let mut skills = vehicle.skills.clone();
    skills.sort_unstable();
    skills.dedup();
    let level = |skill: u32| crate::engineer::SkillDraft {
        name: skill.to_string(),
        level: 1,
        valid_until: None,
    };
    let profile = vehicle.profile.clone().unwrap_or_else(|| "car".to_owned());
    EngineerDraft {
        id: vehicle.id.to_string(),
        start,
        end,
        open_start: !has_start,
        open_end: !has_end,
        skills: skills.into_iter().map(level).collect(),
        shifts: vec![shift(vehicle, keys, path, flaws)],
        capacity,
        speed_permille: vehicle.speed_factor.map_or(1000, |factor| (factor * 1000.0).round() as u32),
        profile: tables.then_some(profile),
        class: vehicle.kind.clone(),
        rates: rates(vehicle, priced, path, flaws),
        ..EngineerDraft::default()
    }
}

/// What the vehicle costs, in our units. Where a table of costs holds, it is in place of the hours.
fn rates(vehicle: &VehicleDoc, priced: &BTreeSet<String>, path: &str, flaws: &mut Vec<Flaw>) -> Rates {
    let mut costs = vehicle.costs.unwrap_or_default();
    for (key, cost) in [
        ("fixed", &mut costs.fixed),
        ("per_hour", &mut costs.per_hour),
        ("per_km", &mut costs.per_km),
        ("per_task_hour", &mut costs.per_task_hour),
    ] {
        if *cost > DEAREST {
            let found = format!("{cost} is not between 0 and {DEAREST}");
            let flaw = Flaw::new(
                Code::OutOfRange,
                format!("{path}.costs.{key}"),
                found,
                "use a smaller unit of cost",
            );
            flaws.push(flaw.of(&vehicle.id.to_string()));
            *cost = DEAREST;
        }
    }
    let profile = vehicle.profile.as_deref().unwrap_or("car");
    // Rounded to the nearest thousandth.
    let by_hour = |rate: u32| (i64::from(rate) * SCALE * 1000 + 1800) / 3600;
    Rates {
        callout: Seconds(i64::from(costs.fixed) * SCALE),
        drive: if priced.contains(profile) { SCALE * 1000 } else { by_hour(costs.per_hour) },
        metre: i64::from(costs.per_km) * SCALE,
        work: by_hour(costs.per_task_hour),
        ..Rates::default()
    }
}

fn shift(vehicle: &VehicleDoc, keys: &Keys, path: &str, flaws: &mut Vec<Flaw>) -> ShiftDraft {
    let [start, end] = vehicle.time_window.unwrap_or([Moment::FIRST.0, Moment::LAST.0]);
    let stamp = |second: i64| Stamp { moment: Moment(second), offset_s: 0 };
    let breaks = vehicle.breaks.iter().enumerate();
    ShiftDraft {
        start: stamp(start),
        end: stamp(end),
        breaks: breaks.map(|(n, doc)| pause(doc, keys, &format!("{path}.breaks[{n}]"), flaws)).collect(),
        max_tickets: vehicle.max_tasks,
        max_drive: vehicle.max_travel_time.map(Seconds),
        max_metres: vehicle.max_distance,
        ..ShiftDraft::default()
    }
}

fn pause(doc: &VroomBreakDoc, keys: &Keys, path: &str, flaws: &mut Vec<Flaw>) -> BreakDraft {
    let path = format!("{path}.max_load");
    let limits = amounts(&doc.max_load, keys.dimensions(), &path, flaws);
    // Nothing is a limit here, too.
    let zeros = doc.max_load.iter().enumerate().filter(|(_, most)| **most == 0);
    let zeros = zeros.map(|(n, _)| (dimension(n), 0));
    BreakDraft {
        times: BreakTimes::Starts(windows(&doc.time_windows)),
        length: Seconds(i64::from(doc.service)),
        max_load: limits.into_iter().chain(zeros).collect(),
    }
}

/// The route that the vehicle's steps give to start from.
fn route(vehicle: &VehicleDoc) -> Option<RouteDraft> {
    let tickets: Vec<String> = vehicle
        .steps
        .iter()
        .filter_map(|step| Some(TaskKind::of(&step.kind)?.ticket(step.id?)))
        .collect();
    (!tickets.is_empty()).then(|| RouteDraft { engineer: vehicle.id.to_string(), shift: 0, tickets })
}
