//! Webhooks: who is told of what, signed, in order, again and again until it is taken; and dead letters.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paidan::access::{NewKey, Role};
use paidan::app::app;
use paidan::config::Config;
use paidan::state::{Shared, State};
use paidan::store::{self, Store};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::common::{Answer, Service, fleet, memory, small, ticket};
use crate::lasting::File;
use crate::receiver::{Got, Receiver, Reply};

/// Limits under which nobody waits long.
pub fn quick() -> Config {
    Config {
        webhooks_to_private: true,
        webhook_look: Duration::from_millis(20),
        webhook_note_gap: Duration::from_millis(10),
        webhook_pause: Duration::from_millis(5),
        webhook_longest_pause: Duration::from_millis(100),
        webhook_lease: Duration::from_secs(4),
        ..small()
    }
}

/// A service that delivers.
struct Running {
    service: Service,
    state: Shared,
    delivers: tokio::task::JoinHandle<()>,
}

impl Running {
    fn new(config: Config) -> Running {
        Running::on(config, memory())
    }

    fn on(config: Config, store: Arc<dyn Store>) -> Running {
        let state = State::start(config, store).expect("threads");
        let delivers = tokio::spawn(Arc::clone(&state.webhooks).run());
        Running { service: Service(app(state.clone())), state, delivers }
    }

    /// Ends it in good order.
    async fn stop(self) {
        self.state.stop();
        self.delivers.await.expect("it ends");
    }

    /// Ends it at once, wherever it is.
    async fn kill(self) {
        self.delivers.abort();
        assert!(self.delivers.await.is_err_and(|end| end.is_cancelled()));
    }

