//! Hand-computed numbers for the formulas, and every placement of breaks tried out for the times.

use super::facts::Facts;
use super::money::binding_steps;
use super::slack::Slack;
use super::timing::Day;
use super::together::Starts;
use crate::engineer::{BreakDraft, EngineerDraft, PlaceDraft, ShiftDraft, Stamp};
use crate::ids::EngineerIx;
use crate::problem::{Draft, Problem, Table, TravelSpec};
use crate::ticket::{Conversation, Ticket, TicketDraft, TicketType, Window};
use crate::units::{Moment, Seconds};
use crate::visit::VisitDraft;

const ANN: EngineerIx = EngineerIx(0);
const BOB: EngineerIx = EngineerIx(1);

fn day(number: i64) -> Moment {
    Moment(number * 86_400)
}

fn row(row: u32) -> PlaceDraft {
    PlaceDraft { point: None, row: Some(row) }
}

fn table(size: usize, cell: impl FnMut(usize) -> u32) -> TravelSpec {
    let seconds = (0..size * size).map(cell).collect();
    TravelSpec::table(Table { size, seconds, ..Table::default() })
}

fn engineer(id: &str, shift: ShiftDraft) -> EngineerDraft {
    EngineerDraft {
        id: id.into(),
        home: Some(row(0)),
        shifts: vec![shift],
        speed_permille: 1000,
        ..EngineerDraft::default()
    }
}

/// A visit that ends at midnight before the given day, after one second.
fn visit(engineer: &str, customer: &str, issue: &str, ended: i64, resolved: bool) -> VisitDraft {
    VisitDraft {
        customer: customer.into(),
        issue: issue.into(),
        engineer: engineer.into(),
        start: day(ended) - Seconds(1),
        end: day(ended),
        resolved,
        ..VisitDraft::default()
    }
}

/// A leak at customer `c`, asked on day 100 by Ann and Bob, and what was visited before.
fn leak(visits: Vec<VisitDraft>, change: impl FnOnce(&mut Draft)) -> Problem {
    let stamp = |moment| Stamp { moment, offset_s: 0 };
    let shift = ShiftDraft { start: stamp(day(100)), end: stamp(day(101)), ..ShiftDraft::default() };
    let mut draft = Draft {
        now: day(100),
        travel: table(1, |_| 0),
        engineers: vec![engineer("ann", shift.clone()), engineer("bob", shift)],
        tickets: vec![TicketDraft {
            id: "leak".into(),
            customer: Some("c".into()),
            issue: Some("leak".into()),
            place: row(0),
            crew: 1,
            ..TicketDraft::default()
        }],
        visits,
        ..Draft::default()
    };
    change(&mut draft);
    Problem::new(draft).expect("the draft is sound")
}

fn ladder(visits: Vec<VisitDraft>) -> Vec<EngineerIx> {
    let problem = leak(visits, |_| ());
    Facts::new(&problem, problem.visits()).history.ladder(&problem.tickets()[0])
}

fn chance(visits: Vec<VisitDraft>, change: impl FnOnce(&mut Draft)) -> f64 {
    let problem = leak(visits, |draft| {
        let history = &mut draft.policy.history;
        history.half_life_days = 10.0;
        (history.prior_visits, history.prior_chance) = (1.0, 0.5);
        change(draft);
    });
    Facts::new(&problem, problem.visits()).history.chance(ANN, &problem.tickets()[0])
}

