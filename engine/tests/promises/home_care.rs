//! Home healthcare instances: read, planned under their own objective, and answered in their own words.

use paidan_engine::check::check;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::plan::{Ended, Plan};
use paidan_engine::planner::{Budget, NoWatch, Params};
use paidan_engine::problem::Problem;
use paidan_engine::ticket::Tandem;
use paidan_engine::units::Seconds;
use paidan_engine::wire::uhhc::{Care, Costs, Part};
use paidan_engine::wire::{Answer, Beside, Format, Question, read_question};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};

/// Two caregivers in one street, ten minutes from door to door: nurse and aide go to p1 together, the aide to p2 ten
/// minutes to an hour after the nurse, and either to p3.
pub(crate) fn street() -> Value {
    let row = |from: i64| (0..4).map(|to: i64| 10 * (from - to).abs()).collect::<Vec<i64>>();
    let caregiver = |id: &str, abilities: &[&str], lunch: bool| {
        json!({"id": id, "abilities": abilities, "departing_point": "d", "arrival_point": "d",
            "working_shift": {"start": 60, "end": 360}, "lunch_break": lunch})
    };
    let service = |service: &str, duration: i64| json!({"service": service, "duration": duration});
    json!({
        "metadata": {"time_window_met": "at_service_end", "name": "street", "cost_components": {
            "travel_time": 2, "total_tardiness": 3, "highest_tardiness": 5, "total_waiting_time": 4,
            "total_extra_time": 6, "max_idle_time": 1, "caregiver_preferences": 7,
            "optional_patients": 100, "missed_lunch_break": 50}},
        "distances": (0..4).map(row).collect::<Vec<_>>(),
        "terminal_points": [{"id": "d", "distance_matrix_index": 0, "location": [8.5, 53.1]}],
        "caregivers": [caregiver("nurse", &["inject", "wash"], true), caregiver("aide", &["wash", "lift"], false)],
        "patients": [
            {"id": "p1", "required_services": [service("inject", 30), service("lift", 20)],
                "distance_matrix_index": 1, "time_windows": [{"start": 100, "end": 160}],
                "synchronization": {"type": "simultaneous"}, "optional": false},
            {"id": "p2", "required_services": [service("inject", 15), service("lift", 45)],
                "distance_matrix_index": 2, "time_windows": [{"start": 120, "end": 200}],
                "synchronization": {"type": "sequential", "distance": {"min": 10, "max": 60}},
                "incompatible_caregivers": [], "optional": true},
            {"id": "p3", "required_services": [service("wash", 20)], "distance_matrix_index": 3,
                "time_windows": [{"start": 90, "end": 130}, {"start": 240, "end": 300}],
                "preferred_caregivers": ["aide"], "optional": true}],
        "services": [{"id": "inject", "type": "t", "default_duration": 15}, {"id": "wash", "type": "t"},
            {"id": "lift", "type": "t"}],
        "lunch_breaks": {"start": 180, "end": 330, "min_duration": 30}
    })
}

/// A solution of the street. Both leave at 90; the nurse has lunch at p2's and is home at 230, the aide at 385.
pub(crate) fn solution() -> Value {
    let visit = |patient: &str, service: &str, start: i64, end: i64| {
        json!({"patient": patient, "service": service,
        "arrival_time": start, "departure_time": end})
    };
    json!({"routes": [
        {"caregiver_id": "nurse", "locations": [
            visit("p1", "inject", 100, 130), visit("p2", "inject", 145, 160),
            {"patient": "p2", "service": "lunch_break", "start_time": 180, "end_time": 210}]},
        {"caregiver_id": "aide", "locations": [
            visit("p1", "lift", 100, 120), visit("p2", "lift", 175, 220), visit("p3", "wash", 335, 355)]}
    ]})
}

fn question(instance: &Value) -> Result<Question, Vec<Flaw>> {
    let text = instance.to_string();
    read_question(Format::of(text.as_bytes()), text.as_bytes(), Beside::default())
}

fn care(question: &Question) -> &Care {
    let Answer::Care(care) = &question.answer else { panic!("it is answered otherwise") };
    care
}

/// The best plan of so many rounds, checked; and the problem that it is of.
fn planned(care: &Care, rounds: u64) -> (Problem, Plan) {
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
    let (problem, plan) = care.plan(&Params::default(), &budget, &NoWatch);
    let breaches = check(&problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "{breaches:#?}");
    (problem, plan)
}

/// The points of a part, to the nearest.
fn amount(costs: &Costs, part: Part) -> i64 {
    costs.parts().find(|(other, _)| *other == part).expect("every part is told").1.round() as i64
}

