//! What somebody is on the way to, or at: reality is messier than a plan, and no promise is lost to it, whoever starts anew.

use axum::http::StatusCode;
use paidan::app::app;
use paidan::state::State;
use paidan::store;
use serde_json::{Value, json};

use crate::common::{Service, small};
use crate::lasting::File;

fn start(file: &File) -> Service {
    Service(app(State::start(small(), store::open(file.path()).expect("it opens")).expect("it starts")))
}

fn at(day: u32, hour: u32, minute: u32) -> String {
    format!("2026-03-{day:02}T{hour:02}:{minute:02}:00+01:00")
}

fn shift(day: u32) -> Value {
    json!({"start": at(day, 8, 0), "end": at(day, 16, 0)})
}

fn ticket(id: &str, more: &Value) -> Value {
    let place = json!({"lat": 52.52, "lon": 13.41});
    let mut ticket =
        json!({"id": id, "customer": "C1", "issue": "no-heat", "work_s": 1800, "place": place});
    for (key, value) in more.as_object().expect("it is an object") {
        ticket[key] = value.clone();
    }
    ticket
}

/// Ann and Bob on the second and the third of March, at ten o'clock on the second, with tickets.
async fn day(file: &File, tickets: &[Value]) -> Service {
    let engineer = |id: &str, lon: f64| json!({"id": id, "home": {"lat": 52.50, "lon": lon}, "shifts": [shift(2), shift(3)]});
    let fleet = json!({
        "now": at(2, 10, 0), "engineers": [engineer("ann", 13.40), engineer("bob", 13.45)], "tickets": tickets
    });
    let service = start(file);
    let answer = service.put("/v1/fleet", &fleet).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    service
}

