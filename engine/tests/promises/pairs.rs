//! Tickets that belong together: pairs and whole promised routes are planned wherever they fit as a whole,
//! though no part of them would.

use paidan_engine::check::check;
use paidan_engine::desk::Desk;
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, NoWatch, Params, Watch, plan};
use paidan_engine::problem::Problem;
use paidan_engine::wire;
use serde_json::{Value, json};

/// A problem in which nothing but driving costs, from 8 to 16, places by row.
fn problem(
    rows: &Value,
    engineers: &[(&str, u32, Value)],
    tickets: &[(&str, u32, Value)],
    route: &[&str],
) -> Problem {
    let with = |mut document: Value, more: &Value| {
        let more = more.as_object().expect("an object").clone();
        document.as_object_mut().expect("an object").extend(more);
        document
    };
    let engineers: Vec<Value> = engineers
        .iter()
        .map(|(id, row, limits)| {
            let shift = json!({"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T16:00:00Z"});
            json!({"id": id, "home": {"row": row}, "shifts": [with(shift, limits)]})
        })
        .collect();
    let tickets: Vec<Value> = tickets
        .iter()
        .map(|(id, row, more)| {
            let ticket = json!({"id": id, "customer": "c", "issue": "i", "type": "complaint",
                "place": {"row": row}, "work_s": 60});
            with(ticket, more)
        })
        .collect();
    let routes = if route.is_empty() {
        json!([])
    } else {
        json!([{"engineer": "E1", "shift": 0, "tickets": route}])
    };
    let document = json!({
        "now": "2026-03-02T08:00:00Z", "travel": {"kind": "table", "durations_s": rows},
        "engineers": engineers, "tickets": tickets, "routes": routes,
        "policy": {"weights": {"skill": 0, "proximity": 1, "history": 0, "load": 0}}
    });
    wire::read_problem(document.to_string().as_bytes()).expect("it is sound")
}

fn planned(problem: &Problem, rounds: u64) -> Plan {
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
    let plan = plan(problem, &Params::default(), &budget, &NoWatch);
    let breaches = check(problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "{breaches:#?}");
    plan
}

/// The tickets of each route.
fn served(problem: &Problem, plan: &Plan) -> Vec<String> {
    let name = |stop: &paidan_engine::plan::PlannedStop| &*problem.ticket(stop.ticket).id;
    plan.routes.iter().map(|route| route.stops.iter().map(name).collect()).collect()
}

#[test]
fn what_is_promised_stays_where_it_fits_only_as_a_whole() {
    let short_circle = json!([[0, 10, 1000], [1000, 0, 10], [10, 1000, 0]]);
    let limits = json!({"max_drive_s": 100});
    let engineers = [("E1", 0, limits.clone())];
    let tickets = [("X", 1, json!({})), ("Y", 2, json!({}))];
    let two = problem(&short_circle, &engineers, &tickets, &["X", "Y"]);
    let long_circle = json!([
        [0, 10, 1000, 1000, 1000],
        [1000, 0, 10, 1000, 1000],
        [1000, 1000, 0, 10, 1000],
        [1000, 1000, 1000, 0, 10],
        [10, 1000, 1000, 1000, 0]
    ]);
    let tickets = [
        ("A", 1, json!({})),
        ("B", 3, json!({"follows": "A"})),
        ("C", 2, json!({})),
        ("D", 4, json!({"follows": "C"})),
    ];
    let pairs = problem(&long_circle, &engineers, &tickets, &["A", "C", "B", "D"]);
    for (problem, route) in [(two, "XY"), (pairs, "ACBD")] {
        assert!(Desk::new(problem.clone()).is_ok(), "{route} is a sound promise");
        for rounds in [0, 200] {
            assert_eq!(served(&problem, &planned(&problem, rounds)), [route]);
        }
    }
}

#[test]
fn of_a_promise_that_no_longer_fits_what_fits_is_kept_and_pairs_whole() {
    // The shift takes three tickets: of two pairs that lie across each other one must go.
    let near = json!([[0, 60, 60], [60, 0, 60], [60, 60, 0]]);
    let limits = json!({"max_tickets": 3});
    let tickets = [
        ("A", 1, json!({})),
        ("P", 2, json!({})),
        ("Q", 1, json!({"follows": "P"})),
        ("R", 2, json!({})),
        ("S", 1, json!({"follows": "R"})),
    ];
    let problem = problem(&near, &[("E1", 0, limits)], &tickets, &["A", "P", "R", "Q", "S"]);
    let plan = planned(&problem, 0);
    assert_eq!(served(&problem, &plan), ["APQ"]);
    assert_eq!(plan.unserved.len(), 2);
}

