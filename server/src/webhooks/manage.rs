//! What callers say of webhooks, and what they are told.

use std::sync::Arc;

use paidan_engine::flaw::{Code, Flaw};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::may_be_called;
use super::course::{AttemptDoc, Kept, Progress, Verdict};
use super::deliver::signed;
use super::letters::MessageDoc;
use super::record::{Secrets, WebhookDoc, is_pattern};
use super::{Webhooks, sign};
use crate::live::EventDoc;
use crate::refusal::Refusal;
use crate::store::{Kind, Read, Record, Trouble};
use crate::text::{now_us, quoted, timestamp};

/// Longest URL, in bytes.
const URL: usize = 2048;
/// Most names and patterns of one webhook.
const PATTERNS: usize = 32;
/// Longest name or pattern, in bytes.
const PATTERN: usize = 100;
/// Longest description, in bytes.
const DESCRIPTION: usize = 500;
/// Random bytes of an id.
const ID_BYTES: usize = 8;
/// The event that a test tells of.
const TEST: &str = "webhook.test";

/// What is said of a webhook, sound or not.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Where events are sent.
    pub url: String,
    /// Which events.
    pub events: Vec<String>,
    /// What it is for.
    pub description: String,
    /// Whether events are sent.
    pub enabled: bool,
}

/// A message that is waiting to be sent, or to be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WaitingMessage, examples(json!({
    "message_id": "msg_9c1e4b7a02d85f36_8", "seq": 8, "event": "ticket.assigned", "subject": "T1",
    "attempts": [{"at": "2026-03-02T12:00:01.5Z", "status": 503, "error": "it answered 503", "took_ms": 84}],
    "next_at": "2026-03-02T12:00:06Z"
})))]
pub struct WaitingDoc {
    /// Its `webhook-id`.
    pub message_id: String,
    /// The event's number.
    pub seq: u64,
    /// The event's name.
    pub event: String,
    /// The id of what it happened to.
    pub subject: String,
    /// Every time it was sent.
    pub attempts: Vec<AttemptDoc>,
    /// When it is sent again, if it was sent before; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_at: Option<String>,
}

/// How far a webhook has been told of events. Written down twice a second at most, so it may lag behind by that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookDeliveries, examples(json!({
    "upto": 8, "last": 8, "taken": 3, "taken_at": "2026-03-02T12:00:00.6Z", "waiting": [], "dead_letters": 0
})))]
pub struct DeliveriesDoc {
    /// Every event up to this number was taken, is not wanted, is waiting, or is a dead letter.
    pub upto: u64,
    /// The number of the latest event.
    pub last: u64,
    /// How many messages were taken.
    pub taken: u64,
    /// When the last one was; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub taken_at: Option<String>,
    /// Messages that were begun and not taken yet, by number.
    pub waiting: Vec<WaitingDoc>,
    /// How many dead letters there are.
    pub dead_letters: usize,
}

impl DeliveriesDoc {
    /// That of a webhook of a tenant.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn read(read: &dyn Read, tenant: &str, webhook: &WebhookDoc) -> Result<DeliveriesDoc, Trouble> {
        let progress = read.record(tenant, Kind::Progress, &webhook.id)?;
        let progress: Progress =
            progress.as_ref().map(Record::document).transpose()?.unwrap_or_default();
        let waiting = |Kept { seq, event, subject, attempts, next_us }| WaitingDoc {
            message_id: webhook.message_id(seq),
            seq,
            event,
            subject,
            next_at: (!attempts.is_empty()).then(|| timestamp(next_us)),
            attempts,
        };
        Ok(DeliveriesDoc {
            upto: progress.upto,
            last: read.seq(tenant)?,
            taken: progress.taken,
            taken_at: progress.taken_us.map(timestamp),
            waiting: progress.waiting.into_iter().map(waiting).collect(),
            dead_letters: read.all(tenant, Kind::Letter, Some(&webhook.id))?.len(),
        })
    }
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookTest, examples(json!({
    "taken": false, "message_id": "msg_9c1e4b7a02d85f36_test_1772452800000000",
    "attempt": {"at": "2026-03-02T12:00:00Z", "status": 404, "error": "it answered 404", "took_ms": 84}
})))]
pub struct TestedDoc {
    /// Whether it was taken: the answer was 2xx.
    pub taken: bool,
    /// Its `webhook-id`.
    pub message_id: String,
    /// How it went.
    pub attempt: AttemptDoc,
}

