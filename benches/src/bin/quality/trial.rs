//! One plan, made and judged.

use std::borrow::Cow;

use paidan_benches::clock::Clock;
use paidan_engine::bound::bound;
use paidan_engine::check::check;
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, Params, Watch, plan};
use paidan_engine::problem::Problem;
use paidan_engine::wire::{Answer, Question};

/// A plan, what it took, and what the independent checker says.
pub struct Trial {
    pub plan: Plan,
    /// Of the search, in seconds.
    pub seconds: f64,
    pub breaches: usize,
    /// Percent by which it lies above its bound, if there is one and nobody can lose less.
    pub above: Option<f64>,
}

impl Trial {
    /// Plans in the current rayon pool, and spends so many seconds on a bound; the first breaches go to stderr.
    pub fn of(
        name: &str,
        question: &Question,
        params: &Params,
        budget: &Budget,
        bound_s: Option<f64>,
    ) -> Trial {
        let clock = Clock::start();
        // Only home healthcare is planned as several problems, of which one is told.
        let problem: Cow<'_, Problem>;
        let mut plan = match &question.answer {
            Answer::Care(care) => {
                let (best, plan) = care.plan(params, budget, &clock);
                problem = Cow::Owned(best);
                plan
            }
            Answer::Plan | Answer::Text(_) | Answer::Tours(_) | Answer::Vroom(_) => {
                problem = Cow::Borrowed(&question.problem);
                plan(&problem, params, budget, &clock)
            }
        };
        let problem = &*problem;
        let seconds = clock.elapsed_s();
        // Of home healthcare a bound would be one on another price than its objective.
        let bound_s = bound_s.filter(|_| !matches!(question.answer, Answer::Care(_)));
        if let Some(bound_s) = bound_s {
            let budget = Budget { seconds: Some(bound_s), ..Budget::default() };
            plan.bound = bound(problem, &plan, &budget, &Clock::start());
        }
        let proven = plan.bound.filter(|bound| bound.proves_least_lost(plan.price));
        let above = proven.and_then(|bound| bound.gap(plan.price)).map(|share| 100.0 * share);
        let breaches = check(problem, problem.visits(), &plan);
        for breach in breaches.iter().take(3) {
            eprintln!("{name}, seed {}: {breach}", params.seed);
        }
        Trial { plan, seconds, breaches: breaches.len(), above }
    }
}
