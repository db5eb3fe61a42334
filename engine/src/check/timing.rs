//! Time: what breaks and windows allow, tried out gap by gap.
//!
//! A route of `n` stops has `n + 1` gaps: before each stop, and the way back. Every break lies in one
//! gap or after the return. Leaving a place earlier never makes anything later, so for one number of
//! breaks taken only the earliest moment needs to be kept.

use super::facts::Facts;
use super::rules;
use crate::engineer::{Break, MAX_BREAKS, Shift};
use crate::ids::DepotIx;
use crate::ticket::{Ticket, Window};
use crate::travel::Drive;
use crate::units::{Moment, Seconds};

/// By number of breaks taken: a moment, or `None` where there is no way.
pub(super) type ByBreaks = [Option<Moment>; MAX_BREAKS + 1];

/// One stop of a day that is to be timed.
pub(super) struct Stop<'a> {
    pub(super) ticket: &'a Ticket,
    /// When its work may start.
    pub(super) windows: &'a [Window],
    /// Drive from the place before.
    pub(super) drive: Drive,
    /// Work at the engineer's level, after the setup if there is one.
    pub(super) work: Seconds,
}

/// The earliest start in a window, if any is left.
pub(super) fn first_start(windows: &[Window], ready: Moment) -> Option<Moment> {
    windows.iter().find(|window| ready <= window.end).map(|window| ready.max(window.start))
}

/// The latest start in a window by `bound`, if any has opened.
pub(super) fn last_start(windows: &[Window], bound: Moment) -> Option<Moment> {
    windows.iter().rev().find(|window| window.start <= bound).map(|window| bound.min(window.end))
}

/// Before which stop, by its number, and at which depot parts are fetched, if any are.
pub(super) type Fetched = Option<(usize, DepotIx)>;

/// A shift and its tickets in order, with everything that timing needs.
pub(super) struct Day<'a> {
    pub(super) shift: &'a Shift,
    pub(super) stops: Vec<Stop<'a>>,
    pub(super) drive_back: Drive,
    pub(super) fetched: Fetched,
    /// By gap and break: whether the load allows it there. Empty if it always does.
    may_rest: Vec<Vec<bool>>,
}

/// Ready to work after leaving at `left`, driving, and taking all these breaks in turn, each as early
/// as possible. `None` if one of them cannot start in time.
pub(super) fn cross(breaks: &[Break], left: Moment, drive: Seconds) -> Option<Moment> {
    let mut free = left;
    let mut rest = Seconds::ZERO;
    for pause in breaks {
        free = first_start(&pause.windows, free)? + pause.length;
        rest += pause.length;
    }
    Some(free.max(left + drive + rest))
}

/// The latest moment to leave so that [`cross`] is done by `ready_by`, if there is one.
pub(super) fn cross_back(breaks: &[Break], ready_by: Moment, drive: Seconds) -> Option<Moment> {
    let mut free_by = ready_by;
    let mut rest = Seconds::ZERO;
    for pause in breaks.iter().rev() {
        free_by = last_start(&pause.windows, free_by - pause.length)?;
        rest += pause.length;
    }
    Some(free_by.min(ready_by - drive - rest))
}

impl<'a> Day<'a> {
    /// A day with these tickets in this order.
    pub(super) fn new(
        facts: &Facts<'a>,
        shift: &'a Shift,
        tickets: &[&'a Ticket],
        fetched: Fetched,
    ) -> Day<'a> {
        let mut at = shift.from.as_ref();
        let mut stops = Vec::with_capacity(tickets.len());
        for (n, &ticket) in tickets.iter().enumerate() {
            let place = &ticket.place;
            let by =
                fetched.filter(|fetched| fetched.0 == n).map(|(_, depot)| facts.problem.depot(depot));
            let drive = match by {
                Some(depot) => facts.drive_by(shift, at, depot, place),
                None => at.map_or(Drive::NONE, |at| facts.drive(shift, at, place)),
            };
            let stays = by.is_none() && at.is_some_and(|at| at.is_at(place));
            let setup = if stays { Seconds::ZERO } else { ticket.setup_for(shift.class) };
            let work = setup + facts.work(shift, ticket);
            stops.push(Stop { ticket, windows: &ticket.windows, drive, work });
            at = Some(place);
        }
        let drive_back = match (at, &shift.to) {
            (Some(at), Some(to)) if !tickets.is_empty() => facts.drive(shift, at, to),
            _ => Drive::NONE,
        };
        let may_rest = rules::may_rest(facts.problem, shift, tickets);
        Day { shift, stops, drive_back, fetched, may_rest }
    }