#[test]
fn what_is_kept_of_a_promise_stays_in_its_order() {
    let order: Vec<u32> = (1..=60).map(|n| n * 7 % 61).collect();
    let ids: Vec<String> = (0..=60).map(|id| format!("T{id}")).collect();
    let promise: Vec<&str> = order.iter().map(|&id| ids[id as usize].as_str()).collect();
    for late in [vec![], vec![40], vec![3, 17, 18, 19, 58], (20..60).collect()] {
        // Before the first is served, the windows of the late are over.
        let morning =
            json!({"windows": [{"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T08:00:30Z"}]});
        let more = |id: u32| if late.contains(&id) { morning.clone() } else { json!({}) };
        let tickets: Vec<_> = (1..=60).map(|id| (ids[id as usize].as_str(), 0, more(id))).collect();
        let problem = problem(&json!([[0]]), &[("E1", 0, json!({}))], &tickets, &promise);
        let stops = &planned(&problem, 0).routes[0].stops;
        // One of the late may be served first of all.
        let is_kept = |id: &u32| !late.contains(id);
        let served: Vec<u32> = stops.iter().map(|stop| stop.ticket.0 + 1).filter(is_kept).collect();
        let kept: Vec<u32> = order.iter().copied().filter(is_kept).collect();
        assert_eq!(served, kept, "{late:?} are late");
    }
}

#[test]
fn a_promise_keeps_its_head_when_there_is_no_time_at_all() {
    struct Over;
    impl Watch for Over {
        fn elapsed_s(&self) -> f64 {
            1.0
        }
    }
    let near = json!([[0, 60, 60], [60, 0, 60], [60, 60, 0]]);
    let limits = json!({"max_tickets": 5});
    let tickets = ["A", "B", "C", "D", "E", "F"].map(|id| (id, 1, json!({})));
    let problem = problem(&near, &[("E1", 0, limits)], &tickets, &["F", "E", "D", "C", "B", "A"]);
    let budget = Budget { seconds: Some(0.5), ..Budget::default() };
    let plan = plan(&problem, &Params::default(), &budget, &Over);
    assert!(check(&problem, problem.visits(), &plan).is_empty());
    let served = served(&problem, &plan);
    // Three are kept; two more are put in wherever they fit.
    let kept: String = served[0].chars().filter(|id| "FED".contains(*id)).collect();
    assert_eq!((kept.as_str(), served[0].len()), ("FED", 5));
}

#[test]
fn a_pair_goes_where_it_saves_the_longest_setup_and_load_has_a_price() {
    let document = |promised: &[&str]| {
        let document = json!({
            "now": "2026-03-02T08:00:00Z",
            "travel": {"kind": "table", "durations_s": [[0, 600, 600], [600, 0, 60], [600, 60, 0]]},
            "engineers": [{"id": "E", "home": {"row": 0}, "shifts":
                [{"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T16:00:00Z"}]}],
            "tickets": [{"id": "Y", "place": {"row": 1}, "work_s": 100},
                {"id": "X", "place": {"row": 2}, "work_s": 100, "setup_s": 10_000},
                {"id": "P", "place": {"row": 2}, "work_s": 50},
                {"id": "Q", "place": {"row": 2}, "work_s": 50, "follows": "P"}],
            "routes": [{"engineer": "E", "shift": 0, "tickets": promised}]
        });
        let problem = wire::read_problem(document.to_string().as_bytes()).expect("it is sound");
        planned(&problem, 0).price
    };
    assert_eq!(document(&["Y", "X"]), document(&["Y", "P", "Q", "X"]));
}

#[test]
fn a_pair_is_served_by_whom_it_suits_though_half_of_it_would_not() {
    // From the first place straight home is far, which E1's limit forbids; by way of the second it is not.
    let rows = json!([[0, 10, 10, 2000], [5000, 0, 10, 2000], [10, 10, 0, 2000], [2000, 2000, 2000, 0]]);
    let engineers = [("E1", 0, json!({"max_drive_s": 100})), ("E2", 3, json!({}))];
    for prize in [json!({"prize_s": 500}), json!({})] {
        let mut second = prize.clone();
        second.as_object_mut().expect("an object").insert("follows".into(), "A".into());
        let tickets = [("A", 1, prize.clone()), ("B", 2, second)];
        let problem = problem(&rows, &engineers, &tickets, &[]);
        for rounds in [0, 200] {
            let plan = planned(&problem, rounds);
            assert_eq!(served(&problem, &plan), ["AB"], "{prize}, {rounds} rounds");
            assert_eq!((problem.engineer_id(plan.routes[0].shift), plan.price.seconds.0), ("E1", 30));
        }
    }
}

#[test]
fn half_a_pair_or_one_the_wrong_way_round_is_no_promise() {
    let near = json!([[0, 10, 10], [10, 0, 10], [10, 10, 0]]);
    let tickets = [("A", 1, json!({})), ("B", 2, json!({"follows": "A"})), ("C", 1, json!({}))];
    for (route, at_fault) in [(vec!["A"], "A"), (vec!["B", "A"], "B"), (vec!["C", "B"], "B")] {
        let problem = problem(&near, &[("E1", 0, json!({}))], &tickets, &route);
        let flaws = Desk::new(problem).expect_err("it is no promise");
        assert_eq!(flaws.len(), 1, "{route:?}: {flaws:?}");
        assert!(flaws[0].found.contains(&format!("{at_fault:?} makes a pair")), "{route:?}: {flaws:?}");
    }
    let problem = problem(&near, &[("E1", 0, json!({}))], &tickets, &["A", "C", "B"]);
    assert!(Desk::new(problem).is_ok());
}
