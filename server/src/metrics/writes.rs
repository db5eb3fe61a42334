//! What is counted of writes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::histogram::{COUNTS, Histogram, QUICK_S};
use super::{Text, queue_wait};

/// Writes and the commits that they were put on disk with, over all tenants.
#[derive(Debug)]
pub struct Writes {
    /// How long they waited for their turn.
    pub waits: Histogram,
    /// How long commits took.
    pub commits: Histogram,
    /// How many writes a commit had.
    pub batches: Histogram,
    failed: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Default for Writes {
    fn default() -> Writes {
        Writes {
            waits: Histogram::new(QUICK_S),
            commits: Histogram::new(QUICK_S),
            batches: Histogram::new(COUNTS),
            failed: AtomicU64::new(0),
            refused: Mutex::default(),
        }
    }
}

impl Writes {
    /// Counts a batch of which nothing was written.
    pub fn fail(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a write that was refused, by the code of the refusal. `O(log codes)`, and there are few.
    pub fn refuse(&self, code: &'static str) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// Writes how long writes waited; within its family.
    pub fn write_waits(&self, text: &mut Text) {
        queue_wait(text, "writes", &self.waits);
    }

    /// Writes everything else.
    pub fn write(&self, text: &mut Text) {
        let name = "paidan_store_commit_duration_seconds";
        text.family(name, "histogram", "Commits: from the batch that is ready to the disk that has it.");
        self.commits.write(text, name, &[]);
        let name = "paidan_store_commit_writes";
        text.family(name, "histogram", "Writes that were committed together.");
        self.batches.write(text, name, &[]);
        let failed = self.failed.load(Ordering::Relaxed);
        let name = "paidan_store_failures_total";
        text.single(name, "counter", "Batches of which the store took nothing.", failed);
        let name = "paidan_writes_refused_total";
        text.family(name, "counter", "Writes that were refused, by the code of the refusal.");
        for (code, count) in &*self.refused.lock().unwrap_or_else(PoisonError::into_inner) {
            text.sample(name, &[("code", code)], count);
        }
    }
}
