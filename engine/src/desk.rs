//! The desk: roster, promised routes and history, kept ready to answer.

mod crews;
mod late;
mod promise;
mod wave;

pub use late::Late;
pub use wave::{Displaced, GaveWay, Given, Held, HeldBy, Turn, Wanted, Wave};

use std::collections::BTreeSet;

use crate::dispatch::{self, Ask, Board, Decision, RouteIndex};
use crate::engineer::Shift;
use crate::fit::{History, Standing};
use crate::flaw::{Code, Flaw};
use crate::geo::Place;
use crate::ids::{AssetIx, CustomerIx, EngineerIx, Index, ShiftIx, TicketIx};
use crate::plan::{Ended, Plan, Run};
use crate::planner::{self, Reasons};
use crate::price::rules::Tariff;
use crate::price::{AbleShifts, Candidate, EmptyDays, Scorer};
use crate::problem::Problem;
use crate::route::{Route, Visitor};
use crate::rule::Barrier;
use crate::ticket::{Ticket, TicketDraft};
use crate::travel::Roads;
use crate::units::Seconds;
use crate::visit::{Visit, VisitDraft};
use crews::Crews;

/// Most tickets of which everybody is asked why they are open; for more, who is able is listed first.
const FEW: usize = 100;

/// Why the desk does not do what it was asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The input is flawed.
    Flawed(Vec<Flaw>),
    /// The ticket is promised to this shift already.
    AlreadyCommitted(ShiftIx),
    /// Nobody, or not the engineer who was asked for, can take it; the decision says why.
    NoOffer(Box<Decision>),
}

/// The live state that tickets are dispatched against.
#[derive(Clone, Debug)]
pub struct Desk {
    problem: Problem,
    roads: Roads,
    history: History,
    standings: Vec<Standing>,
    tariff: Tariff,
    routes: Vec<Route>,
    /// By ticket, the shift that it is promised to; of a crew the first one.
    serves: Vec<Option<ShiftIx>>,
    crews: Crews,
    /// Tickets that are done or not wanted any more.
    withdrawn: BTreeSet<TicketIx>,
    /// Promised tickets that somebody is on the way to, or at.
    begun: BTreeSet<TicketIx>,
    late: Late,
    index: RouteIndex,
}

impl Desk {
    /// Sets the desk up from a problem and its promised routes. `O(n log n)` in route legs.
    ///
    /// # Errors
    /// A flaw for every promised route that breaks a hard rule.
    pub fn new(problem: Problem) -> Result<Desk, Vec<Flaw>> {
        Desk::set_up(problem, false)
    }

    /// The same in the middle of a day, when promises may be late: what cannot start in its window any more starts as soon
    /// as it can, and a route that cannot be driven inside of its shift any more is driven to its end, but takes nothing
    /// new. What was put off is [told](Desk::late).
    ///
    /// # Errors
    /// A flaw for every promised route that could not be driven at any time.
    pub fn resume(problem: Problem) -> Result<Desk, Vec<Flaw>> {
        Desk::set_up(problem, true)
    }

