//! Text formats: lines with their numbers, numbers in words, flaws by line.

use std::borrow::Cow;

use super::read::body;
use super::words::quoted;
use crate::flaw::{Code, Flaw};
use crate::problem::limits::FLAWS;

/// The text of a bearable length. Names and comments may be in any encoding, so bytes that are not UTF-8
/// are replaced.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Vec<Flaw>> {
    Ok(String::from_utf8_lossy(body(bytes)?))
}

/// One line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// Counted from 1.
    pub number: usize,
    /// Without white space around it.
    pub text: &'t str,
}

impl<'t> Line<'t> {
    /// Its words.
    pub(super) fn words(self) -> std::str::SplitWhitespace<'t> {
        self.text.split_whitespace()
    }

    /// A flaw of this line.
    pub(super) fn flaw(self, code: Code, found: impl Into<String>, fix: impl Into<String>) -> Flaw {
        at(self.number, code, found, fix)
    }
}

/// The lines that are not blank.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines()
        .enumerate()
        .map(|(n, text)| Line { number: n + 1, text: text.trim() })
        .filter(|line| !line.text.is_empty())
}

/// A flaw of the line of that number.
pub(super) fn at(line: usize, code: Code, found: impl Into<String>, fix: impl Into<String>) -> Flaw {
    Flaw::new(code, format!("line {line}"), found, fix)
}

/// Flaws found so far, at most as many as are told.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Flaw>);

impl Findings {
    /// Notes a flaw.
    pub(super) fn tell(&mut self, flaw: Flaw) {
        if !self.is_full() {
            self.0.push(flaw);
        }
    }

    /// Whether no more flaws will be told.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= FLAWS
    }

    /// Whether nothing was wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.0.is_empty()
    }

    /// All flaws.
    pub(super) fn into_flaws(self) -> Vec<Flaw> {
        self.0
    }
}

/// A decimal number. Neither infinite nor NaN, which some parsers take for numbers.
pub(super) fn decimal(word: &str) -> Option<f64> {
    word.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A whole number; `25`, and `25.0` as some programs write it.
pub(super) fn whole(word: &str) -> Option<i64> {
    word.parse().ok().or_else(|| {
        decimal(word).filter(|number| number.fract() == 0.0 && number.abs() <= 9e15).map(|n| n as i64)
    })
}

/// A number from 0 up that fits 32 bits, as ids do.
pub(super) fn id(word: &str) -> Option<u32> {
    whole(word).and_then(|number| u32::try_from(number).ok())
}

/// A word that should have been a number.
pub(super) fn no_number(line: Line<'_>, name: &str, word: &str) -> Flaw {
    line.flaw(
        Code::WrongType,
        format!("{name} {} is not a number", quoted(word)),
        "write a finite number such as 12 or 12.5",
    )
}

/// How decimals of a file become the engine's whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// Units for one of the file's.
    pub per_one: i64,
    /// What happens to the rest.
    pub rounding: Rounding,
}

/// What happens to what is less than one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    /// It is cut off.
    Truncated,
    /// A half and more counts as one.
    Nearest,
    /// It counts as one.
    Up,
}

/// Numbers such as `10 * 0.3` are not exact in binary; so little beside a whole number is none.
const NOTHING: f64 = 1e-9;

impl Scale {
    /// A number from 0 up of the file in whole units; `None` if it has more than `most` of them or is
    /// negative.
    pub(super) fn units(self, number: f64, most: i64) -> Option<i64> {
        let units = number * self.per_one as f64;
        let units = match self.rounding {
            Rounding::Truncated => (units + NOTHING).floor(),
            Rounding::Nearest => (units + 0.5).floor(),
            Rounding::Up => (units - NOTHING).ceil(),
        };
        (number >= 0.0 && units <= most as f64).then_some(units as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_finite_number_is_none() {
        for word in ["", "NaN", "inf", "-infinity", "1e999", "12a", "0x10", "１"] {
            assert_eq!(decimal(word), None, "{word}");
        }
        assert_eq!(
            [whole("25"), whole("25.0"), whole("-3"), whole("2.5"), whole("1e300")],
            [Some(25), Some(25), Some(-3), None, None]
        );
        assert_eq!([id("7"), id("-7"), id("4294967296")], [Some(7), None, None]);
    }

    #[test]
    fn decimals_become_units_by_the_rounding_of_the_convention() {
        let units = |per_one, rounding, number| Scale { per_one, rounding }.units(number, 1000);
        assert_eq!(units(10, Rounding::Truncated, 15.89), Some(158));
        assert_eq!(units(10, Rounding::Truncated, 0.1 + 0.2), Some(3));
        assert_eq!(units(1, Rounding::Nearest, 2.5), Some(3));
        assert_eq!(units(100, Rounding::Up, 1.001), Some(101));
        assert_eq!(units(100, Rounding::Up, 1.0), Some(100));
        assert_eq!([units(10, Rounding::Up, 101.0), units(10, Rounding::Up, -1.0)], [None, None]);
        assert_eq!(units(10, Rounding::Nearest, 1e308), None);
    }

    #[test]
    fn lines_keep_their_numbers_across_blank_ones_and_carriage_returns() {
        let found: Vec<(usize, &str)> =
            lines("a\r\n\r\n \t b c\t\n").map(|line| (line.number, line.text)).collect();
        assert_eq!(found, [(1, "a"), (3, "b c")]);
    }
}
