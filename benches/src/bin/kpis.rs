//! Key figures of a store with many tickets: how long `GET /v1/kpis` takes for all of them, and for a day.
//!
//! The records are those that the service writes when a ticket is opened and when it is done, put down in one go; visits are
//! part of the fleet.

use std::path::PathBuf;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use clap::Parser;
use paidan::access::ONLY_TENANT;
use paidan::app::app;
use paidan::config::Config;
use paidan::live::{By, ClosingDoc, OpeningDoc, ShareDoc};
use paidan::state::State;
use paidan::store::{self, Change, Fact, Kind, Put, Record, What};
use paidan_engine::wire;
use serde_json::json;
use tower::ServiceExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long key figures take.
#[derive(Parser)]
struct Arguments {
    /// Tickets that were opened and done, spread evenly over a year.
    #[arg(long, default_value_t = 200_000)]
    tickets: usize,
    /// Engineers who did them.
    #[arg(long, default_value_t = 500)]
    engineers: usize,
    /// Where the store is made, and removed afterwards.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// 2025-03-03T00:00:00Z.
const BEGIN: i64 = 1_740_960_000;
const YEAR: i64 = 365 * 86_400;

fn main() {
    let Arguments { tickets, engineers, dir } = Arguments::parse();
    let path = dir.join(format!("kpis-{}.db", std::process::id()));
    let name = path.to_string_lossy().into_owned();
    let store = store::open(&name).expect("a store");
    let state = State::start(Config::default(), store.clone()).expect("threads");
    let tenant = state.live.tenant(ONLY_TENANT).expect("a tenant");
    let by = By { actor: "bench".into(), once: None };
    let fleet = serde_json::from_value(fleet(tickets, engineers)).expect("a fleet");
    state.put_fleet(&tenant, by, wire::draft(fleet).expect("a draft")).expect("a sound fleet");
    let seq = tenant.read(|read, name| read.seq(name)).expect("a number");
    fill(&*store, seq, (tickets, engineers));
    // As a service that starts on it finds it.
    drop((tenant, state));
    let state = State::start(Config::default(), store).expect("threads");
    let service = app(state);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ask = |query: &str| {
        let request = Request::get(format!("/v1/kpis?{query}")).body(Body::empty()).expect("a request");
        let answer = runtime.block_on(async {
            let response = service.clone().oneshot(request).await.expect("an answer");
            to_bytes(response.into_body(), usize::MAX).await.expect("a body")
        });
        let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
        answer["total"]["done"]["n"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    };
    ask("from=2025-03-03T00:00:00Z&to=2025-03-04T00:00:00Z");
    println!("| period | by | tickets done | ms, the best of 5 |\n|---|---|---|---|");
    for (period, to) in [("a day", "2025-03-04"), ("30 days", "2025-04-02"), ("a year", "2026-03-03")] {
        for by in ["engineer", "issue", "territory", "day"] {
            let query = format!("from=2025-03-03T00:00:00Z&to={to}T00:00:00Z&by={by}&limit=1000");
            let mut best = f64::INFINITY;
            let mut done = 0;
            for _ in 0..5 {
                let start = Instant::now();
                done = ask(&query);
                best = best.min(start.elapsed().as_secs_f64() * 1000.0);
            }
            println!("| {period} | {by} | {done} | {best:.1} |");
        }
    }
    for end in ["", "-wal", "-shm"] {
        // What is left behind is in the way of nobody.
        let _ = std::fs::remove_file(format!("{name}{end}"));
    }
}

/// The moment at which a ticket was done.
fn done_at(n: usize, tickets: usize) -> i64 {
    BEGIN + 3600 + (YEAR - 7200) * n as i64 / tickets as i64
}

/// Engineers, and a visit for each ticket.
fn fleet(tickets: usize, engineers: usize) -> serde_json::Value {
    let shift = json!({"start": "2026-03-03T08:00:00Z", "end": "2026-03-03T16:00:00Z"});
    let text = |at: i64| wire::rfc3339(paidan_engine::units::Moment(at), 0);
    let engineer =
        |n: usize| json!({"id": format!("E{n}"), "home": {"lat": 52.5, "lon": 13.4}, "shifts": [shift]});
    let visit = |n: usize| {
        let end = done_at(n, tickets);
        json!({
            "ticket": format!("T{n}"), "customer": format!("C{}", n % 50_000), "issue": format!("issue-{}", n % 30),
            "engineer": format!("E{}", n % engineers), "start": text(end - 3000), "end": text(end),
            "resolved": !n.is_multiple_of(7), "rating": 1 + n % 5,
        })
    };
    json!({
        "now": "2026-03-03T07:00:00Z",
        "engineers": (0..engineers).map(engineer).collect::<Vec<_>>(),
        "visits": (0..tickets).map(visit).collect::<Vec<_>>(),
    })
}

/// Puts down what the service writes of tickets that were opened and done.
fn fill(store: &dyn store::Store, seq: u64, (tickets, engineers): (usize, usize)) {
    let mut change = Change::default();
    let mut put = |kind, id: String, document: String| {
        let record = Record { id, version: seq + 1, tag: String::new(), body: document };
        change.puts.push(Put { kind, what: What::Is(record) });
    };
    for n in 0..tickets {
        let at = done_at(n, tickets);
        let (issue, territories) = (Some(format!("issue-{}", n % 30)), vec![format!("area-{}", n % 20)]);
        let id = |at: i64| format!("{at:012}-{n:012}-T{n}");
        let opening =
            OpeningDoc { at: at - 9000, issue: issue.clone(), territories: territories.clone() };
        put(Kind::Opening, id(opening.at), serde_json::to_string(&opening).expect("JSON"));
        let share = ShareDoc {
            engineer: format!("E{}", n % engineers),
            shift: at - at % 86_400,
            work_s: 3000,
            drive_s: Some((n * 7919 % 2400) as i64),
        };
        let closing = ClosingDoc {
            ticket: format!("T{n}"),
            at,
            is_done: true,
            issue,
            territories,
            reported: at - 9000,
            on_site: Some(at - 3000 + (n * 104_729 % 1800) as i64),
            respond_by: Some(at - 2400),
            resolve_by: Some(at + 600),
            is_repeat: n % 9 == 0,
            bound: (n % 18 == 0).then_some(n % 4 != 0),
            shares: vec![share],
        };
        put(Kind::Closing, id(at), serde_json::to_string(&closing).expect("JSON"));
    }
    change.facts.push(Fact {
        seq: seq + 1,
        at_us: 0,
        actor: "bench".to_owned(),
        event: "bench.filled".to_owned(),
        subject: String::new(),
        body: "{}".to_owned(),
    });
    let txn = store.begin(ONLY_TENANT).expect("a write");
    txn.commit(ONLY_TENANT, &change).expect("it is written");
}
