//! What every request and every answer has: an id, a count, gzip where it is worth it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use crate::common::{Service, day, fleet, memory, small, ticket};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::{Router, routing};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use paidan::config::Config;
use paidan::door::Door;
use paidan::state::State;
use serde_json::json;
use tower::ServiceExt;
use tracing::Level;
use tracing::subscriber::DefaultGuard;

async fn raw(service: &Service, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let response = service.0.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap())
}

fn get(path: &str, header: (&str, &str)) -> Request<Body> {
    Request::get(path).header(header.0, header.1).body(Body::empty()).unwrap()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn every_answer_has_the_id_of_its_request() {
    let service = Service::new();
    let own = raw(&service, get("/v1/limits", ("x-request-id", "call-7"))).await.1;
    assert_eq!(own["x-request-id"], "call-7");
    let insane = raw(&service, get("/v1/limits", ("x-request-id", "two words"))).await.1;
    assert_ne!(insane["x-request-id"], "two words");
    let mut seen = vec![insane["x-request-id"].clone()];
    for path in ["/v1/limits", "/v1/fleet", "/nowhere", "/v1/dispatch", "/v1/plans/%ff"] {
        let id = service.get(path).await.headers["x-request-id"].clone();
        assert!(!seen.contains(&id), "{path}: {id:?}");
        seen.push(id);
    }
}

#[tokio::test]
async fn large_answers_are_packed_for_whoever_takes_gzip() {
    let service = Service::with(Config { gzip_from_bytes: 500, ..small() });
    let (_, plain_headers, plain) = raw(&service, get("/v1/limits", ("accept-encoding", "br"))).await;
    assert!(!plain_headers.contains_key("content-encoding"));
    assert_eq!(plain_headers["vary"], "accept-encoding");
    let (_, headers, packed) = raw(&service, get("/v1/limits", ("accept-encoding", "gzip, br"))).await;
    assert_eq!(headers["content-encoding"], "gzip");
    assert!(packed.len() < plain.len() / 2);
    assert_eq!(headers["content-length"], packed.len().to_string());
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    let (_, headers, _) = raw(&service, get("/readyz", ("accept-encoding", "gzip"))).await;
    assert!(!headers.contains_key("content-encoding") && !headers.contains_key("vary"));
}

fn packed(body: Vec<u8>, coding: &str) -> Request<Body> {
    let request = Request::put("/v1/fleet").header("content-type", "application/json");
    request.header("content-encoding", coding).body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn a_packed_body_is_read() {
    let service = Service::new();
    let answer = service.ask(packed(gzip(day(3).to_string().as_bytes()), "gzip")).await;
    assert_eq!((answer.status, &answer.body["tickets_open"]), (StatusCode::OK, &json!(3)));
    let answer = service.ask(packed(fleet().to_string().into_bytes(), "identity")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn a_packed_body_may_not_grow_over_the_limit() {
    let service = Service::with(Config { body_bytes: 100_000, ..small() });
    let bomb = gzip(&vec![b' '; 10_000_000]);
    assert!(bomb.len() < 100_000);
    let answer = service.ask(packed(bomb, "gzip")).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("body-too-large"))
    );
}

#[tokio::test]
async fn a_body_that_is_packed_badly_or_otherwise_is_refused() {
    let service = Service::new();
    let mut broken = gzip(day(3).to_string().as_bytes());
    broken.truncate(broken.len() / 2);
    let answer = service.ask(packed(broken, "gzip")).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::BAD_REQUEST, &json!("malformed-gzip"))
    );
    let mut twice = packed(gzip(&gzip(b"{}")), "gzip");
    twice.headers_mut().append("content-encoding", HeaderValue::from_static("gzip"));
    for (request, told) in [(packed(b"{}".to_vec(), "br"), "\"br\""), (twice, "\"gzip, gzip\"")] {
        let answer = service.ask(request).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(answer.body["code"], "wrong-content-encoding");
        assert!(answer.body["detail"].as_str().unwrap().starts_with(told), "{}", answer.body);
        assert_eq!(answer.headers["accept-encoding"], "gzip");
    }
}

/// What is logged from now on, on this thread, from this level on.
fn log(level: Level) -> (DefaultGuard, Arc<Mutex<Vec<u8>>>) {
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Arc::new(Mutex::new(Vec::new()));
    let own = Arc::clone(&lines);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .with_writer(move || Lines(Arc::clone(&own)));
    (tracing::subscriber::set_default(subscriber.finish()), lines)
}

