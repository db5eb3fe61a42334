//! The steps that a vehicle is given, looked up in the question.

use super::super::Asked;
use super::super::document::{GivenStepDoc, VehicleDoc, VroomBreakDoc};
use super::super::keys::Task;
use crate::flaw::{Code, Flaw};
use crate::problem::limits;
use crate::units::Moment;

/// What happens in a step.
#[derive(Clone, Copy)]
pub(super) enum What<'q> {
    Start,
    Task(usize, &'q Task),
    Break(&'q VroomBreakDoc),
    End,
}

/// One step as it is given.
#[derive(Clone, Copy)]
pub(super) struct Step<'q> {
    pub(super) what: What<'q>,
    pub(super) given: Option<&'q GivenStepDoc>,
}

/// The steps of a vehicle, with a flaw for each that names nothing or orders an impossible moment, up to
/// [`limits::FLAWS`] of them. `O(steps log tasks)`.
pub(super) fn read<'q>(
    question: Asked<'q>,
    vehicle: &'q VehicleDoc,
    path: &str,
    served: &mut [bool],
    flaws: &mut Vec<Flaw>,
) -> Vec<Step<'q>> {
    let mut steps = Vec::with_capacity(vehicle.steps.len() + 2);
    if vehicle.start.is_some() || vehicle.start_index.is_some() {
        let given = vehicle.steps.iter().find(|step| step.kind == "start");
        steps.push(Step { what: What::Start, given });
    }
    for (n, given) in vehicle.steps.iter().enumerate() {
        moments_are_sound(given, &|name| format!("{path}[{n}].{name}"), vehicle, flaws);
        let mut tell = |found: String| {
            let fix = "name a task or a break of the question by type and id";
            let flaw = Flaw::new(Code::UnknownReference, format!("{path}[{n}]"), found, fix);
            push(flaw, vehicle, flaws);
        };
        let what = match (given.kind.as_str(), given.id) {
            ("start" | "end", _) => continue,
            ("break", Some(id)) => {
                let Some(pause) = vehicle.breaks.iter().find(|pause| pause.id == id) else {
                    tell(format!("the vehicle has no break {id}"));
                    continue;
                };
                What::Break(pause)
            }
            (word, Some(id)) => match question.keys.named(word, id) {
                Some(ticket) if served[ticket] => {
                    tell(format!("{word} {id} stands in another step already"));
                    continue;
                }
                Some(ticket) => {
                    served[ticket] = true;
                    What::Task(ticket, &question.keys.tasks()[ticket])
                }
                None => {
                    tell(format!("there is no {word} {id}"));
                    continue;
                }
            },
            (word, None) => {
                tell(format!("the step of type {word:?} has no id"));
                continue;
            }
        };
        steps.push(Step { what, given: Some(given) });
    }
    if vehicle.end.is_some() || vehicle.end_index.is_some() {
        let given = vehicle.steps.iter().find(|step| step.kind == "end");
        steps.push(Step { what: What::End, given });
    }
    steps
}

/// Checks the moments that a step orders.
fn moments_are_sound(
    given: &GivenStepDoc,
    path: &dyn Fn(&str) -> String,
    vehicle: &VehicleDoc,
    flaws: &mut Vec<Flaw>,
) {
    for (name, moment) in [
        ("service_at", given.service_at),
        ("service_after", given.service_after),
        ("service_before", given.service_before),
    ] {
        if let Some(moment) = moment
            && !(Moment::FIRST.0..=Moment::LAST.0).contains(&moment)
        {
            let found = format!("{moment} is not between {} and {}", Moment::FIRST.0, Moment::LAST.0);
            let fix = "count seconds from the start of 1970, or from any moment after it";
            push(Flaw::new(Code::OutOfRange, path(name), found, fix), vehicle, flaws);
        }
    }
}

/// Tells a flaw of a vehicle, unless there are enough already.
fn push(flaw: Flaw, vehicle: &VehicleDoc, flaws: &mut Vec<Flaw>) {
    if flaws.len() < limits::FLAWS {
        flaws.push(flaw.of(&vehicle.id.to_string()));
    }
}
