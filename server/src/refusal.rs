//! Every refusal, its status and its problem document (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::limits;
use paidan_engine::wire::decision::DecisionDoc;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::Role;
use crate::live::{PlanConflictDoc, TicketStateDoc};
use crate::store::Trouble;
use crate::text::{count, piece, quoted};

/// Why a request is not answered.
#[derive(Debug)]
pub enum Refusal {
    /// The input is flawed.
    Flawed(Vec<Flaw>),
    /// The body is not declared as one of these.
    WrongType(&'static [&'static str]),
    /// The body is packed in a way that is not read.
    WrongEncoding(String),
    /// The body is declared as gzip and is none.
    BrokenGzip,
    /// The path holds a piece that is no text.
    BrokenPath,
    /// The body is longer than this many bytes.
    TooLarge(usize),
    /// The body broke off.
    Broken,
    /// The body did not arrive in time.
    Slow,
    /// It came in plain HTTP to a port that speaks TLS.
    NeedsTls,
    /// There is no key, or one that nobody knows.
    Unauthorized,
    /// The key's role may not do that.
    Forbidden(Role),
    /// No fleet has been put yet.
    NoFleet,
    /// No such route.
    UnknownRoute(String),
    /// No such ticket, asked about or open.
    UnknownTicket(String),
    /// No such plan, or no longer.
    UnknownPlan(String),
    /// The plan is still searched for.
    PlanUnfinished(String),
    /// The plan is none that could be applied; with the reason.
    NotApplicable(String, &'static str),
    /// What the plan counts on has changed since it was started.
    PlanOutdated {
        /// The plan.
        plan: String,
        /// What has changed.
        found: Vec<PlanConflictDoc>,
    },
    /// The plan is kept, but not the problem that its page shows.
    NoPage(String),
    /// No such record of this kind.
    UnknownRecord(&'static str, String),
    /// The route does not know the method.
    WrongMethod,
    /// There is a ticket of this id already.
    TicketExists(String),
    /// A visit was recorded before, under this id.
    VisitExists(String),
    /// A ticket cannot go from one state to the other.
    IllegalStep {
        /// The ticket.
        ticket: String,
        /// Where it is in its life.
        state: TicketStateDoc,
        /// What it was to become.
        next: TicketStateDoc,
    },
    /// It is not the version any more that the caller knows; with what it is now.
    Changed(Option<Box<RawValue>>),
    /// The key was used for another question.
    KeyReused,
    /// Others have changed the fleet each time while this was computed.
    Overtaken,
    /// Something beside it failed, and so nothing was done.
    Undone,
    /// What should last cannot be read or written.
    Store(Trouble),
    /// The ticket is promised already.
    AlreadyPromised {
        /// The ticket.
        ticket: String,
        /// Who goes.
        engineer: String,
    },
    /// Nobody, or not the engineer asked for, can go; with the decision that says why.
    Nobody(Box<RawValue>),
    /// The queue of this kind of work is full; try again after so many seconds.
    Busy(&'static str, u32),
    /// This kind of work waited too long and was not begun.
    Overdue(&'static str),
    /// The service cannot do its work yet, or no more.
    NotReady(&'static str),
    /// The service is about to stop.
    Stopping,
    /// A bug of ours; the log has the details.
    Bug,
}

/// Seconds after which to try again what was refused for want of time.
const RETRY_S: u32 = 5;

/// The document of a refusal (RFC 9457), as `application/problem+json`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refusal, examples(json!({
    "type": "urn:paidan:refusal:flawed-input", "title": "The input is flawed", "status": 422,
    "detail": "the key \"work_s\" is missing; add it.", "code": "flawed-input",
    "flaws": [{"code": "missing-key", "path": "tickets[0].work_s", "id": "T1",
               "found": "the key \"work_s\" is missing", "fix": "add it"}]
})))]
pub struct RefusalDoc {
    /// A name for the kind of refusal, as a URI.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of refusal in words.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The stable code of the kind, by which a program should tell refusals apart.
    pub code: String,
    /// What is wrong with the input, all of it; at most 200 flaws.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub flaws: Vec<FlawDoc>,
    /// The decision, if nobody can go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DecisionDoc<'static>>)]
    pub decision: Option<Box<RawValue>>,
    /// The record as it is now, if it was to be another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    pub current: Option<Box<RawValue>>,
    /// What has changed that a plan counts on; at most 200 of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub conflicts: Vec<PlanConflictDoc>,
}

