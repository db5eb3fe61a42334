//! The cheapest seats for all tickets of one component: a transportation problem, solved to proven
//! optimality by shortest augmenting paths. Each ticket in turn finds the cheapest chain of moves that
//! ends at a free seat or leaves a ticket out; seat worths keep every later search away from negative
//! lengths (Edmonds and Karp 1972; Tomizawa 1971).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cost::Cost;

/// One engineer on a ticket's list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The engineer's number inside the component.
    pub engineer: u32,
    /// What the ticket costs there.
    pub cost: Cost,
}

/// Tickets with their lists, engineers with their seats.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    /// The lists of all tickets, each cheapest first.
    pub pairs: Vec<Pair>,
    /// Where each ticket's list begins, and at last where the last one ends.
    pub first: Vec<u32>,
    /// What leaving each ticket out costs.
    pub leave: Vec<Cost>,
    /// How many tickets each engineer takes at most.
    pub seats: Vec<u32>,
}

impl Network {
    pub(super) fn list(&self, ticket: u32) -> &[Pair] {
        let at = ticket as usize;
        &self.pairs[self.first[at] as usize..self.first[at + 1] as usize]
    }
}

/// The cheapest assignment, with the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Optimum {
    /// Which entry of its list each ticket takes.
    pub taken: Vec<Option<u32>>,
    /// What one seat more of each engineer would save; zero where one is free. With these, no ticket
    /// finds an entry of its list cheaper than the one it takes, which is the proof.
    pub worths: Vec<Cost>,
}

/// Solves a network. `O(t p log p)` at worst for `t` tickets and `p` pairs; a search that finds a free seat
/// nearby sees only what lies nearer.
pub(super) fn solve(network: &Network) -> Optimum {
    let mut search = Search::new(network);
    for ticket in 0..network.leave.len() as u32 {
        search.seat(ticket);
    }
    Optimum { taken: search.taken, worths: search.worths }
}

/// Where a chain of moves ends.
#[derive(Clone, Copy)]
enum End {
    /// At an engineer with a free seat.
    Free(u32),
    /// With a ticket that is left out.
    Out(u32),
}

struct Search<'n> {
    network: &'n Network,
    taken: Vec<Option<u32>>,
    worths: Vec<Cost>,
    /// Who sits with each engineer.
    seated: Vec<Vec<u32>>,
    /// Which search this is.
    number: u32,
    /// How each engineer was reached last.
    reached: Vec<Reached>,
    queue: BinaryHeap<Reverse<(Cost, u32)>>,
    settled: Vec<u32>,
}

/// How an engineer was reached.
#[derive(Clone, Copy)]
struct Reached {
    /// The search that did.
    number: u32,
    is_settled: bool,
    /// The ticket that would come here, and the entry of its list.
    ticket: u32,
    entry: u32,
    distance: Cost,
}

