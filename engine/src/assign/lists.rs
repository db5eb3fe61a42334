//! Whom each ticket may go to: the cheapest offers first, more where the proof asks for them.

use super::cost::{Cost, Scale};
use crate::dispatch::{Board, Cheapest, cheapest_of_each, cheapest_with};
use crate::ids::EngineerIx;
use crate::price::Candidate;
use crate::units::Seconds;

/// How many offers a list begins with.
const FIRST: usize = 12;
/// How many offers a list has that was too short, if more engineers than these come into question.
const SECOND: usize = 48;
/// After that, and where few come into question, they are asked one by one, and so many, whom the ticket would gain most
/// from, are added.
const MORE: usize = 32;

/// The engineers whom one ticket may go to.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Each engineer's cheapest place, cheapest first.
    pub offers: Vec<Cheapest>,
    /// What leaving the ticket out costs.
    pub leave: Cost,
    /// Nobody who is not on the list is cheaper than this; `None` if everybody able is on it.
    floor: Option<Seconds>,
    /// How many offers were asked for.
    asked: usize,
}

impl List {
    /// The cheapest offers of a ticket.
    pub(super) fn new(board: Board<'_>, candidate: Candidate<'_>, scale: Scale) -> List {
        let leave = scale.cost(candidate.lost());
        let mut list = List { offers: Vec::new(), leave, floor: None, asked: 0 };
        list.ask(board, candidate, FIRST);
        list
    }

    /// A list that is given and stays as it is.
    pub(super) fn given(offers: Vec<Cheapest>, leave: Cost) -> List {
        List { asked: offers.len(), offers, leave, floor: None }
    }

    fn ask(&mut self, board: Board<'_>, candidate: Candidate<'_>, top: usize) {
        let cheapest = cheapest_of_each(board, candidate, top);
        self.floor = (cheapest.len() == top).then(|| cheapest[top - 1].price);
        self.asked = top;
        // Others on the list were found one by one and stay.
        let known = std::mem::replace(&mut self.offers, cheapest);
        let told = self.offers.len();
        let is_new = |one: &Cheapest| self.offers[..told].iter().all(|own| own.engineer != one.engineer);
        let kept: Vec<Cheapest> = known.into_iter().filter(is_new).collect();
        self.offers.extend(kept);
    }

    /// Adds engineers to the list who would be cheaper for the ticket than it stands now, by the worths of
    /// their seats, and maybe others; returns whether it did. `ranks` has every engineer with seats, the least worth first.
    pub(super) fn widen(
        &mut self,
        board: Board<'_>,
        candidate: Candidate<'_>,
        stands: Cost,
        ranks: &[(Cost, EngineerIx)],
    ) -> bool {
        let Some(floor) = self.floor.map(Cost::of) else { return false };
        let in_question = ranks.partition_point(|(worth, _)| floor + *worth < stands);
        if in_question == 0 {
            return false;
        }
        if in_question > SECOND && self.asked < SECOND {
            self.ask(board, candidate, SECOND);
            return true;
        }
        let mut listed: Vec<EngineerIx> = self.offers.iter().map(|offer| offer.engineer).collect();
        listed.sort_unstable();
        let mut found: Vec<(Cost, Cheapest)> = ranks[..in_question]
            .iter()
            .filter(|(_, engineer)| listed.binary_search(engineer).is_err())
            .filter_map(|&(worth, engineer)| {
                let offer = cheapest_with(board, candidate, engineer)?;
                let stood = Cost::of(offer.price) + worth;
                (stood < stands).then_some((stood, offer))
            })
            .collect();
        found.sort_unstable();
        found.truncate(MORE);
        self.offers.extend(found.iter().map(|&(_, offer)| offer));
        self.offers.sort_unstable();
        !found.is_empty()
    }
}
