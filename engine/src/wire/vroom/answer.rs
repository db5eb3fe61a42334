//! VROOM's answer, field by field.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SolutionDoc {
    /// 0 if all is well.
    pub code: u8,
    /// What is wrong, if anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The sums.
    pub summary: SummaryDoc,
    /// Tasks that no route serves.
    pub unassigned: Vec<UnassignedDoc>,
    /// Routes with at least one task.
    pub routes: Vec<VroomRouteDoc>,
}

/// A refusal in VROOM's words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[schema(as = VroomError, examples(json!({"code": 2, "error": "Missing id for vehicle."})))]
pub struct ErrorDoc {
    /// 1 a mistake of ours, 2 flawed input, 3 no travel times, 4 too large.
    pub code: u8,
    /// What is wrong.
    pub error: String,
}

/// Sums over all routes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct SummaryDoc {
    /// What the routes cost.
    pub cost: i64,
    /// Number of routes.
    pub routes: usize,
    /// Number of tasks that no route serves.
    pub unassigned: usize,
    /// Amounts delivered; left out where nothing has an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Vec<i64>>,
    /// Amounts picked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<Vec<i64>>,
    /// Seconds of setup.
    pub setup: i64,
    /// Seconds of service.
    pub service: i64,
    /// Seconds of travel.
    pub duration: i64,
    /// Seconds of waiting.
    pub waiting_time: i64,
    /// Sum of the priorities of the tasks that are served.
    pub priority: i64,
    /// Metres, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<i64>,
    /// Violations of given routes.
    pub violations: Vec<ViolationDoc>,
    /// Milliseconds that the answer took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computing_times: Option<ComputingTimesDoc>,
}

/// Milliseconds that an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ComputingTimesDoc {
    /// To read the question.
    pub loading: u64,
    /// To search.
    pub solving: u64,
    /// To ask for ways on streets, which nobody is asked for.
    pub routing: u64,
}

/// A task that no route serves.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct UnassignedDoc {
    /// Its id.
    pub id: u64,
    /// job, pickup or delivery.
    #[serde(rename = "type")]
    pub kind: String,
    /// As given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// As given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<[f64; 2]>,
    /// As given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_index: Option<u32>,
}

/// One vehicle's route.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct VroomRouteDoc {
    /// The vehicle's id.
    pub vehicle: u64,
    /// What the route costs.
    pub cost: i64,
    /// As given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Amounts delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Vec<i64>>,
    /// Amounts picked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<Vec<i64>>,
    /// Seconds of setup.
    pub setup: i64,
    /// Seconds of service.
    pub service: i64,
    /// Seconds of travel.
    pub duration: i64,
    /// Seconds of waiting.
    pub waiting_time: i64,
    /// Sum of the priorities of its tasks.
    pub priority: i64,
    /// Metres, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<i64>,
    /// What happens, in order.
    pub steps: Vec<StepDoc>,
    /// Violations of a given route.
    pub violations: Vec<ViolationDoc>,
    /// The way as an encoded polyline, straight from step to step, if `options.g` asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<String>,
}

/// One step of a route.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct StepDoc {
    /// start, job, pickup, delivery, break or end.
    #[serde(rename = "type")]
    pub kind: String,
    /// As given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Longitude and latitude, if they were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<[f64; 2]>,
    /// Row of the travel tables, if it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_index: Option<u32>,
    /// The id of the task or the break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Seconds of setup.
    pub setup: i64,
    /// Seconds of service.
    pub service: i64,
    /// Seconds of waiting before that.
    pub waiting_time: i64,
    /// The id of a job, as older clients read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<u64>,
    /// Load after the step; left out where nothing has an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Vec<i64>>,
    /// Arrival.
    pub arrival: i64,
    /// Seconds of travel until then.
    pub duration: i64,
    /// Metres until then, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<i64>,
    /// Violations of a given route at this step.
    pub violations: Vec<ViolationDoc>,
}

/// A rule that a given route breaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ViolationDoc {
    /// `delay`, `lead_time`, `load`, `max_tasks`, `skills`, `precedence`, `missing_break`,
    /// `max_travel_time`, `max_distance` or `max_load`.
    pub cause: String,
    /// Seconds, for a delay or a lead time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
}
