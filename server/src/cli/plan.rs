//! `paidan plan`.

use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;
use paidan_engine::planner::{Budget, Watch};
use paidan_engine::wire::write_plan;

use super::files::{self, is_dash};
use super::outcome::{Exit, Trouble};
use super::pictures::PictureArgs;
use super::summary::{self, Told};
use super::text::plain;
use super::watch::Console;
use crate::config::DEFAULT_PLAN_SECONDS;
use crate::plans::{Order, search};

const EXAMPLES: &str = "\
Examples:
  paidan plan day.json --out plan.json                 search 10 s, write the plan, print a summary
  paidan plan day.json --rounds 20000 --seed 7         the same plan every time, to stdout
  paidan plan day.json --seconds 60 --stale-rounds 5000 --out plan.json
                                                       stop early when nothing better turns up
  paidan plan day.json --out plan.json --html plan.html --ics calendars
                                                       a page to look at, a calendar for each engineer

The plan is checked before it is written; one with breaches is not written (exit code 1). With --out FILE the summary goes to stdout, else to stderr.
Ctrl-C stops the search and keeps the best plan so far.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PlanArgs {
    /// The problem document, or - for stdin.
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Search so many seconds [default: 10].
    #[arg(long, value_name = "S", conflicts_with = "rounds", value_parser = seconds, allow_negative_numbers = true)]
    seconds: Option<f64>,
    /// Search so many rounds instead; same seed and rounds, same plan.
    #[arg(long, value_name = "N")]
    rounds: Option<u64>,
    /// Stop after so many rounds without a better plan.
    #[arg(long, value_name = "N")]
    stale_rounds: Option<u64>,
    /// Threads; 0 takes all cores.
    #[arg(long, value_name = "T", default_value_t = 0)]
    threads: usize,
    /// The seed of all chance.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where the plan goes, or - for stdout.
    #[arg(long, value_name = "PLAN.json", default_value = "-")]
    out: PathBuf,
    #[command(flatten)]
    pictures: PictureArgs,
}

/// Longest search: some 115 days, more than anybody waits.
const MOST_SECONDS: f64 = 1e7;

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=MOST_SECONDS).contains(&seconds) => Ok(seconds),
        _ => Err(format!(
            "expected seconds from 0 to {MOST_SECONDS:.0}; leave it out for {DEFAULT_PLAN_SECONDS:.0} s, or \
             bound the search by --rounds instead"
        )),
    }
}

pub(super) fn run(args: &PlanArgs) -> Result<Exit, Trouble> {
    let problem = files::problem(&args.problem)?;
    args.pictures.check(&problem, &args.out)?;
    let seconds =
        if args.rounds.is_some() { None } else { Some(args.seconds.unwrap_or(DEFAULT_PLAN_SECONDS)) };
    let budget = Budget { rounds: args.rounds, seconds, stale_rounds: args.stale_rounds };
    let watch = Console::new();
    let plan = search(&problem, Order { seed: args.seed, budget, threads: args.threads }, &watch);
    let searched_s = watch.elapsed_s();
    watch.close();
    let breaches = check(&problem, problem.visits(), &plan);
    // A plan that breaks a promise is a mistake of ours and goes to nobody.
    if breaches.is_empty() {
        files::write(&args.out, &write_plan(&problem, &plan))?;
        args.pictures.draw(&problem, &plan, &args.problem)?;
    }
    let text = summary::write(&problem, &plan, Told { searched_s, breaches: &breaches });
    if is_dash(&args.out) {
        eprint!("{}", plain(&text));
    } else {
        files::say(&text)?;
    }
    Ok(if breaches.is_empty() { Exit::Fine } else { Exit::No })
}
