//! Waves against greedy ways to give tickets out, and against a linear programme over the same pairs.
//!
//! `cargo run --release -p paidan-benches --bin waves -- --lp nation:500:200:1:60 nation:5000:1000:1:60`

mod greedy;
mod programme;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use paidan_benches::question;
use paidan_engine::assign::{Assignment, Terms, assign, assign_among};
use paidan_engine::desk::{Desk, Wave};
use paidan_engine::dispatch::stands_alone;
use paidan_engine::ids::TicketIx;
use paidan_engine::units::Price;
use paidan_engine::wire::wave::{QuotaDoc, TermsAsk};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gives the open tickets of problems out together, and in simpler ways.
#[derive(Parser)]
struct Arguments {
    /// Problems: files in any format, or nation:TICKETS:ENGINEERS:SEED:LOAD.
    #[arg(required = true)]
    problems: Vec<String>,
    /// How many tickets one engineer takes at most.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seats: u32,
    /// How many emergencies one engineer has at most.
    #[arg(long)]
    emergencies: Option<u32>,
    /// How many tickets each engineer has at least who can.
    #[arg(long, default_value_t = 0)]
    least: u32,
    /// How many tickets of a territory are served at most, as TERRITORY=N; several may be given.
    #[arg(long)]
    quota: Vec<QuotaDoc>,
    /// Solve the same by a linear programme, in whole numbers if there are terms besides seats.
    #[arg(long)]
    lp: bool,
    /// Promise what is given out, on routes that change by it.
    #[arg(long)]
    promise: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    for name in &arguments.problems {
        if let Err(error) = run(name, &arguments) {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    }
    ExitCode::SUCCESS
}

fn run(name: &str, arguments: &Arguments) -> Result<(), String> {
    let problem = question(name)?.problem;
    let desk = Desk::new(problem).map_err(|flaws| format!("{name}: {}", flaws[0]))?;
    let problem = desk.problem();
    let open: Vec<TicketIx> =
        desk.open().filter(|&ticket| stands_alone(problem.ticket(ticket))).collect();
    let engineers = problem.engineers().len();
    let ask = TermsAsk {
        seats: Some(arguments.seats),
        emergencies: arguments.emergencies,
        least: arguments.least,
        quotas: arguments.quota.clone(),
    };
    let terms = &ask.on(problem).map_err(|flaws| format!("{name}: {}", flaws[0]))?;
    println!("{name}: {} tickets, {engineers} engineers, {} seats each", open.len(), terms.seats);

    let (assignment, whole) = timed(|| {
        desk.with_board(|board| {
            let candidates: Vec<_> = open.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
            assign(board, &candidates, terms)
        })
    });
    let Assignment { pairs, components, short, .. } = assignment;
    let more = format!("{pairs} pairs, {components} components, {short} short");
    row("optimum", assignment.objective, whole, &more);
    row("its bound", assignment.bound, Duration::ZERO, "");
    let lost: Vec<Price> = open.iter().map(|&ticket| desk.scorer().candidate(ticket).lost()).collect();
    let among = |leave: &[Price]| {
        let scorer = desk.scorer();
        let lists = assignment.tickets.iter().map(|ticket| ticket.offers.clone());
        let listed = open.iter().zip(lists).zip(leave);
        let listed = listed.map(|((&ticket, offers), &leave)| (scorer.candidate(ticket), offers, leave));
        let listed = listed.collect();
        desk.with_board(|board| timed(|| assign_among(board, listed, terms)))
    };
    let (again, alone) = among(&lost);
    row("the same pairs", again.objective, alone, "");
    // Neither keeps other terms than seats.
    let greedy = terms.is_plain().then_some([
        ("greedy, in order", greedy::in_order as fn(&Assignment, &[Price], usize, u32) -> Price),
        ("greedy, best first", greedy::best_first),
    ]);
    for (what, given) in greedy.into_iter().flatten() {
        let (price, time) = timed(|| given(&assignment, &lost, engineers, terms.seats));
        row(what, price, time, "");
    }
    if arguments.lp {
        programme::compare(&desk, (&open, &assignment, &lost), terms, among);
    }
    if arguments.promise {
        for seats in [1, 2, terms.seats] {
            let own = Terms { seats, ..terms.clone() };
            let (wave, time) = timed(|| desk.clone().give_out(&open, &own));
            let turns: Vec<String> = wave.turns.iter().map(|turn| turn.given.to_string()).collect();
            row(
                &format!("promised, {seats} seats"),
                wave.price,
                time,
                &format!("given {}", turns.join("+")),
            );
        }
        let (price, time) = timed(|| {
            let mut desk = desk.clone();
            let waves = open.iter().map(|&ticket| desk.give_out(&[ticket], &Terms::of_seats(1)));
            waves.map(|wave: Wave| wave.price).sum()
        });
        row("promised in order", price, time, "");
    }
    Ok(())
}

fn row(what: &str, price: Price, time: Duration, more: &str) {
    let Price { priority_lost, unserved, seconds } = price;
    let ms = time.as_secs_f64() * 1000.0;
    println!(
        "  {what:<20} {priority_lost:>7} lost {unserved:>6} out {:>12} s {ms:>10.1} ms  {more}",
        seconds.0
    );
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let done = what();
    (done, begin.elapsed())
}
