//! `/v1/fleet`.

use crate::common::{Service, fleet, ticket, visit};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_fleet_is_answered_in_numbers() {
    let mut document = fleet();
    document["tickets"] = json!([ticket("T1"), ticket("T2")]);
    document["visits"] = json!([visit("far", 3)]);
    document["routes"] = json!([{"engineer": "far", "tickets": ["T2"]}]);
    let service = Service::with_fleet(&document).await;
    let answer = service.get("/v1/fleet").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.body,
        json!({
            "now": "2026-03-02T07:00:00+01:00",
            "engineers": 2,
            "shifts": 2,
            "shifts_on_duty": 2,
            "tickets_promised": 1,
            "tickets_open": 1,
            "visits": 1,
        })
    );
}

#[tokio::test]
async fn before_the_first_fleet_there_is_none() {
    let answer = Service::new().get("/v1/fleet").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.body["code"], "no-fleet");
}

#[tokio::test]
async fn a_flawed_fleet_leaves_the_one_before_in_place() {
    let service = Service::with_fleet(&fleet()).await;
    let mut flawed = fleet();
    flawed["engineers"][0]["id"] = json!("far");
    flawed["engineers"][1]["skills"]["boiler"] = json!(9);
    let answer = service.put("/v1/fleet", &flawed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["flaws"].as_array().map(Vec::len), Some(2), "{}", answer.body);
    assert_eq!(service.get("/v1/fleet").await.body["engineers"], 2);
}

#[tokio::test]
async fn a_promised_route_that_breaks_a_rule_is_a_flaw() {
    let mut document = fleet();
    let mut impossible = ticket("T1");
    impossible["requires"] = json!({"gas": 1});
    document["tickets"] = json!([impossible]);
    document["routes"] = json!([{"engineer": "far", "tickets": ["T1"]}]);
    let answer = Service::new().put("/v1/fleet", &document).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["flaws"][0]["code"], "broken-route");
}
