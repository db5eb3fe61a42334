//! History: the chance that an engineer resolves a customer's issue at the first go, learnt from
//! visits.
//!
//! Every visit weighs `2^(-age / half_life)`. Counts are shrunk step by step towards the coarser
//! group, each step weighing `m = prior_visits` visits:
//! ```text
//! p_all = (s     + m * prior) / (n     + m)      everyone
//! p_e   = (s_e   + m * p_all) / (n_e   + m)      the engineer
//! p_ei  = (s_ei  + m * p_e)   / (n_ei  + m)      the engineer, this issue kind
//! p_eic = (s_eic + m * p_ei)  / (n_eic + m)      the same, at this customer or asset
//! ```
//! with n the weight of a group's visits and s the weight of those that resolved the issue. A visit
//! rated poorly or followed by another for the same issue did not.

use std::collections::BTreeMap;

use crate::ids::{AssetIx, CustomerIx, EngineerIx, Index, IssueIx};
use crate::policy::HistoryRates;
use crate::prefetch::prefetch;
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::units::{Moment, Seconds};
use crate::visit::Visit;

/// Weight of visits, and of those among them that resolved the issue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    weight: f64,
    resolved: f64,
}

impl Tally {
    fn shrunk_to(self, coarser: f64, rates: &HistoryRates) -> f64 {
        (self.resolved + rates.prior_visits * coarser) / (self.weight + rates.prior_visits)
    }
}

/// One engineer's visits.
#[derive(Clone, Debug, Default)]
struct Record {
    all: Tally,
    /// Ascending by issue; side by side, since dispatch asks many engineers who lie far apart in memory.
    issues: Vec<(IssueIx, Tally)>,
}

impl Record {
    fn issue(&self, issue: IssueIx) -> Option<&Tally> {
        let n = self.issues.binary_search_by_key(&issue, |known| known.0).ok()?;
        Some(&self.issues[n].1)
    }

    fn issue_mut(&mut self, issue: IssueIx) -> &mut Tally {
        let n = self.issues.binary_search_by_key(&issue, |known| known.0).unwrap_or_else(|n| {
            self.issues.insert(n, (issue, Tally::default()));
            n
        });
        &mut self.issues[n].1
    }
}

/// A visit with what became of it.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    visit: Visit,
    weight: f64,
    resolved: bool,
}

/// Every visit, weighed at one moment. Grows with each [`History::record`].
#[derive(Clone, Debug)]
pub struct History {
    now: Moment,
    rates: HistoryRates,
    repeat_window: Seconds,
    outcomes: Vec<Outcome>,
    by_customer: BTreeMap<(CustomerIx, IssueIx), Vec<u32>>,
    by_asset: BTreeMap<(AssetIx, IssueIx), Vec<u32>>,
    everyone: Tally,
    engineers: Vec<Record>,
}

impl History {
    /// The history of a problem, weighed at its `now`. `O(v log v)` in visits.
    pub fn new(problem: &Problem) -> History {
        let policy = problem.policy();
        let mut history = History {
            now: problem.now(),
            rates: policy.history,
            repeat_window: Seconds(i64::from(policy.binding.window_days) * 86_400),
            outcomes: Vec::with_capacity(problem.visits().len()),
            by_customer: BTreeMap::new(),
            by_asset: BTreeMap::new(),
            everyone: Tally::default(),
            engineers: vec![Record::default(); problem.engineers().len()],
        };
        for visit in problem.visits() {
            history.keep(*visit);
        }
        history.find_repeats();
        for n in 0..history.outcomes.len() {
            let outcome = history.outcomes[n];
            history.tally(&outcome, 1.0);
        }
        history
    }

    /// Learns one more visit. `O(log v)`, and the visits of the same customer or asset for its issue.
    pub fn record(&mut self, visit: Visit) {
        let related = self.related(visit.customer, visit.asset, visit.issue);
        let new = self.keep(visit);
        for &other in &related {
            let earlier = self.outcomes[other as usize];
            if self.follows(visit.start, earlier.visit.end) && earlier.resolved {
                self.tally(&earlier, -1.0);
                self.outcomes[other as usize].resolved = false;
                self.tally(&self.outcomes[other as usize].clone(), 1.0);
            }
            self.outcomes[new].resolved &= !self.follows(earlier.visit.start, visit.end);
        }
        self.tally(&self.outcomes[new].clone(), 1.0);
    }

