//! Travel: how long it takes from place to place, and what that costs.

mod by_way;
mod crow;
mod fares;
mod local;
mod roads;
mod table;

pub use crow::CrowFly;
pub use fares::{Detours, FareTable, Fares};
pub use local::{LocalRoads, Locality, rows};
pub use roads::{KEPT_PLACES, Roads};
pub use table::GivenTable;

use crate::geo::Place;
use crate::units::Seconds;

/// Where travel times come from.
///
/// A drive's length does not depend on when it starts; the time algebra of routes rests on that.
pub trait Travel {
    /// Seconds from one place to another at the usual speed.
    fn base(&self, from: &Place, to: &Place) -> Seconds;

    /// Metres from one place to another, where they are known.
    fn metres(&self, from: &Place, to: &Place) -> Option<f64>;

    /// No drive over `metres` as the crow flies takes fewer seconds than this. `None` if distance on
    /// the map bounds nothing.
    fn at_least(&self, metres: f64) -> Option<f64>;
}

/// Driving from one place to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drive {
    /// How long it takes.
    pub time: Seconds,
    /// What it costs, in units of price.
    pub fare: Seconds,
    /// How far it is; 0 where the shift does not count metres.
    pub metres: i64,
}

impl Drive {
    /// No drive.
    pub const NONE: Drive = Drive { time: Seconds::ZERO, fare: Seconds::ZERO, metres: 0 };
}

impl std::ops::AddAssign for Drive {
    fn add_assign(&mut self, other: Drive) {
        self.time += other.time;
        self.fare += other.fare;
        self.metres += other.metres;
    }
}

impl std::ops::Add for Drive {
    type Output = Drive;
    fn add(mut self, other: Drive) -> Drive {
        self += other;
        self
    }
}

impl std::ops::Sub for Drive {
    type Output = Drive;
    fn sub(self, other: Drive) -> Drive {
        Drive {
            time: self.time - other.time,
            fare: self.fare - other.fare,
            metres: self.metres - other.metres,
        }
    }
}
