//! Crews: several engineers at one moment, or nobody. Which moment is found by branch and bound (Land and Doig 1960). A
//! component is solved as if every engineer of a crew could start when it suits them best, and as if some of it could
//! stay away for a share of what leaving the ticket out costs, which is never dearer than any real way to settle it.
//! Where a crew does not agree, the component is solved again under each of two conditions of which one must
//! hold: that it comes or that it does not, or that it starts at one moment or at another.

use super::cost::Cost;
use super::group::{Fate, Group, Proof, Settled, Team};
use crate::ids::EngineerIx;
use crate::units::Seconds;

/// How often a component is solved at most, and with how many tickets in all. If that is not enough, the bound tells by
/// how much.
const NODES: usize = 200;
const TICKETS_SOLVED: usize = 200_000;

/// A component as well settled as is known.
pub(super) struct Answer {
    /// By ticket of the group.
    pub taken: Vec<Team>,
    pub objective: Cost,
    pub proof: Proof,
}

/// Settles a component, with every crew at one moment.
pub(super) fn settle(group: &Group<'_>) -> Answer {
    let root = Node::new(group, (0..group.tickets.len()).map(|n| first_fate(group, n)).collect());
    if root.price == Some(root.bound()) {
        return Answer { taken: root.teams(group), objective: root.bound(), proof: root.settled.proof };
    }
    let (mut price, mut taken) = agree(group, &root);
    let mut proofs: Vec<Proof> = Vec::new();
    let most = NODES.min(TICKETS_SOLVED / group.tickets.len());
    let (mut open, mut nodes) = (vec![root], 1);
    while let Some(node) = open.pop() {
        if let Some(own) = node.price.filter(|own| *own < price) {
            (price, taken) = (own, node.teams(group));
        }
        match node.branches(group).filter(|_| node.bound() < price && nodes < most) {
            None => proofs.push(node.settled.proof),
            Some(branches) => {
                nodes += branches.len();
                // The likelier one last, which is looked at first.
                open.extend(branches.into_iter().rev().map(|fates| Node::new(group, fates)));
            }
        }
    }
    Answer { taken, objective: price, proof: joined(&proofs, price) }
}

fn first_fate(group: &Group<'_>, n: usize) -> Fate {
    let list = group.list(n);
    match list.crew {
        1 => Fate::Single,
        _ => Fate::Crew { moments: (1 << list.tables.len()) - 1, must: false },
    }
}

/// A component under conditions.
struct Node {
    fates: Vec<Fate>,
    settled: Settled,
    /// What it costs, if every crew agrees.
    price: Option<Cost>,
}

/// Whether a crew could come as a component was settled.
enum Accord {
    /// It could, at the moment of this number, or stays away as a whole and pays for that.
    Whole(Option<usize>),
    /// It stays away, and has paid so much too little for that.
    Away(Cost),
    /// Only some of it come.
    Some,
    /// They would start at several moments, of which the one of this number is the cheapest for all of them.
    Apart(usize),
}

impl Node {
    fn new(group: &Group<'_>, fates: Vec<Fate>) -> Node {
        let settled = group.settle(&fates);
        let mut node = Node { fates, settled, price: None };
        if node.settled.is_sound {
            let rests = (0..node.fates.len()).map(|n| match node.accord(group, n) {
                Accord::Whole(_) => Some(Cost::ZERO),
                Accord::Away(rest) => Some(rest),
                Accord::Some | Accord::Apart(_) => None,
            });
            let rest = rests.sum::<Option<Cost>>();
            node.price = rest.map(|rest| node.bound() + rest);
        }
        node
    }

    fn bound(&self) -> Cost {
        self.settled.proof.bound
    }

    fn accord(&self, group: &Group<'_>, n: usize) -> Accord {
        let Fate::Crew { moments, must } = self.fates[n] else { return Accord::Whole(None) };
        let (list, takers) = (group.list(n), &self.settled.takers[n]);
        if takers.is_empty() && !must {
            return Accord::Away(list.leave - list.leave.share(list.crew).times(list.crew));
        }
        if takers.len() < list.crew as usize {
            return Accord::Some;
        }
        let all: Seconds = takers.iter().map(|&(_, price)| price).sum();
        // Of the moments that suit everybody the cheapest, else the one that suits the most.
        let tables = list.tables.iter().enumerate().filter(|(k, _)| moments & (1 << k) != 0);
        let moment = tables.map(|(k, table)| {
            let offers = takers.iter().filter_map(|&(engineer, _)| table.of(engineer));
            let prices: Vec<Seconds> = offers.map(|offer| offer.price).collect();
            (takers.len() - prices.len(), prices.into_iter().sum::<Seconds>(), k)
        });
        let (missing, sum, k) = moment.min().expect("they come at some moment");
        if missing == 0 && sum == all { Accord::Whole(Some(k)) } else { Accord::Apart(k) }
    }

