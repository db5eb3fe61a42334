//! What a van carries along its route: parts, which stops only use up until more are fetched, and load, which rises and
//! falls.

use crate::engineer::{Break, Shift};
use crate::ids::{GoodIx, Index, RoomIx};
use crate::ticket::Ticket;

/// The breaks of a shift that may be taken in a gap, one bit for each.
pub(super) type Open = u8;

/// All of them.
pub(super) const ALL_OPEN: Open = Open::MAX;

/// Parts and load of a route, by position: 0 is the start, then one for each stop. Rooms lie side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Cargo {
    /// What each stop before parts are fetched uses up, in any order.
    parts: Vec<(GoodIx, i64)>,
    /// The stop before which parts are fetched.
    fetch: Option<usize>,
    rooms: usize,
    /// Load on leaving a position.
    load: Vec<i64>,
    /// The highest load on leaving any position up to this one ...
    until: Vec<i64>,
    /// ... and from this one on.
    from: Vec<i64>,
}

impl Cargo {
    /// Makes this the cargo of these stops, where parts are fetched before the stop of number `fetch`.
    /// `O(stops * rooms)`.
    pub(super) fn set<'t>(
        &mut self,
        rooms: usize,
        tickets: impl DoubleEndedIterator<Item = &'t Ticket> + Clone,
        fetch: Option<usize>,
    ) {
        self.fetch = fetch;
        self.parts.clear();
        let own = tickets.clone().take(fetch.unwrap_or(usize::MAX));
        own.for_each(|ticket| self.parts.extend_from_slice(&ticket.parts));
        self.rooms = rooms;
        self.load.clear();
        if rooms == 0 {
            return;
        }
        self.load.resize(rooms, 0);
        for lift in tickets.clone().flat_map(|ticket| &ticket.lifts) {
            if let Some(load) = self.load.get_mut(lift.room.at()) {
                *load += lift.off;
            }
        }
        for ticket in tickets {
            let here = self.load.len();
            self.load.extend_from_within(here - rooms..);
            for lift in &ticket.lifts {
                if let Some(load) = self.load.get_mut(here + lift.room.at()) {
                    *load += lift.on - lift.off;
                }
            }
        }
        self.draw_up();
    }

    /// Adds a ticket behind a position of a route that fetches nothing, as [`Cargo::set`] would. `O(stops * rooms)`, without a look at the other
    /// tickets.
    pub(super) fn insert(&mut self, position: usize, ticket: &Ticket) {
        self.parts.extend_from_slice(&ticket.parts);
        let rooms = self.rooms;
        if rooms == 0 {
            return;
        }
        let here = position * rooms;
        self.load.splice(here + rooms..here + rooms, std::iter::repeat_n(0, rooms));
        self.load.copy_within(here..here + rooms, here + rooms);
        for lift in ticket.lifts.iter().filter(|lift| lift.room.at() < rooms) {
            // It is aboard from the start to here if it is brought, and from here on if it is fetched.
            for (n, load) in self.load.iter_mut().skip(lift.room.at()).step_by(rooms).enumerate() {
                *load += if n <= position { lift.off } else { lift.on };
            }
        }
        self.draw_up();
    }

    /// The highest loads, from the loads.
    fn draw_up(&mut self) {
        let rooms = self.rooms;
        self.until.clone_from(&self.load);
        self.from.clone_from(&self.load);
        for n in rooms..self.until.len() {
            self.until[n] = self.until[n].max(self.until[n - rooms]);
        }
        for n in (rooms..self.from.len()).rev() {
            self.from[n - rooms] = self.from[n - rooms].max(self.from[n]);
        }
    }

    /// Makes this the same as another, without giving its memory away.
    pub(super) fn copy_from(&mut self, other: &Cargo) {
        self.parts.clone_from(&other.parts);
        self.fetch = other.fetch;
        self.rooms = other.rooms;
        self.load.clone_from(&other.load);
        self.until.clone_from(&other.until);
        self.from.clone_from(&other.from);
    }

    /// The stop before which parts are fetched.
    pub(super) fn fetch(&self) -> Option<usize> {
        self.fetch
    }

    /// How much of a part the stops use up before parts are fetched.
    pub(super) fn uses(&self, part: GoodIx) -> i64 {
        self.parts.iter().filter(|(one, _)| *one == part).map(|(_, amount)| amount).sum()
    }

    /// Load of a room on leaving a position.
    pub(super) fn load(&self, position: usize, room: RoomIx) -> i64 {
        self.load.get(position * self.rooms + room.at()).copied().unwrap_or(0)
    }

    /// The highest load of a room on leaving any position up to this one.
    pub(super) fn most_until(&self, position: usize, room: RoomIx) -> i64 {
        self.until.get(position * self.rooms + room.at()).copied().unwrap_or(0)
    }

    /// The highest load of a room on leaving any position from this one on.
    pub(super) fn most_from(&self, position: usize, room: RoomIx) -> i64 {
        self.from.get(position * self.rooms + room.at()).copied().unwrap_or(0)
    }

    /// Whether the van holds what all stops use up and has room for the load at every position.
    /// `O(parts^2 + rooms)`.
    pub(super) fn fits(&self, shift: &Shift) -> bool {
        self.parts.iter().all(|&(part, _)| self.uses(part) <= shift.holds(part))
            && (0..self.rooms.min(self.from.len()))
                .all(|room| self.from[room] <= shift.room(RoomIx::nth(room)))
    }

    /// Whether a ticket fits in behind a position, and perhaps behind a depot on the way to it. `O(rooms)` but for
    /// tickets that use up parts.
    pub(super) fn takes(&self, position: usize, ticket: &Ticket, shift: &Shift, fetches: bool) -> bool {
        let is_fetched = fetches || self.fetch.is_some_and(|fetch| fetch < position);
        let holds = |&(part, amount)| self.uses(part) + amount <= shift.holds(part);
        (is_fetched || ticket.parts.iter().all(holds))
            && ticket.lifts.iter().all(|lift| {
                let (at, room) = (position * self.rooms + lift.room.at(), shift.room(lift.room));
                let Some(load) = self.load.get(at).filter(|_| lift.room.at() < self.rooms) else {
                    // Of a room that the problem never heard of, nobody has any.
                    return lift.off <= 0 && lift.on <= 0;
                };
                let later = self.from.get(at + self.rooms);
                self.until[at] + lift.off <= room
                    && load + lift.on <= room
                    && later.is_none_or(|later| later + lift.on <= room)
            })
    }

    /// The breaks that the load allows on the way from a position to the next. `O(breaks * rooms)`.
    pub(super) fn open(&self, position: usize, breaks: &[Break]) -> Open {
        let mut open = ALL_OPEN;
        for (n, pause) in breaks.iter().enumerate() {
            let Some(most) = &pause.max_load else { continue };
            let at = position * self.rooms;
            // A limit on load comes with a room.
            if self.load[at..at + self.rooms].iter().zip(most).any(|(load, most)| load > most) {
                open &= !(1 << n);
            }
        }
        open
    }
}
