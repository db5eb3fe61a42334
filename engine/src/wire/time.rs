//! Times in text: moments with offset, dates, times of day.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;

use crate::engineer::{Day, Stamp};
use crate::units::{Moment, Seconds};

static PARSER: DateTimeParser = DateTimeParser::new();

/// The way out of a moment that cannot be read.
pub(super) const MOMENT_FIX: &str =
    "write it as RFC 3339 with an offset, such as 2026-06-10T08:00:00-04:00";
/// The way out of a date that cannot be read.
pub(super) const DATE_FIX: &str = "write it as 2026-12-31";
/// The way out of a time of day that cannot be read.
pub(super) const TIME_OF_DAY_FIX: &str = "write it as 12:00 or 12:00:00; a day ends at 24:00";

/// Why a text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadMoment {
    /// It has no offset, so it could be anywhere within a day.
    NoOffset,
    /// It is no RFC 3339 at all, or names a day that does not exist.
    Unreadable,
}

/// Reads RFC 3339: date, time and offset, all of them. Fractions of a second are cut off. About 120 ns.
pub(super) fn stamp(text: &str) -> Result<Stamp, BadMoment> {
    // jiff reads more than RFC 3339 has (week dates, hours alone, zone names); the format is held to
    // what every other language reads, too.
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    if bytes.len() < shape.len() || !shape.iter().zip(bytes).all(|(shape, byte)| fits(*shape, *byte)) {
        return Err(BadMoment::Unreadable);
    }
    let mut rest = &bytes[shape.len()..];
    if let [b'.', digits @ ..] = rest {
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(BadMoment::Unreadable);
        }
        rest = &digits[count..];
    }
    let offset_s = match rest {
        [] => return Err(BadMoment::NoOffset),
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), hours @ .., b':', minute_tens, minute_ones] => {
            let minutes = two_digits(&[*minute_tens, *minute_ones]).filter(|minutes| *minutes < 60);
            let hours = two_digits(hours).filter(|hours| *hours < 24);
            let (Some(hours), Some(minutes)) = (hours, minutes) else {
                return Err(BadMoment::Unreadable);
            };
            let east = (hours * 3600 + minutes * 60) as i32;
            if *sign == b'-' { -east } else { east }
        }
        _ => return Err(BadMoment::Unreadable),
    };
    let pieces = PARSER.parse_pieces(&text[..shape.len()]).map_err(|_| BadMoment::Unreadable)?;
    let time = pieces.time().ok_or(BadMoment::Unreadable)?;
    let local = DateTime::from_parts(pieces.date(), time);
    let second = Offset::from_seconds(offset_s)
        .and_then(|offset| offset.to_timestamp(local))
        // The last hours of the year 9999 are past jiff's end, and past every problem's.
        .map_or(Timestamp::MAX.as_second(), Timestamp::as_second);
    Ok(Stamp { moment: Moment(second), offset_s })
}

fn fits(shape: u8, byte: u8) -> bool {
    match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        mark => byte == mark,
    }
}

fn two_digits(digits: &[u8]) -> Option<i64> {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        }
        _ => None,
    }
}

/// Reads a date such as 2026-12-31.
pub(super) fn day(text: &str) -> Option<Day> {
    if text.len() != 10 || !b"dddd-dd-dd".iter().zip(text.as_bytes()).all(|(s, b)| fits(*s, *b)) {
        return None;
    }
    let read: Date = text.parse().ok()?;
    Some(Day((read.duration_since(date(1970, 1, 1)).as_hours() / 24) as i32))
}

/// Writes a date; one that the format cannot show becomes the nearest that it can.
pub(super) fn date_text(day: Day) -> String {
    let second = i64::from(day.0).saturating_mul(86_400);
    rfc3339(Moment(second), 0)[..10].to_owned()
}

/// Reads a time of day, HH:MM or HH:MM:SS, up to and including 24:00.
pub(super) fn time_of_day(text: &str) -> Option<Seconds> {
    let bytes = text.as_bytes();
    let (hours, minutes, seconds) = match bytes.len() {
        5 => (&bytes[..2], &bytes[2..5], None),
        8 => (&bytes[..2], &bytes[2..5], Some(&bytes[5..])),
        _ => return None,
    };
    let after_colon = |part: &[u8]| match part {
        [b':', digits @ ..] => two_digits(digits).filter(|value| *value < 60),
        _ => None,
    };
    let total =
        two_digits(hours)? * 3600 + after_colon(minutes)? * 60 + seconds.map_or(Some(0), after_colon)?;
    (total <= 86_400).then_some(Seconds(total))
}

