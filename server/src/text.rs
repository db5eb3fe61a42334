//! Text for people: lengths, numbers, bars and columns.

use std::fmt::Write;

use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::rfc3339;

/// Names told in one list, at most: a longer one hides the rest of the text.
pub(crate) const NAMED: usize = 5;

/// Letters of a caller's text that are repeated to them, at most: every id of ours is shorter.
const QUOTED: usize = 200;

/// The text without characters that could steer a terminal: ids are whatever the caller wrote.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// A caller's text in quotes, cut to a bearable length.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}...", &text[..end]),
    }
}

/// `7 h 05`, or `12 min` below an hour; what is not nothing is not told as nothing.
pub(crate) fn length(length: Seconds) -> String {
    if (1..30).contains(&length.0) {
        return "<1 min".to_owned();
    }
    let minutes = (length.0 + 30).div_euclid(60);
    if minutes.abs() < 60 {
        return format!("{minutes} min");
    }
    format!("{} h {:02}", minutes / 60, minutes.abs() % 60)
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// `12,345`.
pub(crate) fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 route`, `2,345 routes`.
pub(crate) fn count(of: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(of as i64), if of == 1 { one } else { many })
}

/// Names in one line: the first few, and how many more there are.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let mut told: Vec<String> = names.iter().take(NAMED).map(|name| name.as_ref().to_owned()).collect();
    if names.len() > NAMED {
        told.push(and_more(names.len() - NAMED));
    }
    told.join(", ")
}

/// What ends a list that is cut.
pub(crate) fn and_more(left_out: usize) -> String {
    format!("and {} more", number(left_out as i64))
}

/// `08:15` on the wall at that offset.
pub(crate) fn clock(moment: Moment, offset_s: i32) -> String {
    rfc3339(moment, offset_s).get(11..16).unwrap_or_default().to_owned()
}

/// `2026-06-10 08:15` on the wall at that offset.
pub(crate) fn date_and_clock(moment: Moment, offset_s: i32) -> String {
    rfc3339(moment, offset_s).get(..16).unwrap_or_default().replace('T', " ")
}

/// A bar of `width` cells, filled by a share of 0 to 1.
pub(crate) fn bar(share: f64, width: usize) -> String {
    let filled = ((share * width as f64).round() as usize).min(width);
    "█".repeat(filled) + &"·".repeat(width - filled)
}

/// Rows whose columns stand below each other. A column is set flush right if its heading starts with
/// a space.
pub(crate) fn columns(indent: usize, rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |text: &str| text.trim_start_matches(' ').chars().count();
    let widths: Vec<usize> = (0..count)
        .map(|n| rows.iter().filter_map(|row| row.get(n)).map(|cell| wide(cell)).max().unwrap_or(0))
        .collect();
    let right: Vec<bool> =
        (0..count).map(|n| rows[0].get(n).is_some_and(|cell| cell.starts_with(' '))).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (n, cell) in row.iter().enumerate() {
            let cell = cell.trim_start_matches(' ');
            let gap = " ".repeat(widths[n] - wide(cell));
            if n > 0 {
                line.push_str("  ");
            }
            line += &if right[n] { gap + cell } else { cell.to_owned() + &gap };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Now, in microseconds since 1970.
pub(crate) fn now_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros() as i64)
}

/// Microseconds since 1970 as RFC 3339, in UTC.
pub(crate) fn timestamp(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us).map_or_else(|_| at_us.to_string(), |at| at.to_string())
}

/// A piece of a path, percent-encoded.
pub(crate) fn piece(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_hours_and_thousands() {
        assert_eq!(length(Seconds(25_520)), "7 h 05");
        assert_eq!(length(Seconds(720)), "12 min");
        assert_eq!([length(Seconds(0)), length(Seconds(29))], ["0 min", "<1 min"]);
        assert_eq!([number(999), number(-1_234_567)], ["999", "-1,234,567"]);
        assert_eq!(bar(0.5, 4), "██··");
        assert_eq!(bar(7.0, 4), "████");
    }

    #[test]
    fn one_is_not_many() {
        let routes = |of| count(of, "route", "routes");
        assert_eq!([routes(0), routes(1), routes(1234)], ["0 routes", "1 route", "1,234 routes"]);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(&["a", "b", "c", "d", "e"]), "a, b, c, d, e");
        assert_eq!(listed(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e, and 2 more");
    }

    #[test]
    fn ids_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\n");
    }

    #[test]
    fn columns_stand_below_each_other() {
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        assert_eq!(
            columns(1, &[row("id", " n"), row("long", "7"), row("x", "12")]),
            " id     n\n long   7\n x     12\n"
        );
    }
}
