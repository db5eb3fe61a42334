//! What has been searched since the service began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Phase;
use crate::metrics::{Histogram, LONG_S};

/// Counts rounds and searches that have ended.
#[derive(Debug)]
pub struct Tally {
    rounds: AtomicU64,
    ended: [AtomicU64; 3],
    /// How long searches waited for a worker.
    pub waits: Histogram,
    /// How long searches took, checked and kept.
    pub took: Histogram,
}

impl Default for Tally {
    fn default() -> Tally {
        let (waits, took) = (Histogram::new(LONG_S), Histogram::new(LONG_S));
        Tally { rounds: AtomicU64::new(0), ended: Default::default(), waits, took }
    }
}

impl Tally {
    /// Adds rounds.
    pub(super) fn rounds(&self, more: u64) {
        self.rounds.fetch_add(more, Ordering::Relaxed);
    }

    /// Counts a search that was begun and has come to this end after so long.
    pub(super) fn ended(&self, end: Phase, took: Duration) {
        let end = match end {
            Phase::Done => 0,
            Phase::Stopped => 1,
            Phase::Failed => 2,
            Phase::Queued | Phase::Running => return,
        };
        self.ended[end].fetch_add(1, Ordering::Relaxed);
        self.took.time(took);
    }

    /// Rounds of ruin and recreate, over all searches.
    pub fn all_rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// How many searches have come to each end.
    pub fn ends(&self) -> [(&'static str, u64); 3] {
        let [done, stopped, failed] = self.ended.each_ref().map(|end| end.load(Ordering::Relaxed));
        [("done", done), ("stopped", stopped), ("failed", failed)]
    }
}
