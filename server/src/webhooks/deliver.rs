//! One webhook: reads events, has them sent, and keeps how far it is.
//!
//! What is kept is written at most twice a second however much is sent, and together with whatever else the tenant writes
//! just then. So after a crash up to half a second of messages is sent once more, under the same ids.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;

use super::Webhooks;
use super::call::Message;
use super::course::{AttemptDoc, Course, Given, Progress, Verdict};
use super::lead::blocking;
use super::lease::by;
use super::letters::{DeadLetterDoc, MessageDoc, again};
use super::record::{Secrets, WebhookDoc};
use super::sign::signatures;
use crate::body::JsonText;
use crate::live::{Entry, Tenant};
use crate::refusal::Refusal;
use crate::store::{Fact, Kind, Page, Record};
use crate::text::{now_us, timestamp};

/// Events that are read at a time.
const AT_A_TIME: usize = 64;
/// How often dead letters that are too old are looked for.
const SWEEP: Duration = Duration::from_secs(3600);

/// A webhook as it is by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hook {
    pub doc: WebhookDoc,
    pub version: u64,
    pub secrets: Secrets,
}

/// What is needed to deliver to a webhook.
#[derive(Debug)]
pub(super) struct Delivery {
    pub all: Arc<Webhooks>,
    pub tenant: Arc<Tenant>,
    pub term: u64,
    pub hook: watch::Receiver<Hook>,
    /// The number of the latest event.
    pub last: watch::Receiver<u64>,
}

/// What is to be written down.
#[derive(Debug, Default)]
struct Note {
    is_changed: bool,
    letters: Vec<Given>,
    /// Whether dead letters that are too old are dropped.
    sweeps: bool,
    /// Records of dead letters that are sent again.
    taken_up: Vec<String>,
    /// The version of the webhook that has answered that nobody is there.
    gone_at: Option<u64>,
}

impl Delivery {
    /// Delivers until the service stops, the webhook is gone, or another service has taken over.
    pub async fn run(self) {
        let id = self.hook.borrow().doc.id.clone();
        if let Err(refusal) = self.deliver(&id).await {
            // One that was removed needs nobody any more.
            if !matches!(refusal, Refusal::UnknownRecord(..)) {
                tracing::warn!(webhook = id, ?refusal, "a webhook is left until the next look");
            }
        }
    }

