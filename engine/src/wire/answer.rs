//! The document of an answer, field by field.
//!
//! Times are RFC 3339 in the offset of the route's shift, lengths end in `_s`. Receipts and prices are in
//! seconds of driving.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::document::distinct;
use super::examples;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Plan, examples(examples::plan))]
pub struct PlanDoc {
    /// Routes with at least one stop, one for each shift that has some.
    #[serde(default)]
    #[schema(required)]
    pub routes: Vec<PlannedRouteDoc>,
    /// Tickets that no route serves, each with the reason.
    #[serde(default)]
    #[schema(required)]
    pub unserved: Vec<UnservedDoc>,
    /// The sum of the routes' receipts.
    pub receipt: ReceiptDoc,
    /// The whole price, compared from its first field down.
    pub price: PriceDoc,
    /// What no plan falls below, whoever makes it; only if it was asked for, for problems of up to 128 tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub bound: Option<BoundDoc>,
    /// What is needed to replay the plan.
    pub run: RunDoc,
}

/// What no plan of the problem falls below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Bound, examples(json!({"priority_lost": 90, "unserved": 2, "seconds": 41_200})))]
pub struct BoundDoc {
    /// Every plan loses at least so much priority.
    #[schema(minimum = 0)]
    pub priority_lost: i64,
    /// One that loses no more leaves at least so many tickets unserved.
    #[schema(minimum = 0)]
    pub unserved: i64,
    /// No plan that loses no more than this one costs fewer seconds.
    #[schema(minimum = 0)]
    pub seconds: i64,
}

/// One shift's day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlannedRoute, examples(examples::planned_route))]
pub struct PlannedRouteDoc {
    /// The engineer's id.
    pub engineer: String,
    /// Which of the engineer's shifts, counted from 0 as they are listed.
    pub shift: u32,
    /// Departure from the start place, RFC 3339 in the shift's offset, as are all times here.
    #[schema(format = DateTime)]
    pub leave: String,
    /// Stops in the order in which they are served.
    pub stops: Vec<PlannedStopDoc>,
    /// Breaks in the order in which they are taken; those after the return are not listed.
    #[serde(default)]
    #[schema(required)]
    pub breaks: Vec<PlannedBreakDoc>,
    /// Driving from the last stop to the end place, in seconds; 0 if the end is open.
    #[schema(minimum = 0)]
    pub drive_back_s: i64,
    /// Arrival at the end place.
    #[schema(format = DateTime)]
    pub back: String,
    /// What the route costs: its stops, its way back, its overtime.
    pub receipt: ReceiptDoc,
}

/// One ticket served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlannedStop, examples(examples::planned_stop))]
pub struct PlannedStopDoc {
    /// The ticket's id.
    pub ticket: String,
    /// The id of the depot by way of which one comes, if parts are fetched on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch_at: Option<String>,
    /// Driving from the place before, in seconds; by way of a depot, with the time there.
    #[schema(minimum = 0)]
    pub drive_s: i64,
    /// Arrival at the place, RFC 3339 in the shift's offset.
    #[schema(format = DateTime)]
    pub arrival: String,
    /// Start of work.
    #[schema(format = DateTime)]
    pub start: String,
    /// End of work, when the engineer drives on.
    #[schema(format = DateTime)]
    pub departure: String,
    /// What the stop costs: the drive to it, its fit, its lateness.
    pub receipt: ReceiptDoc,
}

/// One break taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlannedBreak, examples(json!({"start": "2026-03-02T12:00:00-05:00", "end": "2026-03-02T12:30:00-05:00"})))]
pub struct PlannedBreakDoc {
    /// Start, RFC 3339 in the shift's offset.
    #[schema(format = DateTime)]
    pub start: String,
    /// End.
    #[schema(format = DateTime)]
    pub end: String,
}

/// A ticket that no route serves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Unserved, examples(json!({"ticket": "T2", "reason": {"code": "impossible", "barriers": {"skill": 2}}})))]
pub struct UnservedDoc {
    /// The ticket's id.
    pub ticket: String,
    /// Why nobody serves it.
    pub reason: ReasonDoc,
}

