//! Why tickets are unserved: every reason must be true, and no ticket may still fit.

use std::collections::BTreeMap;

use super::breach::{Breach, BreachCode};
use super::facts::Facts;
use super::rules::{lacking, stops, stops_engineer, used};
use super::slack::Slack;
use super::timing::Day;
use super::together::{Stands, Starts, Turn};
use crate::engineer::Shift;
use crate::ids::{EngineerIx, GoodIx, Index, ShiftIx, TicketIx};
use crate::plan::{Plan, Reason, Unserved};
use crate::rule::Barrier;
use crate::ticket::{Half, Ticket};
use crate::units::Seconds;

/// A shift with what the plan gave it, ready to be asked for room.
pub(super) struct Room<'a> {
    slack: Slack<'a>,
    tickets: usize,
    booked: Seconds,
    goods: BTreeMap<GoodIx, i64>,
    /// Whether no stop of it is bound to another route's. If one is, only its gaps tell what fits.
    free: bool,
}

impl<'a> Room<'a> {
    /// The room in a day that is `free` of stops that are bound to other routes, or else holds them in windows of
    /// their own.
    pub(super) fn of(facts: &Facts<'_>, day: &Day<'a>, free: bool) -> Room<'a> {
        let tickets: Vec<&Ticket> = day.stops.iter().map(|stop| stop.ticket).collect();
        Room {
            slack: Slack::of(facts, day),
            tickets: tickets.len(),
            booked: day.stops.iter().map(|stop| stop.work).sum(),
            goods: used(&tickets),
            free,
        }
    }

    /// Whether the ticket could be added at some position, with its partner if it has one, by the rules that
    /// look at the whole route.
    fn takes(&self, facts: &Facts<'a>, shift: &Shift, ticket: &'a Ticket) -> bool {
        if let Some(pair) = pair(facts, ticket) {
            return self.free && self.slack.takes_pair(facts, pair, false);
        }
        (self.free || self.slack.tells_by_gap(ticket))
            && self.holds(facts, shift, ticket)
            && self.slack.takes(facts, ticket, false)
    }

    /// Whether the limits of quantity that look at the whole route allow one more ticket.
    fn holds(&self, facts: &Facts<'a>, shift: &Shift, ticket: &'a Ticket) -> bool {
        let work = facts.work(shift, ticket);
        if self.tickets >= shift.max_tickets as usize || self.booked + work > shift.max_work {
            return false;
        }
        // Where parts can be fetched, it depends on the place whether there are enough.
        if facts.may_fetch(ticket) {
            return true;
        }
        let mut goods = used(&[ticket]);
        for (good, amount) in &mut goods {
            *amount += self.goods.get(good).copied().unwrap_or(0);
        }
        lacking(shift, &goods).is_none()
    }
}

/// A ticket and its partner in their order, if it has one.
fn pair<'a>(facts: &Facts<'a>, ticket: &'a Ticket) -> Option<[&'a Ticket; 2]> {
    let partner = facts.partner(ticket)?;
    Some(match ticket.half? {
        Half::First(_) => [ticket, partner],
        Half::Second(_) => [partner, ticket],
    })
}

/// Whether a rule keeps a shift from a ticket or from its partner, the shift's day being empty.
fn keeps_from(
    facts: &Facts<'_>,
    rule: Barrier,
    shift: &Shift,
    ticket: &Ticket,
    ladder: &[EngineerIx],
) -> bool {
    if stops(facts, rule, shift, ticket, ladder) {
        return true;
    }
    let Some(partner) = facts.partner(ticket) else { return false };
    let both = facts.work(shift, ticket) + facts.work(shift, partner);
    stops(facts, rule, shift, partner, &facts.history.ladder(partner))
        || rule == Barrier::Quota && (shift.max_tickets < 2 || both > shift.max_work)
}

/// The same for rules that look at the engineer alone.
fn keeps_engineer_from(
    facts: &Facts<'_>,
    rule: Barrier,
    engineer: EngineerIx,
    ticket: &Ticket,
    ladder: &[EngineerIx],
) -> bool {
    stops_engineer(facts, rule, engineer, ticket, ladder)
        || facts.partner(ticket).is_some_and(|partner| {
            stops_engineer(facts, rule, engineer, partner, &facts.history.ladder(partner))
        })
}

/// All shifts as if nobody had anything to do.
pub(super) struct FreeDays<'a> {
    /// The slack of every shift's empty day.
    slacks: Vec<Slack<'a>>,
    /// All shifts, and by skill those that hold it.
    all: Vec<ShiftIx>,
    holders: Vec<Vec<ShiftIx>>,
}

