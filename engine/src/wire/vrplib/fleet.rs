//! Vehicles: how many, what they hold, where they stand, whom they may serve.

use std::collections::{BTreeMap, BTreeSet};
use std::str::SplitWhitespace;

use super::nodes::{Nodes, amount, amount_of};
use super::sections::{Rows, Section, Sections, Spec, bad_row, missing};
use crate::flaw::{Code, Flaw};
use crate::problem::limits;
use crate::wire::instance::{HORIZON, Vehicle, useful_vehicles};
use crate::wire::lines::{Findings, Line, Scale, id, whole};
use crate::wire::words::quoted;

/// Sections with a row for each vehicle.
const BY_VEHICLE: [Section; 6] = [
    Section::Capacity,
    Section::VehicleDepot,
    Section::Allowed,
    Section::MaxDuration,
    Section::MaxDistance,
    Section::FixedCost,
];

/// All vehicles, and whether they differ, so that a route must bear the number of its vehicle. Customers
/// get their kinds in `nodes`.
pub(super) fn vehicles(
    sections: &Sections<'_>,
    nodes: &mut Nodes,
    scale: Scale,
    findings: &mut Findings,
) -> Option<(Vec<Vehicle>, bool)> {
    let stated = stated(sections, findings);
    let rows: Vec<&Rows<'_>> =
        BY_VEHICLE.into_iter().filter_map(|section| sections.section(section)).collect();
    let whole_units = Scale { per_one: 1, ..scale };
    let capacity = amount_of(sections, Spec::Capacity, (whole_units, limits::GOODS), findings);
    let differ = !rows.is_empty();
    let count = match (rows.first(), stated) {
        (Some(first), stated) => {
            let count = stated.map_or(first.count(), |stated| stated.max(0) as usize);
            for rows in rows.iter().filter(|rows| rows.count() != count) {
                findings.tell(miscounted(rows, count));
            }
            count
        }
        (None, Some(stated)) => useful_vehicles(stated, nodes.customers.len()),
        (None, None) => useful_vehicles(enough(nodes, capacity), nodes.customers.len()),
    };
    if differ && count > limits::TABLE_ROWS {
        let line = Line { number: rows[0].line, text: "" };
        let found = format!("{count} vehicles are more than the limit of {}", limits::TABLE_ROWS);
        findings.tell(line.flaw(Code::TooLarge, found, "split the problem by depot or region"));
    }
    if !findings.is_clean() {
        return None;
    }
    let fleet = Fleet { sections, count, scale };
    let capacities = fleet.amounts(Section::Capacity, 1, limits::GOODS, findings);
    let depots = fleet.depots(nodes, findings);
    let kinds = fleet.kinds(nodes, findings);
    let (capacities, depots, kinds) = (capacities?, depots?, kinds?);
    if capacity.is_none()
        && sections.section(Section::Capacity).is_none()
        && nodes.customers.iter().any(|customer| customer.demand > 0)
    {
        findings.tell(missing("CAPACITY", "say what a vehicle holds, or leave DEMAND_SECTION out"));
    }
    let mut vehicles: Vec<Vehicle> = (0..count)
        .map(|n| Vehicle {
            row: depots[n].0,
            hours: depots[n].1,
            capacity: capacities[n].or(capacity),
            kinds: kinds[n].clone(),
            ..Vehicle::default()
        })
        .collect();
    fleet.limits(&mut vehicles, findings);
    Some((vehicles, differ))
}

/// The number of vehicles that the file states.
fn stated(sections: &Sections<'_>, findings: &mut Findings) -> Option<i64> {
    let value = sections.spec(Spec::Vehicles)?;
    let count = whole(value.text).filter(|count| *count >= 1);
    if count.is_none() {
        let found = format!("VEHICLES {} is not a whole number from 1 up", quoted(value.text));
        findings.tell(value.flaw(
            Code::OutOfRange,
            found,
            "leave it out for as many as the demand needs",
        ));
    }
    count
}

