//! Tickets and visits on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::reading::{distinct, level_or};
use super::{PlaceDoc, SpanDoc};

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
    /// Work time of engineers of a class, in place of that.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub work_by_class_s: BTreeMap<String, i64>,
    /// Further work unless the stop before is at the same place: parking, signing in; 0 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_s: Option<i64>,
    /// The same for engineers of a class, in place of that.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub setup_by_class_s: BTreeMap<String, i64>,
    /// Skills: a required level, or required and preferred.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
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
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, i64>,
    /// Capacity taken by what is brought here, from the start of the shift until then.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub delivers: BTreeMap<String, i64>,
    /// Capacity taken by what is taken along from here, from then on.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub demand: BTreeMap<String, i64>,
    /// The id of a ticket that the same shift serves before this one, or neither is served; what is taken
    /// along there is brought here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// What leaving the ticket unserved costs, in seconds of driving, in place of its priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prize_s: Option<i64>,
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
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum NeedDoc {
    /// The required level alone.
    Level(u8),
    /// Required and preferred level.
    Levels(LevelsDoc),
}

impl<'de> Deserialize<'de> for NeedDoc {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<NeedDoc, D::Error> {
        level_or(from, NeedDoc::Level, NeedDoc::Levels)
    }
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
