//! A batch that is being committed, while the next one is done on top of it.
//!
//! The thread that commits need not have the tenant for itself any more: whoever goes on reads what was committed before
//! and what is in the batch, and waits for it before anything of their own is committed. If it is lost, so is theirs.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::{Tenant, lock};
use crate::store::Change;
use crate::text::now_us;

/// How long somebody waits at a time for it to land, while there may be something to do.
const GLANCE: Duration = Duration::from_millis(1);
/// For how long nothing is done ahead once another service has written, in microseconds.
const COMPANY_US: i64 = 60_000_000;

/// What is being committed.
#[derive(Debug)]
pub(super) struct Flight {
    pub change: Change,
    /// The number of its last fact.
    pub seq: u64,
    /// Whether it is on disk, once that is known.
    landed: Mutex<Option<bool>>,
    told: Condvar,
}

impl Flight {
    pub fn new(change: Change, seq: u64) -> Flight {
        Flight { change, seq, landed: Mutex::default(), told: Condvar::new() }
    }

    /// Waits until it is known whether it is on disk.
    pub fn landed(&self) -> bool {
        let landed = self.told.wait_while(lock(&self.landed), |landed| landed.is_none());
        landed.unwrap_or_else(PoisonError::into_inner).unwrap_or(false)
    }

    /// Waits for a moment. Returns whether it has landed.
    pub fn lands_soon(&self) -> bool {
        let waited = self.told.wait_timeout_while(lock(&self.landed), GLANCE, |landed| landed.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_some()
    }

    fn land(&self, is_on_disk: bool) {
        *lock(&self.landed) = Some(is_on_disk);
        self.told.notify_all();
    }
}

/// A flight that has begun; lost, unless it lands.
pub(super) struct TakeOff<'t> {
    tenant: &'t Tenant,
    flight: Arc<Flight>,
    has_landed: bool,
}

impl<'t> TakeOff<'t> {
    pub fn of(tenant: &'t Tenant, flight: Arc<Flight>) -> TakeOff<'t> {
        TakeOff { tenant, flight, has_landed: false }
    }

    /// Lets others go on on top of it.
    pub fn is_seen(&mut self) {
        *lock(&self.tenant.flight) = Some(Arc::clone(&self.flight));
    }

    /// It is on disk. With another fleet, whatever was wrong with the one before is gone.
    pub fn land(mut self, is_replaced: bool) {
        self.has_landed = true;
        let seq = self.flight.seq;
        let mut held = self.tenant.held.write().unwrap_or_else(PoisonError::into_inner);
        held.seq = Some(seq);
        if is_replaced {
            held.broken = None;
        }
        drop(held);
        // Nobody is woken by what no fact tells of.
        self.tenant.news.send_if_modified(|known| std::mem::replace(known, seq) != seq);
    }
}

impl Drop for TakeOff<'_> {
    fn drop(&mut self) {
        if !self.has_landed {
            self.tenant.forget();
        }
        self.flight.land(self.has_landed);
        let mut last = lock(&self.tenant.flight);
        last.take_if(|last| Arc::ptr_eq(last, &self.flight));
    }
}

impl Tenant {
    /// What is being committed, if something is.
    pub(super) fn in_flight(&self) -> Option<Arc<Flight>> {
        lock(&self.flight).clone()
    }

