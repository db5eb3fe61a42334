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
use crate::config::Config;
use crate::listen;
use crate::state::{Shared, State};

const EXAMPLES: &str = "\
Examples:
  paidan serve
  paidan serve --listen 0.0.0.0:8080 --fleet day.json
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
    /// A problem document to start with as the fleet, or - for stdin.
    #[arg(long, value_name = "PROBLEM")]
    fleet: Option<PathBuf>,
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
    let state = State::start(config(args)).map_err(threads)?;
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
        ..default
    }
}

async fn serve(args: &ServeArgs, state: Shared) -> Result<Exit, Trouble> {
    let had = |trouble| Trouble::System(format!("cannot listen on {}", args.listen), trouble);
    let listener = tokio::net::TcpListener::bind(args.listen).await.map_err(had)?;
    let address = listener.local_addr().map_err(had)?;
    tracing::info!(%address, "listening");
    // Read while the service listens, so that it can say how it is; /readyz says when the fleet is there.
    let fleet = args.fleet.clone().map(|path| {
        state.await_fleet();
        let own = state.clone();
        tokio::task::spawn_blocking(move || put_fleet(&own, &path))
    });
    let mut failed = None;
    let end = async {
        let asked = async {
            asked_to_end().await;
            tracing::info!("stopping: requests under way are answered, searches stop");
        };
        let flawed = async {
            match fleet {
                Some(fleet) => match fleet.await {
                    Ok(Err(trouble)) => trouble,
                    Ok(Ok(())) | Err(_) => std::future::pending().await,
                },
                None => std::future::pending().await,
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

/// Reads the fleet that was named. Blocks.
fn put_fleet(state: &State, path: &Path) -> Result<(), Trouble> {
    let flawed = |flaws| Trouble::Flawed(files::name(path), flaws);
    let fleet = state.put_fleet(read_draft(&files::read(path)?).map_err(flawed)?).map_err(flawed)?;
    tracing::info!(engineers = fleet.engineers, tickets = fleet.tickets_open, "the fleet is ready");
    Ok(())
}
