//! `/v1/tickets`: tickets taken in, and looked at.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::document::TicketDoc;
use paidan_engine::wire::read_ticket;

use super::pages::{Asking, PageDoc, known, one, page_by_state};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{Entry, TicketRecordDoc, TicketStateDoc};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::{Kind, Record};
use crate::text::piece;

/// Takes a ticket in
///
/// It is open from then on: dispatched one by one, or given out with the next wave.
///
/// # Errors
/// The ticket's flaws; one of its id that is there already.
#[utoipa::path(
    post, path = "/v1/tickets", tag = "tickets", request_body = TicketDoc,
    responses((
        status = 201, description = "The ticket is open.", body = TicketRecordDoc,
        headers(("location" = String, description = "Where it is found."), ("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["write", "no-fleet", "ticket-exists"])))
)]
pub async fn create_ticket(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let draft = state.quick.run(move || Ok(read_ticket(&bytes)?)).await?;
    let create = move |entry: &mut Entry<'_>| {
        if entry.record(Kind::Ticket, &draft.id)?.is_some() {
            return Err(Refusal::TicketExists(draft.id));
        }
        let found_at = format!("/v1/tickets/{}", piece(&draft.id));
        Ok(add(entry, &draft, None)?.found_at(found_at))
    };
    caller.tenant.write(by, create).await
}

/// Takes a ticket in, or changes what an open one asks for
///
/// # Errors
/// The ticket's flaws; one that is promised or closed; another version than the caller knows.
#[utoipa::path(
    put, path = "/v1/tickets/{id}", tag = "tickets", request_body = TicketDoc,
    params(
        ("id" = String, Path, description = "The ticket's id.", example = "T1"),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows."),
        ("if-none-match" = Option<String>, Header, description = "`*` if there must be none yet.")
    ),
    responses(
        (status = 200, description = "The ticket as it is now.", body = TicketRecordDoc),
        (status = 201, description = "The ticket is open.", body = TicketRecordDoc)
    ),
    extensions(("x-refusals" = json!(["write", "path", "no-fleet", "already-promised", "illegal-step", "changed"])))
)]
pub async fn put_ticket(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let draft = state.quick.run(move || Ok(read_ticket(&bytes)?)).await?;
    Refusal::unless_same("ticket", "id", (&draft.id, &id))?;
    let put = move |entry: &mut Entry<'_>| {
        let record = entry.record(Kind::Ticket, &draft.id)?;
        expected.check(record.as_ref())?;
        let known: Option<TicketRecordDoc> = record.as_ref().map(Record::document).transpose()?;
        match known {
            Some(known) if known.state != TicketStateDoc::Open => Err(not_open(known)),
            known => add(entry, &draft, known),
        }
    };
    caller.tenant.write(by, put).await
}

fn not_open(record: TicketRecordDoc) -> Refusal {
    let (ticket, state) = (record.id, record.state);
    match record.engineers.into_iter().next().filter(|_| state.is_promised()) {
        Some(engineer) => Refusal::AlreadyPromised { ticket, engineer },
        None => Refusal::IllegalStep { ticket, state, next: TicketStateDoc::Open },
    }
}

/// Adds an open ticket to the fleet, or changes the facts of a known one.
fn add(
    entry: &mut Entry<'_>,
    draft: &TicketDraft,
    known: Option<TicketRecordDoc>,
) -> Result<JsonText, Refusal> {
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    entry.fleet()?.add(draft)?;
    let record = entry.put_facts(draft, known)?;
    Ok(JsonText::of(status, &record)?.at_version(entry.version()))
}

/// Tells a ticket with its life
///
/// # Errors
/// An unknown ticket.
#[utoipa::path(
    get, path = "/v1/tickets/{id}", tag = "tickets",
    params(("id" = String, Path, description = "The ticket's id.", example = "T1")),
    responses((
        status = 200, description = "The ticket.", body = TicketRecordDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_ticket(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let Some(engineer) = caller.engineer.clone() else {
        return one(&state, caller, (Kind::Ticket, "ticket"), id).await;
    };
    let read = move || {
        let record = known(&caller.tenant, (Kind::Ticket, "ticket"), &id)?;
        let ticket: TicketRecordDoc = record.document()?;
        if !ticket.engineers.contains(&engineer) {
            return Err(Refusal::UnknownRecord("ticket", id));
        }
        Ok(JsonText::ok(&ticket)?.at_version(record.version))
    };
    state.quick.run(read).await
}

/// Lists tickets
///
/// # Errors
/// An unknown state; a page that is too long.
#[utoipa::path(
    get, path = "/v1/tickets", tag = "tickets",
    params(
        ("state" = Option<TicketStateDoc>, Query, description = "Only those in this state."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of their ids.", body = PageDoc<TicketRecordDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_tickets(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    let states = TicketStateDoc::ALL.map(TicketStateDoc::as_str);
    page_by_state(&state, caller, (Kind::Ticket, "ticket"), &states, asking).await
}
