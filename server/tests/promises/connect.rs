//! `docs/connect.md`: every command on that page is run, by a shell with curl, and answered as the page says.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

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

/// A folder of one's own that has our documents, gone with the test, and with it the receiver that was started there.
struct Folder(PathBuf);

impl Folder {
    fn new(docs: &Path) -> Folder {
        let folder = std::env::temp_dir().join(format!("paidan-connect-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).expect("a folder");
        std::os::unix::fs::symlink(docs, folder.join("docs")).expect("a link");
        Folder(folder)
    }

    fn run(&self, command: &str) -> (bool, String, String) {
        let ran = Command::new("sh").arg("-c").arg(command).current_dir(&self.0).output();
        let ran = ran.expect("a shell");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (ran.status.success(), text(ran.stdout), text(ran.stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.run("kill $(cat receiver.pid)");
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The first block of the page in a language.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).expect("it is there");
    rest.split_once("```").expect("it ends").0
}

#[test]
fn every_command_of_the_page_is_answered_as_it_says() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").canonicalize().expect("documents");
    let page = std::fs::read_to_string(docs.join("connect.md")).expect("the page");
    let flags = block(&page, "sh").trim().strip_prefix("paidan serve").expect("it is started");
    let service = Running::start_with(&flags.split_whitespace().collect::<Vec<_>>(), "memory");
    let folder = Folder::new(&docs);
    std::fs::write(folder.0.join("receiver.py"), block(&page, "python")).expect("it is saved");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let port = port.expect("a port").port().to_string();
    let here =
        |text: &str| text.replace("localhost:8080", &service.address.to_string()).replace("8090", &port);
    let commands = commands(&page);
    assert!(commands.len() >= 11, "the page has {} commands", commands.len());
    for (command, shown) in commands {
        // What is only looked at may take a moment to come.
        let most = if command.starts_with("cat ") { 600 } else { 1 };
        let mut trouble = String::new();
        for _ in 0..most {
            let (is_fine, answered, errors) = folder.run(&here(&command));
            assert!(is_fine, "{command}{errors}");
            let answered: String = answered.lines().map(str::trim).collect();
            trouble = difference(&here(&shown), &answered).unwrap_or_default();
            if trouble.is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(trouble.is_empty(), "{command}{trouble}");
    }
}

#[test]
fn what_differs_is_noticed() {
    assert_eq!(difference("{\"a\":1, ... \"c\":3}", "{\"a\":1,\"b\":2,\"c\":3}"), None);
    assert!(difference("{\"a\":1}", "{\"a\":2}").is_some());
    assert!(difference("{\"c\":3, ... \"a\":1}", "{\"a\":1,\"b\":2,\"c\":3}").is_some());
    assert!(difference("\"b\":2", "{\"a\":1,\"b\":2}").is_some(), "what is left out is said to be");
}
