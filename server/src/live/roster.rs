//! A fleet with another roster.

use std::collections::{BTreeMap, BTreeSet};

use paidan_engine::desk::Desk;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::ids::ShiftIx;
use paidan_engine::problem::{Draft, Problem, RouteDraft};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::Moment;

use super::Fleet;
use super::fleet::{shift_start, untie};
use super::records::route_id;

impl Fleet {
    /// The same fleet with an engineer added, changed, or removed, and the tickets that were taken back for it: none
    /// unless `release` says so. As [`Fleet::new`], and for each ticket taken back once for that engineer alone.
    ///
    /// # Errors
    /// The engineer's flaws; promises that cannot be kept.
    pub fn with_engineer(
        &self,
        id: &str,
        engineer: Option<EngineerDraft>,
        release: bool,
    ) -> Result<(Fleet, Vec<String>), Vec<Flaw>> {
        let mut draft = self.standing();
        let mut released = Vec::new();
        let place = draft.engineers.binary_search_by(|known| known.id.as_str().cmp(id));
        if let (Ok(place), Some(engineer)) = (place, &engineer) {
            let gone = renumber(&mut draft.routes, &draft.engineers[place], engineer);
            if !gone.is_empty() && !release {
                return Err(vec![shift_gone(id, &gone)]);
            }
            released.extend(gone);
        }
        match (place, engineer) {
            (Ok(place), Some(mut engineer)) => {
                stay(&draft.engineers[place], &mut engineer);
                draft.engineers[place] = engineer;
            }
            (Err(place), Some(engineer)) => draft.engineers.insert(place, engineer),
            (Ok(place), None) => {
                draft.engineers.remove(place);
                untie(&mut draft);
            }
            (Err(_), None) => {}
        }
        if release {
            let before = alone(&self.at_work(self.standing()), id);
            let before = Problem::new(before)
                .and_then(Desk::resume)
                .map_or_else(|_| Behind::default(), |desk| Behind::of(&desk, self.engineers()));
            while let Some(ticket) = first_broken(&self.at_work(draft.clone()), id, &before) {
                draft.routes.iter_mut().for_each(|route| route.tickets.retain(|stop| *stop != ticket));
                released.push(ticket);
            }
            draft.routes.retain(|route| !route.tickets.is_empty());
        }
        Ok((self.anew_in_time(draft)?, released))
    }

    /// The same fleet as another document says, if that puts off nothing of what is promised.
    ///
    /// # Errors
    /// As [`Fleet::new`].
    pub(super) fn anew_in_time(&self, draft: Draft) -> Result<Fleet, Vec<Flaw>> {
        let fleet = self.anew(draft)?;
        let behind = |fleet: &Fleet| Behind::of(fleet.desk(), fleet.engineers());
        if !behind(&fleet).is_within(&behind(self)) {
            // What is late by the time alone is nobody's doing.
            let present = self.anew(self.standing())?;
            if !behind(&fleet).is_within(&behind(&present)) {
                Desk::new(Problem::new(present.keep(fleet.standing()))?)?;
            }
        }
        Ok(fleet)
    }

    /// The promised routes, by the id of their record.
    pub fn promised(&self) -> BTreeMap<String, RouteDraft> {
        let shifts = self.desk().problem().shift_indices();
        let routes = shifts.map(|shift| self.route(shift)).filter(|route| !route.tickets.is_empty());
        routes.map(|route| (route_id(&route.engineer, route.shift), route)).collect()
    }
}

/// What of all promises is late, by names that stay when shifts and tickets are numbered anew.
#[derive(Default)]
struct Behind {
    tickets: BTreeSet<String>,
    /// Shifts whose routes are late, or break a rule: an engineer, and when the shift starts.
    shifts: BTreeSet<(String, Moment)>,
    /// Those of them that take nothing new.
    prolonged: BTreeSet<(String, Moment)>,
    /// Engineers and tickets that they may not serve.
    barred: BTreeSet<(String, String)>,
}

impl Behind {
    /// What is late on a desk of these engineers.
    fn of(desk: &Desk, engineers: &[EngineerDraft]) -> Behind {
        let (problem, late) = (desk.problem(), desk.late());
        let engineer = |shift| problem.engineer_id(shift).to_owned();
        let ticket = |ticket| problem.ticket(ticket).id.to_string();
        let shift = |&shift: &ShiftIx| {
            let start = shift_start(engineers, problem.engineer_id(shift), problem.shift(shift).number);
            Some((engineer(shift), start?))
        };
        Behind {
            tickets: late.tickets.iter().map(|&own| ticket(own)).collect(),
            shifts: late.routes.iter().filter_map(shift).collect(),
            prolonged: late.shifts.iter().filter_map(shift).collect(),
            barred: late.barred.iter().map(|&(shift, own)| (engineer(shift), ticket(own))).collect(),
        }
    }

