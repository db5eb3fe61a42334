//! A service in memory, and requests in a line.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use paidan::app::app;
use paidan::config::Config;
use paidan::state::State;
use paidan::store::{self, Store};
use serde_json::{Value, json};
use tower::ServiceExt;

/// An answer: its status, its headers, its document.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A service.
#[derive(Clone)]
pub struct Service(pub Router);

impl Service {
    /// A service without a fleet.
    pub fn new() -> Service {
        Service::with(small())
    }

    /// The same with other limits.
    pub fn with(config: Config) -> Service {
        Service(app(State::start(config, memory()).expect("threads")))
    }

    /// A service with this fleet.
    pub async fn with_fleet(fleet: &Value) -> Service {
        let service = Service::new();
        let answer = service.put("/v1/fleet", fleet).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        service
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body.to_string())).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body.to_string())).await
    }

    /// Orders a plan; its id.
    pub async fn order(&self, body: &Value) -> String {
        let answer = self.post("/v1/plans", body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
        let id = answer.body["id"].as_str().expect("an id").to_owned();
        assert_eq!(answer.headers["location"], format!("/v1/plans/{id}"));
        id
    }

    /// Asks for a plan until it has this status.
    pub async fn wait(&self, id: &str, status: &str) -> Value {
        for _ in 0..2000 {
            let answer = self.get(&format!("/v1/plans/{id}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            if answer.body["status"] == status {
                return answer.body;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the plan is never {status}");
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        self.ask(request.body(Body::from(body.unwrap_or_default())).expect("a request")).await
    }

    /// Sends a body of any type.
    pub async fn send_as(&self, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", kind);
        self.ask(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_as("PATCH", path, "application/merge-patch+json", &body.to_string()).await
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|trouble| panic!("{trouble}: {}", String::from_utf8_lossy(&bytes)));
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// A store that is gone with the test.
pub fn memory() -> Arc<dyn Store> {
    store::open("memory").expect("memory")
}

/// Limits for tests: few threads, so that many services fit beside each other.
pub fn small() -> Config {
    Config { quick_threads: 1, plan_threads: 1, pace: 0, ..Config::default() }
}

/// A day of two engineers: `near` lives beside the customers and is the better one, `far` is not.
pub fn fleet() -> Value {
    let shift = json!({"start": "2026-03-02T08:00:00+01:00", "end": "2026-03-02T16:00:00+01:00"});
    json!({
        "now": "2026-03-02T07:00:00+01:00",
        "engineers": [
            {"id": "near", "home": {"lat": 52.50, "lon": 13.40}, "skills": {"boiler": 4}, "shifts": [shift]},
            {"id": "far", "home": {"lat": 52.50, "lon": 13.55}, "skills": {"boiler": 3}, "shifts": [shift]},
        ],
    })
}

/// The same with so many tickets.
pub fn day(tickets: usize) -> Value {
    let mut document = fleet();
    document["tickets"] = (1..=tickets).map(|n| ticket(&format!("T{n}"))).collect();
    document
}

/// A ticket of customer `C1`, beside `near`.
pub fn ticket(id: &str) -> Value {
    json!({
        "id": id,
        "customer": "C1",
        "issue": "no-heat",
        "place": {"lat": 52.505, "lon": 13.405},
        "work_s": 3600,
        "requires": {"boiler": {"level": 2, "preferred": 4}},
        "sla": {"resolve_by": "2026-03-02T20:00:00+01:00"},
    })
}

/// A visit at customer `C1` by an engineer, on a day of February, that did not help.
pub fn visit(engineer: &str, day: u8) -> Value {
    json!({
        "ticket": format!("V{day}"),
        "customer": "C1",
        "issue": "no-heat",
        "engineer": engineer,
        "start": format!("2026-02-{day:02}T09:00:00+01:00"),
        "end": format!("2026-02-{day:02}T10:00:00+01:00"),
        "resolved": false,
    })
}
