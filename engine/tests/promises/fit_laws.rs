//! The factors of the score: bounded, monotone, decaying; the binding's ladder step by step.

use crate::world::NOW;
use paidan_engine::check::check;
use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, SkillDraft, Stamp};
use paidan_engine::fit::{History, Standing, load, skill};
use paidan_engine::geo::LatLon;
use paidan_engine::ids::EngineerIx;
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::policy::{Otherwise, Policy};
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::ticket::{Conversation, NeedDraft, TicketDraft, TicketType};
use paidan_engine::units::Seconds;
use paidan_engine::visit::VisitDraft;
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn place() -> PlaceDraft {
    PlaceDraft { point: Some(LatLon { lat: 39.1, lon: -84.5 }), row: None }
}

fn engineer(id: &str, level: u8) -> EngineerDraft {
    EngineerDraft {
        id: id.to_owned(),
        home: Some(place()),
        skills: vec![SkillDraft { name: "gas".to_owned(), level, valid_until: None }],
        shifts: vec![ShiftDraft {
            start: Stamp { moment: NOW, offset_s: 0 },
            end: Stamp { moment: NOW + Seconds(9 * 3600), offset_s: 0 },
            ..ShiftDraft::default()
        }],
        speed_permille: 1000,
        ..EngineerDraft::default()
    }
}

fn ticket(level: u8, preferred: u8) -> TicketDraft {
    TicketDraft {
        id: "T".to_owned(),
        customer: Some("C".to_owned()),
        issue: Some("leak".to_owned()),
        place: place(),
        work: Seconds(3600),
        requires: vec![NeedDraft { skill: "gas".to_owned(), level, preferred: Some(preferred) }],
        crew: 1,
        ..TicketDraft::default()
    }
}

/// A visit that began so many days ago.
fn visit(engineer: &str, days_ago: i64, resolved: bool, rating: Option<u8>) -> VisitDraft {
    VisitDraft {
        ticket: format!("V{days_ago}"),
        customer: "C".to_owned(),
        issue: "leak".to_owned(),
        engineer: engineer.to_owned(),
        start: NOW - Seconds(days_ago * DAY),
        end: NOW - Seconds(days_ago * DAY - 3600),
        resolved,
        rating,
        ..VisitDraft::default()
    }
}

fn problem(visits: Vec<VisitDraft>, policy: Policy) -> Problem {
    let draft = Draft {
        now: NOW,
        engineers: vec![engineer("near", 5), engineer("first", 3), engineer("second", 3)],
        tickets: vec![ticket(2, 3)],
        visits,
        policy,
        ..Draft::default()
    };
    Problem::new(draft).expect("sound")
}

fn standing(problem: &Problem) -> Standing {
    Standing::of(problem, &History::new(problem), &problem.tickets()[0])
}

fn ladder(visits: Vec<VisitDraft>) -> Vec<String> {
    let problem = problem(visits, Policy::default());
    let binding = standing(&problem).binding;
    let ladder = binding.map(|binding| binding.ladder).unwrap_or_default();
    ladder.iter().map(|&engineer| problem.engineer(engineer).id.to_string()).collect()
}

proptest! {
    #[test]
    fn skill_is_bounded_and_falls_away_from_the_preferred_level(
        level in 1_u8..=3,
        over in 0_u8..=2,
        have in 1_u8..=5,
    ) {
        let preferred = level + over;
        let draft = Draft {
            now: NOW,
            engineers: vec![engineer("one", have), engineer("better", (have + 1).min(5))],
            tickets: vec![ticket(level, preferred)],
            ..Draft::default()
        };
        let problem = Problem::new(draft).expect("sound");
        let rates = &problem.policy().skill;
        let (ticket, shifts) = (&problem.tickets()[0], problem.shifts());
        prop_assert_eq!(skill::suffices(ticket, &shifts[0]), have >= level);
        if have >= level {
            let factor = skill::factor(rates, ticket, &shifts[0]);
            prop_assert!((0.0..=1.0).contains(&factor));
            prop_assert_eq!(factor > 0.999, have == preferred);
            let next = skill::factor(rates, ticket, &shifts[1]);
            if have < preferred {
                prop_assert!(next > factor, "a level towards the preferred one gains");
            } else if have < 5 {
                prop_assert!(next < factor, "a level beyond the preferred one loses");
            }
        }
    }

    #[test]
    fn load_is_bounded_falls_with_booked_work_and_telescopes(
        booked in 0_i64..30_000,
        work in 1_i64..7_000,
        more in 1_i64..7_000,
    ) {
        let shift = Seconds(36_000);
        let factor = load::factor(Seconds(booked), Seconds(work), shift);
        prop_assert!((0.0..=1.0).contains(&factor));
        prop_assert!(load::factor(Seconds(booked + more), Seconds(work), shift) <= factor);
        let policy = Policy::default();
        let tariff = paidan_engine::price::rules::Tariff::new(&policy);
        let price = |seconds| paidan_engine::price::rules::load::price(&tariff, Seconds(seconds), shift);
        let steps = (price(booked + work) - price(booked))
            + (price(booked + work + more) - price(booked + work));
        prop_assert_eq!(steps, price(booked + work + more) - price(booked));
    }

    #[test]
    fn history_is_a_chance_rises_with_success_and_decays(
        good in 0_usize..12,
        bad in 0_usize..12,
        age in 1_i64..700,
    ) {
        // Other customers' visits a year apart from each other, so that none repeats another.
        let other = |n: usize, days: i64, resolved: bool| VisitDraft {
            customer: format!("other {n} {resolved}"),
            ..visit("first", days, resolved, None)
        };
        let visits = |age: i64, good: usize| -> Vec<VisitDraft> {
            let wins = (0..good).map(|n| other(n, age, true));
            wins.chain((0..bad).map(|n| other(n, age, false))).collect()
        };
        let chance = |visits: Vec<VisitDraft>| {
            let problem = problem(visits, Policy::default());
            let history = History::new(&problem);
            let standing = Standing::of(&problem, &history, &problem.tickets()[0]);
            let chance = history.chance(&standing.chances, EngineerIx(1));
            assert!(chance <= history.ceiling(EngineerIx(1)) + 1e-12, "the ceiling bounds it");
            chance
        };
        let now = chance(visits(age, good));
        prop_assert!((0.0..=1.0).contains(&now));
        prop_assert!(chance(visits(age, good + 1)) > now, "one more success helps");
        let prior = Policy::default().history.prior_chance;
        let faded = chance(visits(age + 2000, good));
        prop_assert!((faded - prior).abs() <= (now - prior).abs() + 1e-9, "old visits say less");
    }
}