    /// Makes a webhook; its path and its secret.
    async fn hook(&self, url: &str, events: &[&str]) -> (String, String) {
        let answer = self.service.post("/v1/webhooks", &json!({"url": url, "events": events})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let path = answer.headers["location"].to_str().expect("a path").to_owned();
        (path, answer.body["secret"].as_str().expect("a secret").to_owned())
    }

    async fn tickets(&self, ids: &[&str]) {
        for id in ids {
            let answer = self.service.post("/v1/tickets", &ticket(id)).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        }
    }

    async fn step(&self, id: &str, to: &str) {
        let answer = self.service.post(&format!("/v1/tickets/{id}/state"), &json!({"to": to})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    /// Asks until the answer is as wanted.
    async fn wait(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..3000 {
            let answer = self.service.get(path).await;
            if is_so(&answer.body) {
                return answer.body;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never is so: {}", self.service.get(path).await.body);
    }
}

fn subjects(got: &[Got]) -> Vec<&str> {
    got.iter().map(Got::subject).collect()
}

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
async fn a_new_secret_signs_beside_the_old_one_for_a_while() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, old) = running.hook(&receiver.url(), &["*"]).await;
    let rotated = running.service.post(&format!("{path}/secret"), &json!({"overlap_s": 60})).await;
    assert_eq!(rotated.status, StatusCode::OK, "{}", rotated.body);
    let new = rotated.body["secret"].as_str().unwrap().to_owned();
    running.service.send("POST", &format!("{path}/test"), None).await;
    let rotated = running.service.post(&format!("{path}/secret"), &json!({"overlap_s": 0})).await;
    let newest = rotated.body["secret"].as_str().unwrap().to_owned();
    running.service.send("POST", &format!("{path}/test"), None).await;
    let got =
        receiver.wait(|got| got.iter().filter(|got| got.event() == "webhook.test").count() == 2).await;
    let tests: Vec<&Got> = got.iter().filter(|got| got.event() == "webhook.test").collect();
    let expected = |got: &Got, secrets: &[&str]| {
        let signed = secrets.iter().map(|secret| signature(secret, got));
        signed.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(tests[0].header("webhook-signature"), expected(tests[0], &[&new, &old]));
    assert_eq!(tests[1].header("webhook-signature"), expected(tests[1], &[&newest]));
    let refused =
        running.service.post(&format!("{path}/secret"), &json!({"overlap_s": 9_999_999})).await;
    assert_eq!(refused.body["flaws"][0]["path"], "overlap_s");
    running.stop().await;
}

/// What the specification says a message is signed with, by the formula of HMAC itself.
fn signature(secret: &str, got: &Got) -> String {
    let mut key = STANDARD.decode(&secret["whsec_".len()..]).expect("base64");
    key.resize(64, 0);
    let padded = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let head = format!("{}.{}.", got.id(), got.header("webhook-timestamp"));
    let inner = Sha256::digest([&padded(0x36), head.as_bytes(), &got.bytes[..]].concat());
    let outer = Sha256::digest([&padded(0x5c)[..], &inner[..]].concat());
    format!("v1,{}", STANDARD.encode(outer))
}

/// A program that verifies what it reads, by the page about webhooks.
struct Verifier {
    /// The language of its code on the page.
    language: &'static str,
    command: &'static [&'static str],
    /// What calls the page's code, for a secret, an id, a timestamp, signatures, and a body at the end of its input.
    harness: &'static str,
}

const VERIFIERS: [Verifier; 3] = [
    Verifier {
        language: "python",
        command: &["python3", "-c"],
        harness: "
import sys
secret, id, timestamp, signatures = sys.argv[1:]
headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures}
sys.exit(0 if verify(secret, headers, sys.stdin.buffer.read()) else 7)
",
    },
    Verifier {
        language: "js",
        command: &["node", "-e"],
        harness: "
const [secret, id, timestamp, signatures] = process.argv.slice(1);
const headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures};
process.exit(verify(secret, headers, require('fs').readFileSync(0)) ? 0 : 7);
",
    },
    Verifier {
        language: "sh",
        command: &["sh", "-c"],
        harness: "\nverify \"$0\" \"$1\" \"$2\" \"$3\" || exit 7\n",
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn the_code_on_the_page_verifies_what_is_sent_and_nothing_else() {
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, secret) = running.hook(&receiver.url(), &["visit.*"]).await;
    running.service.send("POST", &format!("{path}/test"), None).await;
    let got = receiver.got().remove(0);
    running.stop().await;
    let page = include_str!("../../../docs/webhooks.md");
    let is_needed = std::env::var_os("PAIDAN_WEBHOOKS_CLIENT").is_some();
    for Verifier { language, command, harness } in VERIFIERS {
        let needed = if language == "sh" { "openssl" } else { command[0] };
        if !is_needed && Command::new(needed).arg("--version").output().is_err() {
            println!("not run: there is no {needed}");
            continue;
        }
        let code = page.split(&format!("```{language}\n")).nth(1).expect("it has such code");
        let code = code.split("```").next().expect("its end").to_owned() + harness;
        let verify = |secret: &str, signature: &str, bytes: &[u8]| {
            let mut command = Command::new(command[0])
                .arg(command[1])
                .arg(&code)
                .args([secret, got.id(), got.header("webhook-timestamp"), signature])
                .stdin(Stdio::piped())
                .spawn()
                .unwrap_or_else(|trouble| panic!("{language}: {trouble}"));
            // One that has seen enough reads no further.
            let _ = command.stdin.take().expect("it is piped").write_all(bytes);
            command.wait().expect("it ends").code()
        };
        let (own, bytes) = (got.header("webhook-signature"), &got.bytes[..]);
        assert_eq!(verify(&secret, own, bytes), Some(0), "{language}");
        assert_eq!(
            verify(&secret, &format!("v1,AAAA {own}"), bytes),
            Some(0),
            "{language}: one of several"
        );
        let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
        assert_eq!(verify(other, own, bytes), Some(7), "{language}: another secret");
        assert_eq!(verify(&secret, own, &[bytes, b" "].concat()), Some(7), "{language}: another body");
        assert_eq!(verify(&secret, "v1,AAAA", bytes), Some(7), "{language}: another signature");
    }
}

/// The specification's own library, against a message as it was received.
const CLIENT: &str = "
import sys
from standardwebhooks.webhooks import Webhook
secret, id, timestamp, signatures = sys.argv[1:]
headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures}
told = Webhook(secret).verify(sys.stdin.buffer.read().decode(), headers)
assert told['type'] == 'webhook.test', told
";

/// Needs a Python that has the library, named by `PAIDAN_WEBHOOKS_CLIENT`; `.ci/run` makes one.
#[tokio::test(flavor = "multi_thread")]
async fn the_library_of_the_specification_verifies_what_is_sent() {
    let Some(python) = std::env::var_os("PAIDAN_WEBHOOKS_CLIENT") else {
        println!("not run: PAIDAN_WEBHOOKS_CLIENT names no Python with standardwebhooks");
        return;
    };
    let (running, receiver) = (Running::new(quick()), Receiver::new().await);
    let (path, secret) = running.hook(&receiver.url(), &["visit.*"]).await;
    running.service.send("POST", &format!("{path}/test"), None).await;
    let got = receiver.got().remove(0);
    running.stop().await;
    let arguments = [got.header("webhook-timestamp"), got.header("webhook-signature")];
    let mut client = Command::new(python)
        .args(["-c", CLIENT, &secret, got.id()])
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    client.stdin.take().expect("it is piped").write_all(&got.bytes).expect("it reads");
    let done = client.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
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
