//! How values are spread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Text;

/// Upper ends for what takes as long as a request, in seconds.
pub const QUICK_S: &[f64] =
    &[0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Upper ends for what takes as long as a search, in seconds.
pub const LONG_S: &[f64] =
    &[0.01, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 3600.0];
/// Upper ends for how many there are of something.
pub const COUNTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// Counts values by the first end that they do not pass. Counting allocates nothing and waits for nobody.
#[derive(Debug)]
pub struct Histogram {
    ends: &'static [f64],
    /// What passes all ends is in none.
    within: Box<[AtomicU64]>,
    all: AtomicU64,
    /// In millionths.
    sum: AtomicU64,
}

impl Histogram {
    /// Nothing yet; the ends must rise.
    pub fn new(ends: &'static [f64]) -> Histogram {
        let within = ends.iter().map(|_| AtomicU64::new(0)).collect();
        Histogram { ends, within, all: AtomicU64::new(0), sum: AtomicU64::new(0) }
    }

    /// Counts a value that is not negative. `O(ends)`.
    pub fn count(&self, value: f64) {
        if let Some(within) = self.ends.iter().position(|end| value <= *end) {
            self.within[within].fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add((value * 1e6) as u64, Ordering::Relaxed);
        self.all.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a length of time in seconds.
    pub fn time(&self, took: Duration) {
        self.count(took.as_secs_f64());
    }

    /// How many there were.
    pub fn all(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }

    /// Writes the samples of one row of a family.
    pub fn write(&self, text: &mut Text, name: &str, labels: &[(&str, &str)]) {
        let mut upto = 0;
        let mut bucket = |end: &str, count| {
            let labels: Vec<_> = labels.iter().copied().chain([("le", end)]).collect();
            text.sample(&format!("{name}_bucket"), &labels, count);
        };
        for (end, within) in self.ends.iter().zip(&self.within) {
            upto += within.load(Ordering::Relaxed);
            bucket(&end.to_string(), upto);
        }
        // Somebody may be counting at this moment; buckets must not fall.
        let all = self.all().max(upto);
        bucket("+Inf", all);
        text.sample(&format!("{name}_sum"), labels, self.sum.load(Ordering::Relaxed) as f64 / 1e6);
        text.sample(&format!("{name}_count"), labels, all);
    }
}
