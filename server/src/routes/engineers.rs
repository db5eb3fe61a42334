//! `/v1/engineers`: the roster, one by one.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::flaw::Code;
use paidan_engine::wire::document::EngineerDoc;
use paidan_engine::wire::{engineer_doc, read_engineer};
use serde_json::json;

use super::pages::{Asking, PageDoc, one, page};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{Entry, Fleet};
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
            let found = format!("there are {most} engineers already, this service's limit");
            return Err(Refusal::flaw(Code::TooLarge, "engineers", found, "split the fleet"));
        }
        let mut draft = draft;
        draft.position_at = draft.position_at.or(draft.position.map(|_| fleet.now()));
        let doc = engineer_doc(&draft, fleet.offset_s());
        let (after, released) = fleet.with_engineer(&draft.id, Some(draft.clone()), release)?;
        let (status, event) = match record {
            Some(_) => (StatusCode::OK, "engineer.changed"),
            None => (StatusCode::CREATED, "engineer.added"),
        };
        exchange(entry, after, &released)?;
        entry.put(Kind::Engineer, (&doc.id, ""), &doc)?;
        entry.tell(event, &doc.id, &json!({"released": released}))?;
        Ok(JsonText::of(status, &doc)?.at_version(entry.version()))
    };
    caller.tenant.write(by, put).await
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
        let record = entry.record(Kind::Engineer, &id)?;
        expected.check(record.as_ref())?;
        let record = record.ok_or_else(|| Refusal::UnknownRecord("engineer", id.clone()))?;
        let (after, released) = entry.fleet()?.with_engineer(&id, None, release)?;
        exchange(entry, after, &released)?;
        entry.remove(Kind::Engineer, &id);
        entry.tell("engineer.removed", &id, &json!({"released": released}))?;
        JsonText::ok(&record.document::<EngineerDoc>()?)
    };
    caller.tenant.write(by, remove).await
}

/// Puts a fleet in place of the one before, of which it has all tickets, and writes down what was taken back.
///
/// # Errors
/// There is no fleet; the store's trouble.
pub fn exchange(entry: &mut Entry<'_>, after: Fleet, released: &[String]) -> Result<(), Refusal> {
    let fleet = entry.fleet()?;
    let before = fleet.promised();
    let at = fleet.now_text();
    let now = after.promised();
    *fleet = after;
    for id in released {
        let record = entry.ticket(id)?.ok_or(Refusal::Bug)?;
        entry.put_open(record, at.clone())?;
    }
    for id in before.keys().filter(|id| !now.contains_key(*id)) {
        entry.remove(Kind::Route, id);
    }
    for (id, route) in now.iter().filter(|(id, route)| before.get(*id) != Some(route)) {
        entry.put_route_of(id, route)?;
    }
    Ok(())
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
