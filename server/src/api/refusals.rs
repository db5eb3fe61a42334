//! The refusals of every operation, spelled out from the table in `refusal.rs`.

use std::collections::{BTreeMap, BTreeSet};

use paidan_engine::flaw::{Code, Flaw};
use serde_json::Value;
use serde_json::value::to_raw_value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Type,
};

use crate::access::Role;
use crate::live::{ConflictKindDoc, PlanConflictDoc, TicketStateDoc};
use crate::refusal::Refusal;
use crate::store::Trouble;

/// How handlers say what they refuse: codes, or the names of these groups.
const EXTENSION: &str = "x-refusals";

/// Refusals that go together.
const GROUPS: [(&str, &[&str]); 9] = [
    ("access", &["unauthorized", "forbidden", "busy"]),
    (
        "body",
        &[
            "malformed-json",
            "flawed-input",
            "wrong-content-type",
            "wrong-content-encoding",
            "malformed-gzip",
            "body-too-large",
            "broken-body",
            "slow-body",
            // Packed bodies are unpacked by threads with a queue.
            "busy",
            "overdue",
        ],
    ),
    ("queue", &["busy", "overdue"]),
    ("read", &["access", "busy", "overdue", "store-gone", "store-foreign"]),
    (
        "write",
        &[
            "access",
            "body",
            "queue",
            "undone",
            "key-reused",
            "store-full",
            "store-gone",
            "store-foreign",
        ],
    ),
    // What is computed before it is written.
    ("long-write", &["write", "overtaken"]),
    ("searches", &["busy", "stopping"]),
    ("path", &["malformed-path"]),
    ("listeners", &["busy"]),
];

/// What any operation may answer, or another method in its place.
const ALWAYS: [&str; 2] = ["wrong-method", "bug"];

/// Puts the refusals that handlers name into their operations.
pub(super) fn spell_out(document: &mut OpenApi) {
    let refusals: BTreeMap<&str, Refusal> =
        samples().into_iter().map(|refusal| (refusal.row().1, refusal)).collect();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let named = operation.extensions.as_mut().and_then(|extensions| extensions.remove(EXTENSION));
        let named: Vec<String> =
            named.and_then(|named| serde_json::from_value(named).ok()).unwrap_or_default();
        let codes = named.iter().flat_map(|name| members(name)).chain(ALWAYS.map(str::to_owned));
        let mut by_status: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for code in codes {
            let status = refusals[code.as_str()].row().0.as_str().to_owned();
            by_status.entry(status).or_default().insert(code);
        }
        for (status, codes) in by_status {
            let sample = codes.iter().map(|code| &refusals[code.as_str()]);
            let refused = response(&sample.collect::<Vec<_>>());
            let responses = &mut operation.responses.responses;
            match responses.get_mut(&status) {
                // A route with refusals of its own has ours beside them.
                Some(RefOr::T(own)) => own.content.extend(refused.content),
                _ => {
                    responses.insert(status, RefOr::T(refused));
                }
            }
        }
        operation.extensions = None;
    }
}

fn members(name: &str) -> Vec<String> {
    let group = GROUPS.iter().find(|(group, _)| *group == name);
    group.map_or(vec![name.to_owned()], |(_, names)| {
        names.iter().flat_map(|name| members(name)).collect()
    })
}

/// The operations of a path.
pub(super) fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.put, &mut path.post, &mut path.patch, &mut path.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// What is answered with one status.
fn response(refusals: &[&Refusal]) -> utoipa::openapi::Response {
    let (status, ..) = refusals[0].row();
    let told: Vec<String> = refusals.iter().map(|refusal| told(refusal)).collect();
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Refusal")));
    for refusal in refusals {
        let (_, code, title) = refusal.row();
        let example = ExampleBuilder::new().summary(title).value(Some(value(refusal)));
        content = content.examples_from_iter([(code, example)]);
    }
    let mut response = ResponseBuilder::new()
        .description(told.join(" "))
        .content("application/problem+json", content.build());
    let may_retry = refusals.iter().any(|refusal| refusal.retry_after().is_some());
    let header = match status.as_u16() {
        405 => Some(("allow", Type::String, "The methods that the path has.")),
        415 => Some(("accept-encoding", Type::String, "For `wrong-content-encoding`: what is read.")),
        429 => Some(("retry-after", Type::Integer, "Seconds after which to try again.")),
        503 if may_retry => {
            Some(("retry-after", Type::Integer, "For `overdue`: seconds after which to try again."))
        }
        _ => None,
    };
    if let Some((name, kind, says)) = header {
        let schema = ObjectBuilder::new().schema_type(kind);
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(says));
        response = response.header(name, header.build());
    }
    response.build()
}

