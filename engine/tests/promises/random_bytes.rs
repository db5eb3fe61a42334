//! Whatever bytes come in, every reader answers: no panic, no overflow, no endless loop.
//!
//! `PROPTEST_CASES` sets the number of cases. `FUZZ_SECONDS=600` goes on with fresh seeds for ten minutes
//! more; a failure names the seed.
#![allow(clippy::disallowed_methods, reason = "a test may look at the clock; the engine may not")]

use std::time::{Duration, Instant, SystemTime};

use paidan_engine::check::check;
use paidan_engine::flaw::Flaw;
use paidan_engine::plan::Plan;
use paidan_engine::problem::{Problem, TravelSpec};
use paidan_engine::wire::solution::read_solution;
use paidan_engine::wire::{self, vroom};
use paidan_engine::wire::{Answer, Beside, Format, Objective, Purpose, Question, read_question};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus as Random;
use serde_json::{Value, json};

use crate::fixtures::{bytes_of, fixture};
use crate::home_care;
use crate::published_formats::{BY_THE_STORE, by_the_store_in_tables};

/// No reader may take longer for one of these small texts, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(5);
/// Most memory that the whole run may ever have taken.
const MOST_KIB: u64 = 1 << 20;
const FORMATS: [Format; 7] = [
    Format::Paidan,
    Format::Solomon,
    Format::Vrplib,
    Format::Trsp,
    Format::Pragmatic,
    Format::Vroom,
    Format::Uhhc,
];

/// The most memory that this process has ever held, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Texts that every reader knows, rich enough that most keys of the format occur.
struct Texts {
    problem: Problem,
    /// An instance for solution texts, and a problem for matrices.
    instance: Question,
    pragmatic: Vec<u8>,
    /// A home healthcare instance, for solutions.
    care: Question,
    valid: Vec<Vec<u8>>,
}

