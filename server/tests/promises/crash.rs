//! The service is killed at random moments under load, and starts again: all that it has answered is there, nothing is
//! there twice, and nobody is promised to be at two places.
//!
//! `KILLS=100 cargo test -p paidan -- crash` kills it so often; a few times unless said otherwise.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use paidan_engine::check::check;
use paidan_engine::desk::Desk;
use paidan_engine::problem::Problem;
use paidan_engine::wire;
use paidan_engine::wire::document::{ProblemDoc, RouteDoc, TicketDoc};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::caller::ask;
use crate::running::Running;
use crate::stores::Place;

/// Callers at the same time.
const CALLERS: usize = 8;
/// Engineers, each with a day of eight hours.
const ENGINEERS: usize = 60;

/// What the callers know of a ticket.
#[derive(Clone, Debug)]
struct Known {
    /// What it was last answered to be; `None` if it may not be there at all.
    state: Option<String>,
    /// What it may have become since: asked, and not answered.
    maybe: Option<String>,
    /// Who goes.
    engineer: Option<Value>,
}

/// What all callers know, by ticket.
#[derive(Default)]
struct Book {
    known: Mutex<BTreeMap<String, Known>>,
    next: AtomicUsize,
    answered: AtomicUsize,
}

impl Book {
    fn set(&self, id: &str, known: Known) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), known);
    }

    fn all(&self) -> BTreeMap<String, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A day of engineers without tickets.
pub fn day() -> Value {
    let shift = json!({"start": "2026-03-02T08:00:00+01:00", "end": "2026-03-02T16:00:00+01:00"});
    let engineers: Vec<Value> = (0..ENGINEERS)
        .map(|n| {
            let home =
                json!({"lat": 52.4 + (n % 10) as f64 * 0.02, "lon": 13.2 + (n / 10) as f64 * 0.05});
            json!({"id": format!("E{n:02}"), "home": home, "skills": {"gas": 3}, "shifts": [shift]})
        })
        .collect();
    json!({"now": "2026-03-02T07:00:00+01:00", "engineers": engineers})
}

pub fn ticket(id: &str, dice: &mut SmallRng) -> Value {
    json!({
        "id": id, "customer": format!("C{}", dice.random_range(0..50)), "issue": "no-heat",
        "place": {"lat": dice.random_range(52.4..52.6), "lon": dice.random_range(13.2..13.5)},
        "work_s": 300, "requires": {"gas": 2},
    })
}

/// Calls until told to stop, or until the service is gone.
fn call(address: SocketAddr, book: &Book, seed: u64, stop: &AtomicBool) {
    let mut dice = SmallRng::seed_from_u64(seed);
    let mut mine: Vec<(String, Value)> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let is_new = mine.is_empty() || dice.random_bool(0.55);
        let (id, engineer, to) = if is_new {
            let id = format!("T{:06}", book.next.fetch_add(1, Ordering::Relaxed));
            (id, None, "assigned")
        } else {
            let (id, engineer) = mine.swap_remove(dice.random_range(0..mine.len()));
            let to = ["done", "cancelled", "open"][dice.random_range(0..3)];
            (id, Some(engineer), to)
        };
        let known = Known {
            state: engineer.is_some().then(|| "assigned".to_owned()),
            maybe: Some(to.to_owned()),
            engineer: engineer.clone(),
        };
        book.set(&id, known);
        let told = if is_new {
            let body = json!({"ticket": ticket(&id, &mut dice), "commit": true});
            ask(address, "POST", "/v1/dispatch", Some(&id), &body)
        } else {
            let body = json!({"to": to});
            ask(address, "POST", &format!("/v1/tickets/{id}/state"), Some(&format!("{id}-{to}")), &body)
        };
        // The service was killed; nobody knows whether it was done.
        let Ok((status, answer)) = told else { return };
        book.answered.fetch_add(1, Ordering::Relaxed);
        match status {
            200 => {
                let engineer = if is_new { Some(answer["chosen"].clone()) } else { engineer };
                if let (true, Some(engineer)) = (is_new, &engineer) {
                    mine.push((id.clone(), engineer.clone()));
                }
                book.set(&id, Known { state: Some(to.to_owned()), maybe: None, engineer });
            }
            // All days are full.
            409 if is_new => book.set(&id, Known { state: None, maybe: None, engineer: None }),
            status => panic!("{status} for {id} to be {to}: {answer}"),
        }
    }
}

/// All records of a list.
pub fn all(address: SocketAddr, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("{path}?limit=1000&after={after}");
        let (status, page) = ask(address, "GET", &path, None, &Value::Null).expect("it answers");
        assert_eq!(status, 200, "{page}");
        items.extend(page["items"].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = next.replace('/', "%2F"),
            None => return items,
        }
    }
}

