//! Crews start together, tickets wait for those before them, and none is left out that could be served.

use crate::every_plan_checks::{Doubter, looking};
use crate::slow_days::fewest_left;
use crate::world::{Size, draft, with_vans};
use paidan_engine::check::check;
use paidan_engine::engineer::{BreakDraft, EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
use paidan_engine::ids::TicketIx;
use paidan_engine::plan::{Plan, Reason};
use paidan_engine::planner::{Budget, NoWatch, Params, SplitParams, plan};
use paidan_engine::problem::{Draft, Problem, Table, TravelSpec};
use paidan_engine::ticket::{TicketDraft, TicketType, Window};
use paidan_engine::units::{Moment, Seconds};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Gives some tickets a crew, and has some wait for one or two before them.
fn tie(mut draft: Draft, seed: u64, share: f64) -> Problem {
    let mut random = SmallRng::seed_from_u64(seed);
    let followed: Vec<String> =
        draft.tickets.iter().filter_map(|ticket| ticket.follows.clone()).collect();
    for n in 0..draft.tickets.len() {
        let paired = draft.tickets[n].follows.is_some() || followed.contains(&draft.tickets[n].id);
        if paired {
            continue;
        }
        if random.random_bool(share) {
            draft.tickets[n].crew = random.random_range(2..4);
        }
        if n > 0 && random.random_bool(share) {
            let before = (0..random.random_range(1..3)).map(|_| random.random_range(0..n));
            let mut before: Vec<usize> = before.collect();
            before.sort_unstable();
            before.dedup();
            draft.tickets[n].after = before.iter().map(|&n| draft.tickets[n].id.clone()).collect();
        }
    }
    Problem::new(draft).unwrap_or_else(|flaws| panic!("seed {seed}: {flaws:?}"))
}

fn planned(problem: &Problem, seed: u64, rounds: u64, tickets: usize) -> Plan {
    let split =
        SplitParams { tickets, crowded: tickets, rounds: 50, settle: 3, ..SplitParams::default() };
    let params = Params { seed, split, mend: looking(seed), ..Params::default() };
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
    let plan = plan(problem, &params, &budget, &NoWatch);
    let breaches = check(problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
    plan
}

/// Crews and waiting tickets that a plan serves.
fn served(problem: &Problem, plan: &Plan) -> (usize, usize) {
    let left = |ticket: &TicketIx| plan.unserved.iter().any(|left| left.ticket == *ticket);
    let served: Vec<TicketIx> = problem.ticket_indices().filter(|ticket| !left(ticket)).collect();
    let crews = served.iter().filter(|&&ticket| problem.ticket(ticket).crew > 1).count();
    let waiting = served.iter().filter(|&&ticket| !problem.ticket(ticket).after.is_empty()).count();
    (crews, waiting)
}

#[test]
fn in_many_small_worlds_with_every_rule() {
    let (mut crews, mut waiting, mut reasons) = (0, 0, [0; 3]);
    for seed in 0..200 {
        let problem = tie(draft(seed, Size::default()), seed, 0.2);
        let plan = planned(&problem, seed, 300, 10);
        let (more_crews, more_waiting) = served(&problem, &plan);
        crews += more_crews;
        waiting += more_waiting;
        for left in &plan.unserved {
            match left.reason {
                Reason::TooFewTogether { .. } => reasons[0] += 1,
                Reason::PredecessorUnserved(_) => reasons[1] += 1,
                Reason::LostTrade { .. } if problem.ticket(left.ticket).crew > 1 => reasons[2] += 1,
                _ => {}
            }
        }
    }
    assert!(
        crews > 100 && waiting > 100,
        "only {crews} crews and {waiting} waiting tickets were served"
    );
    assert!(reasons.iter().all(|&count| count > 10), "too few reasons of some kind: {reasons:?}");
}

#[test]
fn in_worlds_of_vans_with_loads_pairs_setups_and_limits() {
    let (mut crews, mut waiting) = (0, 0);
    for seed in 0..200 {
        let problem = tie(with_vans(seed, Size { tickets: 16, ..Size::default() }), seed, 0.25);
        let plan = planned(&problem, seed, 200, 8);
        let more = served(&problem, &plan);
        (crews, waiting) = (crews + more.0, waiting + more.1);
    }
    assert!(crews > 70 && waiting > 50, "only {crews} crews and {waiting} waiting tickets were served");
}

#[test]
fn in_several_parts_on_any_number_of_threads() {
    for seed in 0..4 {
        let size = Size { engineers: 24, tickets: 120, visits: 100, spread: 0.5, ..Size::default() };
        let problem = tie(draft(seed, size), seed, 0.15);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| planned(&problem, seed, 3000, 20))
        };
        assert_eq!(on(1), on(3), "seed {seed}");
    }
}

#[test]
fn whenever_somebody_looks() {
    for seed in 0..10 {
        let size = Size { engineers: 24, tickets: 200, spread: 0.5, ..Size::default() };
        let problem = tie(draft(seed, size), seed, 0.15);
        let split = SplitParams { tickets: 20, crowded: 20, rounds: 50, ..SplitParams::default() };
        let params = Params { seed, split, mend: looking(seed), ..Params::default() };
        let budget = Budget { rounds: Some(1000), ..Budget::default() };
        plan(&problem, &params, &budget, &Doubter(&problem));
    }
}

