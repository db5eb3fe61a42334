//! VROOM's questions are answered as its clients expect: fields, sums, order of objectives, violations.

use paidan_engine::check::check;
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::{Problem, TravelSpec};
use paidan_engine::wire::vroom::answer::{SolutionDoc, StepDoc, VroomRouteDoc};
use paidan_engine::wire::vroom::{Key, read, refusal};
use serde_json::{Value, json};

fn asked(question: &Value) -> (Problem, Key) {
    read(question.to_string().as_bytes(), TravelSpec::default()).expect("the question is sound")
}

fn solved(question: &Value) -> SolutionDoc {
    let (problem, key) = asked(question);
    let budget = Budget { rounds: Some(3000), ..Budget::default() };
    let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
    let breaches = check(&problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "{breaches:#?}");
    let solution = key.answer(&problem, &plan);
    adds_up(&solution);
    solution
}

fn given(question: &Value) -> SolutionDoc {
    let (problem, key) = asked(question);
    let solution = key.check_given(&problem).expect("the steps name what there is");
    adds_up(&solution);
    solution
}

/// Sums are sums, and every step follows from the one before.
fn adds_up(solution: &SolutionDoc) {
    let sum = |of: &dyn Fn(&VroomRouteDoc) -> i64| solution.routes.iter().map(of).sum::<i64>();
    let summary = &solution.summary;
    assert_eq!(summary.cost, sum(&|route| route.cost));
    assert_eq!(summary.duration, sum(&|route| route.duration));
    assert_eq!(summary.service, sum(&|route| route.service));
    assert_eq!(summary.setup, sum(&|route| route.setup));
    assert_eq!(summary.waiting_time, sum(&|route| route.waiting_time));
    assert_eq!(summary.priority, sum(&|route| route.priority));
    assert_eq!((summary.routes, summary.unassigned), (solution.routes.len(), solution.unassigned.len()));
    for route in &solution.routes {
        let steps = &route.steps;
        let of = |part: &dyn Fn(&StepDoc) -> i64| steps.iter().map(part).sum::<i64>();
        assert_eq!(route.service, of(&|step| step.service));
        assert_eq!(route.setup, of(&|step| step.setup));
        assert_eq!(route.waiting_time, of(&|step| step.waiting_time));
        assert_eq!(route.duration, steps.last().expect("a step").duration);
        for pair in steps.windows(2) {
            let over = pair[0].arrival + pair[0].waiting_time + pair[0].setup + pair[0].service;
            assert_eq!(pair[1].arrival, over + pair[1].duration - pair[0].duration, "{pair:?}");
        }
    }
}

fn kinds(route: &VroomRouteDoc) -> Vec<String> {
    let name = |step: &StepDoc| match step.id {
        Some(id) => format!("{} {id}", step.kind),
        None => step.kind.clone(),
    };
    route.steps.iter().map(name).collect()
}

fn errand() -> Value {
    serde_json::from_str(include_str!("../../../fixtures/vroom/errand.json"))
        .expect("the fixture is JSON")
}

#[test]
fn the_documented_example_with_a_table_costs_what_vroom_says() {
    let question = json!({
        "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}],
        "jobs": [{"id": 1414, "location_index": 1}, {"id": 1515, "location_index": 2}],
        "matrix": [[0, 2104, 197, 1299], [2103, 0, 2255, 3152], [197, 2256, 0, 1102], [1299, 3153, 1102, 0]]
    });
    let solution = solved(&question);
    assert_eq!((solution.code, solution.summary.cost, solution.summary.duration), (0, 5461, 5461));
    assert_eq!(kinds(&solution.routes[0]), ["start", "job 1414", "job 1515", "end"]);
    let step = serde_json::to_value(&solution.routes[0].steps[1]).expect("a step is JSON");
    let told = json!({"type": "job", "id": 1414, "location_index": 1, "setup": 0, "service": 0,
        "waiting_time": 0, "job": 1414, "arrival": 2104, "duration": 2104, "violations": []});
    assert_eq!(step, told);
}

#[test]
fn the_way_is_told_to_whoever_asks_for_it() {
    let mut question = json!({
        "vehicles": [{"id": 1, "start": [-120.2, 38.5], "end": [-126.453, 43.252]}],
        "jobs": [{"id": 1, "location": [-120.95, 40.7]}]
    });
    assert_eq!(solved(&question).routes[0].geometry, None);
    question["options"] = json!({"g": true});
    assert_eq!(solved(&question).routes[0].geometry.as_deref(), Some("_p~iF~ps|U_ulLnnqC_mqNvxq`@"));
    // A place that only has a row is nowhere on the map.
    question["jobs"][0] = json!({"id": 1, "location_index": 1});
    question["vehicles"][0] = json!({"id": 1, "start_index": 0});
    question["matrix"] = json!([[0, 5], [5, 0]]);
    assert_eq!(solved(&question).routes[0].geometry, None);
}

