//! Text for people: lengths, numbers, bars and columns.

use paidan_engine::ids::TicketIx;
use paidan_engine::problem::Problem;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::rfc3339;

use super::outcome::Trouble;

/// The text without characters that could steer a terminal: ids are whatever the caller wrote.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// `7 h 05`, or `12 min` below an hour.
pub(super) fn length(length: Seconds) -> String {
    let minutes = (length.0 + 30).div_euclid(60);
    if minutes.abs() < 60 {
        return format!("{minutes} min");
    }
    format!("{} h {:02}", minutes / 60, minutes.abs() % 60)
}

/// `12,345`.
pub(super) fn number(number: i64) -> String {
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

/// `08:15` on the wall at that offset.
pub(super) fn clock(moment: Moment, offset_s: i32) -> String {
    rfc3339(moment, offset_s).get(11..16).unwrap_or_default().to_owned()
}

/// `2026-06-10 08:15` on the wall at that offset.
pub(super) fn date_and_clock(moment: Moment, offset_s: i32) -> String {
    rfc3339(moment, offset_s).get(..16).unwrap_or_default().replace('T', " ")
}

/// A bar of `width` cells, filled by a share of 0 to 1.
pub(super) fn bar(share: f64, width: usize) -> String {
    let filled = ((share * width as f64).round() as usize).min(width);
    "█".repeat(filled) + &"·".repeat(width - filled)
}

/// Rows whose columns stand below each other. A column is set flush right if its heading starts with
/// a space.
pub(super) fn columns(indent: usize, rows: &[Vec<String>]) -> String {
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

/// The ticket of that id.
pub(super) fn find_ticket(problem: &Problem, id: &str) -> Result<TicketIx, Trouble> {
    problem.register().tickets.get(id).ok_or_else(|| {
        let some: Vec<&str> = problem.tickets().iter().take(5).map(|ticket| &*ticket.id).collect();
        let count = problem.tickets().len();
        Trouble::Usage(format!(
            "the problem has no ticket {id:?}; it has {count}, such as {}",
            some.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_hours_and_thousands() {
        assert_eq!(length(Seconds(25_520)), "7 h 05");
        assert_eq!(length(Seconds(720)), "12 min");
        assert_eq!([number(999), number(-1_234_567)], ["999", "-1,234,567"]);
        assert_eq!(bar(0.5, 4), "██··");
        assert_eq!(bar(7.0, 4), "████");
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
