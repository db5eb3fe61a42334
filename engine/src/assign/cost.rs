//! Prices as single numbers, so that the search for the cheapest assignment adds and compares one number
//! instead of three.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use crate::units::{Price, Seconds};

/// A price as one whole number: what is lost in the upper half, seconds in the lower. Sums and differences
/// are exact, since neither half can leave its 64 bits: a million tickets of priority 100 lose less than 2^47, and the
/// seconds of any plan stay far below 2^62.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost(i128);

impl Cost {
    pub(super) const ZERO: Cost = Cost(0);
    /// Below every cost.
    pub(super) const LEAST: Cost = Cost(i128::MIN / 4);
    /// Above every cost, with room to add some.
    pub(super) const MOST: Cost = Cost(i128::MAX / 4);

    pub(super) fn of(seconds: Seconds) -> Cost {
        Cost(i128::from(seconds.0))
    }

    pub(super) fn times(self, count: u32) -> Cost {
        Cost(self.0 * i128::from(count))
    }

    /// One of so many shares, rounded down.
    pub(super) fn share(self, of: u32) -> Cost {
        Cost(self.0.div_euclid(i128::from(of)))
    }
}

impl Add for Cost {
    type Output = Cost;
    fn add(self, other: Cost) -> Cost {
        Cost(self.0 + other.0)
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.0 += other.0;
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Cost>>(costs: I) -> Cost {
        costs.fold(Cost::ZERO, Add::add)
    }
}

impl Sub for Cost {
    type Output = Cost;
    fn sub(self, other: Cost) -> Cost {
        Cost(self.0 - other.0)
    }
}

/// How prices become costs in a wave: one point of priority stands above all its tickets together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    point: i128,
}

impl Scale {
    pub(super) fn of_tickets(count: usize) -> Scale {
        Scale { point: count as i128 + 1 }
    }

    pub(super) fn cost(self, price: Price) -> Cost {
        let lost = i128::from(price.priority_lost) * self.point + i128::from(price.unserved);
        Cost((lost << 64) + i128::from(price.seconds.0))
    }

    /// Dearer than any chain of moves of which each leaves at most one ticket out, and still to be added as often as there
    /// may be tickets in quotas.
    pub(super) fn forced(self) -> Cost {
        Cost((101 * self.point) << 68)
    }

    /// The price below a cost that need not be a sum of whole prices, as a bound may not be.
    pub(super) fn price_below(self, cost: Cost) -> Price {
        let price = self.price(cost);
        let is_whole = price.seconds.0.unsigned_abs() < 1 << 56;
        if is_whole { price } else { self.price(Cost((cost.0 >> 64) << 64)) }
    }

    /// The price behind a cost that is a sum of such prices, fewer unserved tickets than the wave has.
    pub(super) fn price(self, cost: Cost) -> Price {
        // Seconds may be negative: round to the nearest whole loss.
        let lost = (cost.0 + (1 << 63)) >> 64;
        let seconds = (cost.0 - (lost << 64)) as i64;
        Price {
            priority_lost: lost.div_euclid(self.point) as i64,
            unserved: lost.rem_euclid(self.point) as i64,
            seconds: Seconds(seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_comes_back_from_its_cost() {
        let scale = Scale::of_tickets(20_000);
        for priority_lost in [0, 1, 77, 2_000_000] {
            for unserved in [0, 1, 20_000] {
                for seconds in [-500, 0, 3, 1 << 40].map(Seconds) {
                    let price = Price { priority_lost, unserved, seconds };
                    assert_eq!(scale.price(scale.cost(price)), price);
                }
            }
        }
    }

    #[test]
    fn shares_of_a_loss_are_rounded_down_to_whole_losses() {
        let scale = Scale::of_tickets(100);
        for crew in 2..=20 {
            for priority in 0..=100 {
                let leave = scale.cost(Price::unserved(priority));
                for shares in 1..crew {
                    let price = scale.price_below(leave.share(crew).times(shares));
                    assert!(price.seconds.0.abs() < 1 << 56 && scale.cost(price) <= leave);
                }
            }
        }
    }

    #[test]
    fn costs_add_and_compare_as_prices_do() {
        let scale = Scale::of_tickets(3);
        let prices = [
            Price::of(Seconds(900)),
            Price::unserved(0),
            Price::unserved(0) + Price::unserved(0),
            Price::unserved(1) - Price::of(Seconds(7)),
            Price::unserved(100),
        ];
        for one in prices {
            for other in prices {
                assert_eq!(scale.cost(one) < scale.cost(other), one < other, "{one:?} {other:?}");
                assert_eq!(scale.cost(one) + scale.cost(other), scale.cost(one + other));
            }
        }
    }
}
