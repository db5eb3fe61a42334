//! A ticket that is served: who, when, for what, and who else could have gone.

use std::fmt::Write;

use paidan_engine::dispatch::{Ask, Board, dispatch};
use paidan_engine::ids::EngineerIx;
use paidan_engine::plan::{Plan, PlannedRoute, PlannedStop};
use paidan_engine::price::Scorer;
use paidan_engine::units::Moment;

use super::routes_without;
use crate::cli::dispatch::offers;
use crate::cli::text::{count, date_and_clock, length};
use crate::sentences;

pub(super) fn write(
    scorer: &Scorer<'_>,
    plan: &Plan,
    route: &PlannedRoute,
    stop: &PlannedStop,
) -> String {
    let problem = scorer.problem();
    let candidate = scorer.candidate(stop.ticket);
    let (ticket, shift) = (candidate.ticket, problem.shift(route.shift));
    let wall = |moment: Moment| date_and_clock(moment, shift.offset_s);
    let mut text = String::new();
    let priority = candidate.standing.priority;
    let engineer = &problem.engineer(shift.engineer).id;
    let _ = writeln!(text, "Ticket {}, priority {priority}: {engineer} goes\n", ticket.id);
    let _ = writeln!(text, "  drive    {}", length(stop.drive));
    let _ = writeln!(text, "  arrival  {}", wall(stop.arrival));
    let _ = writeln!(text, "  work     {} to {}", wall(stop.start), wall(stop.departure));
    for (name, by, at) in
        [("respond", ticket.respond_by, stop.start), ("resolve", ticket.resolve_by, stop.departure)]
    {
        if by != Moment::NEVER {
            let verdict = if at <= by { "kept" } else { "missed" };
            let _ = writeln!(text, "  {name}  by {}, {verdict}", wall(by));
        }
    }
    if let Some(binding) = &candidate.standing.binding {
        let id = |engineer: &EngineerIx| problem.engineer(*engineer).id.to_string();
        let visits = count(binding.visits as usize, "earlier visit", "earlier visits");
        let bound = binding.ladder.iter().map(id).collect::<Vec<_>>().join(", then ");
        let _ = writeln!(text, "  bound    to {bound}, after {visits}");
    }
    text.push_str("\nWhat the stop costs, in time of driving that is worth as much:\n");
    for (line, amount) in stop.receipt.lines() {
        let _ = writeln!(text, "  {:>8}  {}", length(amount), sentences::line(line));
    }
    let _ = writeln!(text, "  {:>8}  in all", length(stop.receipt.total()));
    let routes = routes_without(scorer, plan, stop.ticket);
    let board = Board { scorer, routes: &routes, bounds: None };
    let decision = dispatch(board, candidate, Ask { top: 6, ruled_out: 5 });
    let who = if decision.offers.len() > 1 { "Who" } else { "Nobody" };
    let _ = writeln!(
        text,
        "\n{who} else could have gone, the rest of the plan as it is; the price is what the ticket adds \
         to the whole route:"
    );
    let own = decision.offers.iter().position(|offer| offer.engineer == shift.engineer);
    text += &offers(problem, &decision.offers, own);
    text
}
