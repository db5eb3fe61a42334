//! `paidan serve`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use paidan_engine::wire::read_draft;
use tracing_subscriber::EnvFilter;

use super::files;
use super::interrupt::{asked_to_end, asked_twice};
use super::outcome::{Exit, Trouble};
use crate::access::{NewKey, ONLY_TENANT, Role};
use crate::config::Config;
use crate::listen;
use crate::live::By;
use crate::refusal::Refusal;
use crate::state::{Shared, State};
use crate::store::{self, Trouble::Foreign};

const EXAMPLES: &str = "\
Examples:
  paidan serve
  paidan serve --listen 0.0.0.0:8080 --store /var/lib/paidan/paidan.db
  paidan serve --fleet day.json --store memory      forgets everything when it ends
  paidan serve --store 'postgres://paidan:PASSWORD@db/paidan?sslmode=require'
  RUST_LOG=warn paidan serve                        no line for each request

  curl -X PUT  localhost:8080/v1/fleet    -H 'content-type: application/json' -d @day.json
  curl -X POST localhost:8080/v1/dispatch -H 'content-type: application/json' -d '{\"ticket\": \"SR25077191\"}'
  curl -X POST localhost:8080/v1/tickets/SR25077191/commit
  curl localhost:8080/v1/limits

  curl -N      localhost:8080/v1/plans/<id>/events                  a plan as it gets better
  http://localhost:8080/docs                                        the API, page by page

Ctrl-C or SIGTERM: answers what has been asked, stops searches, ends; a second one ends at once.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeArgs {
    /// Address and port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A problem document to start with as the fleet, or - for stdin; a fleet that is in the store already stays there.
    #[arg(long, value_name = "PROBLEM")]
    fleet: Option<PathBuf>,
    /// The file that everything is kept in, made if it is not there; the URL of a PostgreSQL database, which several
    /// services may share; or the word memory, to keep nothing.
    #[arg(long, value_name = "STORE", default_value = "paidan.db")]
    store: String,
    /// Ask for a key even of requests that come from this machine. On any other address keys are always asked for.
    #[arg(long)]
    require_keys: bool,
    /// Longest request body, in MiB; in memory it takes 9 to 15 times that, and more if made to harm.
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    body_mib: u16,
    /// Longest search, in seconds.
    #[arg(long, value_name = "S", default_value_t = 600)]
    plan_seconds: u32,
    /// Threads of one search [default: all cores].
    #[arg(long, value_name = "T")]
    plan_threads: Option<usize>,
    /// Threads that answer dispatches [default: all cores].
    #[arg(long, value_name = "T")]
    quick_threads: Option<usize>,
}

pub(super) fn run(args: &ServeArgs) -> Result<Exit, Trouble> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let threads = |trouble| Trouble::System("cannot start threads".to_owned(), trouble);
    let closed = |trouble| {
        Trouble::System(
            format!("cannot open the store {:?}", store::shown(&args.store)),
            std::io::Error::other(trouble),
        )
    };
    let config = config(args);
    let store = store::open_within(&args.store, &config).map_err(closed)?;
    let state = State::start(config, store).map_err(threads)?;
    meet_keys(args, &state)?;
    let runtime = tokio::runtime::Runtime::new().map_err(threads)?;
    let exit = runtime.block_on(serve(args, state));
    // What is still being computed is for nobody any more.
    runtime.shutdown_background();
    exit
}

fn config(args: &ServeArgs) -> Config {
    let default = Config::default();
    Config {
        body_bytes: usize::from(args.body_mib) * 1024 * 1024,
        plan_wait: Duration::from_secs(u64::from(args.plan_seconds)),
        plan_threads: args.plan_threads.unwrap_or(default.plan_threads),
        quick_threads: args.quick_threads.unwrap_or(default.quick_threads),
        keyless: args.listen.ip().is_loopback() && !args.require_keys,
        ..default
    }
}

