//! Durable dispatches over HTTP: tickets dispatched and committed, each answered when it is on disk, against what the
//! store alone does when it is handed the same records in groups; latencies at a part of that rate; and what happens
//! when ten times as much is asked.
//!
//! Load generator and service share the machine, and the disk is whatever the folder of `--dir` is on.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use paidan::access::ONLY_TENANT;
use paidan::config::Config;
use paidan::generate::{NationOptions, nation};
use paidan::listen::serve;
use paidan::live::{By, Tenant};
use paidan::state::State;
use paidan::store::{self, Change, Fact, Kind, Page, Put, Record, Store, What};
use paidan_benches::client::post_beside;
use paidan_engine::wire;
use serde_json::{Value, json};
use tokio::net::TcpStream;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Dispatches that last, per second, and how long each takes.
#[derive(Parser)]
struct Arguments {
    /// Engineers in the fleet.
    #[arg(long, default_value_t = 10_000)]
    engineers: usize,
    /// Connections of the load generator, on loopback.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Writes that may wait; then 429.
    #[arg(long, default_value_t = Config::default().write_queue)]
    write_queue: usize,
    /// Where the stores are made, and removed afterwards.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// Stores of this run, removed when it ends.
struct Files(PathBuf);

impl Files {
    fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left behind is in the way of nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Tickets that nobody has asked about yet, each as a question that is to be committed.
struct Questions {
    bodies: Vec<String>,
    next: AtomicUsize,
}

impl Questions {
    fn next(&self) -> Option<&str> {
        self.bodies.get(self.next.fetch_add(1, Ordering::Relaxed)).map(String::as_str)
    }
}

/// What a turn has come to.
#[derive(Default)]
struct Turn {
    /// Milliseconds from when it was to be asked to its answer, of what was done.
    done: Vec<f64>,
    /// The same of what was refused for want of room.
    busy: Vec<f64>,
    /// Tickets for which nobody can go.
    nobody: usize,
    seconds: f64,
}

impl Turn {
    fn rate(&self) -> f64 {
        self.done.len() as f64 / self.seconds
    }
}

fn main() {
    let arguments = Arguments::parse();
    let files = Files(arguments.dir.join(format!("durable-{}", std::process::id())));
    std::fs::create_dir_all(&files.0).expect("a folder");
    let mut document = nation(&NationOptions {
        engineers: arguments.engineers,
        tickets: arguments.engineers * 9,
        load: 1.0,
        windows_share: 0.0,
        ..NationOptions::default()
    });
    let tickets = std::mem::take(&mut document.tickets);
    let bodies = tickets.into_iter().map(|ticket| json!({"ticket": ticket, "commit": true}).to_string());
    let questions = Arc::new(Questions { bodies: bodies.collect(), next: AtomicUsize::new(0) });

    let config = Config { write_queue: arguments.write_queue, ..Config::default() };
    let store = store::open(&files.path("service.db")).expect("a store");
    let state = State::start(config, Arc::clone(&store)).expect("threads");
    let tenant = state.live.tenant(ONLY_TENANT).expect("a tenant");
    let by = By { actor: "bench".into(), once: None };
    state.put_fleet(&tenant, by, wire::draft(document).expect("a sound fleet")).expect("a sound fleet");
    let before = tenant.read(|read, name| read.seq(name)).expect("a number");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(serve(listener, None, state.clone(), std::future::pending()));

    let connections = arguments.connections;
    let desk = desk_alone(&tenant, &questions, arguments.seconds);
    let full = turn(address, &questions, connections, arguments.seconds, Pace::AsAnswered);
    let alone = alone(&*store, before, &files.path("alone.db"), connections);
    println!("| what | a second | p50, ms | p99, ms | nobody | refused as busy, p99 ms |");
    println!("|---|---|---|---|---|---|");
    tell("as fast as it goes", &full);
    println!("| the desk alone, one after another | {desk:.0} | | | | |");
    println!("| the store alone, groups of {connections} | {alone:.0} | | | | |");
    println!("| share of that | {:.2} | | | | |", full.rate() / alone);
    let calm = turn(address, &questions, connections, arguments.seconds, Pace::Due(0.7 * full.rate()));
    tell("at 0.7 of that rate", &calm);
    let flood =
        turn(address, &questions, connections * 32, arguments.seconds, Pace::Flood(10.0 * full.rate()));
    tell("ten times that rate", &flood);
    println!("peak memory {} MB", peak_mb());
}

fn tell(what: &str, turn: &Turn) {
    let at = |figures: &[f64], share: f64| -> String {
        let mut figures = figures.to_vec();
        figures.sort_by(f64::total_cmp);
        let place = ((figures.len() as f64 * share) as usize).min(figures.len().saturating_sub(1));
        figures.get(place).map_or(String::new(), |ms| format!("{ms:.1}"))
    };
    println!(
        "| {what} | {:.0} | {} | {} | {} | {}: {} |",
        turn.rate(),
        at(&turn.done, 0.5),
        at(&turn.done, 0.99),
        turn.nobody,
        turn.busy.len(),
        at(&turn.busy, 0.99)
    );
}

/// How questions follow each other.
#[derive(Clone, Copy)]
enum Pace {
    /// Each as soon as the one before it is answered.
    AsAnswered,
    /// So many in a second; a latency counts from when the question was due, so that waiting behind others counts.
    Due(f64),
    /// So many in a second, as far as the callers come by with asking; a latency counts from when it was asked.
    Flood(f64),
}

impl Pace {
    fn rate(self) -> Option<f64> {
        match self {
            Pace::AsAnswered => None,
            Pace::Due(rate) | Pace::Flood(rate) => Some(rate),
        }
    }

