//! Many engineers at once.

use std::collections::{BTreeMap, BTreeSet};

use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::{Code, Flaw};
use paidan_engine::problem::Draft;
use paidan_engine::wire::document::EngineerDoc;
use serde_json::json;

use super::roster::{renumber, shift_gone, stay};
use super::{Entry, Fleet, NewFleet};
use crate::refusal::Refusal;
use crate::store::Kind;

impl Fleet {
    /// The same fleet with engineers added or changed, set up anew once, as [`Fleet::new`], and for each of them who has
    /// promised routes `O(routes)`.
    ///
    /// # Errors
    /// The engineers' flaws, with their ids, paths from `engineer` on; promises that could not be kept.
    pub fn with_engineers(
        &self,
        mut engineers: BTreeMap<String, EngineerDraft>,
    ) -> Result<Fleet, Vec<Flaw>> {
        let mut draft = self.standing();
        let busy: BTreeSet<String> = draft.routes.iter().map(|route| route.engineer.clone()).collect();
        let mut flaws = Vec::new();
        for known in &mut draft.engineers {
            let Some(mut new) = engineers.remove(&known.id) else { continue };
            stay(known, &mut new);
            if busy.contains(&known.id) {
                let gone = renumber(&mut draft.routes, known, &new);
                if !gone.is_empty() {
                    flaws.push(shift_gone(&known.id, &gone));
                }
            }
            *known = new;
        }
        if !flaws.is_empty() {
            return Err(flaws);
        }
        draft.engineers.extend(engineers.into_values());
        draft.engineers.sort_by(|one, other| one.id.cmp(&other.id));
        let ids: Vec<String> = draft.engineers.iter().map(|engineer| engineer.id.clone()).collect();
        let fix = "let what is promised fit, or PUT the engineer with release=true";
        self.anew_in_time(draft).map_err(|flaws| by_engineer(unkept(flaws, "engineer", fix), &ids))
    }
}

impl Entry<'_> {
    /// Puts an engineer, and tells so with the tickets that were taken back for it.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_engineer(
        &mut self,
        doc: &EngineerDoc,
        is_known: bool,
        released: &[String],
    ) -> Result<(), Refusal> {
        self.put(Kind::Engineer, (&doc.id, ""), doc)?;
        let event = if is_known { "engineer.changed" } else { "engineer.added" };
        self.tell(event, &doc.id, &json!({"released": released}))
    }
}

/// The flaw of a roster that would be longer than `most`.
pub fn too_many(most: usize) -> Flaw {
    let found = format!("there would be more engineers than {most}, this service's limit");
    Flaw::new(Code::TooLarge, "engineers", found, "split the fleet")
}

impl NewFleet {
    /// A fleet of engineers and nothing else, under the usual policy.
    ///
    /// # Errors
    /// As [`Fleet::with_engineers`].
    pub fn of_engineers(
        setup: Draft,
        engineers: BTreeMap<String, EngineerDraft>,
    ) -> Result<NewFleet, Vec<Flaw>> {
        let ids: Vec<String> = engineers.keys().cloned().collect();
        let draft = Draft { engineers: engineers.into_values().collect(), ..setup };
        NewFleet::new(draft).map_err(|flaws| by_engineer(flaws, &ids))
    }
}

/// Flaws of which those of promised routes are said to be those of what does not let them be kept.
pub(super) fn unkept(flaws: Vec<Flaw>, path: &str, fix: &str) -> Vec<Flaw> {
    let put = |flaw: Flaw| match flaw.code {
        Code::BrokenRoute => {
            let found = format!("what is promised cannot be kept: {}", flaw.found);
            Flaw { path: path.to_owned(), found, fix: fix.to_owned(), ..flaw }
        }
        _ => flaw,
    };
    flaws.into_iter().map(put).collect()
}

/// Flaws of a roster as those of its engineers, each by itself.
fn by_engineer(flaws: Vec<Flaw>, ids: &[String]) -> Vec<Flaw> {
    let own = |flaw: Flaw| {
        let place = flaw.path.strip_prefix("engineers[").and_then(|rest| rest.split_once(']'));
        let Some((number, rest)) = place else { return flaw };
        let Some(id) = number.parse().ok().and_then(|number: usize| ids.get(number)) else {
            return flaw;
        };
        let path = format!("engineer{rest}");
        Flaw { path, ..flaw }.of(id)
    };
    flaws.into_iter().map(own).collect()
}
