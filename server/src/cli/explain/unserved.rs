//! A ticket that is not served: the reason, engineer by engineer.

use std::cmp::Reverse;
use std::fmt::Write;

use paidan_engine::dispatch::{Ask, Board, dispatch};
use paidan_engine::ids::{EngineerIx, Index};
use paidan_engine::plan::{Plan, Reason, Unserved};
use paidan_engine::price::{Candidate, Scorer};
use paidan_engine::route::Route;
use paidan_engine::rule::Barrier;
use paidan_engine::units::{Moment, Seconds};

use crate::cli::text::{and_more, clock, count, length, listed, number};
use crate::sentences;

/// Engineers told by name, at most.
const NAMED: usize = 10;

pub(super) fn write(scorer: &Scorer<'_>, plan: &Plan, left: &Unserved) -> String {
    let candidate = scorer.candidate(left.ticket);
    let mut text = String::new();
    let (id, priority) = (&candidate.ticket.id, candidate.standing.priority);
    let _ = writeln!(text, "Ticket {id}, priority {priority}: not served");
    let _ = writeln!(text, "{}\n", sentences::reason(&left.reason));
    match &left.reason {
        Reason::Impossible(counts) => impossible(&mut text, scorer, candidate, counts),
        Reason::LostTrade { able } => lost(&mut text, scorer, plan, candidate, *able),
        Reason::CrewNotPlannedYet => {
            let crew = usize::from(candidate.ticket.crew);
            let crew = count(crew, "engineer", "engineers");
            let _ = writeln!(text, "  It asks for {crew} who start together.");
        }
        Reason::OrderNotPlannedYet => {
            let before = candidate.ticket.after.iter();
            let ids: Vec<&str> = before.map(|&ticket| &*scorer.problem().ticket(ticket).id).collect();
            let _ = writeln!(text, "  It may start only after {}.", listed(&ids));
        }
    }
    text
}

/// Everybody's barrier: counts, and by name those whom the fewest rules stop.
fn impossible(
    text: &mut String,
    scorer: &Scorer<'_>,
    candidate: Candidate<'_>,
    counts: &[(Barrier, u32)],
) {
    for (barrier, count) in counts {
        let _ =
            writeln!(text, "  {:>6}  {}", number(i64::from(*count)), sentences::barrier_noun(*barrier));
    }
    let mut barred: Vec<(EngineerIx, Barrier)> = everybody(scorer)
        .filter_map(|engineer| Some((engineer, scorer.engineer_barrier(candidate, engineer)?)))
        .collect();
    // Rules are looked at in their order, so a later one was met by passing those before it.
    barred.sort_by_key(|&(engineer, barrier)| (Reverse(barrier), engineer));
    text.push_str("\nThose who came nearest to it:\n");
    for (engineer, barrier) in barred.iter().take(NAMED) {
        let id = &scorer.problem().engineer(*engineer).id;
        let _ = writeln!(text, "  {id} {}", sentences::barrier(*barrier));
    }
}

/// Those who could with an empty day, cheapest first, and what fills their day instead.
fn lost(text: &mut String, scorer: &Scorer<'_>, plan: &Plan, candidate: Candidate<'_>, able: u32) {
    let problem = scorer.problem();
    let empty: Vec<Route> = problem.shift_indices().map(|shift| scorer.empty_route(shift)).collect();
    let board = Board { scorer, routes: &empty, index: None };
    let offers = dispatch(board, candidate, Ask { top: NAMED, ruled_out: 0 }).offers;
    text.push_str("Those who could with an empty day, cheapest first:\n");
    for offer in &offers {
        let id = &problem.engineer(offer.engineer).id;
        let (price, day) = (number(offer.price.0), day(scorer, plan, offer.engineer));
        let _ = writeln!(text, "  {id}, for {price} s: {day}");
    }
    if able as usize > offers.len() {
        let _ = writeln!(text, "  {}", and_more(able as usize - offers.len()));
    }
}

fn everybody(scorer: &Scorer<'_>) -> impl Iterator<Item = EngineerIx> {
    (0..scorer.problem().engineers().len()).map(EngineerIx::nth)
}

/// What fills an engineer's shifts.
fn day(scorer: &Scorer<'_>, plan: &Plan, engineer: EngineerIx) -> String {
    let problem = scorer.problem();
    let own = plan.routes.iter().filter(|route| problem.shift(route.shift).engineer == engineer);
    let told: Vec<String> = own
        .map(|route| {
            let offset = problem.shift(route.shift).offset_s;
            let wall = |moment: Moment| clock(moment, offset);
            let work: Seconds = route.stops.iter().map(|stop| stop.departure - stop.start).sum();
            let priority = |ticket| scorer.candidate(ticket).standing.priority;
            let least = route.stops.iter().map(|stop| priority(stop.ticket)).min().unwrap_or(0);
            format!(
                "{}-{} with {}, {} of work, least priority {least}",
                wall(route.leave),
                wall(route.back),
                count(route.stops.len(), "stop", "stops"),
                length(work)
            )
        })
        .collect();
    if told.is_empty() { "no stops".to_owned() } else { told.join("; ") }
}
