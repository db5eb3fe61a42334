//! The document of a problem in the pragmatic format, as far as it is looked at.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem;
use crate::wire::document::at_most;
use crate::wire::limits;

/// A problem.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemDoc {
    pub(super) plan: PlanDoc,
    pub(super) fleet: FleetDoc,
    #[serde(default)]
    pub(super) objectives: Option<Value>,
}

/// What has to be done.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanDoc {
    #[serde(deserialize_with = "at_most::<{ problem::limits::TICKETS }, _, _>")]
    pub(super) jobs: Vec<JobDoc>,
    #[serde(default, deserialize_with = "at_most::<{ problem::limits::TICKETS }, _, _>")]
    pub(super) relations: Vec<RelationDoc>,
    #[serde(default)]
    pub(super) areas: Option<Value>,
    #[serde(default)]
    pub(super) clustering: Option<Value>,
}

/// One job: tasks that are all done or none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JobDoc {
    pub(super) id: String,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) pickups: Vec<TaskDoc>,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) deliveries: Vec<TaskDoc>,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) services: Vec<TaskDoc>,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) replacements: Vec<TaskDoc>,
    #[serde(default)]
    pub(super) skills: SkillsDoc,
    #[serde(default)]
    pub(super) value: Option<f64>,
    #[serde(default)]
    pub(super) group: Option<Value>,
    #[serde(default)]
    pub(super) compatibility: Option<Value>,
}

/// One task at one of several places.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskDoc {
    #[serde(deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) places: Vec<PlaceDoc>,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) demand: Vec<i64>,
    #[serde(default)]
    pub(super) order: Option<Value>,
}

/// Where, how long and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceDoc {
    pub(super) location: LocationDoc,
    pub(super) duration: f64,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) times: Vec<Vec<String>>,
    #[serde(default)]
    pub(super) tag: Option<String>,
}

/// Coordinates, or a row of the matrix.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationDoc {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lat: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lng: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<u32>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
}

/// Skills that a job asks for, or keeps away from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillsDoc {
    #[serde(default, rename = "allOf")]
    pub(super) all: BTreeSet<String>,
    #[serde(default, rename = "oneOf")]
    pub(super) one: BTreeSet<String>,
    #[serde(default, rename = "noneOf")]
    pub(super) none: BTreeSet<String>,
}

/// Jobs bound to a vehicle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RelationDoc {
    #[serde(rename = "type")]
    pub(super) kind: RelationKindDoc,
    #[serde(deserialize_with = "at_most::<{ problem::limits::TICKETS }, _, _>")]
    pub(super) jobs: Vec<String>,
    pub(super) vehicle_id: String,
    #[serde(default)]
    pub(super) shift_index: Option<u32>,
}

/// How strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RelationKindDoc {
    Any,
    Sequence,
    Strict,
}

/// Who can do it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FleetDoc {
    #[serde(deserialize_with = "at_most::<{ limits::VEHICLES }, _, _>")]
    pub(super) vehicles: Vec<TypeDoc>,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) profiles: Vec<ProfileDoc>,
    #[serde(default)]
    pub(super) resources: Option<Value>,
}

/// How vehicles travel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileDoc {
    pub(super) name: String,
    /// Metres a second in a straight line.
    #[serde(default)]
    pub(super) speed: Option<f64>,
    /// Of older versions; it says nothing.
    #[serde(default, rename = "type")]
    pub(super) _kind: Option<String>,
}

/// Vehicles that are alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TypeDoc {
    pub(super) type_id: String,
    #[serde(deserialize_with = "at_most::<{ limits::VEHICLES }, _, _>")]
    pub(super) vehicle_ids: Vec<String>,
    pub(super) profile: VehicleProfileDoc,
    pub(super) costs: CostsDoc,
    #[serde(deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) shifts: Vec<ShiftDoc>,
    #[serde(deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) capacity: Vec<i64>,
    #[serde(default)]
    pub(super) skills: BTreeSet<String>,
    #[serde(default)]
    pub(super) limits: LimitsDoc,
}

/// The profile of a vehicle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleProfileDoc {
    pub(super) matrix: String,
    /// How many times longer it drives.
    #[serde(default)]
    pub(super) scale: Option<f64>,
}

/// What a tour costs.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CostsDoc {
    #[serde(default)]
    pub(super) fixed: f64,
    pub(super) distance: f64,
    pub(super) time: f64,
}

/// What a tour may not exceed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LimitsDoc {
    #[serde(default)]
    pub(super) max_distance: Option<f64>,
    #[serde(default, alias = "shiftTime")]
    pub(super) max_duration: Option<f64>,
    #[serde(default)]
    pub(super) tour_size: Option<u32>,
    #[serde(default)]
    pub(super) areas: Option<Value>,
}

/// One working span.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShiftDoc {
    pub(super) start: StartDoc,
    #[serde(default)]
    pub(super) end: Option<EndDoc>,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) breaks: Vec<BreakDoc>,
    #[serde(default)]
    pub(super) reloads: Option<Value>,
    #[serde(default)]
    pub(super) recharges: Option<Value>,
    #[serde(default)]
    pub(super) dispatch: Option<Value>,
}

/// Where and when a shift begins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StartDoc {
    pub(super) earliest: String,
    #[serde(default)]
    pub(super) latest: Option<String>,
    pub(super) location: LocationDoc,
}

/// Where and when it ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndDoc {
    #[serde(default)]
    pub(super) earliest: Option<String>,
    pub(super) latest: String,
    pub(super) location: LocationDoc,
}

/// A break: optional ones have a span and places, required ones a span and a duration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakDoc {
    /// `[from, upto]`, or an object with `earliest` and `latest`; moments, or seconds after departure.
    pub(super) time: Value,
    #[serde(default, deserialize_with = "at_most::<{ limits::TASKS }, _, _>")]
    pub(super) places: Vec<BreakPlaceDoc>,
    #[serde(default)]
    pub(super) duration: Option<f64>,
    #[serde(default)]
    pub(super) policy: Option<Value>,
}

/// How long a break lasts, and where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakPlaceDoc {
    pub(super) duration: f64,
    #[serde(default)]
    pub(super) location: Option<Value>,
    #[serde(default, rename = "tag")]
    pub(super) _tag: Option<String>,
}

/// Travel among the places that have an index.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct MatrixDoc {
    #[serde(default)]
    pub(super) profile: Option<String>,
    #[serde(default)]
    pub(super) timestamp: Option<String>,
    #[serde(deserialize_with = "at_most::<{ limits::MATRIX_CELLS }, _, _>")]
    pub(super) travel_times: Vec<f64>,
    #[serde(deserialize_with = "at_most::<{ limits::MATRIX_CELLS }, _, _>")]
    pub(super) distances: Vec<f64>,
    #[serde(default)]
    pub(super) error_codes: Option<Vec<i64>>,
}
