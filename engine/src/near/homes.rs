//! Who sets out near a place: the people a dispatcher would think of first.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::ids::{EngineerIx, ShiftIx};
use crate::problem::Problem;

/// The start places of all engineers, those of their first shift.
#[derive(Clone, Debug, Default)]
pub struct Homes {
    tree: RTree<GeomWithData<[f64; 3], EngineerIx>>,
}

impl Homes {
    /// The roster's start places. `O(n log n)`.
    pub fn new(problem: &Problem) -> Homes {
        let places = problem.engineers().iter().filter_map(|engineer| {
            let shift = problem.shift(engineer.shifts.clone().map(ShiftIx).next()?);
            shift.from.point.map(|_| GeomWithData::new(shift.from.unit, shift.engineer))
        });
        Homes { tree: RTree::bulk_load(places.collect()) }
    }

    /// Engineers by the distance of their start places, nearest first; equal ones in no stated order.
    /// `O(log n)` for each one taken.
    pub fn nearest(&self, point: [f64; 3]) -> impl Iterator<Item = EngineerIx> + '_ {
        self.tree.nearest_neighbor_iter(point).map(|home| home.data)
    }
}
