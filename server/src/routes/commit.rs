//! `/v1/tickets/{id}/commit`: promises a ticket to an engineer.

use axum::extract::{Path, State};
use paidan_engine::flaw::Code;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::decision::OfferDoc;
use paidan_engine::wire::document::TicketDoc;
use paidan_engine::wire::{read_document, ticket};
use serde::{Deserialize, Serialize};

use super::dispatch::refused;
use crate::body::{JsonText, MaybeJsonBody};
use crate::refusal::Refusal;
use crate::state::{self, Shared};

/// To whom, and what; both may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitBody {
    /// The engineer to send; else the one whom the dispatch chooses now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engineer: Option<String>,
    /// The ticket, if it was not asked about before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Box<TicketDoc>>,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitDoc<'a> {
    /// The ticket.
    pub ticket: String,
    /// Who goes.
    pub engineer: String,
    /// The place in the route, and what it costs.
    pub offer: OfferDoc<'a>,
}

/// `POST /v1/tickets/{id}/commit`: promises a ticket that was asked about, is open, or comes along.
///
/// # Errors
/// Flaws; an unknown ticket; one that is promised already; nobody, or not the engineer named, can go.
pub async fn commit_ticket(
    State(state): State<Shared>,
    Path(id): Path<String>,
    MaybeJsonBody(bytes): MaybeJsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    state.threads_for(bytes.len()).run(move || promise(&own, &id, &bytes)).await
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
        if doc.id != id {
            let found = format!("the ticket's id is {:?}, the path names {id:?}", doc.id);
            return Err(Refusal::flaw(Code::Contradiction, "ticket.id", found, "make them the same"));
        }
        return Ok(ticket(*doc, "ticket")?);
    }
    if let Some(asked) = state.store.asked(id) {
        return Ok(asked);
    }
    let unknown = || Refusal::UnknownTicket(id.to_owned());
    state.store.look(|fleet| fleet.ticket(id).cloned().ok_or_else(unknown))
}
