//! The third report of the same issue goes to whoever made the first two visits, step by step down the
//! ladder, and never against a hard rule.

use paidan_engine::desk::{Desk, Refusal};
use paidan_engine::dispatch::{Ask, Decision, Offer, RuledOut, RungOutcome};
use paidan_engine::engineer::{EngineerDraft, PlaceDraft};
use paidan_engine::ids::{Index, TicketIx};
use paidan_engine::plan::Reason;
use paidan_engine::planner::{Budget, NoWatch, Params, plan};
use paidan_engine::policy::Otherwise;
use paidan_engine::problem::{Draft, Problem};
use paidan_engine::rule::{Barrier, Line};
use paidan_engine::ticket::TicketDraft;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire;

use crate::fixtures::bytes_of;

/// Midnight of the day that the tiny problems plan: Monday, 2 March 2026.
const MIDNIGHT: Moment = Moment(1_772_409_600);
/// One step down the ladder, by the default policy.
const STEP: Seconds = Seconds(86_400);
const T1: TicketIx = TicketIx(0);

fn at(hour: i64, minute: i64) -> Moment {
    MIDNIGHT + Seconds(hour * 3600 + minute * 60)
}

/// A problem of `fixtures/tiny`, to be changed.
fn tiny(name: &str) -> Draft {
    wire::read_draft(&bytes_of(&format!("tiny/{name}.json"))).expect("it is sound")
}

fn desk(draft: &Draft) -> Desk {
    Desk::new(Problem::new(draft.clone()).expect("it is sound")).expect("nothing is broken")
}

fn ask(desk: &Desk) -> Decision {
    desk.dispatch_known(T1, Ask::default()).expect("it is not promised")
}

/// Whom the desk chooses for the first ticket.
fn chosen(draft: &Draft) -> Option<String> {
    let desk = desk(draft);
    let decision = ask(&desk);
    decision.chosen.map(|n| name(&desk, &decision.offers[n]))
}

fn name(desk: &Desk, offer: &Offer) -> String {
    desk.problem().engineer(offer.engineer).id.to_string()
}

fn offer_of<'d>(desk: &Desk, decision: &'d Decision, engineer: &str) -> &'d Offer {
    let own = decision.offers.iter().find(|offer| name(desk, offer) == engineer);
    own.unwrap_or_else(|| panic!("{engineer} offers nothing"))
}

/// The ladder by names.
fn ladder(desk: &Desk, decision: &Decision) -> Vec<(String, RungOutcome)> {
    let rungs = decision.ladder.iter();
    rungs.map(|rung| (desk.problem().engineer(rung.engineer).id.to_string(), rung.outcome)).collect()
}

fn rungs<const N: usize>(rungs: [(&str, RungOutcome); N]) -> Vec<(String, RungOutcome)> {
    rungs.map(|(engineer, outcome)| (engineer.to_owned(), outcome)).to_vec()
}

fn engineer<'d>(draft: &'d mut Draft, id: &str) -> &'d mut EngineerDraft {
    draft.engineers.iter_mut().find(|engineer| engineer.id == id).expect("they are on the roster")
}

/// Away for the whole day.
fn send_home(draft: &mut Draft, id: &str) {
    engineer(draft, id).absences = vec![(MIDNIGHT, MIDNIGHT + Seconds(86_400))];
}

/// A day of work at home, pinned to one engineer.
fn long_job(draft: &Draft, id: &str) -> TicketDraft {
    let own = draft.engineers.iter().find(|engineer| engineer.id == id).expect("they are on the roster");
    TicketDraft {
        id: format!("the long job of {id}"),
        place: PlaceDraft { point: None, row: own.home.and_then(|home| home.row) },
        work: Seconds(8 * 3600),
        required: vec![id.to_owned()],
        crew: 1,
        ..TicketDraft::default()
    }
}

fn reason(draft: &Draft) -> Option<Reason> {
    let problem = Problem::new(draft.clone()).expect("it is sound");
    let budget = Budget { rounds: Some(200), ..Budget::default() };
    let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
    plan.unserved.into_iter().find(|left| left.ticket == T1).map(|left| left.reason)
}

