//! The text format of Solomon (1987) and of Gehring and Homberger (1999): routes with time windows.
//!
//! A name, `VEHICLE` with number and capacity, `CUSTOMER` with seven columns: number, x, y, demand, ready
//! time, due date, service time. The first customer is the depot, its due date the end of the day. Service
//! must start between ready time and due date; every customer must be served. Travel time is the straight
//! distance. Headings may be spelt anyhow; every other line must be one of these.
//!
//! | `--objective` | what is minimised | a unit | a distance becomes whole by |
//! |---|---|---|---|
//! | `distance` | total distance, as DIMACS 2021 measures it | a tenth | cutting off |
//! | `vehicles` | vehicles, then total distance | a thousandth | rounding up; for judging, cutting off |
//!
//! The literature on the second counts in floating point. When planning, rounding up means that what is in
//! time here is in time there too, and that a distance told here is at most a thousandth per leg above the
//! literature's. But a route of theirs may reach a customer in the last thousandths of a window: `C2_8_7`'s
//! best does so with 9 of them left after more than 9 legs. To judge a solution distances are therefore cut
//! off: what is in time there is in time here, and what is late there by a thousandth per leg is not seen.

use std::collections::BTreeMap;

use super::format::{Objective, Purpose};
use super::instance::{
    Customer, HORIZON, Instance, LONGEST_SERVICE, Vehicle, euclidean, straight, useful_vehicles,
};
use super::lines::{Findings, Line, Rounding, Scale, decimal, id, lines, no_number, text, whole};
use super::solution::Terms;
use crate::flaw::{Code, Flaw};
use crate::problem::{Draft, limits};
use crate::units::Seconds;

/// The columns of a customer.
const COLUMNS: [&str; 7] =
    ["customer number", "x", "y", "demand", "ready time", "due date", "service time"];

/// Reads an instance.
///
/// # Errors
/// All flaws of its text together, by line.
pub(super) fn read(
    bytes: &[u8],
    objective: Objective,
    purpose: Purpose,
) -> Result<(Draft, Terms), Vec<Flaw>> {
    let text = text(bytes)?;
    let scale = match (objective, purpose) {
        (Objective::Distance, _) => Scale { per_one: 10, rounding: Rounding::Truncated },
        (Objective::Vehicles, Purpose::Plan) => Scale { per_one: 1000, rounding: Rounding::Up },
        (Objective::Vehicles, Purpose::Judge) => Scale { per_one: 1000, rounding: Rounding::Truncated },
    };
    let mut reader = Reader { scale, findings: Findings::default(), seen: BTreeMap::new() };
    let Some(mut instance) = reader.instance(&text) else {
        return Err(reader.findings.into_flaws());
    };
    let terms = Terms {
        decimals: scale.per_one.ilog10(),
        exact: objective == Objective::Distance,
        uncounted: match objective {
            Objective::Distance => Seconds::ZERO,
            Objective::Vehicles => instance.fewest_vehicles(),
        },
        ..Terms::default()
    };
    Ok((instance.draft(), terms))
}

/// A row of the table, all of it checked.
struct Row {
    point: (f64, f64),
    customer: Customer,
}

struct Reader {
    scale: Scale,
    findings: Findings,
    /// Customer numbers with the line of their first row.
    seen: BTreeMap<u32, usize>,
}

impl Reader {
    fn instance(&mut self, text: &str) -> Option<Instance> {
        // Known to be flawed is not the same as missing.
        let mut fleet: Option<Option<(i64, i64)>> = None;
        let mut rows: Vec<Row> = Vec::new();
        // A flawed row counts, so that the next one is not taken for the depot.
        let mut count = 0;
        let mut in_table = false;
        for (n, line) in lines(text).enumerate() {
            if self.findings.is_full() {
                break;
            }
            let first = line.words().next().unwrap_or_default().to_ascii_uppercase();
            match first.as_str() {
                "VEHICLE" | "NUMBER" | "CUST" => {}
                "CUSTOMER" => in_table = true,
                // The name of the instance, whatever it is.
                _ if n == 0 => {}
                _ if !in_table => match fleet {
                    None => fleet = Some(self.fleet(line)),
                    Some(_) => self.findings.tell(line.flaw(
                        Code::WrongType,
                        "this is neither a heading nor a customer",
                        "after the vehicles comes CUSTOMER with its columns",
                    )),
                },
                _ => {
                    count += 1;
                    if count <= limits::TABLE_ROWS {
                        rows.extend(self.row(line));
                    }
                }
            }
        }
        self.whole(fleet.is_some(), count);
        if !self.findings.is_clean() {
            return None;
        }
        let points: Vec<(f64, f64)> = rows.iter().map(|row| row.point).collect();
        let travel = straight(&points, euclidean, self.scale, &mut self.findings);
        if !self.findings.is_clean() {
            return None;
        }
        let (number, capacity) = fleet.flatten()?;
        let depot = rows.first()?.customer.clone();
        let mut customers: Vec<Customer> = rows.into_iter().skip(1).map(|row| row.customer).collect();
        for (row, customer) in (1..).zip(&mut customers) {
            customer.row = row;
        }
        let vehicle =
            Vehicle { row: 0, hours: depot.window, capacity: Some(capacity), ..Vehicle::default() };
        Some(Instance {
            size: points.len(),
            travel,
            vehicles: vec![vehicle; useful_vehicles(number, customers.len())],
            customers,
        })
    }

