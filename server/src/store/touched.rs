//! Which records a commit has changed: so that whoever was there before reads these, and not everything again.

use std::collections::BTreeSet;

use super::{Change, Kind, Trouble, What};

/// Most records, and most facts, of which is told what has changed since; for more, everything is read anew.
pub const MOST_TOUCHED: usize = 1000;

/// What stands where more has changed than is told.
const EVERYTHING: &str = "*";

/// Records that have changed, or are gone.
pub type Touched = BTreeSet<(Kind, String)>;

impl Change {
    /// What is written beside its facts: nothing, but with the last one all that it touches.
    pub(super) fn touched(&self) -> impl Fn(usize) -> String {
        let (last, mut all, mut is_told) = (self.facts.len().saturating_sub(1), Touched::new(), true);
        // What no fact tells of touches nothing that anybody has.
        for put in self.puts.iter().filter(|put| !put.kind.is_quiet()) {
            match &put.what {
                What::Is(record) => all.insert((put.kind, record.id.clone())),
                What::Gone(id) => all.insert((put.kind, id.clone())),
                What::AllGone => std::mem::replace(&mut is_told, false),
            };
            if all.len() > MOST_TOUCHED {
                is_told = false;
                break;
            }
        }
        let pairs: Vec<(&str, &str)> = all.iter().map(|(kind, id)| (kind.as_str(), &**id)).collect();
        let text = serde_json::to_string(&pairs).ok().filter(|_| is_told);
        let text = text.unwrap_or_else(|| EVERYTHING.to_owned());
        move |n| if n == last { text.clone() } else { String::new() }
    }
}

/// What stands beside the facts since, all together; `None` if one of them does not know, or they are too many.
pub(super) fn all_of(facts: Vec<Option<String>>) -> Result<Option<Touched>, Trouble> {
    if facts.len() > MOST_TOUCHED {
        return Ok(None);
    }
    let mut all = Touched::new();
    for text in facts {
        match text.as_deref() {
            None | Some(EVERYTHING) => return Ok(None),
            Some("") => {}
            Some(text) => {
                let foreign = |trouble| Trouble::Foreign(format!("what a fact has touched: {trouble}"));
                let pairs: Vec<(String, String)> = serde_json::from_str(text).map_err(foreign)?;
                for (word, id) in pairs {
                    // One that a later version has made up is read with everything.
                    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == word) else {
                        return Ok(None);
                    };
                    all.insert((kind, id));
                }
            }
        }
    }
    Ok(Some(all).filter(|all| all.len() <= MOST_TOUCHED))
}
