//! Whatever bytes come in, every reader answers: no panic, no overflow, no endless loop.
//!
//! `PROPTEST_CASES` sets the number of cases. `FUZZ_SECONDS=600` goes on with fresh seeds for ten minutes
//! more; a failure names the seed.
#![allow(clippy::disallowed_methods, reason = "a test may look at the clock; the engine may not")]

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use paidan_engine::problem::Problem;
use paidan_engine::wire;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus as Random;
use serde_json::{Value, json};

/// Far more than any small text needs, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
    std::fs::read(path).expect("the fixture is there")
}

/// Texts that every reader knows, rich enough that most keys of the format occur.
struct Texts {
    problem: Problem,
    valid: Vec<Vec<u8>>,
}

impl Texts {
    fn new() -> Texts {
        let base = fixture("tiny/base.json");
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
        let valid =
            [rich, table, plan, ticket, visit].map(|text| text.to_string().into_bytes()).to_vec();
        let texts = Texts { problem, valid };
        assert!(
            wire::read_draft(&texts.valid[0]).is_ok() && wire::read_problem(&texts.valid[1]).is_ok()
        );
        assert!(wire::read_plan(&texts.problem, &texts.valid[2]).is_ok());
        assert!(wire::read_ticket(&texts.valid[3]).is_ok() && wire::read_visit(&texts.valid[4]).is_ok());
        texts
    }

    /// Every reader reads the bytes; what is wrong must come with a path and words.
    fn survive(&self, bytes: &[u8]) {
        let started = Instant::now();
        let answers = [
            wire::read_problem(bytes).err(),
            wire::read_draft(bytes).err(),
            wire::read_ticket(bytes).map(|ticket| drop(self.problem.admit(&ticket))).err(),
            wire::read_visit(bytes).map(|visit| drop(self.problem.clone().learn_visit(&visit))).err(),
            wire::read_plan(&self.problem, bytes).err(),
            wire::read_document::<wire::document::ProblemDoc>(bytes).err(),
        ];
        for flaws in answers.into_iter().flatten() {
            assert!(!flaws.is_empty(), "refused without a word");
            assert!(flaws.iter().all(|flaw| !flaw.found.is_empty() && !flaw.fix.is_empty()));
        }
        assert!(started.elapsed() < LONGEST, "{:?} for {} bytes", started.elapsed(), bytes.len());
    }

    /// A text of ours with a few things changed.
    fn mutated(&self, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.valid[random.random_range(0..self.valid.len())].clone();
        if random.random_bool(0.7) {
            let mut value: Value = serde_json::from_slice(&bytes).expect("it is JSON");
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
    println!("{} cases", seed.wrapping_sub(first));
}
