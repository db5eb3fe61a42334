//! Generated problems: the same options give the same bytes, the committed day is never edited by hand,
//! and what is said to be feasible is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use paidan::generate::{CityOptions, KINDS, NationOptions, city, nation, write};
use paidan_engine::check::check;
use paidan_engine::desk::Desk;
use paidan_engine::geo::{LatLon, Place};
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::Problem;
use paidan_engine::travel::{CrowFly, Travel};
use paidan_engine::wire;
use paidan_engine::wire::document::{NeedDoc, PlaceDoc, ProblemDoc, SkillDoc, TravelDoc, VisitDoc};

/// Reads a document as a caller's would be read.
fn assert_sound(bytes: &[u8]) -> Problem {
    let back: ProblemDoc = serde_json::from_slice(bytes).expect("the document has the public format");
    assert!(write(&back) == bytes, "reading and writing again changes the document");
    wire::read_problem(bytes).unwrap_or_else(|flaws| panic!("it is not sound: {flaws:#?}"))
}

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|trouble| panic!("{}: {trouble}", path.display()))
}

fn city_day() -> ProblemDoc {
    let requests = String::from_utf8(fixture("city/requests.csv")).unwrap();
    city(&requests, &CityOptions::default()).unwrap()
}

#[test]
fn the_committed_day_is_what_the_generator_makes() {
    let made = write(&city_day());
    assert_sound(&made);
    // Not `assert_eq!`: a quarter of a megabyte twice tells nobody anything.
    assert!(
        made == fixture("city/day.json"),
        "make it again: paidan generate city --requests fixtures/city/requests.csv --seed 1 \
         --out fixtures/city/day.json"
    );
}

#[test]
fn the_day_has_what_a_dispatcher_meets() {
    let day = city_day();
    assert_eq!(day.engineers.len(), 25);
    assert!((200..=250).contains(&day.tickets.len()), "{} tickets", day.tickets.len());
    assert!(day.tickets.iter().filter(|ticket| !ticket.windows.is_empty()).count() >= 20);
    let earlier = |customer: &Option<String>, issue: &Option<String>| {
        let same = |visit: &&VisitDoc| {
            Some(&visit.customer) == customer.as_ref() && Some(&visit.issue) == issue.as_ref()
        };
        day.visits.iter().filter(same).count()
    };
    let third = day.tickets.iter().filter(|ticket| earlier(&ticket.customer, &ticket.issue) >= 2);
    assert!(third.count() >= 6);
    // RFC 3339 texts of one place compare like moments, while summer time does not change.
    assert!(day.visits.iter().all(|visit| visit.end < day.now));
    let holders = |skill: &str| day.engineers.iter().filter(|e| e.skills.contains_key(skill)).count();
    for kind in KINDS {
        assert!(holders(kind.skill) >= 3, "{}", kind.skill);
    }
}

#[test]
fn another_seed_is_another_day() {
    let requests = String::from_utf8(fixture("city/requests.csv")).unwrap();
    let other = city(&requests, &CityOptions { seed: 2, ..CityOptions::default() }).unwrap();
    let day = city_day();
    assert_eq!(day.tickets.len(), other.tickets.len());
    assert!(write(&day) != write(&other));
}

#[test]
fn a_table_without_the_columns_is_told() {
    let trouble = city("SR_NUMBER,SR_TYPE\n1,PTHOLE\n", &CityOptions::default()).unwrap_err();
    assert_eq!(trouble, "line 1: there is no column PRIORITY");
}

#[test]
fn the_table_of_kinds_is_in_the_readme() {
    let readme = String::from_utf8(fixture("README.md")).unwrap();
    for kind in KINDS {
        assert!(readme.contains(&line_of(kind)), "fixtures/README.md lacks the line\n{}", line_of(kind));
    }
}

fn line_of(kind: &paidan::generate::Kind) -> String {
    let also = if kind.also.is_empty() { String::new() } else { format!(" + {}", kind.also) };
    let indoors = if kind.indoors { "yes" } else { "" };
    format!(
        "| {} | {} | {}{also} | {} | {} | {} | {} | {} | {indoors} | {} |",
        kind.code,
        kind.issue,
        kind.skill,
        kind.level,
        kind.preferred,
        kind.minutes,
        format!("{:?}", kind.ticket).to_lowercase(),
        kind.tier,
        kind.part,
    )
}

#[test]
fn the_same_seed_is_the_same_nation() {
    let options = NationOptions { with_routes: Some(6), days: 3, ..NationOptions::default() };
    let bytes = write(&nation(&options));
    assert_sound(&bytes);
    assert!(bytes == write(&nation(&options)));
    assert!(bytes != write(&nation(&NationOptions { seed: 2, ..options })));
}

