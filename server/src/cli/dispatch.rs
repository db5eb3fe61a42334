//! `paidan dispatch`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use paidan_engine::desk::{Desk, Refusal};
use paidan_engine::dispatch::{Ask, Decision, Offer};
use paidan_engine::problem::Problem;
use paidan_engine::rule::Line;
use paidan_engine::units::Seconds;
use paidan_engine::wire::decision::{Asked, DecisionDoc};

use super::files;
use super::outcome::{Exit, Trouble};
use super::text::{columns, date_and_clock, length};
use crate::sentences;

const EXAMPLES: &str = "\
Examples:
  paidan dispatch day.json --ticket SR25077191
  paidan dispatch day.json --ticket SR25077191 --top 10 --json

Ranks every engineer's cheapest place in their promised route (\"routes\" of the problem).
Exit code 0 if somebody can go, 1 if nobody can or the ticket is promised already.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DispatchArgs {
    /// The problem document, or - for stdin.
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// The ticket's id.
    #[arg(long, value_name = "ID")]
    ticket: String,
    /// How many offers.
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: u16,
    /// Print the decision document, as the HTTP service answers it.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &DispatchArgs) -> Result<Exit, Trouble> {
    let problem = files::problem(&args.problem)?;
    let ticket = files::find_ticket(&problem, &args.ticket)?;
    let flawed = |flaws| Trouble::Flawed(files::name(&args.problem), flaws);
    let desk = Desk::new(problem).map_err(flawed)?;
    let problem = desk.problem();
    let ask = Ask { top: usize::from(args.top), ..Ask::default() };
    let decision = match desk.dispatch_known(ticket, ask) {
        Ok(decision) => decision,
        Err(Refusal::Flawed(flaws)) => return Err(flawed(flaws)),
        Err(Refusal::NoOffer(decision)) => *decision,
        Err(Refusal::AlreadyCommitted(shift)) => {
            let engineer = problem.engineer_id(shift);
            eprintln!("ticket {:?} is promised to {engineer:?} already", args.ticket);
            return Ok(Exit::No);
        }
    };
    let document = DecisionDoc::new(problem, Asked::from(problem.ticket(ticket)), &decision);
    if args.json {
        let mut text = serde_json::to_string_pretty(&document).map_err(|trouble| {
            Trouble::System("cannot write the decision".to_owned(), trouble.into())
        })?;
        text.push('\n');
        files::write("-".as_ref(), text.as_bytes())?;
    } else {
        files::say(&told(problem, &decision, &document))?;
    }
    Ok(if decision.chosen.is_some() { Exit::Fine } else { Exit::No })
}

fn told(problem: &Problem, decision: &Decision, document: &DecisionDoc<'_>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "Ticket {}, priority {}", document.ticket, decision.priority);
    let _ = writeln!(text, "{}\n", document.why);
    text += &offers(problem, &decision.offers, decision.chosen);
    if !decision.ruled_out.is_empty() {
        text.push_str("\nNot these:\n");
        for (engineer, why) in &decision.ruled_out {
            let id = &problem.engineer(*engineer).id;
            let _ = writeln!(text, "  {id} {}", sentences::ruled_out(*why));
        }
    }
    text
}

/// Offers as two tables, prices and scores; the chosen one bears a mark.
pub(super) fn offers(problem: &Problem, offers: &[Offer], chosen: Option<usize>) -> String {
    if offers.is_empty() {
        return "  no offers\n".to_owned();
    }
    let rows = offers.iter().enumerate().map(|(n, offer)| {
        let mark = if chosen == Some(n) { "→" } else { "" };
        (vec![mark.to_owned(), problem.engineer(offer.engineer).id.to_string()], offer)
    });
    prices(problem, offers, rows.clone()) + "\n" + &scores(rows)
}

/// Where every price comes from: the lines of the receipts that are not zero for everybody.
fn prices<'o>(
    problem: &Problem,
    offers: &[Offer],
    offered: impl Iterator<Item = (Vec<String>, &'o Offer)>,
) -> String {
    let charged = |line: &Line| offers.iter().any(|offer| offer.receipt.line(*line) != Seconds::ZERO);
    let lines: Vec<Line> = Line::ALL.into_iter().filter(charged).collect();
    let mut heads = ["", "engineer", "start", " price", "="].map(str::to_owned).to_vec();
    heads.extend(lines.iter().map(|line| format!(" {}", line.as_str())));
    let mut rows = vec![heads];
    rows.extend(offered.map(|(mut row, offer)| {
        row.push(date_and_clock(offer.start, problem.shift(offer.shift).offset_s));
        row.extend([length(offer.price), "=".to_owned()]);
        row.extend(lines.iter().map(|line| length(offer.receipt.line(*line))));
        row
    }));
    let mut text = columns(1, &rows);
    text.push_str("    Prices are in time of driving, or in what is worth as much.\n");
    for line in lines.iter().filter(|line| **line != Line::Driving) {
        let _ = writeln!(text, "    {}: {}", line.as_str(), sentences::line(*line));
    }
    text
}

/// What people like to see.
fn scores<'o>(offered: impl Iterator<Item = (Vec<String>, &'o Offer)>) -> String {
    let heads = ["", "engineer", " score", "=", " skill", " nearness", " first-time fix", " even load"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(offered.map(|(mut row, offer)| {
        let score = &offer.score;
        row.extend([format!("{:.1}", score.total), "=".to_owned()]);
        let factors = [score.skill, score.proximity, score.history, score.load];
        row.extend(factors.map(|factor| format!("{factor:.2}")));
        row
    }));
    columns(1, &rows) + "    The score is out of 100; its factors, each from 0 to 1, are weighted.\n"
}
