//! Every limit of the service, in one table: its name, what it counts, its default, its range. All of them are shown by
//! `/v1/limits` and may be set by these names; `settings/` reads them.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bodies from this many bytes on are large: reading them takes longer than a dispatch.
pub const BULK_BYTES: usize = 128 * 1024;
/// What the limits of a document's lists say.
const FEWER: &str = "most in one document; the command line takes more";
/// How long a search takes if the request does not say.
pub const DEFAULT_PLAN_SECONDS: f64 = 10.0;

const MIB: u64 = 1024 * 1024;
const DAY_S: u64 = 24 * 3600;

/// A limit, apart from its value.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its name; what counts seconds or milliseconds ends in `_s` or `_ms`.
    pub name: &'static str,
    /// What it counts.
    pub unit: &'static str,
    /// What it may be.
    pub range: RangeInclusive<u64>,
    /// What it limits.
    pub says: &'static str,
    /// Whether its default is the number of cores.
    pub is_by_cores: bool,
    /// Tells it.
    pub get: fn(&Config) -> u64,
    /// Sets it; whoever calls has looked at the range.
    pub set: fn(&mut Config, u64),
}

/// What differs between limits that count things and those that are lengths of time.
macro_rules! kind {
    (type count) => {
        usize
    };
    (type seconds) => {
        Duration
    };
    (type milliseconds) => {
        Duration
    };
    (name count $field:ident) => {
        stringify!($field)
    };
    (name seconds $field:ident) => {
        concat!(stringify!($field), "_s")
    };
    (name milliseconds $field:ident) => {
        concat!(stringify!($field), "_ms")
    };
    (unit count $unit:literal) => {
        $unit
    };
    (unit $kind:ident) => {
        stringify!($kind)
    };
    (of count $value:expr) => {
        $value as usize
    };
    (of seconds $value:expr) => {
        Duration::from_secs($value)
    };
    (of milliseconds $value:expr) => {
        Duration::from_millis($value)
    };
    (number count $value:expr) => {
        $value as u64
    };
    (number seconds $value:expr) => {
        $value.as_secs()
    };
    (number milliseconds $value:expr) => {
        $value.as_millis() as u64
    };
}

/// Makes [`Config`], its defaults and [`LIMITS`] of one table: `name: kind "unit" = default, range, says;`.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $field:ident: $kind:ident $($unit:literal)? = $default:expr, $range:expr, $says:expr;)+) => {
        /// What the service grants.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $field: kind!(type $kind),)+
            /// Whether requests that name this host as theirs need no key; only for a service that nobody else can
            /// reach, so it cannot be set but follows from where the service listens.
            pub keyless: bool,
            /// Whether webhooks may be sent without encryption and to addresses that only this network reaches.
            pub webhooks_to_private: bool,
        }

        impl Default for Config {
            fn default() -> Config {
                Config { $($field: kind!(of $kind $default),)+ keyless: true, webhooks_to_private: false }
            }
        }

        /// Every limit that can be set.
        pub const LIMITS: &[Limit] = &[$(Limit {
            name: kind!(name $kind $field),
            unit: kind!(unit $kind $($unit)?),
            range: $range,
            says: $says,
            is_by_cores: matches!(stringify!($default).as_bytes(), b"cores()"),
            get: |config| kind!(number $kind config.$field),
            set: |config, value| config.$field = kind!(of $kind value),
        },)+];
    };
}

