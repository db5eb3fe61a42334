//! Naming: every id and every name is heard once, before anything refers to it.

use super::{Draft, Problem, Register, checks};
use crate::engineer::EngineerDraft;
use crate::flaw::{Code, Flaw};
use crate::geo::Place;
use crate::ids::{Index, Names};
use crate::problem::TravelSpec;
use crate::ticket::TicketDraft;
use crate::visit::VisitDraft;

impl Register {
    pub(super) fn hear_engineer(&mut self, engineer: &EngineerDraft) {
        for skill in &engineer.skills {
            self.skills.intern(&skill.name);
        }
        self.hear_goods(&engineer.stock);
        self.hear_rooms(&engineer.capacity);
        for pause in engineer.shifts.iter().flat_map(|shift| &shift.breaks) {
            self.hear_rooms(&pause.max_load);
        }
        if let Some(class) = &engineer.class {
            self.classes.intern(class);
        }
    }

    pub(super) fn hear_ticket(&mut self, ticket: &TicketDraft) {
        for need in &ticket.requires {
            self.skills.intern(&need.skill);
        }
        self.hear_goods(&ticket.parts);
        self.hear_rooms(&ticket.delivers);
        self.hear_rooms(&ticket.demand);
        if let Some(customer) = &ticket.customer {
            self.customers.intern(customer);
        }
        if let Some(asset) = &ticket.asset {
            self.assets.intern(asset);
        }
        if let Some(issue) = &ticket.issue {
            self.issues.intern(issue);
        }
    }

    pub(super) fn hear_visit(&mut self, visit: &VisitDraft) {
        self.customers.intern(&visit.customer);
        self.issues.intern(&visit.issue);
        if let Some(asset) = &visit.asset {
            self.assets.intern(asset);
        }
    }

    fn hear_goods(&mut self, parts: &[(String, i64)]) {
        for (name, _) in parts {
            self.goods.intern(name);
        }
    }

    fn hear_rooms(&mut self, rooms: &[(String, i64)]) {
        for (name, _) in rooms {
            self.rooms.intern(name);
        }
    }
}

/// Interns ids that must differ, with a flaw for each that does not.
fn unique<'a, I: Index>(
    names: &mut Names<I>,
    list: &str,
    ids: impl Iterator<Item = &'a str>,
    flaws: &mut Vec<Flaw>,
) {
    for (n, id) in ids.enumerate() {
        let path = format_args!("{list}[{n}].id");
        checks::id(&path, id, id, flaws);
        if let Some(first) = names.get(id) {
            flaws.push(
                Flaw::new(
                    Code::DuplicateId,
                    path,
                    format!("{list}[{}] has the same id", first.at()),
                    "give each its own id",
                )
                .of(id),
            );
        } else {
            names.intern(id);
        }
    }
}

impl Problem {
    pub(super) fn name_all(&mut self, draft: &Draft, flaws: &mut Vec<Flaw>) {
        let Draft { territories, depots, engineers, tickets, visits, .. } = draft;
        let register = &mut self.register;
        let ids = territories.iter().map(|territory| territory.id.as_str());
        unique(&mut register.territories, "territories", ids, flaws);
        let ids = depots.iter().map(|depot| depot.id.as_str());
        unique(&mut register.depots, "depots", ids, flaws);
        let ids = engineers.iter().map(|engineer| engineer.id.as_str());
        unique(&mut register.engineers, "engineers", ids, flaws);
        let ids = tickets.iter().map(|ticket| ticket.id.as_str());
        unique(&mut register.tickets, "tickets", ids, flaws);
        for engineer in engineers {
            register.hear_engineer(engineer);
        }
        for ticket in tickets {
            register.hear_ticket(ticket);
        }
        for visit in visits {
            register.hear_visit(visit);
        }
    }

    /// Gives every different place a row of its own, so that travel can be kept in a table. Equal
    /// coordinates share a row.
    pub(super) fn number_places(&mut self) {
        if matches!(self.travel, TravelSpec::Tables(_)) {
            return;
        }
        let mut rows: std::collections::BTreeMap<(u64, u64), u32> = std::collections::BTreeMap::new();
        let mut places: Vec<Place> = Vec::new();
        let mut number = |place: &mut Place| {
            let point = place.point.expect("crow-fly places have coordinates");
            let key = (point.lat.to_bits(), point.lon.to_bits());
            place.row = *rows.entry(key).or_insert_with(|| {
                places.push(Place { row: places.len() as u32, ..*place });
                places.len() as u32 - 1
            });
        };
        for depot in &mut self.depots {
            number(&mut depot.place);
        }
        for shift in &mut self.shifts {
            shift.from.iter_mut().chain(&mut shift.to).for_each(&mut number);
        }
        for ticket in &mut self.tickets {
            number(&mut ticket.place);
        }
        self.places = places;
    }
}
