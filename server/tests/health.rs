//! `/healthz` and `/v1/limits`.

mod common;

use axum::http::StatusCode;
use common::{Service, fleet, small};
use paidan::config::Config;
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