    /// Whether the load allows the breaks from number `before` up to `taken` in a gap.
    pub(super) fn rests(&self, gap: usize, before: usize, taken: usize) -> bool {
        self.may_rest.get(gap).is_none_or(|may| may[before..taken].iter().all(|&may| may))
    }

    /// Whether the day can be done by every rule of time. Where the span is limited, a day without lateness
    /// can be short enough though the one of the earliest return is not.
    pub(super) fn is_possible(&self) -> bool {
        self.departure(false).is_some() || self.departure(true).is_some()
    }

    /// When one leaves by the schedule: at the shift's start, or, where it minds its span, as late as the
    /// earliest return allows. `None` if there is no such schedule, with nothing late if `punctual`.
    pub(super) fn departure(&self, punctual: bool) -> Option<Moment> {
        let back = self.earliest_return(punctual, None)?;
        if !self.shift.leaves_late(punctual) {
            return Some(self.shift.start);
        }
        // Leaving later never brings anyone back earlier, so the latest such moment can be halved for.
        let (mut good, mut bad) = (self.shift.start, back + Seconds(1));
        while bad - good > Seconds(1) {
            let middle = good + Seconds((bad - good).0 / 2);
            if self.return_from(middle, punctual, None) == Some(back) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        let is_short = self.shift.max_span.is_none_or(|most| back - good <= most);
        is_short.then_some(good)
    }

    /// Whether the breaks from number `taken` on are possible one after another from the return on.
    pub(super) fn rest_is_possible(&self, taken: usize, back: Moment) -> bool {
        cross(&self.shift.breaks[taken..], back, Seconds::ZERO).is_some()
    }

    /// The earliest start at stop `n` and the moment after its work, or `None` if no window is left or,
    /// where that is asked for, the work would be late.
    fn serve(&self, n: usize, ready: Moment, punctual: bool) -> Option<(Moment, Moment)> {
        let stop = &self.stops[n];
        let start = first_start(stop.windows, ready)?;
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
    pub(super) fn simulate(&self, leave: Moment, taken: &[usize]) -> Option<(Vec<Moment>, Moment)> {
        let (mut left, mut before) = (leave, 0);
        let mut starts = Vec::with_capacity(self.stops.len());
        for (n, stop) in self.stops.iter().enumerate() {
            let ready = cross(&self.shift.breaks[before..taken[n]], left, stop.drive.time)?;
            let (start, end) = self.serve(n, ready, false)?;
            starts.push(start);
            (left, before) = (end, taken[n]);
        }
        let back =
            cross(&self.shift.breaks[before..taken[self.stops.len()]], left, self.drive_back.time)?;
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
        if !self.rests(gap, before, taken) {
            return None;
        }
        let ready = cross(&self.shift.breaks[before..taken], left, drive.time)?;
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
        self.return_from(self.shift.start, punctual, than)
    }

    /// The same for whoever leaves no earlier than at `leave`.
    pub(super) fn return_from(
        &self,
        leave: Moment,
        punctual: bool,
        than: Option<&[usize]>,
    ) -> Option<Moment> {
        let all = self.shift.breaks.len();
        // The second row holds placements that have fallen behind `than` somewhere.
        let mut now: [ByBreaks; 2] = [[None; MAX_BREAKS + 1]; 2];
        now[0][0] = Some(leave);
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
