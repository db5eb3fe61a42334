//! A desk that is set up anew in the middle of a day: what is under way stays where it is, every promise is kept with whom
//! it was given to and in its order, and only what cannot be in time any more is late.

use crate::world::{NOW, Size, dice, draft};
use paidan_engine::check::{Breach, BreachCode, check};
use paidan_engine::desk::{Desk, Late};
use paidan_engine::ids::{Index, TicketIx};
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::ticket::BegunDraft;
use paidan_engine::units::Seconds;
use rand::RngExt;

const HOUR: i64 = 3600;

/// A morning with as much promised as may be.
fn morning(seed: u64) -> Draft {
    let mut draft = draft(seed, Size::default());
    let mut desk = Desk::new(Problem::new(draft.clone()).expect("it is sound")).expect("no routes yet");
    for ticket in &draft.tickets {
        // Whoever cannot be promised is left.
        let _ = desk.commit(ticket, None);
    }
    draft.routes = routes(&desk);
    draft
}

fn routes(desk: &Desk) -> Vec<RouteDraft> {
    let problem = desk.problem();
    let route = |shift| RouteDraft {
        engineer: problem.engineer_id(shift).to_owned(),
        shift: problem.shift(shift).number,
        tickets: (desk.route(shift).stops().iter())
            .map(|stop| problem.ticket(stop.ticket).id.to_string())
            .collect(),
    };
    problem.shift_indices().map(route).filter(|route| !route.tickets.is_empty()).collect()
}

/// The same day some hours later: of half of the shifts that have started, one stop is under way, now and then not the
/// first one, and it is next.
fn later(seed: u64, mut draft: Draft) -> Draft {
    let mut dice = dice(seed ^ 0xD0E5);
    draft.now = NOW + Seconds(dice.random_range(0..14 * HOUR));
    let ids: Vec<String> = draft.engineers.iter().map(|engineer| engineer.id.clone()).collect();
    for (engineer, id) in draft.engineers.iter().zip(&ids) {
        let Some(n) = draft.routes.iter().position(|route| route.engineer == *id) else { continue };
        let route = &mut draft.routes[n];
        let start = engineer.shifts[route.shift as usize].start.moment;
        if start >= draft.now || dice.random_bool(0.5) {
            continue;
        }
        let at = if dice.random_bool(0.8) { 0 } else { dice.random_range(0..route.tickets.len()) };
        let begun = route.tickets.remove(at);
        route.tickets.insert(0, begun.clone());
        let latest = (draft.now - start).0 + if dice.random_bool(0.3) { HOUR } else { 0 };
        let ticket = draft.tickets.iter_mut().find(|ticket| ticket.id == begun).expect("it is there");
        ticket.begun = Some(BegunDraft {
            engineers: vec![id.clone()],
            start: start + Seconds(dice.random_range(0..=latest)),
            until: None,
        });
    }
    draft
}

