//! The verifier: an independent reading of `DESIGN.md` that every plan must pass.
//!
//! It works from the problem, the visits and the plan alone, on the floors of the question; it shares
//! no code with whatever times, prices or searches routes, so that one mistake cannot hide in both.

mod breach;
mod facts;
mod history;
mod money;
mod reasons;
mod rules;
mod schedule;
mod shape;
mod slack;
mod timing;
mod together;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use breach::{Breach, BreachCode};

use crate::ids::{EngineerIx, Index, TicketIx};
use crate::plan::{Plan, PlannedRoute, PlannedStop, Unserved};
use crate::problem::Problem;
use crate::rule::Barrier;
use crate::ticket::{Ticket, Window};
use crate::visit::Visit;
use facts::Facts;
use money::Bill;
use reasons::{Room, View};
use slack::Slack;
use timing::{Day, Fetched};

/// Every promise that a plan does not keep; empty means that the plan is sound. `visits` is the
/// history, normally [`Problem::visits`].
///
/// Never panics, whatever the plan holds. `O(stops + visits log visits)`, and for each unserved ticket
/// one look at every engineer and every gap of the plan.
pub fn check(problem: &Problem, visits: &[Visit], plan: &Plan) -> Vec<Breach> {
    let facts = Facts::new(problem, visits);
    let mut breaches = Vec::new();
    shape::check(problem, plan, &mut breaches);

    let tied = tied(problem, plan);
    let starts = starts(plan);
    let mut bills = Vec::with_capacity(plan.routes.len());
    let mut rooms: Vec<Option<Room<'_>>> = Vec::new();
    rooms.resize_with(problem.shifts().len(), || None);
    let mut used = vec![false; problem.shifts().len()];
    for (route, starts) in plan.routes.iter().zip(&starts) {
        if let Some(used) = used.get_mut(route.shift.at()) {
            *used = true;
        }
        let (bill, room) = check_route(&facts, route, (&tied, starts), &mut breaches);
        // A route that cannot be priced is told already; its own word keeps the sum comparable.
        bills.push(bill.unwrap_or_else(|| Bill::of(&route.receipt)));
        if let Some(shift) = rooms.get_mut(route.shift.at()) {
            *shift = room;
        }
    }
    money::check_plan(&facts, plan, &bills, &mut breaches);

    if !plan.unserved.is_empty() {
        for (shift, (room, used)) in problem.shifts().iter().zip(rooms.iter_mut().zip(used)) {
            if !used {
                *room = Some(Room::of(&facts, &Day::new(&facts, shift, &[], None), true));
            }
        }
        let view = View::of(&facts, plan, rooms);
        let told: Vec<Vec<Breach>> =
            plan.unserved.par_iter().map(|unserved| reasons::check(&facts, unserved, &view)).collect();
        breaches.extend(told.into_iter().flatten());
    }
    breaches
}

/// The hard rule that keeps an engineer from a ticket even with an empty day: the first, in the order
/// of [`Barrier::ALL`], that takes away the last of their shifts. `None` if they could serve it.
///
/// `O(visits log visits)`; meant for comparing, not for speed.
pub fn barrier(
    problem: &Problem,
    visits: &[Visit],
    ticket: &Ticket,
    engineer: EngineerIx,
) -> Option<Barrier> {
    let facts = Facts::new(problem, visits);
    let ladder = facts.history.ladder(ticket);
    let empty =
        |n: usize| Cow::Owned(Slack::of(&facts, &Day::new(&facts, &problem.shifts()[n], &[], None)));
    reasons::barrier(&facts, ticket, &ladder, engineer, &empty)
}

/// Tickets as unserved, each with the reason that [`check`] asks for; for plans in a format that tells no
/// reasons. `O(engineers)` for each, and one look at every shift.
pub fn unserved(problem: &Problem, visits: &[Visit], tickets: &[TicketIx]) -> Vec<Unserved> {
    if tickets.is_empty() {
        return Vec::new();
    }
    let facts = Facts::new(problem, visits);
    let empty = reasons::FreeDays::of(&facts);
    let left = reasons::left(&facts, tickets.iter().copied());
    let told = |&ticket: &TicketIx| Unserved {
        ticket,
        reason: reasons::reason(&facts, problem.ticket(ticket), &empty, &left),
    };
    tickets.par_iter().map(told).collect()
}

