//! A plan on the map, as `GeoJSON` (RFC 7946) for whoever has a GIS.
//!
//! One `FeatureCollection`: territories, then each route with its start, stops and end, then the tickets
//! that no route serves. The property `kind` says which of them a feature is. A route is a line, by way of
//! the depot where it fetches parts; one that crosses the 180th meridian is cut there, as the RFC asks. A place without coordinates is left out, and
//! what consists of such places alone has no geometry.

use geo::orient::{Direction, Orient};
use serde::Serialize;

use super::answer::{ReasonDoc, ReceiptDoc};
use super::crews::Crews;
use super::document::AreaDoc;
use super::time::rfc3339;
use super::write::{reason_doc, receipt_doc};
use super::write_problem::area_doc;
use crate::fit::{History, Standing};
use crate::geo::{Area, LatLon, Place};
use crate::ids::Index;
use crate::plan::{Plan, PlannedRoute, PlannedStop, Unserved};
use crate::problem::Problem;
use crate::ticket::Ticket;

#[derive(Serialize)]
#[serde(tag = "type", rename = "FeatureCollection")]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "Feature")]
struct Feature {
    geometry: Option<Geometry>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Geometry {
    Area(AreaDoc),
    Drawn(Shape),
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Shape {
    Point { coordinates: [f64; 2] },
    LineString { coordinates: Vec<[f64; 2]> },
    MultiLineString { coordinates: Vec<Vec<[f64; 2]>> },
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Properties {
    Territory {
        territory: String,
    },
    Route {
        #[serde(flatten)]
        of: Who,
        leave: String,
        back: String,
        stops: usize,
        drive_s: i64,
        work_s: i64,
        receipt: ReceiptDoc,
    },
    Start {
        #[serde(flatten)]
        of: Who,
        leave: String,
    },
    Stop {
        #[serde(flatten)]
        of: Who,
        /// From 1.
        position: usize,
        #[serde(flatten)]
        ticket: About,
        /// The rest of its crew.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        with: Vec<String>,
        /// The depot by way of which one comes, if parts are fetched on the way.
        #[serde(skip_serializing_if = "Option::is_none")]
        fetch_at: Option<String>,
        arrival: String,
        start: String,
        departure: String,
        drive_s: i64,
        receipt: ReceiptDoc,
    },
    End {
        #[serde(flatten)]
        of: Who,
        back: String,
    },
    Unserved {
        #[serde(flatten)]
        ticket: About,
        reason: ReasonDoc,
    },
}

#[derive(Clone, Serialize)]
struct Who {
    engineer: String,
    shift: u32,
}

#[derive(Serialize)]
struct About {
    ticket: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<String>,
    priority: u8,
    /// The other ticket of its tandem.
    #[serde(skip_serializing_if = "Option::is_none")]
    tandem: Option<String>,
    /// How many engineers start together, if more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    crew: Option<u8>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<String>,
}

/// Whether the problem has anything with coordinates. One whose travel is a given table may have nothing.
/// `O(tickets + shifts)`.
pub fn has_places(problem: &Problem) -> bool {
    let known = |place: &Place| place.point.is_some();
    !problem.areas().is_empty()
        || problem.tickets().iter().any(|ticket| known(&ticket.place))
        || problem.shifts().iter().any(|shift| shift.from.iter().chain(&shift.to).any(known))
}

/// The text of a plan on the map, with a line break at the end. Equal plans give equal bytes.
/// `O(tickets + visits)`.
pub fn write_geojson(problem: &Problem, plan: &Plan) -> Vec<u8> {
    let crews = Crews::new(problem, plan);
    let writer = Writer { problem, history: History::new(problem), crews };
    let mut features: Vec<Feature> = Vec::new();
    features.extend(problem.areas().iter().enumerate().map(|(n, area)| territory(problem, n, area)));
    features.extend(plan.routes.iter().flat_map(|route| writer.route(route)));
    features.extend(plan.unserved.iter().map(|left| writer.unserved(left)));
    let mut text = serde_json::to_vec(&Collection { features })
        .expect("a map holds only texts, whole numbers and finite coordinates");
    text.push(b'\n');
    text
}

struct Writer<'p> {
    problem: &'p Problem,
    history: History,
    crews: Crews<'p>,
}

impl Writer<'_> {
    fn route(&self, route: &PlannedRoute) -> Vec<Feature> {
        let problem = self.problem;
        let shift = problem.shift(route.shift);
        let of = Who { engineer: problem.engineer_id(route.shift).to_owned(), shift: shift.number };
        let wall = |moment| rfc3339(moment, shift.offset_s);
        let (leave, back) = (wall(route.leave), wall(route.back));
        let by_way = |stop: &PlannedStop| {
            let depot = stop.fetch_at.map(|depot| &problem.depot(depot).place);
            depot.into_iter().chain([&problem.ticket(stop.ticket).place])
        };
        let places = shift.from.iter().chain(route.stops.iter().flat_map(by_way)).chain(&shift.to);
        let work = route.stops.iter().map(|stop| (stop.departure - stop.start).0).sum();
        let drive = route.stops.iter().map(|stop| stop.drive.0).sum::<i64>() + route.drive_back.0;
        let whole = Properties::Route {
            of: of.clone(),
            leave: leave.clone(),
            back: back.clone(),
            stops: route.stops.len(),
            drive_s: drive,
            work_s: work,
            receipt: receipt_doc(&route.receipt),
        };
        let line = line(&places.filter_map(|place| place.point).collect::<Vec<_>>());
        let mut features = vec![Feature { geometry: line.map(Geometry::Drawn), properties: whole }];
        if let Some(from) = &shift.from {
            features.push(feature(from, Properties::Start { of: of.clone(), leave }));
        }
        for (n, stop) in route.stops.iter().enumerate() {
            let ticket = problem.ticket(stop.ticket);
            let properties = Properties::Stop {
                of: of.clone(),
                position: n + 1,
                ticket: self.about(ticket),
                with: self
                    .crews
                    .with(stop.ticket, shift.engineer)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                fetch_at: stop.fetch_at.map(|depot| problem.register().depots.name(depot).to_owned()),
                arrival: wall(stop.arrival),
                start: wall(stop.start),
                departure: wall(stop.departure),
                drive_s: stop.drive.0,
                receipt: receipt_doc(&stop.receipt),
            };
            features.push(feature(&ticket.place, properties));
        }
        if let Some(to) = &shift.to {
            features.push(feature(to, Properties::End { of, back }));
        }
        features
    }

    fn unserved(&self, left: &Unserved) -> Feature {
        let ticket = self.problem.ticket(left.ticket);
        let reason = reason_doc(self.problem, &left.reason);
        feature(&ticket.place, Properties::Unserved { ticket: self.about(ticket), reason })
    }

    fn about(&self, ticket: &Ticket) -> About {
        let register = self.problem.register();
        About {
            ticket: ticket.id.to_string(),
            customer: register.customers.known(ticket.customer).map(str::to_owned),
            issue: register.issues.known(ticket.issue).map(str::to_owned),
            priority: Standing::of(self.problem, &self.history, ticket).priority,
            crew: (ticket.crew > 1).then_some(ticket.crew),
            tandem: ticket.tandem.map(|tandem| self.problem.ticket(tandem.other).id.to_string()),
            after: ticket
                .after
                .iter()
                .map(|&before| self.problem.ticket(before).id.to_string())
                .collect(),
        }
    }
}

fn feature(place: &Place, properties: Properties) -> Feature {
    let point = place.point.map(|point| Geometry::Drawn(Shape::Point { coordinates: position(point) }));
    Feature { geometry: point, properties }
}

fn territory(problem: &Problem, n: usize, area: &Area) -> Feature {
    let territory = problem.register().territories.name(Index::nth(n)).to_owned();
    // Outer rings run counterclockwise, holes clockwise.
    let area = area_doc(&Area::new(area.shape().orient(Direction::Default)));
    Feature { geometry: Some(Geometry::Area(area)), properties: Properties::Territory { territory } }
}

fn position(point: LatLon) -> [f64; 2] {
    [point.lon, point.lat]
}

/// The line through some points, cut where it crosses the 180th meridian; `None` for fewer than two.
fn line(points: &[LatLon]) -> Option<Shape> {
    let (first, rest) = points.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let (mut parts, mut part) = (Vec::new(), vec![position(*first)]);
    let mut last = *first;
    for &point in rest {
        if let Some((before, after)) = cut(last, point) {
            part.push(before);
            parts.push(std::mem::replace(&mut part, vec![after]));
        }
        part.push(position(point));
        last = point;
    }
    if parts.is_empty() {
        return Some(Shape::LineString { coordinates: part });
    }
    parts.push(part);
    Some(Shape::MultiLineString { coordinates: parts })
}

/// Where a leg meets the 180th meridian, on its near side and on its far side; `None` if the shorter way
/// does not cross it.
fn cut(from: LatLon, to: LatLon) -> Option<([f64; 2], [f64; 2])> {
    if (to.lon - from.lon).abs() <= 180.0 {
        return None;
    }
    let edge = 180.0_f64.copysign(from.lon);
    let (left, right) = (edge - from.lon, to.lon + edge);
    let span = left + right;
    // A leg from one side of the meridian itself to the other has no length.
    let share = if span == 0.0 { 0.0 } else { left / span };
    let lat = from.lat + (to.lat - from.lat) * share;
    Some(([edge, lat], [-edge, lat]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ids::DepotIx;
    use crate::planner::{Budget, NoWatch, Params, plan};
    use crate::wire::read_problem;

    fn at(lat: f64, lon: f64) -> LatLon {
        LatLon { lat, lon }
    }

    fn drawn(points: &[LatLon]) -> Value {
        serde_json::to_value(line(points)).expect("a line")
    }

    fn planned(text: &str) -> (Problem, Plan) {
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let budget = Budget { rounds: Some(100), ..Budget::default() };
        let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
        (problem, plan)
    }

    fn map(text: &str) -> Value {
        let (problem, plan) = planned(text);
        serde_json::from_slice(&write_geojson(&problem, &plan)).expect("JSON")
    }

    fn kinds(map: &Value) -> Vec<&str> {
        let features = map["features"].as_array().expect("features");
        features.iter().map(|feature| feature["properties"]["kind"].as_str().expect("a kind")).collect()
    }

    #[test]
    fn a_line_needs_two_points() {
        assert_eq!(drawn(&[]), Value::Null);
        assert_eq!(drawn(&[at(1.0, 2.0)]), Value::Null);
        let two = json!({"type": "LineString", "coordinates": [[2.0, 1.0], [3.0, 1.5]]});
        assert_eq!(drawn(&[at(1.0, 2.0), at(1.5, 3.0)]), two);
    }

    #[test]
    fn a_line_is_cut_at_the_180th_meridian() {
        let there_and_back = [at(10.0, 179.0), at(20.0, -179.0), at(10.0, 179.0)];
        let parts = json!([
            [[179.0, 10.0], [180.0, 15.0]],
            [[-180.0, 15.0], [-179.0, 20.0], [-180.0, 15.0]],
            [[180.0, 15.0], [179.0, 10.0]]
        ]);
        assert_eq!(drawn(&there_and_back), json!({"type": "MultiLineString", "coordinates": parts}));
        let along = drawn(&[at(1.0, 180.0), at(2.0, -180.0)]);
        assert_eq!(
            along["coordinates"],
            json!([[[180.0, 1.0], [180.0, 1.0]], [[-180.0, 1.0], [-180.0, 2.0]]])
        );
    }

    #[test]
    fn every_stop_and_every_unserved_ticket_is_a_point() {
        let map = map(include_str!("../../../fixtures/tiny/over-full.json"));
        assert_eq!(map["type"], "FeatureCollection");
        let count = |kind: &str| kinds(&map).iter().filter(|known| **known == kind).count();
        assert_eq!((count("route"), count("start"), count("end")), (2, 2, 2));
        assert_eq!((count("stop"), count("unserved")), (3, 2));
        let left = &map["features"].as_array().expect("features").last().expect("one");
        assert_eq!(left["properties"]["reason"]["code"], "lost-the-trade", "{left}");
    }

    #[test]
    fn crews_and_orders_are_told() {
        let stops = |text: &str| -> Vec<Value> {
            let map = map(text);
            let features = map["features"].as_array().expect("features").iter();
            let stops = features.filter(|feature| feature["properties"]["kind"] == "stop");
            stops.map(|stop| stop["properties"].clone()).collect()
        };
        let crew = stops(include_str!("../../../fixtures/tiny/crew.json"));
        for (engineer, other) in [("E1", "E2"), ("E2", "E1")] {
            let own = crew.iter().find(|stop| stop["ticket"] == "T1" && stop["engineer"] == engineer);
            let own = own.expect("both go");
            assert_eq!((&own["crew"], &own["with"]), (&json!(2), &json!([other])));
        }
        let order = stops(include_str!("../../../fixtures/tiny/after.json"));
        let waiting = order.iter().find(|stop| stop["ticket"] == "T2").expect("it is served");
        assert_eq!(waiting["after"], json!(["T1"]));
    }

    #[test]
    fn a_route_that_fetches_parts_is_drawn_by_way_of_the_depot() {
        let depots =
            r#""depots": [{"id": "D1", "place": {"lat": 39.5, "lon": -84.25}}], "engineers": ["#;
        let text = include_str!("../../../fixtures/tiny/base.json");
        let (problem, mut plan) = planned(&text.replacen("\"engineers\": [", depots, 1));
        plan.routes[0].stops[0].fetch_at = Some(DepotIx(0));
        let map: Value = serde_json::from_slice(&write_geojson(&problem, &plan)).expect("JSON");
        assert_eq!(kinds(&map)[..3], ["route", "start", "stop"]);
        let line = map["features"][0]["geometry"]["coordinates"].as_array().expect("a line");
        assert_eq!(line.len(), plan.routes[0].stops.len() + 3);
        assert_eq!(line[1], json!([-84.25, 39.5]));
        assert_eq!(map["features"][2]["properties"]["fetch_at"], "D1");
        let told = map.to_string().matches("fetch_at").count();
        assert_eq!(told, 1, "{map}");
    }

    #[test]
    fn outer_rings_of_territories_run_counterclockwise() {
        let map = map(include_str!("../../../fixtures/tiny/territory.json"));
        assert!(kinds(&map).starts_with(&["territory", "territory"]), "{map}");
        for feature in &map["features"].as_array().expect("features")[..2] {
            let ring = feature["geometry"]["coordinates"][0][0].as_array().expect("a ring");
            let at = |n: usize, axis: usize| ring[n][axis].as_f64().expect("a number");
            let twice: f64 =
                (1..ring.len()).map(|n| at(n - 1, 0) * at(n, 1) - at(n, 0) * at(n - 1, 1)).sum();
            assert!(twice > 0.0, "{feature}");
        }
    }

    #[test]
    fn what_only_a_table_knows_has_no_geometry() {
        let text = include_str!("../../../fixtures/tiny/over-full.json");
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let map = map(text);
        let drawn = map["features"].as_array().expect("features");
        let drawn = drawn.iter().any(|feature| !feature["geometry"].is_null());
        assert_eq!(drawn, has_places(&problem));
    }
}
