//! A problem: checked once, immutable, trusted from then on.
//!
//! [`Problem::new`] turns a [`Draft`] into a `Problem` or into the list of all its flaws. Everything
//! above this floor works with dense indices and whole seconds and never checks an input again.

mod amounts;
mod begun;
mod breaks;
mod cars;
mod checks;
mod depots;
mod draft;
mod graph;
mod late;
pub mod limits;
mod names;
mod pairs;
mod places;
mod roster;
mod tandems;
mod work;
mod worst;

pub use draft::{Draft, Profile, RouteDraft, Table, TerritoryDraft, TravelSpec};

use crate::depot::Depot;
use crate::engineer::{Engineer, PlaceDraft, Shift};
use crate::flaw::{Code, Flaw};
use crate::geo::{Area, Place};
use crate::ids::{
    AssetIx, ClassIx, CustomerIx, DepotIx, EngineerIx, GoodIx, Index, IssueIx, Names, RoomIx, ShiftIx,
    SkillIx, TerritoryIx, TicketIx,
};
use crate::policy::Policy;
use crate::ticket::{Ticket, TicketDraft};
use crate::units::Moment;
use crate::visit::{Visit, VisitDraft};

/// Every name in a problem.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// Depots.
    pub depots: Names<DepotIx>,
    /// Engineers.
    pub engineers: Names<EngineerIx>,
    /// Tickets.
    pub tickets: Names<TicketIx>,
    /// Skills.
    pub skills: Names<SkillIx>,
    /// Customers.
    pub customers: Names<CustomerIx>,
    /// Assets.
    pub assets: Names<AssetIx>,
    /// Issue kinds.
    pub issues: Names<IssueIx>,
    /// Parts.
    pub goods: Names<GoodIx>,
    /// Dimensions of capacity.
    pub rooms: Names<RoomIx>,
    /// Classes of engineers.
    pub classes: Names<ClassIx>,
    /// Territories.
    pub territories: Names<TerritoryIx>,
}

/// A sound problem.
#[derive(Clone, Debug)]
pub struct Problem {
    now: Moment,
    offset_s: i32,
    travel: TravelSpec,
    policy: Policy,
    register: Register,
    areas: Vec<Area>,
    depots: Vec<Depot>,
    engineers: Vec<Engineer>,
    shifts: Vec<Shift>,
    tickets: Vec<Ticket>,
    visits: Vec<Visit>,
    /// Those, and what was learned since.
    visits_heard: usize,
    committed: Vec<(ShiftIx, Vec<TicketIx>)>,
    places: Vec<Place>,
}

impl Problem {
    /// Checks a draft and compiles it.
    ///
    /// # Errors
    /// All flaws of the draft together, in document order, at most [`limits::FLAWS`] of them.
    ///
    /// `O(n log n)` in engineers, tickets and visits, times territories for tickets.
    pub fn new(draft: Draft) -> Result<Problem, Vec<Flaw>> {
        let mut flaws = Vec::new();
        checks::policy(&draft.policy, &mut flaws);
        let before = flaws.len();
        checks::travel(&draft.travel, &mut flaws);
        let travel_is_sound = flaws.len() == before;
        checks::sizes(&draft, &mut flaws);
        if is_too_large(&flaws) {
            return Err(flaws);
        }
        let dearest_drive = if travel_is_sound { cars::fares(&draft, &mut flaws) } else { 0 };

        let mut problem = Problem {
            now: draft.now,
            offset_s: draft.offset_s,
            travel: draft.travel.clone(),
            policy: draft.policy.clone(),
            register: Register::default(),
            areas: Vec::new(),
            depots: Vec::new(),
            engineers: Vec::new(),
            shifts: Vec::new(),
            tickets: Vec::new(),
            visits: Vec::new(),
            visits_heard: draft.visits.len(),
            committed: Vec::new(),
            places: Vec::new(),
        };
        checks::moment(&"now", "", problem.now, &mut flaws);
        problem.name_all(&draft, &mut flaws);
        problem.areas = draft.territories.into_iter().map(|territory| territory.area).collect();
        checks::rooms(problem.register.rooms.len(), &mut flaws);
        // Every shift and every break has a place for each dimension.
        if is_too_large(&flaws) {
            flaws.truncate(limits::FLAWS);
            return Err(flaws);
        }
        depots::compile(&mut problem, &draft.depots, &mut flaws);
        let at_work = begun::at_work(&draft.tickets, &draft.routes, &mut flaws);
        roster::compile(&mut problem, &draft.engineers, &at_work, &mut flaws);
        work::compile(&mut problem, &draft.tickets, &mut flaws);
        pairs::compile(&mut problem, &draft.tickets, &mut flaws);
        tandems::compile(&mut problem, &draft.tickets, &mut flaws);
        for (n, visit) in draft.visits.iter().enumerate() {
            let visit = work::visit(&problem, visit, &format_args!("visits[{n}]"), &mut flaws);
            problem.visits.push(visit);
        }
        graph::routes(&mut problem, &draft.routes, &mut flaws);
        graph::cycles(&problem, &mut flaws);
        if flaws.is_empty() {
            worst::price(&problem, dearest_drive as f64, &mut flaws);
        }
        if flaws.is_empty() {
            problem.number_places();
            Ok(problem)
        } else {
            flaws.truncate(limits::FLAWS);
            Err(flaws)
        }
    }