    fn set_up(mut problem: Problem, resumes: bool) -> Result<Desk, Vec<Flaw>> {
        let roads = Roads::new(&problem);
        let history = History::new(&problem);
        let standings: Vec<Standing> =
            problem.tickets().iter().map(|ticket| Standing::of(&problem, &history, ticket)).collect();
        let tariff = Tariff::new(problem.policy());
        let mut routes: Vec<Route> =
            problem.shift_indices().map(|shift| Route::empty(&problem, &roads, shift)).collect();
        let mut serves = vec![None; problem.tickets().len()];
        let mut broken: Vec<Broken> = Vec::new();
        let scorer = Scorer::new(&problem, &roads, &history, &standings, &tariff);
        for (n, (shift, tickets)) in problem.committed().iter().enumerate() {
            match promised(&scorer, *shift, tickets, &mut routes[shift.at()]) {
                Ok(()) => {}
                Err(what) => broken.push(Broken { n, shift: *shift, what }),
            }
            for ticket in tickets {
                serves[ticket.at()].get_or_insert(*shift);
            }
        }
        let mut late = Late::default();
        if resumes && !broken.is_empty() {
            let stops: Vec<(Broken, Vec<Visitor>)> =
                broken.into_iter().map(|one| late.visitors(&scorer, one)).collect();
            broken = late.put_off(&mut problem, &roads, &mut routes, stops);
        }
        let mut crews = crews::agree(&problem, &mut routes);
        if let (Err(apart), true) = (&crews, resumes && broken.is_empty()) {
            let shifts: Vec<ShiftIx> = apart.iter().map(|(shift, _)| *shift).collect();
            late.put_off_crews(&mut problem, &roads, &mut routes, &shifts);
            crews = crews::agree(&problem, &mut routes);
        }
        for (shift, what) in crews.as_ref().err().filter(|_| broken.is_empty()).into_iter().flatten() {
            let n = problem.committed().iter().position(|(own, _)| own == shift).unwrap_or_default();
            broken.push(Broken { n, shift: *shift, what: what.clone() });
        }
        let (Ok(crews), true) = (crews, broken.is_empty()) else {
            return Err(broken.into_iter().map(|one| one.flaw(&problem)).collect());
        };
        for (ticket, shifts) in &crews {
            serves[ticket.at()] = shifts.first().copied();
        }
        let index = RouteIndex::new(&problem, &history, &tariff, &routes);
        let begun = (problem.ticket_indices())
            .filter(|&ticket| problem.ticket(ticket).begun.is_some() && serves[ticket.at()].is_some());
        let (withdrawn, begun) = (BTreeSet::new(), begun.collect());
        Ok(Desk {
            problem,
            roads,
            history,
            standings,
            tariff,
            routes,
            serves,
            crews,
            withdrawn,
            begun,
            late,
            index,
        })
    }

    /// What was put off when the desk was [resumed](Desk::resume).
    pub fn late(&self) -> &Late {
        &self.late
    }

    /// The problem that the desk knows.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The promised route of a shift.
    pub fn route(&self, shift: ShiftIx) -> &Route {
        &self.routes[shift.at()]
    }

    /// The shift that a ticket is promised to; of a crew's the first one.
    pub fn serving(&self, ticket: TicketIx) -> Option<ShiftIx> {
        self.serves[ticket.at()]
    }

    /// The tickets that wait to be promised to somebody.
    pub fn open(&self) -> impl Iterator<Item = TicketIx> {
        let is_open = |ticket: &TicketIx| self.serving(*ticket).is_none() && !self.is_withdrawn(*ticket);
        self.problem.ticket_indices().filter(is_open)
    }

    /// How many tickets are done or not wanted any more.
    pub fn withdrawn(&self) -> usize {
        self.withdrawn.len()
    }

    /// The promised tickets that somebody is on the way to, or at.
    pub fn begun(&self) -> impl Iterator<Item = TicketIx> {
        self.begun.iter().copied()
    }

    /// Whether a ticket is done or not wanted any more.
    pub fn is_withdrawn(&self, ticket: TicketIx) -> bool {
        self.withdrawn.contains(&ticket)
    }

    /// How long an engineer drives to a ticket from a place, or from where their shift goes on.
    pub fn drive(&self, shift: ShiftIx, from: Option<&Place>, ticket: TicketIx) -> Seconds {
        let shift = self.problem.shift(shift);
        from.or(shift.from.as_ref()).map_or(Seconds::ZERO, |from| {
            self.roads.drive(&shift.car, from, &self.problem.ticket(ticket).place).time
        })
    }

