//! What a reader of the literature wants to read about a plan, in the instance's own units.

use paidan_engine::plan::Plan;
use paidan_engine::problem::Problem;
use paidan_engine::ticket::Ticket;
use paidan_engine::units::Seconds;
use paidan_engine::wire::solution::Terms;

use super::{Told, breaches, row, search};
use crate::cli::text::{count, listed, number};

/// The summary, several lines.
pub(in crate::cli) fn write(problem: &Problem, plan: &Plan, terms: &Terms, told: Told<'_>) -> String {
    let mut text = String::new();
    let (all, left) = (problem.tickets().len(), plan.unserved.len());
    let served = number((all - left) as i64);
    row(&mut text, "Served", &format!("{served} of {}", count(all, "customer", "customers")));
    let left_out = plan.unserved.iter().map(|left| problem.ticket(left.ticket));
    let (paid, due): (Vec<&Ticket>, Vec<&Ticket>) = left_out.partition(|ticket| ticket.prize.is_some());
    if !due.is_empty() {
        let ids: Vec<&str> = due.iter().map(|ticket| &*ticket.id).collect();
        row(&mut text, "", &format!("INCOMPLETE, not served: {}", listed(&ids)));
    }
    if !paid.is_empty() {
        let prizes: Seconds = paid.iter().filter_map(|ticket| ticket.prize).sum();
        let who = count(paid.len(), "customer", "customers");
        row(&mut text, "Prizes", &format!("{}, {who} left out", terms.amount(prizes)));
    }
    let vehicles = count(problem.shifts().len(), "vehicle", "vehicles");
    row(&mut text, "Routes", &format!("{} by {vehicles}", number(plan.routes.len() as i64)));
    let costs = if paid.is_empty() { "Distance" } else { "Cost" };
    row(&mut text, costs, &terms.amount(terms.cost(plan)));
    search(&mut text, plan, told);
    breaches(&mut text, told.breaches);
    text
}
