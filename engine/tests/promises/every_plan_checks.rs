//! Every plan of the planner passes the independent checker, and every reason it gives is true.

use crate::world::{Size, draft, problem, where_waiting_costs, with_vans};
use paidan_engine::check::{barrier, check};
use paidan_engine::desk::Desk;
use paidan_engine::engineer::PlaceDraft;
use paidan_engine::fit::{History, Standing};
use paidan_engine::geo::LatLon;
use paidan_engine::ids::{EngineerIx, Index, ShiftIx};
use paidan_engine::plan::Reason;
use paidan_engine::planner::{Budget, MendParams, NoWatch, Params, Progress, SplitParams, Watch, plan};
use paidan_engine::price::{AbleShifts, Candidate};
use paidan_engine::problem::{Problem, TravelSpec};

/// Every other seed looks for spots beside few tickets, where none waits for room.
pub(crate) fn looking(seed: u64) -> MendParams {
    let mend = Params::default().mend;
    if seed.is_multiple_of(2) { mend } else { MendParams { near: 5, ..mend } }
}

fn plan_and_check(problem: &Problem, seed: u64, rounds: u64) {
    let split = SplitParams { tickets: 10, rounds: 50, settle: 3, ..SplitParams::default() };
    let params = Params { seed, split, mend: looking(seed), ..Params::default() };
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
    let plan = plan(problem, &params, &budget, &NoWatch);
    let breaches = check(problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
}

#[test]
fn in_many_small_worlds_with_every_rule() {
    for seed in 0..150 {
        plan_and_check(&problem(seed, Size::default()), seed, 300);
    }
}

#[test]
fn in_worlds_where_waiting_costs() {
    for seed in 0..150 {
        let problem = Problem::new(where_waiting_costs(seed, Size::default())).expect("sound");
        plan_and_check(&problem, seed, 300);
    }
}

#[test]
fn in_worlds_of_vans_with_loads_pairs_setups_and_limits() {
    let mut pairs = 0;
    for seed in 0..200 {
        let problem = Problem::new(with_vans(seed, Size { tickets: 16, ..Size::default() }));
        let problem = problem.unwrap_or_else(|flaws| panic!("seed {seed}: {flaws:?}"));
        let split = SplitParams { tickets: 8, rounds: 50, settle: 3, ..SplitParams::default() };
        let params = Params { seed, split, mend: looking(seed), ..Params::default() };
        let budget = Budget { rounds: Some(200), ..Budget::default() };
        let plan = plan(&problem, &params, &budget, &NoWatch);
        let breaches = check(&problem, problem.visits(), &plan);
        assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
        let stops = plan.routes.iter().flat_map(|route| &route.stops);
        pairs += stops.filter(|stop| problem.ticket(stop.ticket).half.is_some()).count() / 2;
    }
    assert!(pairs > 100, "only {pairs} pairs were served");
}

#[test]
fn where_there_is_room_for_whoever_can_be_served() {
    let mut with_room = 0;
    for seed in 0..60 {
        let size = Size { engineers: 12, tickets: 16, visits: 10, ..Size::default() };
        let problem = problem(seed, size);
        let mend = MendParams { near: 2, ..Params::default().mend };
        let params = Params { seed, mend, ..Params::default() };
        let budget = Budget { rounds: Some(400), ..Budget::default() };
        let plan = plan(&problem, &params, &budget, &NoWatch);
        let breaches = check(&problem, problem.visits(), &plan);
        assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
        let is_hopeless = |reason: &Reason| matches!(reason, Reason::Impossible(_));
        with_room += usize::from(plan.unserved.iter().all(|unserved| is_hopeless(&unserved.reason)));
    }
    // In these no ticket waits for room, so that spots are looked for beside the nearest two.
    assert!(with_room > 20, "only {with_room} worlds had room");
}

#[test]
fn straight_from_construction() {
    for seed in 200..260 {
        plan_and_check(&problem(seed, Size { engineers: 8, tickets: 40, ..Size::default() }), seed, 1);
    }
}

#[test]
fn in_several_parts() {
    for seed in 0..6 {
        let size = Size { engineers: 24, tickets: 120, visits: 100, spread: 0.5, ..Size::default() };
        plan_and_check(&problem(seed, size), seed, 3000);
    }
}

/// Checks every plan that the search shows on its way.
pub(crate) struct Doubter<'p>(pub(crate) &'p Problem);

impl Watch for Doubter<'_> {
    fn elapsed_s(&self) -> f64 {
        0.0
    }

    fn improved(&self, progress: &Progress<'_>) {
        let plan = (progress.plan)();
        let breaches = check(self.0, self.0.visits(), &plan);
        assert!(breaches.is_empty(), "after {} rounds: {breaches:#?}", progress.rounds);
        assert!(plan.price <= progress.price);
    }
}

