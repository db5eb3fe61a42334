//! The planner: whole days of routes, anytime.
//!
//! Regret construction, then ruin and recreate, and exchanges of tails, under annealing. The plan is cut
//! into parts that are searched side by side and put together again, epoch after epoch; where the cuts run
//! changes every time. A small plan is searched whole, on several islands at once. How the work is divided depends on the
//! problem and, under a budget of rounds, never on the threads at hand, so the same seed and round budget
//! give the same plan on any machine.

mod able;
mod accept;
mod board;
mod budget;
mod build;
mod complete;
mod crews;
mod epoch;
mod gaps;
mod mend;
mod near_shifts;
mod params;
mod part;
mod places;
mod quest;
mod reasons;
mod regions;
mod ruin;
mod search;
mod short_cut;
mod split;
mod spot;
mod tails;
mod tandems;
mod tell;
mod tied;
mod ties;

pub use budget::{Budget, NoWatch, Progress, Watch};
pub use params::{AcceptParams, MendParams, Params, RuinParams, SizeParams, SplitParams, TailParams};
pub(crate) use reasons::Reasons;
pub(crate) use tell::tell;

use rayon::prelude::*;

use crate::fit::{History, Standing};
use crate::ids::TicketIx;
use crate::near::Neighbours;
use crate::plan::{Ended, Plan, Run};
use crate::price::rules::Tariff;
use crate::price::{EmptyDays, Fits, Scorer};
use crate::problem::Problem;
use crate::ticket::Ticket;
use crate::travel::{self, Fares, Locality, Roads};
use crate::units::{Price, Seconds};
use accept::Scales;
use board::Board;
use epoch::Islands;
use near_shifts::NearShifts;
use part::Ground;
use search::{Best, Cooling};
use ties::Ties;

/// Plans every shift of a problem, in the current rayon pool, until the budget is used up or the watch
/// says stop.
///
/// The plan keeps every hard rule, and no ticket is left out that some route could still take; each one
/// left out says why. Seeing to that takes about `O(log stops)` for each unserved ticket where the map bounds what places
/// cost, else `O(able routes * stops)`, for pairs of tickets up to `O(stops^2)` in each route, for a crew
/// `O(places log places)` in all able routes, and `O(able shifts)` for each reason, whatever the budget.
pub fn plan(problem: &Problem, params: &Params, budget: &Budget, watch: &dyn Watch) -> Plan {
    let roads = Roads::kept(problem);
    let history = History::new(problem);
    let standings: Vec<Standing> =
        problem.tickets().par_iter().map(|ticket| Standing::of(problem, &history, ticket)).collect();
    let tariff = Tariff::new(problem.policy());
    let scorer = Scorer::new(problem, &roads, &history, &standings, &tariff);
    let fits = Fits::new(&scorer, params.size.kept_pairs);
    let neighbours = Neighbours::new(problem, &roads, params.ruin.neighbours);
    let whole = Locality::whole(problem);
    let fares = match &whole {
        Some(whole) => Fares::new(problem, problem.shift_indices(), &roads, whole),
        None => Fares::none(problem),
    };
    let near_shifts = NearShifts::new(problem, &roads, &fits);
    let remote = part::remote(problem, &roads, &fits, &near_shifts);
    let reach = quest::reach(problem, &roads, &neighbours, params.mend.near);
    let empty = EmptyDays::new(&scorer);
    let reasons = Reasons::new(&scorer, fits.able_shifts(), &empty);
    let hopes = part::hopes(&scorer, &fits, &empty);
    let ties = Ties::new(problem);
    let twins = fits.twins(&scorer);
    let nothing_saves = !problem.shifts().iter().any(|shift| shift.car.rates.may_save());
    let short_cut = short_cut::longest(problem, &roads, whole.as_ref());
    let has_setups = problem.tickets().iter().any(Ticket::may_need_setup);
    let ground = Ground {
        scorer: &scorer,
        fits: &fits,
        neighbours: &neighbours,
        fares: &fares,
        ties: &ties,
        twins: &twins,
        near_shifts: &near_shifts,
        remote: &remote,
        reach: &reach,
        hopes: &hopes,
        reasons: &reasons,
        rows: travel::rows(problem),
        short_cut,
        nothing_saves,
        stops_add: nothing_saves && short_cut == Seconds::ZERO && !has_setups,
    };

    let (plannable, mut aside): (Vec<TicketIx>, Vec<TicketIx>) =
        problem.ticket_indices().partition(|&ticket| ground.may_be_served(ticket));
    let board = build::build(ground, &plannable, params, || budget.is_over(watch));
    let (mut board, rounds, ended) = improve(board, ground, params, budget, watch, &aside);
    board.complete(ground);
    aside.extend(&board.pool);
    let run = Run { seed: params.seed, rounds, ended };
    tell(&scorer, &reasons, &board.routes, &aside, run)
}

/// Whether a joined plan costs what its routes and its pool do. Where tickets depend on each other it may cost less, once
/// they are freed from what nobody counts on any more.
fn adds_up(ground: Ground<'_>, joined: &Best) -> bool {
    let price = Board::of(ground, joined).price(ground);
    price == joined.price || !ground.ties.is_empty() && price < joined.price
}

/// Searches epoch after epoch. Returns the best plan, the rounds done and how it ended.
fn improve(
    board: Board,
    ground: Ground<'_>,
    params: &Params,
    budget: &Budget,
    watch: &dyn Watch,
    aside: &[TicketIx],
) -> (Board, u64, Ended) {
    if board.tickets() == 0 || board.routes.is_empty() {
        return (board, 0, Ended::Proven);
    }
    let lost_aside: Price = aside.iter().map(|&ticket| ground.lost(ticket)).sum();
    let mut best = board.best(ground);
    let mut scales = Scales { leg: best.mean_leg(ground), ticket: board.mean_loss(ground) };
    let mut islands = Islands::new(board);
    let (mut done, mut best_at) = (0, 0);
    loop {
        if let Some(ended) = budget.ended(done, done - best_at, watch) {
            return (Board::of(ground, &best), done, ended);
        }
        islands.divide(ground, params, budget);
        let rounds = budget.epoch_rounds(params.split.rounds * islands.searches() as u64, done);
        let from = budget.progress(done, done - best_at, watch);
        let upto = budget.progress(done + rounds, done + rounds - best_at, watch).max(from);
        let cooling = Cooling { scales, from, upto };
        let (seen, spent) = islands.epoch(ground, params, rounds, cooling, (budget, watch));
        done += spent;
        if seen.price < best.price {
            debug_assert!(adds_up(ground, &seen), "every route is in a part or rests");
            best = seen;
            best_at = done;
            scales.leg = best.mean_leg(ground);
            let plan = || {
                // Nobody is shown a plan that leaves out what still fits.
                let mut shown = Board::of(ground, &best);
                shown.complete(ground);
                shown.pool.extend(aside);
                let run = Run { seed: params.seed, rounds: done, ended: Ended::Running };
                tell(ground.scorer, ground.reasons, &shown.routes, &shown.pool, run)
            };
            let price = best.price + lost_aside;
            watch.improved(&Progress { rounds: done, price, plan: &plan });
        }
    }
}
