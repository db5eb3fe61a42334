//! What a dispatcher wants to read about a plan.

mod facts;
mod people;

use std::collections::BTreeMap;
use std::fmt::Write;

use paidan_engine::check::Breach;
use paidan_engine::plan::{Plan, Reason};
use paidan_engine::problem::Problem;

use super::text::{NAMED, and_more, count, length, listed, number};
use crate::sentences;
use facts::{Facts, Promise};

/// Breaches told, at most: a plan that has some is not written, so this is all there is to read.
const BREACHES: usize = 20;

/// What the plan itself does not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    /// Seconds of searching.
    pub searched_s: f64,
    /// What the independent checker found.
    pub breaches: &'a [Breach],
}

/// The summary, several lines.
pub(super) fn write(problem: &Problem, plan: &Plan, told: Told<'_>) -> String {
    let facts = Facts::of(problem, plan);
    let mut text = String::new();
    head(&mut text, problem, plan, &facts, told);
    unserved(&mut text, problem, plan);
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
    promise(text, "Respond", "started in time", &facts.respond);
    promise(text, "Resolve", "ended in time", &facts.resolve);
    promise(text, "Repeats", "with a bound engineer", &facts.repeats);
    let price = plan.price;
    row(
        text,
        "Price",
        &format!(
            "{} of priority lost, {} unserved, {} s",
            count(price.priority_lost as usize, "point", "points"),
            number(price.unserved),
            number(price.seconds.0)
        ),
    );
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
    let check = match told.breaches.len() {
        0 => "the independent checker agrees".to_owned(),
        found => {
            format!("THE INDEPENDENT CHECKER FOUND {}, see below", count(found, "BREACH", "BREACHES"))
        }
    };
    row(text, "Check", &check);
}

fn promise(text: &mut String, name: &str, says: &str, promise: &Promise) {
    if promise.all == 0 {
        return row(text, name, "no ticket asks for it");
    }
    let (kept, all) = (number(promise.kept), number(promise.all));
    row(text, name, &format!("{kept} of {all} {says}"));
    if !promise.missed.is_empty() {
        row(text, "", &format!("not: {}", listed(&promise.missed)));
    }
}

fn unserved(text: &mut String, problem: &Problem, plan: &Plan) {
    if plan.unserved.is_empty() {
        return;
    }
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for left in &plan.unserved {
        *counts.entry(sentences::reason_kind(&left.reason)).or_default() += 1;
    }
    text.push_str("\nUnserved\n");
    for (kind, count) in counts {
        let _ = writeln!(text, "  {:>6}  {kind}", number(count));
    }
    let mut left: Vec<(&str, &Reason)> = plan
        .unserved
        .iter()
        .map(|unserved| (&*problem.ticket(unserved.ticket).id, &unserved.reason))
        .collect();
    left.sort_by_key(|(id, _)| *id);
    let wide = left.iter().take(NAMED).map(|(id, _)| id.chars().count()).max().unwrap_or(0);
    for (id, reason) in left.iter().take(NAMED) {
        let _ = writeln!(text, "  {id:<wide$}  {}", sentences::reason(reason));
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
