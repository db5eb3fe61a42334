//! The repeat binding: a customer who reports the same kind of issue again, after at least two visits
//! for it inside the policy's window, gets the engineers of those visits back. They know the place,
//! and what they left undone is theirs to finish.

use super::history::History;
use crate::ids::EngineerIx;
use crate::policy::Otherwise;
use crate::problem::Problem;
use crate::units::Seconds;

/// Who a repeat is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Engineers to try in turn: the better outcome first, then the more recent; one or two.
    pub ladder: Vec<EngineerIx>,
    /// Earlier visits inside the window.
    pub visits: u32,
    /// Nobody else may go.
    pub strict: bool,
}

impl Binding {
    /// Steps down the ladder if `engineer` goes; as many as the ladder has for anyone not on it.
    pub fn steps(&self, engineer: EngineerIx) -> u32 {
        self.ladder.iter().position(|&bound| bound == engineer).unwrap_or(self.ladder.len()) as u32
    }
}

/// The earlier visits that lie inside the policy's window, with whether they resolved the issue.
pub(super) fn within_window<'a>(
    problem: &'a Problem,
    history: &'a History,
    earlier: &'a [u32],
) -> impl Iterator<Item = u32> + 'a {
    let window = Seconds(i64::from(problem.policy().binding.window_days) * 86_400);
    let since = problem.now() - window;
    earlier.iter().copied().filter(move |&number| history.outcome(number).0.start >= since)
}

/// The binding of a ticket whose earlier visits are `earlier`, or `None` if there are too few or all
/// their engineers have left. `O(v log v)` in earlier visits.
pub(super) fn of(problem: &Problem, history: &History, earlier: &[u32]) -> Option<Binding> {
    let rates = &problem.policy().binding;
    let mut visits: Vec<u32> = within_window(problem, history, earlier).collect();
    if rates.visits == 0 || visits.len() < rates.visits as usize {
        return None;
    }
    visits.sort_by_key(|&number| (history.outcome(number).0.start, number));
    let mut latest = visits[visits.len().saturating_sub(2)..].to_vec();
    latest.sort_by_key(|&number| {
        let (visit, resolved) = history.outcome(number);
        std::cmp::Reverse((resolved, visit.rating.unwrap_or(0), visit.start, number))
    });
    let mut ladder = Vec::with_capacity(2);
    for number in latest {
        let engineer = history.outcome(number).0.engineer;
        if engineer != EngineerIx::UNKNOWN && !ladder.contains(&engineer) {
            ladder.push(engineer);
        }
    }
    if ladder.is_empty() {
        return None;
    }
    Some(Binding { ladder, visits: visits.len() as u32, strict: rates.otherwise == Otherwise::Strict })
}
