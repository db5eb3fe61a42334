//! What is stored of a fleet, beside the engine's own documents.

use paidan_engine::engineer::PlaceDraft;
use paidan_engine::geo::LatLon;
use paidan_engine::wire::document::{ProblemDoc, TicketDoc};
use paidan_engine::wire::examples;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sla::SlaAlertDoc;
use crate::store::Kind;

/// What a fleet has but once: a problem without its lists and its policy.
pub type SetupDoc = ProblemDoc;

/// The one record of its kind.
pub const ONLY: &str = "current";

/// Where a ticket is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TicketState, examples("assigned"))]
pub enum TicketStateDoc {
    /// It waits to be promised to somebody.
    Open,
    /// Somebody is to go.
    Assigned,
    /// They know of it and will.
    Accepted,
    /// They are on their way.
    EnRoute,
    /// They have begun.
    OnSite,
    /// They have ended; there is a visit.
    Done,
    /// The customer has rated the visit.
    Rated,
    /// It is closed.
    Archived,
    /// It is not wanted any more.
    Cancelled,
}

impl TicketStateDoc {
    /// All of them.
    pub const ALL: [TicketStateDoc; 9] = {
        use TicketStateDoc::{
            Accepted, Archived, Assigned, Cancelled, Done, EnRoute, OnSite, Open, Rated,
        };
        [Open, Assigned, Accepted, EnRoute, OnSite, Done, Rated, Archived, Cancelled]
    };

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            TicketStateDoc::Open => "open",
            TicketStateDoc::Assigned => "assigned",
            TicketStateDoc::Accepted => "accepted",
            TicketStateDoc::EnRoute => "en_route",
            TicketStateDoc::OnSite => "on_site",
            TicketStateDoc::Done => "done",
            TicketStateDoc::Rated => "rated",
            TicketStateDoc::Archived => "archived",
            TicketStateDoc::Cancelled => "cancelled",
        }
    }

    /// Whether it is on the desk.
    pub fn is_live(self) -> bool {
        self < TicketStateDoc::Done
    }

    /// Whether somebody is to go, or there already.
    pub fn is_promised(self) -> bool {
        self.is_live() && self != TicketStateDoc::Open
    }

    /// Whether somebody is on the way, or there.
    pub fn has_begun(self) -> bool {
        matches!(self, TicketStateDoc::EnRoute | TicketStateDoc::OnSite)
    }

    /// Whether a ticket may go from this state to that one by being told so. Steps between `assigned` and `done` may be
    /// left out, since not everybody tells each; whoever is promised a ticket may give it back before they begin.
    pub fn may_become(self, next: TicketStateDoc) -> bool {
        use TicketStateDoc::{Archived, Cancelled, Done, EnRoute, Open, Rated};
        match next {
            // By a commit alone.
            TicketStateDoc::Assigned => false,
            Open => self.is_promised() && self <= EnRoute,
            TicketStateDoc::Accepted | EnRoute | TicketStateDoc::OnSite | Done => {
                self.is_promised() && self < next
            }
            Rated => self == Done,
            Archived => matches!(self, Done | Rated | Cancelled),
            Cancelled => self.is_live(),
        }
    }

    /// What a ticket in this state may become by being told so.
    pub fn next(self) -> impl Iterator<Item = TicketStateDoc> {
        TicketStateDoc::ALL.into_iter().filter(move |next| self.may_become(*next))
    }
}

/// A step of a ticket's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketStep, examples(json!({"state": "assigned", "at": "2026-03-02T07:00:00-05:00", "by": "crm"})))]
pub struct TicketStepDoc {
    /// What it became.
    pub state: TicketStateDoc,
    /// When, by the fleet's clock; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who told so.
    pub by: String,
}

/// A ticket with its life.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketRecord, examples(example))]
pub struct TicketRecordDoc {
    /// The ticket's id.
    pub id: String,
    /// Where it is in its life.
    pub state: TicketStateDoc,
    /// Who goes, or went; of a crew all of them.
    pub engineers: Vec<String>,
    /// The decision by which they go, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// The plan by which they go, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// When whoever is on the way is expected to begin, or whoever is there to end if they run late; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expected: Option<String>,
    /// The visit in which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<String>,
    /// What was told of its SLA.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<SlaAlertDoc>,
    /// The number of the event by which it was opened: another one if it was closed and has come again.
    #[serde(default)]
    pub opened: u64,
    /// How it came here, from the first step on.
    pub life: Vec<TicketStepDoc>,
    /// What was asked for.
    pub ticket: TicketDoc,
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "id": "T1", "state": "open", "engineers": [], "opened": 7,
        "life": [{"state": "open", "at": "2026-03-02T07:00:00-05:00", "by": "crm"}],
        "ticket": examples::ticket()
    })
}

