//! Tickets and visits on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::reading::{distinct, level_or};
use super::{PlaceDoc, SpanDoc};
use crate::wire::examples;

/// A ticket.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Ticket, examples(examples::ticket))]
pub struct TicketDoc {
    /// The ticket's id, of 1 to 200 bytes; no two alike.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// The customer, by a name of your own. Repeats are those of one customer or one asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The asset (a boiler, a lift), by a name of your own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The kind of issue, by a name of your own; a repeat is the same issue again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// complaint, repair, installation or question; repair unless said otherwise.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TicketTypeDoc>,
    /// Where the work is.
    pub place: PlaceDoc,
    /// Work time on site, in seconds, 0 to 2,592,000 (30 days). `policy.skill.work_by_level` scales it.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub work_s: i64,
    /// Work time of engineers of a class, in place of that, in seconds, 0 to 2,592,000. At most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub work_by_class_s: BTreeMap<String, i64>,
    /// Further work unless the stop before is at the same place (parking, signing in), in seconds, 0 to
    /// 2,592,000; 0 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 2_592_000, default = 0)]
    pub setup_s: Option<i64>,
    /// The same for engineers of a class, in place of that. At most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub setup_by_class_s: BTreeMap<String, i64>,
    /// Skills by name: a required level 1 to 5, or a required and a preferred one. None unless said
    /// otherwise, at most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub requires: BTreeMap<String, NeedDoc>,
    /// When work may start: in one of these. Any time unless said otherwise, at most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub windows: Vec<SpanDoc>,
    /// When the customer reported it, RFC 3339 with offset; the problem's `now` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub reported_at: Option<String>,
    /// The ticket's own service level; what it leaves out follows from `policy.sla` and `reported_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<SlaDoc>,
    /// How much it matters that it is served, in points from 0, can wait, to 100. Left out, it is derived
    /// as `policy.urgency` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100)]
    pub priority: Option<u8>,
    /// The customer's tier: standard, silver, gold or vip, or one of `policy.urgency.tiers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Keyword counts of the conversation with the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationDoc>,
    /// Parts used up, by name, in pieces, 0 to 1,000,000,000. At most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, i64>,
    /// Capacity taken by what is brought here, from the start of the shift until then, by name, in the
    /// caller's units, 0 to 1,000,000,000. At most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub delivers: BTreeMap<String, i64>,
    /// Capacity taken by what is taken along from here, from then on, by name, in the caller's units, 0 to
    /// 1,000,000,000. At most 200.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub demand: BTreeMap<String, i64>,
    /// The id of a ticket that the same shift serves before this one, or neither is served; what is taken
    /// along there is brought here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// What leaving the ticket unserved costs, in seconds of driving, in place of its priority; 0 to
    /// 1,000,000,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub prize_s: Option<i64>,
    /// Engineers who must, should or may not go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engineers: Option<PeopleDoc>,
    /// How many engineers must start together, 1 to 20; 1 unless said otherwise. A plan brings them together; a
    /// single dispatch makes no offers for more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 20, default = 1)]
    pub crew: Option<u8>,
    /// Ids of tickets that must have ended before this one starts; none unless said otherwise, at most 200. A plan
    /// keeps the order; a single dispatch makes no offers where there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub after: Vec<String>,
    /// A ticket that another engineer serves at about the same time, or nobody serves either. A plan brings the two
    /// together; a single dispatch refuses them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tandem: Option<TandemDoc>,
    /// A fixed engineer, and perhaps a fixed start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinDoc>,
    /// If work is under way: it stays with these engineers, is their next stop, and their shift goes on from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<BegunDoc>,
}

/// What kind of request a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TicketType, examples("repair"))]
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

/// Work that is under way.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Begun, examples(json!({"engineers": ["ana"], "start": "2026-03-02T09:10:00-05:00"})))]
pub struct BegunDoc {
    /// Who is there, or on the way: one id, or those of the whole crew.
    #[schema(min_items = 1)]
    pub engineers: Vec<String>,
    /// When work started; for those who are still on the way, when it will at the earliest. RFC 3339.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends, whoever is at it, if that is known better than from the ticket; not before now. RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
}

