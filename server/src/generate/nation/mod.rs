//! A made-up nation of any size: towns of Zipf sizes in an ocean, engineers around them, and
//! tickets mostly where and what the engineers can serve: a company hires where its customers are.

mod map;
mod roster;
mod routes;
mod tickets;
mod trades;
mod visits;
mod week;

use jiff::civil::Date;
use paidan_engine::wire::document::{ProblemDoc, TravelDoc};

use map::Map;
use week::Week;

/// How a nation is made.
#[derive(Clone, Debug)]
pub struct NationOptions {
    /// Open tickets. Default 800.
    pub tickets: usize,
    /// Engineers. Default 100.
    pub engineers: usize,
    /// Days to plan, each with one shift of 8.5 hours for every engineer, at most 62. Default 1.
    pub days: u16,
    /// The seed. Default 1.
    pub seed: u64,
    /// Work plus expected driving against the shift time left by breaks and promised routes; above 1
    /// not everything fits. Work times are stretched or shrunk to meet it, within 5 minutes and 4 hours
    /// on average. Default 1.05.
    pub load: f64,
    /// With `Some(n)` every engineer has a route of `n` further tickets promised for the first day,
    /// which is feasible as it stands. Default `None`.
    pub with_routes: Option<usize>,
    /// Earlier visits for every engineer. Default 3.
    pub visits_each: usize,
    /// Share of the open tickets with an appointment, 0 to 1. Default 0.5.
    pub windows_share: f64,
    /// Towns; the n-th has 1/n of the first one's people. Default 300.
    pub towns: usize,
    /// West to east, in km. Default 1200.
    pub width_km: f64,
    /// South to north, in km. Default 900.
    pub height_km: f64,
    /// The first day. Default 2026-03-02, a Monday.
    pub date: Date,
}

impl Default for NationOptions {
    fn default() -> NationOptions {
        NationOptions {
            tickets: 800,
            engineers: 100,
            days: 1,
            seed: 1,
            load: 1.05,
            with_routes: None,
            visits_each: 3,
            windows_share: 0.5,
            towns: 300,
            width_km: 1200.0,
            height_km: 900.0,
            date: Date::constant(2026, 3, 2),
        }
    }
}

/// Crow-fly speed in km/h: between a town's 35 and a highway's 90.
const SPEED_KMH: f64 = 50.0;
/// Road metres per straight metre.
const DETOUR: f64 = 1.3;

/// A made-up nation. `O(engineers * stops^2 + tickets * log towns)`.
pub fn nation(options: &NationOptions) -> ProblemDoc {
    let week = Week::new(options.date, options.days);
    let map = Map::draw(options);
    let crew = roster::hire(options, &map, &week);
    let promised = options.with_routes.map(|stops| routes::promise(options, &crew, stops));
    let driven = promised.as_ref().map_or(0, |promised| promised.busy);
    let jobs = tickets::report(options, &map, &week, &crew, driven);
    let visits = visits::remember(options, &week, &crew, &jobs);
    let (mut tickets, routes) = promised.map_or_else(Default::default, |p| (p.tickets, p.routes));
    tickets.extend(jobs.into_iter().map(|job| job.document));
    ProblemDoc {
        now: week.stamp(0, 6 * 3600),
        travel: Some(TravelDoc::Crow { speed_kmh: SPEED_KMH, detour: DETOUR }),
        territories: Vec::new(),
        depots: Vec::new(),
        engineers: crew.into_iter().map(|person| person.document).collect(),
        tickets,
        visits,
        routes,
        policy: None,
    }
}
