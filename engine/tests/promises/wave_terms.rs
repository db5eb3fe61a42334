//! What the terms of a wave promise: no other way to keep them is cheaper, as a programme in whole numbers by `good_lp`
//! finds; what is promised keeps them; and emergencies displace only what may give way.

use std::collections::{BTreeMap, BTreeSet};

use crate::waves::{CROWD, all_pairs, desk, judge, known};
use crate::world::{Dice, Size, dice, draft, problem};
use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use paidan_engine::assign::{Assignment, Listed, Quota, SHORT, Terms, assign, assign_among};
use paidan_engine::check::check;
use paidan_engine::desk::{Desk, HeldBy, Wanted};
use paidan_engine::dispatch::{Board, stands_alone};
use paidan_engine::geo::{Area, LatLon};
use paidan_engine::ids::{EngineerIx, Index, TicketIx};
use paidan_engine::problem::{Draft, Problem, RouteDraft, TerritoryDraft};
use paidan_engine::ticket::PinDraft;
use paidan_engine::units::{Price, Seconds};
use rand::RngExt;

/// A crowd in which the northern half is a territory, with its eastern half another one within, and some are emergencies.
fn quartered(seed: u64, size: Size) -> Draft {
    let mut draft = draft(seed, size);
    let (lat, lon) = (size.middle.lat, size.middle.lon);
    let north = rectangle(LatLon { lat, lon: lon - 5.0 }, LatLon { lat: lat + 5.0, lon: lon + 5.0 });
    let east = rectangle(LatLon { lat, lon }, LatLon { lat: lat + 5.0, lon: lon + 5.0 });
    draft.territories.push(TerritoryDraft { id: "north".to_owned(), area: north });
    draft.territories.push(TerritoryDraft { id: "north-east".to_owned(), area: east });
    draft
}

fn rectangle(low: LatLon, high: LatLon) -> Area {
    let ring = vec![(low.lon, low.lat), (high.lon, low.lat), (high.lon, high.lat), (low.lon, high.lat)];
    let polygon = geo::Polygon::new(geo::LineString::from(ring), Vec::new());
    Area::new(geo::MultiPolygon::new(vec![polygon]))
}

fn terms(problem: &Problem, dice: &mut Dice) -> Terms {
    let quota = |name: &str, most| Quota {
        territory: problem.register().territories.get(name).expect("known"),
        most,
    };
    let mut quotas = Vec::new();
    if dice.random_bool(0.7) {
        quotas.push(quota("north", dice.random_range(0..10)));
    }
    if dice.random_bool(0.7) {
        quotas.push(quota("north-east", dice.random_range(0..5)));
    }
    Terms {
        seats: dice.random_range(1..=3),
        emergencies: dice.random_bool(0.7).then(|| dice.random_range(0..=1)),
        least: dice.random_range(0..=2),
        quotas,
    }
}

/// The least that it costs in whole numbers, with leaving a ticket out made as dear as `leave` says.
fn by_programme(board: Board<'_>, listed: &[Listed<'_>], leave: &[f64], terms: &Terms) -> f64 {
    let problem = board.scorer.problem();
    let from = problem.policy().emergency.from_priority;
    let mut variables = ProblemVariables::new();
    let mut cost = Expression::from(0.0);
    let mut each: Vec<Expression> = Vec::new();
    let mut seated: BTreeMap<EngineerIx, Expression> = BTreeMap::new();
    let mut urgent: BTreeMap<EngineerIx, Expression> = BTreeMap::new();
    let mut of_quotas = vec![Expression::from(0.0); terms.quotas.len()];
    for ((candidate, offers, _), &leave) in listed.iter().zip(leave) {
        let out = variables.add(variable().binary());
        cost.add_mul(leave, out);
        let mut ways = Expression::from(out);
        for offer in offers {
            let way = variables.add(variable().binary());
            cost.add_mul(offer.price.0 as f64, way);
            ways.add_mul(1.0, way);
            seated.entry(offer.engineer).or_default().add_mul(1.0, way);
            if candidate.standing.priority >= from {
                urgent.entry(offer.engineer).or_default().add_mul(1.0, way);
            }
            for (quota, all) in terms.quotas.iter().zip(&mut of_quotas) {
                if candidate.ticket.territories.contains(&quota.territory) {
                    all.add_mul(1.0, way);
                }
            }
        }
        each.push(ways);
    }
    let mut rows: Vec<_> = each.into_iter().map(|ways| constraint!(ways == 1.0)).collect();
    for here in seated.into_values() {
        let short = variables.add(variable().min(0));
        cost.add_mul(SHORT.0 as f64, short);
        rows.push(constraint!(here.clone() <= f64::from(terms.seats)));
        rows.push(constraint!(here + short >= f64::from(terms.least)));
    }
    let most = f64::from(terms.emergencies.unwrap_or(1_000));
    rows.extend(urgent.into_values().map(|here| constraint!(here <= most)));
    let quotas = of_quotas.into_iter().zip(&terms.quotas);
    rows.extend(quotas.map(|(all, quota)| constraint!(all <= f64::from(quota.most))));
    let mut model = variables.minimise(cost.clone()).using(microlp);
    for row in rows {
        model.add_constraint(row);
    }
    model.solve().expect("all may stay out").eval(cost)
}

