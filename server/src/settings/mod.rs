//! What the service is told before it starts: flags, the environment, a file and defaults, in this order.

mod file;
mod table;
mod tell;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::config::{Config, LIMITS};
pub use table::{Kind, Setting, Value, Written, settings};
pub use tell::rows;

/// What the names of settings begin with in the environment.
pub const PREFIX: &str = "PAIDAN_";
/// Where the environment names the file.
pub const FILE_VARIABLE: &str = "PAIDAN_CONFIG";
/// How alike two names must be for one to be meant by the other.
const ALIKE: f64 = 0.85;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody has set it.
    Default,
    /// A line of the file.
    File {
        /// The file, as it was named.
        name: String,
        /// The line, from 1 on.
        line: usize,
    },
    /// A variable of the environment.
    Variable(String),
    /// A flag.
    Flag(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File { name, line } => write!(f, "{name}:{line}"),
            Source::Variable(name) => f.write_str(name),
            Source::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// Something that is wrong with what was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands.
    pub place: String,
    /// What is wrong, and what would be right.
    pub says: String,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.says)
    }
}

/// What was given, before anybody has looked at it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The file that a flag names.
    pub file: Option<PathBuf>,
    /// Flags, by the names of their settings.
    pub flags: BTreeMap<&'static str, String>,
    /// The environment; what has nothing to do with us may be in it.
    pub variables: Vec<(String, String)>,
}

/// What holds of each setting that is anything, and where that comes from.
type Values = BTreeMap<&'static str, (Value, Source)>;

/// What the service is told before it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The name of its store.
    pub store: String,
    /// A fleet to start with.
    pub fleet: Option<PathBuf>,
    /// How it speaks TLS, if it does.
    pub tls: Option<TlsFiles>,
    /// The limits.
    pub config: Config,
    /// Variables that look like ours and are none, with what to do. They are no mistakes: Kubernetes makes such up for
    /// every service of our name.
    pub strangers: Vec<Mistake>,
    values: Values,
}

/// The files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, with those that vouch for it.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Settings {
    /// Reads what was given.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(given: Given) -> Result<Settings, Vec<Mistake>> {
        let settings = settings();
        let mut found = Found { settings: &settings, values: Values::new(), mistakes: Vec::new() };
        for setting in &settings {
            if let Some(default) = &setting.default {
                found.values.insert(setting.name, (default.clone(), Source::Default));
            }
        }
        // An empty variable is as good as none: that is how it is taken away from a container.
        let variables = given.variables.into_iter().filter(|(_, value)| !value.is_empty());
        let variables: BTreeMap<String, String> =
            variables.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        let file = given.file.or_else(|| variables.get(FILE_VARIABLE).map(PathBuf::from));
        if let Some(path) = &file {
            found.take_file(path);
        }
        let mut strangers = Vec::new();
        for (name, value) in variables.into_iter().filter(|(name, _)| name != FILE_VARIABLE) {
            match settings.iter().find(|setting| setting.variable() == name) {
                Some(setting) => {
                    found.take(setting, Written::Word(value), Source::Variable(setting.variable()));
                }
                None => strangers.push(unknown(&settings, &name, Setting::variable)),
            }
        }
        for (name, value) in given.flags {
            if let Some(setting) = settings.iter().find(|setting| setting.name == name) {
                found.take(setting, Written::Word(value), Source::Flag(setting.flag()));
            }
        }
        found.settle(strangers)
    }

    /// Every setting as a file that sets it so, each with its source.
    pub fn toml(&self) -> String {
        tell::toml(&settings(), &self.values)
    }
}

/// What was found so far; later sources take the place of earlier ones.
struct Found<'s> {
    settings: &'s [Setting],
    values: Values,
    mistakes: Vec<Mistake>,
}

