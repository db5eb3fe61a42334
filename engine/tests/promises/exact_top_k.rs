//! Branch and bound finds exactly what pricing every place finds, on every kind of map.

use crate::world::{
    NOW, Size, dice, draft, problem, ticket, visit, where_parts_are_fetched, where_waiting_costs,
};
use paidan_engine::desk::Desk;
use paidan_engine::dispatch::{Ask, Board, dispatch, scan};
use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
use paidan_engine::geo::LatLon;
use paidan_engine::ids::{EngineerIx, Index, ShiftIx};
use paidan_engine::price::Candidate;
use paidan_engine::problem::{Problem, RouteDraft};
use paidan_engine::route::{Detour, Sketch, Visitor};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::Seconds;
use rand::RngExt;

/// Price, engineer, shift, place.
type Found = (Seconds, EngineerIx, ShiftIx, usize);

/// The slow truth: builds every route that could be and reads its bill.
fn brute(board: Board<'_>, candidate: Candidate<'_>, top: usize) -> Vec<Found> {
    let scorer = board.scorer;
    let problem = scorer.problem();
    let mut best: Vec<Option<Found>> = vec![None; problem.engineers().len()];
    for index in problem.shift_indices() {
        let shift = problem.shift(index);
        if scorer.barrier(candidate, shift).is_some() {
            continue;
        }
        let route = &board.routes[index.at()];
        let before = scorer.bill(route).map_or(Seconds::ZERO, |(bill, _)| bill.route.total());
        let fit = scorer.fit(candidate, shift);
        for at in 0..=route.stops().len() {
            let stop = (candidate.ticket, fit.work, fit.price);
            Detour::ways((problem, scorer.roads()), shift, route, at, candidate.ticket, |way| {
                let sketch = Sketch::by(way, shift, route, stop);
                if !sketch.holds_limits(shift) {
                    return;
                }
                let Some((bill, _)) = scorer.bill_of(&sketch, shift, Some(candidate)) else { return };
                let found = (bill.route.total() - before, shift.engineer, index, at);
                let own = &mut best[shift.engineer.at()];
                if own.is_none_or(|other| found < other) {
                    *own = Some(found);
                }
            });
        }
    }
    let mut all: Vec<Found> = best.into_iter().flatten().collect();
    all.sort_unstable();
    all.truncate(top);
    all
}

/// A desk with some tickets promised, and more tickets to ask about.
fn compare(seed: u64, size: Size, asks: usize) {
    compare_in(problem(seed, size), (seed, size), asks);
}

fn compare_in(problem: Problem, (seed, size): (u64, Size), asks: usize) {
    let mut desk = Desk::new(problem).expect("nothing promised, nothing broken");
    let mut dice = dice(seed ^ 0xD15C);
    for n in 0..size.tickets {
        let draft = ticket(1000 + n, size, &mut dice);
        // Nobody able is an answer too.
        let _ = desk.commit(&draft, None);
    }
    for n in 0..asks {
        if n % 3 == 2 {
            // History moves under the index's feet.
            desk.record_visit(&visit(9000 + n, size, &mut dice)).expect("a sound visit");
        }
        let draft = ticket(5000 + n, size, &mut dice);
        let top = dice.random_range(1..=6);
        let ticket = desk.problem().admit(&draft).expect("a sound ticket");
        let standing = desk.standing(&ticket);
        let candidate = Candidate { ticket: &ticket, standing: &standing };
        desk.with_board(|board| {
            let truth = brute(board, candidate, top);
            let told: Vec<Found> = dispatch(board, candidate, Ask { top, ruled_out: 0 })
                .offers
                .iter()
                .take(top)
                .map(|offer| (offer.price, offer.engineer, offer.shift, offer.at))
                .collect();
            assert_eq!(told, truth, "seed {seed}, ask {n}, top {top}: {draft:?}");
            let scanned: Vec<Found> = scan(board, candidate, top)
                .iter()
                .map(|offer| (offer.price, offer.engineer, offer.shift, offer.at))
                .collect();
            assert_eq!(scanned, truth, "scan, seed {seed}, ask {n}, top {top}");
        });
    }
}

#[test]
fn a_small_city() {
    for seed in 0..120 {
        compare(seed, Size::default(), 10);
    }
}

#[test]
fn a_wide_country() {
    for seed in 0..20 {
        compare(seed, Size { engineers: 60, tickets: 60, spread: 3.0, ..Size::default() }, 15);
    }
}

#[test]
fn where_waiting_costs_a_stop_can_be_cheaper_than_none() {
    for seed in 0..100 {
        let size = Size { tickets: 20, ..Size::default() };
        let problem = Problem::new(where_waiting_costs(seed, size)).expect("sound");
        compare_in(problem, (seed, size), 10);
    }
}

#[test]
fn where_parts_are_fetched_on_the_way() {
    for seed in 0..100 {
        let size = Size { tickets: 20, ..Size::default() };
        let problem = Problem::new(where_parts_are_fetched(seed, size)).expect("sound");
        compare_in(problem, (seed, size), 10);
    }
}

