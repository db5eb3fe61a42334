//! From a problem and its plan to what the page knows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use paidan_engine::engineer::{Engineer, Rates, Shift};
use paidan_engine::geo::Place;
use paidan_engine::ids::{Index, SkillIx};
use paidan_engine::plan::{Plan, PlannedRoute, PlannedStop, Reason, Unserved};
use paidan_engine::price::{Candidate, Scorer};
use paidan_engine::problem::Problem;
use paidan_engine::receipt::Receipt;
use paidan_engine::rule::Line;
use paidan_engine::ticket::Half;
use paidan_engine::units::{Moment, Seconds};
use paidan_engine::wire::area_doc;

use super::Caption;
use super::document::{
    CardDoc, DayDoc, DepotDoc, LeftDoc, LineDoc, PersonDoc, PromiseDoc, Spot, StopDoc, SummaryDoc,
    TerritoryDoc, TourDoc, ViewDoc,
};
use crate::books::Books;
use crate::facts::{Facts, Load, Missed, Promise};
use crate::room::Planned;
use crate::sentences;

/// Unserved tickets whose possible engineers are told, at most: each costs a look at every shift.
const TOLD: usize = 50;
/// Engineers told for each, at most.
const DAYS: usize = 3;

/// What the page knows of a plan. `O(tickets + shifts + visits)`, and the shifts again for each of the first
/// unserved tickets.
pub(super) fn gather(problem: &Problem, plan: &Plan, caption: Caption<'_>) -> ViewDoc {
    let books = Books::new(problem);
    let scorer = books.scorer();
    let facts = Facts::of(&scorer, plan);
    let (reasons, unserved) = left(&scorer, plan);
    let register = problem.register();
    let territories = problem.areas().iter().enumerate();
    ViewDoc {
        source: caption.source.to_owned(),
        running: caption.running,
        now: problem.now().0,
        offset_s: problem.offset_s(),
        summary: summary(problem, plan, &facts, caption.running),
        in_time: problem.shifts().iter().all(|shift| shift.car.rates == Rates::default()),
        lines: Line::ALL
            .iter()
            .map(|&line| LineDoc { key: line.as_str(), says: sentences::line(line) })
            .collect(),
        territories: territories
            .map(|(n, area)| TerritoryDoc {
                id: register.territories.name(Index::nth(n)).to_owned(),
                area: area_doc(area),
            })
            .collect(),
        depots: problem
            .depots()
            .iter()
            .enumerate()
            .map(|(n, depot)| DepotDoc {
                id: register.depots.name(Index::nth(n)).to_owned(),
                place: spot(&depot.place),
            })
            .collect(),
        engineers: people(problem),
        shifts: days(&scorer, plan, &facts),
        tickets: problem
            .ticket_indices()
            .map(|ticket| card(&scorer, scorer.candidate(ticket)))
            .collect(),
        unserved,
        reasons,
    }
}

fn summary(problem: &Problem, plan: &Plan, facts: &Facts, running: bool) -> SummaryDoc {
    let (busy, on_duty) = (facts.loads.iter().filter(|load| load.stops > 0).count(), facts.loads.len());
    let load = facts.loads.iter().map(Load::share).sum::<f64>() / on_duty.max(1) as f64;
    let promise = |promise: &Promise| PromiseDoc { all: promise.all, kept: promise.kept };
    SummaryDoc {
        served: facts.served,
        tickets: problem.tickets().len(),
        priority_lost: plan.price.priority_lost,
        price_s: plan.price.seconds.0,
        drive_s: facts.drive.0,
        work_s: facts.work.0,
        on_duty,
        busy,
        load,
        respond: promise(&facts.respond),
        resolve: promise(&facts.resolve),
        repeats: promise(&facts.repeats),
        engine: env!("CARGO_PKG_VERSION"),
        seed: plan.run.seed,
        rounds: plan.run.rounds,
        ended: if running { "still searching" } else { sentences::ended(plan.run.ended) },
    }
}

/// The kinds of reasons and the tickets left, the highest priority first.
fn left(scorer: &Scorer<'_>, plan: &Plan) -> (Vec<&'static str>, Vec<LeftDoc>) {
    let ticket = |left: &Unserved| scorer.problem().ticket(left.ticket);
    let kind = |left: &Unserved| sentences::reason_kind(&left.reason, ticket(left));
    let mut kinds: BTreeMap<&'static str, usize> = BTreeMap::new();
    for left in &plan.unserved {
        kinds.insert(kind(left), 0);
    }
    kinds.values_mut().enumerate().for_each(|(n, place)| *place = n);
    let mut order: Vec<_> = plan.unserved.iter().collect();
    order.sort_by_key(|left| Reverse(scorer.candidate(left.ticket).standing.priority));
    let is_told = |n: usize, reason: &Reason| n < TOLD && matches!(reason, Reason::LostTrade { .. });
    let planned = Planned::new(scorer, plan);
    let told = |(n, left): (usize, &&Unserved)| {
        let days = is_told(n, &left.reason).then(|| planned.days(scorer.candidate(left.ticket), DAYS));
        LeftDoc {
            ticket: left.ticket.at(),
            reason: kinds[kind(left)],
            why: sentences::reason(&left.reason, ticket(left)),
            days: days.unwrap_or_default(),
        }
    };
    let unserved = order.iter().enumerate().map(told).collect();
    (kinds.into_keys().collect(), unserved)
}

