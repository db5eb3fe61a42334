//! Every flaw is told: with its code, its path, the id that carries it and a way out, all of them
//! together.

use std::collections::BTreeSet;
use std::fs;

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits::{DEPOTS, FLAWS, TERRITORIES};
use paidan_engine::wire;

use crate::fixtures::{are_told_as_expected, broken_files, bytes_of, fixture, told};

fn base() -> String {
    String::from_utf8(bytes_of("tiny/base.json")).expect("it is text")
}

/// The base with one thing changed.
fn base_with(old: &str, new: &str) -> String {
    let base = base();
    assert!(base.contains(old), "{old} is not in the base");
    base.replacen(old, new, 1)
}

fn flaws_of(bytes: &[u8]) -> Vec<Flaw> {
    wire::read_problem(bytes).err().unwrap_or_default()
}

#[test]
fn the_base_is_sound() {
    assert_eq!(told(&flaws_of(base().as_bytes())), "");
    let problem = wire::read_problem(base().as_bytes()).expect("it is sound");
    assert_eq!((problem.tickets().len(), problem.engineers().len(), problem.shifts().len()), (4, 2, 2));
    assert_eq!(problem.offset_s(), -4 * 3600);
}

#[test]
fn every_broken_file_is_told_what_is_wrong_with_it() {
    are_told_as_expected(&fixture("broken"), 41, flaws_of);
}

#[test]
fn the_broken_files_show_every_code_that_a_file_can_show() {
    let seen: BTreeSet<Code> = broken_files(&fixture("broken"))
        .into_iter()
        .flat_map(|path| flaws_of(&fs::read(path).expect("it can be read")))
        .map(|flaw| flaw.code)
        .collect();
    // Too deep and too large are shown below; a broken route needs the rules to be found.
    for code in [
        Code::NotJson,
        Code::UnknownKey,
        Code::MissingKey,
        Code::WrongType,
        Code::OutOfRange,
        Code::BadTime,
        Code::DuplicateId,
        Code::BadId,
        Code::UnknownReference,
        Code::Reversed,
        Code::BreakOutsideShift,
        Code::OverlappingShifts,
        Code::BadTable,
        Code::NoPlace,
        Code::BadArea,
        Code::BadPolicy,
        Code::Contradiction,
        Code::Cycle,
    ] {
        assert!(seen.contains(&code), "no broken file shows {}", code.as_str());
    }
}

#[test]
fn a_million_levels_are_too_deep_wherever_they_stand() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(flaws_of(deep.as_bytes())[0].code, Code::TooDeep);
    let objects = "{\"a\":".repeat(1_000_000);
    assert_eq!(flaws_of(objects.as_bytes())[0].code, Code::TooDeep);
    let inside = base_with("\"E-ada\"", &deep);
    assert_eq!(flaws_of(inside.as_bytes())[0].code, Code::TooDeep);
    let unknown = base_with("\"travel\": {", &format!("\"extra\": {deep}"));
    assert_eq!(flaws_of(unknown.as_bytes())[0].code, Code::TooDeep);
}

#[test]
fn a_body_over_the_limit_is_not_even_looked_at() {
    let flaws = flaws_of(&vec![b' '; wire::limits::BODY_BYTES + 1]);
    assert_eq!(flaws.len(), 1);
    assert_eq!(flaws[0].code, Code::TooLarge);
}

