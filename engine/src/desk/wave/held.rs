//! Tickets that are left only since the terms of a wave keep them from whoever could take them.

use super::{Desk, Held, HeldBy};
use crate::assign::{Quota, Terms, allows, assign};
use crate::ids::TicketIx;

impl Desk {
    /// What holds an open ticket, if somebody could take it but for the terms. As much as a dispatch.
    pub(super) fn held(&self, ticket: TicketIx, terms: &Terms) -> Option<Held> {
        if terms.is_plain() {
            return None;
        }
        self.with_board(|board| {
            let candidate = board.scorer.candidate(ticket);
            let could = assign(board, &[candidate], &Terms::of_seats(1));
            if could.tickets[0].places.is_empty() {
                return None;
            }
            let is_full = |quota: Quota| {
                let alone = Terms { quotas: vec![quota], ..Terms::of_seats(1) };
                // Whom one quota alone allows, it allows to everybody.
                !allows(board, candidate, &alone)(could.tickets[0].places[0].engineer)
            };
            let full = terms.quotas.iter().copied().find(|&quota| is_full(quota));
            let by = full.map_or(HeldBy::Emergencies, |quota| HeldBy::Quota(quota.territory));
            Some(Held { ticket, by })
        })
    }
}
