//! The shape of a plan: everything it names exists, and every ticket has exactly one place.

use std::collections::BTreeSet;

use super::breach::{Breach, BreachCode, ticket_id};
use crate::ids::{EngineerIx, Index, ShiftIx, TicketIx};
use crate::plan::{Plan, PlannedRoute, PlannedStop};
use crate::problem::Problem;
use crate::ticket::Half;
use crate::units::Moment;

/// Times and lengths beyond this are nonsense: 34,865 years. Whatever is less adds up safely.
const ABSURD: i64 = 1 << 40;

/// Where a ticket is served.
#[derive(Clone, Copy)]
struct Served {
    shift: ShiftIx,
    start: Moment,
    end: Moment,
}

/// Tells everything that is wrong with the shape of the plan.
pub(super) fn check(problem: &Problem, plan: &Plan, breaches: &mut Vec<Breach>) {
    routes(problem, plan, breaches);
    let mut served: Vec<Vec<Served>> = vec![Vec::new(); problem.tickets().len()];
    for route in &plan.routes {
        for stop in &route.stops {
            let (start, end) = (stop.start, stop.departure);
            match served.get_mut(stop.ticket.at()) {
                Some(places) => places.push(Served { shift: route.shift, start, end }),
                None => breaches.push(unknown_ticket(stop.ticket)),
            }
        }
    }
    let mut unserved = vec![0; problem.tickets().len()];
    for entry in &plan.unserved {
        match unserved.get_mut(entry.ticket.at()) {
            Some(times) => *times += 1,
            None => breaches.push(unknown_ticket(entry.ticket)),
        }
    }
    for pair in plan.unserved.windows(2) {
        if pair[0].ticket > pair[1].ticket {
            let says = format!("unserved ticket {} stands after {}", pair[1].ticket.0, pair[0].ticket.0);
            breaches.push(Breach::new(BreachCode::UnservedOutOfOrder, says));
        }
    }
    for ticket in problem.ticket_indices() {
        once(problem, ticket, &served[ticket.at()], unserved[ticket.at()], breaches);
        in_turn(problem, ticket, &served, breaches);
        paired(problem, plan, ticket, &served, breaches);
        in_tandem(problem, ticket, &served, breaches);
    }
}

fn unknown_ticket(ticket: TicketIx) -> Breach {
    Breach::new(BreachCode::UnknownTicket, format!("there is no ticket number {}", ticket.0))
}

/// Every shift exists and has at most one route; routes stand in order and hold stops.
fn routes(problem: &Problem, plan: &Plan, breaches: &mut Vec<Breach>) {
    let mut seen = BTreeSet::new();
    let mut last = None;
    for route in &plan.routes {
        if route.shift.at() >= problem.shifts().len() {
            let says = format!("there is no shift number {}", route.shift.0);
            breaches.push(Breach::new(BreachCode::UnknownShift, says));
            continue;
        }
        let engineer = problem.engineer_id(route.shift);
        if !seen.insert(route.shift) {
            let says = format!("shift number {} has more than one route", route.shift.0);
            breaches.push(Breach::new(BreachCode::ShiftTwice, says).by(engineer));
        } else if last.is_some_and(|last| last > route.shift) {
            let says = format!("the route of shift number {} comes after a later one", route.shift.0);
            breaches.push(Breach::new(BreachCode::RoutesOutOfOrder, says).by(engineer));
        }
        last = last.max(Some(route.shift));
        if route.stops.is_empty() {
            let says = "the route has no stops, so it should not be there";
            breaches.push(Breach::new(BreachCode::EmptyRoute, says).by(engineer));
        }
    }
}

/// The ticket stands in the plan exactly once, or once for each of its crew.
fn once(
    problem: &Problem,
    ticket: TicketIx,
    served: &[Served],
    unserved: usize,
    breaches: &mut Vec<Breach>,
) {
    let crew = usize::from(problem.ticket(ticket).crew);
    let mut tell = |code, says: String| {
        let id = ticket_id(problem, ticket).unwrap_or_default();
        breaches.push(Breach::new(code, says).on(id));
    };
    let shifts: BTreeSet<ShiftIx> = served.iter().map(|place| place.shift).collect();
    // Nobody makes a crew with themselves on another shift. A shift that does not exist is told elsewhere.
    let engineer_of = |shift: ShiftIx| problem.shifts().get(shift.at()).map(|shift| shift.engineer);
    let engineers: BTreeSet<Result<EngineerIx, ShiftIx>> =
        served.iter().map(|place| engineer_of(place.shift).ok_or(place.shift)).collect();
    let on_routes = served.len();
    if on_routes == 0 && unserved == 0 {
        tell(BreachCode::TicketMissing, "the ticket is neither served nor unserved".into());
    } else if unserved > 1 || (unserved == 1 && on_routes > 0) || (crew == 1 && on_routes > 1) {
        let says = format!("the ticket is served {on_routes} times and unserved {unserved} times");
        tell(BreachCode::TicketTwice, says);
    } else if shifts.len() < on_routes {
        tell(BreachCode::TicketTwice, "one route holds the ticket more than once".into());
    } else if on_routes > 0 && engineers.len() != crew {
        let says = format!("{} engineers serve a ticket for {crew}", engineers.len());
        tell(BreachCode::CrewIncomplete, says);
    } else if let (Some(first), Some(last)) =
        (served.iter().map(|place| place.start).min(), served.iter().map(|place| place.start).max())
        && first != last
    {
        tell(BreachCode::CrewApart, format!("the crew starts between {} and {}", first.0, last.0));
    }
}

