//! `/v1/fleet`: roster, promised routes and history that tickets are dispatched against.

use axum::extract::State;
use paidan_engine::wire::document::ProblemDoc;
use paidan_engine::wire::read_draft;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Caller;
use crate::body::{JsonBody, JsonText};
use crate::refusal::Refusal;
use crate::state::Shared;

/// The fleet in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Fleet, examples(json!({
    "now": "2026-03-02T07:00:00-05:00", "engineers": 2, "shifts": 2, "shifts_on_duty": 2,
    "tickets_promised": 0, "tickets_open": 1, "visits": 2
})))]
pub struct FleetDoc {
    /// The time of the question, RFC 3339 with offset.
    #[schema(format = DateTime)]
    pub now: String,
    /// Engineers of the roster.
    pub engineers: usize,
    /// Their shifts.
    pub shifts: usize,
    /// Shifts that neither the clock nor an absence has eaten.
    pub shifts_on_duty: usize,
    /// Tickets that stand in a promised route.
    pub tickets_promised: usize,
    /// Tickets that do not.
    pub tickets_open: usize,
    /// Visits known.
    pub visits: usize,
}

/// Puts a fleet in place of the one before
///
/// The fleet is a problem document: roster, promised routes, open tickets, history and policy. Tickets are
/// dispatched against it. It takes the place of all engineers, tickets, promises and visits that were there; decisions and
/// events stay. A flawed one leaves the one before in place.
///
/// # Errors
/// The document's flaws.
#[utoipa::path(
    put, path = "/v1/fleet", tag = "fleet", request_body = ProblemDoc,
    responses((status = 200, description = "The new fleet in numbers.", body = FleetDoc)),
    extensions(("x-refusals" = json!(["write"])))
)]
pub async fn put_fleet(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let put = move || own.put_fleet(&caller.tenant, caller.by(&bytes), read_draft(&bytes)?);
    state.bulk.run(put).await
}

/// Tells the fleet in numbers
///
/// # Errors
/// There is no fleet.
#[utoipa::path(
    get, path = "/v1/fleet", tag = "fleet",
    responses((status = 200, description = "The fleet in numbers.", body = FleetDoc)),
    extensions(("x-refusals" = json!(["read", "no-fleet"])))
)]
pub async fn get_fleet(State(state): State<Shared>, caller: Caller) -> Result<JsonText, Refusal> {
    let tell = move || JsonText::ok(&caller.tenant.look(|fleet| Ok(fleet.summary()))?);
    state.quick.run(tell).await
}
