//! Large answers, compressed for callers who take it.

use std::io::Write;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;

use crate::refusal::Refusal;
use crate::state::Shared;

/// Whether the caller takes gzip (RFC 9110, 12.5.3).
pub(super) fn is_taken(headers: &HeaderMap) -> bool {
    let mut any = false;
    for list in headers.get_all(header::ACCEPT_ENCODING) {
        for entry in list.to_str().unwrap_or_default().split(',') {
            let (coding, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let coding = coding.trim();
            let weight = weight.trim();
            let q = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="));
            let zero = q.is_some_and(|q| q.parse() == Ok(0.0));
            if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
                return !zero;
            }
            any |= coding == "*" && !zero;
        }
    }
    any
}

/// Whether an answer is worth it: whole, large, not packed yet.
pub(super) fn is_worth_it(response: &Response, from_bytes: usize) -> bool {
    let size = response.body().size_hint().exact();
    size.is_some_and(|bytes| bytes >= from_bytes as u64)
        && !response.headers().contains_key(header::CONTENT_ENCODING)
}

/// The answer compressed, on a thread that computes; as it was if those are too busy.
pub(super) async fn pack(response: Response, state: Shared) -> Response {
    let (mut parts, body) = response.into_parts();
    // A whole body is at hand, so this neither waits nor fails.
    let Ok(plain) = body.collect().await else { return Response::from_parts(parts, Body::empty()) };
    let plain = plain.to_bytes();
    let own = plain.clone();
    let packed = state.threads_for(plain.len()).run(move || packed(&own)).await;
    let Ok(packed) = packed else { return Response::from_parts(parts, Body::from(plain)) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(packed))
}

fn packed(plain: &Bytes) -> Result<Vec<u8>, Refusal> {
    let mut packer = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    let done = packer.write_all(plain).and_then(|()| packer.finish());
    done.map_err(|trouble| {
        tracing::error!(%trouble, "an answer cannot be compressed");
        Refusal::Bug
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_the_caller_says_so() {
        for (says, taken) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("br", false),
            ("gzip;q=0", false),
            ("gzip ; Q=0", false),
            ("gzip;q=0.001", true),
            ("", false),
            ("*, gzip;q=0.0", false),
            ("*;q=0", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(says));
            assert_eq!(is_taken(&headers), taken, "{says}");
        }
        assert!(!is_taken(&HeaderMap::new()));
    }
}
