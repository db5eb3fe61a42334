//! A small sound problem and its plan, computed by hand.
//!
//! Every drive takes ten minutes, but for row 4, which is eleven hours away. One lost point of skill or
//! history costs 3,600 s, of load 1,200 s.

use paidan_engine::engineer::{BreakDraft, EngineerDraft, PlaceDraft, ShiftDraft, SkillDraft, Stamp};
use paidan_engine::ids::{ShiftIx, TicketIx};
use paidan_engine::plan::{Ended, Plan, PlannedBreak, PlannedRoute, PlannedStop, Reason, Run, Unserved};
use paidan_engine::policy::{Policy, Weights};
use paidan_engine::problem::{Draft, Table, TravelSpec};
use paidan_engine::receipt::Receipt;
use paidan_engine::rule::{Barrier, Line};
use paidan_engine::ticket::{NeedDraft, TicketDraft, TicketType, Window};
use paidan_engine::units::{Moment, Price, Seconds};

const DRIVE: Seconds = Seconds(600);

/// A time of the day that is planned, the hundredth since 1970.
pub fn at(hour: i64, minute: i64) -> Moment {
    Moment(100 * 86_400 + hour * 3600 + minute * 60)
}

/// So many minutes.
pub fn minutes(count: i64) -> Seconds {
    Seconds(count * 60)
}

fn row(row: u32) -> PlaceDraft {
    PlaceDraft { point: None, row: Some(row) }
}

fn shift(day: i64, first: i64, last: i64) -> ShiftDraft {
    let stamp = |hour| Stamp { moment: at(24 * day + hour, 0), offset_s: 0 };
    ShiftDraft { start: stamp(first), end: stamp(last), ..ShiftDraft::default() }
}

fn engineer(id: &str, shift: ShiftDraft) -> EngineerDraft {
    EngineerDraft {
        id: id.into(),
        home: Some(row(0)),
        shifts: vec![shift],
        speed_permille: 1000,
        ..EngineerDraft::default()
    }
}

fn ticket(id: &str, place: u32, work: i64, priority: u8) -> TicketDraft {
    TicketDraft {
        id: id.into(),
        kind: TicketType::Installation,
        place: row(place),
        work: minutes(work),
        priority: Some(priority),
        crew: 1,
        ..TicketDraft::default()
    }
}

fn policy() -> Policy {
    let mut policy = Policy {
        weights: Weights { skill: 0.3, proximity: 0.3, history: 0.3, load: 0.1 },
        ..Policy::default()
    };
    policy.skill.work_permille[2] = 500;
    // Old visits bind, but teach nothing: every chance is the prior of 0.75.
    policy.history.half_life_days = 1.0;
    policy
}

fn draft() -> Draft {
    let seconds = (0..25).map(|cell: u32| match (cell / 5, cell % 5) {
        (from, to) if from == to => 0,
        (4, _) | (_, 4) => 11 * 3600,
        _ => 600,
    });
    let mut ann = engineer("ann", shift(0, 8, 16));
    let noon = minutes(12 * 60);
    ann.shifts[0].breaks = vec![BreakDraft::daily(noon, minutes(13 * 60), minutes(30))];
    ann.skills = vec![SkillDraft { name: "lift".into(), level: 3, valid_until: None }];
    ann.stock = vec![("filter".into(), 2)];
    let mut bob = engineer("bob", shift(0, 8, 12));
    bob.shifts[0].max_tickets = Some(1);
    let cid = engineer("cid", shift(-1, 8, 12));

    // At level 3 the two hours of the lift are one.
    let mut lift = ticket("lift", 2, 120, 50);
    lift.requires = vec![NeedDraft { skill: "lift".into(), level: 2, preferred: Some(4) }];
    let mut wait = ticket("wait", 1, 120, 50);
    wait.windows =
        vec![Window { start: at(6, 0), end: at(7, 0) }, Window { start: at(10, 0), end: at(10, 30) }];
    wait.parts = vec![("filter".into(), 2)];
    let mut third = ticket("third", 3, 60, 50);
    third.preferred = vec!["bob".into()];
    let mut late = ticket("late", 1, 60, 60);
    late.respond_by = Some(at(8, 5));
    let mut impossible = ticket("impossible", 1, 60, 10);
    impossible.requires = vec![NeedDraft { skill: "weld".into(), level: 1, preferred: None }];
    let mut trade = ticket("trade", 1, 60, 20);
    trade.forbidden = vec!["ann".into()];
    let mut crew = ticket("crew", 1, 60, 30);
    crew.crew = 2;
    crew.forbidden = vec!["ann".into()];
    let mut order = ticket("order", 1, 60, 40);
    order.after = vec!["lift".into()];
    order.forbidden = vec!["ann".into()];
    // Long before the lift is done.
    order.windows = vec![Window { start: at(8, 0), end: at(8, 30) }];
    Draft {
        now: at(8, 0),
        travel: TravelSpec::table(Table { size: 5, seconds: seconds.collect(), ..Table::default() }),
        engineers: vec![ann, bob, cid],
        tickets: vec![lift, wait, third, late, impossible, trade, crew, order],
        policy: policy(),
        ..Draft::default()
    }
}

