//! Fleets of vans that are alike: those without stops take turns, and every part has some.

use paidan_engine::check::check;
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, NoWatch, Params, SplitParams, plan};
use paidan_engine::problem::Problem;
use paidan_engine::wire;
use serde_json::{Value, json};

/// Sites that are served in turns with their neighbour, hour by hour, each pair by one van of a depot in the middle
/// that goes to and fro between them. With a van for each site they cost less.
const SITES: [(f64, f64); 4] = [(25.0, 5.0), (25.0, -5.0), (-25.0, 5.0), (-25.0, -5.0)];

/// Vans in all; those without work are guaranteed hours, so they cost something as well.
const VANS: usize = 12;

fn to_and_fro() -> Problem {
    let vans: Vec<Value> = (0..VANS)
        .map(|n| {
            json!({
                "id": format!("van {n}"), "home": {"lat": 48.0, "lon": 16.0},
                "shifts": [{"start": "2026-03-02T06:00:00Z", "end": "2026-03-02T18:00:00Z"}],
                "rates": {"guaranteed_s": 600, "per_guaranteed_hour_s": 60}
            })
        })
        .collect();
    let mut tickets = Vec::new();
    let mut routes = vec![Vec::new(); 2];
    for hour in 8..16 {
        for pair in [0, 1] {
            let site = 2 * pair + hour % 2;
            let id = format!("site {site} at {hour}");
            routes[pair].push(id.clone());
            let (east_km, north_km) = SITES[site];
            tickets.push(json!({
                "id": id, "customer": format!("c{site}"), "issue": "i", "type": "complaint",
                "place": {"lat": 48.0 + north_km / 111.2, "lon": 16.0 + east_km / 74.5},
                "windows": [{
                    "start": format!("2026-03-02T{hour:02}:00:00Z"),
                    "end": format!("2026-03-02T{hour:02}:30:00Z")
                }],
                "work_s": 600
            }));
        }
    }
    let promised = |(van, tickets): (usize, &Vec<String>)| json!({"engineer": format!("van {van}"), "shift": 0, "tickets": tickets});
    let document = json!({
        "now": "2026-03-02T05:00:00Z", "engineers": vans, "tickets": tickets,
        "routes": routes.iter().enumerate().map(promised).collect::<Vec<Value>>(),
        "policy": {"weights": {"skill": 0, "proximity": 1, "history": 0, "load": 0}}
    });
    wire::read_problem(document.to_string().as_bytes()).expect("it is sound")
}

/// A plan searched in parts of so many tickets with so many vans in each that have no stops.
fn planned(problem: &Problem, tickets: usize, idle: usize) -> Plan {
    let split =
        SplitParams { tickets, crowded: tickets, routes: 1, rounds: 50, idle, ..SplitParams::default() };
    let params = Params { split, ..Params::default() };
    let plan = plan(problem, &params, &Budget { rounds: Some(4000), ..Budget::default() }, &NoWatch);
    assert_eq!(check(problem, problem.visits(), &plan), []);
    assert!(plan.unserved.is_empty(), "{:?}", plan.unserved);
    plan
}

#[test]
fn vans_begin_routes_when_it_is_their_turn_and_none_where_all_rest() {
    let problem = to_and_fro();
    for tickets in [8, 500] {
        for (idle, vans) in [(0, 2), (1, SITES.len())] {
            let plan = planned(&problem, tickets, idle);
            let driven = plan.routes.iter().filter(|route| !route.stops.is_empty()).count();
            assert_eq!(driven, vans, "{idle} in parts of {tickets}");
        }
    }
}

#[test]
fn any_number_of_threads_gives_them_the_same_turns() {
    let problem = to_and_fro();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| planned(&problem, 8, 1))
    };
    let one = on(1);
    assert_eq!([on(2), on(8)], [one.clone(), one]);
}
