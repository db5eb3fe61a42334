//! `/v1/plans/{id}/apply`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use paidan::app::app;
use paidan::state::State;
use paidan::store;
use serde_json::{Value, json};

use crate::common::{Answer, Service, day, fleet, small, ticket, visit};
use crate::lasting::File;

/// Plans the fleet; the id of the plan, once it is done.
async fn planned(service: &Service) -> (String, Value) {
    let id = service.order(&json!({"problem": "fleet", "rounds": 50})).await;
    let done = service.wait(&id, "done").await;
    (id, done["plan"].clone())
}

async fn apply(service: &Service, id: &str) -> Answer {
    service.send("POST", &format!("/v1/plans/{id}/apply"), None).await
}

/// The routes of a plan, as they would be promised.
fn routes(plan: &Value) -> Vec<Value> {
    let route = |route: &Value| {
        let stops = route["stops"].as_array().expect("stops").iter();
        let tickets: Vec<&Value> = stops.map(|stop| &stop["ticket"]).collect();
        json!({"engineer": route["engineer"], "shift": route["shift"], "tickets": tickets})
    };
    let mut routes: Vec<Value> = plan["routes"].as_array().expect("routes").iter().map(route).collect();
    routes.sort_by_key(|route| route["engineer"].to_string());
    routes
}

async fn promised(service: &Service) -> Vec<Value> {
    service.get("/v1/routes").await.body["items"].as_array().expect("a list").clone()
}

async fn events(service: &Service, event: &str) -> Vec<Value> {
    let all = service.get("/v1/events?limit=1000").await.body;
    let items = all["items"].as_array().expect("a list").iter();
    items.filter(|item| item["event"] == event).cloned().collect()
}

#[tokio::test]
async fn what_a_plan_serves_is_promised_as_it_says() {
    let service = Service::with_fleet(&day(6)).await;
    let (id, plan) = planned(&service).await;
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["given"].as_array().expect("a list").len(), 6, "{}", answer.body);
    assert_eq!(promised(&service).await, routes(&plan));
    for given in answer.body["given"].as_array().expect("a list") {
        let path = format!("/v1/tickets/{}", given["ticket"].as_str().expect("an id"));
        let record = service.get(&path).await.body;
        assert_eq!((&record["state"], &record["plan"]), (&json!("assigned"), &json!(id)), "{record}");
        assert_eq!(record["engineers"], given["engineers"]);
        assert_eq!(record["life"].as_array().expect("a life").len(), 2);
        let mut stops = plan["routes"]
            .as_array()
            .expect("routes")
            .iter()
            .flat_map(|route| route["stops"].as_array().expect("stops").iter());
        let stop = stops.find(|stop| stop["ticket"] == given["ticket"]).expect("it is planned");
        assert_eq!(given["start"], stop["start"]);
    }
    let told = events(&service, "plan.applied").await;
    assert_eq!((&told[0]["subject"], &told[0]["data"]), (&json!(id), &json!({"given": 6, "moved": 0})));
    assert_eq!(events(&service, "ticket.assigned").await.len(), 6);
    // Taken back, it is by no plan any more.
    let open = service.post("/v1/tickets/T1/state", &json!({"to": "open"})).await;
    assert_eq!((&open.body["state"], open.body.get("plan")), (&json!("open"), None));
}

#[tokio::test]
async fn a_plan_that_is_applied_already_changes_nothing_more() {
    let service = Service::with_fleet(&day(4)).await;
    let (id, _) = planned(&service).await;
    apply(&service, &id).await;
    let before = promised(&service).await;
    let again = apply(&service, &id).await;
    assert_eq!((again.status, &again.body["given"]), (StatusCode::OK, &json!([])), "{}", again.body);
    assert_eq!(promised(&service).await, before);
}

#[tokio::test]
async fn what_is_promised_moves_where_the_plan_moves_it_and_stays_with_its_engineer() {
    let mut document = fleet();
    let at = |id: &str, lon: f64| json!({"id": id, "place": {"lat": 52.50, "lon": lon}, "work_s": 3600});
    // Promised in the order of the second, it is the long way round.
    document["tickets"] = json!([at("A", 13.6), at("B", 13.5), at("C", 13.7)]);
    document["routes"] = json!([{"engineer": "near", "shift": 0, "tickets": ["C", "B", "A"]}]);
    let service = Service::with_fleet(&document).await;
    let (id, plan) = planned(&service).await;
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(promised(&service).await, routes(&plan));
    assert_eq!(answer.body["given"], json!([]));
    let moved = answer.body["moved"].as_array().expect("a list");
    assert!(!moved.is_empty() && moved.iter().all(|one| one["from"] != one["start"]), "{moved:?}");
    assert!(moved.iter().all(|one| one["engineers"] == json!(["near"])), "{moved:?}");
    assert_eq!(events(&service, "ticket.moved").await.len(), moved.len());
    let record = service.get("/v1/tickets/C").await.body;
    assert_eq!(record["life"].as_array().expect("a life").len(), 2, "a move is no step: {record}");
}

