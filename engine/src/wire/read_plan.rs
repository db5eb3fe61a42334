//! Documents to plans. Every stated number is kept as stated: whether a plan is any good is for the
//! checker to say, and it can only say so about the plan that was sent.

use serde_json::Value;

use super::answer::{
    BoundDoc, EndedDoc, PlanDoc, PlannedRouteDoc, PlannedStopDoc, PriceDoc, ReasonCodeDoc, ReasonDoc,
    ReceiptDoc, UnservedDoc,
};
use super::notes::{Notes, STAND_IN_MOMENT};
use super::read::{body, elements, take_list, whole_tree};
use super::repair::repair;
use super::strict;
use super::words::{listed, nearest, quoted};
use crate::flaw::{Code, Flaw};
use crate::ids::{DepotIx, ShiftIx, TicketIx};
use crate::plan::{Bound, Ended, Plan, PlannedBreak, PlannedRoute, PlannedStop, Reason, Run, Unserved};
use crate::problem::{Problem, limits as problem_limits};
use crate::receipt::Receipt;
use crate::rule::{Barrier, Line};
use crate::units::{Price, Seconds};

/// Reads a plan for `problem`.
///
/// # Errors
/// All flaws of its shape together; engineers, shifts, tickets and depots that the problem does not have;
/// receipts whose lines do not sum to their total.
pub fn read_plan(problem: &Problem, bytes: &[u8]) -> Result<Plan, Vec<Flaw>> {
    let bytes = body(bytes)?;
    let mut notes = Notes::default();
    let doc = match strict::from_slice(bytes) {
        Ok(doc) => Some(doc),
        Err(_) => repaired(whole_tree::<PlanDoc>(bytes, "", &mut notes)?, &mut notes),
    };
    match doc.map(|doc| Reader { problem, notes: &mut notes }.plan(&doc)) {
        Some(plan) => notes.or(plan),
        None => Err(notes.into_flaws()),
    }
}

/// Reads a plan that does not fit, route by route.
fn repaired(mut tree: Value, notes: &mut Notes) -> Option<PlanDoc> {
    let most_routes = problem_limits::ENGINEERS * problem_limits::SHIFTS_EACH;
    let routes = take_list(&mut tree, "routes", most_routes, notes);
    let unserved = take_list(&mut tree, "unserved", problem_limits::TICKETS, notes);
    let mut doc = repair::<PlanDoc>(tree, "", notes)?;
    doc.routes.extend(elements("routes", routes, notes, |engineer| {
        let moment = || STAND_IN_MOMENT.to_owned();
        PlannedRouteDoc {
            engineer,
            shift: 0,
            leave: moment(),
            stops: Vec::new(),
            breaks: Vec::new(),
            drive_back_s: 0,
            back: moment(),
            receipt: ReceiptDoc::default(),
        }
    }));
    doc.unserved.extend(elements("unserved", unserved, notes, |ticket| UnservedDoc {
        ticket,
        reason: ReasonDoc::of(ReasonCodeDoc::Impossible),
    }));
    Some(doc)
}

