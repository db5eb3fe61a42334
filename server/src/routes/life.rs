//! `/v1/tickets/{id}/state`: the life of a ticket.

use axum::extract::State;
use paidan_engine::flaw::Code;
use paidan_engine::ids::ShiftIx;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::document::VisitDoc;
use paidan_engine::wire::{moment, read_document, rfc3339, visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::visits::{change_visit, learn};
use crate::access::{Caller, Expected, Role};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{Entry, TicketRecordDoc, TicketStateDoc};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;
use crate::text::quoted;

/// What becomes of a ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketChange, examples(json!({"to": "en_route"}), json!({"to": "done", "resolved": true, "rating": 5})))]
pub struct TicketChangeBody {
    /// What it becomes. `assigned` is what a commit does, and nothing else.
    pub to: TicketStateDoc,
    /// When, RFC 3339; now, by the fleet's clock, unless said otherwise. Not before the step before, and not more than 5
    /// minutes ahead of that clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// With `done`: whether the issue was resolved; true unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<bool>,
    /// With `rated`, and with `done` if the customer has rated already: 1 to 5, 5 is best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 5)]
    pub rating: Option<u8>,
}

/// Tells what becomes of a ticket
///
/// `done` records a visit, which changes the next decision; `open` takes the ticket back from whoever it is promised to.
/// Of several that an engineer is on the way to, or at, the one told last is where they are; the others are promised
/// behind it, in the shift that is on.
///
/// # Errors
/// A step that does not follow from where the ticket is; flaws; another version than the caller knows.
#[utoipa::path(
    post, path = "/v1/tickets/{id}/state", tag = "tickets", request_body = TicketChangeBody,
    params(
        ("id" = String, Path, description = "The ticket's id.", example = "T1"),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")
    ),
    responses((
        status = 200, description = "The ticket as it is now.", body = TicketRecordDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["write", "path", "no-fleet", "unknown-record", "illegal-step", "changed"])))
)]
pub async fn change_ticket(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let body: TicketChangeBody = state.quick.run(move || Ok(read_document(&bytes)?)).await?;
    let engineer = caller.engineer.clone();
    let change = move |entry: &mut Entry<'_>| {
        let unknown = || Refusal::UnknownRecord("ticket", id.clone());
        let record = entry.record(Kind::Ticket, &id)?.ok_or_else(unknown)?;
        let ticket: TicketRecordDoc = record.document()?;
        if let Some(engineer) = engineer {
            // To an engineer, only their own tickets are known, and they end none but by doing it.
            if !ticket.engineers.contains(&engineer) {
                return Err(unknown());
            }
            if !BY_ENGINEERS.contains(&body.to) || body.rating.is_some() {
                return Err(Refusal::Forbidden(Role::Engineer));
            }
        }
        expected.check(Some(&record))?;
        step(entry, ticket, &body)
    };
    caller.tenant.write(by, change).await
}

/// What an engineer may tell of their tickets.
const BY_ENGINEERS: [TicketStateDoc; 5] = {
    use TicketStateDoc::{Accepted, Done, EnRoute, OnSite, Open};
    [Open, Accepted, EnRoute, OnSite, Done]
};

fn step(
    entry: &mut Entry<'_>,
    mut record: TicketRecordDoc,
    body: &TicketChangeBody,
) -> Result<JsonText, Refusal> {
    let next = body.to;
    if !record.state.may_become(next) {
        return Err(Refusal::IllegalStep { ticket: record.id, state: record.state, next });
    }
    let actor = entry.actor().to_owned();
    let at = when(entry, &record, body)?;
    let mut left = entry.fleet()?.holders(&record.id);
    if matches!(next, TicketStateDoc::Done | TicketStateDoc::Cancelled) {
        check_rating(body)?;
        entry.put_closing(&record, (next, &at))?;
    }
    match next {
        TicketStateDoc::Open => {
            entry.fleet()?.release(&record.id)?;
            record = entry.put_open(record, at)?;
            put_routes(entry, left)?;
            return Ok(JsonText::ok(&record)?.at_version(entry.version()));
        }
        TicketStateDoc::Done => {
            let done = outcome(entry, &record, body, &at)?;
            let then = moment(&at).unwrap_or(entry.fleet()?.now());
            record.visit = match &done {
                Some(doc) => Some(learn(entry, visit(doc.clone(), "visit")?, doc)?),
                None => None,
            };
            arrive(entry, &record, then)?;
            entry.fleet()?.withdraw(&record.id)?;
            if body.resolved.unwrap_or(true) {
                entry.follow_up_complaint(&record, then)?;
            }
            if let Some(visit) = &done {
                entry.follow_up_rating(visit, then)?;
            }
            if body.rating.is_some() {
                record.step(next, at.clone(), &actor);
            }
        }
        TicketStateDoc::EnRoute | TicketStateDoc::OnSite => {
            let fleet = entry.fleet()?;
            let then = moment(&at).unwrap_or(fleet.now());
            let expected = fleet.begin(&record.id, then, next == TicketStateDoc::OnSite)?;
            record.expected = expected.map(|expected| rfc3339(expected, fleet.offset_s()));
            // It may have come into the route of another shift.
            left.extend(fleet.holders(&record.id));
            left.sort_unstable();
            left.dedup();
        }
        TicketStateDoc::Rated => rate(entry, &record, body, &at)?,
        TicketStateDoc::Cancelled => entry.fleet()?.withdraw(&record.id)?,
        _ => {}
    }
    put_routes(entry, left)?;
    let is_rated = next == TicketStateDoc::Done && body.rating.is_some();
    record.step(if is_rated { TicketStateDoc::Rated } else { next }, at, &actor);
    entry.put_ticket(&record)?;
    let told = json!({"state": record.state, "engineers": record.engineers, "visit": record.visit});
    entry.tell(&format!("ticket.{}", next.as_str()), &record.id, &told)?;
    Ok(JsonText::ok(&record)?.at_version(entry.version()))
}

