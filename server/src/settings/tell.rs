//! What holds, and where each value comes from.

use std::fmt::Write;

use super::table::{Kind, Setting, Value};
use super::{Source, Values};
use crate::store::shown;

/// Every setting as a file that sets it so, each with its source. Passwords in addresses are left out, and must be put back.
pub(super) fn toml(settings: &[Setting], values: &Values) -> String {
    let mut text =
        "# A flag counts before the environment, that before the file, and that before the default.\n"
            .to_owned();
    for setting in settings {
        let (line, source) = match values.get(setting.name) {
            Some((value, source)) => (format!("{} = {}", setting.name, told(value)), source.to_string()),
            None => (format!("# {} =", setting.name), Source::Default.to_string()),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line:<32} # {source}");
    }
    text
}

/// A value as it may be shown.
fn told(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(shown(text)),
        other => other.clone(),
    }
}

/// Every setting as rows of a table in Markdown.
pub fn rows(settings: &[Setting]) -> String {
    let mut text = "| name | default | takes | what it is |\n|---|---|---|---|\n".to_owned();
    for setting in settings {
        let default = match &setting.default {
            _ if setting.is_by_cores => "the number of cores".to_owned(),
            Some(value) => format!("`{value}`"),
            None => "none".to_owned(),
        };
        let takes = match &setting.kind {
            Kind::Address => "an address".to_owned(),
            Kind::Text(what) => what.to_lowercase(),
            Kind::YesNo => "true or false".to_owned(),
            Kind::Whole(unit, range) => format!("{unit}, {} to {}", range.start(), range.end()),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{}` | {default} | {takes} | {} |", setting.name, setting.says);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_told() {
        let shown = |text: &str| told(&Value::Text(text.to_owned())).to_string();
        assert_eq!(shown("postgres://paidan:p@ss@db/x"), "\"postgres://paidan@db/x\"");
        assert_eq!(shown("postgres://db/x?user=paidan&password=p"), "\"postgres://db/x?user=paidan\"");
        assert_eq!(shown("/var/lib/paidan/paidan.db"), "\"/var/lib/paidan/paidan.db\"");
    }
}