    /// Learns how a visit that it knows was rated, perhaps otherwise than before. Returns whether it knows it. `O(log v)`,
    /// and the visits of the same customer or asset for its issue.
    pub fn rate(&mut self, visit: Visit) -> bool {
        let related = self.related(visit.customer, visit.asset, visit.issue);
        let is_it = |number: &&u32| {
            let known = &self.outcomes[**number as usize].visit;
            (known.engineer, known.start, known.end) == (visit.engineer, visit.start, visit.end)
        };
        let Some(number) = related.iter().find(is_it).map(|&number| number as usize) else {
            return false;
        };
        let starts = related.iter().map(|&other| self.outcomes[other as usize].visit.start);
        let is_repeated = starts.into_iter().any(|start| self.follows(start, visit.end));
        self.tally(&self.outcomes[number].clone(), -1.0);
        let outcome = &mut self.outcomes[number];
        outcome.visit.rating = visit.rating;
        outcome.resolved = satisfies(&outcome.visit, &self.rates) && !is_repeated;
        self.tally(&self.outcomes[number].clone(), 1.0);
        true
    }

    /// Takes a visit in by what it says of itself, to be tallied when it is known whether another
    /// followed. Returns its number.
    fn keep(&mut self, visit: Visit) -> usize {
        let new = self.outcomes.len();
        let age_days = (self.now - visit.end).0.max(0) as f64 / 86_400.0;
        self.outcomes.push(Outcome {
            visit,
            weight: (-age_days / self.rates.half_life_days).exp2(),
            resolved: satisfies(&visit, &self.rates),
        });
        if visit.customer != CustomerIx::UNKNOWN {
            self.by_customer.entry((visit.customer, visit.issue)).or_default().push(new as u32);
        }
        if visit.asset != AssetIx::UNKNOWN {
            self.by_asset.entry((visit.asset, visit.issue)).or_default().push(new as u32);
        }
        new
    }

    /// Finds out of all visits at once which were followed by a repeat: one by one they would be compared
    /// with all others of their customer, who may have many.
    fn find_repeats(&mut self) {
        let mut followed: Vec<u32> = Vec::new();
        let mut starts: Vec<Moment> = Vec::new();
        for list in self.by_customer.values().chain(self.by_asset.values()) {
            let visit = |&number: &u32| &self.outcomes[number as usize].visit;
            starts.clear();
            starts.extend(list.iter().map(|number| visit(number).start));
            starts.sort_unstable();
            followed.extend(list.iter().filter(|number| {
                let end = visit(number).end;
                let next = starts.partition_point(|&start| start <= end);
                starts.get(next).is_some_and(|&start| self.follows(start, end))
            }));
        }
        for number in followed {
            self.outcomes[number as usize].resolved = false;
        }
    }

    /// Whether a visit that starts then is a repeat of one that has ended so, given that customer or asset
    /// and issue are the same.
    fn follows(&self, start: Moment, end: Moment) -> bool {
        start > end && start <= end + self.repeat_window
    }

    fn tally(&mut self, outcome: &Outcome, sign: f64) {
        let weight = sign * outcome.weight;
        let resolved = if outcome.resolved { weight } else { 0.0 };
        let add = |tally: &mut Tally| {
            tally.weight += weight;
            tally.resolved += resolved;
        };
        add(&mut self.everyone);
        if let Some(record) = self.engineers.get_mut(outcome.visit.engineer.at()) {
            add(&mut record.all);
            add(record.issue_mut(outcome.visit.issue));
        }
    }

    /// Prefetches an engineer's record, but not the list of issues behind it.
    pub(crate) fn prefetch(&self, engineer: EngineerIx) {
        if let Some(record) = self.engineers.get(engineer.at()) {
            prefetch(record);
        }
    }

    /// The chance of somebody of whom nothing is known.
    pub fn anyone(&self) -> f64 {
        self.everyone.shrunk_to(self.rates.prior_chance, &self.rates)
    }

    /// The highest chance of an engineer for any issue, at customers where they have not been for it.
    /// It rises by no more than [`History::anyone`] does, until a visit of their own is recorded.
    pub fn ceiling(&self, engineer: EngineerIx) -> f64 {
        let anyone = self.anyone();
        let Some(record) = self.engineers.get(engineer.at()) else { return anyone };
        let own = record.all.shrunk_to(anyone, &self.rates);
        let issues = record.issues.iter().map(|(_, tally)| tally.shrunk_to(own, &self.rates));
        issues.fold(own, f64::max)
    }

