//! Random worlds for property tests: small problems that use every rule.

use paidan_engine::depot::DepotDraft;
use paidan_engine::engineer::{
    BreakDraft, BreakTimes, Day, EngineerDraft, PlaceDraft, Rates, ShiftDraft, SkillDraft, Stamp,
};
use paidan_engine::geo::{Area, LatLon};
use paidan_engine::ids::{ShiftIx, TicketIx};
use paidan_engine::policy::{OvertimeRates, Policy};
use paidan_engine::price::Scorer;
use paidan_engine::problem::{Draft, Problem, Table, TerritoryDraft, TravelSpec};
use paidan_engine::route::Visitor;
use paidan_engine::ticket::{NeedDraft, TicketDraft, TicketType, Window};
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::visit::VisitDraft;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator of all of them.
pub type Dice = Xoshiro256PlusPlus;

/// Monday, 2 March 2026, 07:00 UTC.
pub const NOW: Moment = Moment(1_772_434_800);

const HOUR: i64 = 3600;
const SKILLS: [&str; 4] = ["gas", "lift", "power", "water"];
const ISSUES: [&str; 3] = ["leak", "noise", "outage"];

/// How large and how wild a world is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub engineers: usize,
    pub tickets: usize,
    pub visits: usize,
    /// Where the middle of the map is.
    pub middle: LatLon,
    /// Half the width of the map in degrees.
    pub spread: f64,
}

impl Default for Size {
    fn default() -> Size {
        Size {
            engineers: 6,
            tickets: 20,
            visits: 40,
            middle: LatLon { lat: 39.1, lon: -84.5 },
            spread: 0.2,
        }
    }
}

/// A generator for a named seed.
pub fn dice(seed: u64) -> Dice {
    Dice::seed_from_u64(seed)
}

/// The stop at a ticket in a shift that may serve it.
pub fn visitor(scorer: &Scorer<'_>, ticket: TicketIx, shift: ShiftIx) -> Visitor {
    let fit = scorer.fit(scorer.candidate(ticket), scorer.problem().shift(shift));
    Visitor::new(ticket, fit.work, fit.price)
}

/// A sound problem.
pub fn problem(seed: u64, size: Size) -> Problem {
    Problem::new(draft(seed, size)).unwrap_or_else(|flaws| panic!("seed {seed}: {flaws:?}"))
}

/// A draft that `Problem::new` takes.
pub fn draft(seed: u64, size: Size) -> Draft {
    let mut dice = dice(seed);
    let mut policy = Policy::default();
    if dice.random_bool(0.3) {
        policy.overtime = OvertimeRates { max: Seconds(HOUR), per_minute: 90.0 };
    }
    policy.skill.work_permille = [1300, 1100, 1000, 950, 900];
    let half = Area::new(geo::MultiPolygon::new(vec![square(size, &mut dice)]));
    Draft {
        now: NOW,
        offset_s: 0,
        travel: TravelSpec::Crow { speed_kmh: 35.0, detour: 1.3 },
        territories: vec![TerritoryDraft { id: "half".to_owned(), area: half }],
        engineers: (0..size.engineers).map(|n| engineer(n, size, &mut dice)).collect(),
        tickets: (0..size.tickets).map(|n| ticket(n, size, &mut dice)).collect(),
        visits: (0..size.visits).map(|n| visit(n, size, &mut dice)).collect(),
        policy,
        ..Draft::default()
    }
}

fn square(size: Size, dice: &mut Dice) -> geo::Polygon {
    let LatLon { lat, lon } = size.middle;
    let edge = lon + dice.random_range(-0.5..0.5) * size.spread;
    let (top, bottom) = ((lat + 1.0).min(90.0), (lat - 1.0).max(-90.0));
    let west = (lon - 1.0).max(-180.0);
    geo::Polygon::new(
        geo::LineString::from(vec![
            (west, bottom),
            (edge, bottom),
            (edge, top),
            (west, top),
            (west, bottom),
        ]),
        Vec::new(),
    )
}

