//! What every request passes on its way in and every answer on its way out: an id, the clock, the count,
//! a line in the log, 500 for a panic, gzip for what is large.
//!
//! One layer with a future of its own, since each layer of a router costs every request an allocation
//! or two.

mod gzip;
mod id;

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Span;

use crate::metrics::Row;
use crate::refusal::Refusal;
use crate::state::Shared;
pub use id::Ids;

/// Letters of a path that stand in the log, at most.
const LOGGED: usize = 300;

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The layer.
#[derive(Clone, Debug)]
pub struct Door(pub Shared);

impl<S> Layer<S> for Door {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, state: self.0.clone() }
    }
}

/// A service behind the door.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    inner: S,
    state: Shared,
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Answering<S::Future> {
        let start = Instant::now();
        let id = self.state.ids.of(request.headers());
        let span = tracing::info_span!(
            "request",
            id = id.to_str().unwrap_or_default(),
            method = %request.method(),
            path = cut(request.uri().path()),
        );
        let template = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let passage = Passage {
            row: self.state.requests.row(template, request.method()),
            takes_gzip: request.method() != Method::HEAD && gzip::is_taken(request.headers()),
            start,
            id,
            state: self.state.clone(),
        };
        let stage = Stage::Within { answer: self.inner.call(request) };
        Answering { stage, span, passage }
    }
}

/// What is known of a request while it is answered.
struct Passage {
    row: Row,
    takes_gzip: bool,
    start: Instant,
    id: HeaderValue,
    state: Shared,
}

pin_project! {
    /// The answer of a service behind the door.
    pub struct Answering<F> {
        #[pin]
        stage: Stage<F>,
        span: Span,
        passage: Passage,
    }
}

pin_project! {
    #[project = StageNow]
    enum Stage<F> {
        // The service answers.
        Within { #[pin] answer: F },
        // Its large answer is compressed.
        Packing { answer: BoxFuture<'static, Response> },
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Answering<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let _lines_of_this_request = this.span.enter();
        let response = match this.stage.as_mut().project() {
            StageNow::Within { answer } => {
                let response = match catch_unwind(AssertUnwindSafe(|| answer.poll(cx))) {
                    Ok(poll) => ready!(poll)?,
                    Err(_) => bug(),
                };
                match this.passage.pack(response) {
                    Ok(mut answer) => match answer.as_mut().poll(cx) {
                        Poll::Ready(response) => response,
                        Poll::Pending => {
                            this.stage.set(Stage::Packing { answer });
                            return Poll::Pending;
                        }
                    },
                    Err(response) => response,
                }
            }
            StageNow::Packing { answer } => ready!(answer.as_mut().poll(cx)),
        };
        Poll::Ready(Ok(this.passage.end(response)))
    }
}

impl Passage {
    /// Compresses an answer, or hands it back if it goes out as it is.
    #[allow(clippy::result_large_err, reason = "what is handed back is the answer itself, moved once")]
    fn pack(&self, mut response: Response) -> Result<BoxFuture<'static, Response>, Response> {
        if !gzip::is_worth_it(&response, self.state.config.gzip_from_bytes) {
            return Err(response);
        }
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !self.takes_gzip {
            return Err(response);
        }
        Ok(Box::pin(gzip::pack(response, self.state.clone())))
    }

    /// The last touch: the id, the count, the line in the log.
    fn end(&mut self, mut response: Response) -> Response {
        let id = std::mem::replace(&mut self.id, HeaderValue::from_static(""));
        response.headers_mut().insert(REQUEST_ID, id);
        let took = self.start.elapsed();
        self.state.requests.count(self.row, response.status(), took);
        let (status, ms) = (response.status(), took.as_micros() as f64 / 1000.0);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            // Where no line for each request is wanted there is no span, and callers report this id.
            let id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
            tracing::error!(id, status = status.as_u16(), ms, "a mistake of ours was answered");
        } else {
            tracing::info!(status = status.as_u16(), ms, "answered");
        }
        response
    }
}

/// As much of a path as the log takes.
fn cut(path: &str) -> &str {
    path.char_indices().nth(LOGGED).map_or(path, |(end, _)| &path[..end])
}

fn bug() -> Response {
    tracing::error!("a handler panicked; its request is answered with 500");
    Refusal::Bug.into_response()
}
