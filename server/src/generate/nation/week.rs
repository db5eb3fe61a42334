//! The nation's calendar: one offset, no summer time.

use jiff::SignedDuration;
use jiff::civil::Date;

/// How far back visits reach, in days.
pub(super) const HISTORY_DAYS: i64 = 90;

/// Dates around the first day, written once, since a large nation names them a million times.
pub(super) struct Week {
    /// Days to plan.
    pub(super) days: i64,
    dates: Vec<String>,
}

impl Week {
    pub(super) fn new(first: Date, days: u16) -> Week {
        let days = i64::from(days.clamp(1, 62));
        let date = |day: i64| (first + SignedDuration::from_hours(24 * day)).to_string();
        Week { days, dates: (-HISTORY_DAYS..days + 8).map(date).collect() }
    }

    /// A moment as RFC 3339: days after the first one (before it below 0), and seconds after midnight.
    pub(super) fn stamp(&self, day: i64, second: i64) -> String {
        let date = &self.dates[(day + HISTORY_DAYS) as usize];
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{date}T{hour:02}:{minute:02}:{second:02}-03:00")
    }
}
