//! The same seed and round budget give the same plan for any number of threads.

use crate::every_plan_checks::looking;
use crate::world::{Size, problem};
use paidan_engine::check::check;
use paidan_engine::plan::Plan;
use paidan_engine::planner::{Budget, NoWatch, Params, SizeParams, SplitParams, plan};
use paidan_engine::problem::Problem;

fn plan_with(threads: usize, problem: &Problem, seed: u64) -> Plan {
    let split = SplitParams {
        tickets: 30,
        crowded: 10,
        routes: 1,
        rounds: 40,
        settle: 3,
        ..SplitParams::default()
    };
    let params = Params { seed, split, mend: looking(seed / 2), ..Params::default() };
    let budget = Budget { rounds: Some(1500), ..Budget::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| plan(problem, &params, &budget, &NoWatch))
}

#[test]
fn for_one_two_and_eight_threads() {
    // In parts, and whole on several islands.
    for (seed, tickets) in (0..8).zip([90, 14].into_iter().cycle()) {
        let size = Size { engineers: 20, tickets, ..Size::default() };
        let problem = problem(seed, size);
        let one = plan_with(1, &problem, seed);
        assert_eq!(one.run.rounds, 1500);
        for threads in [2, 8] {
            assert_eq!(plan_with(threads, &problem, seed), one, "seed {seed}, {threads} threads");
        }
    }
}

#[test]
fn whether_fits_are_kept_or_reckoned_anew_and_whole_or_in_regions() {
    let mut plans = 0;
    for seed in 0..8 {
        let problem = problem(seed, Size { engineers: 20, tickets: 60, ..Size::default() });
        for whole in [usize::MAX, 0] {
            let plan_with = |kept_pairs, threads| {
                let size = SizeParams { kept_pairs, whole, region: 12 };
                let split = SplitParams {
                    tickets: 20,
                    crowded: 10,
                    routes: 1,
                    rounds: 40,
                    ..SplitParams::default()
                };
                let params = Params { seed, split, size, ..Params::default() };
                let budget = Budget { rounds: Some(800), ..Budget::default() };
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
                pool.install(|| plan(&problem, &params, &budget, &NoWatch))
            };
            let kept = plan_with(usize::MAX, 1);
            let breaches = check(&problem, problem.visits(), &kept);
            assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
            assert_eq!(plan_with(0, 2), kept, "seed {seed}");
            plans += usize::from(!kept.routes.is_empty());
        }
    }
    assert_eq!(plans, 16);
}

#[test]
fn another_seed_searches_elsewhere() {
    let problem = problem(1, Size { engineers: 20, tickets: 90, ..Size::default() });
    assert_ne!(plan_with(1, &problem, 1).routes, plan_with(1, &problem, 2).routes);
}
