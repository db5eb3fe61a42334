//! Keys, roles, tenants: who may ask what, and who sees whom. Every route is walked by the API's own description.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use paidan::access::{NewKey, ONLY_TENANT, Role};
use paidan::app::app;
use paidan::config::Config;
use paidan::state::{Shared, State};
use serde_json::{Value, json};

use crate::common::{Answer, Service, day, fleet, memory, small, ticket};

/// What needs no key.
const OPEN: [&str; 6] = ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/v1/limits"];

/// A service that asks for keys, and its state.
fn guarded(mut config: Config) -> (Service, Shared) {
    config.keyless = false;
    let state = State::start(config, memory()).unwrap();
    (Service(app(state.clone())), state)
}

fn key(state: &Shared, tenant: &str, role: Role) -> String {
    let engineer = (role == Role::Engineer).then(|| "near".to_owned());
    let new = NewKey { name: role.as_str().to_owned(), role, tenant: tenant.to_owned(), engineer };
    state.keys.make(new, "test").unwrap().secret
}

async fn ask(service: &Service, key: Option<&str>, method: &str, path: &str, body: &Value) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    if !body.is_null() {
        request = request.header("content-type", "application/json");
    }
    let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
    service.ask(request.body(body).unwrap()).await
}

/// Every operation of the description: its method, its template, and a path with ids that nothing has.
fn operations() -> Vec<(Method, String, String)> {
    let description: Value = serde_json::from_str(paidan::api::text()).unwrap();
    let mut operations = Vec::new();
    for (template, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let path = template
                .replace("{id}", "nothing")
                .replace("{engineer}", "nobody")
                .replace("{letter}", "000000000001")
                .replace("{shift}", "0");
            operations.push((method, template.clone(), path));
        }
    }
    assert!(operations.len() > 25, "{operations:?}");
    operations
}

