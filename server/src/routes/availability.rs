//! `/v1/engineers/{id}/availability`: who cannot go on as their shift says.

use axum::extract::State;
use paidan_engine::engineer::ShiftDraft;
use paidan_engine::flaw::Code;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::document::{EngineerDoc, SpanDoc};
use paidan_engine::wire::{moment, read_document, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::access::{Caller, Expected, Role};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{Entry, Exchange, Fleet};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;
use crate::text::quoted;

/// What has become of an engineer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AvailabilityKind, examples("off_sick"))]
pub enum AvailabilityKindDoc {
    /// They go home: what they had promised is open again, what they are at as well, and with it what a crew of theirs is at.
    OffSick,
    /// They rest, and then go on.
    OnBreak,
    /// What they are at lasts until then, or they come to it then.
    RunningLate,
    /// They are back sooner than was thought.
    Back,
}

/// What has become of an engineer, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AvailabilityChange, examples(
    json!({"kind": "off_sick"}),
    json!({"kind": "running_late", "until": "2026-03-02T11:30:00-05:00"})
))]
pub struct AvailabilityBody {
    /// What has become of them.
    pub kind: AvailabilityKindDoc,
    /// From when on, RFC 3339; now, by the desk's clock, unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub from: Option<String>,
    /// Until when, RFC 3339. Who is off sick is away until their last shift of that day ends unless it says otherwise; it
    /// must be said of breaks and of who runs late, at most 7 days ahead, and not of who is back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
}

/// When an engineer is away, and what that has changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Availability, examples(json!({
    "engineer": "ana", "absences": [{"start": "2026-03-02T10:00:00-05:00", "end": "2026-03-02T17:00:00-05:00"}],
    "released": ["T4"], "delayed": []
})))]
pub struct AvailabilityDoc {
    /// The engineer's id.
    pub engineer: String,
    /// Every span in which they are away, in the order of time. Those that have begun and touch each other are one; those that
    /// are over and in none of their shifts are forgotten.
    pub absences: Vec<SpanDoc>,
    /// Tickets that were taken back from them and are open again.
    pub released: Vec<String>,
    /// The ticket under way that is now expected to begin, or to end, at `until`, if there is one.
    pub delayed: Vec<String>,
}

/// Tells that an engineer cannot go on as their shift says
///
/// Off sick takes back what they had promised, so that it can be dispatched anew. Whoever rests or runs late keeps their
/// promises, late where it cannot be otherwise.
///
/// # Errors
/// An unknown engineer; flaws; others have changed the fleet again and again.
#[utoipa::path(
    post, path = "/v1/engineers/{id}/availability", tag = "fleet", request_body = AvailabilityBody,
    params(("id" = String, Path, description = "The engineer's id.", example = "ana")),
    responses((status = 200, description = "When they are away, and what that has changed.", body = AvailabilityDoc)),
    extensions(("x-refusals" = json!(["long-write", "path", "no-fleet", "unknown-record"])))
)]
pub async fn change_availability(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let change = move || {
        let body: AvailabilityBody = read_document(&bytes)?;
        if caller.engineer.as_ref().is_some_and(|own| *own != id) {
            return Err(Refusal::Forbidden(Role::Engineer));
        }
        let (own, kind) = (id.clone(), body.kind);
        let make = move |fleet: &Fleet| changed(fleet, &own, &body);
        let put = move |entry: &mut Entry<'_>, made| put(entry, (&id, kind), made);
        caller.tenant.write_made(&by, make, put)
    };
    state.bulk.run(change).await
}

/// By how much somebody may run late.
const LONGEST_DELAY: Seconds = Seconds(7 * 86_400);

/// What has become of an engineer, in a fleet that knows it.
struct Changed {
    exchange: Exchange,
    absences: Vec<(Moment, Moment)>,
    /// The ticket under way that is put off, and until when.
    delayed: Option<(String, Moment)>,
}

