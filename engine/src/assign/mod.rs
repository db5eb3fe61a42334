//! Assignment: many tickets to many engineers at once, so that what all of them cost together is least.
//!
//! The price of a ticket and an engineer is what the ticket alone adds to the engineer's promised route,
//! as an offer of [`dispatch`](crate::dispatch) has it; leaving a ticket out costs its priority. Each engineer takes
//! at most so many tickets, and there may be further [`Terms`]. Lists of the cheapest offers (`lists`) make
//! a sparse graph, whose connected components (`components`) are solved side by side. A component is a transportation
//! problem (`group`, `network`, `transport`), whatever the terms; only that a crew must start together takes a search
//! (`crews`). The worths of the seats prove the answer: lists grow until no engineer who is not on a list, at what
//! their seat is worth, could make any ticket cheaper. So the answer is the best of all pairs, not of a
//! shortlist.

mod components;
mod cost;
mod crews;
mod group;
mod lists;
mod moments;
mod network;
mod room;
mod terms;
mod transport;

use rayon::prelude::*;

use crate::dispatch::{Board, Cheapest};
use crate::ids::{EngineerIx, Index};
use crate::price::Candidate;
use crate::units::{Moment, Price};
use components::components;
use cost::{Cost, Scale};
use group::{Group, Team};
use lists::{List, Ranks};
use moments::moments;
pub(crate) use room::Left;
use room::Room;
pub use terms::{Quota, SHORT, Terms};

/// How many moments of a crew are looked at.
const MOMENTS: usize = 8;
/// How many more are looked at if it comes at none of those.
const LATER_MOMENTS: usize = 64;

/// One ticket's part in an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Who takes it, and where in their route: nobody, one, or as many as its crew needs.
    pub places: Vec<Cheapest>,
    /// When a crew starts.
    pub start: Option<Moment>,
    /// Who came into question, cheapest first: the first would take it if no other ticket were there, unless leaving it
    /// out costs less. Nobody for a crew, since who is cheap depends on when.
    pub offers: Vec<Cheapest>,
}

/// Who takes which ticket, with the proof that all of them together could not cost less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Each ticket's part, in the order of the question.
    pub tickets: Vec<Assigned>,
    /// What one seat more would save, for each engineer for whom that is something, in the order of the roster.
    pub worths: Vec<(EngineerIx, Price)>,
    /// What the tickets cost together, those left out included, and [`SHORT`] for each that somebody is short of.
    pub objective: Price,
    /// What they cost at least, whoever takes them: the sum of what each ticket would pay where it is
    /// cheapest, seats included, less what the seats are worth. With crews less than the objective, if the search for
    /// their moments was cut short.
    pub bound: Price,
    /// How many tickets less engineers have than they should at least, of those who came into question.
    pub short: u32,
    /// Pairs of ticket and engineer that came into question, for a crew at each moment.
    pub pairs: usize,
    /// Groups of tickets that share no engineer and no quota with one another.
    pub components: usize,
}

/// Assigns tickets to engineers, each for itself on the board as it is. Optimal over all pairs, for crews over a few
/// moments at which they could start. No ticket waits for others or has a companion; the terms have no
/// [flaws](Terms::flaws).
///
/// For `t` tickets as much as `t` dispatches to find offers, and at worst `O(t p log p)` to assign them over the `p` pairs
/// that come into question; where seats are not scarce a small part of that. With crews that do not agree up to some
/// hundred times as much for their components, fewer the larger they are.
pub fn assign(board: Board<'_>, candidates: &[Candidate<'_>], terms: &Terms) -> Assignment {
    let starts = |candidate: Candidate<'_>| {
        let mut starts = moments(board, candidate);
        starts.truncate(MOMENTS);
        starts
    };
    assign_at(board, candidates, terms, starts)
}

/// A crew's ticket by itself at more moments than [`assign`] looks at, the likeliest first; `None` if it cannot start at any
/// of them. Costs as much as an assignment for every few moments.
pub(crate) fn assign_later(
    board: Board<'_>,
    candidate: Candidate<'_>,
    terms: &Terms,
) -> Option<Assigned> {
    let mut moments = moments(board, candidate);
    moments.truncate(MOMENTS + LATER_MOMENTS);
    moments.chunks(MOMENTS).find_map(|some| {
        let assignment = assign_at(board, &[candidate], terms, |_| some.to_vec());
        assignment.tickets.into_iter().find(|ticket| !ticket.places.is_empty())
    })
}

