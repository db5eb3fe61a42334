//! Engineers, many at once: the fleet is set up anew once, and not once a line.

use std::collections::BTreeMap;

use paidan_engine::engineer::EngineerDraft;
use paidan_engine::flaw::Flaw;
use paidan_engine::wire::engineer_doc;

use super::{After, All, Import, Verdict};
use crate::live::{Entry, Exchange, Fleet, NewFleet, Seen, Tenant, stay, too_many, usual_setup};
use crate::refusal::Refusal;

impl Import for EngineerDraft {
    fn known<'f>(fleet: &'f Fleet, id: &str) -> Option<&'f EngineerDraft> {
        let engineers = fleet.engineers();
        let place = engineers.binary_search_by(|known| known.id.as_str().cmp(id)).ok()?;
        engineers.get(place)
    }

    fn is_same(&self, known: &EngineerDraft) -> bool {
        // They were seen.
        let mut own = self.clone();
        stay(known, &mut own);
        own == *known
    }

    fn look(_: &All<EngineerDraft>, _: &Tenant) -> Result<Seen, Refusal> {
        Ok(Seen::default())
    }

    fn apply(
        all: &All<EngineerDraft>,
        _: &Seen,
        base: Option<Fleet>,
        verdicts: &mut [Verdict<EngineerDraft>],
    ) -> Result<After, Refusal> {
        // Each turn refuses somebody, and there are not many turns: the flaws of all come together.
        loop {
            let wanted: BTreeMap<String, EngineerDraft> = verdicts
                .iter()
                .filter_map(Verdict::wanted)
                .map(|one| (one.id.clone(), one.clone()))
                .collect();
            if wanted.is_empty() {
                return Ok(After::Nothing);
            }
            let known = base.as_ref().map_or(0, |fleet| fleet.sizes()[0]);
            let made = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Made(_))).count();
            if known + made > all.most {
                return Err(Refusal::Flawed(vec![too_many(all.most)]));
            }
            let tried = if let Some(fleet) = &base {
                fleet.with_engineers(wanted).map(|after| {
                    After::Changed(Box::new(Exchange::new(&fleet.promised(), after, Vec::new())))
                })
            } else {
                // As the clock on the wall of whoever comes first.
                let first = wanted.values().find_map(|engineer| engineer.shifts.first());
                let setup = usual_setup(first.map_or(0, |shift| shift.start.offset_s));
                NewFleet::of_engineers(setup, wanted).map(|fleet| After::New(Box::new(fleet)))
            };
            let flaws = match tried {
                Ok(after) => return Ok(after),
                Err(flaws) => flaws,
            };
            refuse(all, verdicts, flaws)?;
            if all.is_too_flawed(verdicts) {
                return Ok(After::Nothing);
            }
        }
    }

    fn put(&self, entry: &mut Entry<'_>, is_known: bool) -> Result<(), Refusal> {
        let offset_s = entry.fleet()?.desk().problem().offset_s();
        entry.put_engineer(&engineer_doc(self, offset_s), is_known, &[])
    }
}

/// Refuses those whom the flaws are about.
fn refuse(
    all: &All<EngineerDraft>,
    verdicts: &mut [Verdict<EngineerDraft>],
    flaws: Vec<Flaw>,
) -> Result<(), Refusal> {
    let wanted = verdicts.iter().enumerate();
    let places: BTreeMap<String, usize> =
        wanted.filter_map(|(n, verdict)| Some((verdict.wanted()?.id.clone(), n))).collect();
    let mut others = Vec::new();
    for flaw in flaws {
        match flaw.id.as_ref().and_then(|id| places.get(id)) {
            Some(&n) => verdicts[n].refuse(all.items[n].placed(flaw)),
            None => others.push(flaw),
        }
    }
    if others.is_empty() { Ok(()) } else { Err(Refusal::Flawed(others)) }
}
