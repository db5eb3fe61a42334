//! What is under way: what somebody is on the way to, or at, and what that makes of their routes.

use std::collections::BTreeMap;

use paidan_engine::desk::Desk;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::Flaw;
use paidan_engine::ids::ShiftIx;
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::ticket::BegunDraft;
use paidan_engine::units::{Moment, Seconds};

use super::Fleet;
use super::day::shift_start;

/// Work that somebody is on the way to, or at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// When it started; for those who are on the way, when it will.
    pub start: Moment,
    /// Whether they are there.
    pub is_there: bool,
    /// Until when it is expected to last, if that is known better than from the ticket.
    pub until: Option<Moment>,
}

impl Fleet {
    /// Takes note that somebody is on the way to a ticket, or there: they go there before all else that is promised to
    /// them, whatever they have begun before, and in the shift that is on then. When they are expected, if they are on the
    /// way. `O(stops)`, and as [`Fleet::new`] where it changes what stands in which route first.
    ///
    /// # Errors
    /// What is promised cannot be kept then.
    pub fn begin(&mut self, id: &str, at: Moment, is_there: bool) -> Result<Option<Moment>, Vec<Flaw>> {
        let place = self.index(id).and_then(|ticket| Some((ticket, self.desk.serving(ticket)?)));
        let Some((ticket, shift)) = place else { return Ok(None) };
        let RouteDraft { engineer, shift: own, .. } = self.route(shift);
        let number = self.nearest(&engineer, own, at);
        let shift = self.shift(&engineer, number).unwrap_or(shift);
        let position = self.engineer(&engineer).and_then(|known| {
            known.position.filter(|_| known.position_at >= Some(self.desk.problem().shift(shift).start))
        });
        let from = position.and_then(|position| self.desk.problem().locate(&position));
        let start = if is_there { at } else { at + self.desk.drive(shift, from.as_ref(), ticket) };
        let before = self.under_way.insert(id.to_owned(), UnderWay { start, is_there, until: None });
        let mut theirs = self.holders(id).into_iter().map(|shift| self.route(shift)).collect();
        if self.put_first(&mut theirs, id, at) {
            let mut draft = self.standing();
            self.put_first(&mut draft.routes, id, at);
            match self.anew(draft) {
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

    /// The number of the shift that is on then, or nearest, rather than another that is as near.
    fn nearest(&self, engineer: &str, rather: u32, at: Moment) -> u32 {
        let shifts = self.engineer(engineer).map_or(&[][..], |known| &known.shifts);
        let numbers = 0..shifts.len() as u32;
        let nearest = numbers.min_by_key(|&number| {
            let shift = &shifts[number as usize];
            let apart = (shift.start.moment - at).max(at - shift.end.moment).max(Seconds::ZERO);
            (apart, number != rather)
        });
        nearest.unwrap_or(rather)
    }

    /// Puts a ticket that is under way first in the routes of those who have begun it then: each in the shift that is on, or
    /// nearest. Returns whether it was not there.
    fn put_first(&self, routes: &mut Vec<RouteDraft>, id: &str, at: Moment) -> bool {
        let holds = |route: &RouteDraft| route.tickets.iter().position(|ticket| ticket == id);
        let mut is_moved = false;
        for n in 0..routes.len() {
            let Some(place) = holds(&routes[n]) else { continue };
            let (engineer, own) = (routes[n].engineer.clone(), routes[n].shift);
            let number = self.nearest(&engineer, own, at);
            if (place, number) == (0, own) {
                continue;
            }
            is_moved = true;
            routes[n].tickets.remove(place);
            let is_it = |route: &RouteDraft| route.shift == number && route.engineer == engineer;
            if let Some(there) = routes.iter().position(is_it) {
                routes[there].tickets.insert(0, id.to_owned());
            } else {
                let tickets = vec![id.to_owned()];
                routes.push(RouteDraft { engineer, shift: number, tickets });
            }
        }
        routes.retain(|route| !route.tickets.is_empty());
        is_moved
    }

    /// What is under way in the routes of these shifts.
    pub(in crate::live) fn begun_in<T>(&self, shifts: &[(ShiftIx, T)]) -> Vec<(String, UnderWay)> {
        let problem = self.desk.problem();
        let stops = shifts.iter().flat_map(|(shift, _)| self.desk.route(*shift).stops());
        let begun = stops.filter_map(|stop| {
            let id = &problem.ticket(stop.ticket).id;
            self.under_way.get_key_value(&**id).map(|(id, work)| (id.clone(), *work))
        });
        begun.collect()
    }

    /// Takes over from others who is on the way to a ticket, or there, if somebody is.
    pub(in crate::live) fn go_on(&mut self, id: &str, work: Option<UnderWay>) {
        let before = match work {
            Some(work) => self.under_way.insert(id.to_owned(), work),
            None => self.under_way.remove(id),
        };
        if before != work {
            self.has_moved();
        }
    }

    /// Has the desk know what is under way, where promises were taken over from others.
    pub(in crate::live) fn note_begun(&mut self) {
        note_begun(&mut self.desk, &self.under_way);
    }

    /// Whether somebody is at a ticket.
    pub(in crate::live) fn is_served(&self, id: &str) -> bool {
        self.under_way.get(id).is_some_and(|work| work.is_there)
    }

    /// How long work takes that somebody is at and that was told to last until some other moment.
    pub(in crate::live) fn delayed(&self, id: &str) -> Option<Seconds> {
        let work = self.under_way.get(id).filter(|work| work.is_there)?;
        Some((work.until? - work.start).max(Seconds::ZERO))
    }

    /// A promised route, as the caller names it. What is under way is first, as the desk has it once it is drawn up anew.
    pub fn route(&self, shift: ShiftIx) -> RouteDraft {
        let own = self.as_laid(shift);
        let Some(first) = own.tickets.iter().find(|ticket| self.under_way.contains_key(*ticket)) else {
            return own;
        };
        let problem = self.desk.problem();
        let theirs = self.holders(first).into_iter().flat_map(|holder| {
            let shifts = &problem.engineer(problem.shift(holder).engineer).shifts;
            shifts.clone().map(|shift| self.as_laid(ShiftIx(shift)))
        });
        let mut routes: Vec<RouteDraft> = theirs.collect();
        put_next_first(&mut routes, &self.draft.engineers, &self.under_way);
        let is_own = |route: &RouteDraft| route.shift == own.shift && route.engineer == own.engineer;
        routes.into_iter().find(is_own).unwrap_or(own)
    }

    /// The same as the desk has it by now.
    fn as_laid(&self, shift: ShiftIx) -> RouteDraft {
        let problem = self.desk.problem();
        let stops = self.desk.route(shift).stops().iter();
        RouteDraft {
            engineer: problem.engineer_id(shift).to_owned(),
            shift: problem.shift(shift).number,
            tickets: stops.map(|stop| problem.ticket(stop.ticket).id.to_string()).collect(),
        }
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

    /// A draft of this fleet with what is under way in it.
    pub(in crate::live) fn at_work(&self, draft: Draft) -> Draft {
        at_work(draft, &self.under_way)
    }
}

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

/// Puts first in routes what somebody is at, and tells who: a crew is at a ticket if all of it are. What somebody has begun
/// and left for another ticket keeps its place.
fn put_next_first(
    routes: &mut [RouteDraft],
    engineers: &[EngineerDraft],
    under_way: &BTreeMap<String, UnderWay>,
) -> BTreeMap<String, Vec<String>> {
    let at = at(routes, engineers, under_way);
    let mut next: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for route in routes.iter() {
        for ticket in route.tickets.iter().filter(|ticket| under_way.contains_key(*ticket)) {
            next.entry(ticket.clone()).or_default().push(route.engineer.clone());
        }
    }
    next.retain(|ticket, holders| {
        holders.iter().all(|engineer| at.get(engineer).is_some_and(|own| own == ticket))
    });
    for route in routes {
        if let Some(place) = route.tickets.iter().position(|ticket| next.contains_key(ticket)) {
            route.tickets[..=place].rotate_right(1);
        }
    }
    next
}

/// What each engineer is at, of all that they have begun: what stands first of it in the latest of their shifts.
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

/// A draft with what is under way in it. Who is on the way does not arrive before now.
fn at_work(mut draft: Draft, under_way: &BTreeMap<String, UnderWay>) -> Draft {
    if under_way.is_empty() {
        return draft;
    }
    let mut next = put_next_first(&mut draft.routes, &draft.engineers, under_way);
    for ticket in &mut draft.tickets {
        let work = under_way.get(&ticket.id).zip(next.remove(&ticket.id));
        ticket.begun = work.map(|(&UnderWay { start, is_there, until }, engineers)| {
            let start = if is_there { start } else { start.max(draft.now) }.min(Moment::LAST);
            BegunDraft { engineers, start, until }
        });
    }
    draft
}
