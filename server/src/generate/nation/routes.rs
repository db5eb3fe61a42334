//! Routes already promised, feasible as they stand.
//!
//! Every engineer drives a tour of places around their home, the nearest next. Its tickets have no
//! windows and ask for a skill that the engineer has, at their level or below. Driving, work and lunch
//! together fill at most [`FILL`] of the shift, no piece of work is longer than an hour, and the lunch
//! hours leave an hour and a half to begin it: so there is always a moment between two pieces of work at
//! which lunch may start, and the engineer is back in time.

use std::collections::BTreeMap;

use paidan_engine::geo::{LatLon, Place};
use paidan_engine::travel::{CrowFly, Travel};
use paidan_engine::wire::document::{NeedDoc, PlaceDoc, RouteDoc, TicketDoc};

use super::map;
use super::roster::{LUNCH_S, Person, SHIFT_S};
use super::trades::TRADES;
use super::{DETOUR, NationOptions, SPEED_KMH};
use crate::generate::chance::Chance;

/// The stream of chance that this file draws from.
const STREAM: u64 = 13;
/// Spread of the stops around the home, in km.
const SPREAD_KM: f64 = 3.0;
/// Share of the shift that a promised route may fill, in percent.
const FILL: i64 = 80;
/// Work of a stop in seconds: shortest and longest.
const WORK_S: (i64, i64) = (900, 2700);

/// Promised routes with their tickets.
pub(super) struct Promised {
    pub(super) tickets: Vec<TicketDoc>,
    pub(super) routes: Vec<RouteDoc>,
    /// Seconds of work and driving in all of them.
    pub(super) busy: i64,
}

pub(super) fn promise(options: &NationOptions, crew: &[Person], stops: usize) -> Promised {
    let mut chance = Chance::new(options.seed, STREAM);
    let mut promised = Promised {
        // Room for the open tickets too: moving half a million of them later would hold them twice.
        tickets: Vec::with_capacity(crew.len() * stops + options.tickets),
        routes: Vec::with_capacity(crew.len()),
        busy: 0,
    };
    for (n, person) in crew.iter().enumerate() {
        let (tour, driving) = tour(person.home, stops, &mut chance);
        let work = work(&tour, driving, &mut chance);
        promised.busy += driving + work.iter().sum::<i64>();
        let mut ids = Vec::with_capacity(tour.len());
        for (k, (place, work_s)) in tour.into_iter().zip(work).enumerate() {
            let id = format!("P{:06}-{}", n + 1, k + 1);
            let &(trade, level) = chance.pick(&person.trades);
            let level = chance.between(1, i64::from(level)) as u8;
            ids.push(id.clone());
            promised.tickets.push(TicketDoc {
                id,
                place,
                work_s,
                requires: BTreeMap::from([(TRADES[trade].skill.to_owned(), NeedDoc::Level(level))]),
                ..TicketDoc::default()
            });
        }
        if !ids.is_empty() {
            let engineer = person.document.id.clone();
            promised.routes.push(RouteDoc { engineer, shift: 0, tickets: ids });
        }
    }
    promised
}

/// Places around the home in the order of the nearest next, and the drive through all of them and
/// back. Drawn closer and closer until the drive leaves time for the shortest work; so many stops that
/// none does are fewer.
fn tour(home: PlaceDoc, mut stops: usize, chance: &mut Chance) -> (Vec<PlaceDoc>, i64) {
    let room = SHIFT_S * FILL / 100 - LUNCH_S;
    stops = stops.min((room / WORK_S.0) as usize - 1);
    let mut spread = SPREAD_KM;
    loop {
        let places: Vec<PlaceDoc> = (0..stops).map(|_| map::near(home, spread, chance)).collect();
        let (order, driving) = nearest_next(home, places);
        if driving + stops as i64 * WORK_S.0 <= room {
            return (order, driving);
        }
        spread /= 2.0;
    }
}

fn nearest_next(home: PlaceDoc, mut left: Vec<PlaceDoc>) -> (Vec<PlaceDoc>, i64) {
    let travel = CrowFly::new(SPEED_KMH, DETOUR);
    let on_earth = |place: &PlaceDoc| {
        let point = LatLon { lat: place.lat.unwrap_or_default(), lon: place.lon.unwrap_or_default() };
        Place::new(point, Place::NO_ROW)
    };
    let drive = |a: &PlaceDoc, b: &PlaceDoc| travel.base(&on_earth(a), &on_earth(b)).0;
    let (mut order, mut driving, mut at) = (Vec::with_capacity(left.len()), 0, home);
    while let Some(next) = (0..left.len()).min_by_key(|&n| drive(&at, &left[n])) {
        let place = left.swap_remove(next);
        driving += drive(&at, &place);
        order.push(place);
        at = place;
    }
    driving += drive(&at, &home);
    (order, driving)
}

/// Work for each stop, within what the drive leaves of the shift.
fn work(tour: &[PlaceDoc], driving: i64, chance: &mut Chance) -> Vec<i64> {
    let room = SHIFT_S * FILL / 100 - LUNCH_S - driving;
    let each = (room / tour.len().max(1) as i64).min(WORK_S.1);
    tour.iter().map(|_| chance.between(WORK_S.0, each) / 60 * 60).collect()
}
