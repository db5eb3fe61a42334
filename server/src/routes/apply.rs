//! `/v1/plans/{id}/apply`: what a plan of the fleet has planned is promised.

use axum::extract::State;
use paidan_engine::units::Moment;
use paidan_engine::wire::rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::body::{JsonText, Piece};
use crate::live::{Applied, Entry, Fleet, Grounds, Proposal, Tenant, Timed};
use crate::plans::{self, Phase, PlanStatusDoc};
use crate::refusal::Refusal;
use crate::state::{self, Shared};
use crate::store::Kind;

/// A ticket that is promised by a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppliedTicket, examples(json!({
    "ticket": "T1", "engineers": ["ana"], "start": "2026-03-02T10:00:00-05:00"
})))]
pub struct AppliedTicketDoc {
    /// The ticket.
    pub ticket: String,
    /// Who goes; of a crew all of them.
    pub engineers: Vec<String>,
    /// When work starts, as the route is by now; RFC 3339.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it would have started before, if it was promised already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub from: Option<String>,
}

/// What is promised by a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppliedPlan, examples(json!({
    "plan": "1a202cbedcb-1",
    "given": [{"ticket": "T1", "engineers": ["ana"], "start": "2026-03-02T10:00:00-05:00"}],
    "moved": [], "gone": [], "aside": []
})))]
pub struct AppliedPlanDoc {
    /// The plan.
    pub plan: String,
    /// Tickets that were open and are promised now.
    pub given: Vec<AppliedTicketDoc>,
    /// Tickets that were promised and stay with whom they were, but start at another moment.
    pub moved: Vec<AppliedTicketDoc>,
    /// Tickets of the plan that are not on the desk any more: done, or not wanted.
    pub gone: Vec<String>,
    /// Tickets of the plan that stay open: those in pairs and tandems, and those that wait for others, are planned but not
    /// promised.
    pub aside: Vec<String>,
}

/// Promises what a plan has planned
///
/// Of a plan of the fleet whose search has ended: every ticket that it serves and that is open is promised as it says,
/// and what was promised moves where it says; all of it or nothing. What it leaves out stays as it is. What has changed
/// since the plan was started is kept where the plan changes nothing. If it has changed what the plan counts on, nothing
/// is done: a route that the plan changes too, what one of its tickets asks for, an engineer whose route it changes, the
/// policy. New visits, ratings and the time count only if its routes cannot be kept any more. Asked again, there is nothing
/// left to do.
///
/// # Errors
/// An unknown plan; one that is still searched for, or is none of the fleet; what has changed since it was started.
#[utoipa::path(
    post, path = "/v1/plans/{id}/apply", tag = "plans",
    params(("id" = String, Path, description = "The search's id.", example = "1a202cbedcb-1")),
    responses((status = 200, description = "What is promised.", body = AppliedPlanDoc)),
    extensions(("x-refusals" = json!([
        "write", "path", "no-fleet", "unknown-plan", "plan-unfinished", "not-applicable", "plan-outdated"
    ])))
)]
pub async fn apply_plan(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    // The fleet is set up anew with the plan's routes.
    state.bulk.run(move || apply(&own, &caller, &id)).await
}

fn apply(state: &state::State, caller: &Caller, id: &str) -> Result<JsonText, Refusal> {
    let by = caller.by(&[]);
    if let Some(answer) = caller.answered(&by)? {
        return Ok(answer);
    }
    let proposal = proposal(state, &caller.tenant, id)?;
    let outdated = id.to_owned();
    let compute = move |fleet: Fleet| {
        let applied = fleet.with_plan(&proposal);
        applied.map_err(|found| Refusal::PlanOutdated { plan: outdated.clone(), found })
    };
    let id = id.to_owned();
    let copy = |fleet: Option<&Fleet>| fleet.cloned().ok_or(Refusal::NoFleet);
    caller.tenant.write_long(&by, copy, compute, move |entry, applied| take_over(entry, &id, applied))
}

/// What a plan proposes to the fleet that it was made from, whichever service on the store has searched for it.
fn proposal(state: &state::State, tenant: &Tenant, id: &str) -> Result<Proposal, Refusal> {
    let never = |why| Err(Refusal::NotApplicable(id.to_owned(), why));
    let PlanStatusDoc { status, plan, .. } = state.planner.plan(tenant, id)?.status();
    match status {
        Phase::Queued | Phase::Running => Err(Refusal::PlanUnfinished(id.to_owned())),
        Phase::Failed => never("its search has failed"),
        Phase::Done | Phase::Stopped if plan.is_none() => {
            never("it was stopped before there was a plan; order it again")
        }
        Phase::Done | Phase::Stopped => match plans::proposal(tenant, id)? {
            Some(proposal) => Ok(proposal),
            None => never("it is of a problem of its own; order one with \"problem\": \"fleet\""),
        },
    }
}

/// Puts the fleet with the plan's routes in place, and writes down what is different in it.
fn take_over(entry: &mut Entry<'_>, plan: &str, applied: Applied) -> Result<JsonText, Refusal> {
    let fleet = entry.fleet()?;
    let (at, offset_s) = (fleet.now_text(), fleet.desk().problem().offset_s());
    let document = |timed: &Timed, from: Option<Moment>| AppliedTicketDoc {
        ticket: timed.ticket.clone(),
        engineers: timed.engineers.clone(),
        start: rfc3339(timed.start, offset_s),
        from: from.map(|from| rfc3339(from, offset_s)),
    };
    let Applied { fleet: after, given, moved, gone, aside, routes } = applied;
    let answer = AppliedPlanDoc {
        plan: plan.to_owned(),
        given: given.iter().map(|timed| document(timed, None)).collect(),
        moved: moved.iter().map(|(timed, from)| document(timed, Some(*from))).collect(),
        gone,
        aside,
    };
    if let Some(after) = after {
        *fleet = after;
    }
    for Timed { ticket, engineers, .. } in given {
        let record = entry.ticket(&ticket)?.ok_or(Refusal::Bug)?;
        entry.put_assigned(record, engineers, Grounds::Plan(plan.to_owned()), at.clone())?;
    }
    for ticket in &answer.moved {
        let AppliedTicketDoc { engineers, start, from, .. } = ticket;
        let told = json!({"engineers": engineers, "start": start, "from": from, "plan": plan});
        entry.tell("ticket.moved", &ticket.ticket, &told)?;
    }
    for (id, route) in &routes {
        if route.tickets.is_empty() {
            entry.remove(Kind::Route, id);
        } else {
            entry.put_route_of(id, route)?;
        }
    }
    let told = json!({"given": answer.given.len(), "moved": answer.moved.len()});
    entry.tell("plan.applied", plan, &told)?;
    Ok(JsonText::ok(&answer)?.at_version(entry.version()))
}
