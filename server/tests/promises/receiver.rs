//! A receiver of webhooks that takes down what it gets and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A message as it came in.
#[derive(Clone, Debug)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    pub body: Value,
}

impl Got {
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("it is text")
    }

    pub fn event(&self) -> &str {
        self.body["type"].as_str().expect("it has a type")
    }

    pub fn subject(&self) -> &str {
        self.body["data"]["subject"].as_str().expect("it has a subject")
    }
}

/// What it answers.
#[derive(Clone, Debug)]
pub enum Reply {
    With(u16),
    /// A redirect to there.
    To(String),
    /// Nothing, ever.
    Never,
}

type Judge = dyn Fn(&Got) -> Reply + Send + Sync;

/// The receiver.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    judge: Arc<Mutex<Arc<Judge>>>,
}

impl Receiver {
    /// One that takes everything.
    pub async fn new() -> Receiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let judge: Arc<Judge> = Arc::new(|_| Reply::With(204));
        let receiver = Receiver {
            address: listener.local_addr().expect("an address"),
            got: Arc::default(),
            judge: Arc::new(Mutex::new(judge)),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// Has it answer so from now on.
    pub fn answers(&self, judge: impl Fn(&Got) -> Reply + Send + Sync + 'static) {
        *self.judge.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(judge);
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// All that has come so far.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until what has come is as wanted.
    pub async fn wait(&self, is_enough: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        for _ in 0..3000 {
            let got = self.got();
            if is_enough(&got) {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let got = self.got();
        let got: Vec<_> = got.iter().map(|got| (got.id(), got.event(), got.subject())).collect();
        panic!("it never came; what has: {got:?}");
    }
}

async fn take(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, bytes: Bytes) -> Response {
    let body = serde_json::from_slice(&bytes).expect("it is JSON");
    let got = Got { path: uri.path().to_owned(), headers, bytes, body };
    let judge = Arc::clone(&receiver.judge.lock().unwrap_or_else(PoisonError::into_inner));
    let reply = judge(&got);
    receiver.got.lock().unwrap_or_else(PoisonError::into_inner).push(got);
    match reply {
        Reply::With(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Reply::To(place) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place)]).into_response()
        }
        Reply::Never => std::future::pending().await,
    }
}
