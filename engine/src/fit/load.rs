//! Load: work should not pile up on the best few.
//!
//! With B booked in the shift, w this ticket's work and S the shift, `load = 1 - (((B+w)/S)^2 -
//! (B/S)^2)`. Summed over a route the losses telescope to `(booked/S)^2`, so even spread is cheapest.

use crate::units::Seconds;

/// The load factor of adding `work` to `booked`, in 0..=1.
pub fn factor(booked: Seconds, work: Seconds, shift: Seconds) -> f64 {
    let share = |seconds: Seconds| seconds.0 as f64 / shift.0.max(1) as f64;
    let (before, after) = (share(booked), share(booked + work));
    (1.0 - (after * after - before * before)).clamp(0.0, 1.0)
}
