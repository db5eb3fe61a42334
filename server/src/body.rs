//! What comes in with a request, and JSON out.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;

use crate::refusal::Refusal;
use crate::state::Shared;

/// The bytes of a JSON body: declared as such, not too long, not too slow.
#[derive(Clone, Debug)]
pub struct JsonBody(pub Bytes);

/// The same, or empty if the request has no body.
#[derive(Clone, Debug)]
pub struct MaybeJsonBody(pub Bytes);

/// The bytes of a JSON body that is a document or a merge patch on one (RFC 7396).
#[derive(Clone, Debug)]
pub struct PatchOrJson {
    /// Whether it is declared as a patch.
    pub is_patch: bool,
    /// The body.
    pub bytes: Bytes,
}

/// The bytes of a body of many lines.
#[derive(Clone, Debug)]
pub struct LinesBody {
    /// What a line is.
    pub lines: Lines,
    /// The body.
    pub bytes: Bytes,
}

/// What the lines of a body are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Each a JSON document.
    Json,
    /// Rows of a table with a header, separated by commas (RFC 4180).
    Csv,
}

/// Content types that a body may have, the usual one first.
type Types = &'static [&'static str];

const JSON: Types = &["application/json"];
const PATCH: &str = "application/merge-patch+json";
const JSON_LINES: [&str; 3] = ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"];
const CSV: &str = "text/csv";

impl FromRequest<Shared> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<JsonBody, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::WrongType(JSON));
        }
        read(request, state).await.map(JsonBody)
    }
}

impl FromRequest<Shared> for PatchOrJson {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<PatchOrJson, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::WrongType(&["application/json", PATCH]));
        }
        let is_patch = kind(request.headers()).is_some_and(|kind| kind.eq_ignore_ascii_case(PATCH));
        Ok(PatchOrJson { is_patch, bytes: read(request, state).await? })
    }
}

impl FromRequest<Shared> for LinesBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<LinesBody, Refusal> {
        let lines = match kind(request.headers()) {
            Some(kind) if kind.eq_ignore_ascii_case(CSV) => Lines::Csv,
            Some(kind) if JSON_LINES.iter().any(|name| kind.eq_ignore_ascii_case(name)) => Lines::Json,
            _ => return Err(Refusal::WrongType(&[CSV, JSON_LINES[0], JSON_LINES[1]])),
        };
        Ok(LinesBody { lines, bytes: read(request, state).await? })
    }
}

impl FromRequest<Shared> for MaybeJsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<MaybeJsonBody, Refusal> {
        let declared = is_json(request.headers());
        let bytes = read(request, state).await?;
        if declared || bytes.is_empty() {
            Ok(MaybeJsonBody(bytes))
        } else {
            Err(Refusal::WrongType(JSON))
        }
    }
}

/// The content type without its parameters.
fn kind(headers: &HeaderMap) -> Option<&str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    kind.split(';').next().map(str::trim)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(essence) = kind(headers) else { return false };
    essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5 && essence.is_char_boundary(essence.len() - 5) && {
            let (media, suffix) = essence.split_at(essence.len() - 5);
            suffix.eq_ignore_ascii_case("+json") && media.contains('/')
        })
}

async fn read(request: Request, state: &Shared) -> Result<Bytes, Refusal> {
    let config = &state.config;
    let headers = request.headers();
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    if declared.is_some_and(|bytes: u64| bytes > config.body_bytes as u64) {
        // Refused before it is sent.
        return Err(Refusal::TooLarge(config.body_bytes));
    }
    let packed = is_packed(headers)?;
    let body = Limited::new(request.into_body(), config.body_bytes).collect();
    let bytes = match tokio::time::timeout(config.body_wait, body).await {
        Err(_) => return Err(Refusal::Slow),
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(trouble)) if trouble.is::<LengthLimitError>() => {
            return Err(Refusal::TooLarge(config.body_bytes));
        }
        Ok(Err(_)) => return Err(Refusal::Broken),
    };
    if packed && !bytes.is_empty() { unpack(bytes, state).await } else { Ok(bytes) }
}

/// Whether the body is packed, and in the one way that is read.
fn is_packed(headers: &HeaderMap) -> Result<bool, Refusal> {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings: Vec<&[u8]> = codings.map(|coding| coding.as_bytes().trim_ascii()).collect();
    let is = |coding: &[u8], names: [&str; 2]| {
        names.iter().any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
    };
    match codings.as_slice() {
        [] => Ok(false),
        [one] if is(one, ["", "identity"]) => Ok(false),
        [one] if is(one, ["gzip", "x-gzip"]) => Ok(true),
        others => {
            let named = others.join(b", ".as_slice());
            Err(Refusal::WrongEncoding(String::from_utf8_lossy(&named).into_owned()))
        }
    }
}

/// The body behind gzip. Its size is unknown, so large documents' threads unpack it; never more than
/// one byte over the limit of a body.
async fn unpack(packed: Bytes, state: &Shared) -> Result<Bytes, Refusal> {
    let most = state.config.body_bytes;
    let unpack = move || {
        let mut body = Vec::new();
        let read = MultiGzDecoder::new(&packed[..]).take(most as u64 + 1).read_to_end(&mut body);
        match read {
            Err(_) => Err(Refusal::BrokenGzip),
            Ok(bytes) if bytes > most => Err(Refusal::TooLarge(most)),
            Ok(_) => Ok(Bytes::from(body)),
        }
    };
    state.bulk.run(unpack).await
}

/// One piece of the path, as text.
#[derive(Clone, Debug)]
pub struct Piece(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Piece {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Piece, Refusal> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(piece)| Piece(piece)).map_err(|_| Refusal::BrokenPath)
    }
}

/// A JSON text as it is sent, with its status.
#[derive(Clone, Debug)]
pub struct JsonText {
    /// The status.
    pub status: StatusCode,
    /// The text.
    pub text: Vec<u8>,
    /// The version of what it tells of, which goes out as its entity tag.
    pub version: Option<u64>,
    /// Where that is found, if it was made.
    pub location: Option<String>,
}

impl JsonText {
    /// Writes a document that is found, or was made.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn of(status: StatusCode, document: &impl Serialize) -> Result<JsonText, Refusal> {
        let mut text = Vec::with_capacity(2048);
        match serde_json::to_writer(&mut text, document) {
            Ok(()) => Ok(JsonText { status, text, version: None, location: None }),
            Err(trouble) => {
                tracing::error!(%trouble, "an answer cannot be written");
                Err(Refusal::Bug)
            }
        }
    }

    /// Writes a document with status 200.
    ///
    /// # Errors
    /// As [`JsonText::of`].
    pub fn ok(document: &impl Serialize) -> Result<JsonText, Refusal> {
        JsonText::of(StatusCode::OK, document)
    }

    /// The same as a version of something.
    pub fn at_version(self, version: u64) -> JsonText {
        JsonText { version: Some(version), ..self }
    }

    /// The same as something that is found there from now on.
    pub fn found_at(self, location: String) -> JsonText {
        JsonText { location: Some(location), ..self }
    }
}

impl IntoResponse for JsonText {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, kind, Body::from(self.text)).into_response();
        let tag = self.version.map(entity_tag);
        for (name, value) in [(header::ETAG, tag), (header::LOCATION, self.location)] {
            // Locations are percent-encoded, so both always make a header.
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A version as an entity tag.
pub fn entity_tag(version: u64) -> String {
    format!("\"{version}\"")
}
