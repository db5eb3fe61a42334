//! The route of one kind that costs least when its tickets are worth something: what a bound asks again and again.
//!
//! Routes grow ticket by ticket, the earliest first; of two that stand at the same ticket the one that is worse in
//! everything is dropped (labelling, Desrochers, Desrosiers and Solomon 1992). Never to serve a ticket twice would
//! mean to remember all of them. A label remembers only those that lie near each other (ng-routes: Baldacci, Mingozzi
//! and Roberti 2011), so a route may come back to a ticket from far away. Such routes are no plan's, but all of a
//! plan's are among them, so the least of them is a bound. If the labels are too many even so, less is remembered,
//! and in the end only the best of all that comes to a ticket at about the same time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::kind::{Kind, State};
use crate::units::Moment;

/// How many near tickets are remembered, from what is quick to what says most.
pub(super) const DETAILS: [usize; 3] = [0, 6, 10];

/// Labels for one kind in one go.
const MOST_LABELS: usize = 60_000;

/// Spans of time that are told apart where only the best is remembered.
const SPANS: usize = 48;

/// What was found.
pub(super) struct Found {
    /// No route costs less, its tickets' worth taken off; at most 0, for no route at all.
    pub least: i64,
    /// Cheap routes, as the kind's numbers of their tickets.
    pub routes: Vec<Vec<u8>>,
}

/// A route up to a ticket.
struct Label {
    state: State,
    /// The ticket.
    at: u8,
    /// Remembered tickets, as bits.
    seen: u128,
    /// The label before it, or [`NONE`].
    before: u32,
}

/// No label before it.
const NONE: u32 = u32::MAX;

impl Label {
    /// Whether it is no worse than another at the same ticket, whatever comes next.
    fn is_better_than(&self, other: &Label) -> bool {
        self.state.cost <= other.state.cost
            && self.state.taken <= other.state.taken
            && self.seen & !other.seen == 0
            && self.state.onward.is_no_later(&other.state.onward)
    }
}

/// The cheapest routes of a kind, with worths by its numbers of tickets, with so many near tickets remembered, and
/// so many routes given back. Whether the labels and the time sufficed: if not, `least` is not known. `O(labels^2 * tickets)` at worst.
pub(super) fn cheapest(
    kind: &Kind<'_>,
    worths: &[i64],
    (detail, most_routes): (usize, usize),
    is_over: &dyn Fn() -> bool,
) -> (Found, bool) {
    let count = kind.tickets.len();
    let near = kind.surroundings(detail);
    let mut labels: Vec<Label> = Vec::new();
    // Those that none is better than, by ticket.
    let mut alive: Vec<Vec<u32>> = vec![Vec::new(); count];
    let mut open: BinaryHeap<Reverse<(Moment, u32)>> = BinaryHeap::new();
    // The cheapest return from each ticket.
    let mut ends: Vec<Option<(i64, u32)>> = vec![None; count];
    let start = kind.start();
    let mut next = (start, None, 0_u128, NONE);
    let mut grown = 0;
    let is_complete = loop {
        let (state, from, seen, before) = next;
        for (to, &worth) in worths.iter().enumerate() {
            if seen >> to & 1 == 1 || from == Some(to) {
                continue;
            }
            let Some(state) = kind.go(&state, from, to, worth) else { continue };
            let seen = seen & near[to] | 1 << to;
            let label = Label { state, at: to as u8, seen, before };
            let here = &mut alive[to];
            if here.iter().any(|&n| labels[n as usize].is_better_than(&label)) {
                continue;
            }
            here.retain(|&n| !label.is_better_than(&labels[n as usize]));
            let number = labels.len() as u32;
            here.push(number);
            if let Some(cost) = kind.close(&state, to)
                && ends[to].is_none_or(|(least, _)| cost < least)
            {
                ends[to] = Some((cost, number));
            }
            open.push(Reverse((state.onward.earliest(), number)));
            labels.push(label);
        }
        grown += 1;
        if labels.len() > MOST_LABELS || grown % 32 == 0 && is_over() {
            break false;
        }
        let next_alive = loop {
            let Some(Reverse((_, number))) = open.pop() else { break None };
            if alive[usize::from(labels[number as usize].at)].contains(&number) {
                break Some(number);
            }
        };
        let Some(number) = next_alive else { break true };
        let label = &labels[number as usize];
        next = (label.state, Some(usize::from(label.at)), label.seen, number);
    };
    let mut ends: Vec<(i64, u32)> = ends.into_iter().flatten().filter(|&(cost, _)| cost < 0).collect();
    ends.sort_unstable();
    let least = ends.first().map_or(0, |&(cost, _)| cost);
    let routes = ends.iter().take(most_routes).map(|&(_, number)| traced(&labels, number)).collect();
    (Found { least, routes }, is_complete)
}

/// The tickets up to a label, in order.
fn traced(labels: &[Label], mut number: u32) -> Vec<u8> {
    let mut tickets = Vec::new();
    while number != NONE {
        let label = &labels[number as usize];
        tickets.push(label.at);
        number = label.before;
    }
    tickets.reverse();
    tickets
}