#[test]
fn a_long_text_is_told_its_first_flaw_only() {
    let ticket = r#"{"id":"T","place":{"lat":39,"lon":-84},"work_s":"60","color":1},"#;
    let count = wire::limits::REPAIR_BYTES / ticket.len() + 1;
    let text = format!(r#"{{"now":"x","tickets":[{}"#, ticket.repeat(count));
    let flaws = flaws_of(text.as_bytes());
    assert_eq!(flaws.len(), 1);
    assert_eq!((flaws[0].code, flaws[0].path.as_str()), (Code::WrongType, "tickets[0].work_s"));
}

#[test]
fn more_flaws_than_the_limit_are_cut() {
    let ticket = r#"{"id":7,"place":[],"work_s":"60","color":1}"#;
    let text = format!(r#"{{"now":"x","tickets":[{}]}}"#, vec![ticket; 10_000].join(","));
    assert_eq!(flaws_of(text.as_bytes()).len(), FLAWS);
    let empty = text.replace(ticket, "{}");
    assert_eq!(flaws_of(empty.as_bytes()).len(), FLAWS);
}

#[test]
fn a_list_over_its_limit_is_too_large() {
    let many = vec!["{}"; TERRITORIES + 1].join(",");
    let text = format!(r#"{{"now":"2026-06-10T08:00:00Z","territories":[{many}]}}"#);
    let flaws = flaws_of(text.as_bytes());
    assert!(flaws.iter().any(|flaw| flaw.code == Code::TooLarge && flaw.path == "territories"));
}

#[test]
fn every_flaw_of_a_depot_is_told() {
    let with = |depots: &str| {
        let text = base_with("\"engineers\": [", &format!(r#""depots": {depots}, "engineers": ["#));
        let flaws = flaws_of(text.as_bytes());
        flaws.into_iter().map(|flaw| (flaw.code, flaw.path, flaw.id)).collect::<Vec<_>>()
    };
    let told = |code, path: &str, id: &str| (code, path.to_owned(), Some(id.to_owned()));
    let depot = |id: &str, rest: &str| {
        format!(r#"{{"id": "{id}", "place": {{"lat": 39.1, "lon": -84.5}}{rest}}}"#)
    };
    assert_eq!(with(&format!("[{}]", depot("D1", r#", "fetch_s": 86400"#))), []);
    for (fetch, code) in
        [("-1", Code::OutOfRange), ("86401", Code::OutOfRange), ("\"5\"", Code::WrongType)]
    {
        let flaws = with(&format!("[{}]", depot("D1", &format!(r#", "fetch_s": {fetch}"#))));
        assert_eq!(flaws, [told(code, "depots[0].fetch_s", "D1")], "{fetch}");
    }
    let flaws = with(&format!("[{0}, {0}]", depot("D1", "")));
    assert_eq!(flaws, [told(Code::DuplicateId, "depots[1].id", "D1")]);
    // Each on its own, and what can be read keeps its number.
    let several = format!(
        r#"[{}, 7, {{"id": "D3"}}, {}]"#,
        depot("D1", r#", "fetch": 5"#),
        depot("D4", r#", "fetch_s": -1"#)
    );
    let flaws = with(&several);
    assert_eq!(
        flaws,
        [
            told(Code::UnknownKey, "depots[0].fetch", "D1"),
            (Code::WrongType, "depots[1]".to_owned(), None),
            told(Code::MissingKey, "depots[2].place", "D3"),
            told(Code::OutOfRange, "depots[3].fetch_s", "D4"),
        ]
    );
    let many: Vec<String> = (0..=DEPOTS).map(|n| depot(&format!("D{n}"), "")).collect();
    assert_eq!(with(&format!("[{}]", many.join(", "))), [(Code::TooLarge, "depots".to_owned(), None)]);
    assert_eq!(with(&format!("[{}]", many[1..].join(", "))), []);
}

#[test]
fn an_area_with_too_many_positions_is_too_large() {
    let ring = vec!["[0,0]"; wire::limits::POSITIONS + 1].join(",");
    for many in [format!("[[{ring}]]"), format!("[[{ring},{ring}]]")] {
        let area = format!(r#"{{"type": "Polygon", "coordinates": {many}}}"#);
        let text = base_with(
            "\"engineers\": [",
            &format!(r#""territories": [{{"id": "W", "area": {area}}}], "engineers": ["#),
        );
        let flaws = flaws_of(text.as_bytes());
        assert_eq!(flaws.len(), 1, "{}", told(&flaws));
        assert_eq!(flaws[0].code, Code::TooLarge);
        assert!(flaws[0].path.starts_with("territories[0].area.coordinates"), "{}", told(&flaws));
    }
}

#[test]
fn no_length_overflows_anything() {
    for number in [i64::MIN, i64::MIN + 1, -1_000_000_000_001, 1_000_000_000_001, i64::MAX] {
        for (old, new) in [
            ("\"work_s\": 3600", "\"work_s\": N"),
            ("\"length_s\": 1800", "\"length_s\": N"),
            ("\"breaks\": [", "\"max_work_s\": N, \"breaks\": ["),
            ("\"stock\": {", "\"stock\": {\"bolt\": N, "),
            ("\"travel\":", "\"policy\": {\"reach_s\": N}, \"travel\":"),
            ("\"travel\":", "\"policy\": {\"preference_s\": N}, \"travel\":"),
            ("\"travel\":", "\"policy\": {\"max_work_s\": N}, \"travel\":"),
            ("\"travel\":", "\"policy\": {\"overtime\": {\"max_s\": N}}, \"travel\":"),
            ("\"travel\":", "\"policy\": {\"binding\": {\"step_s\": N}}, \"travel\":"),
            ("\"travel\":", "\"policy\": {\"sla\": {\"repair\": {\"resolve_s\": N}}}, \"travel\":"),
        ] {
            let flaws = flaws_of(base_with(old, &new.replace('N', &number.to_string())).as_bytes());
            let told_so = flaws.iter().any(|flaw| flaw.code == Code::OutOfRange);
            assert!(told_so, "{new} {number}: {}", told(&flaws));
        }
    }
}

#[test]
fn rates_below_nothing_are_out_of_range_however_small() {
    for name in ["drive", "per_km_s", "per_work_hour_s", "per_wait_hour_s", "per_guaranteed_hour_s"] {
        let rates = format!("\"E-ada\", \"rates\": {{\"{name}\": -1e-9}}");
        let flaws = flaws_of(base_with("\"E-ada\"", &rates).as_bytes());
        assert_eq!((flaws.len(), flaws[0].code), (1, Code::OutOfRange), "{name}: {}", told(&flaws));
        assert_eq!(flaws[0].path, format!("engineers[0].rates.{name}"));
        assert_eq!(flaws[0].id.as_deref(), Some("E-ada"));
    }
}

#[test]
fn a_drive_that_no_sum_could_bear_is_out_of_range() {
    for rates in [r#"{"drive": 1e9}"#, r#"{"per_km_s": 1e12}"#] {
        let rates = format!("\"E-ada\", \"rates\": {rates}");
        let flaws = flaws_of(base_with("\"E-ada\"", &rates).as_bytes());
        assert_eq!(flaws.len(), 1, "{}", told(&flaws));
        assert_eq!((flaws[0].code, flaws[0].path.as_str()), (Code::OutOfRange, "engineers[0].rates"));
        assert_eq!(flaws[0].id.as_deref(), Some("E-ada"));
    }
    let bearable = base_with("\"E-ada\"", r#""E-ada", "rates": {"drive": 1e5, "per_km_s": 1e8}"#);
    assert_eq!(told(&flaws_of(bearable.as_bytes())), "");
}

#[test]
fn a_single_ticket_and_a_single_visit_are_told_all_their_flaws() {
    let flaws = wire::read_ticket(
        br#"{"id": "T", "place": {"lat": 1, "lon": 2}, "work_s": true, "window": [], "reported_at": "soon"}"#,
    )
    .expect_err("it has three flaws");
    let paths: BTreeSet<&str> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    assert_eq!(flaws.len(), 3, "{}", told(&flaws));
    assert_eq!(paths, BTreeSet::from(["ticket.window", "ticket.work_s", "ticket.reported_at"]));
    let flaws = wire::read_visit(b"{}").expect_err("it is empty");
    assert_eq!(flaws.len(), 7, "{}", told(&flaws));
    assert!(flaws.iter().all(|flaw| flaw.code == Code::MissingKey));
    assert!(wire::read_ticket(b"[]").is_err());
    assert!(wire::read_visit(b"").is_err());
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    assert!(wire::read_problem(&[b"\xef\xbb\xbf", base().as_bytes()].concat()).is_ok());
}
