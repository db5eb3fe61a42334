//! What can be set: everything that `paidan serve` takes, in one table.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use crate::config::{Config, LIMITS};

/// Something that can be set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name, in a file; in the environment and as a flag it is written as [`Setting::variable`] and
    /// [`Setting::flag`] have it.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is unless it is set; none if it is nothing then.
    pub default: Option<Value>,
    /// Whether its default is the number of cores.
    pub is_by_cores: bool,
    /// What it means.
    pub says: &'static str,
}

/// What a setting may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An address with a port.
    Address,
    /// A text; what stands for it in help.
    Text(&'static str),
    /// True or false.
    YesNo,
    /// A whole number of this unit.
    Whole(&'static str, RangeInclusive<u64>),
}

/// What a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// True or false.
    YesNo(bool),
    /// A whole number.
    Whole(u64),
}

/// What was written for a setting, as far as its place tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A word whose kind nobody has told: from the environment, or a flag.
    Word(String),
    /// A text in quotes.
    Text(String),
    /// True or false.
    YesNo(bool),
    /// A number, as it is written.
    Number(String),
    /// Something of another kind, by its name.
    Other(&'static str),
}

/// Every setting: the service's own, then its limits.
pub fn settings() -> Vec<Setting> {
    let own = |name, kind, default, says| Setting { name, kind, default, is_by_cores: false, says };
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let mut all = vec![
        own("listen", Kind::Address, text("127.0.0.1:8080"), "address and port"),
        own(
            "store",
            Kind::Text("STORE"),
            text("paidan.db"),
            "the file that everything is kept in, made if it is not there; the URL of a PostgreSQL database, which several services \
             may share; or the word memory, to keep nothing",
        ),
        own(
            "fleet",
            Kind::Text("PROBLEM"),
            None,
            "a problem document to start with as the fleet, or - for stdin; a fleet that is in the store already stays there",
        ),
        own(
            "require_keys",
            Kind::YesNo,
            Some(Value::YesNo(false)),
            "ask for a key even of requests that come from this machine; on any other address keys are always asked for",
        ),
        own(
            "webhooks_to_private",
            Kind::YesNo,
            Some(Value::YesNo(false)),
            "let webhooks go unencrypted, and to addresses that only this machine and its network reach; whoever may make \
             webhooks can then have this machine send requests to anything that it reaches",
        ),
        own(
            "tls_cert",
            Kind::Text("FILE"),
            None,
            "the certificate, with those that vouch for it, as PEM; then the service speaks TLS and nothing else",
        ),
        own("tls_key", Kind::Text("FILE"), None, "the certificate's private key, as PEM"),
    ];
    let config = Config::default();
    all.extend(LIMITS.iter().map(|limit| Setting {
        name: limit.name,
        kind: Kind::Whole(limit.unit, limit.range.clone()),
        default: Some(Value::Whole((limit.get)(&config))),
        is_by_cores: limit.is_by_cores,
        says: limit.says,
    }));
    all
}

impl Setting {
    /// Its name in the environment.
    pub fn variable(&self) -> String {
        format!("{}{}", super::PREFIX, self.name.to_uppercase())
    }

    /// Its name as a flag, without the dashes before it.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// What was written, if it may be that; else what is wrong with it.
    pub(super) fn read(&self, written: Written) -> Result<Value, String> {
        let found = match (&self.kind, written) {
            (Kind::Address | Kind::Text(_), Written::Word(text) | Written::Text(text)) => {
                if self.kind != Kind::Address || text.parse::<SocketAddr>().is_ok() {
                    return Ok(Value::Text(text));
                }
                format!("{text:?}")
            }
            (Kind::YesNo, Written::YesNo(is)) => return Ok(Value::YesNo(is)),
            (Kind::YesNo, Written::Word(word)) => match word.parse() {
                Ok(is) => return Ok(Value::YesNo(is)),
                Err(_) => format!("{word:?}"),
            },
            (Kind::Whole(_, range), Written::Word(digits) | Written::Number(digits)) => {
                match digits.parse() {
                    Ok(number) if range.contains(&number) => return Ok(Value::Whole(number)),
                    _ => digits,
                }
            }
            (_, Written::Text(text)) => format!("the text {text:?}"),
            (_, Written::YesNo(is)) => is.to_string(),
            (_, Written::Number(digits)) => digits,
            (_, Written::Other(what)) => what.to_owned(),
        };
        Err(format!("{} is {found}; it takes {}", self.name, self.kind.says()))
    }
}

impl Kind {
    /// What it takes, in words.
    pub fn says(&self) -> String {
        match self {
            Kind::Address => "an address with a port, as \"127.0.0.1:8080\"".to_owned(),
            Kind::Text(_) => "a text".to_owned(),
            Kind::YesNo => "true or false".to_owned(),
            Kind::Whole(unit, range) => {
                format!("a whole number of {unit}, {} to {}", range.start(), range.end())
            }
        }
    }
}

impl std::fmt::Display for Value {
    /// As TOML has it, which for these is what JSON has.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Text(text) => serde_json::Value::from(text.as_str()).fmt(f),
            Value::YesNo(is) => is.fmt(f),
            Value::Whole(number) => number.fmt(f),
        }
    }
}
