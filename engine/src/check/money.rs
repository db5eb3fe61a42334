//! The price, from the formulas of the design in the plainest way.

use std::fmt::Write;

use super::breach::{Breach, BreachCode};
use super::facts::Facts;
use super::timing::{Day, Stop};
use crate::ids::Index;
use crate::plan::{Plan, PlannedRoute, PlannedStop};
use crate::policy::Policy;
use crate::receipt::Receipt;
use crate::rule::Line;
use crate::ticket::Ticket;
use crate::units::{Moment, Seconds};

/// Lines of a receipt, wide enough that no plan can overflow them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bill([i128; Line::ALL.len()]);

impl Bill {
    /// A receipt as it is written in a plan.
    pub(super) fn of(receipt: &Receipt) -> Bill {
        Bill(Line::ALL.map(|line| i128::from(receipt.line(line).0)))
    }

    fn charge(&mut self, line: Line, amount: i128) {
        self.0[line as usize] += amount;
    }

    pub(super) fn add(&mut self, other: &Bill) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    pub(super) fn total(&self) -> i128 {
        self.0.iter().sum()
    }

    /// The lines on which a receipt is wrong, as a sentence; `None` if it is right.
    pub(super) fn differs(&self, receipt: &Receipt) -> Option<String> {
        let mut says = String::new();
        for (line, (found, right)) in
            Line::ALL.into_iter().zip(Bill::of(receipt).0.into_iter().zip(self.0))
        {
            if found != right {
                let comma = if says.is_empty() { "" } else { ", " };
                let _ = write!(says, "{comma}{} is {found}, expected {right}", line.as_str());
            }
        }
        (!says.is_empty()).then_some(says)
    }
}

/// What one lost point of a factor costs.
fn point(policy: &Policy, weight: f64) -> f64 {
    (policy.reach.0 as f64 * weight / policy.weights.proximity).round()
}

/// `raw` rounded half away from zero; where it lies within a millionth of a half, the order of a sum
/// decides, and the amount in the receipt is taken if it is one of the two neighbours.
fn rounded(raw: f64, found: Seconds) -> i128 {
    if (found.0 as f64 - raw).abs() <= 0.5 + 1e-6 { i128::from(found.0) } else { raw.round() as i128 }
}

/// Seconds late (or over) times a rate in thousandths.
fn late_price(late: Seconds, rate: f64) -> i128 {
    if late > Seconds::ZERO { (i128::from(late.0) * rate as i128 + 500) / 1000 } else { 0 }
}

/// The load of a shift with so much work booked.
fn load(policy: &Policy, day: &Day<'_>, booked: Seconds) -> i128 {
    let length = i128::from(day.shift.length.0.max(1));
    let booked = i128::from(booked.0);
    point(policy, policy.weights.load) as i128 * booked * booked / (length * length)
}

/// How well the engineer's levels match the preferred ones: 0-1.
fn skill(policy: &Policy, day: &Day<'_>, ticket: &Ticket) -> f64 {
    if ticket.requires.is_empty() {
        return 1.0;
    }
    let mut sum = 0.0;
    for need in &ticket.requires {
        let above = i16::from(day.shift.level(need.skill)) - i16::from(need.preferred);
        let rate = if above > 0 { policy.skill.above_loss } else { policy.skill.below_loss };
        sum += (1.0 - rate * f64::from(above.abs())).max(0.0);
    }
    sum / ticket.requires.len() as f64
}

/// Steps down the ladder of bound engineers.
pub(super) fn binding_steps(facts: &Facts<'_>, day: &Day<'_>, ticket: &Ticket, start: Moment) -> i128 {
    let ladder = facts.history.ladder(ticket);
    let step = ladder.iter().position(|&engineer| engineer == day.shift.engineer);
    match step {
        Some(step) if start <= ticket.resolve_by => step as i128,
        _ => ladder.len() as i128,
    }
}