impl Webhooks {
    /// Holds what is said of a webhook against what may be.
    ///
    /// # Errors
    /// All flaws.
    pub fn check(&self, terms: &Terms) -> Result<(), Vec<Flaw>> {
        let mut flaws = Vec::new();
        let mut tell = |code, path: &str, found: String, fix: &str| {
            flaws.push(Flaw::new(code, path, found, fix));
        };
        let Terms { url, events, description, .. } = terms;
        if url.len() > URL {
            tell(Code::TooLarge, "url", format!("it has {} bytes", url.len()), "use at most 2048");
        } else if let Err(found) = may_be_called(url, self.config.webhooks_to_private) {
            tell(Code::OutOfRange, "url", found, "use one that this service may call");
        }
        if !(1..=PATTERNS).contains(&events.len()) {
            let found = format!("{} names and patterns", events.len());
            tell(Code::OutOfRange, "events", found, "use 1 to 32, \"*\" for all events");
        }
        for (n, event) in events.iter().enumerate().take(PATTERNS) {
            if event.len() > PATTERN || !is_pattern(event) {
                let found = format!("{} is no name of events and no pattern", quoted(event));
                tell(
                    Code::OutOfRange,
                    &format!("events[{n}]"),
                    found,
                    "use such as ticket.assigned, ticket.*, *",
                );
            }
        }
        if description.len() > DESCRIPTION || description.chars().any(char::is_control) {
            let found = format!("{} bytes, or some that are no text", description.len());
            tell(Code::OutOfRange, "description", found, "use at most 500 bytes of one line");
        }
        if flaws.is_empty() { Ok(()) } else { Err(flaws) }
    }

    /// A secret: the one that was sent, or a new one.
    ///
    /// # Errors
    /// It is none.
    pub fn secret(sent: Option<String>) -> Result<String, Refusal> {
        match sent {
            Some(secret) if sign::bytes_of(&secret).is_some() => Ok(secret),
            Some(_) => {
                let fix = "send \"whsec_\" and the base64 of 24 to 64 random bytes, or leave it out";
                Err(Refusal::flaw(Code::OutOfRange, "secret", "it is no secret", fix))
            }
            None => sign::new_secret().ok_or(Refusal::Bug),
        }
    }

    /// A webhook with such terms that is new.
    ///
    /// # Errors
    /// The system has no chance to give.
    pub fn make(terms: Terms) -> Result<WebhookDoc, Refusal> {
        let mut random = [0; ID_BYTES];
        getrandom::fill(&mut random).map_err(|_| Refusal::Bug)?;
        let Terms { url, events, description, enabled } = terms;
        Ok(WebhookDoc {
            id: format!("{:016x}", u64::from_ne_bytes(random)),
            url,
            events,
            description,
            enabled,
            disabled_because: None,
            created_at: timestamp(now_us()),
            rotated_at: None,
        })
    }

    /// Where a new webhook stands that is told of events behind this one.
    pub fn first_progress(upto: u64) -> impl Serialize {
        Progress { upto, ..Progress::default() }
    }

    /// Sends a webhook a test, once, and tells what came of it.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub async fn test(&self, webhook: WebhookDoc, secrets: &Secrets) -> Result<TestedDoc, Refusal> {
        let _seat = Arc::clone(&self.seats).acquire_owned().await.map_err(|_| Refusal::Stopping)?;
        let at_us = now_us();
        let data = serde_json::value::to_raw_value(&()).map_err(|_| Refusal::Bug)?;
        let (at, message_id) = (timestamp(at_us), format!("msg_{}_test_{at_us}", webhook.id));
        let (by, event) = ("webhooks".to_owned(), TEST.to_owned());
        let data = EventDoc { seq: 0, at: at.clone(), by, event, subject: webhook.id, data };
        let message = MessageDoc { kind: TEST.to_owned(), timestamp: at, data };
        let body = serde_json::to_vec(&message).map_err(|_| Refusal::Bug)?;
        let message = signed(webhook.url, message_id.clone(), secrets, body);
        let (verdict, attempt) = self.calls.send(message).await;
        Ok(TestedDoc { taken: verdict == Verdict::Taken, message_id, attempt })
    }
}
