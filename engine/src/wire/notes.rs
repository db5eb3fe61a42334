//! Flaws as they are found, and which later ones would only be their consequences.

use super::limits;
use super::time::{self, BadMoment};
use super::words::quoted;
use crate::engineer::Stamp;
use crate::flaw::{Code, Flaw};
use crate::problem::limits::FLAWS;
use crate::units::{Moment, Seconds};

/// The moment that stands in for one that cannot be read.
pub(super) const STAND_IN_MOMENT: &str = "2000-01-01T00:00:00Z";

/// Flaws found so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    flaws: Vec<Flaw>,
    /// Places about which everything has been said; stand-ins are there now.
    told: Vec<String>,
    /// Parts of the document that are not as the caller wrote them.
    changed: Vec<String>,
}

impl Notes {
    /// Notes a flaw, unless it is about a place that has been dealt with.
    pub(super) fn flaw(&mut self, flaw: Flaw) {
        if self.is_full() || self.is_told(&flaw.path) {
            return;
        }
        self.told.push(flaw.path.clone());
        self.changed.push(part(&flaw.path).to_owned());
        self.flaws.push(flaw);
    }

    /// Notes a flaw about something that was not needed, such as an unknown key: the rest may have flaws
    /// of its own. Only the part in which `lost` lies may not be as the caller meant it.
    pub(super) fn aside(&mut self, flaw: Flaw, lost: Option<String>) {
        if self.is_full() || self.is_told(&flaw.path) {
            return;
        }
        self.changed.extend(lost.map(|path| part(&path).to_owned()));
        self.flaws.push(flaw);
    }

    /// Says nothing more about a place.
    pub(super) fn settle(&mut self, path: String) {
        self.changed.push(part(&path).to_owned());
        self.told.push(path);
    }

    /// Whether a place, or what holds it, has been dealt with.
    pub(super) fn is_told(&self, path: &str) -> bool {
        self.told.iter().any(|told| covers(told, path))
    }

    /// Whether something inside a place, but not the place itself, has been dealt with.
    pub(super) fn is_told_inside(&self, path: &str) -> bool {
        self.told.iter().any(|told| covers(path, told))
    }

    /// Whether no more flaws will be told.
    pub(super) fn is_full(&self) -> bool {
        self.flaws.len() >= FLAWS
    }

    /// Whether nothing was wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.flaws.is_empty()
    }

    /// Adds those flaws of the repaired document that are the caller's own.
    pub(super) fn add_semantic(&mut self, flaws: Vec<Flaw>) {
        let own: Vec<Flaw> = flaws.into_iter().filter(|flaw| !self.is_consequence(flaw)).collect();
        self.flaws.extend(own);
        self.flaws.sort_by_key(|flaw| position(&flaw.path));
        self.flaws.truncate(FLAWS);
    }

    /// Whether a flaw may only be there because something was taken out.
    fn is_consequence(&self, flaw: &Flaw) -> bool {
        let path = flaw.path.as_str();
        let changed = |test: &dyn Fn(&str) -> bool| self.changed.iter().any(|part| test(part));
        if changed(&|part| covers(part, path) || covers(path, part)) {
            return true;
        }
        let names_lost = || {
            changed(&|part| {
                let key = part.rsplit_once('.').map(|(_, key)| key);
                matches!(key, None | Some("id" | "shifts")) || part.starts_with("policy")
            })
        };
        match flaw.code {
            Code::UnknownReference => names_lost(),
            Code::NoPlace | Code::BadTable => changed(&|part| part.starts_with("travel")),
            Code::DuplicateId | Code::BrokenRoute if path.starts_with("routes") => {
                names_lost() || changed(&|part| part.starts_with("routes"))
            }
            _ => false,
        }
    }

    /// The flaws, or what was read if there are none.
    pub(super) fn or<T>(self, read: T) -> Result<T, Vec<Flaw>> {
        if self.flaws.is_empty() { Ok(read) } else { Err(self.flaws) }
    }

    /// All flaws.
    pub(super) fn into_flaws(self) -> Vec<Flaw> {
        self.flaws
    }

    /// Reads a moment with its offset, or notes why not.
    pub(super) fn stamp(&mut self, text: &str, id: &str, path: impl FnOnce() -> String) -> Stamp {
        time::stamp(text).unwrap_or_else(|why| {
            let found = match why {
                BadMoment::NoOffset => format!("{} has no offset from UTC", quoted(text)),
                BadMoment::Unreadable => format!("{} is not a moment", quoted(text)),
            };
            self.flaw(of(Flaw::new(Code::BadTime, path(), found, time::MOMENT_FIX), id));
            Stamp::default()
        })
    }

    /// Reads a moment, or notes why not.
    pub(super) fn moment(&mut self, text: &str, id: &str, path: impl FnOnce() -> String) -> Moment {
        self.stamp(text, id, path).moment
    }

    /// Reads a moment that may be left out.
    pub(super) fn moment_if(
        &mut self,
        text: Option<&String>,
        id: &str,
        path: impl FnOnce() -> String,
    ) -> Option<Moment> {
        text.map(|text| self.moment(text, id, path))
    }

    /// A length that later sums can bear, whatever it is; whether it makes sense is asked later.
    pub(super) fn length(&mut self, length: i64, id: &str, path: impl FnOnce() -> String) -> Seconds {
        if (-limits::STATED..=limits::STATED).contains(&length) {
            return Seconds(length);
        }
        let flaw = Flaw::new(
            Code::OutOfRange,
            path(),
            format!("{length} is beyond any length or price"),
            "check the unit: seconds are expected",
        );
        self.flaw(of(flaw, id));
        Seconds::ZERO
    }
}

