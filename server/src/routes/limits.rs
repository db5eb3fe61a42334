//! `/v1/limits`: what the service grants.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::body::JsonText;
use crate::config::LimitDoc;
use crate::refusal::Refusal;
use crate::state::Shared;

/// Every limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitsDoc {
    /// One entry for each.
    pub limits: Vec<LimitDoc>,
}

/// `GET /v1/limits`.
///
/// # Errors
/// None but bugs.
pub async fn get_limits(State(state): State<Shared>) -> Result<JsonText, Refusal> {
    JsonText::ok(&LimitsDoc { limits: state.config.limits() })
}
