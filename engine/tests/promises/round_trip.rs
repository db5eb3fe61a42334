//! What is written is read again as it was.
#![allow(clippy::disallowed_methods, reason = "a test may look at the clock; the engine may not")]

use geo::{LineString, MultiPolygon, Polygon};
use paidan_engine::depot::DepotDraft;
use paidan_engine::engineer::{
    BreakDraft, BreakTimes, Day, EngineerDraft, PlaceDraft, Rates, ShiftDraft, SkillDraft, Stamp,
};
use paidan_engine::geo::{Area, LatLon};
use paidan_engine::ids::{DepotIx, ShiftIx, TicketIx};
use paidan_engine::plan::{
    Bound, Ended, Plan, PlannedBreak, PlannedRoute, PlannedStop, Reason, Run, Unserved,
};
use paidan_engine::policy::Otherwise;
use paidan_engine::problem::{Draft, Problem, RouteDraft, Table, TerritoryDraft, TravelSpec};
use paidan_engine::receipt::Receipt;
use paidan_engine::rule::{Barrier, Line};
use paidan_engine::ticket::{
    BegunDraft, Conversation, NeedDraft, PinDraft, TandemDraft, TicketDraft, TicketType, Window,
};
use paidan_engine::units::{Moment, Price, Seconds};
use paidan_engine::visit::VisitDraft;
use paidan_engine::wire;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus as Random;

use crate::fixtures::bytes_of;

fn base() -> Problem {
    wire::read_problem(&bytes_of("tiny/base.json")).expect("the base is sound")
}

/// The base with two depots.
fn with_depots() -> Problem {
    let mut draft = wire::read_draft(&bytes_of("tiny/base.json")).expect("the base is sound");
    let place = draft.tickets[0].place;
    draft.depots =
        (0..2).map(|n| DepotDraft { id: format!("D-{n}"), place, ..DepotDraft::default() }).collect();
    Problem::new(draft).expect("the base is sound with depots too")
}

/// Something or nothing.
fn maybe<T>(random: &mut Random, some: impl FnOnce(&mut Random) -> T) -> Option<T> {
    random.random_bool(0.5).then(|| some(random))
}

fn moment(random: &mut Random) -> Moment {
    Moment(random.random_range(0..=Moment::LAST.0))
}

fn offset(random: &mut Random) -> i32 {
    random.random_range(-95..=95) * 900
}

fn place(random: &mut Random) -> PlaceDraft {
    let point =
        LatLon { lat: random.random_range(-90.0..=90.0), lon: random.random_range(-180.0..=180.0) };
    PlaceDraft { point: Some(point), row: maybe(random, |random| random.random_range(0..9)) }
}

/// Names with amounts, in the order in which a document keeps them.
fn amounts(random: &mut Random) -> Vec<(String, i64)> {
    (0..random.random_range(0..4))
        .map(|n| (format!("good \"{n}\""), random.random_range(0..99)))
        .collect()
}

fn depot(n: usize, random: &mut Random) -> DepotDraft {
    DepotDraft {
        id: format!("D-{n}"),
        place: place(random),
        fetch: maybe(random, |random| Seconds(random.random_range(0..90_000))).unwrap_or_default(),
    }
}