/// Why a ticket is not served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(
    as = Reason,
    examples(
        json!({"code": "lost-the-trade", "able": 3}),
        json!({"code": "impossible", "barriers": {"skill": 2}}),
        json!({"code": "too-few-together", "able": 3, "together": 1}),
        json!({"code": "predecessor-unserved", "waits_for": "T1"})
    )
)]
pub struct ReasonDoc {
    /// The kind of reason; it says which of the other fields are there.
    pub code: ReasonCodeDoc,
    /// With `impossible`: for each hard rule that stops somebody, how many engineers it stops. They sum to
    /// the roster.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub barriers: BTreeMap<String, u32>,
    /// With `lost-the-trade` and `too-few-together`: how many engineers could serve it with an empty day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub able: Option<u32>,
    /// With `too-few-together`: the most of them who could start at one moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<u32>,
    /// With `predecessor-unserved`: the id of the ticket that it waits for and nobody serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

impl ReasonDoc {
    /// A reason of which only the kind is known.
    pub(super) fn of(code: ReasonCodeDoc) -> ReasonDoc {
        ReasonDoc { code, barriers: BTreeMap::new(), able: None, together: None, waits_for: None }
    }
}

/// The kind of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ReasonCode, examples("lost-the-trade"))]
pub enum ReasonCodeDoc {
    /// No engineer could serve it even with an empty day.
    Impossible,
    /// Enough engineers could, but not beside the planned work: none of them has room, or too few at one
    /// moment for its crew, or only before its turn.
    LostTheTrade,
    /// It needs more engineers at once than could ever start together.
    TooFewTogether,
    /// It waits for a ticket that nobody serves.
    PredecessorUnserved,
}

/// A total opened into its lines, in seconds of driving; lines of zero are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Receipt, examples(json!({"driving": 1958, "skill": 309, "history": 2140, "load": 12, "total": 4419})))]
pub struct ReceiptDoc {
    /// Sending anyone out in the shift at all, where that costs anything.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub callout: i64,
    /// Driving; less than 0 where a ticket shortens the way.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub driving: i64,
    /// Work, where its time costs anything.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub work: i64,
    /// Waiting between leaving and being back, where its time costs anything.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub waiting: i64,
    /// Skill levels that do not match the preferred ones.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub skill: i64,
    /// The chance that the issue is not resolved at the first go.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub history: i64,
    /// Work piled up in one shift.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub load: i64,
    /// An engineer other than a preferred one.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub preference: i64,
    /// An engineer other than the one bound by repeat.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub binding: i64,
    /// Lateness against the SLA.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub lateness: i64,
    /// Overtime.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub overtime: i64,
    /// Hours used that are paid in any case, which cost less; never above 0.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    pub guarantee: i64,
    /// The sum of the lines.
    #[schema(required = true)]
    pub total: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// A price, compared from its first field down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Price, examples(json!({"priority_lost": 67, "unserved": 1, "seconds": 31064})))]
pub struct PriceDoc {
    /// Sum of the priorities of the tickets left unserved, in points.
    #[schema(minimum = 0)]
    pub priority_lost: i64,
    /// Number of tickets left unserved.
    #[schema(minimum = 0)]
    pub unserved: i64,
    /// Everything else, in seconds of driving.
    pub seconds: i64,
}

/// What is needed to replay a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Run, examples(json!({"engine": "0.1.0", "seed": 1, "rounds": 20_000, "ended": "rounds"})))]
pub struct RunDoc {
    /// The engine's version.
    pub engine: String,
    /// The seed.
    pub seed: u64,
    /// Rounds of ruin and recreate that were done. With the same problem, seed and rounds the same engine
    /// gives the same plan, if a budget of rounds ended it.
    pub rounds: u64,
    /// How it ended; while a search is running, `running`.
    pub ended: EndedDoc,
}

/// How a search came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Ended, examples("deadline"))]
pub enum EndedDoc {
    /// It has not: the plan was shown while the search went on.
    Running,
    /// The round budget was used up.
    Rounds,
    /// The time was used up.
    Deadline,
    /// Nothing better was found for long.
    Stale,
    /// The caller stopped it.
    Cancelled,
    /// There was nothing to search.
    Proven,
}
