//! What becomes of records, in order, and of each the latest by its id: a write of thousands looks at what it has put.

use std::collections::BTreeMap;

use super::{Kind, Put, Record, What};

/// Puts in their order; of a record that comes twice the later one holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Puts {
    all: Vec<Put>,
    latest: BTreeMap<Kind, Latest>,
}

/// Where the latest put of each record of a kind stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Latest {
    of: BTreeMap<String, usize>,
    /// Whether all there were before are gone.
    is_cleared: bool,
}

impl Puts {
    /// Adds one. `O(log n)`.
    pub fn push(&mut self, put: Put) {
        let latest = self.latest.entry(put.kind).or_default();
        match &put.what {
            What::Is(Record { id, .. }) | What::Gone(id) => {
                latest.of.insert(id.clone(), self.all.len());
            }
            What::AllGone => *latest = Latest { is_cleared: true, ..Latest::default() },
        }
        self.all.push(put);
    }

    /// What they make of the record of an id; `None` if they are about others. `O(log n)`.
    pub fn makes_of(&self, kind: Kind, id: &str) -> Option<Option<&Record>> {
        let latest = self.latest.get(&kind)?;
        match latest.of.get(id) {
            Some(&at) => Some(self.record(at)),
            None => latest.is_cleared.then_some(None),
        }
    }

    /// What they make of the records of a kind, by id. `O(n)`, n of that kind.
    pub fn make_of_all(&self, kind: Kind) -> impl Iterator<Item = (&str, Option<&Record>)> {
        let of = self.latest.get(&kind).into_iter().flat_map(|latest| &latest.of);
        of.map(|(id, &at)| (id.as_str(), self.record(at)))
    }

    /// Whether they take all records of a kind away that there were before.
    pub fn is_cleared(&self, kind: Kind) -> bool {
        self.latest.get(&kind).is_some_and(|latest| latest.is_cleared)
    }

    fn record(&self, at: usize) -> Option<&Record> {
        match &self.all.get(at)?.what {
            What::Is(record) => Some(record),
            What::Gone(_) | What::AllGone => None,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Put> {
        self.all.iter()
    }
}

impl Extend<Put> for Puts {
    fn extend<T: IntoIterator<Item = Put>>(&mut self, puts: T) {
        puts.into_iter().for_each(|put| self.push(put));
    }
}

impl FromIterator<Put> for Puts {
    fn from_iter<T: IntoIterator<Item = Put>>(puts: T) -> Puts {
        let mut all = Puts::default();
        all.extend(puts);
        all
    }
}

impl From<Vec<Put>> for Puts {
    fn from(puts: Vec<Put>) -> Puts {
        puts.into_iter().collect()
    }
}

impl IntoIterator for Puts {
    type Item = Put;
    type IntoIter = std::vec::IntoIter<Put>;

    fn into_iter(self) -> std::vec::IntoIter<Put> {
        self.all.into_iter()
    }
}

impl<'a> IntoIterator for &'a Puts {
    type Item = &'a Put;
    type IntoIter = std::slice::Iter<'a, Put>;

    fn into_iter(self) -> std::slice::Iter<'a, Put> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(id: &str, version: u64) -> Put {
        let record = Record { id: id.to_owned(), version, tag: String::new(), body: "{}".to_owned() };
        Put { kind: Kind::Ticket, what: What::Is(record) }
    }

    /// The version of a ticket, 0 for one that is gone.
    fn version(puts: &Puts, id: &str) -> Option<u64> {
        puts.makes_of(Kind::Ticket, id).map(|record| record.map_or(0, |record| record.version))
    }

    #[test]
    fn of_a_record_that_comes_twice_the_later_put_holds() {
        let mut puts = Puts::from(vec![is("T1", 1), is("T2", 1), is("T1", 2)]);
        assert_eq!([version(&puts, "T1"), version(&puts, "T2")], [Some(2), Some(1)]);
        assert_eq!((version(&puts, "T3"), puts.makes_of(Kind::Visit, "T1")), (None, None));
        puts.push(Put { kind: Kind::Ticket, what: What::Gone("T1".to_owned()) });
        assert_eq!(version(&puts, "T1"), Some(0));
        puts.push(Put { kind: Kind::Ticket, what: What::AllGone });
        puts.push(is("T3", 3));
        assert_eq!([version(&puts, "T2"), version(&puts, "T3")], [Some(0), Some(3)]);
        let made: Vec<&str> = puts.make_of_all(Kind::Ticket).map(|(id, _)| id).collect();
        assert_eq!((made, puts.is_cleared(Kind::Ticket), puts.len()), (vec!["T3"], true, 6));
    }
}
