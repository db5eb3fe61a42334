//! Travel on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::reading::{at_most, complaint, distinct};
use crate::flaw::Code;
use crate::problem::limits;

/// How travel times come about.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase", try_from = "Fields")]
pub enum TravelDoc {
    /// As the crow flies, times a detour, by a speed.
    Crow {
        /// km/h; 35 unless said otherwise.
        speed_kmh: f64,
        /// Road metres per straight metre; 1.3 unless said otherwise.
        detour: f64,
    },
    /// A given table; places name their `row`.
    Table {
        /// Seconds from row to column.
        durations_s: Vec<Vec<u32>>,
        /// Metres from row to column; needed where an engineer's rates or a shift's limit count them.
        #[serde(skip_serializing_if = "Option::is_none")]
        metres_m: Option<Vec<Vec<u32>>>,
        /// What driving costs from row to column, if not its time.
        #[serde(skip_serializing_if = "Option::is_none")]
        costs: Option<Vec<Vec<u32>>>,
        /// Further tables of the same places, by the name that engineers give as their `profile`.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        profiles: BTreeMap<String, TableDoc>,
    },
}

/// A travel table of one profile.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TableDoc {
    /// Seconds from row to column.
    #[serde(deserialize_with = "at_most::<{ limits::TABLE_ROWS }, _, _>")]
    pub durations_s: Vec<Vec<u32>>,
    /// Metres from row to column.
    #[serde(default, deserialize_with = "rows", skip_serializing_if = "Option::is_none")]
    pub metres_m: Option<Vec<Vec<u32>>>,
    /// What driving costs from row to column, if not its time.
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
