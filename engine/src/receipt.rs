//! A total opened into named lines; two receipts can be subtracted.

use std::ops::{Add, AddAssign, Sub};

use crate::rule::Line;
use crate::units::Seconds;

/// A price in seconds of driving, line by line. The total is the sum of the lines, to the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    lines: [Seconds; Line::ALL.len()],
}

impl Receipt {
    /// Adds an amount to a line.
    pub fn charge(&mut self, line: Line, amount: Seconds) {
        self.lines[line as usize] += amount;
    }

    /// The amount on a line.
    pub fn line(&self, line: Line) -> Seconds {
        self.lines[line as usize]
    }

    /// The sum of the lines.
    pub fn total(&self) -> Seconds {
        self.lines.iter().copied().sum()
    }

    /// The lines that are not zero, in the order of [`Line::ALL`].
    pub fn lines(&self) -> impl Iterator<Item = (Line, Seconds)> + '_ {
        Line::ALL.into_iter().map(|line| (line, self.line(line))).filter(|(_, amount)| amount.0 != 0)
    }
}

impl Add for Receipt {
    type Output = Receipt;
    fn add(mut self, other: Receipt) -> Receipt {
        self += other;
        self
    }
}

impl AddAssign for Receipt {
    fn add_assign(&mut self, other: Receipt) {
        for (mine, theirs) in self.lines.iter_mut().zip(other.lines) {
            *mine += theirs;
        }
    }
}

impl Sub for Receipt {
    type Output = Receipt;
    fn sub(mut self, other: Receipt) -> Receipt {
        for (mine, theirs) in self.lines.iter_mut().zip(other.lines) {
            *mine -= theirs;
        }
        self
    }
}
