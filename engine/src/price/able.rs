//! Which shifts are able to serve which tickets, for all of them: tickets that ask for the same share one list.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::scorer::Scorer;
use crate::fit::able::{self, Needs};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::ticket::{Half, Ticket};
use crate::units::Seconds;

/// For every ticket the shifts that no hard rule but time keeps from it.
///
/// Memory is linear in tickets and in the lengths of the different lists.
#[derive(Clone, Debug)]
pub struct AbleShifts {
    /// Ascending.
    lists: Vec<Box<[ShiftIx]>>,
    /// By ticket: the number of its list.
    of: Vec<u32>,
}

/// The shifts that suit some needs, whomever the ticket names and however long its work is.
struct Suited {
    shifts: Vec<ShiftIx>,
    /// Work that each of them takes; below 0 if one takes none.
    work: Seconds,
}

impl AbleShifts {
    /// `O(tickets)`, and `O(holders of the rarest skill)` for each of the different needs, and for each ticket that
    /// names engineers or asks for more work than some of them do in a day.
    pub fn new(scorer: &Scorer<'_>) -> AbleShifts {
        let problem = scorer.problem();
        let mut numbers: BTreeMap<Needs<'_>, u32> = BTreeMap::new();
        let mut first: Vec<TicketIx> = Vec::new();
        let groups: Vec<u32> = problem
            .ticket_indices()
            .map(|ticket| {
                *numbers.entry(Needs::from(problem.ticket(ticket))).or_insert_with(|| {
                    first.push(ticket);
                    first.len() as u32 - 1
                })
            })
            .collect();
        let holders = Holders::new(scorer);
        let suited: Vec<Suited> =
            first.par_iter().map(|&ticket| holders.suited(scorer, problem.ticket(ticket))).collect();
        let exceptions: Vec<Option<Vec<ShiftIx>>> = groups
            .par_iter()
            .enumerate()
            .map(|(n, &group)| exception(scorer, TicketIx::nth(n), &suited[group as usize]))
            .collect();

        let mut lists = Lists::default();
        let shared: Vec<u32> = suited.into_iter().map(|suited| lists.number(suited.shifts)).collect();
        let own = exceptions.into_iter().zip(groups);
        let of = own.map(|(own, group)| own.map_or(shared[group as usize], |own| lists.number(own)));
        let mut able = AbleShifts { of: of.collect(), lists: Vec::new() };
        tie_pairs(scorer, &mut lists, &mut able.of);
        able.lists = lists.all;
        able
    }

    /// The able shifts of a ticket, ascending.
    pub fn of(&self, ticket: TicketIx) -> &[ShiftIx] {
        &self.lists[self.list(ticket) as usize]
    }

    /// The number of a ticket's list; equal ones have the same number.
    pub fn list(&self, ticket: TicketIx) -> u32 {
        self.of[ticket.at()]
    }
}

/// The list of a ticket that not all can serve whom its needs suit.
fn exception(scorer: &Scorer<'_>, ticket: TicketIx, suited: &Suited) -> Option<Vec<ShiftIx>> {
    let problem = scorer.problem();
    let candidate = scorer.candidate(ticket);
    let (asked, binding) = (candidate.ticket, candidate.standing.binding.as_ref());
    let names = !asked.forbidden.is_empty()
        || !asked.required.is_empty()
        || binding.is_some_and(|binding| binding.strict);
    let slowest = *problem.policy().skill.work_permille.iter().max().expect("five levels");
    let longest = asked.work_by_class.iter().map(|entry| entry.1).fold(asked.work, Seconds::max);
    if !names && longest.scaled(slowest.max(1000)) <= suited.work {
        return None;
    }
    let is_able = |&shift: &ShiftIx| {
        let shift = problem.shift(shift);
        able::by_name(binding, asked, shift.engineer).is_none()
            && able::by_work(problem, asked, shift).is_none()
    };
    Some(suited.shifts.iter().copied().filter(is_able).collect())
}

/// Only who is able to serve both tickets of a pair is able to serve either.
fn tie_pairs(scorer: &Scorer<'_>, lists: &mut Lists, of: &mut [u32]) {
    let problem = scorer.problem();
    for first in problem.ticket_indices() {
        let Some(Half::First(second)) = problem.ticket(first).half else { continue };
        let [one, other] = [first, second].map(|half| &lists.all[of[half.at()] as usize]);
        let both = one.iter().copied().filter(|shift| other.binary_search(shift).is_ok()).collect();
        let number = lists.number(both);
        of[first.at()] = number;
        of[second.at()] = number;
    }
}

/// Different lists, each once.
#[derive(Default)]
struct Lists {
    all: Vec<Box<[ShiftIx]>>,
    /// By length, sum and ends: the numbers of those that look alike.
    alike: BTreeMap<(usize, u64), Vec<u32>>,
}

impl Lists {
    /// The number of a list, which is kept if it is new. `O(its length)`.
    fn number(&mut self, list: Vec<ShiftIx>) -> u32 {
        let sum = list.iter().map(|shift| u64::from(shift.0)).sum();
        let alike = self.alike.entry((list.len(), sum)).or_default();
        let known = alike.iter().copied().find(|&number| *self.all[number as usize] == *list);
        known.unwrap_or_else(|| {
            let number = self.all.len() as u32;
            alike.push(number);
            self.all.push(list.into());
            number
        })
    }
}

/// Who holds each skill.
struct Holders {
    all: Vec<ShiftIx>,
    by_skill: Vec<Vec<ShiftIx>>,
}

impl Holders {
    fn new(scorer: &Scorer<'_>) -> Holders {
        let problem = scorer.problem();
        let mut by_skill = vec![Vec::new(); problem.register().skills.len()];
        for shift in problem.shift_indices() {
            problem.shift(shift).skills.iter().for_each(|(skill, _)| by_skill[skill.at()].push(shift));
        }
        Holders { all: problem.shift_indices().collect(), by_skill }
    }

    /// The shifts that suit a ticket's needs.
    fn suited(&self, scorer: &Scorer<'_>, ticket: &Ticket) -> Suited {
        let problem = scorer.problem();
        // Nobody holds a skill that the roster does not know.
        let holders = |skill: usize| self.by_skill.get(skill).map_or(&[][..], Vec::as_slice);
        let rarest =
            ticket.requires.iter().map(|need| holders(need.skill.at())).min_by_key(|all| all.len());
        let asked = rarest.unwrap_or(&self.all).iter().copied();
        let shifts: Vec<ShiftIx> = asked
            .filter(|&shift| able::by_needs(problem, ticket, problem.shift(shift)).is_none())
            .collect();
        let takes = |&shift: &ShiftIx| match problem.shift(shift) {
            shift if shift.max_tickets == 0 => Seconds(-1),
            shift => shift.max_work,
        };
        let work = shifts.iter().map(takes).min().unwrap_or(Seconds::ZERO);
        Suited { shifts, work }
    }
}
