//! `/v1/plans`.

use crate::common::{Service, day, fleet, small, ticket};
use axum::http::StatusCode;
use paidan::config::Config;
use serde_json::{Value, json};

#[tokio::test]
async fn a_plan_is_ordered_and_asked_for() {
    let service = Service::new();
    let id = service.order(&json!({"problem": day(4), "rounds": 50, "seed": 7})).await;
    let done = service.wait(&id, "done").await;
    assert_eq!((&done["checked"], &done["plan"]["run"]["seed"]), (&json!(true), &json!(7)), "{done}");
    let stops: usize = done["plan"]["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|route| route["stops"].as_array().unwrap().len())
        .sum();
    assert_eq!(stops, 4);
}

#[tokio::test]
async fn a_plan_comes_with_a_bound_if_one_is_asked_for() {
    let service = Service::new();
    let without = service.order(&json!({"problem": day(4), "rounds": 50})).await;
    assert_eq!(service.wait(&without, "done").await["plan"].get("bound"), None);
    let id = service.order(&json!({"problem": day(4), "rounds": 50, "bound_s": 60})).await;
    let plan = service.wait(&id, "done").await["plan"].clone();
    let (bound, price) = (&plan["bound"], &plan["price"]);
    assert_eq!(bound["priority_lost"], 0, "{plan}");
    let seconds = |of: &Value| of["seconds"].as_i64().expect("seconds");
    assert!(seconds(bound) > 0 && seconds(bound) <= seconds(price), "{bound} and {price}");
    let wrong = json!({"problem": day(4), "seconds": -1, "bound_s": 1e9});
    let refused = service.post("/v1/plans", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let text = refused.body.to_string();
    assert!(text.contains("\"seconds\"") && text.contains("\"bound_s\""), "{text}");
}

#[tokio::test]
async fn the_same_seed_and_rounds_give_the_same_plan() {
    let service = Service::new();
    let body = json!({"problem": day(6), "rounds": 50, "seed": 3});
    let mut plans = Vec::new();
    for _ in 0..2 {
        let id = service.order(&body).await;
        plans.push(service.wait(&id, "done").await["plan"].clone());
    }
    assert_eq!(plans[0], plans[1]);
}

#[tokio::test]
async fn a_running_search_shows_its_best_plan_and_keeps_it_when_stopped() {
    let service = Service::new();
    let id = service.order(&json!({"problem": day(8), "seconds": 600})).await;
    service.wait(&id, "running").await;
    let answer = service.delete(&format!("/v1/plans/{id}")).await;
    assert!([StatusCode::OK, StatusCode::ACCEPTED].contains(&answer.status), "{}", answer.body);
    let stopped = service.wait(&id, "stopped").await;
    assert_eq!(stopped["plan"]["run"]["ended"], "cancelled");
    assert_eq!(stopped["checked"], true);
}

#[tokio::test]
async fn a_search_that_waits_can_be_stopped_and_a_full_queue_refuses() {
    let service = Service::with(Config { plan_queue: 1, ..small() });
    let body = json!({"problem": day(8), "seconds": 600});
    let running = service.order(&body).await;
    service.wait(&running, "running").await;
    let waiting = service.order(&body).await;
    let refused = service.post("/v1/plans", &body).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "10");
    let answer = service.delete(&format!("/v1/plans/{waiting}")).await;
    assert_eq!((answer.status, &answer.body["status"]), (StatusCode::OK, &json!("stopped")));
    assert_eq!(answer.body["plan"], Value::Null);
    // It has made room.
    let next = service.order(&body).await;
    for id in [&next, &running] {
        service.delete(&format!("/v1/plans/{id}")).await;
    }
    service.wait(&running, "stopped").await;
}

#[tokio::test]
async fn a_plan_of_the_fleet_keeps_what_is_promised_to_its_engineer() {
    let service = Service::with_fleet(&day(3)).await;
    let answer = service.post("/v1/tickets/T2/commit", &json!({"engineer": "far"})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let id = service.order(&json!({"problem": "fleet", "rounds": 50})).await;
    let done = service.wait(&id, "done").await;
    let far = done["plan"]["routes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|route| route["engineer"] == "far")
        .expect("the promise is kept");
    assert!(far["stops"].as_array().unwrap().iter().any(|stop| stop["ticket"] == "T2"), "{far}");
    assert_eq!(done["checked"], true);
}

#[tokio::test]
async fn old_plans_make_room_for_new_ones() {
    let service = Service::with(Config { plans_kept: 1, ..small() });
    let first = service.order(&json!({"problem": day(1), "rounds": 1})).await;
    service.wait(&first, "done").await;
    service.order(&json!({"problem": day(1), "rounds": 1})).await;
    let answer = service.get(&format!("/v1/plans/{first}")).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("unknown-plan")));
}

#[tokio::test]
async fn a_flawed_order_is_refused_with_the_path_of_the_flaw() {
    let service = Service::new();
    let mut flawed = day(1);
    flawed["tickets"][0]["work_s"] = json!("long");
    let answer = service.post("/v1/plans", &json!({"problem": flawed})).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["flaws"][0]["path"], "problem.tickets[0].work_s");
    let mut twice = day(2);
    twice["tickets"][1]["id"] = json!("T1");
    let answer = service.post("/v1/plans", &json!({"problem": twice})).await;
    assert_eq!(answer.body["flaws"][0]["path"], "problem.tickets[1].id", "{}", answer.body);
    let answer = service.post("/v1/plans", &json!({"problem": day(1), "seconds": 1e9})).await;
    assert_eq!(answer.body["flaws"][0]["code"], "out-of-range");
}

#[tokio::test]
async fn a_promise_is_planned_whatever_its_prize() {
    let service = Service::with_fleet(&fleet()).await;
    let mut cheap = ticket("T1");
    cheap["prize_s"] = json!(1);
    let promised = service.post("/v1/tickets/T1/commit", &json!({"ticket": cheap})).await;
    assert_eq!(promised.status, StatusCode::OK, "{}", promised.body);
    let id = service.order(&json!({"problem": "fleet", "rounds": 50})).await;
    let done = service.wait(&id, "done").await;
    assert_eq!(done["plan"]["unserved"], json!([]), "{done}");
}