    /// Checks one more ticket against this problem without adding it: for a ticket that a caller asks
    /// about. Names the problem never heard mean what they must: an unknown skill is one that nobody
    /// has, an unknown customer one without history.
    ///
    /// # Errors
    /// All flaws of the ticket together.
    pub fn admit(&self, ticket: &TicketDraft) -> Result<Ticket, Vec<Flaw>> {
        let mut flaws = Vec::new();
        checks::id(&"ticket.id", &ticket.id, &ticket.id, &mut flaws);
        let known = self.register.tickets.get(&ticket.id).and_then(|known| self.tickets.get(known.at()));
        if ticket.follows.is_some() || known.is_some_and(|known| known.half.is_some()) {
            flaws.push(
                Flaw::new(
                    Code::Contradiction,
                    "ticket.follows",
                    "a pair of tickets cannot be asked about one by one",
                    "plan it with the problem that holds both",
                )
                .of(&ticket.id),
            );
        }
        if ticket.begun.is_some() {
            flaws.push(
                Flaw::new(
                    Code::Contradiction,
                    "ticket.begun",
                    "work under way cannot be asked about",
                    "tell it with the problem in which it was promised, or by the ticket's state",
                )
                .of(&ticket.id),
            );
        }
        if ticket.tandem.is_some() || known.is_some_and(|known| known.tandem.is_some()) {
            flaws.push(
                Flaw::new(
                    Code::Contradiction,
                    "ticket.tandem",
                    "the tickets of a tandem cannot be asked about one by one",
                    "plan it with the problem that holds both",
                )
                .of(&ticket.id),
            );
        }
        let ticket = work::ticket(self, ticket, &"ticket", &mut flaws);
        if flaws.is_empty() { Ok(ticket) } else { Err(flaws) }
    }

    /// Checks one more visit against this problem and learns its names, without adding it to
    /// [`Problem::visits`], which keeps what the document said.
    ///
    /// # Errors
    /// All flaws of the visit together.
    pub fn learn_visit(&mut self, visit: &VisitDraft) -> Result<Visit, Vec<Flaw>> {
        let mut flaws = self.admit_visit(visit).err().unwrap_or_default();
        checks::size("visit", ("visits", self.visits_heard + 1), limits::VISITS, &mut flaws);
        if !flaws.is_empty() {
            return Err(flaws);
        }
        self.register.hear_visit(visit);
        self.visits_heard += 1;
        self.admit_visit(visit)
    }

