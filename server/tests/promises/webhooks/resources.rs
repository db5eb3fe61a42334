//! `/v1/webhooks`.

use axum::http::{Request, StatusCode};
use paidan::access::{NewKey, Role};
use paidan::config::Config;
use serde_json::{Value, json};

use super::{Running, quick, subjects};
use crate::common::{Answer, fleet, ticket};
use crate::receiver::Receiver;

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_resources_whose_secrets_are_told_once() {
    let running = Running::new(Config { webhooks: 2, ..quick() });
    let service = &running.service;
    let new = json!({"url": "http://127.0.0.1:9/", "events": ["*"], "description": "the CRM", "enabled": false});
    let ask = |body: &Value| {
        let request = Request::post("/v1/webhooks").header("content-type", "application/json");
        request.header("idempotency-key", "hook-1").body(body.to_string().into()).unwrap()
    };
    let made = service.ask(ask(&new)).await;
    let again = service.ask(ask(&new)).await;
    assert_eq!((made.status, &made.body), (again.status, &again.body));
    let secret = made.body["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let tag = made.headers["etag"].clone();
    let conditional = |method: &str, body: &Value| {
        let request = Request::builder().method(method).uri(&path).header("if-match", tag.clone());
        request.header("content-type", "application/json").body(body.to_string().into()).unwrap()
    };
    let change = json!({"url": "http://127.0.0.1:9/", "events": ["ticket.*"], "enabled": false});
    let changed = service.ask(conditional("PUT", &change)).await;
    assert_eq!((changed.status, &changed.body["events"]), (StatusCode::OK, &json!(["ticket.*"])));
    let stale = service.ask(conditional("PUT", &change)).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(stale.body["current"], changed.body);
    let own = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    let mut with_own = new.clone();
    with_own["secret"] = json!(own);
    assert_eq!(service.post("/v1/webhooks", &with_own).await.body["secret"], own);
    let third = service.post("/v1/webhooks", &new).await;
    assert_eq!(
        (third.status, &third.body["flaws"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("too-large"))
    );
    let listed = service.get("/v1/webhooks?limit=1").await.body;
    let rest =
        service.get(&format!("/v1/webhooks?after={}", listed["next"].as_str().unwrap())).await.body;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    // No answer but the first one, and no event, holds a secret.
    for told in [changed.body, stale.body, listed, rest, service.get("/v1/events").await.body] {
        assert!(!told.to_string().contains("whsec_"), "{told}");
    }
    assert_eq!(service.delete(&path).await.status, StatusCode::OK);
    assert_eq!(service.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get(&format!("{path}/deliveries")).await.status, StatusCode::NOT_FOUND);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_tells_what_came_of_it() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, _) = running.hook(&receiver.url(), &["ticket.created"]).await;
    let test = || {
        Request::post(format!("{path}/test")).header("idempotency-key", "try").body("".into()).unwrap()
    };
    let first = running.service.ask(test()).await;
    assert_eq!(
        (first.status, &first.body["attempt"]["status"]),
        (StatusCode::OK, &json!(204)),
        "{}",
        first.body
    );
    assert_eq!(running.service.ask(test()).await.body, first.body);
    let got = receiver.got();
    assert_eq!(
        (got.len(), got[0].event()),
        (1, "webhook.test"),
        "the second one was answered from what was kept"
    );
    assert_eq!(got[0].id(), first.body["message_id"].as_str().unwrap());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_told_only_of_what_is_theirs() {
    let config = Config { keyless: false, ..quick() };
    let (running, receiver, other) =
        (Running::new(config), Receiver::new().await, Receiver::new().await);
    let ask = async |tenant: &str, path: &str, body: Value| -> Answer {
        let (name, tenant) = (tenant.to_owned(), tenant.to_owned());
        let new = NewKey { name, role: Role::Admin, tenant, engineer: None };
        let key = running.state.keys.make(new, "test").unwrap().secret;
        let request = Request::builder()
            .method(if path == "/v1/fleet" { "PUT" } else { "POST" })
            .uri(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        running.service.ask(request.body(body.to_string().into()).unwrap()).await
    };
    for (tenant, receiver) in [("north", &receiver), ("south", &other)] {
        ask(tenant, "/v1/fleet", fleet()).await;
        let made =
            ask(tenant, "/v1/webhooks", json!({"url": receiver.url(), "events": ["ticket.created"]}))
                .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    }
    ask("north", "/v1/tickets", ticket("N1")).await;
    ask("south", "/v1/tickets", ticket("S1")).await;
    assert_eq!(subjects(&receiver.wait(|got| !got.is_empty()).await), ["N1"]);
    assert_eq!(subjects(&other.wait(|got| !got.is_empty()).await), ["S1"]);
    let answer = ask("south", "/v1/keys", json!({"name": "x", "role": "admin"})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let new = |tenant: &str| NewKey {
        name: "x".to_owned(),
        role: Role::Admin,
        tenant: tenant.to_owned(),
        engineer: None,
    };
    assert!(
        running.state.keys.make(new("*webhooks"), "test").is_err(),
        "the service's own names are nobody's"
    );
    running.stop().await;
}
