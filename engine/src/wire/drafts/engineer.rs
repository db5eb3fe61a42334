//! Engineers, their shifts and their breaks.

use super::{permille, place};
use crate::engineer::{BreakDraft, BreakTimes, EngineerDraft, Rates, ShiftDraft, SkillDraft, Stamp};
use crate::flaw::{Code, Flaw};
use crate::ticket::Window;
use crate::units::Seconds;
use crate::wire::document::{BreakDoc, EngineerDoc, PlaceDoc, RatesDoc, ShiftDoc, SkillDoc};
use crate::wire::notes::Notes;
use crate::wire::time;
use crate::wire::words::quoted;

/// Reads an engineer.
pub(in crate::wire) fn engineer(doc: EngineerDoc, path: &str, notes: &mut Notes) -> EngineerDraft {
    let id = doc.id;
    let mut named = |doc: Option<PlaceDoc>, name: &str| {
        doc.map(|doc| place(doc, &id, notes, || format!("{path}.{name}")))
    };
    let home = named(doc.home, "home");
    let start = named(doc.start, "start");
    let end = named(doc.end, "end");
    let position = named(doc.position, "position");
    let position_at = notes.moment_if(doc.position_at.as_ref(), &id, || format!("{path}.position_at"));
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
        open_start: doc.open_start,
        open_end: doc.open_end,
        position,
        position_at,
        skills,
        shifts,
        absences,
        territories: doc.territories,
        stock: doc.stock.into_iter().collect(),
        capacity: doc.capacity.into_iter().collect(),
        speed_permille: doc.speed_factor.map_or(1000, permille),
        profile: doc.profile,
        class: doc.class,
        rates: doc.rates.map_or_else(Rates::default, |doc| rates(&doc)),
        id,
    }
}

fn rates(doc: &RatesDoc) -> Rates {
    // What is no number, or none that fits, becomes one that is refused later; so does what is below nothing by
    // less than a thousandth.
    let thousandths =
        |rate: f64| if rate.is_nan() || rate < 0.0 { -1 } else { (rate * 1000.0).round() as i64 };
    Rates {
        callout: Seconds(doc.callout_s.unwrap_or(0)),
        drive: doc.drive.map_or(1000, thousandths),
        metre: doc.per_km_s.map_or(0, |rate| thousandths(rate / 1000.0)),
        work: doc.per_work_hour_s.map_or(0, |rate| thousandths(rate / 3600.0)),
        wait: doc.per_wait_hour_s.map_or(0, |rate| thousandths(rate / 3600.0)),
        guarantee: doc.per_guaranteed_hour_s.map_or(0, |rate| thousandths(rate / 3600.0)),
        guaranteed: Seconds(doc.guaranteed_s.unwrap_or(0)),
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

/// The longest shift that a document may name.
const WEEK: Seconds = Seconds(7 * 86_400);

fn shift(doc: &ShiftDoc, id: &str, path: &dyn Fn() -> String, notes: &mut Notes) -> ShiftDraft {
    let start = notes.stamp(&doc.start, id, || path() + ".start");
    let end = notes.stamp(&doc.end, id, || path() + ".end");
    // The engine takes it, but nobody works so long: the document means something else. What cannot be read
    // is told already.
    if start != Stamp::default() && end.moment - start.moment > WEEK {
        let (found, fix) = ("the shift is longer than a week", "give one shift a day");
        notes.flaw(Flaw::new(Code::OutOfRange, path(), found, fix).of(id));
    }
    ShiftDraft {
        start,
        end,
        breaks: doc
            .breaks
            .iter()
            .enumerate()
            .map(|(n, doc)| pause(doc, id, &|| format!("{}.breaks[{n}]", path()), notes))
            .collect(),
        max_tickets: doc.max_tickets,
        max_work: doc.max_work_s.map(|length| notes.length(length, id, || path() + ".max_work_s")),
        max_drive: doc.max_drive_s.map(|length| notes.length(length, id, || path() + ".max_drive_s")),
        max_metres: doc.max_distance_m,
        max_span: doc.max_span_s.map(|length| notes.length(length, id, || path() + ".max_span_s")),
    }
}

fn pause(doc: &BreakDoc, id: &str, path: &dyn Fn() -> String, notes: &mut Notes) -> BreakDraft {
    BreakDraft {
        times: break_times(doc, id, path, notes),
        length: notes.length(doc.length_s, id, || path() + ".length_s"),
        max_load: doc.max_load.iter().map(|(room, most)| (room.clone(), *most)).collect(),
    }
}

fn break_times(doc: &BreakDoc, id: &str, path: &dyn Fn() -> String, notes: &mut Notes) -> BreakTimes {
    let windows = || doc.windows.iter().enumerate();
    match (&doc.start, &doc.end) {
        (None, None) if !doc.windows.is_empty() => BreakTimes::Starts(
            windows()
                .map(|(n, span)| Window {
                    start: notes.moment(&span.start, id, || format!("{}.windows[{n}].start", path())),
                    end: notes.moment(&span.end, id, || format!("{}.windows[{n}].end", path())),
                })
                .collect(),
        ),
        (Some(start), Some(end)) if doc.windows.is_empty() => {
            let mut at = |text: &str, name: &str| {
                time::time_of_day(text).unwrap_or_else(|| {
                    let found = format!("{} is not a time of day", quoted(text));
                    let path = path() + name;
                    notes.flaw(Flaw::new(Code::BadTime, path, found, time::TIME_OF_DAY_FIX).of(id));
                    Seconds::ZERO
                })
            };
            BreakTimes::Daily(at(start, ".start"), at(end, ".end"))
        }
        (start, end) => {
            let (code, found) = if start.is_none() && end.is_none() {
                (Code::MissingKey, "the break has no times")
            } else if doc.windows.is_empty() {
                (Code::MissingKey, "the break has only one of \"start\" and \"end\"")
            } else {
                (Code::Contradiction, "the break has times of day and windows")
            };
            let fix = "give \"start\" and \"end\" as times of day, or \"windows\"";
            notes.flaw(Flaw::new(code, path(), found, fix).of(id));
            BreakTimes::default()
        }
    }
}