#[test]
fn the_third_report_goes_to_the_engineer_of_the_first_two_though_another_is_nearer_and_better_skilled() {
    let desk = desk(&tiny("third-repeat"));
    let decision = ask(&desk);
    assert_eq!(ladder(&desk, &decision), rungs([("E1", RungOutcome::Takes)]));
    let (bound, other) = (offer_of(&desk, &decision, "E1"), offer_of(&desk, &decision, "E2"));
    assert_eq!(decision.chosen.map(|n| &decision.offers[n]), Some(bound));
    assert!(other.detour < bound.detour && other.score.skill > bound.score.skill);
    assert_eq!(
        (bound.receipt.line(Line::Binding), other.receipt.line(Line::Binding)),
        (Seconds(0), STEP)
    );
    let binding = decision.binding.expect("it is bound");
    assert_eq!((binding.visits, binding.strict), (2, false));
}

#[test]
fn without_the_two_visits_the_nearer_engineer_goes() {
    let mut draft = tiny("third-repeat");
    draft.visits.clear();
    assert_eq!(chosen(&draft).as_deref(), Some("E2"));
}

#[test]
fn two_visits_for_another_issue_or_another_customer_do_not_bind() {
    for change in [
        (|draft: &mut Draft| draft.tickets[0].issue = Some("noise".to_owned())) as fn(&mut Draft),
        |draft| draft.tickets[0].customer = Some("C2".to_owned()),
        |draft| draft.visits[0].issue = "noise".to_owned(),
        |draft| draft.visits[1].customer = "C2".to_owned(),
    ] {
        let mut draft = tiny("third-repeat");
        change(&mut draft);
        let desk = desk(&draft);
        let decision = ask(&desk);
        assert_eq!((&decision.binding, decision.ladder.len()), (&None, 0));
        assert_eq!(chosen(&draft).as_deref(), Some("E2"));
    }
}

#[test]
fn of_two_engineers_the_better_outcome_goes_first() {
    let mut draft = tiny("third-repeat-two-engineers");
    let desk_before = desk(&draft);
    let decision = ask(&desk_before);
    let expected = rungs([("E1", RungOutcome::Takes), ("E2", RungOutcome::NotNeeded)]);
    assert_eq!(ladder(&desk_before, &decision), expected);
    assert_eq!(chosen(&draft).as_deref(), Some("E1"));
    for (engineer, steps) in [("E1", 0), ("E2", 1), ("E3", 2)] {
        let binding = offer_of(&desk_before, &decision, engineer).receipt.line(Line::Binding);
        assert_eq!(binding, Seconds(STEP.0 * steps), "{engineer}");
    }

    draft.visits[0].rating = Some(1);
    draft.visits[1].rating = Some(3);
    assert_eq!(chosen(&draft).as_deref(), Some("E2"), "now the second one's visit was the better");
}

#[test]
fn the_ladder_falls_back_step_by_step() {
    let mut draft = tiny("third-repeat-two-engineers");
    send_home(&mut draft, "E1");
    let away = RungOutcome::Barred(Barrier::Absent);
    let desk_of_two = desk(&draft);
    let decision = ask(&desk_of_two);
    assert_eq!(ladder(&desk_of_two, &decision), rungs([("E1", away), ("E2", RungOutcome::Takes)]));
    assert_eq!(chosen(&draft).as_deref(), Some("E2"));

    send_home(&mut draft, "E2");
    // Somebody else, so that there is a best other engineer: at E1's, without the preferred level.
    let other =
        EngineerDraft { id: "E4".to_owned(), absences: Vec::new(), ..draft.engineers[0].clone() };
    draft.engineers.insert(0, other);
    let desk_of_none = desk(&draft);
    let decision = ask(&desk_of_none);
    assert_eq!(ladder(&desk_of_none, &decision), rungs([("E1", away), ("E2", away)]));
    let taken = &decision.offers[decision.chosen.expect("somebody else goes")];
    assert_eq!(name(&desk_of_none, taken), "E3");
    let second = offer_of(&desk_of_none, &decision, "E4");
    assert!(taken.price < second.price);
    let steps = [taken, second].map(|offer| offer.receipt.line(Line::Binding));
    assert_eq!(steps, [STEP + STEP; 2], "neither of them is on the ladder");
}

