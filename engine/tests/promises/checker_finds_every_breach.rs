//! One small sound plan, computed by hand; and for every code one way to spoil exactly that.

use crate::common::{at, minutes, sound, totals};
use paidan_engine::check::{BreachCode, barrier, check};
use paidan_engine::depot::DepotDraft;
use paidan_engine::engineer::{BreakDraft, BreakTimes, Day, SkillDraft};
use paidan_engine::geo::Area;
use paidan_engine::ids::{DepotIx, EngineerIx, ShiftIx, TicketIx};
use paidan_engine::plan::{Bound, Plan, PlannedBreak, PlannedRoute, Reason, Unserved};
use paidan_engine::policy::Otherwise;
use paidan_engine::problem::{Draft, Problem, Table, TerritoryDraft, TravelSpec};
use paidan_engine::receipt::Receipt;
use paidan_engine::rule::{Barrier, Line};
use paidan_engine::ticket::{NeedDraft, TandemDraft, TicketDraft, Window};
use paidan_engine::units::{Moment, Price, Seconds};
use paidan_engine::visit::VisitDraft;

/// Rows of the sound draft and the sound plan, in their order.
const ANN: usize = 0;
const BOB: usize = 1;
const CID: usize = 2;
const LIFT: usize = 0;
const WAIT: usize = 1;
const THIRD: usize = 2;
const LATE: usize = 3;
const ORDER: usize = 7;
const IMPOSSIBLE: usize = 0;
const TRADE: usize = 1;

fn found(draft: Draft, plan: &Plan) -> Vec<BreachCode> {
    let problem = Problem::new(draft).expect("the draft is sound");
    let breaches = check(&problem, problem.visits(), plan);
    let mut codes: Vec<BreachCode> = breaches.iter().map(|breach| breach.code).collect();
    for breach in &breaches {
        println!("{breach}");
    }
    codes.dedup();
    codes
}

#[test]
fn a_sound_plan_has_no_breach() {
    let (draft, plan) = sound();
    assert_eq!(found(draft, &plan), []);
}

#[test]
fn every_breach_is_found_and_nothing_else() {
    for &code in BreachCode::ALL {
        let (mut draft, mut plan) = sound();
        spoil(code, &mut draft, &mut plan);
        println!("spoilt: {}", code.as_str());
        assert_eq!(found(draft, &plan), [code], "spoilt by {}", code.as_str());
    }
}

