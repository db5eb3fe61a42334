//! Engineers on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::reading::{distinct, level_or};
use crate::wire::examples;

/// A place: coordinates in degrees, a row of the travel table, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Place, examples(json!({"lat": 39.103, "lon": -84.512}), json!({"row": 3})))]
pub struct PlaceDoc {
    /// Degrees north, -90 to 90. Needed for travel as the crow flies, together with `lon`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -90, maximum = 90)]
    pub lat: Option<f64>,
    /// Degrees east, -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -180, maximum = 180)]
    pub lon: Option<f64>,
    /// Row and column of the travel table, from 0 and below its number of rows. Needed for travel by a
    /// table; as the crow flies it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4_294_967_295u32)]
    pub row: Option<u32>,
}

/// An engineer.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Engineer, examples(examples::engineer))]
pub struct EngineerDoc {
    /// The engineer's id, of 1 to 200 bytes; no two alike.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// Where every shift starts and ends, unless `start` or `end` say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<PlaceDoc>,
    /// Where shifts start, if not at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<PlaceDoc>,
    /// Where shifts end, if not at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<PlaceDoc>,
    /// Whether shifts begin at the first stop, without a way there; false unless said otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false, default = false)]
    pub open_start: bool,
    /// Whether shifts end at the last stop, without a way back; false unless said otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false, default = false)]
    pub open_end: bool,
    /// Where the engineer is now: the shift under way starts there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PlaceDoc>,
    /// When they were there, RFC 3339; now unless said otherwise. For a shift that starts later it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub position_at: Option<String>,
    /// Skills by name: a level 1 to 5, or a level and the last day of its certificate. None unless said
    /// otherwise, at most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, SkillDoc>,
    /// Shifts, without overlap; at most 62. Without one the engineer goes nowhere.
    #[serde(default)]
    #[schema(max_items = 62)]
    pub shifts: Vec<ShiftDoc>,
    /// Spans away (sick, on leave, in training); at most 200. One that covers a shift takes it away, one
    /// at an end shortens it, one inside is a break.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub absences: Vec<SpanDoc>,
    /// Ids of the territories in which the engineer works; everywhere if none is named. At most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub territories: Vec<String>,
    /// Parts on the van at the start of every shift, by name, in pieces, 0 to 1,000,000,000; what is not
    /// named is 0. At most 200. The problem's `depots` have more.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub stock: BTreeMap<String, i64>,
    /// Room in the van by name, in the caller's units, 0 to 1,000,000,000,000,000; what is not named is 0.
    /// At most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, i64>,
    /// 1 drives as the travel times say, 2 twice as fast; 1 unless said otherwise, 0.1 to 10. Read to
    /// thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0.1, maximum = 10, default = 1.0)]
    pub speed_factor: Option<f64>,
    /// Which of the travel's `profiles` holds; left out, the travel's own table.
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
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rates, examples(json!({"callout_s": 1800, "drive": 1.2, "per_km_s": 30, "per_work_hour_s": 600})))]
pub struct RatesDoc {
    /// For a shift that serves anyone, in seconds of driving, 0 to 1,000,000,000,000; 0 unless said
    /// otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, default = 0)]
    pub callout_s: Option<i64>,
    /// For a second of driving, or for one of the travel table's `costs`, 0 to 1,000,000,000; 1 unless said
    /// otherwise. Read to thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000, default = 1.0)]
    pub drive: Option<f64>,
    /// For a kilometre, in seconds of driving, from 0; 0 unless said otherwise. Read to thousandths for a
    /// metre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, default = 0.0)]
    pub per_km_s: Option<f64>,
    /// For an hour of work, in seconds of driving, from 0; 0 unless said otherwise. Read to thousandths for
    /// a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, default = 0.0)]
    pub per_work_hour_s: Option<f64>,
    /// For an hour between leaving and being back that is neither driven nor worked nor a break, in seconds of driving,
    /// from 0; 0 unless said otherwise. Where it is more and nothing is late, engineers leave as late as their earliest return allows.
    /// Read to thousandths for a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, default = 0.0)]
    pub per_wait_hour_s: Option<f64>,
    /// So much driving and work of every shift is paid in any case, in seconds, from 0; none unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, default = 0)]
    pub guaranteed_s: Option<i64>,
    /// What an hour of that costs less than another one, in seconds of driving, from 0; 0 unless said otherwise. So a
    /// route may cost less than nothing, and work goes to those who would be paid for doing nothing. Read to
    /// thousandths for a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, default = 0.0)]
    pub per_guaranteed_hour_s: Option<f64>,
}