#[test]
fn an_errand_with_everything_is_served_by_the_rules_and_told_in_full() {
    let solution = solved(&errand());
    let left: Vec<(u64, &str)> =
        solution.unassigned.iter().map(|left| (left.id, left.kind.as_str())).collect();
    assert_eq!(left, [(3, "job")]);
    assert_eq!(solution.unassigned[0].description.as_deref(), Some("no vehicle has skill 99"));
    // 10 for the job, and 20 for either half of the shipment.
    assert_eq!(solution.summary.priority, 50);
    assert_eq!(solution.summary.delivery.as_deref(), Some(&[3, 0][..]));
    assert_eq!(solution.summary.pickup.as_deref(), Some(&[3, 1][..]));
    for route in &solution.routes {
        let steps = kinds(route);
        let at = |name: &str| steps.iter().position(|step| step == name);
        assert_eq!(at("pickup 1").is_some(), at("delivery 1").is_some(), "{steps:?}");
        assert!(at("pickup 1") <= at("delivery 1"), "{steps:?}");
        // Only the first vehicle ends anywhere; only it has a break, which it takes if it goes.
        assert_eq!(route.vehicle == 1, at("end").is_some() && at("break 7").is_some(), "{steps:?}");
        for step in route.steps.iter().filter(|step| step.kind == "break") {
            assert!(step.load.iter().flatten().all(|load| *load <= 1), "{step:?}");
        }
        if let (Some(first), Some(second)) = (at("job 1"), at("job 2"))
            && second == first + 1
        {
            assert_eq!(route.steps[second].setup, 0, "they are at the same place");
        }
    }
}

#[test]
fn priority_goes_before_number_and_number_before_cost() {
    let question = |first: u32, others: u32| {
        json!({
            "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "time_window": [0, 1000]}],
            "jobs": [
                {"id": 1, "location_index": 1, "service": 800, "priority": first},
                {"id": 2, "location_index": 1, "service": 400, "priority": others},
                {"id": 3, "location_index": 1, "service": 400, "priority": others}],
            "matrix": [[0, 100], [100, 0]]
        })
    };
    let served = |question: &Value| {
        let solution = solved(question);
        solution.routes[0].steps.iter().filter_map(|step| step.id).collect::<Vec<u64>>()
    };
    assert_eq!(served(&question(9, 4)), [1]);
    let mut both = served(&question(8, 4));
    both.sort_unstable();
    assert_eq!(both, [2, 3]);
}

#[test]
fn given_routes_are_timed_and_their_violations_told() {
    let mut question = errand();
    question["vehicles"][1]["steps"] = json!([
        {"type": "delivery", "id": 1},
        {"type": "job", "id": 1, "service_at": 1500},
        {"type": "pickup", "id": 1}
    ]);
    let solution = given(&question);
    let route = &solution.routes[0];
    assert_eq!(kinds(route), ["start", "delivery 1", "job 1", "pickup 1"]);
    let causes = |step: usize| -> Vec<String> {
        route.steps[step].violations.iter().map(|violation| violation.cause.clone()).collect()
    };
    assert!(causes(1).contains(&"precedence".to_owned()));
    // Ordered for between its two windows: nearer to the second.
    assert_eq!(route.steps[2].arrival + route.steps[2].waiting_time, 1500);
    assert!(causes(2).contains(&"lead_time".to_owned()) && causes(2).contains(&"skills".to_owned()));
    assert_eq!(solution.unassigned.len(), 2);
    // Vehicle 1 takes part again, without its break and late.
    question["vehicles"][1]["steps"] = json!([]);
    question["vehicles"][0]["steps"] = json!([{"type": "job", "id": 2}, {"type": "job", "id": 3}]);
    question["vehicles"][0]["time_window"] = json!([0, 1400]);
    let route = &given(&question).routes[0];
    let causes: Vec<&str> = route.violations.iter().map(|violation| violation.cause.as_str()).collect();
    // 560 s too long for its hours, whichever end they are missed at.
    let outside: i64 = route.violations.iter().filter_map(|violation| violation.duration).sum();
    assert_eq!((causes[1..].to_vec(), outside), (vec!["missing_break", "skills"], 560));
}

#[test]
fn given_steps_are_where_the_search_begins() {
    let mut question = errand();
    question["vehicles"][1]["steps"] =
        json!([{"type": "pickup", "id": 1}, {"type": "delivery", "id": 1}]);
    let (problem, _) = asked(&question);
    assert_eq!(problem.committed().len(), 1);
    assert_eq!(problem.committed()[0].1.len(), 2);
}

#[test]
fn flaws_are_told_together_with_the_code_of_an_input_error() {
    let question = json!({
        "vehicles": [{"id": 1, "start": [2.0, 10.0], "capacity": [1, 2]}],
        "jobs": [{"id": 1, "location": [2.0, 48.0], "delivery": [1]}, {"id": 1, "priority": 300}]
    });
    let flaws = read(question.to_string().as_bytes(), TravelSpec::default()).expect_err("flawed");
    let refusal = refusal(&flaws);
    assert_eq!(refusal.code, 2);
    for part in ["jobs[0].delivery", "the id 1", "jobs[1].priority", "[no-place] jobs[1]"] {
        assert!(refusal.error.contains(part), "{part} in {}", refusal.error);
    }
    // What only the problem behind it tells is told in the question's own words.
    let question = json!({
        "vehicles": [{"id": 1, "start": [200.0, 10.0], "time_window": [9, 3]}],
        "jobs": [{"id": 5, "location": [2.0, 98.0]}],
        "shipments": [{"pickup": {"id": 6, "location": [2.0, 48.0], "time_windows": [[7, 1]]},
                       "delivery": {"id": 7, "location": [2.0, 48.0]}}]
    });
    let flaws = read(question.to_string().as_bytes(), TravelSpec::default()).expect_err("flawed");
    let paths: Vec<&str> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    let expected =
        ["vehicles[0].start.lon", "vehicles[0]", "jobs[0].place.lat", "shipments[0].pickup.windows[0]"];
    assert_eq!(paths, expected);
}