fn spoil(code: BreachCode, draft: &mut Draft, plan: &mut Plan) {
    match code {
        BreachCode::UnknownShift
        | BreachCode::UnknownTicket
        | BreachCode::AbsurdNumber
        | BreachCode::ShiftTwice
        | BreachCode::RoutesOutOfOrder
        | BreachCode::EmptyRoute
        | BreachCode::TicketMissing
        | BreachCode::TicketTwice
        | BreachCode::UnservedOutOfOrder
        | BreachCode::CrewIncomplete
        | BreachCode::CrewApart
        | BreachCode::BeforeItsTurn
        | BreachCode::PairApart
        | BreachCode::TandemApart => spoil_shape(code, draft, plan),
        BreachCode::OffDuty
        | BreachCode::LeavesTooEarly
        | BreachCode::ReturnsTooLate
        | BreachCode::Drive
        | BreachCode::Arrival
        | BreachCode::StartTooEarly
        | BreachCode::Window
        | BreachCode::Departure
        | BreachCode::Return
        | BreachCode::BreakMissing
        | BreachCode::BreakUnknown
        | BreachCode::BreakOrder
        | BreachCode::BreakLength
        | BreachCode::BreakWindow
        | BreachCode::BreakOverlap
        | BreachCode::BreakLoad
        | BreachCode::MaxSpan
        | BreachCode::NotTheSchedule => spoil_times(code, draft, plan),
        BreachCode::Skill
        | BreachCode::Certificate
        | BreachCode::Territory
        | BreachCode::Goods
        | BreachCode::Forbidden
        | BreachCode::NotRequired
        | BreachCode::Bound
        | BreachCode::MaxTickets
        | BreachCode::MaxWork
        | BreachCode::MaxDrive
        | BreachCode::MaxDistance => spoil_rules(code, draft),
        BreachCode::UnknownDepot => plan.routes[ANN].stops[WAIT].fetch_at = Some(DepotIx(0)),
        BreachCode::FetchedTwice => {
            let place = draft.engineers[BOB].home.expect("bob has one");
            draft.depots = vec![DepotDraft { id: "store".into(), place, ..DepotDraft::default() }];
            for stop in plan.routes[ANN].stops.iter_mut().take(2) {
                stop.fetch_at = Some(DepotIx(0));
            }
        }
        BreachCode::StopReceipt => {
            plan.routes[ANN].stops[WAIT].receipt.charge(Line::Skill, Seconds(1));
        }
        BreachCode::RouteReceipt => plan.routes[ANN].receipt.charge(Line::Overtime, Seconds(1)),
        BreachCode::PlanReceipt => plan.receipt.charge(Line::Driving, Seconds(-1)),
        BreachCode::PlanPrice => plan.price.unserved += 1,
        BreachCode::BelowBound => {
            let lost = Price { priority_lost: 99, unserved: 9, ..Price::ZERO };
            assert!(lost < plan.price, "what is lost is no breach");
            plan.bound = Some(Bound { lost, seconds: plan.price.seconds + Seconds(1) });
        }
        BreachCode::FalseReason => {
            plan.unserved[TRADE].reason = Reason::TooFewTogether { able: 1, together: 1 };
        }
        BreachCode::FalseCounts => {
            plan.unserved[IMPOSSIBLE].reason = Reason::Impossible(vec![(Barrier::Skill, 2)]);
        }
        BreachCode::NotImpossible => {
            plan.unserved[TRADE].reason = Reason::Impossible(vec![(Barrier::Forbidden, 3)]);
        }
        BreachCode::FalseAble => plan.unserved[TRADE].reason = Reason::LostTrade { able: 2 },
        BreachCode::CouldBeServed => draft.engineers[BOB].shifts[0].max_tickets = Some(2),
    }
}

fn spoil_shape(code: BreachCode, draft: &mut Draft, plan: &mut Plan) {
    match code {
        BreachCode::UnknownShift => {
            let mut route = plan.routes[BOB].clone();
            (route.shift, route.receipt) = (ShiftIx(99), Receipt::default());
            route.stops.clear();
            plan.routes.push(route);
        }
        BreachCode::UnknownTicket => {
            let ticket = TicketIx(99);
            plan.unserved.push(Unserved { ticket, reason: Reason::LostTrade { able: 1 } });
            plan.price.unserved += 1;
        }
        BreachCode::AbsurdNumber => plan.routes[ANN].leave = Moment(i64::MAX),
        BreachCode::ShiftTwice => {
            let mut second = plan.routes[BOB].clone();
            second.stops[0].ticket = plan.unserved.remove(TRADE).ticket;
            second.stops[0].receipt.charge(Line::Lateness, Seconds(-420));
            plan.price.priority_lost -= 20;
            plan.routes.push(second);
            totals(plan);
        }
        BreachCode::RoutesOutOfOrder => plan.routes.swap(ANN, BOB),
        BreachCode::EmptyRoute => {
            draft.engineers[CID].shifts = draft.engineers[BOB].shifts.clone();
            draft.engineers[CID].shifts[0].max_tickets = Some(0);
            let mut route = plan.routes[BOB].clone();
            (route.shift, route.receipt) = (ShiftIx(2), Receipt::default());
            route.stops.clear();
            plan.routes.push(route);
        }
        BreachCode::TicketMissing => {
            plan.unserved.remove(IMPOSSIBLE);
            plan.price.priority_lost -= 10;
            plan.price.unserved -= 1;
        }
        BreachCode::TicketTwice => {
            plan.unserved.insert(IMPOSSIBLE, plan.unserved[IMPOSSIBLE].clone());
            plan.price.priority_lost += 10;
            plan.price.unserved += 1;
        }
        BreachCode::UnservedOutOfOrder => plan.unserved.swap(IMPOSSIBLE, TRADE),
        BreachCode::CrewIncomplete => draft.tickets[LATE].crew = 2,
        BreachCode::CrewApart => {
            draft.tickets[LATE].crew = 2;
            draft.engineers[CID].shifts = draft.engineers[BOB].shifts.clone();
            plan.unserved[TRADE].reason = Reason::LostTrade { able: 2 };
            for left in &mut plan.unserved[TRADE + 1..] {
                left.reason = Reason::LostTrade { able: 2 };
            }
            let mut other = plan.routes[BOB].clone();
            other.shift = ShiftIx(2);
            shift_by(&mut other, minutes(10));
            // Ten minutes more at 1.4 seconds each.
            other.stops[0].receipt.charge(Line::Lateness, Seconds(840));
            plan.routes.push(other);
            totals(plan);
        }
        BreachCode::PairApart => draft.tickets[LATE].follows = Some("lift".into()),
        BreachCode::TandemApart => {
            draft.tickets[WAIT].tandem =
                Some(TandemDraft { with: "third".into(), from: None, until: None });
        }
        BreachCode::BeforeItsTurn => draft.tickets[WAIT].after = vec!["third".into()],
        other => unreachable!("{other:?} is no breach of shape"),
    }
}

