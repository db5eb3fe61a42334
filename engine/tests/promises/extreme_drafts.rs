//! Drafts need not come from the wire: whatever number stands in them, `Problem::new` tells flaws and
//! never panics.

use crate::world::{NOW, Size, draft};
use paidan_engine::depot::DepotDraft;
use paidan_engine::engineer::{BreakDraft, BreakTimes, Day};
use paidan_engine::flaw::Code;
use paidan_engine::geo::LatLon;
use paidan_engine::problem::{Draft, Problem, Table, TravelSpec, limits};
use paidan_engine::ticket::{BegunDraft, Conversation, PinDraft, TicketDraft, Window};
use paidan_engine::units::{Moment, Seconds};
use proptest::prelude::*;

/// Where a number stands, and how it is put there.
type Number = (&'static str, fn(&mut Draft, i64));
type Fraction = (&'static str, fn(&mut Draft, f64));

/// Whole numbers with a range.
const NUMBERS: &[Number] = &[
    ("now", |draft, n| draft.now = Moment(n)),
    ("policy.reach_s", |draft, n| draft.policy.reach = Seconds(n)),
    ("policy.preference_s", |draft, n| draft.policy.preference = Seconds(n)),
    ("policy.overtime.max_s", |draft, n| draft.policy.overtime.max = Seconds(n)),
    ("policy.binding.step_s", |draft, n| draft.policy.binding.step = Seconds(n)),
    ("policy.max_work_s", |draft, n| draft.policy.max_work = Some(Seconds(n))),
    ("policy.sla", |draft, n| draft.policy.sla[0].respond = Some(Seconds(n))),
    ("policy.sla", |draft, n| {
        draft.policy.sla.iter_mut().for_each(|sla| sla.resolve = Some(Seconds(n)));
    }),
    ("depots[0].fetch_s", |draft, n| draft.depots[0].fetch = Seconds(n)),
    ("engineers[0].shifts[0].start", |draft, n| draft.engineers[0].shifts[0].start.moment = Moment(n)),
    ("engineers[0].shifts[0].end", |draft, n| draft.engineers[0].shifts[0].end.moment = Moment(n)),
    ("engineers[0].shifts[0].max_work_s", |draft, n| {
        draft.engineers[0].shifts[0].max_work = Some(Seconds(n));
    }),
    ("engineers[0].shifts[0].breaks[0].start", |draft, n| {
        draft.engineers[0].shifts[0].breaks[0].times = BreakTimes::Daily(Seconds(n), Seconds(13 * 3600));
    }),
    ("engineers[0].shifts[0].breaks[0].end", |draft, n| {
        draft.engineers[0].shifts[0].breaks[0].times = BreakTimes::Daily(Seconds(11 * 3600), Seconds(n));
    }),
    ("engineers[0].shifts[0].breaks[0].length_s", |draft, n| {
        draft.engineers[0].shifts[0].breaks[0].length = Seconds(n);
    }),
    ("engineers[0].absences[0].start", |draft, n| draft.engineers[0].absences[0].0 = Moment(n)),
    ("engineers[0].absences[0].end", |draft, n| draft.engineers[0].absences[0].1 = Moment(n)),
    ("engineers[0].stock.valve", |draft, n| draft.engineers[0].stock[0].1 = n),
    ("tickets[0].work_s", |draft, n| draft.tickets[0].work = Seconds(n)),
    ("tickets[0].windows[0].start", |draft, n| draft.tickets[0].windows[0].start = Moment(n)),
    ("tickets[0].windows[0].end", |draft, n| draft.tickets[0].windows[0].end = Moment(n)),
    ("tickets[0].reported_at", |draft, n| draft.tickets[0].reported = Some(Moment(n))),
    ("tickets[0].sla.respond_by", |draft, n| draft.tickets[0].respond_by = Some(Moment(n))),
    ("tickets[0].sla.resolve_by", |draft, n| draft.tickets[0].resolve_by = Some(Moment(n))),
    ("tickets[0].parts.valve", |draft, n| draft.tickets[0].parts[0].1 = n),
    ("tickets[2].work_s", |draft, n| draft.tickets[2].work = Seconds(n)),
    ("tickets[2].begun.start", |draft, n| begun(draft).start = Moment(n)),
    ("tickets[2].begun.until", |draft, n| begun(draft).until = Some(Moment(n))),
    ("tickets[1].pin.start", |draft, n| {
        draft.tickets[1].pin = Some(PinDraft { engineer: "E0".to_owned(), start: Some(Moment(n)) });
    }),
    ("visits[0].start", |draft, n| draft.visits[0].start = Moment(n)),
    ("visits[0].end", |draft, n| draft.visits[0].end = Moment(n)),
];

/// Numbers of which every value of their type has a meaning, or that are cut to a narrow type here.
const NARROW: &[Number] = &[
    ("offset", |draft, n| draft.offset_s = n as i32),
    ("offset of a shift", |draft, n| draft.engineers[0].shifts[0].start.offset_s = n as i32),
    ("offset of its end", |draft, n| draft.engineers[0].shifts[0].end.offset_s = n as i32),
    ("certificate", |draft, n| draft.engineers[0].skills[0].valid_until = Some(Day(n as i32))),
    ("level", |draft, n| draft.engineers[0].skills[0].level = n as u8),
    ("speed", |draft, n| draft.engineers[0].speed_permille = n as u32),
    ("priority", |draft, n| draft.tickets[0].priority = Some(n as u8)),
    ("crew", |draft, n| draft.tickets[0].crew = n as u8),
    ("rating", |draft, n| draft.visits[0].rating = Some(n as u8)),
    ("work by level", |draft, n| draft.policy.skill.work_permille[0] = n as u32),
    ("binding days", |draft, n| draft.policy.binding.window_days = n as u32),
    ("row", |draft, n| draft.tickets[0].place.row = Some(n as u32)),
    ("table", |draft, n| {
        draft.travel = TravelSpec::table(Table { size: n as usize, ..Table::default() });
    }),
];

const FRACTIONS: &[Fraction] = &[
    ("policy.weights.skill", |draft, x| draft.policy.weights.skill = x),
    ("policy.weights.proximity", |draft, x| draft.policy.weights.proximity = x),
    ("policy.skill.above_loss", |draft, x| draft.policy.skill.above_loss = x),
    ("policy.history.half_life_days", |draft, x| draft.policy.history.half_life_days = x),
    ("policy.history.prior_visits", |draft, x| draft.policy.history.prior_visits = x),
    ("policy.lateness.per_minute", |draft, x| draft.policy.lateness.per_minute = x),
    ("policy.lateness.urgent_factor", |draft, x| draft.policy.lateness.urgent_factor = x),
    ("policy.overtime.per_minute", |draft, x| draft.policy.overtime.per_minute = x),
    ("travel.speed_kmh", |draft, x| draft.travel = TravelSpec::Crow { speed_kmh: x, detour: 1.3 }),
    ("travel.detour", |draft, x| draft.travel = TravelSpec::Crow { speed_kmh: 35.0, detour: x }),
    ("engineers[0].home.lat", |draft, x| point(&mut draft.engineers[0].home).lat = x),
    ("engineers[0].home.lon", |draft, x| point(&mut draft.engineers[0].home).lon = x),
    ("depots[0].place.lat", |draft, x| {
        draft.depots[0].place.point.as_mut().expect("it has one").lat = x;
    }),
    ("depots[0].place.lon", |draft, x| {
        draft.depots[0].place.point.as_mut().expect("it has one").lon = x;
    }),
    ("tickets[0].place.lat", |draft, x| {
        draft.tickets[0].place.point.as_mut().expect("it has one").lat = x;
    }),
    ("tickets[0].place.lon", |draft, x| {
        draft.tickets[0].place.point.as_mut().expect("it has one").lon = x;
    }),
    ("tickets[0].conversation", |draft, x| {
        draft.tickets[0].conversation = Some(Conversation { keywords: x, baseline: 1.0 });
    }),
    ("tickets[0].conversation", |draft, x| {
        draft.tickets[0].conversation = Some(Conversation { keywords: 1.0, baseline: x });
    }),
];

/// Far outside every range, each in its own way.
const EXTREMES: [i64; 8] = [
    i64::MIN,
    i64::MIN + 1,
    i64::MIN / 2,
    -1_000_000_000_001,
    1_000_000_000_001,
    i64::MAX / 2,
    i64::MAX - 1,
    i64::MAX,
];
const WILD: [f64; 6] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, -1e12];

fn point(place: &mut Option<paidan_engine::engineer::PlaceDraft>) -> &mut LatLon {
    place.as_mut().and_then(|place| place.point.as_mut()).expect("everybody lives on the map")
}

fn begun(draft: &mut Draft) -> &mut BegunDraft {
    draft.tickets[2].begun.as_mut().expect("somebody is there")
}

/// A sound draft in which every number above has its place.
fn sound() -> Draft {
    let mut draft = draft(3, Size { engineers: 3, tickets: 4, visits: 4, ..Size::default() });
    let place = draft.tickets[0].place;
    draft.depots = vec![DepotDraft { id: "store".to_owned(), place, fetch: Seconds(600) }];
    let engineer = &mut draft.engineers[0];
    engineer.skills = vec![paidan_engine::engineer::SkillDraft {
        name: "gas".to_owned(),
        level: 3,
        valid_until: None,
    }];
    engineer.absences = vec![(NOW + Seconds(30 * 86_400), NOW + Seconds(31 * 86_400))];
    engineer.stock = vec![("valve".to_owned(), 2)];
    let shift = &mut engineer.shifts[0];
    shift.start.moment = NOW;
    shift.end.moment = NOW + Seconds(8 * 3600);
    shift.breaks = vec![BreakDraft::daily(Seconds(11 * 3600), Seconds(13 * 3600), Seconds(1800))];
    engineer.shifts.truncate(1);
    let ticket = &mut draft.tickets[0];
    ticket.windows = vec![Window { start: NOW, end: NOW + Seconds(3600) }];
    ticket.parts = vec![("valve".to_owned(), 1)];
    draft.tickets[2].crew = 1;
    let engineers = vec!["E0".to_owned()];
    draft.tickets[2].begun = Some(BegunDraft { engineers, start: NOW, until: None });
    draft
}

#[test]
fn the_draft_that_is_changed_is_sound() {
    assert!(Problem::new(sound()).is_ok());
}

#[test]
fn every_number_far_outside_its_range_is_told_where_it_stands() {
    for (path, put) in NUMBERS {
        for extreme in EXTREMES {
            let mut draft = sound();
            put(&mut draft, extreme);
            let flaws = Problem::new(draft).expect_err("it is out of range");
            assert!(flaws.iter().any(|flaw| flaw.path == *path), "{path} {extreme}: {flaws:?}");
        }
    }
    for (path, put) in FRACTIONS {
        for wild in WILD {
            let mut draft = sound();
            put(&mut draft, wild);
            let flaws = Problem::new(draft).expect_err("it is out of range");
            assert!(flaws.iter().any(|flaw| flaw.path == *path), "{path} {wild}: {flaws:?}");
        }
    }
}

/// One flaw may hide what another number does to what is computed beside it.
#[test]
fn no_two_numbers_make_problem_new_panic() {
    let values: Vec<i64> = EXTREMES.into_iter().chain([-1, 0, 60, NOW.0 + 3600]).collect();
    for (n, (path, put)) in NUMBERS.iter().enumerate() {
        for (other_path, put_other) in &NUMBERS[n + 1..] {
            for (&value, &other) in values.iter().flat_map(|v| values.iter().map(move |w| (v, w))) {
                let mut draft = sound();
                put(&mut draft, value);
                put_other(&mut draft, other);
                let told = std::panic::catch_unwind(|| Problem::new(draft).is_ok());
                assert!(told.is_ok(), "{path} {value} and {other_path} {other}");
            }
        }
    }
}

#[test]
fn every_one_of_a_crew_counts_in_what_a_plan_could_cost() {
    let with_crews_of = |crew: u8| {
        let mut draft = sound();
        draft.policy.lateness.per_minute = 10_000.0;
        draft.policy.lateness.urgent_factor = 1000.0;
        let shift = &mut draft.engineers[0].shifts[0];
        shift.breaks.clear();
        shift.start.moment = Moment::LAST - Seconds(2 * 86_400);
        shift.end.moment = shift.start.moment + Seconds(8 * 3600);
        let ticket = TicketDraft {
            windows: Vec::new(),
            respond_by: Some(Moment::FIRST),
            resolve_by: Some(Moment::FIRST),
            crew,
            ..draft.tickets[0].clone()
        };
        // Each could be late by 229 years twice, at 166,833 for a second: 2.4e15 in all.
        let ticket = |n| TicketDraft { id: format!("late {n}"), ..ticket.clone() };
        draft.tickets.extend((0..100).map(ticket));
        Problem::new(draft)
    };
    for crew in 1..=4 {
        assert!(with_crews_of(crew).is_ok(), "{crew}: {:?}", with_crews_of(crew).err());
    }
    for crew in 5..=limits::CREW {
        let flaws = with_crews_of(crew).expect_err("it could cost too much");
        let told: Vec<_> = flaws.iter().map(|flaw| (flaw.code, flaw.path.as_str())).collect();
        assert_eq!(told, [(Code::OutOfRange, "policy.lateness")], "{crew}: {flaws:?}");
    }
}

#[test]
fn a_moment_out_of_range_carries_the_id_of_what_it_belongs_to() {
    for (path, put) in NUMBERS.iter().filter(|(path, _)| path.contains('[')) {
        let mut draft = sound();
        put(&mut draft, i64::MAX);
        let ids = [&draft.engineers[0].id, &draft.tickets[0].id, &draft.tickets[1].id];
        let ids = [ids[0].clone(), ids[1].clone(), ids[2].clone(), draft.visits[0].ticket.clone()];
        let (depot, begun) = (draft.depots[0].id.clone(), draft.tickets[2].id.clone());
        let carrier = match *path {
            path if path.starts_with("depots") => &depot,
            path if path.starts_with("engineers") => &ids[0],
            path if path.starts_with("tickets[0]") => &ids[1],
            path if path.starts_with("tickets[1]") => &ids[2],
            path if path.starts_with("tickets[2]") => &begun,
            _ => &ids[3],
        };
        let flaws = Problem::new(draft).expect_err("it is out of range");
        let own: Vec<_> = flaws.iter().filter(|flaw| flaw.path == *path).collect();
        assert!(own.iter().all(|flaw| flaw.id.as_ref() == Some(carrier)), "{path}: {own:?}");
    }
}

#[test]
fn an_id_that_is_too_long_is_carried_and_an_empty_one_is_not() {
    let mut draft = sound();
    draft.tickets[0].id = "T".repeat(201);
    draft.tickets[1].id = String::new();
    let flaws = Problem::new(draft).expect_err("two ids are bad");
    let told: Vec<_> = flaws.iter().map(|flaw| (flaw.path.as_str(), flaw.id.clone())).collect();
    assert_eq!(told, [("tickets[0].id", Some("T".repeat(201))), ("tickets[1].id", None)]);
}

/// An extreme, anything, or a number that may well be sound.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        prop::sample::select(EXTREMES.as_slice()),
        any::<i64>(),
        -100_000_i64..100_000,
        NOW.0 - 100_000..NOW.0 + 100_000,
    ]
}

