//! Depots, checked.

use super::places::place;
use super::{Problem, checks};
use crate::depot::{Depot, DepotDraft};
use crate::flaw::Flaw;
use crate::units::Seconds;

/// The longest that fetching parts may take.
const DAY: Seconds = Seconds(86_400);

/// Adds the depots to a problem that knows their names.
pub(super) fn compile(problem: &mut Problem, drafts: &[DepotDraft], flaws: &mut Vec<Flaw>) {
    for (n, draft) in drafts.iter().enumerate() {
        checks::length(&format_args!("depots[{n}].fetch_s"), &draft.id, draft.fetch, DAY, flaws);
        let place = place(problem, &draft.place, &format_args!("depots[{n}].place"), &draft.id, flaws);
        problem.depots.push(Depot { place, fetch: draft.fetch });
    }
}