fn shift_by(route: &mut PlannedRoute, by: Seconds) {
    route.leave = route.leave + by;
    route.back = route.back + by;
    for stop in &mut route.stops {
        stop.arrival = stop.arrival + by;
        stop.start = stop.start + by;
        stop.departure = stop.departure + by;
    }
}

fn spoil_times(code: BreachCode, draft: &mut Draft, plan: &mut Plan) {
    let route = &mut plan.routes[ANN];
    let ann = &mut draft.engineers[ANN];
    match code {
        BreachCode::OffDuty => ann.absences = vec![(at(7, 0), at(17, 0))],
        BreachCode::LeavesTooEarly => ann.absences = vec![(at(7, 0), at(8, 5))],
        BreachCode::ReturnsTooLate => {
            ann.absences = vec![(at(13, 45), at(17, 0))];
            draft.policy.overtime.per_minute = 0.0;
        }
        BreachCode::Drive => route.stops[WAIT].drive += Seconds(1),
        BreachCode::Arrival => route.stops[WAIT].arrival = at(9, 19),
        BreachCode::StartTooEarly => {
            route.stops[THIRD].start = at(12, 39);
            route.stops[THIRD].departure = at(13, 39);
            route.back = at(13, 49);
        }
        BreachCode::Window => {
            draft.tickets[WAIT].windows = vec![Window { start: at(9, 0), end: at(9, 55) }];
        }
        BreachCode::Departure => route.stops[LIFT].departure = at(9, 11),
        BreachCode::Return => route.back = at(13, 51),
        BreachCode::BreakMissing => route.breaks.clear(),
        BreachCode::BreakUnknown => ann.shifts[0].breaks.clear(),
        BreachCode::BreakOrder => {
            let quarter = BreakDraft { length: minutes(15), ..ann.shifts[0].breaks[0].clone() };
            ann.shifts[0].breaks = vec![quarter; 2];
            route.breaks = vec![
                PlannedBreak { start: at(12, 0), end: at(12, 15) },
                PlannedBreak { start: at(12, 14), end: at(12, 29) },
            ];
        }
        BreachCode::BreakLength => route.breaks[0].end = at(12, 29),
        BreachCode::BreakWindow => ann.shifts[0].breaks[0].times = noon_until(1, 13 * 60),
        BreachCode::BreakOverlap => {
            route.breaks[0] = PlannedBreak { start: at(12, 30), end: at(13, 0) };
        }
        BreachCode::BreakLoad => {
            ann.capacity = vec![("boxes".into(), 5)];
            ann.shifts[0].breaks[0].max_load = vec![("boxes".into(), 0)];
            draft.tickets[WAIT].demand = vec![("boxes".into(), 1)];
        }
        // Leaving later, she could be back as early after 5 h 10.
        BreachCode::MaxSpan => ann.shifts[0].max_span = Some(minutes(309)),
        BreachCode::NotTheSchedule => {
            route.stops[THIRD].start = at(12, 45);
            route.stops[THIRD].departure = at(13, 45);
            route.back = at(13, 55);
        }
        other => unreachable!("{other:?} is no breach of times"),
    }
}

