//! `/v1/waves`: tickets given out together.

use std::collections::BTreeMap;

use axum::extract::State;
use paidan_engine::assign::Terms;
use paidan_engine::desk::{Desk, Wanted, Wave};
use paidan_engine::flaw::Code;
use paidan_engine::ids::TicketIx;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::document::ProblemDoc;
use paidan_engine::wire::wave::WaveDoc;
use paidan_engine::wire::{examples, read_document, ticket};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dispatch::TicketAsk;
use crate::body::{JsonBody, JsonText};
use crate::refusal::Refusal;
use crate::state::{self, Shared};

/// Which tickets, and how many of them for one engineer.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WaveRequest, examples(json!({"seats": 3}), one_new_ticket))]
pub struct WaveBody {
    /// New tickets, or ids of known ones; unless said otherwise all that are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<Vec<TicketAsk>>,
    /// How many tickets one engineer takes in a round at most; 5 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, default = 5)]
    pub seats: Option<u32>,
    /// Promise the tickets to the engineers; unless said otherwise nothing is promised.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(default = false)]
    pub commit: bool,
    /// A problem to look at in place of the fleet, for this once; nothing can be promised in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDoc>)]
    pub problem: Option<Box<RawValue>>,
}

fn one_new_ticket() -> serde_json::Value {
    serde_json::json!({"tickets": [examples::ticket()], "commit": true})
}

/// Gives tickets out together
///
/// Who takes which of many tickets, so that all of them together cost least, which beats one after the other. The
/// answer proves how good it is. With `commit` everybody is promised, or nobody.
///
/// # Errors
/// Flaws, also of tickets that are promised already or asked for twice; no fleet; an unknown ticket.
#[utoipa::path(
    post, path = "/v1/waves", tag = "tickets", request_body = WaveBody,
    responses((status = 200, description = "Who takes which ticket.", body = WaveDoc<'static>)),
    extensions(("x-refusals" = json!(["body", "queue", "no-fleet", "unknown-ticket"])))
)]
pub async fn give_out(
    State(state): State<Shared>,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    // Even a short question may be about all open tickets.
    state.bulk.run(move || answer(&own, &bytes)).await
}

fn answer(state: &state::State, body: &[u8]) -> Result<JsonText, Refusal> {
    let WaveBody { tickets, seats, commit, problem } = read_document(body)?;
    let seats = seats.unwrap_or(Terms::default().seats);
    if seats == 0 {
        let found = "0 is not at least 1".to_owned();
        let fix = "give engineers seats, or leave it out";
        return Err(Refusal::flaw(Code::OutOfRange, "seats", found, fix));
    }
    let terms = Terms { seats };
    let asked = tickets.map(|tickets| Asked::of(state, tickets)).transpose()?;
    if let Some(problem) = problem {
        if commit {
            let found = "a problem of its own is looked at, and the fleet is what promises".to_owned();
            let fix = "leave out commit, or the problem";
            return Err(Refusal::flaw(Code::Contradiction, "commit", found, fix));
        }
        let desk = Desk::new(state.inner_problem(&problem)?).map_err(state::inside)?;
        let (desk, wave) = wave(&desk, asked.as_ref(), terms)?;
        return written(&desk, &wave, false);
    }
    if !commit {
        return state.store.look(|fleet| {
            let (desk, wave) = wave(fleet.desk(), asked.as_ref(), terms)?;
            written(&desk, &wave, false)
        });
    }
    let answer = state.store.change(|fleet| {
        let (desk, wave) = wave(fleet.desk(), asked.as_ref(), terms)?;
        let text = written(&desk, &wave, true)?;
        let new = asked.iter().flat_map(|asked| asked.new.values().cloned());
        fleet.take_over(desk, new);
        Ok(text)
    })?;
    for id in asked.iter().flat_map(|asked| &asked.ids) {
        state.store.forget(id);
    }
    Ok(answer)
}

/// The tickets of a wave.
struct Asked {
    /// Their ids, in the order of the question.
    ids: Vec<String>,
    /// Those that came along or were asked about before, by their place in the question.
    new: BTreeMap<usize, TicketDraft>,
}

impl Asked {
    fn of(state: &state::State, tickets: Vec<TicketAsk>) -> Result<Asked, Refusal> {
        let mut asked = Asked { ids: Vec::with_capacity(tickets.len()), new: BTreeMap::new() };
        let mut flaws = Vec::new();
        for (n, one) in tickets.into_iter().enumerate() {
            let draft = match one {
                TicketAsk::Known(id) => {
                    let draft = state.store.asked(&id);
                    asked.ids.push(id);
                    draft
                }
                TicketAsk::New(doc) => match ticket(*doc, &format!("tickets[{n}]")) {
                    Ok(draft) => {
                        asked.ids.push(draft.id.clone());
                        Some(draft)
                    }
                    Err(more) => {
                        flaws.extend(more);
                        continue;
                    }
                },
            };
            asked.new.extend(draft.map(|draft| (n, draft)));
        }
        if flaws.is_empty() { Ok(asked) } else { Err(Refusal::Flawed(flaws)) }
    }

    fn on<'a>(&'a self, desk: &Desk) -> Result<Vec<Wanted<'a>>, Refusal> {
        let known = |(n, id): (usize, &String)| match self.new.get(&n) {
            Some(draft) => Ok(Wanted::New(draft)),
            None => find(desk, id).map(Wanted::Known),
        };
        self.ids.iter().enumerate().map(known).collect()
    }
}

fn find(desk: &Desk, id: &str) -> Result<TicketIx, Refusal> {
    let known = desk.problem().register().tickets.get(id);
    known.ok_or_else(|| Refusal::UnknownTicket(id.to_owned()))
}

/// The wave of the tickets that were asked for, or of all that are open, and the desk after it.
fn wave(desk: &Desk, asked: Option<&Asked>, terms: Terms) -> Result<(Desk, Wave), Refusal> {
    let wanted = match asked {
        Some(asked) => asked.on(desk)?,
        None => desk.open().map(Wanted::Known).collect(),
    };
    Ok(desk.wave(&wanted, terms)?)
}

fn written(desk: &Desk, wave: &Wave, committed: bool) -> Result<JsonText, Refusal> {
    JsonText::ok(&WaveDoc::new(desk.problem(), wave, committed))
}
