//! Crews: the moment and the engineers that cost least for a ticket that needs several at once.
//!
//! Every place in every route is asked for the spans in which work could start there. Where a crew has a moment in
//! common at all, it has one in common at which one of its spans begins; so only those are looked at, in the order of
//! time, with the places that are open then at hand, the cheapest first.

use std::collections::BTreeSet;

use super::part::Part;
use super::tied::places_after;
use crate::ids::{EngineerIx, TicketIx};
use crate::price::{ANY_PRICE, Candidate};
use crate::route::{Agreed, Detour, Visitor};
use crate::ticket::{Ticket, Window, Windows};
use crate::units::{Moment, Price, Seconds};

/// Where one of a crew or of a tandem could stand.
pub(super) struct Seat {
    pub number: usize,
    pub at: usize,
    pub engineer: EngineerIx,
    /// When work could start there.
    pub span: Window,
    /// What it costs there, if work starts as early as it can.
    pub price: Seconds,
}

/// Seats for a whole crew.
struct Team {
    start: Moment,
    price: Seconds,
    /// Routes and places.
    seats: Vec<(usize, usize)>,
}

/// Serves a ticket at the moment and with the crew that cost least, if that is worth it. When they start. The
/// `moments` that seem cheapest are priced exactly.
pub(super) fn serve(
    part: &mut Part<'_>,
    ticket: TicketIx,
    open: &Ticket,
    moments: usize,
    overlook: &mut dyn FnMut() -> bool,
) -> Option<Moment> {
    let ground = part.ground;
    let team = team(part, ticket, open, moments, overlook)?;
    if Price::of(team.price) >= ground.lost(ticket) {
        return None;
    }
    let agreed = Agreed::at(team.start);
    for &(number, at) in &team.seats {
        let stop = ground.visitor(ticket, part.routes[number].shift());
        part.seat(number, at, Visitor { agreed, ..stop });
    }
    part.serve(ticket, team.seats[0].0);
    Some(team.start)
}

/// The cheapest crew. `O(places log places)`, and `O(places)` for every moment that is priced.
fn team(
    part: &Part<'_>,
    ticket: TicketIx,
    open: &Ticket,
    moments: usize,
    overlook: &mut dyn FnMut() -> bool,
) -> Option<Team> {
    let mut seats = seats(part, ticket, open, overlook);
    // From here on seats are told apart by their rank: the cheaper, the earlier.
    seats.sort_unstable_by_key(|seat| (seat.price, seat.number, seat.at, seat.span.start));
    let mut best: Option<Team> = None;
    for (least, start) in estimates(&seats, open.crew).into_iter().take(moments) {
        if best.as_ref().is_some_and(|best| best.price <= least) {
            break;
        }
        if let Some(team) = priced(part, (ticket, open), start, &seats)
            && best.as_ref().is_none_or(|best| team.price < best.price)
        {
            best = Some(team);
        }
    }
    best
}

/// Every place where one engineer for a ticket could stand.
pub(super) fn seats(
    part: &Part<'_>,
    ticket: TicketIx,
    open: &Ticket,
    overlook: &mut dyn FnMut() -> bool,
) -> Vec<Seat> {
    let (ground, scorer) = (part.ground, part.ground.scorer);
    let candidate = Candidate { ticket: open, ..scorer.candidate(ticket) };
    let mut seats = Vec::new();
    for number in part.able.of(ticket).iter().map(|&number| number as usize) {
        let (route, before) = (&part.routes[number], part.prices[number]);
        let shift = scorer.problem().shift(route.shift());
        let Some(fit) = ground.fit(ticket, route.shift()) else { continue };
        let trial = scorer.trial((route, before), candidate, fit);
        // Moments that suit a crew are told without the ways by a depot.
        if trial.is_full() || trial.minds_parts() {
            continue;
        }
        for at in places_after(route, open) {
            if !trial.may_go(at) || overlook() {
                continue;
            }
            let Some(after) = trial.at(at, ANY_PRICE) else { continue };
            let detour = Detour::new(scorer.roads(), shift, route, at, &open.place);
            route.starts(shift, at, &detour, (open, fit.work), |span| {
                let (engineer, price) = (shift.engineer, after - before);
                seats.push(Seat { number, at, engineer, span, price });
            });
        }
    }
    seats
}

/// The moments at which there are seats for a whole crew, with what it costs if each seat costs what it does at its
/// own earliest; cheapest first. `seats` are the cheapest first.
fn estimates(seats: &[Seat], crew: u8) -> Vec<(Seconds, Moment)> {
    let by_time = |key: fn(&Seat) -> Moment| {
        let mut order: Vec<usize> = (0..seats.len()).collect();
        order.sort_unstable_by_key(|&n| key(&seats[n]));
        order
    };
    let (opening, closing) = (by_time(|seat| seat.span.start), by_time(|seat| seat.span.end));
    let (mut opened, mut closed) = (0, 0);
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut estimates = Vec::new();
    while let Some(&first) = opening.get(opened) {
        let start = seats[first].span.start;
        while let Some(&seat) = opening.get(opened).filter(|&&seat| seats[seat].span.start == start) {
            open.insert(seat);
            opened += 1;
        }
        while let Some(&seat) = closing.get(closed).filter(|&&seat| seats[seat].span.end < start) {
            open.remove(&seat);
            closed += 1;
        }
        let mut crewed: Vec<EngineerIx> = Vec::with_capacity(usize::from(crew));
        let mut price = Seconds::ZERO;
        for seat in open.iter().map(|&n| &seats[n]) {
            if crewed.contains(&seat.engineer) {
                continue;
            }
            crewed.push(seat.engineer);
            price += seat.price;
            if crewed.len() == usize::from(crew) {
                estimates.push((price, start));
                break;
            }
        }
    }
    estimates.sort_unstable();
    estimates
}

/// The crew of the cheapest seats that allow a start at a moment, priced for that moment; `None` if there are too
/// few. `seats` are the cheapest first.
fn priced(
    part: &Part<'_>,
    (ticket, open): (TicketIx, &Ticket),
    start: Moment,
    seats: &[Seat],
) -> Option<Team> {
    let ground = part.ground;
    let windows = Windows::from(vec![Window { start, end: start }]);
    let then = Ticket { windows, ..open.clone() };
    let candidate = Candidate { ticket: &then, ..ground.scorer.candidate(ticket) };
    let mut team =
        Team { start, price: Seconds::ZERO, seats: Vec::with_capacity(usize::from(open.crew)) };
    let mut crewed: Vec<EngineerIx> = Vec::with_capacity(usize::from(open.crew));
    for seat in seats {
        let suits = seat.span.start <= start && start <= seat.span.end;
        if !suits || crewed.contains(&seat.engineer) {
            continue;
        }
        let (route, before) = (&part.routes[seat.number], part.prices[seat.number]);
        let Some(fit) = ground.fit(ticket, route.shift()) else { continue };
        // Spans do not tell all: limits, loads and setups may still forbid it.
        let after = ground.scorer.with_ticket((route, before), seat.at, candidate, fit, ANY_PRICE);
        let Some(after) = after else { continue };
        crewed.push(seat.engineer);
        team.price += after - before;
        team.seats.push((seat.number, seat.at));
        if crewed.len() == usize::from(open.crew) {
            return Some(team);
        }
    }
    None
}
