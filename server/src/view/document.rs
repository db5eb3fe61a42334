//! What the page knows: a problem and a plan, told once more for somebody who looks at it.
//!
//! Times are seconds since 1970 (UTC), lengths are seconds, places `[longitude, latitude]` in degrees.
//! Engineers, tickets, shifts, skills and depots refer to each other by their places in the lists.

use paidan_engine::wire::document::AreaDoc;
use serde::Serialize;

/// A place; nothing if the problem gives it no coordinates.
pub type Spot = Option<[f64; 2]>;

/// Everything that is on the page.
#[derive(Debug, Serialize)]
pub struct ViewDoc {
    /// What the plan is called: a file's name, or the plan's id.
    pub source: String,
    /// The search goes on, so that a better plan may come.
    pub running: bool,
    /// The time of the question.
    pub now: i64,
    /// Seconds east of UTC in which `now` was written.
    pub offset_s: i32,
    /// The plan in numbers.
    pub summary: SummaryDoc,
    /// Prices are in seconds of driving, and not in the units of some engineer's rates.
    pub in_time: bool,
    /// The lines of a receipt, in the order of its amounts.
    pub lines: Vec<LineDoc>,
    /// Territories.
    pub territories: Vec<TerritoryDoc>,
    /// Depots.
    pub depots: Vec<DepotDoc>,
    /// The roster.
    pub engineers: Vec<PersonDoc>,
    /// Shifts on duty, an engineer's beside each other.
    pub shifts: Vec<DayDoc>,
    /// Every ticket.
    pub tickets: Vec<CardDoc>,
    /// Tickets that no route serves, the highest priority first.
    pub unserved: Vec<LeftDoc>,
    /// The kinds of reasons, in sentences.
    pub reasons: Vec<&'static str>,
}

/// The plan in numbers.
#[derive(Debug, Serialize)]
pub struct SummaryDoc {
    /// Tickets served.
    pub served: i64,
    /// Tickets.
    pub tickets: usize,
    /// Points of priority of the tickets left.
    pub priority_lost: i64,
    /// The price beyond them, in seconds of driving.
    pub price_s: i64,
    /// Driving.
    pub drive_s: i64,
    /// Work.
    pub work_s: i64,
    /// Engineers on duty.
    pub on_duty: usize,
    /// Those of them with work.
    pub busy: usize,
    /// Work against the length of the shift, the mean over those on duty, 0 to 1.
    pub load: f64,
    /// Work that has to start in time.
    pub respond: PromiseDoc,
    /// Work that has to end in time.
    pub resolve: PromiseDoc,
    /// Repeats that are bound to somebody.
    pub repeats: PromiseDoc,
    /// The engine's version.
    pub engine: &'static str,
    /// The seed of the search.
    pub seed: u64,
    /// Its rounds.
    pub rounds: u64,
    /// How it ended, or that it has not.
    pub ended: &'static str,
}

/// Promises of a kind.
#[derive(Debug, Serialize)]
pub struct PromiseDoc {
    /// How many served tickets carry one.
    pub all: i64,
    /// How many are kept.
    pub kept: i64,
}

/// A line of a receipt.
#[derive(Debug, Serialize)]
pub struct LineDoc {
    /// Its name on the wire.
    pub key: &'static str,
    /// What it charges for.
    pub says: &'static str,
}

/// A territory.
#[derive(Debug, Serialize)]
pub struct TerritoryDoc {
    /// The caller's id.
    pub id: String,
    /// Its area.
    pub area: AreaDoc,
}

/// A depot, where parts are fetched on the way.
#[derive(Debug, Serialize)]
pub struct DepotDoc {
    /// The caller's id.
    pub id: String,
    /// Where it is.
    pub place: Spot,
}

/// An engineer.
#[derive(Debug, Serialize)]
pub struct PersonDoc {
    /// The caller's id.
    pub id: String,
    /// Skills with levels, as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Territories, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<String>,
}

/// A shift and its route.
#[derive(Debug, Serialize)]
pub struct DayDoc {
    /// Whose, by place in the roster.
    pub engineer: usize,
    /// Earliest departure.
    pub start: i64,
    /// Regular end.
    pub end: i64,
    /// Length as the caller gave it, which load is measured against.
    pub length_s: i64,
    /// Seconds east of UTC on this engineer's wall.
    pub offset_s: i32,
    /// Where it begins.
    pub from: Spot,
    /// Where it ends; nothing also for an open end.
    pub to: Spot,
    /// The route, if there is work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<TourDoc>,
}

/// A route.
#[derive(Debug, Serialize)]
pub struct TourDoc {
    /// Departure.
    pub leave: i64,
    /// Return.
    pub back: i64,
    /// Driving from the last stop to the end.
    pub drive_back_s: i64,
    /// Stops in order.
    pub stops: Vec<StopDoc>,
    /// Breaks in order, start and end.
    pub breaks: Vec<[i64; 2]>,
    /// What the route costs, line by line.
    pub receipt: Vec<i64>,
}

/// A stop.
#[derive(Debug, Serialize)]
pub struct StopDoc {
    /// Which ticket.
    pub ticket: usize,
    /// The depot by way of which one comes, if parts are fetched on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch_at: Option<usize>,
    /// Driving from the place before; by way of a depot, with the time there.
    pub drive_s: i64,
    /// Arrival.
    pub arrival: i64,
    /// Start of work.
    pub start: i64,
    /// End of work.
    pub end: i64,
    /// Late against the SLA: start after `respond_by` or end after `resolve_by`, whichever is more.
    #[serde(skip_serializing_if = "is_zero")]
    pub late_s: i64,
    /// A repeat that somebody else than those bound goes to, or too late.
    #[serde(skip_serializing_if = "is_false")]
    pub unbound: bool,
    /// What the stop costs, line by line.
    pub receipt: Vec<i64>,
}

/// A ticket.
#[derive(Debug, Serialize)]
pub struct CardDoc {
    /// The caller's id.
    pub id: String,
    /// Complaint, repair, installation or question.
    pub kind: &'static str,
    /// The issue kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Where.
    pub place: Spot,
    /// Work at the usual pace.
    pub work_s: i64,
    /// Priority, given or derived.
    pub priority: u8,
    /// Skills asked for, as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Parts that it uses up, as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Work before the work, unless the stop before is at the same place.
    #[serde(skip_serializing_if = "is_zero")]
    pub setup_s: i64,
    /// The first of a pair, if it is the second: the same shift serves both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<usize>,
    /// The second of a pair, if it is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followed_by: Option<usize>,
    /// How many engineers start together, if more than one.
    #[serde(skip_serializing_if = "is_one")]
    pub crew: u8,
    /// Tickets that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<usize>,
    /// The other ticket of its tandem, which another engineer serves at about the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tandem: Option<usize>,
    /// Appointment windows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<[i64; 2]>,
    /// Work must have started by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<i64>,
    /// Work must have ended by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve_by: Option<i64>,
    /// Engineers whom a repeat is bound to, in the order of the ladder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bound: Vec<usize>,
}

/// A ticket that no route serves.
#[derive(Debug, Serialize)]
pub struct LeftDoc {
    /// Which ticket.
    pub ticket: usize,
    /// The kind of its reason.
    pub reason: usize,
    /// Why, in a sentence.
    pub why: String,
    /// How full the days are of the first who could; for the first so many tickets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
}

// Serde hands fields over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(length: &i64) -> bool {
    *length == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(crew: &u8) -> bool {
    *crew == 1
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}
