//! How long a route takes from leaving to being back, told in constant time for every place of a further stop.
//!
//! A stretch of stops takes at least so long, and no longer if one starts on it between two moments. Two stretches make
//! one again: the time-window segment with duration of Vidal, Crainic, Gendreau and Prins (2013). That is so while
//! every stop has one window and nobody takes a break; of other routes only the whole schedule tells.

use super::gap::Way;
use super::timeline::{Step, Strictness};
use crate::engineer::Shift;
use crate::units::{Moment, Seconds};

/// Some stops one after another, with the drives between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// From starting on it to its end, at least.
    pub lasts: Seconds,
    /// Whoever starts earlier waits.
    earliest: Moment,
    /// Whoever starts later is late.
    latest: Moment,
}

impl Stretch {
    /// One stop, from the start of its work; `None` if several windows make it more than one stretch.
    pub(super) fn of_stop(step: Step<'_>, strictness: Strictness) -> Option<Stretch> {
        let [window] = **step.windows else { return None };
        let latest = window.end.min(strictness.due(step));
        Some(Stretch { lasts: step.work, earliest: window.start, latest })
    }

    /// This one, a drive, and another one; `None` if that cannot be reached in time.
    pub(super) fn then(&self, drive: Seconds, next: &Stretch) -> Option<Stretch> {
        let until = self.lasts + drive;
        let wait = (next.earliest - (self.latest + until)).max(Seconds::ZERO);
        let earliest = self.earliest.max(next.earliest + -until) + -wait;
        let latest = self.latest.min(next.latest + -until);
        (earliest <= latest).then_some(Stretch { lasts: until + wait + next.lasts, earliest, latest })
    }
}

/// The stretches from the start place on, and those to the end place.
#[derive(Clone, Debug, Default)]
pub(super) struct Stretches {
    /// Up to the end of work at each position, the start place first.
    heads: Vec<Option<Stretch>>,
    /// From the start of work at each position on, the end place last; a position's own stands at its number less one.
    tails: Vec<Option<Stretch>>,
    /// Whether they tell all.
    known: bool,
}

impl Stretches {
    /// Draws the stretches up of which nothing is late and nobody does overtime, if the shift minds its span.
    /// `O(stops)`.
    pub(super) fn build<'t>(
        &mut self,
        shift: &Shift,
        steps: impl ExactSizeIterator<Item = Step<'t>> + DoubleEndedIterator + Clone,
        way_back: Way,
    ) {
        self.heads.clear();
        self.tails.clear();
        self.known = shift.minds_span()
            && shift.breaks.is_empty()
            && steps.clone().all(|step| step.windows.len() == 1);
        if !self.known {
            return;
        }
        let stop = |step| Stretch::of_stop(step, Strictness::OnTime);
        let start = Stretch { lasts: Seconds::ZERO, earliest: shift.start, latest: Moment::NEVER };
        let mut head = Some(start);
        self.heads.push(head);
        for step in steps.clone() {
            head = head.and_then(|head| head.then(step.way.drive, &stop(step)?));
            self.heads.push(head);
        }
        let back = Strictness::OnTime.back(shift);
        let mut tail = Some(Stretch { lasts: Seconds::ZERO, earliest: Moment::PAST, latest: back });
        self.tails.push(tail);
        let mut drive = way_back.drive;
        for step in steps.rev() {
            tail = tail.and_then(|tail| stop(step)?.then(drive, &tail));
            self.tails.push(tail);
            drive = step.way.drive;
        }
        self.tails.reverse();
    }

    /// Makes these the same as others, without giving their memory away.
    pub(super) fn copy_from(&mut self, other: &Stretches) {
        self.heads.clone_from(&other.heads);
        self.tails.clone_from(&other.tails);
        self.known = other.known;
    }

    /// Whether they tell all about the route.
    pub(super) fn are_known(&self) -> bool {
        self.known
    }

    /// How long the route takes at least on time, from the head up to a position, with perhaps something new after a
    /// drive, and a drive on to the position behind; `None` if something must be late. Only if they
    /// [are known](Stretches::are_known).
    pub(super) fn span(
        &self,
        position: usize,
        new: Option<(Seconds, Stretch)>,
        drive_on: Seconds,
    ) -> Option<Seconds> {
        let head = self.heads[position].and_then(|head| match new {
            Some((drive, stretch)) => head.then(drive, &stretch),
            None => Some(head),
        });
        let whole = head?.then(drive_on, &self.tails[position]?)?;
        Some(whole.lasts)
    }
}
