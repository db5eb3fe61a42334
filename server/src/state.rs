//! What every handler shares.

use std::sync::Arc;

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::wire::read_draft;
use serde_json::value::RawValue;

use crate::compute::Compute;
use crate::config::{BULK_BYTES, Config};
use crate::plans::Planner;
use crate::routes::fleet::FleetDoc;
use crate::store::{Fleet, Store};

/// The state behind the routes.
#[derive(Debug)]
pub struct State {
    /// The limits.
    pub config: Config,
    /// The fleet, the tickets asked about, the plans.
    pub store: Arc<Store>,
    /// Answers dispatches.
    pub quick: Compute,
    /// Reads large documents.
    pub bulk: Compute,
    /// Searches.
    pub planner: Planner,
    /// Answers VROOM's questions, whose callers wait for the end of the search.
    pub vroom: Compute,
}

/// The state as handlers hold it.
pub type Shared = Arc<State>;

impl State {
    /// Starts the threads; no fleet yet.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(config: Config) -> std::io::Result<Shared> {
        let store = Arc::new(Store::new(&config));
        let quick = Compute::start("dispatches", config.quick_threads, config.quick_queue)?;
        let bulk = Compute::start("documents", config.bulk_threads, config.bulk_queue)?;
        let planner = Planner::start(&config)?;
        let vroom = Compute::start("questions", config.plan_workers, config.plan_queue)?;
        Ok(Arc::new(State { config, store, quick, bulk, planner, vroom }))
    }

    /// The threads for a request with so long a body.
    pub fn threads_for(&self, body_bytes: usize) -> &Compute {
        if body_bytes < BULK_BYTES { &self.quick } else { &self.bulk }
    }

    /// Puts a fleet in place of the one before, and forgets the tickets asked about. Blocks while the
    /// fleet is set up.
    ///
    /// # Errors
    /// The draft's flaws; more tickets or engineers than the service takes.
    pub fn put_fleet(&self, draft: Draft) -> Result<FleetDoc, Vec<Flaw>> {
        self.bear(&draft)?;
        let fleet = Fleet::new(draft)?;
        let summary = fleet.summary();
        self.store.put_fleet(fleet);
        Ok(summary)
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
