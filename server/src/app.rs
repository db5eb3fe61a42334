//! Every route of the service.

use std::any::Any;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use tower_http::catch_panic::CatchPanicLayer;

use crate::refusal::Refusal;
use crate::routes::{commit, dispatch, fleet, health, limits, plans, view, visits};
use crate::state::Shared;

/// The service over a state; logs requests if that is asked for by now. Whatever the request, the answer is
/// JSON, a document or a refusal; but the picture of a plan is a page.
pub fn app(state: Shared) -> Router {
    let routes = Router::new()
        .route("/v1/fleet", put(fleet::put_fleet).get(fleet::get_fleet))
        .route("/v1/dispatch", post(dispatch::dispatch_ticket))
        .route("/v1/tickets/{id}/commit", post(commit::commit_ticket))
        .route("/v1/visits", post(visits::record_visit))
        .route("/v1/plans", post(plans::start_plan))
        .route("/v1/plans/{id}", get(plans::get_plan).delete(plans::stop_plan))
        .route("/v1/plans/{id}/view", get(view::view_plan))
        .route("/v1/limits", get(limits::get_limits))
        .route("/healthz", get(health::check_health))
        .fallback(unknown_route)
        .method_not_allowed_fallback(async || Refusal::WrongMethod)
        .layer(CatchPanicLayer::custom(bug));
    // Asked once, here: a layer costs every request an allocation or two.
    let routes = if tracing::enabled!(tracing::Level::INFO) {
        routes.layer(middleware::from_fn(log))
    } else {
        routes
    };
    routes.with_state(state)
}

async fn unknown_route(uri: OriginalUri) -> Refusal {
    Refusal::UnknownRoute(uri.path().chars().take(200).collect())
}

// The layer hands the panic over by value.
#[allow(clippy::needless_pass_by_value)]
fn bug(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked; its request is answered with 500");
    Refusal::Bug.into_response()
}

/// A line for each request: what was asked, what was answered, how long it took.
async fn log(request: Request, next: Next) -> Response {
    let start = std::time::Instant::now();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    let ms = start.elapsed().as_micros() as f64 / 1000.0;
    tracing::info!(%method, path = uri.path(), status = response.status().as_u16(), ms, "answered");
    response
}