impl TicketRecordDoc {
    /// A ticket whose life begins.
    pub fn new(ticket: TicketDoc, at: String, by: &str, opened: u64) -> TicketRecordDoc {
        let first = TicketStepDoc { state: TicketStateDoc::Open, at, by: by.to_owned() };
        TicketRecordDoc {
            id: ticket.id.clone(),
            state: first.state,
            engineers: Vec::new(),
            decision: None,
            plan: None,
            expected: None,
            visit: None,
            alerts: Vec::new(),
            opened,
            life: vec![first],
            ticket,
        }
    }

    /// Takes note of what was told of its SLA. Of moments that are promised no more only the latest are kept.
    pub fn alert(&mut self, alert: SlaAlertDoc) {
        self.alerts.push(alert);
        let promised = |alert: &SlaAlertDoc| {
            let mut latest = self.alerts.iter().rev();
            latest.find(|known| known.sla == alert.sla).is_some_and(|known| known.by == alert.by)
        };
        let over = self.alerts.len().saturating_sub(ALERTS);
        let past = self.alerts.iter().position(|alert| !promised(alert));
        if let Some(past) = past.filter(|_| over > 0) {
            self.alerts.remove(past);
        }
    }

    /// Takes a step. Only of what has begun something is expected.
    pub fn step(&mut self, state: TicketStateDoc, at: String, by: &str) {
        self.state = state;
        self.expected.take_if(|_| !state.has_begun());
        self.life.push(TicketStepDoc { state, at, by: by.to_owned() });
    }
}

/// What a ticket keeps of what was told of its SLA, unless more is promised at once.
const ALERTS: usize = 64;

/// Where an engineer was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Position, examples(json!({
    "engineer": "ana", "lat": 39.12, "lon": -84.43, "at": "2026-03-02T09:41:00-05:00"
})))]
pub struct PositionDoc {
    /// The engineer's id.
    pub engineer: String,
    /// Latitude in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -90, maximum = 90)]
    pub lat: Option<f64>,
    /// Longitude in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -180, maximum = 180)]
    pub lon: Option<f64>,
    /// Row of the travel table, where the fleet has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// When, RFC 3339; now, by the desk's clock, unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub at: Option<String>,
}

impl PositionDoc {
    /// How a place is written down.
    pub fn new(engineer: &str, place: PlaceDraft, at: String) -> PositionDoc {
        let (lat, lon) = (place.point.map(|point| point.lat), place.point.map(|point| point.lon));
        PositionDoc { engineer: engineer.to_owned(), lat, lon, row: place.row, at: Some(at) }
    }

    /// The place.
    pub fn place(&self) -> PlaceDraft {
        let point = self.lat.zip(self.lon).map(|(lat, lon)| LatLon { lat, lon });
        PlaceDraft { point, row: self.row }
    }
}

/// The id of the record of a promised route.
pub fn route_id(engineer: &str, shift: u32) -> String {
    format!("{engineer}/{shift}")
}

/// Kinds of records that make a fleet.
pub const OF_FLEET: [Kind; 9] = [
    Kind::Setup,
    Kind::Clock,
    Kind::FollowUp,
    Kind::Position,
    Kind::Policy,
    Kind::Engineer,
    Kind::Ticket,
    Kind::Visit,
    Kind::Route,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_life_ends_and_only_legal_steps_lead_there() {
        use TicketStateDoc::{Archived, Assigned, Cancelled, Done, EnRoute, OnSite, Open, Rated};
        for state in TicketStateDoc::ALL {
            assert!(!state.may_become(state) && !state.may_become(Assigned), "{state:?}");
            assert_eq!(state.next().count() == 0, state == Archived, "{state:?}");
        }
        let next = |state: TicketStateDoc| state.next().collect::<Vec<_>>();
        assert_eq!(next(Open), [Cancelled]);
        assert_eq!(next(EnRoute), [Open, OnSite, Done, Cancelled]);
        assert_eq!(next(OnSite), [Done, Cancelled]);
        assert_eq!(next(Done), [Rated, Archived]);
        assert_eq!([next(Rated), next(Cancelled)], [[Archived], [Archived]]);
    }
}