/// A code and what it means.
fn told(refusal: &Refusal) -> String {
    let (_, code, title) = refusal.row();
    format!("`{code}`: {}{}.", title[..1].to_lowercase(), &title[1..])
}

fn value(refusal: &Refusal) -> Value {
    serde_json::to_value(refusal.document()).unwrap_or_default()
}

/// One refusal of each code.
fn samples() -> Vec<Refusal> {
    let flaw = |code, path: &str, found: &str, fix: &str| Flaw::new(code, path, found, fix).of("T1");
    let not_json = Flaw::new(
        Code::NotJson,
        "",
        "the text is no JSON: expected value at line 1 column 12",
        "send one JSON document",
    );
    let decision = serde_json::json!({
        "ticket": "T2", "priority": 50, "binding": null, "offers": [], "chosen": null,
        "why": "Nobody can go; the first who comes to mind, ana, lacks a required skill or its level.",
        "ruled_out": [{"engineer": "ana", "reason": "skill"}, {"engineer": "ben", "reason": "skill"}]
    });
    let mut samples = vec![
        Refusal::Flawed(vec![not_json]),
        Refusal::Flawed(vec![
            flaw(Code::MissingKey, "ticket.work_s", "the key \"work_s\" is missing", "add it"),
            flaw(
                Code::OutOfRange,
                "ticket.place.lat",
                "latitude 139.12 is not between -90 and 90",
                "give degrees; are latitude and longitude swapped?",
            ),
        ]),
        Refusal::WrongType(&["application/json"]),
        Refusal::WrongEncoding("br".to_owned()),
        Refusal::BrokenGzip,
        Refusal::BrokenPath,
        Refusal::TooLarge(64 * 1024 * 1024),
        Refusal::Broken,
        Refusal::Slow,
        Refusal::NeedsTls,
        Refusal::Unauthorized,
        Refusal::Forbidden(Role::Caller),
        Refusal::NoFleet,
        Refusal::UnknownRoute("/v1/nothing".to_owned()),
        Refusal::UnknownTicket("T7".to_owned()),
        Refusal::UnknownPlan("1a202cbedcb-9".to_owned()),
        Refusal::PlanUnfinished("1a202cbedcb-1".to_owned()),
        Refusal::NotApplicable("1a202cbedcb-1".to_owned(), "its search has failed"),
        Refusal::PlanOutdated {
            plan: "1a202cbedcb-1".to_owned(),
            found: vec![PlanConflictDoc {
                of: ConflictKindDoc::Route,
                id: "ana/0".to_owned(),
                found: "\"T7\" is promised in it since".to_owned(),
            }],
        },
        Refusal::NoPage("1a202cbedcb-1".to_owned()),
        Refusal::UnknownRecord("ticket", "T7".to_owned()),
        Refusal::WrongMethod,
        Refusal::TicketExists("T1".to_owned()),
        Refusal::VisitExists("000000000009-0000000".to_owned()),
        Refusal::IllegalStep {
            ticket: "T1".to_owned(),
            state: TicketStateDoc::Done,
            next: TicketStateDoc::EnRoute,
        },
        Refusal::Changed(None),
        Refusal::KeyReused,
        Refusal::Overtaken,
        Refusal::Undone,
        Refusal::Store(Trouble::Full),
        Refusal::Store(Trouble::Gone("disk I/O error".to_owned())),
        Refusal::Store(Trouble::Foreign("its tables are of version 9, known is 1".to_owned())),
        Refusal::AlreadyPromised { ticket: "T1".to_owned(), engineer: "ana".to_owned() },
        Refusal::Busy("dispatches", 1),
        Refusal::Overdue("documents"),
        Refusal::NotReady("its fleet is still being read"),
        Refusal::Stopping,
        Refusal::Bug,
    ];
    samples.extend(to_raw_value(&decision).map(Refusal::Nobody));
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_sample() {
        let codes: Vec<&str> = samples().iter().map(|refusal| refusal.row().1).collect();
        let distinct: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!(codes.len(), distinct.len());
        for (_, members) in GROUPS {
            let known = |name: &&&str| {
                distinct.contains(**name) || GROUPS.iter().any(|(group, _)| group == *name)
            };
            assert!(members.iter().all(|name| known(&name)), "{members:?}");
        }
    }
}
