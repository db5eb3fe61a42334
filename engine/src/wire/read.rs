//! Reading: fast where the text fits the format, patient where it does not.
//!
//! A text that fits is read once, straight into its document. Only when that fails is it read as a
//! tree and repaired element by element, so that all its flaws can be told together.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::{
    AreaDoc, DepotDoc, EngineerDoc, ProblemDoc, RouteDoc, TerritoryDoc, TicketDoc, VisitDoc,
};
use super::notes::{Notes, STAND_IN_MOMENT};
use super::repair::{Step, last_key, repair};
use super::strict::{self, Strict};
use super::words::{self, Trouble};
use super::{drafts, limits, tree};
use crate::flaw::{Code, Flaw};
use crate::problem::{self, Draft, Problem};

/// A text of bearable length, without the byte order mark that some editors put in front.
pub(super) fn body(bytes: &[u8]) -> Result<&[u8], Vec<Flaw>> {
    if bytes.len() > limits::BODY_BYTES {
        return Err(vec![Flaw::new(
            Code::TooLarge,
            "",
            format!("{} bytes are more than the limit of {}", bytes.len(), limits::BODY_BYTES),
            "split the document, by region or by day",
        )]);
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// Reads any document without lists that are worth a repair of their own. Without notes it is as the
/// caller wrote it.
pub(super) fn document<T: DeserializeOwned>(bytes: &[u8], path: &str) -> Result<(T, Notes), Vec<Flaw>> {
    let bytes = body(bytes)?;
    let mut notes = Notes::default();
    if let Ok(doc) = strict::from_slice(bytes) {
        return Ok((doc, notes));
    }
    // The tree knows its own paths; those of a text that stands alone begin with its name.
    let tree = whole_tree::<T>(bytes, path, &mut notes)?;
    match repair(tree, path, &mut notes) {
        Some(doc) => Ok((doc, notes)),
        None => Err(notes.into_flaws()),
    }
}

/// The text as a tree, if it is short enough for one; else the first flaw.
pub(super) fn whole_tree<T: DeserializeOwned>(
    bytes: &[u8],
    path: &str,
    notes: &mut Notes,
) -> Result<Value, Vec<Flaw>> {
    if bytes.len() > limits::REPAIR_BYTES {
        return Err(vec![first_flaw::<T>(bytes, path)]);
    }
    tree::parse(bytes, path, notes).map_err(|flaw| vec![flaw])
}

/// The first thing that is wrong with the text of a `T`.
fn first_flaw<T: DeserializeOwned>(bytes: &[u8], path: &str) -> Flaw {
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(Strict(&mut from)) else {
        return match from.end() {
            Err(error) => tree::syntax(&error),
            Ok(()) => Flaw::new(Code::NotJson, "", "the text cannot be read", "send it again"),
        };
    };
    if !error.inner().is_data() {
        return tree::syntax(error.inner());
    }
    let mut path = path.to_owned();
    let steps: Vec<Step> = error.path().iter().filter_map(Step::of).collect();
    for step in &steps {
        step.push(&mut path);
    }
    let message = error.inner().to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let Trouble { code, found, fix, .. } = words::trouble(message, None, last_key(&steps));
    Flaw::new(code, path, found, fix)
}

/// Reads a whole problem document.
pub(super) fn draft(bytes: &[u8]) -> Result<Draft, Vec<Flaw>> {
    let bytes = body(bytes)?;
    let mut notes = Notes::default();
    let doc = match strict::from_slice(bytes) {
        Ok(doc) => doc,
        Err(_) => match problem_doc(bytes, &mut notes)? {
            Some(doc) => doc,
            None => return Err(notes.into_flaws()),
        },
    };
    draft_of(doc, notes)
}

/// The draft of a document; if something was wrong with it, the flaws that the draft itself still
/// shows are told as well.
pub(super) fn draft_of(doc: ProblemDoc, mut notes: Notes) -> Result<Draft, Vec<Flaw>> {
    let draft = drafts::problem(doc, &mut notes);
    if notes.is_clean() {
        return Ok(draft);
    }
    if !notes.is_full()
        && let Err(more) = Problem::new(draft)
    {
        notes.add_semantic(more);
    }
    Err(notes.into_flaws())
}

/// Reads a problem document that does not fit, element by element.
fn problem_doc(bytes: &[u8], notes: &mut Notes) -> Result<Option<ProblemDoc>, Vec<Flaw>> {
    let mut tree = whole_tree::<ProblemDoc>(bytes, "", notes)?;
    let limits = [
        ("territories", problem::limits::TERRITORIES),
        ("depots", problem::limits::DEPOTS),
        ("engineers", problem::limits::ENGINEERS),
        ("tickets", problem::limits::TICKETS),
        ("visits", problem::limits::VISITS),
        ("routes", problem::limits::ENGINEERS * problem::limits::SHIFTS_EACH),
    ];
    let [territories, depots, engineers, tickets, visits, routes] =
        limits.map(|(name, limit)| take_list(&mut tree, name, limit, notes));
    let Some(mut doc) = repair::<ProblemDoc>(tree, "", notes) else { return Ok(None) };
    doc.territories.extend(elements("territories", territories, notes, territory));
    doc.depots.extend(elements("depots", depots, notes, depot));
    doc.engineers.extend(elements("engineers", engineers, notes, engineer));
    doc.tickets.extend(elements("tickets", tickets, notes, ticket));
    doc.visits.extend(elements("visits", visits, notes, visit));
    doc.routes.extend(elements("routes", routes, notes, route));
    Ok(Some(doc))
}

/// Takes a list out of an object, so that its elements can be read one by one. What is no list stays.
pub(super) fn take_list(tree: &mut Value, name: &str, limit: usize, notes: &mut Notes) -> Vec<Value> {
    let Some(Value::Array(list)) = tree.get_mut(name) else { return Vec::new() };
    let mut list = std::mem::take(list);
    if list.len() > limit {
        let flaw = Flaw::new(
            Code::TooLarge,
            name,
            format!("{} {name} are more than the limit of {limit}", list.len()),
            "split the problem, by region or by day",
        );
        // What is wrong with the entries that are left is still worth telling.
        notes.aside(flaw, Some(name.to_owned()));
        list.truncate(limit);
    }
    list
}

/// Reads the elements of a list. One that cannot be read leaves a stand-in, so that the others keep
/// their places.
pub(super) fn elements<T: DeserializeOwned>(
    name: &str,
    list: Vec<Value>,
    notes: &mut Notes,
    stand_in: fn(String) -> T,
) -> Vec<T> {
    let mut path = name.to_owned();
    let mut read = Vec::with_capacity(list.len());
    for (n, value) in list.into_iter().enumerate() {
        if notes.is_full() {
            break;
        }
        path.truncate(name.len());
        tree::push_index(&mut path, n);
        read.push(repair(value, &path, notes).unwrap_or_else(|| {
            notes.settle(path.clone());
            stand_in(format!("?{n}"))
        }));
    }
    read
}

fn territory(id: String) -> TerritoryDoc {
    TerritoryDoc { id, area: AreaDoc::MultiPolygon { coordinates: Vec::new() } }
}

fn depot(id: String) -> DepotDoc {
    DepotDoc { id, ..DepotDoc::default() }
}

fn engineer(id: String) -> EngineerDoc {
    EngineerDoc { id, ..EngineerDoc::default() }
}

fn ticket(id: String) -> TicketDoc {
    TicketDoc { id, ..TicketDoc::default() }
}

fn visit(ticket: String) -> VisitDoc {
    let moment = || STAND_IN_MOMENT.to_owned();
    VisitDoc { ticket, start: moment(), end: moment(), ..VisitDoc::default() }
}

fn route(engineer: String) -> RouteDoc {
    RouteDoc { engineer, shift: 0, tickets: Vec::new() }
}
