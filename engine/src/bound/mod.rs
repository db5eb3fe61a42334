//! A bound: what no plan falls below, whoever makes it.
//!
//! Whatever worth is given to the tickets, a plan costs at least what they are worth together, less what the cheapest
//! route of every shift saves against the worth of its own (Lagrangian relaxation). The worths that say most are the
//! dual optimum of choosing routes such that every ticket is in one: column generation (Desrochers, Desrosiers and
//! Solomon 1992), with worths drawn towards the best so far (Wentges 1997). Since any worths give a bound, and routes
//! are priced in whole numbers, neither a solver's rounding nor an early end makes it untrue.
//!
//! What is left out only lowers it: that crews start together and orders are kept, that pairs share a route, all loads
//! but the scarcest, that breaks wait for the load, that setups count as work, limits of driving and span, and that
//! nobody is served twice by one route from far away.
//!
//! Two questions are asked one after the other, as prices are compared: how little can be lost, and of plans that lose
//! no more than the one at hand, how few seconds one can cost.

mod kind;
mod label;
mod ladder;
mod master;
mod search;

pub use kind::MOST_TICKETS;

use crate::fit::{History, Standing};
use crate::plan::{Bound, Plan};
use crate::planner::{Budget, Watch};
use crate::price::rules::Tariff;
use crate::price::{Fits, Scorer};
use crate::problem::Problem;
use crate::travel::Roads;
use crate::units::Seconds;
use ladder::Ladder;
use search::{Ground, Search};

/// A bound for the plans of a problem, closest for plans like the one at hand, in the current rayon pool; `None` for
/// more than [`MOST_TICKETS`] tickets, where hours are guaranteed, or where costs are beyond all measure.
///
/// It stops where nothing better is to be had, or when the budget is used up. The budget's rounds are those of pricing,
/// its stale rounds mean nothing here; under a budget of rounds the bound is the same every time.
pub fn bound(problem: &Problem, plan: &Plan, budget: &Budget, watch: &dyn Watch) -> Option<Bound> {
    let is_guaranteed = problem.shifts().iter().any(|shift| shift.car.rates.guarantees());
    if problem.tickets().len() > MOST_TICKETS || is_guaranteed {
        return None;
    }
    let roads = Roads::kept(problem);
    let history = History::new(problem);
    let standings: Vec<Standing> =
        problem.tickets().iter().map(|ticket| Standing::of(problem, &history, ticket)).collect();
    let tariff = Tariff::new(problem.policy());
    let scorer = Scorer::new(problem, &roads, &history, &standings, &tariff);
    let fits = Fits::new(&scorer, usize::MAX);
    let now = watch.elapsed_s();
    let half = Budget { seconds: budget.seconds.map(|seconds| now + (seconds - now) / 2.0), ..*budget };
    let ground = Ground { scorer: &scorer, fits: &fits, plan, watch };

    let fine = Ladder::fine(&scorer);
    let lost = Search::new(&ground, fine.lost_least(), false)?.run(fine.height(plan.price), &half);
    // The worth of a step is rounded to whole parts, so steps must not be too small where seconds count.
    let coarse = Ladder::coarse(&scorer);
    let seconds =
        Search::new(&ground, coarse.seconds_least(plan.price), true)?.run(plan.price.seconds.0, budget);
    Some(Bound { lost: fine.price(lost), seconds: Seconds(seconds) })
}
