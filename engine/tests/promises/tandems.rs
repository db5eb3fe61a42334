//! Tandems: two engineers serve two tickets at moments that go together, or nobody serves either.

use crate::every_plan_checks::{Doubter, looking};
use crate::slow_days::fewest_left;
use crate::world::{Size, draft, with_vans};
use paidan_engine::check::check;
use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
use paidan_engine::flaw::Code;
use paidan_engine::ids::TicketIx;
use paidan_engine::plan::{Plan, Reason};
use paidan_engine::planner::{Budget, NoWatch, Params, SplitParams, plan};
use paidan_engine::policy::Weights;
use paidan_engine::problem::{Draft, Problem, Table, TravelSpec};
use paidan_engine::ticket::{TandemDraft, TicketDraft, TicketType, Window};
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};

/// A tandem of some span: together, one after the other, or at any time.
fn tandem(with: &str, random: &mut SmallRng) -> TandemDraft {
    let from = random.random_range(-4..8) * 900;
    let until = from + random.random_range(0..6) * 900;
    let (from, until) = match random.random_range(0..4) {
        0 => (Some(0), Some(0)),
        1 => (None, None),
        2 => (Some(from), None),
        _ => (Some(from), Some(until)),
    };
    TandemDraft { with: with.to_owned(), from: from.map(Seconds), until: until.map(Seconds) }
}

/// Has neighbours in the list make tandems, and others need a crew or wait for a ticket.
fn tie(mut draft: Draft, seed: u64, share: f64) -> Problem {
    let mut random = SmallRng::seed_from_u64(seed);
    let followed: Vec<String> =
        draft.tickets.iter().filter_map(|ticket| ticket.follows.clone()).collect();
    let in_pair = |ticket: &TicketDraft| ticket.follows.is_some() || followed.contains(&ticket.id);
    let mut loose: Option<usize> = None;
    let mut n = 0;
    while n < draft.tickets.len() {
        let is_loose = |n: usize| draft.tickets.get(n).is_some_and(|one| !in_pair(one));
        let (one, other) = (is_loose(n), is_loose(n + 1));
        if one && other && random.random_bool(share) {
            let with = draft.tickets[n].id.clone();
            draft.tickets[n + 1].tandem = Some(tandem(&with, &mut random));
            n += 2;
            continue;
        }
        if one && random.random_bool(0.1) {
            draft.tickets[n].crew = 2;
        }
        if let Some(before) = loose
            && one
            && random.random_bool(0.1)
        {
            draft.tickets[n].after = vec![draft.tickets[before].id.clone()];
        }
        loose = Some(n);
        n += 1;
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

/// The tickets of tandems that a plan serves.
fn served(problem: &Problem, plan: &Plan) -> usize {
    let left = |ticket: &TicketIx| plan.unserved.iter().any(|left| left.ticket == *ticket);
    let tandems = problem.ticket_indices().filter(|&ticket| problem.ticket(ticket).tandem.is_some());
    tandems.filter(|ticket| !left(ticket)).count()
}

#[test]
fn in_many_small_worlds_with_every_rule() {
    let (mut tickets, mut reasons) = (0, [0; 2]);
    for seed in 0..200 {
        let problem = tie(draft(seed, Size::default()), seed, 0.4);
        let plan = planned(&problem, seed, 300, 10);
        tickets += served(&problem, &plan);
        for left in &plan.unserved {
            match left.reason {
                _ if problem.ticket(left.ticket).tandem.is_none() => {}
                Reason::TooFewTogether { .. } => reasons[0] += 1,
                Reason::LostTrade { .. } => reasons[1] += 1,
                Reason::Impossible(_) | Reason::PredecessorUnserved(_) => {}
            }
        }
    }
    assert!(tickets > 200, "only {tickets} tickets of tandems were served");
    assert!(reasons.iter().all(|&count| count > 10), "too few reasons of some kind: {reasons:?}");
}

#[test]
fn in_worlds_of_vans_with_loads_pairs_setups_and_limits() {
    let mut tickets = 0;
    for seed in 0..200 {
        let problem = tie(with_vans(seed, Size { tickets: 16, ..Size::default() }), seed, 0.4);
        tickets += served(&problem, &planned(&problem, seed, 200, 8));
    }
    assert!(tickets > 100, "only {tickets} tickets of tandems were served");
}

#[test]
fn in_several_parts_on_any_number_of_threads_and_whenever_somebody_looks() {
    for seed in 0..4 {
        let size = Size { engineers: 24, tickets: 120, visits: 100, spread: 0.5, ..Size::default() };
        let problem = tie(draft(seed, size), seed, 0.3);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| planned(&problem, seed, 3000, 20))
        };
        assert_eq!(on(1), on(3), "seed {seed}");
        let split = SplitParams { tickets: 20, crowded: 20, rounds: 50, ..SplitParams::default() };
        let params = Params { seed, split, mend: looking(seed), ..Params::default() };
        let budget = Budget { rounds: Some(500), ..Budget::default() };
        plan(&problem, &params, &budget, &Doubter(&problem));
    }
}

