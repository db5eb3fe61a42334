//! Tickets whose start is tied to stops of other routes: taken out and put back with all that depends on them.
//!
//! Ties are kept by agreement: every stop that another route counts on has a span in which its work starts
//! ([`Agreed`]), and as long as each route keeps its own spans, all ties hold. So routes are searched as if they
//! were alone, and only what is torn out and put back asks about ties. A crew agrees on one moment (`crews.rs`), a
//! tandem on two spans (`tandems.rs`); a ticket that waits for others starts when they have ended, and they must have
//! ended by then.

use std::ops::Range;

use super::crews;
use super::part::Part;
use super::spot::Spot;
use super::tandems;
use crate::ids::TicketIx;
use crate::price::{ANY_PRICE, Candidate};
use crate::route::{Agreed, Route, Visitor};
use crate::ticket::{Half, Tandem, Ticket};
use crate::units::{Moment, Seconds};

/// Most tickets that a string may take along besides its own; who would take more along stays.
const MOST_TORN: usize = 40;

/// Tears stops out of a route, with all that cannot stay without them: the rest of a crew, those who wait for a torn
/// ticket, halves of pairs and of tandems. What depends on other parts stays. Returns as [`Part::take_out`].
pub(super) fn tear(part: &mut Part<'_>, number: usize, mut torn: impl FnMut(usize) -> bool) -> bool {
    let problem = part.ground.scorer.problem();
    let stops = part.routes[number].stops();
    let asked = (0..stops.len()).filter(|&n| torn(n)).map(|n| stops[n].ticket);
    let asked: Vec<TicketIx> = asked.filter(|&ticket| !part.is_fixed(ticket)).collect();
    let most = asked.len() + MOST_TORN;
    let mut gone: Vec<TicketIx> = Vec::with_capacity(asked.len());
    for ticket in asked {
        let before = gone.len();
        if !take_along(part, ticket, most, &mut gone) {
            gone.truncate(before);
        }
    }
    let mut numbers: Vec<usize> = Vec::new();
    for &ticket in &gone {
        for holder in part.holders(ticket) {
            if !numbers.contains(&holder) {
                numbers.push(holder);
            }
        }
    }
    for number in numbers {
        if !part.take_out(number, |_, ticket| gone.contains(&ticket)) {
            return false;
        }
    }
    for &ticket in &gone {
        for &before in &problem.ticket(ticket).after {
            loosen(part, before);
        }
    }
    true
}

/// Adds a served ticket to those that go, with all that cannot stay without it. False if they become more than
/// `most`.
fn take_along(part: &Part<'_>, ticket: TicketIx, most: usize, gone: &mut Vec<TicketIx>) -> bool {
    let (ties, problem) = (part.ground.ties, part.ground.scorer.problem());
    let mut next = gone.len();
    if !gone.contains(&ticket) {
        gone.push(ticket);
    }
    while let Some(&ticket) = gone.get(next) {
        next += 1;
        for &other in ties.followers(ticket).iter().chain(&problem.ticket(ticket).companion()) {
            if part.is_served(other) && !gone.contains(&other) {
                gone.push(other);
            }
            if gone.len() > most {
                return false;
            }
        }
    }
    true
}

/// Serves a ticket of the pool that needs a crew or waits for others, where that costs least, if all that it waits
/// for are served; a tandem by the ticket that leads it. `overlook` passes a place over when it says so; `moments` are
/// priced exactly for a crew, and as many seats, two by two, for a tandem.
pub(super) fn place(
    part: &mut Part<'_>,
    ticket: TicketIx,
    moments: usize,
    overlook: &mut dyn FnMut() -> bool,
) {
    let asked = part.ground.scorer.problem().ticket(ticket);
    if let Some(tandem) = asked.tandem {
        if tandem.leads {
            tandems::serve(part, ticket, tandem, moments, overlook);
        }
        return;
    }
    let Some(from) = turn(part, asked) else { return };
    let Some(windows) = asked.windows.within(from, Moment::NEVER) else { return };
    let open = Ticket { windows, ..asked.clone() };
    let start = if open.crew == 1 {
        alone(part, ticket, (&open, from), overlook)
    } else {
        crews::serve(part, ticket, &open, moments, overlook)
    };
    let Some(start) = start else { return };
    debug_assert!(start >= from, "{ticket:?} starts after all that it waits for");
    for &before in &asked.after {
        tighten(part, before, ticket, start);
    }
}

