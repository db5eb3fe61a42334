//! The document a caller sends, field by field: the same on the command line and over HTTP.
//!
//! Keys are those of the public format; unknown keys are refused. Times are RFC 3339 with offset,
//! lengths end in `_s`.

mod area;
mod policy;
mod reading;
mod roster;
mod travel;
mod work;

pub use area::{AreaDoc, TerritoryDoc};
pub use policy::{
    BindingRatesDoc, HistoryRatesDoc, LatenessRatesDoc, OtherwiseDoc, OvertimeRatesDoc, PolicyDoc,
    SkillRatesDoc, SlaLengthsDoc, UrgencyRatesDoc, WeightsDoc,
};
pub use roster::{
    BreakDoc, CertificateDoc, EngineerDoc, PlaceDoc, RatesDoc, ShiftDoc, SkillDoc, SpanDoc,
};
pub use travel::{TableDoc, TravelDoc};
pub use work::{
    ConversationDoc, LevelsDoc, NeedDoc, PeopleDoc, PinDoc, SlaDoc, TicketDoc, TicketTypeDoc, VisitDoc,
};

use serde::{Deserialize, Serialize};

use crate::problem::limits;
pub(in crate::wire) use reading::{SEPARATOR, at_most, distinct};

/// A whole problem.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemDoc {
    /// The time of the question; nothing is planned before it.
    pub now: String,
    /// How travel times come about; crow-fly at 35 km/h with detour 1.3 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel: Option<TravelDoc>,
    /// Areas that engineers can be bound to.
    #[serde(
        default,
        deserialize_with = "at_most::<{ limits::TERRITORIES }, _, _>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub territories: Vec<TerritoryDoc>,
    /// The roster.
    #[serde(default, deserialize_with = "at_most::<{ limits::ENGINEERS }, _, _>")]
    pub engineers: Vec<EngineerDoc>,
    /// Open tickets.
    #[serde(default, deserialize_with = "at_most::<{ limits::TICKETS }, _, _>")]
    pub tickets: Vec<TicketDoc>,
    /// The history.
    #[serde(
        default,
        deserialize_with = "at_most::<{ limits::VISITS }, _, _>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub visits: Vec<VisitDoc>,
    /// Routes already promised.
    #[serde(
        default,
        deserialize_with = "at_most::<{ limits::ENGINEERS * limits::SHIFTS_EACH }, _, _>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub routes: Vec<RouteDoc>,
    /// Weights and rules; whatever is left out has its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyDoc>,
}
/// A route already promised.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteDoc {
    /// The engineer.
    pub engineer: String,
    /// Which of the engineer's shifts, from 0.
    #[serde(default)]
    pub shift: u32,
    /// Ticket ids in order.
    pub tickets: Vec<String>,
}
