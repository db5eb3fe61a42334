//! Asking memory ahead for what dispatch reads next: the engineers near a ticket lie all over the roster.
//! Nothing here changes an answer.

use super::{Board, Cheapest};
use crate::ids::{EngineerIx, Index, ShiftIx};
use crate::near::Nearest;
use crate::prefetch::prefetch;

/// The shifts that a walk over legs comes to soon.
pub(super) fn of_walk(board: Board<'_>, nearest: &mut Nearest<'_>) {
    for index in nearest.lined_up() {
        prefetch(board.scorer.problem().shift(index));
        prefetch(&board.routes[index.at()]);
    }
}

/// Most of what lies behind the lines of a shift and its route, at once.
pub(super) fn of_shift(board: Board<'_>, index: ShiftIx) {
    let shift = board.scorer.problem().shift(index);
    shift.prefetch_skills();
    board.scorer.prefetch_history(shift);
    board.routes[index.at()].prefetch_for_trial();
}

/// The shifts of engineers who will be asked whether they are able. Each pass waits for what the pass before
/// it has asked for, but for all engineers at once.
pub(super) fn of_engineers(board: Board<'_>, engineers: &[EngineerIx]) {
    let problem = board.scorer.problem();
    for &engineer in engineers {
        prefetch(problem.engineer(engineer));
    }
    let shifts = || engineers.iter().flat_map(|&engineer| problem.engineer(engineer).shifts.clone());
    shifts().for_each(|shift| prefetch(problem.shift(ShiftIx(shift))));
    shifts().for_each(|shift| problem.shift(ShiftIx(shift)).prefetch_skills());
}

/// The routes whose schedules offers tell.
pub(super) fn of_offers(board: Board<'_>, places: &[Cheapest]) {
    for place in places {
        board.routes[place.shift.at()].prefetch_for_schedule();
    }
}
