//! `/v1/waves`: tickets given out together.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use paidan_engine::desk::{Desk, Wanted, Wave};
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits;
use paidan_engine::ticket::TicketDraft;
use paidan_engine::wire::document::ProblemDoc;
use paidan_engine::wire::wave::{QuotaDoc, TermsAsk, WaveDoc};
use paidan_engine::wire::{examples, read_document, ticket};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dispatch::{TicketAsk, asked_before};
use crate::access::Caller;
use crate::body::{JsonBody, JsonText};
use crate::live::{Entry, Fleet, Tenant, TicketRecordDoc, TicketStateDoc};
use crate::plans::on_threads;
use crate::refusal::Refusal;
use crate::state::{self, Shared};
use crate::store::{Kind, Record};
use crate::text::quoted;

/// Which tickets, and the terms on which they are given out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WaveRequest, examples(
    json!({"seats": 3}), one_new_ticket, json!({"emergencies": 1, "quotas": [{"territory": "north", "most": 20}]})
))]
pub struct WaveBody {
    /// New tickets, or ids of known ones; unless said otherwise all that are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<Vec<TicketAsk>>,
    /// How many tickets one engineer takes in a turn at most; 5 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, default = 5)]
    pub seats: Option<u32>,
    /// How many emergencies (`policy.emergency`) one engineer has at most, those promised already included; no limit
    /// unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergencies: Option<u32>,
    /// How many tickets each engineer should have at least, those promised already included. Each that somebody is short
    /// of costs an hour of driving; 0 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1000, default = 0)]
    pub least: Option<u32>,
    /// How many tickets are served of some territories at most, those promised already included; at most 200. Any two of
    /// them have no ticket in common, or one of them has all of the other's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 200)]
    pub quotas: Vec<QuotaDoc>,
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
/// Who takes which of many tickets, which is better than one after the other. With `commit` all that is answered is
/// promised at once; new tickets that nobody takes stay open with the fleet. If the policy allows it, emergencies that would
/// be left out or late displace promised work that has not begun.
///
/// # Errors
/// Flaws, also of tickets that are unknown, promised already or asked for twice, and of quotas that overlap; no fleet.
#[utoipa::path(
    post, path = "/v1/waves", tag = "tickets", request_body = WaveBody,
    responses((status = 200, description = "Who takes which ticket.", body = WaveDoc<'static>)),
    extensions(("x-refusals" = json!(["long-write", "no-fleet"])))
)]
pub async fn give_out(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    state.waves.run(move || answer(&own, &caller, &bytes)).await
}

fn answer(state: &state::State, caller: &Caller, body: &[u8]) -> Result<JsonText, Refusal> {
    let by = caller.by(body);
    if let Some(answer) = caller.answered(&by)? {
        return Ok(answer);
    }
    let tenant = &caller.tenant;
    let WaveBody { tickets, seats, emergencies, least, quotas, commit, problem } = read_document(body)?;
    let least = least.unwrap_or(0);
    let of_fleet = problem.is_none().then_some(&**tenant);
    let question = Question {
        asked: tickets.map(|tickets| Asked::of(state, of_fleet, tickets)).transpose()?,
        terms: TermsAsk { seats, emergencies, least, quotas },
        threads: state.config.plan_threads,
    };
    if let Some(problem) = problem {
        if commit {
            let found = "a problem of its own is looked at, and the fleet is what promises".to_owned();
            let fix = "leave out commit, or the problem";
            return Err(Refusal::flaw(Code::Contradiction, "commit", found, fix));
        }
        let desk = Desk::new(state.inner_problem(&problem)?).map_err(state::inside)?;
        let (desk, wave) = question.on(desk)?;
        return written(&desk, &wave, false);
    }
    let question = Arc::new(question);
    let copy = |fleet: Option<&Fleet>| Ok(fleet.ok_or(Refusal::NoFleet)?.desk().clone());
    let own = Arc::clone(&question);
    let work = move |desk: Desk| {
        let (desk, wave) = own.on(desk)?;
        let text = written(&desk, &wave, commit)?;
        Ok((desk, wave.given.len(), text))
    };
    if !commit {
        let (_, _, text) = work(tenant.glance(copy)?)?;
        return Ok(text);
    }
    tenant.write_long(&by, copy, work, move |entry, (desk, given, text)| {
        take_over(entry, (desk, given), &question)?;
        Ok(text.at_version(entry.version()))
    })
}

/// Promises a wave, and writes down what it has changed.
fn take_over(
    entry: &mut Entry<'_>,
    (desk, given): (Desk, usize),
    question: &Question,
) -> Result<(), Refusal> {
    question.check_ended(entry)?;
    let fleet = entry.fleet()?;
    let before = fleet.desk().clone();
    fleet.take_over(desk, question.newcomers());
    let newcomers: Vec<String> = question.newcomers().map(|draft| draft.id).collect();
    entry.put_changes_since(&before, &newcomers.iter().map(String::as_str).collect())?;
    entry.tell("wave.given", "", &serde_json::json!({"given": given}))
}

/// What a wave is asked for.
struct Question {
    /// All that are open unless some are named.
    asked: Option<Asked>,
    terms: TermsAsk,
    threads: usize,
}

impl Question {
    /// The wave on a desk, and the desk after it.
    fn on(&self, desk: Desk) -> Result<(Desk, Wave), Refusal> {
        let wanted = match &self.asked {
            Some(asked) => asked.on(&desk)?,
            None => desk.open().map(Wanted::Known).collect(),
        };
        let terms = self.terms.on(desk.problem())?;
        // So that neither dispatches nor searches wait for the threads that everybody shares.
        Ok(on_threads(self.threads, || desk.wave(&wanted, &terms))?)
    }

