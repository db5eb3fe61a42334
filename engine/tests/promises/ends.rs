//! Who lives where routes begin and end is tried there, however far the stops next to it are.

use paidan_engine::check::check;
use paidan_engine::planner::{Budget, MendParams, NoWatch, Params, TailParams, plan};
use paidan_engine::problem::Problem;
use paidan_engine::wire;
use serde_json::json;

/// How many near tickets a search looks beside.
const NEAR: usize = 3;

/// Three stops in the east, one far in the west, and one of an hour between them, next to where both engineers live. It
/// stands in the day of the engineer in the east, where it only fits between two stops; on the other's way it costs
/// next to nothing.
fn between() -> Problem {
    let ticket = |id: &str, east_km: f64, window: [&str; 2], work_s: u32| {
        let [start, end] = window.map(|time| format!("2026-03-02T{time}:00Z"));
        json!({
            "id": id, "customer": "c", "issue": "i", "type": "complaint",
            "place": {"lat": 48.0, "lon": 16.0 + east_km / 74.5},
            "windows": [{"start": start, "end": end}], "work_s": work_s
        })
    };
    let engineer = |id: &str, end: &str| {
        json!({
            "id": id, "home": {"lat": 48.0, "lon": 16.0},
            "shifts": [{"start": "2026-03-02T07:30:00Z", "end": format!("2026-03-02T{end}:00Z")}]
        })
    };
    let document = json!({
        "now": "2026-03-02T06:00:00Z", "engineers": [engineer("E", "12:00"), engineer("W", "20:00")],
        "tickets": [
            ticket("e1", 1.0, ["08:00", "08:08"], 600), ticket("e2", 1.1, ["09:00", "09:08"], 600),
            ticket("e3", 0.9, ["11:40", "11:45"], 600), ticket("far", -10.0, ["09:00", "09:08"], 600),
            ticket("home", -0.1, ["07:00", "19:00"], 3600)
        ],
        "routes": [
            {"engineer": "E", "shift": 0, "tickets": ["e1", "e2", "home", "e3"]},
            {"engineer": "W", "shift": 0, "tickets": ["far"]}
        ],
        "policy": {"weights": {"skill": 0, "proximity": 1, "history": 0, "load": 0}}
    });
    wire::read_problem(document.to_string().as_bytes()).expect("it is sound")
}

#[test]
fn a_ticket_goes_to_the_end_of_a_route_that_ends_nearer_than_its_near_ones() {
    let problem = between();
    let usual = Params::default();
    let params = Params {
        mend: MendParams { near: NEAR, ..usual.mend },
        tails: TailParams { tries: 0, ..usual.tails },
        ..usual
    };
    let plan = plan(&problem, &params, &Budget { rounds: Some(200), ..Budget::default() }, &NoWatch);
    assert_eq!(check(&problem, problem.visits(), &plan), []);
    let stops = |route: usize| plan.routes[route].stops.len();
    assert_eq!([stops(0), stops(1)], [3, 2]);
}