impl Texts {
    fn new() -> Texts {
        let base = bytes_of("tiny/base.json");
        let problem = wire::read_problem(&base).expect("the base is sound");
        let mut rich: Value = serde_json::from_slice(&base).expect("the base is JSON");
        rich["territories"] = json!([{"id": "W", "area": {"type": "Polygon", "coordinates":
            [[[-85.0, 39.0], [-84.0, 39.0], [-84.0, 40.0], [-85.0, 39.0]]]}}]);
        rich["routes"] = json!([{"engineer": "E-ada", "shift": 0, "tickets": ["T-1", "T-2"]}]);
        rich["policy"] = json!({"weights": {"skill": 0.3, "proximity": 0.35, "history": 0.25, "load": 0.1},
            "reach_s": 3600, "skill": {"work_by_level": {"1": 1.5}}, "binding": {"otherwise": "strict"},
            "urgency": {"types": {"repair": 50}, "tiers": {"gold": 10}}, "max_work_s": 30000,
            "sla": {"repair": {"respond_s": 3600, "resolve_s": 7200}}, "overtime": {"max_s": 1800}});
        rich["engineers"][0]["territories"] = json!(["W"]);
        rich["engineers"][0]["absences"] =
            json!([{"start": "2026-06-10T10:00:00-04:00", "end": "2026-06-10T11:00:00-04:00"}]);
        rich["engineers"][0]["speed_factor"] = json!(1.25);
        rich["tickets"][0]["sla"] = json!({"respond_by": "2026-06-10T09:00:00-04:00"});
        rich["tickets"][0]["engineers"] = json!({"preferred": ["E-ada"], "forbidden": ["E-bob"]});
        rich["tickets"][0]["conversation"] = json!({"keywords": 3, "baseline": 1.5});
        rich["tickets"][1]["after"] = json!(["T-1"]);
        rich["tickets"][2]["pin"] = json!({"engineer": "E-bob", "start": "2026-06-10T13:00:00-04:00"});
        let table = json!({"now": "2026-06-10T07:00:00Z", "travel": {"kind": "table",
            "durations_s": [[0, 60], [60, 0]], "metres_m": [[0, 900], [900, 0]]},
            "engineers": [{"id": "E", "home": {"row": 0}}],
            "tickets": [{"id": "T", "place": {"row": 1}, "work_s": 600}]});
        let receipt = json!({"driving": 600, "skill": 5, "total": 605});
        let at = "2026-06-10T09:00:00-04:00";
        let plan = json!({"routes": [{"engineer": "E-ada", "shift": 0, "leave": at, "stops": [{"ticket": "T-1",
            "drive_s": 300, "arrival": at, "start": at, "departure": at, "receipt": receipt}],
            "breaks": [{"start": at, "end": at}], "drive_back_s": 300, "back": at, "receipt": receipt}],
            "unserved": [{"ticket": "T-2", "reason": {"code": "impossible", "barriers": {"skill": 2}}},
            {"ticket": "T-3", "reason": {"code": "lost-the-trade", "able": 1}}], "receipt": receipt,
            "price": {"priority_lost": 50, "unserved": 1, "seconds": 605},
            "run": {"engine": "0", "seed": 1, "rounds": 10, "ended": "rounds"}});
        let (ticket, visit) = (rich["tickets"][0].clone(), rich["visits"][0].clone());
        let vroom = json!({"vehicles": [{"id": 1, "start": [7.1, 46.1], "end_index": 1, "capacity": [4, 2],
            "skills": [1, 14], "time_window": [0, 40000], "speed_factor": 1.2, "profile": "car", "type": "a",
            "costs": {"fixed": 5, "per_hour": 3600, "per_km": 2, "per_task_hour": 10}, "max_tasks": 5,
            "max_travel_time": 9000, "max_distance": 100_000, "breaks": [{"id": 3, "service": 300,
            "time_windows": [[32400, 34200]], "max_load": [1, 1]}], "start_index": 0,
            "steps": [{"type": "start"}, {"type": "job", "id": 1, "service_after": 100},
            {"type": "break", "id": 3}, {"type": "pickup", "id": 5}, {"type": "delivery", "id": 6, "service_at": 900},
            {"type": "end"}]}],
            "jobs": [{"id": 1, "service": 300, "setup": 60, "delivery": [1, 1], "pickup": [0, 1], "skills": [1],
            "priority": 7, "location_index": 1, "time_windows": [[0, 900], [3600, 7200]],
            "service_per_type": {"a": 200}, "description": "x"}],
            "shipments": [{"amount": [1, 0], "skills": [14], "priority": 3,
            "pickup": {"id": 5, "location_index": 0, "service": 60},
            "delivery": {"id": 6, "location_index": 1, "time_windows": [[0, 9000]]}}],
            "matrices": {"car": {"durations": [[0, 700], [800, 0]], "distances": [[0, 9], [9, 0]],
            "costs": [[0, 5], [6, 0]]}}, "options": {"g": true, "c": false}});
        let crow = json!({"vehicles": [{"id": 1, "start": [7.1, 46.1]}], "jobs": [{"id": 2, "location": [7.2, 46.2]}]});
        let ours = [rich, table, plan, ticket, visit, vroom, crow];
        let mut valid = ours.map(|text| text.to_string().into_bytes()).to_vec();
        for solution in
            ["Route #1: 3\nRoute #2:\nRoute #3: 2 4\nCost 20020\n", "Route 1: 1 2\nCost: 9.5\n"]
        {
            valid.push(solution.as_bytes().to_vec());
        }
        let formats = fixture("formats");
        let mut files: Vec<_> = std::fs::read_dir(formats)
            .expect("the folder is there")
            .map(|entry| entry.expect("it can be read").path())
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        valid.extend(files.iter().map(|file| std::fs::read(file).expect("it can be read")));
        valid.extend([BY_THE_STORE.as_bytes().to_vec(), by_the_store_in_tables().into_bytes()]);
        let instance =
            read_question(Format::Vrplib, &bytes_of("formats/own-clients.vrp"), Beside::default());
        let instance = instance.expect("it is sound");
        let care =
            [home_care::street(), home_care::solution()].map(|text| text.to_string().into_bytes());
        valid.extend(care.clone());
        let [street, solution] = care;
        let care = read_question(Format::Uhhc, &street, Beside::default()).expect("it is sound");
        let texts = Texts { problem, instance, pragmatic: bytes_of("formats/lunch.json"), care, valid };
        let Answer::Care(care) = &texts.care.answer else { panic!("it is answered in its own format") };
        assert!(care.costs_of_solution(&solution).is_ok());
        assert!(
            wire::read_draft(&texts.valid[0]).is_ok() && wire::read_problem(&texts.valid[1]).is_ok()
        );
        assert!(wire::read_plan(&texts.problem, &texts.valid[2]).is_ok());
        for vroom in &texts.valid[5..7] {
            let (problem, key) = vroom::read(vroom, TravelSpec::default()).expect("it is sound");
            assert!(key.check_given(&problem).is_ok());
        }
        assert!(wire::read_ticket(&texts.valid[3]).is_ok() && wire::read_visit(&texts.valid[4]).is_ok());
        texts
    }

