//! The usual text of a solution: a line for each route, then the cost.
//!
//! ```text
//! Route #1: 5 3 7
//! Route #2: 8 2
//! Cost 827.3
//! ```
//!
//! Customers of Solomon's files go by the file's numbers. Solutions of VRPLIB files number nodes from 0, in the
//! order of the file, whatever numbers it gives them. Where vehicles differ, a route bears its vehicle's number
//! and a vehicle that stays at home an empty route; else routes count from 1. The cost is in the file's unit,
//! with the decimals of its convention.
//!
//! Reading a solution of a VRPLIB file also understands the file's own numbers: where, counted from 0, a route
//! names a depot or more nodes than there are, all numbers are the file's. If customers are left out for a prize
//! there may be no such sign; then they are where the stated cost holds only so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::limits::STATED;
use super::lines::{Findings, Line, Rounding, Scale, decimal, id, lines, no_number, text};
use super::words::quoted;
use crate::check;
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::plan::{Ended, Plan, PlannedRoute, PlannedStop, Run};
use crate::problem::Problem;
use crate::problem::limits::ENGINEERS;
use crate::receipt::Receipt;
use crate::rule::Line as ReceiptLine;
use crate::ticket::Ticket;
use crate::travel::Roads;
use crate::units::{Moment, Price, Seconds};

/// How a format speaks of solutions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Decimals of a cost: a unit of the plan's price is so small a part of the file's unit.
    pub decimals: u32,
    /// Whether a plan is counted as the literature counts it; else costs may differ by a unit for each
    /// leg.
    pub exact: bool,
    /// What every route costs in the plan that is no part of the file's cost, as where vehicles come before
    /// distance.
    pub uncounted: Seconds,
    /// Whether routes bear the numbers of their vehicles.
    pub by_vehicle: bool,
    /// The file's numbers of its nodes, in its order; empty if solutions do not count them from 0.
    pub nodes: Vec<u32>,
    /// Those of them that are depots.
    pub depots: Vec<u32>,
}

impl Terms {
    /// What a plan costs, as the literature counts it.
    pub fn cost(&self, plan: &Plan) -> Seconds {
        Seconds(plan.price.seconds.0 - self.uncounted.0 * plan.routes.len() as i64)
    }

    /// Units of a price in the file's unit, such as `827.3`.
    pub fn amount(&self, units: Seconds) -> String {
        let one = 10_i64.pow(self.decimals);
        if self.decimals == 0 {
            return units.0.to_string();
        }
        let width = self.decimals as usize;
        format!("{}.{:0width$}", units.0 / one, units.0.unsigned_abs() % one.unsigned_abs())
    }
}

/// The text of a plan. Tickets that it leaves unserved stand in no route; their prizes are in the cost.
pub fn write_solution(problem: &Problem, plan: &Plan, terms: &Terms) -> String {
    let from_zero: BTreeMap<String, usize> =
        terms.nodes.iter().zip(0..).map(|(node, nth)| (node.to_string(), nth)).collect();
    let mut text = String::new();
    let mut last = 0;
    for (n, route) in (1..).zip(&plan.routes) {
        let number = if terms.by_vehicle { route.shift.at() + 1 } else { n };
        for idle in last + 1..number {
            let _ = writeln!(text, "Route #{idle}:");
        }
        last = number;
        let _ = write!(text, "Route #{number}:");
        for stop in &route.stops {
            let id = &problem.ticket(stop.ticket).id;
            let _ = match from_zero.get(&**id) {
                Some(nth) => write!(text, " {nth}"),
                None => write!(text, " {id}"),
            };
        }
        text.push('\n');
    }
    if terms.by_vehicle {
        for idle in last + 1..=problem.shifts().len() {
            let _ = writeln!(text, "Route #{idle}:");
        }
    }
    let _ = writeln!(text, "Cost {}", terms.amount(terms.cost(plan)));
    text
}

/// Reads the text of a solution as a plan whose vehicles return as early as they can, so that the
/// checker can judge it. Customers that stand in no route are left out for their prize; those without one
/// stand nowhere in the plan, which the checker tells. The stated cost is kept as the price.
///
/// # Errors
/// All flaws together: lines that are neither a route nor a cost, numbers that no customer has.
pub fn read_solution(problem: &Problem, bytes: &[u8], terms: &Terms) -> Result<Plan, Vec<Flaw>> {
    let text = text(bytes)?;
    let mut findings = Findings::default();
    let told = Told::of(&text, terms, &mut findings);
    let from_zero = told.counts_from_zero(terms);
    let routes = told.routes(problem, terms, from_zero, &mut findings);
    if !findings.is_clean() {
        return Err(findings.into_flaws());
    }
    let roads = Roads::new(problem);
    let mut plan = reckoned(problem, &roads, routes);
    let Some(cost) = told.cost.filter(|&cost| is_off(cost, &plan, terms)) else { return Ok(plan) };
    if from_zero && !plan.unserved.is_empty() {
        let mut strange = Findings::default();
        let routes = told.routes(problem, terms, false, &mut strange);
        let other = strange.is_clean().then(|| reckoned(problem, &roads, routes));
        if let Some(other) = other.filter(|other| !is_off(cost, other, terms)) {
            return Ok(other);
        }
    }
    plan.price.seconds += cost - terms.cost(&plan);
    Ok(plan)
}

