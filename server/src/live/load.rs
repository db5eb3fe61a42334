//! A fleet as its records tell it.

use paidan_engine::wire::document::{EngineerDoc, PolicyDoc, RouteDoc, VisitDoc};
use paidan_engine::wire::draft;

use super::Fleet;
use super::fleet::untie;
use super::records::{ONLY, SetupDoc, TicketRecordDoc, TicketStateDoc};
use crate::store::{Kind, Read, Record, Trouble};

/// The fleet of a tenant, if there is one. `O(n log n)` in its records.
pub(super) fn fleet(read: &dyn Read, tenant: &str) -> Result<Option<Fleet>, Trouble> {
    let Some(setup) = read.record(tenant, Kind::Setup, ONLY)? else { return Ok(None) };
    let mut problem: SetupDoc = setup.document()?;
    let policy = read.record(tenant, Kind::Policy, ONLY)?;
    problem.policy = policy.as_ref().map(Record::document::<PolicyDoc>).transpose()?;
    problem.engineers = read.documents::<EngineerDoc>(tenant, Kind::Engineer, None)?;
    let mut begun = Vec::new();
    for state in TicketStateDoc::ALL.into_iter().filter(|state| state.is_live()) {
        let tickets: Vec<TicketRecordDoc> =
            read.documents(tenant, Kind::Ticket, Some(state.as_str()))?;
        if state.has_begun() {
            begun.extend(tickets.iter().map(|record| record.id.clone()));
        }
        problem.tickets.extend(tickets.into_iter().map(|record| record.ticket));
    }
    problem.tickets.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    problem.visits = read.documents::<VisitDoc>(tenant, Kind::Visit, None)?;
    problem.routes = read.documents::<RouteDoc>(tenant, Kind::Route, None)?;
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
