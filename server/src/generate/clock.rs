//! Wall clocks of the eastern United States, without the system's time zone database.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

/// RFC 3339 with the offset that clocks in Cincinnati show at that moment.
///
/// The rule is that of the Energy Policy Act of 2005: -04:00 from the second Sunday of March, 02:00, to
/// the first Sunday of November, 02:00, else -05:00. Planning dates lie after 2007, where it holds.
pub(super) fn stamp(at: DateTime) -> String {
    let offset = if is_summer(at) { "-04:00" } else { "-05:00" };
    format!("{at}{offset}")
}

fn is_summer(at: DateTime) -> bool {
    let first = at.date().first_of_month().weekday().to_sunday_zero_offset();
    let first_sunday = 1 + (7 - first) % 7;
    match at.month() {
        3 => (at.day(), at.hour()) >= (first_sunday + 7, 2),
        4..=10 => true,
        11 => (at.day(), at.hour()) < (first_sunday, 2),
        _ => false,
    }
}

/// That moment of the wall clock on that day, in minutes after midnight.
pub(super) fn at_minute(date: Date, minute: i64) -> DateTime {
    date.at(0, 0, 0, 0) + SignedDuration::from_mins(minute)
}

/// So many days later; negative is earlier.
pub(super) fn days_on(date: Date, days: i64) -> Date {
    date + SignedDuration::from_hours(24 * days)
}

/// Reads a time of day such as `9:05 AM` into minutes after midnight.
pub(super) fn minute_of(text: &str) -> Option<i64> {
    let (time, half) = text.trim().split_once(' ')?;
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let noon = match half {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    ((1..=12).contains(&hour) && (0..60).contains(&minute)).then_some((hour % 12 + noon) * 60 + minute)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};

    use super::*;

    #[test]
    fn summer_time_changes_on_the_sundays_of_2025() {
        assert_eq!(stamp(date(2025, 3, 9).at(1, 59, 0, 0)), "2025-03-09T01:59:00-05:00");
        assert_eq!(stamp(date(2025, 3, 9).at(3, 0, 0, 0)), "2025-03-09T03:00:00-04:00");
        assert_eq!(stamp(date(2025, 11, 2).at(0, 30, 0, 0)), "2025-11-02T00:30:00-04:00");
        assert_eq!(stamp(date(2025, 11, 2).at(2, 0, 0, 0)), "2025-11-02T02:00:00-05:00");
    }

    #[test]
    fn summer_time_begins_and_ends_on_the_sundays_that_the_calendar_names() {
        for year in 2007..=2100 {
            let sunday = |month, nth| {
                let first = date(year, month, 1);
                first.nth_weekday_of_month(nth, Weekday::Sunday).unwrap()
            };
            let (from, to) = (sunday(3, 2), sunday(11, 1));
            let summer = [from.at(2, 0, 0, 0), to.at(1, 59, 59, 0), date(year, 7, 31).at(0, 0, 0, 0)];
            let winter = [from.at(1, 59, 59, 0), to.at(2, 0, 0, 0), date(year, 1, 31).at(0, 0, 0, 0)];
            assert!(summer.iter().all(|at| is_summer(*at)), "{year}");
            assert!(!winter.iter().any(|at| is_summer(*at)), "{year}");
        }
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        assert_eq!(minute_of("12:05 AM"), Some(5));
        assert_eq!(minute_of("12:53 PM"), Some(773));
        assert_eq!(minute_of("1:38 PM"), Some(818));
        assert_eq!(minute_of("13:00 PM"), None);
        assert_eq!(minute_of(""), None);
    }
}