fn changed(fleet: &Fleet, id: &str, body: &AvailabilityBody) -> Result<Changed, Refusal> {
    let unknown = || Refusal::UnknownRecord("engineer", id.to_owned());
    let mut engineer = fleet.engineer(id).cloned().ok_or_else(unknown)?;
    let now = fleet.now();
    let from = read("from", body.from.as_ref())?.unwrap_or(now);
    let until = read("until", body.until.as_ref())?;
    let (mut released, mut delayed) = (Vec::new(), None);
    let span = |until: Option<Moment>| match until {
        None => Err(Refusal::flaw(Code::MissingKey, "until", "the key \"until\" is missing", "add it")),
        Some(until) if until <= from => {
            let found = "it ends before it starts";
            Err(Refusal::flaw(Code::Reversed, "until", found, "say a later moment"))
        }
        Some(until) => Ok((from, until)),
    };
    match body.kind {
        AvailabilityKindDoc::OffSick => {
            let day = engineer.shifts.iter().filter(|shift| shift.end.moment > from);
            let first = day.clone().map(|shift| shift.start.day()).min();
            let of_day = day.filter(|shift| Some(shift.start.day()) == first);
            let last = of_day.map(|shift| shift.end.moment).max();
            engineer.absences.push(span(until.or(last))?);
            // Whoever goes home now goes from what they are at; a crew without them is none.
            released = if from <= now { fleet.begun_by(id) } else { Vec::new() };
        }
        AvailabilityKindDoc::OnBreak => engineer.absences.push(span(until)?),
        AvailabilityKindDoc::RunningLate => {
            let (start, end) = span(until)?;
            if end > now + LONGEST_DELAY {
                let found = "it is more than 7 days from now";
                let fix = "say when they are free again, or that they are off sick";
                return Err(Refusal::flaw(Code::OutOfRange, "until", found, fix));
            }
            let mut after = fleet.clone();
            delayed = after.delay(id, end).map(|ticket| (ticket, end));
            if delayed.is_some() {
                let exchange = Exchange::new(&fleet.promised(), after, Vec::new());
                return Ok(Changed { exchange, absences: engineer.absences, delayed });
            }
            engineer.absences.push((start, end));
        }
        AvailabilityKindDoc::Back => {
            if until.is_some() {
                let found = "whoever is back is so from then on";
                return Err(Refusal::flaw(Code::Contradiction, "until", found, "leave it out"));
            }
            engineer.absences.retain(|(start, _)| *start != from);
            for (start, end) in &mut engineer.absences {
                if *start < from && from < *end {
                    *end = from;
                }
            }
        }
    }
    engineer.absences = tidied(engineer.absences, &engineer.shifts, now);
    let absences = engineer.absences.clone();
    let after = if body.kind == AvailabilityKindDoc::OffSick {
        let rest = if released.is_empty() { fleet.clone() } else { fleet.without(&released)? };
        let (after, taken_back) = rest.with_engineer(id, Some(engineer), true)?;
        released.extend(taken_back);
        after
    } else {
        fleet.with_absences(id, engineer.absences)?
    };
    Ok(Changed { exchange: Exchange::new(&fleet.promised(), after, released), absences, delayed })
}

/// Absences without those that say nothing any more: over by now, and in no shift of the roster, for whose key figures they
/// would count. Those that have begun and touch each other are one; of those to come somebody may still take back one.
fn tidied(
    mut absences: Vec<(Moment, Moment)>,
    shifts: &[ShiftDraft],
    now: Moment,
) -> Vec<(Moment, Moment)> {
    absences.sort_unstable();
    let mut tidied: Vec<(Moment, Moment)> = Vec::with_capacity(absences.len());
    for (start, end) in absences {
        match tidied.last_mut() {
            Some((_, last)) if start <= now.min(*last) => *last = end.max(*last),
            Some(last) if *last == (start, end) => {}
            _ => tidied.push((start, end)),
        }
    }
    let is_in_shift = |(start, end): &(Moment, Moment)| {
        shifts.iter().any(|shift| *start < shift.end.moment && shift.start.moment < *end)
    };
    tidied.retain(|absence| absence.1 > now || is_in_shift(absence));
    tidied
}

fn put(
    entry: &mut Entry<'_>,
    (id, kind): (&str, AvailabilityKindDoc),
    made: Result<Changed, Refusal>,
) -> Result<JsonText, Refusal> {
    let record = Expected::default().find(entry, (Kind::Engineer, "engineer"), id)?;
    let Changed { exchange, absences, delayed } = made?;
    let released = entry.exchange(exchange)?;
    let offset_s = entry.fleet()?.offset_s();
    if let Some((ticket, until)) = &delayed {
        let mut known = entry.ticket(ticket)?.ok_or(Refusal::Bug)?;
        known.expected = Some(rfc3339(*until, offset_s));
        entry.put_ticket(&known)?;
    }
    let known: EngineerDoc = record.document()?;
    let text = |at| rfc3339(at, offset_s);
    let absences = absences.into_iter();
    let absences: Vec<SpanDoc> =
        absences.map(|(start, end)| SpanDoc { start: text(start), end: text(end) }).collect();
    entry.put(Kind::Engineer, (id, ""), &EngineerDoc { absences: absences.clone(), ..known })?;
    let delayed = delayed.into_iter().map(|(ticket, _)| ticket).collect();
    let told = AvailabilityDoc { engineer: id.to_owned(), absences, released, delayed };
    let word = json!(kind);
    entry.tell(&format!("engineer.{}", word.as_str().unwrap_or_default()), id, &told)?;
    JsonText::ok(&told)
}

fn read(key: &str, text: Option<&String>) -> Result<Option<Moment>, Refusal> {
    let bad = |text: &str| {
        let found = format!("{} is no moment, or in no year from 1970 to 2199", quoted(text));
        Refusal::flaw(Code::BadTime, key, found, "write it as 2026-03-02T09:30:00+01:00")
    };
    text.map(|text| moment(text).ok_or_else(|| bad(text))).transpose()
}
