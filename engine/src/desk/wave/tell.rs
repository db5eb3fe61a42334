//! From promised routes to the wave that people read.

use super::{Desk, GaveWay, Given, Turns, Wave};
use crate::dispatch::{Cheapest, as_offered};
use crate::ids::{EngineerIx, TicketIx};
use crate::plan::Unserved;
use crate::planner::Reasons;
use crate::units::{Price, Seconds};

impl Desk {
    /// Spells a wave out.
    pub(super) fn tell(&self, tickets: &[TicketIx], turns: Turns<'_>, dearer: Seconds) -> Wave {
        let scorer = self.scorer();
        let mut served: Vec<(EngineerIx, TicketIx)> = tickets
            .iter()
            .filter_map(|&ticket| Some((self.problem.shift(self.serving(ticket)?).engineer, ticket)))
            .collect();
        served.sort_by_key(|&(engineer, _)| engineer);
        let gave_way = |engineer: EngineerIx, alone: Option<Cheapest>| {
            let alone = alone.filter(|alone| alone.engineer != engineer)?;
            let from = served.partition_point(|&(other, _)| other < alone.engineer);
            let there = served[from..].iter().take_while(|(other, _)| *other == alone.engineer);
            let to = there.map(|&(_, ticket)| ticket).collect();
            Some(GaveWay { engineer: alone.engineer, to, price_alone: alone.price })
        };
        let price = Price::of(dearer) + self.lost_of(tickets);
        let (given, aside) = (Vec::new(), Vec::new());
        let mut wave = Wave { given, left: Vec::new(), aside, turns: turns.told, dearer, price };
        let mut left: Vec<TicketIx> = Vec::new();
        for (&ticket, &alone) in tickets.iter().zip(&turns.alone) {
            match self.serving(ticket) {
                Some(shift) => {
                    let offer = as_offered(&scorer, self.route(shift), ticket);
                    let gave_way = gave_way(offer.engineer, alone);
                    let binding = scorer.candidate(ticket).standing.binding.as_ref();
                    let bound_to = binding.map_or_else(Vec::new, |binding| binding.ladder.clone());
                    wave.given.push(Given { ticket, offer, bound_to, gave_way });
                }
                None => left.push(ticket),
            }
        }
        let told = |reasons: &Reasons<'_>| {
            let reason = |ticket| Unserved { ticket, reason: reasons.of(ticket, |_| false) };
            left.iter().map(|&ticket| reason(ticket)).collect()
        };
        wave.left = self.with_reasons(left.len(), |_, reasons| told(reasons));
        wave
    }
}
