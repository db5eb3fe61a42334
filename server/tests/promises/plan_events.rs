//! `/v1/plans/{id}/events`. That the changes add up to the plan is tested in `plans/pages.rs`.

use std::time::Duration;

use crate::common::{Service, day, small};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::{Stream, StreamExt};
use paidan::config::Config;
use serde_json::{Value, json};
use tower::ServiceExt;

/// One event, or a comment with the name "".
#[derive(Clone, Debug, PartialEq)]
struct Heard {
    name: String,
    id: u64,
    data: Value,
}

/// The events of a plan as they come, after the one with this id.
async fn listen(service: &Service, id: &str, after: Option<u64>) -> impl Stream<Item = Heard> + use<> {
    let mut request = Request::get(format!("/v1/plans/{id}/events"));
    if let Some(after) = after {
        request = request.header("last-event-id", after.to_string());
    }
    let request = request.body(Body::empty()).unwrap();
    let response = service.0.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    // Each event is written in one go.
    response.into_body().into_data_stream().map(|bytes| {
        let bytes = bytes.unwrap();
        let field = |name: &str| {
            let text = std::str::from_utf8(&bytes).unwrap();
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::to_owned)
        };
        Heard {
            name: field("event").unwrap_or_default(),
            id: field("id").map_or(0, |id| id.parse().unwrap()),
            data: field("data").map_or(Value::Null, |data| serde_json::from_str(&data).unwrap()),
        }
    })
}

#[tokio::test]
async fn the_first_event_is_the_plan_so_far_and_the_last_one_tells_the_check() {
    let service = Service::new();
    let id = service.order(&json!({"problem": day(8), "rounds": 2000})).await;
    let heard: Vec<Heard> = listen(&service, &id, None).await.collect().await;
    let (first, last) = (heard.first().unwrap(), heard.last().unwrap());
    assert_eq!(first.name, "snapshot");
    assert!(heard.windows(2).all(|pair| pair[0].id < pair[1].id), "{heard:?}");
    assert_eq!((last.name.as_str(), &last.data["checked"]), ("done", &json!(true)), "{last:?}");
    let status = service.get(&format!("/v1/plans/{id}")).await.body;
    assert_eq!(status["version"], last.id - 1);
}

#[tokio::test]
async fn a_finished_plan_is_told_once() {
    let service = Service::new();
    let id = service.order(&json!({"problem": day(4), "rounds": 50})).await;
    let _: Vec<Heard> = listen(&service, &id, None).await.collect().await;
    let again: Vec<Heard> = listen(&service, &id, None).await.collect().await;
    assert_eq!(again.iter().map(|event| &*event.name).collect::<Vec<_>>(), ["snapshot", "done"]);
    let status = service.get(&format!("/v1/plans/{id}")).await.body;
    assert_eq!(again[0].data, status);
    // Whoever knows the plan hears only how it ended; whoever knows that too hears nothing.
    let end: Vec<Heard> = listen(&service, &id, Some(again[0].id)).await.collect().await;
    assert_eq!(end.iter().map(|event| &*event.name).collect::<Vec<_>>(), ["done"]);
    let request = Request::get(format!("/v1/plans/{id}/events")).header("last-event-id", end[0].id);
    let response = service.0.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_search_that_is_stopped_tells_so_at_the_end() {
    let service = Service::new();
    let id = service.order(&json!({"problem": day(8), "seconds": 600})).await;
    let mut events = Box::pin(listen(&service, &id, None).await);
    assert_eq!(events.next().await.unwrap().name, "snapshot");
    service.delete(&format!("/v1/plans/{id}")).await;
    let rest: Vec<Heard> = events.collect().await;
    assert_eq!(rest.last().unwrap().name, "stopped");
}

#[tokio::test]
async fn listeners_have_a_limit_and_a_seat_becomes_free_again() {
    let service = Service::with(Config { listeners: 1, ..small() });
    let id = service.order(&json!({"problem": day(8), "seconds": 600})).await;
    let listener = listen(&service, &id, None).await;
    let path = format!("/v1/plans/{id}/events");
    let refused = service.get(&path).await;
    assert_eq!((refused.status, &refused.body["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("busy")));
    assert_eq!(refused.headers["retry-after"], "10");
    drop(listener);
    let mut events = Box::pin(listen(&service, &id, None).await);
    assert_eq!(events.next().await.unwrap().name, "snapshot");
    service.delete(&format!("/v1/plans/{id}")).await;
}

#[tokio::test]
async fn silence_is_broken_by_comments() {
    let service = Service::with(Config { heartbeat: Duration::from_millis(5), ..small() });
    // One that runs and finds nothing better, and one that waits for it.
    let running = service.order(&json!({"problem": day(1), "seconds": 600})).await;
    let waiting = service.order(&json!({"problem": day(1), "seconds": 600})).await;
    let heard: Vec<Heard> = listen(&service, &waiting, None).await.take(3).collect().await;
    assert_eq!(heard.iter().map(|event| &*event.name).collect::<Vec<_>>(), ["snapshot", "", ""]);
    for id in [waiting, running] {
        service.delete(&format!("/v1/plans/{id}")).await;
    }
}

#[tokio::test]
async fn nobody_listens_to_a_plan_that_never_was() {
    let answer = Service::new().get("/v1/plans/none/events").await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("unknown-plan")));
}
