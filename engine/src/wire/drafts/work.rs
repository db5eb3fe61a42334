//! Tickets and visits.

use std::collections::BTreeMap;

use super::place;
use crate::ticket::{
    BegunDraft, Conversation, NeedDraft, PinDraft, TandemDraft, TicketDraft, TicketType, Window,
};
use crate::units::Seconds;
use crate::visit::VisitDraft;
use crate::wire::document::{NeedDoc, TicketDoc, TicketTypeDoc, VisitDoc};
use crate::wire::notes::Notes;

/// Reads a ticket.
pub(in crate::wire) fn ticket(doc: TicketDoc, path: &str, notes: &mut Notes) -> TicketDraft {
    let id = doc.id;
    let place = place(doc.place, &id, notes, || format!("{path}.place"));
    let windows = doc
        .windows
        .iter()
        .enumerate()
        .map(|(n, span)| Window {
            start: notes.moment(&span.start, &id, || format!("{path}.windows[{n}].start")),
            end: notes.moment(&span.end, &id, || format!("{path}.windows[{n}].end")),
        })
        .collect();
    let mut moment =
        |text: Option<&String>, name: &str| notes.moment_if(text, &id, || format!("{path}.{name}"));
    let sla = doc.sla.unwrap_or_default();
    let reported = moment(doc.reported_at.as_ref(), "reported_at");
    let respond_by = moment(sla.respond_by.as_ref(), "sla.respond_by");
    let resolve_by = moment(sla.resolve_by.as_ref(), "sla.resolve_by");
    let pin = doc
        .pin
        .map(|pin| PinDraft { start: moment(pin.start.as_ref(), "pin.start"), engineer: pin.engineer });
    let begun = doc.begun.map(|begun| BegunDraft {
        start: notes.moment(&begun.start, &id, || format!("{path}.begun.start")),
        until: notes.moment_if(begun.until.as_ref(), &id, || format!("{path}.begun.until")),
        engineers: begun.engineers,
    });
    let people = doc.engineers.unwrap_or_default();
    TicketDraft {
        customer: doc.customer,
        asset: doc.asset,
        issue: doc.issue,
        kind: doc.kind.map_or_else(TicketType::default, kind),
        place,
        work: notes.length(doc.work_s, &id, || format!("{path}.work_s")),
        work_by_class: by_class(doc.work_by_class_s, &id, &|| format!("{path}.work_by_class_s"), notes),
        setup: doc
            .setup_s
            .map_or(Seconds::ZERO, |setup| notes.length(setup, &id, || format!("{path}.setup_s"))),
        setup_by_class: by_class(
            doc.setup_by_class_s,
            &id,
            &|| format!("{path}.setup_by_class_s"),
            notes,
        ),
        requires: doc.requires.into_iter().map(|(skill, doc)| need(skill, &doc)).collect(),
        windows,
        reported,
        respond_by,
        resolve_by,
        priority: doc.priority,
        tier: doc.tier,
        conversation: doc
            .conversation
            .map(|talk| Conversation { keywords: talk.keywords, baseline: talk.baseline }),
        parts: doc.parts.into_iter().collect(),
        delivers: doc.delivers.into_iter().collect(),
        demand: doc.demand.into_iter().collect(),
        follows: doc.follows,
        prize: doc.prize_s.map(Seconds),
        required: people.required,
        preferred: people.preferred,
        forbidden: people.forbidden,
        crew: doc.crew.unwrap_or(1),
        after: doc.after,
        tandem: doc.tandem.map(|doc| TandemDraft {
            with: doc.with,
            from: doc.from_s.map(Seconds),
            until: doc.until_s.map(Seconds),
        }),
        pin,
        begun,
        id,
    }
}

fn by_class(
    doc: BTreeMap<String, i64>,
    id: &str,
    path: &dyn Fn() -> String,
    notes: &mut Notes,
) -> Vec<(String, Seconds)> {
    doc.into_iter()
        .map(|(class, length)| {
            let length = notes.length(length, id, || format!("{}.{class}", path()));
            (class, length)
        })
        .collect()
}

fn kind(doc: TicketTypeDoc) -> TicketType {
    match doc {
        TicketTypeDoc::Complaint => TicketType::Complaint,
        TicketTypeDoc::Repair => TicketType::Repair,
        TicketTypeDoc::Installation => TicketType::Installation,
        TicketTypeDoc::Question => TicketType::Question,
    }
}

fn need(skill: String, doc: &NeedDoc) -> NeedDraft {
    match doc {
        NeedDoc::Level(level) => NeedDraft { skill, level: *level, preferred: None },
        NeedDoc::Levels(levels) => NeedDraft { skill, level: levels.level, preferred: levels.preferred },
    }
}

/// Reads a visit.
pub(in crate::wire) fn visit(doc: VisitDoc, path: &str, notes: &mut Notes) -> VisitDraft {
    VisitDraft {
        start: notes.moment(&doc.start, &doc.ticket, || format!("{path}.start")),
        end: notes.moment(&doc.end, &doc.ticket, || format!("{path}.end")),
        ticket: doc.ticket,
        customer: doc.customer,
        asset: doc.asset,
        issue: doc.issue,
        engineer: doc.engineer,
        resolved: doc.resolved,
        rating: doc.rating,
    }
}
