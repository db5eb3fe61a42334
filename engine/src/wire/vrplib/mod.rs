//! VRPLIB, the text format of the CVRPLIB and its kin: capacity, windows, several depots, vehicles that
//! differ.
//!
//! `KEY : value` lines, then sections of numbers, then `EOF`. A node is a depot or a customer; an id is
//! whatever `NODE_COORD_SECTION` says, else nodes count from 1. Windows are for the start of service; a
//! depot's window is the day of its vehicles. Every customer without a prize must be served.
//!
//! | key | read as |
//! |---|---|
//! | `NAME`, `COMMENT`, `NODE_COORD_TYPE`, `DISPLAY_DATA_TYPE` | taken note of by nobody |
//! | `TYPE` | `CVRP`, `ACVRP`, `VRP`, `VRPTW`, `CVRPTW`, `MDVRP`, `MDVRPTW`, `SDVRPTW`, `PCVRPTW` |
//! | `DIMENSION` | number of nodes, depots included |
//! | `VEHICLES` | number of vehicles; without it a third more than the demand needs, and three |
//! | `CAPACITY` | what every vehicle holds |
//! | `SERVICE_TIME` | of every customer |
//! | `EDGE_WEIGHT_TYPE` | `EXPLICIT`, `EUC_2D`, `CEIL_2D`, `FLOOR_2D`, `MAN_2D`, `MAX_2D` |
//! | `EDGE_WEIGHT_FORMAT` | `FULL_MATRIX`, `LOWER_ROW`, `LOWER_DIAG_ROW`, `UPPER_ROW`, `UPPER_DIAG_ROW`; `FUNCTION` |
//! | `DISTANCE`, `VEHICLES_MAX_DURATION` | longest time from leaving a depot to being back, service and waiting included |
//! | `VEHICLES_MAX_DISTANCE` | farthest that a vehicle may drive |
//! | `VEHICLES_FIXED_COST` | what using a vehicle costs; counts in the cost |
//!
//! | section | a row |
//! |---|---|
//! | `NODE_COORD` | node, x, y |
//! | `EDGE_WEIGHT` | whole numbers in the order of the format, wherever lines break |
//! | `DEMAND`, `SERVICE_TIME` | node, amount |
//! | `TIME_WINDOW` | node, earliest, latest |
//! | `DEPOT` | node; ends with -1. Without it the first node is the depot |
//! | `CAPACITY`, `VEHICLES_DEPOT` | vehicle, amount or node; vehicles count from 1 |
//! | `VEHICLES_ALLOWED_CLIENTS` | vehicle, nodes that it may serve |
//! | `PRIZE` | node, what leaving it out costs; counts in the cost. 0 is none: the node must be served |
//! | `VEHICLES_MAX_DURATION`, `VEHICLES_MAX_DISTANCE`, `VEHICLES_FIXED_COST` | vehicle, amount; as the keys |
//! | `DISPLAY_DATA` | for pictures; not looked at |
//!
//! Any other key or section is a flaw that names it. Units by type:
//!
//! | `TYPE` | distances, times, limits |
//! |---|---|
//! | `SDVRPTW`, `MDVRPTW` | thousandths, to the nearest |
//! | `PCVRPTW` | tenths, the rest cut off |
//! | others | whole numbers, by the rule of `EDGE_WEIGHT_TYPE` |

mod fleet;
mod nodes;
mod sections;
mod weights;

use super::format::Objective;
use super::instance::Instance;
use super::lines::{Findings, Rounding, Scale, at, text};
use super::solution::Terms;
use crate::flaw::{Code, Flaw};
use crate::problem::Draft;
use sections::{Section, Sections, Spec};

pub(super) use sections::is_key;

/// Reads an instance.
///
/// # Errors
/// All flaws of its text together, by line.
pub(super) fn read(bytes: &[u8], objective: Objective) -> Result<(Draft, Terms), Vec<Flaw>> {
    let text = text(bytes)?;
    let mut findings = Findings::default();
    let sections = Sections::of(&text, &mut findings);
    match instance(&sections, objective, &mut findings) {
        Some((instance, terms)) if findings.is_clean() => Ok((instance.draft(), terms)),
        _ => Err(findings.into_flaws()),
    }
}

/// The types whose meaning is known.
const TYPES: [&str; 9] =
    ["CVRP", "ACVRP", "VRP", "VRPTW", "CVRPTW", "MDVRP", "MDVRPTW", "SDVRPTW", "PCVRPTW"];

/// How the numbers of a type of problem become whole.
fn scale(kind: &str) -> Scale {
    match kind {
        "SDVRPTW" | "MDVRPTW" => Scale { per_one: 1000, rounding: Rounding::Nearest },
        "PCVRPTW" => Scale { per_one: 10, rounding: Rounding::Truncated },
        _ => Scale { per_one: 1, rounding: Rounding::Nearest },
    }
}

fn instance(
    sections: &Sections<'_>,
    objective: Objective,
    findings: &mut Findings,
) -> Option<(Instance, Terms)> {
    let kind = match sections.spec(Spec::Type) {
        Some(kind) if TYPES.contains(&kind.text) => kind.text,
        Some(kind) => {
            findings.tell(sections::not_among(kind, "TYPE", &TYPES));
            return None;
        }
        None => "CVRP",
    };
    let scale = scale(kind);
    let mut nodes = nodes::Nodes::of(sections, scale, findings)?;
    let travel = weights::travel(sections, &nodes, scale, findings);
    let vehicles = fleet::vehicles(sections, &mut nodes, scale, findings);
    if objective == Objective::Vehicles
        && let Some(rows) = sections.section(Section::Prize)
        && nodes.customers.iter().any(|customer| customer.prize.is_some())
    {
        let found = "where customers may be left out for a prize, the fewest vehicles are none";
        let fix = "minimise the distance, or leave PRIZE_SECTION out to have everybody served";
        findings.tell(at(rows.line, Code::NotSupported, found, fix));
    }
    let (vehicles, by_vehicle) = vehicles?;
    let mut terms = Terms {
        exact: true,
        by_vehicle,
        nodes: nodes.ids,
        depots: nodes.depots.iter().map(|depot| depot.number).collect(),
        ..Terms::default()
    };
    let mut instance =
        Instance { size: nodes.size, travel: travel?, customers: nodes.customers, vehicles };
    if objective == Objective::Vehicles {
        terms.uncounted = instance.fewest_vehicles();
    }
    Some((instance, terms))
}
