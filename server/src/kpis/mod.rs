//! Key figures of a period: how quick, how well, how far, how evenly.
//!
//! They are counted from what writes have put down of tickets at the beginnings and ends of their lives (`live/cases.rs`),
//! from the visits, and from the shifts of the roster, each read once for a question. [`figures`] says what each of them
//! means.

mod cases;
pub mod figures;
mod table;
mod tally;

pub use cases::{By, Period, Tickets};
pub use table::csv;
pub use tally::{Figure, Tally};

use std::collections::BTreeMap;

/// The figures of a period.
#[derive(Debug, Default)]
pub struct Counted {
    /// Of all cases.
    pub total: Tally,
    /// Of those with the same word; of those without one under none.
    pub groups: BTreeMap<Option<String>, Tally>,
}

impl Counted {
    /// The tally of all, and those of these words.
    fn each(&mut self, words: Vec<Option<String>>, mut note: impl FnMut(&mut Tally)) {
        note(&mut self.total);
        for word in words {
            note(self.groups.entry(word).or_default());
        }
    }
}
