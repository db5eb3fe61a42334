//! The day as it goes on: what is under way, what is late, and the desk drawn up anew as it is by now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use paidan_engine::desk::Desk;
use paidan_engine::engineer::PlaceDraft;
use paidan_engine::flaw::Flaw;
use paidan_engine::ids::TicketIx;
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::ticket::{BegunDraft, Window};
use paidan_engine::units::{Moment, Seconds};

use super::super::clock::Clock;
use super::super::watch::Subject;
use super::{Fleet, Stamp};
use crate::text::now_us;

/// Work that somebody is on the way to, or at.
#[derive(Clone, Copy, Debug)]
pub struct UnderWay {
    /// When it started; for those who are on the way, when it will.
    pub start: Moment,
    /// Whether they are there.
    pub is_there: bool,
    /// Until when it is expected to last, if that is known better than from the ticket.
    pub until: Option<Moment>,
}

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
        let mut desk = Desk::resume(Problem::new(at_work(draft.clone(), &self.under_way))?)?;
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

    /// Takes note that somebody is on the way to a ticket, or there. When they are expected, if they are on the way.
    pub fn begin(&mut self, id: &str, at: Moment, is_there: bool) -> Option<Moment> {
        let ticket = self.index(id)?;
        self.desk.begin(ticket);
        let shift = self.desk.serving(ticket)?;
        let engineer = self.desk.problem().engineer_id(shift);
        let position = self.engineer(engineer).and_then(|known| {
            known.position.filter(|_| known.position_at >= Some(self.desk.problem().shift(shift).start))
        });
        let from = position.and_then(|position| self.desk.problem().locate(&position));
        let start = if is_there { at } else { at + self.desk.drive(shift, from.as_ref(), ticket) };
        self.under_way.insert(id.to_owned(), UnderWay { start, is_there, until: None });
        self.has_moved();
        (!is_there).then_some(start)
    }

    /// Takes over from others who is on the way to a ticket, or there, if somebody is.
    pub(in crate::live) fn go_on(&mut self, id: &str, work: Option<UnderWay>) {
        let before = match work {
            Some(work) => self.under_way.insert(id.to_owned(), work),
            None => self.under_way.remove(id),
        };
        if before.is_some() || work.is_some() {
            self.has_moved();
        }
    }

    /// Has the desk know what is under way, where promises were taken over from others.
    pub(in crate::live) fn note_begun(&mut self) {
        for ticket in self.under_way.keys().filter_map(|id| self.index(id)).collect::<Vec<TicketIx>>() {
            self.desk.begin(ticket);
        }
    }

    /// Takes note that the day is not any more as the desk shows it.
    pub(in crate::live) fn has_moved(&mut self) {
        self.drawn.has_moved = true;
        self.stamp = Stamp::default();
    }

    /// Whether somebody is at a ticket.
    pub(in crate::live) fn is_served(&self, id: &str) -> bool {
        self.under_way.get(id).is_some_and(|work| work.is_there)
    }

    /// How long work takes that somebody is at and that was told to last until some other moment.
    pub(in crate::live) fn delayed(&self, id: &str) -> Option<Seconds> {
        let work = self.under_way.get(id).filter(|work| work.is_there)?;
        Some((work.until? - work.start).clamp(Seconds::ZERO, LONGEST_WORK))
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

    /// Takes note until when whoever is at work is expected to be, and answers for which tickets: those under way.
    pub fn delay(&mut self, engineer: &str, until: Moment) -> Vec<String> {
        let problem = self.desk.problem();
        let is_theirs = |id: &String| {
            let ticket = problem.register().tickets.get(id);
            let holders = ticket.map_or_else(Vec::new, |ticket| self.desk.holders(ticket));
            holders.iter().any(|&shift| problem.engineer_id(shift) == engineer)
        };
        let theirs: Vec<String> = self.under_way.keys().filter(|id| is_theirs(id)).cloned().collect();
        for id in &theirs {
            if let Some(work) = self.under_way.get_mut(id) {
                if work.is_there {
                    work.until = Some(until);
                } else {
                    work.start = until;
                }
            }
        }
        if !theirs.is_empty() {
            self.has_moved();
        }
        theirs
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
        let mut draft = at_work(draft, &self.under_way);
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
            let (engineer, number) = (problem.engineer_id(shift), problem.shift(shift).number as usize);
            let stops = self.desk.route(shift).stops().len() as u32;
            let known = draft.engineers.binary_search_by(|known| known.id.as_str().cmp(engineer));
            let Some(shifts) = known.ok().map(|n| &mut draft.engineers[n].shifts) else { continue };
            let Some(end) = shifts.get(number).map(|shift| shift.end.moment) else { continue };
            let later = shifts.iter().map(|shift| shift.start.moment).filter(|start| *start >= end);
            let latest = later.min().unwrap_or(Moment::NEVER);
            let shift = &mut shifts[number];
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
/// What a ticket's work takes at most.
const LONGEST_WORK: Seconds = Seconds(30 * 86_400);
/// For how long what is late may go on.
const WEEK: Seconds = Seconds(7 * 86_400);

/// A draft with what is under way in it. Who is on the way does not arrive before now.
pub(in crate::live) fn at_work(mut draft: Draft, under_way: &BTreeMap<String, UnderWay>) -> Draft {
    if under_way.is_empty() {
        return draft;
    }
    let mut engineers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for route in &draft.routes {
        for ticket in route.tickets.iter().filter(|ticket| under_way.contains_key(*ticket)) {
            engineers.entry(ticket).or_default().push(route.engineer.clone());
        }
    }
    // Of two that somebody has begun they are at the later one.
    let mut latest: BTreeMap<&str, (Moment, &str)> = BTreeMap::new();
    for (ticket, holders) in &engineers {
        for engineer in holders {
            let own = (under_way[*ticket].start, *ticket);
            let known = latest.entry(engineer).or_insert(own);
            *known = (*known).max(own);
        }
    }
    let is_at = |ticket: &str| {
        engineers.get(ticket).is_some_and(|holders| {
            holders
                .iter()
                .all(|engineer| latest.get(engineer.as_str()).is_some_and(|own| own.1 == ticket))
        })
    };
    let begun: BTreeMap<String, BegunDraft> = (under_way.iter())
        .filter(|(ticket, _)| is_at(ticket))
        .map(|(ticket, UnderWay { start, is_there, .. })| {
            let start = if *is_there { *start } else { (*start).max(draft.now) }.min(Moment::LAST);
            (ticket.clone(), BegunDraft { engineers: engineers[ticket.as_str()].clone(), start })
        })
        .collect();
    for ticket in &mut draft.tickets {
        ticket.begun = begun.get(&ticket.id).cloned();
        let until = under_way.get(&ticket.id).and_then(|work| work.until);
        if let (Some(BegunDraft { start, .. }), Some(until)) = (&ticket.begun, until) {
            ticket.work = (until - *start).clamp(Seconds::ZERO, LONGEST_WORK);
            ticket.work_by_class.clear();
            (ticket.setup, ticket.setup_by_class) = (Seconds::ZERO, Vec::new());
        }
    }
    for route in &mut draft.routes {
        // Whoever has begun several, in whatever order, has begun the others before.
        route.tickets.sort_by_cached_key(|ticket| {
            let work = under_way.get(ticket);
            let start = work.map_or(Moment::NEVER, |work| work.start);
            (!begun.contains_key(ticket), start, work.map(|_| ticket.clone()))
        });
    }
    draft
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
