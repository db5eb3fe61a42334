//! One plan, made and judged.

use std::time::Instant;

use paidan_engine::check::check;
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, Params, Watch, plan};
use paidan_engine::problem::Problem;

/// A plan, what it took, and what the independent checker says.
pub struct Trial {
    pub plan: Plan,
    /// Of the search, in seconds.
    pub seconds: f64,
    pub breaches: usize,
}

struct Clock(Instant);

impl Watch for Clock {
    fn elapsed_s(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

impl Trial {
    /// Plans in the current rayon pool; the first breaches go to stderr.
    pub fn of(name: &str, problem: &Problem, params: &Params, budget: &Budget) -> Trial {
        let clock = Clock(Instant::now());
        let plan = plan(problem, params, budget, &clock);
        let seconds = clock.elapsed_s();
        let breaches = check(problem, problem.visits(), &plan);
        for breach in breaches.iter().take(3) {
            eprintln!("{name}, seed {}: {breach}", params.seed);
        }
        Trial { plan, seconds, breaches: breaches.len() }
    }
}
