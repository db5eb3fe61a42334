//! `/healthz`, `/readyz` and `/v1/limits`.

use crate::common::{Service, fleet, memory, small};
use axum::http::StatusCode;
use paidan::app::app;
use paidan::config::Config;
use paidan::state::State;
use serde_json::json;

#[tokio::test]
async fn health_solves_a_tiny_problem() {
    let service = Service::new();
    let answer = service.get("/healthz").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!((&answer.body["status"], &answer.body["fleet"]), (&json!("ok"), &json!(false)));
    service.put("/v1/fleet", &fleet()).await;
    assert_eq!(service.get("/healthz").await.body["fleet"], true);
}

#[tokio::test]
async fn limits_are_those_in_force() {
    let service = Service::with(Config { plan_queue: 3, ..small() });
    let answer = service.get("/v1/limits").await;
    let limits = answer.body["limits"].as_array().unwrap();
    let queue = limits.iter().find(|limit| limit["name"] == "plan_queue").unwrap();
    assert_eq!(queue["value"], 3);
    let tickets = limits.iter().find(|limit| limit["name"] == "tickets").unwrap();
    assert!(tickets["says"].as_str().unwrap().contains("the command line takes more"), "{tickets}");
    assert!(limits.iter().all(|limit| limit["unit"].is_string() && limit["says"].is_string()));
}

#[tokio::test]
async fn a_service_is_ready_once_it_has_the_fleet_that_was_ordered_and_until_it_stops() {
    let state = State::start(small(), memory()).unwrap();
    let service = Service(app(state.clone()));
    assert_eq!(service.get("/readyz").await.body, json!({"status": "ready"}));
    state.await_fleet();
    let waiting = service.get("/readyz").await;
    assert_eq!(
        (waiting.status, &waiting.body["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("not-ready"))
    );
    service.put("/v1/fleet", &fleet()).await;
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
    state.stop();
    let stopping = service.get("/readyz").await;
    assert!(stopping.body["detail"].as_str().unwrap().contains("stopping"), "{}", stopping.body);
    assert_eq!(service.get("/healthz").await.status, StatusCode::OK);
}