fn engineer(n: usize, random: &mut Random) -> EngineerDraft {
    let skills = (0..random.random_range(0..4))
        .map(|k| SkillDraft {
            name: format!("skill {k}"),
            level: random.random_range(1..=5),
            valid_until: maybe(random, |random| Day(random.random_range(0..80_000))),
        })
        .collect();
    let shifts = (0..random.random_range(0..3))
        .map(|_| {
            let start = moment(random);
            // No document may name a shift of more than a week.
            let length = random.random_range(-86_400..=7 * 86_400);
            let end = Moment((start.0 + length).clamp(0, Moment::LAST.0));
            (start, end)
        })
        .collect::<Vec<(Moment, Moment)>>()
        .into_iter()
        .map(|(start, end)| ShiftDraft {
            start: Stamp { moment: start, offset_s: offset(random) },
            end: Stamp { moment: end, offset_s: offset(random) },
            breaks: vec![pause(random)],
            max_tickets: maybe(random, |random| random.random_range(0..9)),
            max_work: maybe(random, |random| Seconds(random.random_range(0..90_000))),
            max_drive: maybe(random, |random| Seconds(random.random_range(0..90_000))),
            max_metres: maybe(random, |random| random.random_range(0..900_000)),
            max_span: maybe(random, |random| Seconds(random.random_range(0..90_000))),
        })
        .collect();
    EngineerDraft {
        id: format!("E-{n}"),
        home: maybe(random, place),
        start: maybe(random, place),
        end: maybe(random, place),
        open_start: random.random_bool(0.5),
        open_end: random.random_bool(0.5),
        position: maybe(random, place),
        position_at: maybe(random, moment),
        skills,
        shifts,
        absences: vec![(moment(random), moment(random))],
        territories: vec!["W".to_owned()],
        stock: amounts(random),
        capacity: amounts(random),
        speed_permille: random.random_range(100..=10_000),
        profile: maybe(random, |_| "van".to_owned()),
        class: maybe(random, |_| "two-up".to_owned()),
        rates: maybe(random, |random| Rates {
            callout: Seconds(random.random_range(0..9000)),
            drive: random.random_range(0..9000),
            metre: random.random_range(0..9000),
            work: random.random_range(0..9000),
            wait: random.random_range(0..9000),
            guarantee: random.random_range(0..9000),
            guaranteed: Seconds(random.random_range(0..9000)),
        })
        .unwrap_or_default(),
    }
}

fn pause(random: &mut Random) -> BreakDraft {
    let length = Seconds(random.random_range(0..7200));
    if random.random_bool(0.5) {
        let of_day = |random: &mut Random| Seconds(random.random_range(0..86_400));
        return BreakDraft::daily(of_day(random), of_day(random), length);
    }
    let windows = vec![Window { start: moment(random), end: moment(random) }];
    BreakDraft { times: BreakTimes::Starts(windows), length, max_load: amounts(random) }
}

/// Classes with lengths, in the order in which a document keeps them.
fn by_class(random: &mut Random) -> Vec<(String, Seconds)> {
    amounts(random).into_iter().map(|(class, length)| (class, Seconds(length))).collect()
}

fn ticket(n: usize, random: &mut Random) -> TicketDraft {
    let names = |random: &mut Random| {
        (0..random.random_range(0..3)).map(|k| format!("E-{k}")).collect::<Vec<String>>()
    };
    TicketDraft {
        id: format!("T-{n}"),
        customer: maybe(random, |_| "Zoë & sons\n".to_owned()),
        asset: maybe(random, |_| "boiler".to_owned()),
        issue: maybe(random, |_| "no-heat".to_owned()),
        kind: TicketType::ALL[random.random_range(0..4)],
        place: place(random),
        work: Seconds(random.random_range(0..90_000)),
        work_by_class: by_class(random),
        setup: Seconds(random.random_range(0..900)),
        setup_by_class: by_class(random),
        requires: vec![NeedDraft {
            skill: "gas".to_owned(),
            level: random.random_range(1..=5),
            preferred: maybe(random, |random| random.random_range(1..=5)),
        }],
        windows: vec![Window { start: moment(random), end: moment(random) }],
        reported: maybe(random, moment),
        respond_by: maybe(random, moment),
        resolve_by: maybe(random, moment),
        priority: maybe(random, |random| random.random_range(0..=100)),
        tier: maybe(random, |_| "gold".to_owned()),
        conversation: maybe(random, |random| Conversation {
            keywords: random.random_range(0.0..9.0),
            baseline: random.random_range(0.1..9.0),
        }),
        parts: amounts(random),
        delivers: amounts(random),
        demand: amounts(random),
        follows: maybe(random, |_| "T-9".to_owned()),
        prize: maybe(random, |random| Seconds(random.random_range(0..90_000))),
        required: names(random),
        preferred: names(random),
        forbidden: names(random),
        crew: random.random_range(0..5),
        after: vec![format!("T-{}", n + 1)],
        tandem: maybe(random, |random| TandemDraft {
            with: "T-8".to_owned(),
            from: maybe(random, |random| Seconds(random.random_range(-900..900))),
            until: maybe(random, |random| Seconds(random.random_range(-900..900))),
        }),
        pin: maybe(random, |random| PinDraft {
            engineer: "E-0".to_owned(),
            start: maybe(random, moment),
        }),
        begun: maybe(random, |random| BegunDraft {
            engineers: vec!["E-0".to_owned(), "E-1".to_owned()],
            start: moment(random),
            until: maybe(random, moment),
        }),
    }
}

