//! How dear a plan can be at most. Prices add up in 64 bits; no sound problem comes near their end.

use super::{Problem, limits};
use crate::flaw::{Code, Flaw};
use crate::units::Moment;

/// Most steps down the ladder of a binding: it names one engineer or two.
const STEPS: f64 = 2.0;

/// Checks that no plan can cost more than [`limits::PLAN`], none of whose drives costs more than
/// `dearest_drive`. `O(tickets + shifts)`.
pub(super) fn price(problem: &Problem, dearest_drive: f64, flaws: &mut Vec<Flaw>) {
    let terms = terms(problem, dearest_drive);
    let worst: f64 = terms.iter().map(|(.., amount)| amount).sum();
    if worst <= limits::PLAN {
        return;
    }
    let largest = terms.into_iter().max_by(|one, other| one.2.total_cmp(&other.2));
    if let Some((path, what, amount)) = largest {
        let found = format!(
            "a plan could cost {worst:.1e}, more than the limit of {:.0e}; {what} alone could cost {amount:.1e}",
            limits::PLAN
        );
        flaws.push(Flaw::new(
            Code::OutOfRange,
            path,
            found,
            "lower what it costs, or split the problem",
        ));
    }
}

/// Where it is said what something costs, what that is, and how much it can be in a whole plan.
fn terms(problem: &Problem, dearest_drive: f64) -> [(&'static str, &'static str, f64); 8] {
    let (policy, shifts, tickets) = (problem.policy(), problem.shifts(), problem.tickets());
    let rates = || shifts.iter().map(|shift| shift.car.rates);
    let dearest_work = rates().map(|rates| rates.work).max().unwrap_or(0) as f64 / 1000.0;
    let slowest = policy.skill.work_permille.iter().copied().max().unwrap_or(0).max(1000);
    let last = shifts.iter().map(|shift| shift.latest_return).max().unwrap_or(Moment::FIRST);
    let (mut work, mut late, mut prizes) = (0.0, 0.0, 0.0);
    for ticket in tickets {
        let by_class = ticket.work_by_class.iter().map(|entry| entry.1).max();
        let setup_by_class = ticket.setup_by_class.iter().map(|entry| entry.1).max();
        let longest = ticket.work.max(by_class.unwrap_or(ticket.work));
        let longest_setup = ticket.setup.max(setup_by_class.unwrap_or(ticket.setup));
        work += longest.0 as f64 * f64::from(slowest) / 1000.0 + longest_setup.0 as f64;
        for due in [ticket.respond_by, ticket.resolve_by] {
            late += (last - due).0.max(0) as f64;
        }
        prizes += ticket.prize.map_or(0.0, |prize| prize.0 as f64);
    }
    let overtime: i64 = shifts.iter().map(|shift| (shift.latest_return - shift.end).0.max(0)).sum();
    let point = policy.reach.0 as f64 / policy.weights.proximity;
    let squares: f64 = shifts
        .iter()
        .map(|shift| {
            ((shift.latest_return - shift.start).0.max(0) as f64 / shift.length.0 as f64).powi(2)
        })
        .sum();
    let fit = point * (policy.weights.skill + policy.weights.history)
        + policy.preference.0 as f64
        + STEPS * policy.binding.step.0 as f64;
    let late_rate = policy.lateness.per_minute / 60.0 * (1.0 + policy.lateness.urgent_factor);
    [
        ("engineers", "driving", dearest_drive * (tickets.len() + shifts.len()) as f64),
        ("engineers", "callouts", rates().map(|rates| rates.callout.0 as f64).sum()),
        ("engineers", "work", work * dearest_work),
        ("policy.lateness", "lateness", late * late_rate),
        ("policy.overtime", "overtime", overtime as f64 * policy.overtime.per_minute / 60.0),
        ("policy.weights", "load", squares * point * policy.weights.load),
        ("policy", "skill, history, preference and binding", tickets.len() as f64 * fit),
        ("tickets", "prizes", prizes),
    ]
}
