//! The city's requests, read from its open data.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::kinds::{self, Kind};
use crate::generate::clock;
use crate::generate::csv::Table;

/// How pressing the city says a request is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressing {
    Standard,
    Priority,
    Hazardous,
}

/// A request that a crew visits.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) kind: &'static Kind,
    pub(super) pressing: Pressing,
    pub(super) neighborhood: String,
    pub(super) created: DateTime,
    /// What the city promises: creation plus the planned days.
    pub(super) due: DateTime,
    pub(super) lat: f64,
    pub(super) lon: f64,
}

impl Request {
    /// The customer: whoever lives or works at the place. Requests within about ten metres of each
    /// other are one customer's.
    pub(super) fn customer(&self) -> String {
        format!("at-{:.4}-{:.4}", self.lat, -self.lon)
    }
}

/// All requests that a crew visits, oldest first. Kinds that no crew visits are left out.
///
/// # Errors
/// The first line that cannot be read.
pub(super) fn read(csv: &str) -> Result<Vec<Request>, String> {
    let table = Table::read(csv)?;
    let id = table.column("SR_NUMBER")?;
    let code = table.column("SR_TYPE")?;
    let pressing = table.column("PRIORITY")?;
    let neighborhood = table.column("NEIGHBORHOOD")?;
    let time = table.column("TIME_RECEIVED")?;
    let date = table.column("DATE_CREATED")?;
    let days = table.column("PLANNED_COMPLETION_DAYS")?;
    let (lat, lon) = (table.column("LATITUDE")?, table.column("LONGITUDE")?);
    let mut requests = Vec::new();
    for (line, row) in table.rows() {
        let Some(kind) = kinds::of(&row[code]) else { continue };
        let wrong = |what: &str, text: &str| format!("line {line}: {text:?} is no {what}");
        let number = |what: &str, text: &str| text.parse::<f64>().map_err(|_| wrong(what, text));
        let day: Date = row[date].parse().map_err(|_| wrong("date", &row[date]))?;
        let minute = clock::minute_of(&row[time]).ok_or_else(|| wrong("time of day", &row[time]))?;
        let created = clock::at_minute(day, minute);
        let promise = number("number of days", &row[days])?;
        requests.push(Request {
            id: row[id].clone(),
            kind,
            pressing: match row[pressing].as_str() {
                "HAZARDOUS" => Pressing::Hazardous,
                "PRIORITY" => Pressing::Priority,
                "STANDARD" => Pressing::Standard,
                other => return Err(wrong("priority", other)),
            },
            neighborhood: row[neighborhood].clone(),
            created,
            due: created + SignedDuration::from_hours((promise * 24.0) as i64),
            lat: number("latitude", &row[lat])?,
            lon: number("longitude", &row[lon])?,
        });
    }
    requests.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(requests)
}
