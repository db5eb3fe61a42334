//! Windows: when work or a break may start.

use std::ops::Deref;
use std::sync::Arc;

use crate::units::Moment;

/// A span in which work, or a break, may start, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First moment.
    pub start: Moment,
    /// Last moment.
    pub end: Moment,
}

/// Windows in which something may start: ascending, not overlapping, never empty.
///
/// A search asks for the first all the time, and mostly there is no other; so it lies in place. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    first: Window,
    /// All of them, if there is more than the first.
    several: Option<Arc<[Window]>>,
}

impl Windows {
    /// One window that spans all time.
    pub fn any_time() -> Windows {
        Windows::from(vec![Window { start: Moment::PAST, end: Moment::NEVER }])
    }

    /// What of the windows lies between two moments, both included; `None` if nothing does.
    pub fn within(&self, from: Moment, until: Moment) -> Option<Windows> {
        if from <= self.opens() && self.closes() <= until {
            return Some(self.clone());
        }
        let cut = self
            .iter()
            .map(|window| Window { start: window.start.max(from), end: window.end.min(until) });
        let left: Vec<Window> = cut.filter(|window| window.start <= window.end).collect();
        (!left.is_empty()).then(|| Windows::from(left))
    }

    /// When the first window opens.
    pub fn opens(&self) -> Moment {
        self.first.start
    }

    /// When the last window closes.
    #[inline]
    pub fn closes(&self) -> Moment {
        self.last().map_or(self.first.end, |last| last.end)
    }

    /// The earliest moment at or after `arrival` at which work may start, or `None` if every window
    /// has closed. `O(windows)`.
    #[inline]
    pub fn first_start(&self, arrival: Moment) -> Option<Moment> {
        if arrival <= self.first.end {
            return Some(arrival.max(self.first.start));
        }
        let several = self.several.as_ref()?;
        several.iter().find(|window| arrival <= window.end).map(|window| arrival.max(window.start))
    }

    /// The latest moment at or before `bound` at which work may start, or `None` if no window has
    /// opened by then. `O(windows)`.
    #[inline]
    pub fn last_start(&self, bound: Moment) -> Option<Moment> {
        let Some(several) = &self.several else {
            return (self.first.start <= bound).then(|| bound.min(self.first.end));
        };
        several.iter().rev().find(|window| window.start <= bound).map(|window| bound.min(window.end))
    }
}

impl From<Vec<Window>> for Windows {
    /// Joins windows that overlap or touch; none at all means any time.
    fn from(mut windows: Vec<Window>) -> Windows {
        if windows.is_empty() {
            return Windows::any_time();
        }
        windows.sort_unstable();
        let mut all: Vec<Window> = Vec::with_capacity(windows.len());
        for window in windows {
            match all.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => all.push(window),
            }
        }
        Windows { first: all[0], several: (all.len() > 1).then(|| all.into()) }
    }
}

impl Deref for Windows {
    type Target = [Window];

    fn deref(&self) -> &[Window] {
        self.several.as_deref().unwrap_or(std::slice::from_ref(&self.first))
    }
}
