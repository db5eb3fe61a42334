//! Skill charges for levels off the preferred one: below it the work is done less well, above it an
//! expert is missing elsewhere.

use super::{Tariff, part_of};
use crate::engineer::Shift;
use crate::fit::skill;
use crate::policy::Policy;
use crate::ticket::Ticket;
use crate::units::Seconds;

/// The price of this shift's engineer doing the ticket.
pub fn price(tariff: &Tariff, policy: &Policy, ticket: &Ticket, shift: &Shift) -> Seconds {
    part_of(tariff.skill, 1.0 - skill::factor(&policy.skill, ticket, shift))
}