#[tokio::test]
async fn what_somebody_is_on_the_way_to_stays_first() {
    let mut document = fleet();
    let at = |id: &str, lon: f64| json!({"id": id, "place": {"lat": 52.50, "lon": lon}, "work_s": 3600});
    document["tickets"] = json!([at("A", 13.6), at("B", 13.5), at("C", 13.7)]);
    document["routes"] = json!([{"engineer": "near", "shift": 0, "tickets": ["C", "B", "A"]}]);
    let service = Service::with_fleet(&document).await;
    let (id, plan) = planned(&service).await;
    assert_ne!(routes(&plan)[0]["tickets"][0], json!("C"), "the plan would have another one first");
    service.post("/v1/tickets/C/state", &json!({"to": "en_route"})).await;
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let now = promised(&service).await;
    assert_eq!(now[0]["tickets"][0], "C", "{now:?}");
    assert_eq!(now[0]["tickets"].as_array().expect("a list").len(), 3);
}

#[tokio::test]
async fn what_the_plan_does_not_touch_may_have_changed() {
    let mut document = day(2);
    document["engineers"][1]["skills"] = json!({"boiler": 1});
    let service = Service::with_fleet(&document).await;
    let (id, plan) = planned(&service).await;
    // Another route, a visit, a new ticket, and one that is not wanted any more.
    let other = json!({"id": "X", "place": {"lat": 52.50, "lon": 13.56}, "work_s": 1800});
    let promise = json!({"ticket": other, "engineer": "far"});
    assert_eq!(service.post("/v1/tickets/X/commit", &promise).await.status, StatusCode::OK);
    assert_eq!(service.post("/v1/visits", &visit("far", 20)).await.status, StatusCode::CREATED);
    assert_eq!(service.post("/v1/tickets", &ticket("T9")).await.status, StatusCode::CREATED);
    service.post("/v1/tickets/T2/state", &json!({"to": "cancelled"})).await;
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        (&answer.body["given"][0]["ticket"], &answer.body["gone"]),
        (&json!("T1"), &json!(["T2"]))
    );
    assert_eq!(routes(&plan)[0]["engineer"], "near");
    let now = promised(&service).await;
    let tickets: Vec<&Value> = now.iter().map(|route| &route["tickets"]).collect();
    assert_eq!(tickets, [&json!(["X"]), &json!(["T1"])]);
    assert_eq!(service.get("/v1/tickets/T9").await.body["state"], "open");
}

#[tokio::test]
async fn a_plan_is_applied_by_whichever_service_on_the_store_is_asked() {
    let file = File::new("apply-elsewhere");
    let [one, other] = [(), ()].map(|()| {
        let state = State::start(small(), store::open(file.path()).expect("a store")).expect("threads");
        Service(app(state))
    });
    assert_eq!(one.put("/v1/fleet", &day(4)).await.status, StatusCode::OK);
    let endless = one.order(&json!({"problem": "fleet", "seconds": 600})).await;
    one.wait(&endless, "running").await;
    // Elsewhere it is known to go on as soon as its lease says so.
    let answer = apply(&other, &endless).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::CONFLICT, &json!("plan-unfinished")));
    one.delete(&format!("/v1/plans/{endless}")).await;
    one.wait(&endless, "stopped").await;
    let (id, plan) = planned(&one).await;
    let answer = apply(&other, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(promised(&one).await, routes(&plan));
    // What the plan counts on is known there as well.
    let mut changed = one.get("/v1/engineers/near").await.body;
    changed["skills"]["gas"] = json!(2);
    let (id, _) = {
        one.post("/v1/tickets/T1/state", &json!({"to": "open"})).await;
        planned(&one).await
    };
    assert_eq!(one.put("/v1/engineers/near", &changed).await.status, StatusCode::OK);
    let later = Service(app(
        State::start(small(), store::open(file.path()).expect("a store")).expect("threads")
    ));
    let answer = apply(&later, &id).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::PRECONDITION_FAILED, &json!("plan-outdated")),
        "{}",
        answer.body
    );
    let own = one.order(&json!({"problem": day(1), "rounds": 1})).await;
    one.wait(&own, "done").await;
    assert_eq!(apply(&later, &own).await.body["code"], "not-applicable");
}

/// Does something between a plan and its application, which is refused then and changes nothing; what stood in its way.
async fn refused(document: Value, change: impl AsyncFn(&Service)) -> Value {
    let service = Service::with_fleet(&document).await;
    let (id, _) = planned(&service).await;
    change(&service).await;
    let before = (promised(&service).await, service.get("/v1/tickets").await.body);
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED, "{}", answer.body);
    assert_eq!(answer.body["code"], "plan-outdated");
    assert_eq!((promised(&service).await, service.get("/v1/tickets").await.body), before);
    answer.body["conflicts"].clone()
}

