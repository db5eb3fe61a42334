//! A wave: open tickets that are given out together.
//!
//! First come turns (`turns`): each assigns all tickets that are still open at once, every one priced as if it came
//! alone, which is proven to be the cheapest of all such assignments, and promises them. Tickets of one
//! route change each other's prices, which no assignment of single offers can know, so then some are taken out again
//! and matched anew at exact prices (`rematch`), until a sweep over all of them gains nothing, or there were enough.

mod admit;
mod rematch;
mod tell;
mod turns;

use super::Desk;
use crate::assign::Terms;
use crate::dispatch::{Offer, stands_alone};
use crate::flaw::Flaw;
use crate::ids::{EngineerIx, TicketIx};
use crate::plan::Unserved;
use crate::ticket::TicketDraft;
use crate::units::{Price, Seconds};
use turns::Turns;

/// How often every ticket of a wave is taken out and matched anew at most.
const SWEEPS: usize = 8;

/// A ticket of a wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted<'t> {
    /// One that the desk knows.
    Known(TicketIx),
    /// Any other, or an open one with new facts.
    New(&'t TicketDraft),
}

/// Who takes which tickets of a wave.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    /// The tickets that somebody takes, in the order of the question.
    pub given: Vec<Given>,
    /// Those that nobody does, in the same order.
    pub left: Vec<Unserved>,
    /// Those that no wave can give out, since they need a crew, wait for other tickets or come in pairs: plan them.
    pub aside: Vec<TicketIx>,
    /// How the turns went.
    pub turns: Vec<Turn>,
    /// What the routes cost more than before.
    pub dearer: Seconds,
    /// That, and what the tickets are worth that are left.
    pub price: Price,
}

/// One ticket given out.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The ticket.
    pub ticket: TicketIx,
    /// Who takes it, where and when; the price is what it adds to the route as that is after the wave.
    pub offer: Offer,
    /// Whom the ticket is bound to as a repeat, whom it would rather have first.
    pub bound_to: Vec<EngineerIx>,
    /// The engineer who would have been cheapest had the ticket come alone.
    pub gave_way: Option<GaveWay>,
}

/// Why a ticket does not go to the engineer who would be cheapest for it alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaveWay {
    /// That engineer.
    pub engineer: EngineerIx,
    /// The tickets of the wave that they take instead.
    pub to: Vec<TicketIx>,
    /// What the ticket would have cost there, alone.
    pub price_alone: Seconds,
}

/// One assignment of all tickets open by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How many tickets were open.
    pub open: usize,
    /// How many of them were given out.
    pub given: usize,
    /// What they cost together if each came alone, those left out included.
    pub objective: Price,
    /// What they cost so at least, whoever takes them.
    pub bound: Price,
    /// Pairs of ticket and engineer that came into question.
    pub pairs: usize,
    /// Groups of tickets that share no engineer with one another.
    pub components: usize,
}

impl Desk {
    /// Gives tickets out together: the desk with all of them promised, and who takes which. Whoever only wants to look
    /// hands in a copy and drops the answer's.
    ///
    /// # Errors
    /// All flaws of the tickets together, their paths from `tickets[0]` on; so are a ticket that is promised already
    /// and one that is asked for twice.
    pub fn wave(mut self, wanted: &[Wanted<'_>], terms: Terms) -> Result<(Desk, Wave), Vec<Flaw>> {
        let tickets = self.admit(wanted)?;
        let (tickets, aside) = tickets
            .into_iter()
            .partition::<Vec<_>, _>(|&ticket| stands_alone(self.problem.ticket(ticket)));
        let wave = self.give_out(&tickets, terms);
        Ok((self, Wave { aside, ..wave }))
    }

    /// Gives known tickets out together and promises them. Each of them [stands alone](crate::dispatch::stands_alone),
    /// is not promised yet, and is named once.
    pub fn give_out(&mut self, tickets: &[TicketIx], terms: Terms) -> Wave {
        debug_assert!(tickets.iter().all(|&ticket| self.serving(ticket).is_none()));
        let mut turns = Turns::of(tickets);
        let mut dearer = turns.run(self, terms);
        if tickets.len() > 1 {
            for _ in 0..SWEEPS {
                let lost = self.lost_of(tickets);
                let more = self.rematch(tickets);
                dearer += more;
                if Price::of(more) + self.lost_of(tickets) >= lost {
                    break;
                }
            }
            // Others may fit in now.
            turns.reopen(self);
            dearer += turns.run(self, terms);
        }
        self.tell(tickets, turns, dearer)
    }

    /// What those of these tickets are worth that nobody serves.
    fn lost_of(&self, tickets: &[TicketIx]) -> Price {
        let scorer = self.scorer();
        let open = tickets.iter().filter(|&&ticket| self.serving(ticket).is_none());
        open.map(|&ticket| scorer.lost(ticket)).sum()
    }
}
