//! The pragmatic format, the JSON of the solver `vrp`, as far as it maps.
//!
//! A plan is priced by value lost, then jobs left out, then by what the objectives minimise.
//!
//! | of the format | here |
//! |---|---|
//! | jobs with one pickup, delivery or service at one place; duration, times | map; fractions of a second are rounded |
//! | jobs with one pickup and one delivery of the same demand | a pair: one vehicle, the pickup first |
//! | other jobs of several tasks, replacements, several places | refused |
//! | demand and capacity of several dimensions | map |
//! | skills `allOf`, `oneOf`, `noneOf` | map |
//! | `value` | a priority of 0 to 100, scaled if some are larger or no whole numbers; jobs without one have 0 |
//! | `group`, `compatibility` | refused |
//! | `order`, `areas`, `clustering` | not looked at, with a note |
//! | relations of type `any` | map for vehicles with one shift |
//! | relations of type `sequence`, `strict` | refused, unless they name one job |
//! | several vehicle ids a type, several shifts a vehicle | map; all shifts of a type begin and end at the same places |
//! | shifts without an end | map |
//! | `start.latest` | vehicles leave as late as their stops allow, which is never a breach: they may wait there |
//! | breaks | start inside their span, are never left out, interrupt drives |
//! | breaks after a time on the road | map where departure is fixed, else refused |
//! | break places with a location, `reloads`, `recharges`, `dispatch`, `resources` | refused |
//! | `limits.tourSize` | maps |
//! | `limits.maxDuration`, `shiftTime`, `maxDistance` | map |
//! | `limits.areas` | refused |
//! | `costs` | map, but that time spent on breaks costs nothing while planning; the answer tells all |
//! | profiles without a matrix | straight lines at their `speed`, 10 m/s without one |
//! | profiles with matrices, locations by index or by order | map; fractions are rounded |
//! | several matrices of one profile (`timestamp`) | refused |
//! | `scale` | divides the speed, rounded to a thousandth |
//! | `objectives` | in that order: `maximize-value`, `minimize-unassigned`, `minimize-tours`, then the first of `minimize-cost`, `-distance` (metres driven), `-duration` (seconds on the way, breaks aside); others get a note |
//! | no `objectives` | as the format has it: value if some job has one, unassigned, tours, cost |
//!
//! What is refused is told as `not-supported` with its path. Any other key is told as unknown.

mod answer;
mod document;
mod fleet;
mod jobs;
mod objectives;
mod travel;

use std::collections::BTreeSet;

use super::instance::only_driving;
use super::notes::Notes;
use super::read;
use crate::flaw::{Code, Flaw};
use crate::problem::limits::FLAWS;
use crate::problem::{Draft, Problem};
use crate::units::Seconds;
pub use answer::Tours;
use document::{MatrixDoc, ProblemDoc};
use objectives::Aim;

/// Something that a plan will not honour, though nothing forbids the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where in the document.
    pub path: String,
    /// What is different here.
    pub says: &'static str,
}

/// Reads a problem with its matrices.
///
/// # Errors
/// All flaws together: of text and shape, and of what is said; those of a matrix begin with `matrix[n]`.
pub(super) fn read(
    bytes: &[u8],
    matrices: &[&[u8]],
) -> Result<(Problem, Tours, Vec<Difference>), Vec<Flaw>> {
    let (doc, mut notes) = read::document::<ProblemDoc>(bytes, "")?;
    let mut tables: Vec<MatrixDoc> = Vec::with_capacity(matrices.len());
    for (n, bytes) in matrices.iter().enumerate() {
        let (table, told) = read::document(bytes, &format!("matrix[{n}]"))?;
        tables.push(told.or(table)?);
    }
    let mut translation = Translation { notes: &mut notes, differences: Vec::new() };
    let travel = travel::Travel::of(&doc, &tables, &mut translation);
    let aim = Aim::of(&doc, &mut translation);
    let mut fleet = fleet::fleet(&doc, &travel, aim, &mut translation);
    let work = jobs::work(&doc, &travel, &mut translation);
    aim.put_tours_first(&mut fleet.engineers, &work.tickets, &travel.spec);
    let differences = translation.differences;
    let draft = Draft {
        travel: travel.spec,
        engineers: fleet.engineers,
        tickets: work.tickets,
        policy: only_driving(),
        ..Draft::default()
    };
    let told = notes.or(()).err().unwrap_or_default();
    match Problem::new(draft) {
        Ok(problem) if told.is_empty() => Ok((problem, Tours::of(doc), differences)),
        Ok(_) => Err(told),
        Err(more) => Err(with_more(told, more, &fleet.paths, &work.paths)),
    }
}

