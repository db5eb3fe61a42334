//! What a planner of home healthcare wants to read about a plan: the format's own objective, part by part.

use paidan_engine::plan::Plan;
use paidan_engine::problem::Problem;
use paidan_engine::wire::uhhc::Care;

use super::{Told, breaches, row, search};
use crate::cli::text::{count, listed, number};

/// The summary, several lines.
pub(in crate::cli) fn write(problem: &Problem, plan: &Plan, care: &Care, told: Told<'_>) -> String {
    let mut text = String::new();
    let all = problem.tickets().len();
    let served = number((all - plan.unserved.len()) as i64);
    row(&mut text, "Served", &format!("{served} of {}", count(all, "service", "services")));
    let due = plan.unserved.iter().map(|left| problem.ticket(left.ticket));
    let due: Vec<&str> = due.filter(|ticket| ticket.prize.is_none()).map(|ticket| &*ticket.id).collect();
    if !due.is_empty() {
        row(&mut text, "", &format!("INCOMPLETE, not served: {}", listed(&due)));
    }
    row(&mut text, "Routes", &number(plan.routes.len() as i64));
    let costs = care.costs_of(problem, plan);
    let points = |points: f64| number(points.round() as i64);
    row(&mut text, "Objective", &points(costs.total()));
    for (part, amount) in costs.parts() {
        row(&mut text, "", &format!("{:>9}  {}", points(amount), part.as_str()));
    }
    if !care.uncounted().is_empty() {
        let missing = listed(care.uncounted());
        row(&mut text, "", &format!("not counted, or not as the format does: {missing}"));
    }
    search(&mut text, plan, told);
    breaches(&mut text, told.breaches);
    text
}
