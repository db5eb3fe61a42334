//! Who does how much: a row for each engineer, busiest first.

use std::fmt::Write;

use paidan_engine::problem::Problem;
use paidan_engine::units::Seconds;

use crate::cli::text::{and_more, bar, clock, columns, count, date_and_clock, length, number};
use crate::facts::{Facts, Load};

/// Rows, at most.
const ROWS: usize = 40;
/// Cells of a load bar.
const BAR: usize = 16;

pub(super) fn write(text: &mut String, problem: &Problem, facts: &Facts) {
    if facts.loads.is_empty() {
        return;
    }
    let mut loads = facts.loads.clone();
    loads.sort_by(|a, b| b.share().total_cmp(&a.share()).then(a.engineer.cmp(&b.engineer)));
    let busy = loads.iter().filter(|load| load.stops > 0).count();
    let mean = loads.iter().map(Load::share).sum::<f64>() / loads.len() as f64;
    let _ = writeln!(
        text,
        "\nEngineers: {} of {} on duty have work, {:.0} % of the shift on average",
        number(busy as i64),
        number(loads.len() as i64),
        100.0 * mean
    );
    let heads = ["engineer", " stops", " work", " drive", "work in the shift", "", "hours"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(loads.iter().take(ROWS).map(|load| row(problem, load)));
    *text += &columns(2, &rows);
    let rest = &loads[ROWS.min(loads.len())..];
    if !rest.is_empty() {
        let stops: usize = rest.iter().map(|load| load.stops).sum();
        let idle = rest.iter().filter(|load| load.stops == 0).count();
        let _ = writeln!(
            text,
            "  {} with {} together, {} of them without any",
            and_more(rest.len()),
            count(stops, "stop", "stops"),
            number(idle as i64)
        );
    }
}

fn row(problem: &Problem, load: &Load) -> Vec<String> {
    let hours = match load.hours {
        None => "free".to_owned(),
        Some((first, last, offset)) if last - first < Seconds(86_400) => {
            format!("{}-{}", clock(first, offset), clock(last, offset))
        }
        Some((first, last, offset)) => {
            format!("{} to {}", date_and_clock(first, offset), date_and_clock(last, offset))
        }
    };
    vec![
        problem.engineer(load.engineer).id.to_string(),
        load.stops.to_string(),
        length(load.work),
        length(load.drive),
        bar(load.share(), BAR),
        format!("{:>3.0} %", 100.0 * load.share()),
        hours,
    ]
}
