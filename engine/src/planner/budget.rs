//! When a search stops, and who watches it. The engine reads no clock: time is handed in.

use crate::plan::{Ended, Plan};
use crate::units::Price;

/// When a search stops: at whatever comes first. Without any limit it stops by itself after a default
/// number of rounds without gain.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// Rounds of ruin and recreate, or of pricing for a bound; makes a run repeatable.
    pub rounds: Option<u64>,
    /// Seconds on the watch.
    pub seconds: Option<f64>,
    /// Rounds without a better plan, on all islands together.
    pub stale_rounds: Option<u64>,
}

/// Rounds without gain after which a search without any limit stops.
const STALE_BY_DEFAULT: u64 = 200_000;

impl Budget {
    fn stale_limit(&self) -> Option<u64> {
        let unlimited = self.rounds.is_none() && self.seconds.is_none();
        self.stale_rounds.or(unlimited.then_some(STALE_BY_DEFAULT))
    }

    /// Whether the clock or the caller says stop; what a search asks every few rounds.
    pub(crate) fn is_over(&self, watch: &dyn Watch) -> bool {
        watch.cancelled() || self.seconds.is_some_and(|seconds| watch.elapsed_s() >= seconds)
    }

    /// Whether only the clock or the caller ends the search, so that no promise of repeating it stands in
    /// the way of using every moment.
    pub(super) fn is_by_clock(&self) -> bool {
        self.seconds.is_some() && self.rounds.is_none() && self.stale_limit().is_none()
    }

    /// How a search has ended after `done` rounds, the last `stale` of them without gain.
    pub(super) fn ended(&self, done: u64, stale: u64, watch: &dyn Watch) -> Option<Ended> {
        if watch.cancelled() {
            Some(Ended::Cancelled)
        } else if self.rounds.is_some_and(|rounds| done >= rounds) {
            Some(Ended::Rounds)
        } else if self.seconds.is_some_and(|seconds| watch.elapsed_s() >= seconds) {
            Some(Ended::Deadline)
        } else if self.stale_limit().is_some_and(|limit| stale >= limit) {
            Some(Ended::Stale)
        } else {
            None
        }
    }

    /// How many rounds to do before the next cut: at most `most`, and a twentieth of a round budget, so
    /// that seams move in short runs as well.
    pub(super) fn epoch_rounds(&self, most: u64, done: u64) -> u64 {
        match self.rounds {
            Some(rounds) => (rounds / 20).clamp(1, most).min(rounds - done),
            None => most,
        }
    }

    /// How much of the budget is used, 0..=1: what the annealing cools by.
    pub(super) fn progress(&self, done: u64, stale: u64, watch: &dyn Watch) -> f64 {
        let part = |used: f64, whole: f64| (used / whole.max(f64::MIN_POSITIVE)).min(1.0);
        let by_rounds = self.rounds.map(|rounds| part(done as f64, rounds as f64));
        let by_clock = self.seconds.map(|seconds| part(watch.elapsed_s(), seconds));
        let known = by_rounds.into_iter().chain(by_clock).reduce(f64::max);
        // Without an end in sight the search cools while it finds nothing, and warms up when it does.
        known.unwrap_or_else(|| self.stale_limit().map_or(0.0, |limit| part(stale as f64, limit as f64)))
    }
}

/// The best plan so far.
pub struct Progress<'p> {
    /// Rounds done.
    pub rounds: u64,
    /// The price that the search knows; serving what still fits when it is spelled out only lowers it.
    pub price: Price,
    /// Spells it out, complete as the final plan is; costs as much as a check of the plan, so ask only
    /// when somebody looks.
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