/// From so many minutes after noon until so many after midnight.
fn noon_until(start: i64, end: i64) -> BreakTimes {
    BreakTimes::Daily(minutes(12 * 60 + start), minutes(end))
}

fn spoil_rules(code: BreachCode, draft: &mut Draft) {
    let ann = &mut draft.engineers[ANN];
    let wait = &mut draft.tickets[WAIT];
    let need = |skill: &str| NeedDraft { skill: skill.into(), level: 1, preferred: None };
    match code {
        BreachCode::Skill => wait.requires = vec![need("weld")],
        BreachCode::Certificate => {
            wait.requires = vec![need("gas")];
            let valid_until = Some(Day(99));
            ann.skills.push(SkillDraft { name: "gas".into(), level: 5, valid_until });
        }
        BreachCode::Territory => {
            let area = Area::new(geo::MultiPolygon(Vec::new()));
            draft.territories = vec![TerritoryDraft { id: "north".into(), area }];
            ann.territories = vec!["north".into()];
        }
        BreachCode::Goods => wait.parts = vec![("filter".into(), 3)],
        BreachCode::Forbidden => wait.forbidden = vec!["ann".into()],
        BreachCode::NotRequired => wait.required = vec!["bob".into()],
        BreachCode::Bound => {
            wait.customer = Some("c".into());
            wait.issue = Some("leak".into());
            draft.policy.binding.otherwise = Otherwise::Strict;
            draft.policy.binding.step = Seconds::ZERO;
            let visit = |day: i64| VisitDraft {
                customer: "c".into(),
                issue: "leak".into(),
                engineer: "bob".into(),
                start: Moment(day * 86_400),
                end: Moment(day * 86_400 + 60),
                ..VisitDraft::default()
            };
            draft.visits = vec![visit(30), visit(31)];
        }
        BreachCode::MaxTickets => ann.shifts[0].max_tickets = Some(2),
        BreachCode::MaxWork => ann.shifts[0].max_work = Some(Seconds(14_399)),
        BreachCode::MaxDrive => ann.shifts[0].max_drive = Some(Seconds(2399)),
        BreachCode::MaxDistance => {
            ann.shifts[0].max_metres = Some(3999);
            let TravelSpec::Tables(tables) = &mut draft.travel else { unreachable!("a table") };
            let table = Table { metres: Some(vec![1000; 25]), ..(*tables[0].table).clone() };
            draft.travel = TravelSpec::table(table);
        }
        other => unreachable!("{other:?} is no breach of a rule"),
    }
}

#[test]
fn a_schedule_that_leaves_too_soon_is_not_the_schedule() {
    let (mut draft, mut plan) = sound();
    draft.tickets[LIFT].windows = vec![Window { start: at(8, 10), end: at(8, 10) }];
    assert_eq!(found(draft.clone(), &plan), []);
    draft.engineers[ANN].shifts[0].start.moment = at(7, 50);
    let longer = 29_400_i64;
    let load = |booked: i64| 1_200 * booked * booked / (longer * longer);
    let marginal = [load(3_600), load(10_800) - load(3_600), load(14_400) - load(10_800)];
    for ((stop, was), now) in plan.routes[ANN].stops.iter_mut().zip([18, 150, 132]).zip(marginal) {
        stop.receipt.charge(Line::Load, Seconds(now - was));
    }
    totals(&mut plan);
    draft.now = at(7, 50);
    draft.engineers[BOB].shifts[0].start.moment = at(8, 0);
    assert_eq!(found(draft.clone(), &plan), []);
    plan.routes[ANN].leave = at(7, 55);
    plan.routes[ANN].stops[LIFT].arrival = at(8, 5);
    assert_eq!(found(draft, &plan), [BreachCode::NotTheSchedule]);
}

#[test]
fn a_break_that_could_wait_must_wait() {
    // Until 13:30 the break may start; after the last stop ends at 13:10 it costs the return nothing
    // once Ann is home at 13:20.
    let (mut draft, mut plan) = sound();
    draft.engineers[ANN].shifts[0].breaks[0].times = noon_until(0, 14 * 60);
    assert_eq!(found(draft.clone(), &plan), [BreachCode::NotTheSchedule]);
    let route = &mut plan.routes[ANN];
    route.breaks.clear();
    let third = &mut route.stops[THIRD];
    (third.arrival, third.start, third.departure) = (at(12, 10), at(12, 10), at(13, 10));
    route.back = at(13, 20);
    assert_eq!(found(draft, &plan), []);
}

