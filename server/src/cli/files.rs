//! Files in and out; a dash is stdin or stdout.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use paidan_engine::plan::Plan;
use paidan_engine::problem::Problem;
use paidan_engine::wire::{read_plan, read_problem};

use super::outcome::Trouble;
use super::text::plain;

/// Whether a path stands for stdin or stdout.
pub(super) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    if is_dash(path) {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|trouble| Trouble::System("cannot read stdin".to_owned(), trouble))?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|trouble| Trouble::System(format!("cannot read {}", path.display()), trouble))
}

/// Writes a document.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    if is_dash(path) {
        return out(bytes);
    }
    fs::write(path, bytes)
        .map_err(|trouble| Trouble::System(format!("cannot write {}", path.display()), trouble))
}

/// Prints what people read on stdout.
pub(super) fn say(text: &str) -> Result<(), Trouble> {
    out(plain(text).as_bytes())
}

fn out(bytes: &[u8]) -> Result<(), Trouble> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // Whoever reads has read enough, as `head` does.
        Err(trouble) if trouble.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|trouble| Trouble::System("cannot write stdout".to_owned(), trouble)),
    }
}

pub(super) fn problem(path: &Path) -> Result<Problem, Trouble> {
    read_problem(&read(path)?).map_err(|flaws| Trouble::Flawed(name(path), flaws))
}

/// A problem and a plan for it, of which one may come from stdin.
pub(super) fn problem_and_plan(of: &Path, answer: &Path) -> Result<(Problem, Plan), Trouble> {
    if is_dash(of) && is_dash(answer) {
        let says = "stdin can be the problem or the plan, not both; name a file for one of them";
        return Err(Trouble::Usage(says.to_owned()));
    }
    let problem = problem(of)?;
    let plan =
        read_plan(&problem, &read(answer)?).map_err(|flaws| Trouble::Flawed(name(answer), flaws))?;
    Ok((problem, plan))
}

pub(super) fn name(path: &Path) -> String {
    if is_dash(path) { "stdin".to_owned() } else { path.display().to_string() }
}