#[test]
fn an_instance_is_told_by_its_keys_and_becomes_tickets_and_tandems() {
    let question = question(&street()).expect("it is sound");
    let problem = &question.problem;
    let ids: Vec<&str> = problem.tickets().iter().map(|ticket| &*ticket.id).collect();
    assert_eq!(ids, ["p1 inject", "p1 lift", "p2 inject", "p2 lift", "p3"]);
    let apart =
        |n: usize| problem.tickets()[n].tandem.map(|Tandem { from, until, .. }| (from.0, until.0));
    assert_eq!([0, 2, 4].map(apart), [Some((0, 0)), Some((600, 3600)), None]);
    let prizes: Vec<Option<i64>> =
        problem.tickets().iter().map(|ticket| ticket.prize.map(|prize| prize.0)).collect();
    assert_eq!(prizes, [None, None, Some(6000), Some(0), Some(6000)]);
    let notes: Vec<&str> = question.differences.iter().map(|note| note.path.as_str()).collect();
    let of = |key: &str| format!("metadata.cost_components.{key}");
    let expected = [
        of("highest_tardiness"),
        of("max_idle_time"),
        of("missed_lunch_break"),
        "patients[2].time_windows".into(),
    ];
    assert_eq!(notes, expected);
}

#[test]
fn a_solution_costs_what_it_does_on_paper() {
    let question = question(&street()).expect("it is sound");
    let costs = care(&question).costs_of_solution(solution().to_string().as_bytes()).expect("it is one");
    let expected = [
        // 10 + 10 + 20 and 10 + 10 + 10 + 30 minutes.
        (Part::Travel, 2 * 100),
        // p2's lift ends at 220 of 200, p3's wash at 355 of 300.
        (Part::Tardiness, 3 * 75),
        (Part::HighestTardiness, 5 * 55),
        // The nurse 5 min at p2's and 20 before lunch, the aide 45 and 105.
        (Part::Waiting, 4 * 175),
        // The aide is home at 385.
        (Part::Extra, 6 * 25),
        // The nurse 30 before leaving, 25 waiting, 130 after the return; the aide 30 and 150.
        (Part::Idle, 185),
        (Part::Preferences, 0),
        (Part::Optional, 0),
        (Part::Lunch, 0),
    ];
    for (part, points) in expected {
        assert_eq!(amount(&costs, part), points, "{}", part.as_str());
    }
    let empty = care(&question).costs_of_solution(br#"{"routes": []}"#).expect("it is one");
    assert_eq!((amount(&empty, Part::Idle), amount(&empty, Part::Lunch)), (300, 50));
    let told = |text: Value| {
        let flaws =
            care(&question).costs_of_solution(text.to_string().as_bytes()).expect_err("it is flawed");
        flaws.into_iter().map(|flaw| (flaw.code, flaw.path)).collect::<Vec<_>>()
    };
    let one = |code, path: &str| vec![(code, path.to_owned())];
    assert_eq!(
        told(json!({"routes": [{"caregiver_id": "cook"}]})),
        one(Code::UnknownReference, "routes[0].caregiver_id")
    );
    let mut spoilt = solution();
    spoilt["routes"][1]["caregiver_id"] = json!("nurse");
    assert_eq!(told(spoilt), one(Code::DuplicateId, "routes[1].caregiver_id"));
    for minutes in [json!(-1), json!(1e300)] {
        let mut spoilt = solution();
        spoilt["routes"][0]["locations"][1]["arrival_time"] = minutes;
        assert_eq!(told(spoilt), one(Code::OutOfRange, "routes[0].locations[1]"));
    }
}

#[test]
fn the_street_is_planned_without_overtime() {
    let question = question(&street()).expect("it is sound");
    let care = care(&question);
    let (problem, plan) = planned(care, 2000);
    assert!(plan.unserved.iter().all(|left| problem.ticket(left.ticket).prize.is_some()));
    let costs = care.costs_of(&problem, &plan);
    for part in [Part::Extra, Part::Preferences] {
        assert_eq!(amount(&costs, part), 0, "{}", part.as_str());
    }
    assert!(costs.total() < 1000.0, "on paper 1735 is easily had: {costs:?}");
}

/// A made-up instance of some patients.
fn made_up(seed: u64) -> Value {
    let mut random = SmallRng::seed_from_u64(seed);
    let places = 9;
    let distances: Vec<Vec<i64>> = (0..places)
        .map(|from| {
            (0..places).map(|to| if from == to { 0 } else { random.random_range(3..30) }).collect()
        })
        .collect();
    let mut instance = street();
    instance["distances"] = json!(distances);
    instance["terminal_points"] = json!([{"id": "d", "distance_matrix_index": 0}]);
    if random.random_bool(0.5) {
        instance["metadata"]["time_window_met"] = json!("at_service_start");
    }
    let services = ["inject", "wash", "lift"];
    let caregivers = ["nurse", "aide", "guest"].map(|id| {
        let start = 30 * random.random_range(0..8);
        let abilities: Vec<&str> = services.into_iter().filter(|_| random.random_bool(0.7)).collect();
        json!({"id": id, "abilities": abilities, "departing_point": "d",
            "working_shift": {"start": start, "end": start + 30 * random.random_range(5..12)},
            "lunch_break": random.random_bool(0.6)})
    });
    instance["caregivers"] = json!(caregivers);
    let patients = (1..places).map(|place| {
        let count = random.random_range(1..3);
        let needs: Vec<Value> = (0..count)
            .map(|n| json!({"service": services[(place + n) % 3], "duration": 5 * random.random_range(1..8)}))
            .collect();
        let start = 15 * random.random_range(0..20);
        let end = start + 15 * random.random_range(2..8);
        let mut windows = vec![json!({"start": start, "end": end})];
        if random.random_bool(0.3) {
            let again = end + 15 * random.random_range(0..6);
            windows.push(json!({"start": again, "end": again + 60}));
        }
        let mut patient = json!({"id": format!("p{place}"), "required_services": needs,
            "distance_matrix_index": place, "time_windows": windows, "optional": random.random_bool(0.7)});
        if count == 2 {
            let min = 15 * random.random_range(0..4);
            let kind = ["simultaneous", "independent", "sequential"][random.random_range(0..3)];
            patient["synchronization"] = json!({"type": kind});
            if kind == "sequential" {
                patient["synchronization"]["distance"] =
                    json!({"min": min, "max": min + 15 * random.random_range(0..4)});
            }
        }
        if random.random_bool(0.4) {
            patient["preferred_caregivers"] = json!(["nurse"]);
        }
        patient
    });
    instance["patients"] = patients.collect();
    instance
}

#[test]
fn plans_hold_and_are_written_as_what_they_cost() {
    let (mut served, mut idle) = (0, 0);
    for seed in 0..60 {
        let question = question(&made_up(seed)).unwrap_or_else(|flaws| panic!("{seed}: {flaws:?}"));
        let care = care(&question);
        let (problem, plan) = planned(care, 300);
        let costs = care.costs_of(&problem, &plan);
        let read = care.costs_of_solution(&care.write(&problem, &plan));
        assert_eq!(read, Ok(costs), "seed {seed}");
        served += plan.routes.iter().map(|route| route.stops.len()).sum::<usize>();
        idle += usize::from(amount(&costs, Part::Idle) > 0);
        // Whoever drives, works and has lunch in the plan does so in the answer: legs are counted twice.
        let legs = |route: &paidan_engine::plan::PlannedRoute| {
            route.stops.iter().map(|stop| stop.drive).sum::<Seconds>() + route.drive_back
        };
        let driven: Seconds = plan.routes.iter().map(legs).sum();
        assert_eq!(amount(&costs, Part::Travel), 2 * driven.0 / 60, "seed {seed}");
    }
    assert!(served > 200 && idle > 50, "{served} served and {idle} idle are no test");
}

#[test]
fn what_cannot_be_read_is_told_where_it_stands() {
    let told = |spoil: &dyn Fn(&mut Value)| {
        let mut instance = street();
        spoil(&mut instance);
        let flaws = question(&instance).expect_err("it is flawed");
        flaws.iter().map(|flaw| (flaw.code, flaw.path.clone())).collect::<Vec<_>>()
    };
    let one = |code, path: &str| vec![(code, path.to_owned())];
    let patient = |n: usize, key: &'static str, value: Value| {
        told(&move |instance| instance["patients"][n][key] = value.clone())
    };
    let third = ["a", "b", "c"].map(|service| json!({"service": service, "duration": 1}));
    assert_eq!(
        patient(0, "required_services", json!(third)),
        one(Code::NotSupported, "patients[0].required_services")
    );
    assert_eq!(
        patient(1, "synchronization", json!({"type": "sequential"})),
        one(Code::MissingKey, "patients[1].synchronization.distance")
    );
    assert_eq!(
        patient(2, "required_services", json!([{"service": "wash"}])),
        one(Code::MissingKey, "patients[2].required_services[0].duration")
    );
    let unknown = patient(2, "incompatible_caregivers", json!(["cook"]));
    assert_eq!(unknown, one(Code::UnknownReference, "patients[2].engineers.forbidden"));
    assert_eq!(
        told(&|instance| instance["caregivers"][1]["departing_point"] = json!("e")),
        one(Code::UnknownReference, "caregivers[1].departing_point")
    );
    assert_eq!(
        told(&|instance| instance["distances"][2] = json!([1, 2])),
        one(Code::BadTable, "distances[2]")
    );
    assert_eq!(
        told(&|instance| instance["metadata"]["cost_components"]["travel_time"] = json!(-1)),
        one(Code::OutOfRange, "metadata.cost_components.travel_time")
    );
    assert_eq!(
        patient(0, "time_windows", json!([{"start": 160, "end": 100}])),
        one(Code::Reversed, "patients[0].time_windows[0]")
    );
    assert_eq!(
        told(&|instance| instance["lunch_breaks"]["end"] = json!(100)),
        one(Code::Reversed, "lunch_breaks")
    );
    assert_eq!(patient(1, "id", json!("p1")), one(Code::DuplicateId, "patients[1].id"));
    assert_eq!(patient(2, "id", json!("p1 lift")), one(Code::DuplicateId, "patients[2].id"));
    // Where lateness is a rule, a service must find a window that holds it.
    let short = json!([{"start": 90, "end": 100}, {"start": 240, "end": 250}]);
    assert!(
        question(&with(&[("highest_tardiness", json!(3))], &|instance| {
            instance["patients"][2]["time_windows"] = short.clone();
        }))
        .is_ok()
    );
    for key in ["total_tardiness", "highest_tardiness"] {
        let strict = with(&[(key, json!("HARD"))], &|instance| {
            instance["patients"][2]["time_windows"] = short.clone();
        });
        let flaws = question(&strict).expect_err("no window is long enough");
        let all: Vec<_> = flaws.iter().map(|flaw| (flaw.code, flaw.path.as_str())).collect();
        assert_eq!(all, [(Code::Reversed, "patients[2].required_services[0]")]);
    }
    assert_eq!(
        told(&|instance| {
            instance["metadata"].as_object_mut().expect("it is one").remove("cost_components");
        }),
        one(Code::MissingKey, "metadata.cost_components")
    );
}

