//! What serde says, in words for people.

use serde_json::Value;

use super::document::SEPARATOR;
use super::limits::QUOTED;
use crate::flaw::Code;

/// What is wrong with one value, and what has to be taken out to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The kind of flaw.
    pub code: Code,
    /// Value and expectation.
    pub found: String,
    /// The way out.
    pub fix: String,
    /// The key that is meant, if it is not the place itself.
    pub key: Key,
}

/// Which key a trouble is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The value at the place itself.
    Itself,
    /// A key too many; perhaps another one was meant.
    Extra {
        /// The key.
        name: String,
        /// The known key that is nearest to it, if one is near.
        meant: Option<String>,
    },
    /// A key too few.
    Missing(String),
}

/// A caller's text in quotes, cut to a bearable length.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().nth(QUOTED).is_none() {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(QUOTED - 3).collect();
    format!("{:?}", head + "...")
}

/// A value as a sentence's subject.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Turns serde's message about `value`, which stands under `key`, into words. An unknown message is kept as it is.
pub(super) fn trouble(message: &str, value: Option<&Value>, key: &str) -> Trouble {
    let itself = |code, found: String, fix: String| Trouble { code, found, fix, key: Key::Itself };
    let mut parts = message.split(SEPARATOR);
    if let (Some(code), Some(found), Some(fix)) =
        (parts.next().and_then(told_code), parts.next(), parts.next())
    {
        return itself(code, found.to_owned(), fix.to_owned());
    }
    if let Some(rest) = message.strip_prefix("unknown field `") {
        return unknown_key(rest);
    }
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return Trouble {
            code: Code::MissingKey,
            found: format!("the key {name:?} is missing"),
            fix: "add it".to_owned(),
            key: Key::Missing(name.to_owned()),
        };
    }
    if let Some(name) = message.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next())
    {
        return itself(
            Code::DuplicateId,
            format!("the key {name:?} is given twice"),
            "keep one".to_owned(),
        );
    }
    let subject = |fallback: &str| value.map_or_else(|| plain(fallback), shown);
    if let Some(rest) = message.strip_prefix("unknown variant `")
        && let Some((word, known)) = rest.rsplit_once("`, expected ")
    {
        let words = names_in(known);
        let fix = match nearest(word, &words) {
            Some(near) => format!("did you mean {near:?}? The words here are {}", listed(&words)),
            None => format!("use one of {}", listed(&words)),
        };
        return itself(Code::WrongType, format!("{} is not a word for this", quoted(word)), fix);
    }
    for (start, code) in [("invalid type: ", Code::WrongType), ("invalid value: ", Code::OutOfRange)] {
        if let Some(rest) = message.strip_prefix(start)
            && let Some((got, expected)) = rest.rsplit_once(", expected ")
        {
            return mismatch(code, &subject(got), value, expected, key);
        }
    }
    itself(
        Code::WrongType,
        format!("{} cannot be read ({})", subject("the value"), plain(message)),
        "compare it with the format".to_owned(),
    )
}

/// The code that a field's own complaint names.
fn told_code(code: &str) -> Option<Code> {
    [Code::TooLarge, Code::UnknownKey, Code::MissingKey, Code::DuplicateId, Code::BadArea]
        .into_iter()
        .find(|known| known.as_str() == code)
}

fn unknown_key(rest: &str) -> Trouble {
    let (name, known) = rest
        .rsplit_once("`, expected ")
        .or_else(|| rest.rsplit_once("`, there are no fields"))
        .unwrap_or((rest, ""));
    let known = names_in(known);
    let meant = nearest(name, &known).map(str::to_owned);
    let fix = match &meant {
        Some(near) => format!("did you mean {near:?}? The keys here are {}", listed(&known)),
        None => format!("leave it out; the keys here are {}", listed(&known)),
    };
    Trouble {
        code: Code::UnknownKey,
        found: format!("the format has no key {} here", quoted(name)),
        fix,
        key: Key::Extra { name: name.to_owned(), meant },
    }
}

