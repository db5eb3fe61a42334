//! Depots.

use super::place;
use crate::depot::DepotDraft;
use crate::units::Seconds;
use crate::wire::document::DepotDoc;
use crate::wire::notes::Notes;

/// Reads a depot.
pub(super) fn depot(doc: DepotDoc, path: &str, notes: &mut Notes) -> DepotDraft {
    let id = doc.id;
    let place = place(doc.place, &id, notes, || format!("{path}.place"));
    let fetch = doc
        .fetch_s
        .map_or(Seconds::ZERO, |fetch| notes.length(fetch, &id, || format!("{path}.fetch_s")));
    DepotDraft { id, place, fetch }
}
