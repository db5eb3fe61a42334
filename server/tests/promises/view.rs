//! `/v1/plans/{id}/view`.

use crate::common::{Service, day};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A page: its status, its media type, its text.
async fn look(service: &Service, id: &str) -> (StatusCode, String, String) {
    let request = Request::builder().uri(format!("/v1/plans/{id}/view")).body(Body::empty());
    let response = service.0.clone().oneshot(request.expect("a request")).await.expect("an answer");
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, kind, String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

/// What the page knows.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("type=\"application/json\">").expect("the data");
    serde_json::from_str(rest.split_once("</script>").expect("their end").0).expect("JSON")
}

#[tokio::test]
async fn a_plan_is_a_page_of_its_own() {
    let service = Service::new();
    let id = service.order(&json!({"problem": day(4), "rounds": 50})).await;
    service.wait(&id, "done").await;
    let (status, kind, page) = look(&service, &id).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.contains("Content-Security-Policy"), "{page}");
    let data = data(&page);
    assert_eq!((&data["source"], &data["running"]), (&json!(id), &json!(false)));
    assert_eq!(data["summary"]["served"], json!(4));
}

#[tokio::test]
async fn a_search_without_a_plan_has_a_page_that_looks_again() {
    let service = Service::new();
    let first = service.order(&json!({"problem": day(8), "seconds": 600})).await;
    service.wait(&first, "running").await;
    let waiting = service.order(&json!({"problem": day(8), "seconds": 600})).await;
    let (status, kind, page) = look(&service, &waiting).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.contains("waits for its turn") && page.contains("http-equiv=\"refresh\""), "{page}");
    service.delete(&format!("/v1/plans/{waiting}")).await;
    let (_, _, page) = look(&service, &waiting).await;
    assert!(page.contains("was stopped") && !page.contains("http-equiv=\"refresh\""), "{page}");
    service.delete(&format!("/v1/plans/{first}")).await;
}

#[tokio::test]
async fn a_plan_that_nobody_knows_is_refused_like_everywhere() {
    let service = Service::new();
    let answer = service.get("/v1/plans/nothing/view").await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("unknown-plan")));
}
