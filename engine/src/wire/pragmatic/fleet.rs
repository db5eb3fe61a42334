//! Vehicles to engineers.

use serde_json::Value;

use super::Translation;
use super::document::{BreakDoc, ProblemDoc, ShiftDoc, TypeDoc};
use super::jobs::{Wishes, amounts, has};
use super::objectives::Aim;
use super::travel::Travel;
use crate::engineer::{BreakDraft, BreakTimes, EngineerDraft, ShiftDraft, SkillDraft, Stamp};
use crate::flaw::Code;
use crate::units::{Moment, Seconds};
use crate::window::Window;
use crate::wire::limits::VEHICLES;

const DAY: Seconds = Seconds(86_400);

/// Engineers with where they stand in the document.
#[derive(Default)]
pub(super) struct Fleet {
    pub(super) engineers: Vec<EngineerDraft>,
    pub(super) paths: Vec<String>,
}

/// One engineer for each vehicle.
pub(super) fn fleet(
    doc: &ProblemDoc,
    travel: &Travel,
    aim: Aim,
    translation: &mut Translation<'_>,
) -> Fleet {
    let mut fleet = Fleet::default();
    if doc.fleet.resources.is_some() {
        translation.refuse("fleet.resources".to_owned(), "", "shared resources are");
    }
    let count: usize = doc.fleet.vehicles.iter().map(|kind| kind.vehicle_ids.len()).sum();
    if count > VEHICLES {
        let found = format!("{count} vehicles are more than the limit of {VEHICLES}");
        let fix = "split the problem by region";
        translation.flaw(Code::TooLarge, "fleet.vehicles".to_owned(), "", found, fix);
        return fleet;
    }
    let wishes = Wishes::of(doc, translation);
    for (n, kind) in doc.fleet.vehicles.iter().enumerate() {
        let path = format!("fleet.vehicles[{n}]");
        let engineer = engineer(kind, &path, (travel, aim), &wishes, translation);
        for id in &kind.vehicle_ids {
            fleet.engineers.push(EngineerDraft { id: id.clone(), ..engineer.clone() });
            fleet.paths.push(path.clone());
        }
    }
    fleet
}

/// What all vehicles of a type have in common.
fn engineer(
    kind: &TypeDoc,
    path: &str,
    (travel, aim): (&Travel, Aim),
    wishes: &Wishes<'_>,
    translation: &mut Translation<'_>,
) -> EngineerDraft {
    let id = kind.type_id.as_str();
    limits(kind, path, translation);
    let skill = |name| SkillDraft { name, level: 1, valid_until: None };
    let skills = kind.skills.iter().map(|skill| has(skill)).chain(wishes.met(&kind.skills));
    let scale = kind.profile.scale.unwrap_or(1.0);
    let speed = travel.speed(&kind.profile.matrix, scale, || format!("{path}.profile"), id, translation);
    let mut engineer = EngineerDraft {
        skills: skills.map(skill).collect(),
        capacity: amounts(&kind.capacity),
        speed_permille: speed,
        profile: travel.profile(&kind.profile.matrix),
        rates: aim.rates(kind.costs, path, id, translation),
        ..EngineerDraft::default()
    };
    let Some(first) = kind.shifts.first() else {
        let (found, fix) = ("the vehicle has no shift", "give it one");
        translation.flaw(Code::MissingKey, format!("{path}.shifts"), id, found, fix);
        return engineer;
    };
    let start = || format!("{path}.shifts[0].start.location");
    engineer.start = Some(travel.place(&first.start.location, start, id, translation));
    engineer.open_end = first.end.is_none();
    if let Some(end) = &first.end {
        let path = || format!("{path}.shifts[0].end.location");
        engineer.end = Some(travel.place(&end.location, path, id, translation));
    }
    for (n, shift) in kind.shifts.iter().enumerate() {
        let path = format!("{path}.shifts[{n}]");
        let ends = |shift: &ShiftDoc| shift.end.as_ref().map(|end| end.location.clone());
        if shift.start.location != first.start.location || ends(shift) != ends(first) {
            translation.refuse(path, id, "shifts of one vehicle at different places are");
            continue;
        }
        engineer.shifts.push(shift_draft(shift, &path, kind, translation));
    }
    engineer
}

/// Refuses what limits a tour in no way known here.
fn limits(kind: &TypeDoc, path: &str, translation: &mut Translation<'_>) {
    let id = &kind.type_id;
    if kind.limits.areas.is_some() {
        translation.refuse(format!("{path}.limits.areas"), id, "areas of vehicles are");
    }
}

