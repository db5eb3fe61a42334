//! `paidan check`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;

use super::files;
use super::outcome::{Exit, Trouble};
use super::text::count;

const EXAMPLES: &str = "\
Examples:
  paidan check day.json plan.json
  paidan plan day.json --seconds 1 | paidan check day.json -

Recomputes every time, every price and every reason from the two documents alone.
Exit code 0 if the plan is sound, 1 if it is not.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// The problem document, or - for stdin.
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// The plan document, or - for stdin.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
}

pub(super) fn run(args: &CheckArgs) -> Result<Exit, Trouble> {
    let (problem, plan) = files::problem_and_plan(&args.problem, &args.plan)?;
    let breaches = check(&problem, problem.visits(), &plan);
    if breaches.is_empty() {
        let served: usize = plan.routes.iter().map(|route| route.stops.len()).sum();
        files::say(&format!(
            "sound: {}, {}, {} unserved\n",
            count(plan.routes.len(), "route", "routes"),
            count(served, "stop", "stops"),
            count(plan.unserved.len(), "ticket", "tickets")
        ))?;
        return Ok(Exit::Fine);
    }
    let mut text = String::new();
    for breach in &breaches {
        let _ = writeln!(text, "{breach}");
    }
    let _ = writeln!(text, "{}", count(breaches.len(), "breach", "breaches"));
    files::say(&text)?;
    Ok(Exit::No)
}
