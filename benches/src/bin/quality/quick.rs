//! Plans of every family against the stored reference, under budgets of rounds: the same code makes the same plans on
//! every machine, so only a change of the code can fail.

use std::fs;
use std::time::Instant;

use paidan_benches::families::{FAMILIES, Family};
use paidan_benches::reference::{Reference, Run, Tier, Tiers, Verdict};
use paidan_engine::planner::Budget;

use crate::knobs;
use crate::trial::Trial;

/// Where the reference is stored, from the root of the workspace.
const PATH: &str = "benches/quick.csv";

/// The plans of one problem.
struct Planned {
    runs: Vec<Run>,
    breaches: usize,
    /// Of the searches, on average.
    seconds: f64,
}

/// Plans everything and holds it against the reference, or stores it. Whether every plan is sound and no family worse.
///
/// # Errors
/// A problem or a reference that cannot be read, or lacks a problem.
pub fn run(knobs: &[(String, f64)], renew: bool) -> Result<bool, String> {
    let began = Instant::now();
    let is_fine = if renew { store()? } else { compare(knobs)? };
    println!("\n{:.0} s", began.elapsed().as_secs_f64());
    Ok(is_fine)
}

/// Stores what plans come to, unless one is unsound.
fn store() -> Result<bool, String> {
    let (mut reference, mut breaches) = (Reference::default(), 0);
    for family in &FAMILIES {
        for problem in family.problems {
            let (rounds, seeds) = (family.rounds, family.stored_seeds());
            let planned = plans(problem, rounds, seeds, &[])?;
            println!("{problem}: {seeds} plans of {rounds} rounds, {:.1} s each", planned.seconds);
            breaches += planned.breaches;
            reference.0.extend(planned.runs);
        }
    }
    if breaches > 0 {
        println!("\n{breaches} breaches: nothing is stored");
        return Ok(false);
    }
    fs::write(PATH, reference.write()).map_err(|error| format!("cannot write {PATH}: {error}"))?;
    println!("\n| family | tier | allowed % | standard error % |\n|---|---|---|---|");
    for family in &FAMILIES {
        let noise = reference.noise(family.problems, family.rounds, family.seeds);
        for tier in Tier::ALL {
            let (allowed, noise) = (family.tolerance.get(tier), noise.get(tier));
            println!("| {} | {tier} | {allowed:.2} | {noise:.2} |", family.name);
        }
    }
    Ok(true)
}

/// Plans with knobs turned, against the reference.
fn compare(knobs: &[(String, f64)]) -> Result<bool, String> {
    let text = fs::read_to_string(PATH).map_err(|error| {
        format!("cannot read {PATH}: {error}; run this from the root of the workspace, or store it with --renew")
    })?;
    let reference = Reference::read(&text).map_err(|error| format!("{PATH}: {error}"))?;
    println!(
        "| problem | plans | as stored | priority lost | % | unserved | % | seconds | % | s each | breaches |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut is_fine = true;
    let mut verdicts = Vec::new();
    for family in &FAMILIES {
        let mut all = Vec::new();
        let rounds = family.rounds;
        for &problem in family.problems {
            let usual = reference.usual(problem, rounds).ok_or_else(|| {
                format!("{PATH} knows nothing of {problem} in {rounds} rounds; store it with --renew")
            })?;
            let planned = plans(problem, rounds, family.seeds, knobs)?;
            let prices: Vec<Tiers> = planned.runs.iter().map(|run| Tiers::of(run.price)).collect();
            let mean = Tiers::mean(&prices);
            let gaps = mean.above(usual);
            let cells: Vec<String> = Tier::ALL
                .iter()
                .map(|&tier| format!("{:.0} | {:+.2}", mean.get(tier), gaps.get(tier)))
                .collect();
            let stored = planned.runs.iter().filter(|run| reference.holds(run)).count();
            let (cells, seconds, breaches) = (cells.join(" | "), planned.seconds, planned.breaches);
            println!(
                "| {problem} | {} | {stored} | {cells} | {seconds:.1} | {breaches} |",
                prices.len()
            );
            is_fine &= breaches == 0;
            all.push((problem, gaps));
        }
        let verdict = judge(family, &all);
        is_fine &= !matches!(verdict.0, Verdict::Worse(..));
        verdicts.push(verdict.1);
    }
    println!("\nMean gaps in percent, and how much is allowed either way:\n");
    println!("| family | priority lost | unserved | seconds | |\n|---|---|---|---|---|");
    println!("{}", verdicts.join("\n"));
    Ok(is_fine)
}

/// The verdict on a family from the gaps of its problems, and its line in the table.
fn judge(family: &Family, all: &[(&str, Tiers)]) -> (Verdict, String) {
    let gaps: Vec<Tiers> = all.iter().map(|&(_, gaps)| gaps).collect();
    let mean = Tiers::mean(&gaps);
    let verdict = Verdict::on(mean, family.tolerance);
    let cells: Vec<String> = Tier::ALL
        .iter()
        .map(|&tier| format!("{:+.2} (±{})", mean.get(tier), family.tolerance.get(tier)))
        .collect();
    let mut line = format!("| {} | {} | {verdict}", family.name, cells.join(" | "));
    if let Verdict::Worse(tier, _) = verdict {
        let worst = all.iter().max_by(|a, b| a.1.get(tier).total_cmp(&b.1.get(tier)));
        line += &worst.map_or(String::new(), |(problem, gaps)| {
            format!(", most of all {problem} by {:.2} %", gaps.get(tier))
        });
    }
    (verdict, line + " |")
}

/// Plans a problem with the seeds from 1.
fn plans(problem: &str, rounds: u64, seeds: u64, knobs: &[(String, f64)]) -> Result<Planned, String> {
    let question = paidan_benches::question(problem).map_err(|error| format!("{problem}: {error}"))?;
    let budget = Budget { rounds: Some(rounds), ..Budget::default() };
    let mut planned = Planned { runs: Vec::new(), breaches: 0, seconds: 0.0 };
    for seed in 1..=seeds {
        let trial = Trial::of(problem, &question, &knobs::params(knobs, seed), &budget, None);
        planned.breaches += trial.breaches;
        planned.seconds += trial.seconds / seeds as f64;
        planned.runs.push(Run { problem: problem.to_owned(), rounds, seed, price: trial.plan.price });
    }
    Ok(planned)
}
