//! The desk: roster, promised routes and history, kept ready to answer.

use crate::dispatch::{Ask, Board, Decision, Offer, dispatch};
use crate::engineer::Shift;
use crate::fit::{History, Standing};
use crate::flaw::{Code, Flaw};
use crate::geo::Place;
use crate::ids::{Index, ShiftIx, SkillIx, TicketIx};
use crate::near::{Leg, LegIndex};
use crate::price::rules::Tariff;
use crate::price::{Candidate, Scorer};
use crate::problem::{Problem, TravelSpec};
use crate::route::{Route, Visitor};
use crate::ticket::{Ticket, TicketDraft};
use crate::travel::Roads;
use crate::visit::VisitDraft;

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
    serves: Vec<Option<ShiftIx>>,
    legs: Option<LegIndex>,
    late: Vec<ShiftIx>,
    top_speed: u32,
}

impl Desk {
    /// Sets the desk up from a problem and its promised routes. `O(n log n)` in route legs.
    ///
    /// # Errors
    /// A flaw for every promised route that breaks a hard rule.
    pub fn new(problem: Problem) -> Result<Desk, Vec<Flaw>> {
        let roads = Roads::new(&problem);
        let history = History::new(&problem);
        let standings: Vec<Standing> =
            problem.tickets().iter().map(|ticket| Standing::of(&problem, &history, ticket)).collect();
        let tariff = Tariff::new(problem.policy());
        let mut routes: Vec<Route> =
            problem.shift_indices().map(|shift| Route::empty(&problem, &roads, shift)).collect();
        let mut serves = vec![None; problem.tickets().len()];
        let scorer = Scorer::new(&problem, &roads, &history, &standings, &tariff);
        let mut flaws = Vec::new();
        for (n, (shift, tickets)) in problem.committed().iter().enumerate() {
            match promised(&scorer, *shift, tickets, &mut routes[shift.at()]) {
                Ok(()) => tickets.iter().for_each(|ticket| serves[ticket.at()] = Some(*shift)),
                Err(what) => flaws.push(
                    Flaw::new(
                        Code::BrokenRoute,
                        format!("routes[{n}]"),
                        what,
                        "mend or leave out the route",
                    )
                    .of(problem.engineer_id(*shift)),
                ),
            }
        }
        if !flaws.is_empty() {
            return Err(flaws);
        }
        let on_map = matches!(problem.travel(), TravelSpec::Crow { .. });
        let late = late_routes(&problem, &routes, on_map);
        let legs = on_map.then(|| {
            let on_time = routes.iter().filter(|route| route.is_on_time());
            let legs = on_time.flat_map(|route| {
                let skills = skills(problem.shift(route.shift()));
                legs_of(&problem, route).into_iter().map(move |leg| (leg, skills.clone()))
            });
            LegIndex::new(legs, problem.register().skills.len())
        });
        let top_speed = problem.shifts().iter().map(|shift| shift.speed_permille).max().unwrap_or(1000);
        Ok(Desk { problem, roads, history, standings, tariff, routes, serves, legs, late, top_speed })
    }

    /// The problem that the desk knows.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The promised route of a shift.
    pub fn route(&self, shift: ShiftIx) -> &Route {
        &self.routes[shift.at()]
    }

    /// The shift that a ticket is promised to.
    pub fn serving(&self, ticket: TicketIx) -> Option<ShiftIx> {
        self.serves[ticket.at()]
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
        ask(Board {
            scorer: &scorer,
            routes: &self.routes,
            legs: self.legs.as_ref(),
            late: &self.late,
            top_speed: self.top_speed,
        })
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
        self.with_board(|board| dispatch(board, Candidate { ticket, standing: &standing }, ask))
    }

