//! `paidan check`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;

use super::files;
use super::outcome::{Exit, Trouble};

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
        let (routes, left) = (plan.routes.len(), plan.unserved.len());
        files::say(&format!("sound: {routes} routes, {served} stops, {left} tickets unserved\n"))?;
        return Ok(Exit::Fine);
    }
    let mut text = String::new();
    for breach in &breaches {
        let _ = writeln!(text, "{breach}");
    }
    let count = breaches.len();
    let _ = writeln!(text, "{count} {}", if count == 1 { "breach" } else { "breaches" });
    files::say(&text)?;
    Ok(Exit::No)
}