    /// Every reader reads the bytes; what is wrong must come with a path and words.
    fn survive(&self, bytes: &[u8]) {
        let problem = &self.problem;
        let told = |reader: &str, read: &dyn Fn() -> Option<Vec<Flaw>>| {
            let started = Instant::now();
            let flaws = read();
            let took = started.elapsed();
            assert!(took < LONGEST, "{reader} took {took:?} for {} bytes", bytes.len());
            if let Some(flaws) = flaws {
                assert!(!flaws.is_empty(), "{reader} refused without a word");
                let worded = |flaw: &Flaw| !flaw.found.is_empty() && !flaw.fix.is_empty();
                assert!(flaws.iter().all(worded), "{reader}: {flaws:?}");
            }
        };
        told("problem", &|| wire::read_problem(bytes).err());
        told("draft", &|| wire::read_draft(bytes).err());
        told("ticket", &|| wire::read_ticket(bytes).map(|ticket| drop(problem.admit(&ticket))).err());
        told("visit", &|| {
            wire::read_visit(bytes).map(|visit| drop(problem.clone().learn_visit(&visit))).err()
        });
        // Whatever can be read can be judged, too.
        let judge = |problem: &Problem, plan: Plan| drop(check(problem, problem.visits(), &plan));
        told("plan", &|| wire::read_plan(problem, bytes).map(|plan| judge(problem, plan)).err());
        told("document", &|| wire::read_document::<wire::document::ProblemDoc>(bytes).err());
        Format::of(bytes);
        for format in FORMATS {
            for (objective, purpose) in
                [(Objective::Distance, Purpose::Plan), (Objective::Vehicles, Purpose::Judge)]
            {
                let beside = || Beside { objective, purpose, ..Beside::default() };
                told(&format!("{format:?}"), &|| read_question(format, bytes, beside()).err());
            }
        }
        told("given steps", &|| {
            let (problem, key) = vroom::read(bytes, TravelSpec::default()).ok()?;
            key.check_given(&problem).err()
        });
        told("matrix", &|| {
            let beside = Beside { matrices: &[bytes], ..Beside::default() };
            read_question(Format::Pragmatic, &self.pragmatic, beside).err()
        });
        let Answer::Care(care) = &self.care.answer else { panic!("it is answered in its own format") };
        told("care", &|| care.costs_of_solution(bytes).err());
        let Answer::Text(terms) = &self.instance.answer else { panic!("it answers with a text") };
        let instance = &self.instance.problem;
        told("solution", &|| {
            read_solution(instance, bytes, terms).map(|plan| judge(instance, plan)).err()
        });
    }

    /// A sound text with a few things changed.
    fn mutated(&self, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.valid[random.random_range(0..self.valid.len())].clone();
        let value = serde_json::from_slice(&bytes).ok().filter(|value: &Value| value.is_object());
        let Some(mut value) = value else {
            let text = std::str::from_utf8(&bytes).expect("it is UTF-8");
            return with_other_words(text, random);
        };
        if random.random_bool(0.7) {
            for _ in 0..random.random_range(1..6) {
                change(&mut value, random);
            }
            bytes = value.to_string().into_bytes();
            if random.random_bool(0.1) {
                // serde_json would not write such a number.
                let text = String::from_utf8(bytes).expect("JSON is UTF-8");
                bytes = text.replacen(":0", ":1e999", 2).replacen("39.", "9e399", 1).into_bytes();
            }
        }
        if random.random_bool(0.4) {
            for _ in 0..random.random_range(1..4) {
                self.scramble(&mut bytes, random);
            }
        }
        bytes
    }

