//! `/v1/routes`: what is promised to each engineer.

use axum::extract::{Path, State};
use paidan_engine::wire::document::RouteDoc;

use super::pages::{Asking, PageDoc, one, page};
use crate::access::Caller;
use crate::body::JsonText;
use crate::live::route_id;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;

/// Tells what is promised to an engineer in a shift
///
/// Its entity tag changes whenever a stop does: sent as `if-match` with a commit, nothing is promised to them that
/// others have not seen.
///
/// # Errors
/// Nothing is promised there.
#[utoipa::path(
    get, path = "/v1/routes/{engineer}/{shift}", tag = "fleet",
    params(
        ("engineer" = String, Path, description = "The engineer's id.", example = "ana"),
        ("shift" = u32, Path, description = "Which of their shifts, counted from 0.", example = 0)
    ),
    responses((
        status = 200, description = "The route.", body = RouteDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_route(
    State(state): State<Shared>,
    caller: Caller,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
) -> Result<JsonText, Refusal> {
    let Path((engineer, shift)) = path.map_err(|_| Refusal::BrokenPath)?;
    // To an engineer, only their own route is known.
    if caller.engineer.as_ref().is_some_and(|own| *own != engineer) {
        return Err(Refusal::UnknownRecord("route", route_id(&engineer, 0)));
    }
    // What is no number is no shift.
    let Ok(shift) = shift.parse() else {
        return Err(Refusal::UnknownRecord("route", format!("{engineer}/{shift}")));
    };
    let id = route_id(&engineer, shift);
    one(&state, caller, (Kind::Route, "route"), id).await
}

/// Lists what is promised
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/routes", tag = "fleet",
    params(
        ("engineer" = Option<String>, Query, description = "Only those of this engineer."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of their ids.", body = PageDoc<RouteDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_routes(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&["engineer"])?;
    let engineer = asking.word("engineer")?.map(str::to_owned);
    page(&state, caller, Kind::Route, engineer.as_deref(), asking).await
}
