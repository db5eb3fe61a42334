//! Which routes of a part are able to serve each of its tickets.

use std::collections::BTreeMap;

use super::part::Ground;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::route::Route;

/// The number of no route.
const ELSEWHERE: u32 = u32::MAX;

/// The part's numbers of routes, one list for each of its tickets, all ascending by shift. Tickets that all the same
/// engineers are able to serve share one.
pub(super) struct Able {
    /// The lists, one after another in memory.
    all: Vec<u32>,
    /// Where each ticket's is.
    from: Vec<(u32, u32)>,
}

impl Able {
    /// `O(tickets + shifts)` of the problem, and `O(routes log shifts)` at most for each different list.
    pub(super) fn new(ground: Ground<'_>, routes: &[Route], tickets: &[TicketIx]) -> Able {
        let problem = ground.scorer.problem();
        let mut numbers = vec![ELSEWHERE; problem.shifts().len()];
        for (number, route) in routes.iter().enumerate() {
            numbers[route.shift().at()] = number as u32;
        }
        let mut here: Vec<ShiftIx> = routes.iter().map(Route::shift).collect();
        here.sort_unstable();
        let mut able = Able { all: Vec::new(), from: vec![(0, 0); problem.tickets().len()] };
        let mut places: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for &ticket in tickets {
            let place = places.entry(ground.fits.able_shifts().list(ticket)).or_insert_with(|| {
                let from = able.all.len() as u32;
                let list = ground.fits.able(ticket);
                if list.len() <= 4 * here.len() {
                    let numbers = list.iter().map(|shift| numbers[shift.at()]);
                    able.all.extend(numbers.filter(|&number| number != ELSEWHERE));
                } else {
                    let is_able = |shift: &&ShiftIx| list.binary_search(shift).is_ok();
                    able.all.extend(here.iter().filter(is_able).map(|shift| numbers[shift.at()]));
                }
                (from, able.all.len() as u32)
            });
            able.from[ticket.at()] = *place;
        }
        able
    }

    /// Routes that are able to serve a ticket of the part.
    pub(super) fn of(&self, ticket: TicketIx) -> &[u32] {
        let (from, upto) = self.from[ticket.at()];
        &self.all[from as usize..upto as usize]
    }
}
