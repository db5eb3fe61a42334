//! Preference charges for sending an engineer other than those whom the customer likes.

use super::Tariff;
use crate::ids::EngineerIx;
use crate::ticket::Ticket;
use crate::units::Seconds;

/// The price of `engineer` going.
pub fn price(tariff: &Tariff, ticket: &Ticket, engineer: EngineerIx) -> Seconds {
    if ticket.preferred.is_empty() || ticket.preferred.binary_search(&engineer).is_ok() {
        Seconds::ZERO
    } else {
        tariff.preference
    }
}