fn stop_bill(
    facts: &Facts<'_>,
    day: &Day<'_>,
    stop: &Stop<'_>,
    planned: &PlannedStop,
    booked: Seconds,
) -> Bill {
    let policy = facts.problem.policy();
    let rates = &day.shift.car.rates;
    let (ticket, engineer) = (stop.ticket, day.shift.engineer);
    let found = &planned.receipt;
    let mut bill = Bill::default();
    bill.charge(Line::Driving, i128::from(stop.drive.fare.0));
    let paid = |work: Seconds| (i128::from(work.0) * i128::from(rates.work) + 500) / 1000;
    bill.charge(Line::Work, paid(booked + stop.work) - paid(booked));
    let lost = point(policy, policy.weights.skill) * (1.0 - skill(policy, day, ticket));
    bill.charge(Line::Skill, rounded(lost, found.line(Line::Skill)));
    let lost = point(policy, policy.weights.history) * (1.0 - facts.history.chance(engineer, ticket));
    bill.charge(Line::History, rounded(lost, found.line(Line::History)));
    let more = load(policy, day, booked + stop.work) - load(policy, day, booked);
    bill.charge(Line::Load, more);
    if !ticket.preferred.is_empty() && !ticket.preferred.contains(&engineer) {
        bill.charge(Line::Preference, i128::from(policy.preference.0));
    }
    let steps = binding_steps(facts, day, ticket, planned.start);
    bill.charge(Line::Binding, steps * i128::from(policy.binding.step.0));
    let priority = f64::from(facts.history.priority(ticket));
    let late = &policy.lateness;
    let dearer = 1.0 + late.urgent_factor * priority / 100.0;
    let rate = (1000.0 * late.per_minute / 60.0 * dearer).round();
    let end = planned.start + stop.work;
    bill.charge(Line::Lateness, late_price(planned.start - ticket.respond_by, rate));
    bill.charge(Line::Lateness, late_price(end - ticket.resolve_by, rate));
    bill
}

/// Checks every receipt of a route and returns what the route costs.
pub(super) fn check_route(
    facts: &Facts<'_>,
    day: &Day<'_>,
    route: &PlannedRoute,
    breaches: &mut Vec<Breach>,
) -> Bill {
    let policy = facts.problem.policy();
    let engineer = &facts.problem.engineer(day.shift.engineer).id;
    let mut whole = Bill::default();
    let mut booked = Seconds::ZERO;
    for (stop, planned) in day.stops.iter().zip(&route.stops) {
        let bill = stop_bill(facts, day, stop, planned, booked);
        if let Some(says) = bill.differs(&planned.receipt) {
            let breach = Breach::new(BreachCode::StopReceipt, says);
            breaches.push(breach.by(engineer).on(&stop.ticket.id));
        }
        whole.add(&bill);
        booked += stop.work;
    }
    let rested: Seconds = route.breaks.iter().map(|pause| pause.end - pause.start).sum();
    let driven = day.stops.iter().map(|stop| stop.drive.time).sum::<Seconds>() + day.drive_back.time;
    let waits = route.back - route.leave - driven - booked - rested;
    whole.charge(Line::Waiting, late_price(waits, day.shift.car.rates.wait as f64));
    let rates = &day.shift.car.rates;
    let over = (route.back - day.shift.end).max(Seconds::ZERO);
    let used = (driven + booked - over).min(rates.guaranteed);
    whole.charge(Line::Guarantee, -late_price(used, rates.guarantee as f64));
    whole.charge(Line::Callout, i128::from(day.shift.car.rates.callout.0));
    whole.charge(Line::Driving, i128::from(day.drive_back.fare.0));
    let rate = (1000.0 * policy.overtime.per_minute / 60.0).round();
    whole.charge(Line::Overtime, late_price(route.back - day.shift.end, rate));
    if let Some(says) = whole.differs(&route.receipt) {
        breaches.push(Breach::new(BreachCode::RouteReceipt, says).by(engineer));
    }
    whole
}

/// Checks the plan's receipt and price against the sum of its routes.
pub(super) fn check_plan(facts: &Facts<'_>, plan: &Plan, routes: &[Bill], breaches: &mut Vec<Breach>) {
    let mut sum = Bill::default();
    for bill in routes {
        sum.add(bill);
    }
    if let Some(says) = sum.differs(&plan.receipt) {
        breaches.push(Breach::new(BreachCode::PlanReceipt, says));
    }
    let tickets = facts.problem.tickets();
    let mut right = (0, 0, sum.total());
    for unserved in &plan.unserved {
        match tickets.get(unserved.ticket.at()) {
            Some(Ticket { prize: Some(prize), .. }) => right.2 += i128::from(prize.0),
            Some(ticket) => {
                right.0 += i128::from(facts.history.priority(ticket));
                right.1 += 1;
            }
            // Told by its shape already.
            None => right.1 += 1,
        }
    }
    let price = &plan.price;
    let found = (price.priority_lost, price.unserved, price.seconds.0);
    if (i128::from(found.0), i128::from(found.1), i128::from(found.2)) != right {
        let says = format!("the price is {found:?}, expected {right:?}");
        breaches.push(Breach::new(BreachCode::PlanPrice, says));
    }
    if let Some(bound) = plan.bound {
        let (lost, least) = ((bound.lost.priority_lost, bound.lost.unserved), bound.seconds.0);
        if (found.0, found.1) < lost || found.2 < least {
            let says = format!("the price is {found:?}, the bound {lost:?} and {least} s");
            breaches.push(Breach::new(BreachCode::BelowBound, says));
        }
    }
}
