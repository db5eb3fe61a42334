//! `/v1/plans`: whole days of routes, searched for in the background.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::planner::Budget;
use paidan_engine::problem::Problem;
use paidan_engine::wire::{examples, read_document};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema};
use utoipa::openapi::{Ref, Type};

use crate::access::Caller;
use crate::body::{JsonBody, JsonText, Piece};
use crate::config::{Config, DEFAULT_PLAN_SECONDS};
use crate::live::{Basis, Tenant};
use crate::plans::{self, Known, Order, PlanStatusDoc};
use crate::refusal::Refusal;
use crate::state::{self, Shared};

/// An order for a plan.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanRequest, examples(json!({"problem": "fleet", "seconds": 2}), own_problem))]
pub struct PlanBody {
    /// The problem, or the text "fleet" for the tickets of the fleet.
    #[schema(schema_with = problem_or_fleet)]
    pub problem: Box<RawValue>,
    /// Seconds to search, 0 to the limit `plan_wait_s`; 10 unless rounds are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub seconds: Option<f64>,
    /// Rounds to search; makes the plan repeatable. The limit `plan_wait_s` ends them, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u64>,
    /// Rounds without gain after which to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_rounds: Option<u64>,
    /// The seed; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(default = 1)]
    pub seed: Option<u64>,
    /// Seconds, 0 to the limit `plan_wait_s`, in which to prove how good the plan is once the search has ended: the
    /// plan then comes with a `bound`, if its problem has at most 128 tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub bound_s: Option<f64>,
}

/// Orders a plan
///
/// The search goes on in the background. Ask for the best plan so far, or listen to its events.
///
/// # Errors
/// Flaws; a full queue.
#[utoipa::path(
    post, path = "/v1/plans", tag = "plans", request_body = PlanBody,
    responses((
        status = 202, description = "The search waits for its turn.", body = PlanStatusDoc,
        headers(("location" = String, description = "Where to ask for the plan."))
    )),
    extensions(("x-refusals" = json!(["write", "searches", "no-fleet"])))
)]
pub async fn start_plan(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    // Even a short order may name a large fleet.
    state.bulk.run(move || start(&own, &caller, &bytes)).await
}

/// Tells the best plan so far
///
/// Of a search that has ended also after a new start of the service, for as long as the limits `plan_age_s` and
/// `plans_kept` say. One that had not ended when the service did is told as stopped, after a crash once `plan_lease_s` is
/// over. What another service on the same store searches for has its plan there until it has ended.
///
/// # Errors
/// An unknown plan.
#[utoipa::path(
    get, path = "/v1/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "The search's id.", example = "1a202cbedcb-1")),
    responses((status = 200, description = "Where the search is.", body = PlanStatusDoc)),
    extensions(("x-refusals" = json!(["read", "path", "unknown-plan"])))
)]
pub async fn get_plan(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let tell = move || JsonText::ok(&own.planner.plan(&caller.tenant, &id)?.status());
    state.quick.run(tell).await
}

/// Stops a search
///
/// Its best plan is kept. One that another service on the same store searches for is stopped there within a third of
/// `plan_lease_s`.
///
/// # Errors
/// An unknown plan.
#[utoipa::path(
    delete, path = "/v1/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "The search's id.", example = "1a202cbedcb-1")),
    responses(
        (status = 200, description = "The search has ended.", body = PlanStatusDoc),
        (status = 202, description = "The search is coming to its end.", body = PlanStatusDoc)
    ),
    extensions(("x-refusals" = json!(["read", "path", "unknown-plan"])))
)]
pub async fn stop_plan(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let stop = move || {
        let plan = own.planner.plan(&caller.tenant, &id)?;
        match &plan {
            Known::Here(job) => {
                job.stop();
                job.keep_unsearched();
            }
            Known::Kept(status) if status.status.is_end() => {}
            // Another service has it.
            Known::Kept(_) => plans::ask_to_stop(&caller.tenant, &id)?,
        }
        let told = plan.status();
        JsonText::of(if told.status.is_end() { StatusCode::OK } else { StatusCode::ACCEPTED }, &told)
    };
    state.quick.run(stop).await
}

fn own_problem() -> serde_json::Value {
    serde_json::json!({"problem": examples::problem(), "rounds": 2000, "seed": 7})
}

fn problem_or_fleet() -> Schema {
    let fleet = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["fleet"]));
    OneOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(fleet)
        .description(Some("The problem, or the text \"fleet\" for the tickets of the fleet."))
        .into()
}

fn start(state: &state::State, caller: &Caller, bytes: &[u8]) -> Result<JsonText, Refusal> {
    let by = caller.by(bytes);
    if let Some(answer) = caller.answered(&by)? {
        return Ok(answer);
    }
    let body: PlanBody = read_document(bytes)?;
    let order = order(&body, &state.config)?;
    let problem = question(state, &caller.tenant, &body.problem)?;
    let ordered = state.planner.queue(&caller.tenant, problem, order, body.bound_s)?;
    let leaving = plans::leaving(&caller.tenant, &state.config)?;
    let place = format!("/v1/plans/{}", ordered.job.id());
    let (job, location) = (Arc::clone(&ordered.job), place.clone());
    let config = state.config.clone();
    let told = caller.tenant.write_here(by, move |entry| {
        plans::begin(entry, &job, &leaving, &config)?;
        Ok(JsonText::of(StatusCode::ACCEPTED, &job.status())?.found_at(location))
    })?;
    // Else the same was asked a moment before, and is searched for already.
    if told.location.as_deref() == Some(&place) {
        ordered.go();
    }
    Ok(told)
}

/// The problem that is asked about, and what of the fleet it was made from if it is the fleet's.
fn question(
    state: &state::State,
    tenant: &Tenant,
    problem: &RawValue,
) -> Result<(Problem, Option<Basis>), Refusal> {
    if problem.get() != "\"fleet\"" {
        return Ok((state.inner_problem(problem)?, None));
    }
    let (draft, basis) = tenant.look(|fleet| Ok((fleet.question(), fleet.basis())))?;
    state.bear(&draft)?;
    Ok((Problem::new(draft)?, Some(basis)))
}

fn order(body: &PlanBody, config: &Config) -> Result<Order, Refusal> {
    let longest = config.plan_wait.as_secs_f64();
    let mut flaws = Vec::new();
    let mut check = |name: &str, seconds: f64| {
        if !(0.0..=longest).contains(&seconds) {
            let found = format!("{seconds} is not between 0 and {longest}");
            flaws.push(Flaw::new(Code::OutOfRange, name, found, "ask for seconds in between"));
        }
    };
    let unless_rounds = if body.rounds.is_some() { longest } else { DEFAULT_PLAN_SECONDS.min(longest) };
    let seconds = body.seconds.unwrap_or(unless_rounds);
    check("seconds", seconds);
    check("bound_s", body.bound_s.unwrap_or(0.0));
    if !flaws.is_empty() {
        return Err(Refusal::Flawed(flaws));
    }
    let budget = Budget { rounds: body.rounds, seconds: Some(seconds), stale_rounds: body.stale_rounds };
    let (seed, threads) = (body.seed.unwrap_or(1), config.plan_threads);
    Ok(Order { seed, budget, threads })
}
