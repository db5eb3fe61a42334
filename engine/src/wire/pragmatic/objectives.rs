//! What is to be minimised, as far as it is.

use super::Translation;
use super::document::ProblemDoc;
use crate::flaw::Code;

/// Of the document's objectives in order: whether the engine aims at it.
const AIMED_AT: [&str; 4] =
    ["maximize-value", "minimize-unassigned", "minimize-cost", "minimize-duration"];

/// Whether value is to be maximised: said so, or nothing said and some job has one.
pub(super) fn values_count(doc: &ProblemDoc) -> bool {
    match &doc.objectives {
        None => true,
        Some(objectives) => objectives.to_string().contains("\"maximize-value\""),
    }
}

/// Notes the objectives that are not aimed at. They are nested in lists and in `multi-objective`s.
pub(super) fn objectives(doc: &ProblemDoc, translation: &mut Translation<'_>) {
    translation.differs(
        || "fleet.vehicles[0].costs".to_owned(),
        "what is minimised is driving time, not cost; tours are not made fewer for its own sake",
    );
    let Some(objectives) = &doc.objectives else { return };
    let Some(list) = objectives.as_array() else {
        let (found, fix) = ("objectives are a list", "write a list of objects with \"type\"");
        translation.flaw(Code::WrongType, "objectives".to_owned(), "", found, fix);
        return;
    };
    for (n, objective) in list.iter().enumerate() {
        let known = objective["type"].as_str().is_some_and(|kind| AIMED_AT.contains(&kind));
        if !known && objective["type"] != "minimize-tours" {
            translation.differs(|| format!("objectives[{n}]"), "this objective is not aimed at");
        }
    }
}
