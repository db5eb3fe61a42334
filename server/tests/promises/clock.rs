//! The clock of a desk goes on by itself: what is due is told, each thing once, whoever is killed meanwhile; and promises
//! are kept as the day really goes.

use std::time::Duration;

use crate::common::{Service, fleet, small};
use crate::lasting::File;
use axum::http::StatusCode;
use paidan::app::app;
use paidan::config::Config;
use paidan::state::State;
use paidan::store;
use serde_json::{Value, json};

/// A service on a file, of whose desks so many seconds pass in a second.
fn start(file: &File, pace: usize) -> Service {
    let store = store::open(file.path()).expect("it opens");
    Service(app(State::start(Config { pace, ..small() }, store).expect("it starts")))
}

/// The fleet of other tests at seven in the morning, with tickets of its own.
fn day(tickets: &Value) -> Value {
    let mut day = fleet();
    day["now"] = json!("2026-03-02T07:00:00+01:00");
    day["tickets"] = tickets.clone();
    day["visits"] = json!([]);
    day
}

fn ticket(id: &str, more: &Value) -> Value {
    let mut ticket = json!({
        "id": id, "customer": "C1", "issue": "no-heat", "work_s": 1800,
        "place": {"lat": 52.52, "lon": 13.41}
    });
    for (key, value) in more.as_object().expect("it is an object") {
        ticket[key] = value.clone();
    }
    ticket
}

/// What has happened so far, of events whose names begin so: name, subject, when it was due.
async fn told(service: &Service, begin: &str) -> Vec<(String, String, String)> {
    let events = service.get("/v1/events?limit=1000").await.body;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = events["items"].as_array().expect("they are listed").iter();
    items
        .filter(|event| text(&event["event"]).starts_with(begin))
        .map(|event| (text(&event["event"]), text(&event["subject"]), text(&event["data"]["at"])))
        .collect()
}

