//! Problems that nobody typed: a real city's day out of its open data, and made-up nations of any size.
//!
//! ```
//! use paidan::generate::{NationOptions, nation, write};
//!
//! let options = NationOptions { engineers: 5, tickets: 40, ..NationOptions::default() };
//! let document = nation(&options);
//! assert_eq!(document.tickets.len(), 40);
//! assert!(write(&document).starts_with(b"{\n  \"now\""));
//! ```
//!
//! The same options give the same bytes, on every machine: chance comes from one seeded generator, and
//! nothing here asks the clock, the system's time zones or its mathematics library.

mod chance;
mod city;
mod clock;
mod csv;
mod nation;
mod write;

pub use chance::Chance;
pub use city::{CityOptions, KINDS, Kind, city};
pub use nation::{NationOptions, nation};
pub use write::write;

use paidan_engine::wire::document::PlaceDoc;

/// A place to five decimals of a degree, which is about a metre.
fn place(lat: f64, lon: f64) -> PlaceDoc {
    let metre = |degrees: f64| (degrees * 1e5).round() / 1e5;
    PlaceDoc { lat: Some(metre(lat)), lon: Some(metre(lon)), row: None }
}
