//! A ticket that is served: who, when, for what, and who else could have gone.

use std::fmt::Write;

use paidan_engine::dispatch::{Ask, Board, dispatch};
use paidan_engine::ids::{EngineerIx, TicketIx};
use paidan_engine::plan::{PlannedRoute, PlannedStop};
use paidan_engine::price::Candidate;
use paidan_engine::units::Moment;

use super::routes_without;
use crate::cli::dispatch::offers;
use crate::cli::room::Planned;
use crate::cli::text::{count, date_and_clock, length, listed};
use crate::sentences;

/// One engineer's stop at the ticket.
pub(super) type Stop<'p> = (&'p PlannedRoute, &'p PlannedStop);

/// `stops` are all of the ticket: one, or one for each of its crew.
pub(super) fn write(planned: &Planned<'_>, ticket: TicketIx, stops: &[Stop<'_>]) -> String {
    let problem = planned.scorer.problem();
    let candidate = planned.scorer.candidate(ticket);
    let mut text = String::new();
    let (id, priority) = (&candidate.ticket.id, candidate.standing.priority);
    let crew: Vec<&str> = stops.iter().map(|(route, _)| problem.engineer_id(route.shift)).collect();
    let go = if let [_] = stops { "goes" } else { "go together" };
    let _ = writeln!(text, "Ticket {id}, priority {priority}: {} {go}\n", listed(&crew));
    for (&(route, stop), engineer) in stops.iter().zip(&crew) {
        let wall = |moment| date_and_clock(moment, problem.shift(route.shift).offset_s);
        if stops.len() > 1 {
            let _ = writeln!(text, "{engineer}");
        }
        let by_way = |depot| format!(", by way of {} for parts", problem.register().depots.name(depot));
        let by_way = stop.fetch_at.map(by_way).unwrap_or_default();
        let _ = writeln!(text, "  drive    {}{by_way}", length(stop.drive));
        let _ = writeln!(text, "  arrival  {}", wall(stop.arrival));
        let _ = writeln!(text, "  work     {} to {}", wall(stop.start), wall(stop.departure));
    }
    let mut all = String::new();
    promised(&mut all, planned, candidate, stops);
    order(&mut all, planned, ticket, stops);
    if stops.len() > 1 && !all.is_empty() {
        text.push_str("All of them\n");
    }
    text += &all;
    for (&(_, stop), engineer) in stops.iter().zip(&crew) {
        let whose = if stops.len() > 1 { format!("{engineer}'s stop") } else { "the stop".to_owned() };
        let _ = writeln!(text, "\nWhat {whose} costs, in time of driving that is worth as much:");
        for (line, amount) in stop.receipt.lines() {
            let _ = writeln!(text, "  {:>8}  {}", length(amount), sentences::line(line));
        }
        let _ = writeln!(text, "  {:>8}  in all", length(stop.receipt.total()));
    }
    // Somebody else would start at another moment, and other routes count on this one.
    if !planned.is_tied(ticket) {
        others(&mut text, planned, (ticket, candidate), stops);
    }
    text
}

/// What the customer was promised, and whether it is kept.
fn promised(text: &mut String, planned: &Planned<'_>, candidate: Candidate<'_>, stops: &[Stop<'_>]) {
    let (problem, ticket) = (planned.scorer.problem(), candidate.ticket);
    let started = stops.iter().map(|(_, stop)| stop.start).max();
    for (name, by, at) in
        [("respond", ticket.respond_by, started), ("resolve", ticket.resolve_by, ended(stops))]
    {
        if by != Moment::NEVER {
            let verdict = if at <= Some(by) { "kept" } else { "missed" };
            let _ = writeln!(text, "  {name}  by {}, {verdict}", wall(planned, stops, by));
        }
    }
    if let Some(binding) = &candidate.standing.binding {
        let id = |engineer: &EngineerIx| problem.engineer(*engineer).id.to_string();
        let visits = count(binding.visits as usize, "earlier visit", "earlier visits");
        let bound = binding.ladder.iter().map(id).collect::<Vec<_>>().join(", then ");
        let _ = writeln!(text, "  bound    to {bound}, after {visits}");
    }
}

/// What the ticket waits for, and what waits for it.
fn order(text: &mut String, planned: &Planned<'_>, ticket: TicketIx, stops: &[Stop<'_>]) {
    let problem = planned.scorer.problem();
    for &before in &problem.ticket(ticket).after {
        let all = planned.plan.routes.iter().flat_map(|route| &route.stops);
        let end = all.filter(|stop| stop.ticket == before).map(|stop| stop.departure).max();
        if let Some(end) = end {
            let id = &problem.ticket(before).id;
            let _ = writeln!(text, "  after    {id}, which ends {}", wall(planned, stops, end));
        }
    }
    if let Some(tandem) = problem.ticket(ticket).tandem {
        let mut all =
            planned.plan.routes.iter().flat_map(|route| {
                route.stops.iter().map(|stop| (problem.engineer_id(route.shift), stop))
            });
        if let Some((engineer, stop)) = all.find(|(_, stop)| stop.ticket == tandem.other) {
            let (id, start) = (&problem.ticket(tandem.other).id, wall(planned, stops, stop.start));
            let _ = writeln!(text, "  tandem   with {id}, which {engineer} starts {start}");
        }
    }
    let waiting: Vec<&str> = problem
        .tickets()
        .iter()
        .filter(|other| other.after.contains(&ticket))
        .map(|other| &*other.id)
        .collect();
    if !waiting.is_empty() {
        let wait = if let [_] = waiting[..] { "waits" } else { "wait" };
        let _ = writeln!(text, "  before   {}, which {wait} for it", listed(&waiting));
    }
}

fn others(
    text: &mut String,
    planned: &Planned<'_>,
    (ticket, candidate): (TicketIx, Candidate<'_>),
    stops: &[Stop<'_>],
) {
    let (scorer, problem) = (planned.scorer, planned.scorer.problem());
    let routes = routes_without(planned, ticket);
    let board = Board { scorer, routes: &routes, bounds: None };
    let decision = dispatch(board, candidate, Ask { top: 6, ruled_out: 5 });
    let who = if decision.offers.len() > 1 { "Who" } else { "Nobody" };
    let _ = writeln!(
        text,
        "\n{who} else could have gone, the rest of the plan as it is; the price is what the ticket adds \
         to the whole route:"
    );
    let goes = |engineer| stops.iter().any(|(route, _)| problem.shift(route.shift).engineer == engineer);
    let own = decision.offers.iter().position(|offer| goes(offer.engineer));
    *text += &offers(problem, &decision.offers, own);
}

fn ended(stops: &[Stop<'_>]) -> Option<Moment> {
    stops.iter().map(|(_, stop)| stop.departure).max()
}

/// A moment on the wall of the first who goes.
fn wall(planned: &Planned<'_>, stops: &[Stop<'_>], moment: Moment) -> String {
    let offset =
        stops.first().map_or(0, |(route, _)| planned.scorer.problem().shift(route.shift).offset_s);
    date_and_clock(moment, offset)
}
