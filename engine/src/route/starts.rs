//! When work could start at a stop, new or not: what a crew needs to know to find a moment that suits all of it.

use super::gap;
use super::join::way;
use super::sketch::Detour;
use super::timeline::Strictness;
use super::working::Route;
use crate::engineer::Shift;
use crate::ticket::{Ticket, Window};
use crate::units::{Moment, Seconds};

impl Route {
    /// The earliest moment at which work at the stop at `at` can start, if the route is feasible. `O(breaks^2)`.
    pub fn earliest_start(&self, shift: &Shift, at: usize) -> Option<Moment> {
        let timeline = self.timeline(Strictness::Feasible);
        let step = self.stays()[at].step();
        let ready = gap::cross(timeline.departures(at), step.way, &shift.breaks);
        let in_time =
            (0..=shift.breaks.len()).filter(|&taken| ready[taken] <= timeline.latest(at + 1, taken));
        in_time.filter_map(|taken| step.windows.first_start(ready[taken])).min()
    }

    /// The spans in which work of so much, and the setup before it if one is needed, could start at `ticket`
    /// before the stop at `at`, as far as drives, breaks, windows and hours tell. `O(windows * breaks^2)`.
    ///
    /// Loads, limits, and setups that the new stop saves those behind it are not looked at.
    pub fn starts(
        &self,
        shift: &Shift,
        at: usize,
        detour: &Detour,
        (ticket, work): (&Ticket, Seconds),
        mut each: impl FnMut(Window),
    ) {
        let timeline = self.timeline(Strictness::Feasible);
        let breaks = &shift.breaks;
        let [drive_in, drive_out] = detour.drives();
        let from_here = self.place(at).is_some_and(|before| before.is_at(&ticket.place));
        let setup = if from_here { Seconds::ZERO } else { ticket.setup_for(shift.class) };
        let ready = gap::cross(timeline.departures(at), way(drive_in), breaks);
        for (taken, &ready) in ready.iter().enumerate().take(breaks.len() + 1) {
            if ready >= Moment::NEVER {
                continue;
            }
            let last = (taken..=breaks.len())
                .filter(|&after| timeline.latest(at + 1, after) > Moment::PAST)
                .filter_map(|after| {
                    gap::leave_by(timeline.latest(at + 1, after), drive_out.time, &breaks[taken..after])
                })
                .max();
            let Some(last) = last.map(|leave| leave - work - setup) else { continue };
            for window in ticket.windows.iter() {
                let span = Window { start: window.start.max(ready), end: window.end.min(last) };
                if span.start <= span.end {
                    each(span);
                }
            }
        }
    }
}
