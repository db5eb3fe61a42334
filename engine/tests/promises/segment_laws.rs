//! The laws of routes: trying a change tells what making it would; a schedule keeps windows and breaks;
//! the price, its receipt and the route set anew are one.

use crate::world::{Dice, Size, by_table, dice, draft, visitor, where_waiting_costs, with_vans};
use paidan_engine::desk::Desk;
use paidan_engine::engineer::Shift;
use paidan_engine::ids::{Index, RoomIx, ShiftIx, TicketIx};
use paidan_engine::plan::PlannedBreak;
use paidan_engine::price::{ANY_PRICE, Candidate, Fit, Scorer};
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::receipt::Receipt;
use paidan_engine::route::{PairPlace, Route, Schedule, Seeker, Sketch, Visitor};
use paidan_engine::rule::Line;
use paidan_engine::ticket::Window;
use paidan_engine::units::{Moment, Seconds};
use rand::RngExt;
use rand::seq::SliceRandom;

const SIZE: Size = Size {
    engineers: 4,
    tickets: 24,
    visits: 20,
    middle: paidan_engine::geo::LatLon { lat: 39.1, lon: -84.5 },
    spread: 0.15,
};

/// Tickets that no rule but time keeps from a shift, in random order.
fn able(scorer: &Scorer<'_>, shift: ShiftIx, dice: &mut Dice) -> Vec<TicketIx> {
    let problem = scorer.problem();
    let mut tickets: Vec<TicketIx> = problem
        .ticket_indices()
        .filter(|&ticket| scorer.barrier(scorer.candidate(ticket), problem.shift(shift)).is_none())
        .collect();
    tickets.shuffle(dice);
    tickets
}

fn set_anew(scorer: &Scorer<'_>, shift: ShiftIx, stops: &[Visitor]) -> Option<Route> {
    let mut route = scorer.empty_route(shift);
    route.set(scorer.problem(), scorer.roads(), stops).then_some(route)
}

/// A route that is as full as luck makes it, and the tickets that it leaves.
fn filled(scorer: &Scorer<'_>, shift: ShiftIx, dice: &mut Dice) -> (Route, Vec<TicketIx>) {
    let mut route = scorer.empty_route(shift);
    let (mut left, most) = (Vec::new(), dice.random_range(0..8));
    for ticket in able(scorer, shift, dice) {
        let mut stops = route.stops().to_vec();
        stops.insert(dice.random_range(0..=stops.len()), visitor(scorer, ticket, shift));
        let fuller = if stops.len() > most { None } else { set_anew(scorer, shift, &stops) };
        match fuller.filter(|fuller| fuller.holds_limits(scorer.problem())) {
            Some(fuller) => route = fuller,
            None => left.push(ticket),
        }
    }
    (route, left)
}

/// Every world twice: on the map, and with travel by table.
fn worlds(count: u64) -> impl Iterator<Item = (u64, Draft)> {
    (0..count).flat_map(|seed| [(seed, draft(seed, SIZE)), (seed, by_table(seed, draft(seed, SIZE)))])
}

fn desk(draft: Draft) -> Desk {
    Desk::new(Problem::new(draft).expect("it is sound")).expect("nothing is promised")
}

