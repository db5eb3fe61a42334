//! Overtime charges by the minute for a return after the shift's end; the policy says how much is
//! allowed at all.

use super::{Tariff, by_the_thousand};
use crate::policy::OvertimeRates;
use crate::units::{Moment, Seconds};

/// Seconds of driving for 1000 s of overtime.
pub(super) fn rate(rates: &OvertimeRates) -> i64 {
    (1000.0 * rates.per_minute / 60.0).round() as i64
}

/// The price of returning at `back` from a shift that ends at `end`.
pub fn price(tariff: &Tariff, end: Moment, back: Moment) -> Seconds {
    by_the_thousand(back - end, tariff.overtime)
}
