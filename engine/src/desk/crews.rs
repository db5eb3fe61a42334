//! Tickets that several engineers are promised for: they start together, and every route keeps to that.

use std::collections::BTreeMap;

use super::Desk;
use crate::dispatch::{Cheapest, cheapest_with, fetch_at};
use crate::ids::{EngineerIx, Index, ShiftIx, TicketIx};
use crate::price::Candidate;
use crate::problem::Problem;
use crate::route::{Agreed, Route};
use crate::ticket::{Ticket, Window, Windows};
use crate::units::{Moment, Price, Seconds};

/// How often crews are put off for each other at most. Two that meet in two routes in opposite orders would be put off
/// until a shift ends.
const MOST_ROUNDS: usize = 10_000;

/// The shifts of every crew that is promised.
pub(super) type Crews = BTreeMap<TicketIx, Vec<ShiftIx>>;

impl Desk {
    /// Every shift that a ticket is promised to: one, or those of its crew.
    pub fn holders(&self, ticket: TicketIx) -> Vec<ShiftIx> {
        let crew = self.crews.get(&ticket).cloned();
        crew.unwrap_or_else(|| self.serving(ticket).into_iter().collect())
    }

    /// Promises a ticket to a crew that starts at a moment, if all of them still can and that is worth it. Returns what
    /// their routes cost more.
    pub(super) fn seat_crew(
        &mut self,
        ticket: TicketIx,
        start: Moment,
        engineers: impl IntoIterator<Item = EngineerIx>,
    ) -> Option<Seconds> {
        let windows = Windows::from(vec![Window { start, end: start }]);
        let then = Ticket { windows, ..self.problem.ticket(ticket).clone() };
        let places = self.with_board(|board| {
            let candidate = Candidate { ticket: &then, ..board.scorer.candidate(ticket) };
            let places = engineers.into_iter().map(|engineer| cheapest_with(board, candidate, engineer));
            places.collect::<Option<Vec<Cheapest>>>()
        })?;
        let price: Seconds = places.iter().map(|place| place.price).sum();
        if places.is_empty() || Price::of(price) >= self.scorer().lost(ticket) {
            return None;
        }
        let agreed = Agreed::at(start);
        let mut dearer = Seconds::ZERO;
        for &place in &places {
            // As it was asked about: for a start then.
            let fetch_at = self.with_board(|board| {
                let candidate = Candidate { ticket: &then, ..board.scorer.candidate(ticket) };
                fetch_at(board, candidate, place)
            });
            dearer += self.seat_by(ticket, place, (fetch_at, agreed));
        }
        let mut shifts: Vec<ShiftIx> = places.iter().map(|place| place.shift).collect();
        shifts.sort_unstable();
        self.serves[ticket.at()] = shifts.first().copied();
        self.crews.insert(ticket, shifts);
        Some(dearer)
    }
}

/// The crews of promised routes, each agreed to start together; or of whom that cannot be said, with the first of
/// their shifts. As late as some of them must, and as early as all can.
pub(super) fn agree(problem: &Problem, routes: &mut [Route]) -> Result<Crews, Vec<(ShiftIx, String)>> {
    let mut crews = Crews::new();
    for route in routes.iter() {
        for stop in route.stops().iter().filter(|stop| problem.ticket(stop.ticket).crew > 1) {
            crews.entry(stop.ticket).or_default().push(route.shift());
        }
    }
    let mut broken = Vec::new();
    for (&ticket, shifts) in &crews {
        let Ticket { id, crew, .. } = problem.ticket(ticket);
        if shifts.len() < usize::from(*crew) {
            let found =
                format!("ticket {id:?} needs {crew} engineers and is in {} routes", shifts.len());
            broken.push((shifts[0], found));
        }
    }
    if broken.is_empty() {
        broken.extend(together(problem, routes, &crews));
    }
    if broken.is_empty() { Ok(crews) } else { Err(broken) }
}

/// Has every crew start together; or the first one that cannot. Whoever waits for one crew may come later to another, so
/// all are put off until none has to wait any more; then the earliest is settled, which others may have to wait for in
/// turn.
fn together(problem: &Problem, routes: &mut [Route], crews: &Crews) -> Option<(ShiftIx, String)> {
    let mut open: Vec<TicketIx> = crews.keys().copied().collect();
    let mut starts: BTreeMap<TicketIx, Moment> = BTreeMap::new();
    let mut rounds = 0;
    while !open.is_empty() {
        rounds += 1;
        if rounds > MOST_ROUNDS {
            return Some(cannot(problem, open[0], crews[&open[0]][0]));
        }
        let mut has_moved = false;
        for &ticket in &open {
            let own = crews[&ticket].iter().map(|&shift| {
                let route = &routes[shift.at()];
                route.earliest_start(problem.shift(shift), route.stop_at(ticket)?)
            });
            let latest = own.reduce(|one, other| Some(one?.max(other?))).flatten();
            let all = latest.ok_or(crews[&ticket][0]).and_then(|start| {
                has_moved |= starts.insert(ticket, start) != Some(start);
                agree_on(problem, routes, (ticket, &crews[&ticket]), Agreed::since(start))
            });
            if let Err(shift) = all {
                return Some(cannot(problem, ticket, shift));
            }
        }
        if !has_moved {
            open.sort_by_key(|ticket| (starts[ticket], *ticket));
            let first = open.remove(0);
            let agreed = Agreed::at(starts[&first]);
            if let Err(shift) = agree_on(problem, routes, (first, &crews[&first]), agreed) {
                return Some(cannot(problem, first, shift));
            }
        }
    }
    None
}

fn cannot(problem: &Problem, ticket: TicketIx, shift: ShiftIx) -> (ShiftIx, String) {
    let id = &problem.ticket(ticket).id;
    (shift, format!("the crew of ticket {id:?} cannot start together"))
}

/// Has every route of a crew keep to what is agreed, or tells the first that cannot.
fn agree_on(
    problem: &Problem,
    routes: &mut [Route],
    (ticket, shifts): (TicketIx, &[ShiftIx]),
    agreed: Agreed,
) -> Result<(), ShiftIx> {
    let cannot = shifts.iter().find(|shift| {
        let route = &mut routes[shift.at()];
        let at = route.stop_at(ticket);
        !at.is_some_and(|at| route.agree(problem, at, agreed))
    });
    cannot.map_or(Ok(()), |&shift| Err(shift))
}