/// Two or three engineers, a few tickets, random drives; nothing but time stands in the way.
fn small(seed: u64) -> Problem {
    let mut random = SmallRng::seed_from_u64(seed);
    let (engineers, tickets) = (random.random_range(2..4_u32), 4_u32);
    let rows = engineers + tickets;
    let at = |minutes: i64| Moment(100 * 86_400 + minutes * 60);
    let seconds = (0..rows * rows).map(|cell| match cell % (rows + 1) {
        0 => 0,
        _ => random.random_range(5..60) * 60,
    });
    let table = Table { size: rows as usize, seconds: seconds.collect(), ..Table::default() };
    let stamp = |minutes| Stamp { moment: at(minutes), offset_s: 0 };
    let row = |row| PlaceDraft { point: None, row: Some(row) };
    let roster = (0..engineers).map(|n| EngineerDraft {
        id: format!("E{n}"),
        home: Some(row(n)),
        shifts: vec![ShiftDraft { start: stamp(0), end: stamp(300), ..ShiftDraft::default() }],
        speed_permille: 1000,
        ..EngineerDraft::default()
    });
    let roster = roster.collect();
    let tickets = (0..tickets).map(|n| {
        let opens = random.random_range(0..180);
        TicketDraft {
            id: format!("T{n}"),
            kind: TicketType::Installation,
            place: row(engineers + n),
            work: Seconds(60 * random.random_range(20..80)),
            priority: Some(10),
            windows: vec![Window { start: at(opens), end: at(opens + random.random_range(30..150)) }],
            crew: if random.random_bool(0.4) { 2 } else { 1 },
            after: if n > 0 && random.random_bool(0.4) {
                vec![format!("T{}", n - 1)]
            } else {
                Vec::new()
            },
            ..TicketDraft::default()
        }
    });
    let tickets = tickets.collect();
    let travel = TravelSpec::table(table);
    let draft = Draft { now: at(0), travel, engineers: roster, tickets, ..Draft::default() };
    Problem::new(draft).unwrap_or_else(|flaws| panic!("seed {seed}: {flaws:?}"))
}

#[test]
fn as_few_are_left_out_as_by_trying_every_plan() {
    let (mut served, mut left) = (0, 0);
    for seed in 0..120 {
        let problem = small(seed);
        let plan = planned(&problem, seed, 2000, 100);
        assert_eq!(plan.unserved.len(), fewest_left(&problem), "seed {seed}");
        served += problem.tickets().len() - plan.unserved.len();
        left += plan.unserved.len();
    }
    assert!(served > 100 && left > 50, "{served} served and {left} left out are no test");
}

/// One engineer at a table of one place; B needs a setup elsewhere, but not here, and T waits for it.
fn at_one_place(shape: impl FnOnce(&mut ShiftDraft, &mut [TicketDraft; 2])) -> Problem {
    let at = |minutes: i64| Moment(100 * 86_400 + minutes * 60);
    let stamp = |minutes| Stamp { moment: at(minutes), offset_s: 0 };
    let home = PlaceDraft { point: None, row: Some(0) };
    let ticket = |id: &str, work| TicketDraft {
        id: id.into(),
        kind: TicketType::Installation,
        place: home,
        work: Seconds(work),
        priority: Some(10),
        crew: 1,
        ..TicketDraft::default()
    };
    let mut tickets = [ticket("B", 600), ticket("T", 6600)];
    tickets[0].setup = Seconds(600);
    tickets[1].after = vec!["B".into()];
    let mut shift = ShiftDraft { start: stamp(480), end: stamp(1020), ..ShiftDraft::default() };
    shape(&mut shift, &mut tickets);
    let engineer = EngineerDraft {
        id: "E".into(),
        home: Some(home),
        shifts: vec![shift],
        speed_permille: 1000,
        ..EngineerDraft::default()
    };
    let table = Table { size: 1, seconds: vec![0], ..Table::default() };
    let draft = Draft {
        now: at(0),
        travel: TravelSpec::table(table),
        engineers: vec![engineer],
        tickets: tickets.to_vec(),
        ..Draft::default()
    };
    Problem::new(draft).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

#[test]
fn on_one_route_the_order_of_stops_is_enough() {
    let at = |minutes: i64| Moment(100 * 86_400 + minutes * 60);
    let window = |from, upto| vec![Window { start: at(from), end: at(upto) }];
    // Two hours in all, to the second: B is done just before T, and a setup that is not needed would not fit.
    let spanned = at_one_place(|shift, tickets| {
        shift.max_span = Some(Seconds(7200));
        tickets[1].windows = window(720, 720);
    });
    // With T the break must come first, which puts B off.
    let paused = at_one_place(|shift, tickets| {
        let times = BreakDraft::daily(Seconds(8 * 3600), Seconds(10 * 3600), Seconds(1800));
        shift.breaks = vec![times];
        tickets[0].windows = window(490, 540);
        tickets[1].windows = window(480, 525);
        tickets[1].work = Seconds(7200);
    });
    for problem in [spanned, paused] {
        assert_eq!(planned(&problem, 1, 100, 100).unserved, []);
    }
}

/// Crews and orders among many: each ticket of two thirds waits for the one before it.
#[test]
fn long_chains_and_hubs_are_planned_in_time() {
    for hub in [false, true] {
        let size = Size { engineers: 20, tickets: 400, visits: 0, spread: 0.3, ..Size::default() };
        let mut draft = draft(7, size);
        for n in 1..draft.tickets.len() {
            let before = if hub { 0 } else { n - 1 };
            if n % 3 != 0 || hub {
                draft.tickets[n].after = vec![draft.tickets[before].id.clone()];
            }
        }
        let problem = Problem::new(draft).expect("sound");
        let plan = planned(&problem, 1, 300, 100);
        assert!(served(&problem, &plan).1 > 10, "hub: {hub}");
    }
}
