//! Figures as a table.

use super::Figure;
use super::figures::FIGURES;
use crate::refusal::Refusal;

/// Rows under their words as comma-separated values (RFC 4180): each figure, and on how many cases it stands. What
/// cannot be told is empty.
///
/// # Errors
/// A bug: what is written to memory can be written.
pub fn csv(rows: &[(&str, [Figure; FIGURES.len()])]) -> Result<Vec<u8>, Refusal> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let names = FIGURES.iter().flat_map(|(name, ..)| [(*name).to_owned(), format!("{name}_n")]);
    let header = std::iter::once("group".to_owned()).chain(names);
    let mut written = table.write_record(header);
    for (word, figures) in rows {
        let fields = figures.iter().flat_map(|figure| {
            let value = figure.value.map_or_else(String::new, |value| value.to_string());
            [value, figure.n.to_string()]
        });
        written = written.and(table.write_record(std::iter::once((*word).to_owned()).chain(fields)));
    }
    written.ok().and_then(|()| table.into_inner().ok()).ok_or(Refusal::Bug)
}
