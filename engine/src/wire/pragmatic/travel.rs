//! Profiles, matrices and locations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Translation;
use super::document::{LocationDoc, MatrixDoc, ProblemDoc};
use crate::engineer::PlaceDraft;
use crate::flaw::Code;
use crate::geo::LatLon;
use crate::problem::{Profile, Table, TravelSpec};
use crate::units::Seconds;
use crate::wire::words::quoted;

/// Metres a second of a profile that does not say.
const SPEED: f64 = 10.0;

/// How a problem travels.
pub(super) struct Travel {
    pub(super) spec: TravelSpec,
    /// Speed of every profile against the travel times, 1 is as they say.
    speeds: BTreeMap<String, f64>,
    /// Rows of coordinates, in the order in which the document first names them; only with a matrix.
    rows: BTreeMap<(u64, u64), u32>,
    by_table: bool,
}

impl Travel {
    pub(super) fn of(
        doc: &ProblemDoc,
        matrices: &[MatrixDoc],
        translation: &mut Translation<'_>,
    ) -> Travel {
        let profiles = &doc.fleet.profiles;
        let mut speeds = BTreeMap::new();
        let base = profiles.first().and_then(|profile| profile.speed).unwrap_or(SPEED);
        for (n, profile) in profiles.iter().enumerate() {
            let path = || format!("fleet.profiles[{n}]");
            let speed = profile.speed.unwrap_or(SPEED);
            if !(0.1..=200.0).contains(&speed) {
                let found = format!("a speed of {speed} m/s is not between 0.1 and 200");
                translation.flaw(
                    Code::OutOfRange,
                    path() + ".speed",
                    &profile.name,
                    found,
                    "give metres a second",
                );
            }
            let against_base = if matrices.is_empty() { speed / base } else { 1.0 };
            if speeds.insert(profile.name.clone(), against_base).is_some() {
                let found = "another profile has the same name";
                translation.flaw(Code::DuplicateId, path() + ".name", &profile.name, found, "keep one");
            }
        }
        let mut travel = Travel {
            spec: TravelSpec::Crow { speed_kmh: base * 3.6, detour: 1.0 },
            speeds,
            rows: BTreeMap::new(),
            by_table: !matrices.is_empty(),
        };
        if travel.by_table {
            travel.number(doc);
            if let Some(tables) = tables(doc, matrices, travel.rows.len(), translation) {
                travel.spec = TravelSpec::Tables(tables);
            }
        }
        travel
    }

    /// The name of a vehicle's table, where there are tables.
    pub(super) fn profile(&self, name: &str) -> Option<String> {
        self.by_table.then(|| name.to_owned())
    }

    /// Gives every pair of coordinates its row.
    fn number(&mut self, doc: &ProblemDoc) {
        let tasks = doc.plan.jobs.iter().flat_map(|job| {
            [&job.pickups, &job.deliveries, &job.replacements, &job.services].into_iter().flatten()
        });
        let places = tasks.flat_map(|task| task.places.iter().map(|place| &place.location));
        let ends = doc.fleet.vehicles.iter().flat_map(|kind| &kind.shifts).flat_map(|shift| {
            std::iter::once(&shift.start.location).chain(shift.end.as_ref().map(|end| &end.location))
        });
        for location in places.chain(ends) {
            if let Some(key) = key(location) {
                let next = self.rows.len() as u32;
                self.rows.entry(key).or_insert(next);
            }
        }
    }

    /// The place of a location, or a flaw.
    pub(super) fn place(
        &self,
        location: &LocationDoc,
        path: impl FnOnce() -> String,
        id: &str,
        translation: &mut Translation<'_>,
    ) -> PlaceDraft {
        if location.kind.is_some() {
            translation.refuse(path() + ".type", id, "locations of a special type are");
            return PlaceDraft::default();
        }
        let point = location.lat.zip(location.lng).map(|(lat, lon)| LatLon { lat, lon });
        let row = match (location.index, key(location)) {
            (Some(index), _) => Some(index),
            (None, Some(key)) => self.rows.get(&key).copied(),
            (None, None) => None,
        };
        let (missing, fix) = if self.by_table {
            (row.is_none(), "give \"index\", or \"lat\" and \"lng\"")
        } else {
            (point.is_none(), "give \"lat\" and \"lng\", or bring a matrix with --matrix")
        };
        if missing {
            translation.flaw(Code::NoPlace, path(), id, "the location cannot be found", fix);
        }
        PlaceDraft { point, row }
    }

    /// The speed of a vehicle in thousandths, or a flaw.
    pub(super) fn speed(
        &self,
        profile: &str,
        scale: f64,
        path: impl Fn() -> String,
        id: &str,
        translation: &mut Translation<'_>,
    ) -> u32 {
        let Some(speed) = self.speeds.get(profile) else {
            let found = format!("there is no profile {}", quoted(profile));
            translation.flaw(Code::UnknownReference, path(), id, found, "add it to fleet.profiles");
            return 1000;
        };
        let permille = (speed / scale * 1000.0).round();
        if (100.0..=10_000.0).contains(&permille) {
            return permille as u32;
        }
        let found = format!("the vehicle is {} times as fast as the travel times", speed / scale);
        translation.flaw(Code::OutOfRange, path(), id, found, "keep it between 0.1 and 10");
        1000
    }
}

