//! What lies between two plans of one search: whole routes that changed, routes that are gone, tickets
//! newly served and newly not.

use std::cmp::Ordering;

use paidan_engine::plan::{Plan, PlannedRoute};
use paidan_engine::wire::answer::{PlannedRouteDoc, PriceDoc, ReceiptDoc, RunDoc, UnservedDoc};
use paidan_engine::wire::{examples, price_doc, receipt_doc, route_doc, run_doc, unserved_doc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::job::{Moment, PlanJob};
use super::status::{Phase, PlanStatusDoc};

/// What has changed since the version before. Put into the plan of that version, it gives this one:
/// routes are named by engineer and shift, unserved tickets by their id; the order of the lists says
/// nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanChange, examples(change))]
pub struct PlanChangeDoc {
    /// The search's id.
    pub id: String,
    /// Where it is.
    pub status: Phase,
    /// The version of the plan after the change; also the id of the event.
    pub version: u64,
    /// The version before the change.
    pub since: u64,
    /// Seconds of searching so far, to thousandths.
    #[schema(minimum = 0)]
    pub elapsed_s: f64,
    /// Routes that are new or have changed, whole; each takes the place of the one of its shift.
    pub routes: Vec<PlannedRouteDoc>,
    /// Routes that have no stop any more and are gone.
    pub emptied: Vec<RouteNameDoc>,
    /// Tickets that were unserved and are served now.
    pub served: Vec<String>,
    /// Tickets that are unserved now and were served before, or for another reason.
    pub unserved: Vec<UnservedDoc>,
    /// The sum of all routes' receipts after the change.
    pub receipt: ReceiptDoc,
    /// The whole price after the change.
    pub price: PriceDoc,
    /// What is needed to replay the plan.
    pub run: RunDoc,
}

/// Which route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RouteName, examples(json!({"engineer": "ben", "shift": 0})))]
pub struct RouteNameDoc {
    /// The engineer.
    pub engineer: String,
    /// Which of the engineer's shifts, from 0.
    pub shift: u32,
}

/// How a search has ended. The plan is that of the version before; there is none if the search failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanEnd, examples(json!({
    "id": "1a202cbedcb-1", "status": "done", "version": 3, "elapsed_s": 2.0, "checked": true
})))]
pub struct PlanEndDoc {
    /// The search's id.
    pub id: String,
    /// How it ended: also the name of the event.
    pub status: Phase,
    /// The version of the plan that is kept.
    pub version: u64,
    /// Seconds of searching, to thousandths.
    #[schema(minimum = 0)]
    pub elapsed_s: f64,
    /// Why it failed, or was stopped by the end of the service before it had a plan to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether the independent checker has found the plan sound; null if there was none to check.
    #[schema(required)]
    pub checked: Option<bool>,
    /// What the checker found; a bug of ours if there is anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub breaches: Vec<String>,
}

fn change() -> serde_json::Value {
    serde_json::json!({
        "id": "1a202cbedcb-1", "status": "running", "version": 3, "since": 2, "elapsed_s": 0.04,
        "routes": [examples::planned_route()],
        "emptied": [{"engineer": "ben", "shift": 0}],
        "served": ["T1"],
        "unserved": [],
        "receipt": examples::plan()["receipt"],
        "price": examples::plan()["price"],
        "run": examples::plan()["run"],
    })
}

impl PlanChangeDoc {
    /// What leads from a plan of a search to the one that it shows at a moment. `O(stops)`.
    pub(super) fn new(job: &PlanJob, (since, before): (u64, &Plan), now: &Moment, after: &Plan) -> Self {
        let problem = job.problem();
        let (emptied, routes) = differences(&before.routes, &after.routes, |route| route.shift);
        let (served, unserved) = differences(&before.unserved, &after.unserved, |left| left.ticket);
        let name = |route: &PlannedRoute| RouteNameDoc {
            engineer: problem.engineer_id(route.shift).to_owned(),
            shift: problem.shift(route.shift).number,
        };
        PlanChangeDoc {
            id: job.id().to_owned(),
            status: now.phase,
            version: now.version,
            since,
            elapsed_s: now.elapsed_s,
            routes: routes.into_iter().map(|route| route_doc(problem, route)).collect(),
            emptied: emptied.into_iter().map(name).collect(),
            served: served.iter().map(|left| problem.ticket(left.ticket).id.to_string()).collect(),
            unserved: unserved.into_iter().map(|left| unserved_doc(problem, left)).collect(),
            receipt: receipt_doc(&after.receipt),
            price: price_doc(after.price),
            run: run_doc(after.run),
        }
    }
}

impl PlanEndDoc {
    /// How a search has ended, at a moment after that.
    pub(super) fn new(job: &PlanJob, moment: &Moment) -> PlanEndDoc {
        PlanEndDoc {
            id: job.id().to_owned(),
            status: moment.phase,
            version: moment.version,
            elapsed_s: moment.elapsed_s,
            why: moment.why.clone(),
            checked: moment.breaches.as_ref().map(Vec::is_empty),
            breaches: moment.breaches.clone().unwrap_or_default(),
        }
    }

    /// How a search that is kept has ended.
    pub(super) fn of(kept: &PlanStatusDoc) -> PlanEndDoc {
        PlanEndDoc {
            id: kept.id.clone(),
            status: kept.status,
            version: kept.version,
            elapsed_s: kept.elapsed_s,
            why: kept.why.clone(),
            checked: kept.checked,
            breaches: kept.breaches.clone(),
        }
    }
}

/// What is gone from a list that rises by `key`, and what is new in it or has changed.
fn differences<'l, T: PartialEq, K: Ord>(
    before: &'l [T],
    after: &'l [T],
    key: impl Fn(&T) -> K,
) -> (Vec<&'l T>, Vec<&'l T>) {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let (mut olds, mut news) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let order = match (olds.peek(), news.peek()) {
            (Some(old), Some(now)) => key(old).cmp(&key(now)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return (gone, new),
        };
        match order {
            Ordering::Less => gone.extend(olds.next()),
            Ordering::Greater => new.extend(news.next()),
            Ordering::Equal => {
                if let (Some(old), Some(now)) = (olds.next(), news.next())
                    && old != now
                {
                    new.push(now);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_what_is_gone_and_what_is_new_or_changed() {
        let (before, after) = ([(1, 'a'), (2, 'b'), (4, 'd')], [(2, 'x'), (3, 'c'), (4, 'd'), (5, 'e')]);
        let (gone, new) = differences(&before, &after, |(key, _)| *key);
        assert_eq!(gone, [&(1, 'a')]);
        assert_eq!(new, [&(2, 'x'), &(3, 'c'), &(5, 'e')]);
    }
}
