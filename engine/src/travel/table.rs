//! A given table.

use std::sync::Arc;

use super::Travel;
use crate::geo::Place;
use crate::problem::Table;
use crate::units::Seconds;

/// Travel by the caller's own table; places name their rows.
#[derive(Clone, Debug)]
pub struct GivenTable(pub Arc<Table>);

impl GivenTable {
    fn cell(&self, from: &Place, to: &Place) -> usize {
        from.row as usize * self.0.size + to.row as usize
    }

    /// What the drive costs, where the table says so.
    pub(super) fn cost(&self, from: &Place, to: &Place) -> Option<i64> {
        self.0.costs.as_ref().map(|costs| i64::from(costs[self.cell(from, to)]))
    }
}

impl Travel for GivenTable {
    fn base(&self, from: &Place, to: &Place) -> Seconds {
        Seconds(i64::from(self.0.seconds[self.cell(from, to)]))
    }

    fn metres(&self, from: &Place, to: &Place) -> Option<f64> {
        self.0.metres.as_ref().map(|metres| f64::from(metres[self.cell(from, to)]))
    }

    fn at_least(&self, _metres: f64) -> Option<f64> {
        None
    }
}