#[test]
fn whenever_somebody_looks() {
    for seed in 0..4 {
        let size = Size { engineers: 24, tickets: 300, spread: 0.5, ..Size::default() };
        let problem = problem(seed, size);
        let params = Params {
            seed,
            split: SplitParams { tickets: 20, rounds: 50, ..SplitParams::default() },
            ..Params::default()
        };
        let budget = Budget { rounds: Some(2000), ..Budget::default() };
        plan(&problem, &params, &budget, &Doubter(&problem));
    }
}

#[test]
fn where_a_drive_takes_longer_than_a_table_can_hold() {
    let mut draft = draft(3, Size { engineers: 1, tickets: 1, ..Size::default() });
    draft.travel = TravelSpec::Crow { speed_kmh: 0.1, detour: 10.0 };
    // 2^32 seconds away, and 22 minutes.
    let point = |lon| Some(LatLon { lat: 0.0, lon });
    draft.engineers[0].home = Some(PlaceDraft { point: point(0.0), row: None });
    draft.tickets[0].place.point = point(11_930_468.0 / 6_371_008.8_f64.to_radians());
    draft.tickets[0].requires.clear();
    draft.tickets[0].windows.clear();
    draft.tickets[0].required.clear();
    draft.engineers[0].territories.clear();
    plan_and_check(&Problem::new(draft).expect("sound"), 1, 10);
}

#[test]
fn across_the_180th_meridian() {
    let middle = LatLon { lat: -17.0, lon: 179.95 };
    for seed in 0..10 {
        plan_and_check(&problem(seed, Size { middle, ..Size::default() }), seed, 300);
    }
}

#[test]
fn with_nobody_or_nothing() {
    plan_and_check(&problem(1, Size { engineers: 0, ..Size::default() }), 1, 100);
    plan_and_check(&problem(1, Size { tickets: 0, ..Size::default() }), 1, 100);
    plan_and_check(&problem(1, Size { engineers: 1, tickets: 1, ..Size::default() }), 1, 100);
}

#[test]
fn scorer_and_checker_tell_the_same_barrier() {
    let mut told = std::collections::BTreeSet::new();
    let small = Size { tickets: 12, ..Size::default() };
    let vans = (0..100).map(|seed| (seed, Problem::new(with_vans(seed, small)).expect("sound")));
    for (seed, problem) in (0..200).map(|seed| (seed, problem(seed, small))).chain(vans) {
        let history = History::new(&problem);
        let desk = Desk::new(problem.clone()).expect("nothing promised");
        let scorer = desk.scorer();
        for ticket in problem.ticket_indices() {
            let standing = Standing::of(&problem, &history, problem.ticket(ticket));
            let candidate = Candidate { ticket: problem.ticket(ticket), standing: &standing };
            for engineer in (0..problem.engineers().len()).map(EngineerIx::nth) {
                let ours = scorer.engineer_barrier(candidate, engineer);
                let theirs = barrier(&problem, problem.visits(), problem.ticket(ticket), engineer);
                assert_eq!(ours, theirs, "seed {seed}, {ticket:?}, {engineer:?}");
                told.extend(ours);
            }
        }
    }
    assert!(told.len() >= 7, "too few rules were met: {told:?}");
}

#[test]
fn shifts_listed_as_able_are_those_that_no_rule_but_time_keeps_away() {
    let mut lists = std::collections::BTreeSet::new();
    let mut pairs = 0;
    let vans = (0..50).map(|seed| with_vans(seed, Size::default()));
    for mut draft in (0..100).map(|seed| draft(seed, Size::default())).chain(vans) {
        // One takes nothing at all.
        draft.engineers[0].shifts[0].max_tickets = Some(0);
        let problem = Problem::new(draft).expect("sound");
        let desk = Desk::new(problem.clone()).expect("nothing promised");
        let scorer = desk.scorer();
        let able = AbleShifts::new(&scorer);
        let passes =
            |ticket, shift| scorer.barrier(scorer.candidate(ticket), problem.shift(shift)).is_none();
        for ticket in problem.ticket_indices() {
            let partner = problem.ticket(ticket).partner();
            let expected: Vec<ShiftIx> = problem
                .shift_indices()
                .filter(|&shift| {
                    passes(ticket, shift) && partner.is_none_or(|partner| passes(partner, shift))
                })
                .collect();
            assert_eq!(able.of(ticket), expected, "{ticket:?}");
            pairs += usize::from(partner.is_some());
            lists.insert((problem.shifts().len(), expected));
        }
        for (one, other) in problem.ticket_indices().zip(problem.ticket_indices().skip(1)) {
            assert_eq!(able.list(one) == able.list(other), able.of(one) == able.of(other));
        }
    }
    assert!(lists.len() > 300 && pairs > 50, "{} lists, {pairs} in pairs", lists.len());
}
