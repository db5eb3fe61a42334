//! The JSON of the unified home healthcare problem of Ceschia and others (2026).
//!
//! | of the format | here |
//! |---|---|
//! | caregivers: shift, departing and arrival point | engineers with one shift; earlier departures are forbidden, later arrivals overtime |
//! | abilities, `required_services` | skills at level 1 |
//! | a patient with one service | a ticket of the patient's id |
//! | a patient with two services | two tickets, `patient service`; more are refused |
//! | `simultaneous`, `sequential` | a tandem: together, or the second so much after the start of the first |
//! | `independent` | a tandem at any times; two tickets by themselves if the patient must be visited |
//! | `optional` with a weight | a prize, of the first ticket of a patient; others must be visited |
//! | `time_windows` | earliest starts; where lateness has a weight, ends are due dates |
//! | two windows | starts in the first, or from the second's start on; between the two nobody starts late for the first |
//! | `total_tardiness`, `total_waiting_time`, `total_extra_time`, `travel_time` | lateness, waiting, overtime of a day at most, driving |
//! | `caregiver_preferences` | preference; required engineers without a weight |
//! | `incompatible_caregivers` | forbidden engineers |
//! | `lunch_breaks` | a break wherever it fits into the shift, which may interrupt a drive and come after the return; an answer puts it at a patient's, and misses it where no gap is left or a missed one is cheaper |
//! | `max_idle_time` | hours guaranteed to all beyond an allowance of idle time, see [`Care::plan`] |
//! | `highest_tardiness` | not planned for, with a note; an answer tells it |
//! | `HARD` lateness, overtime | of either `total_tardiness` or `highest_tardiness`, of either `total_extra_time` or `working_time` |
//! | other parts of the objective, other rules | neither planned for nor told, with a note; see [`Care::uncounted`] |
//!
//! A weight that is missing is 0, but that of preferences, optional patients and missed lunches, which are rules then
//! as if it were `HARD`. A minute is 60 s, and a point 60 units of price.

mod care;
mod cost;
mod document;
mod draft;
mod patients;
mod solution;
mod tune;
mod visits;
mod weights;

use super::notes::Notes;
use super::pragmatic::{Difference, told_at};
use super::read;
use crate::flaw::{Code, Flaw};
use crate::problem::Problem;
use crate::units::Seconds;
pub use care::{Care, Part};
pub use cost::Costs;
use document::InstanceDoc;
use tune::Guarantee;

/// Reads an instance.
///
/// # Errors
/// All flaws of its text and shape together, or else of what it says.
pub(super) fn read(bytes: &[u8]) -> Result<(Problem, Care, Vec<Difference>), Vec<Flaw>> {
    let (doc, notes) = read::document::<InstanceDoc>(bytes, "")?;
    let mut reader = Reader { notes, differences: Vec::new() };
    let drafted = draft::drafted(&doc, &mut reader);
    let Reader { notes, differences } = reader;
    let care = notes.or(drafted)?;
    // Any guarantee is sound if that of whole shifts is.
    let most = Guarantee { allowance: Seconds::ZERO, part: 1.0 };
    Problem::new(care.with(most)).map_err(|flaws| told(flaws, &care))?;
    let problem = Problem::new(care.draft.clone()).map_err(|flaws| told(flaws, &care))?;
    Ok((problem, care, differences))
}

/// Flaws of a draft, told of the caregiver or patient that they are of; what follows in a path are the draft's keys.
fn told(flaws: Vec<Flaw>, care: &Care) -> Vec<Flaw> {
    let paths = |list: &str, count| (0..count).map(|n| format!("{list}[{n}]")).collect::<Vec<_>>();
    let caregivers = paths("caregivers", care.caregivers.len());
    let tickets = care.tickets.iter().map(|(patient, _)| format!("patients[{patient}]"));
    let tickets: Vec<String> = tickets.collect();
    flaws.into_iter().map(|flaw| told_at(flaw, &caregivers, &tickets)).collect()
}

/// What is found while a document is translated.
struct Reader {
    notes: Notes,
    differences: Vec<Difference>,
}

impl Reader {
    fn flaw(&mut self, code: Code, path: String, id: &str, found: impl Into<String>, fix: &str) {
        self.notes.flaw(Flaw::new(code, path, found, fix).of(id));
    }

    /// Notes a difference; each kind once, where it stands first.
    fn differs(&mut self, path: impl Into<String>, says: &'static str) {
        if self.differences.iter().all(|known| known.says != says) {
            self.differences.push(Difference { path: path.into(), says });
        }
    }

    /// Minutes in seconds, to the nearest; or a flaw.
    fn seconds(&mut self, path: impl FnOnce() -> String, id: &str, minutes: f64) -> Seconds {
        const MOST: f64 = 525_600.0;
        if (0.0..=MOST).contains(&minutes) {
            return Seconds((minutes * 60.0).round() as i64);
        }
        let found = format!("{minutes} is not between 0 and {MOST} minutes");
        self.flaw(Code::OutOfRange, path(), id, found, "give it in minutes");
        Seconds::ZERO
    }
}
