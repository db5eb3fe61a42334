//! History charges for the chance that the issue is not resolved at the first go: another visit is
//! another drive, and an unhappy customer.

use super::{Tariff, part_of};
use crate::units::Seconds;

/// The price of an engineer whose chance to resolve the issue is `chance`.
pub fn price(tariff: &Tariff, chance: f64) -> Seconds {
    part_of(tariff.history, 1.0 - chance)
}
