//! Plans against budgets: problems x seeds x threads x seconds, every plan judged by the independent
//! checker; published problems against their best-known values.
//!
//! `cargo run --release -p paidan-benches --bin quality -- --seconds 1,5,20 fixtures/city/day.json nation:1000:90:1`
//!
//! `... --bin quality -- --seconds 5 --best solomon/bks.csv --best-column distance solomon`

mod best;
mod knobs;
mod rows;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use paidan_engine::check::check;
use paidan_engine::planner::{Budget, Params, Watch, plan};
use paidan_engine::wire::{Answer, Question};

use best::BestKnown;
use rows::{Row, Sheet};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plans problems with several seeds, threads and budgets, and judges every plan.
#[derive(Parser)]
struct Arguments {
    /// Problems: files in any format, directories of them, or nation:TICKETS:ENGINEERS:SEED.
    #[arg(required = true)]
    problems: Vec<String>,
    /// Time budgets in seconds.
    #[arg(long, value_delimiter = ',')]
    seconds: Vec<f64>,
    /// Round budgets.
    #[arg(long, value_delimiter = ',')]
    rounds: Vec<u64>,
    /// Seeds 1..=N.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// Thread counts.
    #[arg(long, value_delimiter = ',', default_value = "2")]
    threads: Vec<usize>,
    /// Turn a knob of the search, as accept.hot=0.5; may be given several times.
    #[arg(long = "set", value_parser = knobs::parse)]
    knobs: Vec<(String, f64)>,
    /// A CSV file with best-known costs: instances by their file's name in its first column.
    #[arg(long, requires = "best_column")]
    best: Option<String>,
    /// The column of that file with the costs.
    #[arg(long, requires = "best")]
    best_column: Option<String>,
    /// Write every run to a CSV file, with commit and machine.
    #[arg(long)]
    csv: Option<String>,
    /// Say only whether the checker agrees, and the medians.
    #[arg(long)]
    brief: bool,
}

struct Clock(Instant);

impl Watch for Clock {
    fn elapsed_s(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

/// Runs everything. Whether every problem could be read and every plan is sound.
fn run(arguments: &Arguments) -> Result<bool, String> {
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
                let median = median(rows);
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
        if !gaps.is_empty() {
            let (mean, of) = (gaps.iter().sum::<f64>() / gaps.len() as f64, gaps.len());
            println!("\n{label}, {threads} threads: mean gap {mean:.3} % over {of} of {runs} problems");
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
    let problem = &question.problem;
    let mut params = Params { seed, ..Params::default() };
    for (name, value) in &arguments.knobs {
        knobs::turn(&mut params, name, *value).expect("a knob that was parsed");
    }
    let clock = Clock(Instant::now());
    let plan = plan(problem, &params, budget, &clock);
    let seconds = clock.elapsed_s();
    let breaches = check(problem, problem.visits(), &plan);
    for breach in breaches.iter().take(3) {
        eprintln!("{name}, seed {seed}: {breach}");
    }
    let stem = std::path::Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    let (cost, gap) = match &question.answer {
        Answer::Text(terms) => {
            let cost = terms.amount(terms.cost(&plan)).parse().unwrap_or(f64::NAN);
            // Whoever leaves a customer out that must be served has not solved the instance.
            (cost, best.gap(stem, cost).filter(|_| plan.price.unserved == 0))
        }
        Answer::Plan | Answer::Tours(_) | Answer::Vroom(_) => (plan.price.seconds.0 as f64, None),
    };
    Row {
        instance: stem.to_owned(),
        threads: 0,
        budget: label.to_owned(),
        seed: seed.to_string(),
        price: plan.price,
        cost,
        gap,
        rounds_per_s: plan.run.rounds as f64 / seconds,
        seconds,
        breaches: breaches.len(),
    }
}

/// The run of the median price, with the median speed and the breaches of all.
fn median(mut rows: Vec<Row>) -> Row {
    let breaches = rows.iter().map(|row| row.breaches).sum();
    rows.sort_by(|a, b| a.rounds_per_s.total_cmp(&b.rounds_per_s));
    let rounds_per_s = rows[rows.len() / 2].rounds_per_s;
    rows.sort_by_key(|row| row.price);
    let middle = rows[rows.len() / 2].clone();
    Row { seed: "median".to_owned(), rounds_per_s, breaches, ..middle }
}
