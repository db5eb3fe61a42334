//! `docs/connect.md`: every command on that page is run, by a shell with curl, and answered as the page says.

use std::path::Path;
use std::process::Command;

use crate::running::Running;

/// The commands of the page, each with what it shows of the answer.
fn commands(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands = blocks.flat_map(|block| block.split("$ ").skip(1));
    let command = |text: &str| {
        // A command goes on while a quote is open, or its line ends in a backslash.
        let mut lines = text.lines();
        let mut command = String::new();
        for line in lines.by_ref() {
            command += line;
            command.push('\n');
            if !line.ends_with('\\') && command.matches('\'').count().is_multiple_of(2) {
                break;
            }
        }
        (command, lines.map(str::trim).collect())
    };
    commands.map(command).collect()
}

/// Where what is shown and what is answered differ; `...` stands for anything.
fn difference(shown: &str, answered: &str) -> Option<String> {
    let mut rest = answered;
    for (n, piece) in shown.split("...").enumerate() {
        let piece = piece.trim();
        let at = rest.find(piece).filter(|at| n > 0 || *at == 0);
        let Some(at) = at else {
            return Some(format!("{piece}\nis not there, where it says\n{answered}"));
        };
        rest = &rest[at + piece.len()..];
    }
    None
}

#[test]
fn every_command_of_the_page_is_answered_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/connect.md")).expect("the page");
    let service = Running::start("memory");
    let commands = commands(&page);
    assert!(commands.len() >= 5, "the page has {} commands", commands.len());
    for (command, shown) in commands {
        let here = command.replace("localhost:8080", &service.address.to_string());
        let ran = Command::new("sh").arg("-c").arg(&here).current_dir(&root).output().expect("a shell");
        let answered = String::from_utf8(ran.stdout).expect("text");
        assert!(ran.status.success(), "{command}{}", String::from_utf8_lossy(&ran.stderr));
        if let Some(difference) = difference(&shown, &answered) {
            panic!("{command}{difference}");
        }
    }
}

#[test]
fn what_differs_is_noticed() {
    assert_eq!(difference("{\"a\":1, ... \"c\":3}", "{\"a\":1,\"b\":2,\"c\":3}"), None);
    assert!(difference("{\"a\":1}", "{\"a\":2}").is_some());
    assert!(difference("{\"c\":3, ... \"a\":1}", "{\"a\":1,\"b\":2,\"c\":3}").is_some());
    assert!(difference("\"b\":2", "{\"a\":1,\"b\":2}").is_some(), "what is left out is said to be");
}