fn visit(n: usize, random: &mut Random) -> VisitDraft {
    VisitDraft {
        ticket: format!("T-{n}"),
        customer: "C".to_owned(),
        asset: maybe(random, |_| "boiler".to_owned()),
        issue: "no-heat".to_owned(),
        engineer: "E-0".to_owned(),
        start: moment(random),
        end: moment(random),
        resolved: random.random_bool(0.5),
        rating: maybe(random, |random| random.random_range(1..=5)),
    }
}

/// A draft of the right shape; whether it is sound is not asked here.
fn draft(random: &mut Random) -> Draft {
    let travel = if random.random_bool(0.5) {
        TravelSpec::Crow {
            speed_kmh: random.random_range(1.0..99.0),
            detour: random.random_range(1.0..2.0),
        }
    } else {
        let size = random.random_range(1..5);
        let mut cells = || (0..size * size).map(|_| random.random_range(0..9_999)).collect();
        TravelSpec::table(Table { size, seconds: cells(), metres: Some(cells()), costs: None })
    };
    let ring = LineString::from(vec![(-85.0, 39.0), (-84.0, 39.0), (-84.0, 40.0), (-85.0, 39.0)]);
    let hole = LineString::from(vec![(-84.5, 39.2), (-84.4, 39.2), (-84.4, 39.3), (-84.5, 39.2)]);
    let area = Area::new(MultiPolygon(vec![Polygon::new(ring, vec![hole])]));
    let mut draft = Draft {
        now: moment(random),
        offset_s: offset(random),
        travel,
        territories: vec![TerritoryDraft { id: "W".to_owned(), area }],
        depots: (0..random.random_range(0..4)).map(|n| depot(n, random)).collect(),
        engineers: (0..random.random_range(0..4)).map(|n| engineer(n, random)).collect(),
        tickets: (0..random.random_range(0..4)).map(|n| ticket(n, random)).collect(),
        visits: (0..random.random_range(0..4)).map(|n| visit(n, random)).collect(),
        routes: vec![RouteDraft {
            engineer: "E-0".to_owned(),
            shift: 3,
            tickets: vec!["T-0".to_owned()],
        }],
        ..Draft::default()
    };
    let policy = &mut draft.policy;
    policy.weights.skill = random.random_range(0.0..1.0);
    policy.reach = Seconds(random.random_range(60..86_400));
    policy.skill.work_permille[random.random_range(0..5)] = random.random_range(100..10_000);
    policy.binding.otherwise = Otherwise::Strict;
    policy.urgency.types = [1, 2, 3, 4];
    policy.urgency.tiers = vec![("gold".to_owned(), 9), ("tin".to_owned(), 1)];
    policy.sla[2].respond = maybe(random, |random| Seconds(random.random_range(0..99_999)));
    policy.sla[0].respond = None;
    policy.max_work = maybe(random, |random| Seconds(random.random_range(0..99_999)));
    draft
}

fn receipt(random: &mut Random) -> Receipt {
    let mut receipt = Receipt::default();
    for _ in 0..random.random_range(0..6) {
        let line = Line::ALL[random.random_range(0..Line::ALL.len())];
        receipt.charge(line, Seconds(random.random_range(-9_999..9_999)));
    }
    receipt
}

