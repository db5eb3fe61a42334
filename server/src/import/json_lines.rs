//! JSON lines: a document each.

use std::collections::BTreeMap;

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits::FLAWS;

use super::{Item, Subject, Told, too_long};

/// Reads documents, one a line; empty lines are passed over.
///
/// # Errors
/// More lines than `most`.
pub(super) fn read<T: Subject>(text: &[u8], most: usize) -> Result<Vec<Item<T>>, Vec<Flaw>> {
    let mut items: Vec<Item<T>> = Vec::new();
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    let mut flaws = 0;
    let lines = (1..).zip(text.split(|byte| *byte == b'\n'));
    for (line, text) in lines.map(|(line, text)| (line, text.trim_ascii())) {
        if text.is_empty() {
            continue;
        }
        if items.len() == most {
            return Err(too_long(most));
        }
        let read = T::read(text).and_then(|draft| match first.get(draft.id()) {
            None => Ok(draft),
            Some(before) => {
                let found = format!("line {before} is about the same {}", T::WORD);
                let path = format!("{}.id", T::WORD);
                let fix = "send each but once";
                Err(vec![Flaw::new(Code::DuplicateId, path, found, fix).of(draft.id())])
            }
        });
        let id = match &read {
            Ok(draft) => Some(draft.id().to_owned()),
            Err(flaws) => flaws.iter().find_map(|flaw| flaw.id.clone()),
        };
        if read.is_ok() {
            first.extend(id.clone().map(|id| (id, line)));
        }
        flaws += read.as_ref().err().map_or(0, Vec::len);
        items.push(Item { line, id, told: Told::Whole(read) });
        if flaws >= FLAWS {
            break;
        }
    }
    Ok(items)
}
