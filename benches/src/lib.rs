//! What the benches share: problems by name.

use std::fs;

use paidan::generate::{NationOptions, nation};
use paidan_engine::problem::Problem;
use paidan_engine::wire::{self, Answer, Question};

/// A question by name: a file in any format that is told by its text, or `nation:TICKETS:ENGINEERS:SEED`.
///
/// # Errors
/// What is wrong with the name or with the problem, in lines for people.
pub fn question(name: &str) -> Result<Question, String> {
    let flaws = |flaws: Vec<paidan_engine::flaw::Flaw>| {
        flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    if let Some(numbers) = name.strip_prefix("nation:") {
        let parsed: Vec<u64> = numbers.split(':').map_while(|number| number.parse().ok()).collect();
        let &[tickets, engineers, seed] = parsed.as_slice() else {
            return Err(format!("{name:?} is not nation:TICKETS:ENGINEERS:SEED"));
        };
        let options = NationOptions {
            tickets: tickets as usize,
            engineers: engineers as usize,
            seed,
            // A dozen engineers to a town, as a region has them; the largest town has a third of all.
            towns: (engineers as usize / 12).clamp(3, 300),
            ..NationOptions::default()
        };
        let draft = wire::draft(nation(&options)).map_err(flaws)?;
        let problem = Problem::new(draft).map_err(flaws)?;
        return Ok(Question { problem, answer: Answer::Plan, differences: Vec::new() });
    }
    let bytes = fs::read(name).map_err(|error| format!("cannot read {name:?}: {error}"))?;
    let format = wire::Format::of(&bytes);
    wire::read_question(format, &bytes, wire::Beside::default()).map_err(flaws)
}