#[tokio::test]
async fn without_a_key_every_route_but_the_open_ones_is_closed() {
    let (service, state) = guarded(small());
    let good = key(&state, ONLY_TENANT, Role::Admin);
    let (head, _) = good.rsplit_once('_').unwrap();
    let forged = format!("{head}_{}", "0".repeat(48));
    for (method, template, path) in operations() {
        for wrong in [None, Some("nonsense"), Some(forged.as_str())] {
            if OPEN.contains(&template.as_str()) {
                continue;
            }
            let answer = ask(&service, wrong, method.as_str(), &path, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {template}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn each_role_does_what_it_may_and_nothing_else() {
    let (service, state) = guarded(Config { key_burst: 10_000, ..small() });
    for role in Role::ALL {
        let key = key(&state, ONLY_TENANT, role);
        for (method, template, path) in operations() {
            if OPEN.contains(&template.as_str()) {
                continue;
            }
            let request = Request::builder()
                .method(&method)
                .uri(&path)
                .header("authorization", format!("Bearer {key}"));
            let response =
                tower::ServiceExt::oneshot(service.0.clone(), request.body(Body::empty()).unwrap())
                    .await
                    .unwrap();
            let is_forbidden = response.status() == StatusCode::FORBIDDEN;
            assert_eq!(is_forbidden, !role.may(&method, &template), "{role:?}: {method} {template}");
        }
    }
    assert!(
        !Role::Caller.may(&Method::POST, "/v1/keys") && !Role::Dispatcher.may(&Method::PUT, "/v1/fleet")
    );
    assert!(
        !Role::Engineer.may(&Method::GET, "/v1/tickets")
            && Role::Admin.may(&Method::DELETE, "/v1/keys/{id}")
    );
}

#[tokio::test]
async fn no_route_shows_one_tenant_to_another() {
    let (service, state) = guarded(Config { key_burst: 10_000, ..small() });
    let [one, other] = ["one", "other"].map(|tenant| key(&state, tenant, Role::Admin));
    ask(&service, Some(&one), "PUT", "/v1/fleet", &day(2)).await;
    ask(&service, Some(&one), "POST", "/v1/tickets/T1/commit", &Value::Null).await;
    let asked =
        ask(&service, Some(&one), "POST", "/v1/dispatch", &json!({"ticket": ticket("T9")})).await;
    let decision = asked.body["id"].as_str().unwrap().to_owned();
    let plan =
        ask(&service, Some(&one), "POST", "/v1/plans", &json!({"problem": "fleet", "rounds": 1})).await;
    let plan = plan.body["id"].as_str().unwrap().to_owned();
    let keys = ask(&service, Some(&one), "GET", "/v1/keys", &Value::Null).await;
    let own = keys.body["items"][0]["id"].as_str().unwrap().to_owned();
    let hook = json!({"url": "https://crm.example/", "events": ["*"]});
    let hook = ask(&service, Some(&one), "POST", "/v1/webhooks", &hook).await;
    let hook = hook.body["webhook"]["id"].as_str().unwrap().to_owned();
    // The other has a fleet of their own, with nothing in it that the one has.
    let mut elsewhere = fleet();
    elsewhere["engineers"] = json!([]);
    ask(&service, Some(&other), "PUT", "/v1/fleet", &elsewhere).await;
    for (method, template, _) in operations() {
        if OPEN.contains(&template.as_str()) || !template.contains('{') {
            continue;
        }
        for id in ["T1", "near", &decision, &plan, &own, &hook] {
            let path = template
                .replace("{id}", id)
                .replace("{engineer}", "near")
                .replace("{shift}", "0")
                .replace("{letter}", "000000000001");
            let body = match (method.as_str(), template.as_str()) {
                ("POST", "/v1/tickets/{id}/state") => json!({"to": "open"}),
                ("POST", "/v1/engineers/{id}/availability") => json!({"kind": "back"}),
                ("POST", "/v1/follow-ups/{id}/done") | ("PATCH", _) => json!({}),
                // These make what they name.
                ("PUT", _) => continue,
                _ => Value::Null,
            };
            let answer = ask(&service, Some(&other), method.as_str(), &path, &body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.body);
        }
    }
    for path in [
        "/v1/tickets",
        "/v1/engineers",
        "/v1/routes",
        "/v1/decisions",
        "/v1/positions",
        "/v1/follow-ups",
        "/v1/webhooks",
    ] {
        let answer = ask(&service, Some(&other), "GET", path, &Value::Null).await;
        assert_eq!(answer.body["items"], json!([]), "{path}");
    }
    let events = ask(&service, Some(&other), "GET", "/v1/events", &Value::Null).await;
    assert_eq!(events.body["last"], 1, "{}", events.body);
    let keys = ask(&service, Some(&other), "GET", "/v1/keys", &Value::Null).await;
    assert_eq!(keys.body["items"].as_array().unwrap().len(), 1, "{}", keys.body);
    // The same key of idempotency means nothing to the other one.
    assert_eq!(
        ask(&service, Some(&one), "GET", "/v1/tickets/T1", &Value::Null).await.body["state"],
        "assigned"
    );
}

#[tokio::test]
async fn a_key_is_told_once_and_can_be_taken_back() {
    let (service, state) = guarded(small());
    let admin = key(&state, ONLY_TENANT, Role::Admin);
    let made =
        ask(&service, Some(&admin), "POST", "/v1/keys", &json!({"name": "crm", "role": "caller"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let secret = made.body["secret"].as_str().unwrap();
    assert_eq!(
        ask(&service, Some(secret), "GET", "/v1/tickets", &Value::Null).await.status,
        StatusCode::OK
    );
    let listed = ask(&service, Some(&admin), "GET", "/v1/keys", &Value::Null).await.body;
    assert!(!listed.to_string().contains(secret.rsplit('_').next().unwrap()), "{listed}");
    let path = made.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(ask(&service, Some(&admin), "DELETE", &path, &Value::Null).await.status, StatusCode::OK);
    assert_eq!(
        ask(&service, Some(&admin), "DELETE", &path, &Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        ask(&service, Some(secret), "GET", "/v1/tickets", &Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    for wrong in [
        json!({"name": "", "role": "caller"}),
        json!({"name": "x", "role": "engineer"}),
        json!({"name": "x", "role": "god"}),
    ] {
        let refused = ask(&service, Some(&admin), "POST", "/v1/keys", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn an_engineer_sees_and_tells_only_what_is_theirs() {
    let (service, state) = guarded(small());
    let [admin, near] = [Role::Admin, Role::Engineer].map(|role| key(&state, ONLY_TENANT, role));
    ask(&service, Some(&admin), "PUT", "/v1/fleet", &day(2)).await;
    for (id, engineer) in [("T1", "near"), ("T2", "far")] {
        let path = format!("/v1/tickets/{id}/commit");
        let answer = ask(&service, Some(&admin), "POST", &path, &json!({"engineer": engineer})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let get = async |path: &str| ask(&service, Some(&near), "GET", path, &Value::Null).await.status;
    assert_eq!([get("/v1/routes/near/0").await, get("/v1/tickets/T1").await], [StatusCode::OK; 2]);
    assert_eq!([get("/v1/routes/far/0").await, get("/v1/tickets/T2").await], [StatusCode::NOT_FOUND; 2]);
    let tell = async |id: &str| {
        let path = format!("/v1/tickets/{id}/state");
        ask(&service, Some(&near), "POST", &path, &json!({"to": "en_route"})).await
    };
    let path = "/v1/tickets/T2/state";
    let request = Request::post(path)
        .header("authorization", format!("Bearer {near}"))
        .header("content-type", "application/json")
        .header("if-match", "\"0\"");
    let curious = service.ask(request.body(json!({"to": "open"}).to_string().into()).unwrap()).await;
    assert_eq!(curious.status, StatusCode::NOT_FOUND, "{}", curious.body);
    let ended =
        ask(&service, Some(&near), "POST", "/v1/tickets/T1/state", &json!({"to": "cancelled"})).await;
    assert_eq!(ended.status, StatusCode::FORBIDDEN, "{}", ended.body);
    let told = tell("T1").await;
    assert_eq!(told.body["life"][2]["by"], "engineer", "{}", told.body);
    assert_eq!(tell("T2").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_asks_too_often_is_told_to_wait() {
    let (service, state) = guarded(Config { key_rate: 1, key_burst: 2, ..small() });
    let [one, other] = [Role::Admin, Role::Caller].map(|role| key(&state, ONLY_TENANT, role));
    let mut seen = Vec::new();
    for key in [&one, &one, &one, &other] {
        seen.push(ask(&service, Some(key), "GET", "/v1/tickets", &Value::Null).await.status.as_u16());
    }
    assert_eq!(seen, [200, 200, 429, 200], "each key has a measure of its own");
}

#[tokio::test]
async fn without_keys_only_this_host_is_answered() {
    let service = Service::with_fleet(&fleet()).await;
    let get = async |name: &str, value: &str| {
        let request = Request::get("/v1/fleet").header(name, value).body(Body::empty()).unwrap();
        service.ask(request).await.status
    };
    assert_eq!(get("host", "localhost:8080").await, StatusCode::OK);
    assert_eq!(get("host", "rebound.example").await, StatusCode::UNAUTHORIZED);
    assert_eq!(get("origin", "https://elsewhere.example").await, StatusCode::UNAUTHORIZED);
    assert_eq!(get("x-forwarded-for", "10.0.0.1").await, StatusCode::UNAUTHORIZED);
}
