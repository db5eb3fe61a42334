//! `/v1/policy/dry-run`: what another policy would decide otherwise.

use std::collections::BTreeSet;

use axum::extract::State;
use paidan_engine::desk::Desk;
use paidan_engine::dispatch::{Ask, Decision};
use paidan_engine::ids::TicketIx;
use paidan_engine::problem::Problem;
use paidan_engine::units::Moment;
use paidan_engine::wire::document::PolicyDoc;
use paidan_engine::wire::{read_document, read_policy, rfc3339};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::Asking;
use super::policy::patched;
use crate::access::Caller;
use crate::body::{JsonText, PatchOrJson};
use crate::live::Fleet;
use crate::patch::PatchDoc;
use crate::refusal::Refusal;
use crate::state::Shared;

/// What another policy would decide otherwise.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyDryRun, examples(example))]
pub struct DryRunDoc {
    /// The version of the policy that holds, which the other one is held against.
    pub policy: u64,
    /// Tickets that were asked about: open, or promised and not begun.
    pub asked: usize,
    /// Those of them to whom the same engineer would go at the same time.
    pub same: usize,
    /// Those to whom another one would go, or at another time.
    pub changed: usize,
    /// Those to whom somebody can go now and nobody could then.
    pub impossible: usize,
    /// Those to whom nobody can go now and somebody could then.
    pub possible: usize,
    /// Tickets that were not asked about, as they are more than `most`.
    pub left_out: usize,
    /// Promised tickets whose routes cannot be without them: crews, and routes that fetch parts. They are not asked about
    /// either.
    pub bound: usize,
    /// The tickets that would be decided otherwise, in the order of their ids.
    pub tickets: Vec<OtherwiseDoc>,
}

/// A ticket that would be decided otherwise.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecidedOtherwise, examples(otherwise))]
pub struct OtherwiseDoc {
    /// The ticket's id.
    pub ticket: String,
    /// How it would be otherwise.
    pub outcome: OutcomeDoc,
    /// Whom it is promised to, if it is; by an older decision, which may be another one than `now`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<String>,
    /// Who would go by the policy that holds, were it asked about now; null if nobody.
    #[schema(required)]
    pub now: Option<ChoiceDoc>,
    /// Who would go by the other policy; null if nobody.
    #[schema(required)]
    pub then: Option<ChoiceDoc>,
}

/// How a ticket would be decided otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OtherwiseOutcome, examples("changed"))]
pub enum OutcomeDoc {
    /// Another engineer would go, or at another time.
    Changed,
    /// Nobody could go any more.
    Impossible,
    /// Somebody could go, as nobody can now.
    Possible,
}

/// Whom a decision chooses.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Choice, examples(choice))]
pub struct ChoiceDoc {
    /// Who.
    pub engineer: String,
    /// When work would start; RFC 3339.
    #[schema(format = DateTime)]
    pub start: String,
    /// What it adds to the route's price, in seconds of driving, by the policy in question.
    pub price_s: i64,
    /// The score, 0 to 100, by the policy in question.
    pub score: f64,
}

fn choice() -> serde_json::Value {
    serde_json::json!({"engineer": "ana", "start": "2026-03-02T10:00:00-05:00", "price_s": 4419, "score": 57.0})
}

fn otherwise() -> serde_json::Value {
    serde_json::json!({
        "ticket": "T1", "outcome": "changed", "now": choice(),
        "then": {"engineer": "ben", "start": "2026-03-02T10:00:00-05:00", "price_s": 1310, "score": 87.2}
    })
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "policy": 1, "asked": 1, "same": 0, "changed": 1, "impossible": 0, "possible": 0, "left_out": 0,
        "bound": 0, "tickets": [otherwise()]
    })
}

