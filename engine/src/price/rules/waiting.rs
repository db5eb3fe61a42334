//! Waiting charges its time between leaving and being back, where the engineer's rates say so: who waits in front of a
//! door is paid, and serves nobody.

use super::by_the_thousand;
use crate::engineer::Rates;
use crate::units::Seconds;

/// The price of so much waiting in a shift.
pub fn price(rates: &Rates, waiting: Seconds) -> Seconds {
    by_the_thousand(waiting, rates.wait)
}

/// By how much it falls at most where so much of it goes: rounding may take a unit more.
pub fn most_saved(rates: &Rates, gone: Seconds) -> Seconds {
    by_the_thousand(gone, rates.wait) + Seconds(i64::from(rates.wait > 0))
}
