//! VROOM's questions are answered as its clients expect: fields, sums, order of objectives, violations.

use paidan_engine::check::check;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::limits::{ENGINEERS, FLAWS, ROOMS};
use paidan_engine::problem::{Problem, TravelSpec};
use paidan_engine::wire::vroom::answer::{SolutionDoc, StepDoc, VroomRouteDoc};
use paidan_engine::wire::vroom::{Key, read, refusal};
use serde_json::{Value, json};

fn asked(question: &Value) -> (Problem, Key) {
    read(question.to_string().as_bytes(), TravelSpec::default()).expect("the question is sound")
}

fn solved(question: &Value) -> SolutionDoc {
    solved_in(question, 3000)
}

fn solved_in(question: &Value, rounds: u64) -> SolutionDoc {
    let (problem, key) = asked(question);
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
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

fn refused(question: &Value) -> Vec<Flaw> {
    read(question.to_string().as_bytes(), TravelSpec::default()).expect_err("the question is flawed")
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
fn a_pair_goes_where_its_first_half_alone_would_come_too_late() {
    let shipment =
        json!([{"pickup": {"id": 1, "location_index": 1}, "delivery": {"id": 2, "location_index": 2}}]);
    for (limit, back) in
        [(json!({"max_travel_time": 100}), 1000), (json!({"time_window": [0, 100]}), 101)]
    {
        let mut vehicle = json!({"id": 1, "start_index": 0, "end_index": 0});
        vehicle.as_object_mut().unwrap().extend(limit.as_object().unwrap().clone());
        let question = json!({"vehicles": [vehicle], "shipments": shipment,
            "matrix": [[0, 10, 10], [back, 0, 10], [10, 10, 0]]});
        for rounds in [0, 100] {
            let solution = solved_in(&question, rounds);
            assert_eq!(
                kinds(&solution.routes[0]),
                ["start", "pickup 1", "delivery 2", "end"],
                "{limit}"
            );
        }
    }
}

#[test]
fn a_pair_goes_where_half_of_it_would_leave_no_room_for_the_break() {
    let question = json!({
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "capacity": [5], "time_window": [0, 5000],
            "breaks": [{"id": 1, "time_windows": [[1000, 1000]], "service": 10, "max_load": [0]}]}],
        "jobs": [{"id": 1, "location_index": 1, "time_windows": [[2000, 2000]], "priority": 100}],
        "shipments": [{"amount": [1], "priority": 0,
            "pickup": {"id": 1, "location_index": 1, "time_windows": [[0, 500]]},
            "delivery": {"id": 2, "location_index": 1, "time_windows": [[0, 900]]}}],
        "matrix": [[0, 100], [100, 0]]
    });
    for rounds in [0, 300] {
        let solution = solved_in(&question, rounds);
        let told = ["start", "pickup 1", "delivery 2", "break 1", "job 1", "end"];
        assert_eq!(kinds(&solution.routes[0]), told);
    }
}

#[test]
fn no_stop_is_taken_out_that_keeps_a_route_within_its_limits() {
    // By way of job 1 the first vehicle drives 30 m to job 2 and back, without it over a thousand kilometres.
    let question = json!({
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "skills": [1], "max_distance": 100},
            {"id": 2, "start_index": 3, "end_index": 3}],
        "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2, "skills": [1]}],
        "matrices": {"car": {
            "durations": [[0, 100, 100, 500], [100, 0, 500, 125], [100, 500, 0, 500], [500, 125, 500, 0]],
            "distances": [[0, 10, 1_000_000, 10], [10, 0, 10, 10], [10, 10, 0, 10], [10, 10, 10, 0]]}}
    });
    let solution = solved(&question);
    assert_eq!(solution.summary.unassigned, 0);
    assert_eq!(solution.routes[0].distance, Some(30));
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

