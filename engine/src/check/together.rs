//! Who could start together: crews, tandems, and tickets that wait for others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::facts::Facts;
use super::shape::is_absurd;
use crate::ids::{EngineerIx, Index, ShiftIx};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::ticket::{Tandem, Ticket, Window};
use crate::units::Moment;

/// Counts engineers by the moments at which they could start.
#[derive(Default)]
pub(super) struct Starts {
    spans: Vec<(EngineerIx, Window)>,
}

impl Starts {
    /// An engineer could start within each of these spans.
    pub(super) fn add(&mut self, engineer: EngineerIx, spans: Vec<Window>) {
        self.spans.extend(spans.into_iter().map(|span| (engineer, span)));
    }

    /// Whether one of these engineers could start a ticket and another one of `others` the other of its tandem, at
    /// moments that go together. `O(spans)` where many could, their square where nobody could.
    pub(super) fn meets(&self, others: &Starts, tandem: Tandem) -> bool {
        let is_met = |engineer: EngineerIx, span: &Window| {
            others.spans.iter().any(|&(other, there)| {
                let least = there.start - span.end;
                let most = there.end - span.start;
                other != engineer && least <= tandem.until && tandem.from <= most
            })
        };
        self.spans.iter().any(|(engineer, span)| is_met(*engineer, span))
    }

    /// The most engineers who could start at one moment. `O(n log n)` in the spans.
    pub(super) fn most_together(mut self) -> u32 {
        // Where spans have a moment in common, they have the start of one of them in common. They are opened
        // in the order of their starts, and before each one those are closed that are over by then.
        self.spans.sort_unstable_by_key(|(_, span)| span.start);
        let engineers = self.spans.iter().map(|(engineer, _)| engineer.at() + 1).max().unwrap_or(0);
        let mut open_spans = vec![0_u32; engineers];
        let mut ends: BinaryHeap<Reverse<(Moment, EngineerIx)>> = BinaryHeap::new();
        let (mut here, mut most) = (0, 0);
        for (engineer, span) in self.spans {
            while let Some(&Reverse((end, gone))) = ends.peek()
                && end < span.start
            {
                ends.pop();
                let open = &mut open_spans[gone.at()];
                *open -= 1;
                here -= u32::from(*open == 0);
            }
            let open = &mut open_spans[engineer.at()];
            here += u32::from(*open == 0);
            *open += 1;
            ends.push(Reverse((span.end, engineer)));
            most = most.max(here);
        }
        most
    }
}

/// Where every ticket stands in a plan, by ticket: the numbers of routes, and the positions in them.
pub(super) struct Stands(Vec<Vec<(usize, usize)>>);

impl Stands {
    /// `O(stops)`.
    pub(super) fn of(problem: &Problem, plan: &Plan) -> Stands {
        let mut stands = vec![Vec::new(); problem.tickets().len()];
        for (number, route) in plan.routes.iter().enumerate() {
            for (position, stop) in route.stops.iter().enumerate() {
                if let Some(stands) = stands.get_mut(stop.ticket.at()) {
                    stands.push((number, position));
                }
            }
        }
        Stands(stands)
    }
}

/// Where and when a ticket may start that waits for others, if all that it waits for stays where it is.
pub(super) struct Turn {
    from: Moment,
    /// By shift of those that it waits for: how many stops must stand before it.
    behind: BTreeMap<ShiftIx, usize>,
}

impl Turn {
    /// `None` if one that it waits for is not served, or not at a time that can be reckoned with.
    /// `O(log n)` for each of their stops.
    pub(super) fn of(facts: &Facts<'_>, ticket: &Ticket, plan: &Plan, stands: &Stands) -> Option<Turn> {
        let mut turn = Turn { from: Moment::PAST, behind: BTreeMap::new() };
        for &before in &ticket.after {
            let stops = &stands.0[before.at()];
            if stops.is_empty() {
                return None;
            }
            let before = facts.problem.ticket(before);
            for &(number, position) in stops {
                let route = &plan.routes[number];
                let shift = facts.problem.shifts().get(route.shift.at())?;
                let start = route.stops[position].start;
                if is_absurd(start.0) {
                    return None;
                }
                // With a setup, needed or not: what is planned may count on that much.
                let work = facts.work(shift, before) + before.setup_for(shift.class);
                turn.from = turn.from.max(start + work);
                let behind = turn.behind.entry(route.shift).or_default();
                *behind = (*behind).max(position + 1);
            }
        }
        Some(turn)
    }

    /// How many stops of a shift's route must stand before the ticket.
    pub(super) fn behind(&self, shift: ShiftIx) -> usize {
        self.behind.get(&shift).copied().unwrap_or(0)
    }

    /// What is left of windows when the turn has come.
    pub(super) fn windows(&self, windows: &[Window]) -> Vec<Window> {
        let cut = windows.iter().map(|window| Window { start: window.start.max(self.from), ..*window });
        cut.filter(|window| window.start <= window.end).collect()
    }
}
