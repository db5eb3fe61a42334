//! `/v1/sla`: which promises run out next.

use axum::extract::State;
use paidan_engine::wire::rfc3339;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::Asking;
use crate::access::Caller;
use crate::body::JsonText;
use crate::live::{SlaAlertDoc, SlaPromiseDoc, TicketRecordDoc, TicketStateDoc, colour, used};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::{Kind, Record};

/// A promise that is not kept yet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaItem, examples(json!({
    "ticket": "T1", "state": "assigned", "engineers": ["ana"], "sla": "resolve",
    "by": "2026-03-02T17:00:00-05:00", "used": 0.42, "colour": "#23c91d", "alerts": []
})))]
pub struct SlaItemDoc {
    /// The ticket.
    pub ticket: String,
    /// Where it is in its life.
    pub state: TicketStateDoc,
    /// Who is to go, or there.
    pub engineers: Vec<String>,
    /// Which promise.
    pub sla: SlaPromiseDoc,
    /// By when it is to be kept; RFC 3339.
    #[schema(format = DateTime)]
    pub by: String,
    /// The share of its time that is used; more than 1 once it is missed.
    #[schema(minimum = 0)]
    pub used: f64,
    /// The same as a colour, `#rrggbb`: blue at 0, red from 1 on.
    pub colour: String,
    /// What was told of it.
    pub alerts: Vec<SlaAlertDoc>,
}

/// The promises that run out next.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaBoard, examples(json!({"now": "2026-03-02T10:00:00-05:00", "all": 0, "items": []})))]
pub struct SlaBoardDoc {
    /// The desk's time; RFC 3339.
    #[schema(format = DateTime)]
    pub now: String,
    /// How many tickets have one.
    pub all: usize,
    /// The first of them, in the order in which they run out.
    pub items: Vec<SlaItemDoc>,
}

/// Lists the promises that run out next
///
/// Of every ticket that is not done: by when work is to have begun, and to have ended. `O(n log n)` in these.
///
/// # Errors
/// A list that is too long; no fleet.
#[utoipa::path(
    get, path = "/v1/sla", tag = "tickets",
    params(("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")),
    responses((status = 200, description = "The first of them.", body = SlaBoardDoc)),
    extensions(("x-refusals" = json!(["read", "flawed-input", "no-fleet"])))
)]
pub async fn list_sla(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&[])?;
    let most = asking.limit(state.config.page)?;
    let read = move || {
        let tenant = &caller.tenant;
        let (now, offset_s, all, first) = tenant.look(|fleet| {
            let all = fleet.running_out();
            // Each has at least one promise that runs out before all those of later ones.
            let first: Vec<String> = all.iter().take(most).map(|(_, id)| (*id).to_owned()).collect();
            Ok((fleet.clock_now(), fleet.offset_s(), all.len(), first))
        })?;
        let mut items = Vec::new();
        for id in first {
            let record = tenant.read(|read, tenant| read.record(tenant, Kind::Ticket, &id))?;
            let record = record.as_ref().map(Record::document::<TicketRecordDoc>).transpose()?;
            let Some(record) = record else { continue };
            let known = tenant.look(|fleet| Ok(fleet.promises(&record)))?;
            let (reported, promises) = known.unwrap_or_default();
            for (sla, by) in promises {
                let used = used(reported, by, now);
                items.push((
                    by,
                    SlaItemDoc {
                        ticket: record.id.clone(),
                        state: record.state,
                        engineers: record.engineers.clone(),
                        sla,
                        by: rfc3339(by, offset_s),
                        used,
                        colour: colour(used),
                        alerts: record.alerts.iter().filter(|alert| alert.sla == sla).cloned().collect(),
                    },
                ));
            }
        }
        items.sort_by_key(|(by, _)| *by);
        items.truncate(most);
        let items = items.into_iter().map(|(_, item)| item).collect();
        JsonText::ok(&SlaBoardDoc { now: rfc3339(now, offset_s), all, items })
    };
    state.quick.run(read).await
}