fn shift_draft(
    doc: &ShiftDoc,
    path: &str,
    kind: &TypeDoc,
    translation: &mut Translation<'_>,
) -> ShiftDraft {
    let id = kind.type_id.as_str();
    for (name, value) in
        [("reloads", &doc.reloads), ("recharges", &doc.recharges), ("dispatch", &doc.dispatch)]
    {
        if value.is_some() {
            translation.refuse(
                format!("{path}.{name}"),
                id,
                "stops of a vehicle other than its jobs are",
            );
        }
    }
    let start = translation.notes.stamp(&doc.start.earliest, id, || format!("{path}.start.earliest"));
    let leaves_by = doc.start.latest.as_ref().map(|latest| {
        translation.differs(
            || format!("{path}.start.latest"),
            "vehicles leave as late as their first stop allows",
        );
        translation.notes.moment(latest, id, || format!("{path}.start.latest"))
    });
    let end = match &doc.end {
        Some(end) => {
            if end.earliest.is_some() {
                translation.differs(|| format!("{path}.end.earliest"), "a return is never too early");
            }
            translation.notes.stamp(&end.latest, id, || format!("{path}.end.latest"))
        }
        // It ends where it likes and when it likes.
        None => Stamp { moment: (start.moment + Seconds::LONGEST).min(Moment::LAST), ..start },
    };
    let limits = &kind.limits;
    let mut limit = |name: &str, most: Option<f64>| {
        most.map(|most| {
            translation.seconds(|| format!("{path}.limits.{name}"), id, most, Seconds(1_000_000_000))
        })
    };
    let max_metres = limit("maxDistance", limits.max_distance).map(|metres| metres.0);
    let longest = end.moment - start.moment;
    let max_span = limit("maxDuration", limits.max_duration).filter(|most| *most < longest);
    let max_tickets = limits.tour_size;
    let mut shift =
        ShiftDraft { start, end, max_tickets, max_metres, max_span, ..ShiftDraft::default() };
    for (n, pause) in doc.breaks.iter().enumerate() {
        let path = format!("{path}.breaks[{n}]");
        let fixed = leaves_by == Some(start.moment);
        shift.breaks.extend(break_draft(pause, &path, id, &shift, fixed, translation));
    }
    shift
}

/// A break of a shift; `None` if it is not to be taken, or flawed.
fn break_draft(
    doc: &BreakDoc,
    path: &str,
    id: &str,
    shift: &ShiftDraft,
    departure_is_fixed: bool,
    translation: &mut Translation<'_>,
) -> Option<BreakDraft> {
    if doc.policy.is_some() || doc.duration.is_none() {
        translation.differs(|| path.to_owned(), "breaks are never left out for the sake of a job");
    }
    let length = match (doc.duration, &doc.places[..]) {
        (Some(length), []) => length,
        (None, [place]) if place.location.is_none() => place.duration,
        (None, [_, ..]) => {
            translation.refuse(format!("{path}.places"), id, "breaks at places of their own are");
            return None;
        }
        _ => {
            let fix = "give \"duration\", or one of \"places\" with it";
            translation.flaw(Code::MissingKey, path.to_owned(), id, "the break has no length", fix);
            return None;
        }
    };
    let length = translation.seconds(|| path.to_owned(), id, length, DAY);
    let (from, upto) = match &doc.time {
        Value::Array(list) => match &list[..] {
            [from, upto] => (from, upto),
            _ => (&Value::Null, &Value::Null),
        },
        time => (&time["earliest"], &time["latest"]),
    };
    let mut moment = |value: &Value, name: &str| match value {
        Value::String(text) => Some(translation.notes.moment(text, id, || format!("{path}.time{name}"))),
        Value::Number(_) if departure_is_fixed => {
            let after = value.as_f64().filter(|after| (0.0..=Seconds::LONGEST.0 as f64).contains(after));
            after.map(|after| shift.start.moment + Seconds(after as i64))
        }
        _ => None,
    };
    let span = moment(from, "[0]").zip(moment(upto, "[1]"));
    let Some((from, upto)) = span else {
        if from.is_number() && upto.is_number() && !departure_is_fixed {
            translation.refuse(format!("{path}.time"), id, "breaks after a time on the road are");
        } else {
            let fix = "write [\"first start\", \"last start\"]";
            translation.flaw(
                Code::WrongType,
                format!("{path}.time"),
                id,
                "this is no span of time",
                fix,
            );
        }
        return None;
    };
    if upto < from {
        let (found, fix) = ("the span ends before it starts", "swap its ends");
        translation.flaw(Code::Reversed, format!("{path}.time"), id, found, fix);
        return None;
    }
    let times = BreakTimes::Starts(vec![Window { start: from, end: upto }]);
    Some(BreakDraft { times, length, max_load: Vec::new() })
}
