//! Where a pair of tickets fits into a route, tried together: the first alone may come too late where both do
//! not, as the way by the second can be shorter.

use super::gap::States;
use super::join::way;
use super::stay::Stay;
use super::timeline::{Step, Strictness, serve};
use super::working::Route;
use crate::engineer::Shift;
use crate::geo::Place;
use crate::ids::RoomIx;
use crate::ticket::Ticket;
use crate::travel::{Drive, Roads};
use crate::units::{Moment, Seconds};

/// Two places in a route for a pair of tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairPlace {
    /// The first ticket goes before the stop of this number ...
    pub at: usize,
    /// ... and the second before the stop of this number then.
    pub behind: usize,
    /// Driving that they add.
    pub added: Drive,
    /// All work of the route then, setups included.
    pub booked: Seconds,
    /// Whether its fare and its work tell all that it costs: it is known that nothing is late then, nobody does
    /// overtime, and waiting is free.
    pub tells_all: bool,
}

/// Whoever looks for places for a pair: says which are worth timing, and takes those that are feasible.
pub trait Seeker {
    /// Whether places are worth looking at that add driving of this fare, or more, and leave the route with
    /// this work, or more. What they cost must rise with either.
    fn wants_any(&self, fare: Seconds, booked: Seconds) -> bool;

    /// Whether a place is worth timing; its `tells_all` is not known yet.
    fn wants(&mut self, place: &PairPlace) -> bool;

    /// Takes a place that is feasible.
    fn take(&mut self, place: PairPlace);
}

/// A pair of tickets on its way into a route.
struct Pair<'p> {
    route: &'p Route,
    roads: &'p Roads,
    shift: &'p Shift,
    first: &'p Ticket,
    second: &'p Ticket,
    /// Without setups.
    works: [Seconds; 2],
    lifts: Vec<PairLift>,
    /// The drive to the second from every position ...
    to_second: Vec<Drive>,
    /// ... and from it to the position after each.
    from_second: Vec<Drive>,
    /// The least that the detour to the second costs after each position or a later one, if the first does
    /// not stand directly before it.
    least_fare: Vec<Seconds>,
    /// The least work of the route with both, wherever they stand.
    least_booked: Seconds,
}

/// Departures of what is feasible and of what is on time.
struct Clocks {
    feasible: States,
    /// `None` if something is late already, or only a whole schedule tells.
    on_time: Option<States>,
}

/// What a pair puts on a van, of one dimension of capacity.
struct PairLift {
    room: RoomIx,
    most: i64,
    before: i64,
    between: i64,
    behind: i64,
}

impl Route {
    /// Every two wanted places at which a pair can be served in time and within the shift's limits, in order.
    /// `pair` holds each ticket with its work in this shift. Where a break depends on the load, only the whole
    /// route tells whether they are in time; where the span is limited, whether they keep it.
    /// `O(stops^2 * breaks^2)`.
    pub fn places_of_pair(
        &self,
        roads: &Roads,
        shift: &Shift,
        pair: [(&Ticket, Seconds); 2],
        seeker: &mut impl Seeker,
    ) {
        let [(first, work), (second, second_work)] = pair;
        if self.stops().len() + 2 > shift.max_tickets as usize
            || !self.has_parts_for_both(first, second, shift)
        {
            return;
        }
        let drive = |from: Option<&Place>, to: Option<&Place>| drive(roads, shift, from, to);
        let there = Some(&second.place);
        let count = self.stops().len();
        let to_second: Vec<Drive> =
            (0..=count).map(|position| drive(self.place(position), there)).collect();
        let from_second: Vec<Drive> =
            (0..=count).map(|position| drive(there, self.place(position + 1))).collect();
        let pair = Pair {
            route: self,
            roads,
            shift,
            first,
            second,
            works: [work, second_work],
            lifts: lifts(first, second, shift),
            least_fare: self.least_fares(&to_second, &from_second),
            least_booked: self.booked() - self.savings() + work + second_work,
            to_second,
            from_second,
        };
        (0..=count).for_each(|at| pair.places_after(at, seeker));
    }