/// Assigns, crews at some of the moments at which they could start.
fn assign_at(
    board: Board<'_>,
    candidates: &[Candidate<'_>],
    terms: &Terms,
    starts: impl Fn(Candidate<'_>) -> Vec<Moment> + Sync,
) -> Assignment {
    let scale = Scale::of_tickets(candidates.len());
    let room = Room::new(board, candidates, terms, scale);
    let numbered = candidates.par_iter().copied().enumerate();
    let lists = numbered.map(|one| List::new(board, one, (scale, &room), &starts)).collect();
    let mut state = State::new(board, lists, room);
    let mut changed = vec![true; candidates.len()];
    loop {
        state.settle(|group| group.iter().any(|&ticket| changed[ticket]));
        changed = state.widen(board, candidates);
        if !changed.contains(&true) {
            return state.told(scale);
        }
    }
}

/// A ticket with a list that is given: its offers, cheapest first, at most one for each engineer, and what leaving it
/// out costs.
pub type Listed<'t> = (Candidate<'t>, Vec<Cheapest>, Price);

/// Assigns tickets to engineers on lists that are given. Optimal over these. No ticket needs a crew.
pub fn assign_among(board: Board<'_>, listed: Vec<Listed<'_>>, terms: &Terms) -> Assignment {
    let scale = Scale::of_tickets(listed.len());
    let candidates: Vec<Candidate<'_>> = listed.iter().map(|(candidate, ..)| *candidate).collect();
    let room = Room::new(board, &candidates, terms, scale);
    let given = |(number, (candidate, offers, leave))| {
        List::given((number, candidate), (offers, leave), (scale, &room))
    };
    let lists = listed.into_iter().enumerate().map(given).collect();
    let mut state = State::new(board, lists, room);
    state.settle(|_| true);
    state.told(scale)
}

/// The lists, and the assignment over them.
struct State {
    room: Room,
    lists: Vec<List>,
    /// Who takes each ticket.
    taken: Vec<Team>,
    /// What one seat more of each engineer would save, and one more for an emergency.
    worths: Vec<[Cost; 2]>,
    /// What each ticket would pay where it is cheapest, the seat included.
    stands: Vec<Cost>,
    /// Each component by its first ticket, with what it costs and what at least.
    groups: Vec<(Vec<usize>, Cost, Cost)>,
}

impl State {
    fn new(board: Board<'_>, lists: Vec<List>, room: Room) -> State {
        let engineers = 0..board.scorer.problem().engineers().len();
        let worth = |engineer| {
            let any = room.worth_empty(engineer);
            [any, if room.emergencies(engineer) == 0 { Cost::MOST } else { any }]
        };
        State {
            taken: vec![Team::default(); lists.len()],
            worths: engineers.map(EngineerIx::nth).map(worth).collect(),
            stands: vec![Cost::ZERO; lists.len()],
            groups: Vec::new(),
            lists,
            room,
        }
    }

    /// Solves the components that are asked for side by side; the others are as they were.
    fn settle(&mut self, is_asked_for: impl Fn(&[usize]) -> bool + Sync) {
        let above: Vec<Option<u32>> = self.room.quotas.iter().map(|quota| quota.above).collect();
        let groups = components(&self.lists, self.worths.len(), &above);
        let mut known = std::mem::take(&mut self.groups).into_iter().peekable();
        let (lists, room) = (&self.lists, &self.room);
        let solve = |tickets: Vec<usize>| {
            let answer =
                is_asked_for(&tickets).then(|| crews::settle(&Group::new(&tickets, lists, room)));
            (tickets, answer)
        };
        let solved: Vec<_> = groups.into_par_iter().map(solve).collect();
        for (tickets, answer) in solved {
            // Both are in the order of their first tickets, and who has not changed is as it was.
            while known.next_if(|(other, ..)| other[0] < tickets[0]).is_some() {}
            let before = known.next_if(|(other, ..)| other[0] == tickets[0]);
            let Some(answer) = answer else {
                self.groups.push(before.expect("a component that has not changed is known"));
                continue;
            };
            for (engineer, worths) in answer.proof.worths {
                self.worths[engineer.at()] = worths;
            }
            for ((&ticket, taken), stands) in tickets.iter().zip(answer.taken).zip(answer.proof.stands) {
                self.taken[ticket] = taken;
                self.stands[ticket] = stands;
            }
            self.groups.push((tickets, answer.objective, answer.proof.bound));
        }
    }

    /// Lengthens every list that might lack an engineer who would be cheaper. Tells which it did.
    fn widen(&mut self, board: Board<'_>, candidates: &[Candidate<'_>]) -> Vec<bool> {
        let ranked = |kind: usize| {
            let engineers = (0..self.worths.len()).map(EngineerIx::nth);
            let mut ranks: Vec<(Cost, EngineerIx)> =
                engineers.map(|engineer| (self.worths[engineer.at()][kind], engineer)).collect();
            ranks.par_sort_unstable();
            ranks
        };
        let limited = if self.room.limits_emergencies() { ranked(1) } else { Vec::new() };
        let ranks = Ranks { any: ranked(0), limited };
        let lists = self.lists.par_iter_mut().zip(candidates).zip(&self.stands);
        lists.map(|((list, &candidate), &stands)| list.widen(board, candidate, stands, &ranks)).collect()
    }

    fn told(self, scale: Scale) -> Assignment {
        let (mut objective, mut bound, mut short) = (Cost::ZERO, Cost::ZERO, 0);
        for (tickets, cost, least) in &self.groups {
            objective += *cost;
            bound += *least;
            let group = Group::new(tickets, &self.lists, &self.room);
            let taken: Vec<&Team> = tickets.iter().map(|&ticket| &self.taken[ticket]).collect();
            short += group.short(&taken);
        }
        let worths = self.worths.iter().enumerate().filter(|(_, worths)| worths[0] > Cost::ZERO);
        let worths =
            worths.map(|(n, worths)| (EngineerIx::nth(n), scale.price_below(worths[0]))).collect();
        let pairs = self.lists.iter().map(|list| list.engineers().count()).sum();
        let told = |(list, team): (List, Team)| {
            let table = list.tables.into_iter().next().filter(|_| list.crew == 1);
            let offers = table.map_or_else(Vec::new, |table| table.offers);
            Assigned { places: team.places, start: team.start, offers }
        };
        Assignment {
            tickets: self.lists.into_iter().zip(self.taken).map(told).collect(),
            worths,
            objective: scale.price(objective),
            bound: scale.price_below(bound),
            short,
            pairs,
            components: self.groups.len(),
        }
    }
}
