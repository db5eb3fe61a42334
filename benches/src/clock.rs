//! The time that a search has taken.

use std::time::Instant;

use paidan_engine::planner::Watch;

/// Seconds since a search began; nobody stops it.
pub struct Clock(Instant);

impl Clock {
    /// Begins now.
    #[must_use]
    pub fn start() -> Clock {
        Clock(Instant::now())
    }
}

impl Watch for Clock {
    fn elapsed_s(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
