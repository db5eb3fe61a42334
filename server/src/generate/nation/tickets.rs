//! The nation's open tickets.

use std::collections::BTreeMap;

use paidan_engine::wire::document::{
    ConversationDoc, LevelsDoc, NeedDoc, SlaDoc, SpanDoc, TicketDoc, TicketTypeDoc,
};

use super::map::{Map, Town};
use super::roster::{LUNCH_S, Person, SHIFT_S};
use super::trades::{self, TRADES, TROUBLES, Trade};
use super::week::Week;
use super::{DETOUR, NationOptions, SPEED_KMH};
use crate::generate::chance::{Chance, Odds};

/// The stream of chance that this file draws from.
const STREAM: u64 = 14;
/// Odds of the required levels 1 to 4; nothing requires an expert.
const LEVELS: [f64; 4] = [40.0, 35.0, 20.0, 5.0];
/// Odds of the ticket types, and of the customers' tiers.
const TYPES: [(TicketTypeDoc, f64); 4] = [
    (TicketTypeDoc::Complaint, 10.0),
    (TicketTypeDoc::Repair, 55.0),
    (TicketTypeDoc::Installation, 20.0),
    (TicketTypeDoc::Question, 15.0),
];
const TIERS: [(&str, f64); 4] = [("standard", 70.0), ("silver", 18.0), ("gold", 9.0), ("vip", 3.0)];
/// Share of the tickets that some engineer of the same town could serve.
const AT_HAND: f64 = 0.97;
/// Mean work in seconds, at least and at most.
const WORK_S: (i64, i64) = (300, 4 * 3600);

/// An open ticket, and what visits have to know about it.
pub(super) struct Job {
    pub(super) document: TicketDoc,
    pub(super) trade: usize,
}

/// Open tickets. `promised_s` is the work and driving that promised routes take from the shifts.
pub(super) fn report(
    options: &NationOptions,
    map: &Map,
    week: &Week,
    crew: &[Person],
    promised_s: i64,
) -> Vec<Job> {
    let mut chance = Chance::new(options.seed, STREAM);
    let desk = Desk {
        options,
        map,
        week,
        crew,
        mean_work: mean_work(options, map, week, promised_s),
        trades: trades::odds(),
        levels: Odds::new(LEVELS.into_iter()),
        types: Odds::new(TYPES.iter().map(|entry| entry.1)),
        tiers: Odds::new(TIERS.iter().map(|entry| entry.1)),
    };
    (1..=options.tickets).map(|n| desk.job(n, &mut chance)).collect()
}

/// Work for one ticket, so that work and driving meet the load.
fn mean_work(options: &NationOptions, map: &Map, week: &Week, promised_s: i64) -> i64 {
    let tickets = options.tickets.max(1) as f64;
    let shifts = options.engineers as f64 * week.days as f64;
    let time = shifts * (SHIFT_S - LUNCH_S) as f64 - promised_s as f64;
    let leg = |town: &Town| town.share * expected_leg_km(town, tickets / week.days as f64);
    let leg_km: f64 = map.towns.iter().map(leg).sum();
    let drive = leg_km * DETOUR / SPEED_KMH * 3600.0;
    ((options.load * time / tickets - drive) as i64).clamp(WORK_S.0, WORK_S.1)
}

/// Straight kilometres between two stops of a route in this town, out of `tickets` a day in the nation.
///
/// A tour through n points of a density f is about `0.7124 * sqrt(n) * integral sqrt(f)` long
/// (Beardwood, Halton, Hammersley 1959); for a round bell curve of deviation s the integral is
/// `2 * sqrt(2 * pi) * s`, so a leg has `3.57 * s / sqrt(n)`. Skills, windows and shifts thin out what one
/// engineer can choose from: we take twice that, but never more than across the town.
fn expected_leg_km(town: &Town, tickets: f64) -> f64 {
    let here = (town.share * tickets).max(1.0);
    (2.0 * 3.57 * town.spread_km / here.sqrt()).min(1.77 * town.spread_km)
}

/// What all tickets are drawn from.
struct Desk<'a> {
    options: &'a NationOptions,
    map: &'a Map,
    week: &'a Week,
    crew: &'a [Person],
    mean_work: i64,
    trades: Odds,
    levels: Odds,
    types: Odds,
    tiers: Odds,
}

