//! A fleet that takes another one's place.

use std::collections::BTreeMap;

use paidan_engine::problem::RouteDraft;

use super::{Entry, Fleet};
use crate::refusal::Refusal;
use crate::store::Kind;

/// A fleet that is to take the place of the one before, of which it has all tickets, and what that changes of what is
/// promised. Drawn up where nobody waits for it.
#[derive(Debug)]
pub struct Exchange {
    after: Fleet,
    released: Vec<String>,
    /// Promised routes that are no more, by the ids of their records.
    gone: Vec<String>,
    /// Promised routes that are new, or other ones.
    routes: Vec<(String, RouteDraft)>,
}

impl Exchange {
    /// What becomes of routes that were promised `before`; `released` was taken back. `O(routes)`.
    pub fn new(before: &BTreeMap<String, RouteDraft>, after: Fleet, released: Vec<String>) -> Exchange {
        let mut now = after.promised();
        let gone = before.keys().filter(|id| !now.contains_key(*id)).cloned().collect();
        now.retain(|id, route| before.get(id) != Some(route));
        Exchange { after, released, gone, routes: now.into_iter().collect() }
    }
}

impl Fleet {
    /// A copy that shows the time by now, for what is computed while others go on.
    pub fn by_now(&self) -> Fleet {
        let mut copy = self.clone();
        copy.tell_time(crate::text::now_us());
        copy
    }
}

impl Entry<'_> {
    /// Puts a fleet in place of the one before, and writes down what was taken back. Returns that.
    ///
    /// # Errors
    /// There is no fleet; the store's trouble.
    pub fn exchange(&mut self, exchange: Exchange) -> Result<Vec<String>, Refusal> {
        let Exchange { after, released, gone, routes } = exchange;
        let at_us = self.at_us();
        let fleet = self.fleet()?;
        fleet.give_way(after, at_us);
        let at = fleet.now_text();
        for id in &released {
            let record = self.ticket(id)?.ok_or(Refusal::Bug)?;
            self.put_open(record, at.clone())?;
        }
        for id in gone {
            self.remove(Kind::Route, &id);
        }
        for (id, route) in routes {
            self.put_route_of(&id, &route)?;
        }
        Ok(released)
    }
}
