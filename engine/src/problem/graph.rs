//! What ties tickets together: promised routes, and orders that must not run in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, RouteDraft};
use crate::flaw::{Code, Flaw};
use crate::ids::{Index, ShiftIx, TicketIx};
use crate::ticket::TicketDraft;

/// Compiles the promised routes: known engineers, shifts and tickets, no shift twice, and a ticket in as many routes of
/// different engineers as it needs.
pub(super) fn routes(problem: &mut Problem, drafts: &[RouteDraft], flaws: &mut Vec<Flaw>) {
    let mut shifts = BTreeSet::new();
    let mut seen: BTreeMap<TicketIx, Vec<&str>> = BTreeMap::new();
    for (n, draft) in drafts.iter().enumerate() {
        let path = format_args!("routes[{n}]");
        let shift = problem.register.engineers.get(&draft.engineer).and_then(|engineer| {
            let all = problem.engineers.get(engineer.at())?.shifts.clone();
            all.map(ShiftIx).find(|&shift| problem.shift(shift).number == draft.shift)
        });
        match shift {
            None => flaws.push(
                Flaw::new(
                    Code::UnknownReference,
                    path,
                    format!("engineer {:?} has no shift {}", draft.engineer, draft.shift),
                    "name an engineer of the roster and count their shifts from 0",
                )
                .of(&draft.engineer),
            ),
            Some(shift) if !shifts.insert(shift) => flaws.push(
                Flaw::new(Code::DuplicateId, path, "the shift has a route already", "join the two")
                    .of(&draft.engineer),
            ),
            Some(_) => {}
        }
        let mut tickets = Vec::with_capacity(draft.tickets.len());
        for (k, id) in draft.tickets.iter().enumerate() {
            let path = format_args!("{path}.tickets[{k}]");
            match problem.register.tickets.get(id) {
                None => flaws.push(
                    Flaw::new(
                        Code::UnknownReference,
                        path,
                        format!("there is no ticket {id:?}"),
                        "add it to \"tickets\" or leave it out of the route",
                    )
                    .of(&draft.engineer),
                ),
                Some(ticket) => {
                    let crew = usize::from(problem.ticket(ticket).crew);
                    let others = seen.entry(ticket).or_default();
                    let is_here = others.contains(&draft.engineer.as_str());
                    if is_here || others.len() >= crew {
                        let (found, fix) = match crew {
                            1 => (format!("ticket {id:?} is in a route already"), "name it once"),
                            _ if is_here => (
                                format!("ticket {id:?} is in a route of this engineer already"),
                                "name it once for each engineer of its crew",
                            ),
                            _ => (
                                format!(
                                    "ticket {id:?} is in {crew} routes already, as many as its crew"
                                ),
                                "leave one of them out, or ask for a larger crew",
                            ),
                        };
                        let flaw = Flaw::new(Code::DuplicateId, path, found, fix);
                        flaws.push(flaw.of(&draft.engineer));
                    } else {
                        others.push(&draft.engineer);
                        tickets.push(ticket);
                    }
                }
            }
        }
        if let Some(shift) = shift {
            problem.committed.push((shift, tickets));
        }
    }
}

/// Finds tickets that wait for each other in a circle. `O(tickets + orders)`, without recursion.
pub(super) fn cycles(problem: &Problem, flaws: &mut Vec<Flaw>) {
    if problem.tickets.iter().all(|ticket| ticket.after.is_empty()) {
        return;
    }
    let mut waits: Vec<usize> = problem.tickets.iter().map(|ticket| ticket.after.len()).collect();
    let mut followers: Vec<Vec<TicketIx>> = vec![Vec::new(); problem.tickets.len()];
    for (n, ticket) in problem.tickets.iter().enumerate() {
        for before in &ticket.after {
            followers[before.at()].push(TicketIx::nth(n));
        }
    }
    let mut free: Vec<usize> = (0..waits.len()).filter(|&n| waits[n] == 0).collect();
    while let Some(done) = free.pop() {
        for follower in &followers[done] {
            waits[follower.at()] -= 1;
            if waits[follower.at()] == 0 {
                free.push(follower.at());
            }
        }
    }
    for (n, _) in waits.iter().enumerate().filter(|(_, left)| **left > 0) {
        flaws.push(
            Flaw::new(
                Code::Cycle,
                format!("tickets[{n}].after"),
                "the ticket waits, directly or through others, for itself",
                "drop one of the orders in the circle",
            )
            .of(&problem.tickets[n].id),
        );
    }
}

/// Checks that a ticket which comes to those that are known waits neither for itself, directly or through others, nor for
/// one of a tandem. `O(tickets that it waits for)`.
pub(super) fn new_orders(problem: &Problem, draft: &TicketDraft, flaws: &mut Vec<Flaw>) {
    let mut tell = |code, found: String, fix| {
        flaws.push(Flaw::new(code, "ticket.after", found, fix).of(&draft.id));
    };
    let tickets = &problem.register.tickets;
    let own = tickets.get(&draft.id);
    let mut ahead: Vec<TicketIx> = draft.after.iter().filter_map(|name| tickets.get(name)).collect();
    if let Some(one) = ahead.iter().find(|one| problem.ticket(**one).tandem.is_some()) {
        let found = format!("ticket {:?} is in a tandem", problem.ticket(*one).id);
        tell(Code::Contradiction, found, "wait for none of a tandem");
    }
    let mut seen: BTreeSet<TicketIx> = BTreeSet::new();
    while let Some(one) = ahead.pop() {
        if Some(one) == own {
            let found = "the ticket waits, directly or through others, for itself".to_owned();
            return tell(Code::Cycle, found, "drop one of the orders in the circle");
        }
        if seen.insert(one) {
            ahead.extend_from_slice(&problem.ticket(one).after);
        }
    }
}
