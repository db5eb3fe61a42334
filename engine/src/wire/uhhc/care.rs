//! What an instance says, in whole seconds: enough to tell what a solution of it costs.

use crate::problem::Draft;
use crate::units::{Moment, Seconds};

/// Part of an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Minutes of driving.
    Travel,
    /// Minutes by which services are late.
    Tardiness,
    /// Minutes by which the latest of them is.
    HighestTardiness,
    /// Minutes waited before services and lunches.
    Waiting,
    /// Minutes by which arrivals are later than shifts end.
    Extra,
    /// The most minutes of one shift without driving, service and lunch.
    Idle,
    /// Services by others than preferred caregivers.
    Preferences,
    /// Patients who are not visited.
    Optional,
    /// Caregivers without the lunch that they have.
    Lunch,
}

impl Part {
    /// All of them, in the order of the tables that they index.
    pub const ALL: [Part; 9] = [
        Part::Travel,
        Part::Tardiness,
        Part::HighestTardiness,
        Part::Waiting,
        Part::Extra,
        Part::Idle,
        Part::Preferences,
        Part::Optional,
        Part::Lunch,
    ];

    /// The word of the format.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Travel => "travel_time",
            Part::Tardiness => "total_tardiness",
            Part::HighestTardiness => "highest_tardiness",
            Part::Waiting => "total_waiting_time",
            Part::Extra => "total_extra_time",
            Part::Idle => "max_idle_time",
            Part::Preferences => "caregiver_preferences",
            Part::Optional => "optional_patients",
            Part::Lunch => "missed_lunch_break",
        }
    }
}

/// A caregiver.
#[derive(Clone, Debug)]
pub(super) struct Caregiver {
    pub id: String,
    /// Rows of the table.
    pub from: u32,
    pub to: u32,
    pub shift: (Moment, Moment),
    pub has_lunch: bool,
}

impl Caregiver {
    /// The lunch that fits into the shift, if there is one to have.
    pub fn lunch(&self, lunch: Option<Lunch>) -> Option<Lunch> {
        let fits = |lunch: &Lunch| {
            let start = lunch.earliest.max(self.shift.0);
            start <= lunch.latest && start + lunch.length <= self.shift.1
        };
        lunch.filter(|lunch| self.has_lunch && fits(lunch))
    }
}

/// A patient.
#[derive(Clone, Debug)]
pub(super) struct Patient {
    pub id: String,
    pub row: u32,
    pub services: Vec<String>,
    /// In the order of their starts.
    pub windows: Vec<(Moment, Moment)>,
    pub preferred: Option<Vec<String>>,
}

/// The lunch of those who have one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lunch {
    pub earliest: Moment,
    pub latest: Moment,
    pub length: Seconds,
}

/// An instance, for counting and writing what a plan of it is.
#[derive(Clone, Debug)]
pub struct Care {
    pub(super) caregivers: Vec<Caregiver>,
    pub(super) patients: Vec<Patient>,
    /// Of each ticket its patient, and which of the patient's services it is.
    pub(super) tickets: Vec<(usize, usize)>,
    pub(super) lunch: Option<Lunch>,
    /// Whether services must end, not start, inside their windows.
    pub(super) met_at_end: bool,
    /// Rows of the table, and its seconds.
    pub(super) rows: usize,
    pub(super) travel: Vec<u32>,
    /// By [`Part`].
    pub(super) weights: [f64; Part::ALL.len()],
    /// Whether a missed lunch has no weight that makes up for it.
    pub(super) lunch_is_due: bool,
    /// Whether nobody may be back after the end of the shift.
    pub(super) no_overtime: bool,
    /// Parts of the objective that [`Costs`](super::Costs) lacks, or does not count as the format does.
    pub(super) uncounted: Vec<&'static str>,
    /// The draft, without guarantees.
    pub(super) draft: Draft,
}

impl Care {
    /// The words of the parts of the objective that no cost told here has, or not as the format's own validator counts
    /// them. With none of them costs may be compared with those of others.
    pub fn uncounted(&self) -> &[&'static str] {
        &self.uncounted
    }

    /// The way from one row to another.
    pub(super) fn way(&self, from: u32, to: u32) -> Seconds {
        Seconds(i64::from(self.travel[from as usize * self.rows + to as usize]))
    }

    /// The weight of a part.
    pub(super) fn weight(&self, part: Part) -> f64 {
        self.weights[part as usize]
    }
}
