//! What changes the promised routes.

use super::{Desk, Refusal, promised};
use crate::dispatch::{self, Ask, Cheapest, Decision};
use crate::flaw::{Code, Flaw};
use crate::ids::{DepotIx, Index, ShiftIx, TicketIx};
use crate::route::{Agreed, Route, Visitor};
use crate::ticket::TicketDraft;
use crate::units::Seconds;

impl Desk {
    /// Promises a ticket: to the engineer named, or to the one whom [`Desk::dispatch`] chooses. Returns
    /// the decision, whose chosen offer was taken. All or nothing.
    ///
    /// # Errors
    /// Flaws of the ticket; a ticket promised already; nobody able, with the decision that says why.
    pub fn commit(&mut self, draft: &TicketDraft, engineer: Option<&str>) -> Result<Decision, Refusal> {
        let decision = self.choose(draft, engineer)?;
        let Some(offer) = decision.taken() else { return Err(Refusal::NoOffer(Box::new(decision))) };
        let ticket = self.add(draft).map_err(Refusal::Flawed)?;
        self.seat(ticket, offer.place());
        Ok(decision)
    }

    /// The decision by which [`Desk::commit`] would promise a ticket. Changes nothing.
    ///
    /// # Errors
    /// Flaws of the ticket; a ticket promised already.
    pub fn choose(&self, draft: &TicketDraft, engineer: Option<&str>) -> Result<Decision, Refusal> {
        let mut wanted = draft.clone();
        if let Some(engineer) = engineer {
            let flaw = |code, found: String, fix| {
                Refusal::Flawed(vec![Flaw::new(code, "engineer", found, fix).of(&draft.id)])
            };
            if self.problem.register().engineers.get(engineer).is_none() {
                let found = format!("there is no engineer {engineer:?}");
                return Err(flaw(Code::UnknownReference, found, "name an engineer of the roster"));
            }
            let pinned = draft.pin.as_ref().map(|pin| &pin.engineer);
            if draft.required.iter().chain(pinned).any(|required| required != engineer)
                && !draft.required.iter().any(|required| required == engineer)
            {
                let found = format!("the ticket requires another engineer than {engineer:?}");
                return Err(flaw(Code::Contradiction, found, "name one whom it requires"));
            }
            wanted.required = vec![engineer.to_owned()];
        }
        let mut decision = self.dispatch(&wanted, Ask::default())?;
        if engineer.is_some() {
            // The dispatcher has decided; the ladder has only advised.
            decision.chosen = (!decision.offers.is_empty()).then_some(0);
        }
        Ok(decision)
    }

    /// The decision on a promised ticket, were it asked about anew with all other promises as they are. Leaves the desk
    /// as it was. `None` where [`Desk::release`] would leave it promised.
    pub fn choose_anew(&mut self, ticket: TicketIx, ask: Ask) -> Option<Decision> {
        let shift = self.serves[ticket.at()]?;
        let promised = self.routes[shift.at()].clone();
        self.take_out(ticket)?;
        let decision = self.decide(self.problem.ticket(ticket), ask);
        self.serves[ticket.at()] = Some(shift);
        self.replace(promised);
        Some(decision)
    }

    /// Adds a ticket to those that the desk knows; one that it knows and that is promised to nobody takes the new facts,
    /// and is open again if it was [withdrawn](Desk::withdraw).
    ///
    /// # Errors
    /// The ticket's flaws; the desk is then as before.
    pub fn add(&mut self, draft: &TicketDraft) -> Result<TicketIx, Vec<Flaw>> {
        let ticket = self.problem.add_ticket(draft)?;
        let standing = self.standing(self.problem.ticket(ticket));
        if ticket.at() < self.standings.len() {
            self.standings[ticket.at()] = standing;
            self.withdrawn.remove(&ticket);
        } else {
            self.standings.push(standing);
            self.serves.push(None);
        }
        Ok(ticket)
    }

    /// Takes a ticket back from whoever it is promised to; it is open then. Returns false, and leaves all as it is, if its
    /// route cannot be without it: a crew in it could start at another moment then, its route fetches parts, or it is a
    /// short cut.
    pub fn release(&mut self, ticket: TicketIx) -> bool {
        let is_free = match self.serves[ticket.at()] {
            None => true,
            Some(shift) => {
                let mut stops = self.routes[shift.at()].stops().iter();
                !stops.any(|stop| self.crews.contains_key(&stop.ticket))
                    && self.take_out(ticket).is_some()
            }
        };
        if is_free {
            self.begun.remove(&ticket);
        }
        is_free
    }