/// One flaw of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Flaw, examples(json!({
    "code": "out-of-range", "path": "tickets[0].place.lat", "id": "T1",
    "found": "latitude 139.12 is not between -90 and 90",
    "fix": "give degrees; are latitude and longitude swapped?"
})))]
pub struct FlawDoc {
    /// The stable code of what is wrong.
    pub code: String,
    /// Where in the document, as `tickets[0].work_s`; empty for the whole of it.
    pub path: String,
    /// The id of the engineer, ticket, ... that carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What was found and what was expected.
    pub found: String,
    /// The way out.
    pub fix: String,
}

impl From<Flaw> for FlawDoc {
    fn from(flaw: Flaw) -> FlawDoc {
        let Flaw { code, path, id, found, fix } = flaw;
        FlawDoc { code: code.as_str().to_owned(), path, id, found, fix }
    }
}

impl Refusal {
    /// One flaw.
    pub fn flaw(code: Code, path: &str, found: impl Into<String>, fix: impl Into<String>) -> Refusal {
        Refusal::Flawed(vec![Flaw::new(code, path, found, fix)])
    }

    /// Refuses a document that has another id than the path names.
    ///
    /// # Errors
    /// It has.
    pub fn unless_same(word: &str, path: &str, (own, named): (&str, &str)) -> Result<(), Refusal> {
        if own == named {
            return Ok(());
        }
        let found = format!("the {word}'s id is {}, the path names {}", quoted(own), quoted(named));
        Err(Refusal::flaw(Code::Contradiction, path, found, "make them the same"))
    }