/// The street with other weights, and something else changed.
fn with(weights: &[(&str, Value)], change: &dyn Fn(&mut Value)) -> Value {
    let mut instance = street();
    for (key, weight) in weights {
        instance["metadata"]["cost_components"][*key] = weight.clone();
    }
    change(&mut instance);
    instance
}

#[test]
fn what_is_not_honoured_or_not_counted_is_said() {
    let rules = ["workload_balance", "max_waiting_time", "working_time"].map(|key| (key, json!("HARD")));
    let strict = question(&with(&rules, &|_| {})).expect("it is sound");
    let is_noted = |key: &str| {
        let path = format!("metadata.cost_components.{key}");
        strict.differences.iter().any(|note| note.path == path)
    };
    assert_eq!(rules.map(|(key, _)| is_noted(key)), [true, true, false]);
    // A rule on working time forbids overtime.
    assert_eq!(strict.problem.policy().overtime.max, Seconds::ZERO);
    assert!(care(&strict).uncounted().is_empty());
    let balanced = question(&with(&[("workload_balance", json!(1))], &|_| {})).expect("it is sound");
    assert_eq!(care(&balanced).uncounted(), ["workload_balance"]);
    let converted = with(&[], &|instance| instance["metadata"]["origin"] = json!("bazirha-caie"));
    let converted = question(&converted).expect("it is sound");
    assert_eq!(care(&converted).uncounted(), ["total_waiting_time"]);
}

