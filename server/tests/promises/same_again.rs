//! Whatever is done to a service, one that starts on its store knows and answers the same: random days of tickets taken
//! in, changed, promised, planned, given out in waves, given back, begun (several at once, by crews, for another day),
//! done, rated, cancelled, of engineers who change and move, of clocks that are set, of imports, and of other policies and
//! setups.

use axum::http::StatusCode;
use paidan::app::app;
use paidan::state::State;
use paidan::store;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use crate::common::{Service, small};
use crate::stores::Place;

const PLACES: u32 = 6;

/// A service over a store.
pub fn start(place: &Place) -> Service {
    Service(app(State::start(small(), store::open(place.name()).expect("a store")).expect("threads")))
}

fn shift(day: u32) -> Value {
    json!({"start": format!("2026-03-{day:02}T08:00:00+01:00"), "end": format!("2026-03-{day:02}T16:00:00+01:00")})
}

fn engineer(n: u32, days: &[u32]) -> Value {
    let shifts: Vec<Value> = days.iter().map(|&day| shift(day)).collect();
    json!({
        "id": format!("E{n}"), "home": {"lat": 52.5, "lon": 13.3 + f64::from(n) * 0.05},
        "skills": {"gas": 3}, "shifts": shifts, "stock": {"valve": 2},
    })
}

/// A fleet of three engineers, with tickets of every kind.
pub fn fleet(otherwise: &str) -> Value {
    json!({
        "now": "2026-03-02T09:00:00+01:00",
        "engineers": [engineer(0, &[2, 3]), engineer(1, &[2]), engineer(2, &[2, 3])],
        "policy": {"binding": {"otherwise": otherwise}, "emergency": {"from_priority": 90, "displaces": true}},
        "tickets": [
            {"id": "P1", "place": {"lat": 52.51, "lon": 13.4}, "work_s": 600, "demand": {"box": 0}},
            {"id": "P2", "place": {"lat": 52.52, "lon": 13.4}, "work_s": 600, "follows": "P1"},
            {"id": "A1", "place": {"lat": 52.53, "lon": 13.4}, "work_s": 600},
            {"id": "A2", "place": {"lat": 52.54, "lon": 13.4}, "work_s": 600, "after": ["A1"]},
            {"id": "C1", "place": {"lat": 52.55, "lon": 13.4}, "work_s": 600, "crew": 2},
        ],
    })
}

fn ticket(id: &str, dice: &mut Xoshiro256PlusPlus) -> Value {
    let mut ticket = json!({
        "id": id, "customer": format!("C{}", dice.random_range(0..3)), "issue": "no-heat",
        "place": {"lat": 52.5 + f64::from(dice.random_range(0..PLACES)) * 0.01, "lon": 13.4},
        "work_s": dice.random_range(1..8) * 900, "requires": {"gas": 2},
        "priority": dice.random_range(0..100),
    });
    if dice.random_bool(0.2) {
        ticket["engineers"] = json!({"preferred": ["E1"], "forbidden": ["E2"]});
    }
    if dice.random_bool(0.2) {
        ticket["after"] = json!([format!("T{}", dice.random_range(0..20))]);
    }
    if dice.random_bool(0.2) {
        ticket["type"] = json!("complaint");
        ticket["reported_at"] = json!("2026-03-02T06:30:00+01:00");
    }
    if dice.random_bool(0.2) {
        ticket["sla"] = json!({"resolve_by": "2026-03-02T15:00:00+01:00"});
    }
    if dice.random_bool(0.2) {
        ticket["parts"] = json!({"valve": 1});
    }
    ticket
}

