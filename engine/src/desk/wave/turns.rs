//! The turns of a wave. What a route has promised moves the places and the prices of what comes after it; whoever no
//! longer fits stays open for the next turn. In every turn each engineer who is assigned something takes at least one
//! ticket of it, but for crews that no longer can start together, so the turns come to an end: when nobody can take
//! anything more.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::{Desk, Turn};
use crate::assign::{Assigned, Left, Terms, assign, assign_later};
use crate::dispatch::{Cheapest, cheapest_with};
use crate::ids::{EngineerIx, Index, ShiftIx, TicketIx};
use crate::route::{Route, Visitor};
use crate::units::{Moment, Price, Seconds};

/// A wave's turns so far.
pub(super) struct Turns<'t> {
    pub terms: &'t Terms,
    /// All tickets of the wave, and those that gave way to some of them.
    pub all: Vec<TicketIx>,
    /// Tickets that nobody takes yet.
    open: Vec<TicketIx>,
    /// Each ticket of the wave with the place that it would have if it came alone, as far as that was asked.
    pub alone: Vec<Option<Cheapest>>,
    /// By engineer, whether they came into question for some ticket.
    pub asked: Vec<bool>,
    pub told: Vec<Turn>,
}

impl<'t> Turns<'t> {
    pub(super) fn of(desk: &Desk, tickets: &[TicketIx], terms: &'t Terms) -> Turns<'t> {
        Turns {
            terms,
            all: tickets.to_vec(),
            open: tickets.to_vec(),
            alone: Vec::new(),
            asked: vec![false; desk.problem.engineers().len()],
            told: Vec::new(),
        }
    }

    /// Notes which tickets nobody takes by now.
    pub(super) fn reopen(&mut self, desk: &Desk) {
        self.open = self.all.iter().copied().filter(|&ticket| desk.serving(ticket).is_none()).collect();
    }

    /// Goes on until nobody can take anything more. Returns what the routes cost more then.
    pub(super) fn run(&mut self, desk: &mut Desk) -> Seconds {
        let mut dearer = Seconds::ZERO;
        loop {
            while !self.open.is_empty()
                && let Some(more) = self.take(desk)
            {
                dearer += more;
            }
            let open = self.open.len();
            dearer += self.crew_later(desk);
            dearer += self.fetch_anew(desk);
            if self.open.len() == open {
                return dearer;
            }
        }
    }

    /// One turn. Returns what the routes cost more then, or `None` if it gave nothing out.
    fn take(&mut self, desk: &mut Desk) -> Option<Seconds> {
        let assignment = desk.with_board(|board| {
            let candidates: Vec<_> =
                self.open.iter().map(|&ticket| board.scorer.candidate(ticket)).collect();
            assign(board, &candidates, self.terms)
        });
        if self.told.is_empty() {
            let first = |ticket: &Assigned| ticket.offers.first().copied();
            self.alone = assignment.tickets.iter().map(first).collect();
        }
        for place in
            assignment.tickets.iter().flat_map(|ticket| ticket.offers.iter().chain(&ticket.places))
        {
            self.asked[place.engineer.at()] = true;
        }
        let dearer = promise(desk, &self.open, &assignment.tickets);
        let open = self.open.len();
        self.reopen(desk);
        let given = open - self.open.len();
        if given == 0 && !self.told.is_empty() {
            return None;
        }
        self.told.push(Turn {
            open,
            given,
            objective: assignment.objective,
            bound: assignment.bound,
            short: assignment.short,
            pairs: assignment.pairs,
            components: assignment.components,
        });
        (given > 0).then_some(dearer)
    }

    /// Has crews take open tickets that no turn has given out, each as if it came alone, and at more moments than turns look
    /// at; the worst to lose first.
    fn crew_later(&mut self, desk: &mut Desk) -> Seconds {
        let scorer = desk.scorer();
        let mut open = self.open.clone();
        open.retain(|&ticket| desk.problem.ticket(ticket).crew > 1);
        open.sort_by_key(|&ticket| (Reverse(scorer.lost(ticket)), ticket));
        let mut dearer = Seconds::ZERO;
        for ticket in open {
            let later =
                desk.with_board(|board| assign_later(board, board.scorer.candidate(ticket), self.terms));
            if let Some(Assigned { places, start: Some(start), .. }) = later {
                let engineers = places.iter().map(|place| place.engineer);
                dearer += desk.seat_crew(ticket, start, engineers).unwrap_or(Seconds::ZERO);
            }
        }
        self.reopen(desk);
        dearer
    }

    /// Has routes take open tickets for which they must fetch parts elsewhere than they do, which no offer knows of; the
    /// worst to lose first.
    fn fetch_anew(&mut self, desk: &mut Desk) -> Seconds {
        let mut dearer = Seconds::ZERO;
        if desk.problem.depots().is_empty() {
            return dearer;
        }
        let scorer = desk.scorer();
        let mut open = self.open.clone();
        open.retain(|&ticket| desk.problem.ticket(ticket).may_fetch());
        open.sort_by_key(|&ticket| (Reverse(scorer.lost(ticket)), ticket));
        for ticket in open {
            if let Some((price, route)) = desk.fetching_anew(ticket, self.terms) {
                desk.mind_bounds(ticket);
                desk.serves[ticket.at()] = Some(route.shift());
                desk.replace(route);
                dearer += price;
            }
        }
        self.reopen(desk);
        dearer
    }
}

impl Desk {
    /// The cheapest route that takes a ticket if it fetches its parts anew, and what it costs more.
    fn fetching_anew(&self, ticket: TicketIx, terms: &Terms) -> Option<(Seconds, Route)> {
        let scorer = self.scorer();
        let candidate = scorer.candidate(ticket);
        let left = self.with_board(|board| Left::new(board, terms));
        let is_limited = left.limits(candidate);
        if left.full(candidate.ticket).next().is_some() {
            return None;
        }
        let with = |shift: ShiftIx| {
            let own = self.problem.shift(shift);
            if is_limited && left.emergencies(own.engineer) == 0
                || scorer.barrier(candidate, own).is_some()
            {
                return None;
            }
            let fit = scorer.fit(candidate, own);
            let stop = Visitor::new(ticket, fit.work, fit.price);
            let (price, route) = scorer.fetching_anew(self.route(shift), stop)?;
            (Price::of(price) < candidate.lost()).then_some((price, route))
        };
        let routes = (0..self.routes.len()).into_par_iter().map(ShiftIx::nth).filter_map(with);
        routes.min_by_key(|(price, route)| (*price, route.shift()))
    }
}

/// Promises what a turn has assigned, as far as it fits together: crews first, since they have one moment only. Returns
/// what the routes cost more then.
fn promise(desk: &mut Desk, open: &[TicketIx], assigned: &[Assigned]) -> Seconds {
    let taken = || open.iter().zip(assigned);
    let mut crews: Vec<(TicketIx, Moment, &Assigned)> =
        taken().filter_map(|(&ticket, one)| Some((ticket, one.start?, one))).collect();
    let scorer = desk.scorer();
    crews.sort_by_key(|&(ticket, ..)| (Reverse(scorer.lost(ticket)), ticket));
    let mut dearer = Seconds::ZERO;
    for (ticket, start, crew) in crews {
        let engineers = crew.places.iter().map(|place| place.engineer);
        dearer += desk.seat_crew(ticket, start, engineers).unwrap_or(Seconds::ZERO);
    }
    let alone = taken().filter(|(_, one)| one.start.is_none());
    let mut alone: Vec<(EngineerIx, TicketIx)> =
        alone.filter_map(|(&ticket, one)| Some((one.places.first()?.engineer, ticket))).collect();
    alone.sort_by_key(|&(engineer, _)| engineer);
    dearer += desk.change_many(alone.len(), |desk| {
        let mut dearer = Seconds::ZERO;
        for same in alone.chunk_by(|(one, _), (other, _)| one == other) {
            let mut waiting: Vec<TicketIx> = same.iter().map(|&(_, ticket)| ticket).collect();
            while let Some((place, entry)) = worst_to_lose(desk, same[0].0, &waiting) {
                dearer += desk.seat(waiting.remove(entry), place);
            }
        }
        dearer
    });
    dearer
}

/// The ticket that is the worst to lose of those that an engineer can take now, and where; of several the cheapest.
fn worst_to_lose(desk: &Desk, engineer: EngineerIx, waiting: &[TicketIx]) -> Option<(Cheapest, usize)> {
    desk.with_board(|board| {
        let place = |(entry, &ticket): (usize, &TicketIx)| {
            let candidate = board.scorer.candidate(ticket);
            let place = cheapest_with(board, candidate, engineer)?;
            let saved = candidate.lost() - Price::of(place.price);
            (saved > Price::ZERO).then_some((Reverse(saved), place, entry))
        };
        let worst = waiting.iter().enumerate().filter_map(place).min();
        worst.map(|(_, place, entry)| (place, entry))
    })
}
