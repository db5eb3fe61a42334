//! The cheapest places for all visits of a network: a transportation problem, solved to proven optimality by
//! shortest augmenting paths. Each visit in turn finds the cheapest chain of moves that ends where room is
//! free or leaves a visit out; worths of the places keep every later search away from negative lengths
//! (Edmonds and Karp 1972; Tomizawa 1971).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cost::Cost;
use super::network::Network;

/// The cheapest assignment, with the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Optimum {
    /// Which pair each visit takes.
    pub taken: Vec<Option<u32>>,
    /// What room for one visit more would save in each place, those above it included. With these, no visit finds a
    /// pair cheaper than what it has, which is the proof.
    pub worths: Vec<Cost>,
    /// What all visits cost.
    pub total: Cost,
}

/// Solves a network. `O(v p log p)` at worst for `v` visits and `p` pairs; a search that finds free room nearby sees only
/// what lies nearer.
pub(super) fn solve(network: &Network) -> Optimum {
    let mut search = Search::new(network);
    for visit in 0..network.visits.len() as u32 {
        search.seat(visit);
    }
    let own = (0..network.visits.len() as u32).map(|visit| search.cost_now(visit));
    let steps = network.places.iter().zip(&search.flows).map(|(place, &flow)| {
        let [(first, low), (_, high)] = place.steps;
        low.times(flow.min(first)) + high.times(flow.saturating_sub(first))
    });
    let total = own.chain(steps).sum();
    Optimum { total, taken: search.taken, worths: search.worths }
}

/// What each visit pays where it is cheapest for it, worths included, or left out. `O(pairs)`, and for crews
/// `O(pairs log pairs)`.
pub(super) fn stands(network: &Network, worths: &[Cost]) -> Vec<Cost> {
    let mut stands = Vec::with_capacity(network.visits.len());
    while let Some(visit) = network.visits.get(stands.len()) {
        let out = visit.leave + visit.out.map_or(Cost::ZERO, |out| worths[out as usize]);
        let ways = network.pairs_of(visit).iter();
        let ways = ways.map(|pair| pair.cost() + worths[pair.place as usize]);
        if visit.crew.is_none() {
            stands.push(ways.fold(out, Cost::min));
            continue;
        }
        // All of a crew at once: its cheapest places, each once.
        let mut ways: Vec<Cost> = ways.collect();
        ways.sort_unstable();
        let crew = network.visits[stands.len()..].iter().take_while(|mate| mate.crew == visit.crew);
        stands.extend((0..crew.count()).map(|rank| ways.get(rank).map_or(out, |&way| way.min(out))));
    }
    stands
}

/// What all visits cost at least, by the worths of the places: what each visit [`stands`] at, less what the places are
/// worth.
pub(super) fn bound(network: &Network, stands: &[Cost], worths: &[Cost]) -> Cost {
    let mut bound: Cost = stands.iter().copied().sum();
    for (place, &worth) in network.places.iter().zip(worths) {
        let own = worth - place.above.map_or(Cost::ZERO, |above| worths[above as usize]);
        for (count, cost) in place.steps {
            if own > cost {
                bound = bound - (own - cost).times(count);
            }
        }
    }
    bound
}

/// Where a chain of moves ends.
#[derive(Clone, Copy)]
enum End {
    /// At a place with room, with none above it.
    Free(u32),
    /// With a visit that is left out.
    Out(u32),
}

/// How a place was reached.
#[derive(Clone, Copy)]
enum Via {
    /// By a visit that would take it, by this pair; `None` if it is left out here.
    Visit(u32, Option<u32>),
    /// From a place below, which would take one more here.
    Below(u32),
    /// From the place above, of which it would take one less.
    Above(u32),
}

/// How a place was reached last.
#[derive(Clone, Copy)]
struct Reached {
    /// The search that did.
    number: u32,
    is_settled: bool,
    via: Via,
    /// With what is still to come at least.
    distance: Cost,
}

struct Search<'n> {
    network: &'n Network,
    taken: Vec<Option<u32>>,
    worths: Vec<Cost>,
    /// No place of a pair is worth less.
    least_worth: Cost,
    /// Places below each place.
    below: Vec<Vec<u32>>,
    /// Who sits in each place itself.
    seated: Vec<Vec<u32>>,
    /// How many sit there and below.
    flows: Vec<u32>,
    /// Which search this is.
    number: u32,
    reached: Vec<Reached>,
    queue: BinaryHeap<Reverse<(Cost, u32)>>,
    settled: Vec<u32>,
    best: (Cost, End),
}

