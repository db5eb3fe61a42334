//! Time: what breaks and windows allow, tried out gap by gap.
//!
//! A route of `n` stops has `n + 1` gaps: before each stop, and the way back. Every break lies in one
//! gap or after the return. Leaving a place earlier never makes anything later, so for one number of
//! breaks taken only the earliest moment needs to be kept.

use super::facts::Facts;
use crate::engineer::{Break, MAX_BREAKS, Shift};
use crate::ticket::Ticket;
use crate::units::{Moment, Seconds};

/// By number of breaks taken: a moment, or `None` where there is no way.
pub(super) type ByBreaks = [Option<Moment>; MAX_BREAKS + 1];

/// One stop of a day that is to be timed.
pub(super) struct Stop<'a> {
    pub(super) ticket: &'a Ticket,
    /// Drive from the place before.
    pub(super) drive: Seconds,
    /// Work at the engineer's level.
    pub(super) work: Seconds,
}

/// A shift and its tickets in order, with everything that timing needs.
pub(super) struct Day<'a> {
    pub(super) shift: &'a Shift,
    pub(super) stops: Vec<Stop<'a>>,
    pub(super) drive_back: Seconds,
}

/// Ready to work after leaving at `left`, driving, and taking all these breaks in turn, each as early
/// as possible. `None` if one of them cannot start in time.
pub(super) fn cross(breaks: &[Break], left: Moment, drive: Seconds) -> Option<Moment> {
    let mut free = left;
    let mut rest = Seconds::ZERO;
    for pause in breaks {
        let start = free.max(pause.earliest);
        if start > pause.latest {
            return None;
        }
        free = start + pause.length;
        rest += pause.length;
    }
    Some(free.max(left + drive + rest))
}

/// The latest moment to leave so that [`cross`] is done by `ready_by`, if there is one.
pub(super) fn cross_back(breaks: &[Break], ready_by: Moment, drive: Seconds) -> Option<Moment> {
    let mut free_by = ready_by;
    let mut rest = Seconds::ZERO;
    for pause in breaks.iter().rev() {
        free_by = (free_by - pause.length).min(pause.latest);
        if free_by < pause.earliest {
            return None;
        }
        rest += pause.length;
    }
    Some(free_by.min(ready_by - drive - rest))
}

impl<'a> Day<'a> {
    /// A day with these tickets in this order.
    pub(super) fn new(facts: &Facts<'a>, shift: &'a Shift, tickets: &[&'a Ticket]) -> Day<'a> {
        let mut at = &shift.from;
        let mut stops = Vec::with_capacity(tickets.len());
        for &ticket in tickets {
            let drive = facts.drive(shift, at, &ticket.place);
            stops.push(Stop { ticket, drive, work: facts.work(shift, ticket) });
            at = &ticket.place;
        }
        let drive_back = match &shift.to {
            Some(to) if !tickets.is_empty() => facts.drive(shift, at, to),
            _ => Seconds::ZERO,
        };
        Day { shift, stops, drive_back }
    }

    /// Whether the breaks from number `taken` on are possible one after another from the return on.
    pub(super) fn rest_is_possible(&self, taken: usize, back: Moment) -> bool {
        cross(&self.shift.breaks[taken..], back, Seconds::ZERO).is_some()
    }

    /// The earliest start at stop `n` and the moment after its work, or `None` if no window is left or,
    /// where that is asked for, the work would be late.
    fn serve(&self, n: usize, ready: Moment, punctual: bool) -> Option<(Moment, Moment)> {
        let stop = &self.stops[n];
        let start = stop.ticket.windows.first_start(ready)?;
        let end = start + stop.work;
        let late = start > stop.ticket.respond_by || end > stop.ticket.resolve_by;
        (!punctual || !late).then_some((start, end))
    }

    /// Whether this return is allowed, with the breaks left after it.
    fn may_return(&self, back: Moment, taken: usize, punctual: bool) -> bool {
        let limit = if punctual { self.shift.end } else { self.shift.latest_return };
        back <= limit && self.rest_is_possible(taken, back)
    }

    /// The starts and the return with a given placement of the breaks: `taken[g]` of them are over at
    /// the end of gap `g`.
    pub(super) fn simulate(&self, taken: &[usize]) -> Option<(Vec<Moment>, Moment)> {
        let (mut left, mut before) = (self.shift.start, 0);
        let mut starts = Vec::with_capacity(self.stops.len());
        for (n, stop) in self.stops.iter().enumerate() {
            let ready = cross(&self.shift.breaks[before..taken[n]], left, stop.drive)?;
            let (start, end) = self.serve(n, ready, false)?;
            starts.push(start);
            (left, before) = (end, taken[n]);
        }
        let back = cross(&self.shift.breaks[before..taken[self.stops.len()]], left, self.drive_back)?;
        Some((starts, back))
    }

    /// The end of gap `gap`, its stop served or its return allowed, for breaks `before..taken` in it.
    fn pass(
        &self,
        gap: usize,
        left: Moment,
        before: usize,
        taken: usize,
        punctual: bool,
    ) -> Option<Moment> {
        let drive = self.stops.get(gap).map_or(self.drive_back, |stop| stop.drive);
        let ready = cross(&self.shift.breaks[before..taken], left, drive)?;
        if gap < self.stops.len() {
            self.serve(gap, ready, punctual).map(|(_, end)| end)
        } else {
            self.may_return(ready, taken, punctual).then_some(ready)
        }
    }

    /// The earliest return over all placements of the breaks, with nothing late and no overtime if
    /// `punctual`. With `than`, only over placements that take no break in an earlier gap than `than`
    /// does and at least one in a later gap. `O(stops * breaks^2)`.
    pub(super) fn earliest_return(&self, punctual: bool, than: Option<&[usize]>) -> Option<Moment> {
        let all = self.shift.breaks.len();
        // The second row holds placements that have fallen behind `than` somewhere.
        let mut now: [ByBreaks; 2] = [[None; MAX_BREAKS + 1]; 2];
        now[0][0] = Some(self.shift.start);
        for gap in 0..=self.stops.len() {
            let most = than.map_or(all, |than| than[gap]);
            let mut next: [ByBreaks; 2] = [[None; MAX_BREAKS + 1]; 2];
            for (behind, row) in now.iter().enumerate() {
                for (before, left) in row.iter().enumerate() {
                    let Some(left) = *left else { continue };
                    for taken in before..=most {
                        if let Some(done) = self.pass(gap, left, before, taken, punctual) {
                            let row = if taken < most { 1 } else { behind };
                            earlier(&mut next[row], taken, done);
                        }
                    }
                }
            }
            now = next;
        }
        let rows = if than.is_some() { &now[1..] } else { &now[..] };
        rows.iter().flatten().flatten().min().copied()
    }
}

/// Keeps the earlier of what is known for `taken` and `moment`.
pub(super) fn earlier(known: &mut ByBreaks, taken: usize, moment: Moment) {
    known[taken] = Some(known[taken].map_or(moment, |known| known.min(moment)));
}

/// Keeps the later of what is known for `taken` and `moment`.
pub(super) fn later(known: &mut ByBreaks, taken: usize, moment: Moment) {
    known[taken] = Some(known[taken].map_or(moment, |known| known.max(moment)));
}
