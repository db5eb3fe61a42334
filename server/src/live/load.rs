//! A fleet as its records tell it.

use paidan_engine::wire::document::{EngineerDoc, PolicyDoc, RouteDoc, VisitDoc};
use paidan_engine::wire::draft;
use serde::de::DeserializeOwned;

use super::Fleet;
use super::fleet::untie;
use super::records::{ONLY, SetupDoc, TicketRecordDoc, TicketStateDoc};
use crate::store::{Kind, Page, Read, Record, Trouble};

/// Records read at a time.
const PAGE: usize = 10_000;

/// The fleet of a tenant, if there is one. `O(n log n)` in its records.
pub(super) fn fleet(read: &dyn Read, tenant: &str) -> Result<Option<Fleet>, Trouble> {
    let Some(setup) = read.record(tenant, Kind::Setup, ONLY)? else { return Ok(None) };
    let mut problem: SetupDoc = document(&setup)?;
    let policy = read.record(tenant, Kind::Policy, ONLY)?;
    problem.policy = policy.as_ref().map(document::<PolicyDoc>).transpose()?;
    problem.engineers = all::<EngineerDoc>(read, tenant, Kind::Engineer, None)?;
    let mut begun = Vec::new();
    for state in TicketStateDoc::ALL.into_iter().filter(|state| state.is_live()) {
        let tickets: Vec<TicketRecordDoc> = all(read, tenant, Kind::Ticket, Some(state.as_str()))?;
        if state.has_begun() {
            begun.extend(tickets.iter().map(|record| record.id.clone()));
        }
        problem.tickets.extend(tickets.into_iter().map(|record| record.ticket));
    }
    problem.tickets.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    problem.visits = all::<VisitDoc>(read, tenant, Kind::Visit, None)?;
    problem.routes = all::<RouteDoc>(read, tenant, Kind::Route, None)?;
    let version = policy.map_or(0, |policy| policy.version);
    let fleet = draft(problem).and_then(|mut draft| {
        untie(&mut draft);
        Fleet::new(draft)
    });
    let ready = |fleet: Fleet| {
        let mut fleet = fleet.with_policy_version(version);
        for id in &begun {
            fleet.begin(id);
        }
        Some(fleet)
    };
    fleet.map(ready).map_err(|flaws| {
        let first = flaws.first().map(|flaw| format!("{}: {}", flaw.path, flaw.found));
        let (count, first) = (flaws.len(), first.unwrap_or_default());
        Trouble::Foreign(format!("its records have {count} flaws, the first is {first}"))
    })
}

/// All records of a kind, in the order of their ids.
fn all<T: DeserializeOwned>(
    read: &dyn Read,
    tenant: &str,
    kind: Kind,
    tag: Option<&str>,
) -> Result<Vec<T>, Trouble> {
    let mut documents = Vec::new();
    let mut after = String::new();
    loop {
        let page = read.page(tenant, kind, Page { tag, after: &after, most: PAGE })?;
        for record in &page {
            documents.push(document(record)?);
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after.clone_from(&last.id),
            _ => return Ok(documents),
        }
    }
}

fn document<T: DeserializeOwned>(record: &Record) -> Result<T, Trouble> {
    let read = serde_json::from_str(&record.body);
    read.map_err(|trouble| Trouble::Foreign(format!("its record {:?}: {trouble}", record.id)))
}