    fn counts_from_due(self) -> bool {
        !matches!(self, Pace::Flood(_))
    }
}

/// Asks for so many seconds, all callers on one thread: thousands of threads would take the processor from the service.
fn turn(
    address: SocketAddr,
    questions: &Arc<Questions>,
    connections: usize,
    seconds: f64,
    pace: Pace,
) -> Turn {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let started = Instant::now();
    let limit = Duration::from_secs_f64(seconds);
    let mut turn = runtime.block_on(async {
        let callers: Vec<_> = (0..connections)
            .map(|client| {
                let due = move |n: usize| {
                    pace.rate()
                        .map(|rate| Duration::from_secs_f64((n * connections + client) as f64 / rate))
                };
                let questions = Arc::clone(questions);
                tokio::spawn(call(address, questions, (started, limit), due, pace.counts_from_due()))
            })
            .collect();
        let mut all = Turn::default();
        for caller in callers {
            let mut own = caller.await.expect("no caller has panicked");
            all.done.append(&mut own.done);
            all.busy.append(&mut own.busy);
            all.nobody += own.nobody;
        }
        all
    });
    turn.seconds = started.elapsed().as_secs_f64();
    turn
}

/// One caller: asks its n-th question when that is due, or else as soon as the one before it is answered.
async fn call(
    address: SocketAddr,
    questions: Arc<Questions>,
    (started, limit): (Instant, Duration),
    due: impl Fn(usize) -> Option<Duration>,
    counts_from_due: bool,
) -> Turn {
    let stream = TcpStream::connect(address).await.expect("the service listens");
    stream.set_nodelay(true).expect("a socket");
    let (mut buffer, mut own) = (Vec::new(), Turn::default());
    for n in 0.. {
        let now = started.elapsed();
        let due = due(n).unwrap_or(now);
        if due.max(now) >= limit {
            break;
        }
        let early = due.saturating_sub(now);
        if !early.is_zero() {
            tokio::time::sleep(early).await;
        }
        let Some(body) = questions.next() else { break };
        let asked = if counts_from_due { due } else { started.elapsed() };
        let status = post_beside(&stream, "/v1/dispatch", body, &mut buffer).await;
        let took = started.elapsed().saturating_sub(asked).as_secs_f64() * 1000.0;
        match status {
            200 => own.done.push(took),
            429 | 503 => own.busy.push(took),
            409 => own.nobody += 1,
            status => panic!("{status}: {}", String::from_utf8_lossy(&buffer)),
        }
    }
    own
}

/// Promises per second that the desk alone makes, in memory, one after another.
fn desk_alone(tenant: &Tenant, questions: &Questions, seconds: f64) -> f64 {
    let mut fleet = tenant.look(|fleet| Ok(fleet.clone())).expect("a fleet");
    let ask = |body: &String| -> Value { serde_json::from_str(body).expect("JSON") };
    let limit = Duration::from_secs_f64(seconds);
    let (mut promised, mut spent) = (0, Duration::ZERO);
    for body in &questions.bodies {
        let ticket = serde_json::from_value(ask(body)["ticket"].take()).expect("a ticket");
        let ticket = wire::ticket(ticket, "ticket").expect("a sound ticket");
        let started = Instant::now();
        promised += usize::from(fleet.commit(&ticket, None).is_ok());
        spent += started.elapsed();
        if spent >= limit {
            break;
        }
    }
    promised as f64 / spent.as_secs_f64()
}

/// Dispatches per second that the store alone writes: the same records and facts of each, so many in one commit.
fn alone(from: &dyn Store, before: u64, path: &str, group: usize) -> f64 {
    let mut facts: Vec<Fact> = Vec::new();
    let mut after = before;
    loop {
        let page = from.read(|read| read.facts(ONLY_TENANT, after, 10_000)).expect("facts");
        let Some(last) = page.last() else { break };
        after = last.seq;
        facts.extend(page);
    }
    let record = |kind: Kind, id: &str| {
        from.read(|read| read.record(ONLY_TENANT, kind, id)).expect("a store").expect("a record")
    };
    let decisions = all_of(from, Kind::Decision);
    let openings = all_of(from, Kind::Opening);
    let each = facts.len() / decisions.len();
    let changes: Vec<Change> = decisions
        .chunks(group)
        .zip(openings.chunks(group))
        .zip(facts.chunks(group * each))
        .map(|((decisions, openings), facts)| {
            let puts = decisions.iter().flat_map(|decision| {
                let ticket = record(Kind::Ticket, &decision.tag);
                let document: Value = serde_json::from_str(&ticket.body).expect("JSON");
                let engineer = document["engineers"][0].as_str().expect("somebody goes");
                let route = record(Kind::Route, &format!("{engineer}/0"));
                [(Kind::Decision, decision.clone()), (Kind::Ticket, ticket), (Kind::Route, route)]
            });
            let openings = openings.iter().map(|opening| (Kind::Opening, opening.clone()));
            let puts = puts
                .chain(openings)
                .map(|(kind, record)| Put { kind, what: What::Is(record) })
                .collect();
            Change { puts, facts: facts.to_vec(), ..Change::default() }
        })
        .collect();
    let to = store::open(path).expect("a store");
    let started = Instant::now();
    for change in &changes {
        to.begin(ONLY_TENANT).expect("a write").commit(ONLY_TENANT, change).expect("it is written");
    }
    decisions.len() as f64 / started.elapsed().as_secs_f64()
}

/// All records of a kind, in the order of their ids.
fn all_of(from: &dyn Store, kind: Kind) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    loop {
        let after = all.last().map_or(String::new(), |last| last.id.clone());
        let page = Page { tag: None, after: &after, most: 10_000 };
        let page = from.read(|read| read.page(ONLY_TENANT, kind, page)).expect("records");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// The most memory that this process has had.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