    /// The two conditions under which to solve it again, the likelier one first; `None` if it is settled.
    fn branches(&self, group: &Group<'_>) -> Option<[Vec<Fate>; 2]> {
        if !self.settled.is_sound {
            return None;
        }
        let with = |n: usize, fate: Fate| {
            let mut fates = self.fates.clone();
            fates[n] = fate;
            fates
        };
        let branch = |n: usize, for_seconds: bool| {
            let Fate::Crew { moments, must } = self.fates[n] else { return None };
            let comes = Fate::Crew { moments, must: true };
            match self.accord(group, n) {
                Accord::Away(rest) if for_seconds && rest > Cost::ZERO => {
                    Some([with(n, Fate::Out), with(n, comes)])
                }
                Accord::Some => Some([with(n, comes), with(n, Fate::Out)]),
                Accord::Apart(k) => {
                    let then = Fate::Crew { moments: 1 << k, must };
                    let other = Fate::Crew { moments: moments & !(1 << k), must };
                    Some([with(n, then), with(n, other)])
                }
                Accord::Whole(_) | Accord::Away(_) => None,
            }
        };
        // Who stays away and has paid a few seconds too little for it comes last.
        let all = 0..self.fates.len();
        all.clone().find_map(|n| branch(n, false)).or_else(|| all.clone().find_map(|n| branch(n, true)))
    }

    /// Who takes which ticket.
    fn teams(&self, group: &Group<'_>) -> Vec<Team> {
        let team = |(n, takers): (usize, &Vec<(EngineerIx, Seconds)>)| {
            let table = match self.accord(group, n) {
                Accord::Whole(moment) => group.list(n).tables.get(moment.unwrap_or(0)),
                _ => None,
            };
            let Some(table) = table.filter(|_| !takers.is_empty()) else { return Team::default() };
            let places = takers.iter().filter_map(|&(engineer, _)| table.of(engineer)).collect();
            Team { start: table.start, places }
        };
        self.settled.takers.iter().enumerate().map(team).collect()
    }
}

/// A way to settle a component that can be: crews that are apart start at one moment, and of those of which only some come
/// half stay away, those of which the fewest come; until all agree.
fn agree(group: &Group<'_>, root: &Node) -> (Cost, Vec<Team>) {
    let mut last: Option<Node> = None;
    loop {
        let node = last.as_ref().unwrap_or(root);
        if let Some(price) = node.price {
            return (price, node.teams(group));
        }
        let mut fates = node.fates.clone();
        let mut partial: Vec<(usize, usize)> = Vec::new();
        for (n, fate) in fates.iter_mut().enumerate() {
            match node.accord(group, n) {
                Accord::Whole(_) | Accord::Away(_) => {}
                Accord::Apart(k) => *fate = Fate::Crew { moments: 1 << k, must: false },
                Accord::Some => partial.push((node.settled.takers[n].len(), n)),
            }
        }
        partial.sort_unstable();
        for &(_, n) in &partial[..partial.len().div_ceil(2)] {
            fates[n] = Fate::Out;
        }
        // Each time some come closer to one moment or stay away, so this ends.
        last = Some(Node::new(group, fates));
    }
}