#[test]
fn two_earlier_visits_bind_and_one_does_not() {
    assert_eq!(ladder(vec![visit("first", 10, false, None)]), Vec::<String>::new());
    let two = vec![visit("first", 20, false, None), visit("first", 10, false, None)];
    assert_eq!(ladder(two), ["first"]);
}

#[test]
fn visits_before_the_window_do_not_bind() {
    let visits = vec![visit("first", 91, false, None), visit("first", 10, false, None)];
    assert_eq!(ladder(visits), Vec::<String>::new());
}

#[test]
fn of_two_engineers_the_better_outcome_comes_first() {
    let visits = vec![visit("first", 20, false, Some(5)), visit("second", 10, false, Some(2))];
    assert_eq!(ladder(visits), ["first", "second"], "neither resolved it; the better rating first");
    let visits = vec![visit("first", 20, false, Some(2)), visit("second", 10, true, Some(5))];
    assert_eq!(ladder(visits), ["second", "first"], "resolved first");
}

#[test]
fn of_two_like_outcomes_the_more_recent_comes_first() {
    let visits = vec![visit("first", 20, false, None), visit("second", 10, false, None)];
    assert_eq!(ladder(visits), ["second", "first"]);
}

#[test]
fn only_the_latest_two_visits_count_and_the_departed_are_skipped() {
    let visits = vec![
        visit("near", 30, true, Some(5)),
        visit("departed", 20, false, None),
        visit("second", 10, false, None),
    ];
    assert_eq!(ladder(visits), ["second"]);
}

#[test]
fn the_same_asset_counts_as_the_same_customer() {
    let mut draft = Draft {
        now: NOW,
        engineers: vec![engineer("near", 5), engineer("first", 3)],
        tickets: vec![TicketDraft { asset: Some("boiler".to_owned()), ..ticket(2, 3) }],
        ..Draft::default()
    };
    for days in [20, 10] {
        draft.visits.push(VisitDraft {
            customer: "the tenant before".to_owned(),
            asset: Some("boiler".to_owned()),
            ..visit("first", days, false, None)
        });
    }
    let problem = Problem::new(draft).expect("sound");
    let binding = standing(&problem).binding.expect("bound by the asset");
    assert_eq!(binding.ladder, [EngineerIx(1)]);
}

#[test]
fn a_policy_can_switch_the_binding_off_or_make_it_strict() {
    let visits = || vec![visit("first", 20, false, None), visit("first", 10, false, None)];
    let mut policy = Policy::default();
    policy.binding.otherwise = Otherwise::Strict;
    assert!(standing(&problem(visits(), policy.clone())).binding.expect("bound").strict);
    policy.binding.visits = 0;
    assert_eq!(standing(&problem(visits(), policy)).binding, None);
}