/// Whether a cost is not what a plan comes to.
fn is_off(cost: Seconds, plan: &Plan, terms: &Terms) -> bool {
    let legs: usize = plan.routes.iter().map(|route| route.stops.len() + 1).sum();
    let most = if terms.exact { 0 } else { legs as u64 };
    (cost - terms.cost(plan)).0.unsigned_abs() > most
}

/// The plan of these routes at what it comes to.
fn reckoned(problem: &Problem, roads: &Roads, routes: Vec<(ShiftIx, Vec<TicketIx>)>) -> Plan {
    let mut planned: Vec<PlannedRoute> =
        routes.into_iter().map(|(shift, tickets)| timed(problem, roads, shift, &tickets)).collect();
    planned.sort_by_key(|route| route.shift);
    let left = left_out(problem, &planned);
    let prizes: Seconds = left.iter().filter_map(|&ticket| problem.ticket(ticket).prize).sum();
    let receipt = planned.iter().fold(Receipt::default(), |sum, route| sum + route.receipt);
    Plan {
        routes: planned,
        unserved: check::unserved(problem, problem.visits(), &left),
        price: Price::of(receipt.total() + prizes),
        bound: None,
        receipt,
        run: Run { seed: 0, rounds: 0, ended: Ended::Proven },
    }
}

/// Tickets with a prize that no route serves.
fn left_out(problem: &Problem, routes: &[PlannedRoute]) -> Vec<TicketIx> {
    let mut served = vec![false; problem.tickets().len()];
    for stop in routes.iter().flat_map(|route| &route.stops) {
        served[stop.ticket.at()] = true;
    }
    let left = |ticket: &TicketIx| !served[ticket.at()] && problem.ticket(*ticket).prize.is_some();
    problem.ticket_indices().filter(left).collect()
}

/// What a text says, before anyone knows whom its numbers mean.
struct Told<'t> {
    routes: Vec<(u32, Line<'t>, Vec<u32>)>,
    cost: Option<Seconds>,
}

/// Words that begin lines about the solution as a whole.
const HEADINGS: [&str; 6] = ["solution", "instance", "authors", "date", "reference", "time"];

impl<'t> Told<'t> {
    fn of(text: &'t str, terms: &Terms, findings: &mut Findings) -> Told<'t> {
        let mut told = Told { routes: Vec::new(), cost: None };
        for line in lines(text) {
            if told.routes.len() > ENGINEERS {
                let found = format!("more than {ENGINEERS} routes");
                findings.tell(line.flaw(Code::TooLarge, found, "no fleet is as large"));
            }
            if findings.is_full() || told.routes.len() > ENGINEERS {
                break;
            }
            let end = line.text.find(|letter: char| !letter.is_alphabetic());
            let (word, rest) = line.text.split_at(end.unwrap_or(line.text.len()));
            match word.to_ascii_lowercase().as_str() {
                "route" => told.routes.extend(route(line, rest, findings)),
                "cost" => {
                    let scale =
                        Scale { per_one: 10_i64.pow(terms.decimals), rounding: Rounding::Nearest };
                    let stated = rest.trim_start_matches([' ', '\t', ':']);
                    let cost = decimal(stated).and_then(|cost| scale.units(cost, STATED));
                    if cost.is_none() {
                        findings.tell(no_number(line, "the cost", stated));
                    }
                    if cost.is_some() && told.cost.is_some() {
                        let found = "the cost is told twice";
                        findings.tell(line.flaw(Code::DuplicateId, found, "keep one"));
                    }
                    told.cost = cost.map(Seconds);
                }
                word if HEADINGS.contains(&word) => {}
                _ => {
                    let found = format!("{} is neither a route nor a cost", quoted(line.text));
                    findings.tell(line.flaw(
                        Code::WrongType,
                        found,
                        "write Route #1: 5 3 7, then Cost 827.3",
                    ));
                }
            }
        }
        told
    }

    /// Whether nodes are counted from 0: where they are in this format, unless only the file's numbers make
    /// customers of all of them.
    fn counts_from_zero(&self, terms: &Terms) -> bool {
        let customers: BTreeSet<u32> =
            terms.nodes.iter().copied().filter(|node| !terms.depots.contains(node)).collect();
        let numbers = || self.routes.iter().flat_map(|(_, _, numbers)| numbers);
        let nth = |&number: &u32| terms.nodes.get(number as usize);
        let are_from_zero =
            || numbers().all(|number| nth(number).is_some_and(|node| customers.contains(node)));
        let are_the_files = || numbers().all(|number| customers.contains(number));
        !terms.nodes.is_empty() && (are_from_zero() || !are_the_files())
    }

    /// The tickets of every route that has some, with the shift that drives it.
    fn routes(
        &self,
        problem: &Problem,
        terms: &Terms,
        from_zero: bool,
        findings: &mut Findings,
    ) -> Vec<(ShiftIx, Vec<TicketIx>)> {
        let ticket = |number: u32| {
            let number =
                if from_zero { terms.nodes.get(number as usize).copied() } else { Some(number) };
            number.and_then(|number| problem.register().tickets.get(&number.to_string()))
        };
        let mut routes = Vec::new();
        for (label, line, numbers) in self.routes.iter().filter(|(_, _, numbers)| !numbers.is_empty()) {
            let nth = if terms.by_vehicle { label.saturating_sub(1) as usize } else { routes.len() };
            let mut tickets = Vec::with_capacity(numbers.len());
            for &number in numbers {
                match ticket(number) {
                    Some(ticket) => tickets.push(ticket),
                    None => findings.tell(line.flaw(
                        Code::UnknownReference,
                        format!("there is no customer {number}"),
                        "use the customers' numbers of the problem, in VRPLIB with nodes counted from 0",
                    )),
                }
            }
            routes.push((ShiftIx::nth(nth), tickets));
        }
        routes
    }
}

/// A route's label and the numbers of its customers.
fn route<'t>(line: Line<'t>, rest: &str, findings: &mut Findings) -> Option<(u32, Line<'t>, Vec<u32>)> {
    let parts = rest.split_once(':').map(|(label, stops)| (label.trim().trim_start_matches('#'), stops));
    let Some((label, stops)) = parts.and_then(|(label, stops)| Some((id(label.trim())?, stops))) else {
        let found = format!("{} has no number and colon", quoted(line.text));
        findings.tell(line.flaw(Code::WrongType, found, "write Route #1: 5 3 7"));
        return None;
    };
    let mut numbers = Vec::new();
    for word in stops.split_whitespace() {
        match id(word) {
            Some(number) => numbers.push(number),
            None => findings.tell(no_number(line, "customer", word)),
        }
    }
    Some((label, line, numbers))
}

