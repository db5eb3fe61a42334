//! Settings as flags: one for each, by its name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::outcome::Trouble;
use crate::settings::{Given, Kind, Setting, Settings, settings};

/// Where limits stand in the help.
const LIMITS: &str = "Limits, in a file or the environment as well; see also GET /v1/limits";

/// Every setting as a flag.
#[derive(Clone, Debug, Default)]
pub(super) struct SettingFlags(BTreeMap<&'static str, String>);

/// The file with settings.
#[derive(Clone, Debug, Args)]
pub(super) struct FileFlag {
    /// A file with settings.
    #[arg(
        long,
        value_name = "FILE",
        help = "A file of TOML with settings, by the names of their flags with _ for - [env: PAIDAN_CONFIG]. Flags \
                count before the environment (PAIDAN_LISTEN, ...), that before the file"
    )]
    config: Option<PathBuf>,
}

/// Reads all settings, with these flags.
pub(super) fn read(file: &FileFlag, flags: BTreeMap<&'static str, String>) -> Result<Settings, Trouble> {
    // A name that is no text is none of ours; a value that is none is told as it looks.
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    });
    let given = Given { file: file.config.clone(), flags, variables: variables.collect() };
    Settings::read(given).map_err(Trouble::Settings)
}

impl SettingFlags {
    /// Those that were given.
    pub(super) fn given(&self) -> BTreeMap<&'static str, String> {
        self.0.clone()
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        settings().iter().fold(command, |command, setting| command.arg(arg(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        SettingFlags::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<SettingFlags, clap::Error> {
        let mut flags = SettingFlags::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for Setting { name, .. } in settings() {
            if let Some(value) = matches.get_one::<String>(name) {
                self.0.insert(name, value.clone());
            }
        }
        Ok(())
    }
}

fn arg(setting: &Setting) -> Arg {
    let default = match &setting.default {
        _ if setting.is_by_cores => " [default: the number of cores]".to_owned(),
        Some(value) => format!(" [default: {value}]"),
        None => String::new(),
    };
    let says = format!("{}{}", setting.says[..1].to_uppercase(), &setting.says[1..]);
    let arg = Arg::new(setting.name).long(setting.flag()).help(format!("{says}{default}"));
    match &setting.kind {
        Kind::Address => arg.value_name("ADDR"),
        Kind::Text(what) => arg.value_name(*what),
        Kind::YesNo => {
            arg.value_name("BOOL").num_args(0..=1).require_equals(true).default_missing_value("true")
        }
        Kind::Whole(unit, _) => {
            let unit = unit.to_uppercase().replace(' ', "-");
            arg.value_name(unit).help_heading(LIMITS).hide_short_help(true).allow_negative_numbers(true)
        }
    }
}
