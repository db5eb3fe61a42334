//! The day as it goes on: what is under way, what is late, and the desk drawn up anew as it is by now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use paidan_engine::desk::Desk;
use paidan_engine::engineer::{EngineerDraft, PlaceDraft, ShiftDraft};
use paidan_engine::flaw::Flaw;
use paidan_engine::problem::{Draft, Problem, RouteDraft};
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

    /// Takes note that somebody is on the way to a ticket, or there: they go there before all else that is promised to
    /// them, whatever they have begun before, and in the shift that is on then. When they are expected, if they are on the
    /// way. `O(stops)`, and as [`Fleet::new`] where it changes what stands in which route first.
    ///
    /// # Errors
    /// What is promised cannot be kept then.
    pub fn begin(&mut self, id: &str, at: Moment, is_there: bool) -> Result<Option<Moment>, Vec<Flaw>> {
        let place = self.index(id).and_then(|ticket| Some((ticket, self.desk.serving(ticket)?)));
        let Some((ticket, shift)) = place else { return Ok(None) };
        let engineer = self.desk.problem().engineer_id(shift);
        let position = self.engineer(engineer).and_then(|known| {
            known.position.filter(|_| known.position_at >= Some(self.desk.problem().shift(shift).start))
        });
        let from = position.and_then(|position| self.desk.problem().locate(&position));
        let start = if is_there { at } else { at + self.desk.drive(shift, from.as_ref(), ticket) };
        let before = self.under_way.insert(id.to_owned(), UnderWay { start, is_there, until: None });
        let mut routes = self.routes();
        if self.put_first(&mut routes, id, at) {
            match self.anew(Draft { routes, ..self.standing() }) {
                Ok(fleet) => *self = fleet,
                Err(flaws) => {
                    self.go_on(id, before);
                    return Err(flaws);
                }
            }
        }
        self.note_begun();
        self.has_moved();
        Ok((!is_there).then_some(start))
    }

    /// Puts a ticket that is under way first in the routes of those who have begun it then: each in the shift that is on, or
    /// nearest. Returns whether it was not there.
    fn put_first(&self, routes: &mut Vec<RouteDraft>, id: &str, at: Moment) -> bool {
        let holds = |route: &RouteDraft| route.tickets.iter().position(|ticket| ticket == id);
        let mut is_moved = false;
        for n in 0..routes.len() {
            let Some(place) = holds(&routes[n]) else { continue };
            let (engineer, own) = (routes[n].engineer.clone(), routes[n].shift);
            let shifts = self.engineer(&engineer).map_or(&[][..], |known| &known.shifts);
            let nearest = (0..shifts.len() as u32).min_by_key(|&number| {
                let shift = &shifts[number as usize];
                let apart = (shift.start.moment - at).max(at - shift.end.moment).max(Seconds::ZERO);
                (apart, number != own)
            });
            let number = nearest.unwrap_or(own);
            if (place, number) == (0, own) {
                continue;
            }
            is_moved = true;
            routes[n].tickets.remove(place);
            let is_it = |route: &RouteDraft| route.shift == number && route.engineer == engineer;
            match routes.iter().position(is_it) {
                Some(there) => routes[there].tickets.insert(0, id.to_owned()),
                None => {
                    routes.push(RouteDraft { engineer, shift: number, tickets: vec![id.to_owned()] })
                }
            }
        }
        routes.retain(|route| !route.tickets.is_empty());
        is_moved
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
        note_begun(&mut self.desk, &self.under_way);
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

    /// What an engineer is on the way to, or at.
    fn at(&self, engineer: &str) -> Option<String> {
        at(&self.routes(), &self.draft.engineers, &self.under_way).remove(engineer)
    }

    /// All that an engineer has begun.
    pub fn begun_by(&self, engineer: &str) -> Vec<String> {
        let problem = self.desk.problem();
        let is_theirs =
            |id: &&String| self.holders(id).iter().any(|&shift| problem.engineer_id(shift) == engineer);
        self.under_way.keys().filter(is_theirs).cloned().collect()
    }

    /// Takes note until when whoever is at work is expected to be, or when who is on the way is there, and answers for which
    /// ticket.
    pub fn delay(&mut self, engineer: &str, until: Moment) -> Option<String> {
        let id = self.at(engineer)?;
        let work = self.under_way.get_mut(&id)?;
        if work.is_there {
            work.until = Some(until);
        } else {
            work.start = until;
        }
        self.has_moved();
        Some(id)
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

    /// A draft of this fleet with what is under way in it.
    pub(in crate::live) fn at_work(&self, draft: Draft) -> Draft {
        at_work(draft, &self.under_way)
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

/// The desk of a draft with what is under way in it.
///
/// # Errors
/// The draft's flaws, and those of promised routes that cannot be driven at any time.
pub(in crate::live) fn laid(
    draft: &Draft,
    under_way: &BTreeMap<String, UnderWay>,
) -> Result<Desk, Vec<Flaw>> {
    let mut desk = Desk::resume(Problem::new(at_work(draft.clone(), under_way))?)?;
    note_begun(&mut desk, under_way);
    Ok(desk)
}

/// Has a desk know what is under way, whether somebody is at it or has gone on to another ticket first.
fn note_begun(desk: &mut Desk, under_way: &BTreeMap<String, UnderWay>) {
    for id in under_way.keys() {
        if let Some(ticket) = desk.problem().register().tickets.get(id) {
            desk.begin(ticket);
        }
    }
}

/// Puts what is under way first in every route. Of several, what stands first of them was begun last.
pub(super) fn begun_first(tickets: &mut [String], under_way: &BTreeMap<String, UnderWay>) {
    tickets.sort_by_key(|ticket| !under_way.contains_key(ticket));
}

/// What each engineer is at, of all that they have begun: what is first in the latest of their shifts.
fn at(
    routes: &[RouteDraft],
    engineers: &[EngineerDraft],
    under_way: &BTreeMap<String, UnderWay>,
) -> BTreeMap<String, String> {
    let mut latest: BTreeMap<&str, (Moment, &str)> = BTreeMap::new();
    for route in routes {
        let first = route.tickets.iter().find(|ticket| under_way.contains_key(*ticket));
        let start = shift_start(engineers, &route.engineer, route.shift);
        if let (Some(ticket), Some(start)) = (first, start) {
            let own = (start, ticket.as_str());
            let known = latest.entry(&route.engineer).or_insert(own);
            *known = (*known).max(own);
        }
    }
    latest.into_iter().map(|(engineer, (_, ticket))| (engineer.to_owned(), ticket.to_owned())).collect()
}

/// When a shift starts, which tells it from all others of its engineer, whatever its number is by now.
pub(in crate::live) fn shift_start(
    engineers: &[EngineerDraft],
    id: &str,
    number: u32,
) -> Option<Moment> {
    let place = engineers.binary_search_by(|known| known.id.as_str().cmp(id)).ok()?;
    engineers[place].shifts.get(number as usize).map(|shift| shift.start.moment)
}

/// A draft with what is under way in it. Who is on the way does not arrive before now. A crew is at a ticket if all of it
/// are; what somebody has begun and left for another ticket is promised behind that.
fn at_work(mut draft: Draft, under_way: &BTreeMap<String, UnderWay>) -> Draft {
    if under_way.is_empty() {
        return draft;
    }
    draft.routes.iter_mut().for_each(|route| begun_first(&mut route.tickets, under_way));
    let at = at(&draft.routes, &draft.engineers, under_way);
    let mut engineers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for route in &draft.routes {
        for ticket in route.tickets.iter().filter(|ticket| under_way.contains_key(*ticket)) {
            engineers.entry(ticket).or_default().push(route.engineer.clone());
        }
    }
    engineers.retain(|ticket, holders| {
        holders.iter().all(|engineer| at.get(engineer).is_some_and(|own| own == ticket))
    });
    let begun: BTreeMap<String, BegunDraft> = engineers
        .into_iter()
        .map(|(ticket, engineers)| {
            let UnderWay { start, is_there, until } = under_way[ticket];
            let start = if is_there { start } else { start.max(draft.now) }.min(Moment::LAST);
            (ticket.to_owned(), BegunDraft { engineers, start, until })
        })
        .collect();
    for ticket in &mut draft.tickets {
        ticket.begun = begun.get(&ticket.id).cloned();
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
