//! What an assignment must keep to.

use std::collections::BTreeMap;

use crate::flaw::{Code, Flaw};
use crate::ids::{TerritoryIx, TicketIx};
use crate::problem::{Problem, limits};
use crate::ticket::Ticket;
use crate::units::Seconds;

/// What an assignment must keep to. What is promised already counts, but for the seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How many of the tickets one engineer takes at most, at least 1.
    pub seats: u32,
    /// How many emergencies one engineer has at most; the policy says from which priority on a ticket is one.
    pub emergencies: Option<u32>,
    /// How many tickets each engineer should have at least; every one that they are short of costs [`SHORT`].
    pub least: u32,
    /// How many tickets are served of some territories at most. Any two of them have no ticket of the problem in common,
    /// or one of them has all of the other's.
    pub quotas: Vec<Quota>,
}

/// So many tickets of a territory are served at most; a crew's counts for each of its engineers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The territory.
    pub territory: TerritoryIx,
    /// How many.
    pub most: u32,
}

/// What it costs that an engineer takes one ticket less than they should at least: an hour of driving.
pub const SHORT: Seconds = Seconds(3600);

impl Default for Terms {
    fn default() -> Terms {
        Terms { seats: 5, emergencies: None, least: 0, quotas: Vec::new() }
    }
}

impl Terms {
    /// No limit but that on seats.
    pub fn of_seats(seats: u32) -> Terms {
        Terms { seats, ..Terms::default() }
    }

    /// Whether there is no limit but that on seats.
    pub fn is_plain(&self) -> bool {
        self.emergencies.is_none() && self.least == 0 && self.quotas.is_empty()
    }

    /// Quotas that can be kept one by one but not counted together. `O(tickets * quotas)`, and the square of those of each
    /// ticket. All tickets of the problem count, since any that is promised may give way and be assigned again.
    pub fn flaws(&self, problem: &Problem) -> Vec<Flaw> {
        let mut alone = vec![0; self.quotas.len()];
        // Two quotas, with how many tickets they share and one of them.
        let mut shared: BTreeMap<(usize, usize), (usize, TicketIx)> = BTreeMap::new();
        if self.quotas.len() < 2 {
            return Vec::new();
        }
        for ticket in problem.ticket_indices() {
            let counts = |&n: &usize| self.quotas[n].counts(problem.ticket(ticket));
            let own: Vec<usize> = (0..self.quotas.len()).filter(counts).collect();
            for (k, &one) in own.iter().enumerate() {
                alone[one] += 1;
                for &other in &own[k + 1..] {
                    shared.entry((one, other)).or_insert((0, ticket)).0 += 1;
                }
            }
        }
        let apart = shared
            .into_iter()
            .filter(|&((one, other), (both, _))| both < alone[one] && both < alone[other]);
        let flaw = |((one, other), (_, ticket)): ((usize, usize), (usize, TicketIx))| {
            let id = |n: usize| problem.register().territories.name(self.quotas[n].territory);
            let found = format!(
                "territories {:?} and {:?} have ticket {:?} in common, and each has others besides",
                id(one),
                id(other),
                problem.ticket(ticket).id
            );
            let fix = "give quotas to territories that lie apart, or one within another";
            Flaw::new(Code::Contradiction, format!("quotas[{other}]"), found, fix)
        };
        apart.map(flaw).take(limits::FLAWS).collect()
    }
}

impl Quota {
    /// Whether it counts a ticket.
    pub(super) fn counts(self, ticket: &Ticket) -> bool {
        ticket.territories.contains(&self.territory)
    }
}
