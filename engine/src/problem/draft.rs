//! What a caller says, before anyone has looked at it.

use std::sync::Arc;

use crate::engineer::EngineerDraft;
use crate::geo::Area;
use crate::policy::Policy;
use crate::ticket::TicketDraft;
use crate::units::{Moment, Seconds};
use crate::visit::VisitDraft;

/// How travel times come about.
#[derive(Clone, Debug)]
pub enum TravelSpec {
    /// Great-circle metres, times a detour factor, by a speed.
    Crow {
        /// Speed in km/h.
        speed_kmh: f64,
        /// Road metres per metre as the crow flies.
        detour: f64,
    },
    /// A given table; places name their rows.
    Table(Arc<Table>),
}

impl Default for TravelSpec {
    fn default() -> TravelSpec {
        TravelSpec::Crow { speed_kmh: 35.0, detour: 1.3 }
    }
}

/// A square travel table, row by row: from the row's place to the column's.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Number of rows.
    pub size: usize,
    /// Seconds, `size * size` of them.
    pub seconds: Vec<u32>,
    /// Metres, if they were given.
    pub metres: Option<Vec<u32>>,
}

/// A territory as the caller names it.
#[derive(Clone, Debug)]
pub struct TerritoryDraft {
    /// The caller's id.
    pub id: String,
    /// Its area.
    pub area: Area,
}

/// A route that is already promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteDraft {
    /// The engineer.
    pub engineer: String,
    /// Which of the engineer's shifts, counted from 0 in the caller's order.
    pub shift: u32,
    /// The tickets in order.
    pub tickets: Vec<String>,
}

/// A whole document.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The time of the question; nothing is planned before it.
    pub now: Moment,
    /// Seconds east of UTC in which `now` was written.
    pub offset_s: i32,
    /// How travel times come about.
    pub travel: TravelSpec,
    /// Territories.
    pub territories: Vec<TerritoryDraft>,
    /// The roster.
    pub engineers: Vec<EngineerDraft>,
    /// Open tickets.
    pub tickets: Vec<TicketDraft>,
    /// The history.
    pub visits: Vec<VisitDraft>,
    /// Routes already promised.
    pub routes: Vec<RouteDraft>,
    /// Weights and rules.
    pub policy: Policy,
    /// The longest that a shift may be; `None` is a week, after which one shift a day was probably
    /// meant. Formats without a calendar count in units of their own and say more; 400 days at most.
    pub longest_shift: Option<Seconds>,
}