#[test]
fn no_other_way_to_keep_the_terms_is_cheaper_whoever_takes_whom() {
    let mut binding = 0;
    for seed in 0..60 {
        let size = Size { tickets: 15 + seed as usize / 2, engineers: 8, ..CROWD };
        let desk = desk(Problem::new(quartered(seed, size)).expect("sound"));
        let alone = |&ticket: &TicketIx| stands_alone(desk.problem().ticket(ticket));
        let open: Vec<TicketIx> = desk.open().filter(alone).collect();
        let mut dice = dice(seed ^ 0x7E4);
        let terms = terms(desk.problem(), &mut dice);
        desk.with_board(|board| {
            let candidates: Vec<_> = open.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
            let all = all_pairs(board, &candidates);
            let told = assign(board, &candidates, &terms);
            assert_eq!(told.objective, told.bound, "seed {seed}, {terms:?}");
            let least = assign_among(board, all.clone(), &terms);
            let slack = |one: &Assignment| Price::of(Seconds(i64::from(one.short) * SHORT.0));
            // Who is on no list is not counted as short.
            assert_eq!(told.objective - slack(&told), least.objective - slack(&least), "seed {seed}");
            let plain = assign_among(board, all.clone(), &Terms::of_seats(terms.seats));
            binding += i32::from(plain.objective < least.objective);
            // Dear enough to be the last resort, and small enough for floating point.
            let leave: Vec<i64> =
                all.iter().map(|(_, _, lost)| 200_000 + 1_000 * lost.priority_lost).collect();
            let cheap = all.iter().zip(&leave).map(|((candidate, offers, _), &leave)| {
                (*candidate, offers.clone(), Price::of(Seconds(leave)))
            });
            let own = assign_among(board, cheap.collect(), &terms).objective;
            let leave: Vec<f64> = leave.into_iter().map(|leave| leave as f64).collect();
            let value = by_programme(board, &all, &leave, &terms);
            assert!(
                (value - own.seconds.0 as f64).abs() < 0.5,
                "seed {seed}, {terms:?}: {value} {own:?}"
            );
        });
    }
    assert!(binding > 20, "terms that ask for something: {binding}");
}

#[test]
fn lists_grow_under_terms_until_the_proof_holds() {
    // Far more engineers than a list begins with.
    let size = Size { engineers: 150, tickets: 300, visits: 0, spread: 0.6, ..CROWD };
    for seed in 0..4 {
        let desk = desk(Problem::new(quartered(seed, size)).expect("sound"));
        let alone = |&ticket: &TicketIx| stands_alone(desk.problem().ticket(ticket));
        let open: Vec<TicketIx> = desk.open().filter(alone).collect();
        let quota = |name: &str, most| Quota {
            territory: desk.problem().register().territories.get(name).expect("known"),
            most,
        };
        let quotas = vec![quota("north", 60), quota("north-east", 20)];
        let terms = Terms { seats: 1 + seed as u32 % 2, emergencies: Some(1), least: 1, quotas };
        desk.with_board(|board| {
            let candidates: Vec<_> = open.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
            let told = assign(board, &candidates, &terms);
            let least = assign_among(board, all_pairs(board, &candidates), &terms);
            let slack = |one: &Assignment| Price::of(Seconds(i64::from(one.short) * SHORT.0));
            assert_eq!(told.objective, told.bound, "seed {seed}");
            // Who is on no list is not counted as short.
            assert_eq!(told.objective - slack(&told), least.objective - slack(&least), "seed {seed}");
        });
    }
}

