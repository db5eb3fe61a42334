//! What a ticket costs with an engineer, apart from driving, load and lateness.

use std::sync::Arc;

use rayon::prelude::*;

use super::able::AbleShifts;
use super::scorer::Scorer;
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::problem::Problem;
use crate::units::Seconds;

/// Work time and fit price of one ticket in one shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Work time of this engineer.
    pub work: Seconds,
    /// Skill, history, preference, and the binding if the work starts in time.
    pub price: Seconds,
}

/// Most pairs of a part whose fits are kept; there are more only where nearly all shifts are idle.
const PAIRS_OF_PART: usize = 4_000_000;

/// The fits of tickets with shifts, for a search that asks again and again: from a table of all pairs if they are few
/// enough, from one of some of them, or reckoned each time.
#[derive(Clone, Debug)]
pub struct Fits {
    able: Arc<AbleShifts>,
    table: Option<Table>,
}

impl Fits {
    /// The fits of a whole problem, all kept if there are at most `most` pairs, at 8 bytes each. As [`AbleShifts::new`], and
    /// `O(tickets * able shifts)` if they are.
    pub fn new(scorer: &Scorer<'_>, most: usize) -> Fits {
        let problem = scorer.problem();
        let able = Arc::new(AbleShifts::new(scorer));
        let (tickets, shifts) = (problem.tickets().len(), problem.shifts().len());
        let is_kept = tickets.saturating_mul(shifts) <= most;
        let table = is_kept.then(|| {
            let mut cells = vec![UNABLE; tickets * shifts];
            // Without any shift there are no rows either.
            let rows = cells.par_chunks_mut(shifts.max(1)).enumerate();
            rows.for_each(|(n, row)| {
                let ticket = TicketIx::nth(n);
                able.of(ticket).iter().for_each(|&shift| row[shift.at()] = cell(scorer, ticket, shift));
            });
            Table { columns: shifts, cells, numbers: None }
        });
        Fits { able, table }
    }

    /// Whether a table of so many pairs is worth having: if there is none of all pairs that is not much larger, and it is
    /// not too large itself.
    pub fn wants_table(&self, tickets: usize, shifts: usize) -> bool {
        let of_all = self.table.as_ref().map_or(usize::MAX, |table| table.cells.len());
        let pairs = tickets.saturating_mul(shifts);
        pairs <= PAIRS_OF_PART && pairs.saturating_mul(4) < of_all
    }

    /// The same with a table of these pairs only: the able ones of some tickets with some shifts. `O(tickets + shifts)` of
    /// the problem, and `O(pairs)`.
    pub fn among(
        &self,
        scorer: &Scorer<'_>,
        (tickets, shifts): (&[TicketIx], &[ShiftIx]),
        pairs: impl Iterator<Item = (TicketIx, ShiftIx)>,
    ) -> Fits {
        let numbers = Numbers::new(scorer.problem(), tickets, shifts);
        let mut cells = vec![UNABLE; tickets.len() * shifts.len()];
        for (ticket, shift) in pairs {
            let (row, column) = numbers.of(ticket, shift).expect("a pair among these");
            cells[row * shifts.len() + column] = match &self.table {
                Some(table) => table.cell(ticket, shift).expect("the table has all pairs"),
                None => cell(scorer, ticket, shift),
            };
        }
        let table = Table { columns: shifts.len(), cells, numbers: Some(numbers) };
        Fits { able: Arc::clone(&self.able), table: Some(table) }
    }

    /// The fit of a pair, or `None` if a hard rule forbids it.
    #[inline]
    pub fn get(&self, scorer: &Scorer<'_>, ticket: TicketIx, shift: ShiftIx) -> Option<Fit> {
        let kept = self.table.as_ref().and_then(|table| table.cell(ticket, shift));
        let (work, price) = kept.unwrap_or_else(|| {
            let is_able = self.able.of(ticket).binary_search(&shift).is_ok();
            if is_able { cell(scorer, ticket, shift) } else { UNABLE }
        });
        (work != UNABLE.0)
            .then(|| Fit { work: Seconds(i64::from(work)), price: Seconds(i64::from(price)) })
    }

    /// Shifts that no hard rule but time keeps from a ticket.
    pub fn able(&self, ticket: TicketIx) -> &[ShiftIx] {
        self.able.of(ticket)
    }

    /// The lists of all tickets.
    pub fn able_shifts(&self) -> &AbleShifts {
        &self.able
    }