/// A plan of the right shape; whether anyone could drive it is not asked here.
fn plan(problem: &Problem, random: &mut Random) -> Plan {
    let tickets = problem.tickets().len() as u32;
    let any_ticket = |random: &mut Random| TicketIx(random.random_range(0..tickets));
    let depots = problem.depots().len() as u32;
    let seconds = |random: &mut Random| Seconds(random.random_range(-999..99_999));
    let routes = (0..random.random_range(0..4))
        .map(|_| PlannedRoute {
            shift: ShiftIx(random.random_range(0..problem.shifts().len() as u32)),
            leave: moment(random),
            stops: (0..random.random_range(0..4))
                .map(|_| PlannedStop {
                    ticket: any_ticket(random),
                    fetch_at: maybe(random, |random| DepotIx(random.random_range(0..depots))),
                    drive: seconds(random),
                    arrival: moment(random),
                    start: moment(random),
                    departure: moment(random),
                    receipt: receipt(random),
                })
                .collect(),
            breaks: vec![PlannedBreak { start: moment(random), end: moment(random) }],
            drive_back: seconds(random),
            back: moment(random),
            receipt: receipt(random),
        })
        .collect();
    let unserved = (0..random.random_range(0..5))
        .map(|_| Unserved {
            ticket: any_ticket(random),
            reason: match random.random_range(0..4) {
                0 => Reason::Impossible(
                    Barrier::ALL
                        .into_iter()
                        .filter_map(|barrier| maybe(random, |random| (barrier, random.random())))
                        .collect(),
                ),
                1 => Reason::LostTrade { able: random.random() },
                2 => Reason::TooFewTogether { able: random.random(), together: random.random() },
                _ => Reason::PredecessorUnserved(any_ticket(random)),
            },
        })
        .collect();
    let ends =
        [Ended::Running, Ended::Rounds, Ended::Deadline, Ended::Stale, Ended::Cancelled, Ended::Proven];
    Plan {
        routes,
        unserved,
        receipt: receipt(random),
        price: Price {
            priority_lost: random.random_range(-9..9_999),
            unserved: random.random_range(0..9),
            seconds: seconds(random),
        },
        bound: maybe(random, |random| Bound {
            lost: Price {
                priority_lost: random.random_range(0..9_999),
                unserved: random.random_range(0..9),
                seconds: Seconds::ZERO,
            },
            seconds: seconds(random),
        }),
        run: Run {
            seed: random.random(),
            rounds: random.random(),
            ended: ends[random.random_range(0..ends.len())],
        },
    }
}

proptest! {
    #[test]
    fn a_draft_is_read_as_it_was_written(seed in any::<u64>()) {
        let written = draft(&mut Random::seed_from_u64(seed));
        let bytes = wire::write_problem(&written);
        let read = wire::read_draft(&bytes).expect("what is written can be read");
        prop_assert_eq!(format!("{written:?}"), format!("{read:?}"));
        prop_assert_eq!(bytes, wire::write_problem(&read));
    }

    #[test]
    fn a_plan_is_read_as_it_was_written(seed in any::<u64>()) {
        let problem = with_depots();
        let written = plan(&problem, &mut Random::seed_from_u64(seed));
        let bytes = wire::write_plan(&problem, &written);
        let read = wire::read_plan(&problem, &bytes).expect("what is written can be read");
        prop_assert_eq!(&written, &read);
        prop_assert_eq!(bytes, wire::write_plan(&problem, &read));
    }
}

#[test]
fn moments_that_no_format_can_show_are_written_all_the_same() {
    let problem = with_depots();
    let mut written = plan(&problem, &mut Random::seed_from_u64(7));
    for moment in [Moment::PAST, Moment::NEVER, Moment(i64::MIN), Moment(i64::MAX)] {
        for route in &mut written.routes {
            (route.leave, route.back) = (moment, moment);
        }
        assert!(wire::read_plan(&problem, &wire::write_plan(&problem, &written)).is_ok());
    }
}