/// Waits until so many events of a kind were told.
async fn wait_for(service: &Service, begin: &str, count: usize) -> Vec<(String, String, String)> {
    for _ in 0..1500 {
        let events = told(service, begin).await;
        if events.len() >= count {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("only {:?} were told", told(service, begin).await);
}

fn at(hour: u32, minute: u32) -> String {
    format!("2026-03-02T{hour:02}:{minute:02}:00+01:00")
}

#[tokio::test]
async fn a_clock_keeps_the_pace_that_it_was_set_with() {
    let file = File::new("pace");
    let service = start(&file, 7200);
    service.put("/v1/fleet", &day(&json!([]))).await;
    let moment = async |service: &Service| {
        let now = service.get("/v1/setup").await.body["now"].clone();
        paidan_engine::wire::moment(now.as_str().expect("it is told")).expect("a moment").0
    };
    let (begun, began) = (moment(&service).await, std::time::Instant::now());
    drop(service);
    // One that would stand still, by its own pace.
    let service = start(&file, 0);
    while moment(&service).await < begun + 1800 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let real = i64::try_from(began.elapsed().as_millis()).expect("a while") + 1000;
    assert!(moment(&service).await - begun <= real * 7200 / 1000 * 2, "it has not leapt");
    service.put("/v1/fleet", &day(&json!([]))).await;
    assert_eq!(
        service.get("/v1/setup").await.body["now"],
        at(7, 0),
        "one that is set anew stands still"
    );
}

#[tokio::test]
async fn an_sla_is_warned_missed_and_escalated_each_once_though_it_is_killed_between() {
    let file = File::new("sla");
    let sla = json!({"respond_by": at(9, 0)});
    let mut day = day(&json!([ticket("T1", &json!({"sla": sla})), ticket("T2", &json!({}))]));
    day["policy"] = json!({"sla": {"repair": {}}});
    // An hour in half a second.
    let service = start(&file, 7200);
    service.put("/v1/fleet", &day).await;
    wait_for(&service, "sla.missed", 1).await;
    drop(service);
    // Two on one file are like two replicas.
    let (one, other) = (start(&file, 7200), start(&file, 7200));
    wait_for(&one, "sla.escalated", 2).await;
    // Whatever else would be told comes soon.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let events = told(&other, "sla.").await;
    let expected = [
        ("sla.warning", at(8, 30)),
        ("sla.missed", at(9, 0)),
        ("sla.escalated", at(9, 30)),
        ("sla.escalated", at(11, 0)),
    ]
    .map(|(event, at)| (event.to_owned(), "T1".to_owned(), at));
    assert_eq!(events, expected);
    let record = one.get("/v1/tickets/T1").await.body;
    let to: Vec<&Value> =
        record["alerts"].as_array().unwrap().iter().map(|alert| &alert["to"]).collect();
    assert_eq!(to, [&Value::Null, &json!("dispatcher"), &json!("supervisor"), &json!("manager")]);
    let board = one.get("/v1/sla").await.body;
    assert_eq!((&board["all"], &board["items"][0]["colour"]), (&json!(1), &json!("#c91d1d")), "{board}");
}

#[tokio::test]
async fn who_is_served_in_time_is_not_told_of() {
    let file = File::new("kept");
    let sla = json!({"respond_by": at(10, 0), "resolve_by": at(11, 0)});
    let day = day(&json!([
        ticket("T1", &json!({"sla": sla})),
        ticket("T2", &json!({"sla": sla})),
        ticket("T3", &json!({"sla": {"respond_by": at(10, 0)}}))
    ]));
    let service = start(&file, 3600);
    service.put("/v1/fleet", &day).await;
    for id in ["T1", "T2"] {
        let answer = service.post(&format!("/v1/tickets/{id}/commit"), &json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        service.post(&format!("/v1/tickets/{id}/state"), &json!({"to": "on_site"})).await;
    }
    service.post("/v1/tickets/T1/state", &json!({"to": "done"})).await;
    service.post("/v1/tickets/T3/state", &json!({"to": "cancelled"})).await;
    let events = wait_for(&service, "sla.missed", 1).await;
    assert_eq!(events, [("sla.missed".to_owned(), "T2".to_owned(), at(11, 0))]);
    let warned = told(&service, "sla.warning").await;
    assert_eq!(warned, [("sla.warning".to_owned(), "T2".to_owned(), at(10, 0))]);
}

#[tokio::test]
async fn a_poor_rating_and_a_complaint_are_followed_up() {
    let file = File::new("calls");
    let mut day =
        day(&json!([ticket("T1", &json!({"type": "complaint", "sla": {"respond_by": at(20, 0)}}))]));
    day["now"] = json!(at(9, 0));
    day["routes"] = json!([{"engineer": "near", "shift": 0, "tickets": ["T1"]}]);
    // A day in a second.
    let service = start(&file, 86_400);
    service.put("/v1/fleet", &day).await;
    let done = json!({"to": "done", "rating": 2, "at": at(9, 0)});
    let answer = service.post("/v1/tickets/T1/state", &done).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let due = wait_for(&service, "follow_up.due", 4).await;
    wait_for(&service, "follow_up.missed", 1).await;
    assert_eq!(due.len(), 4);
    let calls = service.get("/v1/follow-ups").await.body;
    let calls = calls["items"].as_array().unwrap();
    let mut times: Vec<(&str, &str)> = (calls.iter())
        .map(|call| (call["reason"].as_str().unwrap(), call["from"].as_str().unwrap()))
        .collect();
    times.sort_unstable();
    let then = [at(10, 0), at(9, 0).replace("02T", "03T"), at(9, 0).replace("02T", "05T"), at(9, 0)];
    let expected = [
        ("complaint", &*then[0]),
        ("complaint", &then[1]),
        ("complaint", &then[2]),
        ("low_rating", &then[3]),
    ];
    assert_eq!(times, expected);
    let low = calls.iter().find(|call| call["reason"] == "low_rating").unwrap();
    assert_eq!((&low["state"], &low["customer"]), (&json!("missed"), &json!("C1")));
    let path = format!("/v1/follow-ups/{}/done", low["id"].as_str().unwrap());
    let made = service.post(&path, &json!({"note": "all is well"})).await;
    assert_eq!((made.status, &made.body["state"]), (StatusCode::OK, &json!("done")), "{}", made.body);
    drop(service);
    let service = start(&file, 86_400);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(told(&service, "follow_up.due").await.len(), 4);
    assert_eq!(told(&service, "follow_up.missed").await.len(), 1);
}

#[tokio::test]
async fn a_promise_whose_hour_is_past_is_kept_late_and_read_again() {
    let file = File::new("late");
    let window = json!({"windows": [{"start": at(8, 0), "end": at(9, 0)}]});
    let day = day(&json!([ticket("T1", &window), ticket("T2", &json!({}))]));
    let service = start(&file, 7200);
    service.put("/v1/fleet", &day).await;
    for id in ["T1", "T2"] {
        let answer = service.post(&format!("/v1/tickets/{id}/commit"), &json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let route = service.get("/v1/routes").await.body["items"][0]["tickets"].clone();
    for _ in 0..1500 {
        let now = service.get("/v1/fleet").await.body["now"].as_str().unwrap().to_owned();
        if now >= at(9, 40) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(service.get("/v1/routes").await.body["items"][0]["tickets"], route);
    drop(service);
    let service = start(&file, 7200);
    assert_eq!(service.get("/v1/routes").await.body["items"][0]["tickets"], route);
    // Nobody is sent to where they could have been in the morning.
    let asked = json!({"ticket": ticket("T3", &json!({})), "keep": false});
    let decision = service.post("/v1/dispatch", &asked).await.body;
    let now = service.get("/v1/fleet").await.body["now"].as_str().unwrap().to_owned();
    let arrival = decision["offers"][0]["arrival"].as_str().unwrap_or_else(|| panic!("{decision}"));
    assert!(*arrival >= *at(9, 40), "{arrival} at {now}");
    for id in ["T1", "T2"] {
        let done = service.post(&format!("/v1/tickets/{id}/state"), &json!({"to": "done"})).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    }
}

#[tokio::test]
async fn whoever_is_sick_gives_back_and_whoever_is_late_keeps() {
    let service = Service::with(small());
    let mut day = day(&json!([ticket("T1", &json!({})), ticket("T2", &json!({}))]));
    day["now"] = json!(at(9, 0));
    service.put("/v1/fleet", &day).await;
    for id in ["T1", "T2"] {
        service.post(&format!("/v1/tickets/{id}/commit"), &json!({"engineer": "near"})).await;
    }
    let late = json!({"kind": "running_late", "until": at(9, 45)});
    let answer = service.post("/v1/engineers/near/availability", &late).await;
    assert_eq!(
        (answer.status, &answer.body["released"]),
        (StatusCode::OK, &json!([])),
        "{}",
        answer.body
    );
    service.post("/v1/tickets/T1/state", &json!({"to": "on_site"})).await;
    let late = json!({"kind": "running_late", "until": at(11, 0)});
    let answer = service.post("/v1/engineers/near/availability", &late).await;
    assert_eq!(answer.body["delayed"], json!(["T1"]), "{}", answer.body);
    assert_eq!(service.get("/v1/tickets/T1").await.body["expected"], json!(at(11, 0)));
    let backwards = json!({"kind": "on_break", "until": at(8, 0)});
    let answer = service.post("/v1/engineers/near/availability", &backwards).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    let answer = service.post("/v1/engineers/near/availability", &json!({"kind": "off_sick"})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["absences"].as_array().unwrap().last().unwrap()["end"], at(16, 0));
    for id in ["T1", "T2"] {
        assert_eq!(service.get(&format!("/v1/tickets/{id}")).await.body["state"], "open");
    }
    let again = service.post("/v1/tickets/T1/commit", &json!({})).await;
    assert_eq!(again.body["engineer"], "far", "{}", again.body);
}

#[tokio::test]
async fn the_latest_position_counts_and_flaws_are_told_at_once() {
    let service = Service::with(small());
    let mut day = day(&json!([]));
    day["now"] = json!(at(9, 0));
    service.put("/v1/fleet", &day).await;
    let ask = json!({"ticket": ticket("T1", &json!({})), "keep": false, "top": 2});
    let before = service.post("/v1/dispatch", &ask).await.body;
    assert_eq!(before["offers"][0]["engineer"], "near", "{before}");
    let seen = |engineer: &str, lat: f64, minute: u32| json!({"engineer": engineer, "lat": lat, "lon": 13.41, "at": at(8, minute)});
    let send = json!({"positions": [seen("near", 52.9, 50), seen("far", 52.52, 50)]});
    let taken = service.post("/v1/positions", &send).await;
    assert_eq!(taken.body, json!({"taken": 2, "older": 0}));
    let taken = service.post("/v1/positions", &json!({"positions": [seen("near", 52.52, 40)]})).await;
    assert_eq!(taken.body, json!({"taken": 0, "older": 1}));
    let mut offers = Value::Null;
    for _ in 0..250 {
        offers = service.post("/v1/dispatch", &ask).await.body["offers"].clone();
        if offers[0]["engineer"] == "far" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(offers[0]["engineer"], "far", "{offers}");
    let wrong = json!({"positions": [seen("nobody", 52.5, 55), seen("near", 152.5, 55)]});
    let refused = service.post("/v1/positions", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.body["flaws"].as_array().unwrap().len(), 2, "{}", refused.body);
    let listed = service.get("/v1/positions").await.body;
    assert_eq!(listed["items"][1], seen("near", 52.9, 50), "{listed}");
}
