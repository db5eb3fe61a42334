//! Matching anew: one ticket of each engineer is taken out, and all that are taken out or open are assigned at once, at most
//! one to each engineer. Where at most one ticket comes to a route its price is exact, and as they were is one way to
//! assign them, so no match makes a wave dearer (an assignment neighbourhood, as Sarvanov and Doroshko 1981
//! have it for tours), but where somebody should have more tickets, which is worth something too.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::Desk;
use crate::assign::{Listed, Terms, assign_among};
use crate::dispatch::{Board, cheapest_of_each, cheapest_with};
use crate::ids::{EngineerIx, Index, TicketIx};
use crate::units::Seconds;

/// How many offers each ticket comes with.
const LIST: usize = 16;

impl Desk {
    /// Takes every ticket of a wave out once and matches it anew, one for each engineer at a time. Returns what the routes
    /// cost more then.
    pub(super) fn rematch(&mut self, tickets: &[TicketIx], terms: &Terms) -> Seconds {
        let mut own: Vec<(EngineerIx, TicketIx)> = tickets
            .iter()
            .filter_map(|&ticket| Some((self.problem.shift(self.serving(ticket)?).engineer, ticket)))
            .collect();
        own.sort_unstable();
        let each = || own.chunk_by(|(one, _), (other, _)| one == other).map(<[_]>::len);
        let (engineers, most) = (each().count(), each().max().unwrap_or(0));
        // Who comes to an engineer anew is not taken out again before everybody else there is.
        let mut is_due = vec![false; self.problem.tickets().len()];
        for (_, ticket) in &own {
            is_due[ticket.at()] = true;
        }
        let mut dearer = Seconds::ZERO;
        for _ in 0..most {
            let mut loose = self.worst_to_lose(tickets, engineers);
            dearer += self
                .change_many(engineers, |desk| desk.take_out_one_each(tickets, &mut is_due, &mut loose));
            dearer += self.match_one_each(&loose, terms);
        }
        dearer
    }

    /// The open tickets that are the worst to lose: as many as can get in, if each route has room for one more at most.
    fn worst_to_lose(&self, tickets: &[TicketIx], most: usize) -> Vec<Loose> {
        let scorer = self.scorer();
        let is_open =
            |&ticket: &TicketIx| self.serving(ticket).is_none() && self.problem.ticket(ticket).crew == 1;
        let mut open: Vec<TicketIx> = tickets.iter().copied().filter(is_open).collect();
        open.sort_by_key(|&ticket| (Reverse(scorer.lost(ticket)), ticket));
        open.truncate(most);
        open.into_iter().map(|ticket| Loose { ticket, engineer: None }).collect()
    }

    /// Takes out the first ticket that is due of each engineer.
    fn take_out_one_each(
        &mut self,
        tickets: &[TicketIx],
        is_due: &mut [bool],
        loose: &mut Vec<Loose>,
    ) -> Seconds {
        let mut dearer = Seconds::ZERO;
        let mut taken_out = vec![false; self.problem.engineers().len()];
        for &ticket in tickets {
            let Some(shift) = self.serving(ticket) else { continue };
            let engineer = self.problem.shift(shift).engineer;
            if is_due[ticket.at()]
                && !taken_out[engineer.at()]
                && !self.begun.contains(&ticket)
                && let Some(more) = self.take_out(ticket)
            {
                dearer += more;
                taken_out[engineer.at()] = true;
                is_due[ticket.at()] = false;
                loose.push(Loose { ticket, engineer: Some(engineer) });
            }
        }
        dearer
    }

    /// Assigns loose tickets, at most one to each engineer, and promises them.
    fn match_one_each(&mut self, loose: &[Loose], terms: &Terms) -> Seconds {
        let assignment = self.with_board(|board| {
            let lists: Vec<Listed<'_>> = loose.par_iter().map(|one| one.list(board)).collect();
            assign_among(board, lists, &Terms { seats: 1, ..terms.clone() })
        });
        self.change_many(loose.len(), |desk| {
            let taken = loose.iter().zip(&assignment.tickets);
            taken.filter_map(|(one, part)| Some(desk.seat(one.ticket, *part.places.first()?))).sum()
        })
    }
}

/// A ticket in no route.
#[derive(Clone, Copy)]
struct Loose {
    ticket: TicketIx,
    /// Whose route it has been taken out of.
    engineer: Option<EngineerIx>,
}

impl Loose {
    /// Whom it may go to: the nearest, and back to where it was; with what leaving it out costs.
    fn list(self, board: Board<'_>) -> Listed<'_> {
        let candidate = board.scorer.candidate(self.ticket);
        let mut offers = cheapest_of_each(board, candidate, LIST);
        if let Some(engineer) = self.engineer
            && offers.iter().all(|offer| offer.engineer != engineer)
        {
            offers.extend(cheapest_with(board, candidate, engineer));
        }
        (candidate, offers, candidate.lost())
    }
}
