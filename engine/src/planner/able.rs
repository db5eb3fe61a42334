//! Which routes of a part are able to serve each of its tickets.

use super::part::Ground;
use crate::ids::{Index, TicketIx};
use crate::route::Route;

/// The number of no route.
const ELSEWHERE: u32 = u32::MAX;

/// The part's numbers of routes, one list for each of its tickets, all ascending by shift.
pub(super) struct Able {
    /// The lists, one after another in memory.
    all: Vec<u32>,
    /// Where each ticket's is.
    from: Vec<(u32, u32)>,
}

impl Able {
    /// `O(tickets * able shifts)`.
    pub(super) fn new(ground: Ground<'_>, routes: &[Route], tickets: &[TicketIx]) -> Able {
        let problem = ground.scorer.problem();
        let mut numbers = vec![ELSEWHERE; problem.shifts().len()];
        for (number, route) in routes.iter().enumerate() {
            numbers[route.shift().at()] = number as u32;
        }
        let mut able = Able { all: Vec::new(), from: vec![(0, 0); problem.tickets().len()] };
        for &ticket in tickets {
            let here = ground.fits.able(ticket).iter().map(|shift| numbers[shift.at()]);
            let from = able.all.len() as u32;
            able.all.extend(here.filter(|&number| number != ELSEWHERE));
            able.from[ticket.at()] = (from, able.all.len() as u32);
        }
        able
    }

    /// Routes that are able to serve a ticket of the part.
    pub(super) fn of(&self, ticket: TicketIx) -> &[u32] {
        let (from, upto) = self.from[ticket.at()];
        &self.all[from as usize..upto as usize]
    }
}