#[test]
fn many_tickets_left_out_are_no_trouble() {
    // What is lost together is far beyond what must never be.
    let size = Size { engineers: 1, tickets: 3_000, visits: 0, ..CROWD };
    let mut draft = draft(7, size);
    for ticket in &mut draft.tickets {
        ticket.priority = Some(100);
        ticket.crew = if ticket.required.is_empty() { 2 } else { 1 };
    }
    let desk = desk(Problem::new(draft).expect("sound"));
    let all: Vec<TicketIx> = desk.open().collect();
    desk.with_board(|board| {
        let candidates: Vec<_> = all.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
        let told = assign(board, &candidates, &Terms::default());
        assert_eq!(told.objective, told.bound);
    });
}

/// Whether all that is promised keeps the terms.
fn keeps(desk: &Desk, terms: &Terms) {
    let problem = desk.problem();
    let scorer = desk.scorer();
    let from = problem.policy().emergency.from_priority;
    let mut emergencies = vec![0; problem.engineers().len()];
    let mut of_quotas = vec![0; terms.quotas.len()];
    for shift in problem.shift_indices() {
        for stop in desk.route(shift).stops() {
            let candidate = scorer.candidate(stop.ticket);
            let is_one = candidate.standing.priority >= from;
            emergencies[problem.shift(shift).engineer.at()] += u32::from(is_one);
            for (quota, count) in terms.quotas.iter().zip(&mut of_quotas) {
                *count += u32::from(candidate.ticket.territories.contains(&quota.territory));
            }
        }
    }
    let most = terms.emergencies.unwrap_or(u32::MAX);
    assert!(emergencies.iter().all(|&count| count <= most), "{emergencies:?} {terms:?}");
    let mut quotas = of_quotas.iter().zip(&terms.quotas);
    assert!(quotas.all(|(&count, quota)| count <= quota.most), "{of_quotas:?} {terms:?}");
}

#[test]
fn what_is_promised_keeps_the_terms_and_what_they_hold_says_so() {
    let (mut by_quota, mut by_emergencies) = (0, 0);
    for seed in 0..60 {
        let before = desk(Problem::new(quartered(seed, Size { tickets: 30, ..CROWD })).expect("sound"));
        let terms = terms(before.problem(), &mut dice(seed ^ 0x7E5));
        let (after, wave) = before.clone().wave(&known(&before), &terms).expect("sound");
        judge(&before, &after, &wave, &format!("seed {seed}, {terms:?}"));
        keeps(&after, &terms);
        for held in &wave.held {
            match held.by {
                HeldBy::Quota(territory) => {
                    assert!(after.problem().ticket(held.ticket).territories.contains(&territory));
                    by_quota += 1;
                }
                HeldBy::Emergencies => by_emergencies += 1,
            }
        }
        // Asked again with what is promised by now, nothing is left to give out.
        let again = after.clone().wave(&known(&after), &terms).expect("sound").1;
        assert!(again.given.is_empty(), "seed {seed}, {terms:?}: {:?}", again.given);
        assert_eq!(again.held.len(), wave.held.len(), "seed {seed}");
    }
    assert!(by_quota > 20 && by_emergencies > 20, "{by_quota} {by_emergencies}");
}

#[test]
fn fewer_are_idle_if_everybody_should_have_a_ticket() {
    let size = Size { tickets: 40, engineers: 8, ..CROWD };
    let (mut idle_before, mut idle_then) = (0, 0);
    for seed in 0..20 {
        let start = desk(problem(seed, size));
        let idle = |terms: &Terms| {
            let (after, wave) = start.clone().wave(&known(&start), terms).expect("sound");
            let busy: BTreeSet<EngineerIx> =
                wave.given.iter().map(|given| given.offer.engineer).collect();
            judge(&start, &after, &wave, &format!("seed {seed}"));
            size.engineers - busy.len()
        };
        idle_before += idle(&Terms::default());
        idle_then += idle(&Terms { least: 2, ..Terms::default() });
    }
    assert!(idle_then < idle_before, "{idle_then} {idle_before}");
}

#[test]
fn a_ticket_that_is_dearer_than_its_prize_goes_to_nobody_who_is_short() {
    for seed in 0..20 {
        let mut draft = draft(seed, Size { tickets: 30, ..CROWD });
        for (n, ticket) in draft.tickets.iter_mut().enumerate() {
            ticket.prize = (n % 2 == 0).then_some(Seconds(1_500));
        }
        let start = desk(Problem::new(draft).expect("sound"));
        let terms = Terms { least: 2, ..Terms::default() };
        let (after, wave) = start.clone().wave(&known(&start), &terms).expect("sound");
        judge(&start, &after, &wave, &format!("seed {seed}"));
        let assigned = after.clone().wave(&known(&after), &terms).expect("sound").1;
        assert!(assigned.given.is_empty(), "seed {seed}: {:?}", assigned.given);
    }
}

