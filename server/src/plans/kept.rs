//! Searches in the store: each as it was ordered and as it ended, and beside it the plan that it found and what that
//! proposes to the fleet.
//!
//! So a plan can be asked for and applied after a new start, also after a crash. A search itself does not go on then: its problem is
//! not stored, and a fleet has changed meanwhile. One that had not ended is told as stopped once its lease has ended
//! (`lease.rs`), and until then as one that goes on, if only with another service on the same store.

use std::sync::Arc;

use paidan_engine::wire::answer::PlanDoc;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lease::Lease;
use super::{Phase, PlanJob, PlanStatusDoc, lease};
use crate::config::Config;
use crate::live::{Entry, Proposal, Tenant};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};
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
        entry.remove(Kind::Proposal, id);
        lease::end(entry, id);
    }
    lease::begin(entry, job.id(), config.plan_lease)?;
    let search = SearchDoc { ordered_us: entry.at_us(), ended_us: None, status: job.status() };
    put(entry, &search)?;
    entry.tell("plan.ordered", job.id(), &SearchFact { id: job.id(), status: search.status.status })
}

/// What a search leaves behind.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Its plan.
    pub plan: Option<Arc<RawValue>>,
    /// What that proposes to the fleet, if it is a plan of that.
    pub proposal: Option<Arc<Proposal>>,
}

/// Stores how a search ended, and what it has found.
pub(super) fn end(
    entry: &mut Entry<'_>,
    ordered_us: i64,
    status: PlanStatusDoc,
    found: &Found,
) -> Result<(), Refusal> {
    let search = SearchDoc { ordered_us, ended_us: Some(entry.at_us()), status };
    put(entry, &search)?;
    let SearchDoc { status: PlanStatusDoc { id, status, .. }, .. } = search;
    if let Some(plan) = &found.plan {
        entry.put(Kind::Plan, (&id, ""), &plan.as_ref())?;
    }
    if let Some(proposal) = &found.proposal {
        entry.put(Kind::Proposal, (&id, ""), proposal.as_ref())?;
    }
    lease::end(entry, &id);
    entry.tell("plan.ended", &id, &SearchFact { id: &id, status })
}

fn put(entry: &mut Entry<'_>, search: &SearchDoc) -> Result<(), Refusal> {
    entry.put(Kind::Search, (&search.status.id, ""), search)
}

/// What a plan of a tenant proposes to their fleet; none if it is of a problem of its own. Blocks.
///
/// # Errors
/// The store's trouble.
pub fn proposal(tenant: &Tenant, id: &str) -> Result<Option<Proposal>, Refusal> {
    tenant.read(|read, name| {
        let kept = read.record(name, Kind::Proposal, id)?;
        kept.as_ref().map(Record::document).transpose()
    })
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
