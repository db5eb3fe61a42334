//! Crews and orders: tickets whose start is tied to stops of other routes.
//!
//! Ties are kept by agreement: every stop that another one counts on has a span in which its work starts
//! ([`Agreed`]), and as long as each route keeps its own spans, all ties hold. So routes are searched as if they
//! were alone, and only what is torn out and put back asks about ties. A crew agrees on one moment; a ticket that
//! waits for others starts no earlier than now, and those it waits for have ended by then.

use std::ops::Range;

use super::part::{Ground, Part};
use super::spot::Spot;
use crate::ids::{EngineerIx, TicketIx};
use crate::price::{ANY_PRICE, Candidate};
use crate::route::{Agreed, Detour, Route, Visitor};
use crate::ticket::{Half, Ticket, Window, Windows};
use crate::units::{Moment, Price, Seconds};

/// How hard a place for a crew is looked for.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Cheapest places of a crew's engineers that are brought together.
    pub seats: usize,
    /// Moments that are priced exactly, the cheapest by estimate first.
    pub moments: usize,
}

impl Effort {
    /// What a round of the search takes.
    pub(super) const SOME: Effort = Effort { seats: 200, moments: 6 };
    /// Whatever it takes.
    pub(super) const ALL: Effort = Effort { seats: usize::MAX, moments: usize::MAX };
}

/// Where one of a crew could stand.
struct Seat {
    number: usize,
    at: usize,
    engineer: EngineerIx,
    /// When work could start there.
    span: Window,
    /// What it costs there, if work starts as early as it can.
    price: Seconds,
}

/// Seats for a whole crew.
struct Team {
    start: Moment,
    price: Seconds,
    seats: Vec<(usize, usize)>,
}

/// Tears stops out of a route, with all that cannot stay without them: the rest of a crew, the tickets that wait
/// for a torn one, halves of pairs. What hangs together with other parts stays. Returns as [`Part::take_out`].
pub(super) fn tear(part: &mut Part<'_>, number: usize, torn: impl FnMut(usize) -> bool) -> bool {
    let (ground, problem) = (part.ground, part.ground.scorer.problem());
    let stops = part.routes[number].stops();
    let mut gone: Vec<TicketIx> = (0..stops.len())
        .filter({
            let mut torn = torn;
            move |&n| torn(n)
        })
        .map(|n| stops[n].ticket)
        .filter(|&ticket| !part.is_fixed(ticket))
        .collect();
    let mut next = 0;
    while let Some(&ticket) = gone.get(next) {
        next += 1;
        let half = problem.ticket(ticket).half.map(|half| match half {
            Half::First(other) | Half::Second(other) => other,
        });
        for &other in ground.ties.behind(ticket).iter().chain(&half) {
            if part.home(other).is_some() && !gone.contains(&other) {
                gone.push(other);
            }
        }
    }
    let mut numbers = Vec::new();
    for &ticket in &gone {
        let holders = part.holders(ticket);
        numbers
            .extend(holders.into_iter().filter(|holder| !numbers.contains(holder)).collect::<Vec<_>>());
    }
    for number in numbers {
        if !part.take_out(number, |_, ticket| gone.contains(&ticket)) {
            return false;
        }
    }
    for &ticket in &gone {
        for &before in &problem.ticket(ticket).after {
            bind(part, before);
        }
    }
    true
}

/// Serves a ticket of the pool that needs a crew or waits for others, if it has a place that is worth it and
/// all that it waits for are served. Whether it is served then. `overlook` passes a place over when it says so.
pub(super) fn place(
    part: &mut Part<'_>,
    ticket: TicketIx,
    effort: Effort,
    overlook: &mut dyn FnMut() -> bool,
) -> bool {
    let ground = part.ground;
    let asked = ground.scorer.problem().ticket(ticket);
    let Some(from) = turn(part, asked) else { return false };
    let Some(windows) = asked.windows.within(from, Moment::NEVER) else { return false };
    let open = Ticket { windows, ..asked.clone() };
    let start = if open.crew == 1 {
        alone(part, ticket, (&open, from), overlook)
    } else {
        in_crew(part, ticket, &open, effort, overlook)
    };
    let Some(start) = start else { return false };
    debug_assert!(start >= from, "{ticket:?} starts after all that it waits for");
    for &before in &asked.after {
        bind(part, before);
    }
    true
}

