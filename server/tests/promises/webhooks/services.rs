//! A service that starts again, and several on one store.

use std::collections::BTreeSet;
use std::time::Duration;

use paidan::app::app;
use paidan::config::Config;
use paidan::state::State;
use paidan::store;
use serde_json::json;

use super::{Running, quick};
use crate::common::{Service, fleet, ticket};
use crate::lasting::File;
use crate::receiver::{Got, Receiver, Reply};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_repeated_by_a_new_start() {
    let file = File::new("webhooks");
    let quick = || Config { webhook_tries: 100_000, ..quick() };
    let receiver = Receiver::new().await;
    let running = Running::on(quick(), store::open(file.path()).unwrap());
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["ticket.created"]).await;
    running.tickets(&["T1", "T2"]).await;
    receiver.wait(|got| got.len() >= 2).await;
    running.stop().await;

    // What happens while nobody delivers is delivered later, and what was taken is not sent again.
    let state = State::start(quick(), store::open(file.path()).unwrap()).unwrap();
    let service = Service(app(state));
    service.post("/v1/tickets", &ticket("T3")).await;
    receiver.answers(|_| Reply::With(500));
    let running = Running::on(quick(), store::open(file.path()).unwrap());
    running
        .wait(&format!("{path}/deliveries"), |told| told["waiting"][0]["attempts"][0]["status"] == 500)
        .await;
    running.kill().await;

    receiver.answers(|_| Reply::With(200));
    let running = Running::on(quick(), store::open(file.path()).unwrap());
    let told = running.wait(&format!("{path}/deliveries"), |told| told["taken"] == 3).await;
    assert_eq!((&told["upto"], &told["waiting"]), (&told["last"], &json!([])));
    running.stop().await;
    let got = receiver.got();
    let times = |id: &str| got.iter().filter(|got| got.subject() == id).count();
    assert_eq!((times("T1"), times("T2")), (1, 1));
    assert!(times("T3") >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_services_on_one_store_one_delivers_and_the_other_takes_over() {
    let file = File::new("webhooks-two");
    let receiver = Receiver::new().await;
    let [one, other] = [(); 2].map(|()| Running::on(quick(), store::open(file.path()).unwrap()));
    one.service.put("/v1/fleet", &fleet()).await;
    one.hook(&receiver.url(), &["ticket.created"]).await;
    let ids: Vec<String> = (0..20).map(|n| format!("T{n}")).collect();
    for (n, id) in ids.iter().enumerate() {
        // Whoever does not deliver writes as well.
        let writer = if n % 2 == 0 { &one } else { &other };
        writer.tickets(&[id]).await;
    }
    let got = receiver.wait(|got| got.len() >= 20).await;
    assert_eq!(got.iter().map(Got::id).collect::<BTreeSet<_>>().len(), 20, "each is sent once");
    let counts = |running: &Running| running.state.webhooks.counts()[0].1;
    // Each is counted once its receiver's answer is read.
    for _ in 0..500 {
        if counts(&one) + counts(&other) >= 20 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (first, second) = if counts(&one) > 0 { (one, other) } else { (other, one) };
    assert_eq!((counts(&first), counts(&second)), (20, 0));

    first.kill().await;
    second.tickets(&["A1"]).await;
    let got = receiver.wait(|got| got.iter().any(|got| got.subject() == "A1")).await;
    let distinct: BTreeSet<&str> = got.iter().map(Got::id).collect();
    assert_eq!((distinct.len(), counts(&second) > 0), (21, true));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_up_by_another_is_not_written_over() {
    let file = File::new("webhooks-fence");
    let quick = || Config { webhook_tries: 100_000, ..quick() };
    let receiver = Receiver::new().await;
    // Its lease ends soon, and it looks for it only after a long time.
    let config = Config {
        webhook_lease: Duration::from_millis(200),
        webhook_look: Duration::from_secs(3600),
        ..quick()
    };
    let first = Running::on(quick(), store::open(file.path()).unwrap());
    first.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = first.hook(&receiver.url(), &["ticket.created"]).await;
    first.stop().await;
    let stale = Running::on(config, store::open(file.path()).unwrap());
    receiver.answers(|_| Reply::With(500));
    stale.tickets(&["T1"]).await;
    receiver.wait(|got| !got.is_empty()).await;
    let next = Running::on(quick(), store::open(file.path()).unwrap());
    receiver.answers(|_| Reply::With(200));
    let deliveries = format!("{path}/deliveries");
    next.wait(&deliveries, |told| told["taken"] == 1).await;
    // Both have heard of it; only one of them writes down how far it is.
    stale.tickets(&["T2"]).await;
    let told = next.wait(&deliveries, |told| told["taken"] == 2 && told["upto"] == told["last"]).await;
    assert_eq!(told["waiting"], json!([]));
    stale.kill().await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_delivered_is_written_down_without_an_event() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    running.service.put("/v1/fleet", &fleet()).await;
    let (path, _) = running.hook(&receiver.url(), &["*"]).await;
    let ids: Vec<String> = (0..50).map(|n| format!("T{n}")).collect();
    running.tickets(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    receiver.wait(|got| got.len() >= 50).await;
    running.wait(&format!("{path}/deliveries"), |told| told["taken"] == 50).await;
    let events = running.service.get("/v1/events").await.body;
    assert_eq!(events["last"], 52, "the fleet, the webhook, the tickets, and nothing else");
    running.stop().await;
}
