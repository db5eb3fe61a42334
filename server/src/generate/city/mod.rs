//! A real city's day: the open requests of Cincinnati, Ohio, and the crews that could visit them.
//!
//! Real are the requests: places, kinds, urgency, promised days. Made up, and seeded, are the crews, the
//! appointments and what became of earlier requests: the city does not publish them.

mod backlog;
mod history;
mod kinds;
mod people;
mod requests;
mod roster;

pub use kinds::{KINDS, Kind};

use jiff::civil::Date;
use paidan_engine::wire::document::{
    AreaDoc, PolicyDoc, ProblemDoc, SlaLengthsDoc, TerritoryDoc, TravelDoc,
};

use super::clock;

/// How the day is made.
#[derive(Clone, Debug)]
pub struct CityOptions {
    /// The seed of all that is made up. Default 1.
    pub seed: u64,
    /// The day to plan. Default 2025-07-15, a Tuesday.
    pub date: Date,
    /// Requests of so many days before that day are still open. The data are a thin sample of the
    /// year, about 14 requests a day of all kinds, so a full day's work takes weeks of it. Default 42.
    pub backlog_days: u16,
    /// Requests whose promised day is longer past than this count as done. In days, default 2.
    pub overdue_days: u16,
    /// So many days before the day make the history. Default 90, the window of the repeat binding.
    pub history_days: u16,
    /// Open tickets that get two earlier visits for the same issue, so that they are third reports; the
    /// data's own repeats come on top. Default 8.
    pub repeats: usize,
}

impl Default for CityOptions {
    fn default() -> CityOptions {
        CityOptions {
            seed: 1,
            date: Date::constant(2025, 7, 15),
            backlog_days: 42,
            overdue_days: 2,
            history_days: 90,
            repeats: 8,
        }
    }
}

/// The city's day out of its requests, a table with the columns of `fixtures/city/requests.csv`.
///
/// # Errors
/// A table that cannot be read, or one without requests before the day.
pub fn city(requests_csv: &str, options: &CityOptions) -> Result<ProblemDoc, String> {
    let requests = requests::read(requests_csv)?;
    let (open, earlier) = backlog::split(&requests, options);
    if open.is_empty() {
        return Err(format!("no request is open on {}", options.date));
    }
    let people = people::hire(&requests, options)?;
    let mut tickets = backlog::tickets(&open, options);
    let visits = history::visits(&earlier, &open, &mut tickets, &people, options);
    Ok(ProblemDoc {
        now: clock::stamp(clock::at_minute(options.date, 6 * 60 + 30)),
        travel: Some(TravelDoc::Crow { speed_kmh: 35.0, detour: 1.3 }),
        territories: territories(),
        depots: Vec::new(),
        engineers: people.into_iter().map(|person| person.document).collect(),
        tickets,
        visits,
        routes: Vec::new(),
        policy: Some(policy()),
    })
}

/// The city counts in days, not in hours: its own promise is on every ticket, so the default promises
/// by ticket type are switched off.
fn policy() -> PolicyDoc {
    let none = SlaLengthsDoc::default();
    let sla = [("complaint".to_owned(), none.clone()), ("repair".to_owned(), none)];
    PolicyDoc { sla: sla.into(), ..PolicyDoc::default() }
}

/// Where the Mill Creek cuts the city in two, from the north to the Ohio: degrees east and north,
/// drawn by hand to about 300 m.
const MILL_CREEK: [[f64; 2]; 8] = [
    [-84.45, 39.25],
    [-84.46, 39.215],
    [-84.51, 39.17],
    [-84.54, 39.16],
    [-84.553, 39.13],
    [-84.545, 39.10],
    [-84.54, 39.09],
    [-84.54, 39.03],
];

fn territories() -> Vec<TerritoryDoc> {
    let side = |id: &str, corners: [[f64; 2]; 2]| {
        let mut ring = MILL_CREEK.to_vec();
        ring.extend(corners);
        ring.push(MILL_CREEK[0]);
        TerritoryDoc { id: id.to_owned(), area: AreaDoc::Polygon { coordinates: vec![ring] } }
    };
    vec![
        side("east", [[-84.30, 39.03], [-84.30, 39.25]]),
        side("west", [[-84.75, 39.03], [-84.75, 39.25]]),
    ]
}

/// Which side of the creek a place lies on; where the creek runs north to south it is a function of
/// the latitude.
fn is_east_of_the_creek(lat: f64, lon: f64) -> bool {
    let reach = MILL_CREEK.windows(2).find(|reach| lat >= reach[1][1]);
    let Some(&[[lon_a, lat_a], [lon_b, lat_b]]) = reach else { return true };
    lon >= lon_a + (lon_b - lon_a) * (lat - lat_a) / (lat_b - lat_a)
}
