//! Each tenant's desk in memory, and the one way in which it changes.
//!
//! Memory follows the store: whatever is asked of a desk is asked of a [`Fleet`] that was read from records, and whatever
//! changes it goes through [`Tenant::write`], which answers when the records are on disk. What was not written down has
//! not happened: after any trouble the fleet is read anew.

mod basis;
mod batch;
mod cases;
mod clock;
mod engineers;
mod entry;
mod event;
mod exchange;
mod fleet;
mod flight;
mod follow;
mod follow_up;
mod load;
mod long;
mod policies;
mod promises;
mod proposal;
mod records;
mod replace;
mod roster;
mod seen;
mod setup;
mod sla;
mod time;
mod watch;
mod write;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::config::Config;
use crate::crew::Crew;
use crate::metrics::Writes;
use crate::queue::Queue;
use crate::refusal::Refusal;
use crate::store::{Kind, Read, Store, Trouble};
pub use basis::Basis;
pub use cases::{ClosingDoc, OpeningDoc, ShareDoc, case_id, cases_from};
pub use clock::Clock;
pub use engineers::too_many;
pub use entry::Entry;
pub use event::EventDoc;
pub use exchange::Exchange;
pub use fleet::{Fleet, Stamp, is_same};
use flight::Flight;
pub use follow_up::{CallDoc, FollowUpDoc, FollowUpReasonDoc, FollowUpStateDoc};
pub use long::Answer;
pub use policies::{PolicyVersionDoc, version_id};
pub use promises::Grounds;
pub use proposal::{Applied, ConflictKindDoc, PlanConflictDoc, Proposal, Timed};
pub use records::{
    OF_FLEET, ONLY, PositionDoc, SetupDoc, TicketRecordDoc, TicketStateDoc, TicketStepDoc, route_id,
};
pub use replace::{NewFleet, visit_id};
pub use roster::stay;
pub use seen::Seen;
pub use setup::usual_setup;
pub use sla::{SlaAlertDoc, SlaPromiseDoc, SlaWordDoc, colour, used};
use write::Waiting;
pub use write::{By, Once};

/// What the names begin with under which the service keeps what is nobody's; they are not counted.
const OWN: char = '*';
/// How many of them there are at most.
const OWNS: usize = 8;

/// The tenants, and the threads that write for them.
#[derive(Debug)]
pub struct Live {
    store: Arc<dyn Store>,
    tenants: Arc<Tenants>,
    turns: Arc<Queue<Arc<Tenant>>>,
    config: Config,
    /// What is counted of the writes of all tenants.
    pub writes: Arc<Writes>,
    crew: Crew,
}

impl Live {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system grants no more threads.
    pub fn start(store: Arc<dyn Store>, config: &Config) -> std::io::Result<Live> {
        let turns: Arc<Queue<Arc<Tenant>>> = Arc::new(Queue::new(config.tenants + OWNS));
        let tenants: Arc<Tenants> = Arc::default();
        let (config, writes) = (config.clone(), Arc::default());
        let mut live = Live { store, tenants, turns, config, writes, crew: Crew::default() };
        for n in 0..live.config.write_threads.max(1) {
            let turns = Arc::clone(&live.turns);
            live.crew.add(format!("writes-{n}"), move || {
                while let Some(tenant) = turns.pop() {
                    tenant.take_turn();
                }
            })?;
        }
        let watched = Arc::downgrade(&live.tenants);
        live.crew.add("clocks".to_owned(), move || time::watch(&watched))?;
        if let Err(trouble) = live.read_in() {
            tracing::error!(%trouble, "the store does not say whose clocks go; they do when they are asked");
        }
        Ok(live)
    }

