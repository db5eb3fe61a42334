//! VROOM's JSON: its question in, its answer out, so that a client of VROOM needs another address and
//! nothing else.
//!
//! The format is that of VROOM's public API documentation (version 1.15). What maps to what:
//!
//! | VROOM | here |
//! |---|---|
//! | vehicle | an engineer with one shift, over all time unless `time_window` says otherwise |
//! | job | a ticket; a shipment is a pair of tickets that one shift serves in order |
//! | skills | skills of level 1 |
//! | delivery, pickup, amount, capacity | what is brought from the start, taken along, and the room for it |
//! | priority | the ticket's priority: first the sum of those served counts, then their number, then cost |
//! | costs, `matrices.*.costs` | rates of the engineer, in thousandths of VROOM's cost |
//! | breaks | breaks; a drive may be interrupted for one |
//! | `steps` | the route that the search starts from |
//! | no tables | travel as the crow flies, by speed and detour; profiles then mean nothing |
//!
//! Without an option `l` a search takes as long as its question is large. At most four breaks a vehicle and
//! 32 dimensions of amounts are taken.

pub mod answer;
pub mod document;
mod draft;
mod geometry;
mod given;
mod keys;
mod write;

use serde::de::DeserializeOwned;

use super::strict::Strict;
use crate::flaw::{Code, Flaw};
use crate::plan::Plan;
use crate::problem::{Problem, TravelSpec};
use answer::{ErrorDoc, SolutionDoc};
use document::VroomDoc;
use keys::Keys;

/// Room that no load fills; what a vehicle has where nothing in the question has a capacity.
const ENDLESS: i64 = crate::problem::limits::CAPACITY;

/// What a question says beside its problem: what its answer is written by.
#[derive(Clone, Debug)]
pub struct Key {
    doc: VroomDoc,
    keys: Keys,
}

/// A question as its answer is written from it.
#[derive(Clone, Copy)]
struct Asked<'q> {
    doc: &'q VroomDoc,
    keys: &'q Keys,
    problem: &'q Problem,
}

/// Reads a question: its problem, and the key to its answer. `crow` is the travel where it brings no tables.
///
/// # Errors
/// All flaws together: of the text, or of its shape, or of what it says.
pub fn read(bytes: &[u8], crow: TravelSpec) -> Result<(Problem, Key), Vec<Flaw>> {
    let doc: VroomDoc = parse(bytes)?;
    let (draft, keys) = draft::draft(&doc, crow)?;
    let problem = Problem::new(draft).map_err(|flaws| {
        let told = |flaw: Flaw| Flaw { path: keys.path_of(&flaw.path), ..flaw };
        flaws.into_iter().map(told).collect::<Vec<Flaw>>()
    })?;
    Ok((problem, Key { doc, keys }))
}

/// Reads JSON into a document, with the place of the first mistake. A list is no object: serde would take it
/// for one.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Vec<Flaw>> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(Strict(&mut reader));
    let told = |path: String, says: String| {
        vec![Flaw::new(Code::NotJson, path, says, "compare it with VROOM's API documentation")]
    };
    let doc = read.map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        told(path, error.into_inner().to_string())
    })?;
    reader.end().map_err(|error| told(String::new(), error.to_string()))?;
    Ok(doc)
}

impl Key {
    /// What is asked for beside the problem.
    pub fn options(&self) -> document::OptionsDoc {
        self.doc.options.clone().unwrap_or_default()
    }

    /// The answer that a plan of the problem is. `O(stops)`.
    pub fn answer(&self, problem: &Problem, plan: &Plan) -> SolutionDoc {
        self.drawn(write::solution(self.asked(problem), plan))
    }

    /// The answer to routes that are given by the vehicles' `steps`: their times with the least violation of
    /// windows, and every rule that they break. `O(steps log steps)` for each vehicle.
    ///
    /// # Errors
    /// Steps that name what the question does not have.
    pub fn check_given(&self, problem: &Problem) -> Result<SolutionDoc, Vec<Flaw>> {
        Ok(self.drawn(given::solution(self.asked(problem))?))
    }

    /// The answer with the routes' ways, if the question asks for them.
    fn drawn(&self, mut solution: SolutionDoc) -> SolutionDoc {
        if self.doc.options.as_ref().is_some_and(|options| options.g) {
            for route in &mut solution.routes {
                route.geometry = geometry::through(&route.steps);
            }
        }
        solution
    }

    fn asked<'q>(&'q self, problem: &'q Problem) -> Asked<'q> {
        Asked { doc: &self.doc, keys: &self.keys, problem }
    }
}

/// The text of an answer, indented, with a line break at the end.
pub fn write(solution: &SolutionDoc) -> Vec<u8> {
    let mut text =
        serde_json::to_vec_pretty(solution).expect("an answer holds only texts, numbers and lists");
    text.push(b'\n');
    text
}

/// The refusal of a question that is flawed: VROOM's code 2, with all flaws in one text.
pub fn refusal(flaws: &[Flaw]) -> ErrorDoc {
    let lines: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    ErrorDoc { code: 2, error: lines.join("; ") }
}
