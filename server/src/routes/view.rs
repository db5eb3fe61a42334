//! `/v1/plans/{id}/view`: a plan as a page to look at.

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};

use crate::access::Caller;
use crate::body::Piece;
use crate::plans::{Known, Moment, Phase, PlanJob};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::view::{self, Caption};

/// Shows a plan as a page
///
/// The best plan so far: a map, everybody's day, what is unserved and why. Before there is a plan, a page
/// that says so and asks again by itself.
///
/// # Errors
/// An unknown plan; one of which no more than the plan itself is kept.
#[utoipa::path(
    get, path = "/v1/plans/{id}/view", tag = "plans",
    params(("id" = String, Path, description = "The search's id.", example = "1a202cbedcb-1")),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
    extensions(("x-refusals" = json!(["read", "path", "unknown-plan", "no-page"])))
)]
pub async fn view_plan(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<impl IntoResponse, Refusal> {
    let own = state.clone();
    // A page is a large document: dispatches need not wait behind it.
    let page = state.bulk.run(move || match own.planner.plan(&caller.tenant, &id)? {
        Known::Here(job) => Ok(page(&job)),
        Known::Kept(_) => Err(Refusal::NoPage(id)),
    });
    let page = page.await?;
    // The next look may show a better plan.
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(page)))
}

fn page(job: &PlanJob) -> String {
    let Moment { phase, why, plan, .. } = job.moment();
    let running = !phase.is_end();
    if let Some(plan) = plan {
        return view::page(job.problem(), &plan, Caption { source: job.id(), running });
    }
    let says = match phase {
        Phase::Queued => "The search waits for its turn.",
        Phase::Running => "The search has just begun and has no plan yet.",
        Phase::Done | Phase::Stopped => "The search was stopped before it had a plan.",
        Phase::Failed => why.as_deref().unwrap_or("The search failed."),
    };
    view::no_plan(says, running)
}