/// Holds what the service says against what the callers know, and takes note of what they did not.
fn compare(address: SocketAddr, book: &Book) {
    let tickets = all(address, "/v1/tickets");
    let there: BTreeMap<&str, &Value> =
        tickets.iter().map(|ticket| (ticket["id"].as_str().expect("an id"), ticket)).collect();
    assert_eq!(there.len(), tickets.len(), "no ticket is there twice");
    for (id, known) in book.all() {
        let is =
            there.get(id.as_str()).map(|ticket| ticket["state"].as_str().expect("a state").to_owned());
        assert!(
            is == known.state || known.maybe.is_some() && is == known.maybe,
            "{id} is {is:?}: {known:?}"
        );
        if let (Some(engineer), Some("assigned" | "done")) = (&known.engineer, is.as_deref()) {
            assert_eq!(there[id.as_str()]["engineers"], json!([engineer]), "{id}: {known:?}");
        }
        let engineer = known.engineer;
        book.set(&id, Known { state: is, maybe: None, engineer });
    }
    promises(address, &tickets);
}

/// Holds the promised routes against the tickets, and has the checker read them.
pub fn promises(address: SocketAddr, tickets: &[Value]) {
    let routes = all(address, "/v1/routes");
    let mut promised: Vec<(String, Value)> = Vec::new();
    for route in &routes {
        for stop in route["tickets"].as_array().expect("a list") {
            promised.push((stop.as_str().expect("an id").to_owned(), json!([route["engineer"]])));
        }
    }
    promised.sort_by(|one, other| one.0.cmp(&other.0));
    let assigned = tickets.iter().filter(|ticket| ticket["state"] == "assigned");
    let assigned: Vec<(String, Value)> = assigned
        .map(|ticket| (ticket["id"].as_str().expect("an id").to_owned(), ticket["engineers"].clone()))
        .collect();
    assert_eq!(promised, assigned, "every promise stands in one route, and only there");
    judge(tickets, &routes);
}

/// The checker's word on the promised routes.
pub fn judge(tickets: &[Value], routes: &[Value]) {
    let mut document: ProblemDoc = serde_json::from_value(day()).expect("a day");
    // Whoever was given back could be served again, which is not what is asked here.
    let promised = tickets.iter().filter(|ticket| ticket["state"] == "assigned");
    document.tickets = promised
        .map(|ticket| serde_json::from_value::<TicketDoc>(ticket["ticket"].clone()).expect("a ticket"))
        .collect();
    document.routes = routes
        .iter()
        .map(|route| serde_json::from_value::<RouteDoc>(route.clone()).expect("a route"))
        .collect();
    let problem = Problem::new(wire::draft(document).expect("it can be read")).expect("it is sound");
    let desk = Desk::new(problem.clone()).expect("every promise can be kept");
    assert_eq!(check(&problem, problem.visits(), &desk.plan()), []);
}

/// Numbers of all events, which must be without a gap.
pub fn count_events(address: SocketAddr) -> u64 {
    let mut have = 0;
    loop {
        let path = format!("/v1/events?limit=1000&after={have}");
        let (_, page) = ask(address, "GET", &path, None, &Value::Null).expect("it answers");
        for event in page["items"].as_array().expect("a list") {
            assert_eq!(event["seq"], json!(have + 1), "a gap");
            have += 1;
        }
        if json!(have) == page["last"] {
            return have;
        }
    }
}

/// How often the service is killed.
pub fn kills() -> usize {
    std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4)
}

fn kill_again_and_again(place: &Place) {
    let kills = kills();
    let mut service = Running::start(place.name());
    let (status, told) = ask(service.address, "PUT", "/v1/fleet", None, &day()).expect("it answers");
    assert_eq!(status, 200, "{told}");
    let book = Book::default();
    let mut dice = SmallRng::seed_from_u64(11);
    for kill in 0..kills {
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for caller in 0..CALLERS {
                let (book, stop, address) = (&book, &stop, service.address);
                let seed = (kill * CALLERS + caller) as u64;
                scope.spawn(move || call(address, book, seed, stop));
            }
            // At a random moment of a random answer, however fast the machine is.
            let enough = book.answered.load(Ordering::Relaxed) + dice.random_range(10..80);
            while book.answered.load(Ordering::Relaxed) < enough {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(dice.random_range(0..20_000)));
            service.kill();
            stop.store(true, Ordering::Relaxed);
        });
        service = Running::start(place.name());
        compare(service.address, &book);
    }
    let answered = book.answered.load(Ordering::Relaxed);
    let events = count_events(service.address);
    println!("{}: {kills} kills, {answered} writes answered, {events} events, none lost", place.name());
    assert!(answered > kills * 10, "only {answered} writes were answered between {kills} kills");
}

#[test]
fn whatever_was_answered_survives_a_kill_at_any_moment() {
    for place in Place::lasting("crash") {
        kill_again_and_again(&place);
    }
}
