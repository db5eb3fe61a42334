//! The clock of a desk.

use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::{moment, rfc3339};
use serde::{Deserialize, Serialize};

/// How the time of a desk goes by: from the moment that its fleet was sent for, as fast as the pace of the service was by
/// then. Another pace later would tell another past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    from: Moment,
    from_us: i64,
    /// Seconds of the desk in a second of everybody else; at 0 it stands still.
    pace: u32,
}

/// A clock as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockDoc {
    /// The desk's time, RFC 3339 ...
    now: String,
    /// ... at this moment, in microseconds since 1970 ...
    at_us: i64,
    /// ... and how many seconds of it go by in a second from then on.
    #[serde(default = "usual")]
    pace: u32,
}

fn usual() -> u32 {
    1
}

impl Clock {
    /// A clock that shows `from` at a moment in microseconds since 1970.
    pub fn new(from: Moment, from_us: i64, pace: u32) -> Clock {
        Clock { from, from_us, pace }
    }

    /// What it shows then.
    pub fn at(&self, at_us: i64) -> Moment {
        let passed = i128::from((at_us - self.from_us).max(0)) * i128::from(self.pace) / 1_000_000;
        // Past the last year that we know, it stands still.
        let most = i128::from((Moment::LAST - self.from).0.max(0));
        self.from + Seconds(passed.min(most) as i64)
    }

    /// Seconds of the desk in a second of everybody else.
    pub fn pace(&self) -> u32 {
        self.pace
    }

    /// How it is stored.
    pub fn document(&self, offset_s: i32) -> ClockDoc {
        ClockDoc { now: rfc3339(self.from, offset_s), at_us: self.from_us, pace: self.pace }
    }
}

impl ClockDoc {
    /// The clock; `None` if its moment is none.
    pub fn clock(&self) -> Option<Clock> {
        Some(Clock::new(moment(&self.now)?, self.at_us, self.pace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_as_fast_as_its_pace_and_never_back() {
        let from = Moment(1_772_434_800);
        let at = |pace: u32, us: i64| Clock::new(from, 5_000_000, pace).at(us) - from;
        assert_eq!(at(1, 6_999_999), Seconds(1));
        assert_eq!(at(600, 6_500_000), Seconds(900));
        assert_eq!(at(0, 9_000_000_000), Seconds::ZERO);
        assert_eq!(at(1, 0), Seconds::ZERO);
        assert_eq!(Clock::new(from, 0, 1000).at(i64::MAX), Moment::LAST);
    }
}
