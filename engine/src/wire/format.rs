//! Which format a text is in, and the one door to all of them.

use super::pragmatic::{self, Difference, Tours};
use super::solution::{Terms, write_solution};
use super::uhhc::{self, Care};
use super::{read, solomon, trsp, vroom, vrplib, write_plan};
use crate::flaw::Flaw;
use crate::plan::Plan;
use crate::problem::{Draft, Problem, TravelSpec};

/// A format that problems come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own JSON, see [`document`](super::document).
    Paidan,
    /// The text of Solomon and of Gehring and Homberger, see [`solomon`].
    Solomon,
    /// VRPLIB, see [`vrplib`].
    Vrplib,
    /// The text of Pillac, Guéret and Medaglia, see [`trsp`].
    Trsp,
    /// The JSON of `vrp`, see [`pragmatic`].
    Pragmatic,
    /// VROOM's JSON, see [`vroom`].
    Vroom,
    /// The JSON of the unified home healthcare problem, see [`uhhc`].
    Uhhc,
}

impl Format {
    /// The format that a text looks like. `O(1)` for JSON, else as far as the first line that tells.
    ///
    /// A text that begins with `{` is JSON: the pragmatic format, VROOM's or that of home healthcare if its first key
    /// is one of that format's, else our own, which shares none of them. Of the others VRPLIB has a `KEY : value` or a
    /// `..._SECTION`, Solomon's has `VEHICLE` or `CUSTOMER` on a line of its own, and that of technicians a line that
    /// begins with `CREW COUNT`; the first such line decides. What looks like none of these is taken for our own.
    pub fn of(bytes: &[u8]) -> Format {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Some(object) = bytes.trim_ascii_start().strip_prefix(b"{") {
            let object = object.trim_ascii_start();
            let begins = |keys: &[&str]| keys.iter().any(|key| object.starts_with(key.as_bytes()));
            return match () {
                () if begins(&PRAGMATIC) => Format::Pragmatic,
                () if begins(&VROOM) => Format::Vroom,
                () if begins(&UHHC) => Format::Uhhc,
                () => Format::Paidan,
            };
        }
        // The sign of each stands near the beginning.
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
        head.lines()
            .find_map(|line| {
                let line = line.trim();
                if ["VEHICLE", "CUSTOMER"].contains(&line) {
                    return Some(Format::Solomon);
                }
                if trsp::is_heading(line) {
                    return Some(Format::Trsp);
                }
                vrplib::is_key(line).then_some(Format::Vrplib)
            })
            .unwrap_or(Format::Paidan)
    }
}

/// Keys at the top of a pragmatic problem.
const PRAGMATIC: [&str; 3] = ["\"plan\"", "\"fleet\"", "\"objectives\""];

/// Keys at the top of a question of VROOM's.
const VROOM: [&str; 6] =
    ["\"vehicles\"", "\"jobs\"", "\"shipments\"", "\"matrices\"", "\"matrix\"", "\"options\""];

/// Keys at the top of a home healthcare instance.
const UHHC: [&str; 7] = [
    "\"metadata\"",
    "\"distances\"",
    "\"terminal_points\"",
    "\"caregivers\"",
    "\"patients\"",
    "\"services\"",
    "\"lunch_breaks\"",
];

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

/// What a problem is read for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// To plan it: a plan must hold wherever it is counted again.
    #[default]
    Plan,
    /// To judge an answer: none that holds where it comes from may be called broken.
    Judge,
}

/// What is said beside the text of a problem.
#[derive(Clone, Debug, Default)]
pub struct Beside<'t> {
    /// What a published instance is planned for.
    pub objective: Objective,
    /// What it is read for.
    pub purpose: Purpose,
    /// The texts of a pragmatic problem's matrices.
    pub matrices: &'t [&'t [u8]],
    /// Travel where a question of VROOM's brings no tables.
    pub travel: TravelSpec,
}

/// How a format answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// With our plan document.
    Plan,
    /// With a solution text, on these terms.
    Text(Terms),
    /// With the solution document of the pragmatic format.
    Tours(Box<Tours>),
    /// As VROOM does.
    Vroom(Box<vroom::Key>),
    /// With the solution document of the home healthcare format.
    Care(Box<Care>),
}

impl Answer {
    /// The text of a plan.
    pub fn write(&self, problem: &Problem, plan: &Plan) -> Vec<u8> {
        match self {
            Answer::Plan => write_plan(problem, plan),
            Answer::Text(terms) => write_solution(problem, plan, terms).into_bytes(),
            Answer::Tours(tours) => tours.write(problem, plan),
            Answer::Vroom(key) => vroom::write(&key.answer(problem, plan)),
            Answer::Care(care) => care.write(problem, plan),
        }
    }
}

/// A problem, and how its format speaks of answers.
#[derive(Clone, Debug)]
pub struct Question {
    /// The problem.
    pub problem: Problem,
    /// How the format answers.
    pub answer: Answer,
    /// Decimals of the unit that the format counts in: a unit of a plan's price is so small a part of it. 0
    /// where they are the same, and where only the format's own answer tells its costs.
    pub decimals: u32,
    /// What a plan will not honour of what the problem says.
    pub differences: Vec<Difference>,
}

/// Reads a problem in a format.
///
/// # Errors
/// All flaws together. Those of text formats bear the number of a line as their path.
pub fn read_question(format: Format, bytes: &[u8], beside: Beside<'_>) -> Result<Question, Vec<Flaw>> {
    let (draft, answer, decimals) = match format {
        Format::Paidan => (read::draft(bytes)?, Answer::Plan, 0),
        Format::Solomon => in_text(solomon::read(bytes, beside.objective, beside.purpose)?),
        Format::Vrplib => in_text(vrplib::read(bytes, beside.objective)?),
        Format::Trsp => (trsp::read(bytes)?, Answer::Plan, trsp::DECIMALS),
        Format::Pragmatic => {
            let (problem, tours, differences) = pragmatic::read(bytes, beside.matrices)?;
            let answer = Answer::Tours(Box::new(tours));
            return Ok(Question { problem, answer, decimals: 0, differences });
        }
        Format::Vroom => {
            let (problem, key) = vroom::read(bytes, beside.travel)?;
            let answer = Answer::Vroom(Box::new(key));
            return Ok(Question { problem, answer, decimals: 0, differences: Vec::new() });
        }
        Format::Uhhc => {
            let (problem, care, differences) = uhhc::read(bytes)?;
            let answer = Answer::Care(Box::new(care));
            return Ok(Question { problem, answer, decimals: 0, differences });
        }
    };
    Ok(Question { problem: Problem::new(draft)?, answer, decimals, differences: Vec::new() })
}

fn in_text((draft, terms): (Draft, Terms)) -> (Draft, Answer, u32) {
    let decimals = terms.decimals;
    (draft, Answer::Text(terms), decimals)
}
