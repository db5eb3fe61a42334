//! What a caller says, before anyone has looked at it.

use std::sync::Arc;

use crate::depot::DepotDraft;
use crate::engineer::EngineerDraft;
use crate::geo::Area;
use crate::policy::Policy;
use crate::ticket::TicketDraft;
use crate::units::Moment;
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
    /// Given tables, at least one; places name their rows, which are the same in all.
    Tables(Vec<Profile>),
}

/// A given table under the name by which engineers choose it.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The name.
    pub name: String,
    /// The table.
    pub table: Arc<Table>,
}

impl TravelSpec {
    /// One table for everybody.
    pub fn table(table: Table) -> TravelSpec {
        TravelSpec::Tables(vec![Profile { name: String::new(), table: Arc::new(table) }])
    }
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
    /// What driving costs, if it is not its time, in the units that [`Rates::drive`] is for.
    ///
    /// [`Rates::drive`]: crate::engineer::Rates::drive
    pub costs: Option<Vec<u32>>,
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
    /// Where parts can be fetched on the way.
    pub depots: Vec<DepotDraft>,
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
}
