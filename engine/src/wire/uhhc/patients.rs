//! Patients as tickets.

use super::Reader;
use super::care::Patient;
use super::document::{CaregiverDoc, InstanceDoc, KindDoc, MetDoc, PatientDoc, RequiredDoc};
use super::weights::{Weight, Weights};
use crate::flaw::Code;
use crate::ticket::{NeedDraft, TandemDraft, TicketDraft, TicketType, Window};
use crate::units::{Moment, Seconds};
use crate::wire::instance::{MANDATORY, place};

/// The longest overtime where it has a weight: no shift is exceeded by more.
pub(super) const DAY: Seconds = Seconds(86_400);

/// A ticket for every service of a patient.
pub(super) fn tickets(
    doc: &InstanceDoc,
    (n, asked): (usize, &PatientDoc),
    patient: &Patient,
    weights: &Weights,
    reader: &mut Reader,
) -> Vec<TicketDraft> {
    let services = &asked.required_services;
    if services.is_empty() || services.len() > 2 {
        let found = format!("{} services of one patient are not supported", services.len());
        let path = format!("patients[{n}].required_services");
        reader.flaw(Code::NotSupported, path, &asked.id, found, "give every patient one or two");
        return Vec::new();
    }
    let is_optional = asked.optional.unwrap_or(false) && matches!(weights.optional, Weight::Points(_));
    let ids = ticket_ids(asked);
    let together = (services.len() == 2).then(|| tandem(doc, (n, asked), &ids[0], is_optional, reader));
    let mut tickets = Vec::with_capacity(services.len());
    for (k, (service, id)) in services.iter().zip(ids).enumerate() {
        let work = work(doc, (n, asked), (k, service), reader);
        let mut ticket = TicketDraft {
            id,
            kind: TicketType::Installation,
            place: place(patient.row),
            work,
            requires: vec![NeedDraft { skill: service.service.clone(), level: 1, preferred: None }],
            priority: (!is_optional).then_some(MANDATORY),
            // It is lost once, whatever the number of services.
            prize: is_optional.then(|| if k == 0 { weights.optional.price() } else { Seconds::ZERO }),
            forbidden: asked.incompatible_caregivers.clone().unwrap_or_default(),
            crew: 1,
            tandem: together.clone().flatten().filter(|_| k == 1),
            ..TicketDraft::default()
        };
        let liked = asked.preferred_caregivers.clone().unwrap_or_default();
        match weights.preferences {
            Weight::Points(_) => ticket.preferred = liked,
            Weight::Hard | Weight::Missing => ticket.required = liked,
        }
        let met_at_end = doc.metadata.time_window_met == MetDoc::AtServiceEnd;
        time(&mut ticket, (n, k, patient), met_at_end, weights.tardiness, reader);
        tickets.push(ticket);
    }
    tickets
}

/// The ids of a patient's tickets, in the order of the services.
pub(super) fn ticket_ids(asked: &PatientDoc) -> Vec<String> {
    match &asked.required_services[..] {
        [_] => vec![asked.id.clone()],
        all => all.iter().map(|one| format!("{} {}", asked.id, one.service)).collect(),
    }
}

/// What ties the second service of a patient to the first; `None` if nothing does.
fn tandem(
    doc: &InstanceDoc,
    (n, asked): (usize, &PatientDoc),
    first: &str,
    is_optional: bool,
    reader: &mut Reader,
) -> Option<TandemDraft> {
    let path = |key: &str| format!("patients[{n}].synchronization{key}");
    let Some(synchronization) = asked.synchronization else {
        let found = "two services are asked for, and not how they go together";
        reader.flaw(Code::MissingKey, path(""), &asked.id, found, "say so");
        return None;
    };
    let (from, until) = match (synchronization.kind, synchronization.distance) {
        (KindDoc::Simultaneous, _) => (Some(Seconds::ZERO), Some(Seconds::ZERO)),
        (KindDoc::Sequential, Some(distance)) => {
            let mut at = |key: &str, minutes| {
                reader.seconds(|| path(&format!(".distance.{key}")), &asked.id, minutes)
            };
            (Some(at("min", distance.min)), Some(at("max", distance.max)))
        }
        (KindDoc::Sequential, None) => {
            let found = "one service comes after the other, and it is not said when";
            reader.flaw(Code::MissingKey, path(".distance"), &asked.id, found, "say so");
            return None;
        }
        // Whoever must be visited needs both services in any case.
        (KindDoc::Independent, _) if !is_optional => return None,
        (KindDoc::Independent, _) => {
            let has = |caregiver: &CaregiverDoc| {
                asked.required_services.iter().all(|one| caregiver.abilities.contains(&one.service))
            };
            if doc.caregivers.iter().any(has) {
                reader.differs(path(""), "of an optional patient nobody provides both services");
            }
            (None, None)
        }
    };
    Some(TandemDraft { with: first.to_owned(), from, until })
}

/// How long a service takes.
fn work(
    doc: &InstanceDoc,
    (n, patient): (usize, &PatientDoc),
    (k, asked): (usize, &RequiredDoc),
    reader: &mut Reader,
) -> Seconds {
    let usual = doc.services.iter().find(|service| service.id == asked.service);
    let path = || format!("patients[{n}].required_services[{k}].duration");
    if let Some(minutes) = asked.duration.or(usual.and_then(|service| service.default_duration)) {
        return reader.seconds(path, &patient.id, minutes);
    }
    let found = format!("it is not said how long {:?} takes", asked.service);
    reader.flaw(Code::MissingKey, path(), &patient.id, found, "give it in minutes");
    Seconds::ZERO
}

/// When a service may start, and from when on it is late.
fn time(
    ticket: &mut TicketDraft,
    (n, k, patient): (usize, usize, &Patient),
    met_at_end: bool,
    tardiness: Weight,
    reader: &mut Reader,
) {
    let Some((last, others)) = patient.windows.split_last() else { return };
    let latest = |end: Moment| if met_at_end { end - ticket.work } else { end };
    let is_rule = tardiness == Weight::Hard;
    let mut windows: Vec<Window> =
        others.iter().map(|&(start, end)| Window { start, end: latest(end) }).collect();
    let end = if is_rule { latest(last.1) } else { last.1 + DAY + DAY };
    windows.push(Window { start: last.0, end });
    // A window that is too short holds no start; where lateness has a weight, the last one does.
    windows.retain(|window| window.start <= window.end);
    // Those that end before they start have been told.
    if windows.is_empty() && patient.windows.iter().all(|(start, end)| start <= end) {
        let path = format!("patients[{n}].required_services[{k}]");
        let found = "no window of the patient holds the service, and it must not be late";
        let fix = "lengthen a window, or give \"total_tardiness\" a weight";
        reader.flaw(Code::Reversed, path, &patient.id, found, fix);
    }
    ticket.windows = windows;
    if is_rule {
        return;
    }
    if !others.is_empty() {
        let path = format!("patients[{n}].time_windows");
        reader.differs(path, "nobody starts late for one window before the next one begins");
    }
    let due = if met_at_end { &mut ticket.resolve_by } else { &mut ticket.respond_by };
    *due = Some(last.1);
}
