//! What lasts: records, facts and kept answers, behind one seam.
//!
//! A tenant's state is its records; how it came about are its facts, numbered from 1 on without a gap. Whoever writes
//! has the tenant for themselves until they commit, so nobody ever decides on what has changed meanwhile, not even
//! another process on the same store. What was committed is on disk.

mod postgres;
mod puts;
mod sql;
mod sqlite;
mod touched;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::config::Config;
pub use postgres::Postgres;
pub use puts::Puts;
pub use sqlite::{Sqlite, copy};
pub use touched::{MOST_TOUCHED, Touched};

/// Records read at a time where all are.
const AT_A_TIME: usize = 10_000;

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What a fleet has but once: clock, travel, territories, depots.
    Setup,
    /// The clock.
    Clock,
    /// The policy.
    Policy,
    /// A policy that was set, whether it still holds or not, so that whatever was decided by it can be explained.
    PolicyVersion,
    /// An engineer.
    Engineer,
    /// Where an engineer was seen last.
    Position,
    /// A ticket with its life; its tag is its state.
    Ticket,
    /// What happened; its tag is the ticket.
    Visit,
    /// A promised route; its tag is the engineer.
    Route,
    /// The answer to a ticket; its tag is the ticket.
    Decision,
    /// A ticket that was opened, in the order of time.
    Opening,
    /// A ticket that was done or cancelled, in the order of time.
    Closing,
    /// Where an engineer has ended work last; its id is theirs.
    LastStop,
    /// A call to a customer; its tag is its state.
    FollowUp,
    /// A key of a caller; its tag is the tenant.
    Key,
    /// Somebody who is told of events.
    Webhook,
    /// The secrets of a webhook, by its id.
    Secrets,
    /// How far a webhook has been told of events, by its id.
    Progress,
    /// A message that nobody took; its tag is the webhook, with `/again` behind it once it is to be sent again.
    Letter,
    /// Which service does what only one of them may do.
    Lease,
    /// A search for a plan, as it was ordered and as it ended.
    Search,
    /// The plan that a search found.
    Plan,
    /// What a plan of the fleet proposes to it, by the id of its search.
    Proposal,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 23] = [
        Kind::Setup,
        Kind::Clock,
        Kind::Policy,
        Kind::PolicyVersion,
        Kind::Engineer,
        Kind::Position,
        Kind::Ticket,
        Kind::Visit,
        Kind::Route,
        Kind::Decision,
        Kind::Opening,
        Kind::Closing,
        Kind::LastStop,
        Kind::FollowUp,
        Kind::Key,
        Kind::Webhook,
        Kind::Secrets,
        Kind::Progress,
        Kind::Letter,
        Kind::Lease,
        Kind::Search,
        Kind::Plan,
        Kind::Proposal,
    ];

    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Setup => "setup",
            Kind::Clock => "clock",
            Kind::Policy => "policy",
            Kind::PolicyVersion => "policy_version",
            Kind::Engineer => "engineer",
            Kind::Position => "position",
            Kind::Ticket => "ticket",
            Kind::Visit => "visit",
            Kind::Route => "route",
            Kind::Decision => "decision",
            Kind::Opening => "opening",
            Kind::Closing => "closing",
            Kind::LastStop => "last_stop",
            Kind::FollowUp => "follow_up",
            Kind::Key => "key",
            Kind::Webhook => "webhook",
            Kind::Secrets => "secrets",
            Kind::Progress => "progress",
            Kind::Letter => "letter",
            Kind::Lease => "lease",
            Kind::Search => "search",
            Kind::Plan => "plan",
            Kind::Proposal => "proposal",
        }
    }

    /// Whether records of the kind are no part of what the tenant has, but notes of the service for itself: no fact tells
    /// of them, and they have no version. Facts that told what was delivered would have to be delivered themselves, and
    /// make every other service on the store read its fleets anew.
    pub fn is_quiet(self) -> bool {
        matches!(self, Kind::Secrets | Kind::Progress | Kind::Letter | Kind::Lease)
    }
}

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id; one of its kind.
    pub id: String,
    /// The number of the fact that left it as it is; 0 if its kind is quiet.
    pub version: u64,
    /// A word by which records of its kind may be listed.
    pub tag: String,
    /// Its document, as JSON.
    pub body: String,
}

impl Record {
    /// Its document.
    ///
    /// # Errors
    /// It is not as we write it.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        let told = |trouble| Trouble::Foreign(format!("its record {:?}: {trouble}", self.id));
        serde_json::from_str(&self.body).map_err(told)
    }
}

/// What becomes of records of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The kind.
    pub kind: Kind,
    /// What becomes of them.
    pub what: What,
}

/// What becomes of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// This one is there from now on.
    Is(Record),
    /// The one of this id is gone.
    Gone(String),
    /// All of the kind are gone.
    AllGone,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its number; 1 is the tenant's first.
    pub seq: u64,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Who did it.
    pub actor: String,
    /// What it was, as `ticket.assigned`.
    pub event: String,
    /// The id of what it happened to.
    pub subject: String,
    /// What is to be said of it, as JSON.
    pub body: String,
}

