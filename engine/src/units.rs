//! Units are types, and they are whole numbers.
//!
//! `Moment + Seconds` is a `Moment`, `Moment - Moment` is `Seconds`, and two moments do not add.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// A length of time in whole seconds; negative means earlier. Also the currency of prices: one
/// second of driving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub i64);

/// A moment, in whole seconds since the Unix epoch (UTC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Seconds {
    /// No time at all.
    pub const ZERO: Seconds = Seconds(0);
    /// The longest length of time that a caller may name: 400 days.
    pub const LONGEST: Seconds = Seconds(400 * 86_400);

    /// This length scaled by `permille / 1000`, rounded half up.
    pub fn scaled(self, permille: u32) -> Seconds {
        Seconds((self.0 * i64::from(permille) + 500).div_euclid(1000))
    }
}

impl Moment {
    /// Earlier than anything a caller can name; room is left to subtract without overflow.
    pub const PAST: Moment = Moment(i64::MIN / 4);
    /// Later than anything a caller can name; room is left to add without overflow.
    pub const NEVER: Moment = Moment(i64::MAX / 4);
    /// The earliest moment a caller may name: 1970-01-01T00:00:00Z.
    pub const FIRST: Moment = Moment(0);
    /// The latest moment a caller may name: 2199-12-31T00:00:00Z.
    pub const LAST: Moment = Moment(7_258_032_000);
}

impl Add<Seconds> for Moment {
    type Output = Moment;
    fn add(self, length: Seconds) -> Moment {
        Moment(self.0 + length.0)
    }
}

impl Sub<Seconds> for Moment {
    type Output = Moment;
    fn sub(self, length: Seconds) -> Moment {
        Moment(self.0 - length.0)
    }
}

impl Sub for Moment {
    type Output = Seconds;
    fn sub(self, earlier: Moment) -> Seconds {
        Seconds(self.0 - earlier.0)
    }
}

impl Add for Seconds {
    type Output = Seconds;
    fn add(self, other: Seconds) -> Seconds {
        Seconds(self.0 + other.0)
    }
}

impl Sub for Seconds {
    type Output = Seconds;
    fn sub(self, other: Seconds) -> Seconds {
        Seconds(self.0 - other.0)
    }
}

impl Neg for Seconds {
    type Output = Seconds;
    fn neg(self) -> Seconds {
        Seconds(-self.0)
    }
}

impl AddAssign for Seconds {
    fn add_assign(&mut self, other: Seconds) {
        self.0 += other.0;
    }
}

impl SubAssign for Seconds {
    fn sub_assign(&mut self, other: Seconds) {
        self.0 -= other.0;
    }
}

impl Sum for Seconds {
    fn sum<I: Iterator<Item = Seconds>>(lengths: I) -> Seconds {
        lengths.fold(Seconds::ZERO, Add::add)
    }
}

/// What a plan costs. Compared from the first field down, so no saving in driving pays for a ticket
/// left unserved, and no number of cheap tickets pays for a dear one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price {
    /// Sum of the priorities (0-100) of the tickets left unserved.
    pub priority_lost: i64,
    /// Number of tickets left unserved.
    pub unserved: i64,
    /// Everything else, in seconds of driving.
    pub seconds: Seconds,
}

impl Price {
    /// The price of a plan that drives nowhere and leaves nobody waiting.
    pub const ZERO: Price = Price { priority_lost: 0, unserved: 0, seconds: Seconds::ZERO };

    /// A price without unserved work.
    pub fn of(seconds: Seconds) -> Price {
        Price { seconds, ..Price::ZERO }
    }

    /// The price of leaving one ticket of this priority unserved.
    pub fn unserved(priority: u8) -> Price {
        Price { priority_lost: i64::from(priority), unserved: 1, seconds: Seconds::ZERO }
    }
}

impl Add for Price {
    type Output = Price;
    fn add(self, other: Price) -> Price {
        Price {
            priority_lost: self.priority_lost + other.priority_lost,
            unserved: self.unserved + other.unserved,
            seconds: self.seconds + other.seconds,
        }
    }
}

impl Sub for Price {
    type Output = Price;
    fn sub(self, other: Price) -> Price {
        Price {
            priority_lost: self.priority_lost - other.priority_lost,
            unserved: self.unserved - other.unserved,
            seconds: self.seconds - other.seconds,
        }
    }
}

impl AddAssign for Price {
    fn add_assign(&mut self, other: Price) {
        *self = *self + other;
    }
}

impl SubAssign for Price {
    fn sub_assign(&mut self, other: Price) {
        *self = *self - other;
    }
}

impl Sum for Price {
    fn sum<I: Iterator<Item = Price>>(prices: I) -> Price {
        prices.fold(Price::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_saving_in_driving_pays_for_an_unserved_ticket() {
        let served = Price::of(Seconds(1_000_000_000));
        let dropped = Price::unserved(0);
        assert!(served < dropped);
        assert!(Price::unserved(1) > dropped + dropped);
    }

    #[test]
    fn scaling_rounds_half_up() {
        assert_eq!(Seconds(5).scaled(1500), Seconds(8));
        assert_eq!(Seconds(100).scaled(1000), Seconds(100));
        assert_eq!(Seconds(1).scaled(499), Seconds(0));
    }
}