#[test]
fn quotas_that_overlap_are_flawed() {
    let draft = quartered(1, Size { tickets: 60, ..CROWD });
    let desk = desk(Problem::new(draft).expect("sound"));
    let quota = |name: &str| Quota {
        territory: desk.problem().register().territories.get(name).expect("known"),
        most: 3,
    };
    let nested = Terms { quotas: vec![quota("north"), quota("north-east")], ..Terms::default() };
    assert!(desk.clone().wave(&known(&desk), &nested).is_ok());
    // The half that the world has lies across.
    let across = Terms { quotas: vec![quota("north"), quota("half")], ..Terms::default() };
    let flaws = desk.clone().wave(&known(&desk), &across).expect_err("they overlap");
    assert_eq!((flaws[0].code.as_str(), flaws[0].path.as_str()), ("contradiction", "quotas[1]"));
}

/// Promised routes as they are written down.
fn routes_of(desk: &Desk) -> Vec<RouteDraft> {
    let problem = desk.problem();
    let id = |ticket| problem.ticket(ticket).id.to_string();
    let route = |shift| RouteDraft {
        engineer: problem.engineer_id(shift).to_owned(),
        shift: problem.shift(shift).number,
        tickets: desk.route(shift).stops().iter().map(|stop| id(stop.ticket)).collect(),
    };
    problem.shift_indices().map(route).filter(|route| !route.tickets.is_empty()).collect()
}

/// A crowd with crews of two or three among the tickets.
fn with_crews(seed: u64, size: Size) -> Draft {
    let mut draft = draft(seed, size);
    let mut dice = dice(seed ^ 0xC4E);
    for ticket in &mut draft.tickets {
        let may = ticket.follows.is_none() && ticket.pin.is_none() && ticket.required.len() < 2;
        if may && dice.random_bool(0.3) {
            ticket.crew = dice.random_range(2..=3);
            ticket.required.clear();
            ticket.parts.clear();
        }
    }
    draft
}

#[test]
fn crews_start_together_and_come_again_as_they_were_promised() {
    let mut crews = 0;
    for seed in 0..40 {
        let draft = with_crews(seed, Size { tickets: 30, ..CROWD });
        let before = desk(Problem::new(draft.clone()).expect("sound"));
        let (after, wave) = before.clone().wave(&known(&before), &Terms::default()).expect("sound");
        judge(&before, &after, &wave, &format!("seed {seed}"));
        for given in &wave.given {
            let crew = usize::from(after.problem().ticket(given.ticket).crew);
            assert_eq!(given.crew.len() + 1, crew, "seed {seed}");
            assert_eq!(after.holders(given.ticket).len(), crew, "seed {seed}");
            assert!(given.crew.iter().all(|offer| offer.start == given.offer.start), "seed {seed}");
            crews += usize::from(crew > 1);
        }
        let problem = after.problem();
        let again = Draft { routes: routes_of(&after), ..draft };
        let again = desk(Problem::new(again).expect("sound"));
        let breaches = check(again.problem(), again.problem().visits(), &again.plan());
        let is_lost = |code: &str| code == "could-be-served";
        let grave: Vec<_> = breaches.iter().filter(|breach| !is_lost(breach.code.as_str())).collect();
        assert!(grave.is_empty(), "seed {seed}: {grave:?}");
        for ticket in problem.ticket_indices() {
            assert_eq!(again.holders(ticket), after.holders(ticket), "seed {seed}");
        }
    }
    assert!(crews > 60, "{crews}");
}

#[test]
fn an_incomplete_crew_is_no_promise() {
    let draft = with_crews(3, Size { tickets: 30, ..CROWD });
    let crewed = draft.tickets.iter().find(|ticket| ticket.crew > 1).expect("some").id.clone();
    let routes =
        vec![RouteDraft { engineer: draft.engineers[0].id.clone(), shift: 0, tickets: vec![crewed] }];
    let flaws = Desk::new(Problem::new(Draft { routes, ..draft }).expect("sound")).expect_err("broken");
    assert_eq!((flaws[0].code.as_str(), flaws[0].path.as_str()), ("broken-route", "routes[0]"));
}

