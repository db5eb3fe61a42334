//! What becomes of each line, and of the fleet.

use paidan_engine::flaw::Flaw;
use paidan_engine::problem::limits::FLAWS;

use super::{Item, Subject};
use crate::live::{Entry, Exchange, Fleet, NewFleet, Seen, Tenant};
use crate::refusal::Refusal;

/// All that is to be imported.
#[derive(Debug)]
pub(crate) struct All<T> {
    /// The things.
    pub items: Vec<Item<T>>,
    /// Whether a flawed one keeps the others out.
    pub strict: bool,
    /// Most engineers of a fleet.
    pub most: usize,
}

/// What becomes of one thing.
#[derive(Debug)]
pub(crate) enum Verdict<T> {
    /// It is new.
    Made(T),
    /// It is known, and otherwise.
    Changed(T),
    /// It is known as it is.
    Same,
    /// It is flawed; each flaw has its line.
    Refused(Vec<Flaw>),
}

impl<T> Verdict<T> {
    /// What is to be put in the fleet, if anything is.
    pub(super) fn wanted(&self) -> Option<&T> {
        match self {
            Verdict::Made(one) | Verdict::Changed(one) => Some(one),
            Verdict::Same | Verdict::Refused(_) => None,
        }
    }

    /// Why it is refused.
    pub(crate) fn flaws(&self) -> &[Flaw] {
        match self {
            Verdict::Refused(flaws) => flaws,
            Verdict::Made(_) | Verdict::Changed(_) | Verdict::Same => &[],
        }
    }

    /// Refuses it, for one more reason.
    pub(super) fn refuse(&mut self, flaw: Flaw) {
        match self {
            Verdict::Refused(flaws) => flaws.push(flaw),
            _ => *self = Verdict::Refused(vec![flaw]),
        }
    }
}

/// What takes the place of the fleet.
#[derive(Debug)]
pub(crate) enum After {
    /// It stays as it is.
    Nothing,
    /// It is changed.
    Changed(Box<Exchange>),
    /// It is the first one.
    New(Box<NewFleet>),
}

/// What becomes of it all.
#[derive(Debug)]
pub(crate) struct Judged<T> {
    /// A verdict for each thing.
    pub verdicts: Vec<Verdict<T>>,
    after: After,
    seen: Seen,
}

/// What can be imported.
pub(crate) trait Import: Subject {
    /// The one of this id in a fleet, if it is known.
    fn known<'f>(fleet: &'f Fleet, id: &str) -> Option<&'f Self>;

    /// Whether it asks for nothing else than the one that is known: also if it leaves out what is known only since.
    fn is_same(&self, known: &Self) -> bool;

    /// The records that tell what may become of them.
    ///
    /// # Errors
    /// The store's trouble.
    fn look(all: &All<Self>, tenant: &Tenant) -> Result<Seen, Refusal>;

    /// The fleet with all that is wanted; what it cannot take is refused.
    ///
    /// # Errors
    /// Flaws that are no single line's; a record that is not as we write it.
    fn apply(
        all: &All<Self>,
        seen: &Seen,
        base: Option<Fleet>,
        verdicts: &mut [Verdict<Self>],
    ) -> Result<After, Refusal>;

    /// Puts one that is in the fleet already, and tells so.
    ///
    /// # Errors
    /// As [`Entry::put`].
    fn put(&self, entry: &mut Entry<'_>, is_known: bool) -> Result<(), Refusal>;
}

impl<T: Import> All<T> {
    /// What becomes of each, where this is the fleet.
    ///
    /// # Errors
    /// A flaw, if all are taken or none; more than [`FLAWS`] of them; as [`Import::apply`].
    pub(crate) fn judge(&self, tenant: &Tenant, base: Option<Fleet>) -> Result<Judged<T>, Refusal> {
        let offset_s = base.as_ref().map_or(0, |fleet| fleet.desk().problem().offset_s());
        let verdict = |item: &Item<T>| {
            let known = item.id.as_ref().and_then(|id| T::known(base.as_ref()?, id));
            match (item.draft(known, offset_s), known) {
                (Err(flaws), _) => Verdict::Refused(flaws),
                (Ok(draft), None) => Verdict::Made(draft),
                (Ok(draft), Some(known)) if draft.is_same(known) => Verdict::Same,
                (Ok(draft), Some(_)) => Verdict::Changed(draft),
            }
        };
        let mut verdicts: Vec<Verdict<T>> = self.items.iter().map(verdict).collect();
        // Behind the fleet: what changes between has another fleet as well, so nothing comes of it then.
        let seen = T::look(self, tenant)?;
        let after = T::apply(self, &seen, base, &mut verdicts)?;
        if self.is_too_flawed(&verdicts) {
            let flaws = verdicts.iter().flat_map(Verdict::flaws);
            return Err(Refusal::Flawed(flaws.take(FLAWS).cloned().collect()));
        }
        Ok(Judged { verdicts, after, seen })
    }

    /// Whether there is a flaw too many for anything to be taken.
    pub(super) fn is_too_flawed(&self, verdicts: &[Verdict<T>]) -> bool {
        let flaws: usize = verdicts.iter().map(|verdict| verdict.flaws().len()).sum();
        flaws > if self.strict { 0 } else { FLAWS }
    }
}

impl<T: Import> Judged<T> {
    /// Puts it in place, with all that is wanted.
    ///
    /// # Errors
    /// As [`Entry::exchange`], [`Entry::replace_fleet`] and [`Import::put`].
    pub(crate) fn put(self, entry: &mut Entry<'_>) -> Result<Vec<Verdict<T>>, Refusal> {
        let Judged { verdicts, after, seen } = self;
        entry.count_on(seen)?;
        match after {
            After::Nothing => {}
            After::Changed(exchange) => {
                entry.exchange(*exchange)?;
            }
            After::New(fleet) => {
                entry.replace_fleet(*fleet)?;
            }
        }
        for verdict in &verdicts {
            match verdict {
                Verdict::Made(one) => one.put(entry, false)?,
                Verdict::Changed(one) => one.put(entry, true)?,
                Verdict::Same | Verdict::Refused(_) => {}
            }
        }
        Ok(verdicts)
    }
}
