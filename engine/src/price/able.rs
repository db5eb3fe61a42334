//! Which shifts are able to serve which tickets, for all of them: tickets that ask for the same share one list.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::scorer::Scorer;
use crate::fit::able::{self, Needs};
use crate::ids::{EngineerIx, Index, ShiftIx, TicketIx};
use crate::ticket::{Half, Ticket};
use crate::units::Seconds;

/// For every ticket the shifts that no hard rule but time keeps from it.
///
/// Memory is linear in tickets and in the lengths of the different lists. A ticket that forbids engineers, or asks for
/// more work than some of them take, mostly shares its list with few others.
#[derive(Clone, Debug)]
pub struct AbleShifts {
    /// Ascending.
    lists: Vec<Box<[ShiftIx]>>,
    /// By ticket: the number of its list.
    of: Vec<u32>,
}

/// The shifts that suit some needs, whomever the ticket names and however long its work is.
#[derive(Clone, Copy)]
struct Suited {
    /// The number of their list.
    list: u32,
    /// Work that each of them takes; below 0 if one takes none.
    work: Seconds,
}

/// How many lists are made side by side before those that are alike become one.
const AT_ONCE: usize = 1_000;

impl AbleShifts {
    /// `O(tickets)`, and `O(holders of the rarest skill)` for each of the different needs, for each ticket that forbids
    /// engineers or asks for more work than some of them take in a day, and for each different two lists of pairs.
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
        let mut lists = Lists::default();
        let mut suited: Vec<Suited> = Vec::with_capacity(first.len());
        for some in first.chunks(AT_ONCE) {
            let told: Vec<(Vec<ShiftIx>, Seconds)> =
                some.par_iter().map(|&ticket| holders.suited(scorer, problem.ticket(ticket))).collect();
            suited
                .extend(told.into_iter().map(|(list, work)| Suited { list: lists.number(list), work }));
        }
        let mut of: Vec<u32> = groups.iter().map(|&group| suited[group as usize].list).collect();
        let apart: Vec<TicketIx> = problem
            .ticket_indices()
            .filter(|&ticket| is_apart(scorer, ticket, suited[groups[ticket.at()] as usize].work))
            .collect();
        for some in apart.chunks(AT_ONCE) {
            let shared = |ticket: TicketIx| &*lists.all[of[ticket.at()] as usize];
            let own: Vec<Vec<ShiftIx>> =
                some.par_iter().map(|&ticket| of_its_own(scorer, ticket, shared(ticket))).collect();
            for (ticket, own) in some.iter().zip(own) {
                of[ticket.at()] = lists.number(own);
            }
        }
        tie_pairs(scorer, &mut lists, &mut of);
        AbleShifts { of, lists: lists.all }
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

/// Whether not all may be able to serve a ticket whom its needs suit, each of whom takes so much work.
fn is_apart(scorer: &Scorer<'_>, ticket: TicketIx, takes: Seconds) -> bool {
    let candidate = scorer.candidate(ticket);
    let (asked, binding) = (candidate.ticket, candidate.standing.binding.as_ref());
    let names = !asked.forbidden.is_empty()
        || !asked.required.is_empty()
        || binding.is_some_and(|binding| binding.strict);
    let slowest = *scorer.problem().policy().skill.work_permille.iter().max().expect("five levels");
    let longest = asked.work_by_class.iter().map(|entry| entry.1).fold(asked.work, Seconds::max);
    names || longest.scaled(slowest.max(1000)) > takes
}

/// Who is able to serve a ticket, of those whom its needs suit.
fn of_its_own(scorer: &Scorer<'_>, ticket: TicketIx, suited: &[ShiftIx]) -> Vec<ShiftIx> {
    let problem = scorer.problem();
    let candidate = scorer.candidate(ticket);
    let (asked, binding) = (candidate.ticket, candidate.standing.binding.as_ref());
    let is_able = |&shift: &ShiftIx| {
        let shift = problem.shift(shift);
        able::by_name(binding, asked, shift.engineer).is_none()
            && able::by_work(problem, asked, shift).is_none()
    };
    if asked.required.is_empty() {
        return suited.iter().copied().filter(is_able).collect();
    }
    let shifts = |engineer: EngineerIx| problem.engineer(engineer).shifts.clone().map(ShiftIx);
    let asked_for = asked.required.iter().copied().flat_map(shifts);
    asked_for.filter(|shift| suited.binary_search(shift).is_ok()).filter(is_able).collect()
}

/// Only who is able to serve both tickets of a pair is able to serve either.
fn tie_pairs(scorer: &Scorer<'_>, lists: &mut Lists, of: &mut [u32]) {
    let problem = scorer.problem();
    let mut known: BTreeMap<[u32; 2], u32> = BTreeMap::new();
    for first in problem.ticket_indices() {
        let Some(Half::First(second)) = problem.ticket(first).half else { continue };
        let two = [first, second].map(|half| of[half.at()]);
        if two[0] == two[1] {
            continue;
        }
        let number = *known.entry(two).or_insert_with(|| {
            let [one, other] = two.map(|number| &lists.all[number as usize]);
            let both = one.iter().copied().filter(|shift| other.binary_search(shift).is_ok()).collect();
            lists.number(both)
        });
        of[first.at()] = number;
        of[second.at()] = number;
    }
}

/// Different lists, each once.
#[derive(Default)]
struct Lists {
    all: Vec<Box<[ShiftIx]>>,
    /// By length and sum: the numbers of those that look alike.
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

    /// The shifts that suit a ticket's needs, and how much work each of them takes.
    fn suited(&self, scorer: &Scorer<'_>, ticket: &Ticket) -> (Vec<ShiftIx>, Seconds) {
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
        (shifts, work)
    }
}
