//! The slow truth of small problems with crews, orders and tandems: every plan is tried.

use paidan_engine::ids::Index;
use paidan_engine::problem::Problem;
use paidan_engine::travel::Roads;
use paidan_engine::units::Moment;

/// The fewest tickets that any plan leaves out.
pub fn fewest_left(problem: &Problem) -> usize {
    let routes = vec![Vec::new(); problem.shifts().len()];
    let mut days = Days { problem, routes, fewest: problem.tickets().len() + 1 };
    days.place(0, 0);
    days.fewest
}

/// Plans of the first tickets, by number, one after another.
struct Days<'p> {
    problem: &'p Problem,
    routes: Vec<Vec<usize>>,
    fewest: usize,
}

impl Days<'_> {
    /// Places a ticket and those behind it everywhere they may go, `left` of those before it are left out.
    fn place(&mut self, ticket: usize, left: usize) {
        if left >= self.fewest {
            return;
        }
        let Some(asked) = self.problem.tickets().get(ticket) else {
            if self.can_be_timed() {
                self.fewest = left;
            }
            return;
        };
        // The second of a tandem is served if the first is, by somebody else.
        let first = asked.tandem.filter(|tandem| !tandem.leads).map(|tandem| tandem.other.at());
        let holder = first.map(|first| self.routes.iter().position(|route| route.contains(&first)));
        if holder != Some(None) {
            self.seat(ticket, asked.crew, 0, holder.flatten(), left);
        }
        if holder.is_none_or(|holder| holder.is_none()) {
            self.place(ticket + 1, left + 1);
        }
    }

    /// Seats `crew` more at routes from number `from` on, but for one.
    fn seat(&mut self, ticket: usize, crew: u8, from: usize, but: Option<usize>, left: usize) {
        if crew == 0 {
            return self.place(ticket + 1, left);
        }
        for n in (from..self.routes.len()).filter(|&n| Some(n) != but) {
            for at in 0..=self.routes[n].len() {
                self.routes[n].insert(at, ticket);
                self.seat(ticket, crew - 1, n + 1, but, left);
                self.routes[n].remove(at);
            }
        }
    }

    /// Whether these routes can be timed: starts are put off, ticket by ticket, until every rule holds or a window has
    /// closed.
    fn can_be_timed(&self) -> bool {
        let (problem, tickets) = (self.problem, self.problem.tickets());
        let roads = Roads::new(problem);
        let is_served = |ticket: usize| self.routes.iter().any(|route| route.contains(&ticket));
        let mut starts: Vec<Moment> = tickets.iter().map(|ticket| ticket.windows.opens()).collect();
        loop {
            let mut later = starts.clone();
            for (n, route) in self.routes.iter().enumerate().filter(|(_, route)| !route.is_empty()) {
                let shift = &problem.shifts()[n];
                let (mut at, mut free) = (shift.from.expect("a home"), shift.start);
                for &ticket in route {
                    let stop = &tickets[ticket];
                    let ready = free + roads.drive(&shift.car, &at, &stop.place).time;
                    later[ticket] = later[ticket].max(ready);
                    (at, free) = (stop.place, later[ticket] + stop.work);
                }
                let back = free + roads.drive(&shift.car, &at, &shift.to.expect("a home")).time;
                if back > shift.latest_return {
                    return false;
                }
            }
            for (n, ticket) in tickets.iter().enumerate().filter(|&(n, _)| is_served(n)) {
                for before in ticket.after.iter().map(|before| before.at()) {
                    if !is_served(before) {
                        return false;
                    }
                    later[n] = later[n].max(later[before] + tickets[before].work);
                }
                if let Some(tandem) = ticket.tandem {
                    // Either knows how early the other lets it start.
                    later[n] = later[n].max(later[tandem.other.at()] - tandem.until);
                }
                if later[n] > ticket.windows.closes() {
                    return false;
                }
            }
            if later == starts {
                return true;
            }
            starts = later;
        }
    }
}
