//! `/v1/tickets`, `/v1/tickets/{id}/state`, `/v1/routes`, `/v1/events`.

use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::{Answer, Service, day, fleet, ticket};

async fn turn(service: &Service, id: &str, to: &str) -> Answer {
    service.post(&format!("/v1/tickets/{id}/state"), &json!({"to": to})).await
}

#[tokio::test]
async fn a_ticket_goes_through_its_life_and_ends_as_history() {
    let service = Service::with_fleet(&fleet()).await;
    let created = service.post("/v1/tickets", &ticket("T/1")).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    assert_eq!(created.headers["location"], "/v1/tickets/T%2F1");
    assert_eq!(service.post("/v1/tickets", &ticket("T/1")).await.body["code"], "ticket-exists");
    service.send("POST", "/v1/tickets/T%2F1/commit", None).await;
    // All of it is told when it is done.
    service.put("/v1/setup", &json!({"now": "2026-03-02T09:05:00+01:00"})).await;
    for (to, at) in [("accepted", "07:10"), ("en_route", "08:00"), ("on_site", "08:20")] {
        let body = json!({"to": to, "at": format!("2026-03-02T{at}:00+01:00")});
        let answer = service.post("/v1/tickets/T%2F1/state", &body).await;
        assert_eq!(
            (answer.status, &answer.body["state"]),
            (StatusCode::OK, &json!(to)),
            "{}",
            answer.body
        );
    }
    let body = json!({"to": "done", "at": "2026-03-02T09:05:00+01:00", "resolved": true, "rating": 4});
    let done = service.post("/v1/tickets/T%2F1/state", &body).await;
    assert_eq!(done.body["state"], "rated", "{}", done.body);
    let steps: Vec<&str> = done.body["life"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["state"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["open", "assigned", "accepted", "en_route", "on_site", "done", "rated"]);
    assert_eq!(service.get("/v1/tickets/T%2F1").await.body, done.body);
    let visit = service.get("/v1/events?limit=1000").await.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["event"] == "visit.recorded")
        .unwrap()["data"]
        .clone();
    assert_eq!(
        (&visit["engineer"], &visit["start"], &visit["rating"]),
        (&json!("near"), &json!("2026-03-02T08:20:00+01:00"), &json!(4)),
        "{visit}"
    );
    let numbers = service.get("/v1/fleet").await.body;
    assert_eq!(
        (&numbers["visits"], &numbers["tickets_promised"], &numbers["tickets_open"]),
        (&json!(1), &json!(0), &json!(0))
    );
    assert_eq!(service.get("/v1/routes").await.body["items"], json!([]));
}