/// Puts the routes that a ticket was in.
fn put_routes(entry: &mut Entry<'_>, shifts: Vec<ShiftIx>) -> Result<(), Refusal> {
    shifts.into_iter().try_for_each(|shift| entry.put_route(shift))
}

/// By how much somebody's clock may be ahead of the fleet's.
const AHEAD: Seconds = Seconds(300);

/// When the step is taken: as told, if that is neither before the last one nor yet to come; else now, or with the last one
/// if the fleet's clock is behind it.
fn when(
    entry: &mut Entry<'_>,
    record: &TicketRecordDoc,
    body: &TicketChangeBody,
) -> Result<String, Refusal> {
    let last = record.life.last().map(|step| (moment(&step.at), &step.at));
    let Some(at) = &body.at else {
        let fleet = entry.fleet()?;
        return Ok(match last {
            Some((last, text)) if last > Some(fleet.now()) => text.clone(),
            _ => fleet.now_text(),
        });
    };
    let bad = |found: String, fix: &str| Refusal::flaw(Code::BadTime, "at", found, fix);
    let Some(then) = moment(at) else {
        let found = format!("{} is no moment, or in no year from 1970 to 2199", quoted(at));
        return Err(bad(found, "write it as 2026-03-02T09:30:00+01:00"));
    };
    if last.is_some_and(|(last, _)| last > Some(then)) {
        let found = format!("{} is before the step before", quoted(at));
        return Err(bad(found, "steps are told in their order"));
    }
    let fleet = entry.fleet()?;
    if then > fleet.now() + AHEAD {
        let found = format!("{} is yet to come: it is {}", quoted(at), fleet.now_text());
        let fix = "tell a step when it is taken; clocks may be 5 minutes ahead";
        return Err(Refusal::flaw(Code::OutOfRange, "at", found, fix));
    }
    Ok(at.clone())
}

/// The visit in which a ticket was done, if it says whose and what about; only then it is history.
fn outcome(
    entry: &mut Entry<'_>,
    record: &TicketRecordDoc,
    body: &TicketChangeBody,
    at: &str,
) -> Result<Option<VisitDoc>, Refusal> {
    check_rating(body)?;
    let ticket = &record.ticket;
    let (Some(customer), Some(issue), Some(engineer)) =
        (&ticket.customer, &ticket.issue, record.engineers.first())
    else {
        return Ok(None);
    };
    let began = record.life.iter().rev().find(|step| step.state == TicketStateDoc::OnSite);
    let offset_s = entry.fleet()?.desk().problem().offset_s();
    let start = match (began, moment(at)) {
        (Some(began), _) => began.at.clone(),
        (None, Some(end)) => rfc3339(end - Seconds(ticket.work_s), offset_s),
        (None, None) => at.to_owned(),
    };
    Ok(Some(VisitDoc {
        ticket: record.id.clone(),
        customer: customer.clone(),
        asset: ticket.asset.clone(),
        issue: issue.clone(),
        engineer: engineer.clone(),
        start,
        end: at.to_owned(),
        resolved: body.resolved.unwrap_or(true),
        rating: body.rating,
    }))
}

/// Takes note that whoever has done a ticket is where it was.
fn arrive(entry: &mut Entry<'_>, record: &TicketRecordDoc, at: Moment) -> Result<(), Refusal> {
    let Some(place) = entry.fleet()?.ticket(&record.id).map(|ticket| ticket.place) else {
        return Ok(());
    };
    // Nobody was anywhere in the future.
    let at = at.min(entry.fleet()?.now());
    for engineer in &record.engineers {
        entry.put_position(engineer, place, at)?;
    }
    Ok(())
}

/// Learns how the visit of a ticket was rated.
fn rate(
    entry: &mut Entry<'_>,
    record: &TicketRecordDoc,
    body: &TicketChangeBody,
    at: &str,
) -> Result<(), Refusal> {
    check_rating(body)?;
    if body.rating.is_none() {
        return Err(Refusal::flaw(
            Code::MissingKey,
            "rating",
            "the key \"rating\" is missing",
            "add it",
        ));
    }
    let Some(id) = &record.visit else { return Ok(()) };
    let Some(known) = entry.record(Kind::Visit, id)? else { return Ok(()) };
    let rated = VisitDoc { rating: body.rating, ..known.document()? };
    entry.fleet()?.rate_visit(&visit(rated.clone(), "visit")?)?;
    change_visit(entry, id, &rated)?;
    let then = moment(at).unwrap_or(entry.fleet()?.now());
    entry.follow_up_rating(&rated, then)
}

fn check_rating(body: &TicketChangeBody) -> Result<(), Refusal> {
    match body.rating {
        Some(rating) if !(1..=5).contains(&rating) => {
            let found = format!("{rating} is not between 1 and 5");
            Err(Refusal::flaw(Code::OutOfRange, "rating", found, "5 is best"))
        }
        _ => Ok(()),
    }
}
