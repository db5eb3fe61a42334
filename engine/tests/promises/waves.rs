//! What waves promise: no other way to assign is cheaper, the routes that come of it are sound and leave nobody out who
//! still fits, and all flaws of a wave are told together.

use crate::world::{
    NOW, Size, by_table, dice, draft, problem, ticket, where_parts_are_fetched, where_waiting_costs,
    with_vans,
};
use paidan_engine::assign::{Listed, Terms, assign, assign_among};
use paidan_engine::check::{BreachCode, check};
use paidan_engine::desk::{Desk, Wanted, Wave};
use paidan_engine::dispatch::{Ask, Board, cheapest_of_each, dispatch, scan, stands_alone};
use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
use paidan_engine::ids::TicketIx;
use paidan_engine::price::Candidate;
use paidan_engine::problem::{Draft, Problem, Table, TravelSpec};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::{Price, Seconds};

/// Some thirty tickets for a dozen engineers.
pub(crate) const CROWD: Size = Size {
    engineers: 12,
    tickets: 30,
    visits: 40,
    middle: paidan_engine::geo::LatLon { lat: 39.1, lon: -84.5 },
    spread: 0.2,
};

pub(crate) fn desk(problem: Problem) -> Desk {
    Desk::new(problem).expect("nothing promised, nothing broken")
}

fn open(desk: &Desk) -> Vec<TicketIx> {
    desk.open().filter(|&ticket| stands_alone(desk.problem().ticket(ticket))).collect()
}

pub(crate) fn known(desk: &Desk) -> Vec<Wanted<'static>> {
    desk.open().map(Wanted::Known).collect()
}

/// Every pair there is.
pub(crate) fn all_pairs<'a>(board: Board<'_>, candidates: &[Candidate<'a>]) -> Vec<Listed<'a>> {
    let engineers = board.scorer.problem().engineers().len();
    let list = |&candidate: &Candidate<'a>| {
        (candidate, cheapest_of_each(board, candidate, engineers), candidate.lost())
    };
    candidates.iter().map(list).collect()
}

/// What all promised routes cost.
fn price_of_routes(desk: &Desk) -> Seconds {
    let scorer = desk.scorer();
    desk.problem().shift_indices().map(|shift| scorer.price_of(desk.route(shift))).sum()
}

/// Routes that the checker agrees to, and a price that is what they cost more.
pub(crate) fn judge(before: &Desk, after: &Desk, wave: &Wave, what: &str) {
    let problem = after.problem();
    let mut breaches = check(problem, problem.visits(), &after.plan());
    // What no wave gives out may well fit.
    breaches.retain(|breach| {
        let is_it = |&ticket: &TicketIx| breach.ticket.as_deref() == Some(&*problem.ticket(ticket).id);
        let held = wave.held.iter().any(|held| is_it(&held.ticket));
        breach.code != BreachCode::CouldBeServed || !(held || wave.aside.iter().any(is_it))
    });
    assert!(breaches.is_empty(), "{what}: {breaches:?}");
    let scorer = after.scorer();
    let left = wave.left.iter().map(|left| left.ticket);
    let lost = left.chain(wave.held.iter().map(|held| held.ticket));
    let lost: Price = lost.map(|ticket| scorer.lost(ticket)).sum();
    let dearer = price_of_routes(after) - price_of_routes(before);
    assert_eq!(wave.price, Price::of(dearer) + lost, "{what}");
    for given in &wave.given {
        let shift = after.serving(given.ticket).expect("given out");
        let offer = &given.offer;
        assert_eq!((offer.shift, offer.receipt.total()), (shift, offer.price), "{what}");
        assert_eq!(after.route(shift).stops()[offer.at].ticket, given.ticket, "{what}");
    }
}

#[test]
fn no_other_way_to_assign_is_cheaper_whoever_takes_whom() {
    for seed in 0..60 {
        let size = Size { tickets: 20 + seed as usize, ..CROWD };
        let desk = desk(problem(seed, size));
        let open = open(&desk);
        for seats in [1, 2, 5] {
            desk.with_board(|board| {
                let candidates: Vec<_> =
                    open.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
                let told = assign(board, &candidates, &Terms::of_seats(seats));
                assert_eq!(told.objective, told.bound, "seed {seed}, {seats} seats");
                // Every pair there is.
                let least = assign_among(board, all_pairs(board, &candidates), &Terms::of_seats(seats));
                assert_eq!(told.objective, least.objective, "seed {seed}, {seats} seats");
            });
        }
    }
}