#[tokio::test]
async fn a_step_that_does_not_follow_is_refused_and_says_what_may() {
    let service = Service::with_fleet(&day(1)).await;
    let refused = turn(&service, "T1", "done").await;
    assert_eq!((refused.status, &refused.body["code"]), (StatusCode::CONFLICT, &json!("illegal-step")));
    assert!(
        refused.body["detail"].as_str().unwrap().ends_with("it may become cancelled."),
        "{}",
        refused.body
    );
    assert_eq!(turn(&service, "T7", "cancelled").await.status, StatusCode::NOT_FOUND);
    service.send("POST", "/v1/tickets/T1/commit", None).await;
    let early = json!({"to": "accepted", "at": "2026-03-01T08:00:00+01:00"});
    let refused = service.post("/v1/tickets/T1/state", &early).await;
    assert_eq!(refused.body["flaws"][0]["code"], "bad-time", "{}", refused.body);
    for body in
        [json!({"to": "done", "rating": 6}), json!({"to": "done", "at": "soon"}), json!({"to": "lost"})]
    {
        let refused = service.post("/v1/tickets/T1/state", &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", refused.body);
    }
    assert_eq!(service.get("/v1/tickets/T1").await.body["state"], "assigned", "nothing was half done");
}

#[tokio::test]
async fn a_ticket_given_back_is_open_again_and_its_room_is_free() {
    let service = Service::with_fleet(&day(2)).await;
    let before = service.post("/v1/dispatch", &json!({"ticket": "T2", "keep": false})).await.body;
    service.send("POST", "/v1/tickets/T1/commit", None).await;
    assert_ne!(service.post("/v1/dispatch", &json!({"ticket": "T2", "keep": false})).await.body, before);
    let open = turn(&service, "T1", "open").await;
    assert_eq!(
        (&open.body["state"], &open.body["engineers"]),
        (&json!("open"), &json!([])),
        "{}",
        open.body
    );
    assert_eq!(service.post("/v1/dispatch", &json!({"ticket": "T2", "keep": false})).await.body, before);
    assert_eq!(service.send("POST", "/v1/tickets/T1/commit", None).await.status, StatusCode::OK);
    assert_eq!(turn(&service, "T1", "cancelled").await.status, StatusCode::OK);
    assert_eq!(service.post("/v1/dispatch", &json!({"ticket": "T2", "keep": false})).await.body, before);
    let wave = service.post("/v1/waves", &json!({"commit": true})).await;
    assert_eq!(
        wave.body["given"].as_array().unwrap().len(),
        1,
        "the cancelled one is not given out: {}",
        wave.body
    );
}

#[tokio::test]
async fn how_a_visit_is_rated_changes_the_next_decision() {
    let service = Service::with_fleet(&fleet()).await;
    service.post("/v1/dispatch", &json!({"ticket": ticket("T1"), "commit": true})).await;
    turn(&service, "T1", "done").await;
    let history = async |service: &Service| {
        let asked = json!({"ticket": ticket("T2"), "keep": false});
        let decision = service.post("/v1/dispatch", &asked).await.body;
        let offers = decision["offers"].as_array().unwrap().clone();
        offers.iter().find(|offer| offer["engineer"] == "near").unwrap()["score"]["history"]
            .as_f64()
            .unwrap()
    };
    let done = history(&service).await;
    let rated = service.post("/v1/tickets/T1/state", &json!({"to": "rated", "rating": 1})).await;
    assert_eq!(rated.body["state"], "rated", "{}", rated.body);
    let poor = history(&service).await;
    assert!(poor < done, "{poor} after a poor rating, {done} before");
    assert_eq!(turn(&service, "T1", "archived").await.status, StatusCode::OK);
    assert_eq!(turn(&service, "T1", "open").await.body["code"], "illegal-step");
}

fn with(method: &str, path: &str, header: (&str, &str), body: &Value) -> Request<axum::body::Body> {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    request.header(header.0, header.1).body(body.to_string().into()).unwrap()
}

#[tokio::test]
async fn who_knows_another_version_is_told_what_it_is_now() {
    let service = Service::with_fleet(&day(1)).await;
    let known = service.get("/v1/tickets/T1").await.headers["etag"].to_str().unwrap().to_owned();
    let mut changed = ticket("T1");
    changed["work_s"] = json!(1800);
    let put = |tag: &str| with("PUT", "/v1/tickets/T1", ("if-match", tag), &changed);
    let first = service.ask(put(&known)).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let late = service.ask(put(&known)).await;
    assert_eq!((late.status, &late.body["code"]), (StatusCode::PRECONDITION_FAILED, &json!("changed")));
    assert_eq!(late.body["current"], first.body, "what it is now");
    assert_eq!(service.ask(put(first.headers["etag"].to_str().unwrap())).await.status, StatusCode::OK);
    let fresh = with("PUT", "/v1/tickets/T1", ("if-none-match", "*"), &changed);
    assert_eq!(service.ask(fresh).await.status, StatusCode::PRECONDITION_FAILED);
    let fresh = with("PUT", "/v1/tickets/T2", ("if-none-match", "*"), &ticket("T2"));
    assert_eq!(service.ask(fresh).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn two_dispatchers_who_saw_the_same_route_do_not_both_promise_in_it() {
    let service = Service::with_fleet(&day(3)).await;
    service.send("POST", "/v1/tickets/T1/commit", None).await;
    let seen = service.get("/v1/routes/near/0").await;
    assert_eq!(seen.body["tickets"], json!(["T1"]), "{}", seen.body);
    let tag = seen.headers["etag"].to_str().unwrap();
    let commit =
        |id: &str| with("POST", &format!("/v1/tickets/{id}/commit"), ("if-match", tag), &json!({}));
    let first = service.ask(commit("T2")).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let second = service.ask(commit("T3")).await;
    assert_eq!(second.status, StatusCode::PRECONDITION_FAILED, "{}", second.body);
    assert_eq!(second.body["current"]["tickets"].as_array().unwrap().len(), 2);
    assert_eq!(service.get("/v1/tickets/T3").await.body["state"], "open");
}

#[tokio::test]
async fn lists_come_page_by_page_and_by_state() {
    let service = Service::with_fleet(&day(5)).await;
    service.send("POST", "/v1/tickets/T3/commit", None).await;
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = service.get(&format!("/v1/tickets?limit=2&after={after}")).await.body;
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["T1", "T2", "T3", "T4", "T5"]);
    let assigned = service.get("/v1/tickets?state=assigned").await.body;
    assert_eq!(assigned["items"].as_array().unwrap().len(), 1);
    for query in
        ["limit=0", "limit=1001", "limit=x", "state=lost", "states=open", "state=open&state=done"]
    {
        let refused = service.get(&format!("/v1/tickets?{query}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {}", refused.body);
    }
}

#[tokio::test]
async fn events_are_numbered_without_a_gap_and_heard_from_where_one_left_off() {
    let service = Service::with_fleet(&day(2)).await;
    service.send("POST", "/v1/tickets/T1/commit", None).await;
    let all = service.get("/v1/events").await.body;
    let items = all["items"].as_array().unwrap();
    let numbers: Vec<u64> = items.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=all["last"].as_u64().unwrap()).collect::<Vec<_>>());
    assert_eq!(items.last().unwrap()["event"], "ticket.assigned");
    let request =
        Request::get("/v1/events").header("accept", "text/event-stream").header("last-event-id", "1");
    let response =
        service.0.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let mut heard = Vec::new();
    while heard.len() < numbers.len() {
        let text = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
        let id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
        heard.push(id.parse::<u64>().unwrap());
        if heard.len() == numbers.len() - 1 {
            // The last one happens while somebody listens.
            turn(&service, "T2", "cancelled").await;
        }
    }
    assert_eq!(heard, (2..=numbers.len() as u64 + 1).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_closed_is_neither_promised_nor_given_out_again() {
    let service = Service::with_fleet(&fleet()).await;
    service.post("/v1/dispatch", &json!({"ticket": ticket("T1")})).await;
    service.post("/v1/tickets", &ticket("T1")).await;
    turn(&service, "T1", "cancelled").await;
    let late = service.send("POST", "/v1/tickets/T1/commit", None).await;
    assert_eq!(
        (late.status, &late.body["code"]),
        (StatusCode::CONFLICT, &json!("illegal-step")),
        "{}",
        late.body
    );
    let whole = json!({"ticket": ticket("T1"), "commit": true});
    assert_eq!(service.post("/v1/dispatch", &whole).await.body["code"], "illegal-step");
    for tickets in [json!(["T1"]), json!([ticket("T1")])] {
        let wave = service.post("/v1/waves", &json!({"tickets": tickets, "commit": true})).await;
        assert_eq!(wave.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wave.body);
        assert_eq!(wave.body["flaws"][0]["id"], "T1");
    }
    assert_eq!(service.get("/v1/tickets/T1").await.body["state"], "cancelled");
}

#[tokio::test]
async fn a_commit_by_name_promises_what_the_ticket_asks_for_by_then() {
    let service = Service::with_fleet(&fleet()).await;
    service.post("/v1/dispatch", &json!({"ticket": ticket("T1")})).await;
    let mut longer = ticket("T1");
    longer["work_s"] = json!(7200);
    service.put("/v1/tickets/T1", &longer).await;
    service.send("POST", "/v1/tickets/T1/commit", None).await;
    assert_eq!(service.get("/v1/tickets/T1").await.body["ticket"]["work_s"], 7200);
}

#[tokio::test]
async fn nobody_waits_for_themselves() {
    let service = Service::with_fleet(&fleet()).await;
    let waits = |id: &str, after: &str| {
        let mut ticket = ticket(id);
        ticket["after"] = json!([after]);
        ticket
    };
    service.post("/v1/tickets", &ticket("T1")).await;
    assert_eq!(service.post("/v1/tickets", &waits("T2", "T1")).await.status, StatusCode::CREATED);
    for after in ["T1", "T2"] {
        let refused = service.put("/v1/tickets/T1", &waits("T1", after)).await;
        assert_eq!(refused.body["flaws"][0]["code"], "cycle", "{}", refused.body);
    }
    turn(&service, "T1", "cancelled").await;
    let asked = json!({"ticket": "T2", "keep": false});
    assert_eq!(
        service.post("/v1/dispatch", &asked).await.body["chosen"],
        "near",
        "it waits for nobody any more"
    );
}

#[tokio::test]
async fn work_that_is_done_later_than_the_clock_says_is_no_mistake() {
    let service = Service::with_fleet(&day(1)).await;
    service.send("POST", "/v1/tickets/T1/commit", None).await;
    let there = json!({"to": "on_site", "at": "2026-03-02T07:04:00+01:00"});
    service.post("/v1/tickets/T1/state", &there).await;
    let done = turn(&service, "T1", "done").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(done.body["life"][3]["at"], "2026-03-02T07:04:00+01:00");
}

#[tokio::test]
async fn a_new_ticket_and_a_changed_one_are_told_with_what_they_ask_for_and_by_when() {
    let service = Service::with_fleet(&fleet()).await;
    let told = async || {
        let items = service.get("/v1/events?limit=1000").await.body["items"].clone();
        let last = items.as_array().and_then(|items| items.last()).cloned().unwrap_or_default();
        (last["event"].clone(), last["data"].clone())
    };
    let at = |hour: u32| format!("2026-03-02T{hour:02}:00:00+01:00");
    // By its own SLA; what that leaves out, and of a complaint all of it, follows from the policy.
    let mut asked = ticket("T1");
    asked["priority"] = json!(70);
    service.post("/v1/tickets", &asked).await;
    let mut expected = json!({
        "state": "open", "type": "repair", "customer": "C1", "issue": "no-heat", "priority": 70,
        "reported_at": at(7), "resolve_by": at(20)
    });
    assert_eq!(told().await, (json!("ticket.created"), expected.clone()));
    asked["issue"] = json!("no-water");
    asked["sla"] = json!({"respond_by": "2026-03-02T08:00:00Z"});
    service.put("/v1/tickets/T1", &asked).await;
    expected["issue"] = json!("no-water");
    expected["respond_by"] = json!(at(9));
    expected["resolve_by"] = json!("2026-03-03T07:00:00+01:00");
    assert_eq!(told().await, (json!("ticket.changed"), expected));
    let plain =
        json!({"id": "T2", "type": "complaint", "place": {"lat": 52.5, "lon": 13.4}, "work_s": 60});
    service.post("/v1/tickets", &plain).await;
    let expected =
        json!({"state": "open", "type": "complaint", "reported_at": at(7), "respond_by": at(9)});
    assert_eq!(told().await, (json!("ticket.created"), expected));
}
