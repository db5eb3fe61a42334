//! `/v1/policy`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Answer, Service, day, fleet, ticket, visit};

/// `near` lives beside the customer, and `far` is the one who helps.
fn known_to_far() -> Value {
    let mut document = day(3);
    let at = |engineer: &str, day: u8| {
        let mut visit = visit(engineer, day);
        // Each of another customer: what comes again was not resolved.
        visit["customer"] = json!(format!("D{day}"));
        visit["resolved"] = json!(engineer == "far");
        visit
    };
    document["visits"] =
        (3..=8).map(|day| at("far", day)).chain((10..=15).map(|day| at("near", day))).collect();
    document["policy"] = json!({"binding": {"visits": 0}});
    document
}

async fn policy(service: &Service) -> Answer {
    service.get("/v1/policy").await
}

#[tokio::test]
async fn the_whole_policy_is_told_and_changed_in_parts() {
    let service = Service::with_fleet(&fleet()).await;
    let before = policy(&service).await;
    assert_eq!(
        (&before.headers["etag"], &before.body["reach_s"]),
        (&"\"1\"".parse().unwrap(), &json!(3600))
    );
    let patched =
        service.patch("/v1/policy", &json!({"binding": {"visits": 3}, "max_tickets": 4})).await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.body);
    let mut expected = before.body.clone();
    expected["binding"]["visits"] = json!(3);
    expected["max_tickets"] = json!(4);
    assert_eq!(patched.body, expected);
    let told = policy(&service).await;
    assert_eq!((&told.body, &told.headers["etag"]), (&expected, &patched.headers["etag"]));
    // What is left out of a whole one has its default; null gives it back as well.
    let null = service.patch("/v1/policy", &json!({"max_tickets": null, "binding": null})).await;
    assert_eq!(null.body, before.body);
    let same = service.put("/v1/policy", &json!({})).await;
    assert_eq!((&same.body, &same.headers["etag"]), (&before.body, &null.headers["etag"]));
    let events = service.get("/v1/events").await.body;
    let changed = events["items"].as_array().unwrap().iter();
    assert_eq!(changed.filter(|event| event["event"] == "policy.changed").count(), 2, "{events}");
}

#[tokio::test]
async fn a_flawed_policy_and_one_that_breaks_promises_are_refused_and_change_nothing() {
    let service = Service::with_fleet(&day(2)).await;
    for id in ["T1", "T2"] {
        service.post(&format!("/v1/tickets/{id}/commit"), &json!({"engineer": "near"})).await;
    }
    let before = policy(&service).await;
    for (policy, code, path) in [
        (json!({"reach_s": 1}), "bad-policy", "policy.reach_s"),
        (json!({"binding": {"visit": 1}}), "unknown-key", "policy.binding.visit"),
        (json!({"max_tickets": 1}), "broken-route", "policy"),
    ] {
        let refused = service.put("/v1/policy", &policy).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{policy}");
        let flaw = &refused.body["flaws"][0];
        assert_eq!((&flaw["code"], &flaw["path"]), (&json!(code), &json!(path)), "{}", refused.body);
        let tried = service.post("/v1/policy/dry-run", &policy).await;
        assert_eq!(tried.body["flaws"], refused.body["flaws"], "tried as it would be set");
    }
    let stale = axum::http::Request::put("/v1/policy")
        .header("content-type", "application/json")
        .header("if-match", "\"9\"")
        .body(axum::body::Body::from("{\"max_tickets\": 9}"));
    let stale = service.ask(stale.unwrap()).await;
    assert_eq!((stale.status, &stale.body["current"]), (StatusCode::PRECONDITION_FAILED, &before.body));
    let now = policy(&service).await;
    assert_eq!((&now.body, &now.headers["etag"]), (&before.body, &before.headers["etag"]));
    assert_eq!(Service::new().put("/v1/policy", &json!({})).await.body["code"], "no-fleet");
}