fn resumed(draft: &Draft) -> Desk {
    let problem = Problem::new(draft.clone()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    Desk::resume(problem).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

#[test]
fn every_promise_is_kept_and_checks() {
    let (mut late, mut in_time) = (0, 0);
    for seed in 0..200 {
        let draft = later(seed, morning(seed));
        let desk = resumed(&draft);
        assert_eq!(routes(&desk), draft.routes, "seed {seed}");
        let breaches = check(desk.problem(), desk.problem().visits(), &desk.plan());
        // Whoever was not promised may fit by now, and shifts that are over may hold what is late.
        let of_promises =
            |breach: &&Breach| !matches!(breach.code, BreachCode::OffDuty | BreachCode::CouldBeServed);
        let breaches: Vec<&Breach> = breaches.iter().filter(of_promises).collect();
        assert!(breaches.is_empty(), "seed {seed}: {breaches:?}");
        let strict = Desk::new(Problem::new(draft).expect("it is sound"));
        if let Ok(strict) = strict {
            in_time += 1;
            assert_eq!(*desk.late(), Late::default(), "seed {seed}");
            assert_eq!(strict.plan(), desk.plan(), "seed {seed}");
        } else {
            late += 1;
            assert_ne!(*desk.late(), Late::default(), "seed {seed}");
        }
    }
    assert!(late > 100 && in_time > 15, "{late} late, {in_time} in time");
}

#[test]
fn work_under_way_is_next_and_lasts_until_now() {
    let mut seen = 0;
    for seed in 0..200 {
        let draft = later(seed, morning(seed));
        let desk = resumed(&draft);
        let plan = desk.plan();
        for ticket in draft.tickets.iter().filter(|ticket| ticket.begun.is_some()) {
            let begun = ticket.begun.as_ref().expect("it is begun");
            let of_it = |route: &&paidan_engine::plan::PlannedRoute| {
                &*desk.problem().ticket(route.stops[0].ticket).id == ticket.id.as_str()
            };
            let route = plan.routes.iter().find(of_it).expect("it is the first stop");
            let stop = &route.stops[0];
            assert_eq!(stop.drive, Seconds::ZERO, "seed {seed}: they are there");
            assert_eq!(stop.start, begun.start, "seed {seed}: whatever else is late");
            assert!(stop.departure >= draft.now, "seed {seed}: it is not over yet");
            seen += 1;
        }
        assert!(desk.begun().count() <= plan.routes.len());
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn nothing_new_goes_before_what_is_under_way_or_into_what_is_over() {
    for seed in 0..60 {
        let mut draft = later(seed, morning(seed));
        let open: Vec<_> = {
            let promised: Vec<&String> = draft.routes.iter().flat_map(|route| &route.tickets).collect();
            draft.tickets.iter().filter(|ticket| !promised.contains(&&ticket.id)).cloned().collect()
        };
        draft.policy.overtime.max = Seconds::ZERO;
        let mut desk = resumed(&draft);
        let before = routes(&desk);
        for ticket in &open {
            let _ = desk.commit(ticket, None);
        }
        for (shift, ticket) in desk.begun().map(|ticket| (desk.serving(ticket), ticket)) {
            let route = desk.route(shift.expect("it is promised"));
            assert_eq!(route.stops()[0].ticket, ticket, "seed {seed}");
        }
        let after = routes(&desk);
        for &shift in &desk.late().shifts {
            let of_it = |route: &&RouteDraft| {
                route.engineer == desk.problem().engineer_id(shift)
                    && route.shift == desk.problem().shift(shift).number
            };
            assert_eq!(before.iter().find(of_it), after.iter().find(of_it), "seed {seed}");
        }
    }
}

#[test]
fn only_what_must_be_is_late() {
    let mut tried = 0;
    for seed in 0..100 {
        let draft = later(seed, morning(seed));
        let desk = resumed(&draft);
        let problem = desk.problem();
        for &ticket in &desk.late().tickets {
            let start = (desk.plan().routes.iter().flat_map(|route| route.stops.clone()))
                .find(|stop| stop.ticket == ticket)
                .map(|stop| stop.start);
            let own = &draft.tickets[ticket.at()];
            let start = start.expect("it is promised");
            let in_time = match &own.begun {
                Some(begun) => start <= begun.start,
                None => own.windows.iter().any(|window| window.start <= start && start <= window.end),
            };
            let id = &problem.ticket(ticket).id;
            assert!(!in_time, "seed {seed}: {id} is in time at {start:?}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn a_position_counts_for_the_shift_in_which_it_was_seen() {
    let mut draft = draft(1, Size::default());
    draft.now = NOW + Seconds(30 * HOUR);
    for engineer in &mut draft.engineers {
        engineer.position = Some(draft.tickets[0].place);
        engineer.position_at = Some(NOW + Seconds(6 * HOUR));
    }
    let yesterday = Problem::new(draft.clone()).expect("it is sound");
    for engineer in &mut draft.engineers {
        engineer.position_at = Some(draft.now);
    }
    let today = Problem::new(draft).expect("it is sound");
    let here = today.ticket(TicketIx::nth(0)).place;
    let mut under_way = 0;
    for shift in today.shift_indices() {
        let (shift, before) = (today.shift(shift), yesterday.shift(shift));
        assert_ne!(before.from.map(|place| place.point), Some(here.point));
        under_way += usize::from(shift.from.map(|place| place.point) == Some(here.point));
    }
    assert!(under_way > 0);
}
