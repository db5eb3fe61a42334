//! `/v1/follow-ups`: calls to customers afterwards.

use axum::extract::State;
use paidan_engine::flaw::Code;
use paidan_engine::wire::read_document;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::{Asking, PageDoc, one, page_by_state};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{CallDoc, Entry, FollowUpDoc, FollowUpStateDoc};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;

/// Letters of a note, at most.
const NOTE: usize = 2000;

/// What came of a call.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CallMade, examples(json!({"note": "all is well"})))]
pub struct CallMadeBody {
    /// What is to be remembered of it; at most 2,000 letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Tells that a customer was called
///
/// # Errors
/// An unknown call, or one that was made; another version than the caller knows.
#[utoipa::path(
    post, path = "/v1/follow-ups/{id}/done", tag = "tickets", request_body = CallMadeBody,
    params(
        ("id" = String, Path, description = "The call's id.", example = "000000000031-r0"),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")
    ),
    responses((
        status = 200, description = "The call as it is now.", body = FollowUpDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["write", "path", "no-fleet", "unknown-record", "changed"])))
)]
pub async fn call_made(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let body: CallMadeBody = state.quick.run(move || Ok(read_document(&bytes)?)).await?;
    if body.note.as_ref().is_some_and(|note| note.chars().count() > NOTE) {
        let found = format!("the note has more than {NOTE} letters");
        return Err(Refusal::flaw(Code::TooLarge, "note", found, "shorten it"));
    }
    let made = move |entry: &mut Entry<'_>| {
        let record = expected.find(entry, (Kind::FollowUp, "follow-up"), &id)?;
        let known: FollowUpDoc = record.document()?;
        if known.state == FollowUpStateDoc::Done {
            // Whoever says it twice has said it.
            return Ok(JsonText::ok(&known)?.at_version(record.version));
        }
        let (at, by) = (entry.fleet()?.now_text(), entry.actor().to_owned());
        let call = Some(CallDoc { at, by, note: body.note });
        let done = FollowUpDoc { state: FollowUpStateDoc::Done, call, ..known };
        entry.put_follow_up(&done)?;
        entry.tell("follow_up.done", &id, &done)?;
        Ok(JsonText::ok(&done)?.at_version(entry.version()))
    };
    caller.tenant.write(by, made).await
}

/// Tells a call
///
/// # Errors
/// An unknown call.
#[utoipa::path(
    get, path = "/v1/follow-ups/{id}", tag = "tickets",
    params(("id" = String, Path, description = "The call's id.", example = "000000000031-r0")),
    responses((
        status = 200, description = "The call.", body = FollowUpDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_follow_up(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    one(&state, caller, (Kind::FollowUp, "follow-up"), id).await
}

/// Lists calls to customers
///
/// # Errors
/// An unknown state; a page that is too long.
#[utoipa::path(
    get, path = "/v1/follow-ups", tag = "tickets",
    params(
        ("state" = Option<FollowUpStateDoc>, Query, description = "Only those in this state."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of their ids.", body = PageDoc<FollowUpDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_follow_ups(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    let states = FollowUpStateDoc::ALL.map(FollowUpStateDoc::as_str);
    page_by_state(&state, caller, (Kind::FollowUp, "call"), &states, asking).await
}