impl<'a> FreeDays<'a> {
    /// `O(shifts * skills)`.
    pub(super) fn of(facts: &Facts<'a>) -> FreeDays<'a> {
        let empty = |shift| Slack::of(facts, &Day::new(facts, shift, &[], None));
        let shifts = facts.problem.shifts();
        let mut holders = vec![Vec::new(); facts.problem.register().skills.len()];
        for (n, shift) in shifts.iter().enumerate() {
            shift.skills.iter().for_each(|(skill, _)| holders[skill.at()].push(ShiftIx::nth(n)));
        }
        let all = (0..shifts.len()).map(ShiftIx::nth).collect();
        FreeDays { slacks: shifts.iter().map(empty).collect(), all, holders }
    }

    fn slack(&self, shift: ShiftIx) -> &Slack<'a> {
        &self.slacks[shift.at()]
    }

    /// The shifts that hold the rarest of a ticket's skills, ascending: all others lack it.
    fn holders(&self, ticket: &Ticket) -> &[ShiftIx] {
        let of = |skill: usize| self.holders.get(skill).map_or(&[][..], Vec::as_slice);
        let rarest = ticket.requires.iter().map(|need| of(need.skill.at())).min_by_key(|all| all.len());
        rarest.unwrap_or(&self.all)
    }
}

/// How many engineers could serve a ticket with an empty day.
fn able<'a>(facts: &Facts<'a>, ticket: &'a Ticket, ladder: &[EngineerIx], empty: &FreeDays<'a>) -> u32 {
    let mut able: Vec<EngineerIx> = Vec::new();
    for &index in empty.holders(ticket) {
        let shift = facts.problem.shift(index);
        // The shifts of an engineer stand side by side.
        if able.last() != Some(&shift.engineer)
            && !Barrier::ALL.iter().any(|&rule| keeps_from(facts, rule, shift, ticket, ladder))
            && match pair(facts, ticket) {
                Some(pair) => empty.slack(index).takes_pair(facts, pair, false),
                None => empty.slack(index).takes(facts, ticket, false),
            }
        {
            able.push(shift.engineer);
        }
    }
    able.len() as u32
}

/// The first rule, in the order of [`Barrier::ALL`], that leaves an engineer without a shift for a
/// ticket; `None` if one of their shifts could serve it with an empty day. `empty` gives the slack of
/// an empty day by the shift's number.
pub(super) fn barrier<'a: 'b, 'b>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    ladder: &[EngineerIx],
    engineer: EngineerIx,
    empty: &dyn Fn(usize) -> std::borrow::Cow<'b, Slack<'a>>,
) -> Option<Barrier> {
    let mut left: Vec<usize> =
        facts.problem.engineer(engineer).shifts.clone().map(|n| n as usize).collect();
    for rule in Barrier::ALL {
        match rule {
            Barrier::Window => {
                let fits = |&n: &usize, any_time: bool| match pair(facts, ticket) {
                    Some(pair) => empty(n).takes_pair(facts, pair, any_time),
                    None => empty(n).takes(facts, ticket, any_time),
                };
                if left.iter().any(|n| fits(n, false)) {
                    return None;
                }
                let any_time = left.iter().any(|n| fits(n, true));
                return Some(if any_time { Barrier::Window } else { Barrier::TooFar });
            }
            Barrier::Forbidden | Barrier::NotRequired | Barrier::Bound => {
                if keeps_engineer_from(facts, rule, engineer, ticket, ladder) {
                    return Some(rule);
                }
            }
            Barrier::OffDuty if left.is_empty() => return Some(rule),
            Barrier::Skill
            | Barrier::Certificate
            | Barrier::Territory
            | Barrier::Goods
            | Barrier::Absent
            | Barrier::OffDuty
            | Barrier::Quota
            | Barrier::TooFar => {
                let had = left.len();
                let shifts = facts.problem.shifts();
                left.retain(|&n| !keeps_from(facts, rule, &shifts[n], ticket, ladder));
                // Whoever never had a shift is off duty, not unskilled.
                if left.is_empty() && had > 0 {
                    return Some(rule);
                }
            }
        }
    }
    None
}

/// For each rule that stops somebody, how many engineers it stops from a ticket that nobody could serve.
fn counts<'a>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    ladder: &[EngineerIx],
    empty: &FreeDays<'a>,
) -> Vec<(Barrier, u32)> {
    let mut counts: BTreeMap<Barrier, u32> = BTreeMap::new();
    for n in 0..facts.problem.engineers().len() {
        let slack = |n: usize| std::borrow::Cow::Borrowed(&empty.slacks[n]);
        if let Some(barrier) = barrier(facts, ticket, ladder, EngineerIx::nth(n), &slack) {
            *counts.entry(barrier).or_default() += 1;
        }
    }
    debug_assert_eq!(counts.values().sum::<u32>() as usize, facts.problem.engineers().len());
    counts.into_iter().collect()
}

