//! The one travel that a problem uses, with short distances kept in a table.

use std::sync::Arc;

use super::{CrowFly, Drive, GivenTable, LocalRoads, Travel};
use crate::engineer::Car;
use crate::geo::Place;
use crate::problem::{Problem, TravelSpec};
use crate::units::Seconds;

/// Most places for which crow-fly times are kept in a square table: 4 bytes a pair, so 64 MB.
pub const KEPT_PLACES: usize = 4_000;

/// A problem's travel.
#[derive(Clone, Debug)]
pub enum Roads {
    /// Crow-fly, computed each time.
    Crow(CrowFly),
    /// Crow-fly between the problem's own places, computed once.
    Kept {
        /// What the table was computed with; serves places outside it.
        crow: CrowFly,
        /// Number of places in the table.
        size: u32,
        /// Seconds, row by row.
        seconds: Arc<[u32]>,
    },
    /// Given tables, by profile.
    Tables(Arc<[GivenTable]>),
    /// Either of them, with the drives among some places in tables of their own.
    Local(LocalRoads),
}

impl Roads {
    /// The travel of a problem, computed on demand. `O(1)`.
    pub fn new(problem: &Problem) -> Roads {
        match problem.travel() {
            TravelSpec::Crow { speed_kmh, detour } => Roads::Crow(CrowFly::new(*speed_kmh, *detour)),
            TravelSpec::Tables(profiles) => {
                Roads::Tables(profiles.iter().map(|profile| GivenTable(profile.table.clone())).collect())
            }
        }
    }

    /// The travel of a problem, for a search that asks the same pairs again and again: kept in a table
    /// where the problem has at most `KEPT_PLACES` places. `O(places^2)`.
    pub fn kept(problem: &Problem) -> Roads {
        let places = problem.places();
        match Roads::new(problem) {
            Roads::Crow(crow) if places.len() <= KEPT_PLACES => {
                // What does not fit is out of reach of every shift anyway, and must stay so.
                let cell = |from, to| u32::try_from(crow.base(from, to).0).unwrap_or(u32::MAX);
                let cell = &cell;
                let seconds =
                    places.iter().flat_map(|from| places.iter().map(move |to| cell(from, to))).collect();
                Roads::Kept { crow, size: places.len() as u32, seconds }
            }
            other => other,
        }
    }

    /// The drive from one place to another in a car.
    #[inline]
    pub fn drive(&self, car: &Car, from: &Place, to: &Place) -> Drive {
        let base = self.base_by(usize::from(car.profile), from, to);
        let speed = i64::from(car.speed_permille);
        let time = if speed == 1000 { base } else { Seconds((base.0 * 1000 + speed / 2) / speed) };
        let metres = if car.counts_metres { self.whole_metres(car, from, to) } else { 0 };
        let fare = if car.fare_is_time { time } else { self.fare(car, (from, to), time, metres) };
        Drive { time, fare, metres }
    }

    /// Seconds from one place to another at the usual speed by the table of a profile, where there are several.
    #[inline]
    pub(super) fn base_by(&self, profile: usize, from: &Place, to: &Place) -> Seconds {
        match self {
            Roads::Kept { size, seconds, .. } if from.row < *size && to.row < *size => {
                Seconds(i64::from(seconds[from.row as usize * *size as usize + to.row as usize]))
            }
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.base(from, to),
            Roads::Tables(tables) => tables[profile].base(from, to),
            Roads::Local(local) => local.base(profile, from, to),
        }
    }

    fn fare(&self, car: &Car, (from, to): (&Place, &Place), time: Seconds, metres: i64) -> Seconds {
        let cost = match self {
            Roads::Local(local) => return local.beyond().fare(car, (from, to), time, metres),
            Roads::Tables(tables) => tables[usize::from(car.profile)].cost(from, to),
            Roads::Crow(_) | Roads::Kept { .. } => None,
        };
        // 128 bits, since a caller may name any rate.
        let thousandths = i128::from(cost.unwrap_or(time.0)) * i128::from(car.rates.drive)
            + i128::from(metres) * i128::from(car.rates.metre);
        Seconds(((thousandths + 500) / 1000) as i64)
    }

    /// Whether metres are known for a car.
    pub fn knows_metres(&self, car: &Car) -> bool {
        match self {
            Roads::Crow(_) | Roads::Kept { .. } => true,
            Roads::Tables(tables) => tables[usize::from(car.profile)].0.metres.is_some(),
            Roads::Local(local) => local.beyond().knows_metres(car),
        }
    }

    /// Metres rounded to a whole number; 0 where nobody knows them.
    fn whole_metres(&self, car: &Car, from: &Place, to: &Place) -> i64 {
        let metres = match self {
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.metres(from, to),
            Roads::Tables(tables) => tables[usize::from(car.profile)].metres(from, to),
            Roads::Local(local) => return local.beyond().whole_metres(car, from, to),
        };
        metres.map_or(0, |metres| metres.round() as i64)
    }
}

impl Travel for Roads {
    /// By the first table, where there are several: this is for telling near from far.
    #[inline]
    fn base(&self, from: &Place, to: &Place) -> Seconds {
        self.base_by(0, from, to)
    }

    fn metres(&self, from: &Place, to: &Place) -> Option<f64> {
        match self {
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.metres(from, to),
            Roads::Tables(tables) => tables[0].metres(from, to),
            Roads::Local(local) => local.beyond().metres(from, to),
        }
    }

    fn at_least(&self, metres: f64) -> Option<f64> {
        match self {
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.at_least(metres),
            Roads::Tables(tables) => tables[0].at_least(metres),
            Roads::Local(local) => local.beyond().at_least(metres),
        }
    }
}
