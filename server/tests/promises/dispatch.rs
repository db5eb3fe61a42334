//! `/v1/dispatch`.

use crate::common::{Service, fleet, ticket, visit};
use axum::http::StatusCode;
use paidan_engine::wire::decision::DecisionDoc;
use serde_json::{Value, json};

async fn decision(fleet: &Value, ticket: &Value) -> Value {
    let service = Service::with_fleet(fleet).await;
    let answer = service.post("/v1/dispatch", &json!({"ticket": ticket})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let back: DecisionDoc<'_> = serde_json::from_value(answer.body.clone()).expect("the public format");
    assert_eq!(serde_json::to_value(&back).expect("a document"), answer.body);
    answer.body
}

/// A fleet in which `far` went to customer `C1` twice for the same issue.
fn third_report() -> Value {
    let mut document = fleet();
    document["visits"] = json!([visit("far", 3), visit("far", 17)]);
    document
}

#[tokio::test]
async fn the_nearest_and_best_engineer_goes() {
    let answer = decision(&fleet(), &ticket("T1")).await;
    assert_eq!(answer["chosen"], "near");
    assert_eq!(answer["binding"], Value::Null);
    assert_eq!(answer["offers"][0]["engineer"], "near");
    assert_eq!(answer["offers"][1]["rank"], 2);
    let why = answer["why"].as_str().unwrap();
    assert!(why.contains("nearest"), "{why}");
}

#[tokio::test]
async fn receipts_add_up_and_times_are_the_shifts() {
    let answer = decision(&fleet(), &ticket("T1")).await;
    for offer in answer["offers"].as_array().unwrap() {
        assert_eq!(offer["receipt"]["total"], offer["price_s"]);
        assert!(offer["start"].as_str().unwrap().ends_with("+01:00"), "{offer}");
    }
}

#[tokio::test]
async fn the_third_report_goes_to_the_engineer_of_the_first_two_though_another_is_nearer_and_better() {
    let answer = decision(&third_report(), &ticket("T3")).await;
    assert_eq!(answer["chosen"], "far");
    assert_eq!(answer["binding"]["visits"], 2);
    assert_eq!(answer["binding"]["ladder"], json!([{"engineer": "far", "outcome": "takes"}]));
    let why = answer["why"].as_str().unwrap();
    assert!(why.starts_with("Third report") && why.contains("far goes"), "{why}");
}

#[tokio::test]
async fn when_the_bound_engineer_is_sick_another_goes_and_the_answer_says_so() {
    let mut document = third_report();
    document["engineers"][1]["absences"] =
        json!([{"start": "2026-03-02T00:00:00+01:00", "end": "2026-03-03T00:00:00+01:00"}]);
    let answer = decision(&document, &ticket("T3")).await;
    assert_eq!(answer["chosen"], "near");
    assert_eq!(
        answer["binding"]["ladder"],
        json!([{"engineer": "far", "outcome": "barred", "barrier": "absent"}])
    );
    let why = answer["why"].as_str().unwrap();
    assert!(why.contains("far is away") && why.contains("near goes"), "{why}");
}

#[tokio::test]
async fn a_hard_rule_beats_the_binding() {
    let mut asked = ticket("T3");
    asked["requires"] = json!({"boiler": 4});
    let answer = decision(&third_report(), &asked).await;
    assert_eq!(answer["chosen"], "near");
    assert_eq!(answer["binding"]["ladder"][0]["barrier"], "skill");
}

#[tokio::test]
async fn with_a_strict_policy_nobody_else_goes() {
    let mut document = third_report();
    document["policy"] = json!({"binding": {"otherwise": "strict"}});
    document["engineers"][1]["skills"] = json!({});
    let answer = decision(&document, &ticket("T3")).await;
    assert_eq!(answer["chosen"], Value::Null);
    assert_eq!(answer["binding"]["otherwise"], "strict");
    assert!(answer["why"].as_str().unwrap().contains("nobody goes"), "{}", answer["why"]);
}

#[tokio::test]
async fn who_cannot_go_is_told_with_the_rule() {
    let mut asked = ticket("T1");
    asked["engineers"] = json!({"forbidden": ["near"]});
    let answer = decision(&fleet(), &asked).await;
    assert_eq!(answer["chosen"], "far");
    assert_eq!(answer["ruled_out"], json!([{"engineer": "near", "reason": "forbidden"}]));
}

#[tokio::test]
async fn a_crew_is_left_to_a_plan_and_the_answer_says_so() {
    let mut asked = ticket("T1");
    asked["crew"] = json!(2);
    let answer = decision(&fleet(), &asked).await;
    assert_eq!(answer["offers"], json!([]));
    assert!(answer["why"].as_str().unwrap().contains("2 engineers at once"), "{}", answer["why"]);
}

#[tokio::test]
async fn a_problem_can_come_along() {
    let mut problem = third_report();
    problem["tickets"] = json!([ticket("T3")]);
    let service = Service::new();
    let answer =
        service.post("/v1/dispatch", &json!({"problem": problem, "ticket": "T3", "top": 1})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["chosen"], "far");
    // Nothing stays behind.
    assert_eq!(service.get("/v1/fleet").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn flaws_of_a_problem_that_comes_along_have_its_path() {
    let service = Service::new();
    let spoil = |spoil: &dyn Fn(&mut Value)| {
        let mut problem = fleet();
        problem["tickets"] = json!([ticket("T1")]);
        spoil(&mut problem);
        json!({"problem": problem, "ticket": "T1"})
    };
    // One that the reader finds, one that the problem finds, one that the desk finds.
    let late =
        json!({"engineer": "near", "tickets": ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"]});
    let many: Value = (1..=9).map(|n| ticket(&format!("T{n}"))).collect();
    for (body, path) in [
        (spoil(&|problem| problem["tickets"][0]["work_s"] = json!("long")), "problem.tickets[0].work_s"),
        (spoil(&|problem| problem["engineers"][1]["id"] = json!("near")), "problem.engineers[1].id"),
        (
            spoil(&|problem| {
                problem["tickets"] = many.clone();
                problem["routes"] = json!([late.clone()]);
            }),
            "problem.routes[0]",
        ),
    ] {
        let answer = service.post("/v1/dispatch", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        let found = answer.body["flaws"][0]["path"].as_str().unwrap();
        assert!(found.starts_with(path), "{found}");
    }
}

#[tokio::test]
async fn a_known_ticket_is_asked_about_by_its_id() {
    let mut document = fleet();
    document["tickets"] = json!([ticket("T1")]);
    let service = Service::with_fleet(&document).await;
    let answer = service.post("/v1/dispatch", &json!({"ticket": "T1"})).await;
    assert_eq!(answer.body["chosen"], "near");
    let answer = service.post("/v1/dispatch", &json!({"ticket": "T9"})).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("unknown-ticket")));
}
