//! What visits teach: the chance of a first-time fix, the engineers bound by repeat, urgency.
//!
//! A visit that ended later than `now` is as fresh as can be: it counts in full.

use std::collections::BTreeMap;

use crate::ids::{AssetIx, CustomerIx, EngineerIx, IssueIx};
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::units::{Moment, Seconds};
use crate::visit::Visit;

/// Weighted visits, and how much of that weight resolved the issue.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    weight: f64,
    resolved: f64,
}

impl Evidence {
    fn add(&mut self, weight: f64, resolved: bool) {
        self.weight += weight;
        if resolved {
            self.resolved += weight;
        }
    }

    /// The chance seen here, leaning on `coarser` as if `prior` visits had shown it.
    fn shrunk(self, coarser: f64, prior: f64) -> f64 {
        (self.resolved + prior * coarser) / (self.weight + prior)
    }
}

/// Visits, indexed once so that one question touches only the visits that it is about.
pub(super) struct History<'a> {
    problem: &'a Problem,
    visits: &'a [Visit],
    /// By visit: what it weighs.
    weight: Vec<f64>,
    /// By visit: whether the issue was resolved.
    resolved: Vec<bool>,
    all: Evidence,
    by_engineer: BTreeMap<EngineerIx, Evidence>,
    by_issue: BTreeMap<(EngineerIx, IssueIx), Evidence>,
    /// Visits in the order of their starts.
    at_customer: BTreeMap<(IssueIx, CustomerIx), Vec<usize>>,
    /// The same by asset.
    at_asset: BTreeMap<(IssueIx, AssetIx), Vec<usize>>,
}

