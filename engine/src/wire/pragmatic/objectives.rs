//! What is to be minimised, as far as it is.

use serde_json::Value;

use super::Translation;
use super::document::{CostsDoc, ProblemDoc, TypeDoc};
use crate::engineer::{EngineerDraft, Rates};
use crate::flaw::Code;
use crate::problem::{TravelSpec, limits};
use crate::ticket::TicketDraft;
use crate::units::Seconds;

/// What routes are measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Cost,
    Distance,
    Duration,
}

/// What is minimised once nobody more can be served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    measure: Measure,
    fewest_tours: bool,
    /// Units of price for one of the file's costs.
    scale: f64,
}

/// Most that a tour, and a second or a metre of it, may cost: sums over the largest plan still fit.
const DEAREST_TOUR: f64 = 1e8;
const DEAREST_RATE: f64 = 1e3;

impl Aim {
    /// What the document aims at; by default few tours, then cost. Objectives that are not aimed at get a
    /// note. They are nested in lists and in `multi-objective`s.
    pub(super) fn of(doc: &ProblemDoc, translation: &mut Translation<'_>) -> Aim {
        let (mut measure, mut fewest_tours) = (None, doc.objectives.is_none());
        let list = match &doc.objectives {
            None => &[],
            Some(Value::Array(list)) => &list[..],
            Some(_) => {
                let (found, fix) = ("objectives are a list", "write a list of objects with \"type\"");
                translation.flaw(Code::WrongType, "objectives".to_owned(), "", found, fix);
                &[]
            }
        };
        let mut kinds = Vec::new();
        for (n, objective) in list.iter().enumerate() {
            flat(objective, n, &mut kinds);
        }
        for (n, name) in kinds {
            let is_aimed_at = match (name, Measure::of(name)) {
                ("maximize-value" | "minimize-unassigned", _) => true,
                ("minimize-tours", _) => {
                    fewest_tours = true;
                    true
                }
                // The first one is.
                (_, Some(named)) => *measure.get_or_insert(named) == named,
                (_, None) => false,
            };
            if !is_aimed_at {
                translation.differs(|| format!("objectives[{n}]"), "this objective is not aimed at");
            }
        }
        let measure = measure.unwrap_or(Measure::Cost);
        if measure == Measure::Cost
            && let Some(n) = doc.fleet.vehicles.iter().position(rests_for_money)
        {
            translation.differs(
                || format!("fleet.vehicles[{n}].costs.time"),
                "while planning, time that is spent on a break costs nothing",
            );
        }
        Aim { measure, fewest_tours, scale: scale(doc) }
    }

    /// What a vehicle of these costs is charged, or a flaw.
    pub(super) fn rates(
        self,
        costs: CostsDoc,
        path: &str,
        id: &str,
        translation: &mut Translation<'_>,
    ) -> Rates {
        let (fixed, distance, time) = (costs.fixed, costs.distance, costs.time);
        for (name, cost, most) in [
            ("fixed", fixed, DEAREST_TOUR),
            ("distance", distance, DEAREST_RATE),
            ("time", time, DEAREST_RATE),
        ] {
            if !(0.0..=most).contains(&cost) {
                let found = format!("a cost of {cost} is not between 0 and {most}");
                let fix = "count in a larger unit of money";
                translation.flaw(Code::OutOfRange, format!("{path}.costs.{name}"), id, found, fix);
                return Rates::default();
            }
        }
        let units = |cost: f64| (cost * self.scale).round() as i64;
        let thousandths = |cost: f64| (cost * self.scale * 1000.0).round() as i64;
        match self.measure {
            Measure::Cost => Rates {
                callout: Seconds(units(fixed)),
                drive: thousandths(time),
                metre: thousandths(distance),
                work: thousandths(time),
                wait: thousandths(time),
                ..Rates::default()
            },
            Measure::Distance => Rates { drive: 0, metre: 1000, ..Rates::default() },
            Measure::Duration => Rates { work: 1000, wait: 1000, ..Rates::default() },
        }
    }