/// As many vehicles as a plan is likely to need.
fn enough(nodes: &Nodes, capacity: Option<i64>) -> i64 {
    let demand: i64 = nodes.customers.iter().map(|customer| customer.demand).sum();
    match capacity {
        Some(capacity @ 1..) if demand > 0 => demand * 13 / 10 / capacity + 3,
        _ => i64::MAX,
    }
}

fn miscounted(rows: &Rows<'_>, count: usize) -> Flaw {
    let line = Line { number: rows.line, text: "" };
    let found = format!("{} rows for {count} vehicles", rows.count());
    line.flaw(Code::BadTable, found, "give one row for each vehicle")
}

struct Fleet<'s, 't> {
    sections: &'s Sections<'t>,
    count: usize,
    scale: Scale,
}

impl<'t> Fleet<'_, 't> {
    /// Hands out the rows of a section by vehicle, with the words after the vehicle's number.
    fn each<T>(
        &self,
        section: Section,
        findings: &mut Findings,
        mut read: impl FnMut(usize, Line<'t>, SplitWhitespace<'t>, &mut Findings) -> Option<T>,
    ) -> Option<Vec<Option<T>>> {
        let mut all: Vec<Option<T>> = Vec::new();
        all.resize_with(self.count, || None);
        let mut seen = BTreeSet::new();
        for row in self.sections.section(section).into_iter().flat_map(Rows::rows) {
            let mut words = row.words();
            let vehicle =
                words.next().and_then(id).filter(|n| (1..=self.count).contains(&(*n as usize)));
            match vehicle {
                None => findings.tell(bad_row(
                    row,
                    section,
                    &format!("the number of the vehicle, from 1 to {}, and its value", self.count),
                )),
                Some(vehicle) if !seen.insert(vehicle) => {
                    let found = format!("vehicle {vehicle} has a row in the section already");
                    findings.tell(row.flaw(Code::DuplicateId, found, "keep one"));
                }
                Some(vehicle) => {
                    let vehicle = vehicle as usize - 1;
                    all[vehicle] = read(vehicle, row, words, findings);
                }
            }
        }
        findings.is_clean().then_some(all)
    }

    /// One amount for each vehicle.
    fn amounts(
        &self,
        section: Section,
        per_one: i64,
        most: i64,
        findings: &mut Findings,
    ) -> Option<Vec<Option<i64>>> {
        let scale = Scale { per_one, ..self.scale };
        self.each(section, findings, |_, row, mut words, findings| {
            if let (Some(word), None) = (words.next(), words.next()) {
                return amount(row, word, (scale, most), findings);
            }
            findings.tell(bad_row(row, section, "the number of the vehicle and one amount"));
            None
        })
    }

    /// The depot of each vehicle: its row and its day.
    fn depots(&self, nodes: &Nodes, findings: &mut Findings) -> Option<Vec<(u32, (i64, i64))>> {
        if self.sections.section(Section::VehicleDepot).is_none() {
            let [depot] = &nodes.depots[..] else {
                findings.tell(missing(
                    "VEHICLES_DEPOT_SECTION",
                    "with several depots, say at which each vehicle stands",
                ));
                return None;
            };
            return Some(vec![(depot.row, depot.window); self.count]);
        }
        let named = self.each(Section::VehicleDepot, findings, |_, row, mut words, findings| {
            let depot = words.next().and_then(id).and_then(|number| nodes.depot(number));
            if depot.is_none() {
                let found = format!("{} names no depot", quoted(row.text));
                findings.tell(row.flaw(Code::UnknownReference, found, "name a node of DEPOT_SECTION"));
            }
            depot.map(|depot| (depot.row, depot.window))
        })?;
        named.into_iter().collect()
    }

    /// The kinds of customers that each vehicle may serve: customers that the same vehicles may serve are
    /// of one kind, and those that every vehicle may serve of none. `O(customers * vehicles)` bits.
    fn kinds(&self, nodes: &mut Nodes, findings: &mut Findings) -> Option<Vec<Vec<u32>>> {
        let mut kinds: Vec<Vec<u32>> = vec![Vec::new(); self.count];
        let Some(rows) = self.sections.section(Section::Allowed) else { return Some(kinds) };
        let order: BTreeMap<u32, usize> =
            nodes.customers.iter().map(|customer| customer.number).zip(0..).collect();
        let depots: BTreeSet<u32> = nodes.depots.iter().map(|depot| depot.number).collect();
        let mut served = vec![Bits::of(self.count); nodes.customers.len()];
        self.each(Section::Allowed, findings, |vehicle, row, words, findings| {
            for word in words {
                match id(word) {
                    Some(number) if depots.contains(&number) => {}
                    Some(number) if order.contains_key(&number) => served[order[&number]].set(vehicle),
                    _ => {
                        let found = format!("there is no node {}", quoted(word));
                        let fix = "use the numbers of the nodes";
                        findings.tell(row.flaw(Code::UnknownReference, found, fix));
                        if findings.is_full() {
                            return None;
                        }
                    }
                }
            }
            Some(())
        })?;
        let everybody = (0..self.count).fold(Bits::of(self.count), |mut all, vehicle| {
            all.set(vehicle);
            all
        });
        let mut known: BTreeMap<Bits, u32> = BTreeMap::new();
        for (customer, vehicles) in nodes.customers.iter_mut().zip(served) {
            if vehicles != everybody {
                let next = known.len() as u32;
                customer.kind = Some(*known.entry(vehicles).or_insert(next));
            }
        }
        for (vehicles, kind) in &known {
            for vehicle in (0..self.count).filter(|vehicle| vehicles.has(*vehicle)) {
                kinds[vehicle].push(*kind);
            }
        }
        if kinds.iter().any(|kinds| kinds.len() > limits::LIST) {
            let line = Line { number: rows.line, text: "" };
            let found = format!("customers fall into {} kinds, more than the limit", known.len());
            let fix = format!("let each vehicle serve at most {} kinds", limits::LIST);
            findings.tell(line.flaw(Code::TooLarge, found, fix));
        }
        Some(kinds)
    }

    /// Limits and costs of a route, for all vehicles alike or for each.
    fn limits(&self, vehicles: &mut [Vehicle], findings: &mut Findings) {
        for Limit { key, section, put } in LIMITS {
            let all = amount_of(self.sections, key, (self.scale, MOST), findings);
            let each = section
                .and_then(|section| self.amounts(section, self.scale.per_one, MOST, findings))
                .unwrap_or_default();
            for (n, vehicle) in vehicles.iter_mut().enumerate() {
                if let Some(units) = each.get(n).copied().flatten().or(all) {
                    put(vehicle, units);
                }
            }
        }
    }
}