/// By ticket: whether it is one of these.
pub(super) fn left(facts: &Facts<'_>, tickets: impl Iterator<Item = TicketIx>) -> Vec<bool> {
    let mut left = vec![false; facts.problem.tickets().len()];
    for ticket in tickets {
        if let Some(left) = left.get_mut(ticket.at()) {
            *left = true;
        }
    }
    left
}

/// The one true reason why a ticket is unserved; `left` says by ticket which others are.
pub(super) fn reason<'a>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    empty: &FreeDays<'a>,
    left: &[bool],
) -> Reason {
    let ladder = facts.history.ladder(ticket);
    let able = able(facts, ticket, &ladder, empty);
    if able == 0 {
        return Reason::Impossible(counts(facts, ticket, &ladder, empty));
    }
    if let Some(tandem) = ticket.tandem {
        let other = facts.problem.ticket(tandem.other);
        let starts = starts_on_empty_days(facts, ticket, &ladder, empty);
        let others = starts_on_empty_days(facts, other, &facts.history.ladder(other), empty);
        if !starts.meets(&others, tandem) {
            return Reason::TooFewTogether { able, together: 1 };
        }
    }
    if ticket.crew > 1 {
        let together = starts_on_empty_days(facts, ticket, &ladder, empty).most_together();
        if together < u32::from(ticket.crew) {
            return Reason::TooFewTogether { able, together };
        }
    }
    match ticket.after.iter().find(|before| left[before.at()]) {
        Some(&before) => Reason::PredecessorUnserved(before),
        None => Reason::LostTrade { able },
    }
}

/// When everybody could start a ticket, each on an empty day.
fn starts_on_empty_days<'a>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    ladder: &[EngineerIx],
    empty: &FreeDays<'a>,
) -> Starts {
    let mut starts = Starts::default();
    for &index in empty.holders(ticket) {
        let (shift, day) = (facts.problem.shift(index), empty.slack(index));
        let able = !Barrier::ALL.iter().any(|&rule| keeps_from(facts, rule, shift, ticket, ladder));
        if able && day.takes(facts, ticket, false) {
            starts.add(shift.engineer, day.starts(facts, ticket, &ticket.windows, 0));
        }
    }
    starts
}

/// A plan as every unserved ticket looks at it.
pub(super) struct View<'p, 'a> {
    plan: &'p Plan,
    empty: FreeDays<'a>,
    /// By shift: the room in its day, `None` where nothing may be added.
    rooms: Vec<Option<Room<'a>>>,
    /// By ticket: whether it is unserved.
    left: Vec<bool>,
    stands: Stands,
}

impl<'p, 'a> View<'p, 'a> {
    /// A plan whose shifts have this room.
    pub(super) fn of(facts: &Facts<'a>, plan: &'p Plan, rooms: Vec<Option<Room<'a>>>) -> View<'p, 'a> {
        View {
            plan,
            empty: FreeDays::of(facts),
            rooms,
            left: left(facts, plan.unserved.iter().map(|unserved| unserved.ticket)),
            stands: Stands::of(facts.problem, plan),
        }
    }
}

/// Checks the reason of one unserved ticket, and that no shift could take it, unless all that it loses is a
/// prize.
pub(super) fn check<'a>(facts: &Facts<'a>, unserved: &Unserved, view: &View<'_, 'a>) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let Some(ticket) = facts.problem.tickets().get(unserved.ticket.at()) else { return breaches };
    let expected = reason(facts, ticket, &view.empty, &view.left);
    if let Some((code, says)) = differs(&unserved.reason, &expected, ticket) {
        breaches.push(Breach::new(code, says).on(&ticket.id));
    }
    // Whether a prize was worth its detour is the planner's to weigh.
    let companion = ticket.companion().map(|other| facts.problem.ticket(other));
    let only_prizes = ticket.prize.is_some() && companion.is_none_or(|other| other.prize.is_some());
    if only_prizes || matches!(expected, Reason::PredecessorUnserved(_)) {
        return breaches;
    }
    let ladder = facts.history.ladder(ticket);
    if let Some(tandem) = ticket.tandem {
        let other = facts.problem.ticket(tandem.other);
        let starts = starts_in(facts, ticket, &ladder, view, None);
        let others = starts_in(facts, other, &facts.history.ladder(other), view, None);
        if starts.meets(&others, tandem) {
            let says = "left unserved, but two engineers have room for it and the other of its tandem";
            breaches.push(Breach::new(BreachCode::CouldBeServed, says).on(&ticket.id));
        }
    } else if ticket.needs_coordination() {
        if crew_fits(facts, ticket, &ladder, view) {
            let says = "left unserved, but there is a moment when enough engineers have room for it";
            breaches.push(Breach::new(BreachCode::CouldBeServed, says).on(&ticket.id));
        }
    } else if let Some(shift) = taker(facts, ticket, &ladder, view) {
        let says = "left unserved, but this engineer's shift has room for it";
        let engineer = &facts.problem.engineer(shift.engineer).id;
        breaches.push(Breach::new(BreachCode::CouldBeServed, says).by(engineer).on(&ticket.id));
    }
    breaches
}

