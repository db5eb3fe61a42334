//! Settings in a file of TOML: flat, each under its name.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::Written;
use super::{Mistake, Source};

/// What stands in the text of a file, each with its line.
///
/// # Errors
/// All that is no TOML.
pub(super) fn read(name: &str, text: &str) -> Result<Vec<(String, Written, Source)>, Vec<Mistake>> {
    let line = |byte: usize| text.get(..byte).map_or(1, |before| before.matches('\n').count() + 1);
    let source = |byte| Source::File { name: name.to_owned(), line: line(byte) };
    let (table, troubles) = DeTable::parse_recoverable(text);
    if !troubles.is_empty() {
        let told = |trouble: &toml::de::Error| {
            let place = source(trouble.span().map_or(0, |span| span.start)).to_string();
            Mistake { place, says: format!("this is no TOML: {}", trouble.message()) }
        };
        return Err(troubles.iter().map(told).collect());
    }
    let mut pairs: Vec<_> = table.get_ref().iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    Ok(pairs
        .into_iter()
        .map(|(key, value)| (key.get_ref().to_string(), written(value), source(key.span().start)))
        .collect())
}

fn written(value: &Spanned<DeValue<'_>>) -> Written {
    match value.get_ref() {
        DeValue::String(text) => Written::Text(text.to_string()),
        DeValue::Boolean(is) => Written::YesNo(*is),
        // Of another radix it is told as it is written, and refused.
        DeValue::Integer(number) => Written::Number(number.to_string()),
        DeValue::Float(number) => Written::Number(number.to_string()),
        DeValue::Datetime(_) => Written::Other("a date"),
        DeValue::Array(_) => Written::Other("a list"),
        DeValue::Table(_) => Written::Other("a table"),
    }
}
