//! The nation's engineers.

use std::collections::BTreeMap;

use paidan_engine::wire::document::{
    BreakDoc, CertificateDoc, EngineerDoc, PlaceDoc, ShiftDoc, SkillDoc,
};

use super::NationOptions;
use super::map::Map;
use super::trades::{self, TRADES, Trade};
use super::week::Week;
use crate::generate::chance::{Chance, Odds};

/// The stream of chance that this file draws from.
const STREAM: u64 = 12;
/// Odds of the levels 1 to 5.
const LEVELS: [f64; 5] = [10.0, 25.0, 35.0, 20.0, 10.0];
/// Share of the skills that need a certificate, and of those the ones that have lapsed.
const CERTIFIED: (f64, f64) = (0.05, 0.15);
/// Starts of the shifts, in hours, with the lunch hours of each.
const SHIFTS: [(i64, &str, &str); 3] =
    [(7, "11:00", "13:00"), (8, "11:30", "13:30"), (10, "13:00", "15:00")];

/// Length of every shift, in seconds.
pub(super) const SHIFT_S: i64 = 8 * 3600 + 1800;
/// Length of every lunch break, in seconds.
pub(super) const LUNCH_S: i64 = 1800;

/// An engineer, and what routes and visits have to know about them.
pub(super) struct Person {
    pub(super) document: EngineerDoc,
    pub(super) town: usize,
    pub(super) home: PlaceDoc,
    /// Trades whose certificate has not lapsed, with levels.
    pub(super) trades: Vec<(usize, u8)>,
}

pub(super) fn hire(options: &NationOptions, map: &Map, week: &Week) -> Vec<Person> {
    let mut chance = Chance::new(options.seed, STREAM);
    let trade_odds = trades::odds();
    let level_odds = Odds::new(LEVELS.into_iter());
    let mut crew = Vec::with_capacity(options.engineers);
    for n in 1..=options.engineers {
        let town = map.town(&mut chance);
        let home = map.somewhere(town, &mut chance);
        let (mut known, mut skills, mut stock) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let wanted = chance.between(2, 6) as usize;
        while skills.len() < wanted {
            let trade = trade_odds.pick(&mut chance);
            let level = level_odds.pick(&mut chance) as u8 + 1;
            let Trade { skill, part, .. } = TRADES[trade];
            if skills.contains_key(skill) {
                continue;
            }
            // The first skill never lapses, so that nobody is left without any.
            let certified = !skills.is_empty() && chance.yes(CERTIFIED.0);
            let lapsed = certified && chance.yes(CERTIFIED.1);
            let document = if certified {
                let last_day = if lapsed { -chance.between(1, 60) } else { week.days + 7 };
                let day = week.stamp(last_day, 0);
                SkillDoc::Certificate(CertificateDoc { level, valid_until: Some(day[..10].to_owned()) })
            } else {
                SkillDoc::Level(level)
            };
            if !lapsed {
                known.push((trade, level));
            }
            skills.insert(skill.to_owned(), document);
            if chance.yes(0.9) {
                stock.insert(part.to_owned(), chance.between(2, 6) * week.days);
            }
        }
        let hours = *chance.pick(&SHIFTS);
        let document = EngineerDoc {
            id: format!("E{n:06}"),
            home: Some(home),
            skills,
            shifts: (0..week.days).map(|day| shift(week, day, hours)).collect(),
            stock,
            ..EngineerDoc::default()
        };
        crew.push(Person { document, town, home, trades: known });
    }
    crew
}

fn shift(week: &Week, day: i64, (hour, from, to): (i64, &str, &str)) -> ShiftDoc {
    let lunch = BreakDoc::daily(from, to, LUNCH_S);
    ShiftDoc {
        start: week.stamp(day, hour * 3600),
        end: week.stamp(day, hour * 3600 + SHIFT_S),
        breaks: vec![lunch],
        ..ShiftDoc::default()
    }
}
