//! `/v1/dispatch`: who should take this ticket?

use std::fmt;
use std::sync::Arc;

use axum::extract::State;
use paidan_engine::desk::{self, Desk};
use paidan_engine::dispatch::Ask;
use paidan_engine::flaw::Code;
use paidan_engine::problem::Problem;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::decision::{Asked, DecisionDoc};
use paidan_engine::wire::document::{ProblemDoc, TicketDoc};
use paidan_engine::wire::{examples, read_document, ticket, ticket_doc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::commit::{Promised, as_is_now, promise};
use super::decisions::{self, DecisionRecordDoc, Made};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText};
use crate::live::{Entry, Tenant};
use crate::refusal::Refusal;
use crate::state::{self, Shared};
use crate::store::{Kind, Record};

/// A question: about a new ticket or one of the fleet's; or, with a problem, about one of its tickets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DispatchRequest, examples(json!({"ticket": "T1", "top": 1}), new_ticket))]
pub struct DispatchBody {
    /// The ticket, or the id of a known one.
    pub ticket: TicketAsk,
    /// How many offers, from 1 to the limit `top`; 5 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, default = 5)]
    pub top: Option<usize>,
    /// Promise the ticket to the engineer whom the decision chooses, at once; unless said otherwise nothing is promised.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(default = false)]
    pub commit: bool,
    /// Keep the decision, so that it can be looked at later and committed by naming its ticket; if not, nothing is written
    /// down and the answer comes sooner. It is kept unless said otherwise; one about a problem of its own never is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(default = true)]
    pub keep: Option<bool>,
    /// A problem to look at in place of the fleet, for this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDoc>)]
    pub problem: Option<Box<RawValue>>,
}

/// A ticket, or the id of one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = TicketOrId, examples("T1", examples::ticket))]
pub enum TicketAsk {
    /// The id of a ticket of the fleet or the problem.
    Known(String),
    /// A ticket of its own.
    New(Box<TicketDoc>),
}

fn new_ticket() -> serde_json::Value {
    serde_json::json!({"ticket": examples::ticket(), "top": 3})
}

impl<'de> Deserialize<'de> for TicketAsk {
    // By hand: serde's own untagged reading would buffer every ticket, and lose the paths of its flaws.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<TicketAsk, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = TicketAsk;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a ticket or the id of one")
            }
            fn visit_str<E>(self, id: &str) -> Result<TicketAsk, E> {
                Ok(TicketAsk::Known(id.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TicketAsk, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(TicketAsk::New)
            }
        }
        from.deserialize_any(Either)
    }
}

/// Who should take this ticket?
///
/// Ranked offers with their reasons, exact. Promises nothing. A new ticket is remembered, so that a commit
/// need only name it.
///
/// # Errors
/// Flaws; no fleet; an unknown ticket, or one that is promised already.
#[utoipa::path(
    post, path = "/v1/dispatch", tag = "tickets", request_body = DispatchBody,
    responses((status = 200, description = "The decision.", body = DecisionDoc<'static>)),
    extensions(("x-refusals" = json!([
        "write", "no-fleet", "unknown-ticket", "already-promised", "illegal-step", "nobody"
    ])))
)]
pub async fn dispatch_ticket(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let (own, tenant) = (state.clone(), Arc::clone(&caller.tenant));
    let step = state.threads_for(bytes.len()).run(move || answer(&own, &tenant, &bytes)).await?;
    match step {
        Step::Tell(answer) => Ok(answer),
        Step::Keep(made) => caller.tenant.write(by, |entry| kept(entry, *made)).await,
        Step::Commit { draft, by_name } => {
            let promise = move |entry: &mut Entry<'_>| {
                let draft = as_is_now(entry, *draft, by_name)?;
                dispatched_and_promised(entry, &draft)
            };
            caller.tenant.write(by, promise).await
        }
    }
}

/// What is left to do when a question has been read, and answered unless it is to be committed.
#[derive(Debug)]
pub enum Step {
    /// Tell the answer.
    Tell(JsonText),
    /// Keep it first.
    Keep(Box<Made>),
    /// Decide and promise.
    Commit {
        /// The ticket.
        draft: Box<TicketDraft>,
        /// Whether it was named only.
        by_name: bool,
    },
}

