//! A text as a tree of values, with every flaw that the tree itself shows: no JSON, too deep, keys
//! given twice, numbers beyond any range.

use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::notes::Notes;
use super::words::quoted;
use crate::flaw::{Code, Flaw};

/// Stands in front of a number that no float can hold. The first letter cannot be typed.
const HUGE: &str = "\u{0}huge ";

/// Reads a text whatever its shape. Keys given twice and numbers out of range are noted; the first
/// value of a key counts, and a number out of range becomes null.
///
/// # Errors
/// The one flaw of a text that is not JSON or nests too deep.
pub(super) fn parse(bytes: &[u8], path: &str, notes: &mut Notes) -> Result<Value, Flaw> {
    let read = |bytes: &[u8], notes: &mut Notes| {
        let mut from = serde_json::Deserializer::from_slice(bytes);
        let tree = Tree { path: &mut path.to_owned(), notes }.deserialize(&mut from)?;
        from.end()?;
        Ok(tree)
    };
    let mut first_try = Notes::default();
    match read(bytes, &mut first_try) {
        Err(error) if is_huge_number(&error) => {
            read(&with_huge_numbers_marked(bytes), notes).map_err(|error| syntax(&error))
        }
        Err(error) => Err(syntax(&error)),
        Ok(tree) => {
            *notes = first_try;
            Ok(tree)
        }
    }
}

/// Whether `serde_json` gave up on a number such as 1e999.
fn is_huge_number(error: &serde_json::Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("number out of range")
}

/// The flaw of a text that is no JSON.
pub(super) fn syntax(error: &serde_json::Error) -> Flaw {
    let message = error.to_string();
    let (line, column) = (error.line(), error.column());
    let what = message.split(" at line ").next().unwrap_or("it cannot be read");
    if what == "recursion limit exceeded" {
        return Flaw::new(
            Code::TooDeep,
            "",
            format!("the text nests more than 127 levels deep (line {line}, column {column})"),
            "no document of this format needs more than 10; check what wrote it",
        );
    }
    let what = if what == "expected ident" { "expected a value" } else { what };
    let fix = if error.is_eof() {
        "the text ends too early; send all of it"
    } else {
        "look for a missing comma, quote or bracket there"
    };
    Flaw::new(
        Code::NotJson,
        "",
        format!("the text is not JSON: {what} (line {line}, column {column})"),
        fix,
    )
}

/// The text with every number that no float can hold turned into a marked string.
fn with_huge_numbers_marked(bytes: &[u8]) -> Vec<u8> {
    let mut marked = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'"' => after_string(bytes, at),
            b'-' | b'0'..=b'9' => after_number(bytes, at),
            _ => at + 1,
        };
        let token = &bytes[at..end];
        let huge = token[0] != b'"'
            && std::str::from_utf8(token)
                .ok()
                .and_then(|text| text.parse::<f64>().ok())
                .is_some_and(f64::is_infinite);
        if huge {
            marked.extend_from_slice(b"\"\\u0000huge ");
            marked.extend_from_slice(&token[..token.len().min(super::limits::QUOTED)]);
            marked.push(b'"');
        } else {
            marked.extend_from_slice(token);
        }
        at = end;
    }
    marked
}

fn after_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn after_number(bytes: &[u8], start: usize) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    start + bytes[start..].iter().take_while(|byte| is_part(byte)).count()
}

/// Adds a key to a path; a long one is cut.
pub(super) fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    if key.len() <= super::limits::QUOTED * 4 {
        path.push_str(key);
    } else {
        path.push_str(&quoted(key));
    }
}

/// Adds a position in a list to a path.
pub(super) fn push_index(path: &mut String, index: usize) {
    write!(path, "[{index}]").expect("a string takes everything");
}

/// Builds the tree and knows where it is.
struct Tree<'a> {
    path: &'a mut String,
    notes: &'a mut Notes,
}

impl Tree<'_> {
    fn at(&mut self, extend: impl FnOnce(&mut String)) -> (usize, Tree<'_>) {
        let before = self.path.len();
        extend(self.path);
        (before, Tree { path: self.path, notes: self.notes })
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        let Some(number) = text.strip_prefix(HUGE) else {
            return Ok(Value::String(text.to_owned()));
        };
        self.notes.flaw(Flaw::new(
            Code::OutOfRange,
            self.path.as_str(),
            format!("{number} is beyond any number"),
            "use a number inside its range",
        ));
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let (before, inside) = self.at(|path| push_index(path, list.len()));
            let entry = seq.next_element_seed(inside)?;
            self.path.truncate(before);
            match entry {
                Some(entry) => list.push(entry),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let (before, inside) = self.at(|path| push_key(path, &key));
            let twice = object.contains_key(&key);
            if twice {
                let flaw = Flaw::new(
                    Code::DuplicateId,
                    inside.path.as_str(),
                    format!("the key {} is given twice", quoted(&key)),
                    "keep one",
                );
                inside.notes.flaw(flaw);
            }
            let value = map.next_value_seed(inside)?;
            self.path.truncate(before);
            if !twice {
                object.insert(key, value);
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_numbers_and_double_keys_are_noted_with_their_paths() {
        let text = br#"{"a": [1, {"b": -1e999, "s": "1e999 \" 2e999"}], "a": 1, "c": 1e400}"#;
        let mut notes = Notes::default();
        let tree = parse(text, "", &mut notes).expect("JSON");
        assert_eq!(tree["a"][1]["s"], "1e999 \" 2e999");
        assert_eq!(tree["c"], Value::Null);
        let told: Vec<String> = notes.into_flaws().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].starts_with("[out-of-range] a[1].b: -1e999 is beyond"), "{told:?}");
        assert!(told[1].starts_with("[duplicate-id] a: "), "{told:?}");
    }

    #[test]
    fn a_text_that_is_no_json_says_where() {
        let flaw = |text: &str| parse(text.as_bytes(), "", &mut Notes::default()).expect_err(text);
        assert_eq!(flaw("{\"a\":\n 1,}").code, Code::NotJson);
        assert!(flaw("{\"a\":\n 1,}").found.contains("line 2"));
        assert!(flaw("").fix.contains("too early"));
        assert_eq!(flaw("[1] 2").code, Code::NotJson);
        assert_eq!(flaw(&"[".repeat(1_000_000)).code, Code::TooDeep);
        assert_eq!(flaw("1e999 x").code, Code::NotJson);
    }
}
