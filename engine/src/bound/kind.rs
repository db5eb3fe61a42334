//! One kind of shift, with all that its routes are asked for by a bound: what it costs at least to go from stop to stop.

use crate::engineer::Shift;
use crate::ids::{GoodIx, Index, RoomIx, ShiftIx, TicketIx};
use crate::price::{Candidate, Fits, Least, PARTS, Scorer};
use crate::route::Onward;
use crate::ticket::Ticket;
use crate::travel::Drive;
use crate::units::{Moment, Seconds};

/// The most tickets for which there is a bound: a route's stops are remembered as bits of one word.
pub const MOST_TICKETS: usize = 128;

/// Shifts that are alike, and the tickets that they may serve, numbered from 0.
pub(super) struct Kind<'g> {
    scorer: &'g Scorer<'g>,
    shift: &'g Shift,
    /// How many shifts are of this kind.
    pub count: i64,
    pub tickets: Vec<TicketIx>,
    /// What any route costs at least, besides its steps; 0 where seconds do not count.
    base: i64,
    /// More than any route costs, in parts.
    pub dearest: i128,
    counts_seconds: bool,
    /// From each ticket, and from the start behind the last, to each.
    steps: Vec<Step>,
    /// From each ticket back to the end place.
    backs: Vec<Drive>,
    /// Whoever drives on later from anywhere is not back in time.
    leave_by: Moment,
    /// What each ticket takes of the scarcest of what the van holds, and of what the shift allows.
    takes: Vec<i64>,
    holds: i64,
    /// For each ticket the others, the nearest first.
    near: Vec<Vec<u8>>,
}

/// Going to a ticket, and the work there.
#[derive(Clone, Copy)]
struct Step {
    drive: Seconds,
    work: Seconds,
    /// In parts, lateness aside.
    cost: i64,
}

/// A route up to some ticket, as far as what follows depends on it.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub onward: Onward,
    /// What it costs so far, in parts, less what its tickets are worth.
    pub cost: i64,
    /// Taken of what is scarce.
    pub taken: i64,
}

impl State {
    /// The best of both in everything.
    pub(super) fn best_of(&self, other: &State) -> State {
        State {
            onward: self.onward.earlier_of(&other.onward),
            cost: self.cost.min(other.cost),
            taken: self.taken.min(other.taken),
        }
    }
}