fn people(problem: &Problem) -> Vec<PersonDoc> {
    let (skills, territories) = (&problem.register().skills, &problem.register().territories);
    let person = |engineer: &Engineer| {
        // Skills stand on shifts, since a certificate may lapse between two of them.
        let mut levels: BTreeMap<SkillIx, u8> = BTreeMap::new();
        for shift in &problem.shifts()[engineer.shifts.start as usize..engineer.shifts.end as usize] {
            levels.extend(shift.skills.iter().copied());
        }
        PersonDoc {
            id: engineer.id.to_string(),
            skills: levels
                .iter()
                .map(|(&skill, level)| format!("{} {level}", skills.name(skill)))
                .collect(),
            territories: engineer
                .territories
                .iter()
                .map(|&ix| territories.name(ix).to_owned())
                .collect(),
        }
    };
    problem.engineers().iter().map(person).collect()
}

fn days(scorer: &Scorer<'_>, plan: &Plan, facts: &Facts) -> Vec<DayDoc> {
    let problem = scorer.problem();
    let mut days = Vec::new();
    let mut routes = plan.routes.iter().peekable();
    let missed: std::collections::BTreeSet<_> = facts.repeats.missed.iter().map(|(at, _)| *at).collect();
    debug_assert!(facts.repeats.missed.iter().all(|(_, how)| matches!(how, Missed::Goes(_))));
    for index in problem.shift_indices() {
        let route = routes.next_if(|route| route.shift == index);
        let shift = problem.shift(index);
        if !shift.on_duty {
            continue;
        }
        let tour = route.map(|route| {
            let stop = |stop: &PlannedStop| stop_doc(problem, stop, missed.contains(&stop.ticket));
            tour(route, route.stops.iter().map(stop).collect())
        });
        days.push(day(shift, tour));
    }
    days
}

fn day(shift: &Shift, route: Option<TourDoc>) -> DayDoc {
    DayDoc {
        engineer: shift.engineer.at(),
        start: shift.start.0,
        end: shift.end.0,
        length_s: shift.length.0,
        offset_s: shift.offset_s,
        from: shift.from.as_ref().and_then(spot),
        to: shift.to.as_ref().and_then(spot),
        route,
    }
}

fn tour(route: &PlannedRoute, stops: Vec<StopDoc>) -> TourDoc {
    TourDoc {
        leave: route.leave.0,
        back: route.back.0,
        drive_back_s: route.drive_back.0,
        stops,
        breaks: route.breaks.iter().map(|pause| [pause.start.0, pause.end.0]).collect(),
        receipt: amounts(&route.receipt),
    }
}

fn stop_doc(problem: &Problem, stop: &PlannedStop, unbound: bool) -> StopDoc {
    let ticket = problem.ticket(stop.ticket);
    let late = |at: Moment, by: Moment| if by == Moment::NEVER { Seconds::ZERO } else { at - by };
    let late = late(stop.start, ticket.respond_by).max(late(stop.departure, ticket.resolve_by));
    StopDoc {
        ticket: stop.ticket.at(),
        fetch_at: stop.fetch_at.map(Index::at),
        drive_s: stop.drive.0,
        arrival: stop.arrival.0,
        start: stop.start.0,
        end: stop.departure.0,
        late_s: late.0.max(0),
        unbound,
        receipt: amounts(&stop.receipt),
    }
}

fn card(scorer: &Scorer<'_>, candidate: Candidate<'_>) -> CardDoc {
    let Candidate { ticket, standing } = candidate;
    let register = scorer.problem().register();
    let by = |moment: Moment| (moment != Moment::NEVER).then_some(moment.0);
    let needs = ticket.requires.iter().map(|need| {
        let skill = register.skills.name(need.skill);
        match need.preferred {
            level if level == need.level => format!("{skill} {level}"),
            preferred => format!("{skill} {}, better {preferred}", need.level),
        }
    });
    let (follows, followed_by) = match ticket.half {
        Some(Half::First(second)) => (None, Some(second.at())),
        Some(Half::Second(first)) => (Some(first.at()), None),
        None => (None, None),
    };
    CardDoc {
        id: ticket.id.to_string(),
        kind: ticket.kind.as_str(),
        issue: register.issues.known(ticket.issue).map(str::to_owned),
        customer: register.customers.known(ticket.customer).map(str::to_owned),
        asset: register.assets.known(ticket.asset).map(str::to_owned),
        place: spot(&ticket.place),
        work_s: ticket.work.0,
        priority: standing.priority,
        needs: needs.collect(),
        parts: ticket
            .parts
            .iter()
            .map(|&(part, count)| format!("{count} × {}", register.goods.name(part)))
            .collect(),
        setup_s: ticket.setup.0,
        follows,
        followed_by,
        crew: ticket.crew,
        after: ticket.after.iter().map(|before| before.at()).collect(),
        tandem: ticket.tandem.map(|tandem| tandem.other.at()),
        windows: ticket
            .windows
            .iter()
            .filter(|window| window.start != Moment::PAST || window.end != Moment::NEVER)
            .map(|window| [window.start.0, window.end.0])
            .collect(),
        respond_by: by(ticket.respond_by),
        resolve_by: by(ticket.resolve_by),
        bound: standing.binding.iter().flat_map(|binding| &binding.ladder).map(|at| at.at()).collect(),
    }
}

