//! Dispatch by branch and bound against pricing every place with all cores, as the roster grows.
//!
//! `cargo bench -p paidan-benches --bench dispatch`

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use paidan::generate::{NationOptions, nation};
use paidan_engine::desk::Desk;
use paidan_engine::dispatch::{Ask, dispatch, scan};
use paidan_engine::fit::Standing;
use paidan_engine::price::Candidate;
use paidan_engine::problem::Problem;
use paidan_engine::ticket::{Ticket, TicketDraft};
use paidan_engine::wire;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tickets asked about, in turn; they are not on the desk.
const ASKS: usize = 200;

/// What is asked about.
#[derive(Clone, Copy)]
struct Workload {
    name: &'static str,
    /// Work of the asked tickets against the day's free time, times the engineers: 84 is about an hour
    /// and a half each, 420 about four, which few routes have room for.
    load: f64,
    /// Whether every visit of the past was at one of the asked customers for the same issue: nearly all
    /// tickets are bound to somebody then, and history knows of over a thousand engineers for each.
    regulars: bool,
}

const WORKLOADS: [Workload; 3] = [
    Workload { name: "day", load: 84.0, regulars: false },
    Workload { name: "long jobs", load: 420.0, regulars: false },
    Workload { name: "long jobs for regulars", load: 420.0, regulars: true },
];

fn desk(engineers: usize, workload: Workload) -> (Desk, Vec<TicketDraft>) {
    let options = NationOptions {
        engineers,
        tickets: ASKS,
        with_routes: Some(6),
        load: workload.load / engineers as f64,
        ..NationOptions::default()
    };
    let mut draft = wire::draft(nation(&options)).expect("a generated nation is sound");
    let promised: std::collections::BTreeSet<&String> =
        draft.routes.iter().flat_map(|route| &route.tickets).collect();
    let (asked, kept): (Vec<TicketDraft>, Vec<TicketDraft>) = std::mem::take(&mut draft.tickets)
        .into_iter()
        .partition(|ticket| !promised.contains(&ticket.id));
    draft.tickets = kept;
    if workload.regulars {
        for (visit, ticket) in draft.visits.iter_mut().zip(asked.iter().cycle()) {
            if let (Some(customer), Some(issue)) = (&ticket.customer, &ticket.issue) {
                visit.customer.clone_from(customer);
                visit.issue.clone_from(issue);
                visit.asset = None;
            }
        }
    }
    let problem = Problem::new(draft).expect("a generated nation is sound");
    (Desk::new(problem).expect("promised routes are feasible"), asked)
}

fn bench(criterion: &mut Criterion) {
    for engineers in [1_000, 10_000, 100_000] {
        race(criterion, engineers, WORKLOADS[0]);
    }
    for workload in &WORKLOADS[1..] {
        race(criterion, 100_000, *workload);
    }
}

/// Branch and bound against every place, on one desk.
fn race(criterion: &mut Criterion, engineers: usize, workload: Workload) {
    let mut group = criterion.benchmark_group(workload.name);
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5)).sample_size(30);
    let (desk, drafts) = desk(engineers, workload);
    let asked: Vec<(Ticket, Standing)> = drafts
        .iter()
        .map(|draft| {
            let ticket = desk.problem().admit(draft).expect("sound");
            let standing = desk.standing(&ticket);
            (ticket, standing)
        })
        .collect();
    let mut turn = 0;
    let mut next = || {
        turn = (turn + 1) % asked.len();
        Candidate { ticket: &asked[turn].0, standing: &asked[turn].1 }
    };
    desk.with_board(|board| {
        // The same answers, or the race is worth nothing.
        for _ in 0..asked.len() {
            let candidate = next();
            let fast = dispatch(board, candidate, Ask { top: 5, ruled_out: 0 }).offers;
            let slow = scan(board, candidate, 5);
            assert_eq!(fast[..fast.len().min(5)], slow, "branch and bound is exact");
        }
        group.bench_function(BenchmarkId::new("branch and bound, top 5", engineers), |bencher| {
            bencher.iter(|| {
                let ask = Ask { top: 5, ruled_out: 0 };
                black_box(dispatch(board, black_box(next()), ask))
            });
        });
        group.bench_function(BenchmarkId::new("with reasons for 3 ruled out", engineers), |bencher| {
            bencher.iter(|| black_box(dispatch(board, black_box(next()), Ask::default())));
        });
        group.bench_function(BenchmarkId::new("every place, all cores", engineers), |bencher| {
            bencher.iter(|| black_box(scan(board, black_box(next()), 5)));
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
