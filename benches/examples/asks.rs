// only dispatch, several workloads, percentiles; `prof` loops the first for perf
use paidan::generate::{NationOptions, nation};
use paidan_engine::{desk::Desk, dispatch::Ask, problem::Problem, wire};
use std::hint::black_box;
use std::time::Instant;
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: usize = args[1].parse().unwrap();
    let load: f64 = args[2].parse().unwrap();
    let tickets: usize = args[3].parse().unwrap();
    let prof = args.len() > 4;
    let mut document = nation(&NationOptions {
        engineers: n,
        tickets,
        with_routes: Some(6),
        load: load / n as f64,
        ..NationOptions::default()
    });
    let promised: usize = document.routes.iter().map(|r| r.tickets.len()).sum();
    let asked = document.tickets.split_off(promised);
    let desk = Desk::new(Problem::new(wire::draft(document).unwrap()).unwrap()).unwrap();
    let drafts: Vec<_> = asked.into_iter().map(|d| wire::ticket(d, "ticket").unwrap()).collect();
    let admitted: Vec<_> = drafts.iter().map(|d| desk.problem().admit(d).unwrap()).collect();
    let standings: Vec<_> = admitted.iter().map(|t| desk.standing(t)).collect();
    for (top, out) in [(1, 0), (5, 0), (5, 3)] {
        let mut times = Vec::new();
        for i in 0..drafts.len() {
            let mut best = f64::MAX;
            for _ in 0..5 {
                let t = Instant::now();
                desk.with_board(|b| {
                    black_box(paidan_engine::dispatch::dispatch(
                        b,
                        paidan_engine::price::Candidate {
                            ticket: &admitted[i],
                            standing: &standings[i],
                        },
                        Ask { top, ruled_out: out },
                    ))
                });
                best = best.min(t.elapsed().as_secs_f64() * 1e6);
            }
            times.push(best);
        }
        let t = Instant::now();
        let rounds = if prof && (top, out) == (5, 3) { 60 } else { 3 };
        for _ in 0..rounds {
            for i in 0..drafts.len() {
                desk.with_board(|b| {
                    black_box(paidan_engine::dispatch::dispatch(
                        b,
                        paidan_engine::price::Candidate {
                            ticket: &admitted[i],
                            standing: &standings[i],
                        },
                        Ask { top, ruled_out: out },
                    ))
                });
            }
        }
        let cold = t.elapsed().as_secs_f64() * 1e6 / (rounds * drafts.len()) as f64;
        times.sort_by(f64::total_cmp);
        let p = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
        println!(
            "top {top} out {out}: warm mean {:.1} p10 {:.1} p50 {:.1} p90 {:.1} p99 {:.1} max {:.1} | in turn mean {cold:.1}",
            times.iter().sum::<f64>() / times.len() as f64,
            p(0.1),
            p(0.5),
            p(0.9),
            p(0.99),
            p(1.0)
        );
    }
}
