//! Tickets that were asked about, so that a commit need only name them.

use std::collections::{BTreeMap, VecDeque};

use paidan_engine::ticket::TicketDraft;

/// The latest tickets asked about; the oldest is forgotten first.
#[derive(Debug)]
pub(super) struct Asked {
    tickets: BTreeMap<String, TicketDraft>,
    order: VecDeque<String>,
    most: usize,
}

impl Asked {
    pub(super) fn new(most: usize) -> Asked {
        Asked { tickets: BTreeMap::new(), order: VecDeque::new(), most: most.max(1) }
    }

    pub(super) fn remember(&mut self, ticket: TicketDraft) {
        if let Some(known) = self.tickets.get_mut(&ticket.id) {
            *known = ticket;
            return;
        }
        // Forgotten tickets may still stand in the order, so it is what counts.
        while self.order.len() >= self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.tickets.remove(&oldest);
            }
        }
        self.order.push_back(ticket.id.clone());
        self.tickets.insert(ticket.id.clone(), ticket);
    }

    pub(super) fn get(&self, id: &str) -> Option<&TicketDraft> {
        self.tickets.get(id)
    }

    pub(super) fn forget(&mut self, id: &str) {
        if self.tickets.remove(id).is_some() {
            self.order.retain(|known| known != id);
        }
    }

    pub(super) fn clear(&mut self) {
        self.tickets.clear();
        self.order.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_ticket_is_forgotten_first() {
        let mut asked = Asked::new(2);
        for id in ["a", "b", "a", "c"] {
            asked.remember(TicketDraft { id: id.to_owned(), ..TicketDraft::default() });
        }
        let known = ["a", "b", "c"].map(|id| asked.get(id).is_some());
        assert_eq!(known, [false, true, true]);
        asked.forget("b");
        assert!(asked.get("b").is_none() && asked.order.len() == 1);
    }
}