    fn scramble(&self, bytes: &mut Vec<u8>, random: &mut Random) {
        if bytes.is_empty() {
            return;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..5) {
            0 => bytes[at] = random.random(),
            1 => bytes[at] ^= 1 << random.random_range(0..8),
            2 => bytes.truncate(at),
            3 => {
                let end = random.random_range(at..bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let other = &self.valid[random.random_range(0..self.valid.len())];
                let from = random.random_range(0..other.len());
                let end = random.random_range(from..other.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
        }
    }
}

/// Words that are likely to hurt.
const WORDS: [&str; 17] = [
    "-1",
    "0",
    "4000000000",
    "1e308",
    "-1e308",
    "NaN",
    "inf",
    "99999999999999999999999",
    "é\u{0}",
    "EOF",
    "DIMENSION : 10000",
    "\nDEPOT_SECTION\n",
    "\nCUSTOMER\n",
    "\nCREW COUNT\n",
    "\nTRAVEL TIMES\n0;",
    "[0,",
    "0.0000001",
];

/// A sound text with a few words changed.
fn with_other_words(text: &str, random: &mut Random) -> Vec<u8> {
    let mut words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    for _ in 0..random.random_range(1..6) {
        let (at, other) = (random.random_range(0..words.len()), random.random_range(0..words.len()));
        match random.random_range(0..5) {
            0 if words.len() > 1 => drop(words.remove(at)),
            1 => words.insert(at, words[at]),
            2 => words.truncate(at + 1),
            3 => words.swap(at, other),
            _ => words.insert(at, WORDS[random.random_range(0..WORDS.len())]),
        }
    }
    let mut bytes = words.concat().into_bytes();
    if random.random_bool(0.2) && !bytes.is_empty() {
        let at = random.random_range(0..bytes.len());
        bytes[at] = random.random();
    }
    bytes
}

/// Changes one value somewhere inside.
fn change(value: &mut Value, random: &mut Random) {
    let stop = random.random_bool(0.15);
    match value {
        Value::Array(list) if !stop && !list.is_empty() => {
            let at = random.random_range(0..list.len());
            match random.random_range(0..8) {
                0 => drop(list.remove(at)),
                1 => list.push(list[at].clone()),
                _ => change(&mut list[at], random),
            }
        }
        Value::Object(map) if !stop && !map.is_empty() => {
            let at = random.random_range(0..map.len());
            let key = map.keys().nth(at).expect("it is inside").clone();
            match random.random_range(0..10) {
                0 => drop(map.remove(&key)),
                1 => {
                    let moved = map.remove(&key).expect("it is there");
                    map.insert(format!("{key}s"), moved);
                }
                _ => change(map.get_mut(&key).expect("it is there"), random),
            }
        }
        _ => *value = anything(random),
    }
}

/// A value of some type, likely an extreme one.
fn anything(random: &mut Random) -> Value {
    let all = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(300),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1_000_000_000_000_i64),
        json!(1e300),
        json!(-1e-300),
        json!(0.5),
        json!(""),
        json!("T-1"),
        json!("E-bob"),
        json!("\u{0}huge 1"),
        json!("a\u{1f}b\u{1f}c`, expected `d"),
        json!("24:00"),
        json!("23:59:59"),
        json!("2026-12-31"),
        json!("0000-01-01T00:00:00+23:59"),
        json!("9999-12-31T23:59:60-23:59"),
        json!("2026-06-10T08:00:00.123456789Z"),
        json!("2026-06-10T08:00:00"),
        json!("é".repeat(300)),
        json!([]),
        json!({}),
        json!([[[[0.0, 1.0]]]]),
        json!({"level": 9, "valid_until": "x"}),
        json!({"id": [], "`": {}, "a.b[0]": 1}),
        json!({"lat": 91, "row": 4_000_000_000_u32}),
    ];
    all[random.random_range(0..all.len())].clone()
}

proptest! {
    #[test]
    fn random_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        thread_local!(static TEXTS: Texts = Texts::new());
        TEXTS.with(|texts| texts.survive(&bytes));
    }

    #[test]
    fn letters_of_text_formats_are_answered(text in "([A-Z_]{0,9}(_SECTION)?( : )?[0-9 .\n\te-]{0,20}){0,20}") {
        thread_local!(static TEXTS: Texts = Texts::new());
        TEXTS.with(|texts| texts.survive(text.as_bytes()));
    }

    #[test]
    fn letters_of_json_are_answered(text in "[\\[\\]{}:,\"0-9eE+.\\\\a-z \u{0}é-]{0,200}") {
        thread_local!(static TEXTS: Texts = Texts::new());
        TEXTS.with(|texts| texts.survive(text.as_bytes()));
    }

    #[test]
    fn changed_documents_are_answered(seed in any::<u64>()) {
        thread_local!(static TEXTS: Texts = Texts::new());
        TEXTS.with(|texts| texts.survive(&texts.mutated(&mut Random::seed_from_u64(seed))));
    }
}

#[test]
fn long_runs_find_nothing_more() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (limit, started) = (Duration::from_secs(seconds), Instant::now());
    let texts = Texts::new();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let first = now.map_or(0, |now| now.as_nanos() as u64);
    let mut seed = first;
    while started.elapsed() < limit {
        let bytes = texts.mutated(&mut Random::seed_from_u64(seed));
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| texts.survive(&bytes)));
        assert!(answer.is_ok(), "seed {seed} broke a reader with {}", String::from_utf8_lossy(&bytes));
        seed = seed.wrapping_add(1);
    }
    let peak = peak_kib().unwrap_or(0);
    println!("{} cases, at most {} MiB", seed.wrapping_sub(first), peak >> 10);
    assert!(seconds == 0 || peak < MOST_KIB, "{peak} KiB were in use at once");
}
