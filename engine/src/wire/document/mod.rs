//! The document a caller sends, field by field: the same on the command line and over HTTP.
//!
//! Keys are those of the public format; unknown keys are refused. Times are RFC 3339 with offset,
//! lengths end in `_s`.

mod area;
mod depot;
mod policy;
mod reading;
mod roster;
mod travel;
mod work;

pub use area::{AreaDoc, TerritoryDoc};
pub use depot::DepotDoc;
pub use policy::{
    AlertRatesDoc, BindingRatesDoc, EmergencyRatesDoc, EscalationDoc, FollowUpRatesDoc, HistoryRatesDoc,
    LatenessRatesDoc, OtherwiseDoc, OvertimeRatesDoc, PolicyDoc, SkillRatesDoc, SlaLengthsDoc,
    UrgencyRatesDoc, WeightsDoc,
};
pub use roster::{
    BreakDoc, CertificateDoc, EngineerDoc, PlaceDoc, RatesDoc, ShiftDoc, SkillDoc, SpanDoc,
};
pub use travel::{TableDoc, TravelDoc};
pub use work::{
    BegunDoc, ConversationDoc, LevelsDoc, NeedDoc, PeopleDoc, PinDoc, SlaDoc, TandemDoc, TicketDoc,
    TicketTypeDoc, VisitDoc,
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::limits;
use crate::wire::examples;
pub(in crate::wire) use reading::{SEPARATOR, at_most, distinct};

/// A whole problem.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Problem, examples(examples::problem))]
pub struct ProblemDoc {
    /// The time of the question, RFC 3339 with offset; nothing is planned before it. In the years 1970 to
    /// 2199.
    #[schema(format = DateTime)]
    pub now: String,
    /// How travel times come about; as the crow flies at 35 km/h with a detour factor of 1.3 unless said
    /// otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel: Option<TravelDoc>,
    /// Areas that engineers can be bound to; none unless said otherwise. At most 2,000.
    #[serde(
        default,
        deserialize_with = "at_most::<{ limits::TERRITORIES }, _, _>",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 2000)]
    pub territories: Vec<TerritoryDoc>,
    /// Where engineers can fetch parts on their way; nowhere unless said otherwise. At most 16.
    #[serde(
        default,
        deserialize_with = "at_most::<{ limits::DEPOTS }, _, _>",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 16)]
    pub depots: Vec<DepotDoc>,
    /// The roster. At most 200,000 on the command line; the service takes as many as its limit `engineers`
    /// says.
    #[serde(default, deserialize_with = "at_most::<{ limits::ENGINEERS }, _, _>")]
    #[schema(max_items = 200_000)]
    pub engineers: Vec<EngineerDoc>,
    /// Open tickets, and those of promised routes. At most 1,000,000 on the command line; the service takes
    /// as many as its limit `tickets` says.
    #[serde(default, deserialize_with = "at_most::<{ limits::TICKETS }, _, _>")]
    #[schema(max_items = 1_000_000)]
    pub tickets: Vec<TicketDoc>,
    /// The history: what repeats, binding and chances are learnt from. At most 5,000,000.
    #[serde(
        default,
        deserialize_with = "at_most::<{ limits::VISITS }, _, _>",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 5_000_000)]
    pub visits: Vec<VisitDoc>,
    /// Routes already promised; at most one for each shift. A ticket stands in one of them at most.
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
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromisedRoute, examples(json!({"engineer": "ana", "shift": 0, "tickets": ["T1"]})))]
pub struct RouteDoc {
    /// The engineer's id.
    #[schema(min_length = 1, max_length = 200)]
    pub engineer: String,
    /// Which of the engineer's shifts, counted from 0 as they are listed; 0 unless said otherwise.
    #[serde(default)]
    #[schema(required = false, default = 0)]
    pub shift: u32,
    /// Ids of tickets, in the order in which they are served.
    pub tickets: Vec<String>,
}
