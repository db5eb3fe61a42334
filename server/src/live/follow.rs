//! What others have written, taken over record by record: a fleet of thousands need not be set up anew for one ticket.

use std::collections::BTreeMap;

use paidan_engine::ids::{ShiftIx, TicketIx};
use paidan_engine::problem::{Draft, RouteDraft};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire;

use super::Fleet;
use super::fleet::names;
use super::follow_up::FollowUpDoc;
use super::load::begun;
use super::records::{ONLY, PositionDoc, SetupDoc, TicketRecordDoc};
use crate::store::{Kind, Read, Record, Touched, Trouble};

/// What the touched records say by now.
struct News {
    /// The tickets that are on the desk, the visits, and the routes; those of shifts without a promise are empty.
    draft: Draft,
    /// Each ticket with its life.
    records: Vec<TicketRecordDoc>,
    /// Where engineers were seen.
    positions: Vec<PositionDoc>,
    /// Calls to customers.
    calls: Vec<FollowUpDoc>,
}

impl Fleet {
    /// Takes over the records that others have touched, which are read here. Returns false where only a fleet that is read
    /// anew can tell, as for another roster, another policy, or tickets that depend on each other; this one is of no use
    /// then. `O(touched log n)`, and as [`Fleet::withdraw`].
    pub(super) fn follow(
        &mut self,
        read: &dyn Read,
        tenant: &str,
        touched: &Touched,
    ) -> Result<bool, Trouble> {
        let is_of_all = |kind| matches!(kind, Kind::Setup | Kind::Clock | Kind::Policy | Kind::Engineer);
        if touched.iter().any(|(kind, _)| is_of_all(*kind)) {
            return Ok(false);
        }
        let news = news(read, tenant, touched)?;
        Ok(news.is_some_and(|news| self.take_in(news).is_some()))
    }

    /// `None` where that cannot be done.
    fn take_in(&mut self, News { draft, records, positions, calls }: News) -> Option<()> {
        let routes: BTreeMap<ShiftIx, Vec<String>> = draft
            .routes
            .into_iter()
            .map(|route| Some((self.shift(&route.engineer, route.shift)?, route.tickets)))
            .collect::<Option<_>>()?;
        let empty: Vec<(ShiftIx, Vec<TicketIx>)> =
            routes.keys().map(|&shift| (shift, Vec::new())).collect();
        let going_on = self.begun_in(&empty);
        self.lay(&empty).then_some(())?;
        for visit in draft.visits {
            if self.knows_visit(&visit) { self.rate_visit(&visit) } else { self.record_visit(visit) }
                .ok()?;
        }
        for record in &records {
            if !record.state.is_live() {
                // Its route must be among those that were emptied.
                self.holders(&record.id).is_empty().then_some(())?;
                self.withdraw(&record.id).ok()?;
            }
        }
        for ticket in draft.tickets {
            self.renew(ticket)?;
        }
        let place = |(shift, tickets): (ShiftIx, Vec<String>)| {
            let tickets = tickets.iter().map(|id| self.index(id)).collect::<Option<_>>()?;
            Some((shift, tickets))
        };
        let routes: Vec<(ShiftIx, Vec<TicketIx>)> =
            routes.into_iter().map(place).collect::<Option<_>>()?;
        self.lay(&routes).then_some(())?;
        // A fleet that was set up meanwhile has forgotten what nobody was promised then.
        for (id, work) in going_on {
            self.go_on(&id, Some(work));
        }
        for record in &records {
            self.go_on(&record.id, begun(record));
        }
        for position in positions {
            if let Some(at) = position.at.as_deref().and_then(wire::moment) {
                self.move_engineer(&position.engineer, position.place(), at);
            }
        }
        self.note_begun();
        self.watch_tickets(&records);
        self.watch_follow_ups(&calls);
        Some(())
    }

    /// Takes a ticket with the facts that it has by now.
    fn renew(&mut self, mut ticket: TicketDraft) -> Option<()> {
        let engineers = &self.desk().problem().register().engineers;
        ticket.preferred.retain(|engineer| engineers.get(engineer).is_some());
        ticket.forbidden.retain(|engineer| engineers.get(engineer).is_some());
        if self.ticket(&ticket.id) == Some(&ticket) {
            return Some(());
        }
        let is_tied = |ticket: &TicketDraft| ticket.crew > 1 || names(ticket).next().is_some();
        if is_tied(&ticket)
            || self.ticket(&ticket.id).is_some_and(is_tied)
            || !self.holders(&ticket.id).is_empty()
        {
            return None;
        }
        self.add(&ticket).ok()
    }
}

/// Reads what has been touched; `None` if something is not there that should be.
fn news(read: &dyn Read, tenant: &str, touched: &Touched) -> Result<Option<News>, Trouble> {
    let Some(setup) = read.record(tenant, Kind::Setup, ONLY)? else { return Ok(None) };
    let mut document: SetupDoc = setup.document()?;
    let (mut records, mut positions) = (Vec::new(), Vec::new());
    let (mut calls, mut empty) = (Vec::new(), Vec::new());
    for (kind, id) in touched {
        let record = || -> Result<Option<Record>, Trouble> { read.record(tenant, *kind, id) };
        match kind {
            Kind::Ticket => {
                let Some(record) = record()? else { return Ok(None) };
                let told: TicketRecordDoc = record.document()?;
                if told.state.is_live() {
                    document.tickets.push(told.ticket.clone());
                }
                records.push(told);
            }
            Kind::Visit => {
                let Some(record) = record()? else { return Ok(None) };
                document.visits.push(record.document()?);
            }
            Kind::Route => {
                if let Some(record) = record()? {
                    document.routes.push(record.document()?);
                } else if let Some(route) = without_stops(id) {
                    empty.push(route);
                } else {
                    return Ok(None);
                }
            }
            Kind::Position => {
                if let Some(record) = record()? {
                    positions.push(record.document()?);
                }
            }
            Kind::FollowUp => {
                if let Some(record) = record()? {
                    calls.push(record.document()?);
                }
            }
            // Of no fleet, or read with everything.
            _ => {}
        }
    }
    // What cannot be read here is told where everything is read.
    let draft = wire::draft(document).ok().map(|mut draft| {
        draft.routes.append(&mut empty);
        draft
    });
    Ok(draft.map(|draft| News { draft, records, positions, calls }))
}

/// The route of a shift that promises nothing any more, by the id that its record had.
fn without_stops(id: &str) -> Option<RouteDraft> {
    let (engineer, shift) = id.rsplit_once('/')?;
    Some(RouteDraft { engineer: engineer.to_owned(), shift: shift.parse().ok()?, tickets: Vec::new() })
}
