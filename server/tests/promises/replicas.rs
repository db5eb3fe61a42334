//! Three services on one database, sixteen callers, and one service after another killed and started again: nothing that
//! was answered is lost, nothing is there twice, nobody is at two places, and whoever counts on an old version is told so.
//!
//! `REPLICA_SECONDS=300 cargo test -p paidan -- replicas` goes on for so long; a few seconds unless said otherwise.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::caller::ask_with;
use crate::crash::{all, count_events, day, promises, ticket};
use crate::postgres::Database;
use crate::running::Running;

const REPLICAS: usize = 3;
const CALLERS: usize = 16;
/// Tickets that all callers count on, one up at a time.
const COUNTERS: usize = 2;
/// Writes that are answered before it ends, however slow the machine is.
const WRITES: usize = 300;
/// How often a caller asks until somebody answers.
const TRIES: usize = 3000;

/// What callers share.
#[derive(Default)]
struct Scene {
    addresses: Mutex<Vec<SocketAddr>>,
    next: AtomicUsize,
    answered: AtomicUsize,
    conflicts: AtomicUsize,
    /// Requests that were sent again, as nobody knew whether they were done.
    again: AtomicUsize,
    counted: [AtomicUsize; COUNTERS],
    stop: AtomicBool,
}

impl Scene {
    /// Asks one service or another until one answers; under the same key, so that it is done once.
    fn ask(
        &self,
        dice: &mut SmallRng,
        call: (&str, &str),
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, String, Value) {
        for _ in 0..TRIES {
            let address = {
                let addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
                addresses[dice.random_range(0..addresses.len())]
            };
            match ask_with(address, call, headers, body) {
                // A service that has lost the store for a moment, or is too busy, says so and has done nothing.
                Ok((429 | 503, _, _)) | Err(_) => {
                    self.again.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(told) => return told,
            }
        }
        panic!("nobody answers {call:?}");
    }

    /// Promises tickets and has them done, given back or cancelled; returns what became of each.
    fn work(&self, dice: &mut SmallRng) -> BTreeMap<String, (String, Value)> {
        let mut known = BTreeMap::new();
        let mut mine: Vec<(String, Value)> = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            if dice.random_bool(0.2) {
                self.count_up(dice);
            } else if mine.is_empty() || dice.random_bool(0.55) {
                let id = format!("T{:06}", self.next.fetch_add(1, Ordering::Relaxed));
                let body = json!({"ticket": ticket(&id, dice), "commit": true});
                let key = [("idempotency-key", id.as_str())];
                let (status, _, told) = self.ask(dice, ("POST", "/v1/dispatch"), &key, &body);
                match status {
                    200 => {
                        mine.push((id.clone(), told["chosen"].clone()));
                        known.insert(id, ("assigned".to_owned(), told["chosen"].clone()));
                    }
                    // All days are full.
                    409 => assert_eq!(told["code"], "nobody", "{id}: {told}"),
                    _ => panic!("{status} for {id}: {told}"),
                }
            } else {
                let (id, engineer) = mine.swap_remove(dice.random_range(0..mine.len()));
                let to = ["done", "cancelled", "open"][dice.random_range(0..3)];
                let key = format!("{id}-{to}");
                let path = format!("/v1/tickets/{id}/state");
                let call = ("POST", path.as_str());
                let told =
                    self.ask(dice, call, &[("idempotency-key", key.as_str())], &json!({"to": to}));
                assert_eq!(told.0, 200, "{id} to be {to}: {}", told.2);
                known.insert(id, (to.to_owned(), engineer));
            }
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
        known
    }

    /// Reads a counter and writes it one higher, if nobody else has meanwhile.
    fn count_up(&self, dice: &mut SmallRng) {
        let number = dice.random_range(0..COUNTERS);
        let path = format!("/v1/tickets/N{number}");
        let (status, tag, told) = self.ask(dice, ("GET", &path), &[], &Value::Null);
        assert_eq!(status, 200, "{told}");
        let mut ticket = told["ticket"].clone();
        let count: usize = ticket["customer"].as_str().and_then(|c| c.parse().ok()).expect("a count");
        ticket["customer"] = json!((count + 1).to_string());
        let key = format!("count-{}", self.next.fetch_add(1, Ordering::Relaxed));
        let headers = [("idempotency-key", key.as_str()), ("if-match", tag.as_str())];
        let (status, _, told) = self.ask(dice, ("PUT", &path), &headers, &ticket);
        match status {
            200 => self.counted[number].fetch_add(1, Ordering::Relaxed),
            412 => {
                assert_ne!(told["current"]["ticket"]["customer"], json!(count.to_string()), "{told}");
                self.conflicts.fetch_add(1, Ordering::Relaxed)
            }
            _ => panic!("{status}: {told}"),
        };
    }
}

/// What a service tells of the desk, and answers to a question.
fn sight(address: SocketAddr, dice: &mut SmallRng) -> Vec<Value> {
    let ask = |call, body: &Value| ask_with(address, call, &[], body).expect("it answers").2;
    let asked = json!({"ticket": ticket("asked", dice), "keep": false, "top": 5});
    let mut fleet = ask(("GET", "/v1/fleet"), &Value::Null);
    // They are asked one after another, and the clock goes on.
    fleet["now"].take();
    let told = vec![
        fleet,
        ask(("POST", "/v1/dispatch"), &asked),
        json!(all(address, "/v1/tickets")),
        json!(all(address, "/v1/routes")),
    ];
    assert!(told.iter().all(|told| told["status"].is_null()), "{told:?}");
    told
}

#[test]
fn several_replicas_of_which_some_are_killed_lose_nothing_and_promise_nothing_twice() {
    let Some(database) = Database::new() else { return };
    let seconds = std::env::var("REPLICA_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let seconds: u64 = seconds.unwrap_or(6);
    let mut replicas: Vec<Running> = (0..REPLICAS).map(|_| Running::start(&database.url)).collect();
    let scene = Scene::default();
    let set = |replicas: &[Running]| {
        let mut addresses = scene.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        *addresses = replicas.iter().map(|replica| replica.address).collect();
    };
    set(&replicas);
    let mut dice = SmallRng::seed_from_u64(7);
    let told = scene.ask(&mut dice, ("PUT", "/v1/fleet"), &[], &day());
    assert_eq!(told.0, 200, "{}", told.2);
    for number in 0..COUNTERS {
        let mut counter = ticket(&format!("N{number}"), &mut dice);
        counter["customer"] = json!("0");
        assert_eq!(scene.ask(&mut dice, ("POST", "/v1/tickets"), &[], &counter).0, 201);
    }
    let (began, mut kills) = (Instant::now(), 0);
    let known: BTreeMap<String, (String, Value)> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let scene = &scene;
                scope.spawn(move || scene.work(&mut SmallRng::seed_from_u64(100 + caller as u64)))
            })
            .collect();
        let is_enough = || {
            let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
            of(&scene.answered) >= WRITES && of(&scene.conflicts) > 0
        };
        // Whoever fails is told of at the end.
        while (began.elapsed() < Duration::from_secs(seconds) || !is_enough())
            && !callers.iter().any(std::thread::ScopedJoinHandle::is_finished)
        {
            std::thread::sleep(Duration::from_millis(dice.random_range(200..900)));
            let unlucky = dice.random_range(0..REPLICAS);
            replicas[unlucky].kill();
            replicas[unlucky] = Running::start(&database.url);
            set(&replicas);
            kills += 1;
        }
        scene.stop.store(true, Ordering::Relaxed);
        callers.into_iter().flat_map(|caller| caller.join().expect("it ends well")).collect()
    });
    let seen: Vec<Vec<Value>> =
        replicas.iter().map(|replica| sight(replica.address, &mut SmallRng::seed_from_u64(3))).collect();
    assert!(seen.iter().all(|other| *other == seen[0]), "replicas tell different things: {seen:?}");
    let address = replicas[0].address;
    let tickets = all(address, "/v1/tickets");
    let there: BTreeMap<&str, &Value> =
        tickets.iter().map(|ticket| (ticket["id"].as_str().expect("an id"), ticket)).collect();
    assert_eq!(there.len(), tickets.len(), "no ticket is there twice");
    for (id, (state, engineer)) in &known {
        let ticket = there.get(id.as_str()).unwrap_or_else(|| panic!("{id} is lost"));
        assert_eq!(ticket["state"], json!(state), "{id}: {ticket}");
        if state != "open" && state != "cancelled" {
            assert_eq!(ticket["engineers"], json!([engineer]), "{id}");
        }
    }
    assert_eq!(there.len(), known.len() + COUNTERS, "nothing is there that nobody was answered");
    for (number, counted) in scene.counted.iter().enumerate() {
        let count = &there[format!("N{number}").as_str()]["ticket"]["customer"];
        assert_eq!(*count, json!(counted.load(Ordering::Relaxed).to_string()), "an update is lost");
    }
    promises(address, &tickets);
    let events = count_events(address);
    let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    let (answered, conflicts) = (of(&scene.answered), of(&scene.conflicts));
    println!(
        "{kills} kills in {} s, {answered} writes answered, {conflicts} of them 412, {} sent again, \
         {events} events, none lost",
        began.elapsed().as_secs(),
        of(&scene.again)
    );
    assert!(kills > 0 && answered >= WRITES && conflicts > 0, "{kills}, {answered}, {conflicts}");
}
