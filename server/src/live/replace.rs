//! A whole fleet put in place of the one before.

use std::collections::BTreeMap;

use paidan_engine::flaw::Flaw;
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::wire::document::ProblemDoc;
use paidan_engine::wire::problem_doc;
use serde_json::json;

use super::clock::Clock;
use super::records::{OF_FLEET, ONLY, TicketRecordDoc, TicketStateDoc, route_id};
use super::{Entry, Fleet};
use crate::refusal::Refusal;
use crate::routes::fleet::FleetDoc;
use crate::store::Kind;

/// A fleet that is ready to take another one's place.
#[derive(Debug)]
pub struct NewFleet {
    fleet: Fleet,
    document: ProblemDoc,
}

impl NewFleet {
    /// Sets a fleet up, in the order in which its records will be read: by id. Who comes first in the roster decides
    /// between offers that are alike, so that must not change when the service starts anew.
    ///
    /// # Errors
    /// The draft's flaws, and those of its promised routes, as they stand in the draft.
    pub fn new(mut draft: Draft) -> Result<NewFleet, Vec<Flaw>> {
        let is_sorted = draft.engineers.is_sorted_by(|one, other| one.id <= other.id)
            && draft.tickets.is_sorted_by(|one, other| one.id <= other.id);
        if !is_sorted {
            let as_sent = Problem::new(draft.clone())?;
            drop(as_sent);
            draft.engineers.sort_by(|one, other| one.id.cmp(&other.id));
            draft.tickets.sort_by(|one, other| one.id.cmp(&other.id));
        }
        let fleet = Fleet::new(draft)?;
        // With all that was not said.
        let document = problem_doc(&fleet.standing());
        Ok(NewFleet { fleet, document })
    }
}

impl Entry<'_> {
    /// Puts a fleet in place of the one before; what was asked and decided before stays in the records.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn replace_fleet(&mut self, new: NewFleet) -> Result<FleetDoc, Refusal> {
        let NewFleet { fleet, mut document } = new;
        self.end_lives()?;
        for kind in OF_FLEET.into_iter().chain([Kind::LastStop]) {
            self.clear(kind);
        }
        for engineer in std::mem::take(&mut document.engineers) {
            self.put(Kind::Engineer, (&engineer.id, ""), &engineer)?;
        }
        let mut promised: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for route in std::mem::take(&mut document.routes) {
            for ticket in &route.tickets {
                promised.entry(ticket.clone()).or_default().push(route.engineer.clone());
            }
            self.put(Kind::Route, (&route_id(&route.engineer, route.shift), &route.engineer), &route)?;
        }
        let (at, actor, tickets) = (fleet.now_text(), self.actor().to_owned(), fleet.sizes()[1]);
        let clock = Clock::new(fleet.now(), self.at_us(), self.pace());
        self.put(Kind::Clock, (ONLY, ""), &clock.document(fleet.offset_s()))?;
        let summary = fleet.summary();
        *self.fleet = Some(fleet.with_clock(clock).with_policy_version(self.version()));
        for ticket in std::mem::take(&mut document.tickets) {
            let mut record = TicketRecordDoc::new(ticket, at.clone(), &actor, self.version());
            let territories = self.fleet.as_ref().map(|fleet| fleet.territories(&record.id));
            self.put_opening_in(&record, territories.unwrap_or_default())?;
            if let Some(engineers) = promised.remove(&record.id) {
                record.engineers = engineers;
                record.step(TicketStateDoc::Assigned, at.clone(), &actor);
            }
            self.put_ticket(&record)?;
        }
        for (n, visit) in std::mem::take(&mut document.visits).into_iter().enumerate() {
            let id = visit_id(self.version(), n);
            self.put(Kind::Visit, (&id, &visit.ticket), &visit)?;
        }
        if let Some(policy) = document.policy.take() {
            self.put_policy(policy)?;
        }
        self.put(Kind::Setup, (ONLY, ""), &document)?;
        self.tell(
            "fleet.replaced",
            "",
            &json!({
                "engineers": summary.engineers, "tickets": tickets, "now": at, "pace": self.pace()
            }),
        )?;
        Ok(summary)
    }

    /// Forgets that the tickets of the fleet were opened: they are opened with the next one, or never were.
    fn end_lives(&mut self) -> Result<(), Refusal> {
        let Some(fleet) = self.fleet.as_ref() else { return Ok(()) };
        let desk = fleet.desk();
        let tickets = desk.problem().ticket_indices().filter(|&ticket| !desk.is_withdrawn(ticket));
        let ids: Vec<String> =
            tickets.map(|ticket| desk.problem().ticket(ticket).id.to_string()).collect();
        for id in ids {
            if let Some(record) = self.ticket(&id)? {
                self.remove_opening(&record);
            }
        }
        Ok(())
    }
}

/// The id of the n-th visit that a write records; later ones sort behind earlier ones.
pub fn visit_id(version: u64, n: usize) -> String {
    format!("{version:012}-{n:07}")
}
