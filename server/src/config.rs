//! Every limit of the service: its name, its unit, its default. All of them are shown by `/v1/limits`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// Longest wait for the head of a request, also for the next one on an open connection.
    pub head_wait: Duration,
    /// Longest time in which a caller takes nothing of an answer; then the connection is cut. Where the
    /// system cannot watch for that, only for a caller who has gone. At least a second.
    pub read_wait: Duration,
    /// Connections open at once; more wait to be accepted.
    pub connections: usize,
    /// Longest wait in a queue before the work begins; what has waited longer is refused, unworked.
    pub queue_wait: Duration,
    /// How long a service that stops waits for the answers under way.
    pub stop_wait: Duration,
    /// Answers from this many bytes on are compressed, if the caller takes gzip.
    pub gzip_from_bytes: usize,
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
    /// Streams of events open at once, over all plans.
    pub listeners: usize,
    /// Shortest time between two events of a plan; what changes meanwhile comes in one.
    pub event_gap: Duration,
    /// Bytes of events kept for each plan while somebody listens, so that whoever lags behind or comes
    /// back can go on; whoever has missed more gets the whole plan.
    pub event_bytes: usize,
    /// Silence on a stream of events after which a comment shows that it is alive.
    pub heartbeat: Duration,
    /// Whether requests that name this host as theirs need no key; only for a service that nobody else can reach.
    pub keyless: bool,
    /// Requests in a second that one key may send in the long run ...
    pub key_rate: usize,
    /// ... and at once.
    pub key_burst: usize,
    /// Tenants that are served at once.
    pub tenants: usize,
    /// Threads that write down what has changed; one at a time for each tenant, and of an embedded store one in all.
    pub write_threads: usize,
    /// Writes of one tenant that may wait; those that wait are committed together.
    pub write_queue: usize,
    /// Connections to a `PostgreSQL` store; whoever needs one more waits.
    pub store_connections: usize,
    /// Longest wait for a `PostgreSQL` store: for an answer, a connection, or another service that writes for the tenant.
    pub store_wait: Duration,
    /// How long a service may have a tenant of a `PostgreSQL` store to itself without a word; then the database takes it back.
    pub store_hold: Duration,
    /// How often is looked for what other services have written to the same store: events, and keys.
    pub store_look: Duration,
    /// How long an answer is kept for whoever asks again under the same idempotency key.
    pub kept_age: Duration,
    /// Most records in one page.
    pub page: usize,
    /// Threads that answer dispatches.
    pub quick_threads: usize,
    /// Dispatches that may wait.
    pub quick_queue: usize,
    /// Waves that may wait; one is computed at a time, on as many threads as a search has.
    pub wave_queue: usize,
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
            head_wait: Duration::from_secs(60),
            read_wait: Duration::from_secs(60),
            connections: 10_000,
            queue_wait: Duration::from_secs(30),
            stop_wait: Duration::from_secs(30),
            gzip_from_bytes: 16 * 1024,
            tickets: 100_000,
            engineers: 50_000,
            top: 50,
            plan_wait: Duration::from_secs(600),
            plan_workers: 1,
            plan_threads: cores,
            plan_queue: 16,
            plans_kept: 100,
            plan_age: Duration::from_secs(3600),
            listeners: 256,
            event_gap: Duration::from_millis(200),
            event_bytes: 4 * 1024 * 1024,
            heartbeat: Duration::from_secs(15),
            keyless: true,
            key_rate: 1000,
            key_burst: 2000,
            tenants: 1000,
            write_threads: 2,
            write_queue: 1024,
            store_connections: 16,
            store_wait: Duration::from_secs(30),
            store_hold: Duration::from_secs(20),
            store_look: Duration::from_millis(250),
            kept_age: Duration::from_secs(48 * 3600),
            page: 1000,
            quick_threads: cores,
            quick_queue: 1024,
            wave_queue: 16,
            bulk_threads: 1,
            bulk_queue: 16,
        }
    }
}

