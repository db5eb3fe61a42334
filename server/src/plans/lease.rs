//! That a search goes on, told to other services on the same store, until when they may count on it.
//!
//! The service that has a search renews its lease, a quiet record beside it, long before it ends. So a search whose service
//! was killed is told as stopped once its lease has ended, and one that goes on elsewhere as what it is. Whoever wants it
//! stopped says so in the lease, which its service reads when it renews it.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot::error::TryRecvError;

use super::PlanJob;
use super::shelf::Shelf;
use crate::body::JsonText;
use crate::live::{Answer, By, Entry, Tenant};
use crate::refusal::Refusal;
use crate::store::{Kind, Read, Record, Trouble};
use crate::text::now_us;

/// How often a lease is renewed while it lasts.
const RENEWALS: u32 = 3;
/// How often is looked whether it is time, at least.
const LOOK: Duration = Duration::from_millis(250);

/// A lease as it is kept, by the id of its search.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Lease {
    /// Until when, in microseconds since 1970.
    until_us: i64,
    /// When the search began, unless it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_us: Option<i64>,
    /// Whether somebody has asked another service to stop it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    stops: bool,
}

impl Lease {
    /// That of a search, if it has one that has not ended.
    pub(super) fn read(read: &dyn Read, tenant: &str, id: &str) -> Result<Option<Lease>, Trouble> {
        let record = read.record(tenant, Kind::Lease, id)?;
        let lease: Option<Lease> = record.as_ref().map(Record::document).transpose()?;
        Ok(lease.filter(|lease| lease.until_us > now_us()))
    }
}

/// Puts the first lease of a search.
pub(super) fn begin(entry: &mut Entry<'_>, id: &str, length: Duration) -> Result<(), Refusal> {
    let until_us = entry.at_us() + length.as_micros() as i64;
    entry.put(Kind::Lease, (id, ""), &Lease { until_us, started_us: None, stops: false })
}

/// Ends it, with its search.
pub(super) fn end(entry: &mut Entry<'_>, id: &str) {
    entry.remove(Kind::Lease, id);
}

/// Asks the service that has a search to stop it. Blocks.
///
/// # Errors
/// The store's trouble.
pub fn ask_to_stop(tenant: &Arc<Tenant>, id: &str) -> Result<(), Refusal> {
    let change = change(id.to_owned(), |lease| Lease { stops: true, ..lease });
    tenant.write_here(by(), change).map(drop)
}

/// Renews the leases of all searches on a shelf again and again, until the shelf is gone. A tenant whose writes wait for
/// something long holds up nobody else's.
pub(super) fn keep_up(shelf: &Weak<Mutex<Shelf>>, length: Duration) {
    let (pause, mut renewed) = (length / RENEWALS, Instant::now());
    let mut under_way: Vec<(Arc<PlanJob>, Answer)> = Vec::new();
    while let Some(shelf) = shelf.upgrade() {
        if renewed.elapsed() >= pause {
            renewed = Instant::now();
            let jobs = shelf.lock().unwrap_or_else(PoisonError::into_inner).unfinished();
            for job in jobs {
                let is_it = |(other, _): &(Arc<PlanJob>, Answer)| Arc::ptr_eq(other, &job);
                if !under_way.iter().any(is_it)
                    // Else it is tried again before it ends.
                    && let Ok(answer) = job.tenant().begin_write(by(), renewal(&job, length))
                {
                    under_way.push((job, answer));
                }
            }
        }
        drop(shelf);
        under_way.retain_mut(|(job, answer)| match answer.try_recv() {
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Closed) => false,
            Ok(told) => {
                if told.is_ok_and(|told| is_to_stop(&told)) {
                    job.stop();
                    job.keep_unsearched();
                }
                false
            }
        });
        std::thread::sleep(pause.min(LOOK));
    }
}