    /// All promises as a plan of no rounds, the tickets that are not promised with the reason. `O(stops)`, and
    /// `O(engineers)` for each open ticket while they are few; else as [`AbleShifts::new`], and `O(able shifts)` for each.
    pub fn plan(&self) -> Plan {
        let open: Vec<TicketIx> = self.open().collect();
        let run = Run { seed: 0, rounds: 0, ended: Ended::Rounds };
        self.with_reasons(open.len(), |scorer, reasons| {
            planner::tell(scorer, reasons, &self.routes, &open, run)
        })
    }

    /// Asks why so many tickets are open.
    fn with_reasons<T>(&self, tickets: usize, ask: impl FnOnce(&Scorer<'_>, &Reasons<'_>) -> T) -> T {
        let scorer = self.scorer();
        if tickets <= FEW {
            return ask(&scorer, &Reasons::of_few(&scorer));
        }
        let (able, empty) = (AbleShifts::new(&scorer), EmptyDays::new(&scorer));
        ask(&scorer, &Reasons::new(&scorer, &able, &empty))
    }

    /// The standing of a ticket that need not be the desk's own.
    pub fn standing(&self, ticket: &Ticket) -> Standing {
        Standing::of(&self.problem, &self.history, ticket)
    }

    /// The scorer over the desk's state.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(&self.problem, &self.roads, &self.history, &self.standings, &self.tariff)
    }

    /// Runs `ask` on the board as it is.
    pub fn with_board<T>(&self, ask: impl FnOnce(Board<'_>) -> T) -> T {
        let scorer = self.scorer();
        let bounds = self.index.bounds(&self.history, &self.tariff);
        ask(Board { scorer: &scorer, routes: &self.routes, bounds })
    }

    /// Who should take a ticket? Changes nothing.
    ///
    /// # Errors
    /// The ticket's flaws; a ticket promised already.
    pub fn dispatch(&self, draft: &TicketDraft, ask: Ask) -> Result<Decision, Refusal> {
        if let Some(known) = self.problem.register().tickets.get(&draft.id)
            && let Some(shift) = self.serves[known.at()]
        {
            return Err(Refusal::AlreadyCommitted(shift));
        }
        let ticket = self.problem.admit(draft).map_err(Refusal::Flawed)?;
        Ok(self.decide(&ticket, ask))
    }

    /// Who should take one of the problem's own tickets? Changes nothing.
    ///
    /// # Errors
    /// A ticket promised already.
    pub fn dispatch_known(&self, ticket: TicketIx, ask: Ask) -> Result<Decision, Refusal> {
        match self.serves[ticket.at()] {
            Some(shift) => Err(Refusal::AlreadyCommitted(shift)),
            None => Ok(self.decide(self.problem.ticket(ticket), ask)),
        }
    }

    fn decide(&self, ticket: &Ticket, ask: Ask) -> Decision {
        let standing = self.standing(ticket);
        self.with_board(|board| {
            dispatch::dispatch(board, Candidate { ticket, standing: &standing }, ask)
        })
    }

    /// Whether a ticket's customer or asset had a visit for the same issue inside the policy's window. `O(earlier visits)`.
    pub fn is_repeat(&self, ticket: &Ticket) -> bool {
        self.history.is_repeat(&self.problem, ticket)
    }

    /// What history says of every visit.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Learns a visit: it changes the next decision. What is promised stays promised at the price at
    /// which it was.
    ///
    /// # Errors
    /// The visit's flaws; nothing is learnt then.
    pub fn record_visit(&mut self, draft: &VisitDraft) -> Result<(), Vec<Flaw>> {
        let visit = self.problem.learn_visit(draft)?;
        self.history.record(visit);
        self.reconsider(&visit);
        if visit.engineer != EngineerIx::UNKNOWN {
            let told = (&self.problem, &self.history, &self.tariff);
            self.index.note_visit(told, visit.engineer, &self.routes);
        }
        Ok(())
    }

    /// Has open tickets stand as history says by now, of those whom a visit tells something. `O(tickets)`.
    fn reconsider(&mut self, visit: &Visit) {
        let is_about = |ticket: &Ticket| {
            let same_customer =
                ticket.customer == visit.customer && visit.customer != CustomerIx::UNKNOWN;
            let same_asset = ticket.asset == visit.asset && visit.asset != AssetIx::UNKNOWN;
            ticket.issue == visit.issue && (same_customer || same_asset)
        };
        let tickets = self.problem.ticket_indices();
        let told: Vec<TicketIx> = tickets
            .filter(|&ticket| self.serving(ticket).is_none() && is_about(self.problem.ticket(ticket)))
            .collect();
        for ticket in told {
            self.standings[ticket.at()] = self.standing(self.problem.ticket(ticket));
        }
    }

    /// Learns how a visit was rated that it has learnt before. Returns whether it has.
    ///
    /// # Errors
    /// The visit's flaws; nothing is learnt then.
    pub fn rate_visit(&mut self, draft: &VisitDraft) -> Result<bool, Vec<Flaw>> {
        let visit = self.problem.admit_visit(draft)?;
        let is_known = self.history.rate(visit);
        self.reconsider(&visit);
        if is_known && visit.engineer != EngineerIx::UNKNOWN {
            let told = (&self.problem, &self.history, &self.tariff);
            self.index.note_visit(told, visit.engineer, &self.routes);
        }
        Ok(is_known)
    }
}