/// What the cheapest route of a kind costs at least, from the best in everything that comes to a ticket with so many
/// stops within one span of time. `None` if the time is over before. `O(stops * spans * tickets^2)`.
pub(super) fn least(kind: &Kind<'_>, worths: &[i64], is_over: &dyn Fn() -> bool) -> Option<i64> {
    let count = kind.tickets.len();
    let (opens, closes) = kind.hours();
    let width = ((closes - opens) / SPANS as i64 + 1).max(1);
    let span = |at: Moment| ((at.0 - opens).max(0) / width).min(SPANS as i64 - 1) as usize;
    let mut least = 0;
    let start = kind.start();
    let mut layer: Vec<Option<State>> = vec![None; count * SPANS];
    let reach = |layer: &mut [Option<State>], state: &State, from: Option<usize>| {
        for (to, &worth) in worths.iter().enumerate().filter(|&(to, _)| from != Some(to)) {
            let Some(state) = kind.go(state, from, to, worth) else { continue };
            let cell = &mut layer[to * SPANS + span(state.onward.earliest())];
            *cell = Some(cell.map_or(state, |other| other.best_of(&state)));
        }
    };
    reach(&mut layer, &start, None);
    for _ in 0..kind.most_stops() {
        if is_over() {
            return None;
        }
        let mut after: Vec<Option<State>> = vec![None; count * SPANS];
        for (cell, state) in layer.iter().enumerate() {
            let Some(state) = state else { continue };
            let from = cell / SPANS;
            if let Some(cost) = kind.close(state, from) {
                least = least.min(cost);
            }
            reach(&mut after, state, Some(from));
        }
        layer = after;
    }
    Some(least)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::engineer::{BreakDraft, EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
    use crate::fit::{History, Standing};
    use crate::geo::LatLon;
    use crate::ids::ShiftIx;
    use crate::price::rules::Tariff;
    use crate::price::{Fits, PARTS, Scorer};
    use crate::problem::{Draft, Problem};
    use crate::ticket::{TicketDraft, Window};
    use crate::travel::Roads;
    use crate::units::Seconds;

    const TICKETS: usize = 6;

    fn place(dice: &mut Xoshiro256PlusPlus) -> PlaceDraft {
        let point = LatLon { lat: dice.random_range(0.0..0.1), lon: dice.random_range(0.0..0.1) };
        PlaceDraft { point: Some(point), row: None }
    }

    /// One engineer with a break, and tickets some of which are late wherever they stand.
    fn problem(dice: &mut Xoshiro256PlusPlus) -> Problem {
        let stamp = |moment| Stamp { moment: Moment(moment), offset_s: 0 };
        let shift = ShiftDraft {
            start: stamp(28_800),
            end: stamp(50_400),
            breaks: vec![BreakDraft::daily(Seconds(36_000), Seconds(43_200), Seconds(1_800))],
            max_tickets: Some(dice.random_range(3..=TICKETS as u32)),
            ..ShiftDraft::default()
        };
        let engineer = EngineerDraft {
            id: "E".to_owned(),
            home: Some(place(dice)),
            shifts: vec![shift],
            speed_permille: 1000,
            ..EngineerDraft::default()
        };
        let ticket = |n: usize| {
            let opens = Moment(dice.random_range(28_800..46_000));
            let window = Window { start: opens, end: opens + Seconds(dice.random_range(600..9_000)) };
            TicketDraft {
                id: format!("T{n}"),
                place: place(dice),
                work: Seconds(dice.random_range(600..5_000)),
                windows: if dice.random_bool(0.7) { vec![window] } else { Vec::new() },
                respond_by: dice.random_bool(0.5).then(|| opens + Seconds(-3_000)),
                setup: Seconds(300),
                crew: 1,
                ..TicketDraft::default()
            }
        };
        let tickets = (0..TICKETS).map(ticket).collect();
        Problem::new(Draft { engineers: vec![engineer], tickets, ..Draft::default() }).expect("sound")
    }

    /// The least over all orders of all subsets.
    fn slow(kind: &Kind<'_>, worths: &[i64], route: &mut Vec<usize>) -> i64 {
        let mut least = 0;
        for next in 0..TICKETS {
            if route.contains(&next) || route.len() == kind.most_stops() {
                continue;
            }
            route.push(next);
            if let Some(cost) = kind.cost(route) {
                let worth: i64 = route.iter().map(|&n| worths[n]).sum();
                least = least.min(cost - worth);
            }
            least = least.min(slow(kind, worths, route));
            route.pop();
        }
        least
    }

    #[test]
    fn the_cheapest_route_is_that_of_all_orders() {
        let mut below = 0;
        for seed in 0..60 {
            let dice = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
            let problem = problem(dice);
            let (roads, history) = (Roads::new(&problem), History::new(&problem));
            let standings: Vec<Standing> = problem
                .tickets()
                .iter()
                .map(|ticket| Standing::of(&problem, &history, ticket))
                .collect();
            let tariff = Tariff::new(problem.policy());
            let scorer = Scorer::new(&problem, &roads, &history, &standings, &tariff);
            let fits = Fits::new(&scorer, usize::MAX);
            let kind = Kind::new(&scorer, &fits, (ShiftIx(0), 1), Seconds(9_000), true);
            let worths: Vec<i64> = (0..TICKETS).map(|_| dice.random_range(0..6_000) * PARTS).collect();
            let truth = slow(&kind, &worths, &mut Vec::new());
            let (found, is_complete) = cheapest(&kind, &worths, (TICKETS, 5), &|| false);
            assert!(is_complete);
            assert_eq!(found.least, truth, "seed {seed}");
            if let Some(first) = found.routes.first() {
                let route: Vec<usize> = first.iter().map(|&n| usize::from(n)).collect();
                let worth: i64 = route.iter().map(|&n| worths[n]).sum();
                assert_eq!(kind.cost(&route).expect("it can be driven") - worth, truth);
                below += 1;
            }
            // Whoever remembers less finds no less.
            assert!(cheapest(&kind, &worths, (0, 5), &|| false).0.least <= truth, "seed {seed}");
            assert!(least(&kind, &worths, &|| false).expect("there is time") <= truth, "seed {seed}");
        }
        assert!(below > 30, "only {below} routes were worth driving");
    }
}
