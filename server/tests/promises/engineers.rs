//! `/v1/engineers`.

use axum::http::StatusCode;
use paidan_engine::problem::limits::LIST;
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

/// Spans of ten minutes of a year before, so many.
fn long_ago(count: usize) -> Vec<Value> {
    let span = |n: usize| {
        let (day, hour, minute) = (1 + n / 72 % 28, n / 3 % 24, n % 3 * 20);
        let at =
            |minute: usize| format!("2025-{:02}-{day:02}T{hour:02}:{minute:02}:00+01:00", 1 + n / 2016);
        json!({"start": at(minute), "end": at(minute + 10)})
    };
    (0..count).map(span).collect()
}

#[tokio::test]
async fn absences_that_say_nothing_any_more_are_forgotten_and_those_that_touch_are_one() {
    let service = Service::with_fleet(&day(0)).await;
    let at = |hour: u32, minute: u32| format!("2026-03-02T{hour:02}:{minute:02}:00+01:00");
    let span =
        |from: (u32, u32), to: (u32, u32)| json!({"start": at(from.0, from.1), "end": at(to.0, to.1)});
    let mut absences = long_ago(LIST - 1);
    // In the shift of today, and before it.
    let (morning, early) = (span((8, 30), (8, 40)), span((7, 0), (7, 30)));
    absences.push(morning.clone());
    let near = service.patch("/v1/engineers/near", &json!({"absences": absences})).await;
    assert_eq!(near.status, StatusCode::OK, "{}", near.body);
    service.put("/v1/setup", &json!({"now": at(10, 0)})).await;
    let post = async |kind: &str, from: Option<(u32, u32)>, until: Option<(u32, u32)>| {
        let moment = |time: Option<(u32, u32)>| time.map(|(hour, minute)| at(hour, minute));
        let mut body = json!({"kind": kind});
        for (key, time) in [("from", from), ("until", until)] {
            if let Some(moment) = moment(time) {
                body[key] = json!(moment);
            }
        }
        let told = service.post("/v1/engineers/near/availability", &body).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let engineer = service.get("/v1/engineers/near").await.body;
        assert_eq!(engineer.get("absences").unwrap_or(&json!([])), &told.body["absences"]);
        told.body["absences"].clone()
    };
    let told = post("on_break", None, Some((10, 20))).await;
    assert_eq!(told, json!([morning, span((10, 0), (10, 20))]), "what was long ago is forgotten");
    assert_eq!(
        post("on_break", Some((7, 0)), Some((7, 30))).await,
        told,
        "and so is {early}, before the shift has begun"
    );
    // One that goes on is longer, one that is still to come stands for itself.
    let leave = span((10, 40), (12, 0));
    post("on_break", Some((10, 40)), Some((12, 0))).await;
    post("running_late", None, Some((10, 30))).await;
    let told = post("on_break", Some((10, 30)), Some((10, 40))).await;
    let rest = span((10, 30), (10, 40));
    assert_eq!(told, json!([morning, span((10, 0), (10, 30)), rest, leave]));
    service.put("/v1/setup", &json!({"now": at(10, 35)})).await;
    assert_eq!(post("back", None, None).await, json!([morning, span((10, 0), (10, 35)), leave]));
    service.put("/v1/setup", &json!({"now": at(10, 50)})).await;
    assert_eq!(
        post("back", Some((10, 35)), None).await,
        json!([morning, span((10, 0), (10, 35)), leave])
    );
}

#[tokio::test]
async fn of_changes_that_are_told_all_at_once_none_is_lost_and_none_refused() {
    let service = Service::with_fleet(&day(1)).await;
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..12 {
        let (service, skill) = (service.clone(), format!("s{n}"));
        asked.spawn(async move {
            let told = match n % 3 {
                0 => service.patch("/v1/engineers/near", &json!({"skills": {skill: 2}})).await,
                1 => {
                    let until = format!("2026-03-02T07:{n:02}:00+01:00");
                    let late = json!({"kind": "running_late", "until": until});
                    service.post("/v1/engineers/near/availability", &late).await
                }
                _ => {
                    let engineer = json!({"id": skill, "home": {"lat": 52.5, "lon": 13.5}});
                    service.put(&format!("/v1/engineers/{skill}"), &engineer).await
                }
            };
            assert!(told.status.is_success(), "{n}: {}", told.body);
        });
    }
    while let Some(ended) = asked.join_next().await {
        ended.expect("it is answered");
    }
    let near = service.get("/v1/engineers/near").await.body;
    for n in [0, 3, 6, 9] {
        assert_eq!(near["skills"][format!("s{n}")], json!(2), "{near}");
    }
    let absences = json!([{"start": "2026-03-02T07:00:00+01:00", "end": "2026-03-02T07:10:00+01:00"}]);
    assert_eq!(near["absences"], absences);
    assert_eq!(service.get("/v1/fleet").await.body["engineers"], 6);
}
