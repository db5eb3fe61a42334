//! Crews: the moment and the engineers that cost least for a ticket that needs several at once.

use super::part::Part;
use super::tied::places_after;
use crate::ids::{EngineerIx, TicketIx};
use crate::price::together::{self, Chance};
use crate::price::{ANY_PRICE, Candidate};
use crate::route::{Agreed, Visitor};
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

impl Seat {
    fn chance(&self) -> Chance {
        Chance { engineer: self.engineer, span: self.span, price: self.price }
    }
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
    for (least, start) in together::moments(&seats, open.crew, Seat::chance).into_iter().take(moments) {
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
        let route = &part.routes[number];
        let Some(fit) = ground.fit(ticket, route.shift()) else { continue };
        let (priced, places) = ((route, part.prices[number]), places_after(route, open));
        scorer.chances(priced, (candidate, fit), places, overlook, |at, chance| {
            let Chance { engineer, span, price } = chance;
            seats.push(Seat { number, at, engineer, span, price });
        });
    }
    seats
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
