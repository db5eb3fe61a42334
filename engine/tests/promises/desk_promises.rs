//! What the desk promises: a commit counts at once, a refusal changes nothing, and a desk that has
//! committed answers like one set up with those routes.

use std::collections::BTreeSet;

use crate::world::{NOW, Size, dice, draft, ticket, visit};
use paidan_engine::desk::{Desk, Refusal};
use paidan_engine::dispatch::{Ask, Offer};
use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, SkillDraft, Stamp};
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::geo::LatLon;
use paidan_engine::ids::{Index, ShiftIx, TicketIx};
use paidan_engine::problem::{Draft, Problem, RouteDraft, limits};
use paidan_engine::rule::Barrier;
use paidan_engine::ticket::{NeedDraft, TicketDraft, Window};
use paidan_engine::units::Seconds;
use rand::RngExt;

const ASK: Ask = Ask { top: 4, ruled_out: 4 };

fn desk(draft: &Draft) -> Desk {
    let problem = Problem::new(draft.clone()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    Desk::new(problem).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

/// Commits a ticket; the offer that was taken.
fn take(desk: &mut Desk, ticket: &TicketDraft, engineer: Option<&str>) -> Result<Offer, Refusal> {
    desk.commit(ticket, engineer).map(|decision| decision.taken().expect("one was taken").clone())
}

/// A place so many hundredths of a degree north of the middle of the map.
fn north(hundredths: f64) -> PlaceDraft {
    PlaceDraft { point: Some(LatLon { lat: 39.0 + hundredths / 100.0, lon: -84.5 }), row: None }
}

/// Works from eight to four.
fn engineer(id: &str, home: f64) -> EngineerDraft {
    let stamp = |hours: i64| Stamp { moment: NOW + Seconds(hours * 3600), offset_s: 0 };
    EngineerDraft {
        id: id.to_owned(),
        home: Some(north(home)),
        skills: vec![SkillDraft { name: "gas".to_owned(), level: 3, valid_until: None }],
        shifts: vec![ShiftDraft { start: stamp(1), end: stamp(9), ..ShiftDraft::default() }],
        speed_permille: 1000,
        ..EngineerDraft::default()
    }
}

/// An hour of work.
fn job(id: &str, place: f64) -> TicketDraft {
    TicketDraft {
        id: id.to_owned(),
        place: north(place),
        work: Seconds(3600),
        requires: vec![NeedDraft { skill: "gas".to_owned(), level: 2, preferred: Some(3) }],
        crew: 1,
        ..TicketDraft::default()
    }
}

/// Two engineers twenty hundredths apart, and one open ticket between them, nearer to the first.
fn two() -> Draft {
    Draft {
        now: NOW,
        engineers: vec![engineer("south", 0.0), engineer("north", 20.0)],
        tickets: vec![job("open", 8.0)],
        ..Draft::default()
    }
}

/// All that can be seen of the promises: stops, price and schedule of every route, and who serves what.
fn sight(desk: &Desk) -> Vec<String> {
    let scorer = desk.scorer();
    let problem = desk.problem();
    let routes = problem.shift_indices().map(|shift| {
        let route = desk.route(shift);
        format!("{:?} {:?} {:?}", route.stops(), scorer.price_of(route), route.schedule(problem))
    });
    let served = problem.ticket_indices().map(|ticket| format!("{ticket:?} {:?}", desk.serving(ticket)));
    routes.chain(served).collect()
}

/// The document that says what the desk knows: its tickets in the order of its indices, its routes.
fn document(desk: &Desk, start: &Draft, committed: &[TicketDraft]) -> Draft {
    let problem = desk.problem();
    let mut document = start.clone();
    for ticket in committed {
        match document.tickets.iter_mut().find(|known| known.id == ticket.id) {
            Some(known) => known.clone_from(ticket),
            None => document.tickets.push(ticket.clone()),
        }
    }
    document.routes = problem
        .shift_indices()
        .filter(|&shift| !desk.route(shift).stops().is_empty())
        .map(|shift| RouteDraft {
            engineer: problem.engineer_id(shift).to_owned(),
            shift: problem.shift(shift).number,
            tickets: desk
                .route(shift)
                .stops()
                .iter()
                .map(|stop| problem.ticket(stop.ticket).id.to_string())
                .collect(),
        })
        .collect();
    document
}

#[test]
fn a_commit_changes_the_route_and_the_next_decision() {
    let mut desk = desk(&two());
    let next = job("next", 8.0);
    let before = desk.dispatch(&next, ASK).expect("it is not promised");
    let offer = take(&mut desk, &job("first", 8.0), None).expect("somebody can go");
    assert_eq!(desk.problem().engineer_id(offer.shift), "south", "the nearer one");
    let route = desk.route(offer.shift);
    assert_eq!(route.stops().len(), 1);
    let promised = route.stops()[offer.at].ticket;
    assert_eq!(&*desk.problem().ticket(promised).id, "first");
    assert_eq!(desk.serving(promised), Some(offer.shift));
    let schedule = route.schedule(desk.problem()).expect("it has a stop");
    assert_eq!((schedule.stops[0].arrival, schedule.stops[0].start), (offer.arrival, offer.start));
    assert_eq!(schedule.stops[0].departure, offer.finish);
    assert_eq!(desk.scorer().price_of(route), offer.price, "the route cost nothing before");

    let after = desk.dispatch(&next, ASK).expect("it is not promised");
    let [was, is] = [&before, &after].map(|decision| decision.offers[0].clone());
    assert_eq!((was.shift, is.shift), (offer.shift, offer.shift));
    assert_eq!((was.detour, is.detour), (offer.detour, Seconds::ZERO), "they are there already");
    assert_eq!(is.receipt.total(), is.price);
}

#[test]
fn what_is_full_is_not_offered_again() {
    let mut desk = desk(&two());
    // Eight hours hold at most seven such jobs, drives included.
    for n in 0..20 {
        let ticket = job(&format!("J{n}"), 8.0);
        let decision = desk.dispatch(&ticket, ASK).expect("it is not promised");
        match take(&mut desk, &ticket, None) {
            Ok(offer) => assert_eq!(Some(&offer), decision.chosen.map(|n| &decision.offers[n])),
            Err(Refusal::NoOffer(told)) => {
                assert!(n > 8, "only {n} jobs fit into two days");
                assert!(told.offers.is_empty() && told.ruled_out.len() == 2, "{told:?}");
                return;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("twenty hours of work fit into two shifts of eight");
}

/// A ticket, for whom, and how it is refused.
type Refused = (TicketDraft, Option<&'static str>, fn(&Refusal) -> bool);

#[test]
fn a_refused_commit_changes_nothing() {
    let mut desk = desk(&two());
    desk.commit(&job("first", 8.0), None).expect("somebody can go");
    let next = job("next", 9.0);
    let before = (sight(&desk), desk.dispatch(&next, ASK).expect("it is not promised"));
    let refusals: [Refused; 9] = [
        (job("first", 8.0), None, |r| matches!(r, Refusal::AlreadyCommitted(_))),
        (job("first", 3.0), Some("north"), |r| matches!(r, Refusal::AlreadyCommitted(_))),
        (job("x", 8.0), Some("nobody"), |r| matches!(r, Refusal::Flawed(_))),
        (TicketDraft { work: Seconds(-1), ..job("x", 8.0) }, None, |r| matches!(r, Refusal::Flawed(_))),
        (TicketDraft { crew: 0, ..job("open", 8.0) }, None, |r| matches!(r, Refusal::Flawed(_))),
        (TicketDraft { crew: 2, ..job("x", 8.0) }, None, |r| matches!(r, Refusal::NoOffer(_))),
        (job("x", 6000.0), None, |r| matches!(r, Refusal::Flawed(_))),
        (TicketDraft { work: Seconds(9 * 3600), ..job("open", 8.0) }, None, |r| {
            matches!(r, Refusal::NoOffer(_))
        }),
        (TicketDraft { parts: vec![("valve".to_owned(), 1)], ..job("x", 8.0) }, Some("south"), |r| {
            matches!(r, Refusal::NoOffer(_))
        }),
    ];
    for (ticket, engineer, is_right) in refusals {
        let refusal = desk.commit(&ticket, engineer).expect_err("it is refused");
        assert!(is_right(&refusal), "{ticket:?}: {refusal:?}");
        assert_eq!(sight(&desk), before.0, "{ticket:?}");
        let after = desk.dispatch(&next, ASK).expect("it is not promised");
        assert_eq!(after, before.1, "{ticket:?}");
    }
    // The open ticket is the one that it was, too.
    let open = desk.problem().ticket(TicketIx(0));
    assert_eq!((open.work, open.crew), (Seconds(3600), 1));
}

#[test]
fn in_random_worlds_a_commit_is_the_chosen_offer_and_a_refusal_changes_nothing() {
    let size = Size::default();
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..40 {
        let mut desk = desk(&draft(seed, size));
        let mut dice = dice(seed ^ 0xC0);
        for n in 0..40 {
            let ticket = ticket(1000 + n, size, &mut dice);
            let engineer = dice.random_bool(0.3).then(|| format!("E{}", dice.random_range(0..6)));
            let before = sight(&desk);
            let asked = desk.dispatch(&ticket, Ask::default()).expect("it is new");
            let Ok(offer) = take(&mut desk, &ticket, engineer.as_deref()) else {
                refused += 1;
                assert_eq!(sight(&desk), before, "seed {seed}, {ticket:?} for {engineer:?}");
                continue;
            };
            taken += 1;
            if engineer.is_none() {
                let chosen = asked.chosen.map(|n| &asked.offers[n]);
                assert_eq!(Some(&offer), chosen, "seed {seed}, {ticket:?}");
            }
            let after = sight(&desk);
            for shift in desk.problem().shift_indices() {
                let same = after[shift.at()] == before[shift.at()];
                assert_eq!(same, shift != offer.shift, "seed {seed}: only the offer's route changes");
            }
        }
    }
    assert!(taken > 300 && refused > 300, "{taken} taken, {refused} refused");
}

#[test]
fn committing_a_ticket_twice_is_refused() {
    let mut desk = desk(&two());
    let offer = take(&mut desk, &job("open", 8.0), None).expect("somebody can go");
    let again = Refusal::AlreadyCommitted(offer.shift);
    assert_eq!(desk.commit(&job("open", 8.0), None), Err(again.clone()));
    assert_eq!(desk.commit(&job("open", 8.0), Some("north")), Err(again.clone()));
    assert_eq!(desk.dispatch(&job("open", 8.0), ASK), Err(again.clone()));
    assert_eq!(desk.dispatch_known(TicketIx(0), ASK), Err(again));
    assert_eq!(desk.problem().tickets().len(), 1, "it keeps its index");
}

#[test]
fn a_committed_ticket_takes_the_new_facts_of_an_open_one() {
    let mut desk = desk(&two());
    let moved = TicketDraft { work: Seconds(7200), ..job("open", 18.0) };
    let offer = take(&mut desk, &moved, None).expect("somebody can go");
    assert_eq!(desk.problem().engineer_id(offer.shift), "north", "it lies near the other one now");
    assert_eq!(desk.problem().ticket(TicketIx(0)).work, Seconds(7200));
    assert_eq!(desk.route(offer.shift).booked(), Seconds(7200));
}

#[test]
fn a_desk_that_has_committed_answers_like_one_set_up_with_those_routes() {
    let size = Size { engineers: 8, tickets: 10, ..Size::default() };
    let mut compared = 0;
    for seed in 0..40 {
        let start = draft(seed, size);
        let mut desk_of_commits = desk(&start);
        let mut dice = dice(seed ^ 0xA9E);
        let mut committed = Vec::new();
        // The document's own tickets first, then new ones.
        for n in 0..30 {
            let ticket = match start.tickets.get(n) {
                Some(open) => open.clone(),
                None => ticket(1000 + n, size, &mut dice),
            };
            if desk_of_commits.commit(&ticket, None).is_ok() {
                committed.push(ticket);
            }
        }
        let document = document(&desk_of_commits, &start, &committed);
        let anew = desk(&document);
        for shift in anew.problem().shift_indices() {
            let routes = [&desk_of_commits, &anew].map(|desk| {
                let route = desk.route(shift);
                let ids =
                    route.stops().iter().map(|stop| desk.problem().ticket(stop.ticket).id.to_string());
                (ids.collect::<Vec<_>>(), route.schedule(desk.problem()), desk.scorer().price_of(route))
            });
            assert_eq!(routes[0], routes[1], "seed {seed}, {shift:?}");
        }
        for n in 0..20 {
            let question = ticket(5000 + n, size, &mut dice);
            let told = desk_of_commits.dispatch(&question, ASK);
            assert_eq!(told, anew.dispatch(&question, ASK), "seed {seed}: {question:?}");
            compared += usize::from(told.is_ok_and(|decision| !decision.offers.is_empty()));
        }
        for ticket in &committed {
            assert!(
                matches!(anew.dispatch(ticket, ASK), Err(Refusal::AlreadyCommitted(_))),
                "seed {seed}"
            );
        }
    }
    assert!(compared > 400, "only {compared} questions had an offer");
}

#[test]
fn what_is_promised_stays_when_visits_are_learnt_and_offers_still_add_up() {
    let size = Size::default();
    for seed in 0..30 {
        let mut desk = desk(&draft(seed, size));
        let mut dice = dice(seed ^ 0x715);
        for n in 0..20 {
            let _ = desk.commit(&ticket(1000 + n, size, &mut dice), None);
        }
        let before = sight(&desk);
        for n in 0..20 {
            desk.record_visit(&visit(n, size, &mut dice)).expect("a sound visit");
        }
        assert_eq!(sight(&desk), before, "seed {seed}");
        for n in 0..10 {
            let asked = ticket(3000 + n, size, &mut dice);
            let decision = desk.dispatch(&asked, Ask::default()).expect("not promised");
            for offer in decision.offers {
                assert_eq!(offer.receipt.total(), offer.price, "seed {seed}, {asked:?}");
            }
        }
    }
}

#[test]
fn naming_an_engineer_does_not_lift_a_hard_rule() {
    let start = two();
    let cases: [(&str, TicketDraft); 3] = [
        ("forbidden", TicketDraft { forbidden: vec!["north".to_owned()], ..job("x", 8.0) }),
        (
            "skill",
            TicketDraft {
                requires: vec![NeedDraft { skill: "gas".to_owned(), level: 4, preferred: None }],
                ..job("x", 8.0)
            },
        ),
        ("window", TicketDraft { windows: vec![Window { start: NOW, end: NOW }], ..job("x", 8.0) }),
    ];
    for (rule, ticket) in cases {
        let mut desk = desk(&start);
        let before = sight(&desk);
        let told = desk.commit(&ticket, Some("north"));
        assert!(told.is_err(), "{rule} forbids it, and yet {told:?}");
        assert_eq!(sight(&desk), before, "{rule}");
    }
}

#[test]
fn naming_an_engineer_does_not_lift_the_requirement_of_another() {
    let start = two();
    let mut desk = desk(&start);
    let ticket = TicketDraft { required: vec!["south".to_owned()], ..job("x", 8.0) };
    let before = sight(&desk);
    let told = desk.commit(&ticket, Some("north"));
    assert!(told.is_err(), "only the other engineer may go, and yet {told:?}");
    assert_eq!(sight(&desk), before);
    let offer =
        take(&mut desk, &ticket, Some("south")).expect("naming the required one is no contradiction");
    assert_eq!(desk.problem().engineer_id(offer.shift), "south");
}

/// Flaws of the desk's document with one more route for each list.
fn flaws_of(start: &Draft, routes: &[(&str, &[&str])]) -> Vec<Flaw> {
    let mut document = start.clone();
    document.routes = routes
        .iter()
        .map(|(engineer, tickets)| RouteDraft {
            engineer: (*engineer).to_owned(),
            shift: 0,
            tickets: tickets.iter().map(|&ticket| ticket.to_owned()).collect(),
        })
        .collect();
    Desk::new(Problem::new(document).expect("what it says is sound")).err().unwrap_or_default()
}

#[test]
fn a_promised_route_that_breaks_a_rule_is_a_flaw() {
    let mut start = two();
    start.engineers[0].stock = vec![("valve".to_owned(), 1)];
    start.engineers[1].shifts[0].max_tickets = Some(1);
    let mut add = |id: &str, change: fn(&mut TicketDraft)| {
        let mut ticket = job(id, 8.0);
        change(&mut ticket);
        start.tickets.push(ticket);
    };
    add("expert", |ticket| ticket.requires[0].level = 4);
    start.tickets[1].requires[0].preferred = None;
    let mut add = |id: &str, change: fn(&mut TicketDraft)| {
        let mut ticket = job(id, 8.0);
        change(&mut ticket);
        start.tickets.push(ticket);
    };
    add("dawn", |ticket| ticket.windows = vec![Window { start: NOW, end: NOW }]);
    add("valve", |ticket| ticket.parts = vec![("valve".to_owned(), 1)]);
    add("another valve", |ticket| ticket.parts = vec![("valve".to_owned(), 1)]);
    add("not north", |ticket| ticket.forbidden = vec!["north".to_owned()]);
    add("whole day", |ticket| ticket.work = Seconds(7 * 3600));

    assert_eq!(flaws_of(&start, &[("south", &["open", "valve"]), ("north", &["whole day"])]), []);
    for (engineer, tickets, rule) in [
        ("south", &["open", "expert"] as &[&str], Some(Barrier::Skill)),
        ("north", &["not north"], Some(Barrier::Forbidden)),
        ("north", &["valve"], Some(Barrier::Goods)),
        ("south", &["dawn"], None),
        ("south", &["valve", "another valve"], None),
        ("south", &["open", "whole day"], None),
        ("north", &["open", "not north"], Some(Barrier::Forbidden)),
    ] {
        let flaws = flaws_of(&start, &[(engineer, tickets)]);
        assert_eq!(flaws.len(), 1, "{engineer} {tickets:?}: {flaws:?}");
        let flaw = &flaws[0];
        assert_eq!((flaw.code, flaw.path.as_str()), (Code::BrokenRoute, "routes[0]"), "{flaw}");
        assert_eq!(flaw.id.as_deref(), Some(engineer), "{flaw}");
        if let Some(rule) = rule {
            assert!(flaw.found.contains(rule.as_str()), "{flaw}");
        }
    }
    let full = flaws_of(&start, &[("north", &["open", "another valve"])]);
    assert_eq!(full.len(), 1, "one flaw for a route, however much it breaks");
}

#[test]
fn broken_routes_are_told_together_each_where_it_stands_in_the_document() {
    let mut start = two();
    start.tickets.push(TicketDraft { work: Seconds(9 * 3600), ..job("too long", 8.0) });
    start.tickets.push(TicketDraft { work: Seconds(9 * 3600), ..job("too long too", 8.0) });
    let told = |routes: &[(&str, &[&str])]| -> BTreeSet<(String, Option<String>)> {
        flaws_of(&start, routes).into_iter().map(|flaw| (flaw.path, flaw.id)).collect()
    };
    let flaw = |path: &str, id: &str| (path.to_owned(), Some(id.to_owned()));
    let both = told(&[("north", &["too long"]), ("south", &["too long too"])]);
    assert_eq!(both, BTreeSet::from([flaw("routes[0]", "north"), flaw("routes[1]", "south")]));
    let second = told(&[("north", &["open"]), ("south", &["too long"])]);
    assert_eq!(second, BTreeSet::from([flaw("routes[1]", "south")]));
}

#[test]
fn a_promise_on_a_shift_that_is_over_is_broken() {
    let mut start = two();
    start.engineers[0].absences = vec![(NOW, NOW + Seconds(24 * 3600))];
    let flaws = flaws_of(&start, &[("south", &["open"])]);
    assert_eq!(flaws.len(), 1, "{flaws:?}");
    assert!(flaws[0].found.contains(Barrier::Absent.as_str()), "{}", flaws[0]);
    let sound = desk(&two());
    assert!(sound.route(ShiftIx(0)).stops().is_empty());
}

#[test]
fn half_a_pair_is_promised_to_nobody() {
    let mut both = two();
    both.tickets.push(TicketDraft { follows: Some("open".to_owned()), ..job("behind", 9.0) });
    let mut desk = desk(&both);
    let before = sight(&desk);
    for id in ["open", "behind"] {
        let refused = desk.commit(&job(id, 8.0), None);
        let Err(Refusal::Flawed(flaws)) = refused else { panic!("{id}: {refused:?}") };
        assert_eq!(flaws[0].code, Code::Contradiction);
    }
    assert_eq!(sight(&desk), before);
}

#[test]
fn crews_and_orders_are_promised_to_nobody() {
    let mut start = two();
    start.tickets.push(TicketDraft { crew: 2, ..job("crew", 8.0) });
    start.tickets.push(TicketDraft { after: vec!["open".to_owned()], ..job("order", 9.0) });
    // What another waits for may be promised.
    assert_eq!(flaws_of(&start, &[("south", &["open"])]), []);
    for (engineer, tickets, tied) in
        [("south", &["crew"] as &[&str], "crew"), ("north", &["open", "order"], "order")]
    {
        let flaws = flaws_of(&start, &[(engineer, tickets)]);
        assert_eq!(flaws.len(), 1, "{engineer} {tickets:?}: {flaws:?}");
        let flaw = &flaws[0];
        assert_eq!((flaw.code, flaw.path.as_str()), (Code::BrokenRoute, "routes[0]"), "{flaw}");
        assert_eq!(flaw.id.as_deref(), Some(engineer), "{flaw}");
        assert!(flaw.found.contains(&format!("{tied:?}")) && !flaw.fix.is_empty(), "{flaw}");
    }
}

#[test]
fn a_promise_that_saves_others_a_setup_leaves_dispatch_exact() {
    let mut desk = desk(&two());
    let setup = TicketDraft { setup: Seconds(3 * 3600), work: Seconds(600), ..job("setup", 8.0) };
    desk.commit(&setup, Some("south")).unwrap();
    // Eight hours hold the setup and this work only one before the other at the same place, without it.
    let asked = TicketDraft { work: Seconds(7 * 3600), ..job("asked", 8.0) };
    let offers = |desk: &Desk| -> Vec<String> {
        let decision = desk.dispatch(&asked, ASK).unwrap();
        decision.offers.iter().map(|offer| desk.problem().engineer_id(offer.shift).to_owned()).collect()
    };
    let mut anew = two();
    anew.tickets.push(setup);
    let routes =
        vec![RouteDraft { engineer: "south".to_owned(), shift: 0, tickets: vec!["setup".to_owned()] }];
    let anew = self::desk(&Draft { routes, ..anew });
    assert!(offers(&anew).contains(&"south".to_owned()));
    assert_eq!(offers(&desk), offers(&anew));
}

#[test]
fn promises_name_no_more_rooms_than_a_problem_may() {
    let mut desk = desk(&two());
    let names = |from: usize, to: usize| -> Vec<(String, i64)> {
        (from..to).map(|n| (format!("room {n}"), 0)).collect()
    };
    let full = TicketDraft { demand: names(0, limits::ROOMS), ..job("full", 8.0) };
    desk.commit(&full, None).expect("as many as there may be");
    let before = sight(&desk);
    for ticket in [
        TicketDraft { demand: names(limits::ROOMS, limits::ROOMS + 1), ..job("more", 8.0) },
        TicketDraft { delivers: names(limits::ROOMS, limits::ROOMS + 1), ..job("open", 8.0) },
    ] {
        let refused = desk.commit(&ticket, None);
        let Err(Refusal::Flawed(flaws)) = refused else { panic!("{refused:?}") };
        assert_eq!((flaws.len(), flaws[0].code), (1, Code::TooLarge), "{flaws:?}");
        assert_eq!(flaws[0].id.as_deref(), Some(ticket.id.as_str()));
        assert_eq!(sight(&desk), before);
        assert_eq!(desk.problem().register().rooms.len(), limits::ROOMS);
    }
    // Those that are known already may be named again.
    desk.commit(&TicketDraft { delivers: names(0, limits::ROOMS), ..job("again", 8.0) }, None)
        .expect("it names nothing new");
}

#[test]
fn a_ticket_that_is_taken_back_leaves_the_desk_as_if_it_had_never_been_promised() {
    let size = Size { engineers: 4, ..Size::default() };
    let mut released = 0;
    for seed in 0..40 {
        let mut desk = desk(&draft(seed, size));
        let mut dice = dice(seed ^ 0x7E1);
        let shifts = desk.problem().shifts().len();
        let routes = |desk: &Desk| sight(desk)[..shifts].to_vec();
        let mut promised = Vec::new();
        for n in 0..12 {
            let ticket = ticket(1000 + n, size, &mut dice);
            let before = routes(&desk);
            if desk.commit(&ticket, None).is_err() {
                continue;
            }
            let index = desk.problem().register().tickets.get(&ticket.id).expect("it was added");
            if n % 3 > 0 || !desk.release(index) {
                promised.push(index);
                continue;
            }
            released += 1;
            assert_eq!(routes(&desk), before, "seed {seed}: {ticket:?}");
            assert!(desk.open().any(|open| open == index));
            desk.withdraw(index);
            assert!(desk.open().all(|open| open != index), "nobody is asked to go there any more");
        }
        assert!(promised.iter().all(|&ticket| desk.serving(ticket).is_some()));
    }
    assert!(released > 40, "only {released} were taken back");
}

#[test]
fn a_ticket_that_was_withdrawn_is_open_again_when_it_is_added_again() {
    let mut desk = desk(&two());
    let index = desk.add(&job("late", 8.0)).expect("it is sound");
    desk.withdraw(index);
    assert!(desk.is_withdrawn(index) && !desk.open().any(|open| open == index));
    assert_eq!(desk.add(&job("late", 9.0)), Ok(index));
    assert!(!desk.is_withdrawn(index) && desk.open().any(|open| open == index));
}

#[test]
fn who_would_take_a_promised_ticket_is_asked_as_if_it_was_open_and_changes_nothing() {
    let mut start = two();
    start.tickets.extend([job("first", 4.0), job("last", 18.0)]);
    let mut desk = desk(&start);
    for (id, engineer) in [("open", "north"), ("first", "south"), ("last", "south")] {
        let draft = start.tickets.iter().find(|ticket| ticket.id == id).unwrap().clone();
        take(&mut desk, &draft, Some(engineer)).unwrap();
    }
    let before = sight(&desk);
    for ticket in desk.problem().ticket_indices() {
        let told = desk.choose_anew(ticket, ASK).unwrap();
        assert_eq!(sight(&desk), before);
        let mut open = desk.clone();
        assert!(open.release(ticket));
        let asked = open.dispatch_known(ticket, ASK).unwrap();
        assert_eq!((&told.offers, told.chosen), (&asked.offers, asked.chosen));
    }
    let mut open = self::desk(&two());
    assert!(open.choose_anew(TicketIx(0), ASK).is_none(), "what is promised to nobody is dispatched");
}
