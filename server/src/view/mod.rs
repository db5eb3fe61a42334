//! A plan as a page to look at: one file, no network, the same for a browser, a mail and a printer.
//!
//! [`page`] puts a document of what is known ([`document`]) into a page that draws it. The page's style and
//! scripts lie beside this file, one subject each; they are joined here, so that `cargo build` needs nothing
//! else. Nothing that a caller wrote is ever markup: it travels as JSON and becomes text.

pub mod document;
mod gather;
mod sheet;

use paidan_engine::plan::Plan;
use paidan_engine::problem::Problem;

/// What the page says about a plan that the plan itself does not know.
#[derive(Clone, Copy, Debug)]
pub struct Caption<'a> {
    /// What the plan is called: a file's name, or the plan's id.
    pub source: &'a str,
    /// The search goes on, so that a better plan may come.
    pub running: bool,
}

/// The page of a plan: HTML, complete in itself. `O(tickets + shifts + visits)`.
pub fn page(problem: &Problem, plan: &Plan, caption: Caption<'_>) -> String {
    sheet::plan(&gather::gather(problem, plan, caption))
}

/// The page for as long as there is no plan: it says why, and asks again by itself if it is worth it.
/// `says` is ours, not the caller's.
pub fn no_plan(says: &str, again: bool) -> String {
    sheet::no_plan(says, again)
}
