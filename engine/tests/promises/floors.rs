//! The floors of ARCHITECTURE.md: an import may only point down, and never in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every module of the crate with its floor.
const FLOORS: &[(usize, &[&str])] = &[
    (0, &["units", "ids", "geo", "prefetch"]),
    (
        1,
        &[
            "depot", "engineer", "flaw", "plan", "policy", "problem", "receipt", "rule", "ticket",
            "visit", "window",
        ],
    ),
    (2, &["near", "travel"]),
    (3, &["fit"]),
    (4, &["route"]),
    (5, &["price"]),
    (6, &["assign", "bound", "dispatch", "planner"]),
    (7, &["desk"]),
    (8, &["check", "explain"]),
    (9, &["wire"]),
];

/// The checker judges the scorer and the search, so it may know neither.
const CHECKER_SEES: usize = 2;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Which modules each module names with `crate::`.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(&root).expect("below the root");
        let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("UTF-8");
        let own = imports.entry(module.clone()).or_default();
        for rest in text.split("crate::").skip(1) {
            if let Some(group) = rest.strip_prefix('{') {
                panic!(
                    "{}: one `use crate::` for each module, not a group: {group:.40}",
                    file.display()
                );
            }
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if name != module {
                own.insert(name);
            }
        }
    }
    imports
}

fn floor_of(module: &str) -> usize {
    let floor = FLOORS.iter().find(|(_, modules)| modules.contains(&module));
    let Some((floor, _)) = floor else {
        panic!("module {module} has no floor: give it one here and in ARCHITECTURE.md");
    };
    *floor
}

#[test]
fn no_import_climbs() {
    let imports = imports();
    assert!(imports.len() > 10, "the sources were not found");
    let mut climbs = Vec::new();
    for (module, targets) in &imports {
        for target in targets {
            if floor_of(target) > floor_of(module) {
                climbs.push(format!("{module} -> {target}"));
            }
        }
    }
    assert!(climbs.is_empty(), "these imports climb: {climbs:?}");
}

#[test]
fn no_import_runs_in_a_circle() {
    let mut left = imports();
    loop {
        let leaves: Vec<String> = left
            .iter()
            .filter(|(_, targets)| targets.iter().all(|target| !left.contains_key(target)))
            .map(|(module, _)| module.clone())
            .collect();
        if leaves.is_empty() {
            break;
        }
        for leaf in leaves {
            left.remove(&leaf);
        }
    }
    assert!(left.is_empty(), "these modules import each other in a circle: {:?}", left.keys());
}

#[test]
fn the_checker_knows_neither_scorer_nor_search() {
    for target in &imports()["check"] {
        assert!(floor_of(target) <= CHECKER_SEES, "check imports {target}");
    }
}

#[test]
fn only_the_border_knows_serde() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        if !file.starts_with(root.join("wire")) {
            let text = fs::read_to_string(&file).expect("UTF-8");
            assert!(!text.contains("serde"), "{} knows serde", file.display());
        }
    }
}

#[test]
fn the_engine_reads_no_clock_no_file_and_no_environment() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("UTF-8");
        for never in ["Instant", "SystemTime", "std::fs", "std::env", "std::net", "HashMap", "HashSet"] {
            assert!(!text.contains(never), "{} uses {never}", file.display());
        }
    }
}
