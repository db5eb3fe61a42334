//! What holds, and where each value comes from.

use std::fmt::Write;

use super::table::{Kind, Setting, Value};
use super::{Source, Values};

/// Every setting as a file that sets it so, each with its source. Passwords in addresses are left out.
pub(super) fn toml(settings: &[Setting], values: &Values) -> String {
    let mut text =
        "# A flag counts before the environment, that before the file, and that before the default.\n"
            .to_owned();
    for setting in settings {
        let (line, source) = match values.get(setting.name) {
            Some((value, source)) => {
                (format!("{} = {}", setting.name, hidden(value)), source.to_string())
            }
            None => (format!("# {} =", setting.name), Source::Default.to_string()),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line:<32} # {source}");
    }
    text
}

/// A value without a password that stands in an address, as in `scheme://user:password@host`.
fn hidden(value: &Value) -> Value {
    let Value::Text(text) = value else { return value.clone() };
    let hide = || {
        let (scheme, rest) = text.split_once("://")?;
        let (who, host) = rest.rsplit_once('@')?;
        let (user, _) = who.split_once(':')?;
        Some(Value::Text(format!("{scheme}://{user}:...@{host}")))
    };
    hide().unwrap_or_else(|| value.clone())
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
        let told = |text: &str| hidden(&Value::Text(text.to_owned())).to_string();
        assert_eq!(told("postgres://paidan:p@ss@db/x"), "\"postgres://paidan:...@db/x\"");
        assert_eq!(told("postgres://paidan@db/x"), "\"postgres://paidan@db/x\"");
        assert_eq!(told("/var/lib/paidan/paidan.db"), "\"/var/lib/paidan/paidan.db\"");
    }
}
