//! Who comes along: the crews of a plan.

use std::collections::BTreeMap;

use crate::ids::{EngineerIx, TicketIx};
use crate::plan::Plan;
use crate::problem::Problem;

/// The engineers of every ticket that several go to, in the order of the roster.
pub(super) struct Crews<'p> {
    problem: &'p Problem,
    of: BTreeMap<TicketIx, Vec<EngineerIx>>,
}

impl<'p> Crews<'p> {
    /// `O(stops)`, but for sorting those of crews.
    pub(super) fn new(problem: &'p Problem, plan: &Plan) -> Crews<'p> {
        let mut of: BTreeMap<TicketIx, Vec<EngineerIx>> = BTreeMap::new();
        for route in &plan.routes {
            for stop in route.stops.iter().filter(|stop| problem.ticket(stop.ticket).crew > 1) {
                of.entry(stop.ticket).or_default().push(problem.shift(route.shift).engineer);
            }
        }
        Crews { problem, of }
    }

    /// The ids of those who start at a ticket together with an engineer.
    pub(super) fn with(&self, ticket: TicketIx, engineer: EngineerIx) -> Vec<&'p str> {
        let crew = self.of.get(&ticket).map_or(&[][..], Vec::as_slice);
        let others = crew.iter().filter(|&&other| other != engineer);
        others.map(|&other| &*self.problem.engineer(other).id).collect()
    }
}
