//! Which format a text is in, and the one door to all of them.

use super::solution::Terms;
use super::{read, solomon, vrplib};
use crate::flaw::Flaw;
use crate::problem::Problem;

/// A format that problems come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own JSON, see [`document`](super::document).
    Paidan,
    /// The text of Solomon and of Gehring and Homberger, see [`solomon`].
    Solomon,
    /// VRPLIB, see [`vrplib`].
    Vrplib,
}

impl Format {
    /// The format that a text looks like. `O(1)` for JSON, else as far as the first line that tells.
    ///
    /// A text that begins with `{` is JSON. Of the others VRPLIB has a `KEY : value` or a `..._SECTION`,
    /// and Solomon's has `VEHICLE` or `CUSTOMER` on a line of its own; the first such line decides. What
    /// looks like none of these is taken for our own.
    pub fn of(bytes: &[u8]) -> Format {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.trim_ascii_start().first() == Some(&b'{') {
            return Format::Paidan;
        }
        // The sign of either stands near the beginning.
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
        head.lines()
            .find_map(|line| {
                let line = line.trim();
                if ["VEHICLE", "CUSTOMER"].contains(&line) {
                    return Some(Format::Solomon);
                }
                vrplib::is_key(line).then_some(Format::Vrplib)
            })
            .unwrap_or(Format::Paidan)
    }
}

/// How many bytes of a text are looked at to tell its format.
const HEAD: usize = 16 * 1024;

/// What a published instance asks to be minimised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Objective {
    /// The distance.
    #[default]
    Distance,
    /// The number of vehicles, then the distance.
    Vehicles,
}

/// A problem, and how its format speaks of answers.
#[derive(Clone, Debug)]
pub struct Question {
    /// The problem.
    pub problem: Problem,
    /// The conventions of the solution text; `None` for formats that answer in JSON.
    pub terms: Option<Terms>,
}

/// Reads a problem in a format.
///
/// # Errors
/// All flaws together. Those of text formats bear the number of a line as their path.
pub fn read_question(format: Format, bytes: &[u8], objective: Objective) -> Result<Question, Vec<Flaw>> {
    let (draft, terms) = match format {
        Format::Paidan => (read::draft(bytes)?, None),
        Format::Solomon => some(solomon::read(bytes, objective)?),
        Format::Vrplib => some(vrplib::read(bytes, objective)?),
    };
    Ok(Question { problem: Problem::new(draft)?, terms })
}

fn some<A, B>((a, b): (A, B)) -> (A, Option<B>) {
    (a, Some(b))
}
