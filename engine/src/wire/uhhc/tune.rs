//! How the most idle shift is planned for, which is no sum over routes.
//!
//! Every caregiver is guaranteed what their shift holds beyond an allowance of idle time, at the weight of the most
//! idle shift. With the right allowance the cheapest plan is the one that the format asks for; which one is right, only
//! plans tell. Too small a one has too many pay, too large a one nobody. In between, what plans cost in the format's
//! own objective is seen to fall and to rise again, so the wider side of the best is halved a few times. Where many
//! shifts are as idle as the most idle one, the weight of it belongs to all of them together, so that parts of it are
//! tried, too. Of a budget of so few rounds that a try has none, one search has all.

use super::care::{Care, Part};
use crate::plan::{Ended, Plan, PlannedRoute};
use crate::planner::{Budget, Params, Progress, Watch, plan};
use crate::problem::{Draft, Problem};
use crate::units::Seconds;

/// How many allowances are tried at the whole weight ...
const ALLOWANCES: usize = 6;
/// ... and at which parts of it the best of them is tried, before the last search, which has what is left of the
/// budget ...
const PARTS: [f64; 2] = [0.3, 0.15];
/// ... after each of them had this share of it.
const SHARE: f64 = 0.06;

/// A guarantee, and what came of it.
struct Attempt {
    guarantee: Guarantee,
    /// How many services are left out that must not be, which no cost makes up for.
    left: i64,
    cost: f64,
    problem: Problem,
    plan: Plan,
}

/// How long everybody may be idle, and at what part of the weight the rest of their shifts is guaranteed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guarantee {
    pub allowance: Seconds,
    pub part: f64,
}

impl Care {
    /// The best plan found in the format's own objective, and the problem in which it is one: that of the instance, but
    /// with guarantees. In the current rayon pool. Several searches share the budget if the most idle shift has a
    /// weight; what the plan tells of its run are their rounds together, and how the last of them ended.
    pub fn plan(&self, params: &Params, budget: &Budget, watch: &dyn Watch) -> (Problem, Plan) {
        let longest = self.caregivers.iter().map(|one| one.shift.1 - one.shift.0).max();
        let nothing = Guarantee { allowance: longest.unwrap_or(Seconds::ZERO), part: 1.0 };
        let tries = if self.weight(Part::Idle) > 0.0 { ALLOWANCES + PARTS.len() } else { 0 };
        let mut attempts: Vec<Attempt> = Vec::with_capacity(tries + 1);
        let (mut rounds, mut ended) = (0, Ended::Proven);
        let mut left = *budget;
        for n in 0..tries {
            let now = watch.elapsed_s();
            let share = Budget {
                rounds: budget.rounds.map(part_of),
                // The clock may have run before, so that less than all of the seconds are shared.
                seconds: budget.seconds.map(|seconds| (seconds * SHARE).min((seconds - now).max(0.0))),
                stale_rounds: budget.stale_rounds.map(part_of),
            };
            if share.rounds == Some(0) || share.stale_rounds == Some(0) || budget.is_over(watch) {
                break;
            }
            let guarantee = match n.checked_sub(ALLOWANCES) {
                None => Guarantee { allowance: self.next(&attempts, nothing.allowance), ..nothing },
                Some(n) => Guarantee { part: PARTS[n], ..best_of(&attempts).unwrap_or(nothing) },
            };
            let clock = Clock { watch, begun: now, shows: false };
            let attempt = self.attempt(guarantee, params, &share, &clock);
            (rounds, ended) = (rounds + attempt.plan.run.rounds, attempt.plan.run.ended);
            left = less(left, share);
            attempts.push(attempt);
            attempts.sort_by_key(|attempt| attempt.guarantee.allowance);
        }
        if attempts.is_empty() || !budget.is_over(watch) {
            let clock = Clock { watch, begun: watch.elapsed_s(), shows: true };
            let seconds = budget.seconds.map(|seconds| (seconds - clock.begun).max(0.0));
            let guarantee = best_of(&attempts).unwrap_or(nothing);
            let attempt = self.attempt(guarantee, params, &Budget { seconds, ..left }, &clock);
            (rounds, ended) = (rounds + attempt.plan.run.rounds, attempt.plan.run.ended);
            attempts.push(attempt);
        }
        let best = best(&attempts).expect("there was a search");
        let Attempt { problem, mut plan, .. } = attempts.swap_remove(best);
        (plan.run.rounds, plan.run.ended) = (rounds, ended);
        (problem, plan)
    }

