//! What `server/deploy/` holds for systemd and for containers fits the command and the workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use paidan::config::Config;
use paidan::settings::{Setting, settings};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("it is there")
}

/// Lines with an instruction, those that go on joined.
fn instructions(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let parted = joined.lines().filter_map(|line| line.trim().split_once(' '));
    parted.map(|(word, rest)| (word.to_owned(), rest.trim().to_owned())).collect()
}

#[test]
fn systemd_takes_the_unit() {
    let unit = read("server/deploy/paidan.service");
    let here =
        unit.replace("/usr/local/bin/paidan serve", &format!("{} serve", env!("CARGO_BIN_EXE_paidan")));
    assert_ne!(unit, here);
    let path = std::env::temp_dir().join(format!("paidan-{}.service", std::process::id()));
    std::fs::write(&path, here).unwrap();
    let judged = Command::new("systemd-analyze").arg("verify").arg(&path).output();
    std::fs::remove_file(&path).unwrap();
    match judged {
        Ok(judged) => {
            let told = String::from_utf8_lossy(&judged.stderr).into_owned();
            assert!(judged.status.success() && told.is_empty(), "{told}");
        }
        Err(_) => eprintln!("there is no systemd-analyze here, so nobody has judged the unit"),
    }
    // It is given more time to stop than it takes, and more files than connections.
    let number = |key: &str| {
        let line = unit.lines().find_map(|line| line.strip_prefix(key)).expect("a line");
        line.parse::<usize>().expect("a number")
    };
    let config = Config::default();
    assert!(number("TimeoutStopSec=") > config.stop_wait.as_secs() as usize);
    assert!(number("LimitNOFILE=") > config.connections);
}

#[test]
fn variables_of_both_are_settings() {
    let known: BTreeSet<String> = settings().iter().map(Setting::variable).collect();
    for file in ["server/deploy/paidan.service", "server/deploy/Dockerfile"] {
        let text = read(file);
        let mut named = 0;
        for word in text.split(|c: char| !(c.is_ascii_uppercase() || c == '_')) {
            if word.starts_with("PAIDAN_") && word != "PAIDAN_CONFIG" {
                assert!(known.contains(word), "{file}: {word} is no setting");
                named += 1;
            }
        }
        assert!(named > 1, "{file}");
    }
}

#[test]
fn the_image_is_built_of_what_is_there_and_runs_what_the_command_knows() {
    let text = read("server/deploy/Dockerfile");
    let instructions = instructions(&text);
    let of = |word: &str| {
        instructions
            .iter()
            .filter(move |(own, _)| own == word)
            .map(|(_, rest)| rest.as_str())
            .collect::<Vec<_>>()
    };
    let mut copied = BTreeSet::new();
    for copy in of("COPY").into_iter().filter(|copy| !copy.contains("--from=")) {
        let words: Vec<&str> = copy.split_whitespace().collect();
        let (_, sources) = words.split_last().expect("a target");
        for source in sources {
            assert!(root().join(source).exists(), "{source} is not there");
            copied.insert((*source).to_owned());
        }
    }
    // What goes to the builder is what it copies.
    let ignore = read("server/deploy/Dockerfile.dockerignore");
    let sent: BTreeSet<String> =
        ignore.lines().filter_map(|line| line.strip_prefix('!')).map(str::to_owned).collect();
    assert_eq!(sent, copied);
    // Every file that the code is compiled with is among it.
    let mut included = 0;
    for folder in ["engine/src", "server/src"] {
        for source in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&source).unwrap();
            for piece in text.split("include_").skip(1) {
                let Some(name) = piece.split('"').nth(1).filter(|_| piece.contains("!(\"")) else {
                    continue;
                };
                let path = source.parent().unwrap().join(name);
                let Ok(path) = path.canonicalize() else { continue };
                let inside = path.strip_prefix(root().canonicalize().unwrap()).unwrap();
                assert!(copied.iter().any(|from| inside.starts_with(from)), "{name} is not copied");
                included += 1;
            }
        }
    }
    assert!(included > 10, "{included}");
    let version = format!("rust:{}", "1.");
    assert!(of("FROM")[0].starts_with(&version) && of("FROM").len() == 2);
    for (word, expected) in [("USER", "65532"), ("STOPSIGNAL", "SIGTERM"), ("CMD", "[\"serve\"]")] {
        assert_eq!(of(word), [expected]);
    }
    assert!(of("HEALTHCHECK")[0].ends_with("CMD [\"/usr/local/bin/paidan\", \"health\"]"));
    for command in ["serve", "health", "key"] {
        let help =
            Command::new(env!("CARGO_BIN_EXE_paidan")).args([command, "--help"]).output().unwrap();
        assert!(help.status.success(), "{command}");
    }
}

/// Every source below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}
