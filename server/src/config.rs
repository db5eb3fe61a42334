//! Every limit of the service: its name, its unit, its default. All of them are shown by `/v1/limits`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the service grants.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Longest request body, in bytes. It takes a multiple of that in memory. Peaks measured with bodies
    /// of 37 MB: 9 times for a first fleet; 15 times for one that takes another's place, since both are
    /// held meanwhile, or for one with a flaw. A flawed body of nothing but tiny objects, made to harm,
    /// took 76 times: all its flaws are looked for in a tree. Each document that waits holds its bytes.
    pub body_bytes: usize,
    /// Longest wait for a whole body.
    pub body_wait: Duration,
    /// Most tickets in one document. The engine itself, and so the command line, takes more: there a
    /// large document keeps nobody else waiting.
    pub tickets: usize,
    /// Most engineers in one document; as for tickets, the command line takes more.
    pub engineers: usize,
    /// Most offers in one decision.
    pub top: usize,
    /// Longest search; also ends a search by rounds.
    pub plan_wait: Duration,
    /// Searches at the same time.
    pub plan_workers: usize,
    /// Threads of one search.
    pub plan_threads: usize,
    /// Searches that may wait.
    pub plan_queue: usize,
    /// Plans kept for asking, whatever their state.
    pub plans_kept: usize,
    /// How long a finished plan is kept.
    pub plan_age: Duration,
    /// Tickets asked about that are kept for a commit; the oldest is forgotten first.
    pub asked_tickets: usize,
    /// Threads that answer dispatches.
    pub quick_threads: usize,
    /// Dispatches that may wait.
    pub quick_queue: usize,
    /// Threads that read large documents, so that dispatches need not wait behind them.
    pub bulk_threads: usize,
    /// Large documents that may wait.
    pub bulk_queue: usize,
}

/// Bodies from this many bytes on are large: reading them takes longer than a dispatch.
pub const BULK_BYTES: usize = 128 * 1024;
/// What the limits of a document's lists say.
const FEWER: &str = "most in one document; the command line takes more";
/// How long a search takes if the request does not say.
pub const DEFAULT_PLAN_SECONDS: f64 = 10.0;

impl Default for Config {
    fn default() -> Config {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Config {
            body_bytes: 64 * 1024 * 1024,
            body_wait: Duration::from_secs(30),
            tickets: 100_000,
            engineers: 50_000,
            top: 50,
            plan_wait: Duration::from_secs(600),
            plan_workers: 1,
            plan_threads: cores,
            plan_queue: 16,
            plans_kept: 100,
            plan_age: Duration::from_secs(3600),
            asked_tickets: 10_000,
            quick_threads: cores,
            quick_queue: 1024,
            bulk_threads: 1,
            bulk_queue: 16,
        }
    }
}

/// One limit as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitDoc {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: u64,
    /// What it counts.
    pub unit: String,
    /// What it limits.
    pub says: String,
}

impl Config {
    /// Every limit with its name, unit and meaning.
    pub fn limits(&self) -> Vec<LimitDoc> {
        let rows = [
            (
                "body_bytes",
                self.body_bytes as u64,
                "bytes",
                "longest request body; in memory, 9 to 15 times that is usual",
            ),
            ("body_wait_s", self.body_wait.as_secs(), "seconds", "longest wait for a whole body"),
            ("tickets", self.tickets as u64, "tickets", FEWER),
            ("engineers", self.engineers as u64, "engineers", FEWER),
            ("top", self.top as u64, "offers", "most in one decision"),
            ("plan_wait_s", self.plan_wait.as_secs(), "seconds", "longest search"),
            ("plan_workers", self.plan_workers as u64, "searches", "at the same time"),
            ("plan_threads", self.plan_threads as u64, "threads", "of one search"),
            ("plan_queue", self.plan_queue as u64, "searches", "that may wait; then 429"),
            ("plans_kept", self.plans_kept as u64, "plans", "kept for asking"),
            ("plan_age_s", self.plan_age.as_secs(), "seconds", "a finished plan is kept"),
            ("asked_tickets", self.asked_tickets as u64, "tickets", "asked about and kept for a commit"),
            ("quick_threads", self.quick_threads as u64, "threads", "that answer dispatches"),
            ("quick_queue", self.quick_queue as u64, "dispatches", "that may wait; then 429"),
            ("bulk_threads", self.bulk_threads as u64, "threads", "that read large documents"),
            ("bulk_queue", self.bulk_queue as u64, "documents", "that may wait; then 429"),
        ];
        rows.into_iter()
            .map(|(name, value, unit, says)| LimitDoc {
                name: name.to_owned(),
                value,
                unit: unit.to_owned(),
                says: says.to_owned(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_told() {
        let fields = format!("{:?}", Config::default()).matches(": ").count();
        assert_eq!(Config::default().limits().len(), fields, "a limit without a row in `limits`");
    }
}