/// How a reason that was told differs from the true one, if it does.
fn differs(told: &Reason, expected: &Reason, ticket: &Ticket) -> Option<(BreachCode, String)> {
    let sorted = |reason: &Reason| match reason {
        Reason::Impossible(counts) => {
            let mut counts = counts.clone();
            counts.sort_unstable();
            Reason::Impossible(counts)
        }
        other => other.clone(),
    };
    if sorted(told) == *expected {
        return None;
    }
    Some(match (told, expected) {
        (Reason::Impossible(told), Reason::Impossible(counts)) => {
            (BreachCode::FalseCounts, format!("counts {told:?}, expected {counts:?}"))
        }
        (Reason::Impossible(_), _) => (
            BreachCode::NotImpossible,
            "called impossible, but somebody could with an empty day".to_owned(),
        ),
        (Reason::LostTrade { able: told }, Reason::LostTrade { able }) => {
            let says = format!("says {told} could serve it with an empty day, {able} could");
            (BreachCode::FalseAble, says)
        }
        (Reason::LostTrade { able: told }, Reason::Impossible(_)) => {
            let says = format!("says {told} could serve it with an empty day, nobody could");
            (BreachCode::FalseAble, says)
        }
        (Reason::TooFewTogether { .. }, _) if ticket.crew <= 1 && ticket.tandem.is_none() => {
            let says = "said to need several engineers, but one is enough";
            (BreachCode::FalseReason, says.to_owned())
        }
        (Reason::PredecessorUnserved(_), _) if ticket.after.is_empty() => {
            let says = "said to wait for another ticket, but it waits for none";
            (BreachCode::FalseReason, says.to_owned())
        }
        (told, expected) => (BreachCode::FalseReason, format!("says {told:?}, expected {expected:?}")),
    })
}

/// Whether as many engineers as a ticket needs could start it at one moment beside what they hold: after all
/// that it waits for, and behind those of it that their own route holds. Days of which not every gap tells what
/// fits are left out.
fn crew_fits<'a>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    ladder: &[EngineerIx],
    view: &View<'_, 'a>,
) -> bool {
    let Some(turn) = Turn::of(facts, ticket, view.plan, &view.stands) else { return false };
    let starts = starts_in(facts, ticket, ladder, view, Some(&turn));
    starts.most_together() >= u32::from(ticket.crew)
}

/// When everybody could start a ticket beside what they hold, in its turn if it waits for one. Days of which not every
/// gap tells what fits are left out.
fn starts_in<'a>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    ladder: &[EngineerIx],
    view: &View<'_, 'a>,
    turn: Option<&Turn>,
) -> Starts {
    let windows = turn.map_or_else(|| ticket.windows.to_vec(), |turn| turn.windows(&ticket.windows));
    let mut starts = Starts::default();
    for &index in view.empty.holders(ticket) {
        let shift = facts.problem.shift(index);
        let Some(room) = view.rooms[index.at()].as_ref().filter(|room| room.slack.tells_by_gap(ticket))
        else {
            continue;
        };
        let able = !Barrier::ALL.iter().any(|&rule| keeps_from(facts, rule, shift, ticket, ladder));
        if able && room.holds(facts, shift, ticket) {
            let behind = turn.map_or(0, |turn| turn.behind(index));
            starts.add(shift.engineer, room.slack.starts(facts, ticket, &windows, behind));
        }
    }
    starts
}

/// The first shift that could take the ticket beside what it holds.
fn taker<'a>(
    facts: &Facts<'a>,
    ticket: &'a Ticket,
    ladder: &[EngineerIx],
    view: &View<'_, 'a>,
) -> Option<&'a Shift> {
    view.empty.holders(ticket).iter().find_map(|&index| {
        let (shift, room) = (facts.problem.shift(index), view.rooms[index.at()].as_ref()?);
        let able = || !Barrier::ALL.iter().any(|&rule| keeps_from(facts, rule, shift, ticket, ladder));
        (able() && room.takes(facts, shift, ticket)).then_some(shift)
    })
}
