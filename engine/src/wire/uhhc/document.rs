//! The document of an instance, as far as it is looked at. Times are minutes.

use serde::Deserialize;
use serde_json::Value;

use crate::problem;
use crate::wire::document::at_most;
use crate::wire::limits;

/// An instance.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstanceDoc {
    pub(super) metadata: MetadataDoc,
    /// Travel times from the row's place to the column's.
    #[serde(deserialize_with = "at_most::<{ limits::ROWS }, _, _>")]
    pub(super) distances: Vec<Vec<f64>>,
    #[serde(deserialize_with = "at_most::<{ limits::ROWS }, _, _>")]
    pub(super) terminal_points: Vec<TerminalDoc>,
    #[serde(deserialize_with = "at_most::<{ problem::limits::ENGINEERS }, _, _>")]
    pub(super) caregivers: Vec<CaregiverDoc>,
    #[serde(deserialize_with = "at_most::<{ problem::limits::TICKETS }, _, _>")]
    pub(super) patients: Vec<PatientDoc>,
    #[serde(default, deserialize_with = "at_most::<{ problem::limits::TICKETS }, _, _>")]
    pub(super) services: Vec<ServiceDoc>,
    #[serde(default)]
    pub(super) lunch_breaks: Option<LunchDoc>,
}

/// What is minimised; how the instance was made matters only where it says how waiting is counted.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct MetadataDoc {
    #[serde(default)]
    pub(super) time_window_met: MetDoc,
    pub(super) cost_components: WeightsDoc,
    #[serde(default)]
    pub(super) origin: Option<String>,
}

/// What of a service must lie inside its window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MetDoc {
    #[default]
    AtServiceStart,
    AtServiceEnd,
}

/// Weights of the parts of the objective.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightsDoc {
    pub(super) travel_time: Option<WeightDoc>,
    pub(super) total_tardiness: Option<WeightDoc>,
    pub(super) highest_tardiness: Option<WeightDoc>,
    pub(super) total_waiting_time: Option<WeightDoc>,
    pub(super) total_extra_time: Option<WeightDoc>,
    pub(super) max_idle_time: Option<WeightDoc>,
    pub(super) caregiver_preferences: Option<WeightDoc>,
    pub(super) optional_patients: Option<WeightDoc>,
    pub(super) missed_lunch_break: Option<WeightDoc>,
    pub(super) qualification: Option<WeightDoc>,
    pub(super) working_time: Option<WeightDoc>,
    pub(super) incompabilities: Option<WeightDoc>,
    pub(super) tw_max_dev_in_time: Option<WeightDoc>,
    pub(super) tw_max_dev_in_desired_time: Option<WeightDoc>,
    pub(super) workload_balance: Option<WeightDoc>,
    pub(super) max_waiting_time: Option<WeightDoc>,
}

/// A weight, or a rule.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum WeightDoc {
    Points(f64),
    Rule(RuleDoc),
}

/// That must not be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum RuleDoc {
    #[serde(rename = "HARD")]
    Hard,
}

/// Where caregivers depart or arrive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TerminalDoc {
    pub(super) id: String,
    pub(super) distance_matrix_index: u32,
    #[serde(default, rename = "location")]
    pub(super) _location: Option<Value>,
}

/// Somebody who goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaregiverDoc {
    pub(super) id: String,
    #[serde(default, deserialize_with = "at_most::<{ problem::limits::LIST }, _, _>")]
    pub(super) abilities: Vec<String>,
    pub(super) departing_point: String,
    /// The departing point unless said otherwise.
    #[serde(default)]
    pub(super) arrival_point: Option<String>,
    pub(super) working_shift: SpanDoc,
    #[serde(default)]
    pub(super) lunch_break: Option<bool>,
}

/// Somebody to go to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatientDoc {
    pub(super) id: String,
    #[serde(deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) required_services: Vec<RequiredDoc>,
    pub(super) distance_matrix_index: u32,
    #[serde(default, deserialize_with = "at_most::<{ problem::limits::LIST }, _, _>")]
    pub(super) time_windows: Vec<SpanDoc>,
    #[serde(default)]
    pub(super) synchronization: Option<SynchronizationDoc>,
    #[serde(default)]
    pub(super) preferred_caregivers: Option<Vec<String>>,
    #[serde(default)]
    pub(super) incompatible_caregivers: Option<Vec<String>>,
    #[serde(default)]
    pub(super) optional: Option<bool>,
    #[serde(default, rename = "location")]
    pub(super) _location: Option<Value>,
}

/// A service that a patient needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequiredDoc {
    pub(super) service: String,
    /// The service's own unless said otherwise.
    #[serde(default)]
    pub(super) duration: Option<f64>,
}

/// How two services of a patient go together.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SynchronizationDoc {
    #[serde(rename = "type")]
    pub(super) kind: KindDoc,
    #[serde(default)]
    pub(super) distance: Option<DistanceDoc>,
}

/// Whether their starts depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindDoc {
    Independent,
    Simultaneous,
    Sequential,
}

/// So much after the first starts the second.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DistanceDoc {
    pub(super) min: f64,
    pub(super) max: f64,
}

/// A service by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceDoc {
    pub(super) id: String,
    #[serde(default, rename = "type")]
    pub(super) _kind: Option<String>,
    #[serde(default)]
    pub(super) default_duration: Option<f64>,
}

/// From when to when.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpanDoc {
    pub(super) start: f64,
    pub(super) end: f64,
}

/// The break of everybody who has one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LunchDoc {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) min_duration: f64,
}
