//! Who sets out near a ticket, of those who are able to serve it.

use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::ids::{Index, ShiftIx, TicketIx};
use crate::price::Fits;
use crate::problem::Problem;
use crate::travel::{Roads, Travel};
use crate::units::Seconds;

/// Most shifts that are near to a ticket. Those of an ordinary day are never more; of a nation's most are too far away
/// to be of use.
const MOST: usize = 256;

/// About how much longer one step from neighbour to neighbour takes than telling a distance.
const STEP: usize = 10;

/// By ticket, where more than [`MOST`] shifts are able: the nearest of them by where they start, or else end.
pub(super) struct Starts {
    lists: Vec<Box<[ShiftIx]>>,
}

type Start = GeomWithData<[f64; 3], ShiftIx>;

impl Starts {
    /// `O(tickets * (MOST + log shifts))` where all are on a map and few skills are rare, at most
    /// `O(tickets * sqrt(MOST * shifts))`; else `O(tickets * able shifts)`.
    pub(super) fn new(problem: &Problem, roads: &Roads, fits: &Fits) -> Starts {
        let mut starts: Vec<Start> = Vec::new();
        let mut on_map = true;
        for index in problem.shift_indices() {
            let shift = problem.shift(index);
            if let Some(from) = shift.from.as_ref().or(shift.to.as_ref()) {
                on_map &= from.point.is_some();
                starts.push(Start::new(from.unit, index));
            }
        }
        let all = starts.len();
        let tree = on_map.then(|| RTree::bulk_load(starts));
        let list = |ticket: TicketIx| {
            let able = fits.able(ticket);
            if able.len() <= MOST {
                return Box::default();
            }
            let place = &problem.ticket(ticket).place;
            match &tree {
                // Walking past those who are not able takes as many steps for each who is as they are more.
                Some(tree) if place.point.is_some() && able.len() > MOST * STEP * all / able.len() => {
                    let nearest = tree.nearest_neighbor_iter(place.unit).map(|start| start.data);
                    nearest.filter(|shift| able.binary_search(shift).is_ok()).take(MOST).collect()
                }
                _ => nearest(problem, roads, ticket, able),
            }
        };
        Starts {
            lists: (0..problem.tickets().len())
                .into_par_iter()
                .map(|n| list(TicketIx::nth(n)))
                .collect(),
        }
    }

    /// The nearest of the able shifts of a ticket; all of them if they are few.
    pub(super) fn of<'s>(&'s self, fits: &'s Fits, ticket: TicketIx) -> &'s [ShiftIx] {
        let list = &self.lists[ticket.at()];
        if list.is_empty() { fits.able(ticket) } else { list }
    }
}

/// The nearest, told by looking at all. Of those who start at the same place every ticket gets others.
fn nearest(problem: &Problem, roads: &Roads, ticket: TicketIx, able: &[ShiftIx]) -> Box<[ShiftIx]> {
    let place = &problem.ticket(ticket).place;
    let far = |index: ShiftIx| {
        let shift = problem.shift(index);
        let from = shift.from.as_ref().or(shift.to.as_ref());
        from.map_or(Seconds::ZERO, |from| roads.base(from, place))
    };
    let turn = |index: ShiftIx| index.0.wrapping_mul(0x9E37_79B9) ^ ticket.0.wrapping_mul(0x85EB_CA6B);
    let mut all: Vec<(Seconds, u32, ShiftIx)> =
        able.iter().map(|&index| (far(index), turn(index), index)).collect();
    all.select_nth_unstable(MOST);
    all.truncate(MOST);
    all.into_iter().map(|(.., index)| index).collect()
}
