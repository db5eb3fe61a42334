//! What a run came to, as a line of a table and of a CSV file.

use std::fs::File;
use std::io::{self, Write as _};
use std::process::Command;

use paidan_engine::units::Price;

/// One run, or the median of several.
#[derive(Clone)]
pub struct Row {
    pub instance: String,
    pub threads: usize,
    pub budget: String,
    pub seed: String,
    pub price: Price,
    /// What the format calls the cost.
    pub cost: f64,
    /// Percent above the best known.
    pub gap: Option<f64>,
    /// Percent above the bound, if nobody can lose less.
    pub above: Option<f64>,
    pub rounds_per_s: f64,
    /// Of the search.
    pub seconds: f64,
    pub breaches: usize,
}

impl Row {
    pub const HEAD: &'static str = "| problem | threads | budget | seed | unserved | priority lost | cost | gap % | \
         above bound % | rounds/s | s | breaches |\n|---|---|---|---|---|---|---|---|---|---|---|---|";

    /// As a line of a table.
    pub fn line(&self) -> String {
        let percent = |share: Option<f64>| share.map_or(String::new(), |share| format!("{share:.2}"));
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} | {:.1} | {} |",
            self.instance,
            self.threads,
            self.budget,
            self.seed,
            self.price.unserved,
            self.price.priority_lost,
            self.cost,
            percent(self.gap),
            percent(self.above),
            self.rounds_per_s,
            self.seconds,
            self.breaches
        )
    }

    /// The run of the median price, with the median speed and the breaches of all.
    pub fn median(mut rows: Vec<Row>) -> Row {
        let breaches = rows.iter().map(|row| row.breaches).sum();
        rows.sort_by(|a, b| a.rounds_per_s.total_cmp(&b.rounds_per_s));
        let rounds_per_s = rows[rows.len() / 2].rounds_per_s;
        rows.sort_by_key(|row| row.price);
        let middle = rows[rows.len() / 2].clone();
        Row { seed: "median".to_owned(), rounds_per_s, breaches, ..middle }
    }
}

/// Every run, line by line in a CSV file.
pub struct Sheet {
    file: File,
    /// Commit and machine.
    from: String,
}

impl Sheet {
    pub fn create(path: &str) -> io::Result<Sheet> {
        let head = "commit,machine,instance,threads,budget,seed,unserved,priority_lost,cost,gap_percent,\
             above_bound_percent,rounds_per_s,seconds,breaches\n";
        let mut file = File::create(path)?;
        file.write_all(head.as_bytes())?;
        Ok(Sheet { file, from: format!("{},{}", commit(), machine()) })
    }

    pub fn push(&mut self, row: &Row) -> io::Result<()> {
        let percent = |share: Option<f64>| share.map_or(String::new(), |share| format!("{share:.4}"));
        let (gap, above) = (percent(row.gap), percent(row.above));
        writeln!(
            self.file,
            "{},{},{},{},{},{},{},{},{gap},{above},{:.0},{:.2},{}",
            self.from,
            row.instance.replace(',', " "),
            row.threads,
            row.budget,
            row.seed,
            row.price.unserved,
            row.price.priority_lost,
            row.cost,
            row.rounds_per_s,
            row.seconds,
            row.breaches
        )
    }
}

/// The commit that is checked out, if git knows one.
fn commit() -> String {
    let said = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
}

/// Cores and their kind.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let kind = info.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    format!("{cores} x {}", kind.unwrap_or(std::env::consts::ARCH).trim().replace(',', " "))
}
