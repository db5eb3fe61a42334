//! The document a caller sends, field by field: the same on the command line and over HTTP.
//!
//! Keys are those of the public format; unknown keys are refused. Times are RFC 3339 with offset,
//! lengths end in `_s`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A whole problem.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemDoc {
    /// The time of the question; nothing is planned before it.
    pub now: String,
    /// How travel times come about; crow-fly at 35 km/h with detour 1.3 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel: Option<TravelDoc>,
    /// Areas that engineers can be bound to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<TerritoryDoc>,
    /// The roster.
    #[serde(default)]
    pub engineers: Vec<EngineerDoc>,
    /// Open tickets.
    #[serde(default)]
    pub tickets: Vec<TicketDoc>,
    /// The history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<VisitDoc>,
    /// Routes already promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteDoc>,
    /// Weights and rules; whatever is left out has its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyDoc>,
}

/// How travel times come about.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum TravelDoc {
    /// As the crow flies, times a detour, by a speed.
    Crow {
        /// km/h.
        #[serde(default = "default_speed")]
        speed_kmh: f64,
        /// Road metres per straight metre.
        #[serde(default = "default_detour")]
        detour: f64,
    },
    /// A given table; places name their `row`.
    Table {
        /// Seconds from row to column.
        durations_s: Vec<Vec<u32>>,
        /// Metres from row to column.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        metres_m: Option<Vec<Vec<u32>>>,
    },
}

fn default_speed() -> f64 {
    35.0
}

fn default_detour() -> f64 {
    1.3
}

/// A territory: a GeoJSON geometry of type Polygon or MultiPolygon.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TerritoryDoc {
    /// Its id.
    pub id: String,
    /// Its area.
    pub area: AreaDoc,
}

/// GeoJSON (RFC 7946) geometry; positions are `[lon, lat]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum AreaDoc {
    /// One polygon: outer ring, then holes.
    Polygon {
        /// Rings of positions.
        coordinates: Vec<Vec<[f64; 2]>>,
    },
    /// Several polygons.
    MultiPolygon {
        /// Polygons of rings of positions.
        coordinates: Vec<Vec<Vec<[f64; 2]>>>,
    },
}

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
    /// Shifts end at the last stop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_end: bool,
    /// Where the engineer is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PlaceDoc>,
    /// Skills: a level 1-5, or level and validity.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stock: BTreeMap<String, i64>,
    /// Capacities of the van.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, i64>,
    /// 1 drives as the travel times say, 2 twice as fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_factor: Option<f64>,
}

/// A skill's level, alone or with the last day of its certificate.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum SkillDoc {
    /// The level alone.
    Level(u8),
    /// The level and the certificate.
    Certificate(CertificateDoc),
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
}

/// A break, taken wholly between two times of day.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BreakDoc {
    /// Earliest start, as "12:00".
    pub start: String,
    /// Latest end.
    pub end: String,
    /// Length.
    pub length_s: i64,
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

/// A ticket.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TicketDoc {
    /// The ticket's id.
    pub id: String,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The issue kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// complaint, repair (default), installation or question.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TicketTypeDoc>,
    /// Where.
    pub place: PlaceDoc,
    /// Work time on site.
    pub work_s: i64,
    /// Skills: a required level, or required and preferred.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requires: BTreeMap<String, NeedDoc>,
    /// Windows for the start of work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<SpanDoc>,
    /// When the customer reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<String>,
    /// The ticket's own SLA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<SlaDoc>,
    /// 0-100; left out, it is derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// The customer's tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Keyword counts of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationDoc>,
    /// Parts used up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, i64>,
    /// Capacity taken.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub demand: BTreeMap<String, i64>,
    /// Engineers by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engineers: Option<PeopleDoc>,
    /// How many engineers must start together; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<u8>,
    /// Ids of tickets that must have ended before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// A fixed engineer, and perhaps a fixed start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinDoc>,
}

/// What kind of request a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TicketTypeDoc {
    /// The customer complains.
    Complaint,
    /// Something is broken.
    Repair,
    /// Something new is to be put in.
    Installation,
    /// The customer asks.
    Question,
}

/// A required level, alone or with a preferred one.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum NeedDoc {
    /// The required level alone.
    Level(u8),
    /// Required and preferred level.
    Levels(LevelsDoc),
}

/// Required and preferred level.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LevelsDoc {
    /// Required level 1-5.
    pub level: u8,
    /// Preferred level, at least the required one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<u8>,
}

