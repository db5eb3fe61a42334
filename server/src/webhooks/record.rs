//! What is kept of a webhook.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What every pattern may end with.
const ANY: &str = "*";

/// Somebody who is told of events: where, and of which. Its secrets are kept apart, so no answer can hold them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Webhook, examples(json!({
    "id": "9c1e4b7a02d85f36", "url": "https://crm.example/paidan", "events": ["ticket.*"], "description": "the CRM",
    "enabled": true, "created_at": "2026-03-02T12:00:00Z"
})))]
pub struct WebhookDoc {
    /// Its id.
    pub id: String,
    /// Where events are sent.
    pub url: String,
    /// Which events: their names, such as `ticket.assigned`; all that begin alike, such as `ticket.*`; or `*`.
    pub events: Vec<String>,
    /// What it is for.
    pub description: String,
    /// Whether events are sent. Once they are again, they go on where they stopped.
    pub enabled: bool,
    /// Why it was disabled, if nobody asked for that: `gone` if it answered 410.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_because: Option<String>,
    /// When it was made; RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When its secret was changed last, if it was; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub rotated_at: Option<String>,
}

impl WebhookDoc {
    /// Whether it is to be told of an event.
    pub fn wants(&self, event: &str) -> bool {
        let is_of = |pattern: &String| match pattern.strip_suffix(ANY) {
            Some(head) => event.starts_with(head),
            None => event == pattern,
        };
        self.events.iter().any(is_of)
    }

    /// The id of the message that tells of an event: the same, however often it is sent.
    pub fn message_id(&self, seq: u64) -> String {
        format!("msg_{}_{seq}", self.id)
    }
}

/// Whether a text may be a name of events or a pattern of such names.
pub(super) fn is_pattern(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_of_name =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
        name.bytes().all(is_of_name)
    };
    match text.strip_suffix(ANY) {
        Some(head) => head.is_empty() || head.ends_with('.') && is_name(head),
        None => !text.is_empty() && is_name(text),
    }
}

/// The secrets by which a webhook's messages are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// The one of today.
    pub own: String,
    /// The one before, until when it signs as well, in microseconds since 1970.
    pub before: Option<(String, i64)>,
}

impl Secrets {
    /// Those that sign at a moment, the newest first.
    pub fn at(&self, now_us: i64) -> impl Iterator<Item = &str> {
        let before = self.before.iter().filter(move |(_, until)| now_us < *until);
        std::iter::once(self.own.as_str()).chain(before.map(|(secret, _)| secret.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(events: &[&str]) -> WebhookDoc {
        WebhookDoc {
            id: "w".to_owned(),
            url: String::new(),
            events: events.iter().map(|&event| event.to_owned()).collect(),
            description: String::new(),
            enabled: true,
            disabled_because: None,
            created_at: String::new(),
            rotated_at: None,
        }
    }

    #[test]
    fn names_and_patterns_choose_events() {
        let some = webhook(&["ticket.assigned", "visit.*"]);
        assert!(some.wants("ticket.assigned") && some.wants("visit.recorded"));
        assert!(
            !some.wants("ticket.assigned_again") && !some.wants("ticket.done") && !some.wants("visit")
        );
        assert!(webhook(&["*"]).wants("anything"));
        assert!(["*", "ticket.*", "ticket.sla.*", "ticket.en_route"].into_iter().all(is_pattern));
        assert!(
            !["", "tick*", "*.assigned", "Ticket.done", "a b", "ticket.*.x"].into_iter().any(is_pattern)
        );
    }

    #[test]
    fn the_secret_before_signs_for_a_while() {
        let secrets = Secrets { own: "new".to_owned(), before: Some(("old".to_owned(), 10)) };
        assert_eq!(secrets.at(9).collect::<Vec<_>>(), ["new", "old"]);
        assert_eq!(secrets.at(10).collect::<Vec<_>>(), ["new"]);
    }
}
