//! Where messages go, and where not.

use axum::http::StatusCode;
use paidan::config::Config;
use serde_json::json;

use super::{Running, quick};
use crate::common::{Service, fleet};
use crate::receiver::{Receiver, Reply};

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_webhook_is_refused_with_all_its_flaws() {
    let service = Service::new();
    for (wrong, path) in [
        (json!({"url": "http://crm.example/", "events": ["*"]}), "url"),
        (json!({"url": "https://127.0.0.1/", "events": ["*"]}), "url"),
        (json!({"url": "https://[::ffff:169.254.169.254]/", "events": ["*"]}), "url"),
        (json!({"url": "crm", "events": ["*"]}), "url"),
        (json!({"url": "https://crm.example/", "events": []}), "events"),
        (json!({"url": "https://crm.example/", "events": ["*", "Ticket*"]}), "events[1]"),
        (json!({"url": "https://crm.example/", "events": ["*"], "secret": "whsec_short"}), "secret"),
        (json!({"url": "https://crm.example/", "events": ["*"], "description": "a\nb"}), "description"),
    ] {
        let refused = service.post("/v1/webhooks", &wrong).await;
        assert_eq!(
            (refused.status, &refused.body["flaws"][0]["path"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(path)),
            "{wrong}: {}",
            refused.body
        );
    }
    let all = json!({"url": "ftp://x/", "events": ["?"], "description": "\u{7}"});
    let refused = service.post("/v1/webhooks", &all).await;
    assert_eq!(refused.body["flaws"].as_array().unwrap().len(), 3, "{}", refused.body);
    let made =
        service.post("/v1/webhooks", &json!({"url": "https://localhost:9/", "events": ["*"]})).await;
    let path = made.headers["location"].to_str().unwrap();
    let tested = service.send("POST", &format!("{path}/test"), None).await;
    assert_eq!(
        (tested.status, &tested.body["taken"]),
        (StatusCode::OK, &json!(false)),
        "{}",
        tested.body
    );
    let error = tested.body["attempt"]["error"].as_str().unwrap();
    assert!(error.contains("only this network reaches"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed() {
    let config = Config { webhook_tries: 1, ..quick() };
    let (running, receiver, other) =
        (Running::new(config), Receiver::new().await, Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["*"]).await;
    let place = other.url();
    receiver.answers(move |_| Reply::To(place.clone()));
    running.tickets(&["T1"]).await;
    let dead = running.wait(&format!("{path}/dead-letters"), |dead| dead["items"] != json!([])).await;
    let attempt = &dead["items"][0]["attempts"][0];
    assert_eq!(attempt["status"], 307);
    assert!(attempt["error"].as_str().unwrap().contains("redirects are not followed"), "{attempt}");
    assert_eq!(other.got().len(), 0);
    running.stop().await;
}
