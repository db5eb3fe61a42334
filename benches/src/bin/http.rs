//! `POST /v1/dispatch` against a handler that only parses the same question and answers the same JSON:
//! same server, same load generator, in turns.
//!
//! `cargo run --release -p paidan-benches --bin http -- --engineers 10000`

use std::hint::black_box;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State as Extract;
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use paidan::access::ONLY_TENANT;
use paidan::app::app;
use paidan::body::JsonText;
use paidan::config::Config;
use paidan::generate::{NationOptions, nation};
use paidan::live::{By, Tenant};
use paidan::routes::dispatch::{DispatchBody, Step, TicketAsk, answer};
use paidan::state::State;
use paidan::store;
use paidan_benches::client::post as post_to;
use paidan_engine::wire;
use paidan_engine::wire::decision::DecisionDoc;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests per second of dispatch and of a handler that only parses and answers.
#[derive(Parser)]
struct Arguments {
    /// Engineers in the fleet, each with a promised route of six stops.
    #[arg(long, default_value_t = 10_000)]
    engineers: usize,
    /// Connections of the load generator, on loopback.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Turns of each handler.
    #[arg(long, default_value_t = 5)]
    turns: usize,
}

/// Parses the question and answers what is at hand.
async fn parse_and_answer(
    Extract(document): Extract<Arc<DecisionDoc<'static>>>,
    Json(question): Json<DispatchBody>,
) -> Json<DecisionDoc<'static>> {
    black_box(&question);
    Json((*document).clone())
}

/// The questions, as bodies, and a fleet to ask.
fn world(engineers: usize) -> (Vec<String>, wire::document::ProblemDoc) {
    let mut document = nation(&NationOptions {
        engineers,
        tickets: 1000,
        with_routes: Some(6),
        // Work of about three quarters of an hour a ticket, as the promised stops have.
        load: 420.0 / engineers as f64,
        ..NationOptions::default()
    });
    let promised: usize = document.routes.iter().map(|route| route.tickets.len()).sum();
    let asked = document.tickets.split_off(promised);
    // What is not written down is what answering alone takes.
    let question = |ticket| DispatchBody {
        ticket: TicketAsk::New(Box::new(ticket)),
        top: None,
        commit: false,
        keep: Some(false),
        problem: None,
    };
    let bodies = asked
        .into_iter()
        .map(|ticket| serde_json::to_string(&question(ticket)).expect("a question is JSON"))
        .collect();
    (bodies, document)
}

fn main() {
    let arguments = Arguments::parse();
    let (bodies, fleet) = world(arguments.engineers);
    let store = store::open("memory").expect("memory");
    let state = State::start(Config::default(), store).expect("threads to start");
    let tenant = state.live.tenant(ONLY_TENANT).expect("a tenant");
    let by = By { actor: "bench".into(), once: None };
    let fleet = wire::draft(fleet).expect("a sound fleet");
    state.put_fleet(&tenant, by, fleet).expect("a sound fleet");
    let first = told(&state, &tenant, bodies[0].as_bytes());
    let document: DecisionDoc<'static> = serde_json::from_slice(&first.text).expect("our own answer");
    let alone = median((0..arguments.turns).map(|_| us_per_answer(&state, &tenant, &bodies)).collect());
    let router = app(state)
        .merge(Router::new().route("/baseline", post(parse_and_answer)).with_state(Arc::new(document)));

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move { axum::serve(listener, router).await });

    let bodies = Arc::new(bodies);
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..arguments.turns {
        for (rate, path) in rates.iter_mut().zip(["/baseline", "/v1/dispatch"]) {
            rate.push(load(address, path, &bodies, &arguments));
        }
    }
    let [baseline, dispatch] = rates.map(median);
    println!(
        "| engineers | connections | parse and answer /s | dispatch /s | ratio | answer alone, µs |"
    );
    println!("|---|---|---|---|---|---|");
    println!(
        "| {} | {} | {baseline:.0} | {dispatch:.0} | {:.2} | {alone:.1} |",
        arguments.engineers,
        arguments.connections,
        dispatch / baseline
    );
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Microseconds from a body to its answer without a network, on one thread.
fn us_per_answer(state: &State, tenant: &Tenant, bodies: &[String]) -> f64 {
    let started = Instant::now();
    for body in bodies {
        black_box(told(state, tenant, body.as_bytes()));
    }
    started.elapsed().as_secs_f64() * 1e6 / bodies.len() as f64
}

fn told(state: &State, tenant: &Tenant, body: &[u8]) -> JsonText {
    match answer(state, tenant, body).expect("an answer") {
        Step::Tell(answer) => answer,
        step => panic!("nothing is to be kept: {step:?}"),
    }
}

/// Requests per second over all connections.
fn load(
    address: SocketAddr,
    path: &'static str,
    bodies: &Arc<Vec<String>>,
    arguments: &Arguments,
) -> f64 {
    let started = Instant::now();
    let limit = Duration::from_secs_f64(arguments.seconds);
    let clients: Vec<_> = (0..arguments.connections)
        .map(|client| {
            let bodies = Arc::clone(bodies);
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(address).expect("the server listens");
                stream.set_nodelay(true).expect("a socket");
                let mut buffer = Vec::new();
                let mut asked = 0;
                while started.elapsed() < limit {
                    let body = &bodies[(client * 37 + asked) % bodies.len()];
                    let status = post_to(&mut stream, path, body, &mut buffer);
                    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&buffer));
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    let asked: usize = clients.into_iter().map(|client| client.join().expect("a client")).sum();
    asked as f64 / started.elapsed().as_secs_f64()
}
