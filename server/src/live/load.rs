//! A fleet as its records tell it.

use std::collections::BTreeMap;

use paidan_engine::problem::Draft;
use paidan_engine::wire::document::{EngineerDoc, PolicyDoc, RouteDoc, VisitDoc};
use paidan_engine::wire::{draft, moment};

use super::Fleet;
use super::clock::{Clock, ClockDoc};
use super::fleet::UnderWay;
use super::fleet::untie;
use super::follow_up::{FollowUpDoc, FollowUpStateDoc};
use super::records::{ONLY, PositionDoc, SetupDoc, TicketRecordDoc, TicketStateDoc};
use crate::store::{Kind, Read, Record, Trouble};
use crate::text::now_us;

/// The fleet of a tenant, if there is one. `O(n log n)` in its records.
pub(super) fn fleet(read: &dyn Read, tenant: &str, pace: u32) -> Result<Option<Fleet>, Trouble> {
    let Some(setup) = read.record(tenant, Kind::Setup, ONLY)? else { return Ok(None) };
    let mut problem: SetupDoc = setup.document()?;
    let policy = read.record(tenant, Kind::Policy, ONLY)?;
    problem.policy = policy.as_ref().map(Record::document::<PolicyDoc>).transpose()?;
    problem.engineers = read.documents::<EngineerDoc>(tenant, Kind::Engineer, None)?;
    let mut under_way = BTreeMap::new();
    let mut records: Vec<TicketRecordDoc> = Vec::new();
    for state in TicketStateDoc::ALL.into_iter().filter(|state| state.is_live()) {
        let tickets: Vec<TicketRecordDoc> =
            read.documents(tenant, Kind::Ticket, Some(state.as_str()))?;
        under_way.extend(tickets.iter().filter_map(|record| Some((record.id.clone(), begun(record)?))));
        records.extend(tickets);
    }
    records.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    problem.tickets = records.iter().map(|record| record.ticket.clone()).collect();
    problem.visits = read.documents::<VisitDoc>(tenant, Kind::Visit, None)?;
    problem.routes = read.documents::<RouteDoc>(tenant, Kind::Route, None)?;
    let version = policy.map_or(0, |policy| policy.version);
    let clock = read.record(tenant, Kind::Clock, ONLY)?;
    let clock = clock.as_ref().map(Record::document::<ClockDoc>).transpose()?;
    let clock = clock.and_then(|clock| clock.clock());
    if let Some(own) = clock.map(|clock| clock.pace()).filter(|own| *own != pace) {
        tracing::warn!(
            tenant,
            own,
            pace,
            "its clock keeps the pace that it was set with; PUT /v1/fleet, or now in PUT /v1/setup, sets it anew"
        );
    }
    let positions = read.documents::<PositionDoc>(tenant, Kind::Position, None)?;
    let calls: Vec<FollowUpDoc> = FollowUpStateDoc::ALL
        .into_iter()
        // Of the others nothing comes by itself.
        .filter(|state| matches!(state, FollowUpStateDoc::Waiting | FollowUpStateDoc::Due))
        .map(|state| read.documents(tenant, Kind::FollowUp, Some(state.as_str())))
        .collect::<Result<Vec<Vec<FollowUpDoc>>, Trouble>>()?
        .concat();
    let fleet = draft(problem).and_then(|mut draft| {
        untie(&mut draft);
        seen(&mut draft, &positions);
        let clock = clock.unwrap_or_else(|| Clock::new(draft.now, now_us(), pace));
        Fleet::resume(draft, clock, under_way)
    });
    let ready = |fleet: Fleet| {
        let mut fleet = fleet.with_policy_version(version);
        fleet.watch_tickets(&records);
        fleet.watch_follow_ups(&calls);
        Some(fleet)
    };
    fleet.map(ready).map_err(|flaws| {
        let first = flaws.first().map(|flaw| format!("{}: {}", flaw.path, flaw.found));
        let (count, first) = (flaws.len(), first.unwrap_or_default());
        Trouble::Foreign(format!("its records have {count} flaws, the first is {first}"))
    })
}

/// Puts engineers where they were seen, if that was later than their own documents know.
fn seen(draft: &mut Draft, positions: &[PositionDoc]) {
    for position in positions {
        let place = draft.engineers.binary_search_by(|known| known.id.as_str().cmp(&position.engineer));
        let Some(engineer) = place.ok().map(|place| &mut draft.engineers[place]) else { continue };
        let at = position.at.as_deref().and_then(moment);
        if engineer.position.is_none() || engineer.position_at <= at {
            (engineer.position, engineer.position_at) = (Some(position.place()), at);
        }
    }
}

/// Since when somebody is at a ticket, or from when on those who are on the way will be; `None` if nobody is either.
pub(super) fn begun(record: &TicketRecordDoc) -> Option<UnderWay> {
    let since = moment(&record.life.last()?.at)?;
    match record.state {
        TicketStateDoc::OnSite => {
            let until = record.expected.as_deref().and_then(moment);
            Some(UnderWay { start: since, is_there: true, until })
        }
        TicketStateDoc::EnRoute => {
            let expected = record.expected.as_deref().and_then(moment);
            Some(UnderWay { start: expected.unwrap_or(since), is_there: false, until: None })
        }
        _ => None,
    }
}