    /// A tenant, by name.
    ///
    /// # Errors
    /// There are as many as may be.
    pub fn tenant(&self, name: &str) -> Result<Arc<Tenant>, Refusal> {
        let mut tenants = lock(&self.tenants);
        if let Some(tenant) = tenants.get(name) {
            return Ok(Arc::clone(tenant));
        }
        let is_own = |name: &str| name.starts_with(OWN);
        let others = tenants.keys().filter(|name| !is_own(name)).count();
        if !is_own(name) && others >= self.config.tenants {
            return Err(Refusal::Busy("tenants", 60));
        }
        let tenant = Arc::new(Tenant::new(name, self));
        tenants.insert(name.to_owned(), Arc::clone(&tenant));
        Ok(tenant)
    }

    /// The tenants that have records of a kind, by name.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn tenants_with(&self, kind: Kind) -> Result<Vec<String>, Refusal> {
        Ok(self.store.read(|read| read.tenants_with(kind))?)
    }

    /// Whether every thread is alive.
    pub fn is_alive(&self) -> bool {
        self.crew.is_alive()
    }

    /// How many engineers, tickets and visits there are in all fleets in memory.
    pub fn sizes(&self) -> [usize; 3] {
        // Whoever is being loaded keeps nobody waiting but whoever counts.
        let tenants: Vec<Arc<Tenant>> = lock(&self.tenants).values().cloned().collect();
        tenants
            .iter()
            .map(|tenant| tenant.sizes())
            .fold([0; 3], |sum, one| [0, 1, 2].map(|n| sum[n] + one[n]))
    }

    /// How many tenants are held in memory.
    pub fn tenants(&self) -> usize {
        lock(&self.tenants).keys().filter(|name| !name.starts_with(OWN)).count()
    }

    /// Hears that a tenant's latest fact has this number, whoever has written it; who is not in memory need not know.
    pub fn hear(&self, name: &str, seq: u64) {
        let tenant = lock(&self.tenants).get(name).cloned();
        if let Some(tenant) = tenant {
            tenant.news.send_if_modified(|have| seq > std::mem::replace(have, seq.max(*have)));
        }
    }

    /// Writes that wait.
    pub fn waiting(&self) -> usize {
        lock(&self.tenants).values().map(|tenant| tenant.inbox.len()).sum()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.turns.close();
    }
}

type Tenants = Mutex<BTreeMap<String, Arc<Tenant>>>;

/// One tenant: the desk in memory, and the writes that wait for their turn.
#[derive(Debug)]
pub struct Tenant {
    name: String,
    store: Arc<dyn Store>,
    held: RwLock<Held>,
    /// Whoever makes memory as the store is has this, so that nobody does it under somebody's hands who writes.
    follows: Mutex<()>,
    /// What is being committed while the next batch may be done on top of it.
    flight: Mutex<Option<Arc<Flight>>>,
    /// When another service was seen to write, in microseconds since 1970.
    company_us: AtomicI64,
    inbox: Queue<Waiting>,
    /// Whether a thread writes for this tenant, or will.
    has_turn: Mutex<bool>,
    turns: Arc<Queue<Arc<Tenant>>>,
    /// The number of the latest fact.
    news: tokio::sync::watch::Sender<u64>,
    longest_wait: Duration,
    kept_age: Duration,
    /// When kept answers that are too old were forgotten last, in microseconds since 1970.
    swept_us: AtomicI64,
    /// When it was tried to read the fleet, so that its clock goes, in microseconds since 1970.
    read_us: AtomicI64,
    pace: u32,
    counts: Arc<Writes>,
}

/// What memory holds.
#[derive(Debug, Default)]
struct Held {
    fleet: Option<Fleet>,
    /// The number of the last fact that it knows of; none if it must be read anew.
    seq: Option<u64>,
    /// Why the records make no fleet, if they do not: only another fleet can help then.
    broken: Option<Trouble>,
}

impl Held {
    fn fleet(&self) -> Result<Option<&Fleet>, Refusal> {
        match &self.broken {
            Some(trouble) => Err(Refusal::Store(trouble.clone())),
            None => Ok(self.fleet.as_ref()),
        }
    }
}