    /// Promises a ticket: to the engineer named, or to the one whom [`Desk::dispatch`] chooses. Returns
    /// the offer that was taken. All or nothing.
    ///
    /// # Errors
    /// Flaws of the ticket; a ticket promised already; nobody able, with the decision that says why.
    pub fn commit(&mut self, draft: &TicketDraft, engineer: Option<&str>) -> Result<Offer, Refusal> {
        let mut wanted = draft.clone();
        if let Some(engineer) = engineer {
            if self.problem.register().engineers.get(engineer).is_none() {
                let flaw = Flaw::new(
                    Code::UnknownReference,
                    "engineer",
                    format!("there is no engineer {engineer:?}"),
                    "name an engineer of the roster",
                );
                return Err(Refusal::Flawed(vec![flaw.of(&draft.id)]));
            }
            wanted.required = vec![engineer.to_owned()];
        }
        let decision = self.dispatch(&wanted, Ask::default())?;
        let chosen = match engineer {
            // The dispatcher has decided; the ladder has only advised.
            Some(_) => (!decision.offers.is_empty()).then_some(0),
            None => decision.chosen,
        };
        let Some(chosen) = chosen else { return Err(Refusal::NoOffer(Box::new(decision))) };
        let offer = decision.offers[chosen].clone();
        self.promise(draft, &offer).map_err(Refusal::Flawed)?;
        Ok(offer)
    }

    fn promise(&mut self, draft: &TicketDraft, offer: &Offer) -> Result<(), Vec<Flaw>> {
        let ticket = self.problem.add_ticket(draft)?;
        let standing = self.standing(self.problem.ticket(ticket));
        if ticket.at() < self.standings.len() {
            self.standings[ticket.at()] = standing;
        } else {
            self.standings.push(standing);
            self.serves.push(None);
        }
        let shift = self.problem.shift(offer.shift);
        let scorer = self.scorer();
        let fit = scorer.fit(scorer.candidate(ticket), shift);
        let list = skills(shift);
        let mut route = self.routes[offer.shift.at()].clone();
        let old = legs_of(&self.problem, &route);
        let was_on_time = route.is_on_time();
        let stop = Visitor { ticket, work: fit.work, fit: fit.price };
        let feasible = route.insert(&self.problem, &self.roads, offer.at, stop);
        assert!(feasible, "an offer's place is feasible");
        if let Some(legs) = &mut self.legs {
            if was_on_time {
                for leg in &old {
                    legs.remove(leg, &list);
                }
            }
            if route.is_on_time() {
                for leg in legs_of(&self.problem, &route) {
                    legs.insert(leg, &list);
                }
            }
        }
        self.routes[offer.shift.at()] = route;
        self.serves[ticket.at()] = Some(offer.shift);
        self.late = late_routes(&self.problem, &self.routes, self.legs.is_some());
        Ok(())
    }

    /// Learns a visit: it changes the next decision. What is promised stays promised at the price at
    /// which it was.
    ///
    /// # Errors
    /// The visit's flaws; nothing is learnt then.
    pub fn record_visit(&mut self, draft: &VisitDraft) -> Result<(), Vec<Flaw>> {
        let visit = self.problem.learn_visit(draft)?;
        self.history.record(visit);
        Ok(())
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
    for &ticket in tickets {
        let candidate = scorer.candidate(ticket);
        if let Some(barrier) = scorer.barrier(candidate, shift) {
            return Err(format!(
                "ticket {:?} breaks the rule {:?}",
                candidate.ticket.id,
                barrier.as_str()
            ));
        }
        let fit = scorer.fit(candidate, shift);
        stops.push(Visitor { ticket, work: fit.work, fit: fit.price });
    }
    if !route.set(problem, scorer.roads(), &stops) {
        return Err("the stops cannot all be reached in their windows and inside the shift".to_owned());
    }
    if !route.holds_limits(problem) {
        return Err("the stops take more parts, room, work or tickets than the shift has".to_owned());
    }
    Ok(())
}

/// Routes on duty that the leg index does not hold.
fn late_routes(problem: &Problem, routes: &[Route], indexed: bool) -> Vec<ShiftIx> {
    routes
        .iter()
        .filter(|route| problem.shift(route.shift()).on_duty && !(indexed && route.is_on_time()))
        .map(Route::shift)
        .collect()
}

fn skills(shift: &Shift) -> Vec<SkillIx> {
    shift.skills.iter().map(|(skill, _)| *skill).collect()
}

/// The legs of a route on duty, one for each place that a ticket could go.
fn legs_of(problem: &Problem, route: &Route) -> Vec<Leg> {
    let shift = problem.shift(route.shift());
    if !shift.on_duty {
        return Vec::new();
    }
    let driven = !route.stops().is_empty();
    let unit = |position: usize| route.place(position).map(|place: &Place| place.unit);
    (0..=route.stops().len())
        .filter_map(|at| {
            let ways = (unit(at)?, unit(at + 1));
            Some(Leg::new((route.shift(), at), ways, route.gap(shift, at), driven))
        })
        .collect()
}
