//! What nobody takes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use paidan::config::Config;
use serde_json::{Value, json};

use super::{Running, quick, subjects};
use crate::common::fleet;
use crate::receiver::{Receiver, Reply};

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_takes_is_a_dead_letter_and_can_be_sent_again() {
    let config = Config { webhook_tries: 3, dead_letters: 3, ..quick() };
    let (running, receiver) = (Running::new(config), Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["ticket.created"]).await;
    let letters = format!("{path}/dead-letters");
    let takes = Arc::new(AtomicBool::new(false));
    let own = Arc::clone(&takes);
    receiver.answers(move |got| {
        Reply::With(if got.subject() == "T0" || own.load(Ordering::SeqCst) { 200 } else { 400 })
    });
    running.tickets(&["T1", "T0", "T2", "T3", "T4"]).await;
    running
        .wait(&format!("{path}/deliveries"), |told| {
            told["upto"] == told["last"] && told["waiting"] == json!([])
        })
        .await;
    let dead = running.service.get(&letters).await.body;
    let dead = dead["items"].as_array().unwrap();
    let told: Vec<&Value> = dead.iter().map(|dead| &dead["subject"]).collect();
    assert_eq!(told, ["T2", "T3", "T4"], "there may be three, so the oldest was dropped");
    for letter in dead {
        let attempts = letter["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 3, "{letter}");
        assert!(
            attempts
                .iter()
                .all(|attempt| attempt["status"] == 400 && attempt["error"] == "it answered 400")
        );
        assert_eq!(letter["message"]["type"], "ticket.created");
    }
    let page = running.service.get(&format!("{letters}?limit=2")).await.body;
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let next = page["next"].as_str().unwrap();
    let rest = running.service.get(&format!("{letters}?after={next}")).await.body;
    assert_eq!((&rest["items"][0]["subject"], &rest["next"]), (&json!("T4"), &Value::Null));

    takes.store(true, Ordering::SeqCst);
    let before = receiver.got().len();
    let one = format!("{letters}/{}/replay", dead[0]["id"].as_str().unwrap());
    let answer = running.service.send("POST", &one, None).await;
    assert_eq!(
        (answer.status, &answer.body["subject"]),
        (StatusCode::ACCEPTED, &json!("T2")),
        "{}",
        answer.body
    );
    let got = receiver.wait(|got| got.len() > before).await;
    assert_eq!(got[before].id(), dead[0]["message_id"].as_str().unwrap());
    let answer = running.service.send("POST", &format!("{letters}/replay"), None).await;
    assert_eq!(answer.body, json!({"replayed": 2}));
    let got = receiver.wait(|got| got.len() >= before + 3).await;
    assert_eq!(
        subjects(&got[before..]).into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["T2", "T3", "T4"])
    );
    running.wait(&letters, |dead| dead["items"] == json!([])).await;
    let answer = running.service.send("POST", &one, None).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("unknown-record")));
    running.wait(&format!("{path}/deliveries"), |told| told["taken"] == 4).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_410_is_told_nothing_more_until_they_ask() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["ticket.created"]).await;
    receiver.answers(|_| Reply::With(410));
    running.tickets(&["T1"]).await;
    let told = running.wait(&path, |told| told["enabled"] == false).await;
    assert_eq!(told["disabled_because"], "gone");
    running.tickets(&["T2"]).await;
    let events = running.service.get("/v1/events").await.body;
    let disabled =
        events["items"].as_array().unwrap().iter().find(|event| event["event"] == "webhook.disabled");
    assert_eq!(disabled.expect("it is told")["by"], "webhooks");
    assert_eq!(receiver.got().len(), 1);
    receiver.answers(|_| Reply::With(200));
    let again = json!({"url": receiver.url(), "events": ["ticket.created"]});
    let answer = running.service.put(&path, &again).await;
    assert_eq!(
        (answer.status, &answer.body["enabled"]),
        (StatusCode::OK, &json!(true)),
        "{}",
        answer.body
    );
    assert!(answer.body.get("disabled_because").is_none(), "{}", answer.body);
    let got = receiver.wait(|got| got.len() >= 3).await;
    let mut told = subjects(&got);
    told.sort_unstable();
    assert_eq!(told, ["T1", "T1", "T2"], "it goes on where it stopped");
    running.stop().await;
}
