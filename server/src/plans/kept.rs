//! Searches in the store: each as it was ordered and as it ended, and the plan that it found beside it.
//!
//! So a plan can be asked for after a new start, also after a crash. A search itself does not go on then: its problem is
//! not stored, and a fleet has changed meanwhile. One that had not ended is told as stopped once its lease has ended
//! (`lease.rs`), and until then as one that goes on, if only with another service on the same store.

use paidan_engine::wire::answer::PlanDoc;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lease::Lease;
use super::{Phase, PlanJob, PlanStatusDoc, lease};
use crate::config::Config;
use crate::live::{Entry, Tenant};
use crate::refusal::Refusal;
use crate::store::Kind;
use crate::text::now_us;

/// Why a search that had not ended has no plan after a new start.
pub(super) const BROKEN_OFF: &str = "the service ended before the search did; order it again";

/// A search as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct SearchDoc {
    /// When it was ordered, in microseconds since 1970.
    ordered_us: i64,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_us: Option<i64>,
    /// Where it is, without its plan.
    status: PlanStatusDoc,
}

/// What the events of a search say.
#[derive(Serialize)]
struct SearchFact<'a> {
    id: &'a str,
    status: Phase,
}

impl SearchDoc {
    /// When it is told no more, in microseconds since 1970.
    fn end_us(&self, config: &Config) -> i64 {
        self.ended_us.unwrap_or(self.ordered_us) + config.plan_age.as_micros() as i64
    }
}

/// Which searches of a tenant make room for one more: those that are too old, and the oldest of too many. `O(plans_kept)`.
///
/// # Errors
/// The store's trouble.
pub fn leaving(tenant: &Tenant, config: &Config) -> Result<Vec<String>, Refusal> {
    let mut kept = tenant.read(|read, name| read.documents::<SearchDoc>(name, Kind::Search, None))?;
    kept.sort_by_key(|search| search.ordered_us);
    let now = now_us();
    let too_many = (kept.len() + 1).saturating_sub(config.plans_kept);
    let leaves = |(n, search): (usize, SearchDoc)| {
        (n < too_many || search.end_us(config) < now).then_some(search.status.id)
    };
    Ok(kept.into_iter().enumerate().filter_map(leaves).collect())
}

/// Stores a search that was ordered, in the place of those that leave.
///
/// # Errors
/// A bug: our documents can all be written.
pub fn begin(
    entry: &mut Entry<'_>,
    job: &PlanJob,
    leaving: &[String],
    config: &Config,
) -> Result<(), Refusal> {
    for id in leaving {
        entry.remove(Kind::Search, id);
        entry.remove(Kind::Plan, id);
        lease::end(entry, id);
    }
    lease::begin(entry, job.id(), config.plan_lease)?;
    let search = SearchDoc { ordered_us: entry.at_us(), ended_us: None, status: job.status() };
    put(entry, &search)?;
    entry.tell("plan.ordered", job.id(), &SearchFact { id: job.id(), status: search.status.status })
}

/// Stores how a search ended, and its plan.
pub(super) fn end(
    entry: &mut Entry<'_>,
    ordered_us: i64,
    status: PlanStatusDoc,
    plan: Option<&RawValue>,
) -> Result<(), Refusal> {
    let search = SearchDoc { ordered_us, ended_us: Some(entry.at_us()), status };
    put(entry, &search)?;
    let SearchDoc { status: PlanStatusDoc { id, status, .. }, .. } = search;
    if let Some(plan) = plan {
        entry.put(Kind::Plan, (&id, ""), &plan)?;
    }
    lease::end(entry, &id);
    entry.tell("plan.ended", &id, &SearchFact { id: &id, status })
}

fn put(entry: &mut Entry<'_>, search: &SearchDoc) -> Result<(), Refusal> {
    entry.put(Kind::Search, (&search.status.id, ""), search)
}

/// A search of another service on the store or of an earlier start of this one, with its plan once it has ended.
///
/// # Errors
/// There never was one of this id, or it is no longer kept; the store's trouble.
pub fn status(tenant: &Tenant, id: &str, config: &Config) -> Result<PlanStatusDoc, Refusal> {
    let (search, plan, lease) = tenant.read(|read, name| {
        // First of all: one that ends meanwhile has its end in the store by then.
        let lease = Lease::read(read, name, id)?;
        let Some(search) = read.record(name, Kind::Search, id)? else { return Ok((None, None, None)) };
        let plan = read.record(name, Kind::Plan, id)?;
        let plan = plan.map(|plan| plan.document::<PlanDoc>()).transpose()?;
        Ok((Some(search.document::<SearchDoc>()?), plan, lease))
    })?;
    let search = search.filter(|search| search.end_us(config) >= now_us() || lease.is_some());
    let Some(SearchDoc { mut status, .. }) = search else {
        return Err(Refusal::UnknownPlan(id.to_owned()));
    };
    status.plan = plan;
    if status.status.is_end() {
        return Ok(status);
    }
    match lease.map(|lease| lease.started_us) {
        Some(None) => status.status = Phase::Queued,
        Some(Some(started_us)) => {
            status.status = Phase::Running;
            status.elapsed_s = (now_us() - started_us).max(0).div_euclid(1000) as f64 / 1000.0;
        }
        None => {
            status.status = Phase::Stopped;
            status.why = Some(BROKEN_OFF.to_owned());
        }
    }
    Ok(status)
}
