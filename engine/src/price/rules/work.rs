//! Work charges its time, where the engineer's rates say so: setup included, from the first second to the
//! last of the shift, so that differences of it telescope.

use super::by_the_thousand;
use crate::engineer::Rates;
use crate::units::Seconds;

/// The price of so much work in a shift.
pub fn price(rates: &Rates, booked: Seconds) -> Seconds {
    by_the_thousand(booked, rates.work)
}