#[test]
fn a_nation_of_nobody_is_a_nation() {
    let options = NationOptions { engineers: 0, tickets: 0, ..NationOptions::default() };
    assert_sound(&write(&nation(&options)));
}

/// Plans for a few rounds, lets the checker look, and says how many tickets are served.
fn planned_and_checked(problem: &Problem, rounds: u64) -> usize {
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
    let plan = plan(problem, &Params::default(), &budget, &NoWatch);
    let breaches = check(problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "{breaches:#?}");
    plan.routes.iter().map(|route| route.stops.len()).sum()
}

#[test]
fn a_nation_is_planned_soundly() {
    for (seed, with_routes) in [(1, None), (2, Some(3))] {
        let options = NationOptions {
            seed,
            with_routes,
            engineers: 12,
            tickets: 60,
            towns: 4,
            ..NationOptions::default()
        };
        let problem = assert_sound(&write(&nation(&options)));
        let served = planned_and_checked(&problem, 300);
        assert!(served > 20, "seed {seed}: only {served} of {} are served", problem.tickets().len());
    }
}

#[test]
fn the_day_is_planned_soundly() {
    let problem = assert_sound(&write(&city_day()));
    let served = planned_and_checked(&problem, 300);
    assert!(served > 180, "only {served} of {} are served", problem.tickets().len());
}

#[test]
fn a_desk_keeps_the_promised_routes_of_a_nation() {
    let options = NationOptions { with_routes: Some(6), seed: 3, ..NationOptions::default() };
    let problem = assert_sound(&write(&nation(&options)));
    let promised = problem.committed().len();
    let desk = Desk::new(problem).unwrap_or_else(|flaws| panic!("{flaws:#?}"));
    let shifts = desk.problem().shift_indices();
    let kept = shifts.filter(|&shift| desk.route(shift).stops().len() == 6).count();
    assert_eq!((kept, promised), (options.engineers, options.engineers));
}

#[test]
fn promised_routes_are_feasible() {
    for stops in [1, 6, 20] {
        let options = NationOptions { with_routes: Some(stops), seed: 3, ..NationOptions::default() };
        let document = nation(&options);
        assert_eq!(document.routes.len(), document.engineers.len());
        let Some(TravelDoc::Crow { speed_kmh, detour }) = document.travel else { panic!("no crow") };
        let travel = CrowFly::new(speed_kmh, detour);
        let tickets: BTreeMap<_, _> = document.tickets.iter().map(|t| (&t.id, t)).collect();
        for (route, engineer) in document.routes.iter().zip(&document.engineers) {
            assert_eq!((&route.engineer, route.tickets.len()), (&engineer.id, stops));
            let (mut at, mut busy) = (on_earth(engineer.home.unwrap()), 0);
            for id in &route.tickets {
                let ticket = tickets[id];
                let place = on_earth(ticket.place);
                busy += travel.base(&at, &place).0 + ticket.work_s;
                at = place;
                assert!(ticket.windows.is_empty() && ticket.work_s <= 3600);
                for (skill, need) in &ticket.requires {
                    let NeedDoc::Level(needed) = need else { panic!("plain levels only") };
                    assert!(level(&engineer.skills[skill], &document.now) >= *needed);
                }
            }
            busy += travel.base(&at, &on_earth(engineer.home.unwrap())).0;
            // 8.5 hours without half an hour of lunch, which may start during an hour and a half.
            assert!(busy <= 8 * 3600, "{} is busy for {busy} s", engineer.id);
        }
    }
}

fn on_earth(place: PlaceDoc) -> Place {
    Place::new(LatLon { lat: place.lat.unwrap(), lon: place.lon.unwrap() }, Place::NO_ROW)
}

fn level(skill: &SkillDoc, today: &str) -> u8 {
    match skill {
        SkillDoc::Level(level) => *level,
        SkillDoc::Certificate(paper) => {
            let valid = paper.valid_until.as_deref().is_none_or(|last| &today[..10] <= last);
            if valid { paper.level } else { 0 }
        }
    }
}

/// A nation of 100,000 engineers with 600,000 promised tickets, timed. Run with
/// `cargo test --release generate -- --ignored --nocapture`.
#[test]
#[ignore = "needs a release build and 1 GB"]
fn a_large_nation_takes_seconds() {
    let options = NationOptions {
        engineers: 100_000,
        tickets: 1000,
        with_routes: Some(6),
        ..NationOptions::default()
    };
    let document = nation(&options);
    assert_eq!(document.tickets.len(), 601_000);
    println!("{} bytes", write(&document).len());
}
