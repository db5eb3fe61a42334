//! Which version a caller knows.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use paidan_engine::flaw::{Code, Flaw};
use serde_json::value::RawValue;

use crate::body::entity_tag;
use crate::live::Entry;
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

/// Which versions the caller counts on: `if-match` and `if-none-match`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// One of these, or any that is there if it is empty.
    is: Option<Vec<u64>>,
    /// Nothing is there.
    is_none: bool,
}

impl Expected {
    /// Whether the caller counts on nothing.
    pub fn is_anything(&self) -> bool {
        *self == Expected::default()
    }

    /// Holds what the caller counts on against what is.
    ///
    /// # Errors
    /// It is another one, with what it is.
    pub fn check(&self, record: Option<&Record>) -> Result<(), Refusal> {
        let is_as_known = match (&self.is, record) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(versions), Some(record)) => versions.is_empty() || versions.contains(&record.version),
        };
        if is_as_known && !(self.is_none && record.is_some()) {
            return Ok(());
        }
        let current = record.and_then(|record| RawValue::from_string(record.body.clone()).ok());
        Err(Refusal::Changed(current))
    }

    /// A record that is to be changed, which must be there and as the caller knows it; `word` says what it is.
    ///
    /// # Errors
    /// As [`Expected::check`]; there is none; the store's trouble.
    pub fn find(
        &self,
        entry: &Entry<'_>,
        (kind, word): (Kind, &'static str),
        id: &str,
    ) -> Result<Record, Refusal> {
        let record = entry.record(kind, id)?;
        self.check(record.as_ref())?;
        record.ok_or_else(|| Refusal::UnknownRecord(word, id.to_owned()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Expected {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Expected, Refusal> {
        let is = parts.headers.get(header::IF_MATCH).map(versions).transpose()?;
        let none = parts.headers.get(header::IF_NONE_MATCH);
        if none.is_some_and(|none| none != "*") {
            return Err(flawed("if-none-match", "only * is understood"));
        }
        Ok(Expected { is, is_none: none.is_some() })
    }
}

fn versions(tags: &HeaderValue) -> Result<Vec<u64>, Refusal> {
    let text = tags.to_str().map_err(|_| flawed("if-match", "it is no text"))?.trim();
    if text == "*" {
        return Ok(Vec::new());
    }
    let version = |tag: &str| {
        let tag = tag.trim();
        let number = tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
        (entity_tag(number) == tag).then_some(number)
    };
    // A tag of another kind is of no version of ours.
    Ok(text.split(',').map(|tag| version(tag).unwrap_or(u64::MAX)).collect())
}

fn flawed(header: &str, found: &str) -> Refusal {
    let fix = "send the entity tag with which the record was answered, or leave the header out";
    Refusal::Flawed(vec![Flaw::new(Code::OutOfRange, format!("header.{header}"), found, fix)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(tags: &'static str) -> Expected {
        Expected { is: Some(versions(&HeaderValue::from_static(tags)).unwrap()), is_none: false }
    }

    #[test]
    fn only_a_version_that_is_named_matches() {
        let record =
            |version| Record { id: "T1".to_owned(), version, tag: String::new(), body: "{}".to_owned() };
        let matches = |tags, version| expected(tags).check(Some(&record(version))).is_ok();
        assert!(matches("\"7\"", 7) && matches("\"6\", \"7\"", 7) && matches("*", 7));
        assert!(
            !matches("\"6\"", 7) && !matches("7", 7) && !matches("W/\"7\"", 7) && !matches("\"07\"", 7)
        );
        assert!(expected("*").check(None).is_err() && Expected::default().check(None).is_ok());
        let none = Expected { is: None, is_none: true };
        assert!(none.check(None).is_ok() && none.check(Some(&record(7))).is_err());
    }
}