/// One limit as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Limit, examples(json!({"name": "plan_queue", "value": 16, "unit": "searches", "says": "that may wait; then 429"})))]
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
            ("head_wait_s", self.head_wait.as_secs(), "seconds", "longest wait for a request's head"),
            (
                "read_wait_s",
                self.read_wait.as_secs(),
                "seconds",
                "longest time in which a caller takes nothing of an answer; then the connection is cut",
            ),
            ("connections", self.connections as u64, "connections", "open at once; more wait"),
            (
                "queue_wait_s",
                self.queue_wait.as_secs(),
                "seconds",
                "longest wait in a queue before the work begins; then 503, unworked",
            ),
            (
                "stop_wait_s",
                self.stop_wait.as_secs(),
                "seconds",
                "a service that stops waits for the answers under way",
            ),
            (
                "gzip_from_bytes",
                self.gzip_from_bytes as u64,
                "bytes",
                "answers from this size on are compressed, if the caller takes gzip",
            ),
            ("tickets", self.tickets as u64, "tickets", FEWER),
            ("engineers", self.engineers as u64, "engineers", FEWER),
            ("top", self.top as u64, "offers", "most in one decision"),
            ("plan_wait_s", self.plan_wait.as_secs(), "seconds", "longest search"),
            ("plan_workers", self.plan_workers as u64, "searches", "at the same time"),
            ("plan_threads", self.plan_threads as u64, "threads", "of one search"),
            ("plan_queue", self.plan_queue as u64, "searches", "that may wait; then 429"),
            ("plans_kept", self.plans_kept as u64, "plans", "kept for asking"),
            ("plan_age_s", self.plan_age.as_secs(), "seconds", "a finished plan is kept"),
            ("listeners", self.listeners as u64, "streams", "of events open at once; then 429"),
            (
                "event_gap_ms",
                self.event_gap.as_millis() as u64,
                "milliseconds",
                "shortest time between two events of a plan",
            ),
            (
                "event_bytes",
                self.event_bytes as u64,
                "bytes",
                "events kept for whoever lags behind; then the whole plan is sent",
            ),
            (
                "heartbeat_s",
                self.heartbeat.as_secs(),
                "seconds",
                "of silence on a stream of events before a comment",
            ),
            (
                "keyless",
                u64::from(self.keyless),
                "yes or no",
                "whether requests on this host need no key",
            ),
            ("key_rate", self.key_rate as u64, "requests", "in a second under one key; then 429"),
            ("key_burst", self.key_burst as u64, "requests", "at once under one key; then 429"),
            ("tenants", self.tenants as u64, "tenants", "served at once"),
            ("write_threads", self.write_threads as u64, "threads", "that write down what has changed"),
            ("write_queue", self.write_queue as u64, "writes", "of one tenant that may wait; then 429"),
            (
                "kept_age_s",
                self.kept_age.as_secs(),
                "seconds",
                "an answer is kept under its idempotency key",
            ),
            ("page", self.page as u64, "records", "most in one page"),
            ("quick_threads", self.quick_threads as u64, "threads", "that answer dispatches"),
            ("quick_queue", self.quick_queue as u64, "dispatches", "that may wait; then 429"),
            ("wave_queue", self.wave_queue as u64, "waves", "that may wait; then 429"),
            ("bulk_threads", self.bulk_threads as u64, "threads", "that read large documents"),
            ("bulk_queue", self.bulk_queue as u64, "documents", "that may wait; then 429"),
        ];
        rows.into_iter()
            .chain(self.of_the_store())
            .map(|(name, value, unit, says)| LimitDoc {
                name: name.to_owned(),
                value,
                unit: unit.to_owned(),
                says: says.to_owned(),
            })
            .collect()
    }

    /// Those that concern the store alone.
    fn of_the_store(&self) -> [(&'static str, u64, &'static str, &'static str); 4] {
        [
            ("store_connections", self.store_connections as u64, "connections", "to a PostgreSQL store"),
            (
                "store_wait_s",
                self.store_wait.as_secs(),
                "seconds",
                "longest wait for a PostgreSQL store, or for another service that writes to it; then 503",
            ),
            (
                "store_hold_s",
                self.store_hold.as_secs(),
                "seconds",
                "a service may have a tenant of a PostgreSQL store to itself without a word",
            ),
            (
                "store_look_ms",
                self.store_look.as_millis() as u64,
                "milliseconds",
                "between two looks for what other services have written",
            ),
        ]
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
