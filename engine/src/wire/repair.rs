//! Reading an element that does not fit: what is wrong is noted and taken out, until the rest fits.
//!
//! So an input with ten mistakes is told about ten mistakes. What is taken out leaves a stand-in where
//! the format needs something; nothing built from a stand-in ever leaves this floor.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

use super::limits;
use super::notes::{Notes, STAND_IN_MOMENT};
use super::strict::Strict;
use super::tree::{push_index, push_key};
use super::words::{self, Key, Trouble};
use crate::flaw::Flaw;

/// Reads `value` as a `T`, noting all that is wrong with it under `path`. `None` if nothing readable is
/// left.
pub(super) fn repair<T: DeserializeOwned>(mut value: Value, path: &str, notes: &mut Notes) -> Option<T> {
    let id = id_of(&value);
    let mut gone = Gone::default();
    let mut rounds = None;
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(Strict(&value)) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let left = rounds
            .get_or_insert_with(|| (limits::REPAIR_WORK / size(&value).max(1)).clamp(2, limits::ROUNDS));
        if *left == 0 || notes.is_full() {
            return None;
        }
        *left -= 1;
        let steps: Vec<Step> = error.path().iter().filter_map(Step::of).collect();
        let message = error.inner().to_string();
        if !take_out(&mut value, steps, &message, path, id.as_deref(), &mut gone, notes) {
            return None;
        }
    }
}

/// One step of a path inside a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A position in a list.
    Index(usize),
    /// A key of an object.
    Key(String),
}

impl Step {
    /// The step of a segment, if it is one.
    pub(super) fn of(segment: &Segment) -> Option<Step> {
        match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        }
    }

    /// Adds the step to a path.
    pub(super) fn push(&self, path: &mut String) {
        match self {
            Step::Index(index) => push_index(path, *index),
            Step::Key(key) => push_key(path, key),
        }
    }
}

/// Entries taken out of lists, by the list's path in the caller's text, so that later paths count
/// them still.
#[derive(Default)]
struct Gone(BTreeMap<String, Vec<usize>>);

impl Gone {
    /// The path as the caller wrote it.
    fn original(&self, base: &str, steps: &[Step]) -> String {
        let mut path = base.to_owned();
        for step in steps {
            match step {
                Step::Key(_) => step.push(&mut path),
                Step::Index(index) => Step::Index(self.original_index(&path, *index)).push(&mut path),
            }
        }
        path
    }

    fn original_index(&self, list: &str, mut index: usize) -> usize {
        for gone in self.0.get(list).into_iter().flatten() {
            if *gone <= index {
                index += 1;
            }
        }
        index
    }

    fn take(&mut self, list: String, index: usize) {
        let original = self.original_index(&list, index);
        let gone = self.0.entry(list).or_default();
        gone.push(original);
        gone.sort_unstable();
    }
}

/// Notes one error and changes `value` so that it does not come again. False if that is not possible.
fn take_out(
    value: &mut Value,
    mut steps: Vec<Step>,
    message: &str,
    base: &str,
    id: Option<&str>,
    gone: &mut Gone,
    notes: &mut Notes,
) -> bool {
    let Trouble { code, found, fix, key } =
        words::trouble(message, look(value, &steps), last_key(&steps));
    let flaw = |path: String| {
        let flaw = Flaw::new(code, path, found.clone(), fix.clone());
        match id {
            Some(id) => flaw.of(id),
            None => flaw,
        }
    };
    match key {
        Key::Extra { name, meant } => {
            // The path ends with the key itself or with the object that holds it.
            let holds = |steps: &[Step]| {
                look(value, steps).and_then(Value::as_object).is_some_and(|map| map.contains_key(&name))
            };
            if !holds(&steps) {
                steps.pop();
            }
            let mut path = gone.original(base, &steps);
            let meant = meant.map(|meant| {
                let mut path = path.clone();
                push_key(&mut path, &meant);
                path
            });
            push_key(&mut path, &name);
            notes.aside(flaw(path), meant);
            find(value, &steps)
                .and_then(|holder| holder.as_object_mut().and_then(|map| map.remove(&name)))
                .is_some()
        }
        Key::Missing(name) => {
            let mut path = gone.original(base, &steps);
            push_key(&mut path, &name);
            notes.flaw(flaw(path));
            match (find(value, &steps), stand_in(&name)) {
                (Some(Value::Object(map)), Some(stand_in)) => map.insert(name, stand_in).is_none(),
                _ => false,
            }
        }
        Key::Itself => {
            // Of a table or an outline one wrong cell is enough to know that it is wrong.
            let bulk = |step: &Step| {
                matches!(step, Step::Key(key)
                    if ["durations_s", "metres_m", "coordinates"].contains(&key.as_str()))
            };
            let place = gone.original(base, &steps);
            let first_time = !notes.is_told(&place);
            if notes.is_told_inside(&place) {
                // What is wrong with the whole may come from what was taken out of it.
                notes.settle(place);
            } else {
                notes.flaw(flaw(place));
            }
            if let Some(end) = steps.iter().position(bulk) {
                steps.truncate(end + 1);
                // What is left out here is needed: without a note it would be told as missing.
                notes.settle(gone.original(base, &steps));
            }
            remove(value, &steps, base, gone, first_time)
        }
    }
}

