//! `/v1/setup`.

use axum::http::StatusCode;
use serde_json::json;

use crate::common::{Service, day, fleet};

#[tokio::test]
async fn a_setup_is_a_fleet_where_there_was_none() {
    let service = Service::new();
    assert_eq!(service.get("/v1/setup").await.body["code"], "no-fleet");
    let now = "2026-03-02T07:00:00+01:00";
    let put = service.put("/v1/setup", &json!({"now": now})).await;
    assert_eq!((put.status, &put.body["now"]), (StatusCode::OK, &json!(now)), "{}", put.body);
    assert_eq!(service.get("/v1/setup").await.body, put.body);
    let told = service.get("/v1/fleet").await.body;
    assert_eq!((&told["now"], &told["engineers"]), (&json!(now), &json!(0)));
    assert_eq!(service.get("/v1/policy").await.body["binding"]["visits"], 2);
}

#[tokio::test]
async fn another_travel_prices_what_comes_next_and_keeps_what_is_promised() {
    let service = Service::with_fleet(&day(2)).await;
    service.post("/v1/tickets/T1/commit", &json!({"engineer": "far"})).await;
    let price = async || {
        let asked = json!({"ticket": "T2", "top": 1, "keep": false});
        service.post("/v1/dispatch", &asked).await.body["offers"][0]["price_s"].as_i64().unwrap()
    };
    let before = price().await;
    let route = service.get("/v1/routes/far/0").await.body;
    let slow = json!({"travel": {"kind": "crow", "speed_kmh": 10.0, "detour": 1.3}});
    let put = service.put("/v1/setup", &slow).await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    assert_eq!(put.body["now"], fleet()["now"], "a clock that is not named stays");
    assert!(price().await > before);
    assert_eq!(service.get("/v1/routes/far/0").await.body, route);
    // So slowly that nobody comes and is back in a day.
    let crawl = json!({"travel": {"kind": "crow", "speed_kmh": 1.0, "detour": 5.0}});
    let refused = service.put("/v1/setup", &crawl).await;
    assert_eq!(refused.body["flaws"][0]["code"], "broken-route", "{}", refused.body);
    assert_eq!(service.get("/v1/setup").await.body, put.body);
    let flawed = service.put("/v1/setup", &json!({"now": "today", "engineers": []})).await;
    let codes: Vec<_> =
        flawed.body["flaws"].as_array().unwrap().iter().map(|flaw| &flaw["code"]).collect();
    assert_eq!(codes, ["unknown-key"], "{}", flawed.body);
}