impl<'n> Search<'n> {
    fn new(network: &'n Network) -> Search<'n> {
        let engineers = network.seats.len();
        let never = Reached { number: 0, is_settled: false, ticket: 0, entry: 0, distance: Cost::ZERO };
        Search {
            network,
            taken: vec![None; network.leave.len()],
            worths: vec![Cost::ZERO; engineers],
            seated: vec![Vec::new(); engineers],
            number: 0,
            reached: vec![never; engineers],
            queue: BinaryHeap::new(),
            settled: Vec::new(),
        }
    }

    /// Finds the cheapest chain of moves that begins with this ticket, and makes them.
    fn seat(&mut self, ticket: u32) {
        self.number += 1;
        self.queue.clear();
        self.settled.clear();
        let mut best = (Cost::MOST, End::Out(ticket));
        self.look(ticket, Cost::ZERO, &mut best);
        while let Some(Reverse((distance, engineer))) = self.queue.pop() {
            if distance >= best.0 {
                break;
            }
            let at = engineer as usize;
            if std::mem::replace(&mut self.reached[at].is_settled, true) {
                continue;
            }
            self.settled.push(engineer);
            for n in 0..self.seated[at].len() {
                let other = self.seated[at][n];
                let leaving = self.cost_now(other) + self.worths[at];
                self.look(other, distance - leaving, &mut best);
            }
        }
        for &engineer in &self.settled {
            let at = engineer as usize;
            self.worths[at] += best.0 - self.reached[at].distance;
        }
        self.follow(ticket, best.1);
    }

    /// Where a ticket could go that stands at this distance.
    fn look(&mut self, ticket: u32, stands: Cost, best: &mut (Cost, End)) {
        let out = stands + self.network.leave[ticket as usize];
        if out < best.0 {
            *best = (out, End::Out(ticket));
        }
        for (entry, pair) in (0..).zip(self.network.list(ticket)) {
            // No seat is worth less than nothing, so those behind are no nearer.
            if stands + pair.cost >= best.0 {
                return;
            }
            let at = pair.engineer as usize;
            let distance = stands + pair.cost + self.worths[at];
            let reached = &mut self.reached[at];
            let is_known = reached.number == self.number;
            if distance >= best.0 || is_known && reached.distance <= distance {
                continue;
            }
            *reached = Reached { number: self.number, is_settled: false, ticket, entry, distance };
            if self.seated[at].len() < self.network.seats[at] as usize {
                *best = (distance, End::Free(pair.engineer));
            } else {
                self.queue.push(Reverse((distance, pair.engineer)));
            }
        }
    }

    /// Makes the moves of a chain, the last one first.
    fn follow(&mut self, begins: u32, end: End) {
        let mut free = match end {
            End::Free(engineer) => engineer,
            End::Out(ticket) if ticket == begins => return,
            End::Out(ticket) => self.rise(ticket),
        };
        loop {
            let Reached { ticket, entry, .. } = self.reached[free as usize];
            let before = (ticket != begins).then(|| self.rise(ticket));
            self.taken[ticket as usize] = Some(entry);
            self.seated[free as usize].push(ticket);
            let Some(before) = before else { return };
            free = before;
        }
    }

    /// Has a ticket leave its seat.
    fn rise(&mut self, ticket: u32) -> u32 {
        let entry = self.taken[ticket as usize].take().expect("it sits");
        let engineer = self.network.list(ticket)[entry as usize].engineer;
        let seated = &mut self.seated[engineer as usize];
        let place = seated.iter().position(|&other| other == ticket).expect("it sits there");
        seated.swap_remove(place);
        engineer
    }

    /// What a seated ticket costs.
    fn cost_now(&self, ticket: u32) -> Cost {
        let entry = self.taken[ticket as usize].expect("it sits");
        self.network.list(ticket)[entry as usize].cost
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::units::Seconds;

    fn cost(seconds: i64) -> Cost {
        Cost::of(Seconds(seconds))
    }

    fn random(dice: &mut Xoshiro256PlusPlus) -> Network {
        let engineers = dice.random_range(1..=4);
        let tickets = dice.random_range(0..=6);
        let seats = (0..engineers).map(|_| dice.random_range(1..=2)).collect();
        let mut network = Network { seats, first: vec![0], ..Network::default() };
        for _ in 0..tickets {
            let able: Vec<u32> = (0..engineers).filter(|_| dice.random_bool(0.7)).collect();
            let pair = |engineer| Pair { engineer, cost: cost(dice.random_range(-5..30)) };
            let mut list: Vec<Pair> = able.into_iter().map(pair).collect();
            list.sort_by_key(|pair| (pair.cost, pair.engineer));
            network.pairs.extend(list);
            network.first.push(network.pairs.len() as u32);
            network.leave.push(cost(if dice.random_bool(0.5) { 20 } else { 1000 }));
        }
        network
    }

    /// Every way to seat the tickets from this one on.
    fn least(network: &Network, ticket: u32, free: &mut [u32]) -> Cost {
        if ticket as usize == network.leave.len() {
            return Cost::ZERO;
        }
        let mut best = network.leave[ticket as usize] + least(network, ticket + 1, free);
        for pair in network.list(ticket) {
            let at = pair.engineer as usize;
            if free[at] > 0 {
                free[at] -= 1;
                best = best.min(pair.cost + least(network, ticket + 1, free));
                free[at] += 1;
            }
        }
        best
    }

    #[test]
    fn no_way_to_seat_the_tickets_is_cheaper_and_the_worths_prove_it() {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(5);
        for _ in 0..2_000 {
            let network = random(&mut dice);
            let optimum = solve(&network);
            let mut sits = vec![0; network.seats.len()];
            let (mut total, mut bound) = (Cost::ZERO, Cost::ZERO);
            for (ticket, taken) in (0..).zip(&optimum.taken) {
                let leave = network.leave[ticket as usize];
                total += match taken {
                    Some(entry) => {
                        let pair = network.list(ticket)[*entry as usize];
                        sits[pair.engineer as usize] += 1;
                        pair.cost
                    }
                    None => leave,
                };
                let ways = network.list(ticket).iter();
                let ways = ways.map(|pair| pair.cost + optimum.worths[pair.engineer as usize]);
                bound += ways.fold(leave, Cost::min);
            }
            for ((&sits, &seats), &worth) in sits.iter().zip(&network.seats).zip(&optimum.worths) {
                assert!(sits <= seats);
                assert!(worth >= Cost::ZERO);
                bound = bound - worth.times(seats);
            }
            assert_eq!(total, least(&network, 0, &mut network.seats.clone()), "{network:?}");
            assert_eq!(total, bound, "{network:?}");
        }
    }
}
