//! The policy on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reading::{distinct, some_distinct};
use crate::wire::examples;

/// Weights and rules; whatever is left out has its default.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Policy, examples(examples::policy))]
pub struct PolicyDoc {
    /// The four factors of the score; all four together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightsDoc>,
    /// The drive at which proximity is 0, in seconds, 60 to 86,400; 3,600 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 60, maximum = 86_400, default = 3600)]
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
    /// How urgency is derived where a ticket gives no priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyRatesDoc>,
    /// SLA by ticket type (complaint, repair, installation, question). A complaint must be begun within two
    /// hours and a repair ended within a day, unless said otherwise; a type that is named has no default any
    /// more.
    #[serde(deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub sla: BTreeMap<String, SlaLengthsDoc>,
    /// What lateness costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lateness: Option<LatenessRatesDoc>,
    /// What overtime costs and how long it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overtime: Option<OvertimeRatesDoc>,
    /// What an emergency is, and what may give way to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyRatesDoc>,
    /// When people are told that an SLA is at stake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alerts: Option<AlertRatesDoc>,
    /// When customers are called afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUpRatesDoc>,
    /// Price of sending somebody else than a preferred engineer, in seconds of driving, 0 to 86,400; 900
    /// unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 86_400, default = 900)]
    pub preference_s: Option<i64>,
    /// Most tickets in a shift that does not say; no limit unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tickets: Option<u32>,
    /// Most work in a shift that does not say, in seconds, 0 to 34,560,000 (400 days); no limit unless said
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub max_work_s: Option<i64>,
}

/// The four factors; they sum to 1.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Weights, examples(json!({"skill": 0.30, "proximity": 0.35, "history": 0.25, "load": 0.10})))]
pub struct WeightsDoc {
    /// Skill match, 0 to 1; 0.30 in the default policy.
    #[schema(minimum = 0, maximum = 1)]
    pub skill: f64,
    /// Closeness, 0.01 to 1, since every other preference is priced in driving; 0.35 in the default policy.
    #[schema(minimum = 0.01, maximum = 1)]
    pub proximity: f64,
    /// Chance of a first-time fix, 0 to 1; 0.25 in the default policy.
    #[schema(minimum = 0, maximum = 1)]
    pub history: f64,
    /// Even spread of work, 0 to 1; 0.10 in the default policy.
    #[schema(minimum = 0, maximum = 1)]
    pub load: f64,
}

/// What skill levels are worth.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SkillRates, examples(json!({"above_loss": 0.1, "below_loss": 0.15, "work_by_level": {"1": 1.4, "5": 0.8}})))]
pub struct SkillRatesDoc {
    /// Part of the factor lost for every level above the preferred one, 0 to 1; 0.10 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1, default = 0.1)]
    pub above_loss: Option<f64>,
    /// Part of the factor lost for every level below it, 0 to 1; 0.15 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1, default = 0.15)]
    pub below_loss: Option<f64>,
    /// What the work time is multiplied by, by the engineer's level "1" to "5", each 0.1 to 10, read to
    /// thousandths; 1 unless said otherwise.
    #[serde(deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub work_by_level: BTreeMap<String, f64>,
}

/// How history is learnt.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = HistoryRates, examples(json!({"half_life_days": 180, "prior_visits": 4, "prior_chance": 0.75, "unhappy_rating": 3})))]
pub struct HistoryRatesDoc {
    /// Days after which a visit counts half, 1 to 36,500; 180 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 36_500, default = 180.0)]
    pub half_life_days: Option<f64>,
    /// How many visits the coarser level weighs, 0.1 to 10,000; 4 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0.1, maximum = 10_000, default = 4.0)]
    pub prior_visits: Option<f64>,
    /// Chance of a first-time fix before any visit is known, 0 to 1; 0.75 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1, default = 0.75)]
    pub prior_chance: Option<f64>,
    /// A visit rated so or less did not resolve the issue, 0 to 5; 3 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 5, default = 3)]
    pub unhappy_rating: Option<u8>,
}

/// The repeat binding.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BindingRates, examples(json!({"window_days": 90, "visits": 2, "otherwise": "relax", "step_s": 86_400})))]
pub struct BindingRatesDoc {
    /// How far back visits count, in days, 1 to 3,650; 90 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650, default = 90)]
    pub window_days: Option<u32>,
    /// How many earlier visits bind the next report, 0 to 100; 2 unless said otherwise, 0 switches the rule
    /// off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100, default = 2)]
    pub visits: Option<u32>,
    /// Whether somebody else goes when no bound engineer can come in time; relax unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<OtherwiseDoc>,
    /// Price of every step down the ladder, in seconds of driving, 0 to 34,560,000; 86,400 unless said
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000, default = 86_400)]
    pub step_s: Option<i64>,
}

/// When no bound engineer can come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Otherwise, examples("relax"))]
pub enum OtherwiseDoc {
    /// The best other engineer goes.
    Relax,
    /// Nobody goes.
    Strict,
}

