//! An engineer at work, by hand: where and until when they are, what they still rest, and what that means for their other
//! shifts. Every drive takes ten minutes.

use paidan_engine::check::{BreachCode, check};
use paidan_engine::desk::{Desk, Late};
use paidan_engine::engineer::{BreakDraft, EngineerDraft, PlaceDraft, ShiftDraft, SkillDraft, Stamp};
use paidan_engine::plan::PlannedRoute;
use paidan_engine::problem::{Draft, Problem, RouteDraft, Table, TravelSpec};
use paidan_engine::ticket::{BegunDraft, NeedDraft, TicketDraft, Window};
use paidan_engine::units::{Moment, Seconds};

/// A time of the day, or of the one after it.
fn at(hour: i64, minute: i64) -> Moment {
    Moment(100 * 86_400 + hour * 3600 + minute * 60)
}

fn minutes(count: i64) -> Seconds {
    Seconds(count * 60)
}

fn place(row: u32) -> PlaceDraft {
    PlaceDraft { point: None, row: Some(row) }
}

fn shift(first: i64, last: i64) -> ShiftDraft {
    let stamp = |hour| Stamp { moment: at(hour, 0), offset_s: 0 };
    ShiftDraft { start: stamp(first), end: stamp(last), ..ShiftDraft::default() }
}

fn ticket(id: &str, row: u32, work: i64) -> TicketDraft {
    TicketDraft {
        id: id.into(),
        place: place(row),
        work: minutes(work),
        crew: 1,
        ..TicketDraft::default()
    }
}

/// Ann from eight to four with lunch of half an hour between twelve and one, who has begun `one` and goes on to `two`.
fn day(now: Moment, start: Moment, work: i64) -> Draft {
    let mut ann = EngineerDraft {
        id: "ann".into(),
        home: Some(place(0)),
        shifts: vec![shift(8, 16)],
        speed_permille: 1000,
        ..EngineerDraft::default()
    };
    ann.shifts[0].breaks = vec![BreakDraft::daily(minutes(12 * 60), minutes(13 * 60), minutes(30))];
    let mut one = ticket("one", 1, work);
    one.begun = Some(BegunDraft { engineers: vec!["ann".into()], start, until: None });
    let seconds = (0..9).map(|cell| if cell % 4 == 0 { 0 } else { 600 });
    Draft {
        now,
        travel: TravelSpec::table(Table { size: 3, seconds: seconds.collect(), ..Table::default() }),
        engineers: vec![ann],
        tickets: vec![one, ticket("two", 2, 60)],
        routes: vec![route(0, &["one", "two"])],
        ..Draft::default()
    }
}

fn route(shift: u32, tickets: &[&str]) -> RouteDraft {
    let tickets = tickets.iter().map(|&id| id.to_owned()).collect();
    RouteDraft { engineer: "ann".into(), shift, tickets }
}

/// What is late, and the routes of the day as it goes on, which check.
fn goes_on(draft: Draft) -> (Late, Vec<PlannedRoute>) {
    let problem = Problem::new(draft).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let desk = Desk::resume(problem).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let plan = desk.plan();
    let breaches = check(desk.problem(), desk.problem().visits(), &plan);
    let is_wrong = |code: BreachCode| code != BreachCode::OffDuty;
    assert!(!breaches.iter().any(|breach| is_wrong(breach.code)), "{breaches:?}");
    (desk.late().clone(), plan.routes)
}

#[test]
fn a_break_that_is_over_does_not_come_back() {
    // From nine to half past one: whenever lunch was, it is over.
    let (late, routes) = goes_on(day(at(13, 30), at(9, 0), 60));
    assert_eq!(late, Late::default());
    assert!(routes[0].breaks.is_empty());
    let times: Vec<_> = routes[0].stops.iter().map(|stop| (stop.start, stop.departure)).collect();
    assert_eq!(times, [(at(9, 0), at(13, 30)), (at(13, 40), at(14, 40))]);
}

#[test]
fn a_break_that_work_leaves_no_turn_falls_away_and_one_with_a_turn_is_taken() {
    let (late, routes) = goes_on(day(at(12, 10), at(11, 0), 100));
    assert_eq!((late, routes[0].breaks.len()), (Late::default(), 0));
    assert_eq!(routes[0].stops[1].start, at(12, 50));
    let (late, routes) = goes_on(day(at(12, 10), at(11, 0), 80));
    assert_eq!((late, routes[0].breaks.len()), (Late::default(), 1));
    assert_eq!(routes[0].stops[1].start, at(13, 0));
}