    /// By how much the chance of anyone who has been at this customer for this issue can exceed their
    /// [`History::ceiling`], if no ceiling is below `lowest`. From `(s + m p) / (n + m) - p` with p at
    /// most the ceiling, which is highest at the ceiling and falls with it. `O(engineers been here)`.
    pub fn lead(&self, chances: &Chances, lowest: f64) -> f64 {
        let lead = |tally: &Tally| tally.shrunk_to(lowest, &self.rates) - lowest;
        chances.here.iter().map(|(_, tally)| lead(tally)).fold(0.0, f64::max)
    }

    /// Visits of the same customer or the same asset for the same issue, by number, ascending.
    fn related(&self, customer: CustomerIx, asset: AssetIx, issue: IssueIx) -> Vec<u32> {
        let mut related = self.by_customer.get(&(customer, issue)).cloned().unwrap_or_default();
        if let Some(same_asset) = self.by_asset.get(&(asset, issue)) {
            related.extend(same_asset);
            related.sort_unstable();
            related.dedup();
        }
        related
    }

    /// Earlier visits of a ticket's customer or asset for its issue, by number.
    pub(super) fn earlier(&self, ticket: &Ticket) -> Vec<u32> {
        self.related(ticket.customer, ticket.asset, ticket.issue)
    }

    /// Every visit, in the order in which they were learnt, and whether it resolved its issue at the first go, as far as is
    /// known by now.
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = (&Visit, bool)> {
        self.outcomes.iter().map(|outcome| (&outcome.visit, outcome.resolved))
    }

    /// Whether a ticket's customer or asset had a visit for the same issue inside the policy's window. `O(earlier visits)`.
    pub fn is_repeat(&self, problem: &Problem, ticket: &Ticket) -> bool {
        super::binding::within_window(problem, self, &self.earlier(ticket)).next().is_some()
    }

    /// A visit by its number, and whether it resolved the issue.
    pub(super) fn outcome(&self, number: u32) -> (&Visit, bool) {
        let outcome = &self.outcomes[number as usize];
        (&outcome.visit, outcome.resolved)
    }

    /// The chances for an issue at a customer whose visits were `earlier`.
    pub(super) fn chances(&self, issue: IssueIx, earlier: &[u32]) -> Chances {
        let mut here: BTreeMap<EngineerIx, Tally> = BTreeMap::new();
        for &number in earlier {
            let outcome = &self.outcomes[number as usize];
            let tally = here.entry(outcome.visit.engineer).or_default();
            tally.weight += outcome.weight;
            tally.resolved += if outcome.resolved { outcome.weight } else { 0.0 };
        }
        Chances { issue, anyone: self.anyone(), here: here.into_iter().collect() }
    }

    /// The chance that `engineer` resolves the issue at the first go. `O(log)` in the engineer's issue
    /// kinds.
    pub fn chance(&self, chances: &Chances, engineer: EngineerIx) -> f64 {
        let Some(record) = self.engineers.get(engineer.at()) else { return chances.anyone };
        let mut chance = record.all.shrunk_to(chances.anyone, &self.rates);
        if let Some(tally) = record.issue(chances.issue) {
            chance = tally.shrunk_to(chance, &self.rates);
        }
        if let Ok(n) = chances.here.binary_search_by_key(&engineer, |(who, _)| *who) {
            chance = chances.here[n].1.shrunk_to(chance, &self.rates);
        }
        chance
    }
}

/// What history knows about one ticket's issue at its customer.
#[derive(Clone, Debug)]
pub struct Chances {
    issue: IssueIx,
    anyone: f64,
    here: Vec<(EngineerIx, Tally)>,
}

impl Chances {
    /// Engineers who have been at this customer or asset for this issue.
    pub fn been_here(&self) -> impl Iterator<Item = EngineerIx> + Clone + '_ {
        self.here.iter().map(|(engineer, _)| *engineer)
    }
}

/// Whether a visit resolved its issue, as far as it and its rating say.
fn satisfies(visit: &Visit, rates: &HistoryRates) -> bool {
    visit.resolved && visit.rating.is_none_or(|rating| rating > rates.unhappy_rating)
}