/// Coordinates as something to look up.
fn key(location: &LocationDoc) -> Option<(u64, u64)> {
    location.lat.zip(location.lng).map(|(lat, lng)| (lat.to_bits(), lng.to_bits()))
}

/// The tables that vehicles travel by, one for each profile in use.
fn tables(
    doc: &ProblemDoc,
    matrices: &[MatrixDoc],
    named: usize,
    translation: &mut Translation<'_>,
) -> Option<Vec<Profile>> {
    let used: BTreeSet<&str> =
        doc.fleet.vehicles.iter().map(|kind| kind.profile.matrix.as_str()).collect();
    let mut read: BTreeMap<usize, Arc<Table>> = BTreeMap::new();
    let mut tables: Vec<Profile> = Vec::with_capacity(used.len());
    // A profile that is not known is told at its vehicle.
    for profile in doc.fleet.profiles.iter().filter(|profile| used.contains(profile.name.as_str())) {
        let n = matrix_of(doc, matrices, &profile.name, translation)?;
        let table = match read.get(&n) {
            Some(table) => table.clone(),
            None => Arc::new(table(n, &matrices[n], named, translation)?),
        };
        read.insert(n, table.clone());
        if let Some(first) = tables.first()
            && first.table.size != table.size
        {
            let found = format!("the matrix has {} rows, another has {}", table.size, first.table.size);
            let fix = "give all matrices the same locations";
            translation.flaw(Code::BadTable, format!("matrix[{n}]"), "", found, fix);
            return None;
        }
        tables.push(Profile { name: profile.name.clone(), table });
    }
    (!tables.is_empty()).then_some(tables)
}

/// Which matrix serves a profile, or a flaw.
fn matrix_of(
    doc: &ProblemDoc,
    matrices: &[MatrixDoc],
    name: &str,
    translation: &mut Translation<'_>,
) -> Option<usize> {
    let mut fitting = (0..matrices.len()).filter(|&n| matrices[n].profile.as_deref() == Some(name));
    if let Some(n) = fitting.next() {
        if let Some(second) = fitting.next() {
            translation.refuse(format!("matrix[{second}]"), "", "several matrices of one profile are");
        }
        return Some(n);
    }
    if let [alone] = matrices {
        if alone.profile.is_some() {
            translation
                .differs(|| "matrix[0].profile".to_owned(), "the only matrix serves all profiles");
        }
        return Some(0);
    }
    let nameless = matrices.iter().all(|matrix| matrix.profile.is_none());
    if nameless && matrices.len() == doc.fleet.profiles.len() {
        // They stand in the order of the profiles.
        return doc.fleet.profiles.iter().position(|profile| profile.name == name);
    }
    let found = format!("no matrix is for the profile {}", quoted(name));
    let fix = "give its \"profile\" that name";
    translation.flaw(Code::UnknownReference, "matrix".to_owned(), "", found, fix);
    None
}

/// One matrix as a table, or a flaw.
fn table(
    n: usize,
    matrix: &MatrixDoc,
    named: usize,
    translation: &mut Translation<'_>,
) -> Option<Table> {
    if matrix.timestamp.is_some() {
        translation.differs(|| format!("matrix[{n}].timestamp"), "travel takes as long at any hour");
    }
    let cells = matrix.travel_times.len();
    let size = cells.isqrt();
    let errors = matrix.error_codes.as_deref().unwrap_or_default();
    if size * size != cells
        || matrix.distances.len() != cells
        || !(errors.is_empty() || errors.len() == cells)
        || (named > 0 && size != named)
    {
        let found = format!(
            "{cells} travel times, {} distances, {} error codes and {named} locations do not fit together",
            matrix.distances.len(),
            errors.len()
        );
        let fix = "give one row and one column for each location";
        translation.flaw(Code::BadTable, format!("matrix[{n}]"), "", found, fix);
        return None;
    }
    let mut whole = |name: &str, numbers: &[f64]| {
        let wrong =
            numbers.iter().position(|number| !(0.0..=Seconds::LONGEST.0 as f64).contains(number));
        if let Some(at) = wrong {
            let found = format!("{} is not between 0 and {}", numbers[at], Seconds::LONGEST.0);
            let path = format!("matrix[{n}].{name}[{at}]");
            translation.flaw(Code::OutOfRange, path, "", found, "give seconds and metres");
        }
        numbers.iter().map(|number| (number + 0.5).floor() as u32).collect::<Vec<u32>>()
    };
    let mut seconds = whole("travelTimes", &matrix.travel_times);
    let metres = whole("distances", &matrix.distances);
    for (cell, _) in seconds.iter_mut().zip(errors).filter(|(_, error)| **error != 0) {
        // Nobody gets there in any shift.
        *cell = Seconds::LONGEST.0 as u32;
    }
    Some(Table { size, seconds, metres: Some(metres), costs: None })
}