/// What would another policy decide otherwise?
///
/// Asks about every ticket that is open, or promised and not begun, twice: by the policy that holds and by the one that is
/// sent, whole (`application/json`) or as a merge patch on the one that holds (`application/merge-patch+json`). Each ticket
/// is asked about by itself, with all other promises as they are; so it tells what the policy changes, not what a whole new
/// plan would. Nothing is changed or written down.
///
/// # Errors
/// What setting the policy would be refused for.
#[utoipa::path(
    post, path = "/v1/policy/dry-run", tag = "policy",
    request_body(content((PolicyDoc = "application/json"), (PatchDoc = "application/merge-patch+json"))),
    params(("most" = Option<usize>, Query, description = "How many tickets to ask about at most, those with the first ids; the limit `dry_run` unless said otherwise, and not more.")),
    responses((status = 200, description = "What would be otherwise.", body = DryRunDoc)),
    extensions(("x-refusals" = json!(["access", "body", "queue", "no-fleet", "store-gone", "store-foreign"])))
)]
pub async fn try_policy(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
    PatchOrJson { is_patch, bytes }: PatchOrJson,
) -> Result<JsonText, Refusal> {
    let most = asking.at_most("most", state.config.dry_run)?;
    asking.only(&["most"])?;
    let ask = move || {
        let fleet = caller.tenant.look(|fleet| Ok(fleet.clone()))?;
        let policy = if is_patch {
            let patch: PatchDoc = read_document(&bytes)?;
            patched(fleet.desk().problem().policy(), &patch)?
        } else {
            read_policy(&bytes)?
        };
        let then = fleet.with_policy(policy)?;
        // Both are set up anew, so that nothing but the policy differs: a desk at work keeps prices of when it promised.
        let now = fleet.with_policy(fleet.desk().problem().policy().clone())?;
        JsonText::ok(&compared(&now, &then, most))
    };
    state.bulk.run(ask).await
}

/// Asks about each ticket on both desks. `O(tickets)` dispatches.
fn compared(now: &Fleet, then: &Fleet, most: usize) -> DryRunDoc {
    // Copies, as promised tickets are taken out while they are asked about.
    let (mut desk, mut other) = (now.desk().clone(), then.desk().clone());
    let mut wanted: Vec<TicketIx> = {
        let begun: BTreeSet<TicketIx> = desk.begun().collect();
        let tickets = desk.problem().ticket_indices();
        tickets.filter(|ticket| !begun.contains(ticket)).collect()
    };
    let left_out = wanted.len().saturating_sub(most);
    wanted.sort_by(|one, other| id(&desk, *one).cmp(id(&desk, *other)));
    wanted.truncate(most);
    let mut told = DryRunDoc {
        policy: now.policy_version(),
        asked: 0,
        same: 0,
        changed: 0,
        impossible: 0,
        possible: 0,
        left_out,
        bound: 0,
        tickets: Vec::new(),
    };
    for ticket in wanted {
        // Both are made from one draft, so a ticket has the same number on both.
        let (Some(before), Some(after)) = (decided(&mut desk, ticket), decided(&mut other, ticket))
        else {
            told.bound += 1;
            continue;
        };
        told.asked += 1;
        let who_and_when = |desk: &Desk, decision: &Decision| {
            decision
                .taken()
                .map(|offer| (desk.problem().engineer_id(offer.shift).to_owned(), offer.start))
        };
        let both = (who_and_when(&desk, &before), who_and_when(&other, &after));
        let (count, outcome) = match &both {
            (one, another) if one == another => {
                told.same += 1;
                continue;
            }
            (Some(_), None) => (&mut told.impossible, OutcomeDoc::Impossible),
            (None, Some(_)) => (&mut told.possible, OutcomeDoc::Possible),
            _ => (&mut told.changed, OutcomeDoc::Changed),
        };
        *count += 1;
        let promised = desk.serving(ticket).map(|shift| desk.problem().engineer_id(shift).to_owned());
        let ticket = id(&desk, ticket).to_owned();
        let (now, then) = (choice_of(&desk, &before), choice_of(&other, &after));
        told.tickets.push(OtherwiseDoc { ticket, outcome, promised, now, then });
    }
    told
}

fn id(desk: &Desk, ticket: TicketIx) -> &str {
    &desk.problem().ticket(ticket).id
}

/// The decision on a ticket, promised or not; `None` if its route cannot be without it.
fn decided(desk: &mut Desk, ticket: TicketIx) -> Option<Decision> {
    let ask = Ask { top: 1, ruled_out: 0 };
    match desk.dispatch_known(ticket, ask) {
        Ok(decision) => Some(decision),
        Err(_) => desk.choose_anew(ticket, ask),
    }
}

fn choice_of(desk: &Desk, decision: &Decision) -> Option<ChoiceDoc> {
    let offer = decision.taken()?;
    let problem: &Problem = desk.problem();
    let wall = |moment: Moment| rfc3339(moment, problem.shift(offer.shift).offset_s);
    Some(ChoiceDoc {
        engineer: problem.engineer_id(offer.shift).to_owned(),
        start: wall(offer.start),
        price_s: offer.price.0,
        score: (offer.score.total * 10.0).round() / 10.0,
    })
}