fn place(size: Size, dice: &mut Dice) -> PlaceDraft {
    let spread = size.spread;
    let lat = (size.middle.lat + dice.random_range(-spread..=spread)).clamp(-90.0, 90.0);
    let mut lon = size.middle.lon + dice.random_range(-spread..=spread);
    if lon > 180.0 {
        lon -= 360.0;
    }
    PlaceDraft { point: Some(LatLon { lat, lon }), row: None }
}

fn engineer(n: usize, size: Size, dice: &mut Dice) -> EngineerDraft {
    let mut skills = Vec::new();
    for name in SKILLS {
        if dice.random_bool(0.6) {
            skills.push(SkillDraft {
                name: name.to_owned(),
                level: dice.random_range(1..=5),
                valid_until: dice.random_bool(0.1).then_some(Day(20_000)),
            });
        }
    }
    let mut shifts = Vec::new();
    for day in 0..dice.random_range(1..=2) {
        let start = NOW + Seconds(day * 24 * HOUR + dice.random_range(-1..3) * HOUR);
        let length = dice.random_range(5..10) * HOUR;
        let mut breaks = Vec::new();
        let local = start.0.rem_euclid(86_400);
        if dice.random_bool(0.6) {
            let first = local + 2 * HOUR + dice.random_range(0..HOUR);
            breaks.push(pause(first, first + HOUR + dice.random_range(0..HOUR), 1800));
            if dice.random_bool(0.3) && length > 6 * HOUR {
                breaks.push(pause(first + HOUR, first + 3 * HOUR, 900));
            }
        }
        shifts.push(ShiftDraft {
            start: Stamp { moment: start, offset_s: 0 },
            end: Stamp { moment: start + Seconds(length), offset_s: 0 },
            breaks,
            max_tickets: dice.random_bool(0.2).then_some(4),
            max_work: dice.random_bool(0.2).then_some(Seconds(4 * HOUR)),
            ..ShiftDraft::default()
        });
    }
    let home = place(size, dice);
    EngineerDraft {
        id: format!("E{n}"),
        home: Some(home),
        end: dice.random_bool(0.2).then(|| place(size, dice)),
        open_end: dice.random_bool(0.15),
        skills,
        shifts,
        absences: if dice.random_bool(0.1) {
            vec![(NOW + Seconds(3 * HOUR), NOW + Seconds(5 * HOUR))]
        } else {
            Vec::new()
        },
        territories: if dice.random_bool(0.15) { vec!["half".to_owned()] } else { Vec::new() },
        stock: vec![("valve".to_owned(), dice.random_range(0..4))],
        speed_permille: [1000, 1000, 900, 1250, 120][dice.random_range(0..5)],
        ..EngineerDraft::default()
    }
}

fn pause(start: i64, end: i64, length: i64) -> BreakDraft {
    BreakDraft::daily(Seconds(start), Seconds(end), Seconds(length))
}

/// The same world with travel by a given table: one-way streets, detours that save time, and places next door to each
/// other.
pub fn by_table(seed: u64, mut draft: Draft) -> Draft {
    let mut dice = dice(seed ^ 0x7AB);
    let mut size = 0;
    let mut number = |place: &mut PlaceDraft| {
        place.row = Some(size);
        size += 1;
    };
    for engineer in &mut draft.engineers {
        engineer.home.iter_mut().chain(&mut engineer.end).for_each(&mut number);
    }
    draft.tickets.iter_mut().for_each(|ticket| number(&mut ticket.place));
    draft.depots.iter_mut().for_each(|depot| number(&mut depot.place));
    let size = size as usize;
    let drive = |_| if dice.random_bool(0.1) { 0 } else { dice.random_range(60..2400) };
    let seconds = (0..size * size).map(drive).collect();
    draft.travel = TravelSpec::table(Table { size, seconds, ..Table::default() });
    draft
}

