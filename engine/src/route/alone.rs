//! A whole route at once, of tickets that need not be the problem's: whether it could be at all.

use super::cargo::Cargo;
use super::gap::Way;
use super::schedule;
use super::stay::Stay;
use super::timeline::Step;
use crate::engineer::Shift;
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::travel::{Drive, Roads};
use crate::units::Seconds;

/// Whether a shift can serve these tickets and nothing else, in this order, each with the work time of its
/// engineer: by time, load and limits. `O(stops * (breaks^2 + rooms))`.
pub fn is_possible(
    problem: &Problem,
    roads: &Roads,
    shift: &Shift,
    stops: &[(&Ticket, Seconds)],
) -> bool {
    let mut at = shift.from.as_ref();
    let mut driven = Drive::NONE;
    let mut stays = Vec::with_capacity(stops.len());
    for &(ticket, work) in stops {
        let place = &ticket.place;
        let mut stay = Stay::new(ticket, work, ticket.setup_for(shift.class));
        if let Some(at) = at {
            let drive = roads.drive(&shift.car, at, place);
            stay.reach_by(drive, at.is_at(place));
            driven += drive;
        }
        stays.push(stay);
        at = Some(place);
    }
    let back = match (at, &shift.to) {
        (Some(at), Some(to)) => roads.drive(&shift.car, at, to),
        _ => Drive::NONE,
    };
    driven += back;
    let booked: Seconds = stays.iter().map(Stay::work).sum();
    let mut cargo = Cargo::default();
    cargo.set(problem.register().rooms.len(), stops.iter().map(|stop| stop.0), None);
    if stops.len() > shift.max_tickets as usize
        || booked > shift.max_work
        || driven.time > shift.max_drive
        || driven.metres > shift.max_metres
        || !cargo.fits(shift)
    {
        return false;
    }
    if shift.has_break_under_load() {
        for (position, stay) in stays.iter_mut().enumerate() {
            stay.reach_with(cargo.open(position, &shift.breaks));
        }
    }
    let steps: Vec<Step<'_>> = stays.iter().map(Stay::step).collect();
    let way_back = Way { drive: back.time, open: cargo.open(stops.len(), &shift.breaks) };
    // Where the span is limited, what is late for nobody can be shorter than what returns the earliest.
    schedule::late(shift, &steps, way_back).is_some()
        || shift.max_span.is_some() && schedule::on_time(shift, &steps, way_back).is_some()
}
