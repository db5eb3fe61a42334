//! Who is told of what, in order, and again until it is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use paidan::config::Config;
use serde_json::{Value, json};

use super::{Running, quick, subjects};
use crate::common::fleet;
use crate::receiver::{Got, Receiver, Reply};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_to_be_told_is_told_of_just_that() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    running.hook(&receiver.url(), &["ticket.assigned"]).await;
    running.tickets(&["T1", "T2"]).await;
    let promise = running.service.send("POST", "/v1/tickets/T1/commit", None).await;
    assert_eq!(promise.status, StatusCode::OK, "{}", promise.body);
    let got = receiver.wait(|got| !got.is_empty()).await;
    let Got { path, body, .. } = &got[0];
    assert_eq!((path.as_str(), got[0].event(), got.len()), ("/hook", "ticket.assigned", 1));
    assert_eq!(got[0].header("content-type"), "application/json");
    // What is sent is the event as it is told elsewhere.
    let events = running.service.get("/v1/events").await.body;
    let own =
        events["items"].as_array().unwrap().iter().find(|event| event["event"] == "ticket.assigned");
    assert_eq!(Some(&body["data"]), own);
    assert_eq!(body["timestamp"], body["data"]["at"]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_ticket_come_in_order_and_each_once() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["ticket.*"]).await;
    let ids = ["T1", "T2", "T3", "T4", "T5", "T6"];
    running.tickets(&ids).await;
    for id in ids {
        running.service.send("POST", &format!("/v1/tickets/{id}/commit"), None).await;
        for to in ["accepted", "en_route", "on_site", "done", "archived"] {
            running.step(id, to).await;
        }
    }
    let told = running.wait(&format!("{path}/deliveries"), |told| told["upto"] == told["last"]).await;
    let got = receiver.wait(|got| got.len() >= 7 * ids.len()).await;
    let mut by_ticket: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for got in &got {
        by_ticket.entry(got.subject()).or_default().push(got.body["data"]["seq"].as_u64().unwrap());
    }
    assert_eq!(by_ticket.len(), ids.len());
    for (id, seqs) in by_ticket {
        assert!(seqs.is_sorted_by(|one, next| one < next) && seqs.len() == 7, "{id}: {seqs:?}");
    }
    assert_eq!(told["dead_letters"], 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_sent_again_under_the_same_id() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["ticket.created"]).await;
    let failures = Arc::new(AtomicUsize::new(0));
    receiver.answers(move |got| {
        let is_first = got.subject() == "T1" && failures.fetch_add(1, Ordering::SeqCst) < 3;
        Reply::With(if is_first { 503 } else { 200 })
    });
    running.tickets(&["T1", "T2"]).await;
    let got = receiver.wait(|got| got.len() >= 5).await;
    let ids = |id: &str| got.iter().filter(|got| got.subject() == id).map(Got::id).collect::<Vec<_>>();
    assert_eq!((ids("T1").len(), ids("T2").len()), (4, 1));
    assert_eq!(ids("T1").iter().collect::<BTreeSet<_>>().len(), 1);
    assert_ne!(ids("T1")[0], ids("T2")[0]);
    let told = running.wait(&format!("{path}/deliveries"), |told| told["taken"] == 2).await;
    assert_eq!((&told["waiting"], &told["dead_letters"]), (&json!([]), &json!(0)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_or_down_keeps_nobody_else_waiting() {
    let config = Config { webhook_wait: Duration::from_secs(3600), webhook_calls: 4, ..quick() };
    let (running, slow, other) = (Running::new(config), Receiver::new().await, Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    slow.answers(|_| Reply::Never);
    running.hook(&slow.url(), &["ticket.created"]).await;
    // Nobody listens there: its port is this receiver's no more.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (down, _) = running.hook(&format!("http://{gone}/"), &["ticket.created"]).await;
    running.hook(&other.url(), &["ticket.created"]).await;
    let ids: Vec<String> = (0..40).map(|n| format!("T{n}")).collect();
    running.tickets(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let got = other.wait(|got| got.len() >= 40).await;
    assert_eq!(subjects(&got).into_iter().collect::<BTreeSet<_>>().len(), 40);
    let got = slow.wait(|got| !got.is_empty()).await;
    assert!(got.len() <= 2, "half of the places are for others");
    let told = running
        .wait(&format!("{down}/deliveries"), |told| told["waiting"][0]["attempts"][0].is_object())
        .await;
    let error = told["waiting"][0]["attempts"][0]["error"].as_str().unwrap();
    assert!(error.to_lowercase().contains("refused"), "{error}");
    let is_new = |waiting: &&Value| waiting["attempts"] == json!([]);
    let new = told["waiting"].as_array().unwrap().iter().filter(is_new).count();
    assert!(new <= 16, "little is read of what nobody takes: {told}");
    running.kill().await;
}
