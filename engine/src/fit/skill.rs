//! Skill: is the engineer able, and is the level the one that the work wants?
//!
//! ```text
//! skill = mean over the required skills of
//!         1 - above_loss * levels above the preferred one
//!         1 - below_loss * levels below it                     (each floor 0)
//! ```
//! An expert on simple work costs as much as is lost when he is missing elsewhere; a level between the
//! required and the preferred one does the work, only less well.

use crate::engineer::Shift;
use crate::policy::SkillRates;
use crate::ticket::Ticket;

/// Whether every required skill is there at its required level, with a certificate that holds.
/// `O(needs log skills)`.
pub fn suffices(ticket: &Ticket, shift: &Shift) -> bool {
    ticket.requires.iter().all(|need| shift.level(need.skill) >= need.level)
}

/// The skill factor in 0..=1, for an engineer whose skills suffice; 1 without required skills.
pub fn factor(rates: &SkillRates, ticket: &Ticket, shift: &Shift) -> f64 {
    if ticket.requires.is_empty() {
        return 1.0;
    }
    let mut sum = 0.0;
    for need in &ticket.requires {
        let level = shift.level(need.skill);
        let above = f64::from(level.saturating_sub(need.preferred));
        let below = f64::from(need.preferred.saturating_sub(level));
        sum += (1.0 - rates.above_loss * above - rates.below_loss * below).max(0.0);
    }
    sum / ticket.requires.len() as f64
}
