//! How a command ends.

use std::io::Write;
use std::process::ExitCode;

use paidan_engine::flaw::Flaw;

use super::text::{count, plain};
use crate::settings::Mistake;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well.
    Fine = 0,
    /// No: breaches, or nobody can go, or the ticket is promised already.
    No = 1,
    /// Wrong usage.
    Usage = 2,
    /// Flawed input.
    Flawed = 3,
    /// A file cannot be read or written, a port cannot be had.
    Files = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A document is flawed; its name and the flaws.
    Flawed(String, Vec<Flaw>),
    /// Something cannot be read, written or had: what, and what the system says.
    System(String, std::io::Error),
    /// The arguments do not make sense together.
    Usage(String),
    /// What was set is wrong.
    Settings(Vec<Mistake>),
}

impl Trouble {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Trouble::Flawed(..) => Exit::Flawed,
            Trouble::System(..) => Exit::Files,
            Trouble::Usage(_) | Trouble::Settings(_) => Exit::Usage,
        }
    }

    /// Tells it on stderr.
    pub(super) fn tell(&self) {
        let text = match self {
            Trouble::Flawed(name, flaws) => {
                let mut text = String::new();
                for flaw in flaws {
                    text.push_str(&flaw.to_string());
                    text.push('\n');
                }
                text + &format!("{} in {name}\n", count(flaws.len(), "flaw", "flaws"))
            }
            Trouble::System(what, trouble) => format!("error: {what}: {trouble}\n"),
            Trouble::Usage(what) => format!("error: {what}\n"),
            Trouble::Settings(mistakes) => {
                let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
                format!("error: {}\n", lines.join("\nerror: "))
            }
        };
        // Nothing can be told if stderr is gone.
        let _ = std::io::stderr().write_all(plain(&text).as_bytes());
    }
}
