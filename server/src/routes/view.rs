//! `/v1/plans/{id}/view`: a plan as a page to look at.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};

use crate::plans::{Glimpse, Phase, PlanJob};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::view::{self, Caption};

/// `GET /v1/plans/{id}/view`: the best plan so far as an HTML page; before there is one, a page that says
/// so and asks again by itself.
///
/// # Errors
/// An unknown plan.
pub async fn view_plan(
    State(state): State<Shared>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let job = state.store.plan(&id).ok_or(Refusal::UnknownPlan(id))?;
    // A page is a large document: dispatches need not wait behind it.
    let page = state.bulk.run(move || Ok(page(&job))).await?;
    // The next look may show a better plan.
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(page)))
}

fn page(job: &PlanJob) -> String {
    let Glimpse { phase, why, plan } = job.glimpse();
    let running = matches!(phase, Phase::Queued | Phase::Running);
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