    /// Number of vehicles and capacity.
    fn fleet(&mut self, line: Line<'_>) -> Option<(i64, i64)> {
        let numbers: Vec<Option<i64>> = line.words().map(whole).collect();
        match numbers[..] {
            [Some(number @ 1..), Some(capacity)] if (0..=limits::GOODS).contains(&capacity) => {
                Some((number, capacity))
            }
            _ => {
                self.findings.tell(line.flaw(
                    Code::WrongType,
                    format!(
                        "this is not the number of vehicles, from 1 up, and their capacity, up to {}",
                        limits::GOODS
                    ),
                    "write two whole numbers below VEHICLE, such as 25 200",
                ));
                None
            }
        }
    }

    /// One customer, or the depot.
    fn row(&mut self, line: Line<'_>) -> Option<Row> {
        let words: Vec<&str> = line.words().take(COLUMNS.len() + 1).collect();
        let Ok(words) = <[&str; 7]>::try_from(words) else {
            self.findings.tell(line.flaw(
                Code::WrongType,
                format!("a customer has {} columns, this line has not", COLUMNS.len()),
                format!("write {}", COLUMNS.join(", ")),
            ));
            return None;
        };
        let number = self.number(line, words[0]);
        let mut whole = true;
        let values: Vec<f64> = (1..COLUMNS.len())
            .map(|n| {
                decimal(words[n]).unwrap_or_else(|| {
                    whole = false;
                    self.findings.tell(no_number(line, COLUMNS[n], words[n]));
                    0.0
                })
            })
            .collect();
        let number = number.filter(|_| whole)?;
        let mut in_range = |column: usize, per_one: i64, most: i64| {
            let value = values[column - 1];
            let scale = Scale { per_one, ..self.scale };
            let units = scale.units(value, most).filter(|_| per_one > 1 || value.fract() == 0.0);
            if units.is_none() {
                let flaw = line.flaw(
                    Code::OutOfRange,
                    format!(
                        "{} {} is not {} between 0 and {}",
                        COLUMNS[column],
                        words[column],
                        if per_one > 1 { "a number" } else { "a whole number" },
                        most / per_one
                    ),
                    "use a number inside that range",
                );
                self.findings.tell(flaw.of(&number.to_string()));
            }
            units
        };
        let per_one = self.scale.per_one;
        // Windows that never close are often written as a huge number.
        let closes = |units: i64| units.min(HORIZON);
        let demand = in_range(3, 1, limits::GOODS);
        let ready = in_range(4, per_one, HORIZON);
        let due = in_range(5, per_one, i64::MAX / 4).map(closes);
        let service = in_range(6, per_one, LONGEST_SERVICE);
        let (demand, ready, due, service) = (demand?, ready?, due?, service?);
        if due < ready {
            let flaw = line.flaw(
                Code::Reversed,
                format!("due date {} lies before ready time {}", words[5], words[4]),
                "swap them",
            );
            self.findings.tell(flaw.of(&number.to_string()));
        }
        let customer =
            Customer { number, row: 0, demand, window: (ready, due), service, prize: None, kind: None };
        Some(Row { point: (values[0], values[1]), customer })
    }

    /// A customer's number, which no other has.
    fn number(&mut self, line: Line<'_>, word: &str) -> Option<u32> {
        let Some(number) = id(word) else {
            self.findings.tell(no_number(line, COLUMNS[0], word));
            return None;
        };
        if let Some(first) = self.seen.insert(number, line.number) {
            let flaw = line.flaw(
                Code::DuplicateId,
                format!("line {first} has the same customer number"),
                "give each its own number",
            );
            self.findings.tell(flaw.of(&number.to_string()));
        }
        Some(number)
    }

    /// Tells what the file lacks as a whole.
    fn whole(&mut self, has_fleet: bool, rows: usize) {
        if !has_fleet {
            let (found, fix) = ("there are no vehicles", "add VEHICLE with number and capacity");
            self.findings.tell(Flaw::new(Code::MissingKey, "", found, fix));
        }
        if rows == 0 {
            let found = "there is no customer, and no depot";
            let fix = "add CUSTOMER and its table; the first row is the depot";
            self.findings.tell(Flaw::new(Code::MissingKey, "", found, fix));
        }
        if rows > limits::TABLE_ROWS {
            let found = format!("{rows} places are more than the limit of {}", limits::TABLE_ROWS);
            self.findings.tell(Flaw::new(Code::TooLarge, "", found, "split the problem by region"));
        }
    }
}
