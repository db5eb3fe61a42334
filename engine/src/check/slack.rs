//! Room in a day: whether one more ticket fits, at any position, by every hard rule of time.

use super::facts::Facts;
use super::rules;
use super::timing::{
    ByBreaks, Day, Fetched, cross, cross_back, earlier, first_start, last_start, later,
};
use crate::engineer::{Break, MAX_BREAKS, Shift};
use crate::geo::Place;
use crate::ids::{DepotIx, Index};
use crate::ticket::{Ticket, Window};
use crate::units::{Moment, Seconds};

/// All time.
pub(super) const ANY_TIME: [Window; 1] = [Window { start: Moment::PAST, end: Moment::NEVER }];

/// For every gap of a day: when it can begin at the earliest and must be over at the latest.
#[derive(Clone)]
pub(super) struct Slack<'a> {
    shift: &'a Shift,
    /// The day's tickets.
    tickets: Vec<&'a Ticket>,
    fetched: Fetched,
    /// How many depots there are.
    depots: usize,
    /// Whether the gaps below tell what time allows, or only a whole day that is made anew does.
    by_gap: bool,
    /// Whether they tell all.
    only_by_gap: bool,
    /// The place at each end of every gap; the first and the last of an open day lack one.
    places: Vec<(Option<&'a Place>, Option<&'a Place>)>,
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
    pub(super) fn of(facts: &Facts<'_>, day: &Day<'a>) -> Slack<'a> {
        let shift = day.shift;
        let tickets: Vec<&Ticket> = day.stops.iter().map(|stop| stop.ticket).collect();
        let stops = || tickets.iter().map(|ticket| Some(&ticket.place));
        let starts = [shift.from.as_ref()].into_iter().chain(stops());
        let places = starts.zip(stops().chain([shift.to.as_ref()])).collect();
        let by_gap = !shift.is_laid_out();
        let only_by_gap = by_gap
            && !shift.limits_drives()
            && day.fetched.is_none()
            && tickets.iter().all(|ticket| is_plain(ticket));
        let (fetched, depots) = (day.fetched, facts.problem.depots().len());
        let (leaves, ready_by) = (forward(day), backward(day));
        let room: Vec<Seconds> = leaves
            .iter()
            .zip(&ready_by)
            .map(|(leaves, ready_by)| room(&shift.breaks, leaves, ready_by))
            .collect();
        let most_room = room.iter().copied().max().unwrap_or(Seconds(-1));
        Slack {
            shift,
            tickets,
            fetched,
            depots,
            by_gap,
            only_by_gap,
            places,
            leaves,
            ready_by,
            room,
            most_room,
        }
    }

    /// Whether these two fit into the day, the first before the second. `O(stops^2 * breaks^3)`, and `O(stops)`
    /// more for every two places that time allows.
    pub(super) fn takes_pair(&self, facts: &Facts<'a>, pair: [&'a Ticket; 2], any_time: bool) -> bool {
        // No place helps in a day that is full; and no pair is put into one that fetches parts.
        if self.tickets.len() + 2 > self.shift.max_tickets as usize || self.fetched.is_some() {
            return false;
        }
        let mut tickets = self.tickets.clone();
        (0..=self.tickets.len()).any(|at| {
            tickets.insert(at, pair[0]);
            let with_first = Slack::of(facts, &self.day(facts, &tickets, &pair[..1], any_time, None));
            let fits = (at + 1..=tickets.len()).any(|second| {
                if !with_first.may_take_at(second, facts, pair[1], any_time) {
                    return false;
                }
                tickets.insert(second, pair[1]);
                let fits = is_possible(facts, &self.day(facts, &tickets, &pair, any_time, None));
                tickets.remove(second);
                fits
            });
            tickets.remove(at);
            fits
        })
    }

    /// A day of these tickets; `any_time` opens the windows of those that are new.
    fn day(
        &self,
        facts: &Facts<'a>,
        tickets: &[&'a Ticket],
        new: &[&'a Ticket],
        any_time: bool,
        fetched: Fetched,
    ) -> Day<'a> {
        let mut day = Day::new(facts, self.shift, tickets, fetched);
        if any_time {
            let is_new = |ticket: &Ticket| new.iter().any(|new| std::ptr::eq(*new, ticket));
            for stop in day.stops.iter_mut().filter(|stop| is_new(stop.ticket)) {
                stop.windows = &ANY_TIME;
            }
        }
        day
    }

    /// Whether a ticket fits into some gap, at any time or in its own windows.
    /// `O(stops * breaks^3)`, and `O(1)` where no gap has room for the work alone; `O(stops)` more for every
    /// gap that time allows, where only whole days tell.
    pub(super) fn takes(&self, facts: &Facts<'a>, ticket: &'a Ticket, any_time: bool) -> bool {
        if self.minds_parts(facts, ticket) {
            return self.takes_fetching(facts, ticket, any_time);
        }
        if !self.only_by_gap || !is_plain(ticket) {
            if self.tickets.len() >= self.shift.max_tickets as usize {
                return false;
            }
            let mut tickets = self.tickets.clone();
            return (0..=self.tickets.len()).any(|at| {
                if !self.may_take_at(at, facts, ticket, any_time) {
                    return false;
                }
                tickets.insert(at, ticket);
                let fits =
                    is_possible(facts, &self.day(facts, &tickets, &[ticket], any_time, self.fetched));
                tickets.remove(at);
                fits
            });
        }
        let windows: &[Window] = if any_time { &ANY_TIME } else { &ticket.windows };
        let work = facts.work(self.shift, ticket);
        // Drives take time too, but asking for them is what costs.
        self.most_room >= work
            && (0..self.places.len())
                .any(|gap| self.room[gap] >= work && self.takes_at(gap, facts, ticket, windows, work))
    }

    /// Whether it depends on where parts are fetched whether a ticket fits.
    fn minds_parts(&self, facts: &Facts<'_>, ticket: &Ticket) -> bool {
        facts.may_fetch(ticket) && (self.fetched.is_some() || !ticket.parts.is_empty())
    }

    /// Whether a ticket fits somewhere, with parts fetched anywhere if there are too few.
    /// `O(stops^3 * depots * breaks^2)`.
    fn takes_fetching(&self, facts: &Facts<'a>, ticket: &'a Ticket, any_time: bool) -> bool {
        if self.tickets.len() >= self.shift.max_tickets as usize {
            return false;
        }
        let mut tickets = self.tickets.clone();
        (0..=self.tickets.len()).any(|at| {
            tickets.insert(at, ticket);
            let depots = || (0..self.depots).map(DepotIx::nth);
            let mut ways = (0..tickets.len()).flat_map(|stop| depots().map(move |depot| (stop, depot)));
            let fits = |fetched: Fetched| {
                is_possible(facts, &self.day(facts, &tickets, &[ticket], any_time, fetched))
            };
            // Without need nobody goes by a depot, though it may be a short cut.
            let lacks = rules::lacking(self.shift, &rules::used(&tickets)).is_some();
            let fits = if lacks { ways.any(|way| fits(Some(way))) } else { fits(None) };
            tickets.remove(at);
            fits
        })
    }

    /// Whether a ticket of these windows fits is told by its gap alone.
    pub(super) fn tells_by_gap(&self, ticket: &Ticket) -> bool {
        let finds_parts = self.depots == 0 || ticket.parts.is_empty();
        self.only_by_gap && is_plain(ticket) && finds_parts
    }

    /// The spans in which a ticket could start, in any gap with at least `behind` stops before it and in these
    /// windows, as far as hours, breaks and drives tell, with the setup if it needs one there.
    /// `O(stops * windows * breaks^3)`.
    pub(super) fn starts(
        &self,
        facts: &Facts<'_>,
        ticket: &Ticket,
        windows: &[Window],
        behind: usize,
    ) -> Vec<Window> {
        let breaks: &[Break] = &self.shift.breaks;
        let mut spans = Vec::new();
        for (gap, &(from, to)) in self.places.iter().enumerate().skip(behind) {
            let (leaves, ready_by) = (&self.leaves[gap], &self.ready_by[gap]);
            let there =
                from.map_or(Seconds::ZERO, |from| facts.drive(self.shift, from, &ticket.place).time);
            let on = to.map_or(Seconds::ZERO, |to| facts.drive(self.shift, &ticket.place, to).time);
            let stays = from.is_some_and(|from| from.is_at(&ticket.place));
            let setup = if stays { Seconds::ZERO } else { ticket.setup_for(self.shift.class) };
            let work = facts.work(self.shift, ticket) + setup;
            for before in 0..=breaks.len() {
                for during in before..=breaks.len() {
                    let ready =
                        leaves[before].and_then(|left| cross(&breaks[before..during], left, there));
                    let Some(ready) = ready else { continue };
                    for after in during..=breaks.len() {
                        let by = ready_by[after]
                            .and_then(|by| cross_back(&breaks[during..after], by, on))
                            .map(|leave| leave - work);
                        let Some(by) = by else { continue };
                        let cut = windows.iter().map(|window| Window {
                            start: window.start.max(ready),
                            end: window.end.min(by),
                        });
                        spans.extend(cut.filter(|span| span.start <= span.end));
                    }
                }
            }
        }
        spans
    }

    /// Whether time allows a ticket in a gap as far as the gap tells; if not, no day with it there is possible.
    fn may_take_at(&self, gap: usize, facts: &Facts<'_>, ticket: &Ticket, any_time: bool) -> bool {
        let next = self.tickets.get(gap);
        // Where the next stop is at the same place, it may save its setup.
        let saves = |next: &&Ticket| {
            next.setup_for(self.shift.class) > Seconds::ZERO && next.place.is_at(&ticket.place)
        };
        if !self.by_gap || next.is_some_and(saves) {
            return true;
        }
        let windows: &[Window] = if any_time { &ANY_TIME } else { &ticket.windows };
        self.takes_at(gap, facts, ticket, windows, facts.work(self.shift, ticket))
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
        let there = from.map_or(Seconds::ZERO, |from| facts.drive(self.shift, from, &ticket.place).time);
        let on = to.map_or(Seconds::ZERO, |to| facts.drive(self.shift, &ticket.place, to).time);
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

/// Whether a day breaks no rule of time or quantity.
fn is_possible(facts: &Facts<'_>, day: &Day<'_>) -> bool {
    rules::first_limit(facts, day).is_none() && day.is_possible()
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

/// Whether a ticket changes nothing about the stops around it but their time.
fn is_plain(ticket: &Ticket) -> bool {
    ticket.lifts.is_empty() && ticket.setup.0 == 0 && ticket.setup_by_class.is_empty()
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
                let start = cross(&breaks[before..taken], left, stop.drive.time)
                    .and_then(|ready| first_start(stop.windows, ready));
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
    let mut drive = day.drive_back.time;
    let mut by = home;
    for stop in day.stops.iter().rev() {
        let mut before: ByBreaks = [None; MAX_BREAKS + 1];
        for taken in 0..=breaks.len() {
            for after in taken..=breaks.len() {
                let leave = by[after].and_then(|by| cross_back(&breaks[taken..after], by, drive));
                let start = leave.and_then(|leave| last_start(stop.windows, leave - stop.work));
                if let Some(start) = start {
                    later(&mut before, taken, start);
                }
            }
        }
        ready_by.push(before);
        by = before;
        drive = stop.drive.time;
    }
    ready_by.reverse();
    ready_by
}