fn fraction() -> impl Strategy<Value = f64> {
    prop_oneof![prop::sample::select(WILD.as_slice()), any::<f64>(), 0.0..1.0_f64, -200.0..200.0_f64]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn no_draft_makes_problem_new_panic(
        numbers in prop::collection::vec((0..NUMBERS.len() + NARROW.len(), number()), 0..6),
        fractions in prop::collection::vec((0..FRACTIONS.len(), fraction()), 0..3),
    ) {
        let mut changed = sound();
        for &(field, value) in &numbers {
            let (_, put) = NUMBERS.iter().chain(NARROW).nth(field).expect("it is in the tables");
            put(&mut changed, value);
        }
        for &(field, value) in &fractions {
            FRACTIONS[field].1(&mut changed, value);
        }
        // What is said later is checked as carefully as what the document says.
        let mut problem = Problem::new(sound()).expect("it is sound");
        for ticket in &changed.tickets {
            let admitted = problem.admit(ticket).is_ok();
            prop_assert_eq!(problem.add_ticket(ticket).is_ok(), admitted);
        }
        let learnt = problem.learn_visit(&changed.visits[0]).is_ok();
        match Problem::new(changed) {
            Ok(problem) => {
                prop_assert!(learnt, "a visit is sound here and flawed there");
                for shift in problem.shifts().iter().filter(|shift| shift.on_duty) {
                    // Who is at work has been so before now.
                    let is_at_work = problem.engineer(shift.engineer).id == "E0".into();
                    prop_assert!(is_at_work || problem.now() <= shift.start);
                    prop_assert!(shift.start < shift.end);
                }
            }
            Err(flaws) => prop_assert!(!flaws.is_empty()),
        }
    }
}
