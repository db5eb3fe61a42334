//! Who sets out near a place: the people a dispatcher would think of first.

use super::node::{Entry, Offering};
use super::probe::Probe;
use super::tree::Tree;
use super::walk::Walk;
use crate::ids::{EngineerIx, ShiftIx};
use crate::problem::Problem;

/// The start places of all engineers, those of their first shift.
#[derive(Clone, Debug)]
pub struct Homes {
    tree: Tree,
}

impl Homes {
    /// The roster's start places. `O(n log n)`.
    pub fn new(problem: &Problem) -> Homes {
        let places = problem.engineers().iter().filter_map(|engineer| {
            let shift = problem.shift(engineer.shifts.clone().map(ShiftIx).next()?);
            // Whoever starts at the first stop may end at home.
            let home = shift.from.or(shift.to).filter(|home| home.point.is_some())?;
            let at = home.unit.map(|part| part as f32);
            let offering = Offering::ANYTHING;
            Some(Entry { near: at, far: at, offering, target: shift.engineer.0, behind: 0 })
        });
        Homes { tree: Tree::new(places.collect()) }
    }

    /// Engineers by the distance of their start places, nearest first; equal ones, which are those
    /// within a metre or two millionths of their distance, in no stated order. `O(log n)` for each one taken.
    pub fn nearest(&self, point: [f64; 3]) -> impl Iterator<Item = EngineerIx> + '_ {
        let mut walk = Walk::new(&self.tree, Probe::distance(point));
        std::iter::from_fn(move || {
            let home = walk.next(f64::INFINITY)?;
            Some(EngineerIx(home.leaf.target(home.n)))
        })
    }
}
