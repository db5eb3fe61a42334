//! A plan in calendars, as `iCalendar` (RFC 5545): one for each engineer with work.
//!
//! Every stop and every break is an event, in UTC. The UID of a stop follows from its ticket and its
//! engineer, so that a calendar that reads a later plan moves the event instead of adding another.
//! `DTSTAMP` is the problem's `now`, since the engine reads no clock.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::crews::Crews;
use super::time::rfc3339;
use crate::engineer::Shift;
use crate::ids::{EngineerIx, Index};
use crate::plan::{Plan, PlannedBreak, PlannedRoute, PlannedStop};
use crate::problem::Problem;
use crate::units::{Moment, Seconds};

/// The calendar of one engineer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Whose it is.
    pub engineer: EngineerIx,
    /// A name for its file that no file system minds, different from those of the others.
    pub file_name: String,
    /// The text, in lines of at most 75 bytes that end in CR LF.
    pub text: String,
}

/// The longest line, without its end, in bytes.
const LINE: usize = 75;
/// The longest file name made from an id, in characters.
const NAME: usize = 80;

/// The calendars of all engineers with work, in the order of the roster. `O(stops)`.
pub fn calendars(problem: &Problem, plan: &Plan) -> Vec<Calendar> {
    let mut taken = BTreeSet::new();
    let crews = Crews::new(problem, plan);
    plan.routes
        .chunk_by(|a, b| problem.shift(a.shift).engineer == problem.shift(b.shift).engineer)
        .filter_map(|routes| {
            let engineer = problem.shift(routes.first()?.shift).engineer;
            let id = &problem.engineer(engineer).id;
            let file_name = file_name(id, engineer, &mut taken);
            Some(Calendar { engineer, file_name, text: calendar(problem, &crews, id, routes) })
        })
        .collect()
}

fn calendar(problem: &Problem, crews: &Crews<'_>, id: &str, routes: &[PlannedRoute]) -> String {
    let mut text = Text::default();
    text.line("BEGIN:VCALENDAR");
    text.line("VERSION:2.0");
    text.line(concat!("PRODID:-//Paidan//paidan-engine ", env!("CARGO_PKG_VERSION"), "//EN"));
    text.line("CALSCALE:GREGORIAN");
    text.line("METHOD:PUBLISH");
    text.field("X-WR-CALNAME", id);
    for route in routes {
        for stop in &route.stops {
            visit(&mut text, (problem, crews), route, stop);
        }
        for (n, pause) in route.breaks.iter().enumerate() {
            rest(&mut text, problem, (route, n), pause);
        }
    }
    text.line("END:VCALENDAR");
    text.done
}

