//! A ticket that is not served: the reason, engineer by engineer.

use std::cmp::Reverse;
use std::fmt::Write;

use paidan_engine::ids::{EngineerIx, Index, ShiftIx};
use paidan_engine::plan::{Reason, Unserved};
use paidan_engine::price::{Candidate, Scorer};
use paidan_engine::rule::Barrier;

use crate::cli::room::{self, Planned, Room};
use crate::cli::text::{and_more, clock, columns, count, date_and_clock, length, listed, number};
use crate::sentences;

/// Engineers told by name, at most.
const NAMED: usize = 10;

pub(super) fn write(planned: &Planned<'_>, left: &Unserved) -> String {
    let scorer = planned.scorer;
    let candidate = scorer.candidate(left.ticket);
    let mut text = String::new();
    let (id, priority) = (&candidate.ticket.id, candidate.standing.priority);
    let _ = writeln!(text, "Ticket {id}, priority {priority}: not served");
    let _ = writeln!(text, "{}\n", sentences::reason(&left.reason, candidate.ticket));
    if candidate.ticket.crew > 1 {
        let crew = count(usize::from(candidate.ticket.crew), "engineer", "engineers");
        let _ = writeln!(text, "It asks for {crew} who start together.\n");
    }
    if let Some(tandem) = candidate.ticket.tandem {
        let other = &scorer.problem().ticket(tandem.other).id;
        let _ = writeln!(text, "Another engineer has to serve {other} at about the same time.\n");
    }
    if !candidate.ticket.after.is_empty() {
        let before = candidate.ticket.after.iter();
        let ids: Vec<&str> = before.map(|&ticket| &*scorer.problem().ticket(ticket).id).collect();
        let _ = writeln!(text, "It may start only after {}.\n", listed(&ids));
    }
    match &left.reason {
        Reason::Impossible(counts) => impossible(&mut text, scorer, candidate, counts),
        Reason::LostTrade { able } => lost(&mut text, planned, candidate, *able),
        Reason::TooFewTogether { .. } => {}
        Reason::PredecessorUnserved(before) => {
            let id = &scorer.problem().ticket(*before).id;
            let _ = writeln!(text, "  {id} has to end first: ask why that one is not served.");
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

/// Those who could on an empty day, cheapest first, and how full their day is instead.
fn lost(text: &mut String, planned: &Planned<'_>, candidate: Candidate<'_>, able: u32) {
    let scorer = planned.scorer;
    let problem = scorer.problem();
    let offers = room::able(scorer, candidate, NAMED);
    text.push_str("Those who could on an empty day, cheapest first:\n");
    let heads = [
        "engineer",
        "shift",
        " stops",
        " least priority",
        " work",
        " driving",
        " breaks",
        " free",
        "needed",
        "but",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for offer in &offers {
        let shifts = problem.engineer(offer.engineer).shifts.clone().map(ShiftIx);
        let able = shifts.filter(|&shift| scorer.barrier_on_empty_day(candidate, shift).is_none());
        rows.extend(able.map(|shift| day(planned, candidate, shift)));
    }
    *text += &columns(2, &rows);
    if able as usize > offers.len() {
        let _ = writeln!(text, "  {}", and_more(able as usize - offers.len()));
    }
}

fn everybody(scorer: &Scorer<'_>) -> impl Iterator<Item = EngineerIx> {
    (0..scorer.problem().engineers().len()).map(EngineerIx::nth)
}

/// What fills a shift, and what the ticket lacks there.
fn day(planned: &Planned<'_>, candidate: Candidate<'_>, index: ShiftIx) -> Vec<String> {
    let (scorer, plan) = (planned.scorer, planned.plan);
    let problem = scorer.problem();
    let shift = problem.shift(index);
    let room = Room::of(problem, plan, index);
    let stops = plan.routes.iter().filter(|route| route.shift == index).flat_map(|route| &route.stops);
    let least = stops.map(|stop| scorer.candidate(stop.ticket).standing.priority).min();
    vec![
        problem.engineer(shift.engineer).id.to_string(),
        format!("{}-{}", date_and_clock(shift.start, shift.offset_s), clock(shift.end, shift.offset_s)),
        number(room.stops as i64),
        least.map_or_else(String::new, |priority| priority.to_string()),
        length(room.work),
        length(room.drive),
        length(room.breaks),
        length(room.free()),
        format!("{} + drive", length(scorer.fit(candidate, shift).work)),
        planned.lack(candidate, index).to_owned(),
    ]
}