/// The flaws of a document with those of its draft, but for those that may only be there because something
/// else about the same job or vehicle was told already.
fn with_more(
    mut told: Vec<Flaw>,
    more: Vec<Flaw>,
    engineers: &[String],
    tickets: &[String],
) -> Vec<Flaw> {
    let parts: BTreeSet<String> = told.iter().map(|flaw| element(&flaw.path).to_owned()).collect();
    let travels =
        parts.iter().all(|part| !part.starts_with("matrix") && !part.starts_with("fleet.profiles"));
    for flaw in more.into_iter().map(|flaw| told_at(flaw, engineers, tickets)) {
        let of_travel =
            matches!(flaw.code, Code::NoPlace | Code::BadTable) || flaw.path.starts_with("travel");
        if !parts.contains(element(&flaw.path)) && (travels || !of_travel) && !told.contains(&flaw) {
            told.push(flaw);
        }
    }
    told.truncate(FLAWS);
    told
}

/// The job or vehicle in which a path lies: `plan.jobs[3]` of `plan.jobs[3].value`.
fn element(path: &str) -> &str {
    path.find(']').map_or(path, |end| &path[..=end])
}

/// A flaw of the draft, told where it stands in the document.
pub(super) fn told_at(mut flaw: Flaw, engineers: &[String], tickets: &[String]) -> Flaw {
    for (list, paths) in [("tickets[", tickets), ("engineers[", engineers)] {
        let inside = flaw.path.strip_prefix(list).and_then(|rest| rest.split_once(']'));
        if let Some((number, rest)) = inside
            && let Some(path) = number.parse().ok().and_then(|number: usize| paths.get(number))
        {
            flaw.path = format!("{path}{rest}");
            break;
        }
    }
    flaw
}

/// What is found while a document is translated.
struct Translation<'n> {
    notes: &'n mut Notes,
    differences: Vec<Difference>,
}

impl Translation<'_> {
    /// Notes a flaw, carried by `id` if it is not empty.
    fn flaw(&mut self, code: Code, path: String, id: &str, found: impl Into<String>, fix: &str) {
        let flaw = Flaw::new(code, path, found, fix);
        self.notes.flaw(if id.is_empty() { flaw } else { flaw.of(id) });
    }

    /// Notes that something has no counterpart here.
    fn refuse(&mut self, path: String, id: &str, what: &str) {
        let found = format!("{what} not supported");
        self.flaw(Code::NotSupported, path, id, found, "leave it out to have the rest planned");
    }

    /// Notes a difference; each kind once, where it stands first.
    fn differs(&mut self, path: impl FnOnce() -> String, says: &'static str) {
        if self.differences.iter().all(|known| known.says != says) {
            self.differences.push(Difference { path: path(), says });
        }
    }

    /// A length in seconds, to the nearest; or a flaw.
    fn seconds(
        &mut self,
        path: impl FnOnce() -> String,
        id: &str,
        length: f64,
        most: Seconds,
    ) -> Seconds {
        if (0.0..=most.0 as f64).contains(&length) {
            return Seconds((length + 0.5).floor() as i64);
        }
        let found = format!("{length} s is not between 0 and {} s", most.0);
        self.flaw(Code::OutOfRange, path(), id, found, "give the length in seconds");
        Seconds::ZERO
    }
}