/// The tickets that are promised, route by route.
async fn promised(service: &Service) -> Vec<String> {
    let routes = service.get("/v1/routes?limit=1000").await.body["items"].clone();
    let tickets =
        routes.as_array().into_iter().flatten().filter_map(|route| route["tickets"].as_array());
    tickets.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A step of a ticket's life, now and then of before or of the future.
fn a_step(dice: &mut Xoshiro256PlusPlus) -> Value {
    let to = [
        "accepted",
        "en_route",
        "en_route",
        "on_site",
        "on_site",
        "done",
        "done",
        "cancelled",
        "open",
        "rated",
        "archived",
    ];
    let to = to[dice.random_range(0..to.len())];
    let mut body = json!({"to": to});
    if to == "rated" || to == "done" && dice.random_bool(0.5) {
        body["rating"] = json!(dice.random_range(1..6));
    }
    if dice.random_bool(0.3) {
        body["at"] = json!(format!("2026-03-02T{:02}:00:00+01:00", dice.random_range(7..11)));
    }
    body
}

/// Does something, whatever it is answered; only mistakes of ours are none of it.
pub async fn act(service: &Service, dice: &mut Xoshiro256PlusPlus) -> String {
    if dice.random_bool(0.9) { step(service, dice).await } else { plan(service, dice).await }
}

/// Has the fleet planned and applies the plan, though something else may come between.
async fn plan(service: &Service, dice: &mut Xoshiro256PlusPlus) -> String {
    let order = json!({"problem": "fleet", "rounds": 20, "seed": dice.random_range(0..9)});
    let id = service.order(&order).await;
    service.wait(&id, "done").await;
    let between = if dice.random_bool(0.3) { step(service, dice).await } else { String::new() };
    let answer = service.send("POST", &format!("/v1/plans/{id}/apply"), None).await;
    let what = format!("{between}, a plan applied: {} {}", answer.status, answer.body);
    assert!(answer.status < StatusCode::INTERNAL_SERVER_ERROR, "{what}");
    what
}

async fn step(service: &Service, dice: &mut Xoshiro256PlusPlus) -> String {
    let id = format!("T{}", dice.random_range(0..20));
    let mut any = ["P1", "P2", "A1", "A2", "C1", &id, &id, &id, &id][dice.random_range(0..9)].to_owned();
    let number = dice.random_range(0..3);
    let mut kind = "application/json";
    let (method, path, body) = match dice.random_range(0..28) {
        0 | 1 => ("POST", "/v1/tickets".to_owned(), ticket(&id, dice)),
        2 => ("PUT", format!("/v1/tickets/{id}"), ticket(&id, dice)),
        3 => ("POST", "/v1/dispatch".to_owned(), json!({"ticket": ticket(&id, dice), "commit": true})),
        4 | 5 => ("POST", format!("/v1/tickets/{any}/commit"), json!({})),
        6 => ("POST", format!("/v1/tickets/{any}/commit"), json!({"engineer": format!("E{number}")})),
        7..=9 | 23.. => {
            let promised = promised(service).await;
            if dice.random_bool(0.8) && !promised.is_empty() {
                any.clone_from(&promised[dice.random_range(0..promised.len())]);
            }
            ("POST", format!("/v1/tickets/{any}/state"), a_step(dice))
        }
        10 => ("POST", "/v1/waves".to_owned(), json!({"commit": true})),
        11 => (
            "POST",
            "/v1/waves".to_owned(),
            json!({"commit": true, "tickets": [any, ticket(&id, dice)]}),
        ),
        12 => {
            let rates = json!({"binding": {"visits": number}, "max_tickets": 2 + 3 * number});
            ("PATCH", "/v1/policy".to_owned(), rates)
        }
        13 => {
            let travel = json!({"kind": "crow", "speed_kmh": 20 + 10 * number, "detour": 1.3});
            let mut setup = json!({"travel": travel});
            if dice.random_bool(0.5) {
                let (day, hour) = (dice.random_range(2..4), dice.random_range(9..17));
                setup["now"] = json!(format!("2026-03-{day:02}T{hour:02}:00:00+01:00"));
            }
            ("PUT", "/v1/setup".to_owned(), setup)
        }
        14 => {
            kind = "text/csv";
            let mut rows = "id,shift_start,shift_end\n".to_owned();
            for n in [number, 3] {
                let day = dice.random_range(2..5);
                let (start, end) = (&shift(day)["start"], &shift(day)["end"]);
                rows += &format!("E{n},{start},{end}\n").replace('"', "");
            }
            ("POST", "/v1/import/engineers?mode=each".to_owned(), Value::String(rows))
        }
        15 => {
            kind = "application/jsonl";
            let both = [ticket(&id, dice), ticket(&format!("T{number}"), dice)];
            let text = both.map(|ticket| ticket.to_string()).join("\n");
            ("POST", "/v1/import/tickets?mode=each".to_owned(), Value::String(text))
        }
        16 => {
            let lat = 52.5 + f64::from(dice.random_range(0..PLACES)) * 0.01;
            let seen = json!({"engineer": format!("E{number}"), "lat": lat, "lon": 13.4});
            ("POST", "/v1/positions".to_owned(), json!({"positions": [seen]}))
        }
        17 | 18 => {
            let word = ["off_sick", "on_break", "running_late", "back"][dice.random_range(0..4)];
            let mut body = json!({"kind": word});
            if word != "back" {
                body["until"] = json!(format!("2026-03-02T{:02}:30:00+01:00", dice.random_range(8..15)));
            }
            ("POST", format!("/v1/engineers/E{number}/availability"), body)
        }
        19 => {
            let lat = 52.5 + f64::from(dice.random_range(0..PLACES)) * 0.01;
            let seen = json!({"position": {"lat": lat, "lon": 13.4}});
            kind = "application/merge-patch+json";
            ("PATCH", format!("/v1/engineers/E{number}"), seen)
        }
        20 => {
            let day = dice.random_range(1..29);
            let visit = json!({
                "ticket": format!("V{day}"), "customer": format!("C{number}"), "issue": "no-heat",
                "engineer": format!("E{number}"), "resolved": dice.random_bool(0.5),
                "start": format!("2026-02-{day:02}T09:00:00+01:00"),
                "end": format!("2026-02-{day:02}T10:00:00+01:00"),
            });
            ("POST", "/v1/visits".to_owned(), visit)
        }
        _ => {
            let days = [vec![2], vec![2, 3], vec![3], vec![3, 4]][dice.random_range(0..4)].clone();
            let release = if dice.random_bool(0.7) { "?release=true" } else { "" };
            ("PUT", format!("/v1/engineers/E{number}{release}"), engineer(number, &days))
        }
    };
    let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    let answer = service.send_as(method, &path, kind, &text).await;
    let what = format!("{method} {path} {body}: {} {}", answer.status, answer.body["code"]);
    assert!(answer.status < StatusCode::INTERNAL_SERVER_ERROR, "{what}: {}", answer.body);
    what
}

/// All that a service tells, and what it answers to a few questions.
async fn sight(service: &Service) -> Vec<Value> {
    let mut told = vec![service.get("/v1/fleet").await.body];
    for path in [
        "/v1/tickets",
        "/v1/routes",
        "/v1/positions",
        "/v1/engineers",
        "/v1/policy",
        "/v1/setup",
        "/v1/visits",
        "/v1/kpis?by=engineer",
    ] {
        told.push(
            service
                .get(&format!("{path}{}limit=1000", if path.contains('?') { '&' } else { '?' }))
                .await
                .body,
        );
    }
    for place in 0..PLACES {
        let ticket = json!({
            "id": "asked", "customer": "C1", "issue": "no-heat", "work_s": 1800, "requires": {"gas": 2},
            "place": {"lat": 52.5 + f64::from(place) * 0.01, "lon": 13.41},
        });
        let asked = json!({"ticket": ticket, "keep": false, "top": 3});
        told.push(service.post("/v1/dispatch", &asked).await.body);
    }
    told
}

/// What a service at work, one beside it that is only asked, and one that starts on their store know and answer.
/// How many steps were done, and how many plans have given something.
async fn a_day(seed: u64, place: &Place, steps: usize) -> (usize, usize) {
    let (service, beside) = (start(place), start(place));
    let otherwise = if seed.is_multiple_of(2) { "strict" } else { "relax" };
    let answer = service.put("/v1/fleet", &fleet(otherwise)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut story, mut done, mut given) = (Vec::new(), 0, 0);
    for _ in 0..steps {
        // Now and then the other one takes several steps at once.
        let is_seen = dice.random_bool(0.8);
        let what = act(&service, &mut dice).await;
        done += usize::from(what.contains(": 20"));
        given += usize::from(what.contains("applied: 200") && !what.contains("\"given\":[]"));
        story.push(what);
        if is_seen {
            let [mut at_work, mut told, anew] =
                [sight(&service).await, sight(&beside).await, sight(&start(place)).await];
            // Where somebody has moved to is seen a moment later.
            for _ in 0..250 {
                if at_work == anew && told == anew {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                (at_work, told) = (sight(&service).await, sight(&beside).await);
            }
            let story = || format!("seed {seed} on {}, after\n{}", place.name(), story.join("\n"));
            for ((one, other), beside) in at_work.iter().zip(&anew).zip(&told) {
                assert_eq!(one, other, "started anew: {}", story());
                assert_eq!(beside, other, "only asked: {}", story());
            }
        }
    }
    (done, given)
}

#[tokio::test]
async fn services_at_work_beside_each_other_and_started_anew_on_a_store_know_and_answer_the_same() {
    let (mut done, mut given) = (0, 0);
    for seed in 0..14 {
        for place in Place::lasting(&format!("same-{seed}")) {
            let is_file = matches!(place, Place::File(_));
            // What is computed does not know which store it is.
            if is_file || seed < 2 {
                let day = a_day(seed, &place, 60).await;
                (done, given) = (done + day.0, given + day.1);
            }
        }
    }
    assert!(done > 200, "only {done} of them were done");
    assert!(given > 10, "only {given} plans gave something");
}
