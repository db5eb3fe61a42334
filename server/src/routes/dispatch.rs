//! `/v1/dispatch`: who should take this ticket?

use std::fmt;

use axum::extract::State;
use paidan_engine::desk::{self, Desk};
use paidan_engine::dispatch::{Ask, Decision};
use paidan_engine::flaw::Code;
use paidan_engine::problem::Problem;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::decision::{Asked, DecisionDoc};
use paidan_engine::wire::document::{ProblemDoc, TicketDoc};
use paidan_engine::wire::{examples, read_document, ticket};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::body::{JsonBody, JsonText};
use crate::config::BULK_BYTES;
use crate::refusal::Refusal;
use crate::state::{self, Shared};

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
        "body", "queue", "no-fleet", "unknown-ticket", "already-promised"
    ])))
)]
pub async fn dispatch_ticket(
    State(state): State<Shared>,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    state.threads_for(bytes.len()).run(move || answer(&own, &bytes)).await
}

/// The answer to one question. Blocks.
///
/// # Errors
/// As [`dispatch_ticket`].
pub fn answer(state: &state::State, body: &[u8]) -> Result<JsonText, Refusal> {
    let DispatchBody { ticket: asked, top, problem } = read_document(body)?;
    let ask = ask(top, state.config.top)?;
    if let Some(problem) = problem {
        let desk = Desk::new(state.inner_problem(&problem)?).map_err(state::inside)?;
        return match asked {
            TicketAsk::Known(id) => known(&desk, &id, ask),
            TicketAsk::New(doc) => new(&desk, &ticket(*doc, "ticket")?, ask),
        };
    }
    match asked {
        TicketAsk::Known(id) => match state.store.asked(&id) {
            Some(draft) => state.store.look(|fleet| new(fleet.desk(), &draft, ask)),
            None => state.store.look(|fleet| known(fleet.desk(), &id, ask)),
        },
        TicketAsk::New(doc) => {
            let draft = ticket(*doc, "ticket")?;
            let answer = state.store.look(|fleet| new(fleet.desk(), &draft, ask))?;
            if body.len() < BULK_BYTES {
                // Larger ones must be sent again to be committed: what is kept has a bound in bytes, too.
                state.store.remember(draft);
            }
            Ok(answer)
        }
    }
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

fn new(desk: &Desk, draft: &TicketDraft, ask: Ask) -> Result<JsonText, Refusal> {
    match desk.dispatch(draft, ask) {
        Ok(decision) => written(desk.problem(), draft.into(), &decision),
        Err(refusal) => Err(refused(desk.problem(), draft.into(), refusal)),
    }
}

fn known(desk: &Desk, id: &str, ask: Ask) -> Result<JsonText, Refusal> {
    let problem = desk.problem();
    let Some(index) = problem.register().tickets.get(id) else {
        return Err(Refusal::UnknownTicket(id.to_owned()));
    };
    let asked = Asked::from(problem.ticket(index));
    match desk.dispatch_known(index, ask) {
        Ok(decision) => written(problem, asked, &decision),
        Err(refusal) => Err(refused(problem, asked, refusal)),
    }
}

fn written(problem: &Problem, asked: Asked<'_>, decision: &Decision) -> Result<JsonText, Refusal> {
    JsonText::ok(&DecisionDoc::new(problem, asked, decision))
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
