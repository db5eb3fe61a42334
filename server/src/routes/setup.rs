//! `/v1/setup`: what a fleet has but once.

use axum::extract::State;
use paidan_engine::wire::document::{DepotDoc, ProblemDoc, TerritoryDoc, TravelDoc};
use paidan_engine::wire::{draft, problem_doc, read_document, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText};
use crate::live::{By, Clock, Entry, Fleet, NewFleet, ONLY, SetupDoc, usual_setup};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::{Kind, Record};
use crate::text::now_us;

/// What a fleet has but once, beside its policy.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Setup, examples(json!({
    "now": "2026-03-02T07:00:00-05:00", "travel": {"kind": "crow", "speed_kmh": 35.0, "detour": 1.3}
})))]
pub struct SetupBody {
    /// The fleet's clock, RFC 3339 with offset. In the years 1970 to 2199. Left as it is unless said otherwise; where there
    /// is no fleet yet, the service's own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub now: Option<String>,
    /// How travel times come about; as the crow flies at 35 km/h with a detour factor of 1.3 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel: Option<TravelDoc>,
    /// Areas that engineers can be bound to; none unless said otherwise. At most 2,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 2000)]
    pub territories: Vec<TerritoryDoc>,
    /// Where engineers can fetch parts on their way; nowhere unless said otherwise. At most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 16)]
    pub depots: Vec<DepotDoc>,
}

impl From<SetupDoc> for SetupBody {
    fn from(doc: SetupDoc) -> SetupBody {
        let ProblemDoc { now, travel, territories, depots, .. } = doc;
        SetupBody { now: Some(now), travel, territories, depots }
    }
}

/// Sets clock, travel, territories and depots
///
/// All but the clock is replaced, so whatever is left out has its default. Where there is no fleet yet, there is one
/// from then on, without engineers.
///
/// # Errors
/// Flaws, also of whoever counts on what is gone; promises that could not be kept; another version than the caller knows.
#[utoipa::path(
    put, path = "/v1/setup", tag = "fleet", request_body = SetupBody,
    params(("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")),
    responses((
        status = 200, description = "The setup as it is now.", body = SetupBody,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["long-write", "changed"])))
)]
pub async fn put_setup(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let put = move || {
        let body: SetupBody = read_document(&bytes)?;
        set(&caller, &by, expected, body)
    };
    state.bulk.run(put).await
}

/// What takes the place of the fleet.
enum After {
    Changed(Box<Fleet>),
    New(Box<NewFleet>),
}

fn set(caller: &Caller, by: &By, expected: Expected, body: SetupBody) -> Result<JsonText, Refusal> {
    let pace = caller.tenant.pace();
    let copy = |fleet: Option<&Fleet>| Ok(fleet.cloned());
    let work = move |fleet: Option<Fleet>| {
        let usual = usual_setup(0);
        let (now, offset_s) = fleet.as_ref().map_or((usual.now, usual.offset_s), |fleet| {
            (fleet.now(), fleet.desk().problem().offset_s())
        });
        let SetupBody { now: said, travel, territories, depots } = body.clone();
        let is_set = said.is_some();
        let now = said.unwrap_or_else(|| rfc3339(now, offset_s));
        let document = ProblemDoc { now, travel, territories, depots, ..problem_doc(&usual) };
        let setup = draft(document)?;
        let clock = is_set.then(|| Clock::new(setup.now, now_us(), pace));
        Ok(match fleet {
            Some(fleet) => After::Changed(Box::new(fleet.with_setup(setup, clock)?)),
            None => After::New(Box::new(NewFleet::new(setup)?)),
        })
    };
    let put = move |entry: &mut Entry<'_>, after: After| {
        let record = entry.record(Kind::Setup, ONLY)?;
        expected.check(record.as_ref())?;
        match after {
            After::Changed(after) => {
                let doc = problem_doc(&after.setup());
                let clock = after.clock().document(after.offset_s());
                *entry.fleet()? = *after;
                entry.put(Kind::Clock, (ONLY, ""), &clock)?;
                entry.put(Kind::Setup, (ONLY, ""), &SetupDoc { policy: None, ..doc })?;
                entry.tell("setup.changed", "", &json!({}))?;
                // At another time other things are due.
                entry.outgrow();
            }
            After::New(new) => {
                entry.replace_fleet(*new)?;
            }
        }
        let now = entry.fleet()?.now_text();
        let record = entry.record(Kind::Setup, ONLY)?.ok_or(Refusal::Bug)?;
        told(&record, now)
    };
    caller.tenant.write_long(by, copy, work, put)
}

/// The record says what its clock was set to; what it shows by now is what people ask for.
fn told(record: &Record, now: String) -> Result<JsonText, Refusal> {
    let setup = SetupBody { now: Some(now), ..SetupBody::from(record.document::<SetupDoc>()?) };
    Ok(JsonText::ok(&setup)?.at_version(record.version))
}

/// Tells clock, travel, territories and depots
///
/// # Errors
/// There is no fleet.
#[utoipa::path(
    get, path = "/v1/setup", tag = "fleet",
    responses((
        status = 200, description = "The setup.", body = SetupBody,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "no-fleet"])))
)]
pub async fn get_setup(State(state): State<Shared>, caller: Caller) -> Result<JsonText, Refusal> {
    let read = move || {
        let record = caller.tenant.read(|read, tenant| read.record(tenant, Kind::Setup, ONLY))?;
        let now = caller.tenant.look(|fleet| Ok(fleet.clock_text()))?;
        told(&record.ok_or(Refusal::NoFleet)?, now)
    };
    state.bulk.run(read).await
}