/// A value of another type, or outside the type's range.
fn mismatch(code: Code, subject: &str, value: Option<&Value>, expected: &str, key: &str) -> Trouble {
    let whole = |range: &str| format!("a whole number{range}");
    let unsigned = "give a whole number inside its range, without quotes";
    let (noun, fix) = match (expected, key) {
        ("u8", "crew") => (whole(" from 1 to 20"), unsigned),
        ("u8", "rating") => (whole(" from 1 to 5"), unsigned),
        ("u8", "unhappy_rating") => (whole(" from 0 to 5"), unsigned),
        ("u8", "level" | "preferred") => ("a level from 1 to 5".to_owned(), "give a level, such as 3"),
        ("u8", _) => (whole(" from 0 to 100"), unsigned),
        ("u32" | "u64", _) => (whole(" from 0 up"), unsigned),
        (expected, _) => expectation(expected),
    };
    // A whole number too long for 64 bits reaches serde as a float.
    let huge = value.and_then(Value::as_f64).is_some_and(|number| number.abs() >= 9.2e18);
    let code =
        if huge && matches!(expected, "u8" | "u32" | "i64" | "u64") { Code::OutOfRange } else { code };
    Trouble { code, found: format!("{subject} is not {noun}"), fix: fix.to_owned(), key: Key::Itself }
}

/// What serde expects, as a noun, and how to give it.
fn expectation(expected: &str) -> (String, &'static str) {
    let (noun, fix) = match expected {
        "i64" => ("a whole number", "give a whole number, without quotes"),
        "f64" => ("a number", "give a number, without quotes"),
        "a string" => ("a text", "put a text in double quotes"),
        "a boolean" => ("true or false", "say true or false, without quotes"),
        "a sequence" => ("a list", "put it in [ ], or leave the key out"),
        "a level" => {
            ("a level from 1 to 5, alone or in an object with \"level\"", "give a level, such as 3")
        }
        "a number or a list" => ("a number or a list of them", "give numbers, without quotes"),
        map if map == "a map" || map.starts_with("struct ") => {
            ("an object", "give an object with keys, in { }")
        }
        word if word.starts_with("enum ") || word == "variant identifier" => {
            ("a word", "give one of the format's words in double quotes")
        }
        other => return (plain(other), "compare it with the format"),
    };
    (noun.to_owned(), fix)
}

/// A text of serde's without the line breaks and the length that a caller's text may bring along.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(QUOTED * 2).collect()
}

/// The names between backticks in serde's list.
fn names_in(list: &str) -> Vec<&str> {
    list.split('`').skip(1).step_by(2).collect()
}

/// Names in quotes, with commas.
pub(super) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// The name that is nearest to `word` by edits, if fewer than half its letters would change.
pub(super) fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().take(QUOTED).flat_map(char::to_lowercase).collect();
    names
        .iter()
        .map(|name| (edits(&letters, &name.chars().collect::<Vec<_>>()), *name))
        .filter(|(edits, name)| *edits <= 1.max(name.len() / 3) && *edits < letters.len())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Levenshtein's distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (corner + usize::from(left != right)).min(above + 1).min(row[j] + 1);
            corner = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_found_or_none() {
        let keys = ["windows", "work_s", "priority", "id"];
        assert_eq!(nearest("window", &keys), Some("windows"));
        assert_eq!(nearest("Windows", &keys), Some("windows"));
        assert_eq!(nearest("works", &keys), Some("work_s"));
        assert_eq!(nearest("colour", &keys), None);
        assert_eq!(nearest("", &keys), None);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert!(quoted(&"ä".repeat(1_000_000)).chars().count() < 70);
    }

    #[test]
    fn numbers_that_do_not_fit_are_out_of_range_and_fractions_are_a_wrong_type() {
        let code = |text: &str, message: &str| {
            let value: Value = serde_json::from_str(text).expect("a number");
            trouble(message, Some(&value), "").code
        };
        assert_eq!(code("300", "invalid value: integer `300`, expected u8"), Code::OutOfRange);
        assert_eq!(code("1e30", "invalid type: floating point `1e30`, expected i64"), Code::OutOfRange);
        assert_eq!(code("1.5", "invalid type: floating point `1.5`, expected u8"), Code::WrongType);
    }
}
