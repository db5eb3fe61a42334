//! Tickets that are left only since the terms of a wave keep them from whoever could take them.

use super::{Desk, Held, HeldBy};
use crate::assign::{Left, Terms, assign};
use crate::ids::TicketIx;

impl Desk {
    /// Those of these open tickets that somebody could take but for the terms, in the order in which they come. As much as
    /// a dispatch for each that a quota or the limit on emergencies may keep.
    pub(super) fn held(&self, open: &[TicketIx], terms: &Terms) -> Vec<Held> {
        if terms.quotas.is_empty() && terms.emergencies.is_none() {
            return Vec::new();
        }
        self.with_board(|board| {
            let left = Left::new(board, terms);
            let held = |&ticket: &TicketIx| {
                let candidate = board.scorer.candidate(ticket);
                let full = left.full(candidate.ticket).next();
                if full.is_none() && !left.limits(candidate) {
                    return None;
                }
                let could = assign(board, &[candidate], &Terms::of_seats(1));
                if could.tickets[0].places.is_empty() {
                    return None;
                }
                let by = full.map_or(HeldBy::Emergencies, |quota| HeldBy::Quota(quota.territory));
                Some(Held { ticket, by })
            };
            open.iter().filter_map(held).collect()
        })
    }
}