/// The same world where half the engineers are paid for waiting, some of them dearly, and leave late; some are
/// guaranteed hours.
pub fn where_waiting_costs(seed: u64, size: Size) -> Draft {
    let mut draft = draft(seed, size);
    let mut dice = dice(seed ^ 0xAC7);
    for engineer in &mut draft.engineers {
        engineer.rates.wait = [0, 0, 300, 2500][dice.random_range(0..4)];
        if dice.random_bool(0.3) {
            engineer.rates.guarantee = dice.random_range(100..3000);
            engineer.rates.guaranteed = Seconds(dice.random_range(0..8) * HOUR);
        }
    }
    draft
}

/// The same world with a depot or two, and many tickets for which vans do not hold the parts.
pub fn where_parts_are_fetched(seed: u64, size: Size) -> Draft {
    let mut draft = draft(seed, size);
    let mut dice = dice(seed ^ 0xDE90);
    for engineer in &mut draft.engineers {
        engineer.stock = vec![("valve".to_owned(), dice.random_range(0..3))];
        engineer.rates.wait = [0, 0, 500][dice.random_range(0..3)];
    }
    for ticket in &mut draft.tickets {
        ticket.parts = match dice.random_range(0..4) {
            0 => vec![("valve".to_owned(), 1)],
            1 => vec![("pump".to_owned(), 2)],
            _ => Vec::new(),
        };
    }
    let depots = 1 + dice.random_range(0..2);
    let ids = ["north", "south"];
    draft.depots = ids
        .iter()
        .take(depots)
        .map(|id| {
            let place = draft.tickets[dice.random_range(0..draft.tickets.len())].place;
            let fetch = Seconds(60 * dice.random_range(0..20));
            DepotDraft { id: (*id).to_owned(), place, fetch }
        })
        .collect();
    draft
}

/// The same world with vans that carry things: loads, pairs, setups, rates, limits, prizes, breaks that the
/// load forbids, and routes that begin at their first stop.
pub fn with_vans(seed: u64, size: Size) -> Draft {
    let mut draft = draft(seed, size);
    let mut dice = dice(seed ^ 0x5EED);
    for engineer in &mut draft.engineers {
        engineer.open_start = !engineer.open_end && dice.random_bool(0.15);
        engineer.capacity = vec![("boxes".to_owned(), dice.random_range(2..7))];
        engineer.class = dice.random_bool(0.4).then(|| "swift".to_owned());
        if dice.random_bool(0.4) {
            engineer.rates = Rates {
                callout: Seconds(dice.random_range(0..4000)),
                drive: dice.random_range(500..2000),
                metre: dice.random_range(0..200),
                work: dice.random_range(0..300),
                wait: dice.random_range(0..3) * dice.random_range(0..700),
                ..Rates::default()
            };
        }
        for shift in &mut engineer.shifts {
            shift.max_drive = dice.random_bool(0.2).then(|| Seconds(dice.random_range(1..4) * HOUR));
            shift.max_metres = dice.random_bool(0.2).then(|| dice.random_range(20_000..120_000));
            shift.max_span = dice.random_bool(0.3).then(|| Seconds(dice.random_range(2..8) * HOUR));
            if let Some(pause) = shift.breaks.first_mut()
                && dice.random_bool(0.5)
            {
                let start = shift.start.moment + Seconds(dice.random_range(1..3) * HOUR);
                let window = |start: Moment| Window { start, end: start + Seconds(HOUR / 2) };
                let windows = vec![window(start), window(start + Seconds(HOUR))];
                pause.times = BreakTimes::Starts(windows);
                pause.max_load = vec![("boxes".to_owned(), dice.random_range(0..3))];
            }
            if shift.breaks.iter().any(|pause| matches!(pause.times, BreakTimes::Starts(_))) {
                shift.breaks.truncate(1);
            }
        }
    }
    let places: Vec<PlaceDraft> = draft.tickets.iter().map(|ticket| ticket.place).collect();
    for n in 0..draft.tickets.len() {
        let before = n.checked_sub(1).map(|before| draft.tickets[before].id.clone());
        let paired = n % 2 == 1 && dice.random_bool(0.4);
        let ticket = &mut draft.tickets[n];
        if dice.random_bool(0.4) {
            ticket.setup = Seconds(dice.random_range(1..20) * 60);
            ticket.setup_by_class = vec![("swift".to_owned(), Seconds(60))];
        }
        if dice.random_bool(0.2) {
            ticket.work_by_class = vec![("swift".to_owned(), Seconds(600))];
        }
        if dice.random_bool(0.3) {
            ticket.place = places[dice.random_range(0..places.len())];
        }
        if dice.random_bool(0.3) {
            ticket.delivers = vec![("boxes".to_owned(), dice.random_range(0..3))];
        }
        if dice.random_bool(0.4) {
            ticket.demand = vec![("boxes".to_owned(), dice.random_range(0..3))];
        }
        ticket.prize = dice.random_bool(0.2).then(|| Seconds(dice.random_range(0..20_000)));
        if paired {
            ticket.follows = before;
        }
    }
    draft
}