#[test]
fn a_budget_of_rounds_is_never_exceeded_and_told_as_a_whole() {
    let question = question(&street()).expect("it is sound");
    for rounds in [0, 1, 10, 17, 100, 1000] {
        let (_, plan) = planned(care(&question), rounds);
        assert_eq!(plan.run.rounds, rounds);
        assert_eq!(plan.run.ended, Ended::Rounds);
    }
}

#[test]
fn a_lunch_that_is_due_is_had_at_any_price_but_forbidden_overtime() {
    // The only patient's service ends at 300; lunch before it would be too early, so that whoever has it is home late.
    let evening = |weights: &[(&str, Value)]| {
        let instance = with(weights, &|instance| {
            instance["caregivers"] = json!([instance["caregivers"][0]]);
            instance["caregivers"][0]["working_shift"]["end"] = json!(330);
            instance["patients"] = json!([{"id": "p", "required_services": [{"service": "wash", "duration": 60}],
                "distance_matrix_index": 1, "time_windows": [{"start": 240, "end": 300}], "optional": false}]);
            instance["lunch_breaks"] = json!({"start": 290, "end": 330, "min_duration": 30});
        });
        let question = question(&instance).expect("it is sound");
        let (problem, plan) = planned(care(&question), 50);
        let text = care(&question).write(&problem, &plan);
        let has_lunch = String::from_utf8(text).expect("it is UTF-8").contains("\"lunch_break\"");
        (plan.unserved.is_empty(), has_lunch)
    };
    let hard = json!("HARD");
    assert_eq!(evening(&[("missed_lunch_break", hard.clone())]), (true, true));
    assert_eq!(evening(&[("missed_lunch_break", json!(1))]), (true, false));
    assert!(!matches!(
        evening(&[("missed_lunch_break", hard.clone()), ("total_extra_time", hard)]),
        (true, true)
    ));
}
