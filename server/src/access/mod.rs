//! Who asks: by which key, for which tenant, in which role, how often; and under which key their answer is kept.

mod expected;
mod keys;
mod roles;

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, header};
use paidan_engine::flaw::Code;
use sha2::{Digest, Sha256};

use crate::body::JsonText;
use crate::live::{By, Once, Tenant};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::text::hex;
pub use expected::Expected;
pub use keys::{KeyDoc, Keys, NewKey, REGISTER, Secret};
pub use roles::Role;

/// The header under which an answer is kept.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest such key, in bytes.
const LONGEST_KEY: usize = 255;
/// The tenant of whoever needs no key.
pub const ONLY_TENANT: &str = "main";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// For whom.
    pub tenant: Arc<Tenant>,
    /// What they may do.
    pub role: Role,
    /// The engineer whose key it is.
    pub engineer: Option<String>,
    actor: Arc<str>,
    key: Option<String>,
    /// What they ask for, but for the body.
    request: String,
}

impl Caller {
    /// The same with what they have sent.
    pub fn by(&self, body: &[u8]) -> By {
        let once = self.key.as_ref().map(|key| {
            let mut asked = Sha256::new();
            asked.update(self.request.as_bytes());
            asked.update([0]);
            asked.update(body);
            Once { key: key.clone(), asked: hex(&asked.finalize()) }
        });
        By { actor: Arc::clone(&self.actor), once }
    }

    /// The answer to the same question under the same key, if it was given before. For whoever would compute long.
    ///
    /// # Errors
    /// The key was used for another question; the store's trouble.
    pub fn answered(&self, by: &By) -> Result<Option<JsonText>, Refusal> {
        self.tenant.answered(by)
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Caller, Refusal> {
        let headers = &parts.headers;
        let known = match bearer(headers) {
            Some(secret) => Some(state.keys.of(secret).ok_or(Refusal::Unauthorized)?),
            None if state.config.keyless && is_of_this_host(headers) => None,
            None => return Err(Refusal::Unauthorized),
        };
        let template = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let role = known.as_ref().map_or(Role::Admin, |known| known.role);
        if !role.may(&parts.method, template) {
            return Err(Refusal::Forbidden(role));
        }
        if let Some(known) = &known {
            known.pass()?;
        }
        let tenant = known.as_ref().map_or(ONLY_TENANT, |known| &known.tenant);
        Ok(Caller {
            tenant: state.live.tenant(tenant)?,
            role,
            engineer: known.as_ref().and_then(|known| known.engineer.clone()),
            actor: known.as_ref().map_or_else(|| Arc::from("local"), |known| Arc::from(&*known.name)),
            // Each key has its own: what one caller has called "1" is nothing to another.
            key: key(headers)?.map(|key| {
                let holder = known.as_ref().map_or("", |known| &known.id);
                format!("{holder}/{key}")
            }),
            request: request(parts),
        })
    }
}

/// What is asked for, but for the body: method, path, query, and what the caller counts on.
fn request(parts: &Parts) -> String {
    let path = parts.uri.path_and_query().map_or("", PathAndQuery::as_str);
    let condition = |name: HeaderName| {
        let tag = parts.headers.get(&name);
        tag.map_or_else(String::new, |tag| format!("{name} {tag:?}"))
    };
    let (is, is_none) = (condition(header::IF_MATCH), condition(header::IF_NONE_MATCH));
    format!("{} {path}\n{is}\n{is_none}", parts.method)
}

/// What stands behind `authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Whether a request names this host as its own, and does not come from a page of another one: a browser on this machine
/// may be led here by any page.
fn is_of_this_host(headers: &HeaderMap) -> bool {
    let is_ours = |host: &str| {
        let name =
            host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let name = name.map_or(host, |(name, _)| name);
        let is_loopback =
            |name: &str| name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
        name.eq_ignore_ascii_case("localhost") || name == "[::1]" || is_loopback(name)
    };
    // Whoever comes by way of a proxy is not of this host.
    let forwarded = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
    if forwarded.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let of_page =
        text(header::ORIGIN).map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    text(header::HOST).is_none_or(is_ours) && of_page.is_none_or(is_ours)
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let text = key.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    text.map(|key| Some(key.to_owned())).ok_or_else(|| {
        let found = format!("the idempotency-key has {} bytes, or some that are no text", key.len());
        let fix = "send 1 to 255 visible characters, another key for every other question";
        Refusal::flaw(Code::OutOfRange, "header.idempotency-key", found, fix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_another_host_needs_a_key() {
        let of = |pairs: &[(HeaderName, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
            is_of_this_host(&pairs.collect::<HeaderMap>())
        };
        assert!(of(&[]) && of(&[(header::HOST, "localhost:8080")]) && of(&[(header::HOST, "[::1]:80")]));
        assert!(of(&[(header::HOST, "127.0.0.1"), (header::ORIGIN, "http://127.0.0.1:8080")]));
        assert!(!of(&[(header::HOST, "evil.example")]) && !of(&[(header::HOST, "127.evil.example:80")]));
        assert!(!of(&[(header::HOST, "localhost"), (header::ORIGIN, "https://evil.example")]));
        assert!(!of(&[(header::ORIGIN, "null")]));
    }
}