impl<'g> Kind<'g> {
    /// The kind of a shift. What work costs is told closely around `booked` work. `O(tickets^2 log tickets)`.
    pub(super) fn new(
        scorer: &'g Scorer<'g>,
        fits: &Fits,
        (index, count): (ShiftIx, i64),
        booked: Seconds,
        counts_seconds: bool,
    ) -> Kind<'g> {
        let problem = scorer.problem();
        let shift = problem.shift(index);
        let tickets: Vec<TicketIx> = problem
            .ticket_indices()
            .filter(|&ticket| fits.get(scorer, ticket, index).is_some())
            .collect();
        let Least { base, per_second } = scorer.least(shift, booked);
        let place = |n: usize| &problem.ticket(tickets[n]).place;
        let drive = |from, to| {
            // By way of a depot it may even be shorter, where travel by table takes detours.
            let by = |depot| scorer.roads().drive_by(&shift.car, Some(from), depot, Some(to));
            let straight = scorer.roads().drive(&shift.car, from, to);
            problem.depots().iter().map(by).fold(straight, |least, way| Drive {
                time: least.time.min(way.time),
                fare: least.fare.min(way.fare),
                metres: least.metres.min(way.metres),
            })
        };
        let step = |from: Option<usize>, to: usize| {
            let ticket = problem.ticket(tickets[to]);
            let fit = fits.get(scorer, tickets[to], index).expect("it is able");
            let origin = from.map_or(shift.from.as_ref(), |from| Some(place(from)));
            let way = origin.map_or(Drive::NONE, |origin| drive(origin, place(to)));
            let from_here = origin.is_some_and(|origin| origin.is_at(place(to)));
            let setup = if from_here { Seconds::ZERO } else { ticket.setup_for(shift.class) };
            let work = fit.work + setup;
            let cost = i128::from((way.fare + fit.price).0) * i128::from(PARTS)
                + i128::from(work.0) * per_second;
            let cost = if counts_seconds { clamped(cost) } else { 0 };
            Step { drive: way.time, work, cost }
        };
        let origins = (0..tickets.len()).map(Some).chain([None]);
        let steps = origins.flat_map(|from| (0..tickets.len()).map(move |to| (from, to)));
        let steps: Vec<Step> = steps.map(|(from, to)| step(from, to)).collect();
        let back = |n| shift.to.as_ref().map_or(Drive::NONE, |to| drive(place(n), to));
        let backs: Vec<Drive> = (0..tickets.len()).map(back).collect();
        let shortest = backs.iter().map(|back| back.time).min().unwrap_or(Seconds::ZERO);
        let leave_by = shift.latest_return + Seconds(-shortest.0);
        let near = (0..tickets.len()).map(|n| nearest(n, tickets.len(), &steps)).collect();
        let (takes, holds) = scarcest(scorer, fits, index, &tickets);
        let base = if counts_seconds { clamped(base) } else { 0 };
        // Each ticket at its dearest and as late as can be, then the way back and overtime.
        let latest = (shift.latest_return, shift.latest_return);
        let late = |&ticket: &TicketIx| scorer.late_at(scorer.candidate(ticket), shift, latest).0;
        let late: i64 = if counts_seconds { tickets.iter().map(late).max().unwrap_or(0) } else { 0 };
        let step = steps.iter().map(|step| step.cost).max().unwrap_or(0);
        let back = backs.iter().map(|back| back.fare.0).max().unwrap_or(0);
        let over = scorer.overtime(shift, shift.latest_return).0;
        let each = i128::from(step) + i128::from(late) * i128::from(PARTS);
        let once = i128::from(back) + i128::from(over);
        let dearest = i128::from(base).abs()
            + tickets.len() as i128 * each
            + if counts_seconds { once * i128::from(PARTS) } else { 0 };
        Kind {
            scorer,
            shift,
            count,
            tickets,
            base,
            dearest,
            counts_seconds,
            steps,
            backs,
            leave_by,
            takes,
            holds,
            near,
        }
    }

    /// The state before any stop.
    pub(super) fn start(&self) -> State {
        State { onward: Onward::at_start(self.shift), cost: self.base, taken: 0 }
    }

    /// The state behind a further ticket that is worth `worth`, if it can be reached. `O(breaks^2)`.
    #[inline]
    pub(super) fn go(&self, state: &State, from: Option<usize>, to: usize, worth: i64) -> Option<State> {
        let taken = state.taken + self.takes[to];
        if taken > self.holds {
            return None;
        }
        let step = self.steps[from.unwrap_or(self.tickets.len()) * self.tickets.len() + to];
        let candidate = self.scorer.candidate(self.tickets[to]);
        let onward = state.onward.serve(self.shift, step.drive, step.work, &candidate.ticket.windows)?;
        if onward.earliest() > self.leave_by {
            return None;
        }
        let late = self.late(candidate, &onward, step.work);
        Some(State { onward, cost: state.cost.saturating_add(step.cost + late - worth), taken })
    }

    /// What lateness costs at least, in parts: nobody starts earlier than this.
    #[inline]
    fn late(&self, candidate: Candidate<'_>, onward: &Onward, work: Seconds) -> i64 {
        let end = onward.earliest();
        if !self.counts_seconds
            || end - work <= candidate.ticket.respond_by && end <= candidate.ticket.resolve_by
        {
            return 0;
        }
        let start = end + Seconds(-work.0);
        self.scorer.late_at(candidate, self.shift, (start, end)).0 * PARTS
    }

    /// What a route costs that returns from here, less what its tickets are worth; `None` if it is too late for that.
    /// `O(breaks^2)`.
    #[inline]
    pub(super) fn close(&self, state: &State, from: usize) -> Option<i64> {
        let drive = self.backs[from];
        let back = state.onward.back(self.shift, drive.time)?;
        if !self.counts_seconds {
            return Some(state.cost);
        }
        Some(state.cost + (drive.fare + self.scorer.overtime(self.shift, back)).0 * PARTS)
    }

    /// Whether this is the kind of a shift that is the first of its twins.
    pub(super) fn is_of(&self, first: ShiftIx) -> bool {
        std::ptr::eq(self.shift, self.scorer.problem().shift(first))
    }

    /// What a route costs at least, in parts; `None` if it cannot be.
    pub(super) fn cost(&self, tickets: &[usize]) -> Option<i64> {
        let number = |ticket| self.tickets.binary_search(&TicketIx::nth(ticket)).ok();
        let (mut state, mut from) = (self.start(), None);
        for &ticket in tickets {
            let to = number(ticket)?;
            state = self.go(&state, from, to, 0)?;
            from = Some(to);
        }
        self.close(&state, from?)
    }

    /// The nearest tickets of each as bits, so many and itself.
    pub(super) fn surroundings(&self, count: usize) -> Vec<u128> {
        let bits = |(n, near): (usize, &Vec<u8>)| {
            near.iter().take(count).fold(1_u128 << n, |bits, &other| bits | 1 << other)
        };
        self.near.iter().enumerate().map(bits).collect()
    }

    /// The most stops of a route.
    pub(super) fn most_stops(&self) -> usize {
        self.tickets.len().min(self.shift.max_tickets as usize)
    }

    /// The span in which work may end.
    pub(super) fn hours(&self) -> (i64, i64) {
        (self.shift.start.0, self.shift.latest_return.0)
    }
}

