//! `/metrics`: what the service counts, for Prometheus.

use axum::extract::State;
use axum::http::{HeaderName, header};

use crate::metrics::{Text, queue_wait, queue_waits};
use crate::state::Shared;

/// What the service counts
///
/// Requests by route, method and status, latencies, queues and the waits in them, searches, writes and commits, tenants
/// and the fleet, in the text format of Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "service",
    responses((status = 200, description = "The counts.", body = String, content_type = "text/plain")),
    extensions(("x-refusals" = json!([])))
)]
pub async fn get_metrics(State(state): State<Shared>) -> ([(HeaderName, &'static str); 1], String) {
    let mut text = Text::default();
    state.requests.write(&mut text);

    let name = "paidan_queue_waiting";
    text.family(name, "gauge", "Jobs that wait for a thread.");
    for compute in [&state.quick, &state.bulk, &state.waves, &state.vroom] {
        text.sample(name, &[("queue", compute.name())], compute.waiting());
    }
    text.sample(name, &[("queue", "searches")], state.planner.waiting());
    text.sample(name, &[("queue", "writes")], state.live.waiting());
    queue_waits(&mut text);
    for compute in [&state.quick, &state.bulk, &state.waves, &state.vroom] {
        queue_wait(&mut text, compute.name(), compute.waits());
    }
    let tally = state.planner.tally();
    queue_wait(&mut text, "searches", &tally.waits);
    state.live.writes.write_waits(&mut text);
    let listeners = state.config.listeners - state.listeners.available_permits();
    text.single("paidan_listeners", "gauge", "Streams of events that are open.", listeners);

    text.family(
        "paidan_webhook_messages_total",
        "counter",
        "Messages of webhooks: sent and taken, failed, given up.",
    );
    for (outcome, count) in state.webhooks.counts() {
        text.sample("paidan_webhook_messages_total", &[("outcome", outcome)], count);
    }
    text.single("paidan_searches_running", "gauge", "Searches under way.", state.planner.running());
    text.family("paidan_searches_total", "counter", "Searches that have ended.");
    for (end, count) in tally.ends() {
        text.sample("paidan_searches_total", &[("ended", end)], count);
    }
    let help = "Rounds of ruin and recreate, over all searches.";
    text.single("paidan_rounds_total", "counter", help, tally.all_rounds());
    let name = "paidan_search_duration_seconds";
    text.family(name, "histogram", "Searches that have ended, with checking and keeping their plans.");
    tally.took.write(&mut text, name, &[]);

    state.live.writes.write(&mut text);
    text.single("paidan_tenants", "gauge", "Tenants in memory.", state.live.tenants());

    let [engineers, tickets, visits] = state.live.sizes();
    text.single("paidan_fleet_engineers", "gauge", "Engineers of the fleet.", engineers);
    text.single("paidan_fleet_tickets", "gauge", "Tickets of the fleet, open or promised.", tickets);
    text.single("paidan_fleet_visits", "gauge", "Visits known to the fleet.", visits);

    text.family("paidan_build_info", "gauge", "The version that runs; always 1.");
    text.sample("paidan_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.finish())
}
