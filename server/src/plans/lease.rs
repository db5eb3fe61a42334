//! That a search goes on, told to other services on the same store, until when they may count on it.
//!
//! The service that has a search renews its lease, a quiet record beside it, long before it ends. So a search whose service
//! was killed is told as stopped once its lease has ended, and one that goes on elsewhere as what it is. Whoever wants it
//! stopped says so in the lease, which its service reads when it renews it.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::PlanJob;
use super::shelf::Shelf;
use crate::body::JsonText;
use crate::live::{By, Entry, Tenant};
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
    change(tenant, id.to_owned(), |lease| Lease { stops: true, ..lease }).map(drop)
}

/// Renews the leases of all searches on a shelf again and again, until the shelf is gone.
pub(super) fn keep_up(shelf: &Weak<Mutex<Shelf>>, length: Duration) {
    let (pause, mut renewed) = (length / RENEWALS, Instant::now());
    while let Some(shelf) = shelf.upgrade() {
        if renewed.elapsed() >= pause {
            renewed = Instant::now();
            let jobs = shelf.lock().unwrap_or_else(PoisonError::into_inner).unfinished();
            drop(shelf);
            for job in jobs {
                // Else it is tried again before it ends.
                if let Ok(true) = renew(&job, length) {
                    job.stop();
                    job.keep_unsearched();
                }
            }
        }
        std::thread::sleep(pause.min(LOOK));
    }
}

/// Renews the lease of a search; whether it is to be stopped.
fn renew(job: &PlanJob, length: Duration) -> Result<bool, Refusal> {
    let started_us = job.elapsed().map(|elapsed| now_us() - elapsed.as_micros() as i64);
    let until_us = now_us() + length.as_micros() as i64;
    let renewed =
        change(job.tenant(), job.id().to_owned(), move |lease| Lease { until_us, started_us, ..lease });
    Ok(renewed?.is_some_and(|lease| lease.stops))
}

/// Makes another lease of that of a search, unless that has ended.
fn change(
    tenant: &Arc<Tenant>,
    id: String,
    make: impl FnOnce(Lease) -> Lease + Send + 'static,
) -> Result<Option<Lease>, Refusal> {
    let by = By { actor: "planner".into(), once: None };
    let told = tenant.write_here(by, move |entry| {
        let record = entry.record(Kind::Lease, &id)?;
        let lease: Option<Lease> = record.as_ref().map(Record::document).transpose()?;
        let lease = lease.map(make);
        if let Some(lease) = &lease {
            entry.put(Kind::Lease, (&id, ""), lease)?;
        }
        JsonText::ok(&lease)
    })?;
    serde_json::from_slice(&told.text).map_err(|_| Refusal::Bug)
}
