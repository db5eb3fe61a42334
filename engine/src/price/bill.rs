//! Receipts: a route's price opened into lines, stop by stop.

use super::rules::{
    binding, guarantee, history, lateness, load, overtime, preference, skill, waiting, work,
};
use super::scorer::{Candidate, Scorer};
use crate::engineer::Shift;
use crate::receipt::Receipt;
use crate::route::{Route, Schedule, Sketch};
use crate::rule::Line;
use crate::units::Seconds;

/// What every stop of a route costs, and the whole route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// One receipt for each stop: its leg in, its fit, its share of the load, its lateness.
    pub stops: Vec<Receipt>,
    /// The sum of the stops, the callout, the way back, the waiting, the overtime and the guarantee.
    pub route: Receipt,
}

impl Scorer<'_> {
    /// The bill of a route, with its schedule; `None` for a route without stops. `O(stops)`.
    pub fn bill(&self, route: &Route) -> Option<(Bill, Schedule)> {
        let shift = self.problem().shift(route.shift());
        self.bill_of(&Sketch::whole(route), shift, None)
    }

    /// The bill of the route that a feasible sketch describes, with its schedule. `O(stops)`.
    pub fn bill_of(
        &self,
        sketch: &Sketch<'_>,
        shift: &Shift,
        new: Option<Candidate<'_>>,
    ) -> Option<(Bill, Schedule)> {
        let schedule = sketch.schedule(shift, self.problem())?;
        let (legs, works) = (sketch.legs(), sketch.works());
        let mut bill = Bill::default();
        let mut booked = Seconds::ZERO;
        for (n, (stop, moments)) in sketch.stops().zip(&schedule.stops).enumerate() {
            let candidate =
                stop.map(|ticket| self.candidate(ticket)).or(new).expect("a new stop has a candidate");
            let mut receipt = self.fit_receipt(candidate, shift);
            receipt.charge(Line::Driving, legs[n].fare);
            self.charge_work(&mut receipt, shift, (booked, booked + works[n]));
            booked += works[n];
            let priority = candidate.standing.priority;
            let (start, end) = (moments.start, moments.departure);
            receipt.charge(
                Line::Lateness,
                lateness::price(self.tariff(), candidate.ticket, priority, start, end),
            );
            receipt.charge(Line::Binding, self.binding_missed(candidate, shift, start));
            bill.route += receipt;
            bill.stops.push(receipt);
        }
        bill.route.charge(Line::Callout, shift.car.rates.callout);
        bill.route.charge(Line::Driving, legs[legs.len() - 1].fare);
        let driven = legs.iter().map(|leg| leg.time).sum();
        let waits = schedule.waiting(driven, works.iter().copied().sum());
        bill.route.charge(Line::Waiting, waiting::price(&shift.car.rates, waits));
        let busy = driven + works.iter().copied().sum::<Seconds>();
        let saved = guarantee::price(&shift.car.rates, busy, schedule.back - shift.end);
        bill.route.charge(Line::Guarantee, saved);
        bill.route.charge(Line::Overtime, overtime::price(self.tariff(), shift.end, schedule.back));
        Some((bill, schedule))
    }

    /// What a sketch's new stop adds to its route's bill, with the schedule of the sketch; `None` if it is
    /// infeasible. `O(stops)`.
    pub fn addition(
        &self,
        route: &Route,
        sketch: &Sketch<'_>,
        candidate: Candidate<'_>,
    ) -> Option<(Receipt, Schedule)> {
        let shift = self.problem().shift(route.shift());
        let is_on_time = route.is_on_time() && sketch.is_on_time(shift, self.problem());
        if !is_on_time || shift.car.rates.may_save() {
            let (after, schedule) = self.bill_of(sketch, shift, Some(candidate))?;
            let before = self.bill(route).map_or_else(Receipt::default, |(bill, _)| bill.route);
            return Some((after.route - before, schedule));
        }
        // Nothing is late before or after, waiting is free and nothing is guaranteed: only the new stop's own lines
        // change, and the load.
        let mut receipt = self.fit_receipt(candidate, shift);
        receipt.charge(Line::Driving, sketch.detour().fare);
        if route.stops().is_empty() {
            receipt.charge(Line::Callout, shift.car.rates.callout);
        }
        self.charge_work(&mut receipt, shift, (route.booked(), sketch.booked()));
        Some((receipt, sketch.schedule(shift, self.problem())?))
    }

    /// Charges what work costs that takes a shift from so much to so much.
    fn charge_work(&self, receipt: &mut Receipt, shift: &Shift, (from, upto): (Seconds, Seconds)) {
        let load = |booked| load::price(self.tariff(), booked, shift.length);
        receipt.charge(Line::Load, load(upto) - load(from));
        let work = |booked| work::price(&shift.car.rates, booked);
        receipt.charge(Line::Work, work(upto) - work(from));
    }

    /// The lines that depend on the engineer alone.
    fn fit_receipt(&self, candidate: Candidate<'_>, shift: &Shift) -> Receipt {
        let Candidate { ticket, standing } = candidate;
        let tariff = self.tariff();
        let mut receipt = Receipt::default();
        let skill = skill::price(tariff, self.problem().policy(), ticket, shift);
        receipt.charge(Line::Skill, skill);
        receipt.charge(Line::History, history::price(tariff, self.chance(candidate, shift)));
        receipt.charge(Line::Preference, preference::price(tariff, ticket, shift.engineer));
        let binding = binding::in_time(tariff, standing.binding.as_ref(), shift.engineer);
        receipt.charge(Line::Binding, binding);
        receipt
    }
}
