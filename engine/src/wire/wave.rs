//! A wave as callers see it: who takes which ticket, what each gave way to, and the proof of each turn.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{PriceDoc, UnservedDoc};
use super::decision::OfferDoc;
use super::{examples, price_doc, unserved_doc};
use crate::desk::{GaveWay, Given, Turn, Wave};
use crate::ids::{EngineerIx, TicketIx};
use crate::problem::Problem;

/// Tickets given out together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Wave, examples(examples::wave))]
pub struct WaveDoc<'a> {
    /// Tickets that somebody takes, in the order of the question.
    pub given: Vec<GivenDoc<'a>>,
    /// Tickets that nobody takes, each with the reason.
    pub unserved: Vec<UnservedDoc>,
    /// Tickets that no wave can give out, since they need a crew, wait for others or come in pairs: plan them.
    pub aside: Vec<Cow<'a, str>>,
    /// Assignments one after another, each of all tickets that were open by then.
    pub turns: Vec<WaveTurnDoc>,
    /// What the routes cost more than before, and what the unserved tickets are worth.
    pub price: PriceDoc,
    /// Whether the promises were made; else this is what a commit would do now.
    pub committed: bool,
}

/// One ticket given out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GivenTicket, examples(examples::given))]
pub struct GivenDoc<'a> {
    /// The ticket's id.
    pub ticket: Cow<'a, str>,
    /// Who takes it, where and when. The price is what it adds to the route as that is after the wave, so
    /// the prices of tickets that share a route do not sum to what the route costs more.
    pub offer: OfferDoc<'a>,
    /// Engineers whom the ticket is bound to as a repeat, whom it would rather have first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub bound_to: Vec<Cow<'a, str>>,
    /// The engineer who would have been cheapest had the ticket come alone, if another one goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gave_way: Option<GaveWayDoc<'a>>,
}

/// Why a ticket does not go to the engineer who would be cheapest for it alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GaveWay, examples(json!({"engineer": "ana", "to": ["T2"], "price_alone_s": 610})))]
pub struct GaveWayDoc<'a> {
    /// That engineer's id.
    pub engineer: Cow<'a, str>,
    /// The tickets of the wave that they take instead; none if that was cheaper for all together even so.
    pub to: Vec<Cow<'a, str>>,
    /// What the ticket would have cost there alone, in seconds of driving.
    pub price_alone_s: i64,
}

/// One assignment of all tickets open by then, every one priced as if it came alone. Where objective and bound are
/// equal no other assignment with as many seats is cheaper, whoever takes whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WaveTurn, examples(json!({
    "open": 2, "given": 2, "pairs": 3, "components": 1,
    "objective": {"priority_lost": 0, "unserved": 0, "seconds": 1840},
    "bound": {"priority_lost": 0, "unserved": 0, "seconds": 1840}
})))]
pub struct WaveTurnDoc {
    /// Tickets that were open.
    pub open: u64,
    /// Tickets of them that found their place in a route.
    pub given: u64,
    /// What they cost together if each came alone, those left out included.
    pub objective: PriceDoc,
    /// What they cost so at least, whoever takes them.
    pub bound: PriceDoc,
    /// Pairs of ticket and engineer that came into question.
    pub pairs: u64,
    /// Groups of tickets that share no engineer with one another.
    pub components: u64,
}

impl<'a> WaveDoc<'a> {
    /// Writes a wave out. `O(tickets)`.
    pub fn new(problem: &'a Problem, wave: &Wave, committed: bool) -> WaveDoc<'a> {
        WaveDoc {
            given: wave.given.iter().map(|given| given_doc(problem, given)).collect(),
            unserved: wave.left.iter().map(|left| unserved_doc(problem, left)).collect(),
            aside: ids(problem, &wave.aside),
            turns: wave.turns.iter().map(turn_doc).collect(),
            price: price_doc(wave.price),
            committed,
        }
    }
}

fn ids<'a>(problem: &'a Problem, tickets: &[TicketIx]) -> Vec<Cow<'a, str>> {
    tickets.iter().map(|&ticket| Cow::Borrowed(&*problem.ticket(ticket).id)).collect()
}

fn engineer_id(problem: &Problem, engineer: EngineerIx) -> Cow<'_, str> {
    Cow::Borrowed(&problem.engineer(engineer).id)
}

fn given_doc<'a>(problem: &'a Problem, given: &Given) -> GivenDoc<'a> {
    GivenDoc {
        ticket: Cow::Borrowed(&problem.ticket(given.ticket).id),
        offer: OfferDoc::new(problem, 1, &given.offer),
        bound_to: given.bound_to.iter().map(|&engineer| engineer_id(problem, engineer)).collect(),
        gave_way: given.gave_way.as_ref().map(|gave_way| gave_way_doc(problem, gave_way)),
    }
}

fn gave_way_doc<'a>(problem: &'a Problem, gave_way: &GaveWay) -> GaveWayDoc<'a> {
    GaveWayDoc {
        engineer: engineer_id(problem, gave_way.engineer),
        to: ids(problem, &gave_way.to),
        price_alone_s: gave_way.price_alone.0,
    }
}

fn turn_doc(turn: &Turn) -> WaveTurnDoc {
    WaveTurnDoc {
        open: turn.open as u64,
        given: turn.given as u64,
        objective: price_doc(turn.objective),
        bound: price_doc(turn.bound),
        pairs: turn.pairs as u64,
        components: turn.components as u64,
    }
}