#[test]
fn nothing_is_late_where_nothing_need_be() {
    // With the break at noon the third ticket starts at 12:40; to start it by 12:15 the break must wait
    // until after the return, and that is later than its latest start, so the lateness stands.
    let (mut draft, mut plan) = sound();
    draft.tickets[THIRD].respond_by = Some(at(12, 15));
    // Priority 50: 1.25 s for each of 1,500 s.
    plan.routes[ANN].stops[THIRD].receipt.charge(Line::Lateness, Seconds(1_875));
    totals(&mut plan);
    assert_eq!(found(draft.clone(), &plan), []);
    // A quarter of an hour more makes the other order possible, with an earlier return as well.
    draft.engineers[ANN].shifts[0].breaks[0].times = noon_until(0, 14 * 60);
    assert_eq!(found(draft, &plan), [BreachCode::NotTheSchedule]);
}

#[test]
fn the_first_rule_that_takes_the_last_shift_is_told() {
    type Change = fn(&mut Draft, &mut TicketDraft);
    let plain = sound().0.tickets[WAIT].clone();
    let cases: [(Option<Barrier>, Change); 9] = [
        (None, |_, _| {}),
        (Some(Barrier::Forbidden), |draft, ticket| {
            draft.engineers[ANN].shifts.clear();
            ticket.forbidden = vec!["ann".into()];
        }),
        (Some(Barrier::Absent), |draft, _| {
            draft.engineers[ANN].absences = vec![(at(7, 0), at(17, 0))];
        }),
        (Some(Barrier::OffDuty), |draft, _| draft.engineers[ANN].shifts.clear()),
        (Some(Barrier::Quota), |draft, _| {
            draft.engineers[ANN].shifts[0].max_work = Some(Seconds(7_199));
        }),
        // Until 13:59 there is no turn for the break, and none before.
        (Some(Barrier::Window), |_, ticket| {
            ticket.windows = vec![Window { start: at(11, 59), end: at(11, 59) }];
        }),
        // Two hours of work and the way back end at 16:01.
        (Some(Barrier::Window), |_, ticket| {
            ticket.windows = vec![Window { start: at(13, 51), end: at(13, 59) }];
        }),
        (Some(Barrier::TooFar), |_, ticket| ticket.place.row = Some(4)),
        (Some(Barrier::TooFar), |_, ticket| ticket.work = Seconds(8 * 3600)),
    ];
    for (n, (expected, change)) in cases.into_iter().enumerate() {
        let mut draft = sound().0;
        let mut ticket = TicketDraft { id: "asked".into(), ..plain.clone() };
        change(&mut draft, &mut ticket);
        let problem = Problem::new(draft).expect("the draft is sound");
        let asked = problem.admit(&ticket).expect("the ticket is sound");
        assert_eq!(barrier(&problem, &[], &asked, EngineerIx(0)), expected, "case {n}");
    }
}

#[test]
fn nobody_makes_a_crew_with_themselves_on_another_shift() {
    let (mut draft, mut plan) = sound();
    draft.tickets[LATE].crew = 2;
    let mut evening = draft.engineers[BOB].shifts[0].clone();
    (evening.start.moment, evening.end.moment) = (at(12, 0), at(16, 0));
    draft.engineers[BOB].shifts.push(evening);
    let mut second = plan.routes[BOB].clone();
    second.shift = ShiftIx(2);
    plan.routes.push(second);
    totals(&mut plan);
    assert!(found(draft, &plan).contains(&BreachCode::CrewIncomplete));
}

/// Whether the checker says of the order in the sound plan, its draft changed, that it could be served.
fn order_could_be_served(change: impl FnOnce(&mut Draft, &mut Plan)) -> bool {
    let (mut draft, mut plan) = sound();
    // Bob is free from 9:10 on, where the order is.
    draft.engineers[BOB].shifts[0].max_tickets = None;
    change(&mut draft, &mut plan);
    let problem = Problem::new(draft).expect("the draft is sound");
    let breaches = check(&problem, problem.visits(), &plan);
    breaches.iter().any(|breach| {
        breach.code == BreachCode::CouldBeServed && breach.ticket.as_deref() == Some("order")
    })
}

