//! What a ticket costs with an engineer, apart from driving, load and lateness.

use rayon::prelude::*;

use crate::engineer::Shift;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::ticket::Half;
use crate::units::Seconds;

use super::scorer::{Candidate, Scorer};

/// Work time and fit price of one ticket in one shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Work time of this engineer.
    pub work: Seconds,
    /// Skill, history, preference, and the binding if the work starts in time.
    pub price: Seconds,
}

/// The fits of every ticket with every shift, for a search that asks again and again.
#[derive(Clone, Debug)]
pub struct Fits {
    shifts: usize,
    /// Row by row; unable pairs have no work time.
    cells: Vec<(u32, u32)>,
    /// Able shifts of every ticket, ascending.
    able: Vec<Box<[ShiftIx]>>,
}

const UNABLE: (u32, u32) = (u32::MAX, 0);

impl Fits {
    /// Computes all pairs, 8 bytes each. `O(tickets * shifts)`.
    pub fn new(scorer: &Scorer<'_>) -> Fits {
        let problem = scorer.problem();
        let shifts = problem.shifts().len();
        let mut cells = vec![UNABLE; problem.tickets().len() * shifts];
        let rows = cells.par_chunks_mut(shifts.max(1)).enumerate();
        // Without any shift there are no rows either.
        let mut able: Vec<Box<[ShiftIx]>> = rows
            .map(|(n, row)| {
                let candidate = scorer.candidate(TicketIx::nth(n));
                let mut list = Vec::new();
                for (cell, index) in row.iter_mut().zip(problem.shift_indices()) {
                    if let Some(fit) = fit_if_able(scorer, candidate, problem.shift(index)) {
                        *cell = (fit.work.0 as u32, fit.price.0 as u32);
                        list.push(index);
                    }
                }
                list.into()
            })
            .collect();
        able.resize(problem.tickets().len(), Box::default());
        let mut fits = Fits { shifts, cells, able };
        fits.tie_pairs(scorer);
        fits
    }

    /// Only who is able to serve both tickets of a pair is able to serve either.
    fn tie_pairs(&mut self, scorer: &Scorer<'_>) {
        let problem = scorer.problem();
        for first in problem.ticket_indices() {
            let Some(Half::First(second)) = problem.ticket(first).half else { continue };
            let serves_both = |shift: &ShiftIx| self.get(second, *shift).is_some();
            let both: Box<[ShiftIx]> = self.able(first).iter().copied().filter(serves_both).collect();
            self.able[second.at()].clone_from(&both);
            self.able[first.at()] = both;
        }
    }

    /// The fit of a pair, or `None` if a hard rule forbids it.
    pub fn get(&self, ticket: TicketIx, shift: ShiftIx) -> Option<Fit> {
        let (work, price) = self.cells[ticket.at() * self.shifts + shift.at()];
        (work != UNABLE.0)
            .then(|| Fit { work: Seconds(i64::from(work)), price: Seconds(i64::from(price)) })
    }

    /// For every shift the first one that is its twin and fits every ticket as it does, or itself: two routes of such
    /// shifts without stops are the same to a search. `O(tickets * shifts)`, and `O(shifts)` where no two are alike.
    pub fn twins(&self, scorer: &Scorer<'_>) -> Vec<ShiftIx> {
        let problem = scorer.problem();
        let mut twins: Vec<ShiftIx> = Vec::with_capacity(self.shifts);
        for index in problem.shift_indices() {
            // Fleets list what is alike together, so the last kind is asked only.
            let alike = twins.last().copied().filter(|&first| {
                let whose = [first, index].map(|shift| problem.shift(shift).engineer);
                // What is paid for being late depends on who is bound, too.
                let is_bound_alike = |ticket| {
                    let binding = scorer.candidate(ticket).standing.binding.as_ref();
                    binding.is_none_or(|binding| binding.steps(whose[0]) == binding.steps(whose[1]))
                };
                let fits = |ticket| {
                    self.get(ticket, first) == self.get(ticket, index) && is_bound_alike(ticket)
                };
                problem.shift(first).is_twin(problem.shift(index)) && problem.ticket_indices().all(fits)
            });
            twins.push(alike.unwrap_or(index));
        }
        twins
    }

    /// Shifts that no hard rule but time keeps from a ticket.
    pub fn able(&self, ticket: TicketIx) -> &[ShiftIx] {
        &self.able[ticket.at()]
    }
}

fn fit_if_able(scorer: &Scorer<'_>, candidate: Candidate<'_>, shift: &Shift) -> Option<Fit> {
    scorer.barrier(candidate, shift).is_none().then(|| scorer.fit(candidate, shift))
}
