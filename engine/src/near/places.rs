//! Which tickets lie near which.

use rstar::primitives::GeomWithData;
use rstar::{PointDistance, RTree};

use crate::ids::{Index, TicketIx};
use crate::problem::Problem;
use crate::travel::{Roads, Travel};

/// For every ticket the nearest others, nearest first.
#[derive(Clone, Debug)]
pub struct Neighbours {
    lists: Vec<Box<[TicketIx]>>,
}

impl Neighbours {
    /// The `most` nearest of each ticket: on the globe where all have coordinates, `O(n log n)`; else by
    /// travel time, `O(n^2)`. Ties go to the earlier ticket.
    pub fn new(problem: &Problem, roads: &Roads, most: usize) -> Neighbours {
        let tickets = problem.tickets();
        let on_map = tickets.iter().all(|ticket| ticket.place.point.is_some());
        let lists = if on_map { on_globe(problem, most) } else { by_drive(problem, roads, most) };
        Neighbours { lists }
    }

    /// The nearest others of a ticket.
    pub fn of(&self, ticket: TicketIx) -> &[TicketIx] {
        &self.lists[ticket.at()]
    }
}

fn on_globe(problem: &Problem, most: usize) -> Vec<Box<[TicketIx]>> {
    type Item = GeomWithData<[f64; 3], TicketIx>;
    let items = problem.ticket_indices().map(|ix| Item::new(problem.ticket(ix).place.unit, ix));
    let tree = RTree::bulk_load(items.collect());
    let nearest = |ticket: TicketIx| {
        let here = problem.ticket(ticket).place.unit;
        let mut list: Vec<(f64, TicketIx)> = tree
            .nearest_neighbor_iter(here)
            .take(most + 1)
            .map(|item| (item.distance_2(&here), item.data))
            .filter(|(_, other)| *other != ticket)
            .collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        list.into_iter().take(most).map(|(_, other)| other).collect()
    };
    problem.ticket_indices().map(nearest).collect()
}

fn by_drive(problem: &Problem, roads: &Roads, most: usize) -> Vec<Box<[TicketIx]>> {
    let nearest = |ticket: TicketIx| {
        let here = problem.ticket(ticket).place;
        let mut list: Vec<(i64, TicketIx)> = problem
            .ticket_indices()
            .filter(|other| *other != ticket)
            .map(|other| (roads.base(&here, &problem.ticket(other).place).0, other))
            .collect();
        let keep = most.min(list.len());
        if keep < list.len() {
            list.select_nth_unstable(keep);
            list.truncate(keep);
        }
        list.sort_unstable();
        list.into_iter().map(|(_, other)| other).collect()
    };
    problem.ticket_indices().map(nearest).collect()
}
