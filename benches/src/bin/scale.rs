//! How time, memory and plans grow with the problem: every plan in a process of its own, judged by the checker.
//!
//! `cargo run --release -p paidan-benches --bin scale -- nation:1000:100:1 nation:10000:1000:1 nation:100000:10000:1`

use std::fs;
use std::process::{Command, ExitCode};

use clap::Parser;
use paidan::facts;
use paidan_benches::clock::Clock;
use paidan_benches::question;
use paidan_engine::check::check;
use paidan_engine::plan::Reason;
use paidan_engine::planner::{Budget, Params, Watch, plan};
use paidan_engine::units::Seconds;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plans problems of several sizes, each for a time that grows with its tickets, and for multiples of that.
#[derive(Parser)]
struct Arguments {
    /// Problems: files in any format, or nation:TICKETS:ENGINEERS:SEED or nation:TICKETS:ENGINEERS:SEED:LOAD.
    #[arg(required = true)]
    problems: Vec<String>,
    /// Time for each ticket, in milliseconds.
    #[arg(long, default_value_t = 2.8)]
    ms: f64,
    /// Multiples of that.
    #[arg(long, value_delimiter = ',', default_value = "1,4")]
    times: Vec<f64>,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Plan the only problem here, once, and tell it as a row.
    #[arg(long, hide = true)]
    here: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.here { row(&arguments) } else { table(&arguments) };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

/// A row for each problem and time, each from a process of its own: memory is the most that one ever had. Whether all
/// came to a sound plan.
fn table(arguments: &Arguments) -> Result<bool, String> {
    println!(
        "{:<26} {:>8} {:>8} {:>7} {:>7} {:>8} {:>9} {:>8} {:>8} {:>8} {:>12} {:>9}",
        "instance",
        "seconds",
        "searched",
        "check",
        "MB",
        "served",
        "unserved",
        "no hope",
        "lost",
        "drive",
        "cost",
        "breaches"
    );
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut is_fine = true;
    for name in &arguments.problems {
        for times in &arguments.times {
            let done = Command::new(&own)
                .args([name, "--here", "--ms", &arguments.ms.to_string(), "--times", &times.to_string()])
                .args(["--threads", &arguments.threads.to_string()])
                .output()
                .map_err(|error| error.to_string())?;
            print!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
            if done.stdout.is_empty() {
                println!("{name:<26} no plan: {}", done.status);
            }
            is_fine &= done.status.success();
        }
    }
    Ok(is_fine)
}

/// Plans a problem and tells it. Whether the plan is sound.
fn row(arguments: &Arguments) -> Result<bool, String> {
    let name = &arguments.problems[0];
    let problem = question(name)?.problem;
    let seconds = arguments.ms * arguments.times[0] * problem.tickets().len() as f64 / 1000.0;
    let budget = Budget { seconds: Some(seconds), ..Budget::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build();
    let pool = pool.map_err(|error| error.to_string())?;
    let clock = Clock::start();
    let plan = pool.install(|| plan(&problem, &Params::default(), &budget, &clock));
    let searched = clock.elapsed_s();
    let breaches = pool.install(|| check(&problem, problem.visits(), &plan)).len();
    let checked = clock.elapsed_s() - searched;
    let served = problem.tickets().len() - plan.unserved.len();
    let driving: Seconds = plan.routes.iter().map(facts::drive).sum();
    let is_hopeless = |reason: &Reason| matches!(reason, Reason::Impossible(_));
    let hopeless = plan.unserved.iter().filter(|left| is_hopeless(&left.reason)).count();
    println!(
        "{name:<26} {seconds:>8.1} {searched:>8.1} {checked:>7.1} {:>7} {served:>8} {:>9} {hopeless:>8} {:>8} {:>8.2} {:>12} {breaches:>9}",
        most_megabytes().map_or_else(|| "?".to_owned(), |most| most.to_string()),
        plan.unserved.len(),
        plan.price.priority_lost,
        driving.0 as f64 / 60.0 / served.max(1) as f64,
        plan.price.seconds.0,
    );
    Ok(breaches == 0)
}

/// The most memory that this process ever had, where the system tells.
fn most_megabytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}
