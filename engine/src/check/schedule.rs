//! The times of one route: every leg, every break, and whether it is the schedule of the design.

use super::breach::{Breach, BreachCode};
use super::timing::{Day, cross_back};
use crate::plan::{PlannedBreak, PlannedRoute};
use crate::units::{Moment, Seconds};

/// Tells breaches of one route.
struct Tell<'a> {
    engineer: &'a str,
    breaches: &'a mut Vec<Breach>,
}

impl Tell<'_> {
    fn route(&mut self, code: BreachCode, says: String) {
        self.breaches.push(Breach::new(code, says).by(self.engineer));
    }

    fn stop(&mut self, code: BreachCode, ticket: &str, says: String) {
        self.breaches.push(Breach::new(code, says).by(self.engineer).on(ticket));
    }
}

/// Tells everything that is wrong with the times of a route. `free` is false if some start of the route
/// depends on another route; then any feasible schedule will do.
pub(super) fn check(
    engineer: &str,
    day: &Day<'_>,
    route: &PlannedRoute,
    free: bool,
    breaches: &mut Vec<Breach>,
) {
    let before = breaches.len();
    let mut tell = Tell { engineer, breaches };
    let shift = day.shift;
    if route.leave < shift.start {
        let says = format!("leaves at {}, before the shift starts at {}", route.leave.0, shift.start.0);
        tell.route(BreachCode::LeavesTooEarly, says);
    }
    if route.back > shift.latest_return {
        let says = format!("is back at {}, later than {} allows", route.back.0, shift.latest_return.0);
        tell.route(BreachCode::ReturnsTooLate, says);
    }
    if let Some(most) = shift.max_span
        && route.back - route.leave > most
    {
        let span = (route.back - route.leave).0;
        tell.route(BreachCode::MaxSpan, format!("is away for {span} s, {} s are allowed", most.0));
    }
    // Where breaks are wrong, arrivals that rest on them would only repeat it.
    let taken = breaks(day, route, &mut tell);
    legs(day, route, taken.as_deref(), &mut tell);
    if let Some(taken) = taken
        && free
        && tell.breaches.len() == before
        && let Some(says) = not_the_schedule(day, route, &taken)
    {
        tell.route(BreachCode::NotTheSchedule, says);
    }
}

/// When work at stop `n` is over, by its start; the departure as written is checked on its own.
fn work_over(day: &Day<'_>, route: &PlannedRoute, n: usize) -> Moment {
    route.stops[n].start + day.stops[n].work
}

/// The gap in which a break lies: the first that ends in a start not before the break's end.
fn gap_of(route: &PlannedRoute, pause: &PlannedBreak) -> usize {
    route.stops.iter().position(|stop| stop.start >= pause.end).unwrap_or(route.stops.len())
}

/// Checks every break. By gap, how many breaks are over at its end; `None` if a break is wrong.
fn breaks(day: &Day<'_>, route: &PlannedRoute, tell: &mut Tell<'_>) -> Option<Vec<usize>> {
    let before = tell.breaches.len();
    let due = &day.shift.breaks;
    if route.breaks.len() > due.len() {
        let says = format!("takes {} breaks of {}", route.breaks.len(), due.len());
        tell.route(BreachCode::BreakUnknown, says);
    }
    let mut taken = vec![0; day.stops.len() + 1];
    for (n, (pause, due)) in route.breaks.iter().zip(due).enumerate() {
        let (start, end) = (pause.start, pause.end);
        if end - start != due.length {
            let says = format!("break {n} takes {} s, expected {} s", (end - start).0, due.length.0);
            tell.route(BreachCode::BreakLength, says);
        }
        let inside = |window: &crate::ticket::Window| window.start <= start && start <= window.end;
        if start < day.shift.start || !due.windows.iter().any(inside) {
            let says = format!("break {n} starts at {}, outside its times or before the shift", start.0);
            tell.route(BreachCode::BreakWindow, says);
        }
        if n > 0 && start < route.breaks[n - 1].end {
            let says = format!("break {n} starts at {}, before the last has ended", start.0);
            tell.route(BreachCode::BreakOrder, says);
        }
        let gap = gap_of(route, pause);
        let works = gap > 0 && start < work_over(day, route, gap - 1);
        let leaves = gap == 0 && start < route.leave && route.leave < end;
        if works || leaves {
            let what = if works { "work" } else { "the departure" };
            let says = format!("break {n} from {} to {} overlaps {what}", start.0, end.0);
            tell.route(BreachCode::BreakOverlap, says);
        }
        if !day.rests(gap, n, n + 1) {
            let says = format!("break {n} is taken while the van carries more than it allows");
            tell.route(BreachCode::BreakLoad, says);
        }
        for over in &mut taken[gap..] {
            *over += 1;
        }
    }
    let listed = route.breaks.len().min(due.len());
    if !day.rest_is_possible(listed, route.back) {
        let says = format!(
            "{listed} of {} breaks are taken, and the rest are not possible after {}",
            due.len(),
            route.back.0
        );
        tell.route(BreachCode::BreakMissing, says);
    }
    (tell.breaches.len() == before).then_some(taken)
}

