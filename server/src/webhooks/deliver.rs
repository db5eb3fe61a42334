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
        let mut note = Note::default();
        let (mut noted, mut swept) = (Instant::now(), Instant::now());
        let (mut replays_upto, mut looked) = (None, None);
        let mut under_way = JoinSet::new();
        loop {
            let is_stopping = *stops.borrow_and_update();
            let hook = self.hook.borrow_and_update().clone();
            let last = *self.last.borrow_and_update();
            note.gone_at = note.gone_at.filter(|version| *version == hook.version);
            let is_open = hook.doc.enabled && note.gone_at.is_none();
            let mut has_more = false;
            if is_open && !is_stopping {
                has_more = self.read(&mut course, &hook.doc, last, &mut note).await?;
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
            let mut wait = if has_more { Duration::ZERO } else { config.webhook_look };
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

    /// Where the webhook stood, in this service's term from now on: one of an earlier term writes no more, so nothing that
    /// it takes up or takes note of behind this is lost.
    async fn begin(&self, id: &str) -> Result<Course, Refusal> {
        let (own, term) = (id.to_owned(), self.term);
        let take_over = move |entry: &mut Entry<'_>| {
            let progress = Progress { term, ..progress_of(entry, &own, term)?.1.unwrap_or_default() };
            entry.put(Kind::Progress, (&own, ""), &progress)?;
            JsonText::ok(&progress)
        };
        let told = self.tenant.write(by(), take_over).await?;
        let progress: Progress = serde_json::from_slice(&told.text).map_err(|_| Refusal::Bug)?;
        let tenant = Arc::clone(&self.tenant);
        let (progress, facts) = blocking(move || {
            tenant.read(|read, name| {
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

    /// Reads on by some events, if there is room; whether there are more to read at once. Not all in one go: of thousands
    /// that are not wanted, too, whoever stops this need not wait for the last.
    async fn read(
        &self,
        course: &mut Course,
        doc: &WebhookDoc,
        last: u64,
        note: &mut Note,
    ) -> Result<bool, Refusal> {
        if course.room() == 0 || course.upto() >= last {
            return Ok(false);
        }
        let (tenant, after) = (Arc::clone(&self.tenant), course.upto());
        let facts =
            blocking(move || tenant.read(|read, name| read.facts(name, after, AT_A_TIME))).await?;
        note.is_changed |= !facts.is_empty();
        let is_full = facts.len() == AT_A_TIME;
        for fact in facts {
            let is_wanted = doc.wants(&fact.event);
            if is_wanted && course.room() == 0 {
                return Ok(false);
            }
            note.letters.extend(course.read(fact, is_wanted));
        }
        Ok(is_full && course.room() > 0)
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
            let (record, _) = progress_of(entry, &own, progress.term)?;
            let mut doc: WebhookDoc = record.document()?;
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

/// A webhook's record, and where it stands, for a service of a term.
///
/// # Errors
/// It is gone; another service of a later term delivers to it; the store's trouble.
fn progress_of(entry: &Entry<'_>, id: &str, term: u64) -> Result<(Record, Option<Progress>), Refusal> {
    let record = entry.record(Kind::Webhook, id)?;
    let record = record.ok_or_else(|| Refusal::UnknownRecord("webhook", id.to_owned()))?;
    let kept = entry.record(Kind::Progress, id)?;
    let kept: Option<Progress> = kept.as_ref().map(Record::document).transpose()?;
    if kept.as_ref().is_some_and(|kept| kept.term > term) {
        return Err(Refusal::NotReady("another service delivers to webhooks by now"));
    }
    Ok((record, kept))
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

#[cfg(test)]
mod tests {
    use super::super::manage::Terms;
    use super::*;
    use crate::config::Config;
    use crate::live::Live;
    use crate::store;

    /// A tenant with a webhook that wants nothing, and services that deliver to it in these terms.
    async fn deliveries<const N: usize>(terms: [u64; N]) -> (Arc<Live>, String, [Delivery; N]) {
        let config = Config::default();
        let live = Arc::new(Live::start(store::open("memory").unwrap(), &config).unwrap());
        let (url, description) = ("http://localhost/".to_owned(), String::new());
        let events = vec!["nothing".to_owned()];
        let doc = Webhooks::make(Terms { url, events, description, enabled: true }).unwrap();
        let tenant = live.tenant("main").unwrap();
        let (own, id) = (doc.clone(), doc.id.clone());
        let made = tenant.write(by(), move |entry| {
            entry.put(Kind::Webhook, (&own.id, ""), &own)?;
            entry.tell("webhook.made", &own.id, &())?;
            JsonText::ok(&())
        });
        made.await.unwrap();
        let hook = Hook { doc, version: 1, secrets: Secrets::default() };
        let all = Arc::new(Webhooks::new(Arc::clone(&live), &config));
        let deliveries = terms.map(|term| Delivery {
            all: Arc::clone(&all),
            tenant: Arc::clone(&tenant),
            term,
            hook: watch::Sender::new(hook.clone()).subscribe(),
            last: watch::Sender::new(0).subscribe(),
        });
        (live, id, deliveries)
    }

    #[tokio::test]
    async fn a_dead_letter_is_not_taken_up_behind_the_back_of_whoever_has_taken_over() {
        let (_live, id, [before, after]) = deliveries([1, 2]).await;
        let (letter, own) = (format!("{id}/000000000001"), id.clone());
        let replayed = before.tenant.write(by(), move |entry| {
            let fact = Fact {
                seq: 1,
                at_us: 0,
                actor: String::new(),
                event: "webhook.made".to_owned(),
                subject: own.clone(),
                body: "null".to_owned(),
            };
            let given = Given { fact: Arc::new(fact), attempts: Vec::new() };
            let doc: WebhookDoc = entry.record(Kind::Webhook, &own)?.ok_or(Refusal::Bug)?.document()?;
            entry.put_letters(&own, &[DeadLetterDoc::of(&doc, given, 0)?], 10, "")?;
            entry.replay_letter(&own, "000000000001")?;
            JsonText::ok(&())
        });
        replayed.await.unwrap();
        let (mut course, mut note) = (before.begin(&id).await.unwrap(), Note::default());
        assert!(before.take_up(&id, &mut course, &mut note).await.unwrap());
        assert_eq!(note.taken_up, [letter]);
        let mut course_after = after.begin(&id).await.unwrap();
        let refused = before.write(&id, &course, &mut note).await;
        assert!(matches!(refused, Err(Refusal::NotReady(_))), "{refused:?}");
        let mut note = Note::default();
        after.take_up(&id, &mut course_after, &mut note).await.unwrap();
        after.write(&id, &course_after, &mut note).await.unwrap();
        assert_eq!(course_after.progress(2).waiting.len(), 1, "it is sent after all");
    }

    #[tokio::test]
    async fn a_long_backlog_is_read_piece_by_piece() {
        let (_live, id, [delivery]) = deliveries([1]).await;
        let many = delivery.tenant.write(by(), |entry| {
            (0..2 * AT_A_TIME).try_for_each(|_| entry.tell("ticket.changed", "T1", &()))?;
            JsonText::ok(&())
        });
        many.await.unwrap();
        let doc = delivery.hook.borrow().doc.clone();
        let (mut course, mut note) = (delivery.begin(&id).await.unwrap(), Note::default());
        let last = 1 + 2 * AT_A_TIME as u64;
        for (upto, has_more) in [(64, true), (128, true), (129, false)] {
            let told = delivery.read(&mut course, &doc, last, &mut note).await.unwrap();
            assert_eq!((course.upto(), told), (upto, has_more));
        }
    }
}
