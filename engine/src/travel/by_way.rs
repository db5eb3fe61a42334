//! Driving by way of a depot.

use super::{Drive, Roads};
use crate::depot::Depot;
use crate::engineer::Car;
use crate::geo::Place;
use crate::units::Seconds;

impl Roads {
    /// The drive by way of a depot, with the time there, which costs as much as driving.
    pub fn drive_by(&self, car: &Car, from: Option<&Place>, depot: &Depot, to: Option<&Place>) -> Drive {
        let to_depot = from.map_or(Drive::NONE, |from| self.drive(car, from, &depot.place));
        let onward = to.map_or(Drive::NONE, |to| self.drive(car, &depot.place, to));
        let fare = (i128::from(depot.fetch.0) * i128::from(car.rates.drive) + 500) / 1000;
        let there = Drive { time: depot.fetch, fare: Seconds(fare as i64), metres: 0 };
        to_depot + there + onward
    }
}
