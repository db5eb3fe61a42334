//! `/v1/limits`: what the service grants.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::JsonText;
use crate::config::LimitDoc;
use crate::refusal::Refusal;
use crate::state::Shared;

/// Every limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Limits, examples(json!({"limits": [
    {"name": "plan_queue", "value": 16, "unit": "searches", "says": "that may wait; then 429"}
]})))]
pub struct LimitsDoc {
    /// One entry for each.
    pub limits: Vec<LimitDoc>,
}

/// Every limit of the service
///
/// By name, with its value, its unit and what it limits.
///
/// # Errors
/// None but bugs.
#[utoipa::path(
    get, path = "/v1/limits", tag = "service",
    responses((status = 200, description = "The limits in force.", body = LimitsDoc)),
    extensions(("x-refusals" = json!([])))
)]
pub async fn get_limits(State(state): State<Shared>) -> Result<JsonText, Refusal> {
    JsonText::ok(&LimitsDoc { limits: state.config.limits() })
}
