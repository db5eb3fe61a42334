//! Bodies in and out.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
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

impl FromRequest<Shared> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<JsonBody, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::WrongType);
        }
        read(request, state).await.map(JsonBody)
    }
}

impl FromRequest<Shared> for MaybeJsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<MaybeJsonBody, Refusal> {
        let declared = is_json(request.headers());
        let bytes = read(request, state).await?;
        if declared || bytes.is_empty() { Ok(MaybeJsonBody(bytes)) } else { Err(Refusal::WrongType) }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str()) else {
        return false;
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5 && essence.is_char_boundary(essence.len() - 5) && {
            let (media, suffix) = essence.split_at(essence.len() - 5);
            suffix.eq_ignore_ascii_case("+json") && media.contains('/')
        })
}

async fn read(request: Request, state: &Shared) -> Result<Bytes, Refusal> {
    let config = &state.config;
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    if declared.is_some_and(|bytes: u64| bytes > config.body_bytes as u64) {
        // Refused before it is sent.
        return Err(Refusal::TooLarge(config.body_bytes));
    }
    let body = Limited::new(request.into_body(), config.body_bytes).collect();
    match tokio::time::timeout(config.body_wait, body).await {
        Err(_) => Err(Refusal::Slow),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(trouble)) if trouble.is::<LengthLimitError>() => {
            Err(Refusal::TooLarge(config.body_bytes))
        }
        Ok(Err(_)) => Err(Refusal::Broken),
    }
}

/// A JSON text as it is sent, with its status.
#[derive(Debug)]
pub struct JsonText(pub StatusCode, pub Vec<u8>);

impl JsonText {
    /// Writes a document that is found, or was made.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn of(status: StatusCode, document: &impl Serialize) -> Result<JsonText, Refusal> {
        let mut text = Vec::with_capacity(2048);
        match serde_json::to_writer(&mut text, document) {
            Ok(()) => Ok(JsonText(status, text)),
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
}

impl IntoResponse for JsonText {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (self.0, kind, Body::from(self.1)).into_response()
    }
}