async fn commit(service: &Service, id: &str, engineer: &str) {
    let path = format!("/v1/tickets/{id}/commit");
    let answer = service.post(&path, &json!({"engineer": engineer})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

/// Takes a step, and tells the ticket.
async fn step(service: &Service, id: &str, body: Value) -> Value {
    let answer = service.post(&format!("/v1/tickets/{id}/state"), &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

/// Who has promised what, route by route; the same from a service that starts on the store.
async fn routes(service: &Service, file: &File) -> Vec<(String, u64, Value)> {
    let told = service.get("/v1/routes").await.body["items"].clone();
    assert_eq!(start(file).get("/v1/routes").await.body["items"], told);
    let route = |route: &Value| {
        let engineer = route["engineer"].as_str().expect("they are named").to_owned();
        (engineer, route["shift"].as_u64().unwrap_or_default(), route["tickets"].clone())
    };
    told.as_array().expect("they are listed").iter().map(route).collect()
}

/// When whoever goes to another ticket would be there, as soon as the service at work answers as one that starts does.
async fn next(service: &Service, file: &File) -> Value {
    let ask = json!({"ticket": ticket("T9", &json!({})), "keep": false, "top": 2});
    let anew = start(file).post("/v1/dispatch", &ask).await.body;
    for _ in 0..250 {
        if service.post("/v1/dispatch", &ask).await.body == anew {
            return anew;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{} is not {anew}", service.post("/v1/dispatch", &ask).await.body);
}

#[tokio::test]
async fn what_was_begun_last_is_next_and_the_rest_stays_promised_behind_it() {
    let file = File::new("two-begun");
    let tickets = ["T1", "T2", "T3"].map(|id| ticket(id, &json!({})));
    let service = day(&file, &tickets).await;
    for id in ["T1", "T2", "T3"] {
        commit(&service, id, "ann").await;
    }
    let other = |order: [&str; 3]| vec![("ann".to_owned(), 0, json!(order))];
    step(&service, "T2", json!({"to": "on_site"})).await;
    assert_eq!(routes(&service, &file).await[0].2[0], "T2");
    next(&service, &file).await;
    // Without a word on T2 she drives on to T3, and from there to T1.
    step(&service, "T3", json!({"to": "en_route"})).await;
    assert_eq!(routes(&service, &file).await, other(["T3", "T2", "T1"]));
    next(&service, &file).await;
    step(&service, "T1", json!({"to": "on_site"})).await;
    assert_eq!(routes(&service, &file).await, other(["T1", "T3", "T2"]));
    next(&service, &file).await;
    step(&service, "T3", json!({"to": "on_site"})).await;
    assert_eq!(routes(&service, &file).await, other(["T3", "T1", "T2"]));
    step(&service, "T3", json!({"to": "done"})).await;
    step(&service, "T1", json!({"to": "done"})).await;
    assert_eq!(routes(&service, &file).await[0].2, json!(["T2"]));
    next(&service, &file).await;
}

#[tokio::test]
async fn work_of_another_day_comes_into_the_shift_that_is_on() {
    let file = File::new("other-day");
    let tomorrow = json!({"windows": [{"start": at(3, 9, 0), "end": at(3, 12, 0)}]});
    let tickets = [ticket("T1", &json!({})), ticket("T2", &tomorrow), ticket("T3", &tomorrow)];
    let service = day(&file, &tickets).await;
    for id in ["T1", "T2", "T3"] {
        commit(&service, id, "ann").await;
    }
    assert_eq!(routes(&service, &file).await.len(), 2);
    step(&service, "T1", json!({"to": "on_site"})).await;
    // From where she is today.
    let seen = json!({"positions": [{"engineer": "ann", "lat": 52.52, "lon": 13.41}]});
    service.post("/v1/positions", &seen).await;
    let told = step(&service, "T2", json!({"to": "en_route"})).await;
    assert_eq!(told["expected"], json!(at(2, 10, 0)));
    step(&service, "T2", json!({"to": "on_site"})).await;
    let expected = [("ann".to_owned(), 0, json!(["T2", "T1"])), ("ann".to_owned(), 1, json!(["T3"]))];
    assert_eq!(routes(&service, &file).await, expected);
    next(&service, &file).await;
    // It is forgotten until after the next day has begun: that day is not taken for it.
    let moved = service.put("/v1/setup", &json!({"now": at(3, 8, 30)})).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
    assert_eq!(routes(&service, &file).await, expected);
    next(&service, &file).await;
    step(&service, "T3", json!({"to": "on_site"})).await;
    assert_eq!(routes(&service, &file).await, expected);
    next(&service, &file).await;
    for id in ["T2", "T1", "T3"] {
        step(&service, id, json!({"to": "done"})).await;
    }
    assert_eq!(routes(&service, &file).await, []);
}

#[tokio::test]
async fn a_crew_of_which_one_falls_ill_at_work_gives_its_ticket_back() {
    let file = File::new("sick-crew");
    let tickets = [ticket("C1", &json!({"crew": 2})), ticket("T1", &json!({}))];
    let service = day(&file, &tickets).await;
    commit(&service, "T1", "bob").await;
    let wave = service.post("/v1/waves", &json!({"commit": true, "tickets": ["C1"]})).await;
    assert_eq!(wave.status, StatusCode::OK, "{}", wave.body);
    step(&service, "C1", json!({"to": "on_site"})).await;
    let sick = service.post("/v1/engineers/ann/availability", &json!({"kind": "off_sick"})).await;
    assert_eq!((sick.status, &sick.body["released"]), (StatusCode::OK, &json!(["C1"])), "{}", sick.body);
    let record = service.get("/v1/tickets/C1").await.body;
    assert_eq!((&record["state"], &record["engineers"]), (&json!("open"), &json!([])));
    assert_eq!(routes(&service, &file).await, [("bob".to_owned(), 0, json!(["T1"]))]);
    next(&service, &file).await;
    // Who only will be away goes on until then.
    step(&service, "T1", json!({"to": "on_site"})).await;
    let away = json!({"kind": "off_sick", "from": at(2, 14, 0)});
    let sick = service.post("/v1/engineers/bob/availability", &away).await;
    assert_eq!((sick.status, &sick.body["released"]), (StatusCode::OK, &json!([])), "{}", sick.body);
}

#[tokio::test]
async fn who_rests_at_work_goes_on_with_it() {
    let file = File::new("rest-at-work");
    let service = day(&file, &[ticket("T1", &json!({"work_s": 7200})), ticket("T2", &json!({}))]).await;
    for id in ["T1", "T2"] {
        commit(&service, id, "ann").await;
    }
    step(&service, "T1", json!({"to": "on_site"})).await;
    let rest = json!({"kind": "on_break", "until": at(2, 10, 30)});
    let answer = service.post("/v1/engineers/ann/availability", &rest).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let decision = next(&service, &file).await;
    let hers = decision["offers"].as_array().expect("both can").iter();
    let hers =
        hers.clone().find(|offer| offer["engineer"] == "ann").unwrap_or_else(|| panic!("{decision}"));
    assert!(*hers["arrival"].as_str().expect("a moment") >= *at(2, 12, 0), "{hers}");
}

#[tokio::test]
async fn no_step_is_taken_in_the_future_but_clocks_may_differ() {
    let file = File::new("future");
    let service = day(&file, &[ticket("T1", &json!({}))]).await;
    commit(&service, "T1", "ann").await;
    let path = "/v1/tickets/T1/state";
    let refused = service.post(path, &json!({"to": "on_site", "at": at(2, 10, 6)})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let flaw = &refused.body["flaws"][0];
    assert_eq!((&flaw["code"], &flaw["path"]), (&json!("out-of-range"), &json!("at")), "{flaw}");
    step(&service, "T1", json!({"to": "accepted", "at": at(2, 10, 0)})).await;
    let early = step(&service, "T1", json!({"to": "done", "at": at(2, 10, 5)})).await;
    assert_eq!(early["state"], "done");
    // She was not there in the future.
    let seen = service.get("/v1/positions").await.body;
    assert_eq!(seen["items"][0]["at"], json!(at(2, 10, 0)), "{seen}");
    let late = json!({"kind": "running_late", "until": at(12, 10, 0)});
    let refused = service.post("/v1/engineers/ann/availability", &late).await;
    assert_eq!(refused.body["flaws"][0]["path"], "until", "{}", refused.body);
}

#[tokio::test]
async fn nothing_is_expected_of_what_is_not_under_way() {
    let file = File::new("expected");
    let service = day(&file, &[ticket("T1", &json!({}))]).await;
    for to in ["open", "on_site", "done"] {
        if to == "done" {
            let late = json!({"kind": "running_late", "until": at(2, 11, 30)});
            service.post("/v1/engineers/ann/availability", &late).await;
            let told = service.get("/v1/tickets/T1").await.body;
            assert_eq!(told["expected"], json!(at(2, 11, 30)));
        } else {
            commit(&service, "T1", "ann").await;
            let told = step(&service, "T1", json!({"to": "en_route"})).await;
            assert!(told["expected"].is_string(), "{told}");
        }
        let told = step(&service, "T1", json!({"to": to})).await;
        assert_eq!(told["expected"], Value::Null, "{told}");
    }
}

#[tokio::test]
async fn nobody_puts_off_a_promise_beside_one_that_is_late_already() {
    let file = File::new("late-beside");
    let window =
        |from: u32, to: u32| json!({"windows": [{"start": at(2, from, 0), "end": at(2, to, 0)}]});
    let service = day(&file, &[ticket("T1", &window(10, 11)), ticket("T2", &window(13, 14))]).await;
    for id in ["T1", "T2"] {
        commit(&service, id, "ann").await;
    }
    service.put("/v1/setup", &json!({"now": at(2, 12, 0)})).await;
    let away =
        |from: u32, to: u32| json!({"absences": [{"start": at(2, from, 0), "end": at(2, to, 0)}]});
    let refused = service.patch("/v1/engineers/ann", &away(13, 15)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let taken = service.patch("/v1/engineers/ann?release=true", &away(13, 15)).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    assert_eq!(routes(&service, &file).await, [("ann".to_owned(), 0, json!(["T1"]))]);
    // What is late stays so when shifts are numbered anew.
    let shifts = json!({"shifts": [shift(1), shift(2), shift(3)]});
    let earlier = service.patch("/v1/engineers/ann", &shifts).await;
    assert_eq!(earlier.status, StatusCode::OK, "{}", earlier.body);
    assert_eq!(routes(&service, &file).await, [("ann".to_owned(), 1, json!(["T1"]))]);
    next(&service, &file).await;
}

#[tokio::test]
async fn who_is_put_elsewhere_was_seen_there_now() {
    let file = File::new("elsewhere");
    let service = day(&file, &[]).await;
    let seen = |lat: f64, at: String| json!({"positions": [{"engineer": "ann", "lat": lat, "lon": 13.41, "at": at}]});
    service
        .patch(
            "/v1/engineers/ann",
            &json!({"position": {"lat": 52.6, "lon": 13.41}, "position_at": at(2, 8, 0)}),
        )
        .await;
    service.post("/v1/positions", &seen(52.7, at(2, 9, 0))).await;
    let told =
        service.patch("/v1/engineers/ann", &json!({"position": {"lat": 52.52, "lon": 13.41}})).await;
    assert_eq!(told.body["position_at"], json!(at(2, 10, 0)), "{}", told.body);
    let positions = service.get("/v1/positions").await.body;
    assert_eq!(
        (&positions["items"][0]["lat"], &positions["items"][0]["at"]),
        (&json!(52.52), &json!(at(2, 10, 0)))
    );
    let decision = next(&service, &file).await;
    assert_eq!(decision["offers"][0]["arrival"], json!(at(2, 10, 0)), "{decision}");
    // Another phone number is no other place.
    service.post("/v1/positions", &seen(52.7, at(2, 10, 0))).await;
    service.patch("/v1/engineers/ann", &json!({"skills": {"gas": 2}})).await;
    assert_eq!(service.get("/v1/positions").await.body["items"][0]["lat"], json!(52.7));
    next(&service, &file).await;
}
