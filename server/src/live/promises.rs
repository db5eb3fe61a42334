//! What a write puts down of tickets and promised routes.

use std::collections::BTreeSet;

use paidan_engine::desk::Desk;
use paidan_engine::engineer::PlaceDraft;
use paidan_engine::ids::{Index, ShiftIx, TicketIx};
use paidan_engine::problem::RouteDraft;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::Moment;
use paidan_engine::wire::document::{RouteDoc, TicketDoc, TicketTypeDoc};
use paidan_engine::wire::{rfc3339, ticket_doc};
use serde::Serialize;
use serde_json::json;

use super::Entry;
use super::records::{PositionDoc, TicketRecordDoc, TicketStateDoc, route_id};
use crate::refusal::Refusal;
use crate::store::{Kind, Record};

/// By what a ticket is promised.
#[derive(Clone, Debug)]
pub enum Grounds {
    /// The decision of this id.
    Decision(String),
    /// The plan of this id.
    Plan(String),
    /// A wave.
    Wave,
}

/// What is told of a ticket that is new, or asks for something else: what a listener sorts tickets by.
#[derive(Serialize)]
struct Asked<'t> {
    state: TicketStateDoc,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<TicketTypeDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_at: Option<&'t str>,
    /// As the ticket says, or else the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    respond_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolve_by: Option<String>,
}

