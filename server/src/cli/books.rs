//! What it takes to price the tickets of a problem.

use paidan_engine::fit::{History, Standing};
use paidan_engine::price::Scorer;
use paidan_engine::price::rules::Tariff;
use paidan_engine::problem::Problem;
use paidan_engine::travel::Roads;

/// What a scorer looks things up in.
pub(super) struct Books<'p> {
    problem: &'p Problem,
    roads: Roads,
    history: History,
    standings: Vec<Standing>,
    tariff: Tariff,
}

impl<'p> Books<'p> {
    /// `O(tickets + visits)`.
    pub(super) fn new(problem: &'p Problem) -> Books<'p> {
        let history = History::new(problem);
        let standing = |ticket| Standing::of(problem, &history, ticket);
        Books {
            problem,
            roads: Roads::new(problem),
            standings: problem.tickets().iter().map(standing).collect(),
            tariff: Tariff::new(problem.policy()),
            history,
        }
    }

    pub(super) fn scorer(&self) -> Scorer<'_> {
        Scorer::new(self.problem, &self.roads, &self.history, &self.standings, &self.tariff)
    }
}