/// Whether one engineer for a ticket may stand in a route, as far as that route tells.
pub(super) fn may_stand(part: &Part<'_>, ticket: TicketIx, number: usize) -> bool {
    let (ground, route) = (part.ground, &part.routes[number]);
    let (priced, candidate) = ((route, part.prices[number]), ground.scorer.candidate(ticket));
    ground.cheapest_as(priced, (ticket, candidate), route.places(), ANY_PRICE, || false).is_some()
}

/// What a ticket waits for, directly or through others, and was `torn` out with it and not put back; what others
/// wait for comes first.
pub(super) fn awaited(part: &Part<'_>, ticket: TicketIx, torn: &[TicketIx]) -> Vec<TicketIx> {
    let (ground, problem) = (part.ground, part.ground.scorer.problem());
    let mut missing: Vec<TicketIx> = Vec::new();
    let mut open = vec![ticket];
    while let Some(ticket) = open.pop() {
        for &before in &problem.ticket(ticket).after {
            let is_out = !part.is_served(before) && torn.contains(&before);
            if is_out && !missing.contains(&before) {
                missing.push(before);
                open.push(before);
            }
        }
    }
    missing.sort_unstable_by_key(|&before| ground.ties.rank(before));
    missing
        .into_iter()
        .map(|ticket| match problem.ticket(ticket).half {
            // A pair goes by its first.
            Some(Half::Second(first)) => first,
            _ => ticket,
        })
        .collect()
}

/// Whether every ticket that waits starts after all that it waits for, every crew is whole and together, and every
/// tandem too, as the routes are timed now; for debug builds. `O(stops)` and more.
pub(super) fn holds(part: &Part<'_>) -> bool {
    let problem = part.ground.scorer.problem();
    let start = |number: usize, ticket| {
        let (route, at) = (&part.routes[number], part.routes[number].stop_at(ticket)?);
        Some(route.schedule(problem)?.stops[at])
    };
    part.tickets.iter().filter(|&&ticket| part.is_served(ticket)).all(|&ticket| {
        let asked = problem.ticket(ticket);
        let holders = part.holders(ticket);
        let starts: Vec<Moment> =
            holders.iter().filter_map(|&number| Some(start(number, ticket)?.start)).collect();
        let first = starts.iter().min();
        let is_together = starts.iter().max() == first && starts.len() <= usize::from(asked.crew);
        let waits = |&before: &TicketIx| {
            let ends =
                part.holders(before).into_iter().filter_map(|n| Some(start(n, before)?.departure));
            ends.max() <= first.copied()
        };
        let is_in_tandem = |tandem: Tandem| {
            // The other may be in another part, where neither moves.
            let Some((number, _)) = part.served_by(tandem.other) else { return part.is_fixed(ticket) };
            let other = start(number, tandem.other).map(|stop| stop.start);
            let window = first.map(|&first| tandem.window(first));
            other.zip(window).is_some_and(|(other, window)| window.start <= other && other <= window.end)
        };
        is_together && asked.tandem.is_none_or(is_in_tandem) && asked.after.iter().all(waits)
    })
}

/// The moment from which a ticket may start; `None` if one that it waits for is not served here.
fn turn(part: &Part<'_>, ticket: &Ticket) -> Option<Moment> {
    let mut from = Moment::PAST;
    for &before in &ticket.after {
        if !part.is_served(before) {
            return None;
        }
        from = from.max(ended(part, before));
    }
    Some(from)
}

/// When a ticket has ended on all its routes as they are timed now, at the latest: setups are counted, needed or
/// not. `O(stops)`.
fn ended(part: &Part<'_>, ticket: TicketIx) -> Moment {
    let problem = part.ground.scorer.problem();
    let ends = part.holders(ticket).into_iter().map(|number| {
        let route = &part.routes[number];
        let at = route.stop_at(ticket).expect("the route holds it");
        let schedule = route.schedule(problem).expect("it has a stop");
        schedule.stops[at].start + longest(part, route, at)
    });
    ends.max().expect("a served ticket has a route")
}