fn spot(place: &Place) -> Spot {
    place.point.map(|point| [point.lon, point.lat])
}

fn amounts(receipt: &Receipt) -> Vec<i64> {
    Line::ALL.iter().map(|&line| receipt.line(line).0).collect()
}

#[cfg(test)]
mod tests {
    use paidan_engine::ids::DepotIx;
    use paidan_engine::planner::{Budget, NoWatch, Params, plan};
    use paidan_engine::wire::read_problem;

    use super::*;

    fn seen(text: &str) -> (Plan, ViewDoc) {
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let budget = Budget { rounds: Some(20), ..Budget::default() };
        let plan = plan(&problem, &Params::default(), &budget, &NoWatch);
        let view = gather(&problem, &plan, Caption { source: "day", running: false });
        (plan, view)
    }

    #[test]
    fn the_page_holds_every_stop_with_its_receipt() {
        let (plan, view) = seen(include_str!("../../../fixtures/tiny/base.json"));
        let planned: Vec<_> = plan.routes.iter().flat_map(|route| &route.stops).collect();
        let shown: Vec<_> = view.shifts.iter().filter_map(|shift| shift.route.as_ref()).collect();
        let shown: Vec<_> = shown.iter().flat_map(|route| &route.stops).collect();
        assert_eq!(shown.len(), planned.len());
        for (shown, planned) in shown.iter().zip(&planned) {
            assert_eq!((shown.ticket, shown.start), (planned.ticket.at(), planned.start.0));
            assert_eq!(shown.receipt.iter().sum::<i64>(), planned.receipt.total().0);
        }
        assert_eq!(view.summary.served, planned.len() as i64);
    }

    #[test]
    fn the_dearest_unserved_ticket_comes_first_and_tells_whose_day_is_full() {
        let (_, view) = seen(include_str!("../../../fixtures/tiny/over-full.json"));
        let told: Vec<&str> = view.unserved.iter().map(|left| &*view.tickets[left.ticket].id).collect();
        assert_eq!(told, ["T1", "T5"]);
        assert_eq!(view.unserved[0].days, ["E1 0 min free of 2 h 30"]);
        assert_eq!(view.reasons.len(), 1);
        assert!(view.tickets[0].place.is_none());
    }

    #[test]
    fn crews_and_orders_are_told() {
        let (_, view) = seen(include_str!("../../../fixtures/tiny/crew.json"));
        assert_eq!(view.tickets.iter().map(|card| card.crew).collect::<Vec<_>>(), [2, 1]);
        assert_eq!((view.summary.served, view.shifts.len()), (2, 2));
        let (_, view) = seen(include_str!("../../../fixtures/tiny/after.json"));
        assert_eq!(view.tickets[1].after, [0]);
    }

    #[test]
    fn a_stop_tells_at_which_depot_parts_are_fetched() {
        let depots = r#""depots": [{"id": "D1", "place": {"lat": 39.1, "lon": -84.5}}], "engineers": ["#;
        let text =
            include_str!("../../../fixtures/tiny/base.json").replacen("\"engineers\": [", depots, 1);
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let (mut plan, plain) = seen(&text);
        let fetches = |view: &ViewDoc| -> Vec<Option<usize>> {
            let routes = view.shifts.iter().filter_map(|shift| shift.route.as_ref());
            routes.flat_map(|route| &route.stops).map(|stop| stop.fetch_at).collect()
        };
        assert!(fetches(&plain).iter().all(Option::is_none));
        plan.routes[0].stops[0].fetch_at = Some(DepotIx(0));
        let view = gather(&problem, &plan, Caption { source: "day", running: false });
        assert_eq!((&*view.depots[0].id, view.depots[0].place), ("D1", Some([-84.5, 39.1])));
        assert_eq!(fetches(&view).iter().flatten().collect::<Vec<_>>(), [&0]);
        assert_eq!(fetches(&view)[0], Some(0));
    }

    #[test]
    fn a_repeat_that_goes_to_somebody_else_is_marked() {
        let stop = |text: &str| {
            let (_, view) = seen(text);
            let shift = view.shifts.into_iter().find_map(|shift| shift.route).expect("a route");
            let stop = shift.stops.into_iter().next().expect("a stop");
            (view.tickets[stop.ticket].bound.len(), stop.unbound)
        };
        assert_eq!(stop(include_str!("../../../fixtures/tiny/third-repeat.json")), (1, false));
        assert_eq!(stop(include_str!("../../../fixtures/tiny/third-repeat-sick.json")), (1, true));
    }
}
