//! `paidan explain`.

mod served;
mod unserved;

use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;
use paidan_engine::ids::{Index, TicketIx};
use paidan_engine::plan::Plan;
use paidan_engine::price::Scorer;
use paidan_engine::route::Route;

use super::outcome::{Exit, Trouble};
use super::text::count;
use super::{files, room};
use crate::books::Books;

const EXAMPLES: &str = "\
Examples:
  paidan explain day.json plan.json --ticket SR25077191

For a ticket that is served: who, when, what it costs line by line, and who else could have gone.
For one that is not: the reason, engineer by engineer.
Exit code 0 if the ticket is served, 1 if it is not or the plan is not sound.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// The problem document, or - for stdin.
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// The plan document, or - for stdin.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// The ticket's id.
    #[arg(long, value_name = "ID")]
    ticket: String,
}

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Trouble> {
    let (problem, plan) = files::problem_and_plan(&args.problem, &args.plan)?;
    let ticket = files::find_ticket(&problem, &args.ticket)?;
    let breaches = check(&problem, problem.visits(), &plan);
    if !breaches.is_empty() {
        eprintln!(
            "the plan has {}, so there is nothing to explain; see paidan check",
            count(breaches.len(), "breach", "breaches")
        );
        return Ok(Exit::No);
    }
    let books = Books::new(&problem);
    let scorer = books.scorer();
    let place = plan.routes.iter().find_map(|route| {
        route.stops.iter().find(|stop| stop.ticket == ticket).map(|stop| (route, stop))
    });
    if let Some((route, stop)) = place {
        files::say(&served::write(&scorer, &plan, route, stop))?;
        return Ok(Exit::Fine);
    }
    // The check has found every ticket either served or unserved.
    if let Some(left) = plan.unserved.iter().find(|left| left.ticket == ticket) {
        files::say(&unserved::write(&scorer, &plan, left))?;
    }
    Ok(Exit::No)
}

/// The plan's routes, one for each shift, without a ticket. A route that cannot be driven without it,
/// as can be where travel takes detours by table, is left as it is planned.
fn routes_without(scorer: &Scorer<'_>, plan: &Plan, ticket: TicketIx) -> Vec<Route> {
    let problem = scorer.problem();
    let mut routes: Vec<Route> =
        problem.shift_indices().map(|shift| scorer.empty_route(shift)).collect();
    for planned in &plan.routes {
        let without = room::route(scorer, planned, |stop| stop.ticket != ticket);
        if let Some(route) = without.or_else(|| room::route(scorer, planned, |_| true)) {
            routes[planned.shift.at()] = route;
        }
    }
    routes
}
