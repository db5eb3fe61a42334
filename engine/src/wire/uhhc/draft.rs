//! An instance as a draft.

use std::collections::BTreeSet;

use super::Reader;
use super::care::{Care, Caregiver, Lunch, Part, Patient};
use super::document::{CaregiverDoc, InstanceDoc, MetDoc, PatientDoc};
use super::patients::{DAY, ticket_ids, tickets};
use super::weights::{POINT, Weight, Weights, are_sound, differences, named, uncounted};
use crate::engineer::{BreakDraft, BreakTimes, EngineerDraft, Rates, ShiftDraft, SkillDraft, Stamp};
use crate::flaw::Code;
use crate::policy::{LatenessRates, OvertimeRates, Policy};
use crate::problem::{Draft, Table, TravelSpec};
use crate::ticket::Window;
use crate::units::{Moment, Seconds};
use crate::wire::instance::{only_driving, place};

/// The draft of an instance in what is needed to tell what a plan of it costs. Flaws go to the reader.
pub(super) fn drafted(doc: &InstanceDoc, reader: &mut Reader) -> Care {
    let asked = &doc.metadata.cost_components;
    are_sound(asked, reader);
    let weights = Weights {
        travel: Weight::of(asked.travel_time),
        tardiness: Weight::or_rule(asked.total_tardiness, asked.highest_tardiness),
        waiting: Weight::of(asked.total_waiting_time),
        extra: Weight::or_rule(asked.total_extra_time, asked.working_time),
        preferences: Weight::of(asked.caregiver_preferences),
        optional: Weight::of(asked.optional_patients),
    };
    differences(doc, reader);
    let mut care = care(doc, reader);
    patients_are_told_apart(doc, reader);
    let mut all = Vec::with_capacity(doc.patients.len());
    for (n, patient) in doc.patients.iter().enumerate() {
        let services = tickets(doc, (n, patient), &care.patients[n], &weights, reader);
        care.tickets.extend((0..services.len()).map(|service| (n, service)));
        all.extend(services);
    }
    let engineer = |(doc, caregiver)| engineer(doc, caregiver, care.lunch, &weights);
    let engineers = doc.caregivers.iter().zip(&care.caregivers).map(engineer).collect();
    let table = Table { size: care.rows, seconds: care.travel.clone(), ..Table::default() };
    let policy = Policy {
        lateness: LatenessRates { per_minute: weights.tardiness.points() * POINT, urgent_factor: 0.0 },
        overtime: OvertimeRates {
            max: if weights.extra == Weight::Hard { Seconds::ZERO } else { DAY },
            per_minute: weights.extra.points() * POINT,
        },
        preference: weights.preferences.price(),
        ..only_driving()
    };
    let travel = TravelSpec::table(table);
    care.draft = Draft { travel, engineers, tickets: all, policy, ..Draft::default() };
    care
}

/// What the instance says, in seconds.
fn care(doc: &InstanceDoc, reader: &mut Reader) -> Care {
    let rows = doc.distances.len();
    // Only then has the text as many numbers as room is made for.
    let is_square = doc.distances.iter().all(|row| row.len() == rows);
    let mut travel = Vec::with_capacity(if is_square { rows * rows } else { 0 });
    for (n, row) in doc.distances.iter().enumerate() {
        if row.len() != rows {
            let found = format!("{} travel times from one of {rows} places", row.len());
            let path = format!("distances[{n}]");
            reader.flaw(Code::BadTable, path, "", found, "give a time from every place to every other");
            continue;
        }
        for (m, &minutes) in row.iter().enumerate() {
            let path = || format!("distances[{n}][{m}]");
            travel.push(reader.seconds(path, "", minutes).0 as u32);
        }
    }
    let caregivers = doc.caregivers.iter().enumerate();
    let caregivers = caregivers.map(|(n, asked)| caregiver(doc, (n, asked), reader)).collect();
    let patients = doc.patients.iter().enumerate();
    let patients = patients.map(|(n, asked)| patient((n, asked), reader)).collect();
    let met_at_end = doc.metadata.time_window_met == MetDoc::AtServiceEnd;
    let lunch = doc.lunch_breaks.map(|lunch| {
        let mut at = |key: &str, minutes| reader.seconds(|| format!("lunch_breaks.{key}"), "", minutes);
        let length = at("min_duration", lunch.min_duration);
        let (from, upto) = (at("start", lunch.start), at("end", lunch.end));
        if from > upto {
            let found = "the time of lunch ends before it starts";
            reader.flaw(Code::Reversed, "lunch_breaks".to_owned(), "", found, "swap them");
        }
        let latest = if met_at_end { upto - length } else { upto };
        Lunch { earliest: Moment(from.0), latest: Moment(latest.0), length }
    });
    let mut weights = [0.0; Part::ALL.len()];
    for (part, (_, weight)) in weights.iter_mut().zip(named(&doc.metadata.cost_components)) {
        *part = Weight::of(weight).points();
    }
    let asked = &doc.metadata.cost_components;
    let lunch_is_due = !matches!(Weight::of(asked.missed_lunch_break), Weight::Points(_));
    let no_overtime = Weight::or_rule(asked.total_extra_time, asked.working_time) == Weight::Hard;
    Care {
        caregivers,
        patients,
        tickets: Vec::new(),
        lunch,
        met_at_end,
        rows,
        travel,
        weights,
        lunch_is_due,
        no_overtime,
        uncounted: uncounted(&doc.metadata),
        draft: Draft::default(),
    }
}

