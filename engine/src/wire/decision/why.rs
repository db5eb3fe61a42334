//! One sentence for people: why this engineer, or why nobody.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Asked, rfc3339, words};
use crate::dispatch::{Decision, Offer, RuledOut, RungOutcome};
use crate::fit::Binding;
use crate::problem::Problem;
use crate::rule::Line;
use crate::units::Seconds;

pub(super) fn why(problem: &Problem, asked: Asked<'_>, decision: &Decision) -> Cow<'static, str> {
    if asked.crew > 1 {
        let crew = asked.crew;
        return format!("The ticket needs {crew} engineers at once, whom a plan brings together.")
            .into();
    }
    if asked.waits {
        return "The ticket waits for another one, and a plan puts the two in order.".into();
    }
    if asked.paired {
        return "The ticket is one of a pair, which a plan keeps together.".into();
    }
    if asked.in_tandem {
        return "The ticket is one of a tandem, for which a plan brings two engineers together.".into();
    }
    let mut text = String::with_capacity(160);
    let told = match &decision.binding {
        Some(binding) => bound(&mut text, problem, decision, binding),
        None => free(&mut text, problem, decision),
    };
    // Writing to a string cannot fail.
    debug_assert!(told.is_ok());
    text.into()
}

/// Nobody is bound: what the chosen engineer has over the next one.
fn free(text: &mut String, problem: &Problem, decision: &Decision) -> std::fmt::Result {
    match decision.chosen {
        Some(chosen) => {
            write!(text, "{} goes: ", problem.engineer(decision.offers[chosen].engineer).id)?;
            edge(text, problem, &decision.offers, chosen)?;
            text.push('.');
            Ok(())
        }
        None => nobody(text, problem, decision),
    }
}

fn nobody(text: &mut String, problem: &Problem, decision: &Decision) -> std::fmt::Result {
    text.push_str("Nobody can go");
    if let Some((engineer, why)) = decision.ruled_out.first() {
        let id = &problem.engineer(*engineer).id;
        write!(text, "; the first who comes to mind, {id}, {}", words::ruled_out(*why))?;
    }
    text.push('.');
    Ok(())
}

/// A repeat: who was bound, what became of them, and who goes.
fn bound(
    text: &mut String,
    problem: &Problem,
    decision: &Decision,
    binding: &Binding,
) -> std::fmt::Result {
    let report = binding.visits + 1;
    match report {
        2 => text.push_str("Second report: "),
        3 => text.push_str("Third report: "),
        _ => write!(text, "Report number {report}: ")?,
    }
    let takes = decision.ladder.iter().position(|rung| rung.outcome == RungOutcome::Takes);
    let passed = &decision.ladder[..takes.unwrap_or(decision.ladder.len())];
    for (n, rung) in passed.iter().enumerate() {
        text.push_str(if n == 0 { "the bound engineer " } else { " and " });
        let id = &problem.engineer(rung.engineer).id;
        match rung.outcome {
            RungOutcome::TooLate(start) => {
                let start = rfc3339(start, super::offset_of(problem, rung.engineer));
                write!(text, "{id} could start only at {start}, after the SLA's resolve_by")?;
            }
            RungOutcome::Barred(barrier) => write!(text, "{id} {}", words::barrier(barrier))?,
            RungOutcome::NoRoom => write!(text, "{id} {}", words::ruled_out(RuledOut::NoRoom))?,
            RungOutcome::Takes | RungOutcome::NotNeeded => text.push_str(id),
        }
    }
    if !passed.is_empty() {
        text.push_str(", so ");
    }
    match (takes, decision.chosen) {
        (Some(step), _) => {
            let id = &problem.engineer(decision.ladder[step].engineer).id;
            write!(text, "{id} goes, who knows the case from an earlier visit.")
        }
        (None, Some(chosen)) => {
            write!(text, "{} goes: ", problem.engineer(decision.offers[chosen].engineer).id)?;
            edge(text, problem, &decision.offers, chosen)?;
            text.push('.');
            Ok(())
        }
        (None, None) if binding.strict => {
            text.push_str("nobody goes: the policy sends only bound engineers.");
            Ok(())
        }
        (None, None) => {
            text.push_str("somebody else should go, but nobody can.");
            Ok(())
        }
    }
}

/// What the chosen offer has over the next one: the line of the receipt on which it saves most.
fn edge(text: &mut String, problem: &Problem, offers: &[Offer], chosen: usize) -> std::fmt::Result {
    let mine = &offers[chosen];
    let Some(other) = offers.get(usize::from(chosen == 0)).filter(|_| offers.len() > 1) else {
        // Whether there are others depends on how many offers were asked for.
        text.push_str("the best of those who can");
        return Ok(());
    };
    let id = &problem.engineer(other.engineer).id;
    let saved = other.receipt - mine.receipt;
    let most = saved.lines().filter(|(_, amount)| amount.0 > 0).max_by_key(|(_, amount)| *amount);
    match most {
        None => write!(text, "as good as {id} and first in the roster"),
        Some((Line::Driving, amount)) => {
            let (drive, less) = (Minutes(mine.detour), Minutes(amount));
            write!(text, "nearest, with {drive} of driving, {less} less than {id}")
        }
        Some((Line::Callout, _)) => write!(text, "out already, unlike {id}"),
        Some((Line::Work, _)) => write!(text, "an hour of work costs less than of {id}"),
        Some((Line::Waiting, _)) => write!(text, "less waiting that is paid than {id}"),
        Some((Line::Guarantee, _)) => write!(text, "paid in any case, unlike {id}"),
        Some((Line::Skill, _)) => write!(text, "the skill level fits better than that of {id}"),
        Some((Line::History, _)) => {
            let (own, theirs) = (100.0 * mine.score.history, 100.0 * other.score.history);
            let first = "most likely to resolve it at the first go";
            write!(text, "{first} ({own:.0} %, {id} {theirs:.0} %)")
        }
        Some((Line::Load, _)) => write!(text, "less work in the shift than {id}"),
        Some((Line::Preference, _)) => text.write_str("preferred by the customer"),
        Some((Line::Binding, _)) => text.write_str("bound by the earlier visits"),
        Some((Line::Lateness, _)) => write!(text, "sooner within the SLA than {id}"),
        Some((Line::Overtime, _)) => write!(text, "less overtime than {id}"),
    }
}

/// A length in whole minutes, at least one if it is not zero.
struct Minutes(Seconds);

impl std::fmt::Display for Minutes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} min", (self.0.0 + 59).div_euclid(60))
    }
}