/// By ticket: whether its start is bound to another route's, so that the earliest schedule may not be asked of the
/// routes that hold it.
fn tied(problem: &Problem, plan: &Plan) -> Vec<bool> {
    let mut tied = vec![false; problem.tickets().len()];
    for stop in plan.routes.iter().flat_map(|route| &route.stops) {
        let Some(ticket) = problem.tickets().get(stop.ticket.at()) else { continue };
        if ticket.needs_coordination() {
            tied[stop.ticket.at()] = true;
            for before in &ticket.after {
                tied[before.at()] = true;
            }
        }
    }
    tied
}

/// The starts of all stops, by route, as windows of one moment.
fn starts(plan: &Plan) -> Vec<Vec<Window>> {
    let at = |stop: &PlannedStop| Window { start: stop.start, end: stop.start };
    plan.routes.iter().map(|route| route.stops.iter().map(at).collect()).collect()
}

/// Checks one route. What it costs, unless a breach leaves that without meaning; and what room it has,
/// if it may take more.
fn check_route<'a>(
    facts: &Facts<'a>,
    route: &PlannedRoute,
    (tied, starts): (&[bool], &'a [Window]),
    breaches: &mut Vec<Breach>,
) -> (Option<Bill>, Option<Room<'a>>) {
    let problem = facts.problem;
    let Some(shift) = problem.shifts().get(route.shift.at()) else { return (None, None) };
    let engineer = problem.engineer_id(route.shift);
    if !shift.on_duty {
        let why = if shift.absent { "the engineer is away" } else { "the shift is over" };
        breaches.push(Breach::new(BreachCode::OffDuty, why).by(engineer));
        return (None, None);
    }
    let tickets: Option<Vec<&Ticket>> =
        route.stops.iter().map(|stop| problem.tickets().get(stop.ticket.at())).collect();
    let Some(tickets) = tickets.filter(|tickets| !tickets.is_empty()) else { return (None, None) };
    if !shape::is_reckonable(engineer, route, breaches) {
        return (None, None);
    }
    let mut day = Day::new(facts, shift, &tickets, fetched(facts, engineer, route, breaches));
    let is_tied: Vec<bool> = route.stops.iter().map(|stop| tied[stop.ticket.at()]).collect();
    let free = !is_tied.contains(&true);
    let skilled = rules::check(facts, &day, breaches);
    schedule::check(engineer, &day, route, free, breaches);
    let bill = skilled.then(|| money::check_route(facts, &day, route, breaches));
    // What is tied must stay where others count on it.
    for (n, stop) in day.stops.iter_mut().enumerate().filter(|(n, _)| is_tied[*n]) {
        stop.windows = std::slice::from_ref(&starts[n]);
    }
    (bill, Some(Room::of(facts, &day, free)))
}

/// Where a route fetches parts, by its own word; tells depots that there are not, and what is fetched again.
fn fetched(
    facts: &Facts<'_>,
    engineer: &str,
    route: &PlannedRoute,
    breaches: &mut Vec<Breach>,
) -> Fetched {
    let mut fetched = None;
    for (n, stop) in route.stops.iter().enumerate() {
        let Some(depot) = stop.fetch_at else { continue };
        let id = &facts.problem.ticket(stop.ticket).id;
        let mut tell = |code, says: &str| breaches.push(Breach::new(code, says).by(engineer).on(id));
        if depot.at() >= facts.problem.depots().len() {
            tell(BreachCode::UnknownDepot, "fetches parts at a depot that there is not");
        } else if fetched.is_some() {
            tell(BreachCode::FetchedTwice, "fetches parts again, once in a shift is allowed");
        } else {
            fetched = Some((n, depot));
        }
    }
    fetched
}
