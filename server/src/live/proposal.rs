//! Routes that a plan proposes, put in place of those that are promised.
//!
//! Three states of every route are held against each other: as the plan found it, as the plan would have it, and as it is
//! by now. Where the plan changes nothing, whatever has changed meanwhile stays. Where nothing has changed, the plan's
//! holds. Where both have, the whole plan is turned down, with all that stands in its way. What comes out is read by the
//! independent checker before anybody counts on it.
//!
//! A proposal is kept with the plan and holds all that this takes, so every service on the store can apply the plan, also
//! after a new start.

use std::collections::{BTreeMap, BTreeSet};

use paidan_engine::check::{Breach, check};
use paidan_engine::desk::Desk;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::fit::Binding;
use paidan_engine::flaw::Flaw;
use paidan_engine::ids::ShiftIx;
use paidan_engine::plan::Plan;
use paidan_engine::policy::Otherwise;
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::Moment;
use paidan_engine::wire::document::RouteDoc;
use paidan_engine::wire::{engineer_doc, ticket_doc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::Fleet;
use super::basis::{Basis, Routes, by_shift, unplaced};
use super::fleet::untie;
use super::records::route_id;
use crate::refusal::Refusal;
use crate::text::{hex, quoted};

/// What kind of thing stands in a plan's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConflictKind, examples("route"))]
pub enum ConflictKindDoc {
    /// A promised route, by engineer and shift, as `ana/0`.
    Route,
    /// A ticket.
    Ticket,
    /// An engineer.
    Engineer,
    /// The policy.
    Policy,
}

/// Something that has changed since a plan was started, and that the plan counts on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanConflict, examples(json!({"of": "route", "id": "ana/0", "found": "\"T7\" is promised in it since"})))]
pub struct PlanConflictDoc {
    /// What kind of thing.
    pub of: ConflictKindDoc,
    /// Which one; empty for the policy.
    pub id: String,
    /// What became of it.
    pub found: String,
}

/// The routes of a plan of the fleet, and of what it was made from all that they count on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The version of the policy.
    policy: u64,
    /// The engineers of all routes, before and after, each as the digest of their document wherever they are.
    engineers: BTreeMap<String, String>,
    /// The tickets of all routes, before and after, each as the digest of its document.
    tickets: BTreeMap<String, String>,
    /// What was promised.
    #[serde(with = "as_documents")]
    found: Routes,
    /// What is to be promised.
    #[serde(with = "as_documents")]
    routes: Routes,
    /// Tickets of the plan that are planned but not promised.
    aside: Vec<String>,
}

/// Routes as they are stored.
mod as_documents {
    use serde::{Deserializer, Serializer};

    use super::{Deserialize, RouteDoc, Routes, Serialize};

    pub(super) fn serialize<S: Serializer>(routes: &Routes, to: S) -> Result<S::Ok, S::Error> {
        let document = |((engineer, shift), tickets): (&(String, u32), &Vec<String>)| RouteDoc {
            engineer: engineer.clone(),
            shift: *shift,
            tickets: tickets.clone(),
        };
        routes.iter().map(document).collect::<Vec<RouteDoc>>().serialize(to)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Routes, D::Error> {
        let routes = Vec::<RouteDoc>::deserialize(from)?.into_iter();
        Ok(routes.map(|route| ((route.engineer, route.shift), route.tickets)).collect())
    }
}

/// A fleet with a plan's routes, and what is different in it.
#[derive(Debug)]
pub struct Applied {
    /// The fleet, if anything is different.
    pub fleet: Option<Fleet>,
    /// Tickets that were open and are promised now, in the order of their ids.
    pub given: Vec<Timed>,
    /// Tickets that stay with their engineers and start at another moment, or in another shift of theirs, each with the
    /// start that it had.
    pub moved: Vec<(Timed, Moment)>,
    /// Tickets of the plan that are not on the desk any more.
    pub gone: Vec<String>,
    /// Tickets of the plan that are planned but not promised: those in pairs and tandems, and those that wait for others.
    pub aside: Vec<String>,
    /// Routes that are others now, by the ids of their records; those without stops are gone.
    pub routes: BTreeMap<String, RouteDraft>,
}

/// A promised ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Its id.
    pub ticket: String,
    /// Who goes, in the order of the roster.
    pub engineers: Vec<String>,
    /// When work starts.
    pub start: Moment,
}