/// Where in a problem document a path lies: the part, then the element.
fn position(path: &str) -> (usize, usize) {
    const PARTS: [&str; 9] =
        ["now", "travel", "territories", "depots", "engineers", "tickets", "visits", "routes", "policy"];
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let part = PARTS.iter().position(|part| *part == &path[..end]).unwrap_or(PARTS.len());
    let number = path[end..].strip_prefix('[').and_then(|rest| rest.split(']').next()?.parse().ok());
    (part, number.unwrap_or(0))
}

/// The flaw carried by `id`, if there is one; the document and the policy have none.
fn of(flaw: Flaw, id: &str) -> Flaw {
    if id.is_empty() { flaw } else { flaw.of(id) }
}

/// Whether `path` is `place` or lies inside it.
fn covers(place: &str, path: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| place.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The element and its key in which a place lies: `engineers[3].shifts` of
/// `engineers[3].shifts[0].start`. What is checked together lies together in one of these.
fn part(path: &str) -> &str {
    let Some(first) = path.find('.') else { return path };
    let rest = &path[first + 1..];
    rest.find(['.', '[']).map_or(path, |end| &path[..first + 1 + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(code: Code, path: &str) -> Flaw {
        Flaw::new(code, path, "found", "fix")
    }

    #[test]
    fn a_part_is_an_element_and_its_key() {
        assert_eq!(part("engineers[3].shifts[0].start"), "engineers[3].shifts");
        assert_eq!(part("policy.weights.skill"), "policy.weights");
        assert_eq!(part("tickets[3]"), "tickets[3]");
        assert_eq!(part("now"), "now");
    }

    #[test]
    fn consequences_of_a_repair_are_not_told() {
        let mut notes = Notes::default();
        notes.flaw(flaw(Code::WrongType, "engineers[1].shifts[0].start"));
        notes.add_semantic(vec![
            flaw(Code::Reversed, "engineers[1].shifts[0]"),
            flaw(Code::UnknownReference, "routes[0]"),
            flaw(Code::Reversed, "engineers[10].shifts[0]"),
            flaw(Code::OutOfRange, "tickets[0].priority"),
        ]);
        let paths: Vec<String> = notes.into_flaws().into_iter().map(|flaw| flaw.path).collect();
        assert_eq!(
            paths,
            ["engineers[1].shifts[0].start", "engineers[10].shifts[0]", "tickets[0].priority"]
        );
    }

    #[test]
    fn an_unknown_key_hides_only_what_was_meant_by_it() {
        let mut notes = Notes::default();
        let meant = Some("engineers[0].home".to_owned());
        notes.aside(flaw(Code::UnknownKey, "engineers[0].hom"), meant);
        notes.add_semantic(vec![
            flaw(Code::NoPlace, "engineers[0]"),
            flaw(Code::OutOfRange, "engineers[0].skills.gas"),
        ]);
        assert_eq!(notes.into_flaws().len(), 2);
    }
}