fn stop(ticket: u32, [arrival, start, departure]: [Moment; 3], charges: &[(Line, i64)]) -> PlannedStop {
    let mut receipt = Receipt::default();
    receipt.charge(Line::Driving, DRIVE);
    receipt.charge(Line::History, Seconds(900));
    for &(line, amount) in charges {
        receipt.charge(line, Seconds(amount));
    }
    PlannedStop {
        ticket: TicketIx(ticket),
        fetch_at: None,
        drive: DRIVE,
        arrival,
        start,
        departure,
        receipt,
    }
}

fn route(shift: u32, stops: Vec<PlannedStop>, breaks: Vec<PlannedBreak>, back: Moment) -> PlannedRoute {
    PlannedRoute {
        shift: ShiftIx(shift),
        leave: at(8, 0),
        stops,
        breaks,
        drive_back: DRIVE,
        back,
        receipt: Receipt::default(),
    }
}

/// Sums the receipts of the stops into those of the routes, the plan and its price.
pub fn totals(plan: &mut Plan) {
    plan.receipt = Receipt::default();
    for route in &mut plan.routes {
        route.receipt = Receipt::default();
        route.receipt.charge(Line::Driving, route.drive_back);
        for stop in &route.stops {
            route.receipt += stop.receipt;
        }
        plan.receipt += route.receipt;
    }
    plan.price.unserved = plan.unserved.len() as i64;
    plan.price.seconds = plan.receipt.total();
}

/// The problem and its plan.
///
/// Ann does the lift, waits 40 minutes for the window of the second ticket, and takes her break on the
/// road to the third; her shift of 28,800 s is loaded by 1,200 * (3,600, 10,800, 14,400)^2 / 28,800^2,
/// that is by 18, 168 and 300. Bob starts 300 s late at priority 60, so 1.4 s for each second.
pub fn sound() -> (Draft, Plan) {
    let ann = route(
        0,
        vec![
            // One level below the preferred one: 15 % of a point.
            stop(0, [at(8, 10), at(8, 10), at(9, 10)], &[(Line::Skill, 540), (Line::Load, 18)]),
            stop(1, [at(9, 20), at(10, 0), at(12, 0)], &[(Line::Load, 150)]),
            stop(2, [at(12, 40), at(12, 40), at(13, 40)], &[(Line::Load, 132), (Line::Preference, 900)]),
        ],
        vec![PlannedBreak { start: at(12, 0), end: at(12, 30) }],
        at(13, 50),
    );
    let bob = route(
        1,
        vec![stop(3, [at(8, 10), at(8, 10), at(9, 10)], &[(Line::Load, 75), (Line::Lateness, 420)])],
        Vec::new(),
        at(9, 20),
    );
    let unserved = [
        (4, Reason::Impossible(vec![(Barrier::Skill, 3)])),
        (5, Reason::LostTrade { able: 1 }),
        (6, Reason::TooFewTogether { able: 1, together: 1 }),
        (7, Reason::LostTrade { able: 1 }),
    ]
    .map(|(ticket, reason)| Unserved { ticket: TicketIx(ticket), reason })
    .to_vec();
    let mut plan = Plan {
        routes: vec![ann, bob],
        unserved,
        receipt: Receipt::default(),
        price: Price { priority_lost: 100, ..Price::ZERO },
        bound: None,
        run: Run { seed: 0, rounds: 0, ended: Ended::Proven },
    };
    totals(&mut plan);
    // Driving 3,600, skill 540, history 3,600, load 375, preference 900, lateness 420.
    assert_eq!(plan.price, Price { priority_lost: 100, unserved: 4, seconds: Seconds(9_435) });
    (draft(), plan)
}
