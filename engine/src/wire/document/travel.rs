//! Travel on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::reading::{at_most, complaint, distinct};
use crate::flaw::Code;
use crate::problem::limits;

/// How travel times come about.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", try_from = "Fields")]
#[schema(as = Travel, examples(
    json!({"kind": "crow", "speed_kmh": 35, "detour": 1.3}),
    json!({"kind": "table", "durations_s": [[0, 600], [660, 0]]})
))]
pub enum TravelDoc {
    /// As the crow flies, times a detour, by a speed.
    Crow {
        /// In km/h, 0.1 to 1,000; 35 unless said otherwise.
        #[schema(value_type = Option<f64>, minimum = 0.1, maximum = 1000, default = 35.0)]
        speed_kmh: f64,
        /// Road metres per straight metre, 1 to 10; 1.3 unless said otherwise.
        #[schema(value_type = Option<f64>, minimum = 1, maximum = 10, default = 1.3)]
        detour: f64,
    },
    /// A given table; places name their `row`.
    Table {
        /// Seconds from row to column, each 0 to 34,560,000 (400 days). Square, at most 10,000 rows.
        #[schema(min_items = 1, max_items = 10_000)]
        durations_s: Vec<Vec<u32>>,
        /// Metres from row to column, of the same shape; needed where an engineer's rates or a shift's limit count them.
        #[serde(skip_serializing_if = "Option::is_none")]
        metres_m: Option<Vec<Vec<u32>>>,
        /// What driving costs from row to column, if not its time; of the same shape.
        #[serde(skip_serializing_if = "Option::is_none")]
        costs: Option<Vec<Vec<u32>>>,
        /// Further tables of the same places, by the name that engineers give as their `profile`; at most 63.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        #[schema(required = false)]
        profiles: BTreeMap<String, TableDoc>,
    },
}

/// A travel table of one profile.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TravelTable, examples(json!({"durations_s": [[0, 500], [550, 0]]})))]
pub struct TableDoc {
    /// Seconds from row to column, each 0 to 34,560,000 (400 days). Square, at most 10,000 rows.
    #[serde(deserialize_with = "at_most::<{ limits::TABLE_ROWS }, _, _>")]
    #[schema(min_items = 1, max_items = 10_000)]
    pub durations_s: Vec<Vec<u32>>,
    /// Metres from row to column, of the same shape; needed where an engineer's rates or a shift's limit
    /// count them.
    #[serde(default, deserialize_with = "rows", skip_serializing_if = "Option::is_none")]
    pub metres_m: Option<Vec<Vec<u32>>>,
    /// What driving costs from row to column, if not its time; of the same shape.
    #[serde(default, deserialize_with = "rows", skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Vec<u32>>>,
}

/// Rows of a table that may be left out.
fn rows<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Vec<u32>>>, D::Error> {
    Ok(Option::<Rows>::deserialize(from)?.map(|rows| rows.0))
}

/// Travel as it stands in the text. It is read into this first because serde's own tagged enums copy
/// everything before they look at the tag: of a full table that would be gigabytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    kind: Kind,
    speed_kmh: Option<f64>,
    detour: Option<f64>,
    durations_s: Option<Rows>,
    metres_m: Option<Rows>,
    costs: Option<Rows>,
    #[serde(default, deserialize_with = "distinct")]
    profiles: BTreeMap<String, TableDoc>,
}

#[derive(Deserialize)]
struct Rows(#[serde(deserialize_with = "at_most::<{ limits::TABLE_ROWS }, _, _>")] Vec<Vec<u32>>);

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Crow,
    Table,
}

impl TryFrom<Fields> for TravelDoc {
    type Error = String;

    fn try_from(fields: Fields) -> Result<TravelDoc, String> {
        let tables = fields.durations_s.is_some()
            || fields.metres_m.is_some()
            || fields.costs.is_some()
            || !fields.profiles.is_empty();
        let flight = fields.speed_kmh.is_some() || fields.detour.is_some();
        match fields.kind {
            Kind::Crow if tables => Err(complaint(
                Code::UnknownKey,
                "travel of kind \"crow\" has no \"durations_s\", \"metres_m\", \"costs\" or \"profiles\"",
                "say \"kind\": \"table\" or leave the tables out",
            )),
            Kind::Crow => Ok(TravelDoc::Crow {
                speed_kmh: fields.speed_kmh.unwrap_or(35.0),
                detour: fields.detour.unwrap_or(1.3),
            }),
            Kind::Table if flight => Err(complaint(
                Code::UnknownKey,
                "travel of kind \"table\" has no \"speed_kmh\" and no \"detour\"",
                "say \"kind\": \"crow\" or leave them out",
            )),
            Kind::Table => match fields.durations_s {
                Some(Rows(durations_s)) => Ok(TravelDoc::Table {
                    durations_s,
                    metres_m: fields.metres_m.map(|rows| rows.0),
                    costs: fields.costs.map(|rows| rows.0),
                    profiles: fields.profiles,
                }),
                None => Err(complaint(
                    Code::MissingKey,
                    "travel of kind \"table\" has no \"durations_s\"",
                    "add \"durations_s\": one row and one column for each place",
                )),
            },
        }
    }
}
