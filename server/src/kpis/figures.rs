//! What the figures mean.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a figure means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KpiMeaning, examples(json!({
    "name": "respond_kept", "unit": "share",
    "says": "of tickets done that had to be begun by a moment and of which it was told when work began: those begun by then"
})))]
pub struct MeaningDoc {
    /// The figure's name.
    pub name: String,
    /// What it is measured in; a share is from 0 to 1.
    pub unit: String,
    /// What it is, and which cases it stands on.
    pub says: String,
}

const TICKETS: &str = "tickets";
const SHARE: &str = "share";
const SECONDS: &str = "seconds";

/// Name, unit and meaning of every figure, in the order in which they are told.
pub const FIGURES: [(&str, &str, &str); 22] = [
    (
        "opened",
        TICKETS,
        "opened in the period, also those that were closed before and have come again; not told by engineer",
    ),
    ("done", TICKETS, "done in the period"),
    ("cancelled", TICKETS, "cancelled in the period"),
    (
        "late",
        TICKETS,
        "of tickets done that missed or kept a moment of their SLA: those that missed one, to begin or to end by",
    ),
    (
        "response_median_s",
        SECONDS,
        "of tickets done of which it was told when work began (on_site): from the report, or else the opening, until it first began; at least half took no longer than this",
    ),
    ("response_p90_s", SECONDS, "the same; at least nine tenths took no longer than this"),
    ("response_mean_s", SECONDS, "the same; the mean"),
    (
        "respond_kept",
        SHARE,
        "of tickets done that had to be begun by a moment and of which it was told when work began: those begun by then",
    ),
    ("resolve_kept", SHARE, "of tickets done that had to be ended by a moment: those done by then"),
    (
        "first_time_fix",
        SHARE,
        "of visits that ended in the period: those that resolved the issue, were not rated poorly (policy.history.unhappy_rating) and were not followed by another one of the same customer or asset for the same issue within the policy's window so far; as the score has it",
    ),
    (
        "repeats",
        TICKETS,
        "of tickets done: those of whose customer or asset there was a visit for the same issue within the policy's window before",
    ),
    (
        "repeats_bound",
        SHARE,
        "of tickets done that were bound to engineers by then (policy.binding): those to which one of them went",
    ),
    ("csat_mean", "points", "of visits that ended in the period and are rated: the mean rating, 1 to 5"),
    ("csat_satisfied", SHARE, "of the same: those rated 4 or 5"),
    (
        "drive_mean_s",
        SECONDS,
        "of tickets done: the drive to each by the fleet's travel times, for all who went; from the ticket that the same engineer ended before it in the same shift, or else from where the shift begins; ways home and by way of depots are not in it; nobody has measured it",
    ),
    ("drive_total_s", SECONDS, "the same; the sum"),
    ("work_total_s", SECONDS, "of tickets done: the work that was booked for them, of all who went"),
    (
        "load_mean",
        SHARE,
        "of engineers with shifts in the roster that begin in the period and are not all absence: work booked in these, promised or done in the period, over their length; the mean",
    ),
    ("load_sd", SHARE, "the same; the standard deviation"),
    ("load_max", SHARE, "the same; the highest"),
    (
        "load_gini",
        "index",
        "the same; the Gini index: 0 if all are alike, towards 1 if one has it all. Beside a deviation it compares quiet days with busy ones, and beside a span of percentiles small teams with large ones",
    ),
    ("rated", "visits", "visits that ended in the period and are rated"),
];

/// What every figure means.
pub fn meanings() -> Vec<MeaningDoc> {
    let meaning = |(name, unit, says): &(&str, &str, &str)| MeaningDoc {
        name: (*name).to_owned(),
        unit: (*unit).to_owned(),
        says: (*says).to_owned(),
    };
    FIGURES.iter().map(meaning).collect()
}
