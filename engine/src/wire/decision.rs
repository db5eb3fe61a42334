//! A decision as callers see it: ranked offers, the chosen one and one sentence that says why.
//!
//! Ids are borrowed from the problem, and nothing is built twice: this document is answered once for
//! every phone call.

mod why;
pub mod words;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::ReceiptDoc;
use super::document::OtherwiseDoc;
use super::{examples, receipt_doc, rfc3339};
use crate::dispatch::{Decision, Offer, RuledOut, Rung, RungOutcome};
use crate::fit::Binding;
use crate::ids::{EngineerIx, ShiftIx};
use crate::problem::Problem;
use crate::ticket::{Ticket, TicketDraft};
use crate::units::Moment;

/// The ticket that a decision is about, as far as its answer speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The ticket's id.
    pub id: &'a str,
    /// How many engineers must start together.
    pub crew: u8,
    /// Whether it waits for other tickets.
    pub waits: bool,
    /// Whether it is one of a pair.
    pub paired: bool,
    /// Whether it is one of a tandem.
    pub in_tandem: bool,
}

impl<'a> From<&'a TicketDraft> for Asked<'a> {
    fn from(draft: &'a TicketDraft) -> Asked<'a> {
        Asked {
            id: &draft.id,
            crew: draft.crew,
            waits: !draft.after.is_empty(),
            paired: draft.follows.is_some(),
            in_tandem: draft.tandem.is_some(),
        }
    }
}

impl<'a> From<&'a Ticket> for Asked<'a> {
    fn from(ticket: &'a Ticket) -> Asked<'a> {
        Asked {
            id: &ticket.id,
            crew: ticket.crew,
            waits: !ticket.after.is_empty(),
            paired: ticket.half.is_some(),
            in_tandem: ticket.tandem.is_some(),
        }
    }
}

/// The answer to one ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Decision, examples(examples::decision))]
pub struct DecisionDoc<'a> {
    /// The id under which it is kept, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// The ticket's id.
    pub ticket: Cow<'a, str>,
    /// Its priority in points, 0 to 100, given or derived.
    #[schema(maximum = 100)]
    pub priority: u8,
    /// The repeat binding, or null if it does not apply.
    #[schema(required)]
    pub binding: Option<BindingDoc<'a>>,
    /// Offers, cheapest first; bound engineers who are not among the cheapest follow.
    pub offers: Vec<OfferDoc<'a>>,
    /// The engineer to send, or null if nobody can go.
    #[schema(required)]
    pub chosen: Option<Cow<'a, str>>,
    /// Why, in one sentence for people.
    pub why: Cow<'a, str>,
    /// The nearest engineers who cannot go, nearest first.
    pub ruled_out: Vec<RuledOutDoc<'a>>,
}

/// A repeat binding and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Binding, examples(json!({"ladder": [{"engineer": "ana", "outcome": "takes"}], "visits": 2, "otherwise": "relax"})))]
pub struct BindingDoc<'a> {
    /// The bound engineers in turn; whoever takes the ticket ends it.
    pub ladder: Vec<RungDoc<'a>>,
    /// Earlier visits for the same issue inside the policy's window.
    pub visits: u32,
    /// Whether others may go when no bound engineer can come in time.
    pub otherwise: OtherwiseDoc,
}

/// What became of one bound engineer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rung, examples(json!({"engineer": "ana", "outcome": "too-late", "would_start": "2026-03-02T18:30:00-05:00"})))]
pub struct RungDoc<'a> {
    /// The engineer's id.
    pub engineer: Cow<'a, str>,
    /// Whether they take it.
    pub outcome: OutcomeDoc,
    /// The hard rule that keeps them away, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barrier: Option<Cow<'a, str>>,
    /// When they could start, if that is too late; RFC 3339 in the offset of their shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub would_start: Option<String>,
}

/// Whether a bound engineer takes a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Outcome, examples("takes"))]
pub enum OutcomeDoc {
    /// They take it.
    Takes,
    /// They could, but an engineer further up the ladder does.
    NotNeeded,
    /// They could start only after the SLA's `resolve_by`.
    TooLate,
    /// A hard rule keeps them away.
    Barred,
    /// Their promised stops leave no room.
    NoRoom,
}

/// One engineer's cheapest place for the ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Offer, examples(examples::offer))]
pub struct OfferDoc<'a> {
    /// 1 is the cheapest.
    #[schema(minimum = 1)]
    pub rank: u32,
    /// The engineer's id.
    pub engineer: Cow<'a, str>,
    /// Which of the engineer's shifts, counted from 0 as they are listed.
    pub shift: u32,
    /// The place in the promised route, from 0: so many stops come before.
    pub position: u32,
    /// The depot by way of which the engineer comes, if parts are fetched for the ticket.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(required = false)]
    pub fetch_at: Option<Cow<'a, str>>,
    /// Arrival at the place, RFC 3339 in the shift's offset, as are the two below.
    #[schema(format = DateTime)]
    pub arrival: String,
    /// Start of work.
    #[schema(format = DateTime)]
    pub start: String,
    /// End of work.
    #[schema(format = DateTime)]
    pub finish: String,
    /// Driving that the ticket adds, in seconds; less than 0 where it shortens the way.
    pub detour_s: i64,
    /// What the ticket adds to the price, in seconds of driving.
    pub price_s: i64,
    /// The price, line by line.
    pub receipt: ReceiptDoc,
    /// The factors behind it, for people; offers are ranked by price.
    pub score: ScoreDoc,
}