/// When the engineer reaches the place, and when they are ready to work there, having left at `left`
/// and taken these breaks on the road or on the spot.
fn reach(left: Moment, drive: Seconds, breaks: &[PlannedBreak]) -> (Moment, Moment) {
    let mut there = left + drive;
    let mut ready = there;
    for pause in breaks {
        // Before the departure, a break costs the drive nothing.
        if pause.end > left {
            if pause.start < there {
                there = there + (pause.end - pause.start);
            }
            ready = there.max(pause.end);
        }
    }
    (there, ready)
}

/// Checks every leg; arrivals only where the breaks are sound.
fn legs(day: &Day<'_>, route: &PlannedRoute, taken: Option<&[usize]>, tell: &mut Tell<'_>) {
    let mut left = route.leave;
    let mut first = 0;
    for (n, (stop, planned)) in day.stops.iter().zip(&route.stops).enumerate() {
        let id = &stop.ticket.id;
        if planned.drive != stop.drive.time {
            let says = format!("the drive is {} s, expected {} s", planned.drive.0, stop.drive.time.0);
            tell.stop(BreachCode::Drive, id, says);
        }
        if let Some(taken) = taken {
            let (there, ready) = reach(left, stop.drive.time, &route.breaks[first..taken[n]]);
            first = taken[n];
            if planned.arrival != there && planned.arrival != ready {
                let says = format!("arrives at {}, expected {}", planned.arrival.0, there.0);
                tell.stop(BreachCode::Arrival, id, says);
            }
            if planned.start < ready {
                let says = format!("starts at {}, ready only at {}", planned.start.0, ready.0);
                tell.stop(BreachCode::StartTooEarly, id, says);
            }
        }
        let inside = |window: &crate::ticket::Window| {
            window.start <= planned.start && planned.start <= window.end
        };
        if !stop.windows.iter().any(inside) {
            let says = format!("starts at {}, outside every window", planned.start.0);
            tell.stop(BreachCode::Window, id, says);
        }
        left = work_over(day, route, n);
        if planned.departure != left {
            let says = format!("departs at {}, expected {}", planned.departure.0, left.0);
            tell.stop(BreachCode::Departure, id, says);
        }
    }
    if route.drive_back != day.drive_back.time {
        let (found, right) = (route.drive_back.0, day.drive_back.time.0);
        tell.route(BreachCode::Drive, format!("the drive back is {found} s, expected {right} s"));
    }
    if taken.is_some() {
        let (_, back) = reach(left, day.drive_back.time, &route.breaks[first..]);
        if route.back != back {
            let says = format!("is back at {}, expected {}", route.back.0, back.0);
            tell.route(BreachCode::Return, says);
        }
    }
}

/// How a feasible schedule differs from the one that the two steps give, if it does.
fn not_the_schedule(day: &Day<'_>, route: &PlannedRoute, taken: &[usize]) -> Option<String> {
    let prompt = day.departure(true);
    let punctual = prompt.is_some();
    let departure = prompt.or_else(|| day.departure(false))?;
    let best = day.earliest_return(punctual, None)?;
    let late = day.stops.iter().zip(&route.stops).find(|(stop, planned)| {
        planned.start > stop.ticket.respond_by || planned.start + stop.work > stop.ticket.resolve_by
    });
    if punctual && let Some((stop, _)) = late {
        return Some(format!("ticket {:?} is late, but nothing need be late", stop.ticket.id));
    }
    if route.back != best {
        return Some(format!("is back at {}, the earliest such schedule at {}", route.back.0, best.0));
    }
    let (starts, _) = day.simulate(departure, taken)?;
    for ((stop, planned), start) in day.stops.iter().zip(&route.stops).zip(starts) {
        if planned.start != start {
            let id = &stop.ticket.id;
            return Some(format!("ticket {id:?} starts at {}, could at {}", planned.start.0, start.0));
        }
    }
    if day.return_from(departure, punctual, Some(taken)) == Some(best) {
        return Some(format!("a break could be taken later with the same return at {}", best.0));
    }
    let first = route.stops.first()?;
    let breaks = &day.shift.breaks[..taken[0]];
    let leave = cross_back(breaks, first.start, day.stops[0].drive.time)?;
    (route.leave < leave)
        .then(|| format!("leaves at {}, the first start allows {}", route.leave.0, leave.0))
}