fn visit(
    text: &mut Text,
    (problem, crews): (&Problem, &Crews<'_>),
    route: &PlannedRoute,
    stop: &PlannedStop,
) {
    let shift = problem.shift(route.shift);
    let ticket = problem.ticket(stop.ticket);
    let register = problem.register();
    let issue = register.issues.known(ticket.issue);
    let customer = register.customers.known(ticket.customer);
    let uid = format!("stop.{}.{}", plain(&ticket.id), plain(problem.engineer_id(route.shift)));
    text.open(&uid, problem.now(), stop.start, stop.departure);
    let title = [Some(&*ticket.id), issue].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    text.field("SUMMARY", &title);
    if let Some(point) = ticket.place.point {
        text.line(&format!("GEO:{:.6};{:.6}", point.lat, point.lon));
    }
    let place = ticket.place.point.map(|point| format!("{:.6}, {:.6}", point.lat, point.lon));
    let place: Vec<&str> = [customer, place.as_deref()].into_iter().flatten().collect();
    if !place.is_empty() {
        text.field("LOCATION", &place.join(", "));
    }
    text.field("DESCRIPTION", &facts(problem, crews, shift, stop).join("\n"));
    text.field("CATEGORIES", ticket.kind.as_str());
    text.line("END:VEVENT");
}

/// What an engineer wants to know about a stop, a line each.
fn facts(problem: &Problem, crews: &Crews<'_>, shift: &Shift, stop: &PlannedStop) -> Vec<String> {
    let ticket = problem.ticket(stop.ticket);
    let register = problem.register();
    let wall = |moment| minute(moment, shift.offset_s);
    let by_way = |depot| format!(" by way of {} for parts", register.depots.name(depot));
    let mut facts = vec![format!(
        "Drive {}{}, arrive {}, work {}.",
        length(stop.drive),
        stop.fetch_at.map(by_way).unwrap_or_default(),
        wall(stop.arrival),
        length(stop.departure - stop.start)
    )];
    let named = [
        ("Customer", register.customers.known(ticket.customer)),
        ("Asset", register.assets.known(ticket.asset)),
        ("Issue", register.issues.known(ticket.issue)),
    ];
    facts.extend(named.iter().filter_map(|(what, name)| Some(format!("{what}: {}", (*name)?))));
    let window = |start, end| format!("Appointment: {} to {}", wall(start), wall(end));
    let promised = ticket.windows.iter().filter(|window| window.start != Moment::PAST);
    facts.extend(promised.map(|promised| window(promised.start, promised.end)));
    for (what, by) in [("Start by", ticket.respond_by), ("End by", ticket.resolve_by)] {
        if by != Moment::NEVER {
            facts.push(format!("{what}: {}", wall(by)));
        }
    }
    let skill =
        |need: &crate::ticket::Need| format!("{} {}", register.skills.name(need.skill), need.level);
    let list = |what: &str, named: Vec<String>| {
        (!named.is_empty()).then(|| format!("{what}: {}", named.join(", ")))
    };
    if ticket.crew > 1 {
        let with = crews.with(stop.ticket, shift.engineer).join(", ");
        facts.push(format!("Crew: {} engineers start together, with {with}", ticket.crew));
    }
    if let Some(tandem) = ticket.tandem {
        facts.push(format!("Tandem: with {}, by another engineer", problem.ticket(tandem.other).id));
    }
    let before = ticket.after.iter().map(|&before| problem.ticket(before).id.to_string());
    facts.extend(list("Waits for", before.collect()));
    facts.extend(list("Skills", ticket.requires.iter().map(skill).collect()));
    let part = |&(part, count)| format!("{count} × {}", register.goods.name(part));
    facts.extend(list("Parts", ticket.parts.iter().map(part).collect()));
    facts
}

fn rest(text: &mut Text, problem: &Problem, (route, n): (&PlannedRoute, usize), pause: &PlannedBreak) {
    let shift = problem.shift(route.shift);
    let engineer = plain(problem.engineer_id(route.shift));
    text.open(&format!("break.{engineer}.{}.{n}", shift.number), problem.now(), pause.start, pause.end);
    text.field("SUMMARY", "Break");
    text.line("END:VEVENT");
}

/// Lines as the RFC wants them.
#[derive(Default)]
struct Text {
    done: String,
}

impl Text {
    /// A line that needs no escaping, folded: what does not fit goes on after a line break and a space.
    fn line(&mut self, line: &str) {
        let mut room = LINE;
        for character in line.chars() {
            if character.len_utf8() > room {
                self.done.push_str("\r\n ");
                room = LINE - 1;
            }
            self.done.push(character);
            room -= character.len_utf8();
        }
        self.done.push_str("\r\n");
    }

    /// A property whose value is text.
    fn field(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escaped(value)));
    }

    fn open(&mut self, uid: &str, stamp: Moment, start: Moment, end: Moment) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{uid}@paidan"));
        self.line(&format!("DTSTAMP:{}", utc(stamp)));
        self.line(&format!("DTSTART:{}", utc(start)));
        self.line(&format!("DTEND:{}", utc(end)));
    }
}

/// A text value: the marks that mean something are escaped, line breaks become `\n`, and other control
/// characters, which the RFC forbids, are left out.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '\\' | ';' | ',' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            control if control.is_control() => {}
            other => text.push(other),
        }
    }
    text
}

/// An id of letters, digits and marks that mean nothing anywhere; other bytes become `%` and two digits,
/// so that different ids stay different.
fn plain(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text.push(char::from(byte)),
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}

/// The file's name: the id as it is if that is harmless, else with its marks replaced and a `~` with the
/// engineer's number behind it, which no harmless id contains.
fn file_name(id: &str, engineer: EngineerIx, taken: &mut BTreeSet<String>) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    let name: String = id.chars().take(NAME).map(|c| if is_harmless(c) { c } else { '_' }).collect();
    // Some file systems know no case.
    let is_new = taken.insert(name.to_ascii_lowercase());
    if name == id && !name.is_empty() && is_new && !name.starts_with(['.', '-']) && !is_device(&name) {
        format!("{name}.ics")
    } else {
        format!("{}~{}.ics", name.trim_start_matches(['.', '-']), engineer.at() + 1)
    }
}

/// Whether Windows takes a file of this name for a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = |word: &str| stem.strip_prefix(word).is_some_and(|n| n.len() == 1);
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// `20260302T130000Z`.
fn utc(moment: Moment) -> String {
    let text = rfc3339(moment, 0);
    let digits: String = text[..19].chars().filter(|c| !matches!(c, '-' | ':')).collect();
    digits + "Z"
}

/// `2026-03-02 08:00` on the engineer's wall.
fn minute(moment: Moment, offset_s: i32) -> String {
    rfc3339(moment, offset_s)[..16].replace('T', " ")
}