#[tokio::test]
async fn every_version_stays_readable_and_decisions_name_theirs() {
    let service = Service::with_fleet(&known_to_far()).await;
    let decide = async || {
        let id = service.post("/v1/dispatch", &json!({"ticket": "T1"})).await.body["id"].clone();
        service.get(&format!("/v1/decisions/{}", id.as_str().unwrap())).await.body
    };
    let first = decide().await;
    let weights = json!({"skill": 0.0, "proximity": 0.05, "history": 0.95, "load": 0.0});
    service.patch("/v1/policy", &json!({"weights": weights})).await;
    let second = decide().await;
    assert_ne!(first["policy"], second["policy"]);
    assert_eq!([&first["decision"]["chosen"], &second["decision"]["chosen"]], ["near", "far"]);
    // Another fleet has another policy, and the decisions of the one before keep theirs.
    service.put("/v1/fleet", &fleet()).await;
    for (decision, weight) in [(&first, 0.25), (&second, 0.95)] {
        let version = decision["policy"].as_u64().unwrap();
        let told = service.get(&format!("/v1/policy/versions/{version}")).await.body;
        assert_eq!(told["version"], json!(version));
        assert_eq!(told["policy"]["weights"]["history"], weight);
    }
    let page = service.get("/v1/policy/versions?limit=2").await.body;
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let rest =
        service.get(&format!("/v1/policy/versions?after={}", page["next"].as_str().unwrap())).await;
    assert_eq!(rest.body["items"][0]["policy"], policy(&service).await.body);
    assert_eq!(service.get("/v1/policy/versions/2").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_decided_otherwise_and_changes_nothing() {
    let service = Service::with_fleet(&known_to_far()).await;
    let told = service.post("/v1/tickets/T1/commit", &json!({"engineer": "near"})).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    service.post("/v1/tickets/T2/commit", &json!({"engineer": "near"})).await;
    service.post("/v1/tickets/T2/state", &json!({"to": "en_route"})).await;
    let route = service.get("/v1/routes/near/0").await;
    let events = service.get("/v1/events").await.body;
    let patch = json!({"weights": {"skill": 0.0, "proximity": 0.05, "history": 0.95, "load": 0.0}});
    let kind = "application/merge-patch+json";
    let dry = service.send_as("POST", "/v1/policy/dry-run", kind, &patch.to_string()).await;
    assert_eq!(dry.status, StatusCode::OK, "{}", dry.body);
    let counts = ["asked", "same", "changed", "impossible", "possible", "left_out", "bound"];
    // T2 has begun and is not asked about.
    assert_eq!(
        counts.map(|count| dry.body[count].as_u64().unwrap()),
        [2, 0, 2, 0, 0, 0, 0],
        "{}",
        dry.body
    );
    let [one, other] = dry.body["tickets"].as_array().unwrap().as_slice() else {
        panic!("{}", dry.body)
    };
    assert_eq!([&one["ticket"], &one["promised"], &one["outcome"]], ["T1", "near", "changed"]);
    assert_eq!((&other["ticket"], &other["promised"]), (&json!("T3"), &Value::Null));
    assert_eq!([&other["now"]["engineer"], &other["then"]["engineer"]], ["near", "far"]);
    // It asks as a dispatch does.
    let asked = json!({"ticket": "T3", "keep": false, "top": 1});
    let offer = service.post("/v1/dispatch", &asked).await.body["offers"][0].clone();
    assert_eq!(
        [&other["now"]["price_s"], &other["now"]["score"], &other["now"]["start"]],
        [&offer["price_s"], &offer["score"]["total"], &offer["start"]]
    );
    assert_eq!(service.get("/v1/events").await.body, events);
    let after = service.get("/v1/routes/near/0").await;
    assert_eq!((after.body, &after.headers["etag"]), (route.body, &route.headers["etag"]));
    let cut = service.send_as("POST", "/v1/policy/dry-run?most=1", kind, &patch.to_string()).await.body;
    assert_eq!([&cut["asked"], &cut["left_out"]], [1, 1]);
    // A promised ticket is asked about as if it was not promised.
    service.post("/v1/tickets/T1/state", &json!({"to": "open"})).await;
    let first = json!({"ticket": "T1", "keep": false, "top": 1});
    let offer = service.post("/v1/dispatch", &first).await.body["offers"][0].clone();
    assert_eq!([&one["now"]["price_s"], &one["now"]["start"]], [&offer["price_s"], &offer["start"]]);
    // Once it is set, the same is asked and answered so.
    service.patch("/v1/policy", &patch).await;
    assert_eq!(service.post("/v1/dispatch", &asked).await.body["chosen"], "far");
    let same = service.send_as("POST", "/v1/policy/dry-run", kind, &patch.to_string()).await.body;
    assert_eq!((&same["same"], &same["tickets"]), (&json!(2), &json!([])));
}

#[tokio::test]
async fn a_dry_run_tells_what_nobody_could_do_any_more_and_what_somebody_could() {
    let mut document = fleet();
    document["tickets"] = json!([ticket("T1"), ticket("T2"), ticket("T3")]);
    document["policy"] = json!({"max_tickets": 1});
    let service = Service::with_fleet(&document).await;
    for (id, engineer) in [("T1", "near"), ("T2", "far")] {
        service.post(&format!("/v1/tickets/{id}/commit"), &json!({"engineer": engineer})).await;
    }
    let dry = service.post("/v1/policy/dry-run", &json!({"max_tickets": 2})).await.body;
    assert_eq!([&dry["possible"], &dry["impossible"]], [1, 0], "{dry}");
    let third = &dry["tickets"].as_array().unwrap().iter().find(|one| one["ticket"] == "T3").unwrap();
    assert_eq!((&third["outcome"], &third["now"]), (&json!("possible"), &Value::Null));
    assert_eq!(service.put("/v1/policy", &json!({"max_tickets": 2})).await.status, StatusCode::OK);
    let dry = service.post("/v1/policy/dry-run", &json!({"max_tickets": 1})).await.body;
    assert_eq!([&dry["possible"], &dry["impossible"]], [0, 1], "{dry}");
}
