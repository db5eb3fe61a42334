//! Webhooks: whoever is to be told of events is told, in order, again and again until they have taken it.
//!
//! `course.rs` says what is sent next, `call.rs` sends it, `deliver.rs` does both for one webhook and keeps how far it
//! is, `lead.rs` sees to it that each webhook has somebody who does, and only one of all services on a store.

mod address;
mod call;
mod course;
mod deliver;
mod lead;
mod lease;
mod letters;
mod manage;
mod record;
mod sign;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, watch};

use crate::config::Config;
use crate::live::Live;
use call::Calls;
pub use course::AttemptDoc;
pub use letters::{DeadLetterDoc, MessageDoc};
pub use manage::{DeliveriesDoc, Terms, TestedDoc, WaitingDoc};
pub use record::{Secrets, WebhookDoc};

/// What webhooks share.
#[derive(Debug)]
pub struct Webhooks {
    live: Arc<Live>,
    config: Config,
    calls: Calls,
    /// A seat for each call.
    seats: Arc<Semaphore>,
    stops: watch::Sender<bool>,
    counts: Counts,
}

/// What became of messages.
#[derive(Debug, Default)]
struct Counts {
    taken: AtomicU64,
    failed: AtomicU64,
    dead: AtomicU64,
}

impl Webhooks {
    /// Webhooks of these tenants. Nothing is sent before [`Webhooks::run`].
    pub fn new(live: Arc<Live>, config: &Config) -> Webhooks {
        Webhooks {
            live,
            config: config.clone(),
            calls: Calls::new(config),
            seats: Arc::new(Semaphore::new(config.webhook_calls.max(1))),
            stops: watch::Sender::new(false),
            counts: Counts::default(),
        }
    }

    /// Begins nothing any more.
    pub fn stop(&self) {
        self.stops.send_replace(true);
    }

    /// Whether more than half of the seats are free. Only then a webhook has several, so that those who answer slowly do not
    /// keep everybody waiting.
    fn has_many_seats(&self) -> bool {
        self.seats.available_permits() * 2 > self.config.webhook_calls
    }

    /// How many tries there were by what became of them, with the messages that were given up.
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        let Counts { taken, failed, dead } = &self.counts;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [("taken", read(taken)), ("failed", read(failed)), ("dead", read(dead))]
    }
}