    /// The table of statuses: status, code, title.
    pub fn row(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Refusal::Flawed(flaws) if is_no_json(flaws) => {
                (StatusCode::BAD_REQUEST, "malformed-json", "The body is not JSON")
            }
            Refusal::Flawed(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "flawed-input", "The input is flawed")
            }
            Refusal::WrongType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-content-type", "The body is of another type")
            }
            Refusal::WrongEncoding(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong-content-encoding",
                "The body is packed in a way that is not read",
            ),
            Refusal::BrokenGzip => (StatusCode::BAD_REQUEST, "malformed-gzip", "The body is not gzip"),
            Refusal::BrokenPath => (StatusCode::BAD_REQUEST, "malformed-path", "The path is not text"),
            Refusal::TooLarge(_) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large")
            }
            Refusal::Broken => (StatusCode::BAD_REQUEST, "broken-body", "The body broke off"),
            Refusal::Slow => (StatusCode::REQUEST_TIMEOUT, "slow-body", "The body came too slowly"),
            Refusal::NeedsTls => (StatusCode::BAD_REQUEST, "needs-tls", "This port speaks TLS"),
            Refusal::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "A key is needed"),
            Refusal::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "The key is not for that"),
            Refusal::NoFleet => (StatusCode::NOT_FOUND, "no-fleet", "There is no fleet yet"),
            Refusal::UnknownRoute(_) => {
                (StatusCode::NOT_FOUND, "unknown-route", "There is no such route")
            }
            Refusal::UnknownTicket(_) => {
                (StatusCode::NOT_FOUND, "unknown-ticket", "There is no such ticket")
            }
            Refusal::UnknownPlan(_) => (StatusCode::NOT_FOUND, "unknown-plan", "There is no such plan"),
            Refusal::PlanUnfinished(_) => {
                (StatusCode::CONFLICT, "plan-unfinished", "The plan is still searched for")
            }
            Refusal::NotApplicable(..) => {
                (StatusCode::CONFLICT, "not-applicable", "The plan cannot be applied")
            }
            Refusal::PlanOutdated { .. } => {
                (StatusCode::PRECONDITION_FAILED, "plan-outdated", "What the plan counts on has changed")
            }
            Refusal::NoPage(_) => (StatusCode::NOT_FOUND, "no-page", "The plan has no page any more"),
            Refusal::UnknownRecord(..) => {
                (StatusCode::NOT_FOUND, "unknown-record", "There is no such record")
            }
            Refusal::WrongMethod => {
                (StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "The route has other methods")
            }
            Refusal::TicketExists(_) => {
                (StatusCode::CONFLICT, "ticket-exists", "There is such a ticket already")
            }
            Refusal::VisitExists(_) => {
                (StatusCode::CONFLICT, "visit-exists", "The visit was recorded before")
            }
            Refusal::IllegalStep { .. } => {
                (StatusCode::CONFLICT, "illegal-step", "The ticket cannot become that")
            }
            Refusal::Changed(_) => {
                (StatusCode::PRECONDITION_FAILED, "changed", "It has changed meanwhile")
            }
            Refusal::Overtaken => {
                (StatusCode::SERVICE_UNAVAILABLE, "overtaken", "Others were faster each time")
            }
            Refusal::Undone => (StatusCode::SERVICE_UNAVAILABLE, "undone", "Nothing was done"),
            Refusal::KeyReused => {
                (StatusCode::CONFLICT, "key-reused", "The key was used for another question")
            }
            Refusal::Store(Trouble::Full) => {
                (StatusCode::INSUFFICIENT_STORAGE, "store-full", "The store is full")
            }
            Refusal::Store(Trouble::Gone(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "store-gone", "The store cannot be reached")
            }
            Refusal::Store(Trouble::Foreign(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "store-foreign", "The store cannot be understood")
            }
            Refusal::AlreadyPromised { .. } => {
                (StatusCode::CONFLICT, "already-promised", "The ticket is promised already")
            }
            Refusal::Nobody(_) => (StatusCode::CONFLICT, "nobody", "Nobody can go"),
            Refusal::Busy(..) => (StatusCode::TOO_MANY_REQUESTS, "busy", "The queue is full"),
            Refusal::Overdue(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "overdue", "The work waited too long")
            }
            Refusal::NotReady(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "not-ready", "The service is not ready")
            }
            Refusal::Stopping => {
                (StatusCode::SERVICE_UNAVAILABLE, "stopping", "The service is stopping")
            }
            Refusal::Bug => (StatusCode::INTERNAL_SERVER_ERROR, "bug", "The service made a mistake"),
        }
    }

    /// Seconds after which to try again, where it was only a matter of time.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Refusal::Busy(_, after) => Some(*after),
            Refusal::Overdue(_) | Refusal::Overtaken | Refusal::Undone | Refusal::Store(_) => {
                Some(RETRY_S)
            }
            _ => None,
        }
    }

    /// What the caller is told.
    pub fn document(&self) -> RefusalDoc {
        let (status, code, title) = self.row();
        let flaws = match self {
            Refusal::Flawed(flaws) => flaws.iter().cloned().map(FlawDoc::from).collect(),
            _ => Vec::new(),
        };
        let decision = if let Refusal::Nobody(decision) = self { Some(decision.clone()) } else { None };
        let current = if let Refusal::Changed(current) = self { current.clone() } else { None };
        let conflicts = match self {
            Refusal::PlanOutdated { found, .. } => found.iter().take(limits::FLAWS).cloned().collect(),
            _ => Vec::new(),
        };
        RefusalDoc {
            kind: format!("urn:paidan:refusal:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail(),
            code: code.to_owned(),
            flaws,
            decision,
            current,
            conflicts,
        }
    }

    fn detail(&self) -> String {
        match self {
            Refusal::Flawed(flaws) => match flaws.as_slice() {
                [one] => format!("{}; {}.", one.found, one.fix),
                all => format!("{} flaws, listed under \"flaws\".", all.len()),
            },
            Refusal::WrongType(types) => {
                let types: Vec<String> = types.iter().map(|kind| format!("\"{kind}\"")).collect();
                format!("Send the header \"content-type\" with {}.", types.join(" or "))
            }
            Refusal::WrongEncoding(coding) => {
                format!("{} is not read; send the body as gzip, or as it is.", quoted(coding))
            }
            Refusal::BrokenGzip => {
                "Pack it again, or leave the header \"content-encoding\" out.".to_owned()
            }
            Refusal::BrokenPath => {
                "Its percent codes do not make UTF-8; write them from the bytes of UTF-8.".to_owned()
            }
            Refusal::TooLarge(limit) => {
                format!("The limit is {limit} bytes; split the document, by region or by day.")
            }
            Refusal::Broken => "The connection ended before the body did; send it again.".to_owned(),
            Refusal::Slow => "Send the body in one go.".to_owned(),
            Refusal::NeedsTls => "Ask with https:// instead of http://.".to_owned(),
            Refusal::Unauthorized => {
                "Send the header \"authorization: Bearer \" with a key that an admin has made."
                    .to_owned()
            }
            Refusal::Forbidden(role) => {
                format!("It is of the role {:?}; ask an admin for another one.", role.as_str())
            }
            Refusal::NoFleet => {
                "Send it first: engineers to POST /v1/import/engineers, or a whole problem to PUT /v1/fleet."
                    .to_owned()
            }
            Refusal::UnknownRoute(path) => {
                format!("{} is no route; /v1/fleet, /v1/dispatch and /v1/plans are.", quoted(path))
            }
            Refusal::UnknownTicket(id) => {
                let id = quoted(id);
                format!("Nobody asked about ticket {id}; dispatch it first, or send it as \"ticket\".")
            }
            Refusal::UnknownPlan(id) => format!("Plan {} never was, or is no longer kept.", quoted(id)),
            Refusal::PlanUnfinished(id) => unfinished(id),
            Refusal::NotApplicable(id, why) => format!("Plan {}: {why}.", quoted(id)),
            Refusal::PlanOutdated { plan, found } => outdated(plan, found.len()),
            Refusal::NoPage(id) => format!(
                "The service was started again since plan {} was made, and its problem is gone; order it anew.",
                quoted(id)
            ),
            Refusal::UnknownRecord(kind, id) => format!("There is no {kind} {}.", quoted(id)),
            Refusal::WrongMethod => "See the header \"allow\".".to_owned(),
            Refusal::TicketExists(id) => {
                let id = quoted(id);
                format!("Ticket {id} is known; PUT changes it while it is open.")
            }
            Refusal::VisitExists(id) => format!("It is visit {}; rate its ticket instead.", quoted(id)),
            Refusal::IllegalStep { ticket, state, next } => illegal(ticket, *state, *next),
            Refusal::Changed(Some(_)) => {
                "\"current\" is what it is now; look at it, and send its entity tag as if-match."
                    .to_owned()
            }
            Refusal::Changed(None) => "It is gone by now.".to_owned(),
            Refusal::KeyReused => {
                "Something else was asked under this idempotency-key; make up another one.".to_owned()
            }
            Refusal::Overtaken => format!(
                "Other services changed the fleet while this was computed, again and again; nothing was done. \
                 Try again in {RETRY_S} s, or ask for less at a time."
            ),
            Refusal::Undone => "What was to be written beside it failed; try again.".to_owned(),
            Refusal::Store(Trouble::Full) => {
                "Nothing was done. Make room on its disk; nothing need be started again.".to_owned()
            }
            Refusal::Store(Trouble::Gone(why)) => format!(
                "Whether it was done is told by asking again with the same idempotency-key. The store says: {why}."
            ),
            Refusal::Store(Trouble::Foreign(why)) => format!("Nothing was done: {why}."),
            Refusal::AlreadyPromised { ticket, engineer } => {
                format!("Engineer {} goes for ticket {}.", quoted(engineer), quoted(ticket))
            }
            Refusal::Nobody(_) => "The decision says why.".to_owned(),
            Refusal::Busy(what, after) => {
                format!("There are too many {what}; try again in {after} s.")
            }
            Refusal::Overdue(what) => {
                format!("Too many {what} came before; nothing was done, try again in {RETRY_S} s.")
            }
            Refusal::NotReady(why) => format!("Send nothing here: {why}."),
            Refusal::Stopping => "Try another instance, or again in a minute.".to_owned(),
            Refusal::Bug => {
                "Please report it with the x-request-id; the log has the details.".to_owned()
            }
        }
    }
}

