//! Records that were read before a write, outside of it: so that a write of thousands asks the store for none of them.

use std::collections::BTreeMap;

use super::{Entry, Tenant};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

/// Records as they were behind a fact, also those that were not there.
#[derive(Debug, Default)]
pub struct Seen {
    seq: u64,
    records: BTreeMap<(Kind, String), Option<Record>>,
}

impl Seen {
    /// Reads the records of a kind with these ids, all as they were at one moment. `O(ids log n)`.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn read<'a>(
        tenant: &Tenant,
        kind: Kind,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<Seen, Refusal> {
        let name = &tenant.name;
        Ok(tenant.store.read_at_once(|read| {
            let seq = read.seq(name)?;
            let read = |id: &str| Ok(((kind, id.to_owned()), read.record(name, kind, id)?));
            Ok(Seen { seq, records: ids.map(read).collect::<Result<_, _>>()? })
        })?)
    }

    /// A record, if it was looked for and was there.
    pub fn record(&self, kind: Kind, id: &str) -> Option<&Record> {
        self.at(kind, id).and_then(Option::as_ref)
    }

    /// What was found when it was looked for; `None` if it was not.
    pub(super) fn at(&self, kind: Kind, id: &str) -> Option<&Option<Record>> {
        self.records.get(&(kind, id.to_owned()))
    }
}

impl Entry<'_> {
    /// Counts on what was seen before this write, but for what has changed since.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn count_on(&mut self, mut seen: Seen) -> Result<(), Refusal> {
        let (read, tenant) = (self.stand.read, self.stand.tenant);
        match read.touched(tenant, seen.seq)? {
            Some(touched) => touched.iter().for_each(|record| drop(seen.records.remove(record))),
            // Nobody knows what has changed.
            None => seen.records.clear(),
        }
        self.seen = seen;
        Ok(())
    }
}