impl Entry<'_> {
    /// A ticket's record by now.
    ///
    /// # Errors
    /// The store's trouble.
    pub fn ticket(&self, id: &str) -> Result<Option<TicketRecordDoc>, Refusal> {
        Ok(self.record(Kind::Ticket, id)?.as_ref().map(Record::document).transpose()?)
    }

    /// The record of a ticket that may be known, with these facts.
    ///
    /// # Errors
    /// There is no fleet; the store's trouble.
    pub fn ticket_of(
        &mut self,
        draft: &TicketDraft,
        known: Option<TicketRecordDoc>,
    ) -> Result<TicketRecordDoc, Refusal> {
        let (actor, opened) = (self.actor().to_owned(), self.version());
        let fleet = self.fleet()?;
        let doc = ticket_doc(&fleet.dated(draft, fleet.now()), fleet.offset_s());
        match known {
            Some(known) if known.state.is_live() => {
                let asked = &known.ticket;
                let is_another = (&asked.issue, asked.place) != (&doc.issue, doc.place);
                let record = TicketRecordDoc { ticket: doc, ..known };
                if is_another {
                    self.put_opening(&record)?;
                }
                Ok(record)
            }
            // One that was closed and comes again begins anew.
            _ => {
                let record = TicketRecordDoc::new(doc, fleet.now_text(), &actor, opened);
                self.put_opening(&record)?;
                self.tell_asked("ticket.created", &record)?;
                Ok(record)
            }
        }
    }

    /// Puts what a ticket asks for, and tells so. The fleet knows it already.
    ///
    /// # Errors
    /// As [`Entry::ticket_of`].
    pub fn put_facts(
        &mut self,
        draft: &TicketDraft,
        known: Option<TicketRecordDoc>,
    ) -> Result<TicketRecordDoc, Refusal> {
        let is_known = known.is_some();
        let record = self.ticket_of(draft, known)?;
        if is_known {
            self.tell_asked("ticket.changed", &record)?;
        }
        self.put_ticket(&record)?;
        Ok(record)
    }

    fn tell_asked(&mut self, event: &str, record: &TicketRecordDoc) -> Result<(), Refusal> {
        let [respond_by, resolve_by] = self.fleet()?.by_when(&record.id);
        let TicketDoc { kind, customer, issue, priority, reported_at, .. } = &record.ticket;
        let asked = Asked {
            state: record.state,
            kind: *kind,
            customer: customer.as_deref(),
            issue: issue.as_deref(),
            priority: *priority,
            reported_at: reported_at.as_deref(),
            respond_by,
            resolve_by,
        };
        self.tell(event, &record.id, &asked)
    }

    /// Puts a ticket.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_ticket(&mut self, record: &TicketRecordDoc) -> Result<(), Refusal> {
        self.put(Kind::Ticket, (&record.id, record.state.as_str()), record)?;
        if let Some(fleet) = self.fleet.as_mut() {
            fleet.watch_ticket(record);
        }
        Ok(())
    }

    /// Puts a ticket that engineers were promised for, and tells so.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_assigned(
        &mut self,
        mut record: TicketRecordDoc,
        engineers: Vec<String>,
        grounds: Grounds,
        at: String,
    ) -> Result<(), Refusal> {
        (record.decision, record.plan) = match grounds {
            Grounds::Decision(id) => (Some(id), None),
            Grounds::Plan(id) => (None, Some(id)),
            Grounds::Wave => (None, None),
        };
        let mut told = json!({"state": TicketStateDoc::Assigned, "engineers": engineers});
        for (key, id) in [("decision", &record.decision), ("plan", &record.plan)] {
            if let Some(id) = id {
                told[key] = json!(id);
            }
        }
        record.engineers = engineers;
        let actor = self.actor().to_owned();
        record.step(TicketStateDoc::Assigned, at, &actor);
        self.put_ticket(&record)?;
        self.tell("ticket.assigned", &record.id, &told)
    }

    /// Takes note where an engineer is, and puts them if that is news. Returns whether it is.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn put_position(
        &mut self,
        engineer: &str,
        place: PlaceDraft,
        at: Moment,
    ) -> Result<bool, Refusal> {
        let fleet = self.fleet()?;
        let offset_s = fleet.offset_s();
        let is_news = fleet.move_engineer(engineer, place, at);
        if is_news {
            let document = PositionDoc::new(engineer, place, rfc3339(at, offset_s));
            self.put(Kind::Position, (engineer, ""), &document)?;
        }
        Ok(is_news)
    }

    /// Puts the promised route of a shift as it is by now; one without stops is removed.
    ///
    /// # Errors
    /// There is no fleet.
    pub fn put_route(&mut self, shift: ShiftIx) -> Result<(), Refusal> {
        let route = self.fleet()?.route(shift);
        let id = route_id(&route.engineer, route.shift);
        if route.tickets.is_empty() {
            self.remove(Kind::Route, &id);
            return Ok(());
        }
        self.put_route_of(&id, &route)
    }

    /// Puts a promised route under its id.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_route_of(&mut self, id: &str, route: &RouteDraft) -> Result<(), Refusal> {
        let RouteDraft { engineer, shift, tickets } = route.clone();
        self.put(Kind::Route, (id, &route.engineer), &RouteDoc { engineer, shift, tickets })
    }

    /// Puts all tickets and routes that another desk has had otherwise: of the same fleet, with no more tickets; and the
    /// tickets of these ids, whose facts are new.
    ///
    /// # Errors
    /// There is no fleet; the store's trouble.
    pub fn put_changes_since(
        &mut self,
        before: &Desk,
        newcomers: &BTreeSet<&str>,
    ) -> Result<(), Refusal> {
        let fleet = self.fleet()?;
        let (desk, at) = (fleet.desk(), fleet.now_text());
        let known = before.problem().tickets().len();
        let names = |ticket| -> Vec<String> {
            let holders = desk.holders(ticket);
            holders.iter().map(|&shift| desk.problem().engineer_id(shift).to_owned()).collect()
        };
        let is_new = |ticket: TicketIx| ticket.at() >= known;
        let moved: Vec<(TicketDraft, Vec<String>)> = desk
            .problem()
            .ticket_indices()
            .filter(|&ticket| {
                is_new(ticket)
                    || desk.holders(ticket) != before.holders(ticket)
                    || newcomers.contains(&*desk.problem().ticket(ticket).id)
            })
            .filter_map(|ticket| {
                let draft = fleet.ticket(&desk.problem().ticket(ticket).id)?;
                Some((draft.clone(), names(ticket)))
            })
            .collect();
        let routes: Vec<ShiftIx> = desk
            .problem()
            .shift_indices()
            .filter(|&shift| {
                let stops = |desk: &Desk| -> Vec<TicketIx> {
                    desk.route(shift).stops().iter().map(|stop| stop.ticket).collect()
                };
                stops(desk) != stops(before)
            })
            .collect();
        // Read before anything is put: each look goes through what was.
        let moved: Vec<(TicketDraft, Vec<String>, Option<TicketRecordDoc>)> = moved
            .into_iter()
            .map(|(draft, engineers)| {
                let known = self.ticket(&draft.id)?;
                Ok((draft, engineers, known))
            })
            .collect::<Result<_, Refusal>>()?;
        for (draft, engineers, known) in moved {
            let record = self.ticket_of(&draft, known)?;
            if engineers.is_empty() {
                self.put_open(record, at.clone())?;
            } else if engineers == record.engineers {
                self.put_ticket(&record)?;
            } else {
                self.put_assigned(record, engineers, Grounds::Wave, at.clone())?;
            }
        }
        for shift in routes {
            self.put_route(shift)?;
        }
        Ok(())
    }

    /// Puts a ticket that is promised to nobody, and tells so if it was to somebody.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_open(
        &mut self,
        mut record: TicketRecordDoc,
        at: String,
    ) -> Result<TicketRecordDoc, Refusal> {
        if record.state == TicketStateDoc::Open {
            self.put_ticket(&record)?;
            return Ok(record);
        }
        let told = json!({"state": TicketStateDoc::Open, "from": record.engineers});
        record.engineers.clear();
        record.decision = None;
        record.plan = None;
        let actor = self.actor().to_owned();
        record.step(TicketStateDoc::Open, at, &actor);
        self.put_ticket(&record)?;
        self.tell("ticket.released", &record.id, &told)?;
        Ok(record)
    }
}