/// What a ticket waits for and nobody serves, directly or through others; what others wait for comes first.
pub(super) fn awaited(part: &Part<'_>, ticket: TicketIx) -> Vec<TicketIx> {
    let problem = part.ground.scorer.problem();
    let mut missing: Vec<TicketIx> = Vec::new();
    let mut open = vec![ticket];
    while let Some(ticket) = open.pop() {
        for &before in &problem.ticket(ticket).after {
            if part.home(before).is_none() && !missing.contains(&before) {
                missing.push(before);
                open.push(before);
            }
        }
    }
    let ties = part.ground.ties;
    let knot = ties.knot(ticket).map_or(&[][..], |knot| &ties.knots()[knot]);
    let in_turn = knot.iter().copied().filter(|other| missing.contains(other));
    in_turn
        .map(|ticket| match problem.ticket(ticket).half {
            // A pair goes by its first.
            Some(Half::Second(first)) => first,
            _ => ticket,
        })
        .collect()
}

/// The moment from which a ticket may start; `None` if one that it waits for is not served.
fn turn(part: &Part<'_>, ticket: &Ticket) -> Option<Moment> {
    let mut from = Moment::PAST;
    for &before in &ticket.after {
        part.home(before)?;
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
        let at = stands(part, number, ticket);
        let schedule = route.schedule(problem).expect("it serves the ticket");
        schedule.stops[at].start + longest(part, number, at)
    });
    ends.max().expect("a served ticket has a route")
}

/// The places in a route that lie behind all that a ticket waits for.
fn behind(route: &Route, ticket: &Ticket) -> Range<usize> {
    let places = route.places();
    if ticket.after.is_empty() {
        return places;
    }
    let last = route.stops().iter().rposition(|stop| ticket.after.contains(&stop.ticket));
    last.map_or(0, |last| last + 1)..places.end
}

/// Work at a stop, with its setup whether it is needed or not.
fn longest(part: &Part<'_>, number: usize, at: usize) -> Seconds {
    let (route, problem) = (&part.routes[number], part.ground.scorer.problem());
    let stop = route.stops()[at];
    stop.work + problem.ticket(stop.ticket).setup_for(problem.shift(route.shift()).class)
}

/// The place of a ticket in a route that holds it.
fn stands(part: &Part<'_>, number: usize, ticket: TicketIx) -> usize {
    let stops = part.routes[number].stops();
    stops.iter().position(|stop| stop.ticket == ticket).expect("the route holds it")
}

