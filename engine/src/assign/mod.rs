//! Assignment: many tickets to many engineers at once, so that what all of them cost together is least.
//!
//! The price of a ticket and an engineer is what the ticket alone adds to the engineer's promised route,
//! as an offer of [`dispatch`](crate::dispatch) has it; leaving a ticket out costs its priority. Each engineer takes
//! at most so many tickets. That is a transportation problem. Lists of the cheapest offers (`lists`) make
//! a sparse graph, its connected components (`components`) are solved side by side (`transport`), and
//! the worths of the seats prove the answer: lists grow until no engineer who is not on a list, at what
//! their seat is worth, could make any ticket cheaper. So the answer is the best of all pairs, not of a
//! shortlist.

mod components;
mod cost;
mod lists;
mod transport;

use rayon::prelude::*;

use crate::dispatch::{Board, Cheapest};
use crate::ids::{EngineerIx, Index};
use crate::price::Candidate;
use crate::units::Price;
use components::components;
use cost::{Cost, Scale};
use lists::List;
use transport::{Network, Pair};

/// What an assignment must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How many of the tickets one engineer takes at most, at least 1.
    pub seats: u32,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { seats: 5 }
    }
}

/// One ticket's part in an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Who takes it, and where in their route.
    pub taken: Option<Cheapest>,
    /// Who came into question, cheapest first: the first would take it if no other ticket were there, unless leaving it
    /// out costs less.
    pub offers: Vec<Cheapest>,
}

/// Who takes which ticket, with the proof that all of them together could not cost less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Each ticket's part, in the order of the question.
    pub tickets: Vec<Assigned>,
    /// What one seat more would save, for each engineer for whom that is not nothing, in the order of
    /// the roster.
    pub worths: Vec<(EngineerIx, Price)>,
    /// What the tickets cost together, those left out included.
    pub objective: Price,
    /// What they cost at least, whoever takes them: the sum of what each ticket would pay where it is
    /// cheapest, seats included, less what the seats are worth.
    pub bound: Price,
    /// Groups of tickets that share no engineer with one another.
    pub components: usize,
}

/// Assigns tickets to engineers, each for itself on the board as it is. Optimal over all pairs.
///
/// For `t` tickets as much as `t` dispatches to find offers, and at worst `O(t p log p)` to assign them over the `p` pairs
/// that come into question; where seats are not scarce a small part of that.
pub fn assign(board: Board<'_>, candidates: &[Candidate<'_>], terms: Terms) -> Assignment {
    let scale = Scale::of_tickets(candidates.len());
    let engineers = board.scorer.problem().engineers().len();
    let lists = candidates.par_iter().map(|&candidate| List::new(board, candidate, scale)).collect();
    let mut state = State::new(lists, engineers, terms);
    let mut changed = vec![true; candidates.len()];
    loop {
        state.settle(|group| group.iter().any(|&ticket| changed[ticket]));
        changed = state.widen(board, candidates);
        if !changed.contains(&true) {
            return state.told(scale);
        }
    }
}

/// Assigns tickets to engineers on lists that are given: each ticket's offers, cheapest first, at most one for each of so
/// many engineers, and what leaving it out costs. Optimal over these.
pub fn assign_among(
    lists: impl IntoIterator<Item = (Vec<Cheapest>, Price)>,
    engineers: usize,
    terms: Terms,
) -> Assignment {
    let lists: Vec<(Vec<Cheapest>, Price)> = lists.into_iter().collect();
    let scale = Scale::of_tickets(lists.len());
    let given = |(offers, leave)| List::given(offers, scale.cost(leave));
    let mut state = State::new(lists.into_iter().map(given).collect(), engineers, terms);
    state.settle(|_| true);
    state.told(scale)
}

/// The lists, and the assignment over them.
struct State {
    terms: Terms,
    lists: Vec<List>,
    /// Whom each ticket goes to.
    taken: Vec<Option<Cheapest>>,
    /// What one seat more of each engineer would save.
    worths: Vec<Cost>,
    /// What each ticket would pay where it is cheapest, the seat included.
    stands: Vec<Cost>,
    /// How many components there are.
    components: usize,
}

