//! What people read in place of names: one match for each enum of the engine, each of them exhaustive,
//! so that nothing new goes without a sentence.

use paidan_engine::plan::{Ended, Reason};
use paidan_engine::rule::{Barrier, Line};
use paidan_engine::ticket::Ticket;

pub use paidan_engine::wire::decision::words::{barrier, ruled_out};

/// What a hard rule asks for, in a word or two.
pub fn barrier_noun(barrier: Barrier) -> &'static str {
    match barrier {
        Barrier::Forbidden => "forbidden by the ticket",
        Barrier::NotRequired => "not one of those required",
        Barrier::Bound => "not one of those bound",
        Barrier::Skill => "without the skill",
        Barrier::Certificate => "with a lapsed certificate",
        Barrier::Territory => "of other territories",
        Barrier::Goods => "without the parts or the room",
        Barrier::Absent => "away",
        Barrier::OffDuty => "without a shift",
        Barrier::Quota => "at the limit of a shift",
        Barrier::TooFar => "too far away",
        Barrier::Window => "busy or on the road in every window",
    }
}

/// A kind of reason, for a count: "3 lost the trade".
pub fn reason_kind(reason: &Reason, ticket: &Ticket) -> &'static str {
    match reason {
        Reason::Impossible(_) => "impossible: nobody could, even with an empty day",
        Reason::LostTrade { .. } if ticket.needs_coordination() => {
            "lost the trade: enough could, but not at one moment or in its turn beside the planned work"
        }
        Reason::LostTrade { .. } => {
            "lost the trade: somebody could, but has no room beside the planned work"
        }
        Reason::TooFewTogether { .. } => {
            "need more engineers at once than could start together, even with empty days"
        }
        Reason::PredecessorUnserved(_) => "wait for a ticket that nobody serves",
    }
}

/// Why one ticket is not served.
pub fn reason(reason: &Reason, ticket: &Ticket) -> String {
    match reason {
        Reason::Impossible(barriers) => {
            let told: Vec<String> = barriers
                .iter()
                .map(|(barrier, count)| format!("{count} {}", barrier_noun(*barrier)))
                .collect();
            if told.is_empty() {
                "nobody is on the roster".to_owned()
            } else {
                format!("nobody can: {}", told.join(", "))
            }
        }
        Reason::LostTrade { able } => {
            let turn = if ticket.after.is_empty() { "" } else { " in its turn" };
            match able {
                _ if ticket.tandem.is_some() => {
                    let room =
                        "two have room for it and the other of its tandem beside the planned work";
                    format!("{able} could serve it, but no {room}")
                }
                _ if ticket.crew > 1 => {
                    let room = format!("room at one moment{turn} beside the planned work");
                    format!("{able} engineers could, but too few have {room}")
                }
                1 => format!("one engineer could, but has no room{turn} beside the planned work"),
                able => {
                    format!("{able} engineers could, but none has room{turn} beside the planned work")
                }
            }
        }
        Reason::TooFewTogether { .. } if ticket.tandem.is_some() => {
            "somebody could, but no two engineers could serve it and the other of its tandem".to_owned()
        }
        Reason::TooFewTogether { able: 1, .. } => {
            format!("only one engineer could, and it needs {} at once", ticket.crew)
        }
        Reason::TooFewTogether { able, together } => {
            let crew = ticket.crew;
            format!("{able} engineers could, at most {together} of them at once, and it needs {crew}")
        }
        Reason::PredecessorUnserved(_) => "it waits for a ticket that nobody serves".to_owned(),
    }
}

/// How a search came to its end.
pub fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Running => "still searching",
        Ended::Rounds => "all rounds done",
        Ended::Deadline => "time used up",
        Ended::Stale => "nothing better found for long",
        Ended::Cancelled => "stopped by hand",
        Ended::Proven => "nothing to search",
    }
}

/// A line of a receipt.
pub fn line(line: Line) -> &'static str {
    match line {
        Line::Callout => "anyone out in the shift at all",
        Line::Driving => "driving",
        Line::Work => "work by the hour",
        Line::Waiting => "waiting on the way",
        Line::Skill => "skill levels off the preferred ones",
        Line::History => "chance of a second visit",
        Line::Load => "work piled up in the shift",
        Line::Preference => "not a preferred engineer",
        Line::Binding => "not the engineer bound by repeat",
        Line::Lateness => "late against the SLA",
        Line::Overtime => "overtime",
        Line::Guarantee => "hours used that are paid in any case",
    }
}
