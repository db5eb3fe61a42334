//! Plans against budgets: problems x seeds x threads x seconds, every plan judged by the independent
//! checker; published problems against their best-known values.
//!
//! `cargo run --release -p paidan-benches --bin quality -- --seconds 1,5,20 fixtures/city/day.json nation:1000:90:1`
//!
//! `... --bin quality -- --seconds 5 --best solomon/bks.csv --best-column distance solomon`
//!
//! `... --bin quality -- --quick` fails where plans are worse than they used to be.

mod best;
mod grid;
mod knobs;
mod quick;
mod rows;
mod trial;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plans problems with several seeds, threads and budgets, and judges every plan.
#[derive(Parser)]
struct Arguments {
    /// Problems: files in any format, directories of them, nation:TICKETS:ENGINEERS:SEED, or
    /// windows:(random|clustered|mixed):(narrow|wide):(short|long):CUSTOMERS:SEED.
    #[arg(required_unless_present = "quick")]
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
    /// A CSV file with best-known costs: instances by their file's name, or what stands before its first
    /// dot, in its first column.
    #[arg(long, requires = "best_column")]
    best: Option<String>,
    /// The column of that file with the costs.
    #[arg(long, requires = "best")]
    best_column: Option<String>,
    /// Spend so many seconds more on a bound for each plan: by how much it can lie above the best possible.
    #[arg(long)]
    bound: Option<f64>,
    /// Write every run to a CSV file, with commit and machine.
    #[arg(long)]
    csv: Option<String>,
    /// Say only whether the checker agrees, and the medians.
    #[arg(long)]
    brief: bool,
    /// Hold plans of stored families of problems against what they usually come to; exit code 1 if a family is worse.
    #[arg(long, conflicts_with_all = ["problems", "seconds", "rounds", "seeds", "threads", "best", "bound", "csv", "brief"])]
    quick: bool,
    /// Store what the plans of `--quick` come to now.
    #[arg(long, requires = "quick", conflicts_with = "knobs")]
    renew: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.quick {
        quick::run(&arguments.knobs, arguments.renew)
    } else {
        grid::run(&arguments)
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}
