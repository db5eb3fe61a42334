//! Nobody works while they are away, whatever else the shift holds.

use crate::world::NOW;
use paidan_engine::engineer::{BreakDraft, EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
use paidan_engine::flaw::Code;
use paidan_engine::geo::LatLon;
use paidan_engine::ids::ShiftIx;
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::ticket::{TicketDraft, TicketType, Window};
use paidan_engine::units::{Moment, Seconds};

/// So many hours after `now`, which is seven o'clock.
fn hours(count: f64) -> Moment {
    NOW + Seconds((count * 3600.0) as i64)
}

fn home() -> PlaceDraft {
    PlaceDraft { point: Some(LatLon { lat: 39.0, lon: -84.5 }), row: None }
}

/// One engineer on duty from five to five, away at these hours after `now`, with breaks (first start and
/// length, in hours after `now`) that cannot move; and ten minutes of work at their door.
fn day(away: &[(f64, f64)], breaks: &[(f64, f64)]) -> Draft {
    let stamp = |count| Stamp { moment: hours(count), offset_s: 0 };
    let of_day = |count: f64| Seconds(((7.0 + count) * 3600.0) as i64);
    let fixed = |&(first, length): &(f64, f64)| {
        BreakDraft::daily(of_day(first), of_day(first + length), Seconds((length * 3600.0) as i64))
    };
    let shift = ShiftDraft {
        start: stamp(-2.0),
        end: stamp(10.0),
        breaks: breaks.iter().map(fixed).collect(),
        ..ShiftDraft::default()
    };
    let engineer = EngineerDraft {
        id: "E".to_owned(),
        home: Some(home()),
        shifts: vec![shift],
        absences: away.iter().map(|&(first, end)| (hours(first), hours(end))).collect(),
        speed_permille: 1000,
        ..EngineerDraft::default()
    };
    let ticket = TicketDraft {
        id: "T".to_owned(),
        kind: TicketType::Installation,
        place: home(),
        work: Seconds(600),
        crew: 1,
        ..TicketDraft::default()
    };
    Draft { now: NOW, engineers: vec![engineer], tickets: vec![ticket], ..Draft::default() }
}

/// When the ticket is worked on, if it is, with windows at these hours.
fn start(mut draft: Draft, windows: &[(f64, f64)]) -> Option<Moment> {
    let window = |&(first, last): &(f64, f64)| Window { start: hours(first), end: hours(last) };
    draft.tickets[0].windows = windows.iter().map(window).collect();
    let problem = Problem::new(draft).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let budget = Budget { rounds: Some(5), ..Budget::default() };
    let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
    plan.routes.first().map(|route| route.stops[0].start)
}

#[test]
fn an_absence_under_way_lasts_until_its_end() {
    assert_eq!(start(day(&[(-1.0, 2.0)], &[]), &[]), Some(hours(2.0)));
}

#[test]
fn an_absence_that_takes_the_rest_of_the_shift_is_told_as_one() {
    let problem = Problem::new(day(&[(-1.0, 12.0)], &[])).expect("sound");
    let shift = problem.shift(ShiftIx(0));
    assert!(shift.absent && !shift.on_duty);
}

#[test]
fn a_break_that_cannot_move_does_not_push_an_absence_away() {
    // Away from ten to twelve, the break at half past eleven.
    let draft = day(&[(3.0, 5.0)], &[(4.5, 0.5)]);
    assert_eq!(start(draft.clone(), &[(3.0, 4.0)]), None);
    assert_eq!(start(draft, &[(3.0, 6.0)]), Some(hours(5.0)));
}

#[test]
fn breaks_that_together_leave_an_absence_no_turn_give_way_to_it() {
    let mut draft = day(&[(3.8, 4.5)], &[]);
    let of_day = |count: f64| Seconds(((7.0 + count) * 3600.0) as i64);
    let pause = |first: f64| BreakDraft::daily(of_day(first), of_day(first + 2.0), Seconds(1800));
    // Either alone is over in time, but not one after the other.
    draft.engineers[0].shifts[0].breaks = vec![pause(3.0), pause(3.1)];
    assert_eq!(start(draft, &[]), Some(NOW));
}

#[test]
fn more_absences_than_a_shift_can_hold_are_a_flaw() {
    let away: Vec<(f64, f64)> = (1..6).map(|n| (f64::from(n), f64::from(n) + 0.5)).collect();
    let flaws = Problem::new(day(&away, &[])).expect_err("five are too many");
    assert_eq!((flaws[0].code, flaws[0].path.as_str()), (Code::TooLarge, "engineers[0].shifts[0]"));
    let flaws = Problem::new(day(&away[1..], &[(1.0, 0.5)])).expect_err("so are four and a break");
    assert_eq!(flaws[0].code, Code::TooLarge);
    assert!(Problem::new(day(&away[1..], &[])).is_ok());
}

#[test]
fn overtime_ends_where_an_absence_begins() {
    let mut draft = day(&[(10.5, 12.0)], &[]);
    draft.policy.overtime.max = Seconds(2 * 3600);
    assert_eq!(start(draft.clone(), &[(10.25, 10.25)]), Some(hours(10.25)));
    assert_eq!(start(draft, &[(10.5, 11.0)]), None);
}