/// Reads a question, and answers it unless the answer is to be committed. Blocks.
///
/// # Errors
/// As [`dispatch_ticket`].
pub fn answer(state: &state::State, tenant: &Tenant, body: &[u8]) -> Result<Step, Refusal> {
    let DispatchBody { ticket: asked, top, commit, keep, problem } = read_document(body)?;
    let ask = ask(top, state.config.top)?;
    if let Some(problem) = problem {
        if commit || keep == Some(true) {
            let found = "a problem of its own is looked at, and the fleet is what promises";
            let fix = "leave out commit and keep, or the problem";
            return Err(Refusal::flaw(Code::Contradiction, "problem", found, fix));
        }
        let desk = Desk::new(state.inner_problem(&problem)?).map_err(state::inside)?;
        let decision = match asked {
            TicketAsk::Known(id) => known(&desk, &id, ask),
            TicketAsk::New(doc) => new(&desk, &ticket(*doc, "ticket")?, ask),
        };
        return JsonText::ok(&decision?).map(Step::Tell);
    }
    let (draft, by_name) = match asked {
        TicketAsk::Known(id) => (wanted(tenant, &id)?, true),
        TicketAsk::New(doc) => (ticket(*doc, "ticket")?, false),
    };
    if commit {
        return Ok(Step::Commit { draft: Box::new(draft), by_name });
    }
    tenant.look(|fleet| {
        let (desk, draft) = (fleet.desk(), fleet.dated(&draft, fleet.clock_now()));
        let decision = new(desk, &draft, ask)?;
        if keep == Some(false) {
            return JsonText::ok(&decision).map(Step::Tell);
        }
        let ticket = ticket_doc(&draft, desk.problem().offset_s());
        Ok(Step::Keep(Box::new(Made { ticket, decision, policy: fleet.policy_version() })))
    })
}

/// The fleet's own ticket of this id, else the one that was asked about last.
///
/// # Errors
/// There is none; the store's trouble.
pub fn wanted(tenant: &Tenant, id: &str) -> Result<TicketDraft, Refusal> {
    if let Some(known) = tenant.look(|fleet| Ok(fleet.ticket(id).cloned()))? {
        return Ok(known);
    }
    asked_before(tenant, id)?.ok_or_else(|| Refusal::UnknownTicket(id.to_owned()))
}

/// The ticket of this id that was asked about last.
///
/// # Errors
/// The store's trouble.
pub fn asked_before(tenant: &Tenant, id: &str) -> Result<Option<TicketDraft>, Refusal> {
    let asked = tenant.read(|read, tenant| read.latest(tenant, Kind::Decision, id))?;
    let decision = asked.as_ref().map(Record::document::<DecisionRecordDoc>).transpose()?;
    Ok(decision.map(|decision| ticket(decision.ticket, "ticket")).transpose()?)
}

/// Keeps a decision and tells it.
fn kept(entry: &mut Entry<'_>, made: Made) -> Result<JsonText, Refusal> {
    let text = made.decision.get().to_owned();
    let id = decisions::keep(entry, made, false)?;
    told(&id, &text)
}

/// A decision with the id under which it is kept, which stands before all else.
fn told(id: &str, decision: &str) -> Result<JsonText, Refusal> {
    let rest = decision.strip_prefix('{').ok_or(Refusal::Bug)?;
    let mut answer = JsonText::ok(&())?;
    answer.text = format!("{{\"id\":\"{id}\",{rest}").into_bytes();
    Ok(answer.found_at(format!("/v1/decisions/{id}")))
}

fn dispatched_and_promised(entry: &mut Entry<'_>, draft: &TicketDraft) -> Result<JsonText, Refusal> {
    let Promised { decision, id, .. } = promise(entry, draft, None, &Expected::default())?;
    told(&id, &decision)
}

fn ask(top: Option<usize>, most: usize) -> Result<Ask, Refusal> {
    let default = Ask::default();
    let top = top.unwrap_or(default.top.min(most));
    if (1..=most).contains(&top) {
        return Ok(Ask { top, ..default });
    }
    let found = format!("{top} is not between 1 and {most}");
    Err(Refusal::flaw(Code::OutOfRange, "top", found, "ask for fewer offers, or leave it out"))
}

fn new(desk: &Desk, draft: &TicketDraft, ask: Ask) -> Result<Box<RawValue>, Refusal> {
    match desk.dispatch(draft, ask) {
        Ok(decision) => decisions::told(desk.problem(), draft.into(), &decision),
        Err(refusal) => Err(refused(desk.problem(), draft.into(), refusal)),
    }
}

fn known(desk: &Desk, id: &str, ask: Ask) -> Result<Box<RawValue>, Refusal> {
    let problem = desk.problem();
    let Some(index) = problem.register().tickets.get(id) else {
        return Err(Refusal::UnknownTicket(id.to_owned()));
    };
    let asked = Asked::from(problem.ticket(index));
    match desk.dispatch_known(index, ask) {
        Ok(decision) => decisions::told(problem, asked, &decision),
        Err(refusal) => Err(refused(problem, asked, refusal)),
    }
}

/// A desk's refusal as the service tells it.
pub fn refused(problem: &Problem, asked: Asked<'_>, refusal: desk::Refusal) -> Refusal {
    match refusal {
        desk::Refusal::Flawed(flaws) => Refusal::Flawed(flaws),
        desk::Refusal::AlreadyCommitted(shift) => Refusal::AlreadyPromised {
            ticket: asked.id.to_owned(),
            engineer: problem.engineer_id(shift).to_owned(),
        },
        desk::Refusal::NoOffer(decision) => {
            let doc = DecisionDoc::new(problem, asked, &decision);
            serde_json::value::to_raw_value(&doc).map_or(Refusal::Bug, Refusal::Nobody)
        }
    }
}