#[test]
fn history_leans_on_the_coarser_group_four_times() {
    // Weights 1/2, 1/4, 1/2, 1/4; of those 1/2 and 1/4 resolved, since a rating of 3 is unhappy.
    let visits = || {
        let unhappy = VisitDraft { rating: Some(3), ..visit("ann", "d", "noise", 90, true) };
        let asset = Some("pump".into());
        vec![
            VisitDraft { asset, rating: Some(5), ..visit("ann", "c", "leak", 90, true) },
            visit("ann", "d", "leak", 80, false),
            unhappy,
            visit("bob", "e", "leak", 80, true),
        ]
    };
    // All: 1.25 / 2.5; Ann: (1/2 + 1/2) / 2.25; her leaks: (1/2 + 4/9) / 1.75; here: (1/2 + 34/63) / 1.5.
    assert!((chance(visits(), |_| ()) - 131.0 / 189.0).abs() < 1e-12);
    // The asset counts as the customer does, and both at once count once.
    let by_asset = chance(visits(), |draft| {
        draft.tickets[0].customer = None;
        draft.tickets[0].asset = Some("pump".into());
    });
    let by_both = chance(visits(), |draft| draft.tickets[0].asset = Some("pump".into()));
    assert!((by_asset - 131.0 / 189.0).abs() < 1e-12);
    assert!((by_both - 131.0 / 189.0).abs() < 1e-12);
    let elsewhere = chance(visits(), |draft| draft.tickets[0].customer = Some("x".into()));
    assert!((elsewhere - 34.0 / 63.0).abs() < 1e-12);
}

#[test]
fn a_visit_that_was_repeated_within_the_window_did_not_resolve_the_issue() {
    // One visit of weight 1/2 by Bob; the other, under way until after now, weighs 1 and resolved nothing.
    let before = |repeated: i64| {
        let mut again = visit("bob", "c", "leak", repeated, false);
        again.end = day(100) + Seconds(1);
        vec![visit("bob", "c", "leak", 90, true), again]
    };
    let five_days = |draft: &mut Draft| draft.policy.binding.window_days = 5;
    // All: (1/2 + 1/2) / 2.5 against (0 + 1/2) / 2.5; Ann has none of it.
    assert!((chance(before(96), five_days) - 0.4).abs() < 1e-12);
    assert!((chance(before(95), five_days) - 0.2).abs() < 1e-12);
}

#[test]
fn the_third_report_is_bound_to_the_latest_two_better_first() {
    let at = |engineer, ended, resolved| visit(engineer, "c", "leak", ended, resolved);
    assert_eq!(ladder(vec![at("ann", 50, true)]), []);
    // Bob's was repeated, so Ann's, though unresolved too, comes first as the later one.
    assert_eq!(ladder(vec![at("bob", 50, true), at("ann", 60, false)]), [ANN, BOB]);
    let rated = VisitDraft { rating: Some(2), ..at("bob", 50, false) };
    assert_eq!(ladder(vec![at("ann", 60, false), rated.clone()]), [BOB, ANN]);
    assert_eq!(ladder(vec![rated, at("ann", 60, true)]), [ANN, BOB]);
    assert_eq!(ladder(vec![at("bob", 50, false), at("bob", 60, true)]), [BOB]);
    // Whoever left makes the ladder shorter, an older visit does not fill the step.
    let left = vec![at("ann", 50, false), at("bob", 60, false), at("gone", 70, false)];
    assert_eq!(ladder(left), [BOB]);
    // Ninety days back to the second, and not a second more.
    assert_eq!(ladder(vec![at("ann", 10, false), at("bob", 50, false)]), []);
    let mut edge = at("ann", 11, false);
    edge.start = day(10);
    assert_eq!(ladder(vec![edge, at("bob", 50, false)]), [BOB, ANN]);
}

#[test]
fn steps_go_down_the_ladder_and_lateness_goes_to_its_foot() {
    let visits = vec![visit("bob", "c", "leak", 50, false), visit("ann", "c", "leak", 60, false)];
    let problem = leak(visits, |draft| draft.tickets[0].resolve_by = Some(day(101)));
    let facts = Facts::new(&problem, problem.visits());
    let ticket = &problem.tickets()[0];
    let steps = |shift: usize, start: Moment| {
        let day = Day::new(&facts, &problem.shifts()[shift], &[ticket], None);
        binding_steps(&facts, &day, ticket, start)
    };
    assert_eq!([steps(0, day(101)), steps(1, day(101))], [0, 1]);
    assert_eq!([steps(0, day(102)), steps(1, day(102))], [2, 2]);
}

