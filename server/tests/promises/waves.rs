//! `/v1/waves`.

use crate::common::{Service, day, fleet, ticket};
use axum::http::StatusCode;
use paidan_engine::wire::wave::WaveDoc;
use serde_json::{Value, json};

async fn wave(service: &Service, body: &Value) -> Value {
    let answer = service.post("/v1/waves", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let back: WaveDoc<'_> = serde_json::from_value(answer.body.clone()).expect("the public format");
    assert_eq!(serde_json::to_value(&back).expect("a document"), answer.body);
    answer.body
}

async fn open(service: &Service) -> Value {
    service.get("/v1/fleet").await.body["tickets_open"].clone()
}

#[tokio::test]
async fn all_open_tickets_are_looked_at_and_nothing_is_promised_unless_asked_for() {
    let service = Service::with_fleet(&day(6)).await;
    let looked = wave(&service, &json!({})).await;
    assert_eq!(looked["committed"], false);
    assert_eq!(looked["given"].as_array().unwrap().len(), 6);
    let round = &looked["turns"][0];
    assert_eq!(round["objective"], round["bound"], "proven");
    assert_eq!(open(&service).await, 6);
    let promised = wave(&service, &json!({"commit": true})).await;
    assert_eq!(promised["given"], looked["given"]);
    assert_eq!(open(&service).await, 0);
    assert_eq!(wave(&service, &json!({})).await["given"], json!([]));
}

#[tokio::test]
async fn new_tickets_come_along_and_stay_with_the_fleet() {
    let service = Service::with_fleet(&day(1)).await;
    let body = json!({"tickets": ["T1", ticket("T2")], "commit": true});
    let told = wave(&service, &body).await;
    assert_eq!(told["given"][1]["ticket"], "T2");
    let numbers = service.get("/v1/fleet").await.body;
    assert_eq!((&numbers["tickets_promised"], &numbers["tickets_open"]), (&json!(2), &json!(0)));
    let again = service.post("/v1/tickets/T2/commit", &json!({})).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    // The fleet's own problem, from which plans are made, knows the new ticket.
    let id = service.order(&json!({"problem": "fleet", "rounds": 10})).await;
    let plan = service.wait(&id, "done").await;
    assert_eq!(plan["plan"]["unserved"], json!([]), "{plan}");
}

#[tokio::test]
async fn a_problem_of_its_own_has_its_own_tickets() {
    let service = Service::with_fleet(&fleet()).await;
    let mut asked = ticket("T1");
    asked["work_s"] = json!(7200);
    service.post("/v1/dispatch", &json!({"ticket": asked})).await;
    // The fleet remembers the one that was asked about, a problem has another of that name.
    let own = json!({"problem": day(2), "tickets": ["T2", "T1"], "seats": 1});
    let told = wave(&service, &own).await;
    assert_eq!((&told["given"][0]["ticket"], &told["turns"][0]["given"]), (&json!("T2"), &json!(2)));
    let length = |given: &Value| {
        let moment = |key: &str| given["offer"][key].as_str().unwrap().get(11..16).unwrap().to_owned();
        (moment("start"), moment("finish"))
    };
    let (start, finish) = length(&told["given"][1]);
    assert_ne!((start.as_str(), finish.as_str()), ("08:00", "10:00"), "an hour, not two");
    let told = wave(&service, &json!({"tickets": ["T1"], "commit": true})).await;
    let (start, finish) = length(&told["given"][0]);
    assert_eq!(&start[3..], &finish[3..], "two hours: {start} to {finish}");
}

#[tokio::test]
async fn a_commit_promises_what_it_answers_and_the_rest_stays_open() {
    let service = Service::with_fleet(&fleet()).await;
    let mut hard = ticket("T2");
    hard["requires"] = json!({"gas": 5});
    let body = json!({"tickets": [ticket("T1"), hard], "commit": true});
    let told = wave(&service, &body).await;
    assert_eq!(told["unserved"][0]["ticket"], "T2");
    let numbers = service.get("/v1/fleet").await.body;
    assert_eq!((&numbers["tickets_promised"], &numbers["tickets_open"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn flaws_are_told_together_and_nothing_is_promised() {
    let service = Service::with_fleet(&day(1)).await;
    let mut broken = ticket("T3");
    broken["work_s"] = json!(-5);
    let body = json!({"tickets": ["T1", broken, "T1"], "commit": true});
    let answer = service.post("/v1/waves", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let paths: Vec<&str> = answer.body["flaws"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flaw| flaw["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["tickets[1].work_s", "tickets[2]"], "{}", answer.body);
    assert_eq!(open(&service).await, 1);
    for (body, path) in [
        (json!({"seats": 0}), "seats"),
        (json!({"problem": fleet(), "commit": true}), "commit"),
        (json!({"quotas": [{"territory": "nowhere", "most": 1}]}), "quotas[0]"),
        (json!({"least": 1_001}), "least"),
        (json!({"tickets": [3]}), "tickets[0]"),
    ] {
        let answer = service.post("/v1/waves", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        assert_eq!(answer.body["flaws"][0]["path"], path, "{}", answer.body);
    }
    let body = json!({"tickets": ["T1", "nobody", "noone"]});
    let unknown = service.post("/v1/waves", &body).await;
    let codes: Vec<&Value> =
        unknown.body["flaws"].as_array().unwrap().iter().map(|flaw| &flaw["code"]).collect();
    assert_eq!(codes, ["unknown-reference", "unknown-reference"]);
}

/// A day with promises, one of its tickets far more urgent than the others.
fn day_with_an_emergency(tickets: usize) -> Value {
    let mut day = day(tickets);
    for (n, ticket) in day["tickets"].as_array_mut().unwrap().iter_mut().enumerate() {
        ticket["priority"] = json!(if n == 0 { 95 } else { 20 });
        ticket["work_s"] = json!(4 * 3600);
    }
    day
}

#[tokio::test]
async fn terms_are_kept_and_what_they_hold_is_told() {
    let mut day = day(4);
    let ring = json!([[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]);
    day["territories"] = json!([{"id": "world", "area": {"type": "Polygon", "coordinates": ring}}]);
    let service = Service::with_fleet(&day).await;
    let quotas = json!([{"territory": "world", "most": 3}]);
    let told = wave(&service, &json!({"quotas": quotas, "commit": true})).await;
    assert_eq!(told["given"].as_array().unwrap().len(), 3, "{told}");
    assert_eq!(told["held"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(
        (&told["held"][0]["by"], &told["held"][0]["territory"]),
        (&json!("quota"), &json!("world"))
    );
    // What is promised counts.
    let again = wave(&service, &json!({"quotas": quotas})).await;
    assert_eq!((&again["given"], again["held"].as_array().unwrap().len()), (&json!([]), 1));
    // Without them all are given.
    assert_eq!(wave(&service, &json!({})).await["given"].as_array().unwrap().len(), 1);
    let none = wave(&service, &json!({"emergencies": 0})).await;
    assert_eq!(none["given"].as_array().unwrap().len(), 1, "none of them is an emergency");
}

#[tokio::test]
async fn emergencies_displace_promises_if_the_policy_allows_it() {
    for displaces in [false, true] {
        let mut day = day_with_an_emergency(12);
        day["policy"] = json!({"emergency": {"from_priority": 90, "displaces": displaces}});
        let service = Service::with_fleet(&day).await;
        let usual: Vec<Value> = (2..=12).map(|n| json!(format!("T{n}"))).collect();
        wave(&service, &json!({"tickets": usual, "commit": true})).await;
        let told = wave(&service, &json!({"tickets": ["T1"], "commit": true})).await;
        if displaces {
            assert_eq!(told["displaced"][0]["by"], "T1", "{told}");
            assert_eq!(told["given"][0]["ticket"], "T1", "{told}");
            let gone = told["displaced"][0]["ticket"].clone();
            let open = wave(&service, &json!({})).await;
            let left = open["unserved"].as_array().unwrap();
            assert!(left.iter().any(|left| left["ticket"] == gone), "{open}");
        } else {
            assert_eq!(told["unserved"][0]["ticket"], "T1", "{told}");
        }
    }
}

#[tokio::test]
async fn a_crew_is_promised_and_planned_again_with_the_same_people() {
    let mut day = day(3);
    day["tickets"][0]["crew"] = json!(2);
    let service = Service::with_fleet(&day).await;
    let told = wave(&service, &json!({"commit": true})).await;
    let crewed = &told["given"][0];
    assert_eq!(crewed["ticket"], "T1");
    assert_eq!(crewed["crew"][0]["start"], crewed["offer"]["start"], "{told}");
    let mut people =
        [&crewed["crew"][0]["engineer"], &crewed["offer"]["engineer"]].map(Value::to_string);
    people.sort();
    let id = service.order(&json!({"problem": "fleet", "rounds": 10})).await;
    let plan = service.wait(&id, "done").await;
    let routes = plan["plan"]["routes"].as_array().unwrap();
    let serves =
        |route: &&Value| route["stops"].as_array().unwrap().iter().any(|stop| stop["ticket"] == "T1");
    let mut planned: Vec<String> =
        routes.iter().filter(serves).map(|route| route["engineer"].to_string()).collect();
    planned.sort();
    assert_eq!(planned, people, "{plan}");
}
