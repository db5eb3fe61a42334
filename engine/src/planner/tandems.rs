//! Tandems: the two engineers and the two moments that cost least for two tickets that start at about the same time.
//!
//! Every place in every route is asked for the spans in which work could start there, for either ticket. Seats are
//! looked at two by two, those first that cost least together if each starts as early as it can; of two that suit each
//! other the first starts as early as the second allows, and the second as early as it can then.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::crews::{Seat, seats};
use super::part::Part;
use crate::ids::TicketIx;
use crate::price::{ANY_PRICE, Candidate};
use crate::route::{Agreed, Visitor};
use crate::ticket::{Tandem, Ticket, Window, Windows};
use crate::units::{Moment, Price, Seconds};

/// For every two seats that are priced, so many are looked at.
const LOOKED_AT: usize = 40;

/// Seats for both tickets: routes and places.
struct Two {
    price: Seconds,
    first: (usize, usize),
    second: (usize, usize),
    /// When the first starts.
    start: Moment,
}

/// Serves both tickets of the pool where that costs least, if it is worth it. `moments` times two seats are priced.
pub(super) fn serve(
    part: &mut Part<'_>,
    first: TicketIx,
    tandem: Tandem,
    moments: usize,
    overlook: &mut dyn FnMut() -> bool,
) {
    let ground = part.ground;
    let Some(two) = cheapest(part, first, tandem, moments, overlook) else { return };
    if Price::of(two.price) >= ground.lost(first) + ground.lost(tandem.other) {
        return;
    }
    seat(part, first, two.first, Agreed::at(two.start));
    seat(part, tandem.other, two.second, Agreed::within(tandem.window(two.start)));
    share(part, (two.first, two.second), tandem);
}

fn seat(part: &mut Part<'_>, ticket: TicketIx, (number, at): (usize, usize), agreed: Agreed) {
    let stop = part.ground.visitor(ticket, part.routes[number].shift());
    part.seat(number, at, Visitor { agreed, ..stop });
    part.serve(ticket, number);
}

/// Gives each of the two half of the time by which one may move without the other.
fn share(part: &mut Part<'_>, (first, second): ((usize, usize), (usize, usize)), tandem: Tandem) {
    if tandem.from == tandem.until {
        return;
    }
    let start = |(number, at): (usize, usize)| {
        let schedule = part.routes[number].schedule(part.ground.scorer.problem());
        schedule.expect("it has a stop").stops[at].start
    };
    let (one, other) = (start(first), start(second));
    let window = tandem.window(one);
    let later = Seconds((other - window.start).0 / 2);
    let earlier = Seconds((window.end - other).0 / 2);
    part.agree(first.0, first.1, Agreed { from: one - earlier, until: one + later });
    let window = Window { start: window.start + later, end: window.end - earlier };
    part.agree(second.0, second.1, Agreed::within(window));
}

/// The cheapest two seats. `O(places log places)`, `O(places^2)` where few of them go together, and as many looks as
/// `moments` allow.
fn cheapest(
    part: &Part<'_>,
    ticket: TicketIx,
    tandem: Tandem,
    moments: usize,
    overlook: &mut dyn FnMut() -> bool,
) -> Option<Two> {
    let problem = part.ground.scorer.problem();
    let mut of = |ticket| {
        let mut seats = seats(part, ticket, problem.ticket(ticket), overlook);
        seats.sort_unstable_by_key(|seat| (seat.price, seat.number, seat.at, seat.span.start));
        seats
    };
    let (firsts, seconds) = (of(ticket), of(tandem.other));
    // Where no two seats go together, asking all of them by price would take much longer to see it.
    let suits = |first: &Seat| seconds.iter().any(|second| meet(first, second, tandem).is_some());
    if !firsts.iter().any(suits) {
        return None;
    }
    let sum = |n: usize, m: usize| Reverse((firsts[n].price + seconds[m].price, n, m));
    let mut turns = BinaryHeap::from([sum(0, 0)]);
    let mut best: Option<Two> = None;
    let (mut priced, mut looks) = (0, moments.saturating_mul(LOOKED_AT));
    while let Some(Reverse((least, n, m))) = turns.pop() {
        if best.as_ref().is_some_and(|best| best.price <= least) || priced >= moments || looks == 0 {
            break;
        }
        // The first of a row opens the next one.
        if m == 0 && n + 1 < firsts.len() {
            turns.push(sum(n + 1, 0));
        }
        if m + 1 < seconds.len() {
            turns.push(sum(n, m + 1));
        }
        let (first, second) = (&firsts[n], &seconds[m]);
        if first.engineer == second.engineer {
            continue;
        }
        looks -= 1;
        let Some(start) = meet(first, second, tandem) else { continue };
        priced += 1;
        if let Some(price) = price(part, (ticket, first), (tandem, second), start)
            && best.as_ref().is_none_or(|best| price < best.price)
        {
            let [first, second] = [first, second].map(|seat| (seat.number, seat.at));
            best = Some(Two { price, first, second, start });
        }
    }
    best
}

/// The earliest start of the first of two seats with which the second can start in time; `None` if there is none, or
/// both are one engineer's.
fn meet(first: &Seat, second: &Seat, tandem: Tandem) -> Option<Moment> {
    let start = first.span.start.max(second.span.start - tandem.until);
    let fits = start <= first.span.end && start + tandem.from <= second.span.end;
    (fits && first.engineer != second.engineer).then_some(start)
}

/// What two seats cost if the first starts then; `None` if what spans do not tell forbids it.
fn price(
    part: &Part<'_>,
    (ticket, first): (TicketIx, &Seat),
    (tandem, second): (Tandem, &Seat),
    start: Moment,
) -> Option<Seconds> {
    let problem = part.ground.scorer.problem();
    let then = Windows::from(vec![Window { start, end: start }]);
    let Window { start, end } = tandem.window(start);
    let within = problem.ticket(tandem.other).windows.within(start, end)?;
    Some(more(part, ticket, first, then)? + more(part, tandem.other, second, within)?)
}

/// What a ticket adds to a route if it starts within these windows.
fn more(part: &Part<'_>, ticket: TicketIx, seat: &Seat, windows: Windows) -> Option<Seconds> {
    let scorer = part.ground.scorer;
    let then = Ticket { windows, ..scorer.problem().ticket(ticket).clone() };
    let candidate = Candidate { ticket: &then, ..scorer.candidate(ticket) };
    let (route, before) = (&part.routes[seat.number], part.prices[seat.number]);
    let fit = part.ground.fit(ticket, route.shift())?;
    let after = scorer.with_ticket((route, before), seat.at, candidate, fit, ANY_PRICE)?;
    Some(after - before)
}
