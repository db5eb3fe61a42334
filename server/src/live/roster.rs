//! A fleet with another roster.

use std::collections::BTreeMap;

use paidan_engine::desk::Desk;
use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::{Draft, Problem, RouteDraft};

use super::Fleet;
use super::fleet::untie;
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
            let present = self.anew(self.standing())?;
            while let Some(ticket) = first_broken(&present.keep(draft.clone()), id) {
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
        let late = |fleet: &Fleet| fleet.desk().late().routes.len();
        if late(&fleet) > late(self) {
            // What is late by the time alone is nobody's doing.
            let present = self.anew(self.standing())?;
            if late(&fleet) > late(&present) {
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

/// Leaves an engineer where they were seen, unless what is said of them now is newer: that is not a matter of the roster.
pub(super) fn stay(known: &EngineerDraft, new: &mut EngineerDraft) {
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

/// The last ticket of a promised route that an engineer cannot keep to, or of all if they are not in the roster.
fn first_broken(draft: &Draft, id: &str) -> Option<String> {
    let of_engineer = |route: &&RouteDraft| route.engineer == id && !route.tickets.is_empty();
    let routes: Vec<RouteDraft> = draft.routes.iter().filter(of_engineer).cloned().collect();
    let last = |route: &RouteDraft| route.tickets.last().cloned();
    let Ok(place) = draft.engineers.binary_search_by(|known| known.id.as_str().cmp(id)) else {
        return routes.first().and_then(last);
    };
    let tickets = draft
        .tickets
        .iter()
        .filter(|ticket| routes.iter().any(|route| route.tickets.contains(&ticket.id)));
    let alone = Draft {
        engineers: vec![draft.engineers[place].clone()],
        tickets: tickets
            .map(|ticket| {
                let mut ticket = ticket.clone();
                // Of others it is asked when all are together.
                ticket.after.clear();
                ticket.crew = 1;
                ticket.required.retain(|name| name == id);
                ticket.preferred.clear();
                ticket.forbidden.retain(|name| name == id);
                ticket
            })
            .collect(),
        visits: Vec::new(),
        routes: routes.clone(),
        ..draft.clone()
    };
    let flaws = Problem::new(alone).and_then(Desk::new).err()?;
    let broken = flaws.iter().find(|flaw| flaw.code == Code::BrokenRoute)?;
    let number = broken.path.strip_prefix("routes[")?.strip_suffix(']')?.parse::<usize>().ok()?;
    routes.get(number).and_then(last)
}