    /// Checks a visit against this problem without learning anything: names it never heard are of nobody and nothing.
    ///
    /// # Errors
    /// All flaws of the visit together.
    pub fn admit_visit(&self, visit: &VisitDraft) -> Result<Visit, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let visit = work::visit(self, visit, &"visit", &mut flaws);
        if flaws.is_empty() { Ok(visit) } else { Err(flaws) }
    }

    /// Adds a ticket for good, as [`Problem::admit`] would check it, and returns its index. An open
    /// ticket of the same id keeps its index and takes the new facts.
    ///
    /// # Errors
    /// All flaws of the ticket together; the problem is then as before.
    pub fn add_ticket(&mut self, draft: &TicketDraft) -> Result<TicketIx, Vec<Flaw>> {
        self.admit(draft)?;
        let mut flaws = Vec::new();
        graph::new_orders(self, draft, &mut flaws);
        amounts::new_rooms(&self.register, draft, &mut flaws);
        if self.register.tickets.get(&draft.id).is_none() {
            checks::size("ticket", ("tickets", self.tickets.len() + 1), limits::TICKETS, &mut flaws);
        }
        if !flaws.is_empty() {
            return Err(flaws);
        }
        self.register.hear_ticket(draft);
        let index = self.register.tickets.intern(&draft.id);
        let ticket = self.admit(draft)?;
        if index.at() < self.tickets.len() {
            self.tickets[index.at()] = ticket;
        } else {
            self.tickets.push(ticket);
        }
        Ok(index)
    }

    /// The time of the question.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Seconds east of UTC in which `now` was written.
    pub fn offset_s(&self) -> i32 {
        self.offset_s
    }

    /// How travel times come about.
    pub fn travel(&self) -> &TravelSpec {
        &self.travel
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Every name.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The areas of the territories, by [`TerritoryIx`].
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// Where parts can be fetched on the way, by [`DepotIx`].
    pub fn depots(&self) -> &[Depot] {
        &self.depots
    }

    /// The roster, by [`EngineerIx`].
    pub fn engineers(&self) -> &[Engineer] {
        &self.engineers
    }

    /// Every shift, by [`ShiftIx`]; an engineer's shifts are neighbours.
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// Every ticket, by [`TicketIx`].
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// Every visit that the document told, in its order.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// Routes already promised, at most one for each shift, in the document's order.
    pub fn committed(&self) -> &[(ShiftIx, Vec<TicketIx>)] {
        &self.committed
    }

    /// A place as this problem's travel knows it; `None` if it does not.
    pub fn locate(&self, draft: &PlaceDraft) -> Option<Place> {
        let mut flaws = Vec::new();
        let place = places::place(self, draft, &"place", "", &mut flaws);
        flaws.is_empty().then_some(place)
    }

    /// Every different place, by its row, with crow-fly travel; with a table the rows are the table's
    /// and this is empty.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// One depot.
    pub fn depot(&self, index: DepotIx) -> &Depot {
        &self.depots[index.at()]
    }

    /// One engineer.
    pub fn engineer(&self, index: EngineerIx) -> &Engineer {
        &self.engineers[index.at()]
    }

    /// One shift.
    pub fn shift(&self, index: ShiftIx) -> &Shift {
        &self.shifts[index.at()]
    }

    /// One ticket.
    pub fn ticket(&self, index: TicketIx) -> &Ticket {
        &self.tickets[index.at()]
    }

    /// All ticket indices, in order.
    pub fn ticket_indices(&self) -> impl DoubleEndedIterator<Item = TicketIx> + use<> {
        (0..self.tickets.len()).map(TicketIx::nth)
    }

    /// All shift indices, in order.
    pub fn shift_indices(&self) -> impl DoubleEndedIterator<Item = ShiftIx> + use<> {
        (0..self.shifts.len()).map(ShiftIx::nth)
    }

    /// The id of a shift's engineer.
    pub fn engineer_id(&self, shift: ShiftIx) -> &str {
        &self.engineer(self.shift(shift).engineer).id
    }
}

fn is_too_large(flaws: &[Flaw]) -> bool {
    flaws.iter().any(|flaw| flaw.code == Code::TooLarge)
}
