//! One search, on threads of its own. The one place that calls the planner.

use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, Params, Watch, plan};
use paidan_engine::problem::Problem;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// The seed; the same one with a budget of rounds gives the same plan.
    pub seed: u64,
    /// When to stop.
    pub budget: Budget,
    /// Threads; 0 takes all cores.
    pub threads: usize,
}

/// Searches until the budget is used up or the watch says stop.
pub fn search(problem: &Problem, order: Order, watch: &dyn Watch) -> Plan {
    let params = Params { seed: order.seed, ..Params::default() };
    let go = || plan(problem, &params, &order.budget, watch);
    match rayon::ThreadPoolBuilder::new().num_threads(order.threads).build() {
        Ok(pool) => pool.install(go),
        // Without threads of its own the search runs on those that everybody shares.
        Err(_) => go(),
    }
}