/// How urgency is derived, in points.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = UrgencyRates, examples(json!({"types": {"complaint": 60}, "tiers": {"standard": 0, "gold": 10}, "sla": 20, "repeat": 10, "unhappy": 15, "unhappy_above": 0.3})))]
pub struct UrgencyRatesDoc {
    /// Points by ticket type, 0 to 100; complaint 60, repair 50, installation 30, question 20 unless said
    /// otherwise.
    #[serde(deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub types: BTreeMap<String, u8>,
    /// Points by tier, 0 to 100; these replace the default tiers: standard 0, silver 5, gold 10, vip 20.
    #[serde(deserialize_with = "some_distinct", skip_serializing_if = "Option::is_none")]
    pub tiers: Option<BTreeMap<String, u8>>,
    /// Points when the SLA's time is used up, 0 to 100, and in proportion before; 20 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100, default = 20)]
    pub sla: Option<u8>,
    /// Points for each earlier visit for the same issue, 0 to 100; 10 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100, default = 10)]
    pub repeat: Option<u8>,
    /// Points for an unhappy conversation, 0 to 100; 15 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100, default = 15)]
    pub unhappy: Option<u8>,
    /// Share above the baseline from which a conversation is unhappy, 0 to 100; 0.30 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100, default = 0.3)]
    pub unhappy_above: Option<f64>,
}

/// The SLA of a ticket type, from the report.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SlaLengths, examples(json!({"resolve_s": 86_400})))]
pub struct SlaLengthsDoc {
    /// Work must have started within so many seconds, 0 to 34,560,000 (400 days); never unless said
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub respond_s: Option<i64>,
    /// Work must have ended within so many seconds, 0 to 34,560,000 (400 days); never unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub resolve_s: Option<i64>,
}

/// What lateness costs.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = LatenessRates, examples(json!({"per_minute": 30, "urgent_factor": 3})))]
pub struct LatenessRatesDoc {
    /// Price of a minute late at priority 0, in seconds of driving, 0 to 10,000; 30 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000, default = 30.0)]
    pub per_minute: Option<f64>,
    /// How much dearer priority 100 is, 0 to 1,000: 1 doubles the price, and in proportion below; 3 unless
    /// said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1000, default = 3.0)]
    pub urgent_factor: Option<f64>,
}

/// What overtime costs and how long it may be.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = OvertimeRates, examples(json!({"max_s": 1800, "per_minute": 120})))]
pub struct OvertimeRatesDoc {
    /// Longest overtime of a shift, in seconds, 0 to 86,400; 0, which forbids it, unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 86_400, default = 0)]
    pub max_s: Option<i64>,
    /// Price of a minute of overtime, in seconds of driving, 0 to 10,000; 120 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000, default = 120.0)]
    pub per_minute: Option<f64>,
}

/// What an emergency is, and what may give way to one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = EmergencyRates, examples(json!({"from_priority": 90, "displaces": true})))]
pub struct EmergencyRatesDoc {
    /// A ticket of this priority or more is an emergency, 0 to 100; 80 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100, default = 80)]
    pub from_priority: Option<u8>,
    /// Whether a wave may take promised work that is no emergency and has not begun from an engineer, so that an
    /// emergency is served that else would be left out or late; not unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(default = false)]
    pub displaces: Option<bool>,
}

/// When people are told that an SLA is at stake: the service watches the clock, the engine does not.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AlertRates, examples(json!({"warn_share": 0.5, "escalation": [{"after_s": 0, "to": "desk"}]})))]
pub struct AlertRatesDoc {
    /// The share of an SLA's time after which it is warned, 0.01 to 1; 0.75 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0.01, maximum = 1, default = 0.75)]
    pub warn_share: Option<f64>,
    /// Who is told after an SLA was missed, in ascending order, at most 10; at once the dispatcher, after half an hour the
    /// supervisor and after two hours the manager, unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub escalation: Option<Vec<EscalationDoc>>,
}

/// A step up.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Escalation, examples(json!({"after_s": 1800, "to": "supervisor"})))]
pub struct EscalationDoc {
    /// So long after the SLA was missed, in seconds, 0 to 34,560,000 (400 days).
    #[schema(minimum = 0, maximum = 34_560_000)]
    pub after_s: i64,
    /// Who is told: a role or a name, as whoever hears the event knows them.
    pub to: String,
}

/// When customers are called afterwards: the service watches the clock, the engine does not.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = FollowUpRates, examples(json!({"call_within_s": 14400, "complaint_after_s": [3600]})))]
pub struct FollowUpRatesDoc {
    /// After a visit that was rated `policy.history.unhappy_rating` or less: within so long, in seconds, 0 to 34,560,000;
    /// 86,400 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 34_560_000, default = 86_400)]
    pub call_within_s: Option<i64>,
    /// After a complaint was resolved: so long after it, each, in seconds, 0 to 34,560,000, at most 10; an hour, a day and
    /// three days unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub complaint_after_s: Option<Vec<i64>>,
}
