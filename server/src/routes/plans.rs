//! `/v1/plans`: whole days of routes, searched for in the background.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use paidan_engine::flaw::Code;
use paidan_engine::planner::Budget;
use paidan_engine::problem::Problem;
use paidan_engine::wire::read_document;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::body::{JsonBody, JsonText};
use crate::config::{Config, DEFAULT_PLAN_SECONDS};
use crate::refusal::Refusal;
use crate::state::{self, Shared};

/// An order for a plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// The problem, or the text "fleet" for the tickets of the fleet.
    pub problem: Box<RawValue>,
    /// Seconds to search; 10 unless rounds are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Rounds to search; makes the plan repeatable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u64>,
    /// Rounds without gain after which to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_rounds: Option<u64>,
    /// The seed; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// `POST /v1/plans`: orders a plan; answers 202 and where to ask for it.
///
/// # Errors
/// Flaws; a full queue.
pub async fn start_plan(
    State(state): State<Shared>,
    JsonBody(bytes): JsonBody,
) -> Result<Response, Refusal> {
    let own = state.clone();
    // Even a short order may name a large fleet.
    let (path, answer) = state.bulk.run(move || start(&own, &bytes)).await?;
    Ok(([(header::LOCATION, path)], answer).into_response())
}

/// `GET /v1/plans/{id}`: where a search is, with the best plan so far.
///
/// # Errors
/// An unknown plan.
pub async fn get_plan(State(state): State<Shared>, Path(id): Path<String>) -> Result<JsonText, Refusal> {
    let plan = state.store.plan(&id).ok_or(Refusal::UnknownPlan(id))?;
    state.quick.run(move || JsonText::ok(&plan.status())).await
}

/// `DELETE /v1/plans/{id}`: stops a search and keeps its best plan. Answers 202 while the search is
/// still coming to its end, 200 once it has.
///
/// # Errors
/// An unknown plan.
pub async fn stop_plan(
    State(state): State<Shared>,
    Path(id): Path<String>,
) -> Result<JsonText, Refusal> {
    let plan = state.store.plan(&id).ok_or(Refusal::UnknownPlan(id))?;
    plan.stop();
    let stop = move || {
        let status = if plan.finished().is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
        JsonText::of(status, &plan.status())
    };
    state.quick.run(stop).await
}

fn start(state: &state::State, body: &[u8]) -> Result<(String, JsonText), Refusal> {
    let body: PlanBody = read_document(body)?;
    let budget = budget(&body, &state.config)?;
    let problem = question(state, &body.problem)?;
    let job = state.planner.queue(problem, body.seed.unwrap_or(1), budget)?;
    let answer = JsonText::of(StatusCode::ACCEPTED, &job.status())?;
    let path = format!("/v1/plans/{}", job.id());
    state.store.keep_plan(job);
    Ok((path, answer))
}

fn question(state: &state::State, problem: &RawValue) -> Result<Problem, Refusal> {
    if problem.get() != "\"fleet\"" {
        return Ok(state.inner_problem(problem)?);
    }
    let draft = state.store.look(|fleet| Ok(fleet.question()))?;
    state.bear(&draft)?;
    Ok(Problem::new(draft)?)
}

fn budget(body: &PlanBody, config: &Config) -> Result<Budget, Refusal> {
    let longest = config.plan_wait.as_secs_f64();
    let unless_rounds = if body.rounds.is_some() { longest } else { DEFAULT_PLAN_SECONDS.min(longest) };
    let seconds = body.seconds.unwrap_or(unless_rounds);
    if !(0.0..=longest).contains(&seconds) {
        let found = format!("{seconds} is not between 0 and {longest}");
        return Err(Refusal::flaw(Code::OutOfRange, "seconds", found, "ask for a shorter search"));
    }
    Ok(Budget { rounds: body.rounds, seconds: Some(seconds), stale_rounds: body.stale_rounds })
}
