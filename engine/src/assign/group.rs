//! One component: its engineers with their seats, its quotas, and a visit for each ticket, or several for a crew.

use super::cost::Cost;
use super::lists::List;
use super::network::{Network, Pair, Place, Visit};
use super::room::Room;
use super::terms::SHORT;
use super::transport;
use crate::dispatch::Cheapest;
use crate::ids::EngineerIx;
use crate::units::{Moment, Seconds};

/// Tickets that share engineers and quotas with nobody else.
pub(super) struct Group<'a> {
    pub tickets: &'a [usize],
    lists: &'a [List],
    room: &'a Room,
    /// Everybody on their lists, ascending.
    engineers: Vec<EngineerIx>,
    /// Their quotas, larger ones first.
    quotas: Vec<u32>,
}

/// What is settled about a ticket before its component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// One visit, wherever it is cheapest.
    Single,
    /// A crew, as if its engineers need not start together, at moments of these numbers as bits. Some of it may be left
    /// out for their share, unless it `must` be served.
    Crew { moments: u32, must: bool },
    /// A crew that is left out.
    Out,
}

/// Who takes a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Team {
    /// When they start, if that is settled.
    pub start: Option<Moment>,
    /// One place, or one for each of a crew; none if nobody takes it.
    pub places: Vec<Cheapest>,
}

/// A component that is solved.
pub(super) struct Settled {
    /// By ticket of the group, the engineers that take it, with what each costs.
    pub takers: Vec<Vec<(EngineerIx, Seconds)>>,
    /// Whether all is done that must be.
    pub is_sound: bool,
    pub proof: Proof,
}

/// What nobody can do better than.
#[derive(Clone)]
pub(super) struct Proof {
    /// What all cost at least.
    pub bound: Cost,
    /// What a seat of each engineer is worth, and one for an emergency.
    pub worths: Vec<(EngineerIx, [Cost; 2])>,
    /// What each ticket would pay where it is cheapest, the seat included; a crew's, what the dearest of it would.
    pub stands: Vec<Cost>,
}

impl<'a> Group<'a> {
    pub(super) fn new(tickets: &'a [usize], lists: &'a [List], room: &'a Room) -> Group<'a> {
        let lists_here = || tickets.iter().map(|&ticket| &lists[ticket]);
        let mut engineers: Vec<EngineerIx> = lists_here().flat_map(List::engineers).collect();
        engineers.sort_unstable();
        engineers.dedup();
        let mut quotas: Vec<u32> = Vec::new();
        for list in lists_here() {
            let mut next = list.quota;
            while let Some(quota) = next {
                quotas.push(quota);
                next = room.quotas[quota as usize].above;
            }
        }
        quotas.sort_unstable();
        quotas.dedup();
        Group { tickets, lists, room, engineers, quotas }
    }

    pub(super) fn list(&self, n: usize) -> &'a List {
        &self.lists[self.tickets[n]]
    }

    /// What all cost in any case.
    fn base(&self) -> Cost {
        let out = self
            .quotas
            .iter()
            .map(|&quota| self.room.forced.times(self.room.quotas[quota as usize].least_out));
        let short =
            self.engineers.iter().map(|&engineer| Cost::of(SHORT).times(self.room.short(engineer)));
        out.chain(short).sum()
    }

    /// How many tickets engineers are short of what they should have at least.
    pub(super) fn short(&self, taken: &[&Team]) -> u32 {
        let all = taken.iter().flat_map(|team| &team.places);
        let mut here: Vec<EngineerIx> = all.map(|place| place.engineer).collect();
        here.sort_unstable();
        let had = |engineer: EngineerIx| {
            here.partition_point(|&other| other <= engineer)
                - here.partition_point(|&other| other < engineer)
        };
        let short = self
            .engineers
            .iter()
            .map(|&engineer| self.room.short(engineer).saturating_sub(had(engineer) as u32));
        short.sum()
    }

    /// The cheapest way to settle all, given what is settled already.
    pub(super) fn settle(&self, fates: &[Fate]) -> Settled {
        let network = self.network(fates);
        let optimum = transport::solve(&network);
        let stands = transport::stands(&network, &optimum.worths);
        let bound = self.base() + transport::bound(&network, &stands, &optimum.worths);
        debug_assert_eq!(bound, self.base() + optimum.total, "the worths prove the optimum");
        let mut takers: Vec<Vec<(EngineerIx, Seconds)>> = Vec::with_capacity(fates.len());
        let mut ticket_stands = Vec::with_capacity(fates.len());
        let mut next = 0;
        for (n, fate) in fates.iter().enumerate() {
            let visits = next..next + self.list(n).crew as usize;
            next = visits.end;
            let pairs = optimum.taken[visits.clone()].iter().flatten();
            let pairs = pairs.map(|&entry| network.pairs[entry as usize]);
            let engineers = self.engineers.len();
            let taker = |pair: Pair| (self.engineers[pair.place as usize % engineers], pair.price);
            takers.push(pairs.map(taker).collect());
            // Nobody is looked for who could take what is out for good.
            let looks = stands[visits].iter().filter(|_| *fate != Fate::Out);
            ticket_stands.push(looks.copied().fold(Cost::LEAST, Cost::max));
        }
        let worths = self.engineers.iter().enumerate().map(|(n, &engineer)| {
            let any = optimum.worths[n];
            let limited = match self.room.emergencies(engineer) {
                _ if !self.room.limits_emergencies() => any,
                0 => Cost::MOST,
                _ => optimum.worths[self.engineers.len() + n],
            };
            (engineer, [any, limited])
        });
        let proof = Proof { bound, worths: worths.collect(), stands: ticket_stands };
        let comes = |(n, fate): (usize, &Fate)| match fate {
            Fate::Crew { must: true, .. } => takers[n].len() == self.list(n).crew as usize,
            _ => true,
        };
        let is_sound =
            fates.iter().enumerate().all(comes) && self.keeps_quotas(&network, &optimum.taken);
        Settled { takers, is_sound, proof }
    }

