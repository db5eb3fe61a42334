//! A copy of a store that is being written to is a store, as it was at one moment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::http::StatusCode;
use paidan::app::app;
use paidan::state::State;
use paidan::store;
use serde_json::{Value, json};

use crate::common::{Service, day, small, ticket};
use crate::lasting::File;
use crate::postgres::Database;
use crate::stores::Place;

fn start(place: &Place) -> Service {
    Service(app(State::start(small(), store::open(place.name()).expect("a store")).expect("threads")))
}

/// What a service tells and answers, and the number of the last event of that.
async fn sight(service: &Service) -> (u64, Vec<Value>) {
    let asked = json!({"ticket": ticket("asked"), "keep": false, "top": 3});
    let mut told = vec![service.post("/v1/dispatch", &asked).await.body];
    for path in ["/v1/fleet", "/v1/tickets?limit=1000", "/v1/routes", "/v1/decisions?limit=1000"] {
        told.push(service.get(path).await.body);
    }
    let last = service.get("/v1/events").await.body["last"].as_u64().expect("a number");
    (last, told)
}

fn backup(place: &Place, to: &str) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_paidan"))
        .args(["backup", "--store", place.name(), "--to", to])
        .output();
    command.expect("the command runs")
}

/// Copies a store as its operator would, and makes a store of the copy.
fn copied(place: &Place, name: &str) -> Place {
    match place {
        Place::Memory => unreachable!("it cannot be copied"),
        Place::File(_) => {
            let copy = File::new(name);
            let told = backup(place, copy.path());
            assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
            Place::File(copy)
        }
        Place::Database(database) => {
            let copy = Database::new().expect("it is installed");
            database.copy_to(&copy);
            Place::Database(copy)
        }
    }
}

#[tokio::test]
async fn a_copy_that_is_made_under_load_answers_as_the_store_did_at_a_version_that_was_answered() {
    for place in Place::lasting("copied") {
        let service = start(&place);
        service.put("/v1/fleet", &day(3)).await;
        let mut seen = BTreeMap::from([sight(&service).await]);
        let place = Arc::new(place);
        let own = Arc::clone(&place);
        let copy = move || (0..3).map(|n| copied(&own, &format!("copy-{n}"))).collect::<Vec<Place>>();
        let copying = std::thread::spawn(copy);
        let mut n = 0;
        while !copying.is_finished() || n < 5 {
            let ticket = json!({"ticket": ticket(&format!("L{n:04}")), "commit": n % 2 == 0});
            let told = service.post("/v1/dispatch", &ticket).await;
            assert!(matches!(told.status, StatusCode::OK | StatusCode::CONFLICT), "{}", told.body);
            seen.extend([sight(&service).await]);
            n += 1;
        }
        let copies = copying.join().expect("they are made");
        for copy in &copies {
            let (version, told) = sight(&start(copy)).await;
            let then = seen.get(&version).unwrap_or_else(|| panic!("{version} was never answered"));
            assert_eq!(told, *then, "version {version} of {}", place.name());
        }
        // It goes on from there, beside the store that it was copied from.
        let (copy, service) = (start(&copies[0]), start(&place));
        let told = copy.post("/v1/tickets", &ticket("only-in-the-copy")).await;
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
        let told = service.get("/v1/tickets/only-in-the-copy").await;
        assert_eq!(told.status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn a_copy_takes_nothings_place_and_is_made_of_a_store_alone() {
    let (file, copy) = (File::new("copied-once"), File::new("copy-once"));
    drop(store::open(file.path()).unwrap());
    let place = Place::File(file);
    assert!(backup(&place, copy.path()).status.success());
    let why = |told: Output| String::from_utf8_lossy(&told.stderr).into_owned();
    let again = backup(&place, copy.path());
    assert_eq!(again.status.code(), Some(2));
    assert!(why(again).contains("there already"));
    let none = File::new("not-there");
    let told = backup(&Place::File(none), "/nowhere/at/all.db");
    assert!(!told.status.success());
    assert!(why(told).contains("paidan-not-there"));
    let theirs = File::new("no-store");
    rusqlite::Connection::open(theirs.path()).unwrap().execute_batch("create table t (n)").unwrap();
    let to = File::new("no-copy");
    let told = backup(&Place::File(theirs), to.path());
    assert!(!told.status.success() && !PathBuf::from(to.path()).exists(), "{}", why(told));
    let told = Command::new(env!("CARGO_BIN_EXE_paidan"))
        .args(["backup", "--store", "postgres://crm:secret@db/live", "--to", to.path()])
        .output()
        .unwrap();
    let why = why(told);
    assert!(why.contains("pg_dump") && !why.contains("secret"), "{why}");
}
