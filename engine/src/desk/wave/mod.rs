//! A wave: open tickets that are given out together.
//!
//! First come turns (`turns`): each assigns all tickets that are still open at once, every one priced as if it came
//! alone, which is proven to be the cheapest of all such assignments, and promises them. Tickets of one
//! route change each other's prices, which no assignment of single offers can know, so then some are taken out again
//! and matched anew at exact prices (`rematch`), until a sweep over all of them gains nothing, or there were enough. Last,
//! if the policy allows it, emergencies that are left or late take the room of promised work (`displace`).

mod admit;
mod displace;
mod held;
mod rematch;
mod tell;
mod turns;

use std::collections::BTreeSet;

use super::Desk;
use crate::assign::Terms;
use crate::dispatch::{Offer, may_be_assigned};
use crate::flaw::Flaw;
use crate::ids::{EngineerIx, TerritoryIx, TicketIx};
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
    /// Those that somebody could take if the terms allowed it.
    pub held: Vec<Held>,
    /// Those that no wave can give out, since they wait for other tickets or come in pairs: plan them.
    pub aside: Vec<TicketIx>,
    /// Promised tickets that gave way to emergencies; all of them are among those given, left or held as well.
    pub displaced: Vec<Displaced>,
    /// How the turns went.
    pub turns: Vec<Turn>,
    /// How many tickets engineers are short of what they should have at least, of those who came into question.
    pub short: u32,
    /// What the routes cost more than before.
    pub dearer: Seconds,
    /// That, and what the tickets are worth that nobody takes.
    pub price: Price,
}

/// One ticket given out.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The ticket.
    pub ticket: TicketIx,
    /// Who takes it, where and when; the price is what it adds to the route as that is after the wave.
    pub offer: Offer,
    /// The same for the others of a crew.
    pub crew: Vec<Offer>,
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

/// A ticket that the terms of a wave keep from somebody who could take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The ticket.
    pub ticket: TicketIx,
    /// By what.
    pub by: HeldBy,
}

/// What keeps a ticket from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The quota of a territory is used up.
    Quota(TerritoryIx),
    /// Everybody who could take it has as many emergencies as they may.
    Emergencies,
}

/// A promised ticket that gave way to an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Displaced {
    /// The ticket.
    pub ticket: TicketIx,
    /// The emergency.
    pub by: TicketIx,
    /// Whom it was promised to.
    pub engineer: EngineerIx,
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
    /// How many tickets engineers were short of what they should have at least.
    pub short: u32,
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
    /// and one that is asked for twice. [Flaws of the terms](Terms::flaws).
    pub fn wave(mut self, wanted: &[Wanted<'_>], terms: &Terms) -> Result<(Desk, Wave), Vec<Flaw>> {
        let tickets = self.admit(wanted)?;
        let flaws = terms.flaws(&self.problem);
        if !flaws.is_empty() {
            return Err(flaws);
        }
        let (tickets, aside) = tickets
            .into_iter()
            .partition::<Vec<_>, _>(|&ticket| may_be_assigned(self.problem.ticket(ticket)));
        let wave = self.give_out(&tickets, terms);
        Ok((self, Wave { aside, ..wave }))
    }

    /// Gives known tickets out together and promises them. Each of them [may be
    /// assigned](crate::dispatch::may_be_assigned), is not promised yet, and is named once; the terms have no flaws.
    pub fn give_out(&mut self, tickets: &[TicketIx], terms: &Terms) -> Wave {
        debug_assert!(tickets.iter().all(|&ticket| self.serving(ticket).is_none()));
        let displaces = self.problem.policy().emergency.displaces;
        // Before anything is put in front of it.
        let under_way = if displaces { self.under_way() } else { BTreeSet::new() };
        let mut turns = Turns::of(self, tickets, terms);
        let mut dearer = turns.run(self);
        if tickets.len() > 1 {
            for _ in 0..SWEEPS {
                let lost = self.lost_of(tickets);
                let more = self.rematch(tickets, terms);
                dearer += more;
                if Price::of(more) + self.lost_of(tickets) >= lost {
                    break;
                }
            }
            // Others may fit in now.
            turns.reopen(self);
            dearer += turns.run(self);
        }
        let mut displaced = Vec::new();
        if displaces {
            dearer += self.displace(tickets, terms, under_way, &mut displaced);
            // What was not promised before has not been displaced, only given to another one or to nobody.
            let own: BTreeSet<TicketIx> = tickets.iter().copied().collect();
            displaced.retain(|gone: &Displaced| !own.contains(&gone.ticket));
            // Those who gave way may find another place.
            turns.all.extend(displaced.iter().map(|gone| gone.ticket));
            turns.reopen(self);
            dearer += turns.run(self);
        }
        self.tell(turns, displaced, dearer)
    }

    /// What those of these tickets are worth that nobody serves.
    fn lost_of(&self, tickets: &[TicketIx]) -> Price {
        let scorer = self.scorer();
        let open = tickets.iter().filter(|&&ticket| self.serving(ticket).is_none());
        open.map(|&ticket| scorer.lost(ticket)).sum()
    }
}