/// Has a served ticket end before those that wait for it start, and no earlier than that.
fn bind(part: &mut Part<'_>, ticket: TicketIx) {
    // A crew has agreed on a moment, which is stricter.
    let (ground, problem) = (part.ground, part.ground.scorer.problem());
    let Some(number) = part.home(ticket).filter(|_| problem.ticket(ticket).crew == 1) else { return };
    let starts = ground.ties.behind(ticket).iter().filter_map(|&behind| {
        let (number, at) = part.stands(behind)?;
        Some(part.routes[number].stops()[at].agreed.from)
    });
    let first = starts.min();
    let at = stands(part, number, ticket);
    let until = first.map_or(Moment::NEVER, |first| first - longest(part, number, at));
    let agreed = part.routes[number].stops()[at].agreed;
    if agreed.until != until {
        part.agree(number, at, Agreed { until, ..agreed });
    }
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
    for number in part.able(ticket).iter().map(|&number| number as usize) {
        let route = &part.routes[number];
        let below = best.map_or(ground.worth(ticket), |(_, spot)| spot.price);
        let priced = (route, part.prices[number]);
        let places = behind(route, open);
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
    let schedule = part.routes[number].schedule(problem).expect("it serves the ticket");
    let start = schedule.stops[spot.at].start;
    part.agree(number, spot.at, Agreed::since(start));
    Some(start)
}

/// Serves a ticket for several engineers at the moment and with the crew that cost least. When they start.
fn in_crew(
    part: &mut Part<'_>,
    ticket: TicketIx,
    open: &Ticket,
    effort: Effort,
    overlook: &mut dyn FnMut() -> bool,
) -> Option<Moment> {
    let ground = part.ground;
    let team = team(part, ticket, open, effort, overlook)?;
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

/// The cheapest crew. `O(seats^2)` at worst, as every seat's earliest moment is tried.
fn team(
    part: &Part<'_>,
    ticket: TicketIx,
    open: &Ticket,
    effort: Effort,
    overlook: &mut dyn FnMut() -> bool,
) -> Option<Team> {
    let mut seats = seats(part, ticket, open, overlook);
    seats.sort_unstable_by_key(|seat| (seat.price, seat.number, seat.at, seat.span.start));
    seats.truncate(effort.seats);
    // Where any moment suits a crew, so does the one at which the last of them can start.
    let mut moments: Vec<Moment> = seats.iter().map(|seat| seat.span.start).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut teams: Vec<(Seconds, Moment)> = moments
        .into_iter()
        .filter_map(|start| {
            Some((chosen(&seats, open.crew, start)?.iter().map(|seat| seat.price).sum(), start))
        })
        .collect();
    teams.sort_unstable();
    let mut best: Option<Team> = None;
    for (least, start) in teams.into_iter().take(effort.moments) {
        if best.as_ref().is_some_and(|best| best.price <= least) {
            break;
        }
        let chosen = chosen(&seats, open.crew, start).expect("there was a crew for it");
        if let Some(team) = priced(part.ground, part, (ticket, open), start, &chosen)
            && best.as_ref().is_none_or(|best| team.price < best.price)
        {
            best = Some(team);
        }
    }
    best
}

/// Every place where one of a crew could stand.
fn seats(
    part: &Part<'_>,
    ticket: TicketIx,
    open: &Ticket,
    overlook: &mut dyn FnMut() -> bool,
) -> Vec<Seat> {
    let (ground, scorer) = (part.ground, part.ground.scorer);
    let candidate = Candidate { ticket: open, ..scorer.candidate(ticket) };
    let mut seats = Vec::new();
    for number in part.able(ticket).iter().map(|&number| number as usize) {
        let (route, before) = (&part.routes[number], part.prices[number]);
        let shift = scorer.problem().shift(route.shift());
        let Some(fit) = ground.fits.get(ticket, route.shift()) else { continue };
        let trial = scorer.trial((route, before), candidate, fit);
        if trial.is_full() {
            continue;
        }
        for at in behind(route, open) {
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

/// The cheapest seats, one for each of a crew, where work could start at a moment; `seats` are the cheapest first.
fn chosen(seats: &[Seat], crew: u8, start: Moment) -> Option<Vec<&Seat>> {
    let mut chosen: Vec<&Seat> = Vec::with_capacity(usize::from(crew));
    for seat in seats {
        let suits = seat.span.start <= start && start <= seat.span.end;
        if suits && chosen.iter().all(|other| other.engineer != seat.engineer) {
            chosen.push(seat);
            if chosen.len() == usize::from(crew) {
                return Some(chosen);
            }
        }
    }
    None
}

/// What a crew costs that starts at a moment; `None` if one of them cannot after all.
fn priced(
    ground: Ground<'_>,
    part: &Part<'_>,
    (ticket, open): (TicketIx, &Ticket),
    start: Moment,
    seats: &[&Seat],
) -> Option<Team> {
    let windows = Windows::from(vec![Window { start, end: start }]);
    let then = Ticket { windows, ..open.clone() };
    let candidate = Candidate { ticket: &then, ..ground.scorer.candidate(ticket) };
    let mut price = Seconds::ZERO;
    for seat in seats {
        let (route, before) = (&part.routes[seat.number], part.prices[seat.number]);
        let fit = ground.fits.get(ticket, route.shift())?;
        let after = ground.scorer.with_ticket((route, before), seat.at, candidate, fit, ANY_PRICE)?;
        price += after - before;
    }
    let seats = seats.iter().map(|seat| (seat.number, seat.at)).collect();
    Some(Team { start, price, seats })
}
