//! Territories on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reading::{Nest, complaint};
use crate::flaw::Code;

/// A territory: a `GeoJSON` geometry of type Polygon or `MultiPolygon`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Territory, examples(json!({"id": "north", "area": {"type": "Polygon", "coordinates": [[[-84.6, 39.1], [-84.4, 39.1], [-84.4, 39.2], [-84.6, 39.2], [-84.6, 39.1]]]}})))]
pub struct TerritoryDoc {
    /// Its id, of 1 to 200 bytes; no two alike.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// Its area; a border belongs to it. At most 20,000 positions.
    pub area: AreaDoc,
}

/// `GeoJSON` (RFC 7946) geometry; positions are `[lon, lat]`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type", try_from = "Geometry")]
#[schema(as = Area, examples(
    json!({"type": "Polygon", "coordinates": [[[-84.6, 39.1], [-84.4, 39.1], [-84.4, 39.2], [-84.6, 39.1]]]}),
    json!({"type": "MultiPolygon", "coordinates": [
        [[[-84.6, 39.1], [-84.4, 39.1], [-84.4, 39.2], [-84.6, 39.1]]],
        [[[-84.3, 39.1], [-84.2, 39.1], [-84.2, 39.2], [-84.3, 39.1]]]
    ]})
))]
pub enum AreaDoc {
    /// One polygon: outer ring, then holes.
    Polygon {
        /// Rings of positions `[lon, lat]` in degrees; a height may follow and is not used.
        #[schema(value_type = Vec<Vec<Vec<f64>>>)]
        coordinates: Vec<Vec<[f64; 2]>>,
    },
    /// Several polygons.
    MultiPolygon {
        /// Polygons of rings of positions.
        #[schema(value_type = Vec<Vec<Vec<Vec<f64>>>>)]
        coordinates: Vec<Vec<Vec<[f64; 2]>>>,
    },
}

/// A geometry as it stands in the text. It is read into this first because serde's own tagged enums
/// copy everything before they look at the tag, and lose the path to what is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Geometry {
    r#type: Shape,
    coordinates: Nest,
}

#[derive(Clone, Copy, Deserialize)]
enum Shape {
    Polygon,
    MultiPolygon,
}

impl TryFrom<Geometry> for AreaDoc {
    type Error = String;

    fn try_from(geometry: Geometry) -> Result<AreaDoc, String> {
        let read = match geometry.r#type {
            Shape::Polygon => {
                rings(geometry.coordinates).map(|coordinates| AreaDoc::Polygon { coordinates })
            }
            Shape::MultiPolygon => geometry
                .coordinates
                .list()
                .and_then(|polygons| polygons.into_iter().map(rings).collect())
                .map(|coordinates| AreaDoc::MultiPolygon { coordinates }),
        };
        read.ok_or_else(|| {
            complaint(
                Code::BadArea,
                "the coordinates do not nest as its type asks",
                "a Polygon is a list of rings, a MultiPolygon a list of Polygons, a ring a list of [lon, lat]",
            )
        })
    }
}

fn rings(nest: Nest) -> Option<Vec<Vec<[f64; 2]>>> {
    nest.list()?.into_iter().map(|ring| ring.list()?.into_iter().map(position).collect()).collect()
}

/// Longitude and latitude; a height may follow and is not used.
fn position(nest: Nest) -> Option<[f64; 2]> {
    let numbers = nest.list()?;
    match numbers.as_slice() {
        [Nest::Number(lon), Nest::Number(lat)]
        | [Nest::Number(lon), Nest::Number(lat), Nest::Number(_)] => Some([*lon, *lat]),
        _ => None,
    }
}
