//! Territories: `GeoJSON` rings become areas.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::flaw::{Code, Flaw};
use crate::geo::{Area, LatLon};
use crate::problem::TerritoryDraft;
use crate::wire::document::{AreaDoc, TerritoryDoc};
use crate::wire::limits;
use crate::wire::notes::Notes;

/// Reads a territory.
pub(super) fn territory(doc: TerritoryDoc, path: &str, notes: &mut Notes) -> TerritoryDraft {
    let polygons = match doc.area {
        AreaDoc::Polygon { coordinates } => Ok(vec![coordinates]),
        AreaDoc::MultiPolygon { coordinates } => Err(coordinates),
    };
    let single = polygons.is_ok();
    let polygons = polygons.unwrap_or_else(|several| several);
    let read = multi_polygon(&polygons, single);
    let shape = read.unwrap_or_else(|trouble| {
        let path = format!("{path}.area.coordinates{}", trouble.at);
        notes.flaw(Flaw::new(trouble.code, path, trouble.found, trouble.fix).of(&doc.id));
        MultiPolygon(Vec::new())
    });
    TerritoryDraft { id: doc.id, area: Area::new(shape) }
}

/// What is wrong with an outline.
struct Trouble {
    code: Code,
    at: String,
    found: String,
    fix: &'static str,
}

type Ring = Vec<[f64; 2]>;

fn multi_polygon(polygons: &[Vec<Ring>], single: bool) -> Result<MultiPolygon<f64>, Trouble> {
    let bad = |at: String, found: String, fix| Trouble { code: Code::BadArea, at, found, fix };
    let positions: usize = polygons.iter().flatten().map(Vec::len).sum();
    if positions > limits::POSITIONS {
        return Err(Trouble {
            code: Code::TooLarge,
            at: String::new(),
            found: format!("{positions} positions are more than the limit of {}", limits::POSITIONS),
            fix: "simplify its outline or cut it in two",
        });
    }
    if polygons.is_empty() {
        return Err(bad(String::new(), "the area has no polygon".to_owned(), "give it an outline"));
    }
    let mut shape = Vec::with_capacity(polygons.len());
    for (n, rings) in polygons.iter().enumerate() {
        let at = if single { String::new() } else { format!("[{n}]") };
        if rings.is_empty() {
            return Err(bad(at, "the polygon has no ring".to_owned(), "give it an outer ring"));
        }
        let mut lines = Vec::with_capacity(rings.len());
        for (k, ring) in rings.iter().enumerate() {
            check(ring).map_err(|(found, fix)| bad(format!("{at}[{k}]"), found, fix))?;
            lines.push(LineString(ring.iter().map(|&[x, y]| Coord { x, y }).collect()));
        }
        let outer = lines.remove(0);
        shape.push(Polygon::new(outer, lines));
    }
    Ok(MultiPolygon(shape))
}

fn check(ring: &Ring) -> Result<(), (String, &'static str)> {
    if ring.len() < 4 {
        let found = format!("a ring of {} positions encloses nothing", ring.len());
        return Err((found, "give at least 4, the first again as the last"));
    }
    if ring.first() != ring.last() {
        let found = "the ring is not closed: its last position is not its first".to_owned();
        return Err((found, "repeat the first position at the end"));
    }
    if let Some([lon, lat]) = ring.iter().find(|[lon, lat]| !LatLon { lat: *lat, lon: *lon }.is_sound())
    {
        let found = format!("the position [{lon}, {lat}] is outside the globe");
        return Err((found, "positions are [lon, lat] in degrees; are they swapped?"));
    }
    Ok(())
}
