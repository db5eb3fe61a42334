//! What became of the earlier requests: who went, when, and whether it helped.
//!
//! The city publishes none of it, so all of it is drawn, from odds that belong to each engineer and
//! skill: history then tells something about them that a planner can learn.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Weekday};
use paidan_engine::wire::document::{ConversationDoc, TicketDoc, VisitDoc};

use super::CityOptions;
use super::backlog;
use super::people::Person;
use super::requests::Request;
use super::roster::{Away, FORMER};
use crate::generate::chance::Chance;
use crate::generate::clock;

/// The streams of chance that this file draws from.
const QUALITY_STREAM: u64 = 3;
const VISITS_STREAM: u64 = 4;
const REPEATS_STREAM: u64 = 5;

/// Minutes after midnight between which the past was worked.
const DAY: (i64, i64) = (8 * 60, 16 * 60);
/// Minutes of driving between two visits of the past.
const DRIVE: i64 = 20;

/// Skills whose work a customer notices if it does not last.
const REPEATABLE: [&str; 7] = ["health", "building", "lighting", "signals", "carts", "water", "paving"];

/// Visits, oldest first. Marks the tickets that become third reports with an unhappy conversation.
pub(super) fn visits(
    earlier: &[Request],
    open: &[Request],
    tickets: &mut [TicketDoc],
    people: &[Person],
    options: &CityOptions,
) -> Vec<VisitDoc> {
    let mut book = Book::new(people, options);
    book.make_repeats(open, tickets, options.repeats);
    let mut chance = Chance::new(options.seed, VISITS_STREAM);
    for request in earlier {
        book.make(request, &mut chance);
    }
    let mut visits = book.visits;
    visits.sort_by(|a, b| (a.0, &a.1.engineer).cmp(&(b.0, &b.1.engineer)));
    visits.into_iter().map(|(_, visit)| visit).collect()
}

/// The past as it is being drawn.
struct Book<'a> {
    people: &'a [Person],
    /// Odds of a lasting repair, by person and skill.
    quality: Vec<BTreeMap<&'static str, f64>>,
    /// The minute from which a person is free on a day of the past.
    free_from: BTreeMap<(usize, Date), i64>,
    today: Date,
    seed: u64,
    visits: Vec<(DateTime, VisitDoc)>,
}