/// Writes a time of day; seconds only where there are some.
pub(super) fn time_of_day_text(time: Seconds) -> String {
    let whole = time.0.clamp(0, 86_400);
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if seconds == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// Writes a moment as RFC 3339 in the given offset, such as `2026-06-10T08:00:00-04:00`.
///
/// A moment before the year 1 or near the year 10000 is shown as the nearest that can be; an offset
/// that is not of whole minutes or reaches a day is shown as UTC. About 100 ns.
pub fn rfc3339(moment: Moment, offset_s: i32) -> String {
    let offset_s = if offset_s % 60 == 0 && offset_s.abs() < 86_400 { offset_s } else { 0 };
    // A day is left on either side for the offset.
    let first = -62_135_596_800 + 86_400;
    let last = Timestamp::MAX.as_second() - 86_400;
    let second = moment.0.clamp(first, last);
    let shown = Timestamp::from_second(second + i64::from(offset_s)).unwrap_or_default();
    let local = Offset::UTC.to_datetime(shown);
    let mut text = *b"0000-00-00T00:00:00+00:00";
    put(&mut text[0..4], i32::from(local.year()));
    put(&mut text[5..7], i32::from(local.month()));
    put(&mut text[8..10], i32::from(local.day()));
    put(&mut text[11..13], i32::from(local.hour()));
    put(&mut text[14..16], i32::from(local.minute()));
    put(&mut text[17..19], i32::from(local.second()));
    text[19] = if offset_s < 0 { b'-' } else { b'+' };
    put(&mut text[20..22], offset_s.abs() / 3600);
    put(&mut text[23..25], offset_s.abs() / 60 % 60);
    String::from_utf8(text.to_vec()).unwrap_or_default()
}

/// Puts the last digits of a number into its place.
fn put(place: &mut [u8], mut number: i32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_their_offset_and_written_back() {
        for (text, second, offset_s) in [
            ("1970-01-01T00:00:00+00:00", 0, 0),
            ("2026-06-10T08:00:00-04:00", 1_781_092_800, -14_400),
            ("2024-02-29T23:59:59+05:30", 1_709_231_399, 19_800),
            ("9999-12-29T00:00:00+00:00", 253_402_041_600, 0),
        ] {
            let read = stamp(text).expect(text);
            assert_eq!(read, Stamp { moment: Moment(second), offset_s }, "{text}");
            assert_eq!(rfc3339(read.moment, offset_s), text);
        }
        let noon = stamp("2026-06-10t12:00:00.999z").expect("small letters and a fraction");
        assert_eq!(noon, Stamp { moment: Moment(1_781_092_800), offset_s: 0 });
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "now",
            "2026-06-10",
            "2026-06-10T08:00Z",
            "2026-02-30T08:00:00Z",
            "2026-06-10T25:00:00Z",
            "2026-06-10T08:00:00.Z",
            "2026-06-10T08:00:00+4:00",
            "2026-06-10T08:00:00+24:00",
            "2026-06-10T08:00:00Z[UTC]",
            "2026-06-10T08:00:00+00:00:00",
            "+002026-06-10T08:00:00Z",
            "2026-06-10T08:00:00Ä",
            "２026-06-10T08:00:00Z",
        ] {
            assert_eq!(stamp(text), Err(BadMoment::Unreadable), "{text}");
        }
        assert_eq!(stamp("2026-06-10T08:00:00"), Err(BadMoment::NoOffset));
        assert_eq!(stamp("2026-06-10T08:00:00.5"), Err(BadMoment::NoOffset));
    }

    #[test]
    fn the_ends_of_time_can_be_read_and_shown() {
        for text in ["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:60Z"] {
            assert!(stamp(text).is_ok(), "{text}");
        }
        for moment in [Moment(i64::MIN), Moment::PAST, Moment::NEVER, Moment(i64::MAX)] {
            for offset_s in [i32::MIN, -86_340, 0, 1, 86_340, i32::MAX] {
                let text = rfc3339(moment, offset_s);
                assert!(stamp(&text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn times_of_day_run_from_midnight_to_midnight() {
        assert_eq!(time_of_day("00:00"), Some(Seconds(0)));
        assert_eq!(time_of_day("12:30:15"), Some(Seconds(45_015)));
        assert_eq!(time_of_day("24:00"), Some(Seconds(86_400)));
        for text in ["", "24:01", "12:60", "1:00", "12-00", "12:00:60", "ab:cd", "12:00Z", "é:000"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
        assert_eq!(time_of_day_text(Seconds(45_015)), "12:30:15");
        assert_eq!(time_of_day_text(Seconds(86_400)), "24:00");
    }

    #[test]
    fn dates_count_days_from_1970() {
        assert_eq!(day("1970-01-01"), Some(Day(0)));
        assert_eq!(day("1969-12-31"), Some(Day(-1)));
        assert_eq!(day("2026-12-31"), Some(Day(20_818)));
        assert_eq!(date_text(Day(20_818)), "2026-12-31");
        for text in ["2026-13-01", "2026-02-29", "26-12-31", "2026-12-31T00:00:00Z", "", "２026-12-31"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
