//! A wave as callers ask for it and see it: its terms, who takes which ticket, what each gave way to, and the proof of
//! each turn.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{PriceDoc, UnservedDoc};
use super::decision::OfferDoc;
use super::words::quoted;
use super::{examples, price_doc, unserved_doc};
use crate::assign::{Quota, Terms};
use crate::desk::{Displaced, GaveWay, Given, Held, HeldBy, Turn, Wave};
use crate::flaw::{Code, Flaw};
use crate::ids::{EngineerIx, TicketIx};
use crate::problem::{Problem, limits};

/// What a wave must keep to, as callers say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermsAsk {
    /// How many tickets one engineer takes in a turn at most; [`Terms::default`] unless said otherwise.
    pub seats: Option<u32>,
    /// How many emergencies one engineer has at most.
    pub emergencies: Option<u32>,
    /// How many tickets each engineer has at least who can.
    pub least: u32,
    /// How many tickets are served of some territories at most.
    pub quotas: Vec<QuotaDoc>,
}

/// So many tickets of a territory are served at most, those promised already included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Quota, examples(json!({"territory": "north", "most": 20})))]
pub struct QuotaDoc {
    /// The territory's id.
    pub territory: String,
    /// How many; a crew's ticket counts for each of its engineers.
    pub most: u32,
}

impl FromStr for QuotaDoc {
    type Err = String;

    /// `TERRITORY=N`, as on a command line.
    fn from_str(text: &str) -> Result<QuotaDoc, String> {
        let split = text.rsplit_once('=').filter(|(territory, _)| !territory.is_empty());
        let (territory, most) = split.ok_or("say TERRITORY=N, as in north=20")?;
        let most = most.parse().map_err(|_| format!("{most:?} is no number of tickets"))?;
        Ok(QuotaDoc { territory: territory.to_owned(), most })
    }
}

impl TermsAsk {
    /// The terms for a problem.
    ///
    /// # Errors
    /// All flaws together: no seats, too many tickets wanted of everybody, and unknown territories or such as are named
    /// twice or are too many.
    pub fn on(&self, problem: &Problem) -> Result<Terms, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let seats = self.seats.unwrap_or(Terms::default().seats);
        if seats == 0 {
            let fix = "give engineers seats, or leave it out";
            flaws.push(Flaw::new(Code::OutOfRange, "seats", "0 is not at least 1", fix));
        }
        if self.least > limits::LEAST_EACH {
            let found = format!("{} is more than {}", self.least, limits::LEAST_EACH);
            flaws.push(Flaw::new(Code::OutOfRange, "least", found, "ask for fewer"));
        }
        if self.quotas.len() > limits::LIST {
            let found = format!("{} quotas are more than {}", self.quotas.len(), limits::LIST);
            let fix = "join territories, or leave some out";
            flaws.push(Flaw::new(Code::TooLarge, "quotas", found, fix));
        }
        let mut quotas: Vec<Quota> = Vec::with_capacity(self.quotas.len());
        for (n, doc) in self.quotas.iter().take(limits::LIST).enumerate() {
            let path = format!("quotas[{n}]");
            match problem.register().territories.get(&doc.territory) {
                None => {
                    let found = format!("there is no territory {}", quoted(&doc.territory));
                    let fix = "name a territory of the problem";
                    flaws.push(Flaw::new(Code::UnknownReference, path, found, fix));
                }
                Some(territory) if quotas.iter().any(|quota| quota.territory == territory) => {
                    let found = format!("territory {} has a quota already", quoted(&doc.territory));
                    flaws.push(Flaw::new(Code::DuplicateId, path, found, "leave one of them out"));
                }
                Some(territory) => quotas.push(Quota { territory, most: doc.most }),
            }
        }
        let terms = Terms { seats, emergencies: self.emergencies, least: self.least, quotas };
        if flaws.is_empty() { Ok(terms) } else { Err(flaws) }
    }
}

/// Tickets given out together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Wave, examples(examples::wave))]
pub struct WaveDoc<'a> {
    /// Tickets that somebody takes, in the order of the question.
    pub given: Vec<GivenDoc<'a>>,
    /// Tickets that nobody takes, each with the reason.
    pub unserved: Vec<UnservedDoc>,
    /// Tickets that somebody could take, but for a quota or the limit on emergencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub held: Vec<HeldDoc<'a>>,
    /// Tickets that no wave can give out, since they wait for others or come in pairs: plan them.
    pub aside: Vec<Cow<'a, str>>,
    /// Promised tickets that gave way to emergencies, as `policy.emergency.displaces` allows. Each of them is given to
    /// somebody anew, unserved or held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub displaced: Vec<DisplacedDoc<'a>>,
    /// Assignments one after another, each of all tickets that were open by then.
    pub turns: Vec<WaveTurnDoc>,
    /// How many tickets engineers are short of `least`, of those who came into question.
    #[serde(default, skip_serializing_if = "is_nothing")]
    #[schema(required = false)]
    pub short: u64,
    /// What the routes cost more than before, and what the tickets are worth that nobody takes.
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
    /// The same for the others of a crew, who start together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub crew: Vec<OfferDoc<'a>>,
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

