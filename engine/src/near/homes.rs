//! Who sets out near a place: the people a dispatcher would think of first.

use rstar::primitives::GeomWithData;
use rstar::{RStarInsertionStrategy, RTree, RTreeParams};

use crate::ids::{EngineerIx, ShiftIx};
use crate::problem::Problem;

/// The start places of all engineers, those of their first shift.
#[derive(Clone, Debug, Default)]
pub struct Homes {
    /// In single precision, which is half a metre, and wide: both are fewer cache lines.
    tree: RTree<GeomWithData<[f32; 3], EngineerIx>, Wide>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Wide;

impl RTreeParams for Wide {
    const MIN_SIZE: usize = 8;
    const MAX_SIZE: usize = 16;
    const REINSERTION_COUNT: usize = 4;
    type DefaultInsertionStrategy = RStarInsertionStrategy;
}

fn single(unit: [f64; 3]) -> [f32; 3] {
    unit.map(|part| part as f32)
}

impl Homes {
    /// The roster's start places. `O(n log n)`.
    pub fn new(problem: &Problem) -> Homes {
        let places = problem.engineers().iter().filter_map(|engineer| {
            let shift = problem.shift(engineer.shifts.clone().map(ShiftIx).next()?);
            shift.from.point.map(|_| GeomWithData::new(single(shift.from.unit), shift.engineer))
        });
        Homes { tree: RTree::bulk_load_with_params(places.collect()) }
    }

    /// Engineers by the distance of their start places, nearest first; equal ones in no stated order.
    /// `O(log n)` for each one taken.
    pub fn nearest(&self, point: [f64; 3]) -> impl Iterator<Item = EngineerIx> + '_ {
        self.tree.nearest_neighbor_iter(single(point)).map(|home| home.data)
    }
}
