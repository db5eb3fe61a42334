//! `/v1/visits`: what happened. It changes the next decision.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::wire::document::VisitDoc;
use paidan_engine::wire::read_visit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{JsonBody, JsonText};
use crate::refusal::Refusal;
use crate::state::Shared;

/// A visit learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitRecorded, examples(json!({"ticket": "T8", "visits": 3})))]
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
/// The visit's flaws; no fleet.
#[utoipa::path(
    post, path = "/v1/visits", tag = "fleet", request_body = VisitDoc,
    responses((status = 201, description = "The visit is known.", body = VisitRecordedDoc)),
    extensions(("x-refusals" = json!(["body", "queue", "no-fleet"])))
)]
pub async fn record_visit(
    State(state): State<Shared>,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let record = move || {
        let visit = read_visit(&bytes)?;
        let ticket = visit.ticket.clone();
        let visits = own.store.change(|fleet| {
            fleet.record_visit(visit)?;
            Ok(fleet.visits())
        })?;
        JsonText::of(StatusCode::CREATED, &VisitRecordedDoc { ticket, visits })
    };
    state.quick.run(record).await
}