#[test]
fn a_bound_engineer_whose_day_is_full_is_told_to_have_no_room() {
    let draft = tiny("third-repeat");
    let mut desk = desk(&draft);
    desk.commit(&long_job(&draft, "E1"), None).expect("E1 can do it");
    let decision = ask(&desk);
    assert_eq!(ladder(&desk, &decision), rungs([("E1", RungOutcome::NoRoom)]));
    assert_eq!(decision.chosen.map(|n| name(&desk, &decision.offers[n])).as_deref(), Some("E2"));
}

#[test]
fn strict_leaves_the_ticket_unserved_and_says_bound() {
    let draft = tiny("third-repeat-strict");
    let desk_of_strict = desk(&draft);
    let decision = ask(&desk_of_strict);
    let away = RungOutcome::Barred(Barrier::Absent);
    assert_eq!(ladder(&desk_of_strict, &decision), rungs([("E1", away)]));
    assert_eq!((decision.chosen, decision.offers.len()), (None, 0));
    let told: Vec<(String, RuledOut)> = decision
        .ruled_out
        .iter()
        .map(|(engineer, why)| (desk_of_strict.problem().engineer(*engineer).id.to_string(), *why))
        .collect();
    assert!(told.contains(&("E2".to_owned(), RuledOut::Barrier(Barrier::Bound))), "{told:?}");
    let impossible = Reason::Impossible(vec![(Barrier::Bound, 1), (Barrier::Absent, 1)]);
    assert_eq!(reason(&draft), Some(impossible));

    let mut relaxed = draft;
    relaxed.policy.binding.otherwise = Otherwise::Relax;
    assert_eq!(chosen(&relaxed).as_deref(), Some("E2"), "the same day without strict");
    assert_eq!(reason(&relaxed), None);
}

#[test]
fn strict_refuses_a_commit_that_the_ladder_does_not_allow() {
    let draft = tiny("third-repeat-strict");
    let mut desk = desk(&draft);
    for engineer in [None, Some("E2"), Some("E1")] {
        let refusal = desk.commit(&draft.tickets[0], engineer).expect_err("nobody may go");
        assert!(matches!(refusal, Refusal::NoOffer(_)), "{engineer:?}: {refusal:?}");
    }
    assert_eq!(desk.serving(T1), None);
}

#[test]
fn a_lapsed_certificate_beats_the_binding() {
    let mut draft = tiny("third-repeat-uncertified");
    let desk_of_lapsed = desk(&draft);
    let decision = ask(&desk_of_lapsed);
    let lapsed = RungOutcome::Barred(Barrier::Certificate);
    assert_eq!(ladder(&desk_of_lapsed, &decision), rungs([("E1", lapsed)]));
    assert_eq!(chosen(&draft).as_deref(), Some("E2"));

    draft.policy.binding.otherwise = Otherwise::Strict;
    assert_eq!(chosen(&draft), None, "strict does not lift the rule either");
    let impossible = Reason::Impossible(vec![(Barrier::Bound, 1), (Barrier::Certificate, 1)]);
    assert_eq!(reason(&draft), Some(impossible));

    for skill in &mut engineer(&mut draft, "E1").skills {
        skill.valid_until = None;
    }
    assert_eq!(chosen(&draft).as_deref(), Some("E1"), "with the certificate the binding holds");
}

#[test]
fn a_bound_engineer_who_is_forbidden_does_not_go() {
    let mut draft = tiny("third-repeat");
    draft.tickets[0].forbidden = vec!["E1".to_owned()];
    let desk_of_forbidden = desk(&draft);
    let decision = ask(&desk_of_forbidden);
    let barred = RungOutcome::Barred(Barrier::Forbidden);
    assert_eq!(ladder(&desk_of_forbidden, &decision), rungs([("E1", barred)]));
    assert_eq!(chosen(&draft).as_deref(), Some("E2"));
}

#[test]
fn whoever_could_start_only_after_the_promise_is_too_late() {
    // E1 drives half an hour from eight o'clock on, E2 five minutes.
    let mut draft = tiny("third-repeat");
    draft.tickets[0].resolve_by = Some(at(8, 30));
    assert_eq!(chosen(&draft).as_deref(), Some("E1"), "a start at the very moment is in time");

    draft.tickets[0].resolve_by = Some(at(8, 30) - Seconds(1));
    let desk_of_late = desk(&draft);
    let decision = ask(&desk_of_late);
    let too_late = RungOutcome::TooLate(at(8, 30));
    assert_eq!(ladder(&desk_of_late, &decision), rungs([("E1", too_late)]));
    assert_eq!(chosen(&draft).as_deref(), Some("E2"));
    // Coming too late costs what it costs to send somebody else.
    for engineer in ["E1", "E2"] {
        assert_eq!(offer_of(&desk_of_late, &decision, engineer).receipt.line(Line::Binding), STEP);
    }
}