#[test]
fn urgency_adds_up_and_stops_at_a_hundred() {
    let urgency = |kind: TicketType, keywords: f64| {
        let visits = vec![visit("bob", "c", "leak", 50, false), visit("ann", "c", "leak", 60, false)];
        let problem = leak(visits, |draft| {
            let ticket = &mut draft.tickets[0];
            ticket.kind = kind;
            ticket.tier = Some("silver".into());
            ticket.reported = Some(day(99));
            ticket.resolve_by = Some(day(103));
            ticket.respond_by = Some(day(104));
            ticket.conversation = Some(Conversation { keywords, baseline: 10.0 });
        });
        Facts::new(&problem, problem.visits()).history.priority(&problem.tickets()[0])
    };
    // Type 50, silver 5, a quarter of 20 for the time used up, twice 10 for the visits, 15 unhappy.
    assert_eq!(urgency(TicketType::Repair, 13.0), 95);
    assert_eq!(urgency(TicketType::Repair, 12.9), 80);
    assert_eq!(urgency(TicketType::Complaint, 13.0), 100);
}

/// A small generator, so that a seed names a case for good.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound as u64) as i64
    }
}

/// One engineer with up to three breaks, up to four tickets and one more to be added; some with
/// windows and promises.
fn any_day(dice: &mut Dice) -> Option<Problem> {
    let noon = |seconds| day(100) + Seconds(seconds);
    let stamp = |seconds| Stamp { moment: noon(seconds), offset_s: 0 };
    let mut shift = ShiftDraft { start: stamp(0), end: stamp(20_000), ..ShiftDraft::default() };
    let mut breaks = Vec::new();
    for _ in 0..dice.below(4) {
        let start = Seconds(dice.below(15_000));
        let length = Seconds(300 + dice.below(1_500));
        let end = start + length + Seconds(dice.below(9_000));
        breaks.push((start, end, length));
    }
    breaks.sort();
    shift.breaks =
        breaks.into_iter().map(|(start, end, length)| BreakDraft::daily(start, end, length)).collect();
    let tickets = (0..=dice.below(5)).map(|n| {
        let mut ticket = TicketDraft {
            id: format!("t{n}"),
            kind: TicketType::Question,
            // Sometimes where another is.
            place: row(1 + n as u32 - dice.below(2).min(n) as u32),
            work: Seconds(dice.below(4_000)),
            setup: Seconds((dice.below(3_000) - 2_000).max(0)),
            crew: 1,
            ..TicketDraft::default()
        };
        for _ in 0..dice.below(3) {
            let start = dice.below(18_000);
            let end = noon(start + dice.below(3_000));
            ticket.windows.push(Window { start: noon(start), end });
        }
        if dice.below(3) == 0 {
            ticket.respond_by = Some(noon(dice.below(20_000)));
        }
        if dice.below(4) == 0 {
            ticket.resolve_by = Some(noon(dice.below(24_000)));
        }
        ticket
    });
    let tickets = tickets.collect();
    let mut engineer = engineer("ann", shift);
    (engineer.open_start, engineer.open_end) = (dice.below(6) == 0, dice.below(4) == 0);
    let mut draft = Draft {
        now: day(100),
        travel: table(6, |_| dice.below(2_000) as u32),
        engineers: vec![engineer],
        tickets,
        ..Draft::default()
    };
    draft.policy.overtime.max = Seconds(2_000);
    Problem::new(draft).ok()
}

/// Every placement of the breaks: by gap, how many are over at its end.
fn placements(gaps: usize, breaks: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..gaps {
        all = all
            .into_iter()
            .flat_map(|taken: Vec<usize>| {
                let least = taken.last().copied().unwrap_or(0);
                (least..=breaks).map(move |more| [taken.clone(), vec![more]].concat())
            })
            .collect();
    }
    all
}

/// The return of a placement that keeps every hard rule, and every promise if `punctual`.
fn returns(day: &Day<'_>, taken: &[usize], punctual: bool) -> Option<Moment> {
    let (starts, back) = day.simulate(day.shift.start, taken)?;
    let late = day.stops.iter().zip(starts).any(|(stop, start)| {
        start > stop.ticket.respond_by || start + stop.work > stop.ticket.resolve_by
    });
    let limit = if punctual { day.shift.end } else { day.shift.latest_return };
    let possible = day.rest_is_possible(taken[day.stops.len()], back);
    (back <= limit && possible && !(punctual && late)).then_some(back)
}