    /// Makes every tour cost more than all that the plan may cost beside, if few tours come first.
    pub(super) fn put_tours_first(
        self,
        engineers: &mut [EngineerDraft],
        tickets: &[TicketDraft],
        travel: &TravelSpec,
    ) {
        if !self.fewest_tours {
            return;
        }
        let (seconds, metres) = longest(travel);
        let most = |of: fn(&Rates) -> i64| engineers.iter().map(|engineer| of(&engineer.rates)).max();
        let most = |of| i128::from(most(of).unwrap_or(0));
        let slowest = engineers.iter().map(|engineer| engineer.speed_permille).min().unwrap_or(1000);
        let slowest = i128::from(slowest.max(1));
        let shifts: usize = engineers.iter().map(|engineer| engineer.shifts.len()).sum();
        let work: i128 = tickets.iter().map(|ticket| i128::from(ticket.work.0)).sum();
        let leg =
            (seconds * 1000 / slowest) * most(|rates| rates.drive) + metres * most(|rates| rates.metre);
        let legs = (tickets.len() + shifts) as i128;
        let callouts = shifts as i128 * most(|rates| rates.callout.0);
        let spans = engineers.iter().flat_map(|engineer| &engineer.shifts);
        let away: i128 = spans.map(|shift| i128::from((shift.end.moment - shift.start.moment).0)).sum();
        let paid = legs * leg + work * most(|rates| rates.work) + away * most(|rates| rates.wait);
        let beside = paid / 1000 + callouts + 1;
        let beside = i64::try_from(beside).unwrap_or(i64::MAX).min(limits::PRICE / 2);
        for engineer in engineers {
            engineer.rates.callout += Seconds(beside);
        }
    }
}

/// Whether a vehicle's time costs, and some of it may be spent on breaks.
fn rests_for_money(kind: &TypeDoc) -> bool {
    kind.costs.time > 0.0 && kind.shifts.iter().any(|shift| !shift.breaks.is_empty())
}

impl Measure {
    fn of(name: &str) -> Option<Measure> {
        match name {
            "minimize-cost" => Some(Measure::Cost),
            "minimize-distance" => Some(Measure::Distance),
            "minimize-duration" => Some(Measure::Duration),
            _ => None,
        }
    }
}

/// Types of objectives with the number of the element that holds them.
fn flat<'d>(objective: &'d Value, n: usize, kinds: &mut Vec<(usize, &'d str)>) {
    match (objective, &objective["type"], &objective["objectives"]) {
        (Value::Array(list), ..) | (_, _, Value::Array(list)) => {
            for objective in list {
                flat(objective, n, kinds);
            }
        }
        (_, kind, _) => kinds.push((n, kind.as_str().unwrap_or_default())),
    }
}

/// A power of ten by which the cheapest second, and the cheapest ten metres, cost a unit of price at least, so that
/// rounding shows in no plan.
fn scale(doc: &ProblemDoc) -> f64 {
    let costs = || doc.fleet.vehicles.iter().map(|kind| kind.costs);
    let rates = costs().flat_map(|costs| [costs.time, costs.distance * 10.0]);
    let finest = rates.filter(|rate| *rate > 0.0).fold(1.0, f64::min);
    let dearest = costs().map(|costs| costs.fixed.max(costs.time.max(costs.distance) * 1e5));
    let dearest = dearest.fold(1.0, f64::max);
    let mut scale = 1e3;
    while finest * scale < 1.0 && dearest * scale < 1e10 {
        scale *= 10.0;
    }
    scale
}

/// The longest leg that there may be: seconds at the usual speed, metres.
fn longest(travel: &TravelSpec) -> (i128, i128) {
    match travel {
        TravelSpec::Crow { speed_kmh, detour } => {
            let metres = HALF_ROUND * detour;
            ((metres / speed_kmh * 3.6) as i128, metres as i128)
        }
        TravelSpec::Tables(profiles) => {
            let tables = || profiles.iter().map(|profile| &profile.table);
            let seconds = tables().flat_map(|table| &table.seconds).max();
            let metres = tables().flat_map(|table| table.metres.iter().flatten()).max();
            [seconds, metres].map(|most| i128::from(most.copied().unwrap_or(0))).into()
        }
    }
}

/// Half of the way round the earth, in metres.
const HALF_ROUND: f64 = 20_020_000.0;

/// Whether value is to be maximised: said so, or nothing said and some job has one.
pub(super) fn values_count(doc: &ProblemDoc) -> bool {
    match &doc.objectives {
        None => true,
        Some(objectives) => objectives.to_string().contains("\"maximize-value\""),
    }
}
