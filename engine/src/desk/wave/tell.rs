//! From promised routes to the wave that people read.

use std::collections::BTreeSet;

use super::{Desk, Displaced, GaveWay, Given, Turns, Wave};
use crate::assign::Terms;
use crate::dispatch::{Cheapest, as_offered};
use crate::ids::{EngineerIx, Index, TicketIx};
use crate::plan::Unserved;
use crate::planner::Reasons;
use crate::units::{Price, Seconds};

impl Desk {
    /// Spells a wave out.
    pub(super) fn tell(&self, turns: Turns<'_>, displaced: Vec<Displaced>, dearer: Seconds) -> Wave {
        let scorer = self.scorer();
        let Turns { terms, all: tickets, alone, asked, told, .. } = turns;
        let mut served: Vec<(EngineerIx, TicketIx)> = tickets
            .iter()
            .flat_map(|&ticket| self.holders(ticket).into_iter().map(move |shift| (shift, ticket)))
            .map(|(shift, ticket)| (self.problem.shift(shift).engineer, ticket))
            .collect();
        served.sort_by_key(|&(engineer, _)| engineer);
        let gave_way = |engineer: EngineerIx, alone: Option<Cheapest>| {
            let alone = alone.filter(|alone| alone.engineer != engineer)?;
            let from = served.partition_point(|&(other, _)| other < alone.engineer);
            let there = served[from..].iter().take_while(|(other, _)| *other == alone.engineer);
            let to = there.map(|&(_, ticket)| ticket).collect();
            Some(GaveWay { engineer: alone.engineer, to, price_alone: alone.price })
        };
        let mut given = Vec::new();
        let mut left: Vec<TicketIx> = Vec::new();
        for (n, &ticket) in tickets.iter().enumerate() {
            let holders = self.holders(ticket);
            let mut offers =
                holders.into_iter().map(|shift| as_offered(&scorer, self.route(shift), ticket));
            let Some(offer) = offers.next() else {
                left.push(ticket);
                continue;
            };
            let crew = offers.collect();
            let gave_way = gave_way(offer.engineer, alone.get(n).copied().flatten());
            let binding = scorer.candidate(ticket).standing.binding.as_ref();
            let bound_to = binding.map_or_else(Vec::new, |binding| binding.ladder.clone());
            given.push(Given { ticket, offer, crew, bound_to, gave_way });
        }
        let held = self.held(&left, terms);
        let is_held: BTreeSet<TicketIx> = held.iter().map(|held| held.ticket).collect();
        left.retain(|ticket| !is_held.contains(ticket));
        let reasons = |reasons: &Reasons<'_>| {
            let reason = |ticket| Unserved { ticket, reason: reasons.of(ticket, |_| false) };
            left.iter().map(|&ticket| reason(ticket)).collect()
        };
        Wave {
            given,
            left: self.with_reasons(left.len(), |_, known| reasons(known)),
            held,
            aside: Vec::new(),
            displaced,
            turns: told,
            short: self.short(terms, &asked),
            dearer,
            price: Price::of(dearer) + self.lost_of(&tickets),
        }
    }

    /// How many tickets those who were asked are short of what they should have at least.
    fn short(&self, terms: &Terms, asked: &[bool]) -> u32 {
        if terms.least == 0 {
            return 0;
        }
        let mut short: Vec<u32> =
            asked.iter().map(|&asked| if asked { terms.least } else { 0 }).collect();
        for route in &self.routes {
            let own = &mut short[self.problem.shift(route.shift()).engineer.at()];
            *own = own.saturating_sub(route.stops().len() as u32);
        }
        short.into_iter().sum()
    }
}
