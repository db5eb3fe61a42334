//! Work charges its time, where the engineer's rates say so: setup included, from the first second to the
//! last of the shift, so that differences of it telescope.

use crate::engineer::Rates;
use crate::units::Seconds;

/// The price of so much work in a shift.
pub fn price(rates: &Rates, booked: Seconds) -> Seconds {
    if rates.work == 0 {
        return Seconds::ZERO;
    }
    Seconds(((i128::from(booked.0) * i128::from(rates.work) + 500) / 1000) as i64)
}
