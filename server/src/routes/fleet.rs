//! `/v1/fleet`: roster, promised routes and history that tickets are dispatched against.

use axum::extract::State;
use paidan_engine::wire::read_draft;
use serde::{Deserialize, Serialize};

use crate::body::{JsonBody, JsonText};
use crate::refusal::Refusal;
use crate::state::Shared;

/// The fleet in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetDoc {
    /// The time of the question.
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

/// `PUT /v1/fleet`: puts a problem document in place of the fleet before.
///
/// # Errors
/// The document's flaws.
pub async fn put_fleet(
    State(state): State<Shared>,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let put = move || JsonText::ok(&own.put_fleet(read_draft(&bytes)?)?);
    state.bulk.run(put).await
}

/// `GET /v1/fleet`: the fleet in numbers.
///
/// # Errors
/// There is no fleet.
pub async fn get_fleet(State(state): State<Shared>) -> Result<JsonText, Refusal> {
    let own = state.clone();
    state.quick.run(move || JsonText::ok(&own.store.look(|fleet| Ok(fleet.summary()))?)).await
}