#[test]
fn urgency_adds_up_and_stops_at_a_hundred() {
    let priority = |change: &dyn Fn(&mut TicketDraft), visits: usize| {
        let mut ticket = ticket(2, 3);
        change(&mut ticket);
        let draft = Draft {
            now: NOW,
            engineers: vec![engineer("first", 3)],
            tickets: vec![ticket],
            visits: (1..=visits as i64).map(|n| visit("first", n * 5, false, None)).collect(),
            ..Draft::default()
        };
        standing(&Problem::new(draft).expect("sound")).priority
    };
    let question = |ticket: &mut TicketDraft| ticket.kind = TicketType::Question;
    assert_eq!(priority(&question, 0), 20);
    assert_eq!(priority(&question, 1), 30, "a repeat");
    let unhappy = |keywords| {
        move |ticket: &mut TicketDraft| {
            ticket.kind = TicketType::Question;
            ticket.conversation = Some(Conversation { keywords, baseline: 10.0 });
        }
    };
    assert_eq!(priority(&unhappy(13.0), 0), 35, "30 % above the baseline");
    assert_eq!(priority(&unhappy(12.9), 0), 20, "just below it");
    let half_used = |ticket: &mut TicketDraft| {
        ticket.kind = TicketType::Repair;
        ticket.reported = Some(NOW - Seconds(12 * 3600));
    };
    assert_eq!(priority(&half_used, 0), 60, "12 of 24 hours used: 10 of 20 points");
    let vip = |ticket: &mut TicketDraft| {
        ticket.kind = TicketType::Complaint;
        ticket.tier = Some("vip".to_owned());
        ticket.reported = Some(NOW - Seconds(DAY));
    };
    assert_eq!(priority(&vip, 4), 100);
    assert_eq!(priority(&|ticket: &mut TicketDraft| ticket.priority = Some(7), 9), 7, "given is given");
}

#[test]
fn a_recorded_visit_counts_like_one_in_the_document() {
    let visits = vec![
        visit("first", 20, true, None),
        visit("second", 12, true, Some(2)),
        visit("first", 3, true, Some(5)),
    ];
    let whole = problem(visits.clone(), Policy::default());
    let mut grown = problem(visits[..2].to_vec(), Policy::default());
    let mut history = History::new(&grown);
    let last = grown.learn_visit(&visits[2]).expect("sound");
    history.record(last);
    let told = History::new(&whole);
    for engineer in (0..3).map(EngineerIx) {
        let one = Standing::of(&whole, &told, &whole.tickets()[0]);
        let two = Standing::of(&grown, &history, &grown.tickets()[0]);
        let (a, b) = (told.chance(&one.chances, engineer), history.chance(&two.chances, engineer));
        assert!((a - b).abs() < 1e-12, "{engineer:?}: {a} against {b}");
        assert_eq!(one.binding, two.binding);
    }
}

#[test]
fn a_promise_that_is_over_is_used_up_however_late_it_was_reported() {
    for reported in [None, Some(NOW + Seconds(60)), Some(NOW - Seconds(60))] {
        let overdue = TicketDraft {
            kind: TicketType::Question,
            reported,
            respond_by: Some(NOW - Seconds(3600)),
            ..ticket(2, 3)
        };
        let draft = Draft {
            now: NOW,
            engineers: vec![engineer("one", 3)],
            tickets: vec![overdue],
            ..Draft::default()
        };
        let problem = Problem::new(draft).expect("sound");
        assert_eq!(standing(&problem).priority, 40, "20 points, and all 20 of the SLA: {reported:?}");
        let budget = Budget { rounds: Some(1), ..Budget::default() };
        let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
        assert_eq!(check(&problem, problem.visits(), &plan), []);
    }
}

#[test]
fn visits_learnt_at_once_teach_what_they_teach_one_by_one() {
    let visits: Vec<VisitDraft> = (0..60_i64)
        .map(|n| VisitDraft {
            asset: (n % 3 == 0).then(|| format!("A{}", n % 2)),
            customer: format!("C{}", n % 4),
            ..visit(["first", "second", "gone"][n as usize % 3], n * 37 % 300, n % 5 > 0, None)
        })
        .collect();
    let at_once = problem(visits.clone(), Policy::default());
    let mut later = problem(Vec::new(), Policy::default());
    let mut one_by_one = History::new(&later);
    for visit in &visits {
        one_by_one.record(later.learn_visit(visit).expect("sound"));
    }
    let of = |problem: &Problem, history: &History| -> Vec<i64> {
        let ticket = problem.admit(&ticket(2, 3)).expect("sound");
        let standing = Standing::of(problem, history, &ticket);
        let chance = |n: u32| history.chance(&standing.chances, EngineerIx(n));
        (0..3)
            .map(chance)
            .chain([history.anyone()])
            .map(|chance| (chance * 1e12).round() as i64)
            .collect()
    };
    assert_eq!(of(&at_once, &History::new(&at_once)), of(&later, &one_by_one));
}

#[test]
fn a_customer_with_very_many_visits_is_learnt_in_no_time() {
    // Compared each with each these would be ten thousand million pairs.
    let visits = (0..100_000).map(|n| visit("first", n % 3000, true, None)).collect();
    let problem = problem(visits, Policy::default());
    assert!(History::new(&problem).anyone() < 0.01, "all but the last were followed by another");
}
