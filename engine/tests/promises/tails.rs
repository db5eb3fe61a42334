//! Routes exchange tails that are longer than any string that is torn out.

use paidan_engine::check::check;
use paidan_engine::planner::{Budget, NoWatch, Params, RuinParams, plan};
use paidan_engine::problem::Problem;
use paidan_engine::units::Price;
use paidan_engine::wire;
use serde_json::{Value, json};

const STOPS: usize = 20;

/// Two roads, ten kilometres apart, with a stop on each every half hour, so that nobody serves two stops of the same
/// half hour. Either engineer is promised the first half of one road and the second half of the other.
fn crossed() -> Problem {
    let (road_of, half) = (["west", "east"], STOPS / 2);
    let ticket = |road: usize, stop: usize| {
        let minute =
            |more: usize| format!("2026-03-02T{:02}:{:02}:00Z", 8 + stop / 2, stop % 2 * 30 + more);
        json!({
            "id": format!("{}-{stop}", road_of[road]), "customer": "c", "issue": "i", "type": "complaint",
            "place": {"lat": 48.0 + 0.001 * stop as f64, "lon": 16.0 + 0.13 * road as f64},
            "windows": [{"start": minute(0), "end": minute(8)}], "work_s": 600
        })
    };
    let engineer = |id: &str| {
        json!({
            "id": id, "home": {"lat": 48.0, "lon": 16.065},
            "shifts": [{"start": "2026-03-02T07:00:00Z", "end": "2026-03-02T20:00:00Z"}]
        })
    };
    let route = |id: &str, first: usize| {
        let stops = (0..STOPS).map(|stop| (if stop < half { first } else { 1 - first }, stop));
        let tickets: Vec<String> =
            stops.map(|(road, stop)| format!("{}-{stop}", road_of[road])).collect();
        json!({"engineer": id, "shift": 0, "tickets": tickets})
    };
    let tickets: Vec<Value> = (0..2)
        .flat_map(|road| (0..STOPS).map(move |stop| (road, stop)))
        .map(|(r, s)| ticket(r, s))
        .collect();
    let document = json!({
        "now": "2026-03-02T06:00:00Z", "engineers": [engineer("E1"), engineer("E2")], "tickets": tickets,
        "routes": [route("E1", 0), route("E2", 1)],
        "policy": {"weights": {"skill": 0, "proximity": 1, "history": 0, "load": 0}}
    });
    wire::read_problem(document.to_string().as_bytes()).expect("it is sound")
}

/// The price after a search that tears out one stop in each round.
fn price_with(tries: usize) -> Price {
    let problem = crossed();
    let ruin = RuinParams { average: 1.0, longest: 1, ..Params::default().ruin };
    let mut params = Params { ruin, ..Params::default() };
    params.tails.tries = tries;
    let budget = Budget { rounds: Some(200), ..Budget::default() };
    let plan = plan(&problem, &params, &budget, &NoWatch);
    assert_eq!(check(&problem, problem.visits(), &plan), []);
    assert!(plan.unserved.is_empty(), "{:?}", plan.unserved);
    plan.price
}

#[test]
fn crossed_routes_are_uncrossed() {
    let (without, with) = (price_with(0), price_with(Params::default().tails.tries));
    // Either engineer crosses over once, ten kilometres each.
    assert!(with.seconds.0 + 1000 < without.seconds.0, "{with:?} with exchanges, {without:?} without");
}