    /// For every shift the first one that is its twin and fits every ticket as it does, or itself: two routes of such
    /// shifts without stops are the same to a search. `O(tickets + shifts)`, and up to `O(tickets)` more for each shift of
    /// an engineer who has been somewhere, of whom no more than the first 1,000 are looked at.
    pub fn twins(&self, scorer: &Scorer<'_>) -> Vec<ShiftIx> {
        let problem = scorer.problem();
        let known = Known::of(scorer);
        let mut compared = 0;
        let mut twins: Vec<ShiftIx> = Vec::with_capacity(problem.shifts().len());
        for index in problem.shift_indices() {
            // Fleets list what is alike together, so the last kind is asked only.
            let alike = twins.last().copied().filter(|&first| {
                let whose = [first, index].map(|shift| problem.shift(shift).engineer);
                let territories = whose.map(|engineer| &problem.engineer(engineer).territories);
                if territories[0] != territories[1]
                    || !problem.shift(first).is_twin(problem.shift(index))
                {
                    return false;
                }
                let is_alike = |ticket| self.is_alike(scorer, ticket, [first, index]);
                if whose.iter().any(|engineer| known.visited[engineer.at()]) {
                    compared += 1;
                    return compared <= MOST_COMPARED && problem.ticket_indices().all(is_alike);
                }
                // All others fit a ticket that does not name them by what they are.
                whose.iter().flat_map(|engineer| &known.named[engineer.at()]).copied().all(is_alike)
            });
            twins.push(alike.unwrap_or(index));
        }
        twins
    }

    /// Whether two shifts fit a ticket alike.
    fn is_alike(&self, scorer: &Scorer<'_>, ticket: TicketIx, shifts: [ShiftIx; 2]) -> bool {
        let whose = shifts.map(|shift| scorer.problem().shift(shift).engineer);
        // What is paid for being late depends on who is bound, too.
        let binding = scorer.candidate(ticket).standing.binding.as_ref();
        let [one, other] = shifts.map(|shift| self.get(scorer, ticket, shift));
        one == other && binding.is_none_or(|binding| binding.steps(whose[0]) == binding.steps(whose[1]))
    }
}

/// Most shifts of engineers who have been somewhere that are compared with their neighbour ticket by ticket.
const MOST_COMPARED: usize = 1_000;

/// What tells engineers apart who are alike.
struct Known {
    /// By engineer: the tickets that name them.
    named: Vec<Vec<TicketIx>>,
    /// By engineer: whether they have been anywhere.
    visited: Vec<bool>,
}

impl Known {
    fn of(scorer: &Scorer<'_>) -> Known {
        let problem = scorer.problem();
        let count = problem.engineers().len();
        let mut known = Known { named: vec![Vec::new(); count], visited: vec![false; count] };
        for visit in problem.visits() {
            if let Some(visited) = known.visited.get_mut(visit.engineer.at()) {
                *visited = true;
            }
        }
        for index in problem.ticket_indices() {
            let candidate = scorer.candidate(index);
            let ticket = candidate.ticket;
            let lists = [&ticket.required, &ticket.preferred, &ticket.forbidden];
            let ladder = candidate.standing.binding.iter().flat_map(|binding| &binding.ladder);
            for engineer in lists.into_iter().flatten().chain(ladder) {
                known.named[engineer.at()].push(index);
            }
        }
        known
    }
}

/// Work and price of a pair.
type Cell = (u32, u32);

/// No work is as long.
const UNABLE: Cell = (u32::MAX, 0);

/// The cell of an able pair.
fn cell(scorer: &Scorer<'_>, ticket: TicketIx, shift: ShiftIx) -> Cell {
    let fit = scorer.fit(scorer.candidate(ticket), scorer.problem().shift(shift));
    (fit.work.0 as u32, fit.price.0 as u32)
}

/// Cells by ticket and shift, row by row.
#[derive(Clone, Debug)]
struct Table {
    columns: usize,
    cells: Vec<Cell>,
    /// Which pairs it has, if not all.
    numbers: Option<Numbers>,
}

impl Table {
    /// The cell of a pair, if the table has it.
    #[inline]
    fn cell(&self, ticket: TicketIx, shift: ShiftIx) -> Option<Cell> {
        let (row, column) = match &self.numbers {
            None => (ticket.at(), shift.at()),
            Some(numbers) => numbers.of(ticket, shift)?,
        };
        Some(self.cells[row * self.columns + column])
    }
}

/// Rows and columns of a table of some pairs.
#[derive(Clone, Debug)]
struct Numbers {
    rows: Box<[u32]>,
    columns: Box<[u32]>,
}

/// No row, or no column.
const NONE: u32 = u32::MAX;

impl Numbers {
    fn new(problem: &Problem, tickets: &[TicketIx], shifts: &[ShiftIx]) -> Numbers {
        let mut rows = vec![NONE; problem.tickets().len()];
        let mut columns = vec![NONE; problem.shifts().len()];
        for (row, ticket) in (0..).zip(tickets) {
            rows[ticket.at()] = row;
        }
        for (column, shift) in (0..).zip(shifts) {
            columns[shift.at()] = column;
        }
        Numbers { rows: rows.into(), columns: columns.into() }
    }

    #[inline]
    fn of(&self, ticket: TicketIx, shift: ShiftIx) -> Option<(usize, usize)> {
        let (row, column) = (self.rows[ticket.at()], self.columns[shift.at()]);
        (row != NONE && column != NONE).then_some((row as usize, column as usize))
    }
}
