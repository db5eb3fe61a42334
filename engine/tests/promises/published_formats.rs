//! Problems in other people's formats are solved as the paper says, answered as those formats answer, and
//! their solutions are judged by the checker. `fixtures/README.md` tells the optima.

use std::fmt::Write;

use paidan_engine::check::{Breach, check};
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::ids::{Index, ShiftIx};
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::units::{Moment, Price, Seconds};
use paidan_engine::wire::solution::{Terms, read_solution, write_solution};
use paidan_engine::wire::{
    Answer, Beside, Format, Objective, Purpose, Question, read_plan, read_question,
};

use crate::fixtures::bytes_of;

fn fixture(name: &str) -> Vec<u8> {
    bytes_of(&format!("formats/{name}"))
}

fn ask(bytes: &[u8]) -> Result<Question, Vec<Flaw>> {
    read_question(Format::of(bytes), bytes, Beside::default())
}

fn question(name: &str) -> Question {
    ask(&fixture(name)).unwrap_or_else(|flaws| panic!("{name}: {flaws:?}"))
}

fn terms(question: &Question) -> &Terms {
    match &question.answer {
        Answer::Text(terms) => terms,
        Answer::Plan | Answer::Tours(_) | Answer::Vroom(_) | Answer::Care(_) => {
            panic!("it answers in JSON")
        }
    }
}

fn solve(question: &Question) -> Plan {
    let budget = Budget { rounds: Some(300), ..Budget::default() };
    plan(&question.problem, &Params::default(), &budget, &NoWatch)
}

fn judge(question: &Question, plan: &Plan) -> Vec<Breach> {
    check(&question.problem, question.problem.visits(), plan)
}

/// The routes of a solution text as sets, in the order of their smallest customers.
fn routes(text: &str) -> Vec<Vec<u32>> {
    let mut routes: Vec<Vec<u32>> = text
        .lines()
        .filter_map(|line| line.strip_prefix("Route #")?.split_once(':'))
        .map(|(_, stops)| {
            let mut stops: Vec<u32> =
                stops.split_whitespace().map(|stop| stop.parse().expect("a number")).collect();
            stops.sort_unstable();
            stops
        })
        .collect();
    routes.sort();
    routes
}

#[test]
fn every_instance_is_solved_as_on_paper() {
    let optima: [(&str, &str, &[&[u32]]); 6] = [
        ("two-arms.txt", "40.0", &[&[1, 2, 5], &[3, 4]]),
        ("two-arms.vrp", "40", &[&[1, 2, 5], &[3, 4]]),
        ("lower-row.vrp", "23", &[&[1, 2], &[3]]),
        ("one-way.vrp", "9", &[&[1, 2]]),
        ("own-clients.vrp", "20020", &[&[], &[1, 3], &[2]]),
        ("two-depots.vrp", "20000", &[&[2], &[3]]),
    ];
    for (name, cost, expected) in optima {
        let question = question(name);
        let plan = solve(&question);
        assert_eq!(judge(&question, &plan), [], "{name}");
        assert_eq!(plan.unserved, [], "{name}");
        let text = write_solution(&question.problem, &plan, terms(&question));
        assert_eq!(routes(&text), expected, "{name}: {text}");
        assert!(text.ends_with(&format!("Cost {cost}\n")), "{name}: {text}");
    }
}

#[test]
fn a_route_bears_the_number_of_its_vehicle_where_vehicles_differ() {
    let question = question("own-clients.vrp");
    let text = write_solution(&question.problem, &solve(&question), terms(&question));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["Route #1: 2", "Route #2:"]);
    assert!(lines[2].starts_with("Route #3: "), "{text}");
}

#[test]
fn a_solution_that_was_written_is_read_back_as_the_same_plan() {
    for name in ["two-arms.txt", "two-arms.vrp", "lower-row.vrp", "own-clients.vrp", "two-depots.vrp"] {
        let question = question(name);
        let plan = solve(&question);
        let text = write_solution(&question.problem, &plan, terms(&question));
        let read = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let read = read.unwrap_or_else(|flaws| panic!("{name}: {flaws:?}"));
        assert_eq!(Plan { run: plan.run, ..read }, plan, "{name}");
    }
}

