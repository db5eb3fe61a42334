//! When a search stops, and who watches it. The engine reads no clock: time is handed in.

use crate::plan::Plan;
use crate::units::Price;

/// When a search stops: at whatever comes first. Without any limit it stops by itself after a default
/// number of rounds without gain.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// Rounds of ruin and recreate; makes a run repeatable.
    pub rounds: Option<u64>,
    /// Seconds on the watch.
    pub seconds: Option<f64>,
    /// Rounds without a better plan.
    pub stale_rounds: Option<u64>,
}

/// The best plan so far.
pub struct Progress<'p> {
    /// Rounds done.
    pub rounds: u64,
    /// Its price.
    pub price: Price,
    /// Spells it out; costs as much as a check of the plan, so ask only when somebody looks.
    pub plan: &'p dyn Fn() -> Plan,
}

/// Whoever started a search: knows the time, may stop it, hears of better plans.
pub trait Watch: Sync {
    /// Seconds since the search began.
    fn elapsed_s(&self) -> f64;

    /// Whether to stop and keep the best plan so far.
    fn cancelled(&self) -> bool {
        false
    }

    /// A better plan was found. Called from the thread that called [`plan`](super::plan).
    fn improved(&self, progress: &Progress<'_>) {
        let _ = progress;
    }
}

/// A watch without hands, for budgets of rounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWatch;

impl Watch for NoWatch {
    fn elapsed_s(&self) -> f64 {
        0.0
    }
}
