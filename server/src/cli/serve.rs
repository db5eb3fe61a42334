//! `paidan serve`.

use std::io::IsTerminal;
use std::path::Path;

use clap::Args;
use paidan_engine::wire::read_draft;
use tracing_subscriber::EnvFilter;

use super::flags::{self, FileFlag, SettingFlags};
use super::interrupt::{AskedToRenew, asked_to_end, asked_to_renew, asked_twice};
use super::outcome::{Exit, Trouble};
use super::{files, manager};
use crate::access::{NewKey, ONLY_TENANT, Role};
use crate::listen;
use crate::live::By;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::state::{Shared, State};
use crate::store::{self, Trouble::Foreign};
use crate::tls::Tls;

const EXAMPLES: &str = "\
Examples:
  paidan serve
  paidan serve --listen 0.0.0.0:8080 --store /var/lib/paidan/paidan.db
  paidan serve --fleet day.json --store memory      forgets everything when it ends
  paidan serve --tls-cert cert.pem --tls-key key.pem    https; SIGHUP reads both anew
  paidan serve --config paidan.toml --print-config  what would hold, and where each value comes from
  PAIDAN_PLAN_WAIT_S=60 paidan serve                every setting has a variable, too
  paidan serve --store 'postgres://paidan:PASSWORD@db/paidan?sslmode=require'
  RUST_LOG=warn paidan serve                        no line for each request

  curl -X PUT  localhost:8080/v1/fleet    -H 'content-type: application/json' -d @day.json
  curl -X POST localhost:8080/v1/dispatch -H 'content-type: application/json' -d '{\"ticket\": \"SR25077191\"}'
  curl -X POST localhost:8080/v1/tickets/SR25077191/commit
  curl localhost:8080/v1/limits

  curl -N      localhost:8080/v1/plans/<id>/events                  a plan as it gets better
  http://localhost:8080/docs                                        the API, page by page

Ctrl-C or SIGTERM: answers what has been asked, stops searches and keeps their plans, ends. A second
one ends at once.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    file: FileFlag,
    /// Print what would hold, and where each value comes from, as a file for --config; then end.
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    flags: SettingFlags,
}

pub(super) fn run(args: &ServeArgs) -> Result<Exit, Trouble> {
    let settings = flags::read(&args.file, args.flags.given())?;
    if args.print_config {
        files::say(&settings.toml())?;
        return Ok(Exit::Fine);
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    for stranger in &settings.strangers {
        tracing::warn!("{}", stranger.says);
    }
    let threads = |trouble| Trouble::System("cannot start threads".to_owned(), trouble);
    let closed = |trouble| {
        let what = format!("cannot open the store {:?}", store::shown(&settings.store));
        Trouble::System(what, std::io::Error::other(trouble))
    };
    // Before anything is made: who cannot speak TLS must not start.
    let tls = settings.tls.clone().map(Tls::new).transpose().map_err(Trouble::Settings)?;
    let store = store::open_within(&settings.store, &settings.config).map_err(closed)?;
    let state = State::start(settings.config.clone(), store).map_err(threads)?;
    meet_keys(&settings, &state)?;
    let runtime = tokio::runtime::Runtime::new().map_err(threads)?;
    let exit = runtime.block_on(serve(&settings, tls, state));
    // What is still being computed is for nobody any more.
    runtime.shutdown_background();
    exit
}

async fn serve(settings: &Settings, tls: Option<Tls>, state: Shared) -> Result<Exit, Trouble> {
    let had = |trouble| Trouble::System(format!("cannot listen on {}", settings.listen), trouble);
    let listener = tokio::net::TcpListener::bind(settings.listen).await.map_err(had)?;
    let address = listener.local_addr().map_err(had)?;
    tracing::info!(%address, "listening");
    tokio::spawn(renew_when_asked(asked_to_renew(), tls.clone()));
    // Read while the service listens, so that it can say how it is; /readyz says when the fleet is there.
    state.await_fleet();
    let (own, path) = (state.clone(), settings.fleet.clone());
    let fleet = tokio::task::spawn_blocking(move || {
        let started = start_fleet(&own, path.as_deref());
        if started.is_ok() {
            manager::tell(manager::Stage::Ready);
        }
        started
    });
    let mut failed = None;
    let end = async {
        let asked = async {
            asked_to_end().await;
            manager::tell(manager::Stage::Stopping);
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
    let served = listen::serve(listener, tls, state, end);
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

/// Reads the certificate anew whenever SIGHUP asks for it. Connections go on with the one that they began with.
async fn renew_when_asked(mut asked: AskedToRenew, tls: Option<Tls>) {
    while asked.next().await {
        manager::tell(manager::Stage::Renewing);
        match tls.clone() {
            None => tracing::info!("asked to read the certificate anew, but there is none"),
            Some(tls) => match tokio::task::spawn_blocking(move || tls.renew()).await {
                Ok(Err(mistakes)) => {
                    for mistake in mistakes {
                        tracing::error!(%mistake, "the certificate stays as it was");
                    }
                }
                Ok(Ok(())) => tracing::info!("the certificate is read anew"),
                Err(trouble) => tracing::error!(%trouble, "the certificate stays as it was"),
            },
        }
        manager::tell(manager::Stage::Ready);
    }
}

/// Sees to it that somebody has a key if one is asked for: the first one of a store is made and told here, unless anybody
/// could be listening.
fn meet_keys(settings: &Settings, state: &State) -> Result<(), Trouble> {
    if state.config.keyless || !state.keys.is_empty() {
        return Ok(());
    }
    let shown = store::shown(&settings.store);
    if !settings.listen.ip().is_loopback() {
        return Err(Trouble::Usage(format!(
            "{} can be reached from elsewhere, and the store {shown:?} has no key yet; make one first:\n  \
             paidan key --store {shown:?} --name NAME",
            settings.listen
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