#[test]
fn whoever_is_at_work_is_away_only_then() {
    let mut draft = day(at(12, 10), at(11, 0), 100);
    draft.engineers[0].absences = vec![(at(12, 0), at(12, 30)), (at(12, 20), at(14, 0))];
    let (late, routes) = goes_on(draft.clone());
    assert_eq!(late, Late::default());
    let times: Vec<_> = routes[0].stops.iter().map(|stop| stop.start).collect();
    assert_eq!(times, [at(11, 0), at(14, 10)]);
    // Who goes home for the day does so when they are done.
    draft.engineers[0].absences = vec![(at(12, 0), at(17, 0))];
    let (_, routes) = goes_on(draft);
    assert_eq!(routes[0].stops[0].start, at(11, 0));
}

#[test]
fn what_is_begun_stays_where_it_is_whatever_else_is_late() {
    let mut draft = day(at(15, 0), at(14, 0), 240);
    draft.tickets[1].windows = vec![Window { start: at(9, 0), end: at(10, 0) }];
    let (late, routes) = goes_on(draft);
    assert_eq!((late.tickets.len(), late.shifts.len(), late.barred.len()), (1, 1, 0));
    let times: Vec<_> = routes[0].stops.iter().map(|stop| stop.start).collect();
    assert_eq!(times, [at(14, 0), at(18, 10)]);
}

#[test]
fn who_is_said_to_be_free_then_is_so_at_any_pace() {
    let until = at(11, 10);
    for permille in [500, 1000, 1337, 2000] {
        let mut draft = day(at(10, 0), at(9, 1), 60);
        draft.policy.skill.work_permille = [permille; 5];
        draft.engineers[0].skills = vec![SkillDraft { name: "gas".into(), level: 3, valid_until: None }];
        draft.tickets[0].requires = vec![NeedDraft { skill: "gas".into(), level: 1, preferred: None }];
        draft.tickets[0].work_by_class = vec![("swift".into(), minutes(5))];
        draft.engineers[0].class = Some("swift".into());
        draft.tickets[0].begun.as_mut().expect("it is begun").until = Some(until);
        let (late, routes) = goes_on(draft.clone());
        assert_eq!((late, routes[0].stops[0].departure), (Late::default(), until), "{permille}");
        // If it is not over by then, it lasts until now.
        draft.now = at(11, 20);
        let (_, routes) = goes_on(draft);
        assert_eq!(routes[0].stops[0].departure, at(11, 20), "{permille}");
    }
}

#[test]
fn the_next_shift_begins_when_work_of_the_last_one_has_ended() {
    let mut draft = day(at(32, 30), at(15, 0), 19 * 60);
    draft.engineers[0].shifts.push(shift(32, 40));
    draft.routes = vec![route(0, &["one"]), route(1, &["two"])];
    let (late, routes) = goes_on(draft.clone());
    assert_eq!((late.shifts.len(), late.tickets.len()), (1, 0));
    let times: Vec<_> = routes.iter().map(|route| route.stops[0].start).collect();
    // From fifteen o'clock for nineteen hours, then ten minutes from home.
    assert_eq!(times, [at(15, 0), at(34, 10)]);
    // For weeks: nothing of it is lost.
    draft.tickets[0].work = Seconds(30 * 86_400);
    let (late, routes) = goes_on(draft);
    assert_eq!((late.shifts.len(), routes.len()), (2, 2));
}

#[test]
fn who_may_not_serve_a_promise_keeps_it_and_is_told() {
    let mut draft = day(at(15, 0), at(14, 0), 60);
    draft.tickets[1].requires = vec![NeedDraft { skill: "gas".into(), level: 1, preferred: None }];
    let (late, routes) = goes_on_barred(draft);
    let barred: Vec<usize> = late.barred.iter().map(|(_, ticket)| ticket.0 as usize).collect();
    assert_eq!((barred, routes[0].stops.len()), (vec![1], 2));
}

/// The same of what no plan may hold.
fn goes_on_barred(draft: Draft) -> (Late, Vec<PlannedRoute>) {
    let desk = Desk::resume(Problem::new(draft).expect("it is sound")).expect("it can be driven");
    (desk.late().clone(), desk.plan().routes)
}