/// An answer that is kept for whoever asks the same again under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The caller's key.
    pub key: String,
    /// What was asked, as a hash in hexadecimal digits.
    pub asked: String,
    /// When it was answered, in microseconds since 1970.
    pub at_us: i64,
    /// The answer's status.
    pub status: u16,
    /// The version of what was answered, if it has one.
    pub version: Option<u64>,
    /// Where it is found from now on, if it was made.
    pub location: Option<String>,
    /// The answer's body.
    pub body: String,
}

/// What one commit writes, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Records.
    pub puts: Puts,
    /// Facts, in the order of their numbers.
    pub facts: Vec<Fact>,
    /// Answers to keep.
    pub kept: Vec<Kept>,
    /// Kept answers that are older are forgotten; in microseconds since 1970.
    pub forget_kept_before: Option<i64>,
}

impl Change {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.facts.is_empty() && self.kept.is_empty()
    }
}

/// Which records of a kind, in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Only those with this tag.
    pub tag: Option<&'a str>,
    /// Those behind this id; the empty one is before all.
    pub after: &'a str,
    /// At most so many.
    pub most: usize,
}

/// Why the store does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its disk is full; nothing was written.
    Full,
    /// It cannot be reached, or not be trusted; what was being committed may have been.
    Gone(String),
    /// It was written by a later version of this program, or by another one.
    Foreign(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Full => f.write_str("its disk is full"),
            Trouble::Gone(why) | Trouble::Foreign(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Trouble {}

/// Opens the store of a name: `memory`, the URL of a `PostgreSQL` database, or the path of a file.
///
/// # Errors
/// It cannot be opened, or is no store of ours.
pub fn open(name: &str) -> Result<Arc<dyn Store>, Trouble> {
    open_within(name, &Config::default())
}

/// The same with other limits.
///
/// # Errors
/// As [`open`].
pub fn open_within(name: &str, config: &Config) -> Result<Arc<dyn Store>, Trouble> {
    Ok(match name {
        "memory" => Arc::new(Sqlite::in_memory()?),
        url if is_postgres(url) => Arc::new(Postgres::open(url, config)?),
        path => Arc::new(Sqlite::open(Path::new(path))?),
    })
}

/// Whether a store of this name is a `PostgreSQL` database.
pub fn is_postgres(name: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| name.starts_with(scheme))
}

/// The name of a store as it may be shown: without a password.
pub fn shown(name: &str) -> String {
    let Some((scheme, rest)) = name.split_once("://").filter(|_| is_postgres(name)) else {
        return name.to_owned();
    };
    // Whatever stands before the last @ may be part of a password, a question mark as well.
    let (who, rest) = rest.rsplit_once('@').map_or((None, rest), |(who, rest)| (Some(who), rest));
    let (place, asked) =
        rest.split_once('?').map_or((rest, None), |(place, asked)| (place, Some(asked)));
    let place = match who.and_then(|who| who.split([':', '?', '/']).next()) {
        Some(user) => format!("{user}@{place}"),
        None => place.to_owned(),
    };
    let is_secret = |pair: &&str| pair.to_ascii_lowercase().starts_with("password");
    let asked: Vec<&str> = asked.into_iter().flat_map(|asked| asked.split('&')).collect();
    let told: Vec<&str> = asked.into_iter().filter(|pair| !is_secret(pair)).collect();
    let mark = if told.is_empty() { "" } else { "?" };
    format!("{scheme}://{place}{mark}{}", told.join("&"))
}

/// Reads a tenant's records and facts.
pub trait Read {
    /// One record. `O(log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn record(&self, tenant: &str, kind: Kind, id: &str) -> Result<Option<Record>, Trouble>;

    /// Records in the order of their ids. `O(log n + page)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn page(&self, tenant: &str, kind: Kind, page: Page<'_>) -> Result<Vec<Record>, Trouble>;

    /// The record with the last id of those with a tag. `O(log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn latest(&self, tenant: &str, kind: Kind, tag: &str) -> Result<Option<Record>, Trouble>;

    /// Facts after a number, in order, at most so many. `O(log n + most)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn facts(&self, tenant: &str, after: u64, most: usize) -> Result<Vec<Fact>, Trouble>;

    /// The number of the latest fact; 0 if nothing has happened yet. `O(log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn seq(&self, tenant: &str) -> Result<u64, Trouble>;

    /// The tenants that have records of a kind, in order. `O(tenants log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn tenants_with(&self, kind: Kind) -> Result<Vec<String>, Trouble>;
    /// The numbers of the latest facts of all who have any. `O(tenants)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn seqs(&self) -> Result<Vec<(String, u64)>, Trouble>;

    /// What has changed after a fact; `None` if that is not known, or so much that everything is better read anew.
    /// `O(log n + most)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn touched(&self, tenant: &str, after: u64) -> Result<Option<Touched>, Trouble>;

    /// An answer that was kept under a key. `O(log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    fn kept(&self, tenant: &str, key: &str) -> Result<Option<Kept>, Trouble>;
}

impl dyn Read + '_ {
    /// The documents of all records of a kind, or of those with a tag, in the order of their ids. `O(n)`.
    ///
    /// # Errors
    /// The store's trouble; a record that is not as we write it.
    pub fn documents<T: DeserializeOwned>(
        &self,
        tenant: &str,
        kind: Kind,
        tag: Option<&str>,
    ) -> Result<Vec<T>, Trouble> {
        let mut documents = Vec::new();
        self.each(tenant, kind, tag, |record| {
            documents.push(record.document()?);
            Ok(())
        })?;
        Ok(documents)
    }

    /// All records of a kind, or of those with a tag, in the order of their ids. `O(n)`.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn all(&self, tenant: &str, kind: Kind, tag: Option<&str>) -> Result<Vec<Record>, Trouble> {
        let mut records = Vec::new();
        self.each(tenant, kind, tag, |record| {
            records.push(record);
            Ok(())
        })?;
        Ok(records)
    }

    fn each(
        &self,
        tenant: &str,
        kind: Kind,
        tag: Option<&str>,
        mut take: impl FnMut(Record) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut after = String::new();
        loop {
            let page = self.page(tenant, kind, Page { tag, after: &after, most: AT_A_TIME })?;
            let last = page.last().filter(|_| page.len() == AT_A_TIME).map(|last| last.id.clone());
            page.into_iter().try_for_each(&mut take)?;
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }
}

