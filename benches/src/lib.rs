//! What the benches share: problems by name.

use std::fs;

use paidan::generate::{NationOptions, nation};
use paidan_engine::problem::Problem;
use paidan_engine::wire;

/// A problem by name: a file, or `nation:TICKETS:ENGINEERS:SEED`.
///
/// # Errors
/// What is wrong with the name or with the problem, in lines for people.
pub fn problem(name: &str) -> Result<Problem, String> {
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
            ..NationOptions::default()
        };
        let draft = wire::draft(nation(&options)).map_err(flaws)?;
        return Problem::new(draft).map_err(flaws);
    }
    let bytes = fs::read(name).map_err(|error| format!("cannot read {name:?}: {error}"))?;
    wire::read_problem(&bytes).map_err(flaws)
}
