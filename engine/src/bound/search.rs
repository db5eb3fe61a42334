//! Column generation: worths are proposed by a linear programme over the routes that are known, and for worths the
//! cheapest routes are found, which become known.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::kind::{Kind, MOST_TICKETS};
use super::label::{self, Found};
use super::master::{self, Column, Goal, KnownRoute, Optimum, Worths};
use crate::ids::{Index, ShiftIx};
use crate::plan::Plan;
use crate::planner::{Budget, Watch};
use crate::price::{Fits, PARTS, Scorer};
use crate::units::Seconds;

/// How far worths are drawn towards the best so far.
const DRAWN: f64 = 0.75;

/// About so many routes are learnt with each pricing, of all kinds together.
const ROUTES_A_ROUND: usize = 120;

/// Routes that the linear programme may hold; beyond that those that were of no use for longest rest.
const MOST_COLUMNS: usize = 1_000;

/// Dearer routes, and tickets worth more than a share of it, are not summed: in parts, a hundredth of what 64 bits hold.
const MOST_PARTS: i128 = 100_000_000_000_000_000;

/// Shares of what the plan at hand costs from which the search for worths begins.
const FIRST_SHARES: [f64; 4] = [1.0, 0.8, 0.6, 0.4];

/// What both searches share.
pub(super) struct Ground<'g> {
    pub scorer: &'g Scorer<'g>,
    pub fits: &'g Fits,
    pub plan: &'g Plan,
    pub watch: &'g dyn Watch,
}

/// The search for the worths that say most.
pub(super) struct Search<'g> {
    ground: &'g Ground<'g>,
    goal: Goal,
    kinds: Vec<Kind<'g>>,
    counts: Vec<i64>,
    /// How much labels remember now, as a number among [`label::DETAILS`].
    detail: usize,
    /// For each kind, the most for which its labels have sufficed.
    most_detail: Vec<usize>,
    /// Tickets that the plan at hand leaves out.
    left_out: Vec<usize>,
    /// What each known route costs at most, and the round in which it was of use last.
    columns: BTreeMap<KnownRoute, (i64, u64)>,
}

