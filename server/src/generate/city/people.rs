//! The crews as engineers: homes at real places, shifts of the day, stock for their trades.

use std::collections::BTreeMap;

use jiff::civil::Date;
use paidan_engine::wire::document::{
    BreakDoc, CertificateDoc, EngineerDoc, PlaceDoc, ShiftDoc, SkillDoc, SpanDoc,
};

use super::kinds;
use super::requests::Request;
use super::roster::{Away, Held, Hours, Member, ROSTER};
use super::{CityOptions, is_east_of_the_creek};
use crate::generate::chance::Chance;
use crate::generate::clock;

/// The stream of chance that this file draws from.
const STREAM: u64 = 2;

/// An engineer, and what the made-up history has to know about them.
pub(super) struct Person {
    pub(super) document: EngineerDoc,
    pub(super) member: &'static Member,
    /// Level by skill, certificates aside.
    pub(super) levels: BTreeMap<&'static str, u8>,
}

impl Person {
    /// Whether they could go before any certificate lapsed: skills and territory.
    pub(super) fn could_go(&self, request: &Request) -> bool {
        let kind = request.kind;
        let level = |skill: &str| self.levels.get(skill).copied().unwrap_or(0);
        let side = if is_east_of_the_creek(request.lat, request.lon) { "east" } else { "west" };
        level(kind.skill) >= kind.level
            && (kind.also.is_empty() || level(kind.also) >= 1)
            && (self.member.side.is_empty() || self.member.side == side)
    }
}

/// The whole roster.
///
/// # Errors
/// A home neighbourhood without a request.
pub(super) fn hire(requests: &[Request], options: &CityOptions) -> Result<Vec<Person>, String> {
    let mut chance = Chance::new(options.seed, STREAM);
    let mut homes: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in requests {
        homes.entry(&request.neighborhood).or_default().push(request);
    }
    let mut depots: BTreeMap<&str, PlaceDoc> = BTreeMap::new();
    let mut people = Vec::with_capacity(ROSTER.len());
    for member in ROSTER {
        let near = homes.get(member.home).ok_or_else(|| format!("no request in {}", member.home))?;
        let corner = street_corner(chance.pick::<&Request>(near));
        // A neighbourhood that several crews start from is a depot, and one place.
        let home = *depots.entry(member.home).or_insert(corner);
        people.push(person(member, home, options.date, &mut chance));
    }
    Ok(people)
}

/// A place about a hundred metres around the request, so that it is nobody's address.
fn street_corner(request: &Request) -> PlaceDoc {
    let coarse = |degrees: f64| (degrees * 1e3).round() / 1e3;
    PlaceDoc { lat: Some(coarse(request.lat)), lon: Some(coarse(request.lon)), row: None }
}

fn person(member: &'static Member, home: PlaceDoc, date: Date, chance: &mut Chance) -> Person {
    let mut skills = BTreeMap::new();
    let mut levels = BTreeMap::new();
    let mut stock = BTreeMap::new();
    for &Held { name, level, days } in member.skills {
        levels.insert(name, level);
        let valid_until = days.map(|days| clock::days_on(date, days).to_string());
        let document = match valid_until {
            None => SkillDoc::Level(level),
            Some(_) => SkillDoc::Certificate(CertificateDoc { level, valid_until }),
        };
        skills.insert(name.to_owned(), document);
        for part in kinds::parts_of(name) {
            stock.insert(part.to_owned(), chance.between(3, 8));
        }
    }
    let mut capacity = BTreeMap::new();
    if levels.contains_key("bulky") {
        capacity.insert("load_m3".to_owned(), 24);
    }
    let document = EngineerDoc {
        id: member.id.to_owned(),
        home: Some(home),
        skills,
        shifts: vec![shift(member.hours, date)],
        absences: absences(member.away, date),
        territories: [member.side].iter().filter(|s| !s.is_empty()).map(ToString::to_string).collect(),
        stock,
        capacity,
        ..EngineerDoc::default()
    };
    Person { document, member, levels }
}

fn span(date: Date, from: i64, to: i64) -> SpanDoc {
    let at = |minute| clock::stamp(clock::at_minute(date, minute));
    SpanDoc { start: at(from), end: at(to) }
}

fn shift(hours: Hours, date: Date) -> ShiftDoc {
    let (from, to, lunch) = match hours {
        Hours::Early => (7 * 60, 15 * 60, Some(("10:30", "12:30", 30))),
        Hours::Normal => (8 * 60, 16 * 60 + 30, Some(("11:30", "13:30", 30))),
        Hours::Late => (10 * 60, 19 * 60, Some(("13:00", "15:30", 45))),
        Hours::Half => (8 * 60, 13 * 60, None),
    };
    let SpanDoc { start, end } = span(date, from, to);
    let breaks = lunch.map(|(start, end, minutes)| BreakDoc::daily(start, end, minutes * 60));
    ShiftDoc { start, end, breaks: breaks.into_iter().collect(), ..ShiftDoc::default() }
}

fn absences(away: Away, date: Date) -> Vec<SpanDoc> {
    match away {
        Away::No => Vec::new(),
        Away::Sick => vec![span(date, 0, 24 * 60)],
        Away::Course => vec![span(date, 6 * 60, 11 * 60)],
    }
}
