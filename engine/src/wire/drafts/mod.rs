//! From documents to drafts: times and lengths are read, words become types, nothing is judged that
//! [`Problem::new`](crate::problem::Problem::new) judges.

mod area;
mod depot;
mod engineer;
mod policy;
mod work;

use std::sync::Arc;

pub(super) use engineer::engineer;
pub(super) use policy::policy;
pub(super) use work::{ticket, visit};

use super::document::{PlaceDoc, ProblemDoc, RouteDoc, TableDoc, TravelDoc};
use super::notes::Notes;
use crate::engineer::PlaceDraft;
use crate::flaw::{Code, Flaw};
use crate::geo::LatLon;
use crate::problem::{Draft, Profile, RouteDraft, Table, TravelSpec};

/// Reads a whole document.
pub(super) fn problem(doc: ProblemDoc, notes: &mut Notes) -> Draft {
    let now = notes.stamp(&doc.now, "", || "now".to_owned());
    Draft {
        now: now.moment,
        offset_s: now.offset_s,
        travel: doc.travel.map_or_else(TravelSpec::default, |doc| travel(doc, notes)),
        policy: policy(doc.policy.unwrap_or_default(), notes),
        territories: each("territories", doc.territories, notes, area::territory),
        depots: each("depots", doc.depots, notes, depot::depot),
        engineers: each("engineers", doc.engineers, notes, engineer),
        tickets: each("tickets", doc.tickets, notes, ticket),
        visits: each("visits", doc.visits, notes, visit),
        routes: doc.routes.into_iter().map(route).collect(),
    }
}

fn each<Doc, Drafted>(
    list: &str,
    docs: Vec<Doc>,
    notes: &mut Notes,
    read: impl Fn(Doc, &str, &mut Notes) -> Drafted,
) -> Vec<Drafted> {
    let mut path = list.to_owned();
    docs.into_iter()
        .enumerate()
        .map(|(n, doc)| {
            path.truncate(list.len());
            super::tree::push_index(&mut path, n);
            read(doc, &path, notes)
        })
        .collect()
}

fn route(doc: RouteDoc) -> RouteDraft {
    RouteDraft { engineer: doc.engineer, shift: doc.shift, tickets: doc.tickets }
}

fn travel(doc: TravelDoc, notes: &mut Notes) -> TravelSpec {
    match doc {
        TravelDoc::Crow { speed_kmh, detour } => TravelSpec::Crow { speed_kmh, detour },
        TravelDoc::Table { durations_s, metres_m, costs, profiles } => {
            let own = TableDoc { durations_s, metres_m, costs };
            let mut tables = vec![profile(String::new(), &own, "travel", notes)];
            tables.extend(profiles.into_iter().map(|(name, doc)| {
                let path = format!("travel.profiles.{name}");
                profile(name, &doc, &path, notes)
            }));
            TravelSpec::Tables(tables)
        }
    }
}

fn profile(name: String, doc: &TableDoc, path: &str, notes: &mut Notes) -> Profile {
    let size = doc.durations_s.len();
    let mut cells = |rows: &[Vec<u32>], name: &str| square(rows, size, &format!("{path}.{name}"), notes);
    let seconds = cells(&doc.durations_s, "durations_s");
    let metres = doc.metres_m.as_ref().map(|rows| cells(rows, "metres_m"));
    let costs = doc.costs.as_ref().map(|rows| cells(rows, "costs"));
    Profile { name, table: Arc::new(Table { size, seconds, metres, costs }) }
}

/// The cells of a table row by row. Rows of another length would shift all cells after them.
fn square(rows: &[Vec<u32>], size: usize, path: &str, notes: &mut Notes) -> Vec<u32> {
    if rows.len() != size {
        notes.flaw(Flaw::new(
            Code::BadTable,
            path,
            format!("{} rows do not match the {size} of durations_s", rows.len()),
            "give one row for each place in both tables",
        ));
        return Vec::new();
    }
    if let Some((n, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != size) {
        notes.flaw(Flaw::new(
            Code::BadTable,
            format!("{path}[{n}]"),
            format!("the row has {} cells in a table of {size} rows", row.len()),
            "give one row and one column for each place",
        ));
        return Vec::new();
    }
    rows.concat()
}

/// Reads a place; one coordinate without the other is noted.
fn place(doc: PlaceDoc, id: &str, notes: &mut Notes, path: impl FnOnce() -> String) -> PlaceDraft {
    let point = match (doc.lat, doc.lon) {
        (Some(lat), Some(lon)) => Some(LatLon { lat, lon }),
        (None, None) => None,
        (lat, _) => {
            let (given, missing) = if lat.is_some() { ("lat", "lon") } else { ("lon", "lat") };
            notes.flaw(
                Flaw::new(
                    Code::MissingKey,
                    format!("{}.{missing}", path()),
                    format!("the place has {given:?} but not {missing:?}"),
                    "give both in degrees, or neither",
                )
                .of(id),
            );
            None
        }
    };
    PlaceDraft { point, row: doc.row }
}

/// A factor in thousandths. What is negative or too large becomes a number that is refused later.
fn permille(factor: f64) -> u32 {
    (factor * 1000.0).round() as u32
}