#[test]
fn the_earliest_return_and_the_room_are_those_of_trying_every_placement() {
    let (mut served, mut paired) = (0, 0);
    for seed in 0..3_000 {
        let Some(problem) = any_day(&mut Dice(seed)) else { continue };
        let facts = Facts::new(&problem, problem.visits());
        let shift = &problem.shifts()[0];
        let (extra, tickets) = problem.tickets().split_last().expect("there is one ticket at least");
        let tickets: Vec<&Ticket> = tickets.iter().collect();
        let day = Day::new(&facts, shift, &tickets, None);
        let all = placements(tickets.len() + 1, shift.breaks.len());
        for punctual in [true, false] {
            let best = all.iter().filter_map(|taken| returns(&day, taken, punctual)).min();
            assert_eq!(day.earliest_return(punctual, None), best, "seed {seed}");
            let first: Vec<_> =
                all.iter().filter(|&taken| returns(&day, taken, punctual) == best).collect();
            for own in first.iter().filter(|_| best.is_some()) {
                let beaten = first
                    .iter()
                    .any(|other| other != own && other.iter().zip(*own).all(|(a, b)| a <= b));
                let later = day.earliest_return(punctual, Some(own)) == best;
                assert_eq!(later, beaten, "seed {seed}, placement {own:?}");
            }
            served += usize::from(best.is_some());
        }
        let slack = Slack::of(&facts, &day);
        let takes = slack.takes(&facts, extra, false);
        let more = placements(tickets.len() + 2, shift.breaks.len());
        let fits = (0..=tickets.len()).any(|at| {
            let with = [&tickets[..at], &[extra], &tickets[at..]].concat();
            let day = Day::new(&facts, shift, &with, None);
            more.iter().any(|taken| returns(&day, taken, false).is_some())
        });
        assert_eq!(takes, fits, "seed {seed}");

        let Some((first, tickets)) = tickets.split_last() else { continue };
        let pair = [*first, extra];
        let takes =
            Slack::of(&facts, &Day::new(&facts, shift, tickets, None)).takes_pair(&facts, pair, false);
        let fits = (0..=tickets.len()).any(|at| {
            (at..=tickets.len()).any(|behind| {
                let (head, middle, rest) = (&tickets[..at], &tickets[at..behind], &tickets[behind..]);
                let with = [head, &[pair[0]], middle, &[pair[1]], rest].concat();
                let day = Day::new(&facts, shift, &with, None);
                more.iter().any(|taken| returns(&day, taken, false).is_some())
            })
        });
        assert_eq!(takes, fits, "seed {seed}, in a pair");
        paired += usize::from(fits);
    }
    assert!(paired > 300, "only {paired} pairs fit");
    assert!(served > 500, "only {served} days could be served");
}

#[test]
fn as_many_start_together_as_at_the_best_of_all_moments() {
    for seed in 0..500 {
        let mut dice = Dice(seed);
        let spans: Vec<(EngineerIx, Window)> = (0..dice.below(12))
            .map(|_| {
                let start = Moment(dice.below(20));
                let end = start + Seconds(dice.below(6));
                (EngineerIx(dice.below(5) as u32), Window { start, end })
            })
            .collect();
        let at = |moment: i64| {
            let holds = |span: &Window| span.start <= Moment(moment) && Moment(moment) <= span.end;
            let there = |n: u32| spans.iter().any(|(who, span)| *who == EngineerIx(n) && holds(span));
            (0..5).filter(|&n| there(n)).count() as u32
        };
        let most = (0..26).map(at).max().expect("there are moments");
        let mut starts = Starts::default();
        for &(engineer, span) in &spans {
            starts.add(engineer, vec![span]);
        }
        assert_eq!(starts.most_together(), most, "seed {seed}: {spans:?}");
    }
}

#[test]
fn many_spans_are_counted_in_no_time() {
    // Comparing every two of them would take hours here.
    let mut starts = Starts::default();
    for n in 0..200_000 {
        let span = Window { start: Moment(n), end: Moment(n + 150_000) };
        starts.add(EngineerIx(n as u32 / 2), vec![span]);
    }
    assert_eq!(starts.most_together(), 75_001);
}
