//! Webhooks: a service that delivers, and what it promises, one subject a file.

mod addresses;
mod dead_letters;
mod order;
mod resources;
mod services;
mod signing;

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use paidan::app::app;
use paidan::config::Config;
use paidan::state::{Shared, State};
use paidan::store::Store;
use serde_json::{Value, json};

use crate::common::{Service, memory, small, ticket};
use crate::receiver::Got;

/// Limits under which nobody waits long.
pub fn quick() -> Config {
    Config {
        webhooks_to_private: true,
        webhook_look: Duration::from_millis(20),
        webhook_note_gap: Duration::from_millis(10),
        webhook_pause: Duration::from_millis(5),
        webhook_longest_pause: Duration::from_millis(100),
        webhook_lease: Duration::from_secs(4),
        ..small()
    }
}

/// A service that delivers.
struct Running {
    service: Service,
    state: Shared,
    delivers: tokio::task::JoinHandle<()>,
}

impl Running {
    fn new(config: Config) -> Running {
        Running::on(config, memory())
    }

    fn on(config: Config, store: Arc<dyn Store>) -> Running {
        let state = State::start(config, store).expect("threads");
        let delivers = tokio::spawn(Arc::clone(&state.webhooks).run());
        Running { service: Service(app(state.clone())), state, delivers }
    }

    /// Ends it in good order.
    async fn stop(self) {
        self.state.stop();
        self.delivers.await.expect("it ends");
    }

    /// Ends it at once, wherever it is.
    async fn kill(self) {
        self.delivers.abort();
        assert!(self.delivers.await.is_err_and(|end| end.is_cancelled()));
    }

    /// Makes a webhook; its path and its secret.
    async fn hook(&self, url: &str, events: &[&str]) -> (String, String) {
        let answer = self.service.post("/v1/webhooks", &json!({"url": url, "events": events})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let path = answer.headers["location"].to_str().expect("a path").to_owned();
        (path, answer.body["secret"].as_str().expect("a secret").to_owned())
    }

    async fn tickets(&self, ids: &[&str]) {
        for id in ids {
            let answer = self.service.post("/v1/tickets", &ticket(id)).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        }
    }

    async fn step(&self, id: &str, to: &str) {
        let answer = self.service.post(&format!("/v1/tickets/{id}/state"), &json!({"to": to})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    /// Asks until the answer is as wanted.
    async fn wait(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..3000 {
            let answer = self.service.get(path).await;
            if is_so(&answer.body) {
                return answer.body;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never is so: {}", self.service.get(path).await.body);
    }
}

fn subjects(got: &[Got]) -> Vec<&str> {
    got.iter().map(Got::subject).collect()
}
