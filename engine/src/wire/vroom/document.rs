//! VROOM's question, field by field, as its public documentation describes it. Keys that it does not know
//! are passed over, as VROOM does: its clients send notes of their own along.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// Takes `null` for a key that is left out, as some clients send it.
fn absent<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A whole question.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct VroomDoc {
    /// Tasks at one place.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<JobDoc>,
    /// Pickups with their deliveries.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<ShipmentDoc>,
    /// Vehicles.
    #[serde(default, deserialize_with = "absent")]
    pub vehicles: Vec<VehicleDoc>,
    /// Travel tables by profile.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "BTreeMap::is_empty")]
    pub matrices: BTreeMap<String, MatrixDoc>,
    /// Durations of the profile `car`, as older clients send them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Vec<Vec<u32>>>,
    /// What the HTTP wrapper takes beside the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<OptionsDoc>,
}

/// Options of a request.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct OptionsDoc {
    /// Checks the vehicles' `steps` instead of planning.
    #[serde(default, deserialize_with = "absent")]
    pub c: bool,
    /// Asks for the routes' ways on the map, which lead straight from step to step here. Metres are always told.
    #[serde(default, deserialize_with = "absent")]
    pub g: bool,
    /// Exploration level 0-5; searches longer the higher it is where `l` gives no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<u8>,
    /// Seconds to search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub l: Option<f64>,
    /// Threads, of which the service chooses the number by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub t: Option<u32>,
}

/// A task at one place.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct JobDoc {
    /// The task's id, different from those of the other jobs.
    pub id: u64,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Longitude and latitude in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<[f64; 2]>,
    /// Row of the travel tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_index: Option<u32>,
    /// Seconds before the service, unless the step before is at the same place.
    #[serde(default, deserialize_with = "absent")]
    pub setup: u32,
    /// Seconds of service.
    #[serde(default, deserialize_with = "absent")]
    pub service: u32,
    /// Setup by vehicle type.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "BTreeMap::is_empty")]
    pub setup_per_type: BTreeMap<String, u32>,
    /// Service by vehicle type.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "BTreeMap::is_empty")]
    pub service_per_type: BTreeMap<String, u32>,
    /// Amounts brought from the vehicle's start.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub delivery: Vec<i64>,
    /// Amounts taken along to the vehicle's end.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub pickup: Vec<i64>,
    /// `delivery`, as older clients name it.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub amount: Vec<i64>,
    /// Skills that the vehicle must have, all of them.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<u32>,
    /// 0-100.
    #[serde(default, deserialize_with = "absent")]
    pub priority: u32,
    /// Windows for the start of the service, setup included.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub time_windows: Vec<[i64; 2]>,
}

/// A pickup and its delivery, by the same vehicle.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct ShipmentDoc {
    /// Where it is picked up.
    pub pickup: JobDoc,
    /// Where it is delivered.
    pub delivery: JobDoc,
    /// How much.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub amount: Vec<i64>,
    /// Skills that the vehicle must have, all of them.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<u32>,
    /// 0-100.
    #[serde(default, deserialize_with = "absent")]
    pub priority: u32,
}

/// A vehicle.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct VehicleDoc {
    /// The vehicle's id.
    pub id: u64,
    /// Which travel table holds; `car` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Longitude and latitude of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<[f64; 2]>,
    /// Row of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_index: Option<u32>,
    /// Longitude and latitude of the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<[f64; 2]>,
    /// Row of the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_index: Option<u32>,
    /// Capacity in each dimension.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub capacity: Vec<i64>,
    /// What its route costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<CostsDoc>,
    /// Its skills.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<u32>,
    /// The type by which jobs may give other times.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Working hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_window: Option<[i64; 2]>,
    /// Breaks.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<VroomBreakDoc>,
    /// Speed against the travel times; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_factor: Option<f64>,
    /// Most tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tasks: Option<u32>,
    /// Most seconds of travel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_travel_time: Option<i64>,
    /// Most metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance: Option<i64>,
    /// A route to start from, or to check.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<GivenStepDoc>,
}

/// What a vehicle's route costs.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct CostsDoc {
    /// For a route at all.
    #[serde(default, deserialize_with = "absent")]
    pub fixed: u32,
    /// For an hour of travel.
    #[serde(default = "an_hour")]
    pub per_hour: u32,
    /// For a kilometre.
    #[serde(default, deserialize_with = "absent")]
    pub per_km: u32,
    /// For an hour of setup and service.
    #[serde(default, deserialize_with = "absent")]
    pub per_task_hour: u32,
}

fn an_hour() -> u32 {
    3600
}

impl Default for CostsDoc {
    fn default() -> CostsDoc {
        CostsDoc { fixed: 0, per_hour: an_hour(), per_km: 0, per_task_hour: 0 }
    }
}

/// A break.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct VroomBreakDoc {
    /// The break's id.
    pub id: u64,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Windows for its start.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub time_windows: Vec<[i64; 2]>,
    /// Its length in seconds.
    #[serde(default, deserialize_with = "absent")]
    pub service: u32,
    /// The most that the vehicle may carry meanwhile.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub max_load: Vec<i64>,
}

/// A step of a route that is given.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct GivenStepDoc {
    /// start, job, pickup, delivery, break or end.
    #[serde(rename = "type")]
    pub kind: String,
    /// The task's or the break's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The service must start then ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_at: Option<i64>,
    /// ... or no earlier than then ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_after: Option<i64>,
    /// ... and no later than then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_before: Option<i64>,
}

/// Travel tables of one profile.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct MatrixDoc {
    /// Seconds from row to column.
    #[serde(default, deserialize_with = "absent", skip_serializing_if = "Vec::is_empty")]
    pub durations: Vec<Vec<u32>>,
    /// Metres from row to column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distances: Option<Vec<Vec<u32>>>,
    /// Costs from row to column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Vec<u32>>>,
}
