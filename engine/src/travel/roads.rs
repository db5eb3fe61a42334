//! The one travel that a problem uses, with short distances kept in a table.

use super::{CrowFly, GivenTable, Travel};
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
        seconds: Box<[u32]>,
    },
    /// A given table.
    Table(GivenTable),
}

impl Roads {
    /// The travel of a problem, computed on demand. `O(1)`.
    pub fn new(problem: &Problem) -> Roads {
        match problem.travel() {
            TravelSpec::Crow { speed_kmh, detour } => Roads::Crow(CrowFly::new(*speed_kmh, *detour)),
            TravelSpec::Table(table) => Roads::Table(GivenTable(table.clone())),
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

    /// Seconds from one place to another at a speed factor in thousandths.
    pub fn drive(&self, from: &Place, to: &Place, speed_permille: u32) -> Seconds {
        let base = self.base(from, to);
        if speed_permille == 1000 {
            return base;
        }
        let speed = i64::from(speed_permille);
        Seconds((base.0 * 1000 + speed / 2) / speed)
    }
}

impl Travel for Roads {
    fn base(&self, from: &Place, to: &Place) -> Seconds {
        match self {
            Roads::Kept { size, seconds, .. } if from.row < *size && to.row < *size => {
                Seconds(i64::from(seconds[from.row as usize * *size as usize + to.row as usize]))
            }
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.base(from, to),
            Roads::Table(table) => table.base(from, to),
        }
    }

    fn metres(&self, from: &Place, to: &Place) -> Option<f64> {
        match self {
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.metres(from, to),
            Roads::Table(table) => table.metres(from, to),
        }
    }

    fn at_least(&self, metres: f64) -> Option<f64> {
        match self {
            Roads::Crow(crow) | Roads::Kept { crow, .. } => crow.at_least(metres),
            Roads::Table(table) => table.at_least(metres),
        }
    }
}