/// A ticket that the terms of a wave keep from whoever could take it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HeldTicket, examples(json!({"ticket": "T3", "by": "quota", "territory": "north"})))]
pub struct HeldDoc<'a> {
    /// The ticket's id.
    pub ticket: Cow<'a, str>,
    /// What keeps it.
    pub by: HeldByDoc,
    /// The territory whose quota is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<Cow<'a, str>>,
}

/// What keeps a ticket from being taken: a territory's quota, or that everybody who could take it has as many emergencies
/// as they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = HeldBy, examples("quota"))]
pub enum HeldByDoc {
    /// The quota of a territory is used up.
    Quota,
    /// Everybody who could take it has as many emergencies as they may.
    Emergencies,
}

/// A promised ticket that gave way to an emergency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DisplacedTicket, examples(json!({"ticket": "T2", "by": "T9", "engineer": "ana"})))]
pub struct DisplacedDoc<'a> {
    /// Its id.
    pub ticket: Cow<'a, str>,
    /// The emergency's id.
    pub by: Cow<'a, str>,
    /// The engineer to whom it was promised, and who takes the emergency.
    pub engineer: Cow<'a, str>,
}

/// One assignment of all tickets open by then, every one priced as if it came alone. Where objective and bound are
/// equal no other assignment that keeps the same terms is cheaper, whoever takes whom; with crews at the moments that
/// were looked at.
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
    /// How many tickets engineers were short of `least`; each costs an hour of driving here.
    #[serde(default, skip_serializing_if = "is_nothing")]
    #[schema(required = false)]
    pub short: u64,
    /// Pairs of ticket and engineer that came into question, for a crew at each moment that was looked at.
    pub pairs: u64,
    /// Groups of tickets that share no engineer and no quota with one another.
    pub components: u64,
}

impl<'a> WaveDoc<'a> {
    /// Writes a wave out. `O(tickets)`.
    pub fn new(problem: &'a Problem, wave: &Wave, committed: bool) -> WaveDoc<'a> {
        WaveDoc {
            given: wave.given.iter().map(|given| given_doc(problem, given)).collect(),
            unserved: wave.left.iter().map(|left| unserved_doc(problem, left)).collect(),
            held: wave.held.iter().map(|held| held_doc(problem, held)).collect(),
            aside: ids(problem, &wave.aside),
            displaced: wave.displaced.iter().map(|gone| displaced_doc(problem, gone)).collect(),
            turns: wave.turns.iter().map(turn_doc).collect(),
            short: u64::from(wave.short),
            price: price_doc(wave.price),
            committed,
        }
    }
}

fn held_doc<'a>(problem: &'a Problem, held: &Held) -> HeldDoc<'a> {
    let (by, territory) = match held.by {
        HeldBy::Quota(territory) => (HeldByDoc::Quota, Some(territory)),
        HeldBy::Emergencies => (HeldByDoc::Emergencies, None),
    };
    let name = |territory| Cow::Borrowed(problem.register().territories.name(territory));
    HeldDoc { ticket: id(problem, held.ticket), by, territory: territory.map(name) }
}

fn displaced_doc<'a>(problem: &'a Problem, gone: &Displaced) -> DisplacedDoc<'a> {
    DisplacedDoc {
        ticket: id(problem, gone.ticket),
        by: id(problem, gone.by),
        engineer: engineer_id(problem, gone.engineer),
    }
}

/// Whether a count says nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in references")]
fn is_nothing(count: &u64) -> bool {
    *count == 0
}

fn id(problem: &Problem, ticket: TicketIx) -> Cow<'_, str> {
    Cow::Borrowed(&problem.ticket(ticket).id)
}

fn ids<'a>(problem: &'a Problem, tickets: &[TicketIx]) -> Vec<Cow<'a, str>> {
    tickets.iter().map(|&ticket| id(problem, ticket)).collect()
}

fn engineer_id(problem: &Problem, engineer: EngineerIx) -> Cow<'_, str> {
    Cow::Borrowed(&problem.engineer(engineer).id)
}

fn given_doc<'a>(problem: &'a Problem, given: &Given) -> GivenDoc<'a> {
    GivenDoc {
        ticket: id(problem, given.ticket),
        offer: OfferDoc::new(problem, 1, &given.offer),
        crew: given.crew.iter().map(|offer| OfferDoc::new(problem, 1, offer)).collect(),
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
        short: u64::from(turn.short),
        pairs: turn.pairs as u64,
        components: turn.components as u64,
    }
}
