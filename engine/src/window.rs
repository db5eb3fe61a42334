//! Windows: when work or a break may start.

use std::ops::Deref;

use smallvec::SmallVec;

use crate::units::Moment;

/// A span in which work, or a break, may start, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First moment.
    pub start: Moment,
    /// Last moment.
    pub end: Moment,
}

/// Windows in which something may start: ascending, not overlapping, never empty. Two of them lie in place;
/// a search asks for them too often to follow a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows(SmallVec<[Window; 2]>);

impl Windows {
    /// One window that spans all time.
    pub fn any_time() -> Windows {
        Windows::from(vec![Window { start: Moment::PAST, end: Moment::NEVER }])
    }

    /// The earliest moment at or after `arrival` at which work may start, or `None` if every window
    /// has closed. `O(windows)`.
    pub fn first_start(&self, arrival: Moment) -> Option<Moment> {
        self.iter().find(|window| arrival <= window.end).map(|window| arrival.max(window.start))
    }

    /// The latest moment at or before `bound` at which work may start, or `None` if no window has
    /// opened by then. `O(windows)`.
    pub fn last_start(&self, bound: Moment) -> Option<Moment> {
        self.iter().rev().find(|window| window.start <= bound).map(|window| bound.min(window.end))
    }
}

impl From<Vec<Window>> for Windows {
    /// Joins windows that overlap or touch; none at all means any time.
    fn from(mut windows: Vec<Window>) -> Windows {
        if windows.is_empty() {
            return Windows::any_time();
        }
        windows.sort_unstable();
        let mut joined: SmallVec<[Window; 2]> = SmallVec::new();
        for window in windows {
            match joined.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => joined.push(window),
            }
        }
        Windows(joined)
    }
}

impl Deref for Windows {
    type Target = [Window];

    fn deref(&self) -> &[Window] {
        &self.0
    }
}
