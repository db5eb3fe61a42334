//! `/v1/positions`: where engineers were seen.

use axum::extract::State;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::units::Moment;
use paidan_engine::wire::{moment, read_document};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{Asking, PageDoc, page};
use crate::access::{Caller, Role};
use crate::body::{JsonBody, JsonText};
use crate::live::{Entry, PositionDoc};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;
use crate::text::quoted;

/// Where some engineers were seen.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PositionsSent, examples(json!({"positions": [
    {"engineer": "ana", "lat": 39.12, "lon": -84.43, "at": "2026-03-02T09:41:00-05:00"}
]})))]
pub struct PositionsBody {
    /// One for each engineer; at most as many as the limit `engineers` says.
    pub positions: Vec<PositionDoc>,
}

/// What of it was news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PositionsTaken, examples(json!({"taken": 1, "older": 0})))]
pub struct PositionsTakenDoc {
    /// Positions that count from now on.
    pub taken: usize,
    /// Positions of engineers who were seen later than that.
    pub older: usize,
}

/// Tells where engineers are
///
/// For whole groups at a time: a shift under way goes on from there, and who is closer is reckoned from there, within a
/// second or two. The latest counts, in whatever order they come.
///
/// # Errors
/// Flaws, all at once, and then none is taken.
#[utoipa::path(
    post, path = "/v1/positions", tag = "fleet", request_body = PositionsBody,
    responses((status = 200, description = "What of it was news.", body = PositionsTakenDoc)),
    extensions(("x-refusals" = json!(["write", "no-fleet"])))
)]
pub async fn send_positions(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let body: PositionsBody =
        state.threads_for(bytes.len()).run(move || Ok(read_document(&bytes)?)).await?;
    let most = state.config.engineers;
    if body.positions.len() > most {
        let found = format!("{} positions are more than {most}", body.positions.len());
        return Err(Refusal::flaw(Code::TooLarge, "positions", found, "send them in parts"));
    }
    if let Some(own) = &caller.engineer
        && body.positions.iter().any(|position| position.engineer != *own)
    {
        return Err(Refusal::Forbidden(Role::Engineer));
    }
    caller.tenant.write(by, move |entry| take(entry, &body)).await
}

fn take(entry: &mut Entry<'_>, body: &PositionsBody) -> Result<JsonText, Refusal> {
    let moments = sound(entry, body)?;
    let mut taken = Vec::new();
    for (position, at) in body.positions.iter().zip(moments) {
        if entry.put_position(&position.engineer, position.place(), at)? {
            taken.push(position);
        }
    }
    if !taken.is_empty() {
        entry.tell("engineers.moved", "", &json!({"positions": taken}))?;
    }
    let (taken, all) = (taken.len(), body.positions.len());
    JsonText::ok(&PositionsTakenDoc { taken, older: all - taken })
}

/// When each was seen, if all are sound.
fn sound(entry: &mut Entry<'_>, body: &PositionsBody) -> Result<Vec<Moment>, Refusal> {
    let fleet = entry.fleet()?;
    let (mut flaws, mut moments) = (Vec::new(), Vec::new());
    for (n, position) in body.positions.iter().enumerate() {
        let mut flaw = |code, key: &str, found: String, fix: &str| {
            let path = format!("positions[{n}]{key}");
            flaws.push(Flaw::new(code, path, found, fix).of(&position.engineer));
        };
        if fleet.engineer(&position.engineer).is_none() {
            let found = format!("there is no engineer {}", quoted(&position.engineer));
            flaw(Code::UnknownReference, ".engineer", found, "name an engineer of the roster");
        }
        if fleet.desk().problem().locate(&position.place()).is_none() {
            let found = "this is no place by the fleet's travel".to_owned();
            flaw(
                Code::NoPlace,
                "",
                found,
                "give \"lat\" and \"lon\" in degrees, or the \"row\" of its table",
            );
        }
        let at = position.at.as_deref().map_or(Some(fleet.now()), moment);
        if at.is_none() {
            let found = format!("{} is no moment", quoted(position.at.as_deref().unwrap_or_default()));
            flaw(Code::BadTime, ".at", found, "write it as 2026-03-02T09:30:00+01:00");
        }
        // Nobody was seen in the future.
        moments.push(at.unwrap_or(fleet.now()).min(fleet.now()));
    }
    if flaws.is_empty() { Ok(moments) } else { Err(Refusal::Flawed(flaws)) }
}

/// Lists where engineers were seen last
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/positions", tag = "fleet",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of the engineers' ids.", body = PageDoc<PositionDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_positions(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&[])?;
    page(&state, caller, Kind::Position, None, asking).await
}