/// The key under which a value stands, itself or its list.
pub(super) fn last_key(steps: &[Step]) -> &str {
    let keys = steps.iter().rev().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    keys.into_iter().next().unwrap_or_default()
}

/// Takes the value at `steps` out of its list or object. In a list whose entries are known a stand-in
/// takes its place, so that the entries after it keep theirs.
fn remove(value: &mut Value, steps: &[Step], base: &str, gone: &mut Gone, first_time: bool) -> bool {
    let Some((step, holder)) = steps.split_last() else { return false };
    let entry = stand_in_entry(last_key(holder), base).filter(|_| first_time);
    match (find(value, holder), step) {
        (Some(Value::Object(map)), Step::Key(key)) => map.remove(key).is_some(),
        (Some(Value::Array(list)), Step::Index(at)) if *at < list.len() => {
            if let Some(entry) = entry {
                list[*at] = entry;
            } else {
                gone.take(gone.original(base, holder), *at);
                list.remove(*at);
            }
            true
        }
        _ => false,
    }
}

fn look<'a>(value: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get(*index),
        Step::Key(key) => value.get(key),
    })
}

fn find<'a>(value: &'a mut Value, steps: &[Step]) -> Option<&'a mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get_mut(*index),
        Step::Key(key) => value.get_mut(key),
    })
}

/// How many values there are, itself included. `serde_json`'s own limit keeps the recursion shallow.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum::<usize>(),
        Value::Object(map) => map.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// The id that an element goes by.
pub(super) fn id_of(value: &Value) -> Option<String> {
    let map: &Map<String, Value> = value.as_object()?;
    ["id", "ticket", "engineer"].iter().find_map(|key| map.get(*key)?.as_str()).map(str::to_owned)
}

/// Something harmless of the right type for a key that the format needs.
fn stand_in(key: &str) -> Option<Value> {
    Some(match key {
        "id" | "ticket" | "customer" | "issue" | "engineer" | "typeId" | "vehicleId" | "matrix"
        | "name" => json!("?"),
        "now" | "start" | "end" | "leave" | "arrival" | "departure" | "back" | "earliest" | "latest" => {
            json!(STAND_IN_MOMENT)
        }
        "place" | "receipt" | "price" | "run" | "location" => json!({}),
        "plan" => json!({"jobs": []}),
        "fleet" => json!({"vehicles": []}),
        "profile" => json!({"matrix": "?"}),
        "costs" => json!({"distance": 0, "time": 0}),
        "area" => json!({"type": "MultiPolygon", "coordinates": []}),
        "tickets" | "coordinates" | "durations_s" | "stops" | "jobs" | "places" | "vehicles"
        | "vehicleIds" | "capacity" | "shifts" | "travelTimes" | "distances" => json!([]),
        "resolved" => json!(false),
        "kind" => json!("crow"),
        "type" => json!("MultiPolygon"),
        "reason" => json!({"code": "impossible"}),
        "code" => json!("impossible"),
        "ended" => json!("rounds"),
        "engine" => json!(""),
        "level" => json!(1),
        "work_s" | "length_s" | "keywords" | "baseline" | "skill" | "proximity" | "history" | "load"
        | "shift" | "drive_s" | "drive_back_s" | "total" | "seed" | "rounds" | "priority_lost"
        | "unserved" | "seconds" | "duration" | "distance" | "time" => {
            json!(0)
        }
        _ => return None,
    })
}

/// The same for an entry of a list.
fn stand_in_entry(list: &str, base: &str) -> Option<Value> {
    let (moment, time) = (STAND_IN_MOMENT, "00:00");
    let in_plan = base.starts_with("routes");
    Some(match list {
        "windows" | "absences" | "shifts" => json!({"start": moment, "end": moment}),
        "breaks" if in_plan => json!({"start": moment, "end": moment}),
        "breaks" => json!({"start": time, "end": time, "length_s": 0}),
        "stops" => json!({"ticket": "?", "drive_s": 0, "arrival": moment, "start": moment,
            "departure": moment, "receipt": {"total": 0}}),
        "territories" | "tickets" | "after" | "required" | "preferred" | "forbidden" => json!("?"),
        _ => return None,
    })
}