impl Proposal {
    /// What a plan of a problem proposes that was made from this.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn new(basis: &Basis, problem: &Problem, plan: &Plan) -> Result<Proposal, Refusal> {
        let promised: BTreeSet<&str> = basis.routes.values().flatten().map(String::as_str).collect();
        let (mut routes, mut aside) = (Routes::new(), BTreeSet::new());
        for route in &plan.routes {
            let mut stops = Vec::with_capacity(route.stops.len());
            for stop in &route.stops {
                let ticket = problem.ticket(stop.ticket);
                // As in waves: one by one they are neither promised nor given back.
                let is_tied = ticket.companion().is_some() || !ticket.after.is_empty();
                if is_tied && !promised.contains(&*ticket.id) {
                    aside.insert(ticket.id.to_string());
                } else {
                    stops.push(ticket.id.to_string());
                }
            }
            let shift = problem.shift(route.shift).number;
            routes.insert((problem.engineer_id(route.shift).to_owned(), shift), stops);
        }
        let (mut engineers, mut tickets) = (BTreeMap::new(), BTreeMap::new());
        for ((engineer, _), stops) in basis.routes.iter().chain(&routes) {
            if let Some(draft) = basis.engineers.get(engineer) {
                engineers.insert(engineer.clone(), digest_of_engineer(draft)?);
            }
            for (id, draft) in stops.iter().filter_map(|id| basis.tickets.get_key_value(id)) {
                tickets.insert(id.clone(), digest_of_ticket(draft)?);
            }
        }
        let (policy, found) = (basis.policy, basis.routes.clone());
        Ok(Proposal { policy, engineers, tickets, found, routes, aside: aside.into_iter().collect() })
    }
}

/// Two engineers with the same digest are the same but for where they are.
fn digest_of_engineer(draft: &EngineerDraft) -> Result<String, Refusal> {
    digest(&engineer_doc(&unplaced(draft), 0))
}

/// Two tickets with the same digest ask for the same.
fn digest_of_ticket(draft: &TicketDraft) -> Result<String, Refusal> {
    digest(&ticket_doc(draft, 0))
}

fn digest(document: &impl Serialize) -> Result<String, Refusal> {
    let text = serde_json::to_vec(document).map_err(|_| Refusal::Bug)?;
    Ok(hex(&Sha256::digest(text)))
}

impl Fleet {
    /// The same fleet with the routes of a plan. As [`Fleet::new`].
    ///
    /// # Errors
    /// All that has changed since the plan was started and that it counts on, and whatever the desk or the checker has
    /// against its routes by now.
    pub fn with_plan(&self, proposal: &Proposal) -> Result<Applied, Vec<PlanConflictDoc>> {
        let now: Routes = self.promised().into_values().map(by_shift).collect();
        let merger = Merger { fleet: self, proposal, now: &now };
        let targets = merger.targets()?;
        let planned = proposal.routes.values().flatten().chain(&proposal.aside);
        let gone = planned.filter(|id| self.ticket(id).is_none());
        let is_open = |id: &&String| self.ticket(id).is_some() && self.holders(id).is_empty();
        let mut applied = Applied {
            fleet: None,
            given: Vec::new(),
            moved: Vec::new(),
            gone: gone.cloned().collect::<BTreeSet<String>>().into_iter().collect(),
            aside: proposal.aside.iter().filter(is_open).cloned().collect(),
            routes: BTreeMap::new(),
        };
        if targets.is_empty() {
            return Ok(applied);
        }
        let mut draft = self.standing();
        let mut merged = now.clone();
        merged.extend(targets.clone());
        draft.routes = drafts(merged);
        let touched = with_crews(&draft, &targets);
        judge(&mut self.keep(draft.clone()), &touched)?;
        let after = self.anew_in_time(draft).map_err(broken)?;
        merger.check_bindings(&after, &targets)?;
        let before = starts(self, &touched);
        for (id, timed) in starts(&after, &touched) {
            match before.get(&id) {
                None => applied.given.push(timed),
                Some(was) if was.start != timed.start => applied.moved.push((timed, was.start)),
                Some(_) => {}
            }
        }
        let routes = drafts(targets).into_iter();
        applied.routes = routes.map(|route| (route_id(&route.engineer, route.shift), route)).collect();
        applied.fleet = Some(after);
        Ok(applied)
    }
}