/// Work at a stop, with its setup whether it is needed or not.
fn longest(part: &Part<'_>, route: &Route, at: usize) -> Seconds {
    let problem = part.ground.scorer.problem();
    let stop = route.stops()[at];
    stop.work + problem.ticket(stop.ticket).setup_for(problem.shift(route.shift()).class)
}

/// The places in a route that lie behind all that a ticket waits for.
pub(super) fn places_after(route: &Route, ticket: &Ticket) -> Range<usize> {
    let places = route.places();
    if ticket.after.is_empty() {
        return places;
    }
    let last = route.stops().iter().rposition(|stop| ticket.after.contains(&stop.ticket));
    last.map_or(0, |last| last + 1)..places.end
}

/// Has a served ticket end before a follower starts at a moment.
fn tighten(part: &mut Part<'_>, ticket: TicketIx, follower: TicketIx, start: Moment) {
    let Some((number, at)) = bound(part, ticket) else { return };
    let route = &part.routes[number];
    // On one route their order is enough.
    if route.stop_at(follower).is_some() {
        return;
    }
    let agreed = route.stops()[at].agreed;
    let until = agreed.until.min(start - longest(part, route, at));
    if until < agreed.until {
        part.agree(number, at, Agreed { until, ..agreed });
    }
}

/// Frees every ticket from what only followers counted on that have gone, or start later by now. While a ticket was
/// fixed, since some of its followers were in other parts, nobody freed it.
pub(super) fn loosen_all(part: &mut Part<'_>) {
    let ties = part.ground.ties;
    for &ticket in ties.knots().iter().flatten() {
        loosen(part, ticket);
    }
}

/// Has a ticket, if it is served, end before those that wait for it start, and no earlier than that.
fn loosen(part: &mut Part<'_>, ticket: TicketIx) {
    let Some((number, at)) = bound(part, ticket) else { return };
    let route = &part.routes[number];
    let agreed = route.stops()[at].agreed;
    // Of one that is fixed, followers in other parts may count on more than those here.
    if agreed.until == Moment::NEVER || part.is_fixed(ticket) {
        return;
    }
    let starts = part.ground.ties.followers(ticket).iter().filter_map(|&follower| {
        let (number, at) = part.served_by(follower)?;
        let start = part.routes[number].stops()[at].agreed.from;
        route.stop_at(follower).is_none().then_some(start)
    });
    let until = starts.min().map_or(Moment::NEVER, |first| first - longest(part, route, at));
    if until != agreed.until {
        part.agree(number, at, Agreed { until, ..agreed });
    }
}

/// Where a served ticket stands whose start may be bound by followers; a crew has agreed on a moment, which is
/// stricter, and a tandem has no followers.
fn bound(part: &Part<'_>, ticket: TicketIx) -> Option<(usize, usize)> {
    let asked = part.ground.scorer.problem().ticket(ticket);
    if asked.crew > 1 || asked.tandem.is_some() { None } else { part.served_by(ticket) }
}

/// Serves a ticket for one engineer at its cheapest place, from a moment on. When it starts.
fn alone(
    part: &mut Part<'_>,
    ticket: TicketIx,
    (open, from): (&Ticket, Moment),
    overlook: &mut dyn FnMut() -> bool,
) -> Option<Moment> {
    let (ground, problem) = (part.ground, part.ground.scorer.problem());
    let candidate = Candidate { ticket: open, ..ground.scorer.candidate(ticket) };
    let mut best: Option<(usize, Spot)> = None;
    for number in part.able.of(ticket).iter().map(|&number| number as usize) {
        let route = &part.routes[number];
        let below = best.map_or(ground.worth(ticket), |(_, spot)| spot.price);
        let (priced, places) = ((route, part.prices[number]), places_after(route, open));
        let spot = ground.cheapest_as(priced, (ticket, candidate), places, below, &mut *overlook);
        best = spot.map(|spot| (number, spot)).or(best);
    }
    let (number, spot) = best?;
    let agreed = Agreed::since(from);
    part.seat(
        number,
        spot.at,
        Visitor { agreed, ..ground.visitor(ticket, part.routes[number].shift()) },
    );
    part.serve(ticket, number);
    let schedule = part.routes[number].schedule(problem).expect("it has a stop");
    let start = schedule.stops[spot.at].start;
    part.agree(number, spot.at, Agreed::since(start));
    Some(start)
}
