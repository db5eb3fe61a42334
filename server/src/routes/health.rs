//! `/healthz`: solves a tiny problem, so that "ok" means that the service can do its work.

use axum::extract::State;
use paidan_engine::dispatch::Ask;
use paidan_engine::ids::Index;
use paidan_engine::ids::TicketIx;
use paidan_engine::wire::read_draft;
use serde::{Deserialize, Serialize};

use crate::body::JsonText;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Fleet;

const TINY: &[u8] = include_bytes!("../../../fixtures/tiny/base.json");

/// A sign of life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthDoc {
    /// "ok".
    pub status: String,
    /// The version.
    pub version: String,
    /// Whether there is a fleet to dispatch against.
    pub fleet: bool,
}

/// `GET /healthz`.
///
/// # Errors
/// The tiny problem is not solved: a bug. The threads are busy beyond their queue.
pub async fn check_health(State(state): State<Shared>) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let solve = move || {
        let fleet = Fleet::new(read_draft(TINY)?)?;
        let decision = fleet.desk().dispatch_known(TicketIx::nth(0), Ask::default());
        if decision.is_ok_and(|decision| decision.chosen.is_some()) {
            let fleet = own.store.look(|_| Ok(())).is_ok();
            let version = env!("CARGO_PKG_VERSION").to_owned();
            JsonText::ok(&HealthDoc { status: "ok".to_owned(), version, fleet })
        } else {
            tracing::error!("the tiny problem is not solved");
            Err(Refusal::Bug)
        }
    };
    state.quick.run(solve).await
}