struct Reader<'a> {
    problem: &'a Problem,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn plan(&mut self, doc: &PlanDoc) -> Plan {
        let routes = doc
            .routes
            .iter()
            .enumerate()
            .map(|(n, doc)| self.route(doc, &format!("routes[{n}]")))
            .collect();
        let unserved = doc
            .unserved
            .iter()
            .enumerate()
            .map(|(n, doc)| self.unserved(doc, &format!("unserved[{n}]")))
            .collect();
        Plan {
            routes,
            unserved,
            receipt: self.receipt(&doc.receipt, "", "receipt"),
            price: self.price(doc.price),
            bound: doc.bound.map(|doc| self.bound(doc)),
            run: Run {
                seed: doc.run.seed,
                rounds: doc.run.rounds,
                ended: match doc.run.ended {
                    EndedDoc::Running => Ended::Running,
                    EndedDoc::Rounds => Ended::Rounds,
                    EndedDoc::Deadline => Ended::Deadline,
                    EndedDoc::Stale => Ended::Stale,
                    EndedDoc::Cancelled => Ended::Cancelled,
                    EndedDoc::Proven => Ended::Proven,
                },
            },
        }
    }

    fn route(&mut self, doc: &PlannedRouteDoc, path: &str) -> PlannedRoute {
        let id = &doc.engineer;
        let stops = doc
            .stops
            .iter()
            .enumerate()
            .map(|(n, stop)| self.stop(stop, &format!("{path}.stops[{n}]")))
            .collect();
        let breaks = doc
            .breaks
            .iter()
            .enumerate()
            .map(|(n, pause)| PlannedBreak {
                start: self.notes.moment(&pause.start, id, || format!("{path}.breaks[{n}].start")),
                end: self.notes.moment(&pause.end, id, || format!("{path}.breaks[{n}].end")),
            })
            .collect();
        PlannedRoute {
            shift: self.shift(doc, path),
            leave: self.notes.moment(&doc.leave, id, || format!("{path}.leave")),
            stops,
            breaks,
            drive_back: self.notes.length(doc.drive_back_s, id, || format!("{path}.drive_back_s")),
            back: self.notes.moment(&doc.back, id, || format!("{path}.back")),
            receipt: self.receipt(&doc.receipt, id, &format!("{path}.receipt")),
        }
    }

    fn stop(&mut self, doc: &PlannedStopDoc, path: &str) -> PlannedStop {
        let id = &doc.ticket;
        PlannedStop {
            ticket: self.ticket(id, &format!("{path}.ticket")),
            fetch_at: doc.fetch_at.as_ref().and_then(|depot| self.depot(depot, id, path)),
            drive: self.notes.length(doc.drive_s, id, || format!("{path}.drive_s")),
            arrival: self.notes.moment(&doc.arrival, id, || format!("{path}.arrival")),
            start: self.notes.moment(&doc.start, id, || format!("{path}.start")),
            departure: self.notes.moment(&doc.departure, id, || format!("{path}.departure")),
            receipt: self.receipt(&doc.receipt, id, &format!("{path}.receipt")),
        }
    }

    fn unserved(&mut self, doc: &UnservedDoc, path: &str) -> Unserved {
        Unserved {
            ticket: self.ticket(&doc.ticket, &format!("{path}.ticket")),
            reason: self.reason(&doc.reason, &doc.ticket, &format!("{path}.reason")),
        }
    }

    fn shift(&mut self, doc: &PlannedRouteDoc, path: &str) -> ShiftIx {
        let Some(engineer) = self.problem.register().engineers.get(&doc.engineer) else {
            self.notes.flaw(
                Flaw::new(
                    Code::UnknownReference,
                    format!("{path}.engineer"),
                    format!("the problem has no engineer {}", quoted(&doc.engineer)),
                    "check that plan and problem belong together",
                )
                .of(&doc.engineer),
            );
            return ShiftIx(0);
        };
        let mut shifts = self.problem.engineer(engineer).shifts.clone().map(ShiftIx);
        shifts.find(|&shift| self.problem.shift(shift).number == doc.shift).unwrap_or_else(|| {
            self.notes.flaw(
                Flaw::new(
                    Code::UnknownReference,
                    format!("{path}.shift"),
                    format!("the engineer has no shift {}", doc.shift),
                    "count the shifts of the problem from 0, in its order",
                )
                .of(&doc.engineer),
            );
            ShiftIx(0)
        })
    }

    fn ticket(&mut self, id: &str, path: &str) -> TicketIx {
        self.problem.register().tickets.get(id).unwrap_or_else(|| {
            self.notes.flaw(
                Flaw::new(
                    Code::UnknownReference,
                    path,
                    format!("the problem has no ticket {}", quoted(id)),
                    "check that plan and problem belong together",
                )
                .of(id),
            );
            TicketIx(0)
        })
    }

    /// The depot by way of which one comes to the stop at `path`.
    fn depot(&mut self, depot: &str, id: &str, path: &str) -> Option<DepotIx> {
        let known = self.problem.register().depots.get(depot);
        if known.is_none() {
            self.notes.flaw(
                Flaw::new(
                    Code::UnknownReference,
                    format!("{path}.fetch_at"),
                    format!("the problem has no depot {}", quoted(depot)),
                    "check that plan and problem belong together",
                )
                .of(id),
            );
        }
        known
    }

    fn reason(&mut self, doc: &ReasonDoc, id: &str, path: &str) -> Reason {
        if !doc.barriers.is_empty() && doc.code != ReasonCodeDoc::Impossible {
            self.extra(path, "barriers", &["impossible"], id);
        }
        let counts = matches!(doc.code, ReasonCodeDoc::LostTheTrade | ReasonCodeDoc::TooFewTogether);
        if doc.able.is_some() && !counts {
            self.extra(path, "able", &["lost-the-trade", "too-few-together"], id);
        }
        if doc.together.is_some() && doc.code != ReasonCodeDoc::TooFewTogether {
            self.extra(path, "together", &["too-few-together"], id);
        }
        if doc.waits_for.is_some() && doc.code != ReasonCodeDoc::PredecessorUnserved {
            self.extra(path, "waits_for", &["predecessor-unserved"], id);
        }
        match doc.code {
            ReasonCodeDoc::Impossible => Reason::Impossible(self.barriers(doc, id, path)),
            ReasonCodeDoc::LostTheTrade => Reason::LostTrade { able: self.able(doc, id, path) },
            ReasonCodeDoc::TooFewTogether => {
                let able = self.able(doc, id, path);
                let together = doc.together.or_else(|| {
                    self.lacks(
                        path,
                        "together",
                        "the reason does not say how many could start together",
                        id,
                    )
                });
                Reason::TooFewTogether { able, together: together.unwrap_or(0) }
            }
            ReasonCodeDoc::PredecessorUnserved => {
                let before = match &doc.waits_for {
                    None => self.lacks(
                        path,
                        "waits_for",
                        "the reason does not say what the ticket waits for",
                        id,
                    ),
                    Some(before) => Some(self.ticket(before, &format!("{path}.waits_for"))),
                };
                Reason::PredecessorUnserved(before.unwrap_or(TicketIx(0)))
            }
        }
    }

    fn able(&mut self, doc: &ReasonDoc, id: &str, path: &str) -> u32 {
        let able = doc.able.or_else(|| {
            self.lacks(path, "able", "the reason does not say how many engineers were able", id)
        });
        able.unwrap_or(0)
    }

    /// Tells that a reason lacks a key.
    fn lacks<T>(&mut self, path: &str, key: &str, found: &'static str, id: &str) -> Option<T> {
        let flaw = Flaw::new(Code::MissingKey, format!("{path}.{key}"), found, format!("add \"{key}\""));
        self.notes.flaw(flaw.of(id));
        None
    }

    /// Tells that a reason has a key of others.
    fn extra(&mut self, path: &str, key: &str, codes: &[&str], id: &str) {
        let codes: Vec<String> = codes.iter().map(|code| format!("{code:?}")).collect();
        let flaw = Flaw::new(
            Code::UnknownKey,
            format!("{path}.{key}"),
            format!("only a reason of code {} has {key:?}", codes.join(" or ")),
            "leave it out",
        );
        self.notes.aside(flaw.of(id), None);
    }

    /// The barriers in the order in which they are told.
    fn barriers(&mut self, doc: &ReasonDoc, id: &str, path: &str) -> Vec<(Barrier, u32)> {
        let names = Barrier::ALL.map(Barrier::as_str);
        for name in doc.barriers.keys().filter(|name| !names.contains(&name.as_str())) {
            let fix = match nearest(name, &names) {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("use one of {}", listed(&names)),
            };
            let mut path = format!("{path}.barriers");
            super::tree::push_key(&mut path, name);
            let found = format!("there is no barrier {}", quoted(name));
            self.notes.aside(Flaw::new(Code::UnknownKey, path, found, fix).of(id), None);
        }
        Barrier::ALL
            .into_iter()
            .filter_map(|barrier| Some((barrier, *doc.barriers.get(barrier.as_str())?)))
            .collect()
    }

    fn receipt(&mut self, doc: &ReceiptDoc, id: &str, path: &str) -> Receipt {
        let mut receipt = Receipt::default();
        for line in Line::ALL {
            let amount = amount(doc, line);
            let key = line.as_str();
            receipt.charge(line, self.notes.length(amount, id, || format!("{path}.{key}")));
        }
        let sum: i128 = Line::ALL.into_iter().map(|line| i128::from(amount(doc, line))).sum();
        if sum != i128::from(doc.total) {
            let found = format!("the lines sum to {sum}, the total says {}", doc.total);
            let flaw =
                Flaw::new(Code::Contradiction, path, found, "make the total the sum of its lines");
            self.notes.flaw(if id.is_empty() { flaw } else { flaw.of(id) });
        }
        receipt
    }

    fn price(&mut self, doc: PriceDoc) -> Price {
        let PriceDoc { priority_lost, unserved, seconds } = doc;
        let [priority_lost, unserved, seconds] =
            self.stated("price", [priority_lost, unserved, seconds]);
        Price { priority_lost, unserved, seconds: Seconds(seconds) }
    }

    fn bound(&mut self, doc: BoundDoc) -> Bound {
        let BoundDoc { priority_lost, unserved, seconds } = doc;
        let [priority_lost, unserved, seconds] =
            self.stated("bound", [priority_lost, unserved, seconds]);
        let lost = Price { priority_lost, unserved, seconds: Seconds::ZERO };
        Bound { lost, seconds: Seconds(seconds) }
    }

    /// The three figures of a price.
    fn stated(&mut self, what: &str, figures: [i64; 3]) -> [i64; 3] {
        let [lost, unserved, seconds] = figures;
        [(lost, "priority_lost"), (unserved, "unserved"), (seconds, "seconds")]
            .map(|(figure, key)| self.notes.length(figure, "", || format!("{what}.{key}")).0)
    }
}

