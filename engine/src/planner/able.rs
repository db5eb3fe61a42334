//! Which routes of a part are able to serve each of its tickets, and which of them begin or end near it.

use super::part::Ground;
use crate::geo::Place;
use crate::ids::{Index, TicketIx};
use crate::near::Neighbours;
use crate::problem::Problem;
use crate::route::Route;
use crate::travel::{Roads, Travel};
use crate::units::Seconds;

/// The number of no route.
const ELSEWHERE: u32 = u32::MAX;

/// The part's numbers of routes, one list for each of its tickets, all ascending by shift.
pub(super) struct Able {
    routes: Lists,
    near_ends: Lists,
}

/// Lists by ticket, one after another in memory.
struct Lists {
    all: Vec<u32>,
    /// Where each ticket's is.
    from: Vec<(u32, u32)>,
}

impl Able {
    /// `O(tickets * able shifts)`, with few drives asked where many routes begin and end at one place.
    pub(super) fn new(ground: Ground<'_>, routes: &[Route], tickets: &[TicketIx]) -> Able {
        let problem = ground.scorer.problem();
        let mut numbers = vec![ELSEWHERE; problem.shifts().len()];
        for (number, route) in routes.iter().enumerate() {
            numbers[route.shift().at()] = number as u32;
        }
        let (mut able, mut near_ends) = (Lists::new(ground), Lists::new(ground));
        for &ticket in tickets {
            let here = ground.fits.able(ticket).iter().map(|shift| numbers[shift.at()]);
            able.push(ticket, here.filter(|&number| number != ELSEWHERE));
            // Routes one after another mostly begin and end at one place.
            let mut last = None;
            let ends_near = |&number: &u32| {
                let shift = problem.shift(routes[number as usize].shift());
                let ends = [shift.from, shift.to];
                match last {
                    Some((same, is_near)) if same == ends => is_near,
                    _ => last.insert((ends, is_near_either(ground, ticket, ends))).1,
                }
            };
            near_ends.push(ticket, able.of(ticket).iter().copied().filter(ends_near));
        }
        Able { routes: able, near_ends }
    }

    /// Routes that are able to serve a ticket of the part.
    pub(super) fn of(&self, ticket: TicketIx) -> &[u32] {
        self.routes.of(ticket)
    }

    /// Those of them that begin or end as near to it as its near tickets are, see [`Ground::reach`].
    pub(super) fn near_ends(&self, ticket: TicketIx) -> &[u32] {
        self.near_ends.of(ticket)
    }
}

/// How far each ticket is from the last of its `near` nearest, of those that a ruin may reach; 0 if it has none.
pub(super) fn reach(
    problem: &Problem,
    roads: &Roads,
    neighbours: &Neighbours,
    near: usize,
) -> Vec<Seconds> {
    let place = |ticket: TicketIx| &problem.ticket(ticket).place;
    let reach = |ticket: TicketIx| {
        let last = neighbours.of(ticket).iter().take(near).next_back();
        last.map_or(Seconds::ZERO, |&last| roads.base(place(ticket), place(last)))
    };
    problem.ticket_indices().map(reach).collect()
}

fn is_near_either(ground: Ground<'_>, ticket: TicketIx, [from, to]: [Option<Place>; 2]) -> bool {
    let (problem, roads) = (ground.scorer.problem(), ground.scorer.roads());
    let (place, reach) = (&problem.ticket(ticket).place, ground.reach[ticket.at()]);
    from.is_some_and(|from| roads.base(&from, place) <= reach)
        || to.is_some_and(|to| roads.base(place, &to) <= reach)
}

impl Lists {
    fn new(ground: Ground<'_>) -> Lists {
        Lists { all: Vec::new(), from: vec![(0, 0); ground.scorer.problem().tickets().len()] }
    }

    fn push(&mut self, ticket: TicketIx, numbers: impl Iterator<Item = u32>) {
        let from = self.all.len() as u32;
        self.all.extend(numbers);
        self.from[ticket.at()] = (from, self.all.len() as u32);
    }

    fn of(&self, ticket: TicketIx) -> &[u32] {
        let (from, upto) = self.from[ticket.at()];
        &self.all[from as usize..upto as usize]
    }
}
