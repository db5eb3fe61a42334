//! The same assignment as a linear programme, by `good_lp`.

use std::time::Instant;

use good_lp::{
    Expression, ProblemVariables, Solution, SolverModel, Variable, constraint, microlp, variable,
};
use paidan_engine::assign::{Assignment, Terms, assign_among};
use paidan_engine::ids::Index;
use paidan_engine::units::{Price, Seconds};

/// Solves the pairs of an assignment both ways and prints the times. Leaving a ticket out costs seconds here, a
/// thousand for a point of priority and a hundred thousand besides, since no solver in floating point tells seconds
/// apart beside the true price of a lost ticket.
pub(crate) fn compare(pairs: &Assignment, lost: &[Price], engineers: usize, terms: Terms) {
    let leave: Vec<i64> =
        lost.iter().map(|lost| 100_000 + 1_000 * lost.priority_lost + lost.seconds.0).collect();
    let begin = Instant::now();
    let value = solve(pairs, &leave, engineers, terms.seats);
    let programme = begin.elapsed().as_secs_f64();
    let lists: Vec<_> = pairs
        .tickets
        .iter()
        .zip(&leave)
        .map(|(ticket, &leave)| (ticket.offers.clone(), Price::of(Seconds(leave))))
        .collect();
    let begin = Instant::now();
    let own = assign_among(lists, engineers, terms).objective.seconds.0;
    let ours = begin.elapsed().as_secs_f64();
    let agree = if (value - own as f64).abs() < 0.5 { "agree" } else { "DIFFER" };
    println!(
        "  linear programme {value:.1} s in {:.1} ms, ours {own} s in {:.1} ms: {:.0} times as long; they {agree}",
        programme * 1000.0,
        ours * 1000.0,
        programme / ours
    );
}

fn solve(pairs: &Assignment, leave: &[i64], engineers: usize, seats: u32) -> f64 {
    let mut variables = ProblemVariables::new();
    let mut cost = Expression::from(0.0);
    let mut seated: Vec<Vec<Variable>> = vec![Vec::new(); engineers];
    let mut each: Vec<Vec<Variable>> = Vec::with_capacity(leave.len());
    for (ticket, &leave) in pairs.tickets.iter().zip(leave) {
        let out = variables.add(variable().min(0).max(1));
        cost.add_mul(leave as f64, out);
        let mut ways = vec![out];
        for offer in &ticket.offers {
            let way = variables.add(variable().min(0).max(1));
            cost.add_mul(offer.price.0 as f64, way);
            seated[offer.engineer.at()].push(way);
            ways.push(way);
        }
        each.push(ways);
    }
    let mut model = variables.minimise(cost.clone()).using(microlp);
    for ways in each {
        model.add_constraint(constraint!(ways.into_iter().sum::<Expression>() == 1));
    }
    for seated in seated.into_iter().filter(|seated| seated.len() > seats as usize) {
        model.add_constraint(constraint!(seated.into_iter().sum::<Expression>() <= seats));
    }
    let solution = model.solve().expect("an assignment is always possible");
    solution.eval(cost)
}
