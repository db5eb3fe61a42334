//! The fleet: a desk that answers, and the document behind it as it stands by now.

mod day;
mod under_way;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use paidan_engine::desk::{self, Desk};
use paidan_engine::dispatch::Decision;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::ids::{Index, ShiftIx, TicketIx};
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::ticket::{PinDraft, TicketDraft};
use paidan_engine::units::Moment;
use paidan_engine::visit::VisitDraft;

use super::clock::Clock;
use super::watch::Watch;
use crate::routes::fleet::FleetDoc;
use crate::text::now_us;
pub(super) use day::shift_start;
use day::{Drawn, date};
pub use under_way::UnderWay;
use under_way::laid;

/// The live state that tickets are dispatched against. A copy is in the same state until it is changed.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// As the day was when it was drawn up.
    desk: Desk,
    clock: Clock,
    /// What the clock has shown last.
    now: Moment,
    /// Tickets under way.
    under_way: BTreeMap<String, UnderWay>,
    /// What is to be told as time goes by.
    watch: Watch,
    /// How the desk was drawn up.
    drawn: Drawn,
    /// The document with every ticket and visit since; its tickets stand in the problem's order, those that were withdrawn
    /// as well. What a plan of the whole fleet is made from.
    draft: Draft,
    /// The number of the fact that set its policy.
    policy_version: u64,
    /// Another one after every change.
    stamp: Stamp,
}

/// A state of a fleet; equal to no other.
#[derive(Clone, Debug, Default)]
pub struct Stamp(Arc<()>);

