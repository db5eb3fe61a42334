//! What was answered is there when the service starts again: records, promises, decisions, kept answers.

use std::path::PathBuf;

use axum::http::{Request, StatusCode};
use paidan::app::app;
use paidan::state::State;
use paidan::store;
use serde_json::{Value, json};

use crate::common::{Service, day, fleet, small, ticket};
use crate::stores::Place;

/// A file of a test's own, gone with it.
pub struct File(PathBuf);

impl File {
    pub fn new(name: &str) -> File {
        let path = std::env::temp_dir().join(format!("paidan-{name}-{}.db", std::process::id()));
        let file = File(path);
        file.remove();
        file
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("a path of ours is text")
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            // It need not be there.
            let _ = std::fs::remove_file(format!("{}{end}", self.path()));
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A service over a store.
fn start(place: &Place) -> Service {
    let store = store::open(place.name()).expect("it can be opened");
    Service(app(State::start(small(), store).expect("threads")))
}

async fn list(service: &Service, path: &str) -> Vec<Value> {
    let answer = service.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_service_that_starts_again_knows_and_answers_the_same() {
    for place in Place::lasting("again") {
        let service = start(&place);
        service.put("/v1/fleet", &day(3)).await;
        service.post("/v1/tickets", &ticket("T9")).await;
        let promise = service.post("/v1/tickets/T1/commit", &json!({"engineer": "far"})).await;
        assert_eq!(promise.status, StatusCode::OK, "{}", promise.body);
        service.post("/v1/dispatch", &json!({"ticket": ticket("T8"), "commit": true})).await;
        service.post("/v1/tickets/T8/state", &json!({"to": "done", "rating": 2})).await;
        service.post("/v1/tickets/T2/state", &json!({"to": "cancelled"})).await;
        let asked = json!({"ticket": ticket("T7"), "keep": false});
        let mut seen = Vec::new();
        for service in [&service, &start(&place)] {
            let decision = service.post("/v1/dispatch", &asked).await.body;
            let mut told = vec![service.get("/v1/fleet").await.body, decision];
            for path in ["/v1/tickets", "/v1/routes", "/v1/decisions", "/v1/events"] {
                told.extend(list(service, path).await);
            }
            seen.push(told);
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0][0]["tickets_promised"], 1);
        let visits = &seen[0][0]["visits"];
        assert_eq!(visits, 1, "the one that was done");
    }
}

#[tokio::test]
async fn a_ticket_that_was_only_asked_about_can_be_committed_after_a_new_start() {
    for place in Place::lasting("asked") {
        let service = start(&place);
        service.put("/v1/fleet", &fleet()).await;
        let asked = service.post("/v1/dispatch", &json!({"ticket": ticket("T1")})).await;
        let service = start(&place);
        let id = asked.body["id"].as_str().expect("it was kept");
        let kept = service.get(&format!("/v1/decisions/{id}")).await;
        let mut answer = asked.body.clone();
        answer.as_object_mut().expect("an object").remove("id");
        assert_eq!(kept.body["decision"], answer);
        assert_eq!((&kept.body["committed"], &kept.body["policy"]), (&json!(false), &json!(1)));
        let promise = service.send("POST", "/v1/tickets/T1/commit", None).await;
        assert_eq!(promise.body["engineer"], asked.body["chosen"], "{}", promise.body);
    }
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_even_after_a_new_start() {
    for place in Place::lasting("key") {
        let service = start(&place);
        service.put("/v1/fleet", &fleet()).await;
        let ask = |path: &str, body: &Value| {
            let request = Request::post(path)
                .header("content-type", "application/json")
                .header("idempotency-key", "order-17");
            request.body(body.to_string().into()).expect("a request")
        };
        let body = json!({"ticket": ticket("T1"), "commit": true});
        let first = service.ask(ask("/v1/dispatch", &body)).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let service = start(&place);
        let again = service.ask(ask("/v1/dispatch", &body)).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.headers["location"], first.headers["location"]);
        assert_eq!(list(&service, "/v1/decisions").await.len(), 1, "it was done once");
        for (path, body) in [
            ("/v1/dispatch", json!({"ticket": ticket("T2"), "commit": true})),
            ("/v1/tickets", ticket("T3")),
        ] {
            let other = service.ask(ask(path, &body)).await;
            assert_eq!(
                (other.status, &other.body["code"]),
                (StatusCode::CONFLICT, &json!("key-reused")),
                "{path}"
            );
        }
        let elsewhere = service.ask(ask("/v1/dispatch?again=1", &body)).await;
        assert_eq!(elsewhere.body["code"], "key-reused", "another query is another question");
        // A refusal is not kept: what was wrong may be right later.
        let ask_for = |key: &'static str, body: &Value| {
            let mut request = ask("/v1/tickets/T5/commit", body);
            request.headers_mut().insert("idempotency-key", key.parse().expect("a header"));
            request
        };
        let refused = service.ask(ask_for("order-18", &json!({}))).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        service.post("/v1/tickets", &ticket("T5")).await;
        assert_eq!(service.ask(ask_for("order-18", &json!({}))).await.status, StatusCode::OK);
        assert_eq!(service.ask(ask_for("", &json!({}))).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn two_services_on_one_store_see_what_the_other_has_promised() {
    for place in Place::lasting("two") {
        let (one, other) = (start(&place), start(&place));
        one.put("/v1/fleet", &fleet()).await;
        let first = one.post("/v1/dispatch", &json!({"ticket": ticket("T1"), "commit": true})).await;
        let second = other.post("/v1/dispatch", &json!({"ticket": ticket("T1"), "commit": true})).await;
        assert_eq!(second.body["code"], "already-promised", "{}", second.body);
        let third = other.post("/v1/dispatch", &json!({"ticket": ticket("T2"), "commit": true})).await;
        assert_eq!(third.body["chosen"], first.body["chosen"]);
        assert_eq!(third.body["offers"][0]["detour_s"], 0, "they are there already");
        let routes = list(&one, "/v1/routes").await;
        let promised: usize =
            routes.iter().map(|route| route["tickets"].as_array().unwrap().len()).sum();
        assert_eq!(promised, 2, "{routes:?}");
    }
}

#[tokio::test]
async fn a_store_that_is_gone_is_told_and_one_that_comes_back_is_used() {
    let file = File::new("gone");
    let place = Place::File(file);
    let service = start(&place);
    service.put("/v1/fleet", &fleet()).await;
    let aside = format!("{}.aside", place.name());
    std::fs::rename(place.name(), &aside).unwrap();
    let refused = service.post("/v1/tickets", &ticket("T1")).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    assert_eq!(refused.body["code"], "store-gone");
    assert_eq!(refused.headers["retry-after"], "5");
    std::fs::rename(&aside, place.name()).unwrap();
    let created = service.post("/v1/tickets", &ticket("T1")).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    assert_eq!(list(&start(&place), "/v1/tickets").await.len(), 1);
}
