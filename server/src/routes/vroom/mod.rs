//! `/vroom`: VROOM's JSON in, VROOM's JSON out, with the codes and statuses of its HTTP wrapper.

mod refusal;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use paidan_engine::check::check;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::planner::{Budget, Watch};
use paidan_engine::problem::{Problem, TravelSpec};
use paidan_engine::wire::vroom;
use paidan_engine::wire::vroom::answer::{ComputingTimesDoc, SolutionDoc};

pub use self::refusal::VroomRefusal;
use crate::access;
use crate::body::JsonBody;
use crate::plans::{Order, search};
use crate::refusal::Refusal;
use crate::state::{self, Shared};

/// Plans a question of VROOM's
///
/// Or checks the routes that it gives. Answers when the search has ended; a caller who hangs up ends it.
/// Questions, solutions and refusals are those of VROOM's own HTTP wrapper.
///
/// # Errors
/// Flaws; a full queue; each in the words of VROOM's wrapper.
#[utoipa::path(
    post, path = "/vroom", tag = "vroom",
    request_body(
        content = Object, description = "A question in VROOM's format.", example = vroom_question
    ),
    responses(
        (status = 200, description = "A solution in VROOM's format.", body = Object),
        VroomRefusal
    ),
    extensions(("x-refusals" = json!([])))
)]
pub async fn solve_vroom(
    State(state): State<Shared>,
    asking: Result<access::Caller, Refusal>,
    body: Result<JsonBody, Refusal>,
) -> Result<Response, VroomRefusal> {
    asking?;
    let JsonBody(bytes) = body?;
    let own = state.clone();
    let caller = Caller::default();
    let left = Arc::clone(&caller.0);
    let solution = state.vroom.run(move || answer(&own, &bytes, &left)).await?;
    let body = serde_json::to_vec(&solution).map_err(|_| Refusal::Bug)?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((StatusCode::OK, kind, Body::from(body)).into_response())
}

/// The same where openrouteservice's clients ask
///
/// Given `/vroom` as their address, they ask for this path below it.
///
/// # Errors
/// As [`solve_vroom`].
#[utoipa::path(
    post, path = "/vroom/optimization", tag = "vroom",
    request_body(
        content = Object, description = "A question in VROOM's format.", example = vroom_question
    ),
    responses(
        (status = 200, description = "A solution in VROOM's format.", body = Object),
        VroomRefusal
    ),
    extensions(("x-refusals" = json!([])))
)]
pub async fn solve_optimization(
    state: State<Shared>,
    asking: Result<access::Caller, Refusal>,
    body: Result<JsonBody, Refusal>,
) -> Result<Response, VroomRefusal> {
    solve_vroom(state, asking, body).await
}

fn vroom_question() -> serde_json::Value {
    serde_json::json!({
        "vehicles": [{"id": 1, "start": [13.40, 52.50], "end": [13.40, 52.50]}],
        "jobs": [{"id": 1, "location": [13.41, 52.51], "service": 300}]
    })
}

/// Says when the caller is gone: its request is dropped then, and this with it.
#[derive(Default)]
struct Caller(Arc<AtomicBool>);

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Watches the clock, and whether anybody still waits.
struct Waiting<'w> {
    start: Instant,
    left: &'w AtomicBool,
    state: &'w state::State,
}

impl Watch for Waiting<'_> {
    fn elapsed_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    fn cancelled(&self) -> bool {
        self.left.load(Ordering::Relaxed) || self.state.planner.is_stopping()
    }
}

/// The answer to one question. Blocks.
fn answer(state: &state::State, body: &[u8], left: &AtomicBool) -> Result<SolutionDoc, Refusal> {
    let start = Instant::now();
    let (problem, key) = vroom::read(body, TravelSpec::default())?;
    bear(state, &problem)?;
    let loaded = Instant::now();
    let options = key.options();
    let mut solution = if options.c {
        key.check_given(&problem)?
    } else {
        let budget = budget(&problem, &options, state.config.plan_wait.as_secs_f64())?;
        let watch = Waiting { start: Instant::now(), left, state };
        let order = Order { seed: 1, budget, threads: state.config.plan_threads };
        let plan = search(&problem, order, &watch);
        let breaches = check(&problem, problem.visits(), &plan);
        for breach in &breaches {
            tracing::error!(%breach, "the checker disagrees with the planner");
        }
        if !breaches.is_empty() {
            return Err(Refusal::Bug);
        }
        key.answer(&problem, &plan)
    };
    solution.summary.computing_times = Some(ComputingTimesDoc {
        loading: loaded.duration_since(start).as_millis() as u64,
        solving: loaded.elapsed().as_millis() as u64,
        routing: 0,
    });
    Ok(solution)
}

/// Refuses questions that are larger than the service takes.
fn bear(state: &state::State, problem: &Problem) -> Result<(), Refusal> {
    let most = [
        ("jobs", problem.tickets().len(), state.config.tickets),
        ("vehicles", problem.engineers().len(), state.config.engineers),
    ];
    let flaws: Vec<Flaw> = most
        .into_iter()
        .filter(|(_, count, limit)| count > limit)
        .map(|(name, count, limit)| {
            let found = format!("{count} {name} are more than this service's limit of {limit}");
            Flaw::new(Code::TooLarge, name, found, "split the question, by region or by day")
        })
        .collect();
    if flaws.is_empty() { Ok(()) } else { Err(Refusal::Flawed(flaws)) }
}

/// How long to search: so many seconds, or until nothing better turns up, the longer the deeper the
/// exploration level and the more there is to do.
fn budget(
    problem: &Problem,
    options: &vroom::document::OptionsDoc,
    longest: f64,
) -> Result<Budget, Refusal> {
    if let Some(seconds) = options.l {
        if !(0.0..=longest).contains(&seconds) {
            let found = format!("{seconds} is not between 0 and {longest}");
            return Err(Refusal::flaw(Code::OutOfRange, "options.l", found, "ask for a shorter search"));
        }
        return Ok(Budget { seconds: Some(seconds), ..Budget::default() });
    }
    let level = u64::from(options.x.unwrap_or(DEEPEST).min(DEEPEST)) + 1;
    let stale_rounds = Some(level * ROUNDS_FOR_EACH * (problem.tickets().len() as u64 + 20));
    Ok(Budget { rounds: None, seconds: Some(longest.min(LONGEST_S)), stale_rounds })
}

/// VROOM's deepest exploration level, which is also its default.
const DEEPEST: u8 = 5;
/// Rounds without gain for each task and level, after which a search ends by itself.
const ROUNDS_FOR_EACH: u64 = 40;
/// The longest search for a question that names no time.
const LONGEST_S: f64 = 30.0;
