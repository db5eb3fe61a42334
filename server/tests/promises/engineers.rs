//! `/v1/engineers`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Service, day};

/// A service in which `near` is promised `T1` and `T2`.
async fn promised() -> (Service, Value) {
    let service = Service::with_fleet(&day(2)).await;
    for id in ["T1", "T2"] {
        let path = format!("/v1/tickets/{id}/commit");
        let answer = service.post(&path, &json!({"engineer": "near"})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let near = service.get("/v1/engineers/near").await.body;
    (service, near)
}

async fn open(service: &Service) -> Vec<String> {
    let page = service.get("/v1/tickets?state=open").await.body;
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| ticket["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_engineer_who_comes_is_dispatched_and_one_who_goes_is_not() {
    let service = Service::with_fleet(&day(1)).await;
    let mut beside = service.get("/v1/engineers/near").await.body;
    beside["id"] = json!("beside");
    beside["home"] = json!({"lat": 52.505, "lon": 13.405});
    let added = service.put("/v1/engineers/beside", &beside).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let ask = async || service.post("/v1/dispatch", &json!({"ticket": "T1", "keep": false})).await.body;
    assert_eq!(ask().await["chosen"], "beside");
    assert_eq!(service.delete("/v1/engineers/beside").await.status, StatusCode::OK);
    assert_eq!(ask().await["chosen"], "near");
    assert_eq!(service.delete("/v1/engineers/beside").await.status, StatusCode::NOT_FOUND);
    let other = service.put("/v1/engineers/other", &beside).await;
    assert_eq!(other.body["flaws"][0]["code"], "contradiction");
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let (service, near) = promised().await;
    let patched =
        service.patch("/v1/engineers/near", &json!({"skills": {"gas": 3}, "class": "a"})).await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.body);
    let mut expected = near.clone();
    expected["skills"]["gas"] = json!(3);
    expected["class"] = json!("a");
    assert_eq!(patched.body, expected);
    assert_eq!(service.get("/v1/engineers/near").await.body, expected);
    let back = json!({"skills": {"gas": null}, "class": null});
    assert_eq!(service.patch("/v1/engineers/near", &back).await.body, near);
    // What comes out is held to what a PUT is held to.
    for (patch, code) in [
        (json!({"skills": {"boiler": null}}), "broken-route"),
        (json!({"skills": {"boiler": 7}}), "out-of-range"),
        (json!({"id": "other"}), "contradiction"),
        (json!({"colour": "red"}), "unknown-key"),
        (json!([1]), "wrong-type"),
    ] {
        let refused = service.patch("/v1/engineers/near", &patch).await;
        assert_eq!(refused.body["flaws"][0]["code"], code, "{patch}: {}", refused.body);
    }
    assert_eq!(service.patch("/v1/engineers/nobody", &json!({})).await.status, StatusCode::NOT_FOUND);
    let stale = axum::http::Request::patch("/v1/engineers/near")
        .header("content-type", "application/merge-patch+json")
        .header("if-match", "\"1\"")
        .body(axum::body::Body::from("{\"class\": \"b\"}"));
    let stale = service.ask(stale.unwrap()).await;
    assert_eq!((stale.status, &stale.body["current"]), (StatusCode::PRECONDITION_FAILED, &near));
    let released = service.patch("/v1/engineers/near?release=true", &json!({"skills": null})).await;
    assert_eq!(released.status, StatusCode::OK, "{}", released.body);
    assert_eq!(open(&service).await, ["T1", "T2"]);
}

#[tokio::test]
async fn a_shorter_day_gives_back_what_does_not_fit_from_its_end_if_told_to() {
    let (service, mut near) = promised().await;
    near["shifts"][0]["end"] = json!("2026-03-02T09:40:00+01:00");
    let refused = service.put("/v1/engineers/near", &near).await;
    assert_eq!(refused.body["flaws"][0]["code"], "broken-route", "{}", refused.body);
    assert_eq!(open(&service).await, [""; 0], "nothing was half done");
    let told = service.put("/v1/engineers/near?release=true", &near).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(open(&service).await.len(), 1);
    let route = service.get("/v1/routes/near/0").await.body;
    assert_eq!(route["tickets"].as_array().unwrap().len(), 1, "{route}");
}

#[tokio::test]
async fn promises_of_a_shift_go_with_it_and_not_to_the_next_one() {
    let (service, mut near) = promised().await;
    let tomorrow = json!({"start": "2026-03-03T08:00:00+01:00", "end": "2026-03-03T16:00:00+01:00"});
    near["shifts"] = json!([tomorrow, near["shifts"][0]]);
    let told = service.put("/v1/engineers/near", &near).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(service.get("/v1/routes/near/0").await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get("/v1/routes/near/1").await.body["tickets"].as_array().unwrap().len(), 2);
    near["shifts"] = json!([tomorrow]);
    assert_eq!(service.put("/v1/engineers/near", &near).await.body["flaws"][0]["code"], "broken-route");
    assert_eq!(service.put("/v1/engineers/near?release=true", &near).await.status, StatusCode::OK);
    assert_eq!(open(&service).await, ["T1", "T2"]);
    assert_eq!(service.get("/v1/routes").await.body["items"], json!([]));
}

#[tokio::test]
async fn who_leaves_gives_everything_back_if_told_to() {
    let (service, _) = promised().await;
    assert_eq!(service.delete("/v1/engineers/near").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        service.delete("/v1/engineers/near?release=perhaps").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(service.delete("/v1/engineers/near?release=true").await.status, StatusCode::OK);
    assert_eq!(open(&service).await, ["T1", "T2"]);
    let again = service.send("POST", "/v1/tickets/T1/commit", None).await;
    assert_eq!(again.body["engineer"], "far", "{}", again.body);
}