    /// The most work that two new stops may save: a setup each, of the stop behind it.
    fn savings(&self) -> Seconds {
        let mut most = [Seconds::ZERO; 2];
        for setup in self.stays().iter().map(Stay::setup) {
            if setup > most[0] {
                most = [setup, most[0]];
            } else {
                most[1] = most[1].max(setup);
            }
        }
        most[0] + most[1]
    }

    /// The least fare of a detour after each position or a later one, from the drives to its place and on.
    fn least_fares(&self, to: &[Drive], from: &[Drive]) -> Vec<Seconds> {
        let ways = to.iter().zip(from).enumerate();
        let detours = ways.map(|(position, (&to, &from))| (to + from - self.leg_now(position + 1)).fare);
        let mut least: Vec<Seconds> = detours.collect();
        for position in (1..least.len()).rev() {
            least[position - 1] = least[position - 1].min(least[position]);
        }
        least
    }

    /// The drive into a position now; a route without stops drives nowhere.
    fn leg_now(&self, position: usize) -> Drive {
        if self.stops().is_empty() { Drive::NONE } else { self.leg(position) }
    }

    fn has_parts_for_both(&self, first: &Ticket, second: &Ticket, shift: &Shift) -> bool {
        let both = || first.parts.iter().chain(&second.parts);
        both().all(|&(part, _)| {
            let more: i64 = both().filter(|used| used.0 == part).map(|used| used.1).sum();
            self.uses(part) + more <= shift.holds(part)
        })
    }
}

/// For each dimension that the pair names, once.
fn lifts(first: &Ticket, second: &Ticket, shift: &Shift) -> Vec<PairLift> {
    let mut lifts: Vec<PairLift> = Vec::new();
    for lift in first.lifts.iter().chain(&second.lifts) {
        if lifts.iter().any(|known| known.room == lift.room) {
            continue;
        }
        let sum = |ticket: &Ticket| {
            let own = ticket.lifts.iter().filter(|own| own.room == lift.room);
            own.fold((0, 0), |(off, on), own| (off + own.off, on + own.on))
        };
        let ((off, on), (second_off, second_on)) = (sum(first), sum(second));
        lifts.push(PairLift {
            room: lift.room,
            most: shift.room(lift.room),
            before: off + second_off,
            between: on + second_off,
            behind: on + second_on,
        });
    }
    lifts
}

