//! Engineers on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::reading::{distinct, level_or};

/// A place: coordinates in degrees, a row of the travel table, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceDoc {
    /// Degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Row of the travel table, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

/// An engineer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EngineerDoc {
    /// The engineer's id.
    pub id: String,
    /// Start and end of every shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<PlaceDoc>,
    /// Where shifts start, if not at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<PlaceDoc>,
    /// Where shifts end, if not at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<PlaceDoc>,
    /// Shifts begin at the first stop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_start: bool,
    /// Shifts end at the last stop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_end: bool,
    /// Where the engineer is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PlaceDoc>,
    /// Skills: a level 1-5, or level and validity.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, SkillDoc>,
    /// Shifts.
    #[serde(default)]
    pub shifts: Vec<ShiftDoc>,
    /// Spans away (sick, training).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<SpanDoc>,
    /// Ids of territories; none means everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<String>,
    /// Parts on the van at the start of every shift.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub stock: BTreeMap<String, i64>,
    /// Capacities of the van.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, i64>,
    /// 1 drives as the travel times say, 2 twice as fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_factor: Option<f64>,
    /// Which of the travel's `profiles` holds; left out, its own table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// A word by which tickets may give other work times, in `work_by_class_s` and `setup_by_class_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// What shifts cost; left out, a second of driving costs a second and nothing else costs anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<RatesDoc>,
}

/// What an engineer's shifts cost, in seconds of driving or in what is worth as much.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RatesDoc {
    /// For a shift that serves anyone; 0 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callout_s: Option<i64>,
    /// For a second of driving, or for one of the travel table's `costs`; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drive: Option<f64>,
    /// For a kilometre; 0 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_km_s: Option<f64>,
    /// For an hour of work; 0 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_work_hour_s: Option<f64>,
}

/// A skill's level, alone or with the last day of its certificate.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum SkillDoc {
    /// The level alone.
    Level(u8),
    /// The level and the certificate.
    Certificate(CertificateDoc),
}

impl<'de> Deserialize<'de> for SkillDoc {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<SkillDoc, D::Error> {
        level_or(from, SkillDoc::Level, SkillDoc::Certificate)
    }
}

/// A level with the last day of its certificate.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateDoc {
    /// Level 1-5.
    pub level: u8,
    /// Last valid day, as 2026-12-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

/// A shift.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftDoc {
    /// Earliest departure.
    pub start: String,
    /// Latest return.
    pub end: String,
    /// Breaks in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<BreakDoc>,
    /// Most tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tickets: Option<u32>,
    /// Most work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_work_s: Option<i64>,
    /// Most driving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_drive_s: Option<i64>,
    /// Longest way in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance_m: Option<i64>,
    /// Longest time from leaving to being back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_span_s: Option<i64>,
}

/// A break: taken wholly between two times of day, or started inside one of its windows.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BreakDoc {
    /// Earliest start, as "12:00".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Latest end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Windows for its start, in place of the two times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<SpanDoc>,
    /// Length.
    pub length_s: i64,
    /// Taken only while the van carries no more than this.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub max_load: BTreeMap<String, i64>,
}

impl BreakDoc {
    /// A break of this length between two times of day.
    pub fn daily(start: &str, end: &str, length_s: i64) -> BreakDoc {
        let (start, end) = (Some(start.to_owned()), Some(end.to_owned()));
        BreakDoc { start, end, length_s, ..BreakDoc::default() }
    }
}

/// A span between two moments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SpanDoc {
    /// First moment.
    pub start: String,
    /// Last moment.
    pub end: String,
}
