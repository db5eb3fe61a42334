//! The linear programme whose optimum says what tickets are worth: as much as possible in all, and no route that is
//! known costs less than its tickets are worth together. The one file that knows the solver.

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};

use crate::price::PARTS;

/// What is to be bounded from below, ticket by ticket.
pub(super) struct Goal {
    /// How many routes each ticket needs: one, or those of its crew.
    pub needs: Vec<i64>,
    /// What leaving each ticket out costs, in parts.
    pub left_out: Vec<i64>,
    /// How much of `tiers` may be left out in all.
    pub tier: i64,
    /// What leaving each ticket out counts against that.
    pub tiers: Vec<i64>,
    /// No ticket is thought to be worth more than this, in parts.
    pub most: i64,
}

/// A route that is known, as far as worths go: its kind, and how often it comes to which ticket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KnownRoute {
    pub kind: usize,
    pub visits: Vec<(usize, u32)>,
}

/// A known route and what it costs, in parts.
pub(super) struct Column {
    pub route: KnownRoute,
    pub cost: i64,
}

/// The optimum over the routes that are known, in parts.
pub(super) struct Optimum {
    pub value: f64,
    pub worths: Worths<f64>,
    /// What a route of each kind saves at most against the worth of its tickets.
    kinds: Vec<f64>,
}

impl Optimum {
    /// Whether a route saves as much as any of its kind.
    pub(super) fn hangs_on(&self, column: &Column) -> bool {
        let worth = |&(ticket, times): &(usize, u32)| self.worths.tickets[ticket] * f64::from(times);
        let worth: f64 = column.route.visits.iter().map(worth).sum();
        worth - column.cost as f64 > self.kinds[column.route.kind] - PARTS as f64
    }
}

/// What each ticket is worth, and one unit of what may be left out.
#[derive(Clone, Debug)]
pub(super) struct Worths<T> {
    pub tickets: Vec<T>,
    pub tier: T,
}

impl Worths<f64> {
    /// These, drawn towards others by a share.
    pub(super) fn towards(&self, others: &Worths<i64>, share: f64) -> Worths<f64> {
        let mix = |one: f64, other: i64| one * (1.0 - share) + other as f64 * share;
        let pairs = self.tickets.iter().zip(&others.tickets);
        Worths {
            tickets: pairs.map(|(&one, &other)| mix(one, other)).collect(),
            tier: mix(self.tier, others.tier),
        }
    }

    /// In whole parts, such that no ticket is worth more than leaving it out costs. Whatever the solver has rounded,
    /// what follows from these is exact.
    pub(super) fn whole(&self, goal: &Goal) -> Worths<i64> {
        let tier = self.tier.max(0.0).ceil() as i64;
        let whole = |(n, &worth): (usize, &f64)| {
            // 128 bits, since a step may be worth much and a ticket stand many steps high.
            let left_out = i128::from(goal.left_out[n]) + i128::from(tier) * i128::from(goal.tiers[n]);
            let most = left_out / i128::from(goal.needs[n]);
            i128::from(worth.max(0.0).floor() as i64).min(most) as i64
        };
        Worths { tickets: self.tickets.iter().enumerate().map(whole).collect(), tier }
    }
}

impl Worths<i64> {
    /// What all tickets are worth, less what may be left out.
    pub(super) fn sum(&self, goal: &Goal) -> i128 {
        let worth = |(&worth, &needs): (&i64, &i64)| i128::from(worth) * i128::from(needs);
        let tickets: i128 = self.tickets.iter().zip(&goal.needs).map(worth).sum();
        tickets - i128::from(self.tier) * i128::from(goal.tier)
    }
}

/// What may be left out is worth at most so many times as much as a ticket.
const MOST_STEPS: f64 = 1_000.0;

/// The optimum over the routes that are known; `counts` says how many shifts
/// there are of each kind. `None` if the solver finds none.
pub(super) fn solve(goal: &Goal, columns: &[Column], counts: &[i64]) -> Option<Optimum> {
    let seconds = |parts: i64| parts as f64 / PARTS as f64;
    let mut variables = ProblemVariables::new();
    let most = seconds(goal.most);
    let tickets: Vec<_> =
        goal.needs.iter().map(|_| variables.add(variable().min(0).max(most))).collect();
    // Less than nothing: what a route of the kind must save at least.
    let kinds: Vec<_> = counts.iter().map(|_| variables.add(variable().min(0))).collect();
    // In units of the highest ticket, so that all figures are of one size.
    let highest = goal.tiers.iter().copied().max().unwrap_or(0).max(1) as f64;
    let tier = variables.add(variable().min(0).max(most * MOST_STEPS));
    let mut all = Expression::from(0.0);
    for (&ticket, &needs) in tickets.iter().zip(&goal.needs) {
        all.add_mul(needs as f64, ticket);
    }
    for (&kind, &count) in kinds.iter().zip(counts) {
        all.add_mul(-count as f64, kind);
    }
    all.add_mul(-goal.tier as f64 / highest, tier);
    let mut model = variables.maximise(all).using(microlp);
    for (n, &ticket) in tickets.iter().enumerate() {
        let mut worth = ticket * goal.needs[n] as f64;
        worth.add_mul(-goal.tiers[n] as f64 / highest, tier);
        model.add_constraint(constraint!(worth <= seconds(goal.left_out[n])));
    }
    for column in columns {
        let mut worth = Expression::from(0.0);
        for &(ticket, times) in &column.route.visits {
            worth.add_mul(f64::from(times), tickets[ticket]);
        }
        worth.add_mul(-1.0, kinds[column.route.kind]);
        model.add_constraint(constraint!(worth <= seconds(column.cost)));
    }
    let solution = model.solve().ok()?;
    let value = |variable| solution.value(variable) * PARTS as f64;
    let worths = Worths {
        tickets: tickets.iter().map(|&ticket| value(ticket)).collect(),
        tier: value(tier) / highest,
    };
    let kinds: Vec<f64> = kinds.iter().map(|&kind| value(kind)).collect();
    let of_kinds: f64 = kinds.iter().zip(counts).map(|(kind, &count)| kind * count as f64).sum();
    let of_tickets: f64 =
        worths.tickets.iter().zip(&goal.needs).map(|(worth, &needs)| worth * needs as f64).sum();
    Some(Optimum { value: of_tickets - of_kinds - worths.tier * goal.tier as f64, worths, kinds })
}