/// A crowd in which every sixth ticket is an emergency, which may displace others.
fn with_emergencies(seed: u64) -> Draft {
    let mut draft = draft(seed, Size { tickets: 60, engineers: 6, ..CROWD });
    draft.policy.emergency.displaces = true;
    let mut dice = dice(seed ^ 0xD15);
    for (n, ticket) in draft.tickets.iter_mut().enumerate() {
        ticket.priority = Some(if n % 6 == 0 { 90 } else { dice.random_range(0..70) });
    }
    draft
}

fn priority(desk: &Desk, ticket: TicketIx) -> u8 {
    desk.scorer().candidate(ticket).standing.priority
}

/// A desk that has promised what it could but the emergencies, and all that is open.
fn busy(draft: Draft) -> (Desk, Vec<Wanted<'static>>) {
    let start = desk(Problem::new(draft).expect("sound"));
    let usual = start.open().filter(|&ticket| priority(&start, ticket) < 80);
    let usual: Vec<Wanted<'_>> = usual.map(Wanted::Known).collect();
    let (busy, _) = start.wave(&usual, &Terms::default()).expect("sound");
    let open = known(&busy);
    (busy, open)
}

#[test]
fn emergencies_displace_what_may_give_way_and_that_saves_something() {
    let (mut gone, mut placed_anew) = (0, 0);
    for seed in 0..30 {
        let (before, open) = busy(with_emergencies(seed));
        let (after, wave) = before.clone().wave(&open, &Terms::default()).expect("sound");
        judge(&before, &after, &wave, &format!("seed {seed}"));
        for displaced in &wave.displaced {
            let shift = before.serving(displaced.ticket).expect("it was promised");
            assert_eq!(before.problem().shift(shift).engineer, displaced.engineer);
            assert!(priority(&before, displaced.ticket) < 80 && priority(&before, displaced.by) >= 80);
            assert!(after.serving(displaced.by).is_some());
            gone += 1;
            placed_anew += usize::from(after.serving(displaced.ticket).is_some());
        }
        let mut draft = Draft { routes: routes_of(&before), ..with_emergencies(seed) };
        draft.policy.emergency.displaces = false;
        let forbids = desk(Problem::new(draft).expect("sound"));
        let without = forbids.wave(&open, &Terms::default()).expect("sound").1;
        assert_eq!(without.displaced, [], "seed {seed}");
        assert!(wave.price <= without.price, "seed {seed}: {:?} {:?}", wave.price, without.price);
        assert!(wave.displaced.is_empty() || wave.price < without.price, "seed {seed}");
    }
    assert!(gone > 20 && placed_anew > 0, "{gone} displaced, {placed_anew} placed anew");
}

#[test]
fn pinned_work_and_work_that_has_begun_stay() {
    let mut begun = 0;
    for seed in 0..30 {
        let (before, open) = busy(with_emergencies(seed));
        let problem = before.problem();
        let promised = Draft { routes: routes_of(&before), ..with_emergencies(seed) };
        let displaced = |draft: Draft| {
            let desk = desk(Problem::new(draft).expect("sound"));
            desk.wave(&open, &Terms::default()).expect("sound").1.displaced
        };
        let mut pinned = promised.clone();
        for ticket in problem.ticket_indices() {
            if let Some(shift) = before.serving(ticket) {
                let engineer = problem.engineer_id(shift).to_owned();
                pinned.tickets[ticket.at()].pin = Some(PinDraft { engineer, start: None });
                pinned.tickets[ticket.at()].required.clear();
            }
        }
        assert_eq!(displaced(pinned), [], "seed {seed}");
        // Somebody is on the way to the first stop of every shift that has begun.
        let mut later = promised.clone();
        let shifts = later.engineers.iter().flat_map(|engineer| &engineer.shifts);
        later.now = shifts.map(|shift| shift.start.moment).min().expect("shifts");
        let Ok(started) = Problem::new(later).and_then(Desk::new) else { continue };
        let now = started.problem().now();
        let (_, wave) = started.clone().wave(&open, &Terms::default()).expect("sound");
        for gone in &wave.displaced {
            let shift = started.serving(gone.ticket).expect("it was promised");
            let has_begun = started.problem().shift(shift).start <= now;
            assert!(!has_begun || started.route(shift).stop_at(gone.ticket) > Some(0), "seed {seed}");
            begun += i32::from(has_begun);
        }
    }
    assert!(begun > 0, "{begun}");
}