limits! {
    /// Longest request body, in bytes. It takes a multiple of that in memory. Peaks measured with bodies
    /// of 37 MB: 9 times for a first fleet; 15 times for one that takes another's place, since both are
    /// held meanwhile, or for one with a flaw. A flawed body of nothing but tiny objects, made to harm,
    /// took 76 times: all its flaws are looked for in a tree. Each document that waits holds its bytes.
    body_bytes: count "bytes" = 64 * MIB, 1024..=512 * MIB, "longest request body; in memory, 9 to 15 times that is usual";
    /// Longest wait for a whole body.
    body_wait: seconds = 30, 1..=3600, "longest wait for a whole body";
    /// Longest wait for the head of a request, also for the next one on an open connection.
    head_wait: seconds = 60, 1..=3600, "longest wait for a request's head, or for the handshake of TLS";
    /// Longest time in which a caller takes nothing of an answer; then the connection is cut. Where the
    /// system cannot watch for that, only for a caller who has gone. At least a second.
    read_wait: seconds = 60, 1..=3600, "longest time in which a caller takes nothing of an answer; then the connection is cut";
    /// Connections open at once; more wait to be accepted.
    connections: count "connections" = 10_000, 1..=1_000_000, "open at once; more wait";
    /// Longest wait in a queue before the work begins; what has waited longer is refused, unworked.
    queue_wait: seconds = 30, 1..=3600, "longest wait in a queue before the work begins; then 503, unworked";
    /// How long a service that stops waits for the answers under way.
    stop_wait: seconds = 30, 0..=3600, "a service that stops waits for the answers and the searches under way";
    /// Answers from this many bytes on are compressed, if the caller takes gzip.
    gzip_from_bytes: count "bytes" = 16 * 1024, 1..=512 * MIB, "answers from this size on are compressed, if the caller takes gzip";
    /// Most tickets in one document. The engine itself, and so the command line, takes more: there a
    /// large document keeps nobody else waiting.
    tickets: count "tickets" = 100_000, 1..=1_000_000, FEWER;
    /// Most engineers in one document; as for tickets, the command line takes more.
    engineers: count "engineers" = 50_000, 1..=200_000, FEWER;
    /// Most offers in one decision.
    top: count "offers" = 50, 1..=10_000, "most in one decision";
    /// Longest search; also ends a search by rounds.
    plan_wait: seconds = 600, 1..=DAY_S, "longest search";
    /// Searches at the same time.
    plan_workers: count "searches" = 1, 1..=256, "at the same time";
    /// Threads of one search.
    plan_threads: count "threads" = cores(), 1..=1024, "of one search";
    /// Searches that may wait.
    plan_queue: count "searches" = 16, 1..=10_000, "that may wait; then 429";
    /// Plans kept for asking, whatever their state.
    plans_kept: count "plans" = 100, 1..=10_000, "kept for asking, in memory of all tenants, in the store of each";
    /// How long a finished plan is kept.
    plan_age: seconds = 3600, 1..=365 * DAY_S, "a finished plan is kept";
    /// How long a service that has died lets others believe that its searches go on.
    plan_lease: seconds = 15, 1..=3600, "until a search is told as stopped whose service has died";
    /// Streams of events open at once, over all plans.
    listeners: count "streams" = 256, 1..=100_000, "of events open at once; then 429";
    /// Shortest time between two events of a plan; what changes meanwhile comes in one.
    event_gap: milliseconds = 200, 0..=60_000, "shortest time between two events of a plan";
    /// Bytes of events kept for each plan while somebody listens, so that whoever lags behind or comes
    /// back can go on; whoever has missed more gets the whole plan.
    event_bytes: count "bytes" = 4 * MIB, 1..=512 * MIB, "events kept for whoever lags behind; then the whole plan is sent";
    /// Silence on a stream of events after which a comment shows that it is alive.
    heartbeat: seconds = 15, 1..=3600, "of silence on a stream of events before a comment";
    /// Requests in a second that one key may send in the long run ...
    key_rate: count "requests" = 1000, 1..=1_000_000, "in a second under one key; then 429";
    /// ... and at once.
    key_burst: count "requests" = 2000, 1..=1_000_000, "at once under one key; then 429";
    /// Seconds of a desk's clock in a second: more for a rehearsal; at 0 it stands still.
    pace: count "seconds" = 1, 0..=100_000, "of a desk's clock in a second; more for a rehearsal, 0 and it stands still";
    /// Tenants that are served at once.
    tenants: count "tenants" = 1000, 1..=100_000, "served at once";
    /// Threads that write down what has changed; one at a time for each tenant, and of an embedded store one in all.
    write_threads: count "threads" = 2, 1..=256, "that write down what has changed";
    /// Writes of one tenant that may wait; those that wait are committed together.
    write_queue: count "writes" = 256, 1..=100_000, "of one tenant that may wait; then 429";
    /// Connections to a `PostgreSQL` store; whoever needs one more waits.
    store_connections: count "connections" = 16, 2..=1000, "to a PostgreSQL store";
    /// Longest wait for a `PostgreSQL` store: for an answer, a connection, or another service that writes for the tenant.
    store_wait: seconds = 30, 1..=3600, "longest wait for a PostgreSQL store, or for another service that writes to it; then 503";
    /// How long a service may have a tenant of a `PostgreSQL` store to itself without a word; then the database takes it back.
    store_hold: seconds = 20, 1..=3600, "a service may have a tenant of a PostgreSQL store to itself without a word";
    /// How often is looked for what other services have written to the same store: events, and keys.
    store_look: milliseconds = 250, 10..=60_000, "between two looks for what other services have written";
    /// How long an answer is kept for whoever asks again under the same idempotency key.
    kept_age: seconds = 2 * DAY_S, 60..=365 * DAY_S, "an answer is kept under its idempotency key";
    /// Most records in one page.
    page: count "records" = 1000, 1..=100_000, "most in one page";
    /// Most lines of one import.
    import_lines: count "lines" = 500_000, 1..=5_000_000, "most in one import";
    /// Most tickets that a dry run of a policy asks about.
    dry_run: count "tickets" = 5000, 1..=1_000_000, "that a dry run of a policy asks about";
    /// Most cases that key figures stand on.
    kpi_cases: count "cases" = 2_000_000, 1..=100_000_000, "most that key figures stand on; then 422";
    /// Webhooks of one tenant.
    webhooks: count "webhooks" = 16, 1..=1000, "of one tenant";
    /// Longest wait for a receiver's whole answer.
    webhook_wait: seconds = 15, 1..=300, "longest wait for a receiver's answer";
    /// Bytes of a receiver's answer that are read, so that its connection can be used again.
    webhook_answer_bytes: count "bytes" = 16 * 1024, 0..=16 * MIB, "of a receiver's answer that are read";
    /// Messages under way at once, over all webhooks; half of the places are for those who have none under way.
    webhook_calls: count "messages" = 512, 1..=100_000, "under way at once to all receivers";
    /// Messages of one webhook under way at once, each of another subject.
    webhook_window: count "messages" = 8, 1..=1000, "of one webhook under way at once, each of another subject";
    /// Messages of one webhook that were begun and not taken yet.
    webhook_waiting: count "messages" = 128, 1..=10_000, "of one webhook begun and not taken yet; then nothing new is begun";
    /// How often a message is sent before it is a dead letter.
    webhook_tries: count "times" = 8, 1..=100, "a message is sent before it is a dead letter";
    /// The pause after the first failure, on average; each one after it is five times as long ...
    webhook_pause: milliseconds = 5000, 1..=3_600_000, "after the first failure, on average; each later pause is five times as long";
    /// ... up to this; also the longest wait that a receiver may ask for.
    webhook_longest_pause: seconds = 12 * 3600, 1..=7 * DAY_S, "longest pause after a failure, also if a receiver asks for more";
    /// Shortest time between two notes of how far a webhook is: what was sent since the last one is sent again after a crash.
    webhook_note_gap: milliseconds = 500, 1..=60_000, "of what was sent may be sent again after a crash";
    /// After how long without news webhooks are looked for, and what others on the same store have written for them.
    webhook_look: milliseconds = 1000, 1..=60_000, "until new webhooks, and what other services have written, are seen";
    /// How long a service that has died keeps others on the same store from delivering.
    webhook_lease: seconds = 15, 1..=3600, "until another service delivers in place of one that has died";
    /// Dead letters of one webhook; older ones are dropped.
    dead_letters: count "messages" = 1000, 1..=100_000, "of one webhook kept that nobody took";
    /// How long a dead letter is kept.
    dead_letter_age: seconds = 30 * DAY_S, 60..=365 * DAY_S, "such a message is kept";
    /// Threads that answer dispatches.
    quick_threads: count "threads" = cores(), 1..=1024, "that answer dispatches";
    /// Dispatches that may wait.
    quick_queue: count "dispatches" = 1024, 1..=100_000, "that may wait; then 429";
    /// Waves that may wait; one is computed at a time, on as many threads as a search has.
    wave_queue: count "waves" = 16, 1..=10_000, "that may wait; then 429";
    /// Threads that read large documents, so that dispatches need not wait behind them.
    bulk_threads: count "threads" = 1, 1..=256, "that read large documents";
    /// Large documents that may wait.
    bulk_queue: count "documents" = 16, 1..=10_000, "that may wait; then 429";
}

fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, usize::from) as u64
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
    /// Every limit with its name, value, unit and meaning.
    pub fn limits(&self) -> Vec<LimitDoc> {
        let told = |name: &str, value, unit: &str, says: &str| {
            let [name, unit, says] = [name, unit, says].map(str::to_owned);
            LimitDoc { name, value, unit, says }
        };
        let limits =
            LIMITS.iter().map(|limit| told(limit.name, (limit.get)(self), limit.unit, limit.says));
        let answers = [
            ("keyless", self.keyless, "whether requests on this host need no key"),
            (
                "webhooks_to_private",
                self.webhooks_to_private,
                "whether webhooks may go unencrypted, and to addresses that only this network reaches",
            ),
        ];
        let answers =
            answers.map(|(name, answer, says)| told(name, u64::from(answer), "yes or no", says));
        limits.chain(answers).collect()
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

    #[test]
    fn every_default_is_in_its_range_and_what_is_set_is_what_is_told() {
        let mut config = Config::default();
        for limit in LIMITS {
            let default = (limit.get)(&config);
            assert!(
                limit.range.contains(&default),
                "{}: {default} is not in {:?}",
                limit.name,
                limit.range
            );
            for value in [*limit.range.start(), *limit.range.end()] {
                (limit.set)(&mut config, value);
                assert_eq!((limit.get)(&config), value, "{}", limit.name);
            }
        }
        assert_eq!(LIMITS.iter().filter(|limit| limit.is_by_cores).count(), 2);
    }
}
