//! One write: what it sees, and what it says.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Fleet, Seen};
use crate::refusal::Refusal;
use crate::store::{Change, Fact, Kind, Put, Read, Record, Trouble, What};

/// Who the facts name where nobody but the clock has acted.
pub(super) const CLOCK: &str = "clock";

/// What a write stands on: what was committed, or is just about to be, and what its batch has written since.
#[derive(Clone, Copy)]
pub(super) struct Stand<'a> {
    pub tenant: &'a str,
    pub read: &'a dyn Read,
    /// What is being committed, and what is read may not show yet.
    pub flight: Option<&'a Change>,
    pub batch: &'a Change,
    /// The number of the last fact of all that.
    pub seq: u64,
    /// Seconds of a desk's clock in a second.
    pub pace: u32,
    /// Why the records make no fleet, if they do not.
    pub broken: Option<&'a Trouble>,
}

/// One write. Its work must check before it changes the fleet: what it has put and told is dropped if it is refused.
pub struct Entry<'a> {
    /// The fleet; every change of it must be put and told as well.
    pub fleet: &'a mut Option<Fleet>,
    pub(super) stand: Stand<'a>,
    actor: &'a str,
    at_us: i64,
    /// What need not be asked of the store.
    pub(super) seen: Seen,
    own: Change,
    is_outgrown: bool,
}

impl<'a> Entry<'a> {
    /// An entry of a moment in microseconds since 1970.
    pub(super) fn new(
        fleet: &'a mut Option<Fleet>,
        stand: Stand<'a>,
        actor: &'a str,
        at_us: i64,
    ) -> Entry<'a> {
        if let Some(fleet) = fleet {
            fleet.tell_time(at_us);
        }
        let (seen, own) = (Seen::default(), Change::default());
        Entry { fleet, stand, actor, at_us, seen, own, is_outgrown: false }
    }

    /// An entry of nobody but the clock.
    pub(super) fn of_clock(fleet: &'a mut Option<Fleet>, stand: Stand<'a>, at_us: i64) -> Entry<'a> {
        Entry::new(fleet, stand, CLOCK, at_us)
    }

    /// Has the fleet read anew once this is written, as what memory watches for follows other rules from then on.
    pub fn outgrow(&mut self) {
        self.is_outgrown = true;
    }

    /// Whether the fleet is to be read anew once this is written.
    pub(super) fn is_outgrown(&self) -> bool {
        self.is_outgrown
    }

    /// What it has put and told.
    pub(super) fn end(self) -> Change {
        let is_told = |put: &Put| put.kind.is_quiet() || !self.own.facts.is_empty();
        debug_assert!(self.own.puts.iter().all(is_told), "every change is told");
        self.own
    }

    /// The fleet, which must be there.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn fleet(&mut self) -> Result<&mut Fleet, Refusal> {
        match &self.stand.broken {
            Some(trouble) => Err(Refusal::Store((*trouble).clone())),
            None => self.fleet.as_mut().ok_or(Refusal::NoFleet),
        }
    }

    /// The fleet if there is one.
    ///
    /// # Errors
    /// Its records make none.
    pub fn glance(&self) -> Result<Option<&Fleet>, Refusal> {
        match &self.stand.broken {
            Some(trouble) => Err(Refusal::Store((*trouble).clone())),
            None => Ok(self.fleet.as_ref()),
        }
    }

    /// Who writes.
    pub fn actor(&self) -> &str {
        self.actor
    }

    /// When, in microseconds since 1970.
    pub fn at_us(&self) -> i64 {
        self.at_us
    }

    /// How fast the clocks of desks go.
    pub fn pace(&self) -> u32 {
        self.stand.pace
    }

    /// The version of all that it puts: the number of the first fact that it tells.
    pub fn version(&self) -> u64 {
        self.stand.seq + 1
    }

    /// A record as it is by now. `O(log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn record(&self, kind: Kind, id: &str) -> Result<Option<Record>, Refusal> {
        let made = self.own.puts.makes_of(kind, id);
        let made = made.or_else(|| self.stand.batch.puts.makes_of(kind, id));
        let made = made.or_else(|| self.stand.flight?.puts.makes_of(kind, id));
        match made.or_else(|| self.seen.at(kind, id).map(Option::as_ref)) {
            Some(made) => Ok(made.cloned()),
            None => Ok(self.stand.read.record(self.stand.tenant, kind, id)?),
        }
    }

    /// The records of a kind that have a tag, as they are by now, in the order of their ids. `O(n)`, so for kinds of which
    /// there are few.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn records_of(&self, kind: Kind, tag: &str) -> Result<Vec<Record>, Refusal> {
        let all = self.stand.read.all(self.stand.tenant, kind, Some(tag))?;
        let mut records: BTreeMap<String, Record> =
            all.into_iter().map(|record| (record.id.clone(), record)).collect();
        let flight = self.stand.flight.map(|flight| &flight.puts);
        for puts in flight.into_iter().chain([&self.stand.batch.puts, &self.own.puts]) {
            if puts.is_cleared(kind) {
                records.clear();
            }
            for (id, made) in puts.make_of_all(kind) {
                match made.filter(|record| record.tag == tag) {
                    Some(record) => records.insert(id.to_owned(), record.clone()),
                    None => records.remove(id),
                };
            }
        }
        Ok(records.into_values().collect())
    }

    /// Stores a record.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn put(
        &mut self,
        kind: Kind,
        (id, tag): (&str, &str),
        document: &impl Serialize,
    ) -> Result<(), Refusal> {
        let record = Record {
            id: id.to_owned(),
            version: if kind.is_quiet() { 0 } else { self.version() },
            tag: tag.to_owned(),
            body: text(document)?,
        };
        self.own.puts.push(Put { kind, what: What::Is(record) });
        Ok(())
    }

    /// Removes a record.
    pub fn remove(&mut self, kind: Kind, id: &str) {
        self.own.puts.push(Put { kind, what: What::Gone(id.to_owned()) });
    }

    /// Removes all records of a kind.
    pub fn clear(&mut self, kind: Kind) {
        self.own.puts.push(Put { kind, what: What::AllGone });
    }

    /// Tells a fact.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn tell(
        &mut self,
        event: &str,
        subject: &str,
        document: &impl Serialize,
    ) -> Result<(), Refusal> {
        self.own.facts.push(Fact {
            seq: self.stand.seq + 1 + self.own.facts.len() as u64,
            at_us: self.at_us,
            actor: self.actor.to_owned(),
            event: event.to_owned(),
            subject: subject.to_owned(),
            body: text(document)?,
        });
        Ok(())
    }
}

fn text(document: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(document).map_err(|trouble| {
        tracing::error!(%trouble, "a document cannot be written");
        Refusal::Bug
    })
}
