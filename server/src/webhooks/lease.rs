//! Which service delivers: of all that run on one store, one at a time.
//!
//! Whoever holds the lease renews it long before it ends; whoever does not takes it once it has ended. Each holder has a
//! term of its own, one more than the one before, which stands in every progress that it writes, and what was written in a
//! later term is not written over. So if clocks differ, or a service was stopped for a while and goes on not knowing, a
//! message may be sent twice, but nothing is lost.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::body::JsonText;
use crate::live::{By, Entry, Tenant};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

/// The one record of its kind that is of webhooks.
const WEBHOOKS: &str = "webhooks";

/// A lease as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    /// Who holds it.
    pub holder: String,
    /// The how-manieth holder that is.
    pub term: u64,
    /// Until when, in microseconds since 1970; 0 if it was given back.
    pub until_us: i64,
}

/// Takes the lease, or renews it; the term if it is held from now on.
///
/// # Errors
/// The store's trouble.
pub(super) async fn take(
    register: &Arc<Tenant>,
    holder: &str,
    length: Duration,
) -> Result<Option<u64>, Refusal> {
    let own = holder.to_owned();
    let take = move |entry: &mut Entry<'_>| {
        let now_us = entry.at_us();
        let record = entry.record(Kind::Lease, WEBHOOKS)?;
        let known: Option<Lease> = record.as_ref().map(Record::document).transpose()?;
        let term = match &known {
            Some(known) if known.holder == own => known.term,
            Some(known) if known.until_us > now_us => return JsonText::ok(known),
            Some(known) => known.term + 1,
            None => 1,
        };
        let lease = Lease { holder: own, term, until_us: now_us + length.as_micros() as i64 };
        entry.put(Kind::Lease, (WEBHOOKS, ""), &lease)?;
        JsonText::ok(&lease)
    };
    let told = register.write(by(), take).await?;
    let lease: Lease = serde_json::from_slice(&told.text).map_err(|_| Refusal::Bug)?;
    Ok((lease.holder == holder).then_some(lease.term))
}

/// Gives the lease back, so that nobody has to wait for its end.
pub(super) async fn give_back(register: &Arc<Tenant>, holder: &str, term: u64) {
    let own = holder.to_owned();
    let give = move |entry: &mut Entry<'_>| {
        let record = entry.record(Kind::Lease, WEBHOOKS)?;
        let known: Option<Lease> = record.as_ref().map(Record::document).transpose()?;
        if known.is_some_and(|known| known.holder == own) {
            // A holder of that name never comes back.
            let lease = Lease { holder: String::new(), term, until_us: 0 };
            entry.put(Kind::Lease, (WEBHOOKS, ""), &lease)?;
        }
        JsonText::ok(&())
    };
    // Else it ends by itself.
    let _ = register.write(by(), give).await;
}

/// In whose name the service itself writes.
pub(super) fn by() -> By {
    By { actor: Arc::from("webhooks"), once: None }
}
