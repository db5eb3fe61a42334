//! Which tickets depend on each other, over all routes: orders, and the crews in them, and tandems.

use std::collections::BTreeSet;

use crate::ids::{Index, TicketIx};
use crate::problem::Problem;
use crate::ticket::Ticket;

/// In no knot.
const LOOSE: u32 = u32::MAX;

/// Who waits for whom. Without crews, orders and tandems all of it is empty, and nothing is asked twice.
#[derive(Default)]
pub(super) struct Ties {
    /// By ticket: those that wait for it.
    followers: Vec<Vec<TicketIx>>,
    /// By ticket: the number of its knot.
    knot_of: Vec<u32>,
    /// By ticket: how many of its knot come before it.
    rank: Vec<u32>,
    /// The tickets of every knot: all that depend on each other, directly or through others. Those that others
    /// wait for come before them.
    knots: Vec<Vec<TicketIx>>,
}

impl Ties {
    /// `O(tickets + orders)`, but for sorting.
    pub(super) fn new(problem: &Problem) -> Ties {
        if !problem.tickets().iter().any(Ticket::needs_coordination) {
            return Ties::default();
        }
        let count = problem.tickets().len();
        let mut followers = vec![Vec::new(); count];
        for ticket in problem.ticket_indices() {
            for before in &problem.ticket(ticket).after {
                followers[before.at()].push(ticket);
            }
        }
        let mut ties =
            Ties { followers, knot_of: vec![LOOSE; count], rank: vec![0; count], knots: Vec::new() };
        for ticket in problem.ticket_indices() {
            let starts =
                problem.ticket(ticket).needs_coordination() || !ties.followers(ticket).is_empty();
            if starts && ties.knot_of[ticket.at()] == LOOSE {
                ties.gather(problem, ticket);
            }
        }
        ties
    }

    /// Gathers the knot of a ticket.
    fn gather(&mut self, problem: &Problem, ticket: TicketIx) {
        let number = self.knots.len() as u32;
        let mut members = BTreeSet::from([ticket]);
        let mut open = vec![ticket];
        while let Some(ticket) = open.pop() {
            self.knot_of[ticket.at()] = number;
            let asked = problem.ticket(ticket);
            let companion = asked.companion();
            let near = asked.after.iter().chain(&self.followers[ticket.at()]).chain(&companion);
            open.extend(near.copied().filter(|&other| members.insert(other)));
        }
        // Each goes as soon as all that it waits for have gone.
        let mut knot: Vec<TicketIx> = Vec::with_capacity(members.len());
        let mut waits: Vec<(TicketIx, usize)> =
            members.iter().map(|&member| (member, problem.ticket(member).after.len())).collect();
        let place = |list: &[(TicketIx, usize)], ticket| {
            list.binary_search_by_key(&ticket, |&(member, _)| member).expect("in the same knot")
        };
        let mut free: Vec<TicketIx> =
            waits.iter().filter(|(_, left)| *left == 0).map(|&(member, _)| member).collect();
        while let Some(done) = free.pop() {
            self.rank[done.at()] = knot.len() as u32;
            knot.push(done);
            for &follower in &self.followers[done.at()] {
                let at = place(&waits, follower);
                waits[at].1 -= 1;
                if waits[at].1 == 0 {
                    free.push(follower);
                }
            }
        }
        self.knots.push(knot);
    }

    /// Whether no ticket depends on another or on a second engineer.
    pub(super) fn is_empty(&self) -> bool {
        self.knots.is_empty()
    }

    /// The knots, each with those first that others wait for.
    pub(super) fn knots(&self) -> &[Vec<TicketIx>] {
        &self.knots
    }

    /// Orders the tickets of a knot so that those come first that others wait for.
    pub(super) fn rank(&self, ticket: TicketIx) -> u32 {
        self.rank[ticket.at()]
    }

    /// The number of the knot that a ticket is in.
    pub(super) fn knot(&self, ticket: TicketIx) -> Option<usize> {
        self.knot_of.get(ticket.at()).filter(|&&knot| knot != LOOSE).map(|&knot| knot as usize)
    }

    /// The tickets that wait for this one.
    pub(super) fn followers(&self, ticket: TicketIx) -> &[TicketIx] {
        self.followers.get(ticket.at()).map_or(&[], Vec::as_slice)
    }
}