/// Tells patients whose tickets could not be told apart.
fn patients_are_told_apart(doc: &InstanceDoc, reader: &mut Reader) {
    let (mut patients, mut tickets) = (BTreeSet::new(), BTreeSet::new());
    for (n, patient) in doc.patients.iter().enumerate() {
        let found = if !patients.insert(&patient.id) {
            "another patient has this id"
        } else if !ticket_ids(patient).into_iter().all(|id| tickets.insert(id)) {
            "with the service it reads like another service of a patient"
        } else {
            continue;
        };
        let path = format!("patients[{n}].id");
        reader.flaw(Code::DuplicateId, path, &patient.id, found, "give each its own name");
    }
}

fn caregiver(doc: &InstanceDoc, (n, asked): (usize, &CaregiverDoc), reader: &mut Reader) -> Caregiver {
    let departs = &asked.departing_point;
    let arrives = asked.arrival_point.as_ref().unwrap_or(departs);
    let [from, to] = [("departing_point", departs), ("arrival_point", arrives)].map(|(key, point)| {
        let known = doc.terminal_points.iter().find(|terminal| terminal.id == *point);
        if let Some(terminal) = known {
            return terminal.distance_matrix_index;
        }
        let path = format!("caregivers[{n}].{key}");
        let found = format!("there is no terminal point {point:?}");
        reader.flaw(Code::UnknownReference, path, &asked.id, found, "add it to \"terminal_points\"");
        0
    });
    let mut at = |key: &str, minutes| {
        let path = || format!("caregivers[{n}].working_shift.{key}");
        Moment(reader.seconds(path, &asked.id, minutes).0)
    };
    let shift = (at("start", asked.working_shift.start), at("end", asked.working_shift.end));
    let has_lunch = asked.lunch_break.unwrap_or(false) && doc.lunch_breaks.is_some();
    Caregiver { id: asked.id.clone(), from, to, shift, has_lunch }
}

fn patient((n, asked): (usize, &PatientDoc), reader: &mut Reader) -> Patient {
    let mut at = |k: usize, key: &str, minutes| {
        let path = || format!("patients[{n}].time_windows[{k}].{key}");
        Moment(reader.seconds(path, &asked.id, minutes).0)
    };
    let windows = asked.time_windows.iter().enumerate();
    let mut windows: Vec<(Moment, Moment)> =
        windows.map(|(k, window)| (at(k, "start", window.start), at(k, "end", window.end))).collect();
    for (k, _) in windows.iter().enumerate().filter(|(_, (start, end))| start > end) {
        let path = format!("patients[{n}].time_windows[{k}]");
        reader.flaw(Code::Reversed, path, &asked.id, "the window ends before it starts", "swap them");
    }
    windows.sort_unstable();
    Patient {
        id: asked.id.clone(),
        row: asked.distance_matrix_index,
        services: asked.required_services.iter().map(|asked| asked.service.clone()).collect(),
        windows,
        preferred: asked.preferred_caregivers.clone(),
    }
}

fn engineer(
    doc: &CaregiverDoc,
    caregiver: &Caregiver,
    lunch: Option<Lunch>,
    weights: &Weights,
) -> EngineerDraft {
    let stamp = |moment| Stamp { moment, offset_s: 0 };
    let skill = |name: &String| SkillDraft { name: name.clone(), level: 1, valid_until: None };
    let lunch = caregiver.lunch(lunch).map(|lunch| BreakDraft {
        times: BreakTimes::Starts(vec![Window { start: lunch.earliest, end: lunch.latest }]),
        length: lunch.length,
        max_load: Vec::new(),
    });
    EngineerDraft {
        id: caregiver.id.clone(),
        start: Some(place(caregiver.from)),
        end: Some(place(caregiver.to)),
        skills: doc.abilities.iter().map(skill).collect(),
        shifts: vec![ShiftDraft {
            start: stamp(caregiver.shift.0),
            end: stamp(caregiver.shift.1),
            breaks: lunch.into_iter().collect(),
            ..ShiftDraft::default()
        }],
        speed_permille: 1000,
        rates: Rates { drive: weights.travel.rate(), wait: weights.waiting.rate(), ..Rates::default() },
        ..EngineerDraft::default()
    }
}
