//! Documents as people like to compare them: one line for each engineer, ticket and visit.

use paidan_engine::wire::document::ProblemDoc;
use serde::Serialize;

/// The document as JSON: every list on lines of its own, one entry a line, so that a change of one
/// ticket is a change of one line. Ends with a line break. `O(n)`.
pub fn write(document: &ProblemDoc) -> Vec<u8> {
    let mut out = b"{\n".to_vec();
    member(&mut out, "now", &document.now);
    if let Some(travel) = &document.travel {
        member(&mut out, "travel", travel);
    }
    if let Some(policy) = &document.policy {
        member(&mut out, "policy", policy);
    }
    list(&mut out, "territories", &document.territories);
    list(&mut out, "depots", &document.depots);
    list(&mut out, "engineers", &document.engineers);
    list(&mut out, "tickets", &document.tickets);
    list(&mut out, "visits", &document.visits);
    list(&mut out, "routes", &document.routes);
    // The last member has no comma behind it.
    out.truncate(out.len() - 2);
    out.extend_from_slice(b"\n}\n");
    out
}

fn member<T: Serialize>(out: &mut Vec<u8>, name: &str, value: &T) {
    out.extend_from_slice(format!("  \"{name}\": ").as_bytes());
    json(out, value);
    out.extend_from_slice(b",\n");
}

fn list<T: Serialize>(out: &mut Vec<u8>, name: &str, entries: &[T]) {
    if entries.is_empty() {
        return;
    }
    out.extend_from_slice(format!("  \"{name}\": [").as_bytes());
    for (n, entry) in entries.iter().enumerate() {
        out.extend_from_slice(if n == 0 { b"\n    " } else { b",\n    " });
        json(out, entry);
    }
    out.extend_from_slice(b"\n  ],\n");
}

fn json<T: Serialize>(out: &mut Vec<u8>, value: &T) {
    // JSON fails for keys that are no text, or with its writer. The documents' maps all have `String` keys
    // and no type of theirs has a `Serialize` by hand that fails; a `Vec` takes every byte.
    serde_json::to_writer(out, value).expect("documents have text keys, and a Vec takes every byte");
}

#[cfg(test)]
mod tests {
    use paidan_engine::wire::document::{ProblemDoc, TicketDoc};

    use super::*;

    #[test]
    fn a_ticket_is_a_line_and_the_whole_is_json() {
        let document: ProblemDoc = serde_json::from_str(r#"{"now": "2026-03-02T06:00:00Z"}"#).unwrap();
        assert_eq!(write(&document), b"{\n  \"now\": \"2026-03-02T06:00:00Z\"\n}\n");
        let ticket = |id: &str| TicketDoc { id: id.into(), ..TicketDoc::default() };
        let document = ProblemDoc { tickets: vec![ticket("a"), ticket("b")], ..document };
        let text = String::from_utf8(write(&document)).unwrap();
        assert_eq!(text.lines().count(), 7, "{text}");
        let back: ProblemDoc = serde_json::from_str(&text).unwrap();
        assert_eq!(write(&back), text.as_bytes());
    }
}
