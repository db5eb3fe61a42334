//! Who could start together: crews, and tickets that wait for others.

use super::facts::Facts;
use super::slack::Slack;
use crate::ids::EngineerIx;
use crate::ticket::{Ticket, Window};
use crate::units::Moment;

/// Counts engineers by the moments at which they could start.
#[derive(Default)]
pub(super) struct Starts {
    spans: Vec<(EngineerIx, Window)>,
}

impl Starts {
    /// An engineer could start a ticket within one of `windows` on this day.
    pub(super) fn add(
        &mut self,
        engineer: EngineerIx,
        facts: &Facts<'_>,
        day: &Slack<'_>,
        (ticket, windows): (&Ticket, &[Window]),
    ) {
        self.spans.extend(day.starts(facts, ticket, windows).into_iter().map(|span| (engineer, span)));
    }

    /// The most engineers who could start at one moment. `O(spans^2)`.
    pub(super) fn most_together(&self) -> u32 {
        // Where spans have a moment in common, they have the start of one of them in common.
        let at = |moment: Moment| {
            let there = |(_, span): &&(EngineerIx, Window)| span.start <= moment && moment <= span.end;
            let mut who: Vec<EngineerIx> =
                self.spans.iter().filter(there).map(|&(engineer, _)| engineer).collect();
            who.sort_unstable();
            who.dedup();
            who.len() as u32
        };
        self.spans.iter().map(|(_, span)| at(span.start)).max().unwrap_or(0)
    }
}

/// What is left of windows from a moment on.
pub(super) fn since(windows: &[Window], from: Moment) -> Vec<Window> {
    let cut = windows.iter().map(|window| Window { start: window.start.max(from), ..*window });
    cut.filter(|window| window.start <= window.end).collect()
}