/// A plan that is held against a fleet.
struct Merger<'a> {
    fleet: &'a Fleet,
    proposal: &'a Proposal,
    /// What is promised by now.
    now: &'a Routes,
}

impl Merger<'_> {
    /// The routes that the plan changes, as they are to be.
    fn targets(&self) -> Result<Routes, Vec<PlanConflictDoc>> {
        let (fleet, Proposal { found: before, routes, .. }) = (self.fleet, self.proposal);
        let begun: BTreeSet<&str> =
            fleet.desk().begun().map(|ticket| &*fleet.desk().problem().ticket(ticket).id).collect();
        let (mut targets, mut conflicts) = (Routes::new(), Vec::new());
        let shifts: BTreeSet<&(String, u32)> = before.keys().chain(routes.keys()).collect();
        for shift in shifts {
            // What is done or not wanted any more is in nobody's way.
            let stops = |routes: &Routes| -> Vec<String> {
                let stops = routes.get(shift).into_iter().flatten();
                stops.filter(|id| fleet.ticket(id).is_some()).cloned().collect()
            };
            let (found, planned, now) = (stops(before), stops(routes), stops(self.now));
            let wanted = begun_first(&now, &planned, &begun);
            if planned == found || wanted == now {
                continue;
            }
            if now != found {
                let (of, id) = (ConflictKindDoc::Route, route_id(&shift.0, shift.1));
                conflicts.push(PlanConflictDoc { of, id, found: route_change(&found, &now) });
            }
            targets.insert(shift.clone(), wanted);
        }
        if targets.is_empty() {
            return Ok(targets);
        }
        if fleet.policy_version() != self.proposal.policy {
            let (of, found) = (ConflictKindDoc::Policy, "it is another one since".to_owned());
            conflicts.push(PlanConflictDoc { of, id: String::new(), found });
        }
        let engineers: BTreeSet<&String> = targets.keys().map(|(engineer, _)| engineer).collect();
        for id in engineers {
            let found = match fleet.engineer(id) {
                None => "they have left the roster since",
                Some(now)
                    if self.proposal.engineers.get(id) != digest_of_engineer(now).ok().as_ref() =>
                {
                    "they were changed since"
                }
                Some(_) => continue,
            };
            let (of, found) = (ConflictKindDoc::Engineer, found.to_owned());
            conflicts.push(PlanConflictDoc { of, id: id.clone(), found });
        }
        conflicts.extend(self.tickets(&targets));
        if conflicts.is_empty() { Ok(targets) } else { Err(conflicts) }
    }

    /// What stands in the way of the tickets that are in these routes, or would be.
    fn tickets(&self, targets: &Routes) -> Vec<PlanConflictDoc> {
        let fleet = self.fleet;
        let before = engineers(self.now.iter());
        let kept = self.now.iter().filter(|(shift, _)| !targets.contains_key(*shift));
        let after = engineers(kept.chain(targets));
        let nobody = BTreeSet::new();
        let touched = targets.keys().filter_map(|shift| self.now.get(shift)).chain(targets.values());
        let mut conflicts = Vec::new();
        for id in touched.flatten().collect::<BTreeSet<&String>>() {
            let (promised, goes) = (before.get(id).unwrap_or(&nobody), after.get(id).unwrap_or(&nobody));
            let known = self.proposal.tickets.get(id);
            let asked = fleet.ticket(id).and_then(|ticket| digest_of_ticket(ticket).ok());
            // What came into a route only since is told with the route.
            let found = if known.is_some() && asked.as_ref() != known {
                "what it asks for is something else since".to_owned()
            } else if promised.is_empty() || promised == goes {
                continue;
            } else {
                let names: Vec<String> = promised.iter().map(|name| quoted(name)).collect();
                format!("it is promised to {}, which the plan does not keep", names.join(" and "))
            };
            conflicts.push(PlanConflictDoc { of: ConflictKindDoc::Ticket, id: id.clone(), found });
        }
        conflicts
    }

    /// Holds those who would be promised against what visits have taught since: a repeat that nobody else may serve goes
    /// to nobody else.
    fn check_bindings(&self, after: &Fleet, targets: &Routes) -> Result<(), Vec<PlanConflictDoc>> {
        let (desk, problem) = (after.desk(), after.desk().problem());
        let mut conflicts = Vec::new();
        for ((engineer, _), stops) in targets {
            let goes = problem.register().engineers.get(engineer);
            for id in stops.iter().filter(|id| self.fleet.holders(id).is_empty()) {
                let Some(ticket) = problem.register().tickets.get(id) else { continue };
                let binding = desk.standing(problem.ticket(ticket)).binding;
                let is_for_others = |binding: &Binding| {
                    binding.strict && goes.is_none_or(|goes| !binding.ladder.contains(&goes))
                };
                if binding.as_ref().is_some_and(is_for_others) {
                    let found = format!("it is a repeat that {} may not serve", quoted(engineer));
                    conflicts.push(PlanConflictDoc {
                        of: ConflictKindDoc::Ticket,
                        id: id.clone(),
                        found,
                    });
                }
            }
        }
        if conflicts.is_empty() { Ok(()) } else { Err(conflicts) }
    }
}

