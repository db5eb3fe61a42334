//! A grid of problems, thread counts, budgets and seeds.

use std::path::Path;

use paidan_engine::planner::Budget;
use paidan_engine::units::Seconds;
use paidan_engine::wire::{Answer, Question};

use crate::best::{self, BestKnown};
use crate::rows::{Row, Sheet};
use crate::trial::Trial;
use crate::{Arguments, knobs};

/// Runs everything. Whether every problem could be read and every plan is sound.
pub fn run(arguments: &Arguments) -> Result<bool, String> {
    let in_seconds = |&s| (format!("{s} s"), Budget { seconds: Some(s), ..Budget::default() });
    let in_rounds = |&n| (format!("{n} rounds"), Budget { rounds: Some(n), ..Budget::default() });
    let budgets: Vec<(String, Budget)> =
        arguments.seconds.iter().map(in_seconds).chain(arguments.rounds.iter().map(in_rounds)).collect();
    let best = match (&arguments.best, &arguments.best_column) {
        (Some(path), Some(column)) => BestKnown::read(path, column)?,
        _ => BestKnown::default(),
    };
    let unwritten = |error: std::io::Error| format!("cannot write the CSV file: {error}");
    let mut sheet = arguments.csv.as_deref().map(Sheet::create).transpose().map_err(unwritten)?;
    let (mut is_fine, mut medians) = (true, Vec::new());
    println!("{}", Row::HEAD);
    for name in arguments.problems.iter().flat_map(|name| best::files(name)) {
        let question = match paidan_benches::question(&name) {
            Ok(question) => question,
            Err(error) => {
                eprintln!("{name}: {error}");
                is_fine = false;
                continue;
            }
        };
        for &threads in &arguments.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.map_err(|error| error.to_string())?;
            for (label, budget) in &budgets {
                let mut rows = Vec::new();
                for seed in 1..=arguments.seeds {
                    let row =
                        pool.install(|| one(&name, &question, (label, budget), seed, arguments, &best));
                    let row = Row { threads, ..row };
                    is_fine &= row.breaches == 0;
                    if let Some(sheet) = &mut sheet {
                        sheet.push(&row).map_err(unwritten)?;
                    }
                    if !arguments.brief {
                        println!("{}", row.line());
                    }
                    rows.push(row);
                }
                let median = Row::median(rows);
                println!("{}", median.line());
                medians.push(median);
            }
        }
    }
    for (&threads, (label, _)) in
        arguments.threads.iter().flat_map(|threads| budgets.iter().map(move |budget| (threads, budget)))
    {
        let same = |row: &&Row| row.threads == threads && row.budget == *label;
        let runs = medians.iter().filter(same).count();
        let gaps: Vec<f64> = medians.iter().filter(same).filter_map(|row| row.gap).collect();
        let above: Vec<f64> = medians.iter().filter(same).filter_map(|row| row.above).collect();
        for (what, shares) in [("mean gap", gaps), ("mean above the bound", above)] {
            if !shares.is_empty() {
                let (mean, of) = (shares.iter().sum::<f64>() / shares.len() as f64, shares.len());
                println!(
                    "\n{label}, {threads} threads: {what} {mean:.3} % over {of} of {runs} problems"
                );
            }
        }
    }
    Ok(is_fine)
}

/// One plan, judged.
fn one(
    name: &str,
    question: &Question,
    (label, budget): (&str, &Budget),
    seed: u64,
    arguments: &Arguments,
    best: &BestKnown,
) -> Row {
    let params = knobs::params(&arguments.knobs, seed);
    let Trial { plan, seconds, breaches, above } =
        Trial::of(name, question, &params, budget, arguments.bound);
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    let in_units = |units: Seconds| units.0 as f64 / 10_f64.powi(question.decimals as i32);
    let cost = match &question.answer {
        Answer::Text(terms) => in_units(terms.cost(&plan)),
        Answer::Care(care) => care.costs_of(&question.problem, &plan).total(),
        Answer::Plan | Answer::Tours(_) | Answer::Vroom(_) => in_units(plan.price.seconds),
    };
    // Whoever leaves a customer out that must be served has not solved the instance, and what is not the whole
    // objective is not to be compared.
    let is_whole = match &question.answer {
        Answer::Care(care) => care.uncounted().is_empty(),
        Answer::Plan | Answer::Text(_) | Answer::Tours(_) | Answer::Vroom(_) => true,
    };
    let gap = best.gap(stem, cost).filter(|_| is_whole && plan.price.unserved == 0);
    Row {
        instance: stem.to_owned(),
        threads: 0,
        budget: label.to_owned(),
        seed: seed.to_string(),
        price: plan.price,
        cost,
        gap,
        above,
        rounds_per_s: plan.run.rounds as f64 / seconds,
        seconds,
        breaches,
    }
}