#[test]
fn a_village_where_rounding_is_all_the_driving() {
    for seed in 0..60 {
        for spread in [0.001, 0.005, 0.02] {
            compare(seed, Size { engineers: 30, tickets: 60, spread, ..Size::default() }, 12);
        }
    }
}

#[test]
fn across_the_180th_meridian() {
    for seed in 0..30 {
        let middle = LatLon { lat: -17.0, lon: 179.95 };
        compare(seed, Size { middle, engineers: 15, tickets: 15, ..Size::default() }, 10);
    }
}

#[test]
fn around_the_pole() {
    for seed in 0..30 {
        let middle = LatLon { lat: 89.9, lon: 0.0 };
        compare(seed, Size { middle, spread: 0.3, engineers: 15, tickets: 15, ..Size::default() }, 10);
    }
}

#[test]
fn a_customer_whom_everybody_knows() {
    let size = Size { engineers: 60, tickets: 60, spread: 2.0, ..Size::default() };
    for seed in 0..15 {
        let mut desk = Desk::new(problem(seed, size)).expect("sound");
        let mut dice = dice(seed ^ 0x0FF1);
        for n in 0..size.tickets {
            let _ = desk.commit(&ticket(1000 + n, size, &mut dice), None);
        }
        for n in 0..6 {
            let draft = ticket(5000 + n, size, &mut dice);
            for v in 0..80 {
                let mut visit = visit(9000 + 100 * n + v, size, &mut dice);
                if let (Some(customer), Some(issue)) = (&draft.customer, &draft.issue) {
                    visit.customer.clone_from(customer);
                    visit.issue.clone_from(issue);
                }
                desk.record_visit(&visit).expect("a sound visit");
            }
            let ticket = desk.problem().admit(&draft).expect("a sound ticket");
            let standing = desk.standing(&ticket);
            let candidate = Candidate { ticket: &ticket, standing: &standing };
            desk.with_board(|board| {
                let told: Vec<Found> = dispatch(board, candidate, Ask { top: 4, ruled_out: 0 })
                    .offers
                    .iter()
                    .take(4)
                    .map(|offer| (offer.price, offer.engineer, offer.shift, offer.at))
                    .collect();
                let known = standing.chances.been_here().count();
                let truth = brute(board, candidate, 4);
                assert_eq!(told, truth, "seed {seed}, ask {n}, known to {known}: {draft:?}");
            });
        }
    }
}

#[test]
fn a_route_set_anew_costs_what_the_desk_says() {
    let size = Size::default();
    for seed in 0..60 {
        let mut desk = Desk::new(problem(seed, size)).expect("sound");
        let mut dice = dice(seed);
        for n in 0..size.tickets {
            let _ = desk.commit(&ticket(1000 + n, size, &mut dice), None);
        }
        let scorer = desk.scorer();
        for shift in desk.problem().shift_indices() {
            let route = desk.route(shift);
            let stops: Vec<Visitor> = route.stops().to_vec();
            let mut again = scorer.empty_route(shift);
            assert!(again.set(desk.problem(), scorer.roads(), &stops), "seed {seed}");
            assert_eq!(scorer.price_of(&again), scorer.price_of(route), "seed {seed}");
            let bill = scorer.bill(route).map_or(Seconds::ZERO, |(bill, _)| bill.route.total());
            assert_eq!(bill, scorer.price_of(route), "seed {seed}, {shift:?}");
        }
    }
}

#[test]
fn a_route_of_more_stops_than_sixteen_bits_count() {
    let size = Size { engineers: 1, tickets: 1, visits: 0, ..Size::default() };
    let mut draft = draft(1, size);
    let point = |lat| PlaceDraft { point: Some(LatLon { lat, lon: -84.5 }), row: None };
    let stamp = |hours: i64| Stamp { moment: NOW + Seconds(hours * 3600), offset_s: 0 };
    draft.engineers[0] = EngineerDraft {
        id: "E".to_owned(),
        home: Some(point(39.0)),
        shifts: vec![ShiftDraft { start: stamp(0), end: stamp(9), ..ShiftDraft::default() }],
        speed_permille: 1000,
        ..EngineerDraft::default()
    };
    // A glance at each of very many things at home, then one far away.
    let glance = |n: u32, lat| TicketDraft {
        id: format!("G{n}"),
        place: point(lat),
        crew: 1,
        ..TicketDraft::default()
    };
    let last = 70_000;
    draft.tickets = (0..=last).map(|n| glance(n, if n < last { 39.0 } else { 39.5 })).collect();
    draft.routes = vec![RouteDraft {
        engineer: "E".to_owned(),
        shift: 0,
        tickets: draft.tickets.iter().map(|ticket| ticket.id.clone()).collect(),
    }];
    let desk = Desk::new(Problem::new(draft).expect("sound")).expect("a glance takes no time");
    let beside = glance(last + 1, 39.5);
    let decision = desk.dispatch(&beside, Ask::default()).expect("it is open");
    assert_eq!((decision.offers[0].at, decision.offers[0].detour), (last as usize, Seconds(0)));
}