#[test]
fn a_plan_for_another_problem_or_with_wrong_sums_is_refused() {
    let problem = base();
    let at = "2026-06-10T09:00:00-04:00";
    let text = format!(
        r#"{{"routes": [{{"engineer": "E-zoe", "shift": 0, "leave": "{at}", "stops": [{{"ticket": "T-9",
        "fetch_at": "D-9", "drive_s": 1, "arrival": "{at}", "start": "{at}", "departure": "soon", "receipt": {{"driving": 1, "total": 2}}}}],
        "drive_back_s": 9223372036854775807, "back": "{at}", "receipt": {{"total": 0}}}},
        {{"engineer": "E-ada", "shift": 4, "leave": "{at}", "stops": [], "drive_back_s": 0, "back": "{at}",
        "receipt": {{"driven": 5, "total": 0}}}}],
        "unserved": [{{"ticket": "T-1", "reason": {{"code": "impossible", "barriers": {{"skil": 1}}, "able": 2}}}},
        {{"ticket": "T-2", "reason": {{"code": "lost-the-trade"}}}}],
        "receipt": {{"total": 0}}, "price": {{"priority_lost": 0, "unserved": 2, "seconds": 1}},
        "run": {{"engine": "0", "seed": 1, "rounds": 1, "ended": "never"}}}}"#
    );
    let flaws = wire::read_plan(&problem, text.as_bytes()).expect_err("it is for another problem");
    let mut told: Vec<String> =
        flaws.iter().map(|flaw| format!("{} {}", flaw.path, flaw.code.as_str())).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "routes[0].drive_back_s out-of-range",
            "routes[0].engineer unknown-reference",
            "routes[0].stops[0].departure bad-time",
            "routes[0].stops[0].fetch_at unknown-reference",
            "routes[0].stops[0].receipt contradiction",
            "routes[0].stops[0].ticket unknown-reference",
            "routes[1].receipt.driven unknown-key",
            "routes[1].shift unknown-reference",
            "run.ended wrong-type",
            "unserved[0].reason.able unknown-key",
            "unserved[0].reason.barriers.skil unknown-key",
            "unserved[1].reason.able missing-key",
        ]
    );
}

/// `cargo test --release -p paidan-engine round_trip -- --ignored --nocapture`
#[test]
#[ignore = "prints times; for a release build"]
fn a_hundred_thousand_tickets_are_read_in_about_a_second() {
    let mut random = Random::seed_from_u64(1);
    let mut draft = Draft { offset_s: -14_400, ..Draft::default() };
    draft.tickets = (0..100_000).map(|n| ticket(n, &mut random)).collect();
    draft.engineers = (0..2_000).map(|n| engineer(n, &mut random)).collect();
    draft.visits = (0..100_000).map(|n| visit(n, &mut random)).collect();
    let text = wire::write_problem(&draft);
    let timed = |name: &str, bytes: &[u8]| {
        let started = std::time::Instant::now();
        let flaws = wire::read_draft(bytes).err().map_or(0, |flaws| flaws.len());
        println!("{name}: {} bytes, {flaws} flaws, {:?}", bytes.len(), started.elapsed());
    };
    timed("whole, indented", &text);
    let value: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    let dense = value.to_string();
    timed("whole, dense", dense.as_bytes());
    // The flaws of a text over the limit for repairs are not told together, so take less of it.
    draft.tickets.truncate(50_000);
    draft.visits.truncate(50_000);
    let dense = serde_json::to_string(&wire::problem_doc(&draft)).expect("it is JSON");
    timed("one unknown key at the end", dense.replace("\"visits\"", "\"visit\"").as_bytes());
    timed("every ticket broken", dense.replace("\"work_s\":", "\"work_s\":\"x\",\"work\":").as_bytes());
    let moment = || std::hint::black_box("2026-06-10T08:00:00-04:00");
    let visit = format!(
        r#"{{"ticket":"T","customer":"C","issue":"I","engineer":"E","start":"{0}","end":"{0}","resolved":true}}"#,
        moment()
    );
    let started = std::time::Instant::now();
    for _ in 0..100_000 {
        std::hint::black_box(wire::read_visit(visit.as_bytes()).is_ok());
    }
    println!("a visit with two moments: {:?}", started.elapsed() / 100_000);
    let started = std::time::Instant::now();
    for n in 0..1_000_000 {
        std::hint::black_box(wire::rfc3339(Moment(1_781_092_800 + n), -14_400));
    }
    println!("writing a moment: {:?}", started.elapsed() / 1_000_000);
}
