//! Room in a day: whether one more ticket fits, at any position, by every hard rule of time.

use super::facts::Facts;
use super::timing::{ByBreaks, Day, cross, cross_back, earlier, later};
use crate::engineer::{Break, MAX_BREAKS, Shift};
use crate::geo::Place;
use crate::ticket::{Ticket, Window};
use crate::units::{Moment, Seconds};

/// All time.
pub(super) const ANY_TIME: [Window; 1] = [Window { start: Moment::PAST, end: Moment::NEVER }];

/// For every gap of a day: when it can begin at the earliest and must be over at the latest.
#[derive(Clone)]
pub(super) struct Slack<'a> {
    shift: &'a Shift,
    /// The place at each end of every gap; the last gap of an open day has no second one.
    places: Vec<(&'a Place, Option<&'a Place>)>,
    /// By gap and breaks taken before it: the earliest departure.
    leaves: Vec<ByBreaks>,
    /// By gap and breaks taken at its end: the latest moment to be ready.
    ready_by: Vec<ByBreaks>,
    /// By gap: the most time between the two that no break takes; negative if there is no way at all.
    room: Vec<Seconds>,
    /// The most room of any gap.
    most_room: Seconds,
}

impl<'a> Slack<'a> {
    /// The slack of a day. `O(stops * breaks^2)`.
    pub(super) fn of(day: &Day<'a>) -> Slack<'a> {
        let shift = day.shift;
        let mut points = vec![&shift.from];
        points.extend(day.stops.iter().map(|stop| &stop.ticket.place));
        let places = (0..points.len())
            .map(|gap| (points[gap], points.get(gap + 1).copied().or(shift.to.as_ref())))
            .collect();
        let (leaves, ready_by) = (forward(day), backward(day));
        let room: Vec<Seconds> = leaves
            .iter()
            .zip(&ready_by)
            .map(|(leaves, ready_by)| room(&shift.breaks, leaves, ready_by))
            .collect();
        let most_room = room.iter().copied().max().unwrap_or(Seconds(-1));
        Slack { shift, places, leaves, ready_by, room, most_room }
    }

    /// Whether a ticket with these windows and this work fits into some gap.
    /// `O(stops * breaks^3)`, and `O(1)` where no gap has room for the work alone.
    pub(super) fn takes(
        &self,
        facts: &Facts<'_>,
        ticket: &Ticket,
        windows: &[Window],
        work: Seconds,
    ) -> bool {
        // Drives take time too, but asking for them is what costs.
        self.most_room >= work
            && (0..self.places.len())
                .any(|gap| self.room[gap] >= work && self.takes_at(gap, facts, ticket, windows, work))
    }

    fn takes_at(
        &self,
        gap: usize,
        facts: &Facts<'_>,
        ticket: &Ticket,
        windows: &[Window],
        work: Seconds,
    ) -> bool {
        let (leaves, ready_by) = (&self.leaves[gap], &self.ready_by[gap]);
        // Windows may rule the gap out before any drive is asked for.
        let last = ready_by.iter().flatten().max();
        let first = leaves.iter().flatten().min().and_then(|&first| first_start(windows, first));
        if first.zip(last).is_none_or(|(first, &last)| first + work > last) {
            return false;
        }
        let (from, to) = self.places[gap];
        let there = facts.drive(self.shift, from, &ticket.place);
        let on = to.map_or(Seconds::ZERO, |to| facts.drive(self.shift, &ticket.place, to));
        let breaks: &[Break] = &self.shift.breaks;
        for before in 0..=breaks.len() {
            let Some(left) = leaves[before] else { continue };
            for during in before..=breaks.len() {
                let end = cross(&breaks[before..during], left, there)
                    .and_then(|ready| first_start(windows, ready))
                    .map(|start| start + work);
                let Some(end) = end else { continue };
                let fits = (during..=breaks.len()).any(|after| {
                    let ready = cross(&breaks[during..after], end, on);
                    ready.zip(ready_by[after]).is_some_and(|(ready, by)| ready <= by)
                });
                if fits {
                    return true;
                }
            }
        }
        false
    }
}

/// The most time in a gap that its breaks leave for work and drives.
fn room(breaks: &[Break], leaves: &ByBreaks, ready_by: &ByBreaks) -> Seconds {
    let mut most = Seconds(-1);
    for before in 0..=breaks.len() {
        for after in before..=breaks.len() {
            let resting: Seconds = breaks[before..after].iter().map(|pause| pause.length).sum();
            if let (Some(left), Some(by)) = (leaves[before], ready_by[after]) {
                most = most.max(by - left - resting);
            }
        }
    }
    most
}

fn first_start(windows: &[Window], ready: Moment) -> Option<Moment> {
    windows.iter().find(|window| ready <= window.end).map(|window| ready.max(window.start))
}

/// The earliest departure into every gap.
fn forward(day: &Day<'_>) -> Vec<ByBreaks> {
    let breaks: &[Break] = &day.shift.breaks;
    let mut now: ByBreaks = [None; MAX_BREAKS + 1];
    now[0] = Some(day.shift.start);
    let mut leaves = vec![now];
    for stop in &day.stops {
        let mut next: ByBreaks = [None; MAX_BREAKS + 1];
        for before in 0..=breaks.len() {
            let Some(left) = now[before] else { continue };
            for taken in before..=breaks.len() {
                let start = cross(&breaks[before..taken], left, stop.drive)
                    .and_then(|ready| stop.ticket.windows.first_start(ready));
                if let Some(start) = start {
                    earlier(&mut next, taken, start + stop.work);
                }
            }
        }
        leaves.push(next);
        now = next;
    }
    leaves
}

/// The latest moment to be ready at the end of every gap.
fn backward(day: &Day<'_>) -> Vec<ByBreaks> {
    let breaks: &[Break] = &day.shift.breaks;
    let mut home: ByBreaks = [None; MAX_BREAKS + 1];
    for (taken, home) in home.iter_mut().enumerate().take(breaks.len() + 1) {
        *home = cross_back(&breaks[taken..], Moment::NEVER, Seconds::ZERO)
            .map(|possible| possible.min(day.shift.latest_return));
    }
    let mut ready_by = vec![home];
    let mut drive = day.drive_back;
    let mut by = home;
    for stop in day.stops.iter().rev() {
        let mut before: ByBreaks = [None; MAX_BREAKS + 1];
        for taken in 0..=breaks.len() {
            for after in taken..=breaks.len() {
                let leave = by[after].and_then(|by| cross_back(&breaks[taken..after], by, drive));
                let start = leave.and_then(|leave| stop.ticket.windows.last_start(leave - stop.work));
                if let Some(start) = start {
                    later(&mut before, taken, start);
                }
            }
        }
        ready_by.push(before);
        by = before;
        drive = stop.drive;
    }
    ready_by.reverse();
    ready_by
}