    /// Whether tickets that came along have been taken in and closed while the wave was computed.
    fn check_ended(&self, entry: &Entry<'_>) -> Result<(), Refusal> {
        let mut flaws = Vec::new();
        for (n, draft) in self.asked.iter().flat_map(|asked| &asked.new) {
            let record = entry.ticket(&draft.id)?;
            flaws.extend(
                record
                    .filter(|record| !record.state.is_live())
                    .map(|record| is_closed(format!("tickets[{n}]"), &draft.id, record.state)),
            );
        }
        if flaws.is_empty() { Ok(()) } else { Err(Refusal::Flawed(flaws)) }
    }

    fn newcomers(&self) -> impl Iterator<Item = TicketDraft> {
        self.asked.iter().flat_map(|asked| asked.new.values().cloned())
    }
}

/// The tickets of a wave.
struct Asked {
    /// Their ids, in the order of the question.
    ids: Vec<String>,
    /// Those that came along or were asked about before, by their place in the question.
    new: BTreeMap<usize, TicketDraft>,
}

impl Asked {
    /// Reads them. An id may stand for a ticket of a tenant's fleet that was asked about before.
    fn of(
        state: &state::State,
        tenant: Option<&Tenant>,
        tickets: Vec<TicketAsk>,
    ) -> Result<Asked, Refusal> {
        let (count, most) = (tickets.len(), state.config.tickets);
        if count > most {
            let found = format!("{count} tickets are more than this service's limit of {most}");
            return Err(Refusal::flaw(Code::TooLarge, "tickets", found, "send several waves"));
        }
        let mut asked = Asked { ids: Vec::with_capacity(count), new: BTreeMap::new() };
        let mut flaws = Vec::new();
        for (n, one) in tickets.into_iter().enumerate() {
            let path = format!("tickets[{n}]");
            let (id, sent) = match one {
                TicketAsk::Known(id) => (id, None),
                TicketAsk::New(doc) => match ticket(*doc, &path) {
                    Ok(draft) => (draft.id.clone(), Some(draft)),
                    Err(more) => {
                        flaws.extend(more);
                        continue;
                    }
                },
            };
            let draft = match tenant {
                Some(tenant) => {
                    if let Some(state) = closed(tenant, &id)? {
                        flaws.push(is_closed(path, &id, state));
                        continue;
                    }
                    match sent {
                        None if !is_known(tenant, &id)? => asked_before(tenant, &id)?,
                        sent => sent,
                    }
                }
                None => sent,
            };
            asked.ids.push(id);
            asked.new.extend(draft.map(|draft| (n, draft)));
        }
        flaws.truncate(limits::FLAWS);
        if flaws.is_empty() { Ok(asked) } else { Err(Refusal::Flawed(flaws)) }
    }

    fn on<'a>(&'a self, desk: &Desk) -> Result<Vec<Wanted<'a>>, Refusal> {
        let mut flaws = Vec::new();
        let mut wanted = Vec::with_capacity(self.ids.len());
        for (n, id) in self.ids.iter().enumerate() {
            let known = desk.problem().register().tickets.get(id).map(Wanted::Known);
            match self.new.get(&n).map(Wanted::New).or(known) {
                Some(one) => wanted.push(one),
                None => flaws.push(
                    Flaw::new(
                        Code::UnknownReference,
                        format!("tickets[{n}]"),
                        format!("nobody asked about ticket {}", quoted(id)),
                        "send the ticket instead of its id",
                    )
                    .of(id),
                ),
            }
        }
        flaws.truncate(limits::FLAWS);
        if flaws.is_empty() { Ok(wanted) } else { Err(Refusal::Flawed(flaws)) }
    }
}

fn written(desk: &Desk, wave: &Wave, committed: bool) -> Result<JsonText, Refusal> {
    JsonText::ok(&WaveDoc::new(desk.problem(), wave, committed))
}

/// Whether the fleet has a ticket of this id.
fn is_known(tenant: &Tenant, id: &str) -> Result<bool, Refusal> {
    tenant.look(|fleet| Ok(fleet.ticket(id).is_some()))
}

/// What is wrong with a ticket that can be promised no more.
fn is_closed(path: String, id: &str, state: TicketStateDoc) -> Flaw {
    let found = format!("ticket {} is {}", quoted(id), state.as_str());
    Flaw::new(Code::UnknownReference, path, found, "leave it out").of(id)
}

/// In what state a ticket of this id is, if that is one in which it can be promised no more.
fn closed(tenant: &Tenant, id: &str) -> Result<Option<TicketStateDoc>, Refusal> {
    let record = tenant.read(|read, tenant| read.record(tenant, Kind::Ticket, id))?;
    let record = record.as_ref().map(Record::document::<TicketRecordDoc>).transpose()?;
    Ok(record.map(|record| record.state).filter(|state| !state.is_live()))
}
