//! Watches a search from a terminal.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use paidan_engine::planner::{Progress, Watch};

use super::interrupt;
use super::text::number;

/// Knows the time, hears Ctrl-C, shows progress if stderr is a terminal.
pub(super) struct Console {
    start: Instant,
    stop: Arc<AtomicBool>,
    bar: Option<ProgressBar>,
}

impl Console {
    pub(super) fn new() -> Console {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::new_spinner);
        if let Some(bar) = &bar {
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        let console = Console { start: Instant::now(), stop: interrupt::flag(), bar };
        console.say("searching; Ctrl-C keeps the best plan so far");
        console
    }

    /// Shows what is being done now.
    pub(super) fn say(&self, what: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(what);
        }
    }

    /// Takes the progress off the screen.
    pub(super) fn close(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Console {
    fn elapsed_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn improved(&self, progress: &Progress<'_>) {
        if let Some(bar) = &self.bar {
            let price = progress.price;
            bar.set_message(format!(
                "round {}: {} unserved, {} s of driving or worth as much (Ctrl-C keeps it)",
                number(progress.rounds as i64),
                number(price.unserved),
                number(price.seconds.0)
            ));
        }
    }
}
