//! `/v1/engineers`: the roster, one by one.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::wire::document::EngineerDoc;
use paidan_engine::wire::{engineer_doc, read_document, read_engineer};
use serde_json::json;

use super::pages::{Asking, PageDoc, one, page};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{Entry, too_many};
use crate::patch::PatchDoc;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;

/// Takes an engineer into the roster, or changes one
///
/// Shifts, skills, home, absences, position: the whole of it, as in a problem document. What is promised to them must
/// still be possible; with `release=true`, tickets that are not possible any more are taken back and open again, from the
/// end of each route on.
///
/// # Errors
/// Flaws, promises that could not be kept among them; another version than the caller knows.
#[utoipa::path(
    put, path = "/v1/engineers/{id}", tag = "fleet", request_body = EngineerDoc,
    params(
        ("id" = String, Path, description = "The engineer's id.", example = "ana"),
        ("release" = Option<bool>, Query, description = "Whether to take back what they can no longer do; false unless said otherwise."),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows."),
        ("if-none-match" = Option<String>, Header, description = "`*` if there must be none yet.")
    ),
    responses(
        (status = 200, description = "The engineer as they are now.", body = EngineerDoc, headers(("etag" = String, description = "Their version."))),
        (status = 201, description = "The engineer is in the roster.", body = EngineerDoc, headers(("etag" = String, description = "Their version.")))
    ),
    extensions(("x-refusals" = json!(["write", "path", "no-fleet", "changed"])))
)]
pub async fn put_engineer(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    asking: Asking,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let release = asking.flag("release")?;
    asking.only(&["release"])?;
    let draft = state.quick.run(move || Ok(read_engineer(&bytes)?)).await?;
    Refusal::unless_same("engineer", "id", (&draft.id, &id))?;
    let most = state.config.engineers;
    let put = move |entry: &mut Entry<'_>| {
        let record = entry.record(Kind::Engineer, &draft.id)?;
        expected.check(record.as_ref())?;
        let fleet = entry.fleet()?;
        if record.is_none() && fleet.sizes()[0] >= most {
            return Err(Refusal::Flawed(vec![too_many(most)]));
        }
        set(entry, &draft, record.is_some(), release)
    };
    caller.tenant.write(by, put).await
}

/// Changes an engineer in parts
///
/// A merge patch (RFC 7396) on the engineer as `GET` tells it: what is named is set, lists are replaced whole, `null`
/// takes a key out. Then as `PUT`.
///
/// # Errors
/// As `PUT`; an unknown engineer.
#[utoipa::path(
    patch, path = "/v1/engineers/{id}", tag = "fleet",
    request_body(content((PatchDoc = "application/merge-patch+json"), (PatchDoc = "application/json"))),
    params(
        ("id" = String, Path, description = "The engineer's id.", example = "ana"),
        ("release" = Option<bool>, Query, description = "Whether to take back what they can no longer do; false unless said otherwise."),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")
    ),
    responses((
        status = 200, description = "The engineer as they are now.", body = EngineerDoc,
        headers(("etag" = String, description = "Their version."))
    )),
    extensions(("x-refusals" = json!(["write", "path", "no-fleet", "unknown-record", "changed"])))
)]
pub async fn patch_engineer(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    asking: Asking,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let release = asking.flag("release")?;
    asking.only(&["release"])?;
    let patch: PatchDoc = state.quick.run(move || Ok(read_document(&bytes)?)).await?;
    let change = move |entry: &mut Entry<'_>| {
        let record = expected.find(entry, (Kind::Engineer, "engineer"), &id)?;
        let mut known: EngineerDoc = record.document()?;
        let is_moved = patch.names("position") || patch.names("position_at");
        if is_moved && !patch.names("position_at") {
            // When they were where they are not any more says nothing.
            known.position_at = None;
        }
        let mut draft = read_engineer(&patch.on(&known)?)?;
        if let Some(now) = entry.fleet()?.engineer(&id).filter(|_| !is_moved) {
            (draft.position, draft.position_at) = (now.position, now.position_at);
        }
        Refusal::unless_same("engineer", "id", (&draft.id, &id))?;
        set(entry, &draft, true, release)
    };
    caller.tenant.write(by, change).await
}

/// Takes an engineer into the roster, or in place of the one of that id, and tells them.
fn set(
    entry: &mut Entry<'_>,
    draft: &EngineerDraft,
    is_known: bool,
    release: bool,
) -> Result<JsonText, Refusal> {
    let fleet = entry.fleet()?;
    // Nobody was seen in the future.
    let seen = |_| draft.position_at.map_or(fleet.now(), |at| at.min(fleet.now()));
    let draft = EngineerDraft { position_at: draft.position.map(seen), ..draft.clone() };
    let doc = engineer_doc(&draft, fleet.offset_s());
    let (after, released) = fleet.with_engineer(&draft.id, Some(draft.clone()), release)?;
    let status = if is_known { StatusCode::OK } else { StatusCode::CREATED };
    entry.exchange(after, &released)?;
    if let (Some(place), Some(at)) = (draft.position, draft.position_at) {
        entry.put_position(&draft.id, place, at)?;
    }
    entry.put_engineer(&doc, is_known, &released)?;
    Ok(JsonText::of(status, &doc)?.at_version(entry.version()))
}

/// Takes an engineer off the roster
///
/// With `release=true`, what is promised to them is taken back and open again; else there must be nothing.
///
/// # Errors
/// An unknown engineer; promises that could not be kept; another version than the caller knows.
#[utoipa::path(
    delete, path = "/v1/engineers/{id}", tag = "fleet",
    params(
        ("id" = String, Path, description = "The engineer's id.", example = "ana"),
        ("release" = Option<bool>, Query, description = "Whether to take back what is promised to them; false unless said otherwise."),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")
    ),
    responses((status = 200, description = "The engineer as they were.", body = EngineerDoc)),
    extensions(("x-refusals" = json!(["write", "path", "no-fleet", "unknown-record", "changed"])))
)]
pub async fn remove_engineer(
    caller: Caller,
    expected: Expected,
    asking: Asking,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&[]);
    let release = asking.flag("release")?;
    asking.only(&["release"])?;
    let remove = move |entry: &mut Entry<'_>| {
        let record = expected.find(entry, (Kind::Engineer, "engineer"), &id)?;
        let (after, released) = entry.fleet()?.with_engineer(&id, None, release)?;
        entry.exchange(after, &released)?;
        entry.remove(Kind::Engineer, &id);
        entry.tell("engineer.removed", &id, &json!({"released": released}))?;
        JsonText::ok(&record.document::<EngineerDoc>()?)
    };
    caller.tenant.write(by, remove).await
}

/// Tells an engineer
///
/// # Errors
/// An unknown engineer.
#[utoipa::path(
    get, path = "/v1/engineers/{id}", tag = "fleet",
    params(("id" = String, Path, description = "The engineer's id.", example = "ana")),
    responses((
        status = 200, description = "The engineer.", body = EngineerDoc,
        headers(("etag" = String, description = "Their version."))
    )),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_engineer(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    one(&state, caller, (Kind::Engineer, "engineer"), id).await
}

/// Lists the roster
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/engineers", tag = "fleet",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of their ids.", body = PageDoc<EngineerDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_engineers(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&[])?;
    page(&state, caller, Kind::Engineer, None, asking).await
}
