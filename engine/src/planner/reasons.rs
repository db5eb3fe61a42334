//! Why tickets are not served.

use std::sync::OnceLock;

use crate::ids::{EngineerIx, Index, TicketIx};
use crate::plan::Reason;
use crate::price::{AbleShifts, EmptyDays, Scorer};
use crate::rule::Barrier;

/// Why each ticket is not served if no route can take it; found when it is asked for, and once, as plans are told again and
/// again while a search goes on.
pub(crate) struct Reasons<'a> {
    scorer: &'a Scorer<'a>,
    /// Who is able, and their empty days, where many tickets are asked about.
    lists: Option<(&'a AbleShifts, &'a EmptyDays<'a>)>,
    /// By ticket, as if none waited for another.
    known: Vec<OnceLock<Reason>>,
}

impl<'a> Reasons<'a> {
    pub(crate) fn new(
        scorer: &'a Scorer<'a>,
        able: &'a AbleShifts,
        empty: &'a EmptyDays<'a>,
    ) -> Reasons<'a> {
        Reasons::with(scorer, Some((able, empty)))
    }

    /// The same for a few tickets, for which everybody is asked.
    pub(crate) fn of_few(scorer: &'a Scorer<'a>) -> Reasons<'a> {
        Reasons::with(scorer, None)
    }

    fn with(scorer: &'a Scorer<'a>, lists: Option<(&'a AbleShifts, &'a EmptyDays<'a>)>) -> Reasons<'a> {
        let known = vec![OnceLock::new(); scorer.problem().tickets().len()];
        Reasons { scorer, lists, known }
    }

    /// Why a ticket is not served while `is_left` tells which others are not. `O(able shifts)` for the first time, and
    /// `O(engineers)` if nobody could serve it or without lists.
    pub(crate) fn of(&self, ticket: TicketIx, is_left: impl Fn(TicketIx) -> bool) -> Reason {
        let reason = self.known[ticket.at()].get_or_init(|| self.by_itself(ticket));
        let after = &self.scorer.problem().ticket(ticket).after;
        match (reason, after.iter().find(|&&before| is_left(before))) {
            (Reason::LostTrade { .. }, Some(&before)) => Reason::PredecessorUnserved(before),
            _ => reason.clone(),
        }
    }

    fn by_itself(&self, ticket: TicketIx) -> Reason {
        let (scorer, problem) = (self.scorer, self.scorer.problem());
        let candidate = scorer.candidate(ticket);
        let mut engineers: Vec<EngineerIx> = if let Some((able, empty)) = self.lists {
            let shifts = able.of(ticket).iter().filter(|&&shift| empty.allow(candidate, shift));
            shifts.map(|&shift| problem.shift(shift).engineer).collect()
        } else {
            let engineers = (0..problem.engineers().len()).map(EngineerIx::nth);
            let is_able =
                |&engineer: &EngineerIx| scorer.engineer_barrier(candidate, engineer).is_none();
            engineers.filter(is_able).collect()
        };
        // The shifts of an engineer stand side by side.
        engineers.dedup();
        let able = engineers.len() as u32;
        if able == 0 {
            return self.impossible(ticket);
        }
        if let Some(tandem) = candidate.ticket.tandem
            && !scorer.may_meet(candidate, scorer.candidate(tandem.other))
        {
            return Reason::TooFewTogether { able, together: 1 };
        }
        let crew = u32::from(candidate.ticket.crew);
        if crew > 1 {
            let together = scorer.most_together(candidate);
            if together < crew {
                return Reason::TooFewTogether { able, together };
            }
        }
        Reason::LostTrade { able }
    }

    /// How many engineers each rule keeps from a ticket that nobody could serve.
    fn impossible(&self, ticket: TicketIx) -> Reason {
        let candidate = self.scorer.candidate(ticket);
        let mut counts = [0_u32; Barrier::ALL.len()];
        for engineer in (0..self.scorer.problem().engineers().len()).map(EngineerIx::nth) {
            let barrier = self.scorer.engineer_barrier(candidate, engineer);
            counts[barrier.expect("nobody could serve it") as usize] += 1;
        }
        let counts = Barrier::ALL.into_iter().zip(counts);
        Reason::Impossible(counts.filter(|(_, count)| *count > 0).collect())
    }
}
