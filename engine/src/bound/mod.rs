//! A bound: what no plan falls below, whoever makes it.
//!
//! Whatever worth is given to the tickets, a plan costs at least what they are worth together, less what the cheapest
//! route of every shift saves against the worth of its own (Lagrangian relaxation). The worths that say most are the
//! dual optimum of choosing routes such that every ticket is in one: column generation (Desrochers, Desrosiers and
//! Solomon 1992), with worths drawn towards the best so far (Wentges 1997). Since any worths give a bound, and routes
//! are priced in whole numbers, neither a solver's rounding nor an early end makes it untrue.
//!
//! What is left out only lowers it: that crews start together and orders are kept, that pairs share a route, all loads
//! but the scarcest, limits of driving and span, and that nobody is served twice by one route from far away.
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
use crate::plan::Plan;
use crate::planner::{Budget, Watch};
use crate::price::rules::Tariff;
use crate::price::{Fits, Scorer};
use crate::problem::Problem;
use crate::travel::Roads;
use crate::units::{Price, Seconds};
use ladder::Ladder;
use search::{Ground, Search};

/// What no plan of a problem falls below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Every plan loses at least so much priority, and of those that lose no more leaves at least so many tickets
    /// unserved; the seconds are 0.
    pub lost: Price,
    /// No plan that loses as little as the one at hand costs fewer seconds.
    pub seconds: Seconds,
}

impl Bound {
    /// Whether no plan can lose less than one of this price.
    pub fn proves_least_lost(&self, price: Price) -> bool {
        (price.priority_lost, price.unserved) == (self.lost.priority_lost, self.lost.unserved)
    }

    /// By how much the seconds of a price lie above the bound, as a share of the bound; `None` if both are 0.
    pub fn gap(&self, price: Price) -> Option<f64> {
        let above = (price.seconds - self.seconds).0 as f64;
        match self.seconds.0 {
            0 => (price.seconds.0 == 0).then_some(0.0),
            least => Some(above / least as f64),
        }
    }
}

/// A bound for the plans of a problem, closest for plans like the one at hand, in the current rayon pool; `None` for
/// more than [`MOST_TICKETS`] tickets. It stops where nothing better is to be had, or when the budget is used up, whose
/// rounds are those of pricing; under a budget of rounds it is the same every time.
pub fn bound(problem: &Problem, plan: &Plan, budget: &Budget, watch: &dyn Watch) -> Option<Bound> {
    if problem.tickets().len() > MOST_TICKETS {
        return None;
    }
    let roads = Roads::kept(problem);
    let history = History::new(problem);
    let standings: Vec<Standing> =
        problem.tickets().iter().map(|ticket| Standing::of(problem, &history, ticket)).collect();
    let tariff = Tariff::new(problem.policy());
    let scorer = Scorer::new(problem, &roads, &history, &standings, &tariff);
    let fits = Fits::new(&scorer);
    let ground = Ground { scorer: &scorer, fits: &fits, plan, budget, watch };

    let fine = Ladder::fine(&scorer);
    let lost = Search::new(&ground, fine.lost_least(), false).run(fine.height(plan.price));
    // The worth of a step is rounded to whole parts, so steps must not be too small where seconds count.
    let coarse = Ladder::coarse(&scorer);
    let seconds = Search::new(&ground, coarse.seconds_least(plan.price), true).run(plan.price.seconds.0);
    Some(Bound { lost: fine.price(lost), seconds: Seconds(seconds) })
}
