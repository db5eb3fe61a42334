//! `/v1/visits`.

use crate::common::{Service, fleet, ticket, visit};
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_visit_turns_the_second_report_into_the_third_and_binds_it() {
    let mut document = fleet();
    document["visits"] = json!([visit("far", 3)]);
    let service = Service::with_fleet(&document).await;
    let asked = json!({"ticket": ticket("T3")});
    let before = service.post("/v1/dispatch", &asked).await;
    assert_eq!((&before.body["binding"], &before.body["chosen"]), (&Value::Null, &json!("near")));

    let told = service.post("/v1/visits", &visit("far", 17)).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    assert_eq!(told.body, json!({"ticket": "V17", "visits": 2}));

    let after = service.post("/v1/dispatch", &asked).await;
    assert_eq!(after.body["binding"]["visits"], 2);
    assert_eq!(after.body["chosen"], "far");
}

#[tokio::test]
async fn a_flawed_visit_teaches_nothing() {
    let service = Service::with_fleet(&fleet()).await;
    let mut flawed = visit("far", 3);
    flawed["end"] = json!("2026-02-03T08:00:00+01:00");
    flawed["rating"] = json!(6);
    let answer = service.post("/v1/visits", &flawed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["flaws"].as_array().map(Vec::len), Some(2), "{}", answer.body);
    assert_eq!(service.get("/v1/fleet").await.body["visits"], 0);
}

#[tokio::test]
async fn a_visit_counts_once() {
    let service = Service::with_fleet(&fleet()).await;
    assert_eq!(service.post("/v1/visits", &visit("far", 17)).await.status, StatusCode::CREATED);
    let mut again = visit("far", 17);
    again["rating"] = json!(2);
    let answer = service.post("/v1/visits", &again).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::CONFLICT, &json!("visit-exists")));
    let known = service.get("/v1/visits").await.body["items"].as_array().unwrap().len();
    assert_eq!(known, 1, "it was not learnt a second time");
}