/// The times of a route that DESIGN.md asks for. Where a window is missed, work starts on arrival: late, as
/// the checker will tell.
fn timed(problem: &Problem, roads: &Roads, shift: ShiftIx, tickets: &[TicketIx]) -> PlannedRoute {
    let mut route = PlannedRoute {
        shift,
        leave: problem.now(),
        stops: Vec::with_capacity(tickets.len()),
        breaks: Vec::new(),
        drive_back: Seconds::ZERO,
        back: problem.now(),
        receipt: Receipt::default(),
    };
    // One vehicle too many has no depot to leave from; that it is too many is for the checker to say.
    let Some(day) = problem.shifts().get(shift.at()) else { return route };
    let Some(mut place) = day.from else { return route };
    let mut legs: Vec<Leg<'_>> = Vec::with_capacity(tickets.len());
    for &index in tickets {
        let ticket = problem.ticket(index);
        legs.push(Leg { drive: roads.drive(&day.car, &place, &ticket.place).time, ticket });
        place = ticket.place;
    }
    if let Some(home) = &day.to {
        route.drive_back = roads.drive(&day.car, &place, home).time;
    }
    route.leave = leave(&legs, day.start, day.minds_span());
    let mut left = route.leave;
    for (&ticket, leg) in tickets.iter().zip(&legs) {
        let (arrival, start) = leg.start(left);
        left = start + leg.ticket.work;
        let (drive, receipt) = (leg.drive, driving(leg.drive));
        route.receipt += receipt;
        route.stops.push(PlannedStop {
            ticket,
            fetch_at: None,
            drive,
            arrival,
            start,
            departure: left,
            receipt,
        });
    }
    route.receipt.charge(ReceiptLine::Callout, day.car.rates.callout);
    route.receipt += driving(route.drive_back);
    route.back = left + route.drive_back;
    route
}

/// A ticket and the drive to it.
struct Leg<'p> {
    drive: Seconds,
    ticket: &'p Ticket,
}

impl Leg<'_> {
    /// Arrival and start after leaving the place before.
    fn start(&self, left: Moment) -> (Moment, Moment) {
        let arrival = left + self.drive;
        (arrival, self.ticket.windows.first_start(arrival).unwrap_or(arrival))
    }
}

/// When to leave the depot: as late as the first start allows, or, where the time on the road matters,
/// as late as the earliest return does.
fn leave(legs: &[Leg<'_>], earliest: Moment, is_minded: bool) -> Moment {
    let Some(first) = legs.first() else { return earliest };
    let latest = || {
        let over = legs.iter().fold(earliest, |left, leg| leg.start(left).1 + leg.ticket.work);
        legs.iter().rev().try_fold(over, |over, leg| {
            leg.ticket.windows.last_start(over - leg.ticket.work).map(|start| start - leg.drive)
        })
    };
    let waits = first.start(earliest).1 - first.drive;
    if is_minded { latest().map_or(waits, |latest| latest.max(earliest)) } else { waits }
}

fn driving(drive: Seconds) -> Receipt {
    let mut receipt = Receipt::default();
    receipt.charge(ReceiptLine::Driving, drive);
    receipt
}
