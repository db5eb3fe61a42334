//! No plan falls below a bound, whoever makes it, and the bound says something.

use crate::world::{Size, draft, problem, with_vans};
use paidan_engine::bound::{MOST_TICKETS, bound};
use paidan_engine::plan::{Bound, Plan};
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::Problem;
use paidan_engine::units::{Price, Seconds};
use paidan_engine::wire::{Beside, Format, read_problem, read_question};
use serde_json::{Value, json};

fn rounds(rounds: u64) -> Budget {
    Budget { rounds: Some(rounds), ..Budget::default() }
}

fn planned(problem: &Problem, seed: u64, count: u64) -> Plan {
    plan(problem, &Params { seed, ..Params::default() }, &rounds(count), &NoWatch)
}

fn lost(price: Price) -> Price {
    Price { seconds: Seconds::ZERO, ..price }
}

/// The bounds for a rough plan and for the best of some good ones, held against all of them.
fn bounds(problem: &Problem, seed: u64) -> (Bound, Price) {
    let rough = planned(problem, seed, 1);
    let good: Vec<Plan> = (0..3).map(|n| planned(problem, seed + n, 400)).collect();
    let best = good.iter().min_by_key(|plan| plan.price).expect("three plans");
    let mut closest = None;
    for at_hand in [&rough, best] {
        let bound = bound(problem, at_hand, &rounds(40), &NoWatch).expect("a small problem");
        for plan in good.iter().chain([&rough]) {
            assert!(bound.lost <= lost(plan.price), "seed {seed}: {bound:?} above {:?}", plan.price);
            let counts = lost(plan.price) <= lost(at_hand.price);
            let holds = bound.seconds <= plan.price.seconds;
            assert!(
                !counts || holds,
                "seed {seed}: {bound:?} for {:?} above {:?}",
                at_hand.price,
                plan.price
            );
        }
        closest = Some(bound);
    }
    (closest.expect("two bounds"), best.price)
}

/// Holds the bounds of many worlds; how many prove that no less can be lost, and how many come within a tenth.
fn hold(worlds: impl Iterator<Item = (u64, Problem)>) -> (usize, usize) {
    let (mut proven, mut close) = (0, 0);
    for (seed, problem) in worlds {
        let (bound, best) = bounds(&problem, seed);
        proven += usize::from(bound.proves_least_lost(best));
        close += usize::from(bound.gap(best).is_some_and(|gap| gap <= 0.1));
    }
    (proven, close)
}

#[test]
fn in_small_worlds_with_every_rule() {
    let worlds = (0..60).map(|seed| (seed, problem(seed, Size::default())));
    let (proven, close) = hold(worlds);
    assert!(proven >= 30 && close >= 30, "{proven} proven, {close} close");
}

#[test]
fn in_worlds_of_vans_with_loads_pairs_setups_and_limits() {
    let size = Size { tickets: 16, ..Size::default() };
    let worlds = (0..40).map(|seed| (seed, Problem::new(with_vans(seed, size)).expect("sound")));
    // Of limits and pairs the bound knows little.
    let (proven, _) = hold(worlds);
    assert!(proven > 0, "nothing is proven");
}

#[test]
fn with_prizes() {
    let with_prizes = |seed: u64| {
        let mut draft = draft(seed, Size::default());
        let single = |ticket: &usize| draft.tickets[*ticket].follows.is_none();
        let some: Vec<usize> = (0..draft.tickets.len()).step_by(2).filter(single).collect();
        for n in some {
            draft.tickets[n].prize = Some(Seconds(300 * (n as i64 + 1)));
        }
        (seed, Problem::new(draft).expect("sound"))
    };
    let (proven, _) = hold((0..30).map(with_prizes));
    assert!(proven >= 15, "{proven} proven");
}

#[test]
fn the_least_of_a_small_instance_is_proven() {
    let bytes = include_bytes!("../../../fixtures/formats/two-arms.txt");
    let question = read_question(Format::of(bytes), bytes, Beside::default()).expect("sound");
    let plan = planned(&question.problem, 1, 500);
    let bound = bound(&question.problem, &plan, &rounds(100), &NoWatch).expect("a small problem");
    assert!(bound.proves_least_lost(plan.price));
    assert_eq!(bound.gap(plan.price), Some(0.0), "{bound:?} and {:?}", plan.price);
}