    fn attempt(
        &self,
        guarantee: Guarantee,
        params: &Params,
        budget: &Budget,
        clock: &Clock<'_>,
    ) -> Attempt {
        let draft = self.with(guarantee);
        let problem = Problem::new(draft).expect("guarantees were checked when the instance was read");
        let plan = plan(&problem, params, budget, clock);
        let (left, cost) = (plan.price.unserved, self.costs_of(&problem, &plan).total());
        Attempt { guarantee, left, cost, problem, plan }
    }

    /// The draft of the instance with a guarantee.
    pub(super) fn with(&self, Guarantee { allowance, part }: Guarantee) -> Draft {
        let mut draft = self.draft.clone();
        let rate = (part * self.weight(Part::Idle) * 1000.0).round() as i64;
        for (engineer, caregiver) in draft.engineers.iter_mut().zip(&self.caregivers) {
            let lunch = caregiver.lunch(self.lunch).map_or(Seconds::ZERO, |one| one.length);
            let rest = caregiver.shift.1 - caregiver.shift.0 - lunch - allowance;
            engineer.rates.guarantee = rate;
            engineer.rates.guaranteed = rest.max(Seconds::ZERO);
        }
        draft
    }

    /// Which allowance to try next, after these, in their order: nothing guaranteed, then how long shifts are idle
    /// on the mean, then the middle between the best and its farther neighbour.
    fn next(&self, attempts: &[Attempt], longest: Seconds) -> Seconds {
        let Some(best) = best(attempts) else { return longest };
        if let [first] = attempts {
            return self.mean_idle(&first.plan);
        }
        let at = attempts[best].guarantee.allowance;
        let below = if best == 0 { Seconds::ZERO } else { attempts[best - 1].guarantee.allowance };
        let above = attempts.get(best + 1).map_or(at, |attempt| attempt.guarantee.allowance);
        let other = if above - at > at - below { above } else { below };
        Seconds((at + other).0 / 120 * 60)
    }

    /// How long shifts are idle on the mean, overtime set off.
    fn mean_idle(&self, plan: &Plan) -> Seconds {
        let shifts: Seconds = self.caregivers.iter().map(|one| one.shift.1 - one.shift.0).sum();
        let busy = |route: &PlannedRoute| {
            let stops = route.stops.iter().map(|stop| stop.drive + (stop.departure - stop.start));
            stops.sum::<Seconds>() + route.drive_back
        };
        let idle = shifts - plan.routes.iter().map(busy).sum();
        Seconds((idle.0 / self.caregivers.len().max(1) as i64).max(0))
    }
}

/// The number of the attempt that came out best.
fn best(attempts: &[Attempt]) -> Option<usize> {
    let compare = |one: &Attempt, other: &Attempt| {
        one.left.cmp(&other.left).then_with(|| one.cost.total_cmp(&other.cost))
    };
    (0..attempts.len()).min_by(|&n, &m| compare(&attempts[n], &attempts[m]))
}

/// What one try has of so many rounds.
fn part_of(rounds: u64) -> u64 {
    (rounds as f64 * SHARE) as u64
}

/// The rounds that are left when a try has had its share.
fn less(budget: Budget, share: Budget) -> Budget {
    let rest = |all: Option<u64>, part: Option<u64>| {
        all.map(|all| all.saturating_sub(part.unwrap_or_default()))
    };
    Budget {
        rounds: rest(budget.rounds, share.rounds),
        stale_rounds: rest(budget.stale_rounds, share.stale_rounds),
        ..budget
    }
}

/// The guarantee that came out best.
fn best_of(attempts: &[Attempt]) -> Option<Guarantee> {
    best(attempts).map(|n| attempts[n].guarantee)
}

/// The watch of one search among several.
struct Clock<'w> {
    watch: &'w dyn Watch,
    begun: f64,
    shows: bool,
}

impl Watch for Clock<'_> {
    fn elapsed_s(&self) -> f64 {
        self.watch.elapsed_s() - self.begun
    }

    fn cancelled(&self) -> bool {
        self.watch.cancelled()
    }

    fn improved(&self, progress: &Progress<'_>) {
        if self.shows {
            self.watch.improved(progress);
        }
    }
}
