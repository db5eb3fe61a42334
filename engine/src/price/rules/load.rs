//! Load charges the square of a shift's booked share, so that even spread is cheapest and every ticket
//! pays its marginal part.

use super::Tariff;
use crate::units::Seconds;

/// The price of `booked` work in a shift: `rate * (booked / shift)^2`, rounded down. Differences of it
/// telescope.
pub fn price(tariff: &Tariff, booked: Seconds, shift: Seconds) -> Seconds {
    debug_assert!(booked >= Seconds::ZERO, "the price rises only from 0 on");
    if tariff.load.0 == 0 {
        return Seconds::ZERO;
    }
    // A day's figures fit 64 bits with room; what does not is taken the long way.
    if booked.0 < 1_000_000 && shift.0 < 1_000_000 && tariff.load.0 < 9_000_000 {
        return Seconds(tariff.load.0 * booked.0 * booked.0 / (shift.0 * shift.0).max(1));
    }
    let (rate, booked, shift) = (i128::from(tariff.load.0), i128::from(booked.0), i128::from(shift.0));
    Seconds((rate * booked * booked / (shift * shift).max(1)) as i64)
}

/// The least that a further second of work costs in a shift with `booked` work, before rounding: the
/// slope of the price.
pub fn least_rate(tariff: &Tariff, booked: Seconds, shift: Seconds) -> f64 {
    let shift = shift.0.max(1) as f64;
    2.0 * tariff.load.0 as f64 * booked.0 as f64 / (shift * shift)
}