impl Desk<'_> {
    fn job(&self, n: usize, chance: &mut Chance) -> Job {
        let (town, trade, level) = self.demand(n, chance);
        let place = self.map.somewhere(town, chance);
        let Trade { skill, part, work_percent, .. } = TRADES[trade];
        let mut requires = BTreeMap::from([(skill.to_owned(), need(level, chance))]);
        if chance.yes(0.06) {
            let second = TRADES[self.trades.pick(chance)].skill;
            requires.entry(second.to_owned()).or_insert(NeedDoc::Level(1));
        }
        let kind = TYPES[self.types.pick(chance)].0;
        let work_s = self.mean_work * work_percent / 93 * chance.between(70, 130) / 100;
        let reported = chance.between(-12 * 3600, 6 * 3600);
        let windows = chance.yes(self.options.windows_share).then(|| self.appointment(chance));
        let document = TicketDoc {
            id: format!("T{n:07}"),
            customer: Some(format!("C{n:07}")),
            issue: Some(trades::issue(trade, chance.below(TROUBLES.len()))),
            kind: Some(kind),
            place,
            work_s: (work_s / 60 * 60).max(WORK_S.0),
            requires,
            windows: windows.into_iter().collect(),
            reported_at: Some(self.moment(reported)),
            sla: self.sla(kind, chance),
            priority: chance.yes(0.1).then(|| chance.between(20, 95) as u8),
            tier: Some(TIERS[self.tiers.pick(chance)].0.to_owned()),
            conversation: chance
                .yes(0.1)
                .then(|| ConversationDoc { keywords: chance.between(1, 9) as f64, baseline: 4.0 }),
            parts: chance.yes(0.2).then(|| (part.to_owned(), 1)).into_iter().collect(),
            ..TicketDoc::default()
        };
        Job { document, trade }
    }

    /// Town, trade and required level. Most customers are some engineer's neighbours and ask for what
    /// that engineer can do, each engineer in turn, so that a lone one in a small town is as busy as the
    /// many of a large one; the rest live and ask anywhere.
    fn demand(&self, n: usize, chance: &mut Chance) -> (usize, usize, u8) {
        if !self.crew.is_empty() && chance.yes(AT_HAND) {
            let person = &self.crew[n % self.crew.len()];
            let &(trade, level) = chance.pick(&person.trades);
            return (person.town, trade, level.min(self.levels.pick(chance) as u8 + 1));
        }
        let town = self.map.town(chance);
        (town, self.trades.pick(chance), self.levels.pick(chance) as u8 + 1)
    }

    /// Seconds after the first midnight; before it on the day before.
    fn moment(&self, second: i64) -> String {
        self.week.stamp(second.div_euclid(86_400), second.rem_euclid(86_400))
    }

    /// The morning, the afternoon or two hours of one of the days.
    fn appointment(&self, chance: &mut Chance) -> SpanDoc {
        let day = chance.between(0, self.week.days - 1);
        let (from, to) = match chance.below(4) {
            0 => (8, 12),
            1 => (12, 17),
            _ => *chance.pick(&[(8, 10), (10, 12), (13, 15), (15, 17)]),
        };
        SpanDoc { start: self.week.stamp(day, from * 3600), end: self.week.stamp(day, to * 3600) }
    }

    /// Complaints are answered on the first day, repairs done within the days and three more; the
    /// rest has no promise.
    fn sla(&self, kind: TicketTypeDoc, chance: &mut Chance) -> Option<SlaDoc> {
        match kind {
            TicketTypeDoc::Complaint => {
                let respond_by = Some(self.week.stamp(0, 18 * 3600));
                Some(SlaDoc { respond_by, resolve_by: None })
            }
            TicketTypeDoc::Repair => {
                let day = chance.between(0, self.week.days + 2);
                let resolve_by = Some(self.week.stamp(day, 18 * 3600));
                Some(SlaDoc { respond_by: None, resolve_by })
            }
            TicketTypeDoc::Installation | TicketTypeDoc::Question => None,
        }
    }
}

fn need(level: u8, chance: &mut Chance) -> NeedDoc {
    if chance.yes(0.5) {
        NeedDoc::Level(level)
    } else {
        NeedDoc::Levels(LevelsDoc { level, preferred: Some(level + 1) })
    }
}
