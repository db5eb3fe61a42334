//! What a dispatcher wants to read about a plan.

mod bound;
mod care;
mod instance;
mod people;
mod routing;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use paidan_engine::check::Breach;
use paidan_engine::ids::TicketIx;
use paidan_engine::plan::{Plan, Reason};
use paidan_engine::price::{Candidate, Scorer};
use paidan_engine::problem::Problem;

use super::room::Planned;
use super::text::{NAMED, and_more, count, length, listed, number};
use crate::books::Books;
use crate::facts::{Facts, Missed, Promise};
use crate::sentences;
pub(super) use care::write as write_care;
pub(super) use instance::write as write_instance;
pub(super) use routing::write as write_routing;

/// Breaches told, at most: a plan that has some is not written, so this is all there is to read.
const BREACHES: usize = 20;

/// Engineers told for an unserved ticket, at most: a line should be short.
const DAYS: usize = 2;

/// What the plan itself does not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    /// Seconds of searching.
    pub searched_s: f64,
    /// What the independent checker found.
    pub breaches: &'a [Breach],
    /// How many tickets there are, if a bound was asked for.
    pub bounded: Option<usize>,
}

/// The summary, several lines.
pub(super) fn write(problem: &Problem, plan: &Plan, told: Told<'_>) -> String {
    let books = Books::new(problem);
    let scorer = books.scorer();
    let facts = Facts::of(&scorer, plan);
    let mut text = String::new();
    head(&mut text, problem, plan, &facts, told);
    unserved(&mut text, &scorer, plan, told);
    people::write(&mut text, problem, &facts);
    breaches(&mut text, told.breaches);
    text
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name:<10}{value}");
}

fn head(text: &mut String, problem: &Problem, plan: &Plan, facts: &Facts, told: Told<'_>) {
    let (served, all) = (facts.served, problem.tickets().len());
    let left = plan.unserved.len();
    row(
        text,
        "Served",
        &format!(
            "{} of {}, {} unserved",
            number(served),
            count(all, "ticket", "tickets"),
            number(left as i64)
        ),
    );
    let each = if served > 0 { facts.drive.0 / served } else { 0 };
    let each = length(paidan_engine::units::Seconds(each));
    row(text, "Driving", &format!("{}, {each} for each ticket", length(facts.drive)));
    row(text, "Work", &length(facts.work));
    for (name, says, promise) in [
        ("Respond", "started in time", &facts.respond),
        ("Resolve", "ended in time", &facts.resolve),
        ("Repeats", "with a bound engineer", &facts.repeats),
    ] {
        kept(text, problem, (name, says), promise);
    }
    let price = plan.price;
    row(
        text,
        "Price",
        &format!(
            "{} of priority lost, {} unserved, {} s of driving or worth as much",
            count(price.priority_lost as usize, "point", "points"),
            number(price.unserved),
            number(price.seconds.0)
        ),
    );
    search(text, plan, told);
}

/// How the plan was found, and what the checker says of it.
fn search(text: &mut String, plan: &Plan, told: Told<'_>) {
    let run = plan.run;
    let speed = if told.searched_s > 0.0 { run.rounds as f64 / told.searched_s } else { 0.0 };
    row(
        text,
        "Search",
        &format!(
            "{} in {:.1} s ({}/s), {}, seed {}",
            count(run.rounds as usize, "round", "rounds"),
            told.searched_s,
            number(speed.round() as i64),
            sentences::ended(run.ended),
            run.seed
        ),
    );
    if let Some(tickets) = told.bounded {
        row(text, "Bound", &bound::sentence(tickets, plan.price, plan.bound));
    }
    let check = match told.breaches.len() {
        0 => "the independent checker agrees".to_owned(),
        found => {
            format!("THE INDEPENDENT CHECKER FOUND {}, see below", count(found, "BREACH", "BREACHES"))
        }
    };
    row(text, "Check", &check);
}

fn kept(text: &mut String, problem: &Problem, (name, says): (&str, &str), promise: &Promise) {
    if promise.all == 0 {
        return row(text, name, "no ticket asks for it");
    }
    let (kept, all) = (number(promise.kept), number(promise.all));
    row(text, name, &format!("{kept} of {all} {says}"));
    if !promise.missed.is_empty() {
        let told = |&(ticket, how): &(TicketIx, Missed)| match how {
            Missed::Late(late) => format!("{} ({} late)", problem.ticket(ticket).id, length(late)),
            Missed::Goes(engineer) => {
                format!("{} ({} goes)", problem.ticket(ticket).id, problem.engineer(engineer).id)
            }
        };
        let missed: Vec<String> = promise.missed.iter().map(told).collect();
        row(text, "", &format!("not: {}", listed(&missed)));
    }
}

fn unserved(text: &mut String, scorer: &Scorer<'_>, plan: &Plan, told: Told<'_>) {
    if plan.unserved.is_empty() {
        return;
    }
    let problem = scorer.problem();
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for left in &plan.unserved {
        *counts.entry(sentences::reason_kind(&left.reason, problem.ticket(left.ticket))).or_default() +=
            1;
    }
    text.push_str("\nUnserved\n");
    for (kind, count) in counts {
        let _ = writeln!(text, "  {:>6}  {kind}", number(count));
    }
    let mut left: Vec<(Candidate<'_>, &Reason)> = plan
        .unserved
        .iter()
        .map(|unserved| (scorer.candidate(unserved.ticket), &unserved.reason))
        .collect();
    // The list is cut, so what matters most comes first.
    left.sort_by_key(|(candidate, _)| (Reverse(candidate.standing.priority), &candidate.ticket.id));
    let planned = Planned::new(scorer, plan);
    let named = left.iter().take(NAMED);
    let wide = named.clone().map(|(left, _)| left.ticket.id.chars().count()).max().unwrap_or(0);
    for (candidate, reason) in named {
        let (id, priority) = (&candidate.ticket.id, candidate.standing.priority);
        let why = sentences::reason(reason, candidate.ticket);
        let _ = write!(text, "  {id:<wide$}  priority {priority}: {why}");
        // A plan with a breach may have room, whatever it says.
        if let Reason::LostTrade { able } = reason
            && told.breaches.is_empty()
        {
            let mut days = planned.days(*candidate, DAYS);
            let rest = (*able as usize).saturating_sub(days.len());
            days.extend((rest > 0).then(|| and_more(rest)));
            let _ = write!(text, ": {}", days.join("; "));
        }
        text.push('\n');
    }
    if left.len() > NAMED {
        let _ = writeln!(text, "  {}; the plan lists them all", and_more(left.len() - NAMED));
    }
}

fn breaches(text: &mut String, breaches: &[Breach]) {
    if breaches.is_empty() {
        return;
    }
    text.push_str("\nBreaches; a mistake of ours, please report them with the problem\n");
    for breach in breaches.iter().take(BREACHES) {
        let _ = writeln!(text, "  {breach}");
    }
    if breaches.len() > BREACHES {
        let _ = writeln!(text, "  {}", and_more(breaches.len() - BREACHES));
    }
}