/// Who goes for each ticket of some routes.
fn engineers<'r>(
    routes: impl Iterator<Item = (&'r (String, u32), &'r Vec<String>)>,
) -> BTreeMap<&'r String, BTreeSet<&'r String>> {
    let mut goes: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for ((engineer, _), stops) in routes {
        for id in stops {
            goes.entry(id).or_default().insert(engineer);
        }
    }
    goes
}

/// The stops of a route with those first that somebody is on the way to or at, in the order in which they are promised.
fn begun_first(now: &[String], wanted: &[String], begun: &BTreeSet<&str>) -> Vec<String> {
    let has_begun = |id: &&String| begun.contains(id.as_str());
    let first = now.iter().filter(has_begun);
    first.chain(wanted.iter().filter(|id| !has_begun(id))).cloned().collect()
}

/// What is different in a promised route.
fn route_change(before: &[String], now: &[String]) -> String {
    let new: Vec<String> = now.iter().filter(|id| !before.contains(id)).map(|id| quoted(id)).collect();
    let gone: Vec<String> = before.iter().filter(|id| !now.contains(id)).map(|id| quoted(id)).collect();
    match (new.is_empty(), gone.is_empty()) {
        (true, true) => "its stops are in another order since".to_owned(),
        (false, true) => format!("{} is promised in it since", new.join(", ")),
        (true, false) => format!("{} was taken back since", gone.join(", ")),
        (false, false) => {
            format!("{} is promised in it since, {} was taken back", new.join(", "), gone.join(", "))
        }
    }
}

fn drafts(routes: Routes) -> Vec<RouteDraft> {
    let routes = routes.into_iter();
    routes.map(|((engineer, shift), tickets)| RouteDraft { engineer, shift, tickets }).collect()
}