fn amount(doc: &ReceiptDoc, line: Line) -> i64 {
    match line {
        Line::Callout => doc.callout,
        Line::Driving => doc.driving,
        Line::Work => doc.work,
        Line::Waiting => doc.waiting,
        Line::Skill => doc.skill,
        Line::History => doc.history,
        Line::Load => doc.load,
        Line::Preference => doc.preference,
        Line::Binding => doc.binding,
        Line::Lateness => doc.lateness,
        Line::Overtime => doc.overtime,
        Line::Guarantee => doc.guarantee,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{examples, read_problem};

    #[test]
    fn a_key_of_other_reasons_is_told_with_all_that_have_it() {
        let text = include_str!("../../../fixtures/tiny/crew.json");
        let problem = read_problem(text.as_bytes()).expect("a sound problem");
        let found = |reason: Value| -> Vec<(String, String)> {
            let mut plan = examples::plan();
            plan["routes"] = json!([]);
            plan["unserved"] = json!([{"ticket": "T1", "reason": reason}]);
            let flaws = read_plan(&problem, plan.to_string().as_bytes()).expect_err("a flaw");
            flaws.into_iter().map(|flaw| (flaw.path, flaw.found)).collect()
        };
        let told = found(json!({"code": "impossible", "barriers": {"skill": 2}, "able": 1}));
        let says = "only a reason of code \"lost-the-trade\" or \"too-few-together\" has \"able\"";
        assert_eq!(told, [("unserved[0].reason.able".to_owned(), says.to_owned())]);
        let told = found(json!({"code": "too-few-together", "together": 1}));
        assert_eq!(told[0].0, "unserved[0].reason.able");
    }
}
