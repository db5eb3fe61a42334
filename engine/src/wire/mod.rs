//! The border: documents in, drafts out; answers in, documents out. The only place that knows serde.
//!
//! [`read_problem`] is the front door. [`document`] has the format of problems, [`answer`] that of plans;
//! [`geojson`] and [`ics`] write plans for maps and calendars. [`read_question`] is the door for other
//! people's formats: [`solomon`], [`vrplib`], [`trsp`], [`uhhc`], [`pragmatic`], [`vroom`], each answered in
//! its own way, the first two by the text of [`solution`], the third by our plan document.
//! Reading tells all flaws together, each with a stable code, its path, the id that carries it and a way
//! out; a text that fits the format is read in one pass.

pub mod answer;
mod crews;
pub mod decision;
pub mod document;
mod drafts;
pub mod examples;
mod format;
pub mod geojson;
pub mod ics;
mod instance;
pub mod limits;
mod lines;
mod notes;
pub mod pragmatic;
mod read;
mod read_plan;
mod repair;
pub mod solomon;
pub mod solution;
mod strict;
mod time;
mod tree;
pub mod trsp;
pub mod uhhc;
pub mod vroom;
pub mod vrplib;
pub mod wave;
mod words;
mod write;
mod write_problem;

pub use format::{Answer, Beside, Format, Objective, Purpose, Question, read_question};
pub use read_plan::read_plan;
pub use time::rfc3339;
pub use write::{
    plan_doc, price_doc, reason_doc, receipt_doc, route_doc, run_doc, unserved_doc, write_plan,
};
pub use write_problem::{
    area_doc, engineer_doc, policy_doc, problem_doc, ticket_doc, visit_doc, write_problem,
};

use serde::de::DeserializeOwned;

use crate::engineer::EngineerDraft;
use crate::flaw::Flaw;
use crate::policy::Policy;
use crate::problem::{Draft, Problem};
use crate::ticket::TicketDraft;
use crate::units::Moment;
use crate::visit::VisitDraft;
use document::{EngineerDoc, ProblemDoc, TicketDoc, VisitDoc};
use notes::Notes;

/// Reads a problem document and checks it.
///
/// # Errors
/// All flaws together, at most [`FLAWS`](crate::problem::limits::FLAWS): those of the text, or of its
/// shape, or of what it says.
pub fn read_problem(bytes: &[u8]) -> Result<Problem, Vec<Flaw>> {
    Problem::new(read_draft(bytes)?)
}

/// Reads a problem document without checking what it says.
///
/// # Errors
/// All flaws of its text or shape. If there are any, those of what it says are told along, except for
/// those that could be a consequence.
pub fn read_draft(bytes: &[u8]) -> Result<Draft, Vec<Flaw>> {
    read::draft(bytes)
}

/// The draft of a document.
///
/// # Errors
/// As [`read_draft`].
pub fn draft(doc: ProblemDoc) -> Result<Draft, Vec<Flaw>> {
    read::draft_of(doc, Notes::default())
}

/// Reads one ticket. Paths begin with `ticket`, as those of [`Problem::admit`].
///
/// # Errors
/// All flaws of its text or shape.
pub fn read_ticket(bytes: &[u8]) -> Result<TicketDraft, Vec<Flaw>> {
    let (doc, mut notes) = read::document(bytes, "ticket")?;
    let draft = drafts::ticket(doc, "ticket", &mut notes);
    notes.or(draft)
}

/// The draft of one ticket; `path` is where its document stands.
///
/// # Errors
/// All times that cannot be read, and lengths beyond any.
pub fn ticket(doc: TicketDoc, path: &str) -> Result<TicketDraft, Vec<Flaw>> {
    let mut notes = Notes::default();
    let draft = drafts::ticket(doc, path, &mut notes);
    notes.or(draft)
}

/// Reads a moment, RFC 3339 with offset, in the years that documents may speak of; `None` if it is none.
pub fn moment(text: &str) -> Option<Moment> {
    time::stamp(text)
        .ok()
        .map(|stamp| stamp.moment)
        .filter(|moment| (Moment::FIRST..=Moment::LAST).contains(moment))
}

/// Reads one engineer. Paths begin with `engineer`.
///
/// # Errors
/// All flaws of its text or shape.
pub fn read_engineer(bytes: &[u8]) -> Result<EngineerDraft, Vec<Flaw>> {
    let (doc, mut notes) = read::document(bytes, "engineer")?;
    let draft = drafts::engineer(doc, "engineer", &mut notes);
    notes.or(draft)
}

/// The draft of one engineer; `path` is where its document stands.
///
/// # Errors
/// All times that cannot be read, and lengths beyond any.
pub fn engineer(doc: EngineerDoc, path: &str) -> Result<EngineerDraft, Vec<Flaw>> {
    let mut notes = Notes::default();
    let draft = drafts::engineer(doc, path, &mut notes);
    notes.or(draft)
}

/// Reads a policy; what is left out has its default. Paths begin with `policy`.
///
/// # Errors
/// All flaws of its text or shape.
pub fn read_policy(bytes: &[u8]) -> Result<Policy, Vec<Flaw>> {
    let (doc, mut notes) = read::document(bytes, "policy")?;
    let policy = drafts::policy(doc, &mut notes);
    notes.or(policy)
}

/// Reads one visit. Paths begin with `visit`, as those of [`Problem::learn_visit`].
///
/// # Errors
/// All flaws of its text or shape.
pub fn read_visit(bytes: &[u8]) -> Result<VisitDraft, Vec<Flaw>> {
    let (doc, mut notes) = read::document(bytes, "visit")?;
    let draft = drafts::visit(doc, "visit", &mut notes);
    notes.or(draft)
}

/// The draft of one visit; `path` is where its document stands.
///
/// # Errors
/// All times that cannot be read.
pub fn visit(doc: VisitDoc, path: &str) -> Result<VisitDraft, Vec<Flaw>> {
    let mut notes = Notes::default();
    let draft = drafts::visit(doc, path, &mut notes);
    notes.or(draft)
}

/// Reads any other document, such as a request that holds a ticket, with the same care: every unknown
/// key, missing key and wrong type is told.
///
/// # Errors
/// All flaws of its text or shape.
pub fn read_document<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Vec<Flaw>> {
    let (doc, notes) = read::document(bytes, "")?;
    notes.or(doc)
}
