//! Amounts of parts and of room, checked.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{Register, checks, limits};
use crate::flaw::{Code, Flaw};
use crate::ids::{GoodIx, Index, Names, RoomIx};
use crate::ticket::TicketDraft;

/// Amounts of parts by index, ascending.
pub(super) fn parts(
    register: &Register,
    list: &[(String, i64)],
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Box<[(GoodIx, i64)]> {
    amounts(&register.goods, GoodIx::UNKNOWN, (list, limits::GOODS), path, id, flaws).into()
}

/// Amounts of room by index, ascending.
pub(super) fn rooms(
    register: &Register,
    list: &[(String, i64)],
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Vec<(RoomIx, i64)> {
    amounts(&register.rooms, RoomIx::UNKNOWN, (list, limits::GOODS), path, id, flaws)
}

/// Capacities by index, ascending.
pub(super) fn capacities(
    register: &Register,
    list: &[(String, i64)],
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Vec<(RoomIx, i64)> {
    amounts(&register.rooms, RoomIx::UNKNOWN, (list, limits::CAPACITY), path, id, flaws)
}

/// Checks that there are not too many rooms with those that only one more ticket names.
pub(super) fn new_rooms(register: &Register, ticket: &TicketDraft, flaws: &mut Vec<Flaw>) {
    let named = ticket.delivers.iter().chain(&ticket.demand).map(|(name, _)| name.as_str());
    let new: BTreeSet<&str> = named.filter(|name| register.rooms.get(name).is_none()).collect();
    if !new.is_empty() {
        checks::rooms_at("ticket", &ticket.id, register.rooms.len() + new.len(), flaws);
    }
}

fn amounts<I: Index + Ord>(
    names: &Names<I>,
    unknown: I,
    (list, most): (&[(String, i64)], i64),
    path: &dyn Display,
    id: &str,
    flaws: &mut Vec<Flaw>,
) -> Vec<(I, i64)> {
    checks::list(path, id, list.len(), limits::LIST, flaws);
    let mut amounts = Vec::with_capacity(list.len());
    for (name, amount) in list {
        if !(0..=most).contains(amount) {
            flaws.push(
                Flaw::new(
                    Code::OutOfRange,
                    format!("{path}.{name}"),
                    format!("{amount} is not between 0 and {most}"),
                    "use a whole number inside that range",
                )
                .of(id),
            );
        }
        // What is out of range, and told, must not make sums of it overflow.
        let amount = (*amount).clamp(0, most);
        amounts.push((names.get(name).unwrap_or(unknown), amount));
    }
    amounts.sort_unstable();
    amounts
}

/// How much there is of every room; what is not named is none, what is named twice adds up. Rooms beyond
/// the limit, of which there is a flaw already, are left out.
pub(super) fn dense(rooms: &[(RoomIx, i64)], count: usize) -> Box<[i64]> {
    let mut dense = vec![0; count.min(limits::ROOMS)];
    for &(room, amount) in rooms {
        if let Some(cell) = dense.get_mut(room.at()) {
            *cell += amount;
        }
    }
    dense.into()
}