impl PartialEq for Stamp {
    fn eq(&self, other: &Stamp) -> bool {
        // Whoever holds a stamp keeps its place in memory, so no other one is there.
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Fleet {
    /// Sets a fleet up.
    ///
    /// # Errors
    /// The draft's flaws, and those of its promised routes.
    pub fn new(draft: Draft) -> Result<Fleet, Vec<Flaw>> {
        let begun = Instant::now();
        let desk = Desk::new(Problem::new(draft.clone())?)?;
        Ok(Fleet::of(desk, draft, begun))
    }

    /// Sets a fleet up in the middle of its day, as its clock says by now: what is promised is kept, late where it cannot be
    /// otherwise. `under_way` is what somebody is on the way to, or at.
    ///
    /// # Errors
    /// The draft's flaws, and those of promised routes that cannot be driven at any time.
    pub fn resume(
        mut draft: Draft,
        clock: Clock,
        under_way: BTreeMap<String, UnderWay>,
    ) -> Result<Fleet, Vec<Flaw>> {
        let begun = Instant::now();
        draft.now = clock.at(now_us());
        date(&mut draft);
        let desk = laid(&draft, &under_way)?;
        Ok(Fleet { clock, under_way, ..Fleet::of(desk, draft, begun) })
    }

    fn of(desk: Desk, mut draft: Draft, begun: Instant) -> Fleet {
        date(&mut draft);
        let (now, stamp) = (draft.now, Stamp::default());
        Fleet {
            desk,
            clock: Clock::new(now, 0, 0),
            now,
            under_way: BTreeMap::new(),
            watch: Watch::default(),
            drawn: Drawn::since(begun, stamp.clone()),
            draft,
            policy_version: 0,
            stamp,
        }
    }

    /// The same by another clock.
    pub fn with_clock(self, clock: Clock) -> Fleet {
        Fleet { clock, ..self }
    }

    /// The same with a policy of this version.
    pub fn with_policy_version(self, policy_version: u64) -> Fleet {
        Fleet { policy_version, ..self }
    }

    /// The engineers, in the order of their ids.
    pub fn engineers(&self) -> &[EngineerDraft] {
        &self.draft.engineers
    }

    /// The number of the fact that set its policy.
    pub fn policy_version(&self) -> u64 {
        self.policy_version
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What state it is in.
    pub fn stamp(&self) -> Stamp {
        self.stamp.clone()
    }

    /// Now, by the fleet's clock: when the write under way began.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The same, as people write it.
    pub fn now_text(&self) -> String {
        paidan_engine::wire::rfc3339(self.now, self.offset_s())
    }

    /// What the clock shows while somebody looks, as people write it.
    pub fn clock_text(&self) -> String {
        paidan_engine::wire::rfc3339(self.clock_now(), self.offset_s())
    }

    /// Seconds east of UTC in which moments are written.
    pub fn offset_s(&self) -> i32 {
        self.desk.problem().offset_s()
    }

    /// A ticket that says when it was reported: when it says, else as it was known before, else now.
    pub fn dated(&self, ticket: &TicketDraft, now: Moment) -> TicketDraft {
        let mut ticket = ticket.clone();
        let known = self.ticket(&ticket.id).and_then(|known| known.reported);
        ticket.reported = ticket.reported.or(known).or(Some(now));
        ticket
    }

    /// The document as it stands by now, with tickets that were withdrawn.
    pub(super) fn document(&self) -> &Draft {
        &self.draft
    }

    /// A ticket that is open or promised.
    pub fn ticket(&self, id: &str) -> Option<&TicketDraft> {
        self.draft.tickets.get(self.index(id)?.at())
    }

    pub(super) fn index(&self, id: &str) -> Option<TicketIx> {
        let known = self.desk.problem().register().tickets.get(id);
        known.filter(|&known| !self.desk.is_withdrawn(known))
    }

    /// Promises a ticket, as [`Desk::commit`] does.
    ///
    /// # Errors
    /// As [`Desk::commit`].
    pub fn commit(
        &mut self,
        ticket: &TicketDraft,
        engineer: Option<&str>,
    ) -> Result<Decision, desk::Refusal> {
        let ticket = self.dated(ticket, self.now);
        let decision = self.desk.commit(&ticket, engineer)?;
        self.note(ticket);
        Ok(decision)
    }

    /// Adds an open ticket, or changes the facts of one.
    ///
    /// # Errors
    /// The ticket's flaws.
    pub fn add(&mut self, ticket: &TicketDraft) -> Result<(), Vec<Flaw>> {
        let ticket = self.dated(ticket, self.now);
        self.desk.add(&ticket)?;
        self.note(ticket);
        Ok(())
    }

    /// The shifts in which a ticket is promised; several for a crew.
    pub fn holders(&self, id: &str) -> Vec<ShiftIx> {
        self.index(id).map_or_else(Vec::new, |known| self.desk.holders(known))
    }

    /// Takes a ticket back from whoever it is promised to. `O(stops)`, but as [`Fleet::new`] where its route must be
    /// laid anew with all that depends on it.
    ///
    /// # Errors
    /// What is promised cannot be kept without it, as the other of a pair.
    pub fn release(&mut self, id: &str) -> Result<(), Vec<Flaw>> {
        let problem = self.desk.problem();
        let partner = self.index(id).and_then(|ticket| problem.ticket(ticket).partner());
        if let Some(partner) = partner.filter(|&partner| self.desk.serving(partner).is_some()) {
            let found = format!(
                "it makes a pair with {:?}, which is promised with it",
                problem.ticket(partner).id
            );
            let fix = "cancel it, or replace the fleet without that route";
            return Err(vec![Flaw::new(Code::BrokenRoute, "to", found, fix).of(id)]);
        }
        self.take_back(id)
    }

    fn take_back(&mut self, id: &str) -> Result<(), Vec<Flaw>> {
        let Some(ticket) = self.index(id) else { return Ok(()) };
        if self.under_way.remove(id).is_some() {
            self.has_moved();
        }
        if !self.desk.release(ticket) {
            *self = self.without(&[id.to_owned()])?;
        }
        self.stamp = Stamp::default();
        Ok(())
    }

    /// The same fleet with tickets taken back from whoever they are promised to. As [`Fleet::new`].
    ///
    /// # Errors
    /// What is promised cannot be kept without them.
    pub fn without(&self, tickets: &[String]) -> Result<Fleet, Vec<Flaw>> {
        let mut draft = self.standing();
        draft.routes.iter_mut().for_each(|route| route.tickets.retain(|stop| !tickets.contains(stop)));
        self.anew(draft)
    }

    /// Takes a ticket off the desk, as it is done or not wanted any more. Whoever waits for it waits no longer, and whoever
    /// makes a pair or a tandem with it is alone: then, and once most tickets are withdrawn ones, as [`Fleet::new`].
    ///
    /// # Errors
    /// As [`Fleet::release`].
    pub fn withdraw(&mut self, id: &str) -> Result<(), Vec<Flaw>> {
        self.take_back(id)?;
        let Some(ticket) = self.index(id) else { return Ok(()) };
        self.desk.withdraw(ticket);
        let names_it = |other: &TicketDraft| names(other).any(|name| name == id);
        let (withdrawn, all) = (self.desk.withdrawn(), self.desk.problem().tickets().len());
        if self.draft.tickets.iter().any(names_it) || withdrawn > WITHDRAWN.max(all / 2) {
            *self = self.anew(self.standing())?;
        }
        Ok(())
    }

    /// The same fleet as another document says.
    ///
    /// # Errors
    /// As [`Fleet::new`].
    pub(super) fn anew(&self, draft: Draft) -> Result<Fleet, Vec<Flaw>> {
        let mut draft = draft;
        let begun = Instant::now();
        draft.now = self.now;
        let mut under_way = self.under_way.clone();
        let promised: BTreeSet<&String> = draft.routes.iter().flat_map(|route| &route.tickets).collect();
        under_way.retain(|id, _| promised.contains(id));
        let desk = laid(&draft, &under_way)?;
        Ok(Fleet {
            clock: self.clock,
            under_way,
            watch: self.watch.clone(),
            policy_version: self.policy_version,
            ..Fleet::of(desk, draft, begun)
        })
    }

    /// Has shifts promise just these tickets, as [`Desk::lay`] does.
    pub(super) fn lay(&mut self, routes: &[(ShiftIx, Vec<TicketIx>)]) -> bool {
        self.stamp = Stamp::default();
        self.desk.lay(routes)
    }

    /// Whether a visit is known, however it was rated.
    pub(super) fn knows_visit(&self, visit: &VisitDraft) -> bool {
        self.draft.visits.iter().any(|known| is_same(known, visit))
    }

    /// An engineer's document, by id.
    pub fn engineer(&self, id: &str) -> Option<&EngineerDraft> {
        let place = self.draft.engineers.binary_search_by(|known| known.id.as_str().cmp(id)).ok()?;
        Some(&self.draft.engineers[place])
    }

    /// Takes over a desk that has promised a wave, with the tickets that were new to this one, in its order.
    pub fn take_over(&mut self, desk: Desk, new: impl Iterator<Item = TicketDraft>) {
        self.desk = desk;
        // It was drawn up when the wave was asked about, and somebody may have moved since.
        self.has_moved();
        for ticket in new {
            self.note(self.dated(&ticket, self.now));
        }
    }

    /// Notes the facts of a ticket that the desk knows.
    fn note(&mut self, ticket: TicketDraft) {
        let known = self.desk.problem().register().tickets.get(&ticket.id);
        match known.and_then(|known| self.draft.tickets.get_mut(known.at())) {
            Some(own) => *own = ticket,
            None => self.draft.tickets.push(ticket),
        }
        self.stamp = Stamp::default();
    }

    /// Learns a visit.
    ///
    /// # Errors
    /// The visit's flaws.
    pub fn record_visit(&mut self, visit: VisitDraft) -> Result<(), Vec<Flaw>> {
        self.desk.record_visit(&visit)?;
        self.stamp = Stamp::default();
        self.draft.visits.push(visit);
        Ok(())
    }

    /// Learns how a visit was rated.
    ///
    /// # Errors
    /// The visit's flaws.
    pub fn rate_visit(&mut self, visit: &VisitDraft) -> Result<(), Vec<Flaw>> {
        self.desk.rate_visit(visit)?;
        self.stamp = Stamp::default();
        if let Some(known) = self.draft.visits.iter_mut().find(|known| is_same(known, visit)) {
            known.rating = visit.rating;
        }
        Ok(())
    }

    /// Every visit, and whether it was a first-time fix as far as is known by now, as the score has it.
    pub fn outcomes(&self) -> impl Iterator<Item = (&VisitDraft, bool)> {
        let outcomes = self.desk.history().outcomes();
        debug_assert_eq!(outcomes.len(), self.draft.visits.len(), "the desk knows the same visits");
        self.draft.visits.iter().zip(outcomes.map(|(_, is_fix)| is_fix))
    }

    /// How many visits are known.
    pub fn visits(&self) -> usize {
        self.draft.visits.len()
    }

    /// How many engineers, tickets and visits there are.
    pub fn sizes(&self) -> [usize; 3] {
        let problem = self.desk.problem();
        [problem.engineers().len(), problem.tickets().len(), self.draft.visits.len()]
    }

    /// The fleet as a problem of its own, with its promises and without what was withdrawn; its tickets in the order of
    /// their ids, as they are read from the store, so that a new start changes no plan of it. `O(n log n)`.
    pub fn standing(&self) -> Draft {
        let problem = self.desk.problem();
        let mut draft = self.draft.clone();
        let kept = problem.ticket_indices().map(|ticket| !self.desk.is_withdrawn(ticket));
        let mut kept = kept.collect::<Vec<bool>>().into_iter();
        draft.tickets.retain(|_| kept.next().unwrap_or(true));
        draft.tickets.sort_by(|one, other| one.id.cmp(&other.id));
        untie(&mut draft);
        draft.now = self.now;
        draft.routes = self.routes();
        draft
    }

    /// The promised routes that have stops, in the order of the shifts.
    fn routes(&self) -> Vec<RouteDraft> {
        let shifts = self.desk.problem().shift_indices();
        shifts.map(|shift| self.route(shift)).filter(|route| !route.tickets.is_empty()).collect()
    }

    /// The fleet as a question to a planner: every ticket, those promised pinned to whom they are promised to. A promise
    /// names the engineer, not the hour, so the hours may move.
    pub fn question(&self) -> Draft {
        let problem = self.desk.problem();
        let mut draft = self.kept();
        for ticket in draft.tickets.iter_mut().filter(|ticket| ticket.begun.is_none()) {
            let holders = self.holders(&ticket.id);
            let names = holders.iter().map(|&shift| problem.engineer_id(shift).to_owned());
            if holders.len() > 1 {
                // A crew has no pin, but nobody else may go.
                ticket.required = names.collect();
                ticket.prize = None;
            } else if let Some(engineer) = names.into_iter().next() {
                let start = ticket.pin.as_ref().and_then(|pin| pin.start);
                ticket.pin = Some(PinDraft { engineer, start });
                ticket.required.clear();
                // A promise is kept, whatever its prize.
                ticket.prize = None;
            }
        }
        draft
    }

    /// A shift, as the caller names it. `O(shifts)`.
    pub(super) fn shift(&self, engineer: &str, number: u32) -> Option<ShiftIx> {
        let problem = self.desk.problem();
        problem.shift_indices().find(|&shift| {
            problem.shift(shift).number == number && problem.engineer_id(shift) == engineer
        })
    }

    /// What there is, in numbers.
    pub fn summary(&self) -> FleetDoc {
        let problem = self.desk.problem();
        let promised =
            problem.ticket_indices().filter(|&ticket| self.desk.serving(ticket).is_some()).count();
        FleetDoc {
            now: self.clock_text(),
            engineers: problem.engineers().len(),
            shifts: problem.shifts().len(),
            shifts_on_duty: problem.shifts().iter().filter(|shift| shift.on_duty).count(),
            tickets_promised: promised,
            tickets_open: self.desk.open().count(),
            visits: self.draft.visits.len(),
        }
    }
}

/// Withdrawn tickets that are kept in any case before the fleet is set up anew without them.
const WITHDRAWN: usize = 1000;

/// Whether two are the same visit, however it was rated.
pub fn is_same(one: &VisitDraft, other: &VisitDraft) -> bool {
    (&one.ticket, &one.engineer, one.start, one.end)
        == (&other.ticket, &other.engineer, other.start, other.end)
}

/// The ids of other tickets that a ticket names.
pub(super) fn names(ticket: &TicketDraft) -> impl Iterator<Item = &String> {
    let partners = ticket.follows.iter().chain(ticket.tandem.as_ref().map(|tandem| &tandem.with));
    ticket.after.iter().chain(partners)
}

/// Frees tickets from those that are not there any more, and from the wish or the dislike for engineers who have left.
pub(super) fn untie(draft: &mut Draft) {
    let tickets: BTreeSet<String> = draft.tickets.iter().map(|ticket| ticket.id.clone()).collect();
    let engineers: BTreeSet<&String> = draft.engineers.iter().map(|engineer| &engineer.id).collect();
    for ticket in &mut draft.tickets {
        ticket.after.retain(|before| tickets.contains(before));
        ticket.follows.take_if(|first| !tickets.contains(first));
        ticket.tandem.take_if(|tandem| !tickets.contains(&tandem.with));
        ticket.preferred.retain(|engineer| engineers.contains(engineer));
        ticket.forbidden.retain(|engineer| engineers.contains(engineer));
    }
}