/// The four factors, each 0-1, and their weighted sum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Score, examples(json!({"total": 57.0, "skill": 0.9, "proximity": 0.456, "history": 0.168, "load": 0.988})))]
pub struct ScoreDoc {
    /// The weighted sum, 0 to 100, to one decimal.
    #[schema(minimum = 0, maximum = 100)]
    pub total: f64,
    /// Skill match, 0 to 1, to three decimals, as are the others.
    #[schema(minimum = 0, maximum = 1)]
    pub skill: f64,
    /// Closeness, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub proximity: f64,
    /// Chance of a first-time fix, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub history: f64,
    /// Even spread of work, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub load: f64,
}

/// An engineer who cannot go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuledOut, examples(json!({"engineer": "ben", "reason": "skill"})))]
pub struct RuledOutDoc<'a> {
    /// The engineer's id.
    pub engineer: Cow<'a, str>,
    /// The hard rule that keeps them away, or `no-room`.
    pub reason: Cow<'a, str>,
}

impl<'a> DecisionDoc<'a> {
    /// Writes a decision out. `O(offers)`.
    pub fn new(problem: &'a Problem, asked: Asked<'a>, decision: &Decision) -> DecisionDoc<'a> {
        let offers = &decision.offers;
        DecisionDoc {
            id: None,
            ticket: Cow::Borrowed(asked.id),
            priority: decision.priority,
            binding: decision.binding.as_ref().map(|binding| bound(problem, binding, &decision.ladder)),
            offers: (1..).zip(offers).map(|(rank, offer)| OfferDoc::new(problem, rank, offer)).collect(),
            chosen: decision.chosen.map(|chosen| id(problem, offers[chosen].engineer)),
            why: why::why(problem, asked, decision),
            ruled_out: decision.ruled_out.iter().map(|told| ruled_out(problem, *told)).collect(),
        }
    }
}

fn id(problem: &Problem, engineer: EngineerIx) -> Cow<'_, str> {
    Cow::Borrowed(&problem.engineer(engineer).id)
}

fn bound<'a>(problem: &'a Problem, binding: &Binding, ladder: &[Rung]) -> BindingDoc<'a> {
    BindingDoc {
        ladder: ladder.iter().map(|rung| rung_doc(problem, rung)).collect(),
        visits: binding.visits,
        otherwise: if binding.strict { OtherwiseDoc::Strict } else { OtherwiseDoc::Relax },
    }
}

fn rung_doc<'a>(problem: &'a Problem, rung: &Rung) -> RungDoc<'a> {
    let engineer = id(problem, rung.engineer);
    let (outcome, barrier, late) = match rung.outcome {
        RungOutcome::Takes => (OutcomeDoc::Takes, None, None),
        RungOutcome::NotNeeded => (OutcomeDoc::NotNeeded, None, None),
        RungOutcome::TooLate(start) => (OutcomeDoc::TooLate, None, Some(start)),
        RungOutcome::Barred(barrier) => (OutcomeDoc::Barred, Some(barrier), None),
        RungOutcome::NoRoom => (OutcomeDoc::NoRoom, None, None),
    };
    RungDoc {
        outcome,
        barrier: barrier.map(|barrier| Cow::Borrowed(barrier.as_str())),
        would_start: late.map(|start| rfc3339(start, offset_of(problem, rung.engineer))),
        engineer,
    }
}

/// The offset in which an engineer's first shift is written; without shifts the question's.
fn offset_of(problem: &Problem, engineer: EngineerIx) -> i32 {
    let shifts = &problem.engineer(engineer).shifts;
    if shifts.is_empty() { problem.offset_s() } else { problem.shift(ShiftIx(shifts.start)).offset_s }
}

impl<'a> OfferDoc<'a> {
    /// Writes an offer out.
    pub fn new(problem: &'a Problem, rank: u32, offer: &Offer) -> OfferDoc<'a> {
        let shift = problem.shift(offer.shift);
        let wall = |moment: Moment| rfc3339(moment, shift.offset_s);
        let score = &offer.score;
        OfferDoc {
            rank,
            engineer: id(problem, offer.engineer),
            shift: shift.number,
            position: offer.at as u32,
            fetch_at: offer.fetch_at.map(|depot| problem.register().depots.name(depot).into()),
            arrival: wall(offer.arrival),
            start: wall(offer.start),
            finish: wall(offer.finish),
            detour_s: offer.detour.0,
            price_s: offer.price.0,
            receipt: receipt_doc(&offer.receipt),
            score: ScoreDoc {
                total: rounded(score.total, 10.0),
                skill: rounded(score.skill, 1000.0),
                proximity: rounded(score.proximity, 1000.0),
                history: rounded(score.history, 1000.0),
                load: rounded(score.load, 1000.0),
            },
        }
    }
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

fn ruled_out(problem: &Problem, (engineer, why): (EngineerIx, RuledOut)) -> RuledOutDoc<'_> {
    let reason = match why {
        RuledOut::Barrier(barrier) => barrier.as_str(),
        RuledOut::NoRoom => "no-room",
    };
    RuledOutDoc { engineer: id(problem, engineer), reason: Cow::Borrowed(reason) }
}