#[tokio::test]
async fn a_plan_is_refused_with_all_that_it_counts_on_and_that_has_changed() {
    let found = refused(day(2), async |service| {
        let promise = json!({"ticket": ticket("X"), "engineer": "near"});
        service.post("/v1/tickets/X/commit", &promise).await;
    });
    let found = found.await;
    assert_eq!((&found[0]["of"], &found[0]["id"]), (&json!("route"), &json!("near/0")), "{found}");
    assert!(found[0]["found"].as_str().expect("words").contains("\"X\""), "{found}");

    let found = refused(day(2), async |service| {
        let mut other = ticket("T1");
        other["work_s"] = json!(1800);
        service.put("/v1/tickets/T1", &other).await;
        let mut near = service.get("/v1/engineers/near").await.body;
        near["skills"]["boiler"] = json!(3);
        service.put("/v1/engineers/near", &near).await;
    });
    let found = found.await;
    let all: Vec<(&Value, &Value)> =
        found.as_array().expect("a list").iter().map(|one| (&one["of"], &one["id"])).collect();
    assert_eq!(all, [(&json!("engineer"), &json!("near")), (&json!("ticket"), &json!("T1"))]);

    // A ticket that the plan gives to one is another's by now.
    let found = refused(day(1), async |service| {
        service.post("/v1/tickets/T1/commit", &json!({"engineer": "far"})).await;
    });
    assert!(found.await.to_string().contains("promised to \\\"far\\\""));
}

#[tokio::test]
async fn where_an_engineer_is_counts_only_if_the_routes_cannot_be_kept() {
    for (lon, status) in [(13.41, StatusCode::OK), (30.0, StatusCode::PRECONDITION_FAILED)] {
        let mut document = day(2);
        document["engineers"].as_array_mut().expect("a list").pop();
        document["now"] = json!("2026-03-02T09:00:00+01:00");
        let service = Service::with_fleet(&document).await;
        let (id, _) = planned(&service).await;
        let mut near = service.get("/v1/engineers/near").await.body;
        near["position"] = json!({"lat": 52.5, "lon": lon});
        let answer = service.put("/v1/engineers/near", &near).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let answer = apply(&service, &id).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_repeat_that_is_bound_by_now_goes_to_nobody_else() {
    let mut document = day(1);
    document["policy"] = json!({"binding": {"otherwise": "strict"}});
    let found = refused(document, async |service| {
        for day in [10, 20] {
            let answer = service.post("/v1/visits", &visit("far", day)).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        }
    });
    assert!(found.await.to_string().contains("it is a repeat that \\\"near\\\" may not serve"));
}

#[tokio::test]
async fn only_a_plan_of_the_fleet_that_has_ended_is_applied() {
    let service = Service::with_fleet(&day(8)).await;
    let own = service.order(&json!({"problem": day(1), "rounds": 1})).await;
    service.wait(&own, "done").await;
    let answer = apply(&service, &own).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::CONFLICT, &json!("not-applicable")));
    let id = service.order(&json!({"problem": "fleet", "seconds": 600})).await;
    service.wait(&id, "running").await;
    let answer = apply(&service, &id).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::CONFLICT, &json!("plan-unfinished")));
    // The way out: stopped, its best so far can be.
    service.delete(&format!("/v1/plans/{id}")).await;
    service.wait(&id, "stopped").await;
    assert_eq!(apply(&service, &id).await.status, StatusCode::OK);
    let answer = apply(&service, "none").await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("unknown-plan")));
}

#[tokio::test]
async fn the_same_key_is_answered_the_same() {
    let service = Service::with_fleet(&day(3)).await;
    let (id, _) = planned(&service).await;
    let ask = || {
        let path = format!("/v1/plans/{id}/apply");
        let request = Request::post(path).header("idempotency-key", "once").body(Body::empty());
        service.ask(request.expect("a request"))
    };
    let first = ask().await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    service.post("/v1/tickets/T1/state", &json!({"to": "cancelled"})).await;
    assert_eq!(ask().await.body, first.body);
    assert_eq!(events(&service, "plan.applied").await.len(), 1);
}

#[tokio::test]
async fn what_only_plans_know_stays_open() {
    let mut document = day(4);
    document["tickets"][1]["after"] = json!(["T1"]);
    document["tickets"][3]["follows"] = json!("T3");
    let service = Service::with_fleet(&document).await;
    let (id, plan) = planned(&service).await;
    assert_eq!(plan["unserved"], json!([]), "{plan}");
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        (&answer.body["aside"], &answer.body["given"][0]["ticket"]),
        (&json!(["T2", "T3", "T4"]), &json!("T1"))
    );
    assert_eq!(service.get("/v1/tickets/T2").await.body["state"], "open");
}

#[tokio::test]
async fn a_pair_that_is_promised_stays_so_and_half_of_it_is_not_given_back() {
    let mut document = day(3);
    document["tickets"][1]["follows"] = json!("T1");
    document["routes"] = json!([{"engineer": "far", "shift": 0, "tickets": ["T1", "T2"]}]);
    let service = Service::with_fleet(&document).await;
    let (id, _) = planned(&service).await;
    let answer = apply(&service, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!((&answer.body["aside"], &answer.body["given"][0]["ticket"]), (&json!([]), &json!("T3")));
    let answer = service.post("/v1/tickets/T1/state", &json!({"to": "open"})).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body["detail"].as_str().expect("words").contains("pair with \"T2\""));
    let answer = service.post("/v1/tickets/T1/state", &json!({"to": "done"})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}
