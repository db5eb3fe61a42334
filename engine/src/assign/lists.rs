//! Whom each ticket may go to: the cheapest offers first, more where the proof asks for them. A crew's has a table for
//! each moment at which it could start.

use super::cost::{Cost, Scale};
use super::room::Room;
use crate::dispatch::{Board, Cheapest, cheapest_of_each, cheapest_with};
use crate::ids::EngineerIx;
use crate::price::Candidate;
use crate::ticket::{Ticket, Window, Windows};
use crate::units::{Moment, Price, Seconds};

/// How many offers a table begins with.
const FIRST: usize = 12;
/// Where more engineers than these come into question, a table becomes so many times as long; where fewer do, they are
/// asked one by one.
const ONE_BY_ONE: usize = 48;
const LONGER: usize = 4;

/// The engineers whom one ticket may go to.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// How many of them it takes.
    pub crew: u32,
    /// What leaving the ticket out costs.
    pub leave: Cost,
    /// Whether it is an emergency, of which an engineer may have so many only.
    pub is_limited: bool,
    /// Its smallest quota.
    pub quota: Option<u32>,
    /// One table, or for a crew one for each moment.
    pub tables: Vec<Table>,
}

/// Offers for a start whenever it suits, or at one moment.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The moment at which all must start.
    pub start: Option<Moment>,
    /// The ticket as if it had one window, for a start then.
    then: Option<Box<Ticket>>,
    /// Each engineer's cheapest place, cheapest first.
    pub offers: Vec<Cheapest>,
    /// Nobody who is not in the table is cheaper than this; `None` if everybody able is in it.
    floor: Option<Seconds>,
    /// How many offers were asked for.
    asked: usize,
}

/// What engineers' seats are worth, those of every engineer there is, the least first.
pub(super) struct Ranks {
    pub any: Vec<(Cost, EngineerIx)>,
    /// For emergencies, where they have seats of their own.
    pub limited: Vec<(Cost, EngineerIx)>,
}

impl List {
    /// The cheapest offers of a candidate, which has its number among others; of a crew at each moment at which it
    /// may start.
    pub(super) fn new(
        board: Board<'_>,
        (number, candidate): (usize, Candidate<'_>),
        (scale, room): (Scale, &Room),
        starts: impl Fn(Candidate<'_>) -> Vec<Moment>,
    ) -> List {
        let leave = scale.cost(candidate.lost());
        let mut list = List::empty((number, candidate), leave, room);
        let open = Table { start: None, then: None, offers: Vec::new(), floor: None, asked: 0 };
        if list.crew == 1 {
            list.tables.push(open);
        } else {
            let starts = starts(candidate).into_iter();
            list.tables.extend(starts.map(|start| open.clone().at(candidate, start)));
        }
        // Enough for a crew, whoever of them has more to do.
        let first = FIRST.max(2 * list.crew as usize);
        for table in &mut list.tables {
            table.ask(board, candidate, first);
        }
        list
    }

    /// A list that is given and stays as it is.
    pub(super) fn given(
        (number, candidate): (usize, Candidate<'_>),
        (offers, leave): (Vec<Cheapest>, Price),
        (scale, room): (Scale, &Room),
    ) -> List {
        let mut list = List::empty((number, candidate), scale.cost(leave), room);
        list.tables.push(Table { start: None, then: None, asked: offers.len(), offers, floor: None });
        list
    }

    fn empty((number, candidate): (usize, Candidate<'_>), leave: Cost, room: &Room) -> List {
        List {
            crew: u32::from(candidate.ticket.crew),
            leave,
            is_limited: room.is_limited(candidate),
            quota: room.quota_of(number),
            tables: Vec::new(),
        }
    }

    /// Everybody on it, some of them several times.
    pub(super) fn engineers(&self) -> impl Iterator<Item = EngineerIx> {
        self.tables.iter().flat_map(|table| table.offers.iter().map(|offer| offer.engineer))
    }

    /// Adds engineers to the list who would be cheaper for the ticket than it stands now, by the worths of
    /// their seats, and maybe others; returns whether it did.
    pub(super) fn widen(
        &mut self,
        board: Board<'_>,
        candidate: Candidate<'_>,
        stands: Cost,
        ranks: &Ranks,
    ) -> bool {
        let ranks = if self.is_limited { &ranks.limited } else { &ranks.any };
        let mut has_grown = false;
        for table in &mut self.tables {
            has_grown |= table.widen(board, candidate, stands, ranks);
        }
        has_grown
    }
}

impl Table {
    /// The same for a start at a moment.
    fn at(self, candidate: Candidate<'_>, start: Moment) -> Table {
        let windows = Windows::from(vec![Window { start, end: start }]);
        let then = Ticket { windows, ..candidate.ticket.clone() };
        Table { start: Some(start), then: Some(Box::new(then)), ..self }
    }

    /// A table that was not asked for.
    #[cfg(test)]
    pub(super) fn made_up(start: Option<Moment>, offers: Vec<Cheapest>) -> Table {
        Table { start, then: None, asked: offers.len(), offers, floor: None }
    }

    /// An engineer's offer.
    pub(super) fn of(&self, engineer: EngineerIx) -> Option<Cheapest> {
        self.offers.iter().find(|offer| offer.engineer == engineer).copied()
    }

    fn ask(&mut self, board: Board<'_>, candidate: Candidate<'_>, top: usize) {
        let cheapest = cheapest_of_each(board, asked(self.then.as_deref(), candidate), top);
        self.floor = (cheapest.len() == top).then(|| cheapest[top - 1].price);
        self.asked = top;
        // Others in the table were found one by one and stay.
        let known = std::mem::replace(&mut self.offers, cheapest);
        let mut told: Vec<EngineerIx> = self.offers.iter().map(|own| own.engineer).collect();
        told.sort_unstable();
        let is_new = |one: &Cheapest| told.binary_search(&one.engineer).is_err();
        self.offers.extend(known.into_iter().filter(is_new));
    }

    fn widen(
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
        let mut known: Vec<EngineerIx> = self.offers.iter().map(|offer| offer.engineer).collect();
        known.sort_unstable();
        let is_new = |(_, engineer): &&(Cost, EngineerIx)| known.binary_search(engineer).is_err();
        let others: Vec<&(Cost, EngineerIx)> = ranks[..in_question].iter().filter(is_new).collect();
        if others.len() > ONE_BY_ONE {
            self.ask(board, candidate, self.asked.max(1) * LONGER);
            return true;
        }
        let mut found: Vec<(Cost, Cheapest)> = others
            .into_iter()
            .filter_map(|&(worth, engineer)| {
                let offer = cheapest_with(board, asked(self.then.as_deref(), candidate), engineer)?;
                let stood = Cost::of(offer.price) + worth;
                (stood < stands).then_some((stood, offer))
            })
            .collect();
        found.sort_unstable();
        self.offers.extend(found.iter().map(|&(_, offer)| offer));
        self.offers.sort_unstable();
        !found.is_empty()
    }
}

/// The ticket as a table asks about it.
fn asked<'a>(then: Option<&'a Ticket>, candidate: Candidate<'a>) -> Candidate<'a> {
    Candidate { ticket: then.unwrap_or(candidate.ticket), ..candidate }
}