/// A service level.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SlaDoc {
    /// Work must have started by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<String>,
    /// Work must have ended by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve_by: Option<String>,
}

/// Keyword counts of a conversation.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationDoc {
    /// Unhappy keywords counted.
    pub keywords: f64,
    /// How many are usual.
    pub baseline: f64,
}

/// Engineers that a ticket names.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleDoc {
    /// Only these may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// These are liked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preferred: Vec<String>,
    /// These may not go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
}

/// A fixed engineer, and perhaps a fixed start.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PinDoc {
    /// The engineer.
    pub engineer: String,
    /// The moment at which work must start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
}

/// A visit.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VisitDoc {
    /// The ticket it was for.
    pub ticket: String,
    /// The customer.
    pub customer: String,
    /// The asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The issue kind.
    pub issue: String,
    /// Who went.
    pub engineer: String,
    /// Start of work.
    pub start: String,
    /// End of work.
    pub end: String,
    /// Whether the issue was resolved at that visit.
    pub resolved: bool,
    /// 1-5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
}

/// A route already promised.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteDoc {
    /// The engineer.
    pub engineer: String,
    /// Which of the engineer's shifts, from 0.
    #[serde(default)]
    pub shift: u32,
    /// Ticket ids in order.
    pub tickets: Vec<String>,
}

/// Weights and rules; whatever is left out has its default.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyDoc {
    /// The four factors; all four together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightsDoc>,
    /// The drive at which proximity is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach_s: Option<i64>,
    /// What skill levels are worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill: Option<SkillRatesDoc>,
    /// How history is learnt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryRatesDoc>,
    /// The repeat binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<BindingRatesDoc>,
    /// How urgency is derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyRatesDoc>,
    /// SLA by ticket type; a type that is named has no default any more.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sla: BTreeMap<String, SlaLengthsDoc>,
    /// What lateness costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lateness: Option<LatenessRatesDoc>,
    /// What overtime costs and how long it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overtime: Option<OvertimeRatesDoc>,
    /// Price of not sending a preferred engineer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preference_s: Option<i64>,
    /// Most tickets in a shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tickets: Option<u32>,
    /// Most work in a shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_work_s: Option<i64>,
}

/// The four factors.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsDoc {
    /// Skill match.
    pub skill: f64,
    /// Closeness.
    pub proximity: f64,
    /// First-time fix chance.
    pub history: f64,
    /// Even spread.
    pub load: f64,
}

/// What skill levels are worth.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SkillRatesDoc {
    /// Lost for every level above the preferred one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_loss: Option<f64>,
    /// Lost for every level below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below_loss: Option<f64>,
    /// Work time multiplier by level "1" to "5".
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub work_by_level: BTreeMap<String, f64>,
}

/// How history is learnt.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HistoryRatesDoc {
    /// Half-life of a visit, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_life_days: Option<f64>,
    /// Visits that the coarser level weighs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior_visits: Option<f64>,
    /// Chance before any visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior_chance: Option<f64>,
    /// A visit rated so or less did not resolve the issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhappy_rating: Option<u8>,
}

/// The repeat binding.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct BindingRatesDoc {
    /// How far back visits count, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// Earlier visits that bind; 0 switches the rule off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<u32>,
    /// relax or strict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<OtherwiseDoc>,
    /// Price of a step down the ladder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_s: Option<i64>,
}

/// When no bound engineer can come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OtherwiseDoc {
    /// The best other engineer goes.
    Relax,
    /// Nobody goes.
    Strict,
}

/// How urgency is derived, in points.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct UrgencyRatesDoc {
    /// Points by ticket type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, u8>,
    /// Points by tier; replaces the default tiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiers: Option<BTreeMap<String, u8>>,
    /// Points when the SLA's time is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<u8>,
    /// Points for each earlier visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u8>,
    /// Points for an unhappy conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhappy: Option<u8>,
    /// Share above the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhappy_above: Option<f64>,
}

/// The SLA of a ticket type, from the report.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlaLengthsDoc {
    /// Work must have started within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond_s: Option<i64>,
    /// Work must have ended within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve_s: Option<i64>,
}

/// What lateness costs.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LatenessRatesDoc {
    /// Seconds of driving for a minute late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<f64>,
    /// How much dearer priority 100 is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent_factor: Option<f64>,
}

/// What overtime costs and how long it may be.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OvertimeRatesDoc {
    /// Longest overtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_s: Option<i64>,
    /// Seconds of driving for a minute of overtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<f64>,
}