/// A tenant who is being written to. Dropped without a commit, nothing has happened.
pub trait Write {
    /// What the tenant has, and nobody else changes meanwhile.
    fn read(&self) -> &dyn Read;

    /// Writes all of it, or nothing, and returns when it is on disk.
    ///
    /// # Errors
    /// The store's trouble; after [`Trouble::Gone`] nobody knows whether it was written.
    fn commit(self: Box<Self>, tenant: &str, change: &Change) -> Result<(), Trouble>;
}

/// Where it all is.
pub trait Store: Send + Sync + Debug {
    /// Looks at what was committed.
    ///
    /// # Errors
    /// The store's trouble, and that of `ask`.
    fn look(&self, ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>) -> Result<(), Trouble>;

    /// The same, and whatever is asked is of the same moment.
    ///
    /// # Errors
    /// As [`Store::look`].
    fn look_at_once(&self, ask: &mut dyn FnMut(&dyn Read) -> Result<(), Trouble>)
    -> Result<(), Trouble>;

    /// Whether nobody else can write to it: what this process remembers is what is in it.
    fn is_private(&self) -> bool;

    /// Whether the next change of a tenant may be computed while one is committed: where one looks without waiting for that,
    /// and others seldom come between.
    fn reads_beside_writes(&self) -> bool;

    /// Waits until nobody else writes to the tenant.
    ///
    /// # Errors
    /// The store's trouble.
    fn begin(&self, tenant: &str) -> Result<Box<dyn Write + '_>, Trouble>;
}

impl dyn Store + '_ {
    /// Reads something of what was committed.
    ///
    /// # Errors
    /// As the reading.
    pub fn read<T>(&self, read: impl FnOnce(&dyn Read) -> Result<T, Trouble>) -> Result<T, Trouble> {
        told(read, |ask| self.look(ask))
    }

    /// The same, and all of it as it was at one moment.
    ///
    /// # Errors
    /// As the reading.
    pub fn read_at_once<T>(
        &self,
        read: impl FnOnce(&dyn Read) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        told(read, |ask| self.look_at_once(ask))
    }
}

type Ask<'a> = dyn FnMut(&dyn Read) -> Result<(), Trouble> + 'a;

/// What a reading comes to that is handed to a look.
fn told<T>(
    read: impl FnOnce(&dyn Read) -> Result<T, Trouble>,
    look: impl FnOnce(&mut Ask<'_>) -> Result<(), Trouble>,
) -> Result<T, Trouble> {
    let (mut read, mut told) = (Some(read), None);
    look(&mut |reader| {
        told = read.take().map(|read| read(reader)).transpose()?;
        Ok(())
    })?;
    told.ok_or_else(|| Trouble::Gone("it was not asked".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (name, told) in [
            ("paidan.db", "paidan.db"),
            ("postgres://crm:se@cr:et@db:5433/live", "postgres://crm@db:5433/live"),
            ("postgresql://db/live?user=crm&password=secret", "postgresql://db/live?user=crm"),
            ("postgres://db/live?PASSWORD=secret", "postgres://db/live"),
            ("postgres://crm:pa?ss@db/live", "postgres://crm@db/live"),
            ("postgres://db/live?password=a@b", "postgres://db@b"),
            ("postgres://crm:pa?s@s@db/live?sslmode=require", "postgres://crm@db/live?sslmode=require"),
            ("postgres://%2Frun%2Fpostgresql/live", "postgres://%2Frun%2Fpostgresql/live"),
        ] {
            assert_eq!(shown(name), told);
        }
    }
}
