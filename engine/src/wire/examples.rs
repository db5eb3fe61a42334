//! An example of every document, as the API's description shows it: one small problem, docs/example.json,
//! and what is answered about it. Tests send them and read them.

use serde_json::Value;

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a document of docs/ is JSON")
}

/// A whole problem.
pub fn problem() -> Value {
    read(include_str!("../../../docs/example.json"))
}

/// An engineer.
pub fn engineer() -> Value {
    problem()["engineers"][0].take()
}

/// A ticket.
pub fn ticket() -> Value {
    problem()["tickets"][0].take()
}

/// A visit that [`problem`] does not know of yet.
pub fn visit() -> Value {
    read(
        r#"{
            "ticket": "T7", "customer": "C9", "issue": "leak", "engineer": "ana",
            "start": "2026-01-06T09:00:00-05:00", "end": "2026-01-06T10:00:00-05:00", "resolved": true
        }"#,
    )
}

/// A policy.
pub fn policy() -> Value {
    read(include_str!("../../../docs/examples/policy.json"))
}

/// The decision about [`ticket`] in [`problem`].
pub fn decision() -> Value {
    read(include_str!("../../../docs/examples/decision.json"))
}

/// Its first offer.
pub fn offer() -> Value {
    decision()["offers"][0].take()
}

/// The plan of [`problem`].
pub fn plan() -> Value {
    read(include_str!("../../../docs/examples/plan.json"))
}

/// Its first route.
pub fn planned_route() -> Value {
    plan()["routes"][0].take()
}

/// The first stop of that.
pub fn planned_stop() -> Value {
    planned_route()["stops"][0].take()
}

/// The wave of all tickets of [`problem`].
pub fn wave() -> Value {
    read(include_str!("../../../docs/examples/wave.json"))
}

/// Its first ticket.
pub fn given() -> Value {
    wave()["given"][0].take()
}
