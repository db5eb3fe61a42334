//! The files of the fixtures, the broken ones each beside what is told about it: always in the same words.
//!
//! `RENEW=1 cargo test -p paidan-engine broken` writes those expectations anew; read the difference before
//! you keep it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use paidan_engine::flaw::Flaw;

/// A file or a folder of the fixtures.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(path)
}

/// What a file of the fixtures says.
pub fn bytes_of(path: &str) -> Vec<u8> {
    let path = fixture(path);
    fs::read(&path).unwrap_or_else(|trouble| panic!("{}: {trouble}", path.display()))
}

/// The broken files of a folder: all but the expectations and what people read.
pub fn broken_files(folder: &Path) -> Vec<PathBuf> {
    let is_told = |path: &Path| {
        let name = path.to_string_lossy();
        name.ends_with(".expected.txt") || name.ends_with(".md")
    };
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.is_file() && !is_told(path))
        .collect();
    files.sort();
    files
}

/// Flaws as people read them.
pub fn told(flaws: &[Flaw]) -> String {
    flaws.iter().fold(String::new(), |mut text, flaw| {
        writeln!(text, "{flaw}").expect("a string takes everything");
        text
    })
}

/// Asserts that each file of a folder is told its flaws as expected; there must be at least so many files.
pub fn are_told_as_expected(folder: &Path, at_least: usize, flaws_of: impl Fn(&[u8]) -> Vec<Flaw>) {
    let renew = std::env::var_os("RENEW").is_some();
    let files = broken_files(folder);
    assert!(files.len() >= at_least, "only {} broken files", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let flaws = flaws_of(&fs::read(file).expect("it can be read"));
        assert!(!flaws.is_empty(), "{} is not broken", file.display());
        let expected = file.with_extension("expected.txt");
        if renew {
            fs::write(&expected, told(&flaws)).expect("it can be written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != told(&flaws) {
            wrong.push(format!("{}:\n{}", file.display(), told(&flaws)));
        }
    }
    assert!(
        wrong.is_empty(),
        "these are told otherwise than expected; RENEW=1 accepts what is told now:\n{}",
        wrong.join("\n")
    );
}
