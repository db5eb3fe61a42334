//! How dear a plan can be at most. Prices add up in 64 bits; no sound problem comes near their end.

use super::{Problem, limits};
use crate::flaw::{Code, Flaw};
use crate::units::Moment;

/// Most steps down the ladder of a binding: it names one engineer or two.
const STEPS: f64 = 2.0;

/// Checks that no plan can cost more than [`limits::PLAN`], none of whose drives costs more than
/// `dearest_drive`. `O(tickets + shifts)`.
pub(super) fn price(problem: &Problem, dearest_drive: f64, flaws: &mut Vec<Flaw>) {
    let terms = terms(problem, dearest_drive);
    let worst: f64 = terms.iter().map(|(.., amount)| amount).sum();
    if worst <= limits::PLAN {
        return;
    }
    let largest = terms.into_iter().max_by(|one, other| one.2.total_cmp(&other.2));
    if let Some((path, what, amount)) = largest {
        let found = format!(
            "a plan could cost {worst:.1e}, more than the limit of {:.0e}; {what} alone could cost {amount:.1e}",
            limits::PLAN
        );
        flaws.push(Flaw::new(
            Code::OutOfRange,
            path,
            found,
            "lower what it costs, or split the problem",
        ));
    }
}

/// Where it is said what something costs, what that is, and how much it can be in a whole plan. All that a stop
/// costs counts for each of a crew; a prize is lost once.
fn terms(problem: &Problem, dearest_drive: f64) -> [(&'static str, &'static str, f64); 10] {
    let (policy, shifts, tickets) = (problem.policy(), problem.shifts(), problem.tickets());
    let rates = || shifts.iter().map(|shift| shift.car.rates);
    let dearest_work = rates().map(|rates| rates.work).max().unwrap_or(0) as f64 / 1000.0;
    let slowest = policy.skill.work_permille.iter().copied().max().unwrap_or(0).max(1000);
    let last = shifts.iter().map(|shift| shift.latest_return).max().unwrap_or(Moment::FIRST);
    let (mut stops, mut work, mut late, mut prizes) = (0.0, 0.0, 0.0, 0.0);
    for ticket in tickets {
        let crew = f64::from(ticket.crew);
        stops += crew;
        let by_class = ticket.work_by_class.iter().map(|entry| entry.1).max();
        let setup_by_class = ticket.setup_by_class.iter().map(|entry| entry.1).max();
        let longest = ticket.takes(ticket.work.max(by_class.unwrap_or(ticket.work)));
        let longest_setup = ticket.setup.max(setup_by_class.unwrap_or(ticket.setup));
        work += crew * (longest.0 as f64 * f64::from(slowest) / 1000.0 + longest_setup.0 as f64);
        for due in [ticket.respond_by, ticket.resolve_by] {
            late += crew * (last - due).0.max(0) as f64;
        }
        prizes += ticket.prize.map_or(0.0, |prize| prize.0 as f64);
    }
    let overtime: i64 = shifts.iter().map(|shift| (shift.latest_return - shift.end).0.max(0)).sum();
    let waiting = shifts
        .iter()
        .map(|shift| (shift.latest_return - shift.start).0.max(0) as f64 * shift.car.rates.wait as f64)
        .sum::<f64>()
        / 1000.0;
    let guarantees =
        rates().map(|rates| rates.guaranteed.0 as f64 * rates.guarantee as f64).sum::<f64>();
    let guarantees = guarantees / 1000.0;
    let point = policy.reach.0 as f64 / policy.weights.proximity;
    let squares: f64 = shifts
        .iter()
        .map(|shift| {
            ((shift.latest_return - shift.start).0.max(0) as f64 / shift.length.0 as f64).powi(2)
        })
        .sum();
    let fit = point * (policy.weights.skill + policy.weights.history)
        + policy.preference.0 as f64
        + STEPS * policy.binding.step.0 as f64;
    // By way of a depot a leg is two drives.
    let ways = if problem.depots().is_empty() { 1.0 } else { 2.0 };
    let longest_fetch = problem.depots().iter().map(|depot| depot.fetch.0).max().unwrap_or(0) as f64;
    let fetching = rates().map(|rates| longest_fetch * rates.drive as f64 / 1000.0).sum::<f64>();
    let late_rate = policy.lateness.per_minute / 60.0 * (1.0 + policy.lateness.urgent_factor);
    [
        ("engineers", "driving", dearest_drive * (stops + ways * shifts.len() as f64) + fetching),
        ("engineers", "callouts", rates().map(|rates| rates.callout.0 as f64).sum()),
        ("engineers", "work", work * dearest_work),
        ("engineers", "waiting", waiting),
        ("engineers", "guarantees", guarantees),
        ("policy.lateness", "lateness", late * late_rate),
        ("policy.overtime", "overtime", overtime as f64 * policy.overtime.per_minute / 60.0),
        ("policy.weights", "load", squares * point * policy.weights.load),
        ("policy", "skill, history, preference and binding", stops * fit),
        ("tickets", "prizes", prizes),
    ]
}

#[cfg(test)]
mod tests {
    use super::terms;
    use crate::engineer::{EngineerDraft, PlaceDraft, Rates, ShiftDraft, Stamp};
    use crate::problem::{Draft, Problem, Table, TravelSpec};
    use crate::ticket::TicketDraft;
    use crate::units::{Moment, Seconds};

    /// One engineer with a shift, and one ticket for so many.
    fn problem(crew: u8) -> Problem {
        let place = PlaceDraft { point: None, row: Some(0) };
        let stamp = |moment| Stamp { moment, offset_s: 0 };
        let (start, end) = (stamp(Moment::FIRST), stamp(Moment(36_000)));
        let engineer = EngineerDraft {
            id: "ann".into(),
            home: Some(place),
            shifts: vec![ShiftDraft { start, end, ..ShiftDraft::default() }],
            speed_permille: 1000,
            rates: Rates {
                callout: Seconds(7),
                work: 3000,
                wait: 500,
                guarantee: 100,
                guaranteed: Seconds(7200),
                ..Rates::default()
            },
            ..EngineerDraft::default()
        };
        let ticket = TicketDraft {
            id: "all".into(),
            place,
            work: Seconds(3600),
            setup: Seconds(600),
            respond_by: Some(Moment(60)),
            prize: Some(Seconds(50)),
            crew,
            ..TicketDraft::default()
        };
        let table = Table { size: 1, seconds: vec![0], ..Table::default() };
        let draft = Draft {
            now: Moment::FIRST,
            travel: TravelSpec::table(table),
            engineers: vec![engineer],
            tickets: vec![ticket],
            ..Draft::default()
        };
        Problem::new(draft).expect("the draft is sound")
    }

    #[test]
    fn whatever_a_stop_costs_counts_for_each_of_a_crew() {
        let [one, five] = [1, 5].map(|crew| terms(&problem(crew), 100.0));
        for ((_, what, alone), (.., together)) in one.into_iter().zip(five) {
            let expected = match what {
                // There is one drive more, the way back.
                "driving" => alone + 400.0,
                "work" | "lateness" | "skill, history, preference and binding" => 5.0 * alone,
                _ => alone,
            };
            assert!(alone > 0.0 || what == "overtime", "{what}");
            assert!((together - expected).abs() <= 1e-9 * expected, "{what}: {alone} and {together}");
        }
    }
}
