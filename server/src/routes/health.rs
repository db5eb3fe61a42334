//! `/healthz` solves a tiny problem, so that "ok" means that the service can do its work; `/readyz` says
//! whether it should be given any.

use axum::extract::State;
use paidan_engine::dispatch::Ask;
use paidan_engine::ids::Index;
use paidan_engine::ids::TicketIx;
use paidan_engine::wire::read_draft;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::JsonText;
use crate::live::Fleet;
use crate::refusal::Refusal;
use crate::state::Shared;

const TINY: &[u8] = include_bytes!("../../../fixtures/tiny/base.json");

/// A sign of life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Health, examples(json!({"status": "ok", "version": "0.1.0", "fleet": true})))]
pub struct HealthDoc {
    /// "ok".
    pub status: String,
    /// The version.
    pub version: String,
    /// Whether there is a fleet to dispatch against.
    pub fleet: bool,
}

/// A sign of life
///
/// Solves a tiny problem with the threads that answer dispatches.
///
/// # Errors
/// The tiny problem is not solved: a bug. The threads are busy beyond their queue.
#[utoipa::path(
    get, path = "/healthz", tag = "service",
    responses((status = 200, description = "The service can do its work.", body = HealthDoc)),
    extensions(("x-refusals" = json!(["queue"])))
)]
pub async fn check_health(State(state): State<Shared>) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let solve = move || {
        let fleet = Fleet::new(read_draft(TINY)?)?;
        let decision = fleet.desk().dispatch_known(TicketIx::nth(0), Ask::default());
        if decision.is_ok_and(|decision| decision.chosen.is_some()) {
            let fleet = own.live.sizes() != [0; 3];
            let version = env!("CARGO_PKG_VERSION").to_owned();
            JsonText::ok(&HealthDoc { status: "ok".to_owned(), version, fleet })
        } else {
            tracing::error!("the tiny problem is not solved");
            Err(Refusal::Bug)
        }
    };
    state.quick.run(solve).await
}

/// Whether the service should be given work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Readiness, examples(json!({"status": "ready"})))]
pub struct ReadyDoc {
    /// "ready".
    pub status: String,
}

/// Whether to send requests here
///
/// Not before the fleet that `paidan serve --fleet` names has been read, and not while the service stops.
///
/// # Errors
/// The service is not ready.
#[utoipa::path(
    get, path = "/readyz", tag = "service",
    responses((status = 200, description = "The service is ready.", body = ReadyDoc)),
    extensions(("x-refusals" = json!(["not-ready"])))
)]
pub async fn check_readiness(State(state): State<Shared>) -> Result<JsonText, Refusal> {
    match state.trouble() {
        Some(why) => Err(Refusal::NotReady(why)),
        None => JsonText::ok(&ReadyDoc { status: "ready".to_owned() }),
    }
}