    /// Whether as many visits are left out for every quota as must be.
    fn keeps_quotas(&self, network: &Network, taken: &[Option<u32>]) -> bool {
        let mut out = vec![0; network.places.len()];
        for (visit, _) in network.visits.iter().zip(taken).filter(|(_, taken)| taken.is_none()) {
            let mut next = visit.out;
            while let Some(place) = next {
                out[place as usize] += 1;
                next = network.places[place as usize].above;
            }
        }
        let first = network.places.len() - self.quotas.len();
        let mut quotas = self.quotas.iter().zip(&out[first..]);
        quotas.all(|(&quota, &out)| out >= self.room.quotas[quota as usize].least_out)
    }

    fn network(&self, fates: &[Fate]) -> Network {
        let lists = || (0..fates.len()).map(|n| self.list(n));
        let mut network = Network {
            places: self.places(),
            pairs: Vec::with_capacity(lists().map(|list| list.engineers().count()).sum()),
            visits: Vec::with_capacity(lists().map(|list| list.crew as usize).sum()),
        };
        let first_quota = (network.places.len() - self.quotas.len()) as u32;
        for (n, &fate) in fates.iter().enumerate() {
            let list = self.list(n);
            let begin = network.pairs.len() as u32;
            self.add_pairs(list, fate, &mut network.pairs);
            let out = list.quota.map(|quota| first_quota + self.number_of(quota));
            let visit =
                Visit { pairs: begin..network.pairs.len() as u32, leave: list.leave, out, crew: None };
            match fate {
                Fate::Single => network.visits.push(visit),
                Fate::Crew { must, .. } => {
                    let leave = if must { self.room.forced } else { list.leave.share(list.crew) };
                    let one = Visit { leave, crew: Some(n as u32), ..visit };
                    network.visits.extend(std::iter::repeat_n(one, list.crew as usize));
                }
                Fate::Out => {
                    let others = Visit { leave: Cost::ZERO, ..visit.clone() };
                    network.visits.push(visit);
                    network.visits.extend(std::iter::repeat_n(others, list.crew as usize - 1));
                }
            }
        }
        network
    }

    /// Every engineer's seats, then those for emergencies if they are limited, then quotas.
    fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> =
            self.engineers.iter().map(|&engineer| self.room.seats(engineer)).collect();
        if self.room.limits_emergencies() {
            let limited = (0..)
                .zip(&self.engineers)
                .map(|(seats, &engineer)| Place::of(self.room.emergencies(engineer), Some(seats)));
            places.extend(limited);
        }
        let first = places.len() as u32;
        places.extend(self.quotas.iter().map(|&quota| {
            let own = &self.room.quotas[quota as usize];
            let above = own.above.map(|above| first + self.number_of(above));
            let steps = [(own.least_out, Cost::ZERO - self.room.forced), (u32::MAX, Cost::ZERO)];
            Place { above, steps }
        }));
        places
    }

    fn number_of(&self, quota: u32) -> u32 {
        self.quotas.binary_search(&quota).expect("a quota of the group") as u32
    }

    /// Adds the pairs of one visit, cheapest first.
    fn add_pairs(&self, list: &List, fate: Fate, pairs: &mut Vec<Pair>) {
        let seats = |engineer: EngineerIx| {
            let number = self.engineers.binary_search(&engineer).expect("on a list");
            (number + if list.is_limited { self.engineers.len() } else { 0 }) as u32
        };
        let moments = match fate {
            Fate::Single => 1,
            Fate::Crew { moments, .. } => moments,
            Fate::Out => 0,
        };
        let tables = list.tables.iter().enumerate().filter(|(n, _)| moments & (1 << n) != 0);
        let offers = tables.flat_map(|(_, table)| &table.offers);
        let may = offers.filter(|offer| {
            // Who is short of tickets makes one worth more to give, but not one that is better left out.
            let is_worth_it = fate != Fate::Single || Cost::of(offer.price) < list.leave;
            is_worth_it && (!list.is_limited || self.room.emergencies(offer.engineer) > 0)
        });
        let own = may.map(|offer| Pair { place: seats(offer.engineer), price: offer.price });
        if fate == Fate::Single {
            pairs.extend(own);
            return;
        }
        // Each engineer at the moment that is cheapest for them.
        let mut own: Vec<Pair> = own.collect();
        own.sort_unstable_by_key(|pair| (pair.place, pair.price));
        own.dedup_by_key(|pair| pair.place);
        own.sort_unstable_by_key(|pair| (pair.price, pair.place));
        pairs.extend(own);
    }
}