impl State {
    fn new(lists: Vec<List>, engineers: usize, terms: Terms) -> State {
        State {
            terms,
            taken: vec![None; lists.len()],
            worths: vec![Cost::ZERO; engineers],
            stands: vec![Cost::ZERO; lists.len()],
            lists,
            components: 0,
        }
    }

    /// Solves the components that are asked for side by side.
    fn settle(&mut self, is_asked_for: impl Fn(&[usize]) -> bool) {
        let mut groups = components(&self.lists, self.worths.len());
        self.components = groups.len();
        groups.retain(|group| is_asked_for(group));
        let solved: Vec<Solved> =
            groups.par_iter().map(|group| Solved::of(group, &self.lists, self.terms)).collect();
        for (group, solved) in groups.into_iter().zip(solved) {
            for (engineer, worth) in solved.worths {
                self.worths[engineer.at()] = worth;
            }
            for (ticket, taken) in group.into_iter().zip(solved.taken) {
                let list = &self.lists[ticket];
                self.taken[ticket] = taken.map(|entry| list.offers[entry as usize]);
                let ways = list.offers.iter();
                let ways = ways.map(|offer| Cost::of(offer.price) + self.worths[offer.engineer.at()]);
                self.stands[ticket] = ways.fold(list.leave, Cost::min);
            }
        }
    }

    /// Lengthens every list that might lack an engineer who would be cheaper. Tells which it did.
    fn widen(&mut self, board: Board<'_>, candidates: &[Candidate<'_>]) -> Vec<bool> {
        let engineers = (0..self.worths.len()).map(EngineerIx::nth);
        let mut ranks: Vec<(Cost, EngineerIx)> =
            engineers.map(|engineer| (self.worths[engineer.at()], engineer)).collect();
        ranks.par_sort_unstable();
        let lists = self.lists.par_iter_mut().zip(candidates).zip(&self.stands);
        lists.map(|((list, &candidate), &stands)| list.widen(board, candidate, stands, &ranks)).collect()
    }

    fn told(self, scale: Scale) -> Assignment {
        let (mut objective, mut bound) = (Cost::ZERO, Cost::ZERO);
        let mut tickets = Vec::with_capacity(self.lists.len());
        for ((list, taken), stands) in self.lists.into_iter().zip(self.taken).zip(self.stands) {
            objective += taken.map_or(list.leave, |place| Cost::of(place.price));
            bound += stands;
            tickets.push(Assigned { taken, offers: list.offers });
        }
        for &worth in &self.worths {
            bound = bound - worth.times(self.terms.seats);
        }
        let worths = self.worths.iter().enumerate().filter(|(_, worth)| **worth > Cost::ZERO);
        Assignment {
            tickets,
            worths: worths.map(|(n, &worth)| (EngineerIx::nth(n), scale.price(worth))).collect(),
            objective: scale.price(objective),
            bound: scale.price(bound),
            components: self.components,
        }
    }
}

/// The answer to one component.
struct Solved {
    /// Which entry of its list each ticket takes.
    taken: Vec<Option<u32>>,
    worths: Vec<(EngineerIx, Cost)>,
}

impl Solved {
    fn of(group: &[usize], lists: &[List], terms: Terms) -> Solved {
        let lists = || group.iter().map(|&ticket| &lists[ticket]);
        let offers = || lists().flat_map(|list| &list.offers);
        let mut engineers: Vec<EngineerIx> = offers().map(|offer| offer.engineer).collect();
        engineers.sort_unstable();
        engineers.dedup();
        let number = |engineer| engineers.binary_search(&engineer).expect("on a list") as u32;
        let pair =
            |offer: &Cheapest| Pair { engineer: number(offer.engineer), cost: Cost::of(offer.price) };
        let mut first = vec![0];
        first.extend(lists().scan(0, |end, list| {
            *end += list.offers.len() as u32;
            Some(*end)
        }));
        let optimum = transport::solve(&Network {
            pairs: offers().map(pair).collect(),
            first,
            leave: lists().map(|list| list.leave).collect(),
            seats: vec![terms.seats; engineers.len()],
        });
        Solved { taken: optimum.taken, worths: engineers.into_iter().zip(optimum.worths).collect() }
    }
}