#[test]
fn the_files_own_numbers_are_understood_where_counted_from_zero_some_are_no_customers() {
    let question = question("two-arms.vrp");
    let read = |text: &str| {
        read_solution(&question.problem, text.as_bytes(), terms(&question)).expect("it can be read")
    };
    let from_zero = read("Route #1: 5 1 2\nRoute #2: 3 4\nCost: 40\n");
    assert_eq!(judge(&question, &from_zero), []);
    assert_eq!(from_zero, read("Route 1 : 6 2 3\nRoute 2 : 4 5\nCost 40\n"));
}

#[test]
fn what_is_wrong_with_a_solution_is_told() {
    let question = question("two-arms.txt");
    let breaches = |text: &str| -> Vec<String> {
        let plan = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let plan = plan.expect("it can be read");
        let mut codes: Vec<String> =
            judge(&question, &plan).iter().map(|breach| breach.code.as_str().to_owned()).collect();
        codes.dedup();
        codes
    };
    let none: [&str; 0] = [];
    assert_eq!(breaches("Route #1: 5 1 2\nRoute #2: 3 4\nCost 40.0\n"), none);
    assert_eq!(breaches("Route #1: 5 1 2\nRoute #2: 3 4\n"), none, "nobody must state the cost");
    assert_eq!(breaches("Route #1: 5 1 2\nRoute #2: 3 4\nCost 39.9\n"), ["plan-price"]);
    assert_eq!(breaches("Route #1: 5 1\nRoute #2: 3 4\n"), ["ticket-missing"]);
    assert_eq!(breaches("Route #1: 5 1 2\nRoute #2: 3 4 5\n"), ["ticket-twice"]);
    assert_eq!(breaches("Route #1: 5 1 2 3\nRoute #2: 4\n"), ["goods", "window"]);
    assert_eq!(breaches("Route #1: 5 2 1\nRoute #2: 3 4\n"), ["window"]);
    let four = "Route #1: 1\nRoute #2: 2\nRoute #3: 3\nRoute #4: 4 5\n";
    assert_eq!(breaches(four), ["unknown-shift", "ticket-missing"], "three vehicles drive three routes");
}

#[test]
fn a_solution_with_flaws_is_told_all_of_them() {
    let question = question("two-arms.txt");
    let text = b"Route #1: 5 x 9\nRoute: 3\nhello\nCost NaN\n";
    let flaws = read_solution(&question.problem, text, terms(&question)).expect_err("it is flawed");
    let told: Vec<(&str, Code)> = flaws.iter().map(|flaw| (flaw.path.as_str(), flaw.code)).collect();
    assert_eq!(
        told,
        [
            ("line 1", Code::WrongType),
            ("line 2", Code::WrongType),
            ("line 3", Code::WrongType),
            ("line 4", Code::WrongType),
            ("line 1", Code::UnknownReference),
        ]
    );
}

#[test]
fn a_format_is_told_by_its_text() {
    for (name, format) in [
        ("two-arms.txt", Format::Solomon),
        ("two-arms.vrp", Format::Vrplib),
        ("own-clients.vrp", Format::Vrplib),
        ("lunch.json", Format::Pragmatic),
        ("../tiny/base.json", Format::Paidan),
    ] {
        assert_eq!(Format::of(&fixture(name)), format, "{name}");
    }
    assert_eq!(Format::of(BY_THE_STORE.as_bytes()), Format::Trsp);
    assert_eq!(Format::of(b"\xef\xbb\xbf \n {\n \"fleet\": "), Format::Pragmatic);
    assert_eq!(Format::of(b""), Format::Paidan);
    assert_eq!(Format::of(b"name : anything\nvehicles\n"), Format::Paidan);
}