/// A required level, alone or with a preferred one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Need, examples(json!(2), json!({"level": 2, "preferred": 3})))]
pub enum NeedDoc {
    /// The required level alone, 1 to 5.
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
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Levels, examples(json!({"level": 2, "preferred": 3})))]
pub struct LevelsDoc {
    /// Required level, 1 to 5; who has less may not go.
    #[schema(minimum = 1, maximum = 5)]
    pub level: u8,
    /// Preferred level, from the required one to 5; the required one unless said otherwise. Whoever is off
    /// it costs what `policy.skill` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 5)]
    pub preferred: Option<u8>,
}

/// A service level.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Sla, examples(json!({"resolve_by": "2026-03-02T18:00:00-05:00"})))]
pub struct SlaDoc {
    /// Work must have started by then, RFC 3339 with offset. Later costs what `policy.lateness` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub respond_by: Option<String>,
    /// Work must have ended by then, RFC 3339 with offset. Later costs what `policy.lateness` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolve_by: Option<String>,
}

/// Keyword counts of a conversation.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Conversation, examples(json!({"keywords": 7, "baseline": 4})))]
pub struct ConversationDoc {
    /// Unhappy keywords counted, 0 to 1,000,000,000.
    #[schema(minimum = 0, exclusive_maximum = 1_000_000_000)]
    pub keywords: f64,
    /// How many are usual, above 0 and up to 1,000,000,000.
    #[schema(exclusive_minimum = 0, exclusive_maximum = 1_000_000_000)]
    pub baseline: f64,
}

/// Engineers that a ticket names.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = People, examples(json!({"preferred": ["ana"], "forbidden": ["ben"]})))]
pub struct PeopleDoc {
    /// Only these may go, by id; everybody unless said otherwise. At most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub required: Vec<String>,
    /// These are liked, by id; sending another one costs `policy.preference_s`. At most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub preferred: Vec<String>,
    /// These may not go, by id. At most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub forbidden: Vec<String>,
}

/// A fixed engineer, and perhaps a fixed start.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Pin, examples(json!({"engineer": "ana", "start": "2026-03-02T10:30:00-05:00"})))]
pub struct PinDoc {
    /// The engineer's id: nobody else may go.
    #[schema(min_length = 1, max_length = 200)]
    pub engineer: String,
    /// The moment at which work must start, RFC 3339 with offset; it takes the place of the windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub start: Option<String>,
}

/// The other ticket of a tandem. No ticket is in two of them; and none of them is in a pair, has a crew, waits for
/// another ticket or is waited for.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Tandem, examples(json!({"with": "T1", "from_s": 0, "until_s": 0}), json!({"with": "T1", "from_s": 900})))]
pub struct TandemDoc {
    /// The other ticket's id.
    #[schema(min_length = 1, max_length = 200)]
    pub with: String,
    /// Work here starts at the earliest so much after work there does, in seconds, -2,592,000 to 2,592,000; as early
    /// as may be unless said otherwise. 0 in both: the two start together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -2_592_000, maximum = 2_592_000)]
    pub from_s: Option<i64>,
    /// Work here starts at the latest so much after work there does, in seconds, from `from_s` to 2,592,000; as late
    /// as may be unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -2_592_000, maximum = 2_592_000)]
    pub until_s: Option<i64>,
}

/// A visit.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Visit, examples(examples::visit))]
pub struct VisitDoc {
    /// The ticket it was for, by id.
    pub ticket: String,
    /// The customer.
    #[schema(min_length = 1, max_length = 200)]
    pub customer: String,
    /// The asset, if it was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The kind of issue.
    #[schema(min_length = 1, max_length = 200)]
    pub issue: String,
    /// Who went, by id; they may have left the roster.
    #[schema(min_length = 1, max_length = 200)]
    pub engineer: String,
    /// Start of work, RFC 3339 with offset. In the years 1970 to 2199.
    #[schema(format = DateTime)]
    pub start: String,
    /// End of work, RFC 3339 with offset; not before the start.
    #[schema(format = DateTime)]
    pub end: String,
    /// Whether the issue was resolved at that visit, as far as was known then.
    pub resolved: bool,
    /// The customer's rating, 1 to 5, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 5)]
    pub rating: Option<u8>,
}
