//! `paidan check`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;
use paidan_engine::wire::{Answer, Question};

use super::files;
use super::format::FormatArgs;
use super::outcome::{Exit, Trouble};
use super::text::count;

const EXAMPLES: &str = "\
Examples:
  paidan check day.json plan.json
  paidan plan day.json --seconds 1 | paidan check day.json -
  paidan check C101.txt C101.sol                       a published instance and its solution text

Recomputes every time, every price and every reason from the two documents alone.
Exit code 0 if the plan is sound, 1 if it is not.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// The problem document, or - for stdin.
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// The plan document, for a published instance its solution text, or - for stdin.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) fn run(args: &CheckArgs) -> Result<Exit, Trouble> {
    let (Question { problem, answer, .. }, plan) =
        files::question_and_plan(&args.problem, &args.plan, &args.format)?;
    let breaches = check(&problem, problem.visits(), &plan);
    if breaches.is_empty() {
        let served: usize = plan.routes.iter().map(|route| route.stops.len()).sum();
        if let Answer::Text(terms) = &answer {
            let routes = count(plan.routes.len(), "route", "routes");
            let customers = count(served, "customer", "customers");
            let cost = match plan.unserved.len() {
                0 => "distance".to_owned(),
                left => format!("{left} left out for a prize, cost"),
            };
            let amount = terms.amount(terms.cost(&plan));
            files::say(&format!("sound: {routes}, {customers}, {cost} {amount}\n"))?;
            return Ok(Exit::Fine);
        }
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