fn length(length: Seconds) -> String {
    let minutes = (length.0 + 30).div_euclid(60);
    if minutes < 60 {
        format!("{minutes} min")
    } else {
        format!("{} h {:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DepotIx;
    use crate::planner::{Budget, NoWatch, Params, plan};
    use crate::wire::read_problem;

    fn made(text: &str, rounds: u64) -> (Plan, Vec<Calendar>) {
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let budget = Budget { rounds: Some(rounds), ..Budget::default() };
        let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
        let calendars = calendars(&problem, &plan);
        (plan, calendars)
    }

    fn folded(line: &str) -> String {
        let mut text = Text::default();
        text.line(line);
        text.done
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        assert_eq!(folded(&"x".repeat(75)), format!("{}\r\n", "x".repeat(75)));
        assert_eq!(folded(&"x".repeat(76)), format!("{}\r\n x\r\n", "x".repeat(75)));
        for line in ["派单".repeat(60), format!("a{}", "é".repeat(200)), "😀".repeat(40)] {
            let text = folded(&line);
            assert!(text.split("\r\n").all(|part| part.len() <= LINE), "{text}");
            assert_eq!(text.replace("\r\n ", "").trim_end(), line);
        }
    }

    #[test]
    fn text_values_are_escaped() {
        assert_eq!(escaped("a;b,c\\d\r\ne\u{7}"), "a\\;b\\,c\\\\d\\ne");
    }

    #[test]
    fn hostile_ids_become_harmless_file_names_that_differ() {
        let ids = [
            "ana",
            "Ana",
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "",
            ".",
            "-rf",
            "nul",
            "COM1",
            "x y",
            "李",
            "a:b",
            &"long".repeat(60),
        ];
        let mut taken = BTreeSet::new();
        let names: Vec<String> = ids
            .iter()
            .enumerate()
            .map(|(n, id)| file_name(id, EngineerIx(n as u32), &mut taken))
            .collect();
        assert_eq!(names[..3], ["ana.ics", "Ana~2.ics", "_.._etc_passwd~3.ics"]);
        assert_eq!(names[8..10], ["nul~9.ics", "COM1~10.ics"]);
        let distinct: BTreeSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        assert_eq!(distinct.len(), ids.len(), "{names:?}");
        for name in &names {
            assert!(name.len() < 100 && !name.starts_with(['.', '-', '/']), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@~".contains(c)), "{name}");
        }
    }

    #[test]
    fn different_ids_never_share_a_uid() {
        assert_eq!(plain("A-1_b"), "A-1_b");
        assert_ne!(plain("a.b"), plain("a%2Eb"));
        assert_eq!(plain("é\n"), "%C3%A9%0A");
    }

    #[test]
    fn every_stop_and_every_break_is_an_event_in_utc() {
        let (plan, made) = made(include_str!("../../../fixtures/tiny/lunch.json"), 10);
        assert_eq!(made.len(), 2);
        let events: usize = made.iter().map(|own| own.text.matches("BEGIN:VEVENT").count()).sum();
        let breaks: usize = made.iter().map(|own| own.text.matches("SUMMARY:Break").count()).sum();
        let planned: usize = plan.routes.iter().map(|route| route.breaks.len()).sum();
        assert!(planned > 0);
        assert_eq!((events, breaks), (2 + planned, planned));
        for calendar in &made {
            assert!(calendar.text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
            assert!(calendar.text.ends_with("END:VCALENDAR\r\n"));
            assert!(!calendar.text.replace("\r\n", "").contains(['\r', '\n']));
            let of = |key: &str| calendar.text.lines().filter(|line| line.starts_with(key)).count();
            assert_eq!(of("UID:"), of("DTSTAMP:"));
            for line in calendar.text.lines().filter(|line| line.starts_with("DT")) {
                let (_, moment) = line.split_once(':').expect("a value");
                assert!(moment.len() == 16 && moment.ends_with('Z'), "{line}");
            }
        }
    }

    #[test]
    fn a_crew_reads_who_comes_along_and_an_order_what_it_waits_for() {
        let (_, crew) = made(include_str!("../../../fixtures/tiny/crew.json"), 20);
        assert!(crew[0].text.replace("\r\n ", "").contains("2 engineers start together\\, with E2"));
        assert!(crew[1].text.replace("\r\n ", "").contains("2 engineers start together\\, with E1"));
        let (_, order) = made(include_str!("../../../fixtures/tiny/after.json"), 20);
        assert!(order[0].text.replace("\r\n ", "").contains("Waits for: T1"), "{}", order[0].text);
    }

    #[test]
    fn an_engineer_reads_where_parts_are_fetched() {
        let depots = r#""depots": [{"id": "D1", "place": {"lat": 39.1, "lon": -84.5}}], "engineers": ["#;
        let text =
            include_str!("../../../fixtures/tiny/base.json").replacen("\"engineers\": [", depots, 1);
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let (mut plan, _) = made(&text, 10);
        plan.routes[0].stops[0].fetch_at = Some(DepotIx(0));
        let texts: Vec<String> =
            calendars(&problem, &plan).iter().map(|own| own.text.replace("\r\n ", "")).collect();
        let told = texts.concat().matches(" by way of D1 for parts\\, arrive ").count();
        assert_eq!(told, 1, "{texts:?}");
    }

    #[test]
    fn a_ticket_keeps_its_uid_when_the_plan_is_made_again() {
        let uids = |rounds| -> BTreeSet<String> {
            let (_, made) = made(include_str!("../../../fixtures/tiny/base.json"), rounds);
            let lines = made.iter().flat_map(|own| own.text.lines()).map(str::to_owned);
            lines.filter(|line| line.starts_with("UID:stop")).collect()
        };
        assert_eq!(uids(1), uids(50));
        assert!(uids(1).contains("UID:stop.T-3.E-bob@paidan"), "{:?}", uids(1));
    }
}
