//! The steps that a vehicle is given, looked up in the question.

use super::super::Asked;
use super::super::document::{GivenStepDoc, VehicleDoc, VroomBreakDoc};
use super::super::keys::Task;
use crate::flaw::{Code, Flaw};

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

/// The steps of a vehicle, with a flaw for each that names nothing.
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
        let mut tell = |found: String| {
            let fix = "name a task or a break of the question by type and id";
            let flaw = Flaw::new(Code::UnknownReference, format!("{path}[{n}]"), found, fix);
            flaws.push(flaw.of(&vehicle.id.to_string()));
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
            (word, Some(id)) => {
                let mut tasks = question.keys.tasks().iter().enumerate();
                let is_it = |task: &Task| task.kind.as_str() == word && task.doc.id == id;
                match tasks.find(|(_, task)| is_it(task)) {
                    Some((ticket, _)) if served[ticket] => {
                        tell(format!("{word} {id} stands in another step already"));
                        continue;
                    }
                    Some((ticket, task)) => {
                        served[ticket] = true;
                        What::Task(ticket, task)
                    }
                    None => {
                        tell(format!("there is no {word} {id}"));
                        continue;
                    }
                }
            }
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
