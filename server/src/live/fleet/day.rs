//! The day as it goes on: the clock, what is late, and the desk drawn up anew as it is by now.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft};
use paidan_engine::flaw::Flaw;
use paidan_engine::problem::Draft;
use paidan_engine::ticket::Window;
use paidan_engine::units::{Moment, Seconds};

use super::super::clock::Clock;
use super::super::watch::Subject;
use super::under_way::laid;
use super::{Fleet, Stamp};
use crate::text::now_us;

/// How a desk was drawn up.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    at: Instant,
    /// How long it took.
    took: Duration,
    /// Which state of the fleet it was drawn from.
    from: Stamp,
    /// Whether somebody has moved since.
    has_moved: bool,
}

impl Drawn {
    pub(in crate::live) fn since(begun: Instant, from: Stamp) -> Drawn {
        Drawn { at: Instant::now(), took: begun.elapsed(), from, has_moved: false }
    }
}

impl Fleet {
    /// The same at another time, by another clock.
    pub(in crate::live) fn set_to(self, now: Moment, clock: Clock) -> Fleet {
        Fleet { clock, now, ..self }
    }

    /// What the clock shows while somebody looks.
    pub fn clock_now(&self) -> Moment {
        self.now.max(self.clock.at(now_us()))
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Takes note of the time; it never goes back.
    pub(in crate::live) fn tell_time(&mut self, at_us: i64) {
        self.now = self.now.max(self.clock.at(at_us));
    }

    /// Has another one take its place, which was made of a copy of it: what was told meanwhile is not told again, and time
    /// goes on.
    pub(in crate::live) fn give_way(&mut self, after: Fleet, at_us: i64) {
        let watch = std::mem::take(&mut self.watch);
        *self = Fleet { watch, ..after };
        self.tell_time(at_us);
    }

    /// Watches a subject until then, or no more.
    pub(in crate::live) fn watch(&mut self, subject: Subject, next: Option<Moment>) {
        self.watch.set(subject, next);
    }

    /// Of whom something is to be told by now.
    pub(in crate::live) fn due(&self) -> Option<Subject> {
        self.watch.due(self.now)
    }

    /// Whether something is to be told by then.
    pub(in crate::live) fn is_due_at(&self, at_us: i64) -> bool {
        self.watch.next().is_some_and(|next| next <= self.clock.at(at_us))
    }

    /// Whether the desk shows a day that is past: another minute has begun, somebody has moved, or what was late may be so
    /// no more. Not sooner than it is worth: drawing up takes at most one part in twenty of the time.
    pub(in crate::live) fn is_stale(&self, at_us: i64) -> bool {
        let Drawn { at, took, from, has_moved } = &self.drawn;
        let shown = self.desk.problem().now();
        let is_past = self.clock.at(at_us).0.div_euclid(MINUTE) > shown.0.div_euclid(MINUTE);
        let may_be_in_time = !self.desk.late().routes.is_empty() && self.stamp != *from;
        (is_past || *has_moved || may_be_in_time) && at.elapsed() >= *took * 20
    }

    /// Leaves the desk as it is for another while, as it could not be drawn up.
    pub(in crate::live) fn leave_stale(&mut self, at_us: i64) {
        let took = Duration::from_secs(3);
        self.drawn = Drawn { at: Instant::now(), took, from: self.stamp.clone(), has_moved: false };
        self.tell_time(at_us);
    }

    /// The same fleet with its desk as the day is then. As [`Fleet::new`].
    ///
    /// # Errors
    /// Promised routes that cannot be driven at any time.
    pub(in crate::live) fn drawn_at(&self, at_us: i64) -> Result<Fleet, Vec<Flaw>> {
        let begun = Instant::now();
        let mut draft = self.draft.clone();
        draft.now = self.now.max(self.clock.at(at_us));
        draft.routes = self.routes();
        let mut desk = laid(&draft, &self.under_way)?;
        let before = self.desk.problem().ticket_indices();
        for ticket in before.filter(|&ticket| self.desk.is_withdrawn(ticket)) {
            desk.withdraw(ticket);
        }
        Ok(Fleet {
            now: draft.now,
            desk,
            clock: self.clock,
            under_way: self.under_way.clone(),
            watch: self.watch.clone(),
            drawn: Drawn::since(begun, self.stamp.clone()),
            draft,
            policy_version: self.policy_version,
            // Who has looked at it has seen the same promises.
            stamp: self.stamp.clone(),
        })
    }

    /// Takes note that the day is not any more as the desk shows it.
    pub(in crate::live) fn has_moved(&mut self) {
        self.drawn.has_moved = true;
        self.stamp = Stamp::default();
    }

    /// Takes note where an engineer is. Returns whether that is news: nobody was seen later, or is unknown.
    pub fn move_engineer(&mut self, id: &str, to: PlaceDraft, at: Moment) -> bool {
        let place = self.draft.engineers.binary_search_by(|known| known.id.as_str().cmp(id));
        let Some(engineer) = place.ok().map(|place| &mut self.draft.engineers[place]) else {
            return false;
        };
        if engineer.position.is_some() && engineer.position_at > Some(at) {
            return false;
        }
        (engineer.position, engineer.position_at) = (Some(to), Some(at));
        self.has_moved();
        true
    }

    /// The same fleet with an engineer away at other times. What they have promised is kept, late where it must be.
    ///
    /// # Errors
    /// The flaws of these spans.
    pub fn with_absences(&self, id: &str, absences: Vec<(Moment, Moment)>) -> Result<Fleet, Vec<Flaw>> {
        let mut draft = self.standing();
        if let Some(known) = draft.engineers.iter_mut().find(|known| known.id == id) {
            known.absences = absences;
        }
        self.anew(draft)
    }

    /// The same as it can be kept: with what is under way, and with what is late put off, so that no promise is flawed.
    pub fn kept(&self) -> Draft {
        self.keep(self.standing())
    }

    /// Puts off in a draft of this fleet what is late.
    pub(in crate::live) fn keep(&self, draft: Draft) -> Draft {
        let problem = self.desk.problem();
        let mut draft = self.at_work(draft);
        let late = self.desk.late();
        let tickets: BTreeSet<&str> =
            late.tickets.iter().map(|&ticket| &*problem.ticket(ticket).id).collect();
        for ticket in draft.tickets.iter_mut().filter(|ticket| tickets.contains(ticket.id.as_str())) {
            let opens = ticket.windows.iter().map(|window| window.start).min();
            let start = opens.unwrap_or(draft.now);
            ticket.windows = vec![Window { start, end: draft.now.max(start) + WEEK }];
            if let Some(pin) = &mut ticket.pin {
                pin.start = None;
            }
        }
        for &shift in &late.shifts {
            let (engineer, number) = (problem.engineer_id(shift), problem.shift(shift).number);
            let stops = self.desk.route(shift).stops().len() as u32;
            let start = shift_start(&self.draft.engineers, engineer, number);
            let known = draft.engineers.binary_search_by(|known| known.id.as_str().cmp(engineer));
            let Some(shifts) = known.ok().map(|n| &mut draft.engineers[n].shifts) else { continue };
            let is_it = |shift: &ShiftDraft| Some(shift.start.moment) == start;
            let Some(end) = shifts.iter().find(|shift| is_it(shift)).map(|shift| shift.end.moment)
            else {
                continue;
            };
            let later = shifts.iter().map(|shift| shift.start.moment).filter(|start| *start >= end);
            let latest = later.min().unwrap_or(Moment::NEVER);
            let Some(shift) = shifts.iter_mut().find(|shift| is_it(shift)) else { continue };
            shift.end.moment = (end.max(draft.now) + WEEK).min(latest);
            shift.breaks.clear();
            shift.max_tickets = Some(stops);
            (shift.max_work, shift.max_drive) = (None, None);
            (shift.max_metres, shift.max_span) = (None, None);
        }
        draft
    }
}

/// How often a desk is drawn up anew, in seconds of its clock.
const MINUTE: i64 = 60;
/// For how long what is late may go on.
const WEEK: Seconds = Seconds(7 * 86_400);

/// When a shift starts, which tells it from all others of its engineer, whatever its number is by now.
pub(in crate::live) fn shift_start(
    engineers: &[EngineerDraft],
    id: &str,
    number: u32,
) -> Option<Moment> {
    let place = engineers.binary_search_by(|known| known.id.as_str().cmp(id)).ok()?;
    engineers[place].shifts.get(number as usize).map(|shift| shift.start.moment)
}

/// Says when tickets were reported and engineers were seen, where it is not said: now. Time goes on, but not for that.
pub(in crate::live) fn date(draft: &mut Draft) {
    let now = draft.now;
    for ticket in &mut draft.tickets {
        ticket.reported.get_or_insert(now);
    }
    for engineer in draft.engineers.iter_mut().filter(|engineer| engineer.position.is_some()) {
        engineer.position_at.get_or_insert(now);
    }
}
