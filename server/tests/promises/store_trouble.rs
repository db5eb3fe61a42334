//! A store that fails: its callers are told what is the matter, and the service goes on by itself when the store does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use paidan::app::app;
use paidan::body::JsonText;
use paidan::config::Config;
use paidan::live::{By, Entry};
use paidan::state::State;
use paidan::store;
use paidan_engine::wire::read_draft;
use serde_json::{Value, json};

use crate::caller::ask;
use crate::common::{Answer, Service, day, small, ticket};
use crate::postgres::Database;
use crate::running::Running;
use crate::stores::Place;

/// How often something is tried that must come to be in the end.
const TRIES: usize = 600;

fn start(place: &Place, config: Config) -> Service {
    let store = store::open_within(place.name(), &config).expect("a store");
    Service(app(State::start(config, store).expect("threads")))
}

fn is_gone(told: &Answer) {
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE, "{}", told.body);
    assert_eq!(told.body["code"], "store-gone", "{}", told.body);
    assert_eq!(told.headers["retry-after"], "5");
}

#[tokio::test]
async fn a_database_that_is_stopped_and_started_again_is_told_and_used_again() {
    let Some(database) = Database::alone() else { return };
    let cluster = database.cluster.clone();
    let place = Place::Database(database);
    let service = start(&place, small());
    service.put("/v1/fleet", &day(2)).await;
    for round in 0..2 {
        let before = service.get("/v1/events").await.body["last"].clone();
        cluster.stop();
        let asked = json!({"ticket": ticket("asked"), "keep": false});
        is_gone(&service.post("/v1/tickets", &ticket(&format!("R{round}"))).await);
        is_gone(&service.get("/v1/tickets").await);
        is_gone(&service.post("/v1/dispatch", &asked).await);
        assert_eq!(service.get("/healthz").await.status, StatusCode::OK, "it is not its fault");
        cluster.go_on();
        assert_eq!(service.get("/v1/events").await.body["last"], before, "nothing of it was done");
        let told = service.post("/v1/tickets", &ticket(&format!("R{round}"))).await;
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
        assert_eq!(service.post("/v1/dispatch", &asked).await.status, StatusCode::OK);
    }
}

#[test]
fn what_takes_longer_than_a_tenant_may_be_held_is_computed_without_it() {
    let Some(database) = Database::new() else { return };
    let hold = Duration::from_millis(200);
    let config = Config { store_hold: hold, ..small() };
    let store = store::open_within(&database.url, &config).expect("a store");
    let state = State::start(config, store).expect("threads");
    let tenant = state.live.tenant("main").expect("room");
    let by = By { actor: "test".into(), once: None };
    let draft = read_draft(day(2).to_string().as_bytes()).expect("a sound day");
    state.put_fleet(&tenant, by.clone(), draft).expect("it is put");
    let (overtaken, other, name) = (AtomicUsize::new(0), Arc::clone(&tenant), by.clone());
    let work = move |()| {
        // Twice somebody else is faster; then they wait.
        if overtaken.fetch_add(1, Ordering::Relaxed) < 2 {
            let change = |entry: &mut Entry<'_>| {
                let engineer = entry.fleet()?.engineers()[0].clone();
                let (home, now) = (engineer.home.expect("a home"), entry.fleet()?.now());
                entry.put_position(&engineer.id, home, now)?;
                entry.tell("position.told", &engineer.id, &())?;
                JsonText::ok(&())
            };
            other.write_here(name.clone(), change)?;
        }
        std::thread::sleep(3 * hold);
        Ok(())
    };
    let told = tenant.write_long(
        &by,
        |_| Ok(()),
        work,
        |entry, ()| {
            entry.tell("long.done", "", &())?;
            JsonText::ok(&())
        },
    );
    assert_eq!(told.expect("it is written").status, StatusCode::OK);
    let facts = tenant.read(|read, name| read.facts(name, 0, 9)).expect("facts");
    assert_eq!(facts.last().map(|fact| fact.event.as_str()), Some("long.done"));
}

#[tokio::test]
async fn a_service_that_hangs_with_a_tenant_in_its_hands_holds_the_others_up_for_a_while_only() {
    let Some(database) = Database::new() else { return };
    let config = Config {
        store_hold: Duration::from_millis(300),
        store_wait: Duration::from_secs(20),
        ..small()
    };
    let place = Place::Database(database);
    let service = start(&place, config.clone());
    service.put("/v1/fleet", &day(1)).await;
    let other = store::open_within(place.name(), &config).expect("a store");
    let hangs = other.begin("main").expect("nobody else writes");
    let told = service.post("/v1/tickets", &ticket("T2")).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    let late = hangs.commit("main", &store::Change::default());
    assert!(late.is_err(), "what it had in its hands is not its own any more");
    drop(other.begin("main").expect("it goes on with another connection"));
}