    /// Has these shifts promise just these tickets in this order, as somebody else has promised them; whoever was in their
    /// routes and is in none now is open, and nobody is on the way to any of them. Returns false, and promises what it did,
    /// where that cannot be told route by route: of crews, of routes that fetch parts, and of what breaks a rule. `O(stops)`
    /// of these routes, and as [`Desk::new`] for its legs if they are many.
    pub fn lay(&mut self, routes: &[(ShiftIx, Vec<TicketIx>)]) -> bool {
        let held =
            |(shift, _): &(ShiftIx, _)| self.routes[shift.at()].stops().iter().map(|stop| stop.ticket);
        let before: Vec<TicketIx> = routes.iter().flat_map(held).collect();
        let after = || routes.iter().flat_map(|(_, tickets)| tickets.iter().copied());
        let is_elsewhere = |ticket: TicketIx| {
            self.serves[ticket.at()].is_some_and(|shift| routes.iter().all(|(laid, _)| *laid != shift))
        };
        let is_tied = |ticket: TicketIx| self.problem.ticket(ticket).crew > 1;
        if before.iter().copied().chain(after()).any(is_tied) || after().any(is_elsewhere) {
            return false;
        }
        // History may have gone on since they were looked at.
        for ticket in before.iter().copied().chain(after()) {
            self.standings[ticket.at()] = self.standing(self.problem.ticket(ticket));
        }
        let scorer = self.scorer();
        let mut laid = Vec::with_capacity(routes.len());
        for (shift, tickets) in routes {
            let mut route = Route::empty(&self.problem, &self.roads, *shift);
            let is_kept = promised(&scorer, *shift, tickets, &mut route).is_ok();
            if !is_kept || route.fetches().or(self.routes[shift.at()].fetches()).is_some() {
                return false;
            }
            laid.push(route);
        }
        for ticket in before {
            self.serves[ticket.at()] = None;
            self.begun.remove(&ticket);
        }
        self.change_many(laid.len(), |desk| {
            for route in laid {
                for ticket in route.stops().iter().map(|stop| stop.ticket).collect::<Vec<_>>() {
                    desk.mind_bounds(ticket);
                    desk.serves[ticket.at()] = Some(route.shift());
                }
                desk.replace(route);
            }
        });
        true
    }

    /// Takes note that somebody is on the way to a promised ticket, or there: it stays with them, whatever a wave would
    /// gain by another engineer.
    pub fn begin(&mut self, ticket: TicketIx) {
        if self.serves[ticket.at()].is_some() {
            self.begun.insert(ticket);
        }
    }

    /// Takes a ticket that is promised to nobody off the desk, as it is done or not wanted any more.
    pub fn withdraw(&mut self, ticket: TicketIx) {
        debug_assert!(self.serves[ticket.at()].is_none(), "{ticket:?} is promised");
        self.withdrawn.insert(ticket);
    }

    /// Puts one of the problem's tickets in a place that is open to it. Returns what the route costs more.
    pub(super) fn seat(&mut self, ticket: TicketIx, place: Cheapest) -> Seconds {
        let candidate = self.scorer().candidate(ticket);
        let fetch_at = self.with_board(|board| dispatch::fetch_at(board, candidate, place));
        self.seat_by(ticket, place, (fetch_at, Agreed::NOTHING))
    }

    /// The same, by way of a depot or not, with a start that is agreed.
    pub(super) fn seat_by(
        &mut self,
        ticket: TicketIx,
        place: Cheapest,
        (fetch_at, agreed): (Option<DepotIx>, Agreed),
    ) -> Seconds {
        let scorer = self.scorer();
        let candidate = scorer.candidate(ticket);
        let fit = scorer.fit(candidate, self.problem.shift(place.shift));
        let stop = Visitor { agreed, fetch_at, ..Visitor::new(ticket, fit.work, fit.price) };
        self.mind_bounds(ticket);
        self.serves[ticket.at()].get_or_insert(place.shift);
        let mut route = self.routes[place.shift.at()].clone();
        let feasible = route.insert(&self.problem, &self.roads, place.at, stop);
        assert!(feasible, "an open place is feasible");
        self.replace(route)
    }

    /// Forgets the leg index if from now on a stop can make another one quicker, which it does not bound.
    pub(super) fn mind_bounds(&mut self, new: TicketIx) {
        if self.index.has_legs() && !dispatch::leaves_bounds_true(self.problem.ticket(new)) {
            self.index.forget(&self.problem, &self.routes);
        }
    }

    /// Takes a ticket out of its route, and returns what the route costs more; `None` if the route cannot be without it,
    /// as a stop may be a short cut or save the next one its setup, if it fetches parts, which may be fetched
    /// elsewhere then, or if others of a crew count on it.
    pub(super) fn take_out(&mut self, ticket: TicketIx) -> Option<Seconds> {
        let shift = self.serves[ticket.at()]?;
        let mut route = self.routes[shift.at()].clone();
        if route.fetches().is_some()
            || self.crews.contains_key(&ticket)
            || !route.retain(&self.problem, &self.roads, |stop| stop.ticket != ticket)
            || !route.holds_limits(&self.problem)
        {
            return None;
        }
        self.serves[ticket.at()] = None;
        Some(self.replace(route))
    }

    /// Puts a route in place of the one of its shift, and returns what it costs more.
    pub(super) fn replace(&mut self, route: Route) -> Seconds {
        let shift = route.shift();
        let before = std::mem::replace(&mut self.routes[shift.at()], route);
        self.index.exchange(&self.problem, &self.tariff, &before, &self.routes[shift.at()]);
        let scorer = self.scorer();
        scorer.price_of(&self.routes[shift.at()]) - scorer.price_of(&before)
    }

    /// Makes changes to about so many routes. If they are many, the leg index is drawn up anew behind them, since each
    /// change to it costs about as much as twenty legs of a new one; until then no ticket is to be dispatched.
    pub(super) fn change_many<T>(&mut self, routes: usize, change: impl FnOnce(&mut Desk) -> T) -> T {
        if routes * 16 < self.routes.len() || !self.index.has_legs() {
            return change(self);
        }
        self.index.forget(&self.problem, &self.routes);
        let done = change(self);
        self.index.redraw(&self.problem, &self.tariff, &self.routes);
        done
    }
}
