//! What a client of VROOM wants to read about a plan.

use paidan_engine::plan::Plan;
use paidan_engine::wire::vroom::answer::SummaryDoc;

use super::{Told, breaches, row, search};
use crate::cli::text::{count, length, number};

/// The summary, several lines.
pub(in crate::cli) fn write(plan: &Plan, summary: &SummaryDoc, told: Told<'_>) -> String {
    let mut text = String::new();
    let served: usize = plan.routes.iter().map(|route| route.stops.len()).sum();
    let all = count(served + summary.unassigned, "task", "tasks");
    row(&mut text, "Served", &format!("{} of {all}", number(served as i64)));
    row(&mut text, "Routes", &number(summary.routes as i64));
    row(&mut text, "Cost", &number(summary.cost));
    let seconds = |seconds| length(paidan_engine::units::Seconds(seconds));
    row(&mut text, "Travel", &seconds(summary.duration));
    row(&mut text, "Service", &seconds(summary.setup + summary.service));
    search(&mut text, plan, told);
    breaches(&mut text, told.breaches);
    text
}
