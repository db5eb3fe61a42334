//! One search, on threads of its own. The one place that calls the planner.

use std::panic::{AssertUnwindSafe, catch_unwind};

use paidan_engine::bound::bound;
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, Params, Watch, plan};
use paidan_engine::problem::Problem;
use paidan_engine::wire::uhhc::Care;

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
    on_threads(order.threads, || plan(problem, &params, &order.budget, watch))
}

/// The same for a home healthcare instance, which is planned as several problems; with the one that the plan is of.
pub fn search_care(care: &Care, order: Order, watch: &dyn Watch) -> (Problem, Plan) {
    let params = Params { seed: order.seed, ..Params::default() };
    on_threads(order.threads, || care.plan(&params, &order.budget, watch))
}

/// Spends so many seconds on a bound for a plan; none for problems that are too large. Whatever goes wrong there, the
/// plan is as good as it was.
pub fn prove(problem: &Problem, plan: &mut Plan, (seconds, threads): (f64, usize), watch: &dyn Watch) {
    if watch.cancelled() {
        return;
    }
    let budget = Budget { seconds: Some(watch.elapsed_s() + seconds), ..Budget::default() };
    let found =
        catch_unwind(AssertUnwindSafe(|| on_threads(threads, || bound(problem, plan, &budget, watch))));
    plan.bound = found.unwrap_or_else(|_| {
        tracing::error!("the search for a bound panicked");
        None
    });
}

/// Works on so many threads of its own; 0 takes all cores.
pub fn on_threads<T: Send>(threads: usize, go: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(go),
        // Without threads of its own the work is done on those that everybody shares.
        Err(_) => go(),
    }
}
