//! The policy on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reading::{distinct, some_distinct};

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
    #[serde(deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
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
    #[serde(deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
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
    #[serde(deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, u8>,
    /// Points by tier; replaces the default tiers.
    #[serde(deserialize_with = "some_distinct", skip_serializing_if = "Option::is_none")]
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
