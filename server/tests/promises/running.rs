//! A service that runs on its own, as somebody's process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::caller::ask;

/// A service that runs on its own, killed when it is dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
}

impl Running {
    /// Starts it on a store, and waits until it is ready.
    pub fn start(store: &str) -> Running {
        Running::start_with(&[], store)
    }

    /// The same with more arguments.
    pub fn start_with(arguments: &[&str], store: &str) -> Running {
        Running::launched(&[], &[&["--store", store], arguments].concat()).ready()
    }

    /// The same by another command, which becomes it.
    pub fn start_by(launcher: &[String], store: &str) -> Running {
        Running::launched(launcher, &["--store", store]).ready()
    }

    fn ready(self) -> Running {
        let running = self;
        for _ in 0..600 {
            if matches!(ask(running.address, "GET", "/readyz", None, &Value::Null), Ok((200, _))) {
                return running;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it never becomes ready");
    }

    /// Starts it with these arguments, and waits until it listens.
    pub fn listening(arguments: &[&str]) -> Running {
        Running::launched(&[], arguments)
    }

    fn launched(launcher: &[String], arguments: &[&str]) -> Running {
        let program = env!("CARGO_BIN_EXE_paidan");
        let mut words = launcher.iter().map(String::as_str).chain([program]);
        let mut command = Command::new(words.next().unwrap_or(program));
        let mut child = command
            .args(words)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_LOG", "info,paidan::door=warn")
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let mut address = None;
        for line in lines.by_ref() {
            let line = line.expect("its log is text");
            if let Some((_, rest)) = line.split_once("listening address=") {
                address = rest.trim().parse().ok();
                break;
            }
        }
        // Whoever writes a log must not wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Running { child, address: address.expect("it says where it listens") }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Sends it a signal of this name.
    pub fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("there is kill").success());
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().expect("it ends")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