#[test]
fn more_than_the_limit_is_refused_before_anything_is_made_of_it() {
    let only = |flaws: Vec<Flaw>| {
        assert_eq!((flaws.len(), flaws[0].code), (1, Code::TooLarge), "{flaws:?}");
        flaws[0].path.clone()
    };
    let jobs: Vec<Value> = (0..50).map(|id| json!({"id": id, "location": [2.0, 48.0]})).collect();
    let mut question = json!({"vehicles": [{"id": 1, "start": [2.0, 48.0]}], "jobs": jobs});
    question["vehicles"][0]["capacity"] = json!(vec![0; ROOMS]);
    asked(&question);
    question["vehicles"][0]["capacity"] = json!(vec![0; ROOMS + 1]);
    assert_eq!(only(refused(&question)), "vehicles[0].capacity");
    question["jobs"][7]["pickup"] = json!(vec![0; 100_000]);
    assert_eq!(only(refused(&question)), "jobs[7].pickup");
    let text = format!(r#"{{"vehicles": [{}]}}"#, vec![r#"{"id":1}"#; ENGINEERS + 1].join(","));
    let flaws = read(text.as_bytes(), TravelSpec::default()).expect_err("it is too large");
    assert_eq!(only(flaws), "vehicles");
}

#[test]
fn an_amount_that_nothing_negates_is_out_of_range() {
    let half = |id: u64| json!({"id": id, "location": [2.0, 48.0]});
    let flaws = refused(&json!({"vehicles": [{"id": 1, "start": [2.0, 48.0]}],
        "shipments": [{"amount": [i64::MIN], "pickup": half(1), "delivery": half(2)}]}));
    assert!(flaws.iter().all(|flaw| flaw.code == Code::OutOfRange), "{flaws:?}");
}

#[test]
fn more_flaws_than_the_limit_are_cut() {
    let jobs: Vec<Value> = (0..1000).map(|id| json!({"id": id})).collect();
    let flaws = refused(&json!({"vehicles": [{"id": 1, "start": [2.0, 48.0]}], "jobs": jobs}));
    assert_eq!(flaws.len(), FLAWS);
    // A step of a type that nobody knows is no flaw before the steps are checked.
    let mut question = errand();
    question["vehicles"][0]["steps"] = json!(vec![json!({"type": "jib", "id": 1}); 1000]);
    let (problem, key) = asked(&question);
    let flaws = key.check_given(&problem).expect_err("there is no jib");
    assert_eq!((flaws.len(), flaws[0].found.as_str()), (FLAWS, "there is no jib 1"));
}

#[test]
fn steps_are_ordered_for_moments_of_the_calendar_only() {
    let mut question = errand();
    for key in ["service_at", "service_after", "service_before"] {
        for moment in [i64::MIN, -1, 7_258_032_001, i64::MAX] {
            question["vehicles"][1]["steps"] = json!([{"type": "job", "id": 1, key: moment}]);
            let (problem, answer) = asked(&question);
            let flaws = answer.check_given(&problem).expect_err("no calendar has it");
            assert_eq!((flaws.len(), flaws[0].code), (1, Code::OutOfRange), "{flaws:?}");
            assert_eq!(flaws[0].path, format!("vehicles[1].steps[0].{key}"));
        }
        question["vehicles"][1]["steps"] = json!([{"type": "job", "id": 1, key: 7_258_032_000_i64}]);
        given(&question);
    }
}

#[test]
fn who_has_no_capacity_where_others_have_one_has_no_room() {
    let mut question = json!({
        "vehicles": [{"id": 1, "start": [2.0, 48.0], "steps": [{"type": "job", "id": 1}]},
            {"id": 2, "start": [2.0, 48.0], "capacity": [5]}],
        "jobs": [{"id": 1, "location": [2.0, 48.0], "pickup": [1]}]
    });
    let causes = |question: &Value| -> Vec<String> {
        let violations = given(question).summary.violations;
        violations.into_iter().map(|violation| violation.cause).collect()
    };
    assert_eq!(causes(&question), ["load"]);
    let steps = question["vehicles"][0]["steps"].take();
    assert_eq!(solved(&question).routes[0].vehicle, 2);
    question["vehicles"][0]["steps"] = steps;
    // Where nothing has a capacity, nobody limits what is carried.
    question["vehicles"][1]["capacity"] = json!([]);
    assert!(causes(&question).is_empty());
    question["vehicles"][1]["capacity"].take();
    question["jobs"] = json!([1, 2].map(
        |id| json!({"id": id, "location": [2.0, 48.0], "pickup": [600_000_000], "delivery": [999_999_999]})
    ));
    question["vehicles"][0]["steps"] = json!([{"type": "job", "id": 1}, {"type": "job", "id": 2}]);
    assert!(causes(&question).is_empty());
    assert_eq!(solved(&question).summary.unassigned, 0);
}

#[test]
fn a_given_route_without_start_or_end_keeps_to_its_vehicles_hours() {
    let strays = |end: &str, window: [u32; 2]| -> i64 {
        let question = json!({
            "vehicles": [{"id": 1, end: 0, "time_window": [100, 400], "steps": [{"type": "job", "id": 1}]}],
            "jobs": [{"id": 1, "location_index": 0, "service": 50, "time_windows": [window]}],
            "matrix": [[0]]
        });
        let route = &given(&question).routes[0];
        route.violations.iter().filter_map(|violation| violation.duration).sum()
    };
    // Done at 400, or begun at 380: 30 s lie between. Begun at 100, or at 40: 60 s.
    assert_eq!(strays("start_index", [380, 390]), 30);
    assert_eq!(strays("end_index", [0, 40]), 60);
    for end in ["start_index", "end_index"] {
        assert_eq!(strays(end, [0, 350]), 0);
    }
}

#[test]
fn a_given_route_without_a_start_may_set_out_too_full_and_not_before_time_begins() {
    let question = json!({
        "vehicles": [{"id": 1, "end_index": 0, "capacity": [5],
            "steps": [{"type": "job", "id": 1}, {"type": "job", "id": 2}]}],
        "jobs": [{"id": 1, "location_index": 0, "delivery": [3], "service": 100},
            {"id": 2, "location_index": 0, "delivery": [4], "time_windows": [[0, 50]]}],
        "matrix": [[0]]
    });
    let route = &given(&question).routes[0];
    let causes = |step: usize| -> Vec<&str> {
        route.steps[step].violations.iter().map(|violation| violation.cause.as_str()).collect()
    };
    // 7 are aboard before the first step.
    assert!(causes(0).contains(&"load") && !causes(1).contains(&"load"), "{:?}", route.steps);
    // Begun 50 s before 0, or so much late for the second.
    let outside: i64 = route.violations.iter().filter_map(|violation| violation.duration).sum();
    assert_eq!(outside, 50);
}

#[test]
fn flaws_speak_vrooms_words() {
    let question = json!({
        "vehicles": [{"id": 7, "start": [2.0, 48.0], "max_travel_time": -1, "max_distance": -1,
            "costs": {"fixed": 4_000_000_000_u32, "per_km": 2_000_000_000}, "capacity": [1, 2]}],
        "jobs": [{"id": 1, "location": [2.0, 48.0], "amount": [1]}]
    });
    let flaws = refused(&question);
    let paths: Vec<&str> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    assert_eq!(paths, ["jobs[0].amount", "vehicles[0].costs.fixed", "vehicles[0].costs.per_km"]);
    let mut question = question;
    question["vehicles"][0]["costs"] = json!({});
    question["jobs"][0]["amount"] = json!([1, 1]);
    let flaws = refused(&question);
    let paths: Vec<&str> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    assert_eq!(paths, ["vehicles[0].max_travel_time", "vehicles[0].max_distance"]);
}

#[test]
fn work_that_no_sum_could_bear_is_refused() {
    let one = |id: u64| json!({"id": id, "start_index": 0, "skills": [id], "costs": {"per_task_hour": 1_000_000_000}});
    let job =
        |id: u64| json!({"id": id, "location_index": 0, "service": 2_592_000, "skills": [id / 13]});
    let mut question = json!({
        "vehicles": (0..300).map(one).collect::<Vec<_>>(),
        "jobs": (0..3900).map(job).collect::<Vec<_>>(),
        "matrix": [[0]]
    });
    let flaws = refused(&question);
    assert_eq!((flaws.len(), flaws[0].code, flaws[0].path.as_str()), (1, Code::OutOfRange, "vehicles"));
    assert!(flaws[0].found.contains("work"), "{flaws:?}");
    // A small part of it is a lot, but adds up.
    for vehicle in question["vehicles"].as_array_mut().expect("a list") {
        vehicle["costs"] = json!({"per_task_hour": 36_000_000});
    }
    let solution = solved_in(&question, 0);
    assert_eq!((solution.summary.unassigned, solution.summary.cost), (0, 3900 * 720 * 36_000_000));
}

#[test]
fn hourly_rates_are_rounded_and_give_way_only_to_a_table_of_costs_in_use() {
    let rates = |question: &Value| asked(question).0.shifts()[0].car.rates;
    let mut question = json!({
        "vehicles": [{"id": 1, "start_index": 0, "costs": {"per_hour": 1, "per_task_hour": 5}}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 1], [1, 0]]}}
    });
    assert_eq!((rates(&question).drive, rates(&question).work), (278, 1389));
    question["matrices"]["car"]["costs"] = json!([[0, 9], [9, 0]]);
    assert_eq!(rates(&question).drive, 1_000_000, "the table's costs are in place of the hours");
    // The older key for the same table goes first, and it has no costs.
    question["matrix"] = json!([[0, 1], [1, 0]]);
    assert_eq!(rates(&question).drive, 278);
}

#[test]
fn a_drive_that_no_sum_could_bear_is_refused() {
    let far = 4_000_000_000_u32;
    let mut question = json!({
        "vehicles": [{"id": 9, "start_index": 0, "costs": {"per_km": 1_000_000_000}}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 1], [1, 0]], "distances": [[0, far], [far, 0]]}}
    });
    let flaws = refused(&question);
    assert_eq!((flaws.len(), flaws[0].code), (1, Code::OutOfRange), "{flaws:?}");
    assert_eq!((flaws[0].path.as_str(), flaws[0].id.as_deref()), ("vehicles[0].costs", Some("9")));
    question["vehicles"][0]["costs"] = json!({"per_km": 1000});
    asked(&question);
    // Whatever a table of costs says is fine.
    question["vehicles"][0]["costs"] = json!({});
    question["matrices"]["car"]["costs"] = json!([[0, u32::MAX], [u32::MAX, 0]]);
    asked(&question);
}
