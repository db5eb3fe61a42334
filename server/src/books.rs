//! What it takes to price the tickets of a problem.

use paidan_engine::fit::{History, Standing};
use paidan_engine::price::Scorer;
use paidan_engine::price::rules::Tariff;
use paidan_engine::problem::Problem;
use paidan_engine::travel::Roads;

/// What a scorer looks things up in.
/// Travel, history, standings and tariff of a problem, kept for a scorer that borrows them.
#[derive(Debug)]
pub struct Books<'p> {
    problem: &'p Problem,
    roads: Roads,
    history: History,
    standings: Vec<Standing>,
    tariff: Tariff,
}

impl<'p> Books<'p> {
    /// The books of a problem. `O(tickets + visits)`.
    pub fn new(problem: &'p Problem) -> Books<'p> {
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

    /// A scorer that looks things up here.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(self.problem, &self.roads, &self.history, &self.standings, &self.tariff)
    }
}