/// One more ticket of such a world.
pub fn ticket(n: usize, size: Size, dice: &mut Dice) -> TicketDraft {
    let mut requires = Vec::new();
    if dice.random_bool(0.8) {
        let level = dice.random_range(1..=3);
        requires.push(NeedDraft {
            skill: SKILLS[dice.random_range(0..SKILLS.len())].to_owned(),
            level,
            preferred: dice.random_bool(0.4).then(|| dice.random_range(level..=5)),
        });
    }
    let mut windows = Vec::new();
    if dice.random_bool(0.5) {
        for _ in 0..dice.random_range(1..=3) {
            let start = NOW + Seconds(dice.random_range(0..30) * HOUR);
            windows.push(Window { start, end: start + Seconds(dice.random_range(1..5) * HOUR) });
        }
    }
    let someone = |dice: &mut Dice, chance: f64| {
        if size.engineers > 0 && dice.random_bool(chance) {
            vec![format!("E{}", dice.random_range(0..size.engineers))]
        } else {
            Vec::new()
        }
    };
    TicketDraft {
        id: format!("T{n}"),
        customer: Some(format!("C{}", dice.random_range(0..10))),
        asset: dice.random_bool(0.2).then(|| format!("A{}", dice.random_range(0..3))),
        issue: Some(ISSUES[dice.random_range(0..ISSUES.len())].to_owned()),
        kind: TicketType::ALL[dice.random_range(0..4)],
        place: place(size, dice),
        work: Seconds(dice.random_range(5..90) * 60),
        requires,
        windows,
        reported: dice.random_bool(0.5).then(|| NOW - Seconds(dice.random_range(0..20) * HOUR)),
        priority: dice.random_bool(0.4).then(|| dice.random_range(0..=100)),
        parts: if dice.random_bool(0.2) { vec![("valve".to_owned(), 1)] } else { Vec::new() },
        required: someone(dice, 0.05),
        preferred: someone(dice, 0.15),
        forbidden: Vec::new(),
        crew: 1,
        ..TicketDraft::default()
    }
}

/// A visit in the last 120 days.
pub fn visit(n: usize, size: Size, dice: &mut Dice) -> VisitDraft {
    let start = NOW - Seconds(dice.random_range(1..120 * 24) * HOUR);
    VisitDraft {
        ticket: format!("V{n}"),
        customer: format!("C{}", dice.random_range(0..10)),
        asset: dice.random_bool(0.2).then(|| format!("A{}", dice.random_range(0..3))),
        issue: ISSUES[dice.random_range(0..ISSUES.len())].to_owned(),
        engineer: format!("E{}", dice.random_range(0..size.engineers.max(1) + 1)),
        start,
        end: start + Seconds(HOUR),
        resolved: dice.random_bool(0.7),
        rating: dice.random_bool(0.5).then(|| dice.random_range(1..=5)),
    }
}