#[test]
fn the_second_of_the_ladder_goes_if_only_they_come_in_time() {
    // E1 drives half an hour, E2 a quarter, E3 five minutes.
    let mut draft = tiny("third-repeat-two-engineers");
    draft.tickets[0].resolve_by = Some(at(8, 20));
    let desk_of_late = desk(&draft);
    let decision = ask(&desk_of_late);
    let expected = rungs([("E1", RungOutcome::TooLate(at(8, 30))), ("E2", RungOutcome::Takes)]);
    assert_eq!(ladder(&desk_of_late, &decision), expected);
    assert_eq!(chosen(&draft).as_deref(), Some("E2"));
}

#[test]
fn engineers_who_have_left_are_skipped() {
    let mut draft = tiny("third-repeat-two-engineers");
    draft.engineers.remove(0);
    let desk_of_rest = desk(&draft);
    let decision = ask(&desk_of_rest);
    assert_eq!(ladder(&desk_of_rest, &decision), rungs([("E2", RungOutcome::Takes)]));
}

#[test]
fn a_recorded_visit_turns_a_second_report_into_a_bound_third() {
    let mut draft = tiny("third-repeat");
    let second = draft.visits.pop().expect("there are two");
    let mut desk = desk(&draft);
    let before = ask(&desk);
    assert_eq!(before.binding, None);
    assert_eq!(before.chosen.map(|n| name(&desk, &before.offers[n])).as_deref(), Some("E2"));

    desk.record_visit(&second).expect("a sound visit");
    let after = desk.dispatch(&draft.tickets[0], Ask::default()).expect("it is not promised");
    assert_eq!(after.binding.as_ref().map(|binding| binding.visits), Some(2));
    assert_eq!(ladder(&desk, &after), rungs([("E1", RungOutcome::Takes)]));
    assert_eq!(after.chosen.map(|n| name(&desk, &after.offers[n])).as_deref(), Some("E1"));
    assert_eq!(ask(&desk), after, "the desk's own ticket is answered alike");
    assert_eq!(desk.scorer().candidate(T1).standing.binding, after.binding, "and stands so in a wave");

    let decision = desk.commit(&draft.tickets[0], None).expect("E1 takes it");
    let offer = decision.taken().expect("one was taken");
    assert_eq!(name(&desk, offer), "E1");
    assert_eq!(desk.serving(T1), Some(offer.shift));
    assert_eq!(desk.route(offer.shift).stops().len(), 1);
}

#[test]
fn a_flawed_visit_teaches_nothing() {
    let mut draft = tiny("third-repeat");
    let mut second = draft.visits.pop().expect("there are two");
    (second.start, second.end) = (second.end, second.start);
    let mut desk = desk(&draft);
    let before = ask(&desk);
    let flaws = desk.record_visit(&second).expect_err("it ends before it starts");
    assert_eq!(flaws[0].path, "visit");
    assert_eq!(ask(&desk), before);
}

#[test]
fn the_dispatcher_may_decide_otherwise() {
    let draft = tiny("third-repeat");
    let mut desk = desk(&draft);
    let decision = desk.commit(&draft.tickets[0], Some("E2")).expect("E2 can do it");
    let offer = decision.taken().expect("one was taken");
    assert_eq!(name(&desk, offer), "E2");
    assert_eq!(offer.receipt.line(Line::Binding), STEP, "at the price of it");
    assert_eq!(desk.serving(T1).map(|shift| desk.problem().shift(shift).engineer.at()), Some(1));
}

#[test]
fn the_bound_engineer_is_among_the_offers_however_dear() {
    let draft = tiny("third-repeat-two-engineers");
    let desk = desk(&draft);
    let decision = desk.dispatch_known(T1, Ask { top: 1, ruled_out: 0 }).expect("it is not promised");
    let names: Vec<String> = decision.offers.iter().map(|offer| name(&desk, offer)).collect();
    assert_eq!(names, ["E1", "E2"], "the chosen one, and the other one of the ladder");
}