    /// Has the fleet read anew before it is asked again.
    pub(super) fn forget(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).seq = None;
    }

    /// Whether the next batch may be done while one is committed: where nobody else writes, since whatever they wrote
    /// between would undo it.
    pub(super) fn may_run_ahead(&self) -> bool {
        let company = self.company_us.load(Ordering::Relaxed);
        self.store.reads_beside_writes() && now_us() - company > COMPANY_US
    }

    /// Takes note that another service has written.
    pub(super) fn note_company(&self) {
        self.company_us.store(now_us(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize};
    use std::thread::JoinHandle;
    use std::time::Instant;

    use paidan_engine::wire::read_draft;

    use super::*;
    use crate::body::JsonText;
    use crate::config::Config;
    use crate::live::{By, Entry, Live, NewFleet};
    use crate::refusal::Refusal;
    use crate::store::{Kind, Read, Store, Trouble, Write, open};

    /// A store on a file whose commits wait until they may go on, and fail if they are to.
    #[derive(Debug)]
    struct Slow {
        inner: Arc<dyn Store>,
        /// How many commits have begun.
        begun: AtomicUsize,
        /// How many may go on, and the one that fails.
        may: Mutex<(usize, Option<usize>)>,
        told: Condvar,
    }

    struct SlowWrite<'s> {
        inner: Box<dyn Write + 's>,
        slow: &'s Slow,
    }

    impl Store for Slow {
        fn look(&self, ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>) -> Result<(), Trouble> {
            self.inner.look(ask)
        }

        fn look_at_once(
            &self,
            ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>,
        ) -> Result<(), Trouble> {
            self.inner.look_at_once(ask)
        }

        fn is_private(&self) -> bool {
            self.inner.is_private()
        }

        fn reads_beside_writes(&self) -> bool {
            self.inner.reads_beside_writes()
        }

        fn begin(&self, tenant: &str) -> Result<Box<dyn Write + '_>, Trouble> {
            Ok(Box::new(SlowWrite { inner: self.inner.begin(tenant)?, slow: self }))
        }
    }

    impl Write for SlowWrite<'_> {
        fn read(&self) -> &dyn Read {
            self.inner.read()
        }

        fn commit(self: Box<Self>, tenant: &str, change: &Change) -> Result<(), Trouble> {
            let number = self.slow.begun.fetch_add(1, Ordering::SeqCst);
            let waits = |may: &mut (usize, Option<usize>)| may.0 <= number;
            let may = self.slow.told.wait_while(lock(&self.slow.may), waits).unwrap();
            if may.1 == Some(number) {
                return Err(Trouble::Full);
            }
            self.inner.commit(tenant, change)
        }
    }

    impl Slow {
        fn let_go(&self, most: usize, fails: Option<usize>) {
            *lock(&self.may) = (most, fails);
            self.told.notify_all();
        }
    }

    /// A service on such a store with a fleet, of which one commit has been let through.
    fn service(name: &str) -> (Live, Arc<Tenant>, Arc<Slow>, String) {
        let path = std::env::temp_dir().join(format!("paidan-{name}-{}.db", std::process::id()));
        let path = path.to_str().unwrap().to_owned();
        let inner = open(&path).unwrap();
        let (begun, may, told) = (AtomicUsize::new(0), Mutex::new((1, None)), Condvar::new());
        let slow = Arc::new(Slow { inner, begun, may, told });
        let store: Arc<dyn Store> = slow.clone();
        let live = Live::start(store, &Config { pace: 0, ..Config::default() }).unwrap();
        let tenant = live.tenant("main").unwrap();
        let text = include_bytes!("../../../fixtures/tiny/third-repeat.json");
        let fleet = NewFleet::new(read_draft(text).unwrap()).unwrap();
        write(&tenant, move |entry| JsonText::ok(&entry.replace_fleet(fleet)?)).unwrap();
        (live, tenant, slow, path)
    }

    fn write(
        tenant: &Arc<Tenant>,
        work: impl FnOnce(&mut Entry<'_>) -> Result<JsonText, Refusal> + Send + 'static,
    ) -> Result<JsonText, Refusal> {
        tenant.write_here(By { actor: "test".into(), once: None }, work)
    }

    fn remove(path: &str) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{path}{end}"));
        }
    }

    /// Has an engineer be seen, and answers which version the position before had. Tells when that is done, on disk or not.
    fn see(tenant: &Arc<Tenant>, is_done: &Arc<AtomicBool>) -> JoinHandle<Result<u64, Refusal>> {
        let (tenant, is_done) = (Arc::clone(tenant), Arc::clone(is_done));
        std::thread::spawn(move || {
            let told = write(&tenant, move |entry| {
                let fleet = entry.fleet()?;
                let (first, at) = (fleet.engineers()[0].clone(), fleet.now());
                let before = entry.record(Kind::Position, &first.id)?;
                entry.put_position(&first.id, first.home.unwrap(), at)?;
                entry.tell("position.told", &first.id, &())?;
                is_done.store(true, Ordering::SeqCst);
                JsonText::ok(&before.map_or(0, |before| before.version))
            })?;
            Ok(std::str::from_utf8(&told.text).unwrap().parse().unwrap())
        })
    }

    /// Waits until a write is done, while none is committed.
    fn wait(is_done: &AtomicBool) {
        let begun = Instant::now();
        while !is_done.load(Ordering::SeqCst) {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is done beside a commit");
            std::thread::yield_now();
        }
    }

    /// Two writes, of which the second is done while the first is committed.
    fn two(tenant: &Arc<Tenant>) -> [JoinHandle<Result<u64, Refusal>>; 2] {
        [1, 2].map(|_| {
            let is_done = Arc::default();
            let writer = see(tenant, &is_done);
            wait(&is_done);
            writer
        })
    }

    #[test]
    fn what_is_done_beside_a_commit_stands_on_it_and_is_committed_behind_it() {
        let (_live, tenant, slow, path) = service("ahead");
        let seq = || tenant.read(|read, name| read.seq(name)).unwrap();
        let before = seq();
        let both = two(&tenant);
        assert_eq!(seq(), before, "nothing is on disk");
        assert_eq!(slow.begun.load(Ordering::SeqCst), 2, "nor committed before the other one is");
        slow.let_go(usize::MAX, None);
        let told = both.map(|writer| writer.join().unwrap().unwrap());
        assert_eq!(told, [0, before + 1]);
        assert_eq!(seq(), before + 2);
        remove(&path);
    }

    #[test]
    fn what_stands_on_a_lost_commit_is_lost_with_it() {
        let (_live, tenant, slow, path) = service("lost");
        let both = two(&tenant);
        slow.let_go(usize::MAX, Some(1));
        for writer in both {
            assert!(matches!(writer.join().unwrap(), Err(Refusal::Store(_))));
        }
        let again = see(&tenant, &Arc::default()).join().unwrap();
        assert_eq!(again.unwrap(), 0, "memory has forgotten both");
        remove(&path);
    }

    #[test]
    fn who_looks_behind_a_commit_sees_it_once() {
        let (_live, tenant, slow, path) = service("looks");
        let both = two(&tenant);
        let looker = Arc::clone(&tenant);
        let other = std::thread::spawn(move || {
            (0..1000).all(|_| looker.look(|fleet| Ok(fleet.engineers().len())).is_ok())
        });
        slow.let_go(usize::MAX, None);
        for writer in both {
            writer.join().unwrap().unwrap();
        }
        assert!(other.join().unwrap());
        let seq = tenant.read(|read, name| read.seq(name)).unwrap();
        assert_eq!(tenant.held.read().unwrap().seq, Some(seq), "memory need not be read anew");
        assert_eq!(tenant.company_us.load(Ordering::Relaxed), 0, "nobody else has written");
        remove(&path);
    }
}
