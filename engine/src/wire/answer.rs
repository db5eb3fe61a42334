//! The document of an answer, field by field.
//!
//! Times are RFC 3339 in the offset of the route's shift, lengths end in `_s`. Receipts and prices are in
//! seconds of driving.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::distinct;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDoc {
    /// Routes with at least one stop.
    #[serde(default)]
    pub routes: Vec<PlannedRouteDoc>,
    /// Tickets that no route serves.
    #[serde(default)]
    pub unserved: Vec<UnservedDoc>,
    /// The sum of the routes' receipts.
    pub receipt: ReceiptDoc,
    /// The whole price, compared from its first field down.
    pub price: PriceDoc,
    /// What is needed to replay the plan.
    pub run: RunDoc,
}

/// One shift's day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRouteDoc {
    /// The engineer.
    pub engineer: String,
    /// Which of the engineer's shifts, from 0.
    pub shift: u32,
    /// Departure from the start place.
    pub leave: String,
    /// Stops in order.
    pub stops: Vec<PlannedStopDoc>,
    /// Breaks in order.
    #[serde(default)]
    pub breaks: Vec<PlannedBreakDoc>,
    /// Driving from the last stop to the end place.
    pub drive_back_s: i64,
    /// Arrival at the end place.
    pub back: String,
    /// What the route costs.
    pub receipt: ReceiptDoc,
}

/// One ticket served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStopDoc {
    /// The ticket.
    pub ticket: String,
    /// Driving from the place before.
    pub drive_s: i64,
    /// Arrival at the place.
    pub arrival: String,
    /// Start of work.
    pub start: String,
    /// End of work, when the engineer drives on.
    pub departure: String,
    /// What the stop costs.
    pub receipt: ReceiptDoc,
}

/// One break taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedBreakDoc {
    /// Start.
    pub start: String,
    /// End.
    pub end: String,
}

/// A ticket that no route serves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UnservedDoc {
    /// The ticket.
    pub ticket: String,
    /// Why.
    pub reason: ReasonDoc,
}

/// Why a ticket is not served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonDoc {
    /// The kind of reason; it says which of the other fields are there.
    pub code: ReasonCodeDoc,
    /// With `impossible`: for each hard rule that stops somebody, how many engineers it stops.
    #[serde(default, deserialize_with = "distinct", skip_serializing_if = "BTreeMap::is_empty")]
    pub barriers: BTreeMap<String, u32>,
    /// With `lost-the-trade`: how many engineers could serve it with an empty day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub able: Option<u32>,
}

/// The kind of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCodeDoc {
    /// No engineer could serve it even with an empty day.
    Impossible,
    /// Somebody could, but every place is taken by work that is worth more.
    LostTheTrade,
    /// It needs several engineers at once.
    CrewNotPlannedYet,
    /// It waits for another ticket.
    OrderNotPlannedYet,
}

/// A total opened into its lines, in seconds of driving; lines of zero are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReceiptDoc {
    /// Sending anyone out in the shift at all, where that costs anything.
    #[serde(skip_serializing_if = "is_zero")]
    pub callout: i64,
    /// Driving.
    #[serde(skip_serializing_if = "is_zero")]
    pub driving: i64,
    /// Work, where its time costs anything.
    #[serde(skip_serializing_if = "is_zero")]
    pub work: i64,
    /// Skill levels that do not match the preferred ones.
    #[serde(skip_serializing_if = "is_zero")]
    pub skill: i64,
    /// The chance that the issue is not resolved at the first go.
    #[serde(skip_serializing_if = "is_zero")]
    pub history: i64,
    /// Work piled up in one shift.
    #[serde(skip_serializing_if = "is_zero")]
    pub load: i64,
    /// An engineer other than a preferred one.
    #[serde(skip_serializing_if = "is_zero")]
    pub preference: i64,
    /// An engineer other than the one bound by repeat.
    #[serde(skip_serializing_if = "is_zero")]
    pub binding: i64,
    /// Lateness against the SLA.
    #[serde(skip_serializing_if = "is_zero")]
    pub lateness: i64,
    /// Overtime.
    #[serde(skip_serializing_if = "is_zero")]
    pub overtime: i64,
    /// The sum of the lines.
    pub total: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// A price, compared from its first field down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PriceDoc {
    /// Sum of the priorities of the tickets left unserved.
    pub priority_lost: i64,
    /// Number of tickets left unserved.
    pub unserved: i64,
    /// Everything else, in seconds of driving.
    pub seconds: i64,
}

/// What is needed to replay a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RunDoc {
    /// The engine's version.
    pub engine: String,
    /// The seed.
    pub seed: u64,
    /// Rounds of ruin and recreate.
    pub rounds: u64,
    /// How it ended.
    pub ended: EndedDoc,
}

/// How a search came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EndedDoc {
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