#[tokio::test]
async fn what_others_do_with_keys_is_heard_of_and_what_they_write_is_told_to_whoever_listens() {
    for place in Place::lasting("heard") {
        let config = Config { keyless: false, ..small() };
        let [one, other] = [(), ()].map(|()| {
            let store = store::open(place.name()).expect("a store");
            State::start(config.clone(), store).expect("threads")
        });
        let new = paidan::access::NewKey {
            name: "crm".to_owned(),
            role: paidan::access::Role::Admin,
            tenant: "main".to_owned(),
            engineer: None,
        };
        let made = one.keys.make(new, "test").expect("it is made");
        let comes_to_be = async |is: bool| {
            for _ in 0..TRIES {
                if other.keys.of(&made.secret).is_some() == is {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            false
        };
        assert!(comes_to_be(true).await, "it is let in, {}", place.name());
        let mut news = other.live.tenant("main").expect("a tenant").news();
        let before = *news.borrow_and_update();
        let by = By { actor: "crm".into(), once: None };
        let tenant = one.live.tenant("main").expect("a tenant");
        let told = tenant.write(by, |entry| {
            entry.tell("test.told", "", &json!({}))?;
            JsonText::ok(&json!({}))
        });
        told.await.expect("it is written");
        let heard = tokio::time::timeout(Duration::from_secs(60), news.changed()).await;
        assert!(heard.is_ok() && *news.borrow() > before, "{}", place.name());
        assert!(one.keys.revoke("main", &made.key.id, "test").expect("it is taken back"));
        assert!(comes_to_be(false).await, "it is let out, {}", place.name());
    }
}

/// A folder that holds little, seen by one process alone, and full until its file `filler` is gone.
struct Narrow {
    folder: PathBuf,
}

impl Narrow {
    /// How a command is called so that it sees it; none where the system does not allow that.
    fn launcher(&self) -> Option<Vec<String>> {
        let folder = self.folder.to_str()?;
        let script = format!(
            "mount -t tmpfs -o size=1m tmpfs {folder} && head -c 300000 /dev/zero > {folder}/filler && exec \"$@\""
        );
        let ways: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];
        let way = ways.into_iter().find(|way| {
            let tried =
                Command::new("unshare").args(*way).args(["sh", "-c", &script, "sh", "true"]).output();
            tried.is_ok_and(|tried| tried.status.success())
        })?;
        let behind = ["sh", "-c", &script, "sh"];
        let words = ["unshare"].iter().chain(way).chain(&behind);
        Some(words.map(ToString::to_string).collect())
    }
}

impl Drop for Narrow {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.folder);
    }
}

#[test]
fn a_full_disk_is_told_and_a_service_goes_on_when_there_is_room() {
    let folder = std::env::temp_dir().join(format!("paidan-narrow-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let narrow = Narrow { folder };
    let Some(launcher) = narrow.launcher() else {
        println!("this system mounts nothing for us, so no disk was filled");
        return;
    };
    let file = narrow.folder.join("paidan.db");
    let service = Running::start_by(&launcher, file.to_str().expect("text"));
    put_day(&service);
    is_full_until(&service, || {
        let filler = Path::new("/proc").join(service.id().to_string()).join("root");
        let filler = filler.join(narrow.folder.strip_prefix("/").expect("from the root")).join("filler");
        std::fs::remove_file(filler).expect("there is room");
    });
}

#[test]
fn a_full_disk_of_the_database_is_told_and_a_service_goes_on_when_there_is_room() {
    let Some(database) = Database::on_a_small_disk() else { return };
    let service = Running::start(&database.url);
    put_day(&service);
    database.cluster.fill(400_000);
    is_full_until(&service, || database.cluster.make_room());
}

fn put_day(service: &Running) {
    let told = ask(service.address, "PUT", "/v1/fleet", None, &day(1)).expect("it answers");
    assert_eq!(told.0, 200, "{}", told.1);
}

/// Writes to a service with one ticket until its disk is full, has room made, and goes on.
fn is_full_until(service: &Running, make_room: impl FnOnce()) {
    let post = |n: usize| {
        let mut ticket = ticket(&format!("T{n:05}"));
        ticket["customer"] = json!("a long name ".repeat(100));
        ask(service.address, "POST", "/v1/tickets", None, &ticket).expect("it answers")
    };
    let is_refused = |n: usize| {
        let (status, told) = post(n);
        let is_full = status == 507;
        assert!(is_full && told["code"] == "store-full" || status == 201, "{status}: {told}");
        is_full
    };
    // A database may still find a place for a write in what the one before has left behind.
    let full = (2..5000).find(|&n| (0..3).all(|_| is_refused(n)));
    let full = full.expect("it is full some time");
    let count = || {
        let (status, told) =
            ask(service.address, "GET", "/v1/fleet", None, &Value::Null).expect("it answers");
        assert_eq!(status, 200, "it can still be read: {told}");
        told["tickets_open"].as_u64().expect("a number") as usize
    };
    assert_eq!(count(), full - 1, "nothing of what was refused is there");
    make_room();
    assert_eq!(post(full).0, 201);
    assert_eq!(count(), full);
}