/// These routes, and those that crews tie to them.
fn with_crews(draft: &Draft, routes: &Routes) -> BTreeSet<(String, u32)> {
    let mut touched: BTreeSet<(String, u32)> = routes.keys().cloned().collect();
    let crews = draft.tickets.iter().filter(|ticket| ticket.crew > 1).map(|ticket| &ticket.id);
    let crews: BTreeSet<&String> = crews.collect();
    loop {
        let is_touched = |route: &RouteDraft| touched.contains(&(route.engineer.clone(), route.shift));
        let tied =
            draft.routes.iter().filter(|route| is_touched(route)).flat_map(|route| &route.tickets);
        let tied: BTreeSet<&String> = tied.filter(|id| crews.contains(id)).collect();
        let more: Vec<(String, u32)> = draft
            .routes
            .iter()
            .filter(|route| !is_touched(route) && route.tickets.iter().any(|id| tied.contains(id)))
            .map(|route| (route.engineer.clone(), route.shift))
            .collect();
        if more.is_empty() {
            return touched;
        }
        touched.extend(more);
    }
}

/// Has the independent checker read these routes.
fn judge(draft: &mut Draft, touched: &BTreeSet<(String, u32)>) -> Result<(), Vec<PlanConflictDoc>> {
    // Who may serve a repeat is asked apart: what is promised stays so, whatever visits teach.
    let (tickets, visits) = (std::mem::take(&mut draft.tickets), std::mem::take(&mut draft.visits));
    let mut alone = draft.clone();
    (draft.tickets, draft.visits) = (tickets, visits);
    alone.policy.binding.otherwise = Otherwise::Relax;
    alone.routes.retain(|route| touched.contains(&(route.engineer.clone(), route.shift)));
    let served: BTreeSet<&String> = alone.routes.iter().flat_map(|route| &route.tickets).collect();
    let tickets = draft.tickets.iter().filter(|ticket| served.contains(&ticket.id));
    alone.tickets = tickets.cloned().collect();
    untie(&mut alone);
    let problem = Problem::new(alone).map_err(broken)?;
    let desk = Desk::new(problem.clone()).map_err(broken)?;
    let breaches = check(&problem, problem.visits(), &desk.plan());
    if breaches.is_empty() {
        return Ok(());
    }
    let conflict = |breach: &Breach| {
        tracing::error!(%breach, "the checker disagrees with the desk about the routes of a plan");
        PlanConflictDoc { of: ConflictKindDoc::Route, id: String::new(), found: breach.to_string() }
    };
    Err(breaches.iter().map(conflict).collect())
}

/// Why the desk does not promise these routes.
fn broken(flaws: Vec<Flaw>) -> Vec<PlanConflictDoc> {
    let conflict = |flaw: Flaw| {
        let id = flaw.id.unwrap_or_default();
        PlanConflictDoc { of: ConflictKindDoc::Route, id, found: flaw.found }
    };
    flaws.into_iter().map(conflict).collect()
}

/// The promised tickets of these shifts.
fn starts(fleet: &Fleet, shifts: &BTreeSet<(String, u32)>) -> BTreeMap<String, Timed> {
    let (desk, problem) = (fleet.desk(), fleet.desk().problem());
    let mut starts = BTreeMap::new();
    for (engineer, number) in shifts {
        let Some(engineer) = problem.register().engineers.get(engineer) else { continue };
        let mut own = problem.engineer(engineer).shifts.clone().map(ShiftIx);
        let Some(shift) = own.find(|&shift| problem.shift(shift).number == *number) else { continue };
        let route = desk.route(shift);
        let schedule = route.schedule(problem);
        let moments = schedule.iter().flat_map(|schedule| &schedule.stops);
        for (stop, moments) in route.stops().iter().zip(moments) {
            let ticket = problem.ticket(stop.ticket).id.to_string();
            let holders = desk.holders(stop.ticket);
            let engineers = holders.iter().map(|&shift| problem.engineer_id(shift).to_owned()).collect();
            starts.insert(ticket.clone(), Timed { ticket, engineers, start: moments.start });
        }
    }
    starts
}