#[test]
fn lists_grow_until_the_proof_holds() {
    // Far more engineers than a list begins with, and seats for a third of the tickets.
    let size = Size { engineers: 150, tickets: 450, visits: 0, spread: 0.6, ..CROWD };
    for seed in 0..3 {
        let desk = desk(problem(seed, size));
        let open = open(&desk);
        desk.with_board(|board| {
            let candidates: Vec<_> = open.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
            let told = assign(board, &candidates, &Terms::of_seats(1));
            assert_eq!(told.objective, told.bound, "seed {seed}");
            let all = all_pairs(board, &candidates);
            let least = assign_among(board, all.clone(), &Terms::of_seats(1));
            assert_eq!(told.objective, least.objective, "seed {seed}");
            let mut begun = all;
            for (_, list, _) in &mut begun {
                list.truncate(12);
            }
            let short = assign_among(board, begun, &Terms::of_seats(1));
            assert!(short.objective > least.objective, "seed {seed}: short lists suffice here");
        });
    }
}

#[test]
fn the_routes_are_sound_and_nobody_is_left_out_who_fits() {
    for seed in 0..60 {
        let size = Size { tickets: 10 + 2 * seed as usize, ..CROWD };
        let before = desk(problem(seed, size));
        for seats in [1, 5] {
            let (after, wave) =
                before.clone().wave(&known(&before), &Terms::of_seats(seats)).expect("sound");
            judge(&before, &after, &wave, &format!("seed {seed}, {seats} seats"));
        }
    }
}

#[test]
fn so_they_are_where_waiting_costs_parts_are_fetched_vans_have_limits_and_tables_take_detours() {
    for seed in 0..40 {
        let size = Size { tickets: 40, ..CROWD };
        for draft in [
            where_waiting_costs(seed, size),
            where_parts_are_fetched(seed, size),
            with_vans(seed, size),
            by_table(seed, draft(seed, size)),
        ] {
            let before = desk(Problem::new(draft).expect("sound"));
            let (after, wave) = before.clone().wave(&known(&before), &Terms::default()).expect("sound");
            judge(&before, &after, &wave, &format!("seed {seed}"));
        }
    }
}

#[test]
fn a_stop_that_is_a_short_cut_stays() {
    // Without the first ticket the drive to the second takes longer than the shift allows.
    let [home, first, second] = [0, 1, 2].map(|row| PlaceDraft { point: None, row: Some(row) });
    let stamp = |hours: i64| Stamp { moment: NOW + Seconds(hours * 3600), offset_s: 0 };
    let shift = ShiftDraft { start: stamp(1), end: stamp(9), ..ShiftDraft::default() };
    let engineer = EngineerDraft {
        id: "ana".to_owned(),
        home: Some(home),
        shifts: vec![ShiftDraft { max_drive: Some(Seconds(60)), ..shift }],
        speed_permille: 1000,
        ..EngineerDraft::default()
    };
    let job = |id: &str, place| TicketDraft {
        id: id.to_owned(),
        place,
        work: Seconds(600),
        crew: 1,
        ..TicketDraft::default()
    };
    let seconds = vec![0, 10, 100, 10, 0, 10, 10, 10, 0];
    let table = Table { size: 3, seconds, ..Table::default() };
    let before = desk(
        Problem::new(Draft {
            now: NOW,
            travel: TravelSpec::table(table),
            engineers: vec![engineer],
            tickets: vec![job("first", first), job("second", second)],
            ..Draft::default()
        })
        .expect("sound"),
    );
    let (after, wave) = before.clone().wave(&known(&before), &Terms::default()).expect("sound");
    judge(&before, &after, &wave, "a short cut");
    assert_eq!(wave.given.len(), 2);
}

#[test]
fn after_a_wave_the_index_finds_what_pricing_every_place_finds() {
    for seed in 0..20 {
        let start = desk(problem(seed, Size { tickets: 60, spread: 0.5, ..CROWD }));
        let (after, _) = start.clone().wave(&known(&start), &Terms::default()).expect("sound");
        let mut dice = dice(seed ^ 0xD15);
        for n in 0..10 {
            let draft = ticket(700 + n, CROWD, &mut dice);
            let ticket = after.problem().admit(&draft).expect("sound");
            let standing = after.standing(&ticket);
            after.with_board(|board| {
                let candidate = Candidate { ticket: &ticket, standing: &standing };
                let told = dispatch(board, candidate, Ask { top: 5, ruled_out: 0 }).offers;
                let all = scan(board, candidate, 5);
                assert_eq!(told[..told.len().min(5)], all[..], "seed {seed}, ask {n}");
            });
        }
    }
}