impl Found<'_> {
    fn take(&mut self, setting: &Setting, written: Written, source: Source) {
        match setting.read(written) {
            Ok(value) => {
                self.values.insert(setting.name, (value, source));
            }
            Err(says) => self.mistakes.push(Mistake { place: source.to_string(), says }),
        }
    }

    fn take_file(&mut self, path: &Path) {
        let name = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(trouble) => {
                let says = format!("the file with the settings cannot be read: {trouble}");
                return self.mistakes.push(Mistake { place: name, says });
            }
        };
        match file::read(&name, &text) {
            Ok(written) => {
                for (key, written, source) in written {
                    if let Some(setting) = self.settings.iter().find(|setting| setting.name == key) {
                        self.take(setting, written, source);
                    } else {
                        let stranger = unknown(self.settings, &key, |setting| setting.name.to_owned());
                        self.mistakes.push(Mistake { place: source.to_string(), ..stranger });
                    }
                }
            }
            Err(mistakes) => self.mistakes.extend(mistakes),
        }
    }

    /// All of it together.
    fn settle(mut self, strangers: Vec<Mistake>) -> Result<Settings, Vec<Mistake>> {
        let tls = match (self.text("tls_cert"), self.text("tls_key")) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
            (None, None) => None,
            (cert, _) => {
                let [is, lacks] =
                    if cert.is_some() { ["tls_cert", "tls_key"] } else { ["tls_key", "tls_cert"] };
                let place = self.values.get(is).map(|(_, source)| source.to_string());
                let says = format!("{is} is set and {lacks} is not; TLS takes both");
                self.mistakes.push(Mistake { place: place.unwrap_or_default(), says });
                None
            }
        };
        // There is a default, and nothing else was taken but addresses.
        let listen = self.text("listen").and_then(|listen| listen.parse::<SocketAddr>().ok());
        let (Some(listen), Some(store), true) = (listen, self.text("store"), self.mistakes.is_empty())
        else {
            return Err(self.mistakes);
        };
        let is_yes = |name| matches!(self.values.get(name), Some((Value::YesNo(true), _)));
        let keyless = listen.ip().is_loopback() && !is_yes("require_keys");
        let webhooks_to_private = is_yes("webhooks_to_private");
        let mut config = Config { keyless, webhooks_to_private, ..Config::default() };
        for limit in LIMITS {
            if let Some((Value::Whole(number), _)) = self.values.get(limit.name) {
                (limit.set)(&mut config, *number);
            }
        }
        let fleet = self.text("fleet").map(PathBuf::from);
        Ok(Settings { listen, store, fleet, tls, config, strangers, values: self.values })
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name) {
            Some((Value::Text(text), _)) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A name that nobody knows, with the one that may be meant.
fn unknown(settings: &[Setting], name: &str, spell: impl Fn(&Setting) -> String) -> Mistake {
    let alike = |setting: &Setting| {
        let known = spell(setting);
        (strsim::jaro_winkler(&known, name), known)
    };
    let best = settings.iter().map(alike).max_by(|(one, _), (other, _)| one.total_cmp(other));
    let says = match best {
        Some((alike, known)) if alike > ALIKE => {
            format!("there is no setting {name:?}; is {known} meant?")
        }
        _ => format!("there is no setting {name:?}; paidan serve --print-config tells them all"),
    };
    Mistake { place: name.to_owned(), says }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(file: &str, variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Given {
        let path = std::env::temp_dir().join(format!(
            "paidan-settings-{}-{:?}.toml",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::write(&path, file).unwrap();
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Given {
            file: Some(path),
            flags: flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            variables: variables.iter().map(text).collect(),
        }
    }

    fn read(
        file: &str,
        variables: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, Vec<String>> {
        let given = given(file, variables, flags);
        let path = given.file.clone().unwrap();
        let name = path.display().to_string();
        let read = Settings::read(given);
        std::fs::remove_file(path).unwrap();
        let told = |mistake: &Mistake| mistake.to_string().replace(&name, "paidan.toml");
        read.map_err(|mistakes| mistakes.iter().map(told).collect())
    }

    #[test]
    fn a_flag_counts_before_the_environment_that_before_the_file_and_that_before_the_default() {
        let file = "plan_queue = 1\nwave_queue = 1\nbulk_queue = 1\n";
        let variables = [("PAIDAN_WAVE_QUEUE", "2"), ("PAIDAN_BULK_QUEUE", "2"), ("PATH", "x")];
        let read = read(file, &variables, &[("bulk_queue", "3")]).unwrap();
        let Config { plan_queue, wave_queue, bulk_queue, quick_queue, .. } = read.config;
        assert_eq!([quick_queue, plan_queue, wave_queue, bulk_queue], [1024, 1, 2, 3]);
        let sources: Vec<String> = ["quick_queue", "wave_queue", "bulk_queue"]
            .map(|name| read.values[name].1.to_string())
            .into();
        assert_eq!(sources, ["default", "PAIDAN_WAVE_QUEUE", "--bulk-queue"]);
        assert!(read.values["plan_queue"].1.to_string().ends_with(".toml:1"));
        assert_eq!(read.strangers, []);
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        let file = "listen = \"here\"\nplan_wait = 5\n\nplan_wait_s = \"5\"\nrequire_keys = 1\ntls_key = \"k\"\n[tls]\n";
        let variables = [("PAIDAN_PAGE", "0"), ("PAIDAN_KEY_RATE", "many"), ("PAIDAN_TOP", "")];
        let mistakes = read(file, &variables, &[("stop_wait_s", "-1")]).unwrap_err();
        assert_eq!(
            mistakes,
            [
                "paidan.toml:1: listen is \"here\"; it takes an address with a port, as \"127.0.0.1:8080\"",
                "paidan.toml:2: there is no setting \"plan_wait\"; is plan_wait_s meant?",
                "paidan.toml:4: plan_wait_s is the text \"5\"; it takes a whole number of seconds, 1 to 86400",
                "paidan.toml:5: require_keys is 1; it takes true or false",
                "paidan.toml:7: there is no setting \"tls\"; is tls_key meant?",
                "PAIDAN_KEY_RATE: key_rate is many; it takes a whole number of requests, 1 to 1000000",
                "PAIDAN_PAGE: page is 0; it takes a whole number of records, 1 to 100000",
                "--stop-wait-s: stop_wait_s is -1; it takes a whole number of seconds, 0 to 3600",
                "paidan.toml:6: tls_key is set and tls_cert is not; TLS takes both",
            ]
        );
        let broken = read("page = 5\npage = 6\nlisten = \n", &[], &[]).unwrap_err();
        assert!(
            broken.len() == 2 && broken[0].starts_with("paidan.toml:2: this is no TOML"),
            "{broken:?}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_a_mistake_and_a_strange_variable_is_none() {
        let given = Given { file: Some("/nowhere/paidan.toml".into()), ..Given::default() };
        let mistakes = Settings::read(given).unwrap_err();
        assert!(mistakes[0].to_string().starts_with("/nowhere/paidan.toml: "), "{mistakes:?}");
        let variables = [("PAIDAN_PORT", "tcp://10.0.0.1:80"), ("PAIDAN_PLAN_WAIT", "5")];
        let strangers = read("", &variables, &[]).unwrap().strangers;
        assert!(strangers[0].says.contains("is PAIDAN_PLAN_WAIT_S meant"), "{strangers:?}");
        assert_eq!(strangers.len(), 2);
    }

    #[test]
    fn what_holds_is_told_as_a_file_that_sets_it_so() {
        let file = "listen = \"[::1]:80\"\nstore = 'a \"b\"'\nrequire_keys = true\npage = 7\n";
        let first = read(file, &[("PAIDAN_TOP", "9")], &[]).unwrap();
        let again = read(&first.toml(), &[], &[]).unwrap();
        assert_eq!((again.listen, again.store, again.config), (first.listen, first.store, first.config));
    }

    #[test]
    fn keys_are_asked_for_wherever_anybody_else_could_ask() {
        let keyless = |listen: &str, required: &str| {
            let flags = [("listen", listen), ("require_keys", required)];
            read("", &[], &flags).unwrap().config.keyless
        };
        assert!(keyless("127.0.0.1:1", "false") && keyless("[::1]:1", "false"));
        assert!(!keyless("127.0.0.1:1", "true") && !keyless("0.0.0.0:1", "false"));
        assert!(read("keyless = true", &[], &[]).is_err(), "nobody can wave keys through elsewhere");
    }
}
