//! The fleet: a desk that answers, and the document behind it as it stands by now.

use std::sync::Arc;

use paidan_engine::desk::{self, Desk};
use paidan_engine::dispatch::Offer;
use paidan_engine::flaw::Flaw;
use paidan_engine::ids::Index;
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::ticket::{PinDraft, TicketDraft};
use paidan_engine::visit::VisitDraft;

use crate::routes::fleet::FleetDoc;

/// The live state that tickets are dispatched against.
#[derive(Debug)]
pub struct Fleet {
    desk: Desk,
    /// The document with every ticket and visit since; its tickets stand in the problem's order. What a
    /// durable store would write down, and what a plan of the whole fleet is made from.
    draft: Draft,
    /// Another one after every change.
    stamp: Stamp,
}

/// A state of a fleet; equal to no other.
#[derive(Clone, Debug, Default)]
pub struct Stamp(Arc<()>);

impl PartialEq for Stamp {
    fn eq(&self, other: &Stamp) -> bool {
        // Whoever holds a stamp keeps its place in memory, so no other one is there.
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Fleet {
    /// Sets a fleet up.
    ///
    /// # Errors
    /// The draft's flaws, and those of its promised routes.
    pub fn new(draft: Draft) -> Result<Fleet, Vec<Flaw>> {
        let desk = Desk::new(Problem::new(draft.clone())?)?;
        Ok(Fleet { desk, draft, stamp: Stamp::default() })
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What state it is in.
    pub fn stamp(&self) -> Stamp {
        self.stamp.clone()
    }

    /// A ticket of the fleet, open or promised.
    pub fn ticket(&self, id: &str) -> Option<&TicketDraft> {
        let known = self.desk.problem().register().tickets.get(id)?;
        self.draft.tickets.get(known.at())
    }

    /// Promises a ticket, as [`Desk::commit`] does.
    ///
    /// # Errors
    /// As [`Desk::commit`].
    pub fn commit(
        &mut self,
        ticket: &TicketDraft,
        engineer: Option<&str>,
    ) -> Result<Offer, desk::Refusal> {
        let offer = self.desk.commit(ticket, engineer)?;
        self.note(ticket.clone());
        Ok(offer)
    }

    /// Takes over a desk that has promised a wave, with the tickets that were new to this one, in its order.
    pub fn take_over(&mut self, desk: Desk, new: impl Iterator<Item = TicketDraft>) {
        self.desk = desk;
        self.stamp = Stamp::default();
        for ticket in new {
            self.note(ticket);
        }
    }

    /// Notes the facts of a ticket that the desk knows.
    fn note(&mut self, ticket: TicketDraft) {
        let known = self.desk.problem().register().tickets.get(&ticket.id);
        match known.and_then(|known| self.draft.tickets.get_mut(known.at())) {
            Some(own) => *own = ticket,
            None => self.draft.tickets.push(ticket),
        }
        self.stamp = Stamp::default();
    }

    /// Learns a visit.
    ///
    /// # Errors
    /// The visit's flaws.
    pub fn record_visit(&mut self, visit: VisitDraft) -> Result<(), Vec<Flaw>> {
        self.desk.record_visit(&visit)?;
        self.stamp = Stamp::default();
        self.draft.visits.push(visit);
        Ok(())
    }

    /// How many visits are known.
    pub fn visits(&self) -> usize {
        self.draft.visits.len()
    }

    /// How many engineers, tickets and visits there are.
    pub fn sizes(&self) -> [usize; 3] {
        let problem = self.desk.problem();
        [problem.engineers().len(), problem.tickets().len(), self.draft.visits.len()]
    }

    /// The fleet as a problem of its own: every ticket, those promised pinned to whom they are
    /// promised to. A promise names the engineer, not the hour, so the hours may move.
    pub fn question(&self) -> Draft {
        let problem = self.desk.problem();
        let mut draft = self.draft.clone();
        for (ticket, index) in draft.tickets.iter_mut().zip(problem.ticket_indices()) {
            let holders = self.desk.holders(index);
            let names = holders.iter().map(|&shift| problem.engineer_id(shift).to_owned());
            if holders.len() > 1 {
                // A crew has no pin, but nobody else may go.
                ticket.required = names.collect();
                ticket.prize = None;
            } else if let Some(engineer) = names.into_iter().next() {
                let start = ticket.pin.as_ref().and_then(|pin| pin.start);
                ticket.pin = Some(PinDraft { engineer, start });
                ticket.required.clear();
                // A promise is kept, whatever its prize.
                ticket.prize = None;
            }
        }
        draft.routes = problem
            .shift_indices()
            .map(|shift| self.desk.route(shift))
            .filter(|route| !route.stops().is_empty())
            .map(|route| RouteDraft {
                engineer: problem.engineer_id(route.shift()).to_owned(),
                shift: problem.shift(route.shift()).number,
                tickets: route
                    .stops()
                    .iter()
                    .map(|stop| problem.ticket(stop.ticket).id.to_string())
                    .collect(),
            })
            .collect();
        draft
    }

    /// What there is, in numbers.
    pub fn summary(&self) -> FleetDoc {
        let problem = self.desk.problem();
        let promised =
            problem.ticket_indices().filter(|&ticket| self.desk.serving(ticket).is_some()).count();
        FleetDoc {
            now: paidan_engine::wire::rfc3339(problem.now(), problem.offset_s()),
            engineers: problem.engineers().len(),
            shifts: problem.shifts().len(),
            shifts_on_duty: problem.shifts().iter().filter(|shift| shift.on_duty).count(),
            tickets_promised: promised,
            tickets_open: problem.tickets().len() - promised,
            visits: self.draft.visits.len(),
        }
    }
}