#[test]
fn who_gives_way_says_to_whom() {
    let mut gave_way = 0;
    for seed in 0..20 {
        let before = desk(problem(seed, Size { tickets: 40, ..CROWD }));
        let (after, wave) = before.clone().wave(&known(&before), &Terms::default()).expect("sound");
        let engineer = |ticket| Some(after.problem().shift(after.serving(ticket)?).engineer);
        for given in &wave.given {
            let scorer = before.scorer();
            let alone =
                before.with_board(|board| cheapest_of_each(board, scorer.candidate(given.ticket), 1)[0]);
            match &given.gave_way {
                None => assert_eq!(alone.engineer, given.offer.engineer),
                Some(told) => {
                    assert_eq!((told.engineer, told.price_alone), (alone.engineer, alone.price));
                    assert_ne!(told.engineer, given.offer.engineer);
                    assert!(told.to.iter().all(|&other| engineer(other) == Some(told.engineer)));
                    gave_way += 1;
                }
            }
        }
    }
    assert!(gave_way > 20, "{gave_way}");
}

#[test]
fn together_is_better_than_one_after_the_other() {
    let (mut together, mut in_turn, mut better) = (Price::ZERO, Price::ZERO, 0);
    for seed in 0..30 {
        let size = Size { tickets: 60, ..CROWD };
        let start = desk(problem(seed, size));
        let open = open(&start);
        let wave = start.clone().give_out(&open, &Terms::default()).price;
        let mut desk = start.clone();
        let singles = open.iter().map(|&ticket| desk.give_out(&[ticket], &Terms::default()).price);
        let one_by_one = singles.sum();
        better += i32::from(wave < one_by_one);
        together += wave;
        in_turn += one_by_one;
    }
    assert!(together < in_turn, "{together:?} {in_turn:?}");
    assert!(better >= 25, "better in {better} of 30");
}

#[test]
fn any_number_of_threads_gives_the_same_wave() {
    for seed in 0..6 {
        let desk = desk(problem(seed, Size { tickets: 90, ..CROWD }));
        let wave = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| desk.clone().wave(&known(&desk), &Terms::default()).expect("sound").1)
        };
        let one = wave(1);
        for threads in [2, 8] {
            assert_eq!(wave(threads), one, "seed {seed}, {threads} threads");
        }
    }
}

#[test]
fn new_tickets_come_along() {
    for seed in 0..20 {
        let mut dice = dice(seed ^ 0xA551);
        let before = desk(problem(seed, Size { tickets: 5, ..CROWD }));
        let new: Vec<TicketDraft> = (0..20).map(|n| ticket(500 + n, CROWD, &mut dice)).collect();
        let wanted: Vec<Wanted<'_>> =
            known(&before).into_iter().chain(new.iter().map(Wanted::New)).collect();
        let (after, wave) = before.clone().wave(&wanted, &Terms::default()).expect("sound");
        assert_eq!(wave.given.len() + wave.left.len() + wave.aside.len(), 25, "seed {seed}");
        judge(&before, &after, &wave, &format!("seed {seed}"));
    }
}

#[test]
fn all_flaws_are_told() {
    let draft = draft(3, Size { tickets: 4, ..CROWD });
    let mut desk = desk(Problem::new(draft.clone()).expect("sound"));
    let promised = draft.tickets.iter().find(|ticket| desk.commit(ticket, None).is_ok());
    let promised = promised.expect("somebody takes one");
    let good = ticket(77, CROWD, &mut dice(9));
    let bad = TicketDraft { id: "bad".to_owned(), work: Seconds(-1), ..good.clone() };
    let wanted = [&good, &bad, promised, &good].map(Wanted::New);
    let flaws = desk.clone().wave(&wanted, &Terms::default()).expect_err("flawed");
    let told: Vec<(&str, &str)> =
        flaws.iter().map(|flaw| (flaw.code.as_str(), flaw.path.as_str())).collect();
    assert_eq!(
        told,
        [
            ("out-of-range", "tickets[1].work_s"),
            ("already-promised", "tickets[2]"),
            ("duplicate-id", "tickets[3]")
        ]
    );
}
