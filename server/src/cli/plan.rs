//! `paidan plan`.

use std::path::PathBuf;

use clap::Args;
use paidan_engine::check::check;
use paidan_engine::plan::Unserved;
use paidan_engine::planner::{Budget, Watch};
use paidan_engine::problem::Problem;
use paidan_engine::wire::vroom::{self, Key};
use paidan_engine::wire::{Answer, Purpose, Question};

use super::files::{self, is_dash};
use super::format::FormatArgs;
use super::outcome::{Exit, Trouble};
use super::pictures::PictureArgs;
use super::summary::{self, Told};
use super::text::{listed, plain};
use super::watch::Console;
use crate::config::DEFAULT_PLAN_SECONDS;
use crate::plans::{Order, prove, search, search_care};

const EXAMPLES: &str = "\
Examples:
  paidan plan day.json --out plan.json                 search 10 s, write the plan, print a summary
  paidan plan day.json --rounds 20000 --seed 7         the same plan every time, to stdout
  paidan plan day.json --seconds 60 --stale-rounds 5000 --out plan.json
                                                       stop early when nothing better turns up
  paidan plan day.json --out plan.json --html plan.html --ics calendars
                                                       a page to look at, a calendar for each engineer
  paidan plan day.json --seconds 5 --bound 10 --out plan.json
                                                       say how far from the best possible it is at most
  paidan plan C101.txt --seconds 1 --out C101.sol      a published instance; other formats are told by their text

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
    /// Spend so many seconds more on proving how good the plan is; for problems of up to 128 tickets.
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    bound: Option<f64>,
    /// Where the plan goes, or - for stdout: in the format of the problem's answers.
    #[arg(long, value_name = "PLAN", default_value = "-")]
    out: PathBuf,
    /// Time and judge the routes that a VROOM question gives in `steps`, instead of planning.
    #[arg(long)]
    given: bool,
    #[command(flatten)]
    format: FormatArgs,
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
    let Question { problem, answer, .. } =
        args.format.question(&args.problem, &files::read(&args.problem)?, Purpose::Plan)?;
    if let Answer::Vroom(key) = &answer
        && (args.given || key.options().c)
    {
        return given(args, &problem, key);
    }
    if matches!(answer, Answer::Care(_)) && args.bound.is_some() {
        // The most idle shift is no sum over routes: a bound would be one on another price than the plan's.
        let says = "--bound: there is no bound for home healthcare, whose objective is not our price; leave it out";
        return Err(Trouble::Usage(says.to_owned()));
    }
    args.pictures.check(&problem, &args.out)?;
    let seconds =
        if args.rounds.is_some() { None } else { Some(args.seconds.unwrap_or(DEFAULT_PLAN_SECONDS)) };
    let budget = Budget { rounds: args.rounds, seconds, stale_rounds: args.stale_rounds };
    let watch = Console::new();
    let order = Order { seed: args.seed, budget, threads: args.threads };
    let (problem, mut plan) = match &answer {
        Answer::Care(care) => search_care(care, order, &watch),
        Answer::Plan | Answer::Text(_) | Answer::Tours(_) | Answer::Vroom(_) => {
            let plan = search(&problem, order, &watch);
            (problem, plan)
        }
    };
    let searched_s = watch.elapsed_s();
    if let Some(seconds) = args.bound {
        watch.say("looking for what no plan falls below; Ctrl-C takes what is found");
        prove(&problem, &mut plan, (seconds, args.threads), &watch);
    }
    watch.close();
    let breaches = check(&problem, problem.visits(), &plan);
    // A plan that breaks a promise is a mistake of ours and goes to nobody.
    if breaches.is_empty() {
        files::write(&args.out, &answer.write(&problem, &plan))?;
        args.pictures.draw(&problem, &plan, &args.problem)?;
    }
    let told =
        Told { searched_s, breaches: &breaches, bounded: args.bound.map(|_| problem.tickets().len()) };
    let text = match &answer {
        Answer::Text(terms) => summary::write_instance(&problem, &plan, terms, told),
        Answer::Vroom(key) => summary::write_routing(&plan, &key.answer(&problem, &plan).summary, told),
        Answer::Care(care) => summary::write_care(&problem, &plan, care, told),
        Answer::Plan | Answer::Tours(_) => summary::write(&problem, &plan, told),
    };
    if is_dash(&args.out) {
        eprint!("{}", plain(&text));
    } else {
        files::say(&text)?;
    }
    // All customers and patients of a published instance must be served, but those who may be left out for a prize.
    let due = |left: &Unserved| problem.ticket(left.ticket).prize.is_none();
    let incomplete =
        matches!(answer, Answer::Text(_) | Answer::Care(_)) && plan.unserved.iter().any(due);
    Ok(if breaches.is_empty() && !incomplete { Exit::Fine } else { Exit::No })
}

/// Times the routes that a VROOM question gives, and says what they violate.
fn given(args: &PlanArgs, problem: &Problem, key: &Key) -> Result<Exit, Trouble> {
    let flawed = |flaws| Trouble::Flawed(files::name(&args.problem), flaws);
    let solution = key.check_given(problem).map_err(flawed)?;
    files::write(&args.out, &vroom::write(&solution))?;
    let violations = &solution.summary.violations;
    let causes: Vec<&str> = violations.iter().map(|violation| violation.cause.as_str()).collect();
    let text = if causes.is_empty() {
        "The given routes violate nothing.\n".to_owned()
    } else {
        format!("The given routes violate: {}.\n", listed(&causes))
    };
    if is_dash(&args.out) {
        eprint!("{}", plain(&text));
    } else {
        files::say(&text)?;
    }
    Ok(if causes.is_empty() { Exit::Fine } else { Exit::No })
}
