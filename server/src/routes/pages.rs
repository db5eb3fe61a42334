//! Records one by one and page by page.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use paidan_engine::flaw::{Code, Flaw};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::body::JsonText;
use crate::live::Tenant;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::{Kind, Page, Record};
use crate::text::quoted;

/// Records in a page unless the caller says otherwise.
const USUAL: usize = 100;

/// A page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Page, examples(json!({"items": [], "next": null})))]
pub struct PageDoc<T> {
    /// The records, in the order of their ids.
    pub items: Vec<T>,
    /// What to send as `after` to get the next page; null at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// What stands in a query.
#[derive(Clone, Debug, Default)]
pub struct Asking(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Asking {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asking, Refusal> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let fix = "write its percent codes from the bytes of UTF-8";
        let broken = |_| Refusal::flaw(Code::OutOfRange, "query", "it is no query", fix);
        pairs.map(|Query(pairs)| Asking(pairs)).map_err(broken)
    }
}

impl Asking {
    /// What is said under a name.
    ///
    /// # Errors
    /// It is said twice.
    pub fn word(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut said = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (said.next(), said.next()) {
            (_, Some(_)) => Err(flaw(name, "it is said twice".to_owned(), "say it once")),
            (one, None) => Ok(one),
        }
    }

    /// The same as a number.
    ///
    /// # Errors
    /// It is none, or said twice.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let number = |word: &str| {
            let found = || flaw(name, format!("{} is no whole number", quoted(word)), "send digits");
            word.parse().map_err(|_| found())
        };
        self.word(name)?.map(number).transpose()
    }

    /// Whether something is wanted; not unless it is said.
    ///
    /// # Errors
    /// It is neither `true` nor `false`, or said twice.
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.word(name)? {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(word) => Err(flaw(
                name,
                format!("{} is neither true nor false", quoted(word)),
                "say true or false",
            )),
        }
    }

    /// Refuses whatever else is said than a page and these.
    ///
    /// # Errors
    /// A flaw for each.
    pub fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        let is_known = |key: &str| names.contains(&key) || ["after", "limit"].contains(&key);
        let flaws: Vec<Flaw> = self
            .0
            .iter()
            .filter(|(key, _)| !is_known(key))
            .map(|(key, _)| {
                let path = format!("query.{}", quoted(key));
                let known = names.join(", ");
                Flaw::new(
                    Code::UnknownKey,
                    path,
                    "nothing of this name is asked here",
                    format!("after, limit, {known} are"),
                )
            })
            .collect();
        if flaws.is_empty() { Ok(()) } else { Err(Refusal::Flawed(flaws)) }
    }

    /// How many records at most.
    ///
    /// # Errors
    /// More than a page has, or none.
    pub fn limit(&self, most: usize) -> Result<usize, Refusal> {
        let limit = self.number("limit")?.map_or(USUAL.min(most), |limit| limit as usize);
        within("limit", limit, most)
    }

    /// So many under a name, and `most` unless it is said.
    ///
    /// # Errors
    /// More than `most`, or none.
    pub fn at_most(&self, name: &str, most: usize) -> Result<usize, Refusal> {
        within(name, self.number(name)?.map_or(most, |said| said as usize), most)
    }
}

fn within(name: &str, said: usize, most: usize) -> Result<usize, Refusal> {
    if (1..=most).contains(&said) {
        return Ok(said);
    }
    Err(flaw(name, format!("{said} is not between 1 and {most}"), "ask for less"))
}

fn flaw(name: &str, found: String, fix: &str) -> Refusal {
    Refusal::flaw(Code::OutOfRange, &format!("query.{name}"), found, fix)
}

/// A record of a tenant, which must be there; `word` says what it is.
///
/// # Errors
/// There is none; the store's trouble.
pub fn known(tenant: &Tenant, (kind, word): (Kind, &'static str), id: &str) -> Result<Record, Refusal> {
    let record = tenant.read(|read, tenant| read.record(tenant, kind, id))?;
    record.ok_or_else(|| Refusal::UnknownRecord(word, id.to_owned()))
}

/// One record as it is stored, with its version.
///
/// # Errors
/// There is none; the store's trouble.
pub async fn one(
    state: &Shared,
    caller: Caller,
    of: (Kind, &'static str),
    id: String,
) -> Result<JsonText, Refusal> {
    let read = move || {
        let record = known(&caller.tenant, of, &id)?;
        let version = record.version;
        Ok(JsonText::ok(&raw(record)?)?.at_version(version))
    };
    state.quick.run(read).await
}

/// A page of records whose tag is their state: of one state if the query says so, of any of `states` unless it does.
///
/// # Errors
/// A state that is none; a query with anything else; as [`page`].
pub async fn page_by_state(
    state: &Shared,
    caller: Caller,
    (kind, word): (Kind, &'static str),
    states: &[&'static str],
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&["state"])?;
    let Some(said) = asking.word("state")? else { return page(state, caller, kind, None, asking).await };
    let Some(tag) = states.iter().find(|state| **state == said) else {
        let found = format!("{} is no state of a {word}", quoted(said));
        return Err(flaw("state", found, &format!("use one of {}", states.join(", "))));
    };
    page(state, caller, kind, Some(tag), asking).await
}

/// A page of records as they are stored.
///
/// # Errors
/// A page that is too long; the store's trouble.
pub async fn page(
    state: &Shared,
    caller: Caller,
    kind: Kind,
    tag: Option<&str>,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    let most = asking.limit(state.config.page)?;
    let after = asking.word("after")?.unwrap_or_default().to_owned();
    let tag = tag.map(str::to_owned);
    let read = move || {
        let page = Page { tag: tag.as_deref(), after: &after, most: most + 1 };
        let mut records = caller.tenant.read(|read, tenant| read.page(tenant, kind, page))?;
        let goes_on = records.len() > most;
        records.truncate(most);
        let next = records.last().filter(|_| goes_on).map(|last| last.id.clone());
        let items = records.into_iter().map(raw).collect::<Result<Vec<_>, _>>()?;
        JsonText::ok(&PageDoc { items, next })
    };
    state.quick.run(read).await
}

fn raw(record: Record) -> Result<Box<RawValue>, Refusal> {
    RawValue::from_string(record.body).map_err(|trouble| {
        tracing::error!(id = record.id, %trouble, "a record is no JSON");
        Refusal::Bug
    })
}