impl<'a> History<'a> {
    /// `O(n log n)` in visits.
    pub(super) fn new(problem: &'a Problem, visits: &'a [Visit]) -> History<'a> {
        let mut history = History {
            problem,
            visits,
            weight: Vec::with_capacity(visits.len()),
            resolved: Vec::with_capacity(visits.len()),
            all: Evidence::default(),
            by_engineer: BTreeMap::new(),
            by_issue: BTreeMap::new(),
            at_customer: BTreeMap::new(),
            at_asset: BTreeMap::new(),
        };
        let mut order: Vec<usize> = (0..visits.len()).collect();
        order.sort_by_key(|&n| (visits[n].start, n));
        for n in order {
            let visit = &visits[n];
            if visit.issue == IssueIx::UNKNOWN {
                continue;
            }
            if visit.customer != CustomerIx::UNKNOWN {
                history.at_customer.entry((visit.issue, visit.customer)).or_default().push(n);
            }
            if visit.asset != AssetIx::UNKNOWN {
                history.at_asset.entry((visit.issue, visit.asset)).or_default().push(n);
            }
        }
        for visit in visits {
            let resolved = history.was_resolved(visit);
            let weight = history.weight_of(visit);
            history.weight.push(weight);
            history.resolved.push(resolved);
            history.all.add(weight, resolved);
            history.by_engineer.entry(visit.engineer).or_default().add(weight, resolved);
            let pair = (visit.engineer, visit.issue);
            history.by_issue.entry(pair).or_default().add(weight, resolved);
        }
        history
    }

    fn weight_of(&self, visit: &Visit) -> f64 {
        let age_days = (self.problem.now() - visit.end).0.max(0) as f64 / 86_400.0;
        (-age_days / self.problem.policy().history.half_life_days).exp2()
    }

    fn window(&self) -> Seconds {
        Seconds(i64::from(self.problem.policy().binding.window_days) * 86_400)
    }

    fn was_resolved(&self, visit: &Visit) -> bool {
        let unhappy = self.problem.policy().history.unhappy_rating;
        visit.resolved
            && visit.rating.is_none_or(|rating| rating > unhappy)
            && !self.came_again(visit, self.customers(visit.issue, visit.customer))
            && !self.came_again(visit, self.assets(visit.issue, visit.asset))
    }

    /// Whether one of these visits, in the order of their starts, started within the window after
    /// the end of `visit`.
    fn came_again(&self, visit: &Visit, others: &[usize]) -> bool {
        let next = others.partition_point(|&n| self.visits[n].start <= visit.end);
        others.get(next).is_some_and(|&n| self.visits[n].start <= visit.end + self.window())
    }

    fn customers(&self, issue: IssueIx, customer: CustomerIx) -> &[usize] {
        self.at_customer.get(&(issue, customer)).map_or(&[], Vec::as_slice)
    }

    fn assets(&self, issue: IssueIx, asset: AssetIx) -> &[usize] {
        self.at_asset.get(&(issue, asset)).map_or(&[], Vec::as_slice)
    }

    /// Visits of the ticket's customer or asset for its issue that started at `since` or later, in the
    /// order of their starts. `O(m log m)` in those visits.
    fn about(&self, ticket: &Ticket, since: Moment) -> Vec<usize> {
        let recent = |visits: &[usize]| {
            visits[visits.partition_point(|&n| self.visits[n].start < since)..].to_vec()
        };
        let mut about = recent(self.customers(ticket.issue, ticket.customer));
        about.extend(recent(self.assets(ticket.issue, ticket.asset)));
        about.sort_by_key(|&n| (self.visits[n].start, n));
        about.dedup();
        about
    }

    /// The earlier visits that count for binding and urgency, in the order of their starts.
    fn earlier(&self, ticket: &Ticket) -> Vec<usize> {
        self.about(ticket, self.problem.now() - self.window())
    }

    /// The chance that this engineer resolves this ticket at the first go.
    pub(super) fn chance(&self, engineer: EngineerIx, ticket: &Ticket) -> f64 {
        let rates = &self.problem.policy().history;
        let prior = rates.prior_visits;
        let mine = self.by_engineer.get(&engineer).copied().unwrap_or_default();
        let issue = self.by_issue.get(&(engineer, ticket.issue)).copied().unwrap_or_default();
        let mut here = Evidence::default();
        for n in self.about(ticket, Moment::PAST) {
            if self.visits[n].engineer == engineer {
                here.add(self.weight[n], self.resolved[n]);
            }
        }
        let anybody = self.all.shrunk(rates.prior_chance, prior);
        here.shrunk(issue.shrunk(mine.shrunk(anybody, prior), prior), prior)
    }

    /// The engineers to whom the ticket is bound by repeat, best first; none if it is not bound.
    ///
    /// The latest two visits decide; whoever of the two has left the roster leaves a shorter ladder.
    pub(super) fn ladder(&self, ticket: &Ticket) -> Vec<EngineerIx> {
        let needed = self.problem.policy().binding.visits as usize;
        let earlier = self.earlier(ticket);
        if needed == 0 || earlier.len() < needed {
            return Vec::new();
        }
        let mut latest: Vec<usize> = earlier.into_iter().rev().take(2).collect();
        // Stable: of equal outcomes the later visit, which stands first, stays first.
        latest
            .sort_by_key(|&n| std::cmp::Reverse((self.resolved[n], self.visits[n].rating.unwrap_or(0))));
        let mut ladder: Vec<EngineerIx> = latest.into_iter().map(|n| self.visits[n].engineer).collect();
        ladder.dedup();
        ladder.retain(|&engineer| engineer != EngineerIx::UNKNOWN);
        ladder
    }

    /// The ticket's priority, 0-100: as given, or derived from the facts.
    pub(super) fn priority(&self, ticket: &Ticket) -> u8 {
        if let Some(given) = ticket.priority {
            return given;
        }
        let rates = &self.problem.policy().urgency;
        let unhappy = ticket
            .conversation
            .is_some_and(|talk| talk.keywords >= talk.baseline * (1.0 + rates.unhappy_above));
        let points = i64::from(rates.types[ticket.kind as usize])
            + i64::from(ticket.tier_points)
            + (f64::from(rates.sla) * self.share_used(ticket)).round() as i64
            + i64::from(rates.repeat) * self.earlier(ticket).len() as i64
            + if unhappy { i64::from(rates.unhappy) } else { 0 };
        points.min(100) as u8
    }

    /// The share of the time between report and promise that is used up.
    fn share_used(&self, ticket: &Ticket) -> f64 {
        let promise = ticket.respond_by.min(ticket.resolve_by);
        let now = self.problem.now();
        if promise == Moment::NEVER {
            0.0
        } else if now >= promise {
            1.0
        } else if now <= ticket.reported {
            0.0
        } else {
            (now - ticket.reported).0 as f64 / (promise - ticket.reported).0 as f64
        }
    }
}
