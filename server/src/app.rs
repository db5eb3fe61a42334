//! Every route of the service.

use axum::Router;
use axum::extract::OriginalUri;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::door::Door;
use crate::refusal::Refusal;
use crate::routes::{
    apply, availability, commit, decisions, deliveries, description, dispatch, dry_run, engineers,
    events, fleet, follow_ups, health, import, keys, kpis, life, limits, metrics, plan_events, plans,
    policy, positions, promised, setup, sla, tickets, view, visits, vroom, waves, webhooks,
};
use crate::state::Shared;

/// The service over a state. Whatever the request, the answer is a document, a refusal, or what its route
/// is for: events, counts, a page.
pub fn app(state: Shared) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(unknown_route)
        .method_not_allowed_fallback(async || Refusal::WrongMethod)
        .layer(Door(state.clone()))
        .with_state(state)
}

/// Every route, with what the API's description says of it.
pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(fleet::put_fleet, fleet::get_fleet))
        .routes(routes!(engineers::list_engineers))
        .routes(routes!(
            engineers::put_engineer,
            engineers::patch_engineer,
            engineers::get_engineer,
            engineers::remove_engineer
        ))
        .routes(routes!(availability::change_availability))
        .routes(routes!(positions::send_positions, positions::list_positions))
        .routes(routes!(import::import_engineers))
        .routes(routes!(import::import_tickets))
        .routes(routes!(setup::put_setup, setup::get_setup))
        .routes(routes!(policy::get_policy, policy::put_policy, policy::patch_policy))
        .routes(routes!(policy::list_policy_versions))
        .routes(routes!(policy::get_policy_version))
        .routes(routes!(dry_run::try_policy))
        .routes(routes!(visits::record_visit, visits::list_visits))
        .routes(routes!(visits::get_visit))
        .routes(routes!(dispatch::dispatch_ticket))
        .routes(routes!(tickets::create_ticket, tickets::list_tickets))
        .routes(routes!(tickets::put_ticket, tickets::get_ticket))
        .routes(routes!(commit::commit_ticket))
        .routes(routes!(life::change_ticket))
        .routes(routes!(sla::list_sla))
        .routes(routes!(follow_ups::list_follow_ups))
        .routes(routes!(follow_ups::get_follow_up))
        .routes(routes!(follow_ups::call_made))
        .routes(routes!(decisions::list_decisions))
        .routes(routes!(decisions::get_decision))
        .routes(routes!(promised::list_routes))
        .routes(routes!(promised::get_route))
        .routes(routes!(kpis::tell_kpis))
        .routes(routes!(events::tell_events))
        .routes(routes!(waves::give_out))
        .routes(routes!(plans::start_plan))
        .routes(routes!(plans::get_plan, plans::stop_plan))
        .routes(routes!(apply::apply_plan))
        .routes(routes!(plan_events::listen))
        .routes(routes!(view::view_plan))
        .routes(routes!(vroom::solve_vroom))
        .routes(routes!(vroom::solve_optimization))
        .routes(routes!(webhooks::make_webhook, webhooks::list_webhooks))
        .routes(routes!(webhooks::get_webhook, webhooks::put_webhook, webhooks::remove_webhook))
        .routes(routes!(deliveries::rotate_secret))
        .routes(routes!(deliveries::test_webhook))
        .routes(routes!(deliveries::get_deliveries))
        .routes(routes!(deliveries::list_letters))
        .routes(routes!(deliveries::replay_letter))
        .routes(routes!(deliveries::replay_letters))
        .routes(routes!(keys::make_key, keys::list_keys))
        .routes(routes!(keys::revoke_key))
        .routes(routes!(limits::get_limits))
        .routes(routes!(health::check_health))
        .routes(routes!(health::check_readiness))
        .routes(routes!(metrics::get_metrics))
        .routes(routes!(description::get_description))
        .routes(routes!(description::get_docs))
}

async fn unknown_route(uri: OriginalUri) -> Refusal {
    Refusal::UnknownRoute(uri.path().to_owned())
}