/// Runs `law` on a random route of every shift on duty of many worlds, with the tickets that it leaves.
fn for_many_routes(count: u64, mut law: impl FnMut(&str, &Scorer<'_>, &Route, &[TicketIx], &mut Dice)) {
    let vans = (0..count).map(|seed| (seed, with_vans(seed, SIZE)));
    let paid = (0..count).map(|seed| (seed, where_waiting_costs(seed, SIZE)));
    for (seed, draft) in worlds(count).chain(vans).chain(paid) {
        let desk = desk(draft);
        let scorer = desk.scorer();
        let mut dice = dice(seed ^ 0x5E6);
        for shift in desk.problem().shift_indices().filter(|&s| desk.problem().shift(s).on_duty) {
            let (route, left) = filled(&scorer, shift, &mut dice);
            law(&format!("seed {seed}, {shift:?}"), &scorer, &route, &left, &mut dice);
        }
    }
}

/// Everything about a route that can be seen.
fn sight(
    scorer: &Scorer<'_>,
    route: &Route,
) -> (Vec<Visitor>, Vec<Seconds>, bool, Seconds, Option<Schedule>) {
    let legs = (1..=route.stops().len() + 1).map(|position| route.leg(position).time).collect();
    let schedule = route.schedule(scorer.problem());
    (route.stops().to_vec(), legs, route.is_on_time(), scorer.price_of(route), schedule)
}

fn inserted(scorer: &Scorer<'_>, route: &Route, at: usize, stop: Visitor) -> Route {
    let mut longer = route.clone();
    assert!(longer.insert(scorer.problem(), scorer.roads(), at, stop));
    longer
}

fn assert_same_load(one: &Route, other: &Route, problem: &Problem) {
    for room in (0..problem.register().rooms.len()).map(RoomIx::nth) {
        let loads = |route: &Route| -> Vec<i64> {
            (0..=route.stops().len()).map(|position| route.load(position, room)).collect()
        };
        assert_eq!(loads(one), loads(other), "{room:?}");
    }
    assert_eq!(one.holds_limits(problem), other.holds_limits(problem));
}

#[test]
fn a_sketch_tells_what_the_route_set_anew_would() {
    let (mut possible, mut impossible, mut late, mut passed_over) = (0, 0, 0, 0);
    for_many_routes(60, |what, scorer, route, left, _| {
        let problem = scorer.problem();
        let shift = problem.shift(route.shift());
        for &ticket in left {
            let new = visitor(scorer, ticket, route.shift());
            let fit = Fit { work: new.work, price: new.fit };
            let trial = scorer.trial((route, scorer.price_of(route)), scorer.candidate(ticket), fit);
            for at in 0..=route.stops().len() {
                let stop = (problem.ticket(ticket), new.work, new.fit);
                let sketch = Sketch::insert(scorer.roads(), shift, route, at, stop);
                let mut stops = route.stops().to_vec();
                stops.insert(at, new);
                let anew = set_anew(scorer, route.shift(), &stops);
                assert_eq!(
                    sketch.is_feasible(shift, problem),
                    anew.is_some(),
                    "{what}, {ticket:?} at {at}"
                );
                let candidate = Some(scorer.candidate(ticket));
                let Some(anew) = anew else {
                    impossible += 1;
                    assert_eq!(scorer.price(&sketch, shift, candidate), None, "{what}");
                    assert_eq!(sketch.schedule(shift, problem), None, "{what}");
                    continue;
                };
                possible += 1;
                late += usize::from(!anew.is_on_time());
                assert_eq!(
                    sketch.is_on_time(shift, problem),
                    anew.is_on_time(),
                    "{what}, {ticket:?} at {at}"
                );
                assert_eq!(sketch.schedule(shift, problem), anew.schedule(problem), "{what}");
                assert_eq!(sketch.len(), anew.stops().len(), "{what}");
                assert_eq!(sketch.booked(), anew.booked(), "{what}");
                let holds = anew.holds_limits(problem);
                assert_eq!(sketch.holds_limits(shift), holds, "{what}, {ticket:?} at {at}");
                let price = holds.then(|| scorer.price_of(&anew));
                assert_eq!(scorer.price(&sketch, shift, candidate), price, "{what}, {ticket:?} at {at}");
                assert_eq!(trial.at(at, ANY_PRICE), price, "{what}, {ticket:?} at {at}");
                let is_tried = !trial.is_full() && trial.may_go(at);
                assert!(price.is_none() || is_tried, "{what}, {ticket:?} at {at}");
                assert_same_load(&inserted(scorer, route, at, new), &anew, problem);
                passed_over += usize::from(!is_tried);
            }
        }
    });
    assert!(possible > 500 && impossible > 500 && late > 100, "{possible}, {impossible}, {late}");
    assert!(passed_over > 200, "{passed_over}");
}

/// Takes every place for a pair that costs less than `below`, as far as `price` of its fare and work tells.
struct Cheap<P> {
    price: P,
    below: Seconds,
    found: Vec<PairPlace>,
}

impl<P: Fn(Seconds, Seconds) -> Seconds> Seeker for Cheap<P> {
    fn wants_any(&self, fare: Seconds, booked: Seconds) -> bool {
        (self.price)(fare, booked) < self.below
    }

    fn wants(&mut self, place: &PairPlace) -> bool {
        self.wants_any(place.added.fare, place.booked)
    }

    fn take(&mut self, place: PairPlace) {
        self.found.push(place);
    }
}

#[test]
fn a_pair_fits_where_the_route_set_anew_says_so() {
    let (mut possible, mut impossible, mut only_together, mut on_time) = (0, 0, 0, 0);
    let mut passed_over = 0;
    for_many_routes(40, |what, scorer, route, left, _| {
        let problem = scorer.problem();
        let shift = problem.shift(route.shift());
        for two in left.chunks_exact(2).take(3) {
            let pair = [two[0], two[1]].map(|ticket| visitor(scorer, ticket, route.shift()));
            let asked = pair.map(|stop| (problem.ticket(stop.ticket), stop.work));
            let fit = pair[0].fit + pair[1].fit;
            let price = |fare, booked| scorer.added_by(route, fare, booked, fit);
            let below = |below| {
                let mut seeker = Cheap { price, below, found: Vec::new() };
                route.places_of_pair(scorer.roads(), shift, asked, &mut seeker);
                seeker.found
            };
            let places = below(ANY_PRICE);
            // Whoever looks for less sees all that costs less.
            for limit in places.iter().map(|place| price(place.added.fare, place.booked)) {
                let cheap = |place: &&PairPlace| price(place.added.fare, place.booked) < limit;
                let cheaper: Vec<PairPlace> = places.iter().filter(cheap).copied().collect();
                assert_eq!(below(limit), cheaper, "{what}, {two:?} for less than {limit:?}");
                passed_over += places.len() - cheaper.len();
            }
            for at in 0..=route.stops().len() {
                let mut stops = route.stops().to_vec();
                stops.insert(at, pair[0]);
                let alone = set_anew(scorer, route.shift(), &stops);
                for behind in at + 1..=stops.len() {
                    let what = format!("{what}, {two:?} at {at} and {behind}");
                    let mut stops = stops.clone();
                    stops.insert(behind, pair[1]);
                    let anew = set_anew(scorer, route.shift(), &stops);
                    let anew = anew.filter(|anew| anew.holds_limits(problem));
                    let told = places.iter().find(|place| (place.at, place.behind) == (at, behind));
                    let Some(anew) = anew else {
                        impossible += 1;
                        assert!(told.is_none() || shift.is_laid_out(), "{what} is impossible");
                        continue;
                    };
                    possible += 1;
                    only_together += usize::from(alone.is_none());
                    let told = told.unwrap_or_else(|| panic!("{what} is possible"));
                    let legs = |route: &Route| -> Seconds {
                        let idle = route.stops().is_empty();
                        let legs = 1..=route.stops().len() + usize::from(!idle);
                        legs.map(|position| route.leg(position).time).sum()
                    };
                    assert_eq!(told.added.time, legs(&anew) - legs(route), "{what}");
                    assert_eq!(told.booked, anew.booked(), "{what}");
                    let is_free = !shift.car.rates.may_save();
                    let knows = route.is_on_time() && !shift.is_laid_out() && is_free;
                    assert_eq!(told.tells_all, knows && anew.is_on_time(), "{what}");
                    if told.tells_all {
                        let price = scorer.price_of(route) + price(told.added.fare, told.booked);
                        assert_eq!(price, scorer.price_of(&anew), "{what}");
                        on_time += 1;
                    }
                }
            }
        }
    });
    assert!(possible > 500 && impossible > 500, "{possible}, {impossible}");
    assert!(only_together > 0 && on_time > 100, "{only_together}, {on_time}");
    assert!(passed_over > 1000, "{passed_over}");
}

#[test]
fn a_random_order_of_stops_has_a_schedule_exactly_if_it_is_feasible() {
    let (mut possible, mut impossible) = (0, 0);
    for (seed, draft) in worlds(60) {
        let desk = desk(draft);
        let scorer = desk.scorer();
        let problem = scorer.problem();
        let mut dice = dice(seed ^ 0x0DE);
        for index in problem.shift_indices().filter(|&s| problem.shift(s).on_duty) {
            let mut stops: Vec<Visitor> = able(&scorer, index, &mut dice)
                .into_iter()
                .map(|t| visitor(&scorer, t, index))
                .collect();
            stops.truncate(dice.random_range(1..4));
            // One stop after another: an order is feasible only if each beginning of it is.
            let mut so_far = true;
            for upto in 1..=stops.len() {
                let route = set_anew(&scorer, index, &stops[..upto]);
                let Some(route) = route else {
                    so_far = false;
                    impossible += 1;
                    continue;
                };
                assert!(
                    so_far,
                    "seed {seed}, {index:?}: a stop more makes {:?} feasible",
                    &stops[..upto]
                );
                possible += 1;
                let schedule = route.schedule(problem).expect("it has stops");
                keeps_everything(&schedule, problem, &route, &format!("seed {seed}, {index:?}"));
            }
        }
    }
    assert!(possible > 200 && impossible > 50, "{possible}, {impossible}");
}

/// Windows, breaks, drives and the shift, read off the schedule with nothing but arithmetic.
fn keeps_everything(schedule: &Schedule, problem: &Problem, route: &Route, what: &str) {
    let shift = problem.shift(route.shift());
    assert!(shift.start <= schedule.leave, "{what}: leaves before the shift");
    assert!(schedule.back <= shift.latest_return, "{what}: comes back too late");
    let span = schedule.back - schedule.leave;
    assert!(shift.max_span.is_none_or(|most| span <= most), "{what}: is away for too long");
    assert_eq!(schedule.stops.len(), route.stops().len(), "{what}");
    breaks_are_kept(schedule, shift, what);
    let mut departure = schedule.leave;
    for (n, (stop, moments)) in route.stops().iter().zip(&schedule.stops).enumerate() {
        let ticket = problem.ticket(stop.ticket);
        assert!(
            ticket.windows.iter().any(|w| w.start <= moments.start && moments.start <= w.end),
            "{what}, stop {n}: starts outside every window"
        );
        assert!(moments.arrival <= moments.start, "{what}, stop {n}: starts before arriving");
        let here = route.place(n).is_some_and(|before| before.is_at(&ticket.place));
        let setup = if here { Seconds::ZERO } else { ticket.setup_for(shift.class) };
        assert_eq!(moments.departure, moments.start + setup + stop.work, "{what}, stop {n}");
        assert!(
            moments.arrival - departure >= route.leg(n + 1).time,
            "{what}, stop {n}: arrives faster than anyone drives"
        );
        let paused = pauses_between(&schedule.breaks, departure, moments.start);
        assert!(
            moments.start - departure >= route.leg(n + 1).time + paused,
            "{what}, stop {n}: no time for the drive and the breaks"
        );
        assert_eq!(
            pauses_between(&schedule.breaks, moments.start, moments.departure),
            Seconds::ZERO,
            "{what}, stop {n}: a break during work"
        );
        departure = moments.departure;
    }
    let paused = pauses_between(&schedule.breaks, departure, schedule.back);
    assert!(
        schedule.back - departure >= route.leg_back().time + paused,
        "{what}: no time for the way back"
    );
}

/// How long breaks last between two moments.
fn pauses_between(breaks: &[PlannedBreak], from: Moment, to: Moment) -> Seconds {
    let part = |pause: &PlannedBreak| (pause.end.min(to) - pause.start.max(from)).max(Seconds::ZERO);
    breaks.iter().map(part).sum()
}

fn breaks_are_kept(schedule: &Schedule, shift: &Shift, what: &str) {
    assert!(schedule.breaks.len() <= shift.breaks.len(), "{what}: more breaks than the shift has");
    let mut free = schedule.leave;
    for (taken, given) in schedule.breaks.iter().zip(&shift.breaks) {
        assert_eq!(taken.end - taken.start, given.length, "{what}: a break cut short");
        let inside = |window: &Window| window.start <= taken.start && taken.start <= window.end;
        assert!(given.windows.iter().any(inside), "{what}: {taken:?}");
        assert!(free <= taken.start, "{what}: breaks out of turn");
        free = taken.end;
    }
    // The rest is taken after the return, and must still be possible then.
    let mut free = free.max(schedule.back);
    for given in &shift.breaks[schedule.breaks.len()..] {
        let start = given.windows.first_start(free);
        assert!(start.is_some(), "{what}: a break is left out");
        free = start.unwrap_or(free) + given.length;
    }
}

#[test]
fn schedules_keep_windows_and_breaks() {
    let (mut stops, mut breaks) = (0, 0);
    for_many_routes(80, |what, scorer, route, _, _| {
        let Some(schedule) = route.schedule(scorer.problem()) else {
            assert!(route.stops().is_empty(), "{what}: stops without a schedule");
            return;
        };
        stops += schedule.stops.len();
        breaks += schedule.breaks.len();
        keeps_everything(&schedule, scorer.problem(), route, what);
    });
    assert!(stops > 500 && breaks > 50, "{stops} stops, {breaks} breaks");
}

#[test]
fn inserting_and_removing_gives_the_same_route_at_the_same_price() {
    let mut tried = 0;
    for_many_routes(60, |what, scorer, route, left, dice| {
        let before = sight(scorer, route);
        for &ticket in left.iter().take(6) {
            let at = dice.random_range(0..=route.stops().len());
            let mut changed = route.clone();
            // Whether or not there is room: removing must mend it.
            changed.insert(scorer.problem(), scorer.roads(), at, visitor(scorer, ticket, route.shift()));
            assert!(changed.remove(scorer.problem(), scorer.roads(), at, 1), "{what}, {ticket:?}");
            assert_eq!(sight(scorer, &changed), before, "{what}, {ticket:?} at {at}");
            changed.insert(scorer.problem(), scorer.roads(), at, visitor(scorer, ticket, route.shift()));
            let kept = changed.retain(scorer.problem(), scorer.roads(), |stop| stop.ticket != ticket);
            assert!(kept, "{what}, {ticket:?}");
            assert_eq!(sight(scorer, &changed), before, "{what}, {ticket:?} at {at}");
            tried += 1;
        }
    });
    assert!(tried > 500, "{tried}");
}

#[test]
fn receipts_add_up_to_the_price_route_by_route() {
    let mut lines = [0_usize; Line::ALL.len()];
    for_many_routes(80, |what, scorer, route, left, dice| {
        let Some((bill, schedule)) = scorer.bill(route) else {
            assert_eq!((route.stops().len(), scorer.price_of(route)), (0, Seconds::ZERO), "{what}");
            return;
        };
        assert_eq!(bill.route.total(), scorer.price_of(route), "{what}");
        assert_eq!(Some(schedule), route.schedule(scorer.problem()), "{what}");
        let stops = bill.stops.iter().fold(Receipt::default(), |sum, stop| sum + *stop);
        let rest = bill.route - stops;
        assert_eq!(rest.line(Line::Driving), route.leg_back().fare, "{what}");
        let whole = [Line::Callout, Line::Driving, Line::Waiting, Line::Overtime, Line::Guarantee];
        let home: Seconds = whole.into_iter().map(|line| rest.line(line)).sum();
        assert_eq!(rest.total(), home, "{what}: beside its stops a route costs no more");
        for (line, amount) in bill.route.lines() {
            let is_charged = line != Line::Guarantee;
            assert_eq!(amount > Seconds::ZERO, is_charged, "{what}: {line:?} is {amount:?}");
            lines[line as usize] += 1;
        }
        // And one more stop: the sketch's bill is that of the route set anew.
        let Some(&ticket) = left.first() else { return };
        let (at, shift) =
            (dice.random_range(0..=route.stops().len()), scorer.problem().shift(route.shift()));
        let new = visitor(scorer, ticket, route.shift());
        let mut stops = route.stops().to_vec();
        stops.insert(at, new);
        let Candidate { ticket: one, .. } = scorer.candidate(ticket);
        let sketch = Sketch::insert(scorer.roads(), shift, route, at, (one, new.work, new.fit));
        let told = scorer.bill_of(&sketch, shift, Some(scorer.candidate(ticket)));
        let anew = set_anew(scorer, route.shift(), &stops).and_then(|anew| scorer.bill(&anew));
        assert_eq!(told, anew, "{what}, {ticket:?} at {at}");
    });
    // Worlds without a strict policy meet every line.
    for (line, count) in Line::ALL.into_iter().zip(lines) {
        assert!(count > 0, "no route was charged for {line:?}");
    }
}

/// Every shift may begin so much earlier; absences would become breaks and are left out.
fn begun_earlier(mut draft: Draft, earlier: Seconds) -> Draft {
    for shift in draft.engineers.iter_mut().flat_map(|engineer| &mut engineer.shifts) {
        shift.start.moment = shift.start.moment - earlier;
    }
    draft
}

#[test]
fn an_earlier_start_of_the_shift_never_makes_a_feasible_route_infeasible() {
    let (mut kept, mut won) = (0, 0);
    for (seed, mut usual) in worlds(60) {
        usual.engineers.iter_mut().for_each(|engineer| engineer.absences.clear());
        let mut dice = dice(seed ^ 0xEA5);
        let earlier = Seconds(dice.random_range(1..=120) * 60);
        let desks = [usual.clone(), begun_earlier(usual, earlier)].map(desk);
        let [usual, early] = [desks[0].scorer(), desks[1].scorer()];
        for shift in usual.problem().shift_indices().filter(|&s| usual.problem().shift(s).on_duty) {
            let tickets = able(&usual, shift, &mut dice);
            let (full, _) = filled(&usual, shift, &mut dice);
            let mut orders = vec![full.stops().to_vec()];
            for _ in 0..10 {
                let mut some = tickets.clone();
                some.shuffle(&mut dice);
                some.truncate(dice.random_range(1..5));
                orders.push(some.into_iter().map(|ticket| visitor(&usual, ticket, shift)).collect());
            }
            for stops in orders {
                let before = set_anew(&usual, shift, &stops).is_some();
                let after = set_anew(&early, shift, &stops).is_some();
                assert!(!before || after, "seed {seed}, {shift:?}, {earlier:?}: {stops:?}");
                kept += usize::from(before);
                won += usize::from(after && !before);
            }
        }
    }
    assert!(kept > 500 && won > 20, "{kept} stayed feasible, {won} became so");
}