    async fn deliver(mut self, id: &str) -> Result<(), Refusal> {
        let config = self.all.config.clone();
        let mut stops = self.all.stops.subscribe();
        let mut course = self.begin(id).await?;
        // Said first of all, so that a service of an earlier term writes no more.
        let mut note = Note { is_changed: true, ..Note::default() };
        self.write(id, &course, &mut note).await?;
        let (mut noted, mut swept) = (Instant::now(), Instant::now());
        let (mut replays_upto, mut looked) = (None, None);
        let mut under_way = JoinSet::new();
        loop {
            let is_stopping = *stops.borrow_and_update();
            let hook = self.hook.borrow_and_update().clone();
            let last = *self.last.borrow_and_update();
            note.gone_at = note.gone_at.filter(|version| *version == hook.version);
            let is_open = hook.doc.enabled && note.gone_at.is_none();
            if is_open && !is_stopping {
                self.read(&mut course, &hook.doc, last, &mut note).await?;
                let is_looked = replays_upto == Some(last)
                    || looked.is_some_and(|looked: Instant| looked.elapsed() < config.webhook_look);
                if !is_looked && course.room() > 0 {
                    replays_upto = self.take_up(id, &mut course, &mut note).await?.then_some(last);
                    looked = Some(Instant::now());
                }
                while under_way.is_empty() || self.all.has_many_seats() {
                    let Some(fact) = course.pick(now_us()) else { break };
                    let seat = Arc::clone(&self.all.seats).try_acquire_owned().ok();
                    under_way.spawn(send(Arc::clone(&self.all), hook.clone(), fact, seat));
                }
            }
            let is_due = is_stopping && under_way.is_empty()
                || !note.letters.is_empty()
                || !note.taken_up.is_empty()
                || note.gone_at.is_some()
                || noted.elapsed() >= config.webhook_note_gap;
            note.sweeps = swept.elapsed() >= SWEEP;
            if is_due && note.is_changed || note.sweeps {
                self.write(id, &course, &mut note).await?;
                noted = Instant::now();
                swept = if note.sweeps { noted } else { swept };
            }
            if is_stopping && under_way.is_empty() {
                return Ok(());
            }
            let mut wait = config.webhook_look;
            if note.is_changed {
                wait = wait.min(config.webhook_note_gap.saturating_sub(noted.elapsed()));
            }
            // What is due already waits for something under way.
            let next = course.next_us().map(|next| next - now_us()).filter(|next| *next > 0 && is_open);
            if let Some(next) = next {
                wait = wait.min(Duration::from_micros(next as u64));
            }
            tokio::select! {
                Some(ended) = under_way.join_next() => {
                    let (seq, ended) = ended.map_err(|_| Refusal::Bug)?;
                    self.end(&mut course, &mut note, (seq, ended), hook.version);
                }
                told = self.hook.changed() => told.map_err(|_| Refusal::Stopping)?,
                told = self.last.changed() => told.map_err(|_| Refusal::Stopping)?,
                _ = stops.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Where the webhook stood.
    async fn begin(&self, id: &str) -> Result<Course, Refusal> {
        let (tenant, own) = (Arc::clone(&self.tenant), id.to_owned());
        let (progress, facts) = blocking(move || {
            tenant.read(|read, name| {
                let record = read.record(name, Kind::Progress, &own)?;
                let progress: Progress =
                    record.as_ref().map(Record::document).transpose()?.unwrap_or_default();
                let mut facts = Vec::new();
                for kept in &progress.waiting {
                    facts.extend(read.facts(name, kept.seq.saturating_sub(1), 1)?);
                }
                Ok((progress, facts))
            })
        })
        .await?;
        Ok(Course::new(progress, facts, &self.all.config))
    }

    /// Reads on, as far as there is room.
    async fn read(
        &self,
        course: &mut Course,
        doc: &WebhookDoc,
        last: u64,
        note: &mut Note,
    ) -> Result<(), Refusal> {
        while course.room() > 0 && course.upto() < last {
            let (tenant, after) = (Arc::clone(&self.tenant), course.upto());
            let facts =
                blocking(move || tenant.read(|read, name| read.facts(name, after, AT_A_TIME))).await?;
            if facts.is_empty() {
                break;
            }
            note.is_changed = true;
            for fact in facts {
                let is_wanted = doc.wants(&fact.event);
                if is_wanted && course.room() == 0 {
                    return Ok(());
                }
                note.letters.extend(course.read(fact, is_wanted));
            }
        }
        Ok(())
    }

    /// Takes dead letters up that are to be sent again; whether those were all.
    async fn take_up(&self, id: &str, course: &mut Course, note: &mut Note) -> Result<bool, Refusal> {
        let (tenant, tag, most) = (Arc::clone(&self.tenant), again(id), course.room());
        let (facts, letters) = blocking(move || {
            tenant.read(|read, name| {
                let letters =
                    read.page(name, Kind::Letter, Page { tag: Some(&tag), after: "", most })?;
                let mut facts = Vec::new();
                for letter in &letters {
                    let seq = letter.document::<DeadLetterDoc>()?.seq;
                    facts.extend(read.facts(name, seq.saturating_sub(1), 1)?);
                }
                Ok((facts, letters))
            })
        })
        .await?;
        note.is_changed |= !letters.is_empty();
        for fact in facts {
            course.wait(fact);
        }
        let are_all = letters.len() < most;
        note.taken_up.extend(letters.into_iter().map(|letter| letter.id));
        Ok(are_all)
    }

    fn end(
        &self,
        course: &mut Course,
        note: &mut Note,
        (seq, (verdict, attempt)): (u64, (Verdict, AttemptDoc)),
        version: u64,
    ) {
        let counts = &self.all.counts;
        let count = if verdict == Verdict::Taken { &counts.taken } else { &counts.failed };
        count.fetch_add(1, Ordering::Relaxed);
        if verdict == Verdict::Gone {
            note.gone_at = Some(version);
        }
        note.letters.extend(course.end(seq, (verdict, attempt), now_us(), chance()));
        note.is_changed = true;
    }

    /// Writes down where the webhook stands, unless somebody of a later term does.
    async fn write(&self, id: &str, course: &Course, note: &mut Note) -> Result<(), Refusal> {
        let Note { letters, taken_up, gone_at, sweeps, .. } = note;
        let (own, progress) = (id.to_owned(), course.progress(self.term));
        let (letters, taken_up, gone_at) = (std::mem::take(letters), std::mem::take(taken_up), *gone_at);
        let sweeps = *sweeps || !letters.is_empty();
        note.is_changed = false;
        let dead = letters.len() as u64;
        let most = self.all.config.dead_letters;
        let before = timestamp(now_us() - self.all.config.dead_letter_age.as_micros() as i64);
        let write = move |entry: &mut Entry<'_>| {
            let record = entry.record(Kind::Webhook, &own)?;
            let record = record.ok_or_else(|| Refusal::UnknownRecord("webhook", own.clone()))?;
            let mut doc: WebhookDoc = record.document()?;
            let kept = entry.record(Kind::Progress, &own)?;
            let kept: Option<Progress> = kept.as_ref().map(Record::document).transpose()?;
            if kept.is_some_and(|kept| kept.term > progress.term) {
                return Err(Refusal::NotReady("another service delivers to webhooks by now"));
            }
            entry.put(Kind::Progress, (&own, ""), &progress)?;
            for letter in &taken_up {
                entry.remove(Kind::Letter, letter);
            }
            if sweeps {
                let now_us = entry.at_us();
                let letters = letters.into_iter().map(|given| DeadLetterDoc::of(&doc, given, now_us));
                let letters = letters.collect::<Result<Vec<_>, _>>()?;
                entry.put_letters(&own, &letters, most, &before)?;
            }
            if gone_at == Some(record.version) && doc.enabled {
                doc.enabled = false;
                doc.disabled_because = Some("gone".to_owned());
                entry.put(Kind::Webhook, (&own, ""), &doc)?;
                entry.tell("webhook.disabled", &own, &serde_json::json!({"because": "gone"}))?;
            }
            JsonText::ok(&())
        };
        self.tenant.write(by(), write).await?;
        self.all.counts.dead.fetch_add(dead, Ordering::Relaxed);
        Ok(())
    }
}

/// Sends the message of an event.
async fn send(
    all: Arc<Webhooks>,
    Hook { doc, secrets, .. }: Hook,
    fact: Arc<Fact>,
    seat: Option<OwnedSemaphorePermit>,
) -> (u64, (Verdict, AttemptDoc)) {
    let _seat = match seat {
        Some(seat) => Some(seat),
        // Nobody closes them, so there will be one.
        None => Arc::clone(&all.seats).acquire_owned().await.ok(),
    };
    let (seq, id) = (fact.seq, doc.message_id(fact.seq));
    let body = MessageDoc::of((*fact).clone()).ok().and_then(|doc| serde_json::to_vec(&doc).ok());
    (seq, all.calls.send(signed(doc.url, id, &secrets, body.unwrap_or_default())).await)
}

/// A message signed now.
pub(super) fn signed(url: String, id: String, secrets: &Secrets, body: Vec<u8>) -> Message {
    let now_us = now_us();
    let at_s = now_us.div_euclid(1_000_000);
    let signatures = signatures(secrets.at(now_us), (&id, at_s), &body);
    Message { url, id, at_s, signatures, body }
}

/// A number of 0 to 1.
fn chance() -> f64 {
    let mut random = [0; 4];
    // Without chance everybody waits for the middle of their time.
    let has_chance = getrandom::fill(&mut random).is_ok();
    if has_chance { f64::from(u32::from_ne_bytes(random)) / f64::from(u32::MAX) } else { 0.5 }
}