/// Renews the lease of a search, from when its turn has come.
fn renewal(
    job: &PlanJob,
    length: Duration,
) -> impl FnOnce(&mut Entry<'_>) -> Result<JsonText, Refusal> + Send + 'static {
    let started_us = job.elapsed().map(|elapsed| now_us() - elapsed.as_micros() as i64);
    change(job.id().to_owned(), move |lease| {
        let until_us = now_us() + length.as_micros() as i64;
        Lease { until_us, started_us, ..lease }
    })
}

/// Whether a lease that was renewed says that its search is to be stopped.
fn is_to_stop(told: &JsonText) -> bool {
    let lease = serde_json::from_slice::<Option<Lease>>(&told.text);
    lease.is_ok_and(|lease| lease.is_some_and(|lease| lease.stops))
}

/// Makes another lease of that of a search, unless that has ended.
fn change(
    id: String,
    make: impl FnOnce(Lease) -> Lease + Send + 'static,
) -> impl FnOnce(&mut Entry<'_>) -> Result<JsonText, Refusal> + Send + 'static {
    move |entry| {
        let record = entry.record(Kind::Lease, &id)?;
        let lease: Option<Lease> = record.as_ref().map(Record::document).transpose()?;
        let lease = lease.map(make);
        if let Some(lease) = &lease {
            entry.put(Kind::Lease, (&id, ""), lease)?;
        }
        JsonText::ok(&lease)
    }
}

fn by() -> By {
    By { actor: "planner".into(), once: None }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use paidan_engine::planner::Budget;
    use paidan_engine::wire::{read_draft, read_problem};

    use super::*;
    use crate::config::Config;
    use crate::live::{Live, NewFleet};
    use crate::plans::Order;
    use crate::store::open;

    const PROBLEM: &[u8] = include_bytes!("../../../fixtures/tiny/third-repeat.json");

    #[test]
    fn leases_of_one_tenant_are_renewed_while_the_writes_of_another_wait() {
        let config = Config { write_threads: 2, ..Config::default() };
        let live = Live::start(open("memory").unwrap(), &config).unwrap();
        let length = Duration::from_millis(300);
        let mut shelf = Shelf::new(2, Duration::from_secs(60));
        let tenants = ["held-up", "quick"].map(|name| live.tenant(name).unwrap());
        for tenant in &tenants {
            let budget = Budget { rounds: Some(1), seconds: None, stale_rounds: None };
            let order = Order { seed: 1, budget, threads: 1 };
            let job = PlanJob::new(
                "1".to_owned(),
                Arc::clone(tenant),
                read_problem(PROBLEM).unwrap(),
                order,
                None,
            );
            shelf.keep(Arc::new(job));
            tenant
                .write_here(by(), move |entry| {
                    begin(entry, "1", length)?;
                    JsonText::ok(&())
                })
                .unwrap();
        }
        let [held_up, quick] = tenants;
        let until = || {
            let kept = quick.read(|read, name| read.record(name, Kind::Lease, "1")).unwrap();
            kept.unwrap().document::<Lease>().unwrap().until_us
        };
        // The writes of one wait for as long as this test takes, behind something long that others have overtaken.
        let set_up = |tenant: &Arc<Tenant>| {
            let fleet = NewFleet::new(read_draft(PROBLEM).unwrap()).unwrap();
            tenant.write_here(by(), |entry| JsonText::ok(&entry.replace_fleet(fleet)?)).unwrap();
        };
        set_up(&held_up);
        let ((begun, has_begun), (end, wait)) = (mpsc::channel(), mpsc::channel::<()>());
        let wait = Mutex::new(wait);
        let (tried, other) = (AtomicUsize::new(0), Arc::clone(&held_up));
        let long = move |()| {
            if tried.fetch_add(1, Ordering::Relaxed) < 2 {
                set_up(&other);
            } else {
                begun.send(()).unwrap();
                wait.lock().unwrap().recv().unwrap();
            }
            Ok(())
        };
        let waits = std::thread::spawn(move || {
            held_up.write_long(&by(), |_| Ok(()), long, |_, ()| JsonText::ok(&())).unwrap();
        });
        has_begun.recv().unwrap();
        let shelf = Arc::new(Mutex::new(shelf));
        let watched = Arc::downgrade(&shelf);
        std::thread::scope(|scope| {
            scope.spawn(|| keep_up(&watched, length));
            let before = until();
            let patience = Instant::now();
            while until() < before + 2 * length.as_micros() as i64 {
                if patience.elapsed() > Duration::from_secs(30) {
                    // So that the thread ends, too.
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            let after = until();
            drop(shelf);
            end.send(()).unwrap();
            assert!(after >= before + 2 * length.as_micros() as i64, "nobody has renewed it twice");
        });
        waits.join().unwrap();
    }
}