/// Larger limits and costs are a slip of the pen.
const MOST: i64 = 1_000_000_000;

/// What a route may not exceed, or costs.
struct Limit {
    key: Spec,
    section: Option<Section>,
    put: fn(&mut Vehicle, i64),
}

const LIMITS: [Limit; 4] = [
    Limit { key: Spec::MaxDuration, section: Some(Section::MaxDuration), put: no_longer },
    Limit { key: Spec::Distance, section: None, put: no_longer },
    Limit {
        key: Spec::MaxDistance,
        section: Some(Section::MaxDistance),
        put: |vehicle, most| vehicle.farthest = Some(most.min(HORIZON)),
    },
    Limit {
        key: Spec::FixedCost,
        section: Some(Section::FixedCost),
        put: |vehicle, cost| vehicle.callout = cost,
    },
];

/// Sets the longest time on the road; one that no day can exceed costs the search time for nothing.
fn no_longer(vehicle: &mut Vehicle, most: i64) {
    if most < vehicle.hours.1 - vehicle.hours.0 {
        vehicle.longest = Some(vehicle.longest.map_or(most, |longest| longest.min(most)));
    }
}

/// A set of vehicles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Bits(Box<[u64]>);

impl Bits {
    fn of(count: usize) -> Bits {
        Bits(vec![0; count.div_ceil(64)].into())
    }

    fn set(&mut self, n: usize) {
        self.0[n / 64] |= 1 << (n % 64);
    }

    fn has(&self, n: usize) -> bool {
        self.0[n / 64] & (1 << (n % 64)) != 0
    }
}
