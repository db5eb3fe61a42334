//! The id of a request: the caller's, if it is sane, else one of ours.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderValue};

use super::REQUEST_ID;

/// Longest id of a caller, in bytes.
const LONGEST: usize = 128;

/// Makes ids, no two alike: when the service was born, and a number.
#[derive(Debug)]
pub struct Ids {
    /// In milliseconds since 1970; different for each start of the service.
    birth: u64,
    next: AtomicU64,
}

impl Ids {
    /// Ids from 1 on.
    pub fn new() -> Ids {
        let birth =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        Ids { birth, next: AtomicU64::new(1) }
    }

    /// A fresh id.
    pub fn fresh(&self) -> String {
        format!("{:x}-{:x}", self.birth, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// The id of a request with these headers.
    pub(super) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(REQUEST_ID) {
            Some(id) if is_sane(id) => id.clone(),
            // Digits and a dash always make a header.
            _ => HeaderValue::try_from(self.fresh()).unwrap_or(HeaderValue::from_static("-")),
        }
    }
}

impl Default for Ids {
    fn default() -> Ids {
        Ids::new()
    }
}

/// Whether an id may stand in a log as it is.
fn is_sane(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    let sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.iter().all(sane)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &'static str) -> HeaderValue {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static(id));
        Ids::new().of(&headers)
    }

    #[test]
    fn a_sane_id_is_taken_and_any_other_replaced() {
        assert_eq!(of("order-17/a.b:c"), "order-17/a.b:c");
        for insane in ["", "two words", "\"quoted\"", "semi;colon"] {
            assert_ne!(of(insane), insane);
        }
        let ids = Ids::new();
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
