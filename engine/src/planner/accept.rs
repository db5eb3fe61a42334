//! Acceptance: simulated annealing with one temperature for seconds and one for unserved work.
//!
//! A temperature that knows only seconds cannot trade tickets of different priority for each other, so
//! either tier has a scale of its own.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::params::AcceptParams;
use crate::units::Price;

/// The scales of one problem, and how hot it is now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accept {
    seconds: f64,
    lost: f64,
}

/// What one unit of either temperature means in a problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scales {
    /// Mean price of a served stop, in seconds.
    pub stop: f64,
    /// Mean loss of an unserved ticket: priority, and one for the ticket.
    pub ticket: f64,
}

impl Accept {
    /// The temperatures at `progress` 0..=1.
    pub(super) fn at(params: &AcceptParams, scales: Scales, progress: f64) -> Accept {
        let between = |hot: f64, cold: f64| hot * (cold / hot).powf(progress);
        Accept {
            seconds: scales.stop * between(params.hot, params.cold),
            lost: scales.ticket * between(params.lost_hot, params.lost_cold),
        }
    }

    /// Whether to go on from `new` instead of `old`.
    pub(super) fn takes(&self, new: Price, old: Price, rng: &mut Xoshiro256PlusPlus) -> bool {
        if new <= old {
            return true;
        }
        let worse = new - old;
        let lost = (worse.priority_lost + worse.unserved) as f64;
        let heat = worse.seconds.0 as f64 / self.seconds + lost / self.lost;
        heat < -(1.0 - rng.random::<f64>()).ln()
    }
}
