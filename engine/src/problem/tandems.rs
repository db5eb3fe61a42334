//! Tandems: two tickets that two engineers serve at about the same time.

use super::Problem;
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, TicketIx};
use crate::ticket::{Tandem, TandemDraft, TicketDraft};
use crate::units::Seconds;

/// The longest time between the starts of a tandem that may be asked for; whoever wants no limit leaves it out.
const MONTH: Seconds = Seconds(30 * 86_400);

/// Ties every ticket of a tandem to the other. A ticket is in one tandem at most; it is in no pair, has no crew,
/// waits for none, and none waits for it. `O(tickets log tickets + orders)`.
pub(super) fn compile(problem: &mut Problem, drafts: &[TicketDraft], flaws: &mut Vec<Flaw>) {
    if drafts.iter().all(|draft| draft.tandem.is_none()) {
        return;
    }
    let mut is_awaited = vec![false; problem.tickets.len()];
    for before in problem.tickets.iter().flat_map(|ticket| &ticket.after) {
        is_awaited[before.at()] = true;
    }
    for (n, draft) in drafts.iter().enumerate() {
        let Some(asked) = &draft.tandem else { continue };
        let mut tell = |code, found: String, fix| {
            flaws.push(Flaw::new(code, format!("tickets[{n}].tandem"), found, fix).of(&draft.id));
        };
        let Some((from, until)) = span(asked, &mut tell) else { continue };
        let name = &asked.with;
        let Some(first) = problem.register.tickets.get(name) else {
            tell(
                Code::UnknownReference,
                format!("there is no ticket {name:?}"),
                "add it to \"tickets\" or leave it out here",
            );
            continue;
        };
        let second = TicketIx::nth(n);
        // Where ids are not unique there is no telling who goes with whom; that is told elsewhere.
        if problem.register.tickets.get(&draft.id) != Some(second) {
            continue;
        }
        if first == second {
            let fix = "name the other ticket, or ask for a crew";
            tell(Code::Cycle, "the ticket makes a tandem with itself".to_owned(), fix);
            continue;
        }
        let both = [first, second].map(|ticket| &problem.tickets[ticket.at()]);
        if both.iter().any(|ticket| ticket.tandem.is_some()) || drafts[first.at()].tandem.is_some() {
            tell(
                Code::Contradiction,
                format!("ticket {name:?} or this one is in another tandem"),
                "give every tandem two tickets of its own, the second of which names the first",
            );
            continue;
        }
        let is_tied = both.iter().any(|ticket| ticket.half.is_some() || ticket.needs_coordination());
        if is_tied || is_awaited[first.at()] || is_awaited[second.at()] {
            tell(
                Code::Contradiction,
                "a ticket of the tandem is in a pair, needs a crew, waits for a ticket or is waited for"
                    .to_owned(),
                "leave out \"follows\", \"crew\" and \"after\" in both and what names them in others",
            );
            continue;
        }
        problem.tickets[first.at()].tandem = Some(Tandem { other: second, from, until, leads: true });
        let back = Tandem { other: first, from: -until, until: -from, leads: false };
        problem.tickets[second.at()].tandem = Some(back);
    }
}

/// Between what times after the first ticket the second starts; `None` if that is told to be wrong.
fn span(
    asked: &TandemDraft,
    tell: &mut impl FnMut(Code, String, &'static str),
) -> Option<(Seconds, Seconds)> {
    for limit in [asked.from, asked.until].into_iter().flatten() {
        if !(-MONTH.0..=MONTH.0).contains(&limit.0) {
            tell(
                Code::OutOfRange,
                format!("{} s lie between the starts, more than {}", limit.0, MONTH.0),
                "leave a limit out that is none",
            );
            return None;
        }
    }
    let (from, until) = (asked.from.unwrap_or(-Tandem::ANY), asked.until.unwrap_or(Tandem::ANY));
    if from > until {
        let found = format!("the span of starts ends ({} s) before it begins ({} s)", until.0, from.0);
        tell(Code::Reversed, found, "swap the two");
        return None;
    }
    Some((from, until))
}
