//! As the crow flies, times a detour factor, by a speed.

use super::Travel;
use crate::geo::{self, Place};
use crate::units::Seconds;

/// Great-circle travel: `floor(metres * detour / speed + 0.5)` seconds.
#[derive(Clone, Copy, Debug)]
pub struct CrowFly {
    /// Seconds for one straight metre.
    seconds_per_metre: f64,
    detour: f64,
}

impl CrowFly {
    /// Travel at `speed_kmh`, on roads `detour` times as long as the straight line.
    pub fn new(speed_kmh: f64, detour: f64) -> CrowFly {
        CrowFly { seconds_per_metre: detour / (speed_kmh / 3.6), detour }
    }
}

impl Travel for CrowFly {
    fn base(&self, from: &Place, to: &Place) -> Seconds {
        Seconds((geo::metres(from, to) * self.seconds_per_metre + 0.5).floor() as i64)
    }

    fn metres(&self, from: &Place, to: &Place) -> Option<f64> {
        Some(geo::metres(from, to) * self.detour)
    }

    fn at_least(&self, metres: f64) -> Option<f64> {
        Some(metres * self.seconds_per_metre - 0.5)
    }
}
