//! `/v1/tickets/{id}/commit`: promises a ticket to an engineer.

use axum::extract::State;
use paidan_engine::flaw::Code;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::decision::OfferDoc;
use paidan_engine::wire::document::TicketDoc;
use paidan_engine::wire::{examples, read_document, ticket};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dispatch::refused;
use crate::body::{JsonText, MaybeJsonBody, Piece};
use crate::refusal::Refusal;
use crate::state::{self, Shared};
use crate::text::quoted;

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
    params(("id" = String, Path, description = "The ticket's id.", example = "T1")),
    request_body = Option<CommitBody>,
    responses((status = 200, description = "The promise.", body = CommitDoc<'static>)),
    extensions(("x-refusals" = json!([
        "body", "queue", "path", "no-fleet", "unknown-ticket", "already-promised", "nobody"
    ])))
)]
pub async fn commit_ticket(
    State(state): State<Shared>,
    Piece(id): Piece,
    MaybeJsonBody(bytes): MaybeJsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    state.threads_for(bytes.len()).run(move || promise(&own, &id, &bytes)).await
}

fn promise_of_the_example() -> serde_json::Value {
    serde_json::json!({"ticket": "T1", "engineer": "ana", "offer": examples::offer()})
}

fn promise(state: &state::State, id: &str, body: &[u8]) -> Result<JsonText, Refusal> {
    let body: CommitBody = if body.is_empty() { CommitBody::default() } else { read_document(body)? };
    let draft = wanted(state, id, body.ticket)?;
    let answer = state.store.change(|fleet| {
        let offer = fleet
            .commit(&draft, body.engineer.as_deref())
            .map_err(|refusal| refused(fleet.desk().problem(), (&draft).into(), refusal))?;
        let problem = fleet.desk().problem();
        JsonText::ok(&CommitDoc {
            ticket: draft.id.clone(),
            engineer: problem.engineer_id(offer.shift).to_owned(),
            offer: OfferDoc::new(problem, 1, &offer),
        })
    })?;
    state.store.forget(id);
    Ok(answer)
}

/// The ticket that comes along, else the one asked about, else the fleet's own.
fn wanted(state: &state::State, id: &str, sent: Option<Box<TicketDoc>>) -> Result<TicketDraft, Refusal> {
    if let Some(doc) = sent {
        let draft = ticket(*doc, "ticket")?;
        if draft.id != id {
            let (own, id) = (quoted(&draft.id), quoted(id));
            let found = format!("the ticket's id is {own}, the path names {id}");
            return Err(Refusal::flaw(Code::Contradiction, "ticket.id", found, "make them the same"));
        }
        return Ok(draft);
    }
    if let Some(asked) = state.store.asked(id) {
        return Ok(asked);
    }
    let unknown = || Refusal::UnknownTicket(id.to_owned());
    state.store.look(|fleet| fleet.ticket(id).cloned().ok_or_else(unknown))
}
