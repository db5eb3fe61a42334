//! `/v1/kpis`.

mod slow;

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::{Service, fleet, ticket};

const PERIOD: &str = "from=2026-03-01T23:00:00Z&to=2026-03-03T23:00:00Z";

async fn kpis(service: &Service, query: &str) -> Value {
    let answer = service.get(&format!("/v1/kpis?{query}&limit=1000")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

/// A figure, and on how many cases it stands.
fn figure(values: &Value, name: &str) -> (Value, u64) {
    (values[name]["value"].clone(), values[name]["n"].as_u64().unwrap_or_else(|| panic!("no {name}")))
}

/// Tells a step, when it is taken.
async fn tell(service: &Service, id: &str, change: Value) {
    if let Some(at) = change.get("at") {
        let mut setup = service.get("/v1/setup").await.body;
        setup["now"] = at.clone();
        let answer = service.put("/v1/setup", &setup).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let answer = service.post(&format!("/v1/tickets/{id}/state"), &change).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

/// A day with a ticket that was done in time, one that was not, and one that was cancelled.
async fn a_day() -> Service {
    let mut document = fleet();
    let square = [[13.0, 52.0], [14.0, 52.0], [14.0, 53.0], [13.0, 53.0], [13.0, 52.0]];
    document["territories"] =
        json!([{"id": "city", "area": {"type": "Polygon", "coordinates": [square]}}]);
    let service = Service::with_fleet(&document).await;
    for (id, kind) in [("T1", "repair"), ("T2", "complaint"), ("T3", "repair")] {
        let mut new = ticket(id);
        new["type"] = json!(kind);
        new["customer"] = json!(id);
        let commit = json!({"ticket": new, "engineer": if id == "T2" { "far" } else { "near" }});
        let answer = service.post(&format!("/v1/tickets/{id}/commit"), &commit).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    tell(&service, "T1", json!({"to": "on_site", "at": "2026-03-02T08:30:00+01:00"})).await;
    tell(&service, "T1", json!({"to": "done", "at": "2026-03-02T09:30:00+01:00", "rating": 5})).await;
    // A complaint is to be begun within two hours, by the policy.
    tell(&service, "T2", json!({"to": "on_site", "at": "2026-03-02T10:00:00+01:00"})).await;
    tell(&service, "T2", json!({"to": "done", "at": "2026-03-02T21:00:00+01:00", "rating": 2})).await;
    tell(&service, "T3", json!({"to": "cancelled"})).await;
    service
}

#[tokio::test]
async fn figures_are_what_has_happened() {
    let service = a_day().await;
    let told = kpis(&service, "by=engineer").await;
    let total = &told["total"];
    for (name, value, n) in [
        ("opened", 3.0, 3),
        ("done", 2.0, 2),
        ("cancelled", 1.0, 1),
        ("late", 1.0, 2),
        ("response_median_s", 5400.0, 2),
        ("response_p90_s", 10_800.0, 2),
        ("response_mean_s", 8100.0, 2),
        ("respond_kept", 0.0, 1),
        // T1 until 20:00, as T2, which was done at 21:00.
        ("resolve_kept", 0.5, 2),
        ("first_time_fix", 0.5, 2),
        ("repeats", 0.0, 2),
        ("csat_mean", 3.5, 2),
        ("csat_satisfied", 0.5, 2),
        ("work_total_s", 7200.0, 2),
        // An hour of eight each.
        ("load_mean", 0.125, 2),
        ("load_sd", 0.0, 2),
        ("load_gini", 0.0, 2),
        ("rated", 2.0, 2),
    ] {
        assert_eq!(figure(total, name), (json!(value), n), "{name}: {total}");
    }
    // Nobody was bound: that is no share of nothing.
    assert_eq!(figure(total, "repeats_bound"), (Value::Null, 0));
    let groups = told["groups"].as_array().expect("groups");
    let names: Vec<&Value> = groups.iter().map(|group| &group["group"]).collect();
    assert_eq!(names, ["far", "near"]);
    assert_eq!(figure(&groups[0]["values"], "csat_mean"), (json!(2.0), 1));
    assert_eq!(figure(&groups[1]["values"], "cancelled"), (json!(1.0), 1));
    assert_eq!(figure(&groups[1]["values"], "opened"), (Value::Null, 0));
    let meant: BTreeSet<&str> = told["figures"]
        .as_array()
        .expect("figures")
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let values: BTreeSet<&str> = total.as_object().expect("values").keys().map(String::as_str).collect();
    assert_eq!(meant, values, "each figure is explained");
}

#[tokio::test]
async fn groups_are_made_by_issue_territory_and_day() {
    let service = a_day().await;
    for (by, group) in [("issue", "no-heat"), ("territory", "city"), ("day", "2026-03-02")] {
        let told = kpis(&service, &format!("by={by}")).await;
        let groups = told["groups"].as_array().expect("groups");
        assert_eq!((groups.len(), &groups[0]["group"]), (1, &json!(group)), "{told}");
        for name in ["opened", "done", "cancelled", "first_time_fix", "csat_mean", "drive_total_s"] {
            let values = &groups[0]["values"];
            assert_eq!(figure(values, name), figure(&told["total"], name), "{name} by {by}");
        }
    }
    // Whoever lists more pages gets the same.
    let first = service.get("/v1/kpis?by=engineer&limit=1").await.body;
    let rest = service.get("/v1/kpis?by=engineer&limit=1&after=far").await.body;
    assert_eq!((&first["next"], &rest["next"]), (&json!("far"), &Value::Null));
    assert_eq!(
        (&first["groups"][0]["group"], &rest["groups"][0]["group"]),
        (&json!("far"), &json!("near"))
    );
}

#[tokio::test]
async fn a_period_holds_what_happened_in_it() {
    let service = a_day().await;
    let until = kpis(&service, "from=2026-03-02T05:00:00Z&to=2026-03-02T08:30:00Z").await;
    // T1 was done at that very moment, which is in the next one.
    assert_eq!((figure(&until["total"], "opened").1, figure(&until["total"], "done").1), (3, 0));
    let since = kpis(&service, "from=2026-03-02T08:30:00Z&to=2026-03-03T00:00:00Z").await;
    assert_eq!((figure(&since["total"], "opened").1, figure(&since["total"], "done").1), (0, 2));
    for (query, path) in [
        ("by=colour", "query.by"),
        ("from=yesterday", "query.from"),
        ("from=2026-03-02T08:30:00Z&to=2026-03-02T08:30:00Z", "query.from"),
        ("limit=0", "query.limit"),
    ] {
        let answer = service.get(&format!("/v1/kpis?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.body["flaws"][0]["path"], path, "{}", answer.body);
    }
}

#[tokio::test]
async fn the_same_comes_as_a_table() {
    let service = a_day().await;
    let request = Request::get("/v1/kpis?by=engineer&limit=1").header("accept", "text/csv");
    let response = service.0.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let link = response.headers()["link"].to_str().unwrap().to_owned();
    assert!(link.contains("after=far") && link.ends_with("rel=\"next\""), "{link}");
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((rows.len(), rows[0][0], rows[1][0], rows[2][0]), (3, "group", "*", "far"), "{text}");
    let column = |name: &str| rows[0].iter().position(|known| *known == name).expect("a column");
    assert_eq!((rows[1][column("done")], rows[1][column("done_n")]), ("2", "2"));
    assert_eq!((rows[1][column("repeats_bound")], rows[1][column("repeats_bound_n")]), ("", "0"));
    let next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    assert_eq!(service.get(&next).await.body["groups"][0]["group"], "near");
}

#[tokio::test]
async fn another_fleet_opens_its_tickets_once_and_keeps_what_was_done() {
    let service = a_day().await;
    let mut document = fleet();
    document["tickets"] = json!([ticket("T8"), ticket("T9")]);
    for _ in 0..3 {
        assert_eq!(service.put("/v1/fleet", &document).await.status, StatusCode::OK);
    }
    let total = kpis(&service, "").await["total"].clone();
    // T1, T2 and T3 were opened and closed before.
    assert_eq!((figure(&total, "opened").1, figure(&total, "done").1), (5, 2), "{total}");
}

#[tokio::test]
async fn the_way_to_a_ticket_is_from_the_one_before() {
    let mut document = fleet();
    let at = |id: &str, lon: f64| json!({"id": id, "place": {"lat": 52.5, "lon": lon}, "work_s": 600});
    document["tickets"] = json!([at("A", 13.5), at("B", 13.5), at("C", 13.6)]);
    document["routes"] = json!([{"engineer": "near", "shift": 0, "tickets": ["A", "B", "C"]}]);
    let service = Service::with_fleet(&document).await;
    let mut before = 0.0;
    // Home is at 13.4; from A to B there is no way, and from B to C as far as from home to A.
    for (id, times) in [("A", 1.0), ("B", 1.0), ("C", 2.0)] {
        tell(&service, id, json!({"to": "done", "at": "2026-03-02T10:00:00+01:00"})).await;
        let total = kpis(&service, "").await["total"].clone();
        let drive = figure(&total, "drive_total_s").0.as_f64().expect("it is known");
        if id == "A" {
            before = drive;
        }
        assert!((drive - times * before).abs() <= 1.0 && before > 0.0, "{id}: {drive} after {before}");
    }
}

#[tokio::test]
async fn a_way_is_from_where_work_ended_last_whatever_was_told_last() {
    let mut document = fleet();
    let at = |id: &str, lon: f64| json!({"id": id, "place": {"lat": 52.5, "lon": lon}, "work_s": 600});
    document["tickets"] = json!([at("A", 13.6), at("B", 13.5), at("C", 13.6)]);
    document["routes"] = json!([{"engineer": "near", "shift": 0, "tickets": ["B", "A", "C"]}]);
    let service = Service::with_fleet(&document).await;
    let total = async || {
        let total = kpis(&service, "").await["total"].clone();
        figure(&total, "drive_total_s").0
    };
    tell(&service, "A", json!({"to": "done", "at": "2026-03-02T10:00:00+01:00"})).await;
    // It ended before, and is told behind.
    let late = json!({"to": "done", "at": "2026-03-02T09:30:00+01:00"});
    assert_eq!(service.post("/v1/tickets/B/state", &late).await.status, StatusCode::OK);
    let before = total().await;
    tell(&service, "C", json!({"to": "done", "at": "2026-03-02T11:00:00+01:00"})).await;
    assert_eq!(total().await, before, "from A to C there is no way");
}
