//! Plans are there after the service has started again, whatever ended it, and for other services on the same store.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use paidan::app::app;
use paidan::config::Config;
use paidan::state::State;
use paidan::store;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::caller::ask;
use crate::common::{Service, day, small};
use crate::lasting::File;
use crate::running::Running;

/// A service over a file.
fn start(file: &File, config: Config) -> Service {
    Service(app(State::start(config, store::open(file.path()).unwrap()).unwrap()))
}

/// A service that runs on its own, asked without ceremony.
fn tell(service: &Running, method: &str, path: &str, body: &Value) -> Value {
    let (status, told) = ask(service.address, method, path, None, body).unwrap();
    assert!(status < 300, "{method} {path}: {status} {told}");
    told
}

/// Asks for a plan until it has this status.
fn wait(service: &Running, id: &str, status: &str) -> Value {
    for _ in 0..2000 {
        let told = tell(service, "GET", &format!("/v1/plans/{id}"), &Value::Null);
        if told["status"] == status {
            return told;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the plan is never {status}");
}

fn order(service: &Running, body: &Value) -> String {
    tell(service, "POST", "/v1/plans", body)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_plan_that_is_done_is_told_in_the_same_words_by_a_service_that_starts_again() {
    let file = File::new("plans");
    let service = start(&file, small());
    let id = service.order(&json!({"problem": day(4), "rounds": 50})).await;
    let done = service.wait(&id, "done").await;
    let service = start(&file, small());
    let path = format!("/v1/plans/{id}");
    assert_eq!(service.get(&path).await.body, done);
    // There is nothing to be stopped any more.
    let stopped = service.delete(&path).await;
    assert_eq!((stopped.status, &stopped.body), (StatusCode::OK, &done));
    let page = service.get(&format!("{path}/view")).await;
    assert_eq!((page.status, &page.body["code"]), (StatusCode::NOT_FOUND, &json!("no-page")));
    let events = service.get("/v1/events").await.body;
    let told: Vec<&Value> =
        events["items"].as_array().unwrap().iter().map(|fact| &fact["event"]).collect();
    assert_eq!(told, ["plan.ordered", "plan.ended"], "{events}");
    let missing = service.get("/v1/plans/none").await;
    assert_eq!(missing.body["code"], "unknown-plan", "{}", missing.body);
}

#[tokio::test]
async fn whoever_listens_to_a_kept_plan_hears_what_they_have_not_heard() {
    let file = File::new("plans-heard");
    let service = start(&file, small());
    let id = service.order(&json!({"problem": day(4), "rounds": 50})).await;
    let version = service.wait(&id, "done").await["version"].as_u64().unwrap();
    let service = start(&file, small());
    let mut heard = Vec::new();
    for have in [None, Some(version), Some(version + 1)] {
        let mut request = Request::get(format!("/v1/plans/{id}/events"));
        if let Some(have) = have {
            request = request.header("last-event-id", have);
        }
        let response = service.0.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let names = text.lines().filter_map(|line| line.strip_prefix("event: ").map(str::to_owned));
        heard.push((status.as_u16(), names.collect::<Vec<_>>()));
    }
    let expected = [(200, vec!["snapshot", "done"]), (200, vec!["done"]), (204, vec![])];
    assert_eq!(heard.len(), expected.len());
    for ((status, names), expected) in heard.into_iter().zip(expected) {
        assert_eq!((status, names.iter().map(String::as_str).collect()), expected);
    }
}

#[tokio::test]
async fn of_too_many_plans_the_oldest_leave_the_store_and_old_ones_are_told_no_more() {
    let file = File::new("plans-many");
    let service = start(&file, Config { plans_kept: 2, ..small() });
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(service.order(&json!({"problem": day(1), "rounds": 1})).await);
        service.wait(ids.last().unwrap(), "done").await;
    }
    let service = start(&file, small());
    let mut seen = Vec::new();
    for id in &ids {
        seen.push(service.get(&format!("/v1/plans/{id}")).await.status.as_u16());
    }
    assert_eq!(seen, [404, 200, 200]);
    let hasty = start(&file, Config { plan_age: Duration::ZERO, ..small() });
    assert_eq!(hasty.get(&format!("/v1/plans/{}", ids[2])).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_order_that_is_asked_again_is_searched_for_once() {
    let file = File::new("plans-once");
    let service = start(&file, small());
    let body = json!({"problem": day(2), "rounds": 1}).to_string();
    let ask = || {
        let request = Request::post("/v1/plans")
            .header("content-type", "application/json")
            .header("idempotency-key", "order-1");
        request.body(Body::from(body.clone())).unwrap()
    };
    let first = service.ask(ask()).await;
    let id = first.body["id"].as_str().unwrap().to_owned();
    service.wait(&id, "done").await;
    let service = start(&file, small());
    assert_eq!(service.ask(ask()).await.body, first.body);
    assert_eq!(service.get(&format!("/v1/plans/{id}")).await.body["status"], "done");
    let events = service.get("/v1/events").await.body;
    assert_eq!(events["items"].as_array().unwrap().len(), 2, "{events}");
}

#[test]
fn a_service_that_is_asked_to_stop_keeps_the_best_plan_so_far() {
    let file = File::new("plans-stop");
    let service = Running::start(file.path());
    let body = json!({"problem": day(8), "seconds": 600});
    let [running, waiting] = [order(&service, &body), order(&service, &body)];
    wait(&service, &running, "running");
    assert!(service.stop().success());
    let service = Running::start(file.path());
    let kept = wait(&service, &running, "stopped");
    assert_eq!((&kept["checked"], &kept["plan"]["run"]["ended"]), (&json!(true), &json!("cancelled")));
    let waited = wait(&service, &waiting, "stopped");
    assert_eq!((&waited["plan"], &waited["checked"]), (&Value::Null, &Value::Null));
    assert!(waited["why"].as_str().unwrap().contains("order it again"), "{waited}");
}

#[test]
fn a_service_that_is_killed_has_the_plans_that_it_said_were_done() {
    let file = File::new("plans-kill");
    let mut service = Running::start_with(&["--plan-lease-s", "3"], file.path());
    let done = order(&service, &json!({"problem": day(4), "rounds": 50}));
    let told = wait(&service, &done, "done");
    let endless = order(&service, &json!({"problem": day(8), "seconds": 600}));
    wait(&service, &endless, "running");
    // Until its lease says so, too.
    let other = Running::start(file.path());
    wait(&other, &endless, "running");
    service.kill();
    let service = Running::start(file.path());
    assert_eq!(wait(&service, &done, "done"), told);
    let broken = wait(&service, &endless, "stopped");
    assert!(broken["why"].as_str().unwrap().contains("order it again"), "{broken}");
}

#[tokio::test]
async fn a_search_is_told_by_other_services_as_it_is_and_may_be_stopped_there() {
    let file = File::new("plans-elsewhere");
    let config = Config { plan_workers: 1, plan_lease: Duration::from_secs(2), ..small() };
    let [here, there] = [start(&file, config.clone()), start(&file, config)];
    let body = json!({"problem": day(8), "seconds": 600});
    let [running, waiting, dropped] =
        [here.order(&body).await, here.order(&body).await, here.order(&body).await];
    here.wait(&running, "running").await;
    there.wait(&running, "running").await;
    there.wait(&waiting, "queued").await;
    // One that waits has its end in the store when that is answered, though a search goes on before it.
    let told = here.delete(&format!("/v1/plans/{dropped}")).await;
    assert_eq!((told.status, &told.body["status"]), (StatusCode::OK, &json!("stopped")));
    assert_eq!(there.get(&format!("/v1/plans/{dropped}")).await.body, told.body);
    // Whoever listens is told what there is, and comes again.
    let heard = there
        .0
        .clone()
        .oneshot(Request::get(format!("/v1/plans/{running}/events")).body(Body::empty()).unwrap());
    let heard = to_bytes(heard.await.unwrap().into_body(), usize::MAX).await.unwrap();
    let heard = String::from_utf8(heard.to_vec()).unwrap();
    assert!(heard.contains("event: snapshot") && heard.contains("retry: "), "{heard}");
    assert!(!heard.contains("event: done") && !heard.contains("event: stopped"), "{heard}");
    // It outlasts its first lease, since that is renewed.
    while there.wait(&running, "running").await["elapsed_s"].as_f64().unwrap() < 2.5 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for id in [&waiting, &running] {
        let told = there.delete(&format!("/v1/plans/{id}")).await;
        assert_eq!(told.status, StatusCode::ACCEPTED, "{}", told.body);
        let ended = there.wait(id, "stopped").await;
        assert_eq!(here.wait(id, "stopped").await["plan"], ended["plan"]);
        assert_eq!(ended["why"], Value::Null, "{ended}");
    }
    assert_eq!(there.wait(&running, "stopped").await["checked"], true);
}

#[tokio::test]
async fn the_same_order_finds_the_same_plan_after_a_new_start_whatever_came_in_first() {
    let file = File::new("plans-order");
    let service = start(&file, small());
    let mut fleet = day(0);
    fleet["now"] = json!("2026-03-02T07:00:00+01:00");
    assert_eq!(service.put("/v1/fleet", &fleet).await.status, StatusCode::OK);
    for n in 0..40_u32 {
        // Some come in before others whose ids are less, and all are elsewhere.
        let n = n * 7 % 40;
        let (north, east) = (f64::from(n * n * 11 % 41), f64::from(n * n * n * 13 % 43));
        let place = json!({"lat": 52.4 + north / 150.0, "lon": 13.3 + east / 100.0});
        let new = json!({"id": format!("T{n:02}"), "place": place, "work_s": 1500});
        assert_eq!(service.post("/v1/tickets", &new).await.status, StatusCode::CREATED);
    }
    let mut seen = Vec::new();
    for service in [service, start(&file, small())] {
        let id = service.order(&json!({"problem": "fleet", "rounds": 200, "seed": 5})).await;
        let routes = service.wait(&id, "done").await["plan"]["routes"].clone();
        let stops = |route: &Value| {
            let stops = route["stops"].as_array().unwrap().iter();
            (route["engineer"].clone(), stops.map(|stop| stop["ticket"].clone()).collect::<Vec<_>>())
        };
        let plan: Vec<_> = routes.as_array().unwrap().iter().map(stops).collect();
        assert!(plan.iter().any(|(_, stops)| stops.len() > 1), "{plan:?}");
        seen.push(plan);
    }
    assert_eq!(seen[0], seen[1]);
}
