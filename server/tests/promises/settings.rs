//! Settings of `paidan serve`: files, the environment and flags, as a shell sees them, and the page that lists them.

use std::path::PathBuf;
use std::process::{Command, Output};

use paidan::settings::{rows, settings};

use crate::lasting::File;

fn paidan(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paidan"));
    command.args(arguments).envs(variables.iter().copied()).env_remove("PAIDAN_CONFIG");
    command.output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[test]
fn what_holds_is_told_with_its_source() {
    let file = File::new("settings");
    std::fs::write(file.path(), "page = 7\ntop = 8\n").unwrap();
    let arguments =
        ["serve", "--config", file.path(), "--plan-wait-s", "9", "--require-keys", "--print-config"];
    let told = paidan(&arguments, &[("PAIDAN_TOP", "10")]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    let lines = text(&told.stdout);
    let line = |name: &str| {
        let start = format!("{name} =");
        let line = lines.lines().find(|line| line.trim_start_matches("# ").starts_with(&start));
        line.expect("every setting has a line").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("page"), format!("page = 7 # {}:1", file.path()));
    assert_eq!(line("top"), "top = 10 # PAIDAN_TOP");
    assert_eq!(line("plan_wait_s"), "plan_wait_s = 9 # --plan-wait-s");
    assert_eq!(line("require_keys"), "require_keys = true # --require-keys");
    assert_eq!(line("stop_wait_s"), "stop_wait_s = 30 # default");
    assert_eq!(line("fleet"), "# fleet = # default");
    assert!(settings().iter().all(|setting| !line(setting.name).is_empty()));
}

#[test]
fn every_mistake_is_told_on_a_line_and_nothing_is_started() {
    let file = File::new("mistakes");
    std::fs::write(file.path(), "pages = 7\n\ntop = \"8\"\n").unwrap();
    let flags = ["serve", "--config", file.path(), "--listen", "here", "--tls-cert", "c.pem"];
    let told = paidan(&flags, &[("PAIDAN_PAGE", "0")]);
    assert_eq!(told.status.code(), Some(2));
    let lines = text(&told.stderr);
    for (line, part) in lines.lines().zip([
        "mistakes-",
        "mistakes-",
        "PAIDAN_PAGE: page is 0",
        "--listen: listen is \"here\"",
        "--tls-cert: ",
    ]) {
        assert!(line.starts_with("error: ") && line.contains(part), "{part} is not in {line}");
    }
    assert_eq!(lines.lines().count(), 5, "{lines}");
    let unknown = paidan(&["serve", "--plan-wait", "5"], &[]);
    assert_eq!(unknown.status.code(), Some(2), "{}", text(&unknown.stderr));
}

#[test]
fn the_key_is_made_in_the_store_of_the_service() {
    let file = File::new("key-store");
    let made = paidan(&["key", "--name", "ops"], &[("PAIDAN_STORE", file.path())]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(PathBuf::from(file.path()).exists());
}

#[test]
fn nobody_who_answers_is_no_health() {
    let told = paidan(&["health", "--listen", "127.0.0.1:9"], &[]);
    assert_eq!(told.status.code(), Some(4), "{}", text(&told.stderr));
}

/// `RENEW=1 cargo test -p paidan -- settings` writes the table anew.
#[test]
fn the_page_lists_every_setting() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, _) = page.split_once("| name |").expect("a table at the end");
    let now = format!("{before}{}", rows(&settings()));
    if std::env::var_os("RENEW").is_some() {
        std::fs::write(&path, &now).expect("it can be written");
    } else {
        assert!(page == now, "docs/settings.md is not as the settings are; RENEW=1 writes it anew");
    }
}