    /// What another one does not know of.
    fn beyond(&self, other: &Behind) -> Behind {
        let prolonged = &self.prolonged - &other.prolonged;
        Behind {
            tickets: &self.tickets - &other.tickets,
            shifts: &(&self.shifts - &other.shifts) | &prolonged,
            prolonged,
            barred: &self.barred - &other.barred,
        }
    }

    /// Whether another one knows of all that.
    fn is_within(&self, other: &Behind) -> bool {
        let Behind { tickets, shifts, prolonged: _, barred } = self.beyond(other);
        tickets.is_empty() && shifts.is_empty() && barred.is_empty()
    }
}

/// Leaves an engineer where they were seen, unless what is said of them now is newer: that is not a matter of the roster.
pub fn stay(known: &EngineerDraft, new: &mut EngineerDraft) {
    if new.position.is_none() || new.position_at < known.position_at {
        (new.position, new.position_at) = (known.position, known.position_at);
    }
}

/// The flaw of an engineer without a shift in which these tickets are promised.
pub(super) fn shift_gone(id: &str, tickets: &[String]) -> Flaw {
    let found = format!("a shift is gone in which {} tickets are promised", tickets.len());
    let fix = "keep the shift, or PUT the engineer with release=true";
    Flaw::new(Code::BrokenRoute, "engineer.shifts", found, fix).of(id)
}

/// Numbers the promised routes of an engineer by the shifts that they have from now on, which are known by their starts.
/// Returns the tickets of routes whose shift is gone, and drops these.
pub(super) fn renumber(
    routes: &mut Vec<RouteDraft>,
    before: &EngineerDraft,
    after: &EngineerDraft,
) -> Vec<String> {
    let mut gone = Vec::new();
    routes.retain_mut(|route| {
        if route.engineer != before.id {
            return true;
        }
        let start = before.shifts.get(route.shift as usize).map(|shift| shift.start.moment);
        match after.shifts.iter().position(|shift| Some(shift.start.moment) == start) {
            Some(number) => route.shift = number as u32,
            None => gone.append(&mut route.tickets),
        }
        !route.tickets.is_empty()
    });
    gone
}

/// Of one engineer alone: the first ticket of theirs that they may not serve, or the last of a route with which they are
/// behind as they were not before, or of any if they are not in the roster. None if the roster itself is flawed.
fn first_broken(draft: &Draft, id: &str, before: &Behind) -> Option<String> {
    let alone = alone(draft, id);
    let last = |route: &RouteDraft| route.tickets.last().cloned();
    if alone.engineers.is_empty() {
        return alone.routes.first().and_then(last);
    }
    let desk = match Problem::new(alone.clone()).and_then(Desk::resume) {
        Ok(desk) => desk,
        Err(flaws) => {
            let broken = flaws.iter().find(|flaw| flaw.code == Code::BrokenRoute)?;
            let number =
                broken.path.strip_prefix("routes[")?.strip_suffix(']')?.parse::<usize>().ok()?;
            return alone.routes.get(number).and_then(last);
        }
    };
    let more = Behind::of(&desk, &alone.engineers).beyond(before);
    if let Some((_, ticket)) = more.barred.into_iter().next() {
        return Some(ticket);
    }
    let is_behind = |route: &&RouteDraft| {
        let shift = shift_start(&alone.engineers, id, route.shift).map(|start| (id.to_owned(), start));
        shift.is_some_and(|shift| more.shifts.contains(&shift))
            || route.tickets.iter().any(|ticket| more.tickets.contains(ticket))
    };
    alone.routes.iter().find(is_behind).and_then(last)
}

/// The promises of one engineer as if there were nobody else.
fn alone(draft: &Draft, id: &str) -> Draft {
    let of_engineer = |route: &&RouteDraft| route.engineer == id && !route.tickets.is_empty();
    let routes: Vec<RouteDraft> = draft.routes.iter().filter(of_engineer).cloned().collect();
    let is_theirs =
        |ticket: &&TicketDraft| routes.iter().any(|route| route.tickets.contains(&ticket.id));
    let tickets = draft.tickets.iter().filter(is_theirs).cloned().map(|mut ticket| {
        // Of others it is asked when all are together.
        ticket.after.clear();
        ticket.crew = 1;
        ticket.required.retain(|name| name == id);
        ticket.preferred.clear();
        ticket.forbidden.retain(|name| name == id);
        if let Some(begun) = &mut ticket.begun {
            begun.engineers.retain(|name| name == id);
        }
        ticket
    });
    Draft {
        engineers: draft.engineers.iter().filter(|engineer| engineer.id == id).cloned().collect(),
        tickets: tickets.collect(),
        visits: Vec::new(),
        routes,
        ..draft.clone()
    }
}