/// A promised route that cannot be kept.
#[derive(Debug)]
struct Broken {
    /// Its number among the problem's promised routes.
    n: usize,
    shift: ShiftIx,
    what: String,
}

impl Broken {
    fn flaw(self, problem: &Problem) -> Flaw {
        let path = format!("routes[{}]", self.n);
        let flaw = Flaw::new(Code::BrokenRoute, path, self.what, "mend or leave out the route");
        flaw.of(problem.engineer_id(self.shift))
    }
}

/// Fills a promised route, or says which hard rule it breaks.
fn promised(
    scorer: &Scorer<'_>,
    index: ShiftIx,
    tickets: &[TicketIx],
    route: &mut Route,
) -> Result<(), String> {
    let problem = scorer.problem();
    let shift = problem.shift(index);
    let mut stops = Vec::with_capacity(tickets.len());
    for (&ticket, partner) in tickets.iter().zip(problem.partners(tickets)) {
        let candidate = scorer.candidate(ticket);
        if let Err(other) = partner {
            return Err(format!(
                "ticket {:?} makes a pair with {:?}, which does not stand on its side of it",
                candidate.ticket.id,
                problem.ticket(other).id
            ));
        }
        // Routes are promised one by one, and but for crews nothing here ties them together.
        if candidate.ticket.tandem.is_some() || !candidate.ticket.after.is_empty() {
            return Err(format!(
                "ticket {:?} is in a tandem or waits for others, which is planned but not promised",
                candidate.ticket.id
            ));
        }
        if let Some(barrier) = barrier(scorer, candidate, shift) {
            return Err(format!(
                "ticket {:?} breaks the rule {:?}",
                candidate.ticket.id,
                barrier.as_str()
            ));
        }
        let fit = scorer.fit(candidate, shift);
        stops.push(Visitor::new(ticket, fit.work, fit.price));
    }
    let in_time = route.set(problem, scorer.roads(), &stops);
    let within_limits = route.holds_limits(problem);
    if route.fetches().is_some() && scorer.fetch_best(route).is_some() {
        return Ok(());
    }
    if !in_time {
        return Err("the stops cannot all be reached in their windows and inside the shift".to_owned());
    }
    if !within_limits {
        return Err(
            "the stops take more parts, room, work, driving or tickets than the shift has".to_owned()
        );
    }
    Ok(())
}

/// The rule that keeps a shift from a ticket that is promised. To whom a repeat is bound may have become known since.
fn barrier(scorer: &Scorer<'_>, candidate: Candidate<'_>, shift: &Shift) -> Option<Barrier> {
    let standing = Standing { binding: None, ..candidate.standing.clone() };
    scorer.barrier(Candidate { standing: &standing, ..candidate }, shift)
}
