//! Which format a problem comes in, and for what it is planned.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use paidan_engine::problem::TravelSpec;
use paidan_engine::wire::{Beside, Format, Objective, Purpose, Question, read_question};

use super::files;
use super::outcome::Trouble;
use super::text::plain;

#[derive(Debug, Args)]
pub(super) struct FormatArgs {
    /// Format of the problem; without it the text itself tells.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<FormatName>,
    /// What a published instance is planned for.
    #[arg(long, value_enum, value_name = "OBJECTIVE")]
    objective: Option<ObjectiveName>,
    /// A matrix of a pragmatic problem; several if need be.
    #[arg(long, value_name = "FILE")]
    matrix: Vec<PathBuf>,
    /// Speed where a VROOM question brings no travel tables, as the crow flies [default: 35].
    #[arg(long, value_name = "KM/H")]
    speed_kmh: Option<f64>,
    /// Road metres per metre as the crow flies, there [default: 1.3].
    #[arg(long, value_name = "FACTOR")]
    detour: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Our own JSON.
    Paidan,
    /// The text of Solomon and of Gehring and Homberger.
    Solomon,
    /// VRPLIB, with windows and vehicles that differ.
    Vrplib,
    /// Technicians with skills, tools and spare parts, of Pillac, Guéret and Medaglia.
    Trsp,
    /// The JSON of vrp.
    Pragmatic,
    /// VROOM's JSON.
    Vroom,
    /// Home healthcare, of Ceschia and others.
    Uhhc,
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
    pub(super) const OURS: FormatArgs = FormatArgs {
        format: Some(FormatName::Paidan),
        objective: None,
        matrix: Vec::new(),
        speed_kmh: None,
        detour: None,
    };

    /// The format that was named, or that the text looks like.
    fn format(&self, bytes: &[u8]) -> Format {
        match self.format {
            Some(FormatName::Paidan) => Format::Paidan,
            Some(FormatName::Solomon) => Format::Solomon,
            Some(FormatName::Vrplib) => Format::Vrplib,
            Some(FormatName::Trsp) => Format::Trsp,
            Some(FormatName::Pragmatic) => Format::Pragmatic,
            Some(FormatName::Vroom) => Format::Vroom,
            Some(FormatName::Uhhc) => Format::Uhhc,
            None => Format::of(bytes),
        }
    }

    /// Reads a problem; `path` names it in what is told about it. What a plan will not honour is told on
    /// stderr.
    pub(super) fn question(
        &self,
        path: &Path,
        bytes: &[u8],
        purpose: Purpose,
    ) -> Result<Question, Trouble> {
        let format = self.format(bytes);
        let objective = match self.objective {
            None | Some(ObjectiveName::Distance) => Objective::Distance,
            Some(ObjectiveName::Vehicles) => Objective::Vehicles,
        };
        if self.objective.is_some() && !matches!(format, Format::Solomon | Format::Vrplib) {
            let says = "--objective is for Solomon and VRPLIB files";
            return Err(Trouble::Usage(says.to_owned()));
        }
        if !self.matrix.is_empty() && format != Format::Pragmatic {
            return Err(Trouble::Usage("--matrix is for pragmatic problems".to_owned()));
        }
        if (self.speed_kmh.is_some() || self.detour.is_some()) && format != Format::Vroom {
            let says =
                "--speed-kmh and --detour are for VROOM questions; other formats have keys for them";
            return Err(Trouble::Usage(says.to_owned()));
        }
        let travel = TravelSpec::Crow {
            speed_kmh: self.speed_kmh.unwrap_or(35.0),
            detour: self.detour.unwrap_or(1.3),
        };
        let matrices =
            self.matrix.iter().map(|path| files::read(path)).collect::<Result<Vec<_>, _>>()?;
        let matrices: Vec<&[u8]> = matrices.iter().map(Vec::as_slice).collect();
        let beside = Beside { objective, purpose, matrices: &matrices, travel };
        let question = read_question(format, bytes, beside)
            .map_err(|flaws| Trouble::Flawed(files::name(path), flaws))?;
        for difference in &question.differences {
            eprint!("{}", plain(&format!("note: {}: {}\n", difference.path, difference.says)));
        }
        Ok(question)
    }
}
