//! The problems of `fixtures/tiny`, which a reader can solve on paper, are solved as the paper says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use paidan_engine::check::check;
use paidan_engine::plan::{Plan, Reason};
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::Problem;
use paidan_engine::wire;
use serde_json::Value;

use crate::fixtures::fixture;

/// Ticket to engineer, and ticket to reason.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    served: BTreeMap<String, String>,
    unserved: BTreeMap<String, String>,
}

/// Every problem with the file that holds its answer.
fn problems() -> Vec<(PathBuf, PathBuf)> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixture("tiny"))
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| !path.to_string_lossy().ends_with(".expected.json"))
        .collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), file.with_extension("expected.json"))).collect()
}

fn expected(file: &Path) -> Answer {
    let text = fs::read(file).unwrap_or_else(|trouble| panic!("{}: {trouble}", file.display()));
    let answer: Value = serde_json::from_slice(&text).expect("the answer is JSON");
    let map = |key: &str| {
        let texts = answer[key].as_object().unwrap_or_else(|| panic!("{}: no {key}", file.display()));
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        texts.iter().map(|(ticket, value)| (ticket.clone(), text(value))).collect()
    };
    Answer { served: map("served"), unserved: map("unserved") }
}

fn code(reason: &Reason) -> String {
    match reason {
        Reason::Impossible(counts) => {
            let rules: Vec<&str> = counts.iter().map(|(barrier, _)| barrier.as_str()).collect();
            format!("impossible:{}", rules.join("+"))
        }
        Reason::LostTrade { .. } => "lost-the-trade".to_owned(),
        Reason::TooFewTogether { .. } => "too-few-together".to_owned(),
        Reason::PredecessorUnserved(_) => "predecessor-unserved".to_owned(),
    }
}

fn answer(problem: &Problem, plan: &Plan) -> Answer {
    let id = |ticket| problem.ticket(ticket).id.to_string();
    let stops = plan.routes.iter().flat_map(|route| {
        route.stops.iter().map(|stop| (id(stop.ticket), problem.engineer_id(route.shift)))
    });
    let mut served: BTreeMap<String, String> = BTreeMap::new();
    for (ticket, engineer) in stops {
        // A crew by all its engineers.
        let who = served.entry(ticket).or_default();
        *who = if who.is_empty() { engineer.to_owned() } else { format!("{who}+{engineer}") };
    }
    let unserved = plan.unserved.iter().map(|left| (id(left.ticket), code(&left.reason)));
    Answer { served, unserved: unserved.collect() }
}

#[test]
fn every_tiny_problem_is_solved_as_on_paper() {
    let problems = problems();
    assert!(problems.len() >= 19, "only {} problems", problems.len());
    for (file, paper) in problems {
        let text = fs::read(&file).expect("it can be read");
        let problem = wire::read_problem(&text).unwrap_or_else(|flaws| panic!("{file:?}: {flaws:?}"));
        for seed in [1, 2, 3] {
            let params = Params { seed, ..Params::default() };
            let budget = Budget { rounds: Some(2000), ..Budget::default() };
            let plan = plan(&problem, &params, &budget, &NoWatch);
            let breaches = check(&problem, problem.visits(), &plan);
            assert!(breaches.is_empty(), "{}, seed {seed}: {breaches:#?}", file.display());
            assert_eq!(answer(&problem, &plan), expected(&paper), "{}, seed {seed}", file.display());
        }
    }
}

#[test]
fn the_readme_explains_every_tiny_problem() {
    let readme = fs::read_to_string(fixture("README.md")).expect("it can be read");
    for (file, _) in problems() {
        let name = file.file_stem().expect("a file has a name").to_string_lossy();
        assert!(readme.contains(&format!("| `{name}` |")), "fixtures/README.md lacks {name}");
    }
}