impl<'g> Search<'g> {
    /// `None` if routes may cost so much that sums of them do not fit.
    pub(super) fn new(ground: &'g Ground<'g>, goal: Goal, counts_seconds: bool) -> Option<Search<'g>> {
        let (scorer, plan) = (ground.scorer, ground.plan);
        let twins = ground.fits.twins(scorer);
        let mut alike: BTreeMap<ShiftIx, i64> = BTreeMap::new();
        for &first in &twins {
            *alike.entry(first).or_default() += 1;
        }
        let work = plan.routes.iter().flat_map(|route| &route.stops);
        let work: Seconds = work.map(|stop| stop.departure - stop.start).sum();
        let booked = Seconds(work.0 / (plan.routes.len() as i64).max(1));
        let kinds: Vec<Kind<'_>> = alike
            .into_iter()
            .map(|of_kind| Kind::new(scorer, ground.fits, of_kind, booked, counts_seconds))
            .filter(|kind| !kind.tickets.is_empty())
            .collect();
        let goal_is_too_dear = i128::from(goal.most) > MOST_PARTS / MOST_TICKETS as i128;
        let counts = kinds.iter().map(|kind| kind.count).collect();
        let most_detail = vec![label::DETAILS.len() - 1; kinds.len()];
        let left_out = plan.unserved.iter().map(|left| left.ticket.at()).collect();
        let columns = BTreeMap::new();
        let mut search =
            Search { ground, goal, kinds, counts, detail: 0, most_detail, left_out, columns };
        if goal_is_too_dear || search.kinds.iter().any(|kind| kind.dearest > MOST_PARTS) {
            return None;
        }
        search.know_plan(&twins);
        Some(search)
    }

    /// Takes the routes of the plan at hand among those that are known.
    fn know_plan(&mut self, twins: &[ShiftIx]) {
        for route in &self.ground.plan.routes {
            let first = twins[route.shift.at()];
            let Some(kind) = self.kinds.iter().position(|kind| kind.is_of(first)) else { continue };
            let tickets = route.stops.iter().map(|stop| stop.ticket.at());
            let routes = vec![tickets.collect()];
            self.know(kind, routes, 0);
        }
    }

    /// Takes routes of a kind among those that are known, by the problem's numbers of their tickets. Whether one is
    /// new, or cheaper than it was.
    fn know(&mut self, kind: usize, routes: Vec<Vec<usize>>, round: u64) -> bool {
        let mut is_new = false;
        for tickets in routes {
            let Some(cost) = self.kinds[kind].cost(&tickets) else { continue };
            let mut visits: BTreeMap<usize, u32> = BTreeMap::new();
            for ticket in tickets {
                *visits.entry(ticket).or_default() += 1;
            }
            let route = KnownRoute { kind, visits: visits.into_iter().collect() };
            let known = self.columns.entry(route).or_insert((i64::MAX, 0));
            if cost < known.0 {
                *known = (cost, round);
                is_new = true;
            }
        }
        is_new
    }

    /// The best bound that is found, at most `enough`, which the plan at hand reaches.
    pub(super) fn run(&mut self, enough: i64, budget: &Budget) -> i64 {
        let whole = |parts: i128| ((parts + i128::from(PARTS) - 1) / i128::from(PARTS)) as i64;
        let (mut best, mut least) = self.first(budget);
        let mut round = 1;
        let mut drawn = DRAWN;
        while whole(least) < enough && budget.rounds.is_none_or(|rounds| round < rounds) {
            let columns = self.latest_columns();
            let Some(optimum) = master::solve(&self.goal, &columns, &self.counts) else { break };
            self.note_use(&columns, &optimum, round);
            // No worths say more than the optimum over the routes that are known.
            if optimum.value - (least as f64) < PARTS as f64 / 2.0 {
                if !self.remember_more() {
                    break;
                }
                let Some((saved, _)) = self.price(&best, round, budget) else { break };
                least = least.max(best.sum(&self.goal) + saved);
                continue;
            }
            let worths = optimum.worths.towards(&best, drawn).whole(&self.goal);
            let Some((saved, is_new)) = self.price(&worths, round, budget) else { break };
            let bound = worths.sum(&self.goal) + saved;
            let is_better = bound > least;
            if is_better {
                (best, least) = (worths, bound);
            } else if !is_new && drawn == 0.0 && !self.remember_more() {
                break;
            }
            drawn = if is_new || is_better { DRAWN } else { 0.0 };
            round += 1;
        }
        whole(least)
    }

    /// The best of some simple worths, and the bound that it gives.
    fn first(&mut self, budget: &Budget) -> (Worths<i64>, i128) {
        let mut best = (Worths { tickets: vec![0; self.goal.needs.len()], tier: 0 }, 0);
        for share in FIRST_SHARES {
            let worths = self.even(share);
            let Some((saved, _)) = self.price(&worths, 0, budget) else { break };
            let bound = worths.sum(&self.goal) + saved;
            if bound > best.1 {
                best = (worths, bound);
            }
        }
        best
    }

    /// A share of every route of the plan at hand divided evenly among its tickets; who is left out is worth what that
    /// costs.
    fn even(&self, share: f64) -> Worths<i64> {
        let mut of_tickets = vec![0.0; self.goal.needs.len()];
        let mut tier: f64 = 0.0;
        for (route, &(cost, _)) in &self.columns {
            let count: u32 = route.visits.iter().map(|&(_, times)| times).sum();
            for &(ticket, _) in &route.visits {
                of_tickets[ticket] = share * cost as f64 / f64::from(count);
                tier = tier.max(of_tickets[ticket] / self.goal.tiers[ticket].max(1) as f64);
            }
        }
        for &ticket in &self.left_out {
            of_tickets[ticket] =
                self.goal.left_out[ticket] as f64 + tier * self.goal.tiers[ticket] as f64;
        }
        Worths { tickets: of_tickets, tier }.whole(&self.goal)
    }

    /// Has labels remember more, if some kind can. Known routes that come to a ticket twice may be none any more.
    fn remember_more(&mut self) -> bool {
        self.detail += 1;
        self.columns.retain(|route, _| route.visits.iter().all(|&(_, times)| times == 1));
        self.most_detail.iter().any(|&most| most >= self.detail)
    }

    /// The known routes that have been of use last, as many as the linear programme may hold.
    fn latest_columns(&self) -> Vec<Column> {
        let mut columns: Vec<(u64, &KnownRoute, i64)> =
            self.columns.iter().map(|(route, &(cost, used))| (used, route, cost)).collect();
        columns.sort_unstable_by_key(|&(used, route, _)| (Reverse(used), route));
        let latest = columns.into_iter().take(MOST_COLUMNS);
        latest.map(|(_, route, cost)| Column { route: route.clone(), cost }).collect()
    }

    /// Notes which routes the optimum hangs on.
    fn note_use(&mut self, columns: &[Column], optimum: &Optimum, round: u64) {
        for column in columns.iter().filter(|column| optimum.hangs_on(column)) {
            self.columns.entry(column.route.clone()).and_modify(|(_, used)| *used = round);
        }
    }

    /// What the cheapest routes of all shifts save at most against the worth of their tickets, at most 0; and whether
    /// routes have turned up that were not known. `None` if the time is over before.
    fn price(&mut self, worths: &Worths<i64>, round: u64, budget: &Budget) -> Option<(i128, bool)> {
        let (this, watch) = (&*self, self.ground.watch);
        let most_routes = (ROUTES_A_ROUND / this.kinds.len().max(1)).max(8);
        let is_over = || budget.is_over(watch);
        let found: Vec<Option<(Found, usize)>> = (0..this.kinds.len())
            .into_par_iter()
            .with_max_len(1)
            .map(|n| {
                let asked = (this.detail, this.most_detail[n], most_routes);
                cheapest(&this.kinds[n], worths, asked, &is_over)
            })
            .collect();
        let (mut saved, mut is_new) = (0, false);
        for (n, found) in found.into_iter().enumerate() {
            let (found, detail) = found?;
            self.most_detail[n] = detail;
            saved += i128::from(self.counts[n]) * i128::from(found.least);
            let of_problem = |route: Vec<u8>| {
                route.into_iter().map(|at| self.kinds[n].tickets[usize::from(at)].at()).collect()
            };
            let routes = found.routes.into_iter().map(of_problem).collect();
            is_new |= self.know(n, routes, round);
        }
        Some((saved, is_new))
    }
}

/// The cheapest routes of a kind, remembering as much as `detail` says or as its labels suffice for; the most of that. `None` if
/// the time is over before.
fn cheapest(
    kind: &Kind<'_>,
    worths: &Worths<i64>,
    (detail, most_detail, most_routes): (usize, usize, usize),
    is_over: &(dyn Fn() -> bool + Sync),
) -> Option<(Found, usize)> {
    let worths: Vec<i64> = kind.tickets.iter().map(|ticket| worths.tickets[ticket.at()]).collect();
    let mut most_detail = most_detail;
    let mut routes = Vec::new();
    for n in (0..=detail.min(most_detail)).rev() {
        let asked = (label::DETAILS[n], most_routes);
        let (found, is_complete) = label::cheapest(kind, &worths, asked, is_over);
        if is_over() {
            return None;
        }
        if is_complete {
            return Some((found, most_detail));
        }
        // That not even this is enough is a matter of these worths, which will be better.
        most_detail = if n == 0 { most_detail } else { n - 1 };
        routes = found.routes;
    }
    let least = label::least(kind, &worths, is_over)?;
    Some((Found { least, routes }, most_detail))
}
