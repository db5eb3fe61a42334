//! Facts as callers see them: events.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::refusal::Refusal;
use crate::store::Fact;
use crate::text::timestamp;

/// Something that happened.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Event, examples(json!({
    "seq": 8, "at": "2026-03-02T12:00:00.123456Z", "by": "crm", "event": "ticket.assigned", "subject": "T1",
    "data": {"state": "assigned", "engineers": ["ana"], "decision": "000000000007"}
})))]
pub struct EventDoc {
    /// Its number; they count up from 1 without a gap.
    pub seq: u64,
    /// When it was written down; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who did it.
    pub by: String,
    /// What it was, as `ticket.assigned`.
    pub event: String,
    /// The id of what it happened to; empty for the fleet.
    pub subject: String,
    /// What is to be said of it.
    #[schema(value_type = serde_json::Value)]
    pub data: Box<RawValue>,
}

impl EventDoc {
    /// A fact as callers see it.
    ///
    /// # Errors
    /// A bug: our facts are JSON.
    pub fn of(fact: Fact) -> Result<EventDoc, Refusal> {
        let Fact { seq, at_us, actor, event, subject, body } = fact;
        let data = RawValue::from_string(body).map_err(|trouble| {
            tracing::error!(seq, %trouble, "a fact is no JSON");
            Refusal::Bug
        })?;
        Ok(EventDoc { seq, at: timestamp(at_us), by: actor, event, subject, data })
    }
}
