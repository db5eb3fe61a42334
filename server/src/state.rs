//! What every handler shares.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::wire::read_draft;
use serde_json::value::RawValue;
use tokio::sync::Semaphore;

use crate::access::Keys;
use crate::api;
use crate::body::JsonText;
use crate::compute::Compute;
use crate::config::{BULK_BYTES, Config};
use crate::crew::Crew;
use crate::door::Ids;
use crate::live::{By, Live, NewFleet, Tenant};
use crate::metrics::Requests;
use crate::others;
use crate::plans::Planner;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::webhooks::Webhooks;

/// The state behind the routes.
#[derive(Debug)]
pub struct State {
    /// The limits.
    pub config: Config,
    /// The tenants with their desks.
    pub live: Arc<Live>,
    /// Who is told of events.
    pub webhooks: Arc<Webhooks>,
    /// Who may ask.
    pub keys: Keys,
    /// Answers dispatches.
    pub quick: Compute,
    /// Reads large documents.
    pub bulk: Compute,
    /// Gives waves out, one after another.
    pub waves: Compute,
    /// Searches.
    pub planner: Planner,
    /// Answers VROOM's questions, whose callers wait for the end of the search.
    pub vroom: Compute,
    /// A seat for each stream of events.
    pub listeners: Arc<Semaphore>,
    /// Requests so far.
    pub requests: Requests,
    /// Ids of requests.
    pub ids: Ids,
    /// Whether a fleet was ordered and is not there yet.
    awaits_fleet: AtomicBool,
    stops: AtomicBool,
    /// Whoever looks for what other services write.
    lookout: OnceLock<Crew>,
}

/// The state as handlers hold it.
pub type Shared = Arc<State>;

impl State {
    /// Starts the threads over a store.
    ///
    /// # Errors
    /// The system grants no more threads; the store's keys cannot be read.
    pub fn start(config: Config, store: Arc<dyn Store>) -> std::io::Result<Shared> {
        let keys = Keys::new(Arc::clone(&store), &config).map_err(std::io::Error::other)?;
        let live = Arc::new(Live::start(Arc::clone(&store), &config)?);
        let webhooks = Arc::new(Webhooks::new(Arc::clone(&live), &config));
        let compute = |name, threads, queue| Compute::start(name, threads, queue, config.queue_wait);
        let quick = compute("dispatches", config.quick_threads, config.quick_queue)?;
        let bulk = compute("documents", config.bulk_threads, config.bulk_queue)?;
        let waves = compute("waves", 1, config.wave_queue)?;
        let planner = Planner::start(&config)?;
        // Whoever asks VROOM's questions waits for the end of the searches before.
        let vroom =
            Compute::start("questions", config.plan_workers, config.plan_queue, config.plan_wait)?;
        let state = Arc::new(State {
            live,
            webhooks,
            keys,
            quick,
            bulk,
            waves,
            planner,
            vroom,
            listeners: Arc::new(Semaphore::new(config.listeners)),
            requests: Requests::new(api::templates()),
            ids: Ids::new(),
            awaits_fleet: AtomicBool::new(false),
            stops: AtomicBool::new(false),
            lookout: OnceLock::new(),
            config,
        });
        let lookout = others::look_out(&state, store)?;
        let _ = state.lookout.set(lookout);
        Ok(state)
    }

    /// Is not ready before it has a fleet.
    pub fn await_fleet(&self) {
        self.awaits_fleet.store(true, Ordering::Relaxed);
    }

    /// Is ready no more; takes no more searches and stops those under way; begins to send nothing any more.
    pub fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
        self.planner.stop();
        self.webhooks.stop();
    }

    /// Whether it takes no more work.
    pub fn is_stopping(&self) -> bool {
        self.stops.load(Ordering::Relaxed)
    }

    /// What keeps the service from its work, if anything does.
    pub fn trouble(&self) -> Option<&'static str> {
        if self.is_stopping() {
            Some("it is stopping")
        } else if self.awaits_fleet.load(Ordering::Relaxed) {
            Some("its fleet is still being read")
        } else if !self.is_alive() {
            Some("one of its threads has ended, which is a mistake of ours")
        } else {
            None
        }
    }

    fn is_alive(&self) -> bool {
        let computes = [&self.quick, &self.bulk, &self.waves, &self.vroom];
        computes.iter().all(|compute| compute.is_alive())
            && self.planner.is_alive()
            && self.live.is_alive()
            && self.lookout.get().is_none_or(Crew::is_alive)
    }

    /// The threads for a request with so long a body.
    pub fn threads_for(&self, body_bytes: usize) -> &Compute {
        if body_bytes < BULK_BYTES { &self.quick } else { &self.bulk }
    }

    /// Puts a fleet in place of the one before. Blocks while the fleet is set up and written down.
    ///
    /// # Errors
    /// The draft's flaws; more tickets or engineers than the service takes; as [`Tenant::write`].
    pub fn put_fleet(&self, tenant: &Arc<Tenant>, by: By, draft: Draft) -> Result<JsonText, Refusal> {
        self.bear(&draft)?;
        let new = NewFleet::new(draft)?;
        let told = tenant.write_here(by, |entry| {
            let version = entry.version();
            Ok(JsonText::ok(&entry.replace_fleet(new)?)?.at_version(version))
        })?;
        self.awaits_fleet.store(false, Ordering::Relaxed);
        Ok(told)
    }

    /// The fleet that was to come is there, or there is none.
    pub fn has_fleet(&self) {
        self.awaits_fleet.store(false, Ordering::Relaxed);
    }

    /// The problem that stands inside a request.
    ///
    /// # Errors
    /// Its flaws, their paths from the request on; more tickets or engineers than the service takes.
    pub fn inner_problem(&self, text: &RawValue) -> Result<Problem, Vec<Flaw>> {
        let read = || {
            let draft = read_draft(text.get().as_bytes())?;
            self.bear(&draft)?;
            Problem::new(draft)
        };
        read().map_err(inside)
    }

    /// Refuses documents that are larger than the service takes.
    ///
    /// # Errors
    /// A flaw for each list that is too long.
    pub fn bear(&self, draft: &Draft) -> Result<(), Vec<Flaw>> {
        let lists = [
            ("tickets", draft.tickets.len(), self.config.tickets),
            ("engineers", draft.engineers.len(), self.config.engineers),
        ];
        let flaws: Vec<Flaw> = lists
            .into_iter()
            .filter(|(_, count, limit)| count > limit)
            .map(|(name, count, limit)| {
                let found = format!("{count} {name} are more than this service's limit of {limit}");
                Flaw::new(Code::TooLarge, name, found, "split the problem, by region or by day")
            })
            .collect();
        if flaws.is_empty() { Ok(()) } else { Err(flaws) }
    }
}

/// The flaws of a problem that stands inside a request, with their paths from the request on.
pub fn inside(flaws: Vec<Flaw>) -> Vec<Flaw> {
    let put = |flaw: Flaw| {
        let path = match flaw.path.as_str() {
            "" => "problem".to_owned(),
            path => format!("problem.{path}"),
        };
        Flaw { path, ..flaw }
    };
    flaws.into_iter().map(put).collect()
}