#[test]
fn for_any_number_of_threads_it_is_the_same() {
    let problem = problem(7, Size { engineers: 12, tickets: 60, ..Size::default() });
    let plan = planned(&problem, 1, 300);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| bound(&problem, &plan, &rounds(25), &NoWatch))
    };
    assert!(with(1).expect("a bound").lost.priority_lost > 0);
    assert_eq!(with(1), with(2));
    assert_eq!(with(1), with(7));
}

/// The bound of a document for its own plan, and that plan.
fn of_document(document: &Value) -> (Option<Bound>, Plan) {
    let problem = read_problem(document.to_string().as_bytes()).expect("a sound problem");
    let plan = planned(&problem, 1, 50);
    (bound(&problem, &plan, &rounds(20), &NoWatch), plan)
}

fn engineer(id: &str) -> Value {
    let shift = json!({"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T16:00:00Z"});
    json!({"id": id, "home": {"lat": 50.0, "lon": 8.0}, "shifts": [shift]})
}

#[test]
fn who_costs_the_same_for_other_reasons_is_not_the_same_when_late() {
    // B is bound to the ticket and not liked, A is liked and not bound: an hour each. Too late for the binding, B costs
    // an hour more.
    let visit = |day: u8| {
        json!({"ticket": format!("V{day}"), "customer": "C", "issue": "x", "engineer": "B", "resolved": false,
               "start": format!("2026-02-{day}T09:00:00Z"), "end": format!("2026-02-{day}T10:00:00Z")})
    };
    let (bound, plan) = of_document(&json!({
        "now": "2026-03-02T07:00:00Z",
        "engineers": [engineer("B"), engineer("A")],
        "policy": {
            "weights": {"skill": 0.3, "proximity": 0.4, "history": 0.0, "load": 0.3}, "preference_s": 3600,
            "binding": {"window_days": 90, "visits": 2, "otherwise": "relax", "step_s": 3600}
        },
        "tickets": [{
            "id": "T", "customer": "C", "issue": "x", "place": {"lat": 50.05, "lon": 8.0}, "work_s": 3600,
            "priority": 50, "engineers": {"preferred": ["A"]}, "sla": {"resolve_by": "2026-03-02T07:30:00Z"}
        }],
        "visits": [visit(10), visit(20)],
    }));
    let bound = bound.expect("a small problem");
    assert!(bound.seconds <= plan.price.seconds, "{bound:?} above {:?}", plan.price);
    assert_eq!(bound.gap(plan.price), Some(0.0), "{bound:?} and {:?}", plan.price);
}

#[test]
fn beyond_all_measure_there_is_none() {
    let dear = |id: &str| {
        let mut dear = engineer(id);
        dear["rates"] = json!({"per_work_hour_s": 3.35e12});
        dear
    };
    let (bound, plan) = of_document(&json!({
        "now": "2026-03-02T07:00:00Z",
        "engineers": [engineer("C"), dear("D"), dear("E")],
        "tickets": [{"id": "T", "place": {"lat": 50.05, "lon": 8.0}, "work_s": 14_400, "priority": 50}],
    }));
    assert!(plan.price.seconds < Seconds(10_000), "{:?}", plan.price);
    assert_eq!(bound, None);
}

#[test]
fn beyond_so_many_tickets_there_is_none() {
    let problem = problem(1, Size { tickets: MOST_TICKETS + 1, ..Size::default() });
    let plan = planned(&problem, 1, 1);
    assert_eq!(bound(&problem, &plan, &rounds(1), &NoWatch), None);
}

#[test]
fn without_tickets_or_engineers_it_is_what_is_lost() {
    for (engineers, tickets) in [(0, 5), (5, 0), (0, 0)] {
        let problem = problem(3, Size { engineers, tickets, visits: 0, ..Size::default() });
        let plan = planned(&problem, 1, 10);
        let bound = bound(&problem, &plan, &rounds(10), &NoWatch).expect("a small problem");
        assert!(bound.proves_least_lost(plan.price), "{bound:?} and {:?}", plan.price);
        assert_eq!(bound.gap(plan.price), Some(0.0));
    }
}
