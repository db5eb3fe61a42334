//! Files in and out; a dash is stdin or stdout.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::ids::TicketIx;
use paidan_engine::plan::Plan;
use paidan_engine::problem::Problem;
use paidan_engine::wire::solution::read_solution;
use paidan_engine::wire::{Answer, Purpose, Question, read_plan, read_problem};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::format::FormatArgs;
use super::outcome::Trouble;
use super::text::{listed, plain};

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

/// Makes a folder, unless it is there.
pub(super) fn folder(path: &Path) -> Result<(), Trouble> {
    fs::create_dir_all(path).map_err(|trouble| {
        Trouble::System(format!("cannot make the folder {}", path.display()), trouble)
    })
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

/// A problem in any format and an answer to it, of which one may come from stdin.
pub(super) fn question_and_plan(
    of: &Path,
    answer: &Path,
    format: &FormatArgs,
) -> Result<(Question, Plan), Trouble> {
    if is_dash(of) && is_dash(answer) {
        let says = "stdin can be the problem or the plan, not both; name a file for one of them";
        return Err(Trouble::Usage(says.to_owned()));
    }
    let (asked, answered) = (read(of)?, read(answer)?);
    let question = format.question(of, &asked, Purpose::Judge).map_err(|trouble| match trouble {
        // Hundreds of unknown keys would say less.
        Trouble::Flawed(name, _) if are_swapped(&asked, &answered) => {
            Trouble::Flawed(name, vec![swapped(answer)])
        }
        other => other,
    })?;
    let plan = match &question.answer {
        Answer::Text(terms) => read_solution(&question.problem, &answered, terms),
        Answer::Plan => read_plan(&question.problem, &answered),
        Answer::Tours(_) | Answer::Vroom(_) | Answer::Care(_) => {
            let says = "answers in the format of vrp, of VROOM or of home healthcare are not read back; `paidan plan` checks its own";
            return Err(Trouble::Usage(says.to_owned()));
        }
    };
    let plan = plan.map_err(|flaws| Trouble::Flawed(name(answer), flaws))?;
    Ok((question, plan))
}

/// A problem of ours and a plan for it, of which one may come from stdin.
pub(super) fn problem_and_plan(of: &Path, answer: &Path) -> Result<(Problem, Plan), Trouble> {
    let (question, plan) = question_and_plan(of, answer, &FormatArgs::OURS)?;
    Ok((question.problem, plan))
}

/// The keys by which the two kinds of document are told apart.
#[derive(Deserialize)]
struct Telltale {
    now: Option<IgnoredAny>,
    engineers: Option<IgnoredAny>,
    unserved: Option<IgnoredAny>,
    run: Option<IgnoredAny>,
}

/// Whether what should be a problem is a plan, and the other way round.
fn are_swapped(question: &[u8], plan: &[u8]) -> bool {
    let keys = |bytes| serde_json::from_slice::<Telltale>(bytes);
    let (Ok(question), Ok(plan)) = (keys(question), keys(plan)) else {
        return false;
    };
    let is_plan = |keys: &Telltale| keys.unserved.is_some() && keys.run.is_some();
    let is_problem = |keys: &Telltale| keys.now.is_some() && keys.engineers.is_some();
    is_plan(&question) && !is_problem(&question) && is_problem(&plan) && !is_plan(&plan)
}

fn swapped(answer: &Path) -> Flaw {
    let found = format!("this is a plan, and {} is the problem", name(answer));
    Flaw::new(Code::WrongType, "", found, "swap them: the problem comes first, then the plan")
}

pub(super) fn name(path: &Path) -> String {
    if is_dash(path) { "stdin".to_owned() } else { path.display().to_string() }
}

/// The ticket of that id.
pub(super) fn find_ticket(problem: &Problem, id: &str) -> Result<TicketIx, Trouble> {
    problem.register().tickets.get(id).ok_or_else(|| {
        let all: Vec<&str> = problem.tickets().iter().map(|ticket| &*ticket.id).collect();
        let what = if all.is_empty() { "no tickets at all".to_owned() } else { listed(&all) };
        Trouble::Usage(format!("the problem has no ticket {id:?}; it has {what}"))
    })
}
