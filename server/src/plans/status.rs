//! A search as callers see it.

use paidan_engine::wire::answer::PlanDoc;
use paidan_engine::wire::examples;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PlanPhase, examples("running"))]
pub enum Phase {
    /// It waits for a worker.
    Queued,
    /// It searches.
    Running,
    /// It has used up its budget.
    Done,
    /// It was stopped; the best plan until then is kept.
    Stopped,
    /// A bug of ours: the search broke off, or the checker refused its plan. The log has the details.
    Failed,
}

impl Phase {
    /// Whether nothing comes after it.
    pub fn is_end(self) -> bool {
        match self {
            Phase::Queued | Phase::Running => false,
            Phase::Done | Phase::Stopped | Phase::Failed => true,
        }
    }
}

/// A search as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanStatus, examples(
    json!({"id": "1a202cbedcb-1", "status": "queued", "version": 0, "elapsed_s": 0.0, "plan": null, "checked": null}),
    done
))]
pub struct PlanStatusDoc {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub status: Phase,
    /// Counts the plans shown so far, and so names this one.
    pub version: u64,
    /// Seconds of searching so far, to thousandths.
    #[schema(minimum = 0)]
    pub elapsed_s: f64,
    /// Why it failed, or was stopped by the end of the service before it had a plan to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The best plan so far, if there is one; never one that the checker refused.
    #[schema(required)]
    pub plan: Option<PlanDoc>,
    /// Whether the independent checker has found the plan sound; null until the search has ended.
    #[schema(required)]
    pub checked: Option<bool>,
    /// What the checker found; a bug of ours if there is anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub breaches: Vec<String>,
}

fn done() -> serde_json::Value {
    serde_json::json!({
        "id": "1a202cbedcb-1", "status": "done", "version": 3, "elapsed_s": 0.041,
        "plan": examples::plan(), "checked": true
    })
}
