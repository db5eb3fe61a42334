//! Whatever is wrong with a request, the answer is a problem document (RFC 9457).

use crate::common::{Answer, Service, fleet, small, ticket};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use paidan::config::Config;
use serde_json::json;

fn assert_refused(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!((answer.status, &answer.body["code"]), (status, &json!(code)), "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.body["status"], status.as_u16());
    assert_eq!(answer.body["type"], format!("urn:paidan:refusal:{code}"));
    for part in ["title", "detail"] {
        assert!(answer.body[part].as_str().is_some_and(|text| !text.is_empty()), "{}", answer.body);
    }
}

#[tokio::test]
async fn text_that_is_not_json_is_malformed() {
    let service = Service::with_fleet(&fleet()).await;
    for text in ["", "{", "nonsense", "{\"ticket\": }"] {
        for (method, path) in [("POST", "/v1/dispatch"), ("PUT", "/v1/fleet"), ("POST", "/v1/plans")] {
            let answer = service.send(method, path, Some(text.to_owned())).await;
            assert_refused(&answer, StatusCode::BAD_REQUEST, "malformed-json");
        }
    }
    let deep = "[".repeat(100_000);
    let answer = service.send("POST", "/v1/dispatch", Some(deep)).await;
    assert_refused(&answer, StatusCode::BAD_REQUEST, "malformed-json");
}

#[tokio::test]
async fn every_unknown_key_is_told() {
    let service = Service::with_fleet(&fleet()).await;
    let mut asked = ticket("T1");
    asked["colour"] = json!("red");
    let answer = service.post("/v1/dispatch", &json!({"ticket": asked, "topp": 3})).await;
    assert_refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "flawed-input");
    let mut paths: Vec<&str> = answer.body["flaws"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flaw| {
            assert_eq!(flaw["code"], "unknown-key");
            flaw["path"].as_str().unwrap()
        })
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["ticket.colour", "topp"]);
}

#[tokio::test]
async fn more_offers_than_the_limit_are_refused() {
    let service = Service::with_fleet(&fleet()).await;
    for top in [0, 51] {
        let answer = service.post("/v1/dispatch", &json!({"ticket": ticket("T1"), "top": top})).await;
        assert_refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "flawed-input");
        assert_eq!(answer.body["flaws"][0]["path"], "top");
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_told() {
    let service = Service::new();
    assert_refused(&service.get("/").await, StatusCode::NOT_FOUND, "unknown-route");
    assert_refused(&service.get("/v1/nothing").await, StatusCode::NOT_FOUND, "unknown-route");
    assert_refused(&service.get("/v1/plans/x").await, StatusCode::NOT_FOUND, "unknown-plan");
    let answer = service.get("/v1/dispatch").await;
    assert_refused(&answer, StatusCode::METHOD_NOT_ALLOWED, "wrong-method");
    assert_eq!(answer.headers["allow"], "POST");
}

#[tokio::test]
async fn what_a_caller_sent_is_not_repeated_at_length() {
    let service = Service::with_fleet(&fleet()).await;
    let long = "é".repeat(10_000);
    let encoded = "%C3%A9".repeat(10_000);
    for answer in [
        service.get(&format!("/{encoded}")).await,
        service.get(&format!("/v1/plans/{encoded}")).await,
        service.send("POST", &format!("/v1/tickets/{encoded}/commit"), None).await,
        service.post(&format!("/v1/tickets/{encoded}/commit"), &json!({"ticket": ticket("T1")})).await,
        service.post("/v1/dispatch", &json!({"ticket": long})).await,
    ] {
        assert!(answer.status.is_client_error());
        assert!(answer.body.to_string().len() < 2000, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_body_must_be_declared_as_json() {
    let service = Service::new();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut request = Request::post("/v1/dispatch");
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let answer = service.ask(request.body(Body::from("{}")).unwrap()).await;
        assert_refused(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-content-type");
    }
    let request =
        Request::post("/v1/dispatch").header("content-type", "application/json; charset=utf-8");
    let answer = service.ask(request.body(Body::from("{}")).unwrap()).await;
    assert_refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "flawed-input");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_declared_or_not() {
    let service = Service::with(Config { body_bytes: 100, ..small() });
    let declared = Request::post("/v1/dispatch")
        .header("content-type", "application/json")
        .header("content-length", "1000000000");
    let answer = service.ask(declared.body(Body::empty()).unwrap()).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
    let answer = service.post("/v1/dispatch", &json!({"ticket": "x".repeat(200)})).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn more_tickets_than_the_limit_are_refused() {
    let service = Service::with(Config { tickets: 1, ..small() });
    let mut document = fleet();
    document["tickets"] = json!([ticket("T1"), ticket("T2")]);
    for (method, path, body) in [
        ("PUT", "/v1/fleet", document.clone()),
        ("POST", "/v1/plans", json!({"problem": document})),
        ("POST", "/v1/dispatch", json!({"problem": document, "ticket": "T1"})),
    ] {
        let answer = service.send(method, path, Some(body.to_string())).await;
        assert_refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "flawed-input");
        assert_eq!(answer.body["flaws"][0]["code"], "too-large");
    }
}

#[tokio::test]
async fn without_a_fleet_there_is_nobody_to_send() {
    let service = Service::new();
    let answer = service.post("/v1/dispatch", &json!({"ticket": ticket("T1")})).await;
    assert_refused(&answer, StatusCode::NOT_FOUND, "no-fleet");
    let answer = service.post("/v1/plans", &json!({"problem": "fleet"})).await;
    assert_refused(&answer, StatusCode::NOT_FOUND, "no-fleet");
}