impl Pair<'_> {
    /// The places of the second where the first stands before the stop at `at`.
    fn places_after<S: Seeker>(&self, at: usize, seeker: &mut S) {
        let Pair { route, roads, shift, first, second, works, .. } = self;
        let cargo = route.cargo();
        if self.lifts.iter().any(|lift| cargo.most_until(at, lift.room) + lift.before > lift.most) {
            return;
        }
        let there = |position| route.place(position);
        let own = Some(&first.place);
        let drive_in = drive(roads, shift, there(at), own);
        let drive_across = drive(roads, shift, own, Some(&second.place));
        let drive_out = drive(roads, shift, own, there(at + 1));
        let wants_any = |seeker: &_, added: Drive, next: usize| {
            let least = self.least_fare.get(next);
            least.is_some_and(|&least| S::wants_any(seeker, added.fare + least, self.least_booked))
        };
        let side_by_side = drive_in + drive_across + self.from_second[at] - route.leg_now(at + 1);
        let apart = drive_in + drive_out - route.leg_now(at + 1);
        if !seeker.wants_any(side_by_side.fare, self.least_booked) && !wants_any(seeker, apart, at + 1) {
            return;
        }
        let work = works[0] + self.setup(first, there(at));
        let step = Step::new(way(drive_in), first, work);
        let mut clocks = self.departures(at).after(step, shift);
        // The first and the stop behind it, if the second does not come between them.
        let mut booked = route.booked() + work;
        let mut added = drive_in;
        let mut here = own;
        for next in at..=route.stops().len() {
            let carries = |lift: &PairLift| cargo.load(next, lift.room) + lift.between <= lift.most;
            if self.is_never(&clocks) || !self.lifts.iter().all(carries) {
                return;
            }
            let drive_to = if next == at { drive_across } else { self.to_second[next] };
            let drive_on = self.from_second[next];
            let work = works[1] + self.setup(second, here);
            let more = route.setup_change(next, Some(&second.place));
            let mut place = PairPlace {
                at,
                behind: next + 1,
                added: added + drive_to + drive_on - route.leg_now(next + 1),
                booked: booked + work + more,
                tells_all: false,
            };
            if self.holds_limits(place) && self.has_room_behind(next) && seeker.wants(&place) {
                let clocks = clocks.after(Step::new(way(drive_to), second, work), shift);
                let reaches = |states: &States, strictness| {
                    shift.has_break_under_load()
                        || route.is_reached(states, (drive_on, more), next, (shift, strictness))
                };
                if reaches(&clocks.feasible, Strictness::Feasible) {
                    let on_time = clocks.on_time.as_ref();
                    place.tells_all = on_time.is_some_and(|states| reaches(states, Strictness::OnTime));
                    seeker.take(place);
                }
            }
            let Some(stay) = route.stays().get(next) else { return };
            let (mut step, mut more) = (stay.step(), Seconds::ZERO);
            if next == at {
                more = route.setup_change(next, Some(&first.place));
                step = Step { way: way(drive_out), ..stay.with_more(more) };
                added = apart;
            }
            if !wants_any(seeker, added, next + 1) {
                return;
            }
            clocks = clocks.after(step, shift);
            booked += more;
            here = there(next + 1);
        }
    }

    /// All driving now; a route without stops drives nowhere.
    fn driven(&self) -> Drive {
        if self.route.stops().is_empty() { Drive::NONE } else { self.route.driven() }
    }

    /// The setup of a ticket that is come to from a place.
    fn setup(&self, ticket: &Ticket, from: Option<&Place>) -> Seconds {
        let setup = ticket.setup_for(self.shift.class);
        let is_here = from.is_some_and(|from| from.is_at(&ticket.place));
        if is_here { Seconds::ZERO } else { setup }
    }

    fn departures(&self, at: usize) -> Clocks {
        let shift = self.shift;
        let knows = self.route.is_on_time() && !shift.is_laid_out() && !shift.car.rates.may_save();
        Clocks {
            feasible: *self.route.timeline(Strictness::Feasible).departures(at),
            on_time: knows.then(|| *self.route.timeline(Strictness::OnTime).departures(at)),
        }
    }

    fn is_never(&self, clocks: &Clocks) -> bool {
        !self.shift.has_break_under_load()
            && clocks.feasible.iter().all(|&moment| moment >= Moment::NEVER)
    }

    fn holds_limits(&self, place: PairPlace) -> bool {
        if place.booked > self.shift.max_work {
            return false;
        }
        if !self.shift.limits_drives() {
            return true;
        }
        let driven = self.driven() + place.added;
        driven.time <= self.shift.max_drive && driven.metres <= self.shift.max_metres
    }

    /// Whether the van bears the pair from the second on, which stands before the stop at `next`.
    fn has_room_behind(&self, next: usize) -> bool {
        let cargo = self.route.cargo();
        self.lifts.iter().all(|lift| cargo.most_from(next, lift.room) + lift.behind <= lift.most)
    }
}

impl Clocks {
    fn after(&self, step: Step<'_>, shift: &Shift) -> Clocks {
        Clocks {
            feasible: serve(&self.feasible, step, shift, Strictness::Feasible),
            on_time: self.on_time.as_ref().map(|states| serve(states, step, shift, Strictness::OnTime)),
        }
    }
}

/// From nowhere, and to nowhere, nobody drives.
fn drive(roads: &Roads, shift: &Shift, from: Option<&Place>, to: Option<&Place>) -> Drive {
    from.zip(to).map_or(Drive::NONE, |(from, to)| roads.drive(&shift.car, from, to))
}
