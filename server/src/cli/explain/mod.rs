//! `paidan explain`.

mod served;
mod unserved;

use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;
use paidan_engine::ids::{Index, TicketIx};
use paidan_engine::route::Route;

use super::files;
use super::outcome::{Exit, Trouble};
use super::room::Planned;
use super::text::count;
use crate::books::Books;

const EXAMPLES: &str = "\
Examples:
  paidan explain day.json plan.json --ticket SR25077191

For a ticket that is served: who, when, what it costs line by line, and who else could have gone; of a
crew or an order all who go together, and what it waits for.
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
    let planned = Planned::new(&scorer, &plan);
    let stops: Vec<served::Stop<'_>> = plan
        .routes
        .iter()
        .flat_map(|route| route.stops.iter().map(move |stop| (route, stop)))
        .filter(|(_, stop)| stop.ticket == ticket)
        .collect();
    if !stops.is_empty() {
        files::say(&served::write(&planned, ticket, &stops))?;
        return Ok(Exit::Fine);
    }
    // The check has found every ticket either served or unserved.
    if let Some(left) = plan.unserved.iter().find(|left| left.ticket == ticket) {
        files::say(&unserved::write(&planned, left))?;
    }
    Ok(Exit::No)
}

/// The plan's routes, one for each shift, without a ticket. A route that cannot be driven without it,
/// as can be where travel takes detours by table, is left as it is planned.
fn routes_without(planned: &Planned<'_>, ticket: TicketIx) -> Vec<Route> {
    let scorer = planned.scorer;
    let mut routes: Vec<Route> =
        scorer.problem().shift_indices().map(|shift| scorer.empty_route(shift)).collect();
    for route in &planned.plan.routes {
        let without = planned.route(route, |stop| stop != ticket);
        if let Some(driven) = without.or_else(|| planned.route(route, |_| true)) {
            routes[route.shift.at()] = driven;
        }
    }
    routes
}
