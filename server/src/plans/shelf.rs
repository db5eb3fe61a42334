//! Plans kept for asking: so many, and finished ones only for so long.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plans::PlanJob;

/// The latest plans, oldest first.
#[derive(Debug)]
pub(super) struct Shelf {
    plans: VecDeque<Arc<PlanJob>>,
    most: usize,
    age: Duration,
}

impl Shelf {
    pub(super) fn new(most: usize, age: Duration) -> Shelf {
        Shelf { plans: VecDeque::new(), most: most.max(1), age }
    }

    /// Keeps a plan. The oldest finished ones make room; if none is finished, the oldest is stopped
    /// and forgotten.
    pub(super) fn keep(&mut self, plan: Arc<PlanJob>) {
        self.sweep(Instant::now());
        while self.plans.len() >= self.most {
            let oldest = self.plans.iter().position(|plan| plan.finished().is_some()).unwrap_or(0);
            if let Some(gone) = self.plans.remove(oldest) {
                gone.stop();
            }
        }
        self.plans.push_back(plan);
    }

    pub(super) fn get(&mut self, id: &str) -> Option<Arc<PlanJob>> {
        self.sweep(Instant::now());
        self.plans.iter().find(|plan| plan.id() == id).cloned()
    }

    /// Those that have not ended.
    pub(super) fn unfinished(&self) -> Vec<Arc<PlanJob>> {
        self.plans.iter().filter(|plan| plan.finished().is_none()).cloned().collect()
    }

    fn sweep(&mut self, now: Instant) {
        let age = self.age;
        self.plans.retain(|plan| plan.finished().is_none_or(|at| now.duration_since(at) < age));
    }
}