#[test]
fn line_ends_tabs_and_a_byte_order_mark_change_nothing() {
    for name in ["two-arms.txt", "two-arms.vrp"] {
        let plain = question(name);
        let text = String::from_utf8(fixture(name)).expect("UTF-8");
        let other = format!("\u{feff}{}", text.replace(' ', "\t").replace('\n', "\r\n"));
        let other = ask(other.as_bytes()).unwrap_or_else(|flaws| panic!("{name}: {flaws:?}"));
        assert_eq!(solve(&plain), solve(&other), "{name}");
    }
}

#[test]
fn who_has_a_prize_is_served_only_where_that_costs_less() {
    let text = String::from_utf8(fixture("prizes.vrp")).expect("UTF-8");
    let answer = |prize: &str| {
        let text = text.replace("\n3 7.9\n", &format!("\n3 {prize}\n"));
        let question = ask(text.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let plan = solve(&question);
        assert_eq!(judge(&question, &plan), [], "{prize}");
        let text = write_solution(&question.problem, &plan, terms(&question));
        let read = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let read = read.unwrap_or_else(|flaws| panic!("{prize}: {flaws:?}"));
        assert_eq!(Plan { run: plan.run, ..read }, plan, "{prize}");
        (routes(&text), text.lines().last().unwrap_or_default().to_owned())
    };
    assert_eq!(answer("7.9"), (vec![vec![1, 3, 4]], "Cost 289".to_owned()));
    assert_eq!(answer("8.1"), (vec![vec![1, 2, 3, 4]], "Cost 290".to_owned()));
    assert_eq!(answer("0"), (vec![vec![1, 2, 3, 4]], "Cost 290".to_owned()), "without a prize it must");
}

#[test]
fn a_solution_may_leave_out_whom_it_pays_for() {
    let question = question("prizes.vrp");
    let breaches = |text: &str| -> Vec<String> {
        let plan = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let plan = plan.expect("it can be read");
        judge(&question, &plan).iter().map(|breach| breach.code.as_str().to_owned()).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(breaches("Route #1: 1\nCost 300\n"), none, "dear, but sound");
    assert_eq!(breaches("Route #1: 1\nCost 100\n"), ["plan-price"]);
    assert_eq!(breaches("Route #1: 3\nCost 190\n"), ["ticket-missing"], "the first has no prize");
}

#[test]
fn where_nothing_else_tells_how_numbers_count_the_stated_cost_does() {
    let text = String::from_utf8(fixture("prizes.vrp")).expect("UTF-8");
    let question = ask(text.replace("SECTION\n1 0\n2 0\n3 7.9", "SECTION\n1 0\n2 1\n3 7.9").as_bytes());
    let question = question.unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let served = |text: &str| {
        let plan = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let plan = plan.expect("it can be read");
        assert_eq!(judge(&question, &plan), [], "{text}");
        question.problem.ticket(plan.routes[0].stops[0].ticket).id.to_string()
    };
    assert_eq!(served("Route #1: 3\nCost 200\n"), "4");
    assert_eq!(served("Route #1: 3\nCost 311\n"), "3");
    assert_eq!(served("Route #1: 3\n"), "4");
}

#[test]
fn fewest_vehicles_and_prizes_are_refused_together() {
    let beside = Beside { objective: Objective::Vehicles, ..Beside::default() };
    let flaws =
        read_question(Format::Vrplib, &fixture("prizes.vrp"), beside).expect_err("it is refused");
    assert_eq!((flaws.len(), flaws[0].code), (1, Code::NotSupported));
    assert!(flaws[0].found.contains("the fewest vehicles are none"), "{flaws:?}");
}

#[test]
fn vehicles_come_before_distance_where_that_is_asked_for() {
    // All demands fit one vehicle, and windows are wide; two arms of 20 each are shorter than one round.
    let text = String::from_utf8(fixture("two-arms.txt")).expect("UTF-8");
    let wide =
        text.replace("  3          25", "  3          99").replace("  20         10", " 100         10");
    let wide = wide.replace("  12         40 ", "   0        100 ");
    let routes_of = |objective| {
        let bytes = wide.as_bytes();
        let question = read_question(Format::Solomon, bytes, Beside { objective, ..Beside::default() });
        let question = question.unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let plan = solve(&question);
        assert_eq!(judge(&question, &plan), []);
        let text = write_solution(&question.problem, &plan, terms(&question));
        let read = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let read = read.unwrap_or_else(|flaws| panic!("{flaws:?}"));
        assert_eq!(Plan { run: plan.run, ..read }, plan);
        (plan.routes.len(), text.lines().last().unwrap_or_default().to_owned())
    };
    // 5 1 2 4 3: 1.415 + 3.606 + 5 + 12 + 5 + 5, each leg rounded up.
    assert_eq!(routes_of(Objective::Vehicles), (1, "Cost 32.021".to_owned()));
}

#[test]
fn a_published_route_that_is_just_in_time_is_not_called_late() {
    // sqrt(80) + sqrt(82) = 17.99966, in time for 18; each leg rounded up it is 18.001.
    let text =
        "JUST-IN-TIME\nVEHICLE\n1 9\nCUSTOMER\n0 0 0 0 0 100 0\n1 8 4 1 0 100 0\n2 17 5 1 0 18 0\n";
    let judged = |purpose| {
        let beside = Beside { objective: Objective::Vehicles, purpose, ..Beside::default() };
        let question = read_question(Format::Solomon, text.as_bytes(), beside);
        let question = question.unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let told = b"Route #1: 1 2\nCost 35.7197\n";
        let plan = read_solution(&question.problem, told, terms(&question)).expect("it can be read");
        judge(&question, &plan).iter().map(|breach| breach.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(judged(Purpose::Judge), [""; 0]);
    assert_eq!(judged(Purpose::Plan), ["window"], "what is planned must keep a margin");
}

#[test]
fn where_the_time_on_the_road_is_limited_a_solution_leaves_as_late_as_it_can() {
    let text = String::from_utf8(fixture("own-clients.vrp")).expect("UTF-8");
    // Node 2 opens at 50: who leaves for node 4 at 0 is away for 60 and more, who leaves at 40 for 20.02.
    let short = text.replace("DURATION: 100", "DURATION: 21").replace("2\t0\t60", "2\t50\t60");
    let question = ask(short.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let told = b"Route #1: 3\nRoute #3: 4 2\nCost 20020\n";
    let plan = read_solution(&question.problem, told, terms(&question)).expect("it can be read");
    assert_eq!(judge(&question, &plan), []);
    assert_eq!(judge(&question, &solve(&question)), []);
}

#[test]
fn a_longest_duration_and_a_price_for_every_vehicle_are_kept() {
    let text = String::from_utf8(fixture("two-arms.vrp")).expect("UTF-8");
    let cost = |more: &str| {
        let text = text.replace("CAPACITY : 25", &format!("CAPACITY : 50\n{more}"));
        let question = ask(text.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let plan = solve(&question);
        assert_eq!((judge(&question, &plan), plan.unserved.len()), (Vec::new(), 0), "{more}");
        let text = write_solution(&question.problem, &plan, terms(&question));
        let read = read_solution(&question.problem, text.as_bytes(), terms(&question));
        let read = read.unwrap_or_else(|flaws| panic!("{more}: {flaws:?}"));
        assert_eq!(Plan { run: plan.run, ..read }, plan, "{more}");
        (plan.routes.len(), terms(&question).cost(&plan).0)
    };
    // One round: 0 6 2 3 5 4 0 = 1 + 4 + 5 + 12 + 5 + 5.
    assert_eq!(cost("COMMENT : none"), (1, 32));
    assert_eq!(cost("DISTANCE : 31"), (2, 40));
    assert_eq!(cost("VEHICLES_MAX_DURATION : 31"), (2, 40));
    assert_eq!(cost("VEHICLES_MAX_DISTANCE : 31"), (2, 40));
    assert_eq!(cost("VEHICLES_FIXED_COST : 100"), (1, 132));
}

#[test]
fn a_pragmatic_problem_is_solved_as_on_paper_and_answered_with_its_own_ids() {
    let (text, matrix) = (fixture("lunch.json"), fixture("lunch.matrix.json"));
    let beside = Beside { matrices: &[&matrix], ..Beside::default() };
    let question = read_question(Format::Pragmatic, &text, beside).expect("it is sound");
    let plan = solve(&question);
    assert_eq!(judge(&question, &plan), []);
    assert_eq!((plan.price.priority_lost, plan.price.unserved), (7, 1));

    let answer: serde_json::Value =
        serde_json::from_slice(&question.answer.write(&question.problem, &plan)).expect("JSON");
    let tours = answer["tours"].as_array().expect("a list");
    let vehicles: Vec<&str> = tours.iter().filter_map(|tour| tour["vehicleId"].as_str()).collect();
    assert_eq!(vehicles, ["ada_1", "bob_2"]);
    let jobs = |tour: usize| -> Vec<&str> {
        let stops = tours[tour]["stops"].as_array().expect("a list").iter();
        stops.filter_map(|stop| stop["activities"][0]["jobId"].as_str()).collect()
    };
    assert_eq!(jobs(0), ["departure", "boiler", "arrival"]);
    assert_eq!(jobs(1), ["departure", "parcel"], "an open end has no arrival");
    assert_eq!(tours[1]["stops"][0]["load"], serde_json::json!([2, 1]));
    assert_eq!(tours[1]["stops"][1]["load"], serde_json::json!([0, 0]));
    assert_eq!(tours[1]["stops"][1]["activities"][0]["jobTag"], "door");
    let ada = &tours[0]["statistic"];
    assert_eq!((&ada["distance"], &ada["duration"]), (&12_000.into(), &4800.into()));
    // Fixed 10, 12 km at 0.001 a metre, 80 minutes at 0.01 a second.
    assert_eq!(ada["cost"], 70.0);
    // Bob's 10, 9 km and 31 minutes.
    assert_eq!(answer["statistic"]["cost"], 70.0 + 37.6);
    assert_eq!(answer["unassigned"][0]["jobId"], "heavy");
    assert_eq!(answer["unassigned"][0]["reasons"][0]["code"], "CAPACITY_CONSTRAINT");
}

#[test]
fn a_job_that_is_picked_up_and_delivered_is_two_stops_of_one_tour() {
    let text = fixture("two-cars.json");
    let (van, bike) = (fixture("two-cars.van.json"), fixture("two-cars.bike.json"));
    let beside = Beside { matrices: &[&bike, &van], ..Beside::default() };
    let question = read_question(Format::Pragmatic, &text, beside);
    let question = question.unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let plan = solve(&question);
    assert_eq!((judge(&question, &plan), plan.unserved.len()), (Vec::new(), 0));
    let answer: serde_json::Value =
        serde_json::from_slice(&question.answer.write(&question.problem, &plan)).expect("JSON");
    let tours = answer["tours"].as_array().expect("a list");
    let told: Vec<(&str, &str)> = tours
        .iter()
        .flat_map(|tour| tour["stops"].as_array().expect("a list"))
        .map(|stop| &stop["activities"][0])
        .filter_map(|act| Some((act["jobId"].as_str()?, act["type"].as_str()?)))
        .collect();
    let chest = [("chest", "pickup"), ("chest", "delivery")];
    assert_eq!(told, [&[("departure", "departure")], &chest[..], &[("arrival", "arrival")]].concat());
    let loads: Vec<&serde_json::Value> =
        tours[0]["stops"].as_array().expect("a list").iter().map(|stop| &stop["load"][0]).collect();
    assert_eq!(loads, [0, 3, 0, 0]);
    assert_eq!(
        (tours[0]["vehicleId"].as_str(), &answer["statistic"]["cost"]),
        (Some("van_1"), &48.0.into())
    );
}

#[test]
fn few_tours_come_first_unless_the_objectives_say_otherwise() {
    let text = String::from_utf8(fixture("two-cars.json")).expect("UTF-8");
    let (van, bike) = (fixture("two-cars.van.json"), fixture("two-cars.bike.json"));
    let tours = |text: &str| {
        let beside = Beside { matrices: &[&bike, &van], ..Beside::default() };
        let question = read_question(Format::Pragmatic, text.as_bytes(), beside);
        let question = question.unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let plan = solve(&question);
        assert_eq!(judge(&question, &plan), []);
        plan.routes.len()
    };
    let letter = r#"{"id": "letter", "deliveries": [{"places": [{"location": {"index": 3}, "duration": 0}], "demand": [1]}]},"#;
    let both = text.replace("\"jobs\": [", &format!("\"jobs\": [{letter}"));
    assert_eq!(tours(&both), 1, "the bike would bring the letter for 2.4, not 14");
    let cost = both.replacen(
        '{',
        r#"{"objectives": [{"type": "minimize-unassigned"}, {"type": "minimize-cost"}],"#,
        1,
    );
    assert_eq!(tours(&cost), 2);
}

#[test]
fn what_a_pragmatic_plan_will_not_honour_is_said() {
    let (text, matrix) = (fixture("lunch.json"), fixture("lunch.matrix.json"));
    let beside = Beside { matrices: &[&matrix], ..Beside::default() };
    let question = read_question(Format::Pragmatic, &text, beside).expect("it is sound");
    let paths: Vec<&str> =
        question.differences.iter().map(|difference| difference.path.as_str()).collect();
    assert_eq!(paths, ["fleet.vehicles[0].costs.time", "fleet.vehicles[0].shifts[0].breaks[0]"]);
}

/// Technicians of our own making, all on one line. Only 2 and 3 have skill 1, and who goes to 8 must fetch its part.
///
/// 1 leaves at 40, serves 4 from 50 to 55, waits until 75, serves 5 and is back at 100: 40 on the road, 10 of work and
/// 10 of waiting. 2 fetches what 7 and 8 ask for at the depot and goes from end to end of 6 to 9: 68 on the road and
/// 20 of work. 3 lives too far off to be of use, though with the tool that 7 asks for.
pub const BY_THE_STORE: &str = "\
BY-THE-STORE

INFO
CREW COUNT  SKILLS  TOOLS  SPARE PARTS
3           2       1      1

DEPOT TECHNICIANS AND REQUESTS
ID  X     Y    TWS  TWE  Serv  SKILLS   TOOLS   SPARE PARTS
0   0     0    0    200  0     []    \t[]   \t[]
1   10    0    0    200  0     [0]   \t[0]  \t[2]
2   -10   0    0    200  0     [0,1] \t[]   \t[0]
3   -100  0    0    200  0     [1]   \t[0]  \t[0]
4   20    0    50   50   5     [0]   \t[0]  \t[1]
5   30    0    75   80   5     [0]   \t[]   \t[0]
6   -20   0    0    200  5     [0]   \t[]   \t[0]
7   -30   0    0    200  5     [1]   \t[0]  \t[0]
8   4     0    0    200  5     [1]   \t[]   \t[1]
9   -5    0    0    200  5     [0]   \t[]   \t[0]
";

/// That instance with travel by a table, the depot twice, as published ones have it.
pub fn by_the_store_in_tables() -> String {
    let at = [0_i32, 10, -10, -100, 20, 30, -20, -30, 4, -5, 0];
    let mut table = String::new();
    for (from, x) in at.iter().enumerate() {
        let times: Vec<String> = at.iter().map(|to| format!("{}.0000", (x - to).abs())).collect();
        let _ = writeln!(table, "{from};{}", times.join(";"));
    }
    // Coordinates and distances must not count where there are travel times.
    let nowhere = BY_THE_STORE.replace("4   20    0 ", "4   0.0   0 ").replace("9   -5 ", "9   0.0");
    format!("{nowhere}\nDISTANCES\n0;0\nnothing\nTRAVEL TIMES\n{table}")
}

#[test]
fn technicians_go_by_the_depot_for_what_they_lack_and_are_away_as_short_as_can_be() {
    let question = ask(BY_THE_STORE.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let plan = solve(&question);
    assert_eq!(judge(&question, &plan), []);
    assert_eq!((plan.price, question.decimals), (Price::of(Seconds(148_000)), 3));
    let [first, second] = &plan.routes[..] else { panic!("3 stays at home: {plan:?}") };
    let served = |n: usize| -> Vec<&str> {
        let mut ids: Vec<&str> =
            plan.routes[n].stops.iter().map(|stop| &*question.problem.ticket(stop.ticket).id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!((first.shift, served(0)), (ShiftIx::nth(0), vec!["4", "5"]));
    assert_eq!((first.leave, first.back), (Moment(40_000), Moment(100_000)));
    assert!(first.stops.iter().all(|stop| stop.fetch_at.is_none()), "1 has what it takes");
    assert_eq!((second.shift, served(1)), (ShiftIx::nth(1), vec!["6", "7", "8", "9"]));
    assert_eq!(second.back - second.leave, Seconds(88_000));
    assert_eq!(second.stops.iter().filter(|stop| stop.fetch_at.is_some()).count(), 1);

    let answer = question.answer.write(&question.problem, &plan);
    assert_eq!(read_plan(&question.problem, &answer).as_ref(), Ok(&plan));
}

#[test]
fn technicians_travel_by_a_table_where_there_is_one() {
    let [straight, table] = [BY_THE_STORE.to_owned(), by_the_store_in_tables()].map(|text| {
        let question = ask(text.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
        solve(&question)
    });
    assert_eq!(straight, table);
}

#[test]
fn rows_of_technicians_may_come_in_any_order_and_spelling() {
    let (head, rows) = BY_THE_STORE.split_once("ID ").expect("it has columns");
    let mut lines: Vec<&str> = rows.lines().skip(1).collect();
    lines.reverse();
    let other = format!("\u{feff}{head}{}", lines.join("\n"))
        .replace("DEPOT TECHNICIANS", "Depot\tTechnicians")
        .replace("[0,1]", "[ 0 , 1 ]")
        .replace("  200", "  200.0")
        .replace('\n', "\r\n");
    let [plain, other] = [BY_THE_STORE, &other]
        .map(|text| solve(&ask(text.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"))));
    assert_eq!(plain, other);
}

#[test]
fn travel_of_technicians_goes_to_the_nearest_thousandth_and_without_goods_there_is_no_depot() {
    let price = |point: &str| {
        let rows = format!("0 9 9 0 1 0 [] [] []\n1 0 0 5 99 0 [] [] []\n2 {point} 0 99 1.5 [] [] []\n");
        let text = format!("X\nCREW COUNT\n1 0 0 0\nDEPOT TECHNICIANS AND REQUESTS\n{rows}");
        let question = ask(text.as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
        assert_eq!(question.problem.depots().len(), 0);
        let plan = solve(&question);
        assert_eq!(judge(&question, &plan), []);
        plan.price
    };
    // 1.41421... and 1.73205..., there and back.
    assert_eq!(price("1 1"), Price::of(Seconds(2 * 1414 + 1500)));
    assert_eq!(price("1 1.41421356"), Price::of(Seconds(2 * 1732 + 1500)));
    assert_eq!(price("0.0004 0"), Price::of(Seconds(1500)));
    assert_eq!(price("0.0005 0"), Price::of(Seconds(2 + 1500)));
}
