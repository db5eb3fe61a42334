//! A visit that ends after `now` is as fresh as can be: planner and checker learn the same from it.

use crate::world::{NOW, Size, dice, draft};
use paidan_engine::check::check;
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::units::Seconds;
use rand::RngExt;

/// A world in which half of the visits end up to two hours after `now`.
fn under_way(seed: u64) -> Draft {
    let size = Size { engineers: 4, tickets: 12, visits: 40, ..Size::default() };
    let mut draft = draft(seed, size);
    // Whoever is away all day is another test's.
    draft.engineers.iter_mut().for_each(|engineer| engineer.absences.clear());
    let mut dice = dice(seed ^ 0x0CC);
    for visit in &mut draft.visits {
        if dice.random_bool(0.5) {
            visit.end = NOW + Seconds(dice.random_range(1..=7200));
            visit.start = visit.end - Seconds(dice.random_range(600..=86_400));
        }
    }
    draft
}

#[test]
fn what_is_learnt_from_visits_under_way_is_priced_as_it_is_checked() {
    for seed in 0..30 {
        let problem = Problem::new(under_way(seed)).expect("it is sound");
        assert!(problem.visits().iter().any(|visit| visit.end > NOW));
        let params = Params { seed, ..Params::default() };
        let budget = Budget { rounds: Some(100), ..Budget::default() };
        let plan = plan(&problem, &params, &budget, &NoWatch);
        let breaches = check(&problem, problem.visits(), &plan);
        assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
    }
}