/// The amount, or the nearest that 64 bits hold with room to add.
fn clamped(amount: i128) -> i64 {
    amount.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

/// The others of `count` tickets, the nearest there and back first.
fn nearest(n: usize, count: usize, steps: &[Step]) -> Vec<u8> {
    let mut others: Vec<u8> = (0..count).filter(|&other| other != n).map(|other| other as u8).collect();
    let way = |other: u8| {
        let other = usize::from(other);
        steps[n * count + other].drive + steps[other * count + n].drive
    };
    others.sort_by_key(|&other| (way(other), other));
    others
}

/// What each ticket takes of whatever all tickets together want most of, against what there is; nothing of nothing where
/// there is enough of everything.
fn scarcest(scorer: &Scorer<'_>, fits: &Fits, index: ShiftIx, tickets: &[TicketIx]) -> (Vec<i64>, i64) {
    let problem = scorer.problem();
    let shift = problem.shift(index);
    let of_all = |takes: &dyn Fn(TicketIx, &Ticket) -> i64| -> Vec<i64> {
        tickets.iter().map(|&ticket| takes(ticket, problem.ticket(ticket))).collect()
    };
    let mut limits = vec![
        (of_all(&|_, _| 1), i64::from(shift.max_tickets)),
        (
            of_all(&|ticket, _| fits.get(scorer, ticket, index).map_or(0, |fit| fit.work.0)),
            shift.max_work.0,
        ),
    ];
    for room in (0..problem.register().rooms.len()).map(RoomIx::nth) {
        let lifted = |ticket: &Ticket, amount: fn(i64, i64) -> i64| {
            let lift = ticket.lifts.iter().find(|lift| lift.room == room);
            // What a pair takes along it puts off again.
            lift.map_or(0, |lift| amount(lift.off, if ticket.half.is_some() { 0 } else { lift.on }))
        };
        limits.push((of_all(&|_, ticket| lifted(ticket, |off, _| off)), shift.room(room)));
        limits.push((of_all(&|_, ticket| lifted(ticket, |_, on| on)), shift.room(room)));
    }
    // Where parts can be fetched, no van runs out of them.
    let goods = if problem.depots().is_empty() { problem.register().goods.len() } else { 0 };
    for good in (0..goods).map(GoodIx::nth) {
        let uses = |ticket: &Ticket| {
            ticket.parts.iter().find(|(used, _)| *used == good).map_or(0, |(_, amount)| *amount)
        };
        limits.push((of_all(&|_, ticket| uses(ticket)), shift.holds(good)));
    }
    let scarce = limits.into_iter().filter(|(takes, holds)| takes.iter().sum::<i64>() > *holds);
    let want =
        |(takes, holds): &(Vec<i64>, i64)| takes.iter().sum::<i64>() as f64 / (*holds).max(1) as f64;
    scarce
        .max_by(|one, other| want(one).total_cmp(&want(other)))
        .unwrap_or_else(|| (vec![0; tickets.len()], 0))
}