impl Tenant {
    fn new(name: &str, live: &Live) -> Tenant {
        Tenant {
            name: name.to_owned(),
            store: Arc::clone(&live.store),
            held: RwLock::default(),
            follows: Mutex::default(),
            flight: Mutex::default(),
            company_us: AtomicI64::new(0),
            inbox: Queue::new(live.config.write_queue),
            has_turn: Mutex::new(false),
            turns: Arc::clone(&live.turns),
            news: tokio::sync::watch::Sender::new(0),
            longest_wait: live.config.queue_wait,
            kept_age: live.config.kept_age,
            swept_us: AtomicI64::new(0),
            read_us: AtomicI64::new(0),
            pace: live.config.pace as u32,
            counts: Arc::clone(&live.writes),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds of its desk's clock in a second.
    pub fn pace(&self) -> u32 {
        self.pace
    }

    /// Looks at the fleet, beside others who look. It is as the store was when this was asked, or later: whatever anybody
    /// has been answered before, by whichever service on the store, is in it.
    ///
    /// # Errors
    /// There is no fleet, or the store that has it cannot be read; the look's own refusal.
    pub fn look<T>(&self, look: impl FnOnce(&Fleet) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.glance(|fleet| look(fleet.ok_or(Refusal::NoFleet)?))
    }

    /// The same where there may be no fleet yet.
    ///
    /// # Errors
    /// The store that has it cannot be read; the look's own refusal.
    pub fn glance<T>(
        &self,
        look: impl FnOnce(Option<&Fleet>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let is_private = self.store.is_private();
        let least = if is_private { 0 } else { self.store.read(|read| read.seq(&self.name))? };
        for _ in 0..2 {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            if held.seq.is_some_and(|have| have >= least) {
                return look(held.fleet()?);
            }
            drop(held);
            let _nobody_writes_here = lock(&self.follows);
            // Memory knows of it already.
            self.in_flight().map(|flight| flight.landed());
            self.store.read_at_once(|read| self.follow(read))?;
        }
        Err(Refusal::NotReady("its store fails again and again"))
    }

    /// Reads what was committed.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&dyn Read, &str) -> Result<T, Trouble>,
    ) -> Result<T, Refusal> {
        Ok(self.store.read(|reader| read(reader, &self.name))?)
    }

    /// How many engineers, tickets and visits there are; none without a fleet. `O(1)`.
    pub fn sizes(&self) -> [usize; 3] {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.fleet.as_ref().map_or([0; 3], Fleet::sizes)
    }

    /// Tells of every commit, by the number of its last fact.
    pub fn news(&self) -> tokio::sync::watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Makes memory as the store is, and tells the number of the last fact. What others have written is taken over record
    /// by record where that can be done; else everything is read anew.
    fn follow(&self, read: &dyn Read) -> Result<u64, Trouble> {
        let seq = read.seq(&self.name)?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let have = held.seq;
        if have == Some(seq) {
            return Ok(seq);
        }
        if have.is_some() {
            self.note_company();
        }
        let known = std::mem::take(&mut *held);
        if let (Some(mut fleet), Some(have)) = (known.fleet, have.filter(|&have| have < seq))
            && let Some(touched) = read.touched(&self.name, have)?
            && fleet.follow(read, &self.name, &touched)?
        {
            *held = Held { fleet: Some(fleet), seq: Some(seq), broken: None };
            return Ok(seq);
        }
        *held = match load::fleet(read, &self.name, self.pace) {
            Ok(fleet) => Held { fleet, seq: Some(seq), broken: None },
            Err(trouble @ Trouble::Foreign(_)) => {
                tracing::error!(tenant = self.name, %trouble, "the records make no fleet; PUT /v1/fleet replaces them");
                Held { fleet: None, seq: Some(seq), broken: Some(trouble) }
            }
            Err(trouble) => return Err(trouble),
        };
        Ok(seq)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