#[test]
fn a_follower_could_start_when_work_and_one_setup_before_it_are_over() {
    let until = |hour, minute| vec![Window { start: at(8, 0), end: at(hour, minute) }];
    // The lift, from 8:10 on, takes Ann an hour.
    for (setup, open, too_soon) in [(0, until(9, 10), until(9, 9)), (10, until(9, 20), until(9, 19))] {
        for (windows, expected) in [(open, true), (too_soon, false)] {
            let could = order_could_be_served(|draft, plan| {
                draft.tickets[ORDER].windows = windows;
                draft.tickets[LIFT].setup = minutes(setup);
                plan.routes[ANN].stops[LIFT].departure = at(9, 10 + setup);
            });
            assert_eq!(could, expected, "with a setup of {setup} minutes");
        }
    }
}

#[test]
fn a_follower_could_stand_on_the_same_route_behind_what_it_waits_for() {
    for (minute, expected) in [(50, true), (49, false)] {
        let could = order_could_be_served(|draft, _| {
            let order = &mut draft.tickets[ORDER];
            order.after = vec!["lift".into(), "third".into()];
            order.forbidden = vec!["bob".into()];
            // The third is done at 13:40, ten minutes away.
            order.windows = vec![Window { start: at(8, 0), end: at(13, minute) }];
        });
        assert_eq!(could, expected, "until 13:{minute}");
    }
}

#[test]
fn nothing_is_claimed_where_what_is_waited_for_stands_nowhere() {
    let afternoon = |draft: &mut Draft| {
        draft.tickets[ORDER].windows = vec![Window { start: at(8, 0), end: at(11, 0) }];
    };
    assert!(order_could_be_served(|draft, _| afternoon(draft)));
    assert!(!order_could_be_served(|draft, plan| {
        afternoon(draft);
        plan.routes[ANN].stops.remove(LIFT);
    }));
    assert!(!order_could_be_served(|draft, plan| {
        afternoon(draft);
        plan.routes[ANN].stops[LIFT].start = Moment(i64::MIN);
    }));
}

#[test]
fn no_plan_makes_the_verifier_panic() {
    let wild = [i64::MIN, i64::MIN / 4, -1, 0, 1, 1 << 40, i64::MAX / 4, i64::MAX];
    for number in wild {
        for field in 0..15 {
            let (mut draft, mut plan) = sound();
            // One ticket waits for the stop that is changed.
            draft.tickets[WAIT].setup = minutes(10);
            draft.tickets[ORDER].after = vec!["wait".into()];
            if field == 14 {
                draft.engineers[ANN].absences = vec![(at(7, 0), at(17, 0))];
            }
            let index = number.unsigned_abs() as u32;
            let route = &mut plan.routes[ANN];
            let stop = &mut route.stops[WAIT];
            match field {
                0 => route.shift = ShiftIx(index),
                1 => stop.ticket = TicketIx(index),
                2 => stop.start = Moment(number),
                3 => (stop.drive, stop.arrival) = (Seconds(number), Moment(number)),
                4 => route.leave = Moment(number),
                5 => route.back = Moment(number),
                6 => route.drive_back = Seconds(number),
                7 => route.breaks[0].start = Moment(number),
                8 => route.breaks[0] = PlannedBreak { start: Moment(number), end: Moment(number) },
                9 => {
                    let mut receipt = Receipt::default();
                    receipt.charge(Line::Driving, Seconds(number));
                    (stop.receipt, route.receipt, plan.receipt) = (receipt, receipt, receipt);
                }
                10 => plan.unserved[TRADE].ticket = TicketIx(index),
                12 => stop.departure = Moment(number),
                13 | 14 => {
                    (stop.arrival, stop.start) = (Moment(number), Moment(number));
                    stop.departure = Moment(number);
                }
                _ => plan.price.seconds = Seconds(number),
            }
            let problem = Problem::new(draft).expect("the draft is sound");
            for breach in check(&problem, problem.visits(), &plan) {
                assert!(!breach.to_string().is_empty());
            }
        }
    }
}
