//! Which format a problem comes in, and for what it is planned.

use std::path::Path;

use clap::{Args, ValueEnum};
use paidan_engine::wire::{Format, Objective, Question, read_question};

use super::files;
use super::outcome::Trouble;

#[derive(Debug, Args)]
pub(super) struct FormatArgs {
    /// Format of the problem; without it the text itself tells.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<FormatName>,
    /// What a published instance is planned for.
    #[arg(long, value_enum, value_name = "OBJECTIVE")]
    objective: Option<ObjectiveName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Our own JSON.
    Paidan,
    /// The text of Solomon and of Gehring and Homberger.
    Solomon,
    /// VRPLIB, as CVRPLIB and PyVRP write it.
    Vrplib,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ObjectiveName {
    /// Distance only; the default.
    Distance,
    /// Vehicles first, then distance.
    Vehicles,
}

impl FormatArgs {
    /// Our own format, for commands that take no other.
    pub(super) const OURS: FormatArgs = FormatArgs { format: Some(FormatName::Paidan), objective: None };

    /// The format that was named, or that the text looks like.
    fn format(&self, bytes: &[u8]) -> Format {
        match self.format {
            Some(FormatName::Paidan) => Format::Paidan,
            Some(FormatName::Solomon) => Format::Solomon,
            Some(FormatName::Vrplib) => Format::Vrplib,
            None => Format::of(bytes),
        }
    }

    /// Reads a problem; `path` names it in what is told about it.
    pub(super) fn question(&self, path: &Path, bytes: &[u8]) -> Result<Question, Trouble> {
        let format = self.format(bytes);
        let objective = match self.objective {
            None | Some(ObjectiveName::Distance) => Objective::Distance,
            Some(ObjectiveName::Vehicles) => Objective::Vehicles,
        };
        let published = matches!(format, Format::Solomon | Format::Vrplib);
        if self.objective.is_some() && !published {
            let says = "--objective is for Solomon and VRPLIB files; a problem of ours has its policy";
            return Err(Trouble::Usage(says.to_owned()));
        }
        read_question(format, bytes, objective)
            .map_err(|flaws| Trouble::Flawed(files::name(path), flaws))
    }
}
