//! `/v1/decisions`: answers to tickets, kept whole.

use axum::extract::State;
use paidan_engine::dispatch::Decision;
use paidan_engine::problem::Problem;
use paidan_engine::wire::decision::{Asked, DecisionDoc};
use paidan_engine::wire::document::TicketDoc;
use paidan_engine::wire::examples;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use super::pages::{Asking, one, page};
use crate::access::Caller;
use crate::body::{JsonText, Piece};
use crate::live::Entry;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;
use crate::text::timestamp;

/// A decision as it is kept: what was asked, what was answered, and by which policy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecisionRecord, examples(example))]
pub struct DecisionRecordDoc {
    /// Its id; later ones sort behind earlier ones.
    pub id: String,
    /// When it was written down; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who asked.
    pub by: String,
    /// Whether the chosen engineer was promised with it.
    pub committed: bool,
    /// The version of the policy that it was priced by: the number of the event that set it.
    pub policy: u64,
    /// What was asked for.
    pub ticket: TicketDoc,
    /// The answer, as it was given.
    #[schema(value_type = DecisionDoc<'static>)]
    pub decision: Box<RawValue>,
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "id": "000000000007", "at": "2026-03-02T12:00:00Z", "by": "crm", "committed": false, "policy": 1,
        "ticket": examples::ticket(), "decision": examples::decision()
    })
}

/// A decision that was made and is to be kept.
#[derive(Debug)]
pub struct Made {
    /// What was asked for.
    pub ticket: TicketDoc,
    /// The answer.
    pub decision: Box<RawValue>,
    /// The version of the policy that it was priced by.
    pub policy: u64,
}

/// The text of a decision, as it is answered but for its id.
///
/// # Errors
/// A bug: our documents can all be written.
pub fn told(problem: &Problem, asked: Asked<'_>, decision: &Decision) -> Result<Box<RawValue>, Refusal> {
    to_raw_value(&DecisionDoc::new(problem, asked, decision)).map_err(|_| Refusal::Bug)
}

/// The id under which a write keeps a decision.
pub fn next_id(entry: &Entry<'_>) -> String {
    format!("{:012}", entry.version())
}

/// Keeps a decision, and tells so. Returns its id.
///
/// # Errors
/// As [`Entry::put`].
pub fn keep(entry: &mut Entry<'_>, made: Made, committed: bool) -> Result<String, Refusal> {
    let id = next_id(entry);
    let Made { ticket, decision, policy } = made;
    let record = DecisionRecordDoc {
        id: id.clone(),
        at: timestamp(entry.at_us()),
        by: entry.actor().to_owned(),
        committed,
        policy,
        ticket,
        decision,
    };
    entry.put(Kind::Decision, (&id, &record.ticket.id), &record)?;
    entry.tell(
        "decision.made",
        &record.ticket.id,
        &serde_json::json!({"decision": id, "committed": committed}),
    )?;
    Ok(id)
}

/// Tells a decision
///
/// As it was given, whatever has changed since.
///
/// # Errors
/// An unknown decision.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", tag = "tickets",
    params(("id" = String, Path, description = "The decision's id.", example = "000000000002")),
    responses((status = 200, description = "The decision.", body = DecisionRecordDoc)),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_decision(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    one(&state, caller, (Kind::Decision, "decision"), id).await
}

/// Lists decisions
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/decisions", tag = "tickets",
    params(
        ("ticket" = Option<String>, Query, description = "Only those for this ticket."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of their ids.", body = super::pages::PageDoc<DecisionRecordDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_decisions(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&["ticket"])?;
    let ticket = asking.word("ticket")?.map(str::to_owned);
    page(&state, caller, Kind::Decision, ticket.as_deref(), asking).await
}