/// What holds under every condition: of all conditions together one must hold. Who is no gain by the least of the worths
/// and the highest of what a ticket stands at is none under any condition.
fn joined(proofs: &[Proof], price: Cost) -> Proof {
    let bound = proofs.iter().map(|proof| proof.bound).fold(price, Cost::min);
    let mut joined = Proof { bound, ..proofs[0].clone() };
    for proof in &proofs[1..] {
        for ((_, worths), (_, others)) in joined.worths.iter_mut().zip(&proof.worths) {
            for (worth, other) in worths.iter_mut().zip(others) {
                *worth = Cost::min(*worth, *other);
            }
        }
        for (stands, other) in joined.stands.iter_mut().zip(&proof.stands) {
            *stands = Cost::max(*stands, *other);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::assign::cost::Scale;
    use crate::assign::lists::{List, Table};
    use crate::assign::room::Room;
    use crate::dispatch::Cheapest;
    use crate::ids::{Index, ShiftIx};
    use crate::units::{Moment, Price};

    /// Tickets of one and crews of two or three, at up to three moments, for a few engineers.
    fn random(dice: &mut Xoshiro256PlusPlus, engineers: usize, scale: Scale) -> Vec<List> {
        let lists = (0..dice.random_range(1..=4)).map(|_| {
            let crew = if dice.random_bool(0.6) { dice.random_range(2..=3) } else { 1 };
            let starts = if crew > 1 { dice.random_range(1..=3) } else { 1 };
            let tables = (0..starts).map(|start| {
                let able = (0..engineers).filter(|_| dice.random_bool(0.7)).collect::<Vec<usize>>();
                let offer = |n| Cheapest {
                    price: Seconds(dice.random_range(0..100)),
                    engineer: EngineerIx::nth(n),
                    shift: ShiftIx::nth(n),
                    at: 0,
                };
                let mut offers: Vec<Cheapest> = able.into_iter().map(offer).collect();
                offers.sort_unstable();
                Table::made_up((crew > 1).then_some(Moment(start)), offers)
            });
            let tables = tables.collect();
            let leave = match dice.random_range(0..3) {
                0 => Price::of(Seconds(dice.random_range(20..200))),
                _ => Price::unserved(dice.random_range(0..100)),
            };
            List { crew, leave: scale.cost(leave), is_limited: false, quota: None, tables }
        });
        lists.collect()
    }

    /// Every way to settle the tickets from this one on.
    fn least(lists: &[List], free: &mut [u32]) -> Cost {
        let Some((list, others)) = lists.split_first() else { return Cost::ZERO };
        let mut best = list.leave + least(others, free);
        for table in &list.tables {
            for team in 0..1_u32 << table.offers.len() {
                let here = table.offers.iter().enumerate().filter(|(n, _)| team & (1 << n) != 0);
                let here: Vec<&Cheapest> = here.map(|(_, offer)| offer).collect();
                let has_room = here.iter().all(|offer| free[offer.engineer.at()] > 0);
                if here.len() != list.crew as usize || !has_room {
                    continue;
                }
                for offer in &here {
                    free[offer.engineer.at()] -= 1;
                }
                let price: Seconds = here.iter().map(|offer| offer.price).sum();
                best = best.min(Cost::of(price) + least(others, free));
                for offer in &here {
                    free[offer.engineer.at()] += 1;
                }
            }
        }
        best
    }

    #[test]
    fn no_other_moments_and_no_other_crews_are_cheaper() {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(11);
        let (mut apart, mut served) = (0, 0);
        for _ in 0..2_000 {
            let scale = Scale::of_tickets(4);
            let (engineers, seats) = (dice.random_range(1..=4), dice.random_range(1..=2));
            let lists = random(&mut dice, engineers, scale);
            let room = Room::made_up(seats, lists.len(), scale);
            let tickets: Vec<usize> = (0..lists.len()).collect();
            let group = Group::new(&tickets, &lists, &room);
            let answer = settle(&group);
            let best = least(&lists, &mut vec![seats; engineers]);
            assert_eq!(answer.objective, best, "{lists:?}");
            assert_eq!(answer.proof.bound, best, "{lists:?}");
            // And it costs what it says.
            let mut free = vec![seats; engineers];
            let mut sum = Cost::ZERO;
            for (list, team) in lists.iter().zip(&answer.taken) {
                if team.places.is_empty() {
                    sum += list.leave;
                    continue;
                }
                assert_eq!(team.places.len(), list.crew as usize);
                served += usize::from(list.crew > 1);
                let table = list.tables.iter().find(|table| table.start == team.start);
                let table = table.expect("a moment that was looked at");
                for place in &team.places {
                    assert_eq!(table.of(place.engineer), Some(*place));
                    free[place.engineer.at()] -= 1;
                    sum += Cost::of(place.price);
                }
            }
            assert_eq!(sum, best);
            let root = Node::new(&group, (0..lists.len()).map(|n| first_fate(&group, n)).collect());
            apart += usize::from(root.price != Some(root.bound()));
        }
        assert!(apart > 200 && served > 500, "{apart} {served}");
    }
}