fn illegal(ticket: &str, state: TicketStateDoc, next: TicketStateDoc) -> String {
    let may: Vec<&str> = state.next().map(TicketStateDoc::as_str).collect();
    let (ticket, state, next) = (quoted(ticket), state.as_str(), next.as_str());
    match may.as_slice() {
        [] => format!("Ticket {ticket} is {state} and stays so."),
        may => format!("Ticket {ticket} is {state}, not {next}: it may become {}.", may.join(", ")),
    }
}

/// Whether the text itself is no JSON, so that nothing more can be said about it.
fn is_no_json(flaws: &[Flaw]) -> bool {
    flaws.iter().any(|flaw| matches!(flaw.code, Code::NotJson | Code::TooDeep))
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Refusal {
        Refusal::Store(trouble)
    }
}

impl From<Vec<Flaw>> for Refusal {
    fn from(flaws: Vec<Flaw>) -> Refusal {
        Refusal::Flawed(flaws)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let document = self.document();
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.row().0, kind, body).into_response();
        if let Some(after) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after));
        }
        if let Refusal::Unauthorized = self {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Refusal::WrongEncoding(_) = self {
            response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn unfinished(plan: &str) -> String {
    format!("Wait for its end, or stop it and keep the best so far: DELETE /v1/plans/{}.", piece(plan))
}

fn outdated(plan: &str, changed: usize) -> String {
    format!(
        "Nothing was done. Since plan {} was started, {}, listed under \"conflicts\"; order another plan.",
        quoted(plan),
        count(changed, "thing has changed", "things have changed")
    )
}