async fn serve(args: &ServeArgs, state: Shared) -> Result<Exit, Trouble> {
    let had = |trouble| Trouble::System(format!("cannot listen on {}", args.listen), trouble);
    let listener = tokio::net::TcpListener::bind(args.listen).await.map_err(had)?;
    let address = listener.local_addr().map_err(had)?;
    tracing::info!(%address, "listening");
    // Read while the service listens, so that it can say how it is; /readyz says when the fleet is there.
    state.await_fleet();
    let (own, path) = (state.clone(), args.fleet.clone());
    let fleet = tokio::task::spawn_blocking(move || start_fleet(&own, path.as_deref()));
    let mut failed = None;
    let end = async {
        let asked = async {
            asked_to_end().await;
            tracing::info!("stopping: requests under way are answered, searches stop");
        };
        let flawed = async {
            match fleet.await {
                Ok(Err(trouble)) => trouble,
                Ok(Ok(())) | Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = asked => {}
            trouble = flawed => failed = Some(trouble),
        }
    };
    let served = listen::serve(listener, state, end);
    tokio::select! {
        all = served => {
            if !all {
                tracing::warn!("stopped: answers that took too long were cut off");
            }
        }
        () = asked_twice() => tracing::warn!("stopped at once: asked a second time"),
    }
    if let Some(trouble) = failed {
        return Err(trouble);
    }
    tracing::info!("stopped");
    Ok(Exit::Fine)
}

/// Sees to it that somebody has a key if one is asked for: the first one of a store is made and told here, unless anybody
/// could be listening.
fn meet_keys(args: &ServeArgs, state: &State) -> Result<(), Trouble> {
    if state.config.keyless || !state.keys.is_empty() {
        return Ok(());
    }
    let shown = store::shown(&args.store);
    if !args.listen.ip().is_loopback() {
        return Err(Trouble::Usage(format!(
            "{} can be reached from elsewhere, and the store {shown:?} has no key yet; make one first:\n  \
             paidan key --store {shown:?} --name NAME",
            args.listen
        )));
    }
    let new = NewKey {
        name: "first".to_owned(),
        role: Role::Admin,
        tenant: ONLY_TENANT.to_owned(),
        engineer: None,
    };
    let failed = |trouble| {
        Trouble::System(format!("cannot use the store {shown:?}"), std::io::Error::other(trouble))
    };
    let made = state.keys.make(new, "command line").map_err(failed)?;
    println!("The first key of this store; it is told only now:\n  {}", made.secret);
    Ok(())
}

/// Reads the fleet in the store, else the one that was named. Blocks.
fn start_fleet(state: &State, path: Option<&Path>) -> Result<(), Trouble> {
    let refused = |refusal: Refusal| {
        let told = refusal.document();
        Trouble::System(told.title, std::io::Error::other(told.detail))
    };
    let tenant = state.live.tenant(ONLY_TENANT).map_err(refused)?;
    let from = match (tenant.look(|_| Ok(())), path) {
        (Ok(()), None) => "the store",
        (Ok(()), Some(path)) => {
            let file = files::name(path);
            tracing::warn!(
                file,
                "the store has a fleet already, so this one is left aside; PUT /v1/fleet replaces it"
            );
            "the store"
        }
        (Err(Refusal::NoFleet), None) => {
            state.has_fleet();
            return Ok(());
        }
        // Another fleet can be put in its place.
        (Err(Refusal::Store(Foreign(why))), None) => {
            tracing::error!(why, "the store's fleet cannot be set up; PUT /v1/fleet replaces it");
            state.has_fleet();
            return Ok(());
        }
        (Err(Refusal::NoFleet), Some(path)) => {
            let draft = read_draft(&files::read(path)?);
            let by = By { actor: "command line".into(), once: None };
            match draft.map_err(Refusal::Flawed).and_then(|draft| state.put_fleet(&tenant, by, draft)) {
                Ok(_) => "the file",
                Err(Refusal::Flawed(flaws)) => return Err(Trouble::Flawed(files::name(path), flaws)),
                Err(refusal) => return Err(refused(refusal)),
            }
        }
        (Err(refusal), _) => return Err(refused(refusal)),
    };
    state.has_fleet();
    let [engineers, tickets, visits] = tenant.sizes();
    tracing::info!(from, engineers, tickets, visits, "the fleet is ready");
    Ok(())
}
