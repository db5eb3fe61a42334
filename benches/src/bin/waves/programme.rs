//! The same assignment as a linear programme, by `good_lp`; with side constraints as one in whole numbers.

use std::time::{Duration, Instant};

use good_lp::{
    Expression, ProblemVariables, Solution, SolverModel, Variable, constraint, microlp, variable,
};
use paidan_engine::assign::{Assignment, SHORT, Terms};
use paidan_engine::desk::Desk;
use paidan_engine::ids::{Index, TicketIx};
use paidan_engine::units::{Price, Seconds};

/// Solves the pairs of an assignment both ways and prints the times. Leaving a ticket out costs seconds here, a
/// thousand for a point of priority and a hundred thousand besides, since no solver in floating point tells seconds
/// apart beside the true price of a lost ticket.
pub(crate) fn compare(
    desk: &Desk,
    (open, pairs, lost): (&[TicketIx], &Assignment, &[Price]),
    terms: &Terms,
    among: impl Fn(&[Price]) -> (Assignment, Duration),
) {
    let seconds = |lost: &Price| Seconds(100_000 + 1_000 * lost.priority_lost + lost.seconds.0);
    let leave: Vec<Price> = lost.iter().map(|lost| Price::of(seconds(lost))).collect();
    let begin = Instant::now();
    let value = solve(desk, (open, pairs, &leave), terms);
    let programme = begin.elapsed().as_secs_f64();
    let (own, ours) = among(&leave);
    let (own, ours) = (own.objective.seconds.0, ours.as_secs_f64());
    let agree = if (value - own as f64).abs() < 0.5 { "agree" } else { "DIFFER" };
    println!(
        "  linear programme {value:.1} s in {:.1} ms, ours {own} s in {:.1} ms: {:.0} times as long; they {agree}",
        programme * 1000.0,
        ours * 1000.0,
        programme / ours
    );
}

/// The least that it costs. Nothing is promised yet.
fn solve(desk: &Desk, (open, pairs, leave): (&[TicketIx], &Assignment, &[Price]), terms: &Terms) -> f64 {
    let problem = desk.problem();
    let from = problem.policy().emergency.from_priority;
    let mut variables = ProblemVariables::new();
    let is_whole = !terms.is_plain();
    let mut share = || {
        let share = variable().min(0).max(1);
        variables.add(if is_whole { share.integer() } else { share })
    };
    let mut cost = Expression::from(0.0);
    let engineers = problem.engineers().len();
    let mut seated: Vec<Vec<Variable>> = vec![Vec::new(); engineers];
    let mut urgent: Vec<Vec<Variable>> = vec![Vec::new(); engineers];
    let mut of_quotas: Vec<Vec<Variable>> = vec![Vec::new(); terms.quotas.len()];
    let mut each: Vec<Vec<Variable>> = Vec::with_capacity(leave.len());
    for ((&ticket, part), leave) in open.iter().zip(&pairs.tickets).zip(leave) {
        let out = share();
        cost.add_mul(leave.seconds.0 as f64, out);
        let mut ways = vec![out];
        let is_urgent = desk.scorer().candidate(ticket).standing.priority >= from;
        for offer in &part.offers {
            let way = share();
            cost.add_mul(offer.price.0 as f64, way);
            seated[offer.engineer.at()].push(way);
            if is_urgent {
                urgent[offer.engineer.at()].push(way);
            }
            ways.push(way);
        }
        for (quota, all) in terms.quotas.iter().zip(&mut of_quotas) {
            if problem.ticket(ticket).territories.contains(&quota.territory) {
                all.extend(&ways[1..]);
            }
        }
        each.push(ways);
    }
    let sum = |all: &[Variable]| all.iter().copied().sum::<Expression>();
    let mut rows = Vec::new();
    for here in seated.iter().filter(|here| !here.is_empty()) {
        if here.len() > terms.seats as usize {
            rows.push(constraint!(sum(here) <= f64::from(terms.seats)));
        }
        if terms.least > 0 {
            let short = variables.add(variable().min(0));
            cost.add_mul(SHORT.0 as f64, short);
            rows.push(constraint!(sum(here) + short >= f64::from(terms.least)));
        }
    }
    if let Some(most) = terms.emergencies {
        let crowded = urgent.iter().filter(|here| here.len() > most as usize);
        rows.extend(crowded.map(|here| constraint!(sum(here) <= f64::from(most))));
    }
    let quotas = of_quotas.iter().zip(&terms.quotas).filter(|(all, _)| !all.is_empty());
    rows.extend(quotas.map(|(all, quota)| constraint!(sum(all) <= f64::from(quota.most))));
    rows.extend(each.iter().map(|ways| constraint!(sum(ways) == 1)));
    let mut model = variables.minimise(cost.clone()).using(microlp);
    for row in rows {
        model.add_constraint(row);
    }
    let solution = model.solve().expect("an assignment is always possible");
    solution.eval(cost)
}