fn told(lines: &Mutex<Vec<u8>>) -> Vec<String> {
    let text = String::from_utf8(std::mem::take(&mut *lines.lock().unwrap())).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_line_of_the_log_about_a_request_has_its_id_and_a_bearable_length() {
    let state = State::start(small(), memory()).unwrap();
    let panics = Router::new().route("/panics", routing::get(async || -> () { panic!("on purpose") }));
    let broken = Service(panics.layer(Door(state)));
    let service = Service::new();
    let (guard, lines) = log(Level::INFO);
    let ask = async || {
        let long = format!("/v1/plans/{}", "é".repeat(5000));
        raw(&service, get(&long, ("x-request-id", "call-7"))).await;
        let (status, ..) = raw(&broken, get("/panics", ("x-request-id", "call-7"))).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    };
    // A line that another test's thread writes for the first time just as this log begins is taken for one that nobody
    // wants, until it is asked again who wants what.
    ask().await;
    tracing::callsite::rebuild_interest_cache();
    told(&lines);
    ask().await;
    let all = told(&lines);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.iter().all(|line| line.contains("id=\"call-7\"") && line.len() < 1000), "{all:?}");
    // Also where no line for each request is wanted, what a caller reports can be found.
    drop(guard);
    let (_guard, lines) = log(Level::WARN);
    raw(&service, get("/v1/limits", ("x-request-id", "call-8"))).await;
    raw(&broken, get("/panics", ("x-request-id", "call-8"))).await;
    let few = told(&lines);
    assert!(few.iter().any(|line| line.contains("id=\"call-8\"")), "{few:?}");
    assert!(few.iter().all(|line| line.contains("ERROR")), "{few:?}");
}

async fn counts(service: &Service) -> String {
    let (status, headers, text) = raw(service, get("/metrics", ("accept", "text/plain"))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    String::from_utf8(text.to_vec()).unwrap()
}

#[tokio::test]
async fn requests_searches_and_the_fleet_are_counted() {
    let service = Service::with_fleet(&day(2)).await;
    service.post("/v1/dispatch", &json!({"ticket": ticket("T9")})).await;
    service.post("/v1/dispatch", &json!({"ticket": "nobody's"})).await;
    service.get("/v1/plans/none").await;
    service.get("/nowhere").await;
    let id = service.order(&json!({"problem": day(3), "rounds": 40})).await;
    let events = get(&format!("/v1/plans/{id}/events"), ("accept", "*/*"));
    raw(&service, events).await;
    let told = counts(&service).await;
    for line in [
        "paidan_requests_total{route=\"/v1/dispatch\",method=\"POST\",status=\"200\"} 1",
        "paidan_requests_total{route=\"/v1/dispatch\",method=\"POST\",status=\"404\"} 1",
        "paidan_requests_total{route=\"/v1/plans/{id}\",method=\"GET\",status=\"404\"} 1",
        "paidan_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
        "paidan_request_duration_seconds_count{route=\"/v1/dispatch\",method=\"POST\"} 2",
        "paidan_queue_waiting{queue=\"dispatches\"} 0",
        "paidan_searches_running 0",
        "paidan_searches_total{ended=\"done\"} 1",
        "paidan_rounds_total 40",
        "paidan_listeners 0",
        "paidan_fleet_engineers 2",
        "paidan_fleet_tickets 2",
        concat!("paidan_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(told.lines().any(|own| own == line), "{line} is not in\n{told}");
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused() {
    let service = Service::with_fleet(&fleet()).await;
    for (method, path) in
        [("GET", "/v1/plans/%ff"), ("DELETE", "/v1/plans/%ff"), ("POST", "/v1/tickets/%ff/commit")]
    {
        let answer = service.send(method, path, None).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed-path"))
        );
    }
}

#[tokio::test]
async fn a_head_is_answered_as_a_get_without_its_body() {
    let service = Service::with(Config { gzip_from_bytes: 500, ..small() });
    let request = Request::head("/v1/limits").header("accept-encoding", "gzip");
    let (status, headers, body) = raw(&service, request.body(Body::empty()).unwrap()).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers["content-type"], "application/json");
}