impl<'n> Search<'n> {
    fn new(network: &'n Network) -> Search<'n> {
        let places = network.places.len();
        let never = Reached { number: 0, is_settled: false, via: Via::Below(0), distance: Cost::ZERO };
        let mut below = vec![Vec::new(); places];
        let mut worths: Vec<Cost> = Vec::with_capacity(places);
        for (n, place) in network.places.iter().enumerate() {
            let mut worth = place.next(0).unwrap_or(Cost::ZERO);
            if let Some(above) = place.above {
                debug_assert!((above as usize) < n, "places come behind those above them");
                below[above as usize].push(n as u32);
                worth += worths[above as usize];
            }
            worths.push(worth);
        }
        Search {
            network,
            taken: vec![None; network.visits.len()],
            least_worth: network
                .pairs
                .iter()
                .map(|pair| worths[pair.place as usize])
                .fold(Cost::ZERO, Cost::min),
            worths,
            below,
            seated: vec![Vec::new(); places],
            flows: vec![0; places],
            number: 0,
            reached: vec![never; places],
            queue: BinaryHeap::new(),
            settled: Vec::new(),
            best: (Cost::MOST, End::Out(0)),
        }
    }

    /// Finds the cheapest chain of moves that begins with this visit, and makes them.
    fn seat(&mut self, visit: u32) {
        self.number += 1;
        self.queue.clear();
        self.settled.clear();
        self.best = (Cost::MOST, End::Out(visit));
        self.look(visit, Cost::ZERO);
        while let Some(Reverse((distance, place))) = self.queue.pop() {
            if distance >= self.best.0 {
                break;
            }
            if !std::mem::replace(&mut self.reached[place as usize].is_settled, true) {
                self.settled.push(place);
                self.leave_from(place, distance - self.worths[place as usize]);
            }
        }
        for &place in &self.settled {
            let at = place as usize;
            self.worths[at] += self.best.0 - self.reached[at].distance;
        }
        self.follow(visit, self.best.1);
    }

    /// Where those could go who would have to make room in a place that stands at this distance.
    fn leave_from(&mut self, place: u32, stands: Cost) {
        let at = place as usize;
        let own = self.network.places[at];
        if let Some(above) = own.above
            && let Some(more) = own.next(self.flows[at])
        {
            self.reach(above, stands + more, Via::Below(place));
        }
        for n in 0..self.below[at].len() {
            let below = self.below[at][n];
            let flow = self.flows[below as usize];
            if flow > 0 {
                let less = self.network.places[below as usize].last(flow);
                self.reach(below, stands - less, Via::Above(place));
            }
        }
        for n in 0..self.seated[at].len() {
            let other = self.seated[at][n];
            self.look(other, stands - self.cost_now(other));
        }
    }

    /// Where a visit could go that stands at this distance.
    fn look(&mut self, visit: u32, stands: Cost) {
        let own = &self.network.visits[visit as usize];
        let out = stands + own.leave;
        match own.out {
            Some(place) => self.reach(place, out, Via::Visit(visit, None)),
            None if out < self.best.0 => self.best = (out, End::Out(visit)),
            None => {}
        }
        for entry in own.pairs.clone() {
            let pair = self.network.pairs[entry as usize];
            let there = stands + pair.cost();
            if there + self.least_worth >= self.best.0 {
                return;
            }
            if own.crew.is_none() || !self.has_mate(visit, pair.place) {
                self.reach(pair.place, there, Via::Visit(visit, Some(entry)));
            }
        }
    }

    /// Whether another visit of a crew sits in a place.
    fn has_mate(&self, visit: u32, place: u32) -> bool {
        let crew = |visit: u32| self.network.visits[visit as usize].crew;
        let seated = &self.seated[place as usize];
        seated.iter().any(|&other| other != visit && crew(other) == crew(visit))
    }

    /// Comes to a place that then stands at this distance.
    fn reach(&mut self, place: u32, stands: Cost, via: Via) {
        let at = place as usize;
        let distance = stands + self.worths[at];
        let is_known = self.reached[at].number == self.number;
        if distance >= self.best.0 || is_known && self.reached[at].distance <= distance {
            return;
        }
        self.reached[at] = Reached { number: self.number, is_settled: false, via, distance };
        let own = &self.network.places[at];
        if own.above.is_none()
            && let Some(more) = own.next(self.flows[at])
            && stands + more < self.best.0
        {
            self.best = (stands + more, End::Free(place));
        }
        if distance < self.best.0 {
            self.queue.push(Reverse((distance, place)));
        }
    }

    /// Makes the moves of a chain, the last one first.
    fn follow(&mut self, begins: u32, end: End) {
        let mut place = match end {
            End::Free(place) => {
                self.flows[place as usize] += 1;
                place
            }
            End::Out(visit) if visit == begins => return,
            End::Out(visit) => self.rise(visit),
        };
        loop {
            match self.reached[place as usize].via {
                Via::Below(from) => {
                    self.flows[from as usize] += 1;
                    place = from;
                }
                Via::Above(from) => {
                    self.flows[place as usize] -= 1;
                    place = from;
                }
                Via::Visit(visit, entry) => {
                    let before = (visit != begins).then(|| self.rise(visit));
                    self.taken[visit as usize] = entry;
                    self.seated[place as usize].push(visit);
                    let Some(before) = before else { return };
                    place = before;
                }
            }
        }
    }

    /// Has a visit leave its place.
    fn rise(&mut self, visit: u32) -> u32 {
        let entry = self.taken[visit as usize].take();
        let own = &self.network.visits[visit as usize];
        let place = entry.map_or(own.out, |entry| Some(self.network.pairs[entry as usize].place));
        let place = place.expect("it sits");
        let seated = &mut self.seated[place as usize];
        let at = seated.iter().position(|&other| other == visit).expect("it sits there");
        seated.swap_remove(at);
        place
    }

    /// What a visit that had its turn costs.
    fn cost_now(&self, visit: u32) -> Cost {
        match self.taken[visit as usize] {
            Some(entry) => self.network.pairs[entry as usize].cost(),
            None => self.network.visits[visit as usize].leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::assign::network::{Pair, Place, Visit};
    use crate::units::Seconds;

    fn cost(seconds: i64) -> Cost {
        Cost::of(Seconds(seconds))
    }

    /// Engineers, some of whose seats are for emergencies and some of whose first seats are wanted taken; quotas, one
    /// within another; crews.
    fn random(dice: &mut Xoshiro256PlusPlus) -> Network {
        let engineers = dice.random_range(1..=4_u32);
        let mut places = Vec::new();
        for _ in 0..engineers {
            let wanted = u32::from(dice.random_bool(0.3));
            let low = cost(-dice.random_range(1..60));
            let seats = dice.random_range(1..=2);
            places.push(Place { above: None, steps: [(wanted, low), (seats - wanted, Cost::ZERO)] });
        }
        for engineer in 0..engineers {
            places.push(Place::of(1, Some(engineer)));
        }
        let visits = dice.random_range(0..=6);
        let out = |above, least| Place {
            above,
            steps: [(least, Cost::ZERO - cost(10_000)), (u32::MAX, Cost::ZERO)],
        };
        let quota = places.len() as u32;
        places.push(out(None, dice.random_range(0..=2)));
        places.push(out(Some(quota), dice.random_range(0..=1)));
        let mut network = Network { places, ..Network::default() };
        while network.visits.len() < visits {
            let is_emergency = dice.random_bool(0.3);
            let start = network.pairs.len() as u32;
            let able: Vec<u32> = (0..engineers).filter(|_| dice.random_bool(0.7)).collect();
            let pair = |engineer| Pair {
                place: engineer + if is_emergency { engineers } else { 0 },
                price: Seconds(dice.random_range(-5..30)),
            };
            let mut list: Vec<Pair> = able.into_iter().map(pair).collect();
            list.sort_by_key(|pair| (pair.price, pair.place));
            network.pairs.extend(list);
            let visit = Visit {
                pairs: start..network.pairs.len() as u32,
                leave: cost(if dice.random_bool(0.5) { 20 } else { 1000 }),
                out: match dice.random_range(0..4) {
                    0 => Some(quota),
                    1 => Some(quota + 1),
                    _ => None,
                },
                crew: None,
            };
            if dice.random_bool(0.2) {
                let crew = Some(network.visits.len() as u32);
                network.visits.extend([Visit { crew, ..visit.clone() }, Visit { crew, ..visit }]);
            } else {
                network.visits.push(visit);
            }
        }
        network
    }

    /// What it costs that visits take these pairs; `None` if there is not room for all.
    fn price(network: &Network, taken: &[Option<u32>]) -> Option<Cost> {
        let mut total = Cost::ZERO;
        let mut flows = vec![0; network.places.len()];
        let mut crews = Vec::new();
        for (visit, taken) in network.visits.iter().zip(taken) {
            let mut next = if let Some(entry) = taken {
                let pair = network.pairs[*entry as usize];
                assert!(visit.pairs.contains(entry));
                total += pair.cost();
                crews.extend(visit.crew.map(|crew| (crew, pair.place)));
                Some(pair.place)
            } else {
                total += visit.leave;
                visit.out
            };
            while let Some(place) = next {
                flows[place as usize] += 1;
                next = network.places[place as usize].above;
            }
        }
        crews.sort_unstable();
        if crews.windows(2).any(|two| two[0] == two[1]) {
            return None;
        }
        for (place, &flow) in network.places.iter().zip(&flows) {
            for n in 0..flow {
                total += place.next(n)?;
            }
        }
        Some(total)
    }

    /// Every way to seat the visits from this one on.
    fn least(network: &Network, taken: &mut Vec<Option<u32>>) -> Option<Cost> {
        let Some(visit) = network.visits.get(taken.len()) else { return price(network, taken) };
        let ways = std::iter::once(None).chain(visit.pairs.clone().map(Some));
        let least = ways.filter_map(|way| {
            taken.push(way);
            let least = least(network, taken);
            taken.pop();
            least
        });
        least.min()
    }

    #[test]
    fn no_way_to_seat_the_visits_is_cheaper_and_the_worths_prove_it() {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(5);
        for _ in 0..3_000 {
            let network = random(&mut dice);
            let optimum = solve(&network);
            assert_eq!(price(&network, &optimum.taken), Some(optimum.total), "{network:?}");
            assert_eq!(least(&network, &mut Vec::new()), Some(optimum.total), "{network:?}");
            let stands = stands(&network, &optimum.worths);
            assert_eq!(bound(&network, &stands, &optimum.worths), optimum.total, "{network:?}");
        }
    }
}