/// A served ticket starts after those that it waits for have ended.
fn in_turn(problem: &Problem, ticket: TicketIx, served: &[Vec<Served>], breaches: &mut Vec<Breach>) {
    let Some(start) = served[ticket.at()].iter().map(|place| place.start).min() else { return };
    let waits = problem.ticket(ticket);
    for before in &waits.after {
        let says = match served[before.at()].iter().map(|place| place.end).max() {
            Some(end) if end <= start => continue,
            Some(end) => format!("it starts at {}, but one before it ends at {}", start.0, end.0),
            None => "it is served, but one before it is not".to_owned(),
        };
        breaches.push(Breach::new(BreachCode::BeforeItsTurn, says).on(&waits.id));
    }
}

/// A ticket that follows another is served by the same shift, behind it, or neither is.
fn paired(
    problem: &Problem,
    plan: &Plan,
    second: TicketIx,
    served: &[Vec<Served>],
    breaches: &mut Vec<Breach>,
) {
    let Some(Half::Second(first)) = problem.ticket(second).half else { return };
    let place = |ticket: TicketIx| {
        let shift = served[ticket.at()].first()?.shift;
        let route = plan.routes.iter().find(|route| route.shift == shift)?;
        Some((shift, route.stops.iter().position(|stop| stop.ticket == ticket)?))
    };
    let says = match (place(first), place(second)) {
        (None, None) => return,
        (Some(before), Some(behind)) if before.0 == behind.0 && before.1 < behind.1 => return,
        (Some(before), Some(behind)) if before.0 == behind.0 => {
            "it stands before the one that it follows"
        }
        (Some(_), Some(_)) => "another shift serves the one that it follows",
        (None, Some(_)) => "it is served, but the one that it follows is not",
        (Some(_), None) => "it is unserved, but the one that it follows is served",
    };
    let id = ticket_id(problem, second).unwrap_or_default();
    breaches.push(Breach::new(BreachCode::PairApart, says).on(id));
}

/// The tickets of a tandem are served by two engineers, the second within its span after the first, or neither is.
fn in_tandem(problem: &Problem, first: TicketIx, served: &[Vec<Served>], breaches: &mut Vec<Breach>) {
    let Some(tandem) = problem.ticket(first).tandem.filter(|tandem| tandem.leads) else { return };
    let place = |ticket: TicketIx| served[ticket.at()].first();
    let engineer = |place: &Served| problem.shifts().get(place.shift.at()).map(|shift| shift.engineer);
    let says = match (place(first), place(tandem.other)) {
        (None, None) => return,
        (Some(one), Some(other)) if engineer(one) == engineer(other) => {
            "one engineer serves both of the tandem".to_owned()
        }
        (Some(one), Some(other)) => {
            // Moments that are nonsense are told elsewhere.
            let apart = other.start.0.saturating_sub(one.start.0);
            if (tandem.from.0..=tandem.until.0).contains(&apart) {
                return;
            }
            format!("the other of its tandem starts {apart} s after it")
        }
        (None, Some(_)) => "it is unserved, but the other of its tandem is served".to_owned(),
        (Some(_), None) => "it is served, but the other of its tandem is not".to_owned(),
    };
    let id = ticket_id(problem, first).unwrap_or_default();
    breaches.push(Breach::new(BreachCode::TandemApart, says).on(id));
}

/// Whether a time or a length is too far from all others to be reckoned with.
pub(super) fn is_absurd(number: i64) -> bool {
    !(-ABSURD..=ABSURD).contains(&number)
}

/// Whether every time and length of a route can be reckoned with; tells the first that cannot.
pub(super) fn is_reckonable(engineer: &str, route: &PlannedRoute, breaches: &mut Vec<Breach>) -> bool {
    let of_stop = |stop: &PlannedStop| [stop.drive.0, stop.arrival.0, stop.start.0, stop.departure.0];
    let absurd = [route.leave.0, route.drive_back.0, route.back.0]
        .into_iter()
        .chain(route.stops.iter().flat_map(of_stop))
        .chain(route.breaks.iter().flat_map(|pause| [pause.start.0, pause.end.0]))
        .find(|&number| is_absurd(number));
    if let Some(number) = absurd {
        let says = format!("{number} s is no time of any sound problem");
        breaches.push(Breach::new(BreachCode::AbsurdNumber, says).by(engineer));
    }
    absurd.is_none()
}
