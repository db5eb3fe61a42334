//! Best-known costs of published problems, and where problems lie.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Best-known costs by instance.
#[derive(Default)]
pub struct BestKnown(BTreeMap<String, f64>);

impl BestKnown {
    /// Reads one column of a CSV file without quotes; cells that are no number are passed over.
    pub fn read(path: &str, column: &str) -> Result<BestKnown, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("cannot read {path:?}: {error}"))?;
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default();
        let at = header.split(',').position(|name| name.trim() == column);
        let at = at.ok_or_else(|| format!("{path:?} has no column {column:?}; it has {header}"))?;
        let cost = |line: &str| {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            Some((cells.first()?.to_string(), cells.get(at)?.parse().ok()?))
        };
        Ok(BestKnown(lines.filter_map(cost).collect()))
    }

    /// By how many percent a cost is above the best known for an instance, which goes by its name or by what stands
    /// before the first dot of it: a file may say in its name what the instance is made of.
    pub fn gap(&self, instance: &str, cost: f64) -> Option<f64> {
        let short = instance.split('.').next().unwrap_or(instance);
        let best = self.0.get(instance).or_else(|| self.0.get(short))?;
        Some(100.0 * (cost / best - 1.0))
    }
}

/// The files that a name stands for: of a directory and its directories all that end in `.txt`, `.vrp` or `.json`,
/// in their order; or the name itself.
pub fn files(name: &str) -> Vec<String> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(path) else { return };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            // A link may lead back to where one comes from.
            if path.is_dir() && !path.is_symlink() {
                walk(&path, found);
            } else if matches!(kind.to_ascii_lowercase().as_str(), "txt" | "vrp" | "json") {
                found.push(path);
            }
        }
    }
    if !Path::new(name).is_dir() {
        return vec![name.to_owned()];
    }
    let mut found = Vec::new();
    walk(Path::new(name), &mut found);
    found.into_iter().map(|path| path.display().to_string()).collect()
}
