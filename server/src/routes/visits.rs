//! `/v1/visits`: what happened. It changes the next decision.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::visit::VisitDraft;
use paidan_engine::wire::document::VisitDoc;
use paidan_engine::wire::{read_visit, visit_doc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::{Asking, PageDoc, one, page};
use crate::access::Caller;
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{Entry, is_same, visit_id};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;

/// A visit learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitRecorded, examples(json!({"ticket": "T7", "visits": 3})))]
pub struct VisitRecordedDoc {
    /// The ticket it was for.
    pub ticket: String,
    /// Visits known by now.
    pub visits: usize,
}

/// Learns what happened at a visit
///
/// It changes the next decision: repeats, binding, and the chances of a first-time fix.
///
/// # Errors
/// The visit's flaws; it was recorded before; no fleet.
#[utoipa::path(
    post, path = "/v1/visits", tag = "fleet", request_body = VisitDoc,
    responses((status = 201, description = "The visit is known.", body = VisitRecordedDoc)),
    extensions(("x-refusals" = json!(["write", "no-fleet", "visit-exists"])))
)]
pub async fn record_visit(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let visit = state.quick.run(move || Ok(read_visit(&bytes)?)).await?;
    caller.tenant.write(by, |entry| record(entry, visit)).await
}

fn record(entry: &mut Entry<'_>, visit: VisitDraft) -> Result<JsonText, Refusal> {
    let offset_s = entry.fleet()?.offset_s();
    let (doc, end) = (visit_doc(&visit, offset_s), visit.end);
    learn(entry, visit, &doc)?;
    entry.follow_up_rating(&doc, end)?;
    let visits = entry.fleet()?.visits();
    JsonText::of(StatusCode::CREATED, &VisitRecordedDoc { ticket: doc.ticket, visits })
}

/// Tells a visit
///
/// # Errors
/// An unknown visit.
#[utoipa::path(
    get, path = "/v1/visits/{id}", tag = "fleet",
    params(("id" = String, Path, description = "The visit's id, as its ticket names it.", example = "000000000009-0000000")),
    responses((
        status = 200, description = "The visit.", body = VisitDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_visit(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    one(&state, caller, (Kind::Visit, "visit"), id).await
}

/// Lists visits
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/visits", tag = "fleet",
    params(
        ("ticket" = Option<String>, Query, description = "Only those for this ticket."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order in which they were learnt.", body = PageDoc<VisitDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_visits(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&["ticket"])?;
    let ticket = asking.word("ticket")?.map(str::to_owned);
    page(&state, caller, Kind::Visit, ticket.as_deref(), asking).await
}

/// Has the fleet learn a visit, puts it, and tells so. Returns its id.
///
/// # Errors
/// Its flaws; it was recorded before, and would count twice; no fleet; the store's trouble.
pub fn learn(entry: &mut Entry<'_>, visit: VisitDraft, doc: &VisitDoc) -> Result<String, Refusal> {
    for known in entry.records_of(Kind::Visit, &doc.ticket)? {
        if is_same(&visit, &read_visit(known.body.as_bytes())?) {
            return Err(Refusal::VisitExists(known.id));
        }
    }
    entry.fleet()?.record_visit(visit)?;
    let id = visit_id(entry.version(), 0);
    entry.put(Kind::Visit, (&id, &doc.ticket), doc)?;
    entry.tell("visit.recorded", &doc.ticket, doc)?;
    Ok(id)
}

/// Puts a visit that was rated, and tells so.
///
/// # Errors
/// As [`Entry::put`].
pub fn change_visit(entry: &mut Entry<'_>, id: &str, visit: &VisitDoc) -> Result<(), Refusal> {
    entry.put(Kind::Visit, (id, &visit.ticket), visit)?;
    entry.tell("visit.rated", &visit.ticket, visit)
}
