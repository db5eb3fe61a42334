//! What has been searched since the service began.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Phase;

/// Counts rounds and searches that have ended.
#[derive(Debug, Default)]
pub struct Tally {
    rounds: AtomicU64,
    ended: [AtomicU64; 3],
}

impl Tally {
    /// Adds rounds.
    pub(super) fn rounds(&self, more: u64) {
        self.rounds.fetch_add(more, Ordering::Relaxed);
    }

    /// Counts a search that was begun and has come to this end.
    pub(super) fn ended(&self, end: Phase) {
        let end = match end {
            Phase::Done => 0,
            Phase::Stopped => 1,
            Phase::Failed => 2,
            Phase::Queued | Phase::Running => return,
        };
        self.ended[end].fetch_add(1, Ordering::Relaxed);
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
