//! A page in a real browser: Chromium without a window, spoken to in its own protocol (CDP) through two
//! pipes, so that it takes neither a port nor a dependency.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// The longest wait for an answer of the browser.
const WAIT: Duration = Duration::from_secs(60);

/// A browser with one page.
pub struct Browser {
    child: Child,
    pipe: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    asked: u64,
    /// Errors and whatever else the page wrote to the console.
    pub complaints: Vec<Value>,
    /// Every address that was asked for.
    pub requests: Vec<String>,
}

impl Browser {
    /// A browser whose page has this size, in pixels; its files go into `folder`. `None` if none is
    /// installed, unless `PAIDAN_BROWSER=required` is set.
    pub fn start(folder: &Path, width: u32, height: u32) -> Option<Browser> {
        let Some(program) = installed() else {
            let required = std::env::var("PAIDAN_BROWSER").is_ok_and(|says| says == "required");
            assert!(!required, "PAIDAN_BROWSER=required, but there is no chromium in PATH");
            eprintln!("chromium is not installed, so the page is not looked at");
            return None;
        };
        let mut flags = String::new();
        for flag in [
            "headless",
            "no-sandbox",
            "disable-gpu",
            "disable-quic",
            "no-first-run",
            "disable-background-networking",
            "disable-component-update",
            "disable-sync",
            "remote-debugging-pipe",
        ] {
            let _ = write!(flags, " --{flag}");
        }
        // The browser listens on its third file and speaks on its fourth.
        let line =
            format!("exec \"$0\"{flags} --user-data-dir=\"$1\" about:blank 3<&0 4>&1 0</dev/null 1>&2");
        let mut child = Command::new("sh")
            .args(["-c", &line])
            .arg(program)
            .arg(folder.join("browser"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let pipe = child.stdin.take().expect("its stdin");
        let mut answers = BufReader::new(child.stdout.take().expect("its stdout"));
        let (tell, messages) = channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            while answers.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
                bytes.pop();
                if let Ok(message) = serde_json::from_slice(&bytes)
                    && tell.send(message).is_err()
                {
                    break;
                }
                bytes.clear();
            }
        });
        let mut browser = Browser {
            child,
            pipe,
            messages,
            session: String::new(),
            asked: 0,
            complaints: Vec::new(),
            requests: Vec::new(),
        };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", &attach);
        attached["sessionId"].as_str().expect("a session").clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        browser.ask("Emulation.setDeviceMetricsOverride", &size);
        Some(browser)
    }

    /// Opens a page and waits until it has drawn itself.
    pub fn open(&mut self, page: &Path) {
        let opened = self.ask("Page.navigate", &json!({"url": format!("file://{}", page.display())}));
        assert!(opened.get("errorText").is_none(), "{opened}");
        let drawn = "new Promise((done) => { const look = () => \
                     performance.getEntriesByName('drawn').length ? done(true) : setTimeout(look, 20); look(); })";
        assert_eq!(self.run(drawn), true);
    }

    /// What a script answers on the page.
    pub fn run(&mut self, script: &str) -> Value {
        let ask = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let answer = self.ask("Runtime.evaluate", &ask);
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.ask("Input.dispatchKeyEvent", &json!({"type": kind, "key": key}));
        }
    }

    /// Moves the mouse to a point, and clicks there if asked to.
    pub fn mouse(&mut self, [x, y]: [f64; 2], click: bool) {
        let mut act = |kind: &str, button: &str| {
            let at = json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", &at);
        };
        act("mouseMoved", "none");
        if click {
            act("mousePressed", "left");
            act("mouseReleased", "left");
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let mut question = json!({"id": self.asked, "method": method, "params": params});
        if !self.session.is_empty() {
            question["sessionId"] = json!(self.session);
        }
        self.pipe.write_all(format!("{question}\0").as_bytes()).expect("the browser listens");
        loop {
            let message = self.messages.recv_timeout(WAIT);
            let message = message.unwrap_or_else(|_| panic!("the browser does not answer to {method}"));
            if message["id"] == self.asked {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            match message["method"].as_str() {
                Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded") => {
                    self.complaints.push(message);
                }
                Some("Network.requestWillBeSent") => {
                    let url = message["params"]["request"]["url"].as_str().unwrap_or_default();
                    self.requests.push(url.to_owned());
                }
                _ => {}
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a Chromium is installed.
fn installed() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}
