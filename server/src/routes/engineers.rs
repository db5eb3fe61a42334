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
use crate::live::{By, Entry, Exchange, Fleet, too_many};
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
    extensions(("x-refusals" = json!(["long-write", "path", "no-fleet", "changed"])))
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
    let most = state.config.engineers;
    let put = move || {
        let draft = read_engineer(&bytes)?;
        Refusal::unless_same("engineer", "id", (&draft.id, &id))?;
        let make = move |fleet: &Fleet| {
            if fleet.engineer(&draft.id).is_none() && fleet.sizes()[0] >= most {
                return Err(Refusal::Flawed(vec![too_many(most)]));
            }
            changed(fleet, draft.clone(), release)
        };
        let check = move |entry: &mut Entry<'_>| {
            let record = entry.record(Kind::Engineer, &id)?;
            expected.check(record.as_ref())
        };
        set(&caller, &by, make, check)
    };
    state.bulk.run(put).await
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
    extensions(("x-refusals" = json!(["long-write", "path", "no-fleet", "unknown-record", "changed"])))
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
    let put = move || {
        let patch: PatchDoc = read_document(&bytes)?;
        let (own, unknown) = (id.clone(), id.clone());
        let make = move |fleet: &Fleet| {
            let known = fleet.engineer(&own);
            let known = known.ok_or_else(|| Refusal::UnknownRecord("engineer", own.clone()))?;
            let mut known = engineer_doc(known, fleet.offset_s());
            if patch.names("position") && !patch.names("position_at") {
                // When they were where they are not any more says nothing.
                known.position_at = None;
            }
            let draft = read_engineer(&patch.on(&known)?)?;
            Refusal::unless_same("engineer", "id", (&draft.id, &own))?;
            changed(fleet, draft, release)
        };
        let check = move |entry: &mut Entry<'_>| {
            expected.find(entry, (Kind::Engineer, "engineer"), &unknown).map(drop)
        };
        set(&caller, &by, make, check)
    };
    state.bulk.run(put).await
}

/// An engineer as they are to be, in a fleet that has them so.
struct Changed {
    exchange: Exchange,
    draft: EngineerDraft,
    is_known: bool,
}

/// Takes an engineer into the roster, or in place of the one of that id.
///
/// # Errors
/// As [`Fleet::with_engineer`].
fn changed(fleet: &Fleet, draft: EngineerDraft, release: bool) -> Result<Changed, Refusal> {
    // Nobody was seen in the future.
    let seen = |_| draft.position_at.map_or(fleet.now(), |at| at.min(fleet.now()));
    let draft = EngineerDraft { position_at: draft.position.map(seen), ..draft };
    let is_known = fleet.engineer(&draft.id).is_some();
    let (after, released) = fleet.with_engineer(&draft.id, Some(draft.clone()), release)?;
    Ok(Changed { exchange: Exchange::new(&fleet.promised(), after, released), draft, is_known })
}

/// Puts what `make` makes of the fleet, and tells the engineer. What the caller counts on is checked first, whatever is
/// wrong with what they want.
fn set(
    caller: &Caller,
    by: &By,
    make: impl Fn(&Fleet) -> Result<Changed, Refusal> + Send + Sync + 'static,
    check: impl Fn(&mut Entry<'_>) -> Result<(), Refusal> + Send + Sync + 'static,
) -> Result<JsonText, Refusal> {
    let put = move |entry: &mut Entry<'_>, made: Result<Changed, Refusal>| {
        check(entry)?;
        let Changed { exchange, draft, is_known } = made?;
        let doc = engineer_doc(&draft, entry.fleet()?.offset_s());
        let status = if is_known { StatusCode::OK } else { StatusCode::CREATED };
        let released = entry.exchange(exchange)?;
        if let (Some(place), Some(at)) = (draft.position, draft.position_at) {
            entry.put_position(&draft.id, place, at)?;
        }
        entry.put_engineer(&doc, is_known, &released)?;
        Ok(JsonText::of(status, &doc)?.at_version(entry.version()))
    };
    caller.tenant.write_made(by, make, put)
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
    extensions(("x-refusals" = json!(["long-write", "path", "no-fleet", "unknown-record", "changed"])))
)]
pub async fn remove_engineer(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    asking: Asking,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&[]);
    let release = asking.flag("release")?;
    asking.only(&["release"])?;
    let remove = move || {
        let own = id.clone();
        let make = move |fleet: &Fleet| {
            if fleet.engineer(&own).is_none() {
                return Err(Refusal::UnknownRecord("engineer", own.clone()));
            }
            let (after, released) = fleet.with_engineer(&own, None, release)?;
            Ok(Exchange::new(&fleet.promised(), after, released))
        };
        let put = move |entry: &mut Entry<'_>, made: Result<Exchange, Refusal>| {
            let record = expected.find(entry, (Kind::Engineer, "engineer"), &id)?;
            let released = entry.exchange(made?)?;
            entry.remove(Kind::Engineer, &id);
            entry.tell("engineer.removed", &id, &json!({"released": released}))?;
            JsonText::ok(&record.document::<EngineerDoc>()?)
        };
        caller.tenant.write_made(&by, make, put)
    };
    state.bulk.run(remove).await
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