/// A skill's level, alone or with the last day of its certificate.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Skill, examples(json!(4), json!({"level": 3, "valid_until": "2026-12-31"})))]
pub enum SkillDoc {
    /// The level alone, 1 to 5.
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
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Certificate, examples(json!({"level": 3, "valid_until": "2026-12-31"})))]
pub struct CertificateDoc {
    /// 1, a beginner, to 5, an expert.
    #[schema(minimum = 1, maximum = 5)]
    pub level: u8,
    /// The last day on which it is valid, as 2026-12-31; without one it never lapses. A shift that ends
    /// after that day does not have the skill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub valid_until: Option<String>,
}

/// A shift.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Shift, examples(json!({"start": "2026-03-02T08:00:00-05:00", "end": "2026-03-02T17:00:00-05:00", "breaks": [{"start": "12:00", "end": "13:30", "length_s": 1800}]})))]
pub struct ShiftDoc {
    /// Earliest departure, RFC 3339 with offset. In the years 1970 to 2199. Its offset is that of the
    /// breaks and of every answer about the shift.
    #[schema(format = DateTime)]
    pub start: String,
    /// Latest return, RFC 3339; after the start. `policy.overtime` may allow a later one, at a price.
    #[schema(format = DateTime)]
    pub end: String,
    /// Breaks in the order in which they are taken; none unless said otherwise, at most 4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 4)]
    pub breaks: Vec<BreakDoc>,
    /// Most tickets in the shift; as `policy.max_tickets` says unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tickets: Option<u32>,
    /// Most work in the shift, in seconds, 0 to 34,560,000 (400 days); as `policy.max_work_s` says unless
    /// said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub max_work_s: Option<i64>,
    /// Most driving in the shift, in seconds, 0 to 34,560,000 (400 days); no limit unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub max_drive_s: Option<i64>,
    /// Longest way in all, in metres, 0 to 1,000,000,000; no limit unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub max_distance_m: Option<i64>,
    /// Longest time from leaving to being back, in seconds, 0 to 34,560,000 (400 days); no limit unless
    /// said otherwise. Holds for the day that is back first; a shorter one that is back later, in another of
    /// a ticket's windows, is not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub max_span_s: Option<i64>,
}

/// A break: taken wholly between two times of day, or started inside one of its windows.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Break, examples(json!({"start": "12:00", "end": "13:30", "length_s": 1800})))]
pub struct BreakDoc {
    /// Earliest start, a time of day in the shift's offset: 12:00 or 12:00:00, up to 24:00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$")]
    pub start: Option<String>,
    /// Latest end, a time of day as the start; one that is earlier means the next day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$")]
    pub end: Option<String>,
    /// Windows for its start, in place of the two times. At most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub windows: Vec<SpanDoc>,
    /// How long it is, in seconds; taken whole, while the engineer does not work.
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub length_s: i64,
    /// Taken only while the van carries no more than this, by name, in the caller's units, 0 to
    /// 1,000,000,000; what is not named is not limited.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
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
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Span, examples(json!({"start": "2026-03-02T10:00:00-05:00", "end": "2026-03-02T12:00:00-05:00"})))]
pub struct SpanDoc {
    /// First moment, RFC 3339 with offset. In the years 1970 to 2199.
    #[schema(format = DateTime)]
    pub start: String,
    /// Last moment, RFC 3339 with offset; not before the first.
    #[schema(format = DateTime)]
    pub end: String,
}
