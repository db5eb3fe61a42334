//! `/v1/tickets/{id}/commit`.

use crate::common::{Service, fleet, ticket};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_ticket_asked_about_is_promised_by_its_id() {
    let service = Service::with_fleet(&fleet()).await;
    service.post("/v1/dispatch", &json!({"ticket": ticket("T1")})).await;
    let answer = service.send("POST", "/v1/tickets/T1/commit", None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["engineer"], "near");
    assert_eq!(service.get("/v1/fleet").await.body["tickets_promised"], 1);
}

#[tokio::test]
async fn a_promised_ticket_makes_its_place_near_for_the_next_one() {
    let service = Service::with_fleet(&fleet()).await;
    let first = service.post("/v1/tickets/T1/commit", &json!({"ticket": ticket("T1")})).await;
    assert!(first.body["offer"]["detour_s"].as_i64().unwrap() > 0, "{}", first.body);
    let second = service.post("/v1/dispatch", &json!({"ticket": ticket("T2"), "top": 2})).await;
    assert_eq!(second.body["offers"][0]["engineer"], first.body["engineer"]);
    assert_eq!(second.body["offers"][0]["detour_s"], 0);
}

#[tokio::test]
async fn the_dispatcher_may_name_another_engineer() {
    let service = Service::with_fleet(&fleet()).await;
    let body = json!({"engineer": "far", "ticket": ticket("T1")});
    let answer = service.post("/v1/tickets/T1/commit", &body).await;
    assert_eq!(answer.body["engineer"], "far");
}

#[tokio::test]
async fn nobody_is_promised_twice() {
    let service = Service::with_fleet(&fleet()).await;
    let body = json!({"ticket": ticket("T1")});
    service.post("/v1/tickets/T1/commit", &body).await;
    for answer in [
        service.post("/v1/tickets/T1/commit", &body).await,
        service.send("POST", "/v1/tickets/T1/commit", None).await,
        service.post("/v1/dispatch", &body).await,
    ] {
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(answer.body["code"], "already-promised");
        assert!(answer.body["detail"].as_str().unwrap().contains("near"), "{}", answer.body);
    }
}

#[tokio::test]
async fn if_nobody_can_go_the_decision_says_why() {
    let service = Service::with_fleet(&fleet()).await;
    let mut asked = ticket("T1");
    asked["requires"] = json!({"gas": 1});
    let answer = service.post("/v1/tickets/T1/commit", &json!({"ticket": asked})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.body["code"], "nobody");
    assert_eq!(answer.body["decision"]["ruled_out"][0]["reason"], "skill");
    assert_eq!(service.get("/v1/fleet").await.body["tickets_promised"], 0);
}

#[tokio::test]
async fn unknown_tickets_and_engineers_are_refused() {
    let service = Service::with_fleet(&fleet()).await;
    let answer = service.send("POST", "/v1/tickets/T9/commit", None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let body = json!({"engineer": "nemo", "ticket": ticket("T1")});
    let answer = service.post("/v1/tickets/T1/commit", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["flaws"][0]["code"], "unknown-reference");
    let answer = service.post("/v1/tickets/T2/commit", &json!({"ticket": ticket("T1")})).await;
    assert_eq!(answer.body["flaws"][0]["code"], "contradiction");
}
