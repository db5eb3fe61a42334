//! What the benches share: problems by name, and what plans of them usually come to.

pub mod client;
pub mod clock;
pub mod families;
pub mod reference;
pub mod windows;

use std::fs;

use paidan::generate::{NationOptions, nation};
use paidan_engine::flaw::Flaw;
use paidan_engine::problem::Problem;
use paidan_engine::wire::{self, Answer, Beside, Format, Question};

use windows::Windows;

/// A question by name: a file in any format that is told by its text; `nation:TICKETS:ENGINEERS:SEED`, over-full, or
/// `nation:TICKETS:ENGINEERS:SEED:LOAD` with the load in percent; or made-up customers with windows, see
/// [`Windows::named`].
///
/// # Errors
/// What is wrong with the name or with the problem, in lines for people.
pub fn question(name: &str) -> Result<Question, String> {
    if let Some(numbers) = name.strip_prefix("nation:") {
        let draft =
            wire::draft(nation(&nation_options(name, numbers)?)).map_err(|flaws| lines(&flaws))?;
        let problem = Problem::new(draft).map_err(|flaws| lines(&flaws))?;
        return Ok(Question { problem, answer: Answer::Plan, decimals: 0, differences: Vec::new() });
    }
    if let Some(words) = name.strip_prefix("windows:") {
        let text = Windows::named(words)?.text();
        return wire::read_question(Format::Solomon, text.as_bytes(), Beside::default())
            .map_err(|flaws| lines(&flaws));
    }
    let bytes = fs::read(name).map_err(|error| format!("cannot read {name:?}: {error}"))?;
    wire::read_question(Format::of(&bytes), &bytes, Beside::default()).map_err(|flaws| lines(&flaws))
}

/// The options of a nation by its numbers.
fn nation_options(name: &str, numbers: &str) -> Result<NationOptions, String> {
    let numbers: Option<Vec<u64>> = numbers.split(':').map(|number| number.parse().ok()).collect();
    let (tickets, engineers, seed, load) = match numbers.as_deref() {
        Some(&[tickets, engineers, seed]) => (tickets, engineers, seed, None),
        Some(&[tickets, engineers, seed, load]) => (tickets, engineers, seed, Some(load)),
        _ => return Err(format!("{name:?} is not nation:TICKETS:ENGINEERS:SEED or ...:SEED:LOAD")),
    };
    let usual = NationOptions::default();
    Ok(NationOptions {
        tickets: tickets as usize,
        engineers: engineers as usize,
        seed,
        load: load.map_or(usual.load, |percent| percent as f64 / 100.0),
        // A dozen engineers to a town, as a region has them; the largest town has a third of all.
        towns: (engineers as usize / 12).clamp(3, 300),
        ..usual
    })
}

/// Flaws in lines for people.
fn lines(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