const START: Moment = Moment(100 * 86_400);

/// Two or three engineers, two tandems and a ticket or two, random drives; nothing but time stands in the way.
fn small(seed: u64) -> Draft {
    let mut random = SmallRng::seed_from_u64(seed);
    let (engineers, tickets) = (random.random_range(2..4_u32), random.random_range(4..6_u32));
    let rows = engineers + tickets;
    let at = |minutes: i64| START + Seconds(minutes * 60);
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
            crew: 1,
            tandem: (n % 2 == 1).then(|| tandem(&format!("T{}", n - 1), &mut random)),
            ..TicketDraft::default()
        }
    });
    let tickets = tickets.collect();
    let travel = TravelSpec::table(table);
    Draft { now: at(0), travel, engineers: roster, tickets, ..Draft::default() }
}

fn sound(draft: Draft) -> Problem {
    Problem::new(draft).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

#[test]
fn as_few_are_left_out_as_by_trying_every_plan() {
    let (mut tickets, mut left) = (0, 0);
    for seed in 0..150 {
        let problem = sound(small(seed));
        let plan = planned(&problem, seed, 1000, 100);
        assert_eq!(plan.unserved.len(), fewest_left(&problem), "seed {seed}");
        tickets += served(&problem, &plan);
        left += plan.unserved.len();
    }
    assert!(tickets > 150 && left > 50, "{tickets} served and {left} left out are no test");
}

#[test]
fn prizes_are_lost_together_and_weighed_together() {
    // A detour of 1,200 s for either ticket; one prize alone is worth neither, both are worth both.
    let with_prizes = |prizes: [i64; 2]| {
        let mut draft = small(1);
        let size = draft.engineers.len() + draft.tickets.len();
        draft.tickets.truncate(2);
        let mut table = Table { size, seconds: vec![600; size * size], ..Table::default() };
        (0..size).for_each(|n| table.seconds[n * size + n] = 0);
        draft.travel = TravelSpec::table(table);
        for (ticket, prize) in draft.tickets.iter_mut().zip(prizes) {
            ticket.windows.clear();
            ticket.prize = Some(Seconds(prize));
        }
        draft.tickets[1].tandem =
            Some(TandemDraft { with: "T0".into(), from: Some(Seconds(0)), until: Some(Seconds(0)) });
        draft.policy.weights = Weights { skill: 0.0, proximity: 1.0, history: 0.0, load: 0.0 };
        let problem = sound(draft);
        planned(&problem, 1, 100, 100).unserved.len()
    };
    assert_eq!(with_prizes([2500, 0]), 0);
    assert_eq!(with_prizes([1300, 1300]), 0);
    assert_eq!(with_prizes([1300, 1000]), 2);
}

#[test]
fn what_makes_no_tandem_is_told() {
    let with = |id: &str| TandemDraft { with: id.to_owned(), from: Some(Seconds(0)), until: None };
    let flaws = |spoil: &dyn Fn(&mut [TicketDraft])| {
        let mut draft = small(3);
        draft.tickets.iter_mut().for_each(|ticket| ticket.tandem = None);
        draft.tickets[1].tandem = Some(with("T0"));
        spoil(&mut draft.tickets);
        let flaws = Problem::new(draft).err().unwrap_or_default();
        flaws.iter().map(|flaw| (flaw.code, flaw.path.clone())).collect::<Vec<_>>()
    };
    let told = |code, n: usize| vec![(code, format!("tickets[{n}].tandem"))];
    assert_eq!(flaws(&|_| ()), []);
    assert_eq!(flaws(&|all| all[1].tandem = Some(with("nobody"))), told(Code::UnknownReference, 1));
    assert_eq!(flaws(&|all| all[1].tandem = Some(with("T1"))), told(Code::Cycle, 1));
    assert_eq!(flaws(&|all| all[2].tandem = Some(with("T0"))), told(Code::Contradiction, 2));
    assert_eq!(flaws(&|all| all[0].tandem = Some(with("T2"))), told(Code::Contradiction, 1));
    assert_eq!(flaws(&|all| all[0].crew = 2), told(Code::Contradiction, 1));
    assert_eq!(flaws(&|all| all[1].after = vec!["T2".into()]), told(Code::Contradiction, 1));
    assert_eq!(flaws(&|all| all[2].after = vec!["T0".into()]), told(Code::Contradiction, 1));
    assert_eq!(flaws(&|all| all[1].follows = Some("T2".into())), told(Code::Contradiction, 1));
    let span = |from, until| TandemDraft { from: Some(Seconds(from)), until, ..with("T0") };
    let reversed = span(60, Some(Seconds(0)));
    assert_eq!(flaws(&|all| all[1].tandem = Some(reversed.clone())), told(Code::Reversed, 1));
    let far = span(31 * 86_400, None);
    assert_eq!(flaws(&|all| all[1].tandem = Some(far.clone())), told(Code::OutOfRange, 1));
    let endless = span(i64::MIN, None);
    assert_eq!(flaws(&|all| all[1].tandem = Some(endless.clone())), told(Code::OutOfRange, 1));
}

/// Ann has nothing to do, and Bob has promised his whole day to two tickets that hardly matter. One ticket of a tandem
/// is Ann's, the other Bob's.
fn beside_a_full_day() -> Problem {
    let at = |hour: u32| format!("2026-03-02T{hour:02}:00:00Z");
    let place = |km: f64| json!({"lat": 48.0 + km / 111.0, "lon": 16.0});
    let engineer =
        |id: &str| json!({"id": id, "home": place(0.0), "shifts": [{"start": at(8), "end": at(12)}]});
    let ticket = |id: &str, engineer: &str, priority: u8| {
        json!({
            "id": id, "customer": "c", "issue": "i", "type": "complaint", "place": place(0.5),
            "work_s": 6600, "priority": priority, "engineers": {"required": [engineer]}
        })
    };
    let mut tickets: Vec<Value> = vec![ticket("hers", "Ann", 90), ticket("his", "Bob", 90)];
    tickets[1]["tandem"] = json!({"with": "hers", "from_s": 0, "until_s": 0});
    tickets.extend(["low-1", "low-2"].map(|id| ticket(id, "Bob", 1)));
    let document = json!({
        "now": at(6), "engineers": [engineer("Ann"), engineer("Bob")], "tickets": tickets,
        "routes": [{"engineer": "Bob", "shift": 0, "tickets": ["low-1", "low-2"]}]
    });
    wire::read_problem(document.to_string().as_bytes()).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

#[test]
fn room_for_either_ticket_is_enough_to_try_both() {
    let problem = beside_a_full_day();
    let plan = planned(&problem, 1, 200, 100);
    let left: Vec<&str> = plan.unserved.iter().map(|left| &*problem.ticket(left.ticket).id).collect();
    assert!(left.len() == 1 && left[0].starts_with("low"), "{left:?}");
}
