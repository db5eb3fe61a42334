//! `POST /vroom` answers VROOM's clients with VROOM's fields, codes and statuses.

use std::process::Command;

use crate::common::{Service, small};
use axum::http::StatusCode;
use paidan::config::Config;
use paidan_engine::wire::vroom::answer::SolutionDoc;
use serde_json::{Value, json};

fn errand() -> Value {
    serde_json::from_str(include_str!("../../../fixtures/vroom/errand.json"))
        .expect("the fixture is JSON")
}

#[tokio::test]
async fn a_question_is_answered_with_the_fields_of_the_format() {
    let service = Service::new();
    let answer = service.post("/vroom", &errand()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let solution: SolutionDoc = serde_json::from_value(answer.body).expect("an answer");
    assert_eq!((solution.code, solution.unassigned.len()), (0, 1));
    assert!(solution.summary.computing_times.is_some());
    // The wrapper's option for checking the given routes.
    let mut question = errand();
    question["vehicles"][0]["steps"] = json!([{"type": "job", "id": 3}]);
    question["options"] = json!({"c": true, "g": false});
    let solution: SolutionDoc =
        serde_json::from_value(service.post("/vroom", &question).await.body).expect("an answer");
    let causes: Vec<&str> =
        solution.summary.violations.iter().map(|violation| violation.cause.as_str()).collect();
    assert_eq!(causes, ["missing_break", "skills"]);
}

#[tokio::test]
async fn flawed_and_oversized_questions_have_the_codes_of_the_wrapper() {
    let service = Service::with(Config { tickets: 4, ..small() });
    let mut question = errand();
    question["jobs"][0]["priority"] = json!(101);
    question["jobs"][1]["location_index"] = json!(9);
    let answer = service.post("/vroom", &question).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::BAD_REQUEST, &json!(2)));
    assert!(answer.body["error"].as_str().is_some_and(|error| error.contains("jobs[0].priority")));
    // Three jobs and two halves of a shipment.
    let answer = service.post("/vroom", &errand()).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!(4)));
    let answer = service.send("POST", "/vroom", Some("{\"jobs\": 7".to_owned())).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::BAD_REQUEST, &json!(2)));
}

#[tokio::test]
async fn a_search_takes_the_seconds_that_it_may() {
    let service = Service::new();
    let mut question = errand();
    question["options"] = json!({"l": 1e9});
    let answer = service.post("/vroom", &question).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["error"].as_str().is_some_and(|error| error.contains("options.l")));
    question["options"] = json!({"l": 0.1, "x": 0, "t": 4});
    assert_eq!(service.post("/vroom", &question).await.status, StatusCode::OK);
}

/// openrouteservice's own client, which speaks VROOM's format, against a service on a port.
const CLIENT: &str = r#"
import sys
import openrouteservice
from openrouteservice.optimization import Job, Vehicle, Shipment, ShipmentStep
client = openrouteservice.Client(base_url=sys.argv[1])
jobs = [Job(id=n, location=[8.68 + n / 100, 49.41], service=300, amount=[1], skills=[1]) for n in range(1, 5)]
vehicles = [Vehicle(id=0, profile="driving-car", start=[8.68, 49.40], end=[8.68, 49.40], capacity=[9], skills=[1],
                    time_window=[28800, 61200])]
parcel = Shipment(pickup=ShipmentStep(id=9, location=[8.69, 49.42]), delivery=ShipmentStep(id=9, location=[8.70, 49.40]),
                  amount=[2], skills=[1], priority=5)
answer = client.optimization(jobs=jobs, vehicles=vehicles, shipments=[parcel])
steps = [step["type"] for step in answer["routes"][0]["steps"]]
assert answer["code"] == 0 and not answer["unassigned"], answer
assert sorted(steps) == sorted(["start", "pickup", "delivery", "end"] + 4 * ["job"]), steps
try:
    client.optimization(jobs=[Job(id=1, location=[8.68, 149.0])], vehicles=vehicles)
except openrouteservice.exceptions.ApiError as error:
    assert error.status == 400 and error.message["code"] == 2, error
else:
    raise AssertionError("a latitude of 149 was taken")
"#;

/// Needs a Python that has the client, named by `PAIDAN_VROOM_CLIENT`; `.ci/run` makes one.
#[tokio::test(flavor = "multi_thread")]
async fn an_unmodified_client_of_the_format_is_served() {
    let Some(python) = std::env::var_os("PAIDAN_VROOM_CLIENT") else {
        println!("not run: PAIDAN_VROOM_CLIENT names no Python with openrouteservice");
        return;
    };
    let Service(router) = Service::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/vroom", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = move || Command::new(python).args(["-c", CLIENT, &address]).output();
    let done = tokio::task::spawn_blocking(client).await.expect("a thread").expect("Python starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