impl<'a> Book<'a> {
    fn new(people: &'a [Person], options: &CityOptions) -> Book<'a> {
        let mut chance = Chance::new(options.seed, QUALITY_STREAM);
        let quality = people
            .iter()
            .map(|person| {
                let own = 0.55 + 0.35 * chance.unit();
                let odds = |(&skill, &level): (&&'static str, &u8)| {
                    let practice = 0.04 * (f64::from(level) - 3.0);
                    let knack = 0.2 * chance.unit() - 0.1;
                    (skill, (own + practice + knack).clamp(0.2, 0.97))
                };
                person.levels.iter().map(odds).collect()
            })
            .collect();
        let (free_from, visits) = (BTreeMap::new(), Vec::new());
        Book { people, quality, free_from, today: options.date, seed: options.seed, visits }
    }

    /// One earlier request: a visit some days after it, and perhaps another if that did not help.
    fn make(&mut self, request: &Request, chance: &mut Chance) {
        let created = request.created.date();
        let promise = (request.due.date().duration_since(created).as_hours() / 24).clamp(1, 8);
        let able = self.able(request);
        if able.is_empty() {
            return;
        }
        // A few tries for a free hour; requests that find none were some other crew's.
        for _ in 0..8 {
            let day = clock::days_on(created, chance.between(1, promise));
            let engineer = *chance.pick(&able);
            let Some(resolved) = self.visit(request, "", engineer, day, chance) else { continue };
            if !resolved && chance.yes(0.5) {
                let day = clock::days_on(day, chance.between(4, 14));
                let again = if chance.yes(0.6) { engineer } else { *chance.pick(&able) };
                self.visit(request, "-2", again, day, chance);
            }
            return;
        }
    }

    /// A visit on that day, if it is a past working day with a free hour; whether it helped.
    fn visit(
        &mut self,
        request: &Request,
        suffix: &str,
        engineer: usize,
        day: Date,
        chance: &mut Chance,
    ) -> Option<bool> {
        let work = backlog::work(request.kind.minutes, chance);
        let from = self.free_from.get(&(engineer, day)).copied().unwrap_or(DAY.0);
        let minute = from + chance.between(5, 45) / 5 * 5;
        let end = minute + work / 60;
        if day >= self.today || day.weekday() == Weekday::Sunday || end > DAY.1 {
            return None;
        }
        self.free_from.insert((engineer, day), end + DRIVE);
        let resolved = chance.yes(self.quality[engineer][request.kind.skill]);
        let engineer = self.people[engineer].document.id.clone();
        let start = clock::at_minute(day, minute);
        self.note(request, suffix, Outcome { engineer, start, work, resolved }, chance);
        Some(resolved)
    }

    /// Writes a visit down, with a rating that fits its outcome more often than not.
    fn note(&mut self, request: &Request, suffix: &str, outcome: Outcome, chance: &mut Chance) {
        let stars = if outcome.resolved { chance.between(3, 6).min(5) } else { chance.between(1, 3) };
        let visit = VisitDoc {
            ticket: format!("{}{suffix}", request.id),
            customer: request.customer(),
            asset: None,
            issue: request.kind.issue.to_owned(),
            engineer: outcome.engineer,
            start: clock::stamp(outcome.start),
            end: clock::stamp(outcome.start + SignedDuration::from_secs(outcome.work)),
            resolved: outcome.resolved,
            rating: chance.yes(0.6).then_some(stars as u8),
        };
        self.visits.push((outcome.start, visit));
    }

    /// Gives some open tickets two earlier visits for the same issue. In turn both were by one
    /// engineer, or by two; one ticket knew somebody who has left since, and one, if there is such a
    /// ticket, somebody who is sick on the day.
    fn make_repeats(&mut self, open: &[Request], tickets: &mut [TicketDoc], count: usize) {
        let mut chance = Chance::new(self.seed, REPEATS_STREAM);
        let mut is_sick_told = false;
        for (turn, ticket) in self.repeat_candidates(open, count, &mut chance).into_iter().enumerate() {
            let request = &open[ticket];
            let able = self.able(request);
            let sick = able.iter().copied().find(|&n| self.people[n].member.away == Away::Sick);
            let mut pair = [*chance.pick(&able); 2];
            if let Some(sick) = sick.filter(|_| !is_sick_told) {
                pair = [sick; 2];
                is_sick_told = true;
            } else if turn % 2 == 1 {
                pair[1] = *chance.pick(&able);
            }
            let second = clock::days_on(request.created.date(), -chance.between(3, 12));
            let first = clock::days_on(second, -chance.between(8, 24));
            if turn == 1 {
                let start = clock::at_minute(working_day(first), 9 * 60 + 15);
                let work = backlog::work(request.kind.minutes, &mut chance);
                let outcome = Outcome { engineer: FORMER.to_owned(), start, work, resolved: false };
                self.note(request, "-first", outcome, &mut chance);
            } else {
                self.visit(request, "-first", pair[0], working_day(first), &mut chance);
            }
            self.visit(request, "-second", pair[1], working_day(second), &mut chance);
            tickets[ticket].conversation = Some(ConversationDoc { keywords: 7.0, baseline: 4.0 });
        }
    }

    /// Open requests that may become third reports: due after today, so that the engineer bound by
    /// them can still be in time. Different issues first.
    fn repeat_candidates(&self, open: &[Request], count: usize, chance: &mut Chance) -> Vec<usize> {
        let mut all: Vec<usize> = (0..open.len())
            .filter(|&n| REPEATABLE.contains(&open[n].kind.skill) && open[n].due.date() > self.today)
            .filter(|&n| !self.able(&open[n]).is_empty())
            .collect();
        chance.shuffle(&mut all);
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        all.sort_by_cached_key(|&n| {
            let count = seen.entry(open[n].kind.issue).or_default();
            *count += 1;
            *count
        });
        all.truncate(count);
        all
    }

    /// Who could have gone in the past, certificates that have lapsed since included.
    fn able(&self, request: &Request) -> Vec<usize> {
        (0..self.people.len()).filter(|&n| self.people[n].could_go(request)).collect()
    }
}

/// What a visit was like.
struct Outcome {
    engineer: String,
    start: DateTime,
    /// Seconds.
    work: i64,
    resolved: bool,
}

/// That day, or the Saturday before a Sunday.
fn working_day(day: Date) -> Date {
    if day.weekday() == Weekday::Sunday { clock::days_on(day, -1) } else { day }
}
