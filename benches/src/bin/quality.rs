//! Plans against budgets: problems x seeds x threads x seconds, every plan judged by the independent
//! checker.
//!
//! `cargo run --release -p paidan-benches --bin quality -- --seconds 1,5,20 fixtures/city/day.json nation:1000:90:1`

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use paidan_engine::check::check;
use paidan_engine::planner::{Budget, Params, Watch, plan};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plans problems with several seeds, threads and budgets, and judges every plan.
#[derive(Parser)]
struct Arguments {
    /// Problems: files, or nation:TICKETS:ENGINEERS:SEED.
    #[arg(required = true)]
    problems: Vec<String>,
    /// Time budgets in seconds.
    #[arg(long, value_delimiter = ',')]
    seconds: Vec<f64>,
    /// Round budgets.
    #[arg(long, value_delimiter = ',')]
    rounds: Vec<u64>,
    /// Seeds 1..=N.
    #[arg(long, default_value_t = 3)]
    seeds: u64,
    /// Thread counts.
    #[arg(long, value_delimiter = ',', default_value = "2")]
    threads: Vec<usize>,
    /// Turn a knob of the search, as accept.hot=0.5; may be given several times.
    #[arg(long = "set", value_parser = knob)]
    knobs: Vec<(String, f64)>,
    /// Say only whether the checker agrees, and the medians.
    #[arg(long)]
    brief: bool,
}

fn knob(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("a knob is NAME=NUMBER")?;
    let value = value.parse().map_err(|error| format!("{value:?}: {error}"))?;
    turn(&mut Params::default(), name, value)?;
    Ok((name.to_owned(), value))
}

/// Turns one knob.
fn turn(params: &mut Params, name: &str, value: f64) -> Result<(), String> {
    match name {
        "ruin.average" => params.ruin.average = value,
        "ruin.longest" => params.ruin.longest = value as usize,
        "ruin.keep_middle" => params.ruin.keep_middle = value,
        "ruin.around_unserved" => params.ruin.around_unserved = value,
        "ruin.neighbours" => params.ruin.neighbours = value as usize,
        "mend.blink" => params.mend.blink = value,
        "accept.hot" => params.accept.hot = value,
        "accept.cold" => params.accept.cold = value,
        "accept.lost_hot" => params.accept.lost_hot = value,
        "accept.lost_cold" => params.accept.lost_cold = value,
        "split.tickets" => params.split.tickets = value as usize,
        "split.rounds" => params.split.rounds = value as u64,
        "split.islands" => params.split.islands = value as usize,
        "split.exchange" => params.split.exchange = value as u64,
        _ => return Err(format!("there is no knob {name:?}")),
    }
    Ok(())
}

struct Clock(Instant);

impl Watch for Clock {
    fn elapsed_s(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let budgets: Vec<(String, Budget)> = arguments
        .seconds
        .iter()
        .map(|&s| (format!("{s} s"), Budget { seconds: Some(s), ..Budget::default() }))
        .chain(
            arguments
                .rounds
                .iter()
                .map(|&n| (format!("{n} rounds"), Budget { rounds: Some(n), ..Budget::default() })),
        )
        .collect();
    let mut breaches = 0;
    println!(
        "| problem | threads | budget | seed | unserved | priority lost | price s | rounds/s | breaches |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for name in &arguments.problems {
        let problem = match paidan_benches::problem(name) {
            Ok(problem) => problem,
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(3);
            }
        };
        for &threads in &arguments.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            for (label, budget) in &budgets {
                let mut rows = Vec::new();
                for seed in 1..=arguments.seeds {
                    let clock = Clock(Instant::now());
                    let mut params = Params { seed, ..Params::default() };
                    for (name, value) in &arguments.knobs {
                        turn(&mut params, name, *value).expect("a knob that was parsed");
                    }
                    let plan = pool.install(|| plan(&problem, &params, budget, &clock));
                    let seconds = clock.elapsed_s();
                    let found = check(&problem, problem.visits(), &plan);
                    for breach in found.iter().take(3) {
                        eprintln!("{name}, seed {seed}: {breach}");
                    }
                    breaches += found.len();
                    let row = (plan.price, plan.run.rounds as f64 / seconds);
                    if !arguments.brief {
                        print_row(name, threads, label, &seed.to_string(), row, found.len());
                    }
                    rows.push(row);
                }
                rows.sort_by_key(|row| row.0);
                let price = rows[rows.len() / 2].0;
                rows.sort_by(|a, b| a.1.total_cmp(&b.1));
                let speed = rows[rows.len() / 2].1;
                print_row(name, threads, label, "median", (price, speed), breaches);
            }
        }
    }
    if breaches == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn print_row(
    name: &str,
    threads: usize,
    label: &str,
    seed: &str,
    (price, speed): (paidan_engine::units::Price, f64),
    breaches: usize,
) {
    println!(
        "| {name} | {threads} | {label} | {seed} | {} | {} | {} | {speed:.0} | {breaches} |",
        price.unserved, price.priority_lost, price.seconds.0
    );
}
