//! Parts are fetched on the way: once in a shift, where that costs least, and only where the van lacks some.

use crate::world::{Dice, Size, by_table, dice, visitor, where_parts_are_fetched, with_vans};
use paidan_engine::check::{BreachCode, check};
use paidan_engine::depot::DepotDraft;
use paidan_engine::desk::Desk;
use paidan_engine::ids::{DepotIx, Index, ShiftIx, TicketIx};
use paidan_engine::plan::Reason;
use paidan_engine::planner::{Budget, NoWatch, Params, SplitParams, plan};
use paidan_engine::price::{ANY_PRICE, Scorer};
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::route::{Fetch, Route};
use paidan_engine::rule::Barrier;
use paidan_engine::units::Seconds;
use rand::RngExt;
use rand::seq::SliceRandom;

const SMALL: Size = Size {
    engineers: 4,
    tickets: 16,
    visits: 10,
    middle: paidan_engine::geo::LatLon { lat: 39.1, lon: -84.5 },
    spread: 0.15,
};

/// Routes with stops as they were put in one by one, each where its dice said, and the tickets left.
fn for_many_routes(count: u64, mut law: impl FnMut(&str, &Scorer<'_>, &Route, &[TicketIx], &mut Dice)) {
    for seed in 0..count {
        let problem = Problem::new(where_parts_are_fetched(seed, SMALL)).expect("sound");
        let desk = Desk::new(problem).expect("nothing is promised");
        let (scorer, mut dice) = (desk.scorer(), dice(seed ^ 0xDE9));
        for shift in desk.problem().shift_indices() {
            let on_duty = |&ticket: &TicketIx| {
                let candidate = scorer.candidate(ticket);
                scorer.barrier(candidate, desk.problem().shift(shift)).is_none()
            };
            let mut tickets: Vec<TicketIx> = desk.problem().ticket_indices().filter(on_duty).collect();
            tickets.shuffle(&mut dice);
            let mut route = scorer.empty_route(shift);
            let (mut left, most) = (Vec::new(), dice.random_range(1..6));
            for ticket in tickets {
                let mut stops = route.stops().to_vec();
                stops.insert(dice.random_range(0..=stops.len()), visitor(&scorer, ticket, shift));
                let mut fuller = scorer.empty_route(shift);
                let fits = stops.len() <= most && {
                    fuller.set(desk.problem(), scorer.roads(), &stops);
                    scorer.fetch_best(&mut fuller).is_some()
                };
                if fits { route = fuller } else { left.push(ticket) }
            }
            law(&format!("seed {seed}, {shift:?}"), &scorer, &route, &left, &mut dice);
        }
    }
}

#[test]
fn a_trial_tells_what_the_route_costs_then() {
    let (mut before, mut behind, mut refused) = (0, 0, 0);
    for_many_routes(150, |what, scorer, route, left, _| {
        let (problem, shift) = (scorer.problem(), scorer.problem().shift(route.shift()));
        let price = scorer.price_of(route);
        for &ticket in left {
            let candidate = scorer.candidate(ticket);
            let trial = scorer.trial((route, price), candidate, scorer.fit(candidate, shift));
            if trial.is_full() {
                continue;
            }
            for at in route.places() {
                let mut longer = route.clone();
                let mut stop = visitor(scorer, ticket, route.shift());
                let Some((after, way)) = trial.cheapest_way(at, ANY_PRICE) else {
                    refused += 1;
                    continue;
                };
                assert_eq!(trial.at(at, ANY_PRICE), Some(after), "{what}, {ticket:?} at {at}");
                assert_eq!(trial.at(at, after - Seconds(1)), None, "{what}, {ticket:?} at {at}");
                match way.fetch() {
                    Fetch::Before(depot) => {
                        before += 1;
                        stop.fetch_at = Some(depot);
                    }
                    Fetch::Behind => behind += 1,
                    Fetch::Elsewhere => {}
                }
                assert!(longer.insert(problem, scorer.roads(), at, stop), "{what}, {ticket:?} at {at}");
                assert!(longer.holds_limits(problem), "{what}, {ticket:?} at {at}");
                assert_eq!(scorer.price_of(&longer), after, "{what}, {ticket:?} at {at}: {way:?}");
                let best = scorer.fetch_best(&mut longer).expect("it is feasible as it is");
                assert!(best <= after, "{what}, {ticket:?} at {at}");
            }
        }
    });
    assert!(before > 500 && behind > 100 && refused > 500, "{before} {behind} {refused}");
}

#[test]
fn the_best_place_to_fetch_is_the_best_of_all() {
    let mut moved = 0;
    for_many_routes(150, |what, scorer, route, _, _| {
        let problem = scorer.problem();
        let Some(fetched) = route.fetches() else { return };
        let mut stops = route.stops().to_vec();
        let mut prices = Vec::new();
        for at in 0..stops.len() {
            for depot in (0..problem.depots().len()).map(DepotIx::nth) {
                for stop in &mut stops {
                    stop.fetch_at = None;
                }
                stops[at].fetch_at = Some(depot);
                let mut other = route.clone();
                let feasible = other.set(problem, scorer.roads(), &stops);
                if feasible && other.holds_limits(problem) {
                    prices.push(scorer.price_of(&other));
                }
                // What is said too late is not heeded: parts are fetched before they run out.
                let last = route.runs_out(problem).expect("it fetches some");
                assert!(other.fetches().is_some_and(|at| at <= last), "{what}");
            }
        }
        assert_eq!(prices.iter().min(), Some(&scorer.price_of(route)), "{what}");
        moved += usize::from(Some(fetched) != route.runs_out(problem));
    });
    assert!(moved > 20, "parts are fetched earlier than they run out in {moved} routes only");
}

#[test]
fn whoever_goes_takes_the_way_by_the_depot_along_only_if_nobody_needs_it() {
    let (mut kept, mut gone) = (0, 0);
    for_many_routes(150, |what, scorer, route, _, dice| {
        let problem = scorer.problem();
        if route.fetches().is_none() {
            return;
        }
        let mut shorter = route.clone();
        let stays: Vec<bool> = route.stops().iter().map(|_| dice.random_bool(0.6)).collect();
        let mut position = 0;
        let feasible = shorter.retain(problem, scorer.roads(), |_| {
            position += 1;
            stays[position - 1]
        });
        // As the crow flies nothing is a short cut.
        assert!(feasible, "{what}, {stays:?}");
        assert_eq!(shorter.fetches().is_some(), shorter.runs_out(problem).is_some(), "{what}");
        assert!(shorter.holds_limits(problem), "{what}");
        kept += usize::from(shorter.fetches().is_some());
        gone += usize::from(shorter.fetches().is_none());
        let mut anew = scorer.empty_route(route.shift());
        assert!(anew.set(problem, scorer.roads(), shorter.stops()), "{what}");
        assert_eq!(anew.stops(), shorter.stops(), "{what}");
        assert_eq!(scorer.price_of(&anew), scorer.price_of(&shorter), "{what}");
    });
    assert!(kept > 30 && gone > 30, "{kept} {gone}");
}

/// The plan of a draft, judged; in how many routes parts are fetched.
fn fetches(draft: Draft, seed: u64) -> usize {
    let problem = Problem::new(draft).unwrap_or_else(|flaws| panic!("seed {seed}: {flaws:?}"));
    let split = SplitParams { tickets: 8, rounds: 50, settle: 3, ..SplitParams::default() };
    let params = Params { seed, split, ..Params::default() };
    let budget = Budget { rounds: Some(200), ..Budget::default() };
    let plan = plan(&problem, &params, &budget, &NoWatch);
    let breaches = check(&problem, problem.visits(), &plan);
    assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
    let fetches = |stop: &paidan_engine::plan::PlannedStop| stop.fetch_at.is_some();
    plan.routes.iter().filter(|route| route.stops.iter().any(fetches)).count()
}

#[test]
fn every_plan_checks() {
    let routes: usize = (0..150).map(|seed| fetches(where_parts_are_fetched(seed, SMALL), seed)).sum();
    assert!(routes > 100, "parts are fetched in {routes} routes only");
}

#[test]
fn every_plan_checks_where_a_depot_is_a_short_cut() {
    let world = |seed| by_table(seed, where_parts_are_fetched(seed, SMALL));
    let routes: usize = (0..600).map(|seed| fetches(world(seed), seed)).sum();
    assert!(routes > 400, "parts are fetched in {routes} routes only");
}

#[test]
fn a_promised_route_fetches_where_its_limits_let_it() {
    let (mut draft, _) = crate::common::sound();
    draft.tickets.truncate(2);
    for ticket in &mut draft.tickets {
        (ticket.parts, ticket.requires) = (Vec::new(), Vec::new());
    }
    // Every drive takes ten minutes; the second ticket lacks its part, and the depot is where the first one is.
    draft.tickets[1].parts = vec![("rare".to_owned(), 1)];
    let place = draft.tickets[0].place;
    draft.depots = vec![DepotDraft { id: "store".to_owned(), place, fetch: Seconds::ZERO }];
    let tickets = draft.tickets.iter().map(|ticket| ticket.id.clone()).collect();
    let engineer = draft.engineers[0].id.clone();
    draft.routes = vec![RouteDraft { engineer, shift: 0, tickets }];
    let desk = |draft: &Draft| Desk::new(Problem::new(draft.clone()).expect("sound"));
    let free = desk(&draft).expect("it can be driven");
    let driven: Seconds = {
        let route = free.route(ShiftIx(0));
        (1..=route.stops().len() + 1).map(|position| route.leg(position).time).sum()
    };
    draft.engineers[0].shifts[0].max_drive = Some(driven);
    assert!(desk(&draft).is_ok(), "it can be driven so");
    draft.engineers[0].shifts[0].max_drive = Some(driven - Seconds(1));
    assert!(desk(&draft).is_err(), "no shorter way is left");
}

#[test]
fn every_plan_checks_where_vans_have_pairs_loads_setups_and_limits_too() {
    let with_depots = |seed| {
        let places = where_parts_are_fetched(seed, SMALL).depots;
        Draft { depots: places, ..with_vans(seed, SMALL) }
    };
    let routes: usize = (0..150).map(|seed| fetches(with_depots(seed), seed)).sum();
    assert!(routes > 10, "parts are fetched in {routes} routes only");
}

#[test]
fn nobody_has_the_part_but_a_depot() {
    let (mut draft, _) = crate::common::sound();
    draft.tickets.truncate(1);
    draft.routes.clear();
    draft.tickets[0].parts = vec![("rare".to_owned(), 3)];
    let answer = |draft: &Draft| {
        let problem = Problem::new(draft.clone()).expect("sound");
        let budget = Budget { rounds: Some(10), ..Budget::default() };
        let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
        assert_eq!(check(&problem, problem.visits(), &plan), [], "{plan:#?}");
        (problem, plan)
    };
    let (_, without) = answer(&draft);
    let Reason::Impossible(counts) = &without.unserved[0].reason else { panic!("{without:?}") };
    assert!(counts.iter().any(|(barrier, _)| *barrier == Barrier::Goods), "{counts:?}");

    let place = draft.engineers[0].home.expect("it has one");
    draft.depots = vec![DepotDraft { id: "store".to_owned(), place, fetch: Seconds(300) }];
    let (problem, mut with) = answer(&draft);
    assert_eq!(with.routes[0].stops[0].fetch_at, Some(DepotIx(0)));
    // The store is next door to the engineer; fetching counts as driving.
    let direct = Seconds(600);
    assert!(with.routes[0].stops[0].drive >= direct + Seconds(300), "{with:#?}");

    with.routes[0].stops[0].fetch_at = None;
    let codes: Vec<BreachCode> =
        check(&problem, problem.visits(), &with).iter().map(|breach| breach.code).collect();
    assert!(codes.contains(&BreachCode::Goods) && codes.contains(&BreachCode::Drive), "{codes:?}");
}
