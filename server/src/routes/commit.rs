//! `/v1/tickets/{id}/commit`: promises a ticket to an engineer.

use std::sync::Arc;

use axum::extract::State;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::decision::{Asked, OfferDoc};
use paidan_engine::wire::document::TicketDoc;
use paidan_engine::wire::{examples, read_document, ticket, ticket_doc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decisions::{self, Made};
use super::dispatch::{refused, wanted};
use crate::access::{Caller, Expected};
use crate::body::{JsonText, MaybeJsonBody, Piece};
use crate::live::{Entry, Grounds, TicketStateDoc, route_id};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;

/// To whom, and what; both may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitRequest, examples(json!({"engineer": "ana"})))]
pub struct CommitBody {
    /// The engineer to send, by id; else the one whom the dispatch chooses now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engineer: Option<String>,
    /// The ticket, if it was not asked about before; its id is the one in the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Box<TicketDoc>>,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Commitment, examples(promise_of_the_example))]
pub struct CommitDoc<'a> {
    /// The ticket.
    pub ticket: String,
    /// Who goes.
    pub engineer: String,
    /// The id under which the decision is kept.
    pub decision: String,
    /// The place in the route, and what it costs.
    pub offer: OfferDoc<'a>,
}

/// Promises a ticket
///
/// One that was asked about, is open, or comes along, to the engineer named or to the one whom the
/// dispatch chooses now.
///
/// # Errors
/// Flaws; an unknown ticket; one that is promised already; nobody, or not the engineer named, can go.
#[utoipa::path(
    post, path = "/v1/tickets/{id}/commit", tag = "tickets",
    params(
        ("id" = String, Path, description = "The ticket's id.", example = "T1"),
        ("if-match" = Option<String>, Header, description = "The entity tag of the chosen engineer's route, if nothing else may have been promised to them since.")
    ),
    request_body = Option<CommitBody>,
    responses((status = 200, description = "The promise.", body = CommitDoc<'static>)),
    extensions(("x-refusals" = json!([
        "write", "path", "no-fleet", "unknown-ticket", "already-promised", "illegal-step", "nobody", "changed"
    ])))
)]
pub async fn commit_ticket(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
    MaybeJsonBody(bytes): MaybeJsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let tenant = Arc::clone(&caller.tenant);
    let read = move || {
        let body: CommitBody =
            if bytes.is_empty() { CommitBody::default() } else { read_document(&bytes)? };
        let (draft, by_name) = match body.ticket {
            Some(doc) => (sent(*doc, &id)?, false),
            None => (wanted(&tenant, &id)?, true),
        };
        Ok((draft, by_name, body.engineer))
    };
    let (draft, by_name, engineer) = state.quick.run(read).await?;
    let commit = move |entry: &mut Entry<'_>| {
        let draft = as_is_now(entry, draft, by_name)?;
        Ok(promise(entry, &draft, engineer.as_deref(), &expected)?.answer)
    };
    caller.tenant.write(by, commit).await
}

fn promise_of_the_example() -> serde_json::Value {
    serde_json::json!({"ticket": "T1", "engineer": "ana", "decision": "000000000002", "offer": examples::offer()})
}

/// The ticket that comes along, which must be the one in the path.
fn sent(doc: TicketDoc, id: &str) -> Result<TicketDraft, Refusal> {
    let draft = ticket(doc, "ticket")?;
    Refusal::unless_same("ticket", "ticket.id", (&draft.id, id))?;
    Ok(draft)
}

/// A ticket as the fleet knows it by now, if it was named only.
///
/// # Errors
/// There is no fleet.
pub fn as_is_now(
    entry: &mut Entry<'_>,
    draft: TicketDraft,
    by_name: bool,
) -> Result<TicketDraft, Refusal> {
    let known = entry.fleet()?.ticket(&draft.id).filter(|_| by_name).cloned();
    Ok(known.unwrap_or(draft))
}

/// A promise that was made.
pub struct Promised {
    /// Its answer.
    pub answer: JsonText,
    /// The decision behind it, as JSON ...
    pub decision: String,
    /// ... and the id under which it is kept.
    pub id: String,
}

/// Promises a ticket to the engineer named or to the one whom the dispatch chooses now, and writes it all down.
///
/// # Errors
/// As [`commit_ticket`].
pub fn promise(
    entry: &mut Entry<'_>,
    draft: &TicketDraft,
    engineer: Option<&str>,
    expected: &Expected,
) -> Result<Promised, Refusal> {
    if !expected.is_anything() {
        check_route(entry, draft, engineer, expected)?;
    }
    let known = entry.ticket(&draft.id)?;
    if let Some(known) = known.as_ref().filter(|known| known.state.is_promised()) {
        let engineer = known.engineers.first().cloned().unwrap_or_default();
        return Err(Refusal::AlreadyPromised { ticket: known.id.clone(), engineer });
    }
    if let Some(known) = known.as_ref().filter(|known| !known.state.is_live()) {
        let (ticket, state) = (known.id.clone(), known.state);
        return Err(Refusal::IllegalStep { ticket, state, next: TicketStateDoc::Assigned });
    }
    let (id, version) = (decisions::next_id(entry), entry.version());
    let fleet = entry.fleet()?;
    let asked = Asked::from(draft);
    let decided = fleet.commit(draft, engineer);
    let problem = fleet.desk().problem();
    let decision = decided.map_err(|refusal| refused(problem, asked, refusal))?;
    let offer = decision.taken().ok_or(Refusal::Bug)?;
    let goes = problem.engineer_id(offer.shift).to_owned();
    let answer = JsonText::ok(&CommitDoc {
        ticket: draft.id.clone(),
        engineer: goes.clone(),
        decision: id.clone(),
        offer: OfferDoc::new(problem, 1, offer),
    })?;
    let text = decisions::told(problem, asked, &decision)?;
    let (at, shift, policy) = (fleet.now_text(), offer.shift, fleet.policy_version());
    let made = Made { ticket: ticket_doc(draft, problem.offset_s()), decision: text, policy };
    let promised = Promised {
        answer: answer.at_version(version),
        decision: made.decision.get().to_owned(),
        id: id.clone(),
    };
    let record = entry.ticket_of(draft, known)?;
    decisions::keep(entry, made, true)?;
    entry.put_assigned(record, vec![goes], Grounds::Decision(id), at)?;
    entry.put_route(shift)?;
    Ok(promised)
}

/// Holds the version of a route that the caller knows against the one that the ticket would go into.
fn check_route(
    entry: &mut Entry<'_>,
    draft: &TicketDraft,
    engineer: Option<&str>,
    expected: &Expected,
) -> Result<(), Refusal> {
    let fleet = entry.fleet()?;
    // Whatever stands in its way is told by the commit itself.
    let Ok(decision) = fleet.desk().choose(draft, engineer) else { return Ok(()) };
    let Some(offer) = decision.taken() else { return Ok(()) };
    let route = fleet.route(offer.shift);
    let record = entry.record(Kind::Route, &route_id(&route.engineer, route.shift))?;
    expected.check(record.as_ref())
}
