//! Engineers, their shifts and their breaks.

use super::{permille, place};
use crate::engineer::{BreakDraft, EngineerDraft, ShiftDraft, SkillDraft};
use crate::flaw::{Code, Flaw};
use crate::units::Seconds;
use crate::wire::document::{BreakDoc, EngineerDoc, PlaceDoc, ShiftDoc, SkillDoc};
use crate::wire::notes::Notes;
use crate::wire::time;
use crate::wire::words::quoted;

/// Reads an engineer.
pub(super) fn engineer(doc: EngineerDoc, path: &str, notes: &mut Notes) -> EngineerDraft {
    let id = doc.id;
    let mut named = |doc: Option<PlaceDoc>, name: &str| {
        doc.map(|doc| place(doc, &id, notes, || format!("{path}.{name}")))
    };
    let home = named(doc.home, "home");
    let start = named(doc.start, "start");
    let end = named(doc.end, "end");
    let position = named(doc.position, "position");
    let skills = doc.skills.into_iter().map(|(name, doc)| skill(name, &doc, &id, path, notes)).collect();
    let shifts = doc
        .shifts
        .into_iter()
        .enumerate()
        .map(|(n, doc)| shift(&doc, &id, &|| format!("{path}.shifts[{n}]"), notes))
        .collect();
    let absences = doc
        .absences
        .iter()
        .enumerate()
        .map(|(n, span)| {
            let start = notes.moment(&span.start, &id, || format!("{path}.absences[{n}].start"));
            let end = notes.moment(&span.end, &id, || format!("{path}.absences[{n}].end"));
            (start, end)
        })
        .collect();
    EngineerDraft {
        home,
        start,
        end,
        open_end: doc.open_end,
        position,
        skills,
        shifts,
        absences,
        territories: doc.territories,
        stock: doc.stock.into_iter().collect(),
        capacity: doc.capacity.into_iter().collect(),
        speed_permille: doc.speed_factor.map_or(1000, permille),
        id,
    }
}

fn skill(name: String, doc: &SkillDoc, id: &str, path: &str, notes: &mut Notes) -> SkillDraft {
    let (level, valid_until) = match doc {
        SkillDoc::Level(level) => (*level, None),
        SkillDoc::Certificate(certificate) => {
            let day = certificate.valid_until.as_ref().and_then(|text| {
                let day = time::day(text);
                if day.is_none() {
                    let path = format!("{path}.skills.{name}.valid_until");
                    let found = format!("{} is not a date", quoted(text));
                    notes.flaw(Flaw::new(Code::BadTime, path, found, time::DATE_FIX).of(id));
                }
                day
            });
            (certificate.level, day)
        }
    };
    SkillDraft { name, level, valid_until }
}

fn shift(doc: &ShiftDoc, id: &str, path: &dyn Fn() -> String, notes: &mut Notes) -> ShiftDraft {
    ShiftDraft {
        start: notes.stamp(&doc.start, id, || path() + ".start"),
        end: notes.stamp(&doc.end, id, || path() + ".end"),
        breaks: doc
            .breaks
            .iter()
            .enumerate()
            .map(|(n, doc)| pause(doc, id, &|| format!("{}.breaks[{n}]", path()), notes))
            .collect(),
        max_tickets: doc.max_tickets,
        max_work: doc.max_work_s.map(|length| notes.length(length, id, || path() + ".max_work_s")),
    }
}

fn pause(doc: &BreakDoc, id: &str, path: &dyn Fn() -> String, notes: &mut Notes) -> BreakDraft {
    let mut at = |text: &str, name: &str| {
        time::time_of_day(text).unwrap_or_else(|| {
            let found = format!("{} is not a time of day", quoted(text));
            let path = path() + name;
            notes.flaw(Flaw::new(Code::BadTime, path, found, time::TIME_OF_DAY_FIX).of(id));
            Seconds::ZERO
        })
    };
    let (start, end) = (at(&doc.start, ".start"), at(&doc.end, ".end"));
    BreakDraft { start, end, length: notes.length(doc.length_s, id, || path() + ".length_s") }
}
