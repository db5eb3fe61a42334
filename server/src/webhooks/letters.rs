//! Dead letters: messages that nobody took, kept to be read and sent again.

use paidan_engine::flaw::Code;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::course::{AttemptDoc, Given};
use super::record::WebhookDoc;
use crate::live::{Entry, EventDoc};
use crate::refusal::Refusal;
use crate::store::{Fact, Kind};
use crate::text::timestamp;

/// What a receiver gets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookMessage, examples(json!({
    "type": "ticket.assigned", "timestamp": "2026-03-02T12:00:00.123456Z",
    "data": {
        "seq": 8, "at": "2026-03-02T12:00:00.123456Z", "by": "crm", "event": "ticket.assigned", "subject": "T1",
        "data": {"state": "assigned", "engineers": ["ana"], "decision": "000000000007"}
    }
})))]
pub struct MessageDoc {
    /// The event's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened; RFC 3339.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// The event, as `/v1/events` tells it.
    pub data: EventDoc,
}

impl MessageDoc {
    /// The message that tells of a fact.
    ///
    /// # Errors
    /// As [`EventDoc::of`].
    pub fn of(fact: Fact) -> Result<MessageDoc, Refusal> {
        let data = EventDoc::of(fact)?;
        Ok(MessageDoc { kind: data.event.clone(), timestamp: data.at.clone(), data })
    }
}

/// A message that nobody took.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadLetter, examples(json!({
    "id": "000000000008", "message_id": "msg_9c1e4b7a02d85f36_8", "seq": 8, "event": "ticket.assigned", "subject": "T1",
    "dead_at": "2026-03-03T05:12:00Z",
    "attempts": [{"at": "2026-03-02T12:00:01.5Z", "status": 503, "error": "it answered 503", "took_ms": 84}],
    "message": {
        "type": "ticket.assigned", "timestamp": "2026-03-02T12:00:00.123456Z",
        "data": {
            "seq": 8, "at": "2026-03-02T12:00:00.123456Z", "by": "crm", "event": "ticket.assigned", "subject": "T1",
            "data": {"state": "assigned", "engineers": ["ana"], "decision": "000000000007"}
        }
    }
})))]
pub struct DeadLetterDoc {
    /// Its id; one of its webhook.
    pub id: String,
    /// Its `webhook-id`, also when it is sent again.
    pub message_id: String,
    /// The event's number.
    pub seq: u64,
    /// The event's name.
    pub event: String,
    /// The id of what it happened to.
    pub subject: String,
    /// When it was given up; RFC 3339.
    #[schema(format = DateTime)]
    pub dead_at: String,
    /// Every time it was sent.
    pub attempts: Vec<AttemptDoc>,
    /// What was sent, a `WebhookMessage`.
    #[schema(value_type = serde_json::Value)]
    pub message: Box<RawValue>,
}

impl DeadLetterDoc {
    /// A letter of a webhook.
    ///
    /// # Errors
    /// As [`MessageDoc::of`].
    pub(super) fn of(webhook: &WebhookDoc, given: Given, now_us: i64) -> Result<DeadLetterDoc, Refusal> {
        let Given { fact, attempts } = given;
        let Fact { seq, event, subject, .. } = (*fact).clone();
        let message = serde_json::value::to_raw_value(&MessageDoc::of((*fact).clone())?);
        Ok(DeadLetterDoc {
            id: letter_id(seq),
            message_id: webhook.message_id(seq),
            seq,
            event,
            subject,
            dead_at: timestamp(now_us),
            attempts,
            message: message.map_err(|trouble| {
                tracing::error!(%trouble, "a message cannot be written");
                Refusal::Bug
            })?,
        })
    }
}

fn letter_id(seq: u64) -> String {
    format!("{seq:012}")
}

/// The id of a letter's record.
pub(super) fn record_id(webhook: &str, letter: &str) -> String {
    format!("{webhook}/{letter}")
}

/// The word by which the letters are listed that are to be sent again.
pub(super) fn again(webhook: &str) -> String {
    format!("{webhook}/again")
}

impl Entry<'_> {
    /// Has a dead letter sent again.
    ///
    /// # Errors
    /// There is none of this id; the store's trouble.
    pub fn replay_letter(&mut self, webhook: &str, letter: &str) -> Result<DeadLetterDoc, Refusal> {
        let id = record_id(webhook, letter);
        let record = self.record(Kind::Letter, &id)?;
        let record = record.filter(|record| record.tag == webhook || record.tag == again(webhook));
        let unknown = || Refusal::UnknownRecord("dead letter", letter.to_owned());
        let doc: DeadLetterDoc = record.ok_or_else(unknown)?.document()?;
        self.put(Kind::Letter, (&id, &again(webhook)), &doc)?;
        Ok(doc)
    }

    /// Has all dead letters of a webhook sent again; the numbers of their events.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn replay_letters(&mut self, webhook: &str) -> Result<Vec<u64>, Refusal> {
        let mut replayed = Vec::new();
        for record in self.records_of(Kind::Letter, webhook)? {
            let letter: DeadLetterDoc = record.document()?;
            self.put(Kind::Letter, (&record.id, &again(webhook)), &letter)?;
            replayed.push(letter.seq);
        }
        Ok(replayed)
    }

    /// Adds dead letters and drops the oldest ones of a webhook, as many as are more than it may have, and those that
    /// died before a moment.
    ///
    /// # Errors
    /// The store's trouble.
    pub(super) fn put_letters(
        &mut self,
        webhook: &str,
        new: &[DeadLetterDoc],
        most: usize,
        before: &str,
    ) -> Result<(), Refusal> {
        for letter in new {
            self.put(Kind::Letter, (&record_id(webhook, &letter.id), webhook), letter)?;
        }
        let all = self.records_of(Kind::Letter, webhook)?;
        let too_many = all.len().saturating_sub(most);
        for (n, record) in all.iter().enumerate() {
            let is_old =
                || Ok::<_, Refusal>(record.document::<DeadLetterDoc>()?.dead_at.as_str() < before);
            if n < too_many || is_old()? {
                self.remove(Kind::Letter, &record.id);
            }
        }
        Ok(())
    }

    /// Removes a webhook with all that belongs to it.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn remove_webhook(&mut self, id: &str) -> Result<(), Refusal> {
        for kind in [Kind::Webhook, Kind::Secrets, Kind::Progress] {
            self.remove(kind, id);
        }
        for tag in [id.to_owned(), again(id)] {
            for letter in self.records_of(Kind::Letter, &tag)? {
                self.remove(Kind::Letter, &letter.id);
            }
        }
        Ok(())
    }

    /// Refuses one more webhook than there may be.
    ///
    /// # Errors
    /// There are as many; the store's trouble.
    pub fn has_room_for_webhook(&self, most: usize) -> Result<(), Refusal> {
        if self.records_of(Kind::Webhook, "")?.len() < most {
            return Ok(());
        }
        let found = format!("there are {most} webhooks already, this service's limit");
        Err(Refusal::flaw(Code::TooLarge, "", found, "remove one, or have one receiver pass events on"))
    }
}
